"""What storing a submission means."""

import asyncio
from dataclasses import replace

import pytest
from integration.storage import stored as given
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from schemas.events import EventType
from schemas.text import clean_text
from services.storage.answers import (
    NextTry,
    note_engine_death,
    record_dead_letters,
    record_failures,
    schedule_retry,
    settle_answered,
)
from services.storage.database import Connection, Database
from services.storage.documents import load_documents, republish_last_event, store_documents
from services.storage.outbox import enqueue
from services.storage.records import Acceptance, AcceptedDocument
from services.storage.tables import answers, dead_letter_records, document_failures, documents, pages


async def test_a_first_submission_is_new_and_waits_with_its_pages(database: Database) -> None:
    [accepted] = await given.store(database, given.document())
    async with database.transaction() as connection:
        [pending] = await load_documents(connection, [accepted.document_key], "pipeline-1")
    assert accepted.acceptance is Acceptance.NEW
    assert accepted.duplicate_of is None
    assert pending.pages == ["content, first page", "content, second page"]
    assert pending.metadata == {"folder": "Eingang"}
    assert (pending.attempts, pending.engine_deaths) == (1, 0)
    assert not pending.answered


async def test_other_bytes_replace_the_pages_and_raise_the_version(database: Database) -> None:
    key = await given.process(database, given.document())
    [accepted] = await given.store(database, given.document(content="other", pages=["other"]))
    async with database.transaction() as connection:
        [pending] = await load_documents(connection, [key], given.PIPELINE.pipeline_id)
        row = (await connection.execute(select(documents))).one()
    assert accepted == AcceptedDocument(key, Acceptance.NEWER, None)
    assert pending.pages == ["other"]
    assert not pending.answered
    assert (row.version, row.state, row.finished_at, row.page_count) == (2, "parsed", None, 1)


async def test_the_same_bytes_before_their_answer_change_nothing(database: Database) -> None:
    [first] = await given.store(database, given.document())
    [repeat] = await given.store(database, given.failing(given.SLOW))
    async with database.transaction() as connection:
        row = (await connection.execute(select(documents))).one()
    assert repeat == AcceptedDocument(first.document_key, Acceptance.REPEAT_WAITING, None)
    assert (row.state, row.version, row.page_count) == ("parsed", 1, 2)


async def test_the_same_bytes_after_their_answer_are_done(database: Database) -> None:
    key = await given.process(database, given.document())
    [repeat] = await given.store(database, given.document())
    assert repeat == AcceptedDocument(key, Acceptance.REPEAT_PROCESSED, None)


async def test_the_same_bytes_after_a_final_failure_are_done(database: Database) -> None:
    [first] = await given.store(database, given.failing(given.BROKEN))
    [repeat] = await given.store(database, given.document())
    assert first.acceptance is Acceptance.NEW
    assert repeat.acceptance is Acceptance.REPEAT_FAILED


async def test_failures_of_other_documents_do_not_decide_about_a_repeat(database: Database) -> None:
    await given.store(database, given.failing(given.BROKEN), given.document("inv-2", "x"))
    await given.store(database, given.failing(given.SLOW, "inv-3"))
    repeats = await given.store(database, given.failing(given.BROKEN), given.failing(given.SLOW, "inv-3"))
    assert [item.acceptance for item in repeats] == [Acceptance.REPEAT_FAILED, Acceptance.REPEAT_RETRIED]


async def test_the_same_bytes_after_a_passing_failure_are_on_their_way_again(database: Database) -> None:
    await given.store(database, given.failing(given.SLOW))
    [repeat] = await given.store(database, given.document())
    async with database.transaction() as connection:
        [pending] = await load_documents(connection, [repeat.document_key], "pipeline-1")
        failures = (await connection.execute(select(document_failures))).all()
        row = (await connection.execute(select(documents))).one()
    assert repeat.acceptance is Acceptance.REPEAT_RETRIED
    assert len(pending.pages) == 2
    assert failures == []
    assert (row.state, row.version) == ("parsed", 1)


async def test_a_retry_that_fails_again_keeps_the_newer_reason(database: Database) -> None:
    await given.store(database, given.failing(given.SLOW))
    [repeat] = await given.store(database, given.failing(given.BROKEN))
    async with database.transaction() as connection:
        failure = (await connection.execute(select(document_failures))).one()
    assert repeat.acceptance is Acceptance.REPEAT_RETRIED
    assert failure.code == "document_broken"


async def test_of_two_contents_in_one_batch_the_last_counts_and_both_have_a_result(database: Database) -> None:
    first, other, last = given.document(), given.document("inv-2"), given.document(content="last")
    results = await given.store(database, first, other, last)
    async with database.transaction() as connection:
        row = (await connection.execute(select(documents).where(documents.c.document_id == "inv-1"))).one()
    assert [item.acceptance for item in results] == [Acceptance.OLDER, Acceptance.NEW, Acceptance.NEW]
    assert results[0].document_key == results[2].document_key != results[1].document_key
    assert row.content_sha256 == last.content_sha256


async def test_the_same_bytes_twice_in_one_batch_are_one_document(database: Database) -> None:
    results = await given.store(database, given.document(), given.failing(given.SLOW))
    assert [item.acceptance for item in results] == [Acceptance.NEW, Acceptance.REPEAT_WAITING]


async def test_the_same_bytes_under_another_id_name_the_older_document(database: Database) -> None:
    await given.store(database, given.document("inv-2"))
    results = await given.store(
        database, given.document("inv-1"), given.document("inv-3", "x"), given.document("inv-4", "x")
    )
    assert [item.duplicate_of for item in results] == ["inv-2", None, "inv-3"]


async def test_tenants_have_ids_and_duplicates_of_their_own(database: Database) -> None:
    results = await given.store(database, given.document(), given.document(tenant="acme"))
    assert [item.acceptance for item in results] == [Acceptance.NEW, Acceptance.NEW]
    assert [item.duplicate_of for item in results] == [None, None]


async def test_a_document_that_comes_back_to_answered_content_is_settled(database: Database) -> None:
    key = await given.process(database, given.document())
    await given.store(database, given.document(content="other"))
    [back] = await given.store(database, given.document())
    async with database.transaction() as connection:
        [pending] = await load_documents(connection, [key], given.PIPELINE.pipeline_id)
        await settle_answered(connection, [key], given.PIPELINE.pipeline_id)
        state = await connection.scalar(select(documents.c.state))
        count = len((await connection.execute(select(answers))).all())
    assert back.acceptance is Acceptance.NEWER
    assert pending.answered
    assert pending.pages == []
    assert (state, count) == ("processed", 1)


async def test_a_failed_document_counts_as_answered(database: Database) -> None:
    [accepted] = await given.store(database, given.document())
    async with database.transaction() as connection:
        await record_failures(connection, [given.failed(accepted.document_key, given.document())])
        [pending] = await load_documents(connection, [accepted.document_key, 99], "pipeline-1")
    assert pending.answered


async def test_tries_and_engine_deaths_come_with_a_document(database: Database) -> None:
    [accepted] = await given.store(database, given.document(attempts=3))
    async with database.transaction() as connection:
        await note_engine_death(connection, [accepted.document_key])
        [pending] = await load_documents(connection, [accepted.document_key], "pipeline-1")
    assert (pending.attempts, pending.engine_deaths) == (3, 1)


async def test_new_content_has_tries_and_engine_deaths_of_its_own(database: Database) -> None:
    [accepted] = await given.store(database, given.document(attempts=3))
    async with database.transaction() as connection:
        await note_engine_death(connection, [accepted.document_key])
    await given.store(database, given.document(content="newer"))
    async with database.transaction() as connection:
        [pending] = await load_documents(connection, [accepted.document_key], "pipeline-1")
    assert (pending.attempts, pending.engine_deaths) == (1, 0)


async def test_a_failed_document_handed_in_again_begins_its_tries_anew(database: Database) -> None:
    [accepted] = await given.store(database, given.document())
    key = accepted.document_key
    async with database.transaction() as connection:
        await note_engine_death(connection, [key])
        await schedule_retry(connection, given.PIPELINE.pipeline_id, [NextTry(key, given.document().content_sha256, 4)])
        await record_failures(connection, [given.failed(key, given.document(), given.SLOW, attempts=4)])
    [repeat] = await given.store(database, given.document())
    async with database.transaction() as connection:
        [pending] = await load_documents(connection, [key], "pipeline-1")
    assert repeat.acceptance is Acceptance.REPEAT_RETRIED
    assert (pending.attempts, pending.engine_deaths) == (1, 0)


async def test_a_failure_at_intake_says_how_often_it_was_tried(database: Database) -> None:
    await given.store(database, replace(given.failing(given.SLOW), attempts=4))
    async with database.transaction() as connection:
        failure = (await connection.execute(select(document_failures))).one()
        row = (await connection.execute(select(documents))).one()
    assert (failure.attempts, row.attempts) == (4, 4)


async def test_a_document_names_the_dead_letter_that_it_is_a_retry_of_if_there_is_one(database: Database) -> None:
    async with database.transaction() as connection:
        await record_dead_letters(connection, [given.letter()])
        key = await connection.scalar(select(dead_letter_records.c.dead_letter_key)) or 0
    retried, forged = given.document(retry_of=key), given.document("inv-2", retry_of=key + 1)
    await given.store(database, retried, forged)
    async with database.transaction() as connection:
        found = (await connection.scalars(select(documents.c.retry_of).order_by(documents.c.document_id))).all()
    await given.store(database, given.document(content="newer", retry_of=key + 1))
    assert found == [key, None]


async def test_documents_come_in_the_order_of_their_keys(database: Database) -> None:
    accepted = await given.store(database, *(given.document(f"inv-{number}") for number in range(5)))
    keys = [item.document_key for item in accepted][::-1]
    async with database.transaction() as connection:
        pending = await load_documents(connection, keys, "pipeline-1")
    assert [item.document_key for item in pending] == keys


async def test_the_last_event_of_a_done_document_goes_out_again(database: Database) -> None:
    [accepted] = await given.store(database, given.document())
    key = accepted.document_key
    events = [given.event(kind, key) for kind in (EventType.FAILED, EventType.PROCESSED, EventType.PARSED)]
    async with database.transaction() as connection:
        await enqueue(connection, events)
        await given.publish(connection)
        await republish_last_event(connection, [key])
        [again] = await given.publish(connection)
    assert again.row == events[1]


async def test_text_that_postgresql_cannot_hold_is_refused_and_clean_text_passes(database: Database) -> None:
    for bad in ("a\x00b", "a\ud800b"):
        with pytest.raises(DBAPIError):
            await given.store(database, given.document(pages=[bad]))
        [accepted] = await given.store(
            database, given.document(bad.encode("utf-8", "replace").hex(), pages=[clean_text(bad)])
        )
        async with database.transaction() as connection:
            page = await connection.scalar(select(pages.c.text).where(pages.c.document_key == accepted.document_key))
        assert page == "a\ufffdb"


async def test_an_error_does_not_repeat_the_documents_bound_values(database: Database) -> None:
    with pytest.raises(DBAPIError) as raised:
        await given.store(database, given.document(pages=["secret text"], content_sha256="not a hash"))
    assert "secret text" not in str(raised.value)


async def test_two_transactions_with_the_same_documents_in_opposite_order_both_end(database: Database) -> None:
    batch = [given.document(f"inv-{number:03}") for number in range(60)]
    ready = asyncio.Barrier(4)

    async def work(order: list[int], content: str) -> list[AcceptedDocument]:
        async with database.transaction() as connection:
            await ready.wait()
            mine = [
                replace(batch[number], content_sha256=given.document(content=content).content_sha256)
                for number in order
            ]
            return await store_documents(connection, mine)

    forth, back = list(range(60)), list(range(59, -1, -1))
    done = await asyncio.gather(work(forth, "a"), work(back, "b"), work(forth, "c"), work(back, "d"))
    async with database.transaction() as connection:
        rows = (await connection.execute(select(documents.c.version))).all()
    assert [len(items) for items in done] == [60] * 4
    assert {row.version for row in rows} == {4}


async def test_a_deadlock_is_tried_again_until_both_are_through(database: Database) -> None:
    await given.store(database, given.document("inv-1"), given.document("inv-2"))
    attempts: list[str] = []
    both_hold_one = asyncio.Barrier(2)

    def worker(first: str, second: str) -> object:
        async def work(connection: Connection) -> None:
            attempts.append(first)
            await _touch(connection, first)
            if len(attempts) <= 2:
                await both_hold_one.wait()
            await _touch(connection, second)

        return database.in_transaction(work)

    await asyncio.gather(worker("inv-1", "inv-2"), worker("inv-2", "inv-1"))  # type: ignore[call-overload]
    async with database.transaction() as connection:
        versions = (await connection.scalars(select(documents.c.version))).all()
    assert len(attempts) == 3
    assert versions == [3, 3]


async def _touch(connection: Connection, document_id: str) -> None:
    statement = text("UPDATE postkorb.documents SET version = version + 1 WHERE document_id = :id")
    await connection.execute(statement, {"id": document_id})


async def test_the_values_of_an_e_invoice_stay_with_its_content_and_go_with_it(database: Database) -> None:
    values = {"syntax": "ubl", "gross_total": "197.65", "line_items": [{"description": "Pfand"}]}
    [one, other] = await given.store(database, given.document(einvoice=values), given.document("inv-2", "plain"))
    async with database.transaction() as connection:
        pending = await load_documents(connection, [one.document_key, other.document_key], "pipeline-1")
    assert [item.einvoice for item in pending] == [values, None]
    await given.store(database, given.document(content="newer"), given.document("inv-2", "newer", einvoice=values))
    async with database.transaction() as connection:
        pending = await load_documents(connection, [one.document_key, other.document_key], "pipeline-1")
        nulls = await connection.scalar(select(text("count(*) FILTER (WHERE einvoice IS NULL)")).select_from(documents))
    assert [item.einvoice for item in pending] == [None, values]
    assert nulls == 1
