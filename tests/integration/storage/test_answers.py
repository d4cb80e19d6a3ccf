"""What recording answers, failures and dead letters means."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import given as for_all
from hypothesis import strategies as st
from integration.storage import stored as given
from sqlalchemy import func, select, text

from services.storage.answers import (
    NextTry,
    ensure_pipeline,
    header_bytes,
    header_values,
    note_engine_death,
    record_answers,
    record_dead_letters,
    record_failures,
    schedule_retry,
)
from services.storage.database import Database
from services.storage.document_events import failed_event
from services.storage.queries import account, dead_letter_rows, failures, results
from services.storage.records import Account, NewAnswer, NewBatch, Pipeline
from services.storage.tables import answer_fields, answers, batches, dead_letter_records, documents


async def _record(database: Database, of_batch: NewBatch, *items: NewAnswer) -> set[int]:
    async with database.transaction() as connection:
        await ensure_pipeline(connection, given.PIPELINE)
        return await record_answers(connection, [of_batch], items)


async def _count(database: Database) -> tuple[int, int, int]:
    async with database.transaction() as connection:
        counted = [select(func.count()).select_from(table) for table in (answers, answer_fields, batches)]
        first, second, third = [await connection.scalar(item) or 0 for item in counted]
    return first, second, third


async def _cost(database: Database) -> tuple[int, int, int, datetime, datetime]:
    columns = (batches.c.prompt_tokens, batches.c.cached_tokens, batches.c.completion_tokens)
    async with database.transaction() as connection:
        result = await connection.execute(select(*columns, batches.c.started_at, batches.c.finished_at))
        prompt, cached, completion, started_at, finished_at = result.one()
    return prompt, cached, completion, started_at, finished_at


async def test_an_answer_is_shown_with_typed_fields(database: Database) -> None:
    await given.process(database, given.document())
    async with database.transaction() as connection:
        [result] = await results(connection, ["inv-1"])
        statement = text("SELECT path, value_numeric, value_date FROM postkorb.fields ORDER BY path")
        typed = [tuple(row) for row in await connection.execute(statement)]
        shown = await connection.scalar(text("SELECT fields FROM postkorb.results"))
    assert result.fields == list(given.FIELDS)
    assert (result.findings, result.needs_review) == (list(given.FINDINGS), True)
    assert (result.document_type, result.model, result.trace_id) == ("invoice", "qwen", given.TRACE)
    assert typed == [
        ("gross_total", Decimal("15387.08"), None),
        ("issue_date", None, date(2018, 6, 5)),
        ("seller_name", None, None),
    ]
    assert shown == {"gross_total": "15387.08", "issue_date": "2018-06-05"}


async def test_recording_twice_is_recording_once(database: Database) -> None:
    [accepted] = await given.store(database, given.document())
    of_batch = given.batch()
    item = given.answer(accepted.document_key, given.document(), of_batch)
    assert await _record(database, of_batch, item, item) == {accepted.document_key}
    assert await _record(database, of_batch, item) == set()
    assert await _count(database) == (1, 3, 1)


async def test_what_a_batch_cost_is_the_sum_of_the_answers_that_were_written(database: Database) -> None:
    first, second = given.document("inv-1"), given.document("inv-2")
    keys = [item.document_key for item in await given.store(database, first, second)]
    of_batch = given.batch()
    early, late = given.MOMENT + timedelta(seconds=3), given.MOMENT + timedelta(seconds=9)
    answer_late = given.answer(keys[1], second, of_batch, processed_at=late)
    answer_early = given.answer(keys[0], first, of_batch, processed_at=early, prompt_tokens=7, cached_tokens=5)
    await _record(database, of_batch, answer_late)
    assert await _cost(database) == (500, 200, 40, given.MOMENT, late)
    await _record(database, of_batch, answer_early)
    assert await _cost(database) == (507, 205, 80, given.MOMENT, late)


async def test_a_batch_that_is_recorded_again_costs_nothing_twice(database: Database) -> None:
    [accepted] = await given.store(database, given.document())
    of_batch = given.batch()
    item = given.answer(accepted.document_key, given.document(), of_batch)
    await _record(database, of_batch, item)
    once = await _cost(database)
    later = replace(item, processed_at=given.MOMENT + timedelta(seconds=60))
    await _record(database, of_batch, later)
    assert await _cost(database) == once


async def test_answers_that_nobody_needs_leave_no_batch(database: Database) -> None:
    [accepted] = await given.store(database, given.document(content="newer"))
    of_batch = given.batch()
    assert await _record(database, of_batch, given.answer(accepted.document_key, given.document(), of_batch)) == set()
    assert await _count(database) == (0, 0, 0)


async def test_documents_of_one_batch_may_finish_at_the_same_time(database: Database) -> None:
    papers = [given.document(f"inv-{number:02}") for number in range(20)]
    accepted = await given.store(database, *papers)
    of_batch = given.batch()
    items = [given.answer(one.document_key, paper, of_batch) for one, paper in zip(accepted, papers, strict=True)]
    async with database.transaction() as connection:
        await ensure_pipeline(connection, given.PIPELINE)
    ready = asyncio.Barrier(4)

    async def work(some: list[NewAnswer]) -> set[int]:
        async with database.transaction() as connection:
            await ready.wait()
            return await record_answers(connection, [of_batch], some)

    written = await asyncio.gather(*(work(items[start::4][:: (-1) ** start]) for start in range(4)))
    assert [len(keys) for keys in written] == [5] * 4
    assert (await _cost(database))[:3] == (20 * 500, 20 * 200, 20 * 40)


async def test_answers_of_several_batches_in_one_transaction_count_for_their_own(database: Database) -> None:
    papers = [given.document(f"inv-{number}") for number in range(3)]
    accepted = await given.store(database, *papers)
    first, second, idle = given.batch(), given.batch(), given.batch()
    of = (first, second, second)
    items = [given.answer(one.document_key, *pair) for one, *pair in zip(accepted, papers, of, strict=True)]
    async with database.transaction() as connection:
        await ensure_pipeline(connection, given.PIPELINE)
        await record_answers(connection, [first, second, idle], items)
        rows = await connection.execute(select(batches.c.batch_id, batches.c.prompt_tokens))
    assert {row.batch_id: row.prompt_tokens for row in rows} == {first.batch_id: 500, second.batch_id: 1000}


async def test_an_answer_to_replaced_content_is_left_out(database: Database) -> None:
    [accepted] = await given.store(database, given.document())
    await given.store(database, given.document(content="newer"))
    of_batch = given.batch()
    written = await _record(database, of_batch, given.answer(accepted.document_key, given.document(), of_batch))
    async with database.transaction() as connection:
        counted = await account(connection)
    assert written == set()
    assert counted.waiting == 1


async def test_an_answer_to_an_unknown_document_harms_no_other(database: Database) -> None:
    [accepted] = await given.store(database, given.document())
    of_batch = given.batch()
    items = [given.answer(key, given.document(), of_batch) for key in (999, accepted.document_key)]
    assert await _record(database, of_batch, *items) == {accepted.document_key}


async def test_another_pipeline_gives_a_second_answer_and_the_newest_is_shown(database: Database) -> None:
    key = await given.process(database, given.document())
    of_batch = given.batch("pipeline-2")
    async with database.transaction() as connection:
        await ensure_pipeline(connection, Pipeline("pipeline-2", "llama", "e" * 64, {}))
    newer = given.answer(key, given.document(), of_batch, summary="Besser.", fields=())
    assert await _record(database, of_batch, newer) == {key}
    async with database.transaction() as connection:
        [result] = await results(connection)
        shown = await connection.scalar(text("SELECT fields FROM postkorb.results"))
    assert (result.summary, result.model) == ("Besser.", "llama")
    assert shown == {}
    assert await _count(database) == (2, 3, 2)


async def test_a_failure_is_recorded_once_and_no_answer_overrules_it(database: Database) -> None:
    [accepted] = await given.store(database, given.document())
    key, of_batch = accepted.document_key, given.batch()
    async with database.transaction() as connection:
        first = await record_failures(connection, [given.failed(key, given.document(), attempts=3)])
        again = await record_failures(connection, [given.failed(key, given.document(), given.SLOW)])
        [shown] = await failures(connection)
    assert await _record(database, of_batch, given.answer(key, given.document(), of_batch)) == set()
    assert (first, again) == ({key}, set())
    assert (shown.failure, shown.attempts) == (given.BROKEN, 3)
    assert (shown.document_id, shown.trace_id) == ("inv-1", given.TRACE)


async def test_a_failure_does_not_overrule_an_answer_nor_newer_content(database: Database) -> None:
    key = await given.process(database, given.document())
    [newer] = await given.store(database, given.document("inv-2"))
    old = given.failed(newer.document_key, given.document("inv-2", "older"))
    async with database.transaction() as connection:
        assert await record_failures(connection, [given.failed(key, given.document()), old]) == set()


async def _tries(database: Database) -> dict[str, tuple[int, int]]:
    columns = (documents.c.document_id, documents.c.attempts, documents.c.engine_deaths)
    async with database.transaction() as connection:
        return {name: (tries, deaths) for name, tries, deaths in await connection.execute(select(*columns))}


async def test_only_documents_that_still_wait_with_that_content_are_tried_again(database: Database) -> None:
    done = await given.process(database, given.document("done"))
    papers = [given.document("waits"), given.document("ended"), given.document("changed", "newer")]
    waits, ended, changed = (item.document_key for item in await given.store(database, *papers))
    sha = given.document().content_sha256
    async with database.transaction() as connection:
        await record_failures(connection, [given.failed(ended, papers[1])])
        tries = [NextTry(key, sha, 2) for key in (done, waits, ended, changed, 999)]
        assert await schedule_retry(connection, given.PIPELINE.pipeline_id, tries) == {waits}
    tried = {name: tries for name, (tries, _) in (await _tries(database)).items()}
    assert tried == {"waits": 2, "done": 1, "ended": 1, "changed": 1}


async def test_what_another_pipeline_has_answered_may_be_tried_again(database: Database) -> None:
    done = await given.process(database, given.document("done"))
    async with database.transaction() as connection:
        again = [NextTry(done, given.document().content_sha256, 2)]
        assert await schedule_retry(connection, "another", again) == {done}


async def test_a_try_may_be_scheduled_again_but_never_turns_back(database: Database) -> None:
    [accepted] = await given.store(database, given.document())
    key, sha = accepted.document_key, given.document().content_sha256
    async with database.transaction() as connection:
        scheduled = [
            await schedule_retry(connection, given.PIPELINE.pipeline_id, [NextTry(key, sha, number)])
            for number in (3, 3, 2)
        ]
    assert scheduled == [{key}, {key}, set()]
    assert await _tries(database) == {"inv-1": (3, 0)}


async def test_engine_deaths_are_counted_for_documents_that_have_not_failed(database: Database) -> None:
    done = await given.process(database, given.document("done"))
    [held, ended] = await given.store(database, given.document("held"), given.failing(given.BROKEN, "ended"))
    async with database.transaction() as connection:
        for _ in range(2):
            await note_engine_death(connection, [held.document_key, ended.document_key, done, 999])
    assert await _tries(database) == {"held": (1, 2), "ended": (1, 0), "done": (1, 2)}, "what is done is read anew"


async def test_a_dead_letter_names_the_one_that_it_is_a_retry_of_if_there_is_one(database: Database) -> None:
    async with database.transaction() as connection:
        await record_dead_letters(connection, [given.letter()])
        key = await connection.scalar(select(dead_letter_records.c.dead_letter_key)) or 0
        again = [given.letter(8, retry_of=key), given.letter(9, retry_of=key + 99)]
        await record_dead_letters(connection, again)
        found = select(dead_letter_records.c.retry_of).order_by(dead_letter_records.c.offset)
        assert (await connection.scalars(found)).all() == [None, key, None]


def test_the_event_of_a_failure_says_how_often_it_was_tried() -> None:
    event = failed_event(given.document(), given.SLOW, 4, given.MOMENT)
    assert (event.attempts, event.code, event.failed_at) == (4, given.SLOW.code, given.MOMENT)


async def test_a_dead_letter_is_kept_once_and_byte_for_byte(database: Database) -> None:
    async with database.transaction() as connection:
        await record_dead_letters(connection, [given.letter(), given.letter(8, key=None, value=None, headers=[])])
        await record_dead_letters(connection, [given.letter(message="again")])
        newest, oldest = await dead_letter_rows(connection)
        one = await dead_letter_rows(connection, [oldest.dead_letter_key])
    assert oldest.letter == given.letter()
    assert (newest.letter.key, newest.letter.value) == (None, None)
    assert one == [oldest]


@for_all(st.lists(st.tuples(st.text(), st.none() | st.binary() | st.just("a\x00ü".encode()))))
def test_headers_come_back_byte_for_byte(headers: list[tuple[str, bytes | None]]) -> None:
    assert [raw for _, raw in header_bytes(header_values(headers))] == [raw for _, raw in headers]


async def test_the_account_is_whole_when_each_document_has_ended(database: Database) -> None:
    await given.process(database, given.document())
    await given.store(database, given.failing(given.BROKEN, "inv-2"), given.document("inv-3"))
    async with database.transaction() as connection:
        await record_dead_letters(connection, [given.letter()])
        before = await account(connection)
        row = (await connection.execute(text("SELECT * FROM postkorb.account"))).one()
        some = await account(connection, ["inv-1", "inv-2", "inv-9"])
        unseen = await account(connection, ["inv-1", "inv-0"])
        other = await account(connection, tenant="acme")
    assert (before.submitted, before.processed, before.failed, before.dead_lettered, before.waiting) == (4, 1, 1, 1, 1)
    assert tuple(row) == (4, 1, 1, 1, 1)
    assert not before.whole
    assert some.whole
    assert (some.submitted, some.dead_lettered) == (3, 1)
    assert not unseen.whole
    assert unseen.by_step["1-submitted"] == 1
    assert replace(other, by_step={}) == Account(0, 0, 0, 0, 0)


async def test_a_dead_letter_beside_a_document_of_its_id_is_not_counted_twice(database: Database) -> None:
    await given.process(database, given.document("inv-9"))
    async with database.transaction() as connection:
        await record_dead_letters(connection, [given.letter()])
        counted = await account(connection, ["inv-9"])
    assert counted.whole
    assert (counted.processed, counted.dead_lettered) == (1, 0)


async def test_results_and_failures_are_of_one_tenant_if_one_is_named(database: Database) -> None:
    for tenant in ("model-a", "model-b"):
        await given.process(database, given.document(tenant=tenant))
        await given.store(database, replace(given.failing(given.BROKEN, "inv-2"), tenant=tenant))
    async with database.transaction() as connection:
        found = await results(connection, ["inv-1"], None, tenant="model-b")
        assert [item.tenant for item in found] == ["model-b"]
        assert {item.tenant for item in await results(connection, ["inv-1"])} == {"model-a", "model-b"}
        assert len(await failures(connection, ["inv-2"], None)) == 2
        assert await failures(connection, ["inv-2"], None, tenant="model-c") == []
