"""Documents that are answered anew."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from integration.storage import stored as given
from sqlalchemy import update

from schemas.events import Priority
from schemas.topics import Topics
from services.storage.answers import ensure_pipeline, record_answers, settle_answered
from services.storage.database import Database
from services.storage.documents import load_documents
from services.storage.queries import results
from services.storage.records import TakenRow
from services.storage.replay import Forecast, ReplaySelection, forecast, replay
from services.storage.tables import documents
from services.storage.usage import record_usage

TOPICS = Topics("")
EVERY = ReplaySelection()


async def forecasted(database: Database, selection: ReplaySelection = EVERY) -> Forecast:
    async with database.transaction() as connection:
        return await forecast(connection, selection)


async def replayed(database: Database, selection: ReplaySelection = EVERY) -> list[TakenRow]:
    """Replay, and give what goes out."""
    upto = (await forecasted(database, selection)).upto
    handed = [count async for count in replay(database, selection, TOPICS, upto)]
    async with database.transaction() as connection:
        rows = await given.publish(connection)
    assert sum(handed) == len(rows)
    return rows


async def test_a_processed_document_is_handed_to_inference_again(database: Database) -> None:
    key = await given.process(database, given.document())
    [taken] = await replayed(database)
    assert taken.row.topic == TOPICS.parsed_of(Priority.BULK), "behind whatever is handed in today"
    assert taken.row.key == b"inv-1"
    said = json.loads(taken.row.value)
    assert said["document_key"] == key
    assert said["page_count"] == 2
    assert said["characters"] == sum(map(len, given.document().pages))


async def test_an_earlier_pipelines_answer_becomes_the_present_one_again(database: Database) -> None:
    """As its event does, which goes out again: SQL and the topic must not say different things."""
    key = await given.process(database, given.document())
    other = given.batch("pipeline-2")
    async with database.transaction() as connection:
        await ensure_pipeline(connection, replace(given.PIPELINE, pipeline_id="pipeline-2"))
        await record_answers(connection, [other], [given.answer(key, given.document(), other)])

    async def present() -> str:
        async with database.transaction() as connection:
            [result] = await results(connection, ["inv-1"])
        return result.pipeline_id

    said = [await present()]
    for pipeline_id in ("pipeline-1", "pipeline-1", "pipeline-3", "pipeline-2"):
        async with database.transaction() as connection:
            await settle_answered(connection, [key], pipeline_id)
        said.append(await present())
    assert said == ["pipeline-2", "pipeline-1", "pipeline-1", "pipeline-1", "pipeline-2"]


async def test_what_is_read_anew_has_all_its_tries(database: Database) -> None:
    key = await given.process(database, given.document())
    async with database.transaction() as connection:
        await connection.execute(update(documents).values(attempts=3, engine_deaths=2))
    await replayed(database)
    async with database.transaction() as connection:
        [pending] = await load_documents(connection, [key], "pipeline-2")
    assert (pending.attempts, pending.engine_deaths) == (1, 0)


async def test_what_waits_or_failed_is_not_replayed(database: Database) -> None:
    await given.store(database, given.document("waits", "1"), given.failing(given.BROKEN, "fails", "2"))
    assert await replayed(database) == []


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (ReplaySelection(document_type="contract"), ["late"]),
        (ReplaySelection(tenant="acme"), ["acme"]),
        (ReplaySelection(since=given.MOMENT + timedelta(hours=1)), ["late"]),
        (ReplaySelection(until=given.MOMENT + timedelta(hours=1)), ["acme", "early"]),
        (EVERY, ["acme", "early", "late"]),
    ],
)
async def test_a_selection_is_by_type_tenant_and_time(
    database: Database, selection: ReplaySelection, expected: list[str]
) -> None:
    await given.process(database, given.document("early", "1"))
    await given.process(database, given.document("acme", "2", tenant="acme"))
    late = given.MOMENT + timedelta(hours=2)
    await given.process(database, given.document("late", "3"), document_type="contract", processed_at=late)
    assert (await forecasted(database, selection)).documents == len(expected)
    rows = await replayed(database, selection)
    assert sorted(taken.row.key.decode() for taken in rows) == expected


async def test_a_forecast_adds_up_what_the_answers_took(database: Database) -> None:
    done = given.MOMENT + timedelta(seconds=27)
    await given.process(database, given.document("inv-1", "1"), processed_at=done)
    await given.process(database, given.document("inv-2", "2"), processed_at=done)
    found = await forecasted(database)
    assert (found.documents, found.pages, found.tokens) == (2, 4, 1080)
    assert (found.newest_pipeline, found.answered_by_newest) == ("pipeline-1", 2)
    # Two batches were in the engine at the same time: 27 s for both, not for each.
    assert found.seconds == pytest.approx(27)


async def test_a_price_is_of_the_time_that_all_engines_worked(database: Database) -> None:
    done = given.MOMENT + timedelta(seconds=27)
    for name in ("1", "2"):
        of_batch = given.batch()
        [accepted] = await given.store(database, given.document(name, name))
        made = given.answer(accepted.document_key, given.document(name, name), of_batch, processed_at=done)
        async with database.transaction() as connection:
            await ensure_pipeline(connection, given.PIPELINE)
            await record_answers(connection, [of_batch], [made])
            await record_usage(connection, [given.used(accepted.document_key, of_batch, engine_seconds=27.0)])
    found = await forecasted(database)
    assert (found.seconds, found.engine_seconds) == (pytest.approx(27), pytest.approx(54))


async def test_what_is_tried_again_of_a_replay_waits_as_it_does(database: Database) -> None:
    key = await given.process(database, given.document(priority=Priority.URGENT))
    await replayed(database)
    async with database.transaction() as connection:
        [pending] = await load_documents(connection, [key], "pipeline-2")
    assert pending.priority is Priority.BULK


async def test_without_answers_no_time_is_foretold(database: Database) -> None:
    assert await forecasted(database) == Forecast(0, 0, 0, None, None, None, 0, 0)


async def test_documents_that_came_after_the_forecast_are_not_meant(database: Database) -> None:
    await given.process(database, given.document("inv-1", "1"))
    upto = (await forecasted(database)).upto
    await given.process(database, given.document("inv-2", "2"))
    assert [count async for count in replay(database, EVERY, TOPICS, upto)] == [1]


async def test_what_was_not_taken_yet_is_not_handed_in_twice(database: Database) -> None:
    await given.process(database, given.document())
    upto = (await forecasted(database)).upto
    for _ in range(2):
        assert [count async for count in replay(database, EVERY, TOPICS, upto)] == [1]
    async with database.transaction() as connection:
        assert len(await given.publish(connection)) == 1
