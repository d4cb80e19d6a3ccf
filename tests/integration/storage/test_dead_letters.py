"""Dead letters: buried with their history, listed, and handed in again without a byte lost or a record doubled."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from integration.storage import stored as given
from sqlalchemy import text

from schemas.envelope import decode
from schemas.events import ErrorCode, EventType, Step, event_id
from schemas.topics import (
    DEADLETTER_ATTEMPTS,
    DEADLETTER_CONNECTOR,
    DEADLETTER_HEADERS,
    DEADLETTER_RETRY_OF,
    RETRY_ATTEMPT,
    RETRY_DEAD_LETTER,
    RETRY_NUMBER,
    RETRY_SUBMITTED,
    TRACEPARENT,
    Topics,
)
from services.storage import resubmission
from services.storage.answers import header_bytes, record_dead_letters
from services.storage.database import Database
from services.storage.dead_letter_list import Selection, count, outlines
from services.storage.dead_letters import MAX_HEADER_BYTES, MAX_LETTER_BYTES, DeadRecord, bury
from services.storage.progress import progress_of
from services.storage.queries import account, dead_letter_rows
from services.storage.records import Acceptance, Account, DeadLetterRow, NewDeadLetter, Origin
from services.storage.resubmission import HandedIn, Run, hand_in_again, parts_of
from services.storage.retry_history import Fate, Retry, history

DEADLINE_SECONDS = 20.0
TOPICS = Topics()
EVERY = Selection()
EVERY_AGAIN = Selection(retried=True)


@dataclass(frozen=True)
class Delivered:
    """A record as a broker delivered it."""

    topic: str = "documents.submitted"
    partition: int = 0
    offset: int = 70
    key: bytes | None = b"inv-9"
    value: bytes | None = b"{}"
    headers: Sequence[tuple[str, bytes | None]] = field(default_factory=list)


async def keep(database: Database, *letters: NewDeadLetter) -> list[int]:
    """Keep dead letters; give their keys."""
    async with database.transaction() as connection:
        await record_dead_letters(connection, letters)
        keys = {row.letter.offset: row.dead_letter_key for row in await dead_letter_rows(connection)}
    return [keys[letter.offset] for letter in letters]


async def hand_in(database: Database, selection: Selection = EVERY, **how: bool) -> HandedIn:
    """Do a whole run."""
    async with database.transaction() as connection:
        _, upto = await count(connection, selection)
    parts = [part async for part in parts_of(database, Run(selection, TOPICS, upto, **how))]
    names = ("looked_at", "keys", "refused", "changed")
    return HandedIn(*([item for part in parts for item in getattr(part, name)] for name in names))


async def outbox_rows(database: Database) -> list[Any]:
    async with database.transaction() as connection:
        return list(await connection.execute(text("SELECT * FROM postkorb.outbox ORDER BY outbox_id")))


async def publish_all(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("UPDATE postkorb.outbox SET published_at = now()"))


async def kept(database: Database, key: int) -> DeadLetterRow:
    async with database.transaction() as connection:
        [row] = await dead_letter_rows(connection, [key])
    return row


async def fates_of(database: Database, key: int) -> list[Retry]:
    row = await kept(database, key)
    async with database.transaction() as connection:
        return await history(connection, row)


async def counted(database: Database, document_ids: Sequence[str] | None = None) -> Account:
    async with database.transaction() as connection:
        return await account(connection, document_ids)


def delivered_again(row: Any, offset: int = 70) -> Delivered:
    """Make the record that intake reads after the relay has published a row."""
    return Delivered(
        row.topic, 0, offset, row.key, row.value, [(name, raw.encode()) for name, raw in row.headers.items()]
    )


async def bury_again(database: Database, row: Any, offset: int = 70) -> int:
    """Bury what was handed in again as intake does; give the key of the new letter."""
    record = delivered_again(row, offset)
    retry_of = int(row.headers[RETRY_DEAD_LETTER])
    dead = DeadRecord(record, Step.ACCEPT, ErrorCode.NOT_AN_EVENT, "still not", given.TRACEPARENT, 1, retry_of)
    async with database.transaction() as connection:
        await bury(connection, [dead], TOPICS.deadletter, given.MOMENT)
        newest, *_ = await dead_letter_rows(connection)
    return newest.dead_letter_key


async def test_a_list_is_by_reason_by_time_and_by_whether_it_was_handed_in_again(database: Database) -> None:
    hours = [timedelta(hours=number) for number in range(4)]
    letters = [given.letter(number, failed_at=given.MOMENT + hour) for number, hour in enumerate(hours)]
    letters[2] = replace(letters[2], code=ErrorCode.INVALID_EVENT)
    keys = await keep(database, *letters)
    await hand_in(database, Selection(keys=keys[:1]))

    async def listed(limit: int = 100, **selection: Any) -> list[int]:
        async with database.transaction() as connection:
            return [item.offset for item in await outlines(connection, Selection(**selection), limit)]

    assert await listed() == [3, 2, 1]
    assert await listed(retried=True) == [3, 2, 1, 0]
    assert await listed(limit=2) == [3, 2]
    assert await listed(code=ErrorCode.INVALID_EVENT) == [2]
    assert await listed(since=given.MOMENT + hours[2]) == [3, 2]
    assert await listed(until=given.MOMENT + hours[2]) == [1]
    assert await listed(since=given.MOMENT + hours[1], until=given.MOMENT + hours[2]) == [1]


async def test_an_outline_says_how_large_a_letter_is_and_does_not_load_it(database: Database) -> None:
    await keep(
        database, given.letter(key=b"k" * 5000, value=b"v" * 70), given.letter(8, key=None, value=None, headers=[])
    )
    async with database.transaction() as connection:
        empty, large = await outlines(connection, EVERY, 10)
    assert (large.size, len(large.key or b"")) == (5070, 1024)
    assert (empty.size, empty.key) == (0, None)


async def test_a_letter_goes_out_again_byte_for_byte_with_its_headers(database: Database) -> None:
    headers = [
        ("ce_type", b"postkorb.document.submitted"),
        (TRACEPARENT, given.TRACEPARENT.encode()),
        ("x", "ü".encode()),
    ]
    value = bytes(range(256)) * 100
    [key] = await keep(database, given.letter(key=b"\x00\xff", value=value, headers=headers))
    done = await hand_in(database)
    [row] = await outbox_rows(database)
    assert (done.keys, done.refused, done.changed) == ([key], [], [])
    assert (row.topic, row.key, row.value) == ("documents.submitted", b"\x00\xff", value)
    assert {name: row.headers[name].encode() for name, _ in headers} == dict(headers)
    assert (row.headers[RETRY_DEAD_LETTER], row.headers[RETRY_NUMBER]) == (str(key), "1")
    assert RETRY_ATTEMPT not in row.headers
    assert row.event_id == event_id(EventType.SUBMITTED, "dead-letter", key, 1)
    assert (row.attempt, row.document_key, row.published_at) == (2, None, None)


async def test_no_key_and_no_value_are_handed_in_as_none(database: Database) -> None:
    await keep(database, given.letter(key=None, value=None, headers=[]))
    await hand_in(database)
    [row] = await outbox_rows(database)
    assert (row.key, row.value) == (None, None)


async def test_headers_that_are_no_texts_are_read_as_before_and_named(database: Database) -> None:
    headers = [("ce_type", b"\xff"), ("x", b"first"), ("X", b"last"), ("none", None), ("nul", b"a\x00b"), ("fine", b"")]
    [key] = await keep(database, given.letter(headers=headers))
    done = await hand_in(database)
    [row] = await outbox_rows(database)
    assert row.headers["X"] == "last"
    assert "x" not in row.headers
    assert decode(b"{}", delivered_again(row).headers).attributes == decode(b"{}", headers).attributes
    assert {item.dead_letter_key for item in done.changed} == {key}
    said = " / ".join(item.sentence for item in done.changed)
    assert [name in said for name in ("'ce_type'", "'none'", "'nul'", "1 headers", "'fine'")] == [True] * 4 + [False]
    assert (await kept(database, key)).letter.headers == headers


async def test_only_what_is_meant_is_handed_in_again(database: Database) -> None:
    code, later = ErrorCode.INVALID_EVENT, given.MOMENT + timedelta(hours=1)
    letters = [given.letter(1), given.letter(2, code=code), given.letter(3, failed_at=later), given.letter(4)]
    first, second, third, fourth = await keep(database, *letters)
    assert (await hand_in(database, Selection(code=code))).keys == [second]
    assert (await hand_in(database, Selection(since=later))).keys == [third]
    assert (await hand_in(database, Selection(keys=[fourth]))).keys == [fourth]
    assert (await hand_in(database)).keys == [first]
    assert (await hand_in(database)).keys == []


async def test_a_dry_run_says_the_same_and_changes_nothing(database: Database) -> None:
    keys = await keep(database, given.letter(1), given.letter(2, topic="elsewhere"))
    before = [await kept(database, key) for key in keys]
    dry = await hand_in(database, dry=True)
    assert await outbox_rows(database) == []
    assert [await kept(database, key) for key in keys] == before
    assert dry == await hand_in(database)
    assert (dry.keys, [item.dead_letter_key for item in dry.refused]) == ([keys[0]], [keys[1]])


async def test_a_letter_is_handed_in_once_unless_it_is_said_again(database: Database) -> None:
    [key] = await keep(database, given.letter())
    meant = Selection(keys=[key], retried=True)
    await hand_in(database, meant)
    refused = await hand_in(database, meant)
    assert refused.keys == []
    assert "--again" in refused.refused[0].sentence
    assert (await hand_in(database, meant, again=True)).keys == [key]
    rows = await outbox_rows(database)
    assert [(row.attempt, row.headers[RETRY_NUMBER]) for row in rows] == [(2, "1"), (3, "2")]
    assert rows[0].event_id != rows[1].event_id
    row = await kept(database, key)
    assert row.retries == 2
    assert row.retried_at is not None


@pytest.mark.parametrize("again", [False, True])
async def test_two_runs_at_once_hand_in_a_letter_once(database: Database, *, again: bool) -> None:
    [key] = await keep(database, given.letter())
    run = Run(Selection(keys=[key], retried=True), TOPICS, key, again=again)

    async def second_run_waits() -> bool:
        statement = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        async with database.transaction() as connection:
            return bool(await connection.scalar(statement))

    async with asyncio.timeout(DEADLINE_SECONDS):
        async with database.transaction() as connection:
            first = await hand_in_again(connection, run, 0)
            other = asyncio.create_task(database.in_transaction(lambda opened: hand_in_again(opened, run, 0)))
            while not await second_run_waits():
                await asyncio.sleep(0.02)
        second = await other
    assert (first.keys, second.keys) == ([key], [])
    assert [item.dead_letter_key for item in second.refused] == [key]
    assert len(await outbox_rows(database)) == 1
    assert (await kept(database, key)).retries == 1


async def test_a_run_goes_in_parts_and_goes_on_where_it_was_broken_off(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resubmission, "CHUNK_LETTERS", 2)
    keys = await keep(database, *(given.letter(number) for number in range(5)))
    parts = parts_of(database, Run(EVERY, TOPICS, keys[-1]))
    assert (await anext(parts)).keys == keys[:2]
    await parts.aclose()
    assert (await hand_in(database)).keys == keys[2:]
    assert len(await outbox_rows(database)) == 5


async def test_a_part_holds_no_more_bytes_than_it_may(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resubmission, "CHUNK_BYTES", 250)
    keys = await keep(database, *(given.letter(number, value=b"v" * 100, headers=[]) for number in range(4)))
    parts = [part.keys async for part in parts_of(database, Run(EVERY, TOPICS, keys[-1]))]
    assert parts == [keys[:2], keys[2:]]


async def test_a_letter_larger_than_a_part_goes_alone(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resubmission, "CHUNK_BYTES", 50)
    await keep(database, *(given.letter(number, value=b"v" * 100, headers=[]) for number in range(3)))
    assert len((await hand_in(database)).keys) == 3


async def test_letters_that_are_buried_during_a_run_are_not_part_of_it(database: Database) -> None:
    [key] = await keep(database, given.letter(1))
    run = Run(EVERY, TOPICS, key)
    await keep(database, given.letter(2))
    assert [part.keys async for part in parts_of(database, run)] == [[key]]


async def test_what_fits_in_no_record_or_is_read_by_nobody_stays_and_says_why(database: Database) -> None:
    letters = [
        given.letter(1, value=b"v" * MAX_LETTER_BYTES),
        given.letter(2, headers=[("x", b"h" * MAX_HEADER_BYTES)]),
        given.letter(3, topic="documents.processed"),
        given.letter(4, key=None, value=b"v" * MAX_LETTER_BYTES),
    ]
    keys = await keep(database, *letters)
    done = await hand_in(database)
    assert done.keys == keys[3:]
    assert [item.dead_letter_key for item in done.refused] == keys[:3]
    for item, word in zip(done.refused, ("content.uri", "headers", "documents.processed"), strict=True):
        assert word in item.sentence
    assert [(await kept(database, key)).retries for key in keys] == [0, 0, 0, 1]


async def test_a_retried_record_says_where_it_stood_first_through_every_retry(database: Database) -> None:
    [key] = await keep(database, given.letter(7, partition=2))
    await hand_in(database)
    [row] = await outbox_rows(database)
    origin = f"{int(given.MOMENT.timestamp() * 1000)}/2/7"
    assert row.headers[RETRY_SUBMITTED] == origin
    second = await bury_again(database, row)
    await hand_in(database, Selection(keys=[second]))
    [*_, again] = await outbox_rows(database)
    assert (again.headers[RETRY_SUBMITTED], again.headers[RETRY_DEAD_LETTER]) == (origin, str(second))
    assert again.headers[RETRY_NUMBER] == "1"
    assert (await kept(database, second)).letter.retry_of == key


async def test_a_retried_record_does_not_replace_a_version_that_was_handed_in_since(database: Database) -> None:
    await keep(database, given.letter(7))
    await given.store(database, given.document("inv-9", "newer", origin=Origin(0, 8)))
    await hand_in(database)
    [row] = await outbox_rows(database)
    _, partition, offset = map(int, row.headers[RETRY_SUBMITTED].split("/"))
    [accepted] = await given.store(database, given.document("inv-9", "older", origin=Origin(partition, offset)))
    assert accepted.acceptance is Acceptance.OLDER


async def test_a_record_of_another_topic_of_ours_has_no_place_among_submissions(database: Database) -> None:
    await keep(database, given.letter(topic="documents.parsed"))
    assert len((await hand_in(database)).keys) == 1
    [row] = await outbox_rows(database)
    assert row.topic == "documents.parsed"
    assert RETRY_SUBMITTED not in row.headers


async def test_a_dead_letter_is_linked_to_the_one_it_is_a_retry_of(database: Database) -> None:
    [key] = await keep(database, given.letter())
    await hand_in(database)
    [row] = await outbox_rows(database)
    second = await bury_again(database, row)
    [*_, on_topic] = await outbox_rows(database)
    assert (await kept(database, second)).letter.retry_of == key
    assert on_topic.headers[DEADLETTER_RETRY_OF] == str(key)


@pytest.mark.parametrize("claimed", [-1, 0, 999_999, 2**63, 10**30])
async def test_a_link_to_a_letter_that_is_not_there_is_not_believed(database: Database, claimed: int) -> None:
    await _assert_not_linked(database, claimed)


async def test_a_link_to_a_letter_that_nobody_handed_in_again_is_not_believed(database: Database) -> None:
    [key] = await keep(database, given.letter())
    await _assert_not_linked(database, key)


async def _assert_not_linked(database: Database, claimed: int) -> None:
    dead = DeadRecord(Delivered(), Step.ACCEPT, ErrorCode.NOT_AN_EVENT, "no", given.TRACEPARENT, retry_of=claimed)
    async with database.transaction() as connection:
        await bury(connection, [dead], TOPICS.deadletter, given.MOMENT)
        newest, *_ = await dead_letter_rows(connection)
    [row] = await outbox_rows(database)
    assert newest.letter.retry_of is None
    assert DEADLETTER_RETRY_OF not in row.headers


async def test_a_dead_letter_on_its_topic_has_tries_trace_and_its_own_headers(database: Database) -> None:
    headers = list(given.letter().headers)
    record = Delivered(headers=headers)
    dead = DeadRecord(record, Step.ACCEPT, ErrorCode.NOT_AN_EVENT, "no", given.TRACEPARENT, attempts=3)
    async with database.transaction() as connection:
        await bury(connection, [dead], TOPICS.deadletter, given.MOMENT)
        [row] = await dead_letter_rows(connection)
    [on_topic] = await outbox_rows(database)
    assert (row.letter.attempts, on_topic.headers[DEADLETTER_ATTEMPTS]) == (3, "3")
    assert on_topic.headers[DEADLETTER_CONNECTOR] == "postkorb"
    assert on_topic.headers[TRACEPARENT] == given.TRACEPARENT
    assert header_bytes(json.loads(on_topic.headers[DEADLETTER_HEADERS])) == headers


async def test_the_place_and_the_reason_stand_under_the_names_of_kip_298(database: Database) -> None:
    record = Delivered("documents.submitted", 4, 70)
    dead = DeadRecord(record, Step.ACCEPT, ErrorCode.NOT_AN_EVENT, "kein Ereignis: Größe", given.TRACEPARENT)
    async with database.transaction() as connection:
        await bury(connection, [dead], TOPICS.deadletter, given.MOMENT)
    [on_topic] = await outbox_rows(database)
    assert {name: value for name, value in on_topic.headers.items() if name.startswith("__")} == {
        "__connect.errors.topic": "documents.submitted",
        "__connect.errors.partition": "4",
        "__connect.errors.offset": "70",
        "__connect.errors.connector.name": "postkorb",
        "__connect.errors.stage": "2-accept",
        "__connect.errors.exception.class.name": "not_an_event",
        "__connect.errors.exception.message": "kein Ereignis: Größe",
    }


async def test_headers_that_would_burst_a_record_stand_in_sql_alone(database: Database) -> None:
    headers = [("x", b"h" * MAX_HEADER_BYTES)]
    dead = DeadRecord(Delivered(headers=headers), Step.ACCEPT, ErrorCode.NOT_AN_EVENT, "no", given.TRACEPARENT)
    async with database.transaction() as connection:
        await bury(connection, [dead], TOPICS.deadletter, given.MOMENT)
        [row] = await dead_letter_rows(connection)
    [on_topic] = await outbox_rows(database)
    assert row.letter.headers == headers
    assert DEADLETTER_HEADERS not in on_topic.headers


async def test_the_history_tells_what_became_of_each_retry(database: Database) -> None:
    [key] = await keep(database, given.letter())
    meant = Selection(keys=[key], retried=True)
    assert await fates_of(database, key) == []
    await hand_in(database, meant)
    assert await fates_of(database, key) == [Retry(1, Fate.WAITING)]
    await publish_all(database)
    assert await fates_of(database, key) == [Retry(1, Fate.PUBLISHED)]
    second = await bury_again(database, (await outbox_rows(database))[0])
    await hand_in(database, meant, again=True)
    assert await fates_of(database, key) == [Retry(1, Fate.DEAD_LETTER, dead_letter=second), Retry(2, Fate.WAITING)]
    await publish_all(database)
    await given.store(database, given.document("inv-9", retry_of=key))
    *_, last = await fates_of(database, key)
    assert last == Retry(2, Fate.DOCUMENT, document_id="inv-9", tenant="default", state="parsed")


async def test_the_history_tells_that_another_version_was_there(database: Database) -> None:
    [key] = await keep(database, given.letter())
    await given.store(database, given.document("inv-9"))
    await hand_in(database)
    await publish_all(database)
    [retry] = await fates_of(database, key)
    assert (retry.fate, retry.document_id) == (Fate.OLDER, "inv-9")


@pytest.mark.parametrize("number", [b"9" * 5000, b"-1", b"\xff", None])
async def test_a_header_that_lies_about_its_retry_breaks_no_history(database: Database, number: bytes | None) -> None:
    [key] = await keep(database, given.letter())
    await hand_in(database)
    await keep(database, given.letter(8, headers=[(RETRY_NUMBER, number)], retry_of=key))
    assert await fates_of(database, key) == [Retry(1, Fate.WAITING)]


@pytest.mark.parametrize("key", [None, b"\xff", b"a\x00b", b"k" * 5000])
async def test_a_record_key_that_is_no_document_id_breaks_no_history(database: Database, key: bytes | None) -> None:
    [letter] = await keep(database, given.letter(key=key))
    await hand_in(database)
    await publish_all(database)
    assert await fates_of(database, letter) == [Retry(1, Fate.PUBLISHED)]


async def test_the_account_counts_a_retried_letter_where_it_is(database: Database) -> None:
    await given.process(database, given.document())
    [key] = await keep(database, given.letter())
    ids = ["inv-1", "inv-9"]

    async def sums() -> tuple[tuple[int, ...], tuple[int, ...]]:
        async with database.transaction() as connection:
            view = (await connection.execute(text("SELECT * FROM postkorb.account"))).one()
        every, some = await counted(database), await counted(database, ids)
        assert (every.submitted, every.processed, every.failed, every.dead_lettered, every.waiting) == tuple(view)
        return (every.dead_lettered, every.waiting), (some.dead_lettered, some.waiting)

    assert await sums() == ((1, 0), (1, 0))
    await hand_in(database)
    assert await sums() == ((0, 1), (0, 1))
    assert (await counted(database, ids)).by_step["1-submitted"] == 1
    await publish_all(database)
    assert await sums() == ((0, 0), (0, 1))
    await bury_again(database, (await outbox_rows(database))[0])
    assert await sums() == ((1, 0), (1, 0))
    assert (await counted(database)).whole
    await hand_in(database, Selection(code=ErrorCode.NOT_AN_EVENT))
    await publish_all(database)
    await given.process(database, given.document("inv-9", retry_of=key))
    assert await sums() == ((0, 0), (0, 0))
    assert (await counted(database, ids)).processed == 2


async def test_the_account_of_a_tenant_has_no_records_that_are_no_documents(database: Database) -> None:
    await keep(database, given.letter())
    await hand_in(database)
    async with database.transaction() as connection:
        of_tenant = await account(connection, tenant="default")
    assert (of_tenant.submitted, of_tenant.waiting) == (0, 0)


async def test_progress_waits_for_a_retried_letter_and_is_not_disturbed_by_others(database: Database) -> None:
    await given.process(database, given.document())
    await keep(database, given.letter())

    async def progress(*ids: str) -> tuple[int, int, int]:
        async with database.transaction() as connection:
            found = await progress_of(connection, ids, "default")
        return found.stored, found.finished, found.published

    assert await progress("inv-1", "inv-9") == (2, 2, 2)
    await hand_in(database)
    assert await progress("inv-1") == (1, 1, 1)
    assert await progress("inv-1", "inv-9") == (1, 1, 1)
    await publish_all(database)
    assert await progress("inv-1", "inv-9") == (1, 1, 1)
    await bury_again(database, (await outbox_rows(database))[0])
    assert await progress("inv-1", "inv-9") == (2, 2, 1)
    await publish_all(database)
    assert await progress("inv-1", "inv-9") == (2, 2, 2)


async def test_progress_is_of_one_tenant(database: Database) -> None:
    await given.process(database, given.document(tenant="model-a"))
    async with database.transaction() as connection:
        assert (await progress_of(connection, ["inv-1"], "model-a")).stored == 1
        assert not (await progress_of(connection, ["inv-1"], "model-b")).whole


async def test_progress_counts_two_letters_of_one_key_once_and_none_beside_its_document(database: Database) -> None:
    await keep(database, given.letter(1), given.letter(2))
    async with database.transaction() as connection:
        assert (await progress_of(connection, ["inv-9", "inv-1"], "default")).finished == 1
    await given.process(database, given.document("inv-9"))
    async with database.transaction() as connection:
        assert (await progress_of(connection, ["inv-9", "inv-1"], "default")).finished == 1
