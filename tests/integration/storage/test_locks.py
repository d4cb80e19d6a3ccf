"""Whatever locks documents does so in the order of tenant and document id: no two transactions wait in a circle."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest
from integration.storage import stored as given
from sqlalchemy import select, text

from services.storage.answers import (
    NextTry,
    ensure_pipeline,
    note_engine_death,
    record_answers,
    record_failures,
    schedule_retry,
    settle_answered,
)
from services.storage.database import Connection, Database
from services.storage.documents import store_documents
from services.storage.tables import documents

# The keys are counted in this order, the locks must go the other way.
PAPERS = [given.document(f"inv-{number}") for number in (3, 2, 1)]

Work = Callable[[Connection, Sequence[int]], Awaitable[object]]


async def _answers(connection: Connection, keys: Sequence[int]) -> None:
    await ensure_pipeline(connection, given.PIPELINE)
    of_batch = given.batch()
    items = [given.answer(key, paper, of_batch) for key, paper in zip(keys, PAPERS, strict=True)]
    await record_answers(connection, [of_batch], items)


async def _failures(connection: Connection, keys: Sequence[int]) -> None:
    await record_failures(connection, [given.failed(key, paper) for key, paper in zip(keys, PAPERS, strict=True)])


async def _retries(connection: Connection, keys: Sequence[int]) -> None:
    await schedule_retry(
        connection, given.PIPELINE.pipeline_id, [NextTry(key, PAPERS[0].content_sha256, 2) for key in keys]
    )


async def _settled(connection: Connection, keys: Sequence[int]) -> None:
    await settle_answered(connection, keys, given.PIPELINE.pipeline_id)


async def _submissions(connection: Connection, _: Sequence[int]) -> None:
    await store_documents(connection, PAPERS)


@pytest.mark.parametrize("work", [_answers, _failures, _retries, _submissions, note_engine_death, _settled])
async def test_while_the_first_document_is_locked_the_others_are_free(database: Database, work: Work) -> None:
    keys = [(await given.store(database, paper))[0].document_key for paper in PAPERS]
    async with asyncio.TaskGroup() as tasks, database.transaction() as holder:
        await holder.execute(select(documents).where(documents.c.document_id == "inv-1").with_for_update())
        tasks.create_task(database.in_transaction(lambda connection: work(connection, keys)))
        async with asyncio.timeout(20):
            while not await _someone_waits(database):
                await asyncio.sleep(0.01)
        assert await _free(database) == {"inv-2", "inv-3"}


async def _someone_waits(database: Database) -> bool:
    waiting = text(
        "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with database.transaction() as connection:
        return bool(await connection.scalar(waiting))


async def _free(database: Database) -> set[str]:
    async with database.transaction() as connection:
        free = select(documents.c.document_id).with_for_update(skip_locked=True)
        return set(await connection.scalars(free))
