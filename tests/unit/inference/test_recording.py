"""Outcomes that are ready together share a transaction; a value that the database refuses costs no other document."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast
from unittest.mock import Mock
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pending import pending_document
from structlog.testing import capture_logs

from schemas.events import ErrorCode, Step
from services.inference.outcome import Answered, Failed, Retried
from services.inference.record import Leaving, Recorder
from services.inference.recording import FLUSH_FIELDS, FLUSH_OUTCOMES, LINGER_SECONDS, Recording
from services.storage.errors import DatabaseUnreachableError, DataRefusedError
from services.storage.records import Failure, NewBatch, PendingDocument

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BATCH = NewBatch(UUID(int=1), "pipeline", "0" * 32, NOW)
GONE_WRONG = Failure(Step.ASK, ErrorCode.ANSWER_INVALID, "no JSON", retryable=True)
WAIT_SECONDS = 20


def _document(key: int) -> PendingDocument:
    return pending_document("text", document_key=key, document_id=f"d{key}")


def _leaving(key: int) -> Leaving:
    """Make an outcome; `Retried` stands for all that carry values."""
    return Leaving(Retried(_document(key), GONE_WRONG, 2, timedelta(seconds=1)), BATCH)


def _key(leaving: Leaving) -> int:
    return leaving.outcome.document.document_key


@dataclass
class Database:
    """What a `Recorder` does to one, with a say in what it refuses and when it answers."""

    refused: set[int] = field(default_factory=set)
    """Documents with a value that it does not take."""
    broken: BaseException | None = None
    transactions: list[list[Leaving]] = field(default_factory=list)
    """Those that were committed."""
    tries: list[list[int]] = field(default_factory=list)
    begun: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    open: asyncio.Event = field(default_factory=asyncio.Event)

    async def record(self, given: Sequence[Leaving]) -> None:
        self.tries.append([_key(item) for item in given])
        self.begun.release()
        await self.open.wait()
        if self.broken:
            raise self.broken
        if any(_key(item) in self.refused and not isinstance(item.outcome, Failed) for item in given):
            message = "the database refuses a value (SQLSTATE 22P05)"
            raise DataRefusedError(message)
        self.transactions.append(list(given))


@asynccontextmanager
async def _running(
    database: Database, linger_seconds: float = 0
) -> AsyncIterator[tuple[Recording, "asyncio.Task[None]"]]:
    recording = Recording(cast("Recorder", database), linger_seconds)
    writing = asyncio.create_task(recording.run())
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            yield recording, writing
    finally:
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)


def _hand_in(recording: Recording, keys: Sequence[int]) -> "list[asyncio.Task[Leaving]]":
    return [asyncio.create_task(recording.record(_leaving(key))) for key in keys]


@pytest.fixture
def database() -> Database:
    return Database()


async def test_an_outcome_is_written_as_soon_as_it_is_there(database: Database):
    database.open.set()
    async with _running(database) as (recording, _):
        assert await recording.record(_leaving(1)) == _leaving(1)
    assert database.transactions == [[_leaving(1)]]


async def test_no_outcome_counts_as_recorded_before_its_transaction_is_committed(database: Database):
    async with _running(database) as (recording, _):
        (waiting,) = _hand_in(recording, [1])
        await database.begun.acquire()
        for _ in range(20):
            await asyncio.sleep(0)
        assert not waiting.done()
        database.open.set()
        assert await waiting == _leaving(1)


async def test_those_that_become_ready_during_a_transaction_share_the_next_one_in_their_order(database: Database):
    async with _running(database) as (recording, _):
        tasks = _hand_in(recording, [1])
        await database.begun.acquire()
        tasks += _hand_in(recording, range(2, 12))
        await asyncio.sleep(0)
        database.open.set()
        written = await asyncio.gather(*tasks)
    assert database.tries == [[1], list(range(2, 12))]
    assert [_key(item) for item in written] == list(range(1, 12)), "each gets its own"


async def test_a_transaction_has_a_bound(database: Database):
    database.open.set()
    async with _running(database) as (recording, _):
        await asyncio.gather(*_hand_in(recording, range(2 * FLUSH_OUTCOMES + 1)))
    assert [len(items) for items in database.tries] == [FLUSH_OUTCOMES, FLUSH_OUTCOMES, 1]


async def test_a_transaction_has_a_bound_of_fields_as_well(database: Database):
    """Else the rows of a hundred long documents are in memory at once."""
    database.open.set()
    answered = [
        Leaving(Mock(Answered, fields=[None] * (FLUSH_FIELDS // 2), document=_document(key)), BATCH) for key in range(5)
    ]
    async with _running(database) as (recording, _):
        await asyncio.gather(*map(recording.record, answered))
    assert database.tries == [[0, 1], [2, 3], [4]]


async def test_a_refused_value_fails_its_document_alone_and_its_neighbours_are_written_as_they_are(database: Database):
    database.open.set()
    database.refused = {2}
    async with _running(database) as (recording, _):
        with capture_logs() as lines:
            written = await asyncio.gather(*_hand_in(recording, [1, 2, 3]))
    failure = Failure(
        Step.RECORD,
        ErrorCode.DOCUMENT_NOT_STORED,
        "the database refuses a value (SQLSTATE 22P05); its answers were not stored",
        retryable=False,
    )
    failed = Leaving(Failed(_document(2), failure), BATCH)
    assert written == [_leaving(1), failed, _leaving(3)], "whoever waits learns what was written"
    assert database.tries == [[1, 2, 3], [1], [2], [2], [3]]
    assert database.transactions == [[_leaving(1)], [failed], [_leaving(3)]]
    assert [line["log_level"] for line in lines] == ["warning"]


async def test_after_a_refusal_the_next_ones_share_a_transaction_again(database: Database):
    database.open.set()
    database.refused = {1}
    async with _running(database) as (recording, _):
        await asyncio.gather(*_hand_in(recording, [1, 2]))
        await asyncio.gather(*_hand_in(recording, [3, 4]))
    assert database.tries[-1] == [3, 4]


async def test_who_stops_waiting_does_not_take_the_others_with_it(database: Database):
    async with _running(database) as (recording, _):
        first, gone, last = _hand_in(recording, [1, 2, 3])
        await database.begun.acquire()
        gone.cancel()
        await asyncio.wait([gone])
        database.open.set()
        assert [_key(await task) for task in (first, last)] == [1, 3]
        assert _key(await recording.record(_leaving(4))) == 4


@pytest.mark.parametrize("error", [DatabaseUnreachableError("gone"), RuntimeError("unknown to us")])
async def test_any_other_error_ends_the_service_and_nothing_is_said_to_be_recorded(
    database: Database, error: Exception
):
    database.broken = error
    database.open.set()
    async with _running(database) as (recording, writing):
        (waiting,) = _hand_in(recording, [1])
        await asyncio.wait([writing])
        assert writing.exception() is error
        assert not waiting.done()
        waiting.cancel()
    assert database.tries == [[1]]


@given(st.lists(st.lists(st.booleans(), min_size=1, max_size=8), max_size=5))
@settings(deadline=None)
def test_whatever_is_refused_each_document_is_written_once_as_what_its_waiter_is_told(bursts: list[list[bool]]):
    async def record_all() -> None:
        database = Database()
        database.open.set()
        keys = iter(range(1_000))
        async with _running(database) as (recording, _):
            tasks = []
            for burst in bursts:
                numbered = [(next(keys), refused) for refused in burst]
                database.refused |= {key for key, refused in numbered if refused}
                tasks += _hand_in(recording, [key for key, _ in numbered])
                await asyncio.sleep(0)
            told = await asyncio.gather(*tasks)
        written = [item for items in database.transactions for item in items]
        assert sorted(written, key=_key) == told
        assert {_key(item) for item in told if isinstance(item.outcome, Failed)} == database.refused

    asyncio.run(record_all())


async def test_outcomes_that_come_shortly_after_each_other_share_a_transaction() -> None:
    database = Database()
    database.open.set()
    async with _running(database, LINGER_SECONDS) as (recording, _):
        first = asyncio.create_task(recording.record(_leaving(1)))
        await asyncio.sleep(LINGER_SECONDS / 10)
        await asyncio.gather(first, recording.record(_leaving(2)))
    assert database.tries == [[1, 2]]
