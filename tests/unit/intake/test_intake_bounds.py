"""What intake holds while the database is away, and whose failures open its breaker."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from unittest.mock import MagicMock, Mock

import pytest

from schemas.events import ErrorCode, Step
from services.delivery.breaker import LEAST
from services.delivery.record import Record
from services.delivery.retrying import RetryPolicy
from services.intake import service
from services.intake.document import ParsedDocument
from services.intake.failure import IntakeError
from services.intake.service import UNSTORED, Intake, IntakeLimits

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SIDE_BY_SIDE = 4


class Topic:
    """Has more records than anybody can hold."""

    taken = 0

    async def take(self, limit: int, wait_seconds: float) -> list[Record]:  # noqa: ARG002  (the name that is called)
        first, self.taken = self.taken, self.taken + limit
        return [_record(number) for number in range(first, self.taken)]


class Spans:
    """Traces nothing."""

    record_step = Mock()

    @contextmanager
    def step_span(self, *_: Any, **__: Any) -> Iterator[MagicMock]:
        yield MagicMock()


class NoDatabase:
    """Waits as a patient database does that is away."""

    def __init__(self) -> None:
        self.given = 0

    async def store(self, accepted: Sequence[Any], *_: Any) -> None:
        self.given += len(accepted)
        await asyncio.Event().wait()


class Fetcher:
    """Finds every document, or says why not."""

    def __init__(self, error: IntakeError | None = None) -> None:
        self._error = error

    async def fetch(self, _: Any) -> bytes:
        if self._error:
            raise self._error
        return b"x"


class Reader:
    """Reads everything alike."""

    async def parse(self, *_: Any) -> ParsedDocument:
        return ParsedDocument(("x",))


def _record(number: int) -> Record:
    said = {"document_id": f"d{number}", "content": {"uri": "file:///srv/in/x.txt"}}
    return Record("t", 0, number, b"%d" % number, json.dumps(said).encode(), (), NOW)


def _intake(topic: Topic, fetcher: Fetcher, store: NoDatabase) -> Intake:
    retries = RetryPolicy(4, timedelta(1), timedelta(1))
    limits = IntakeLimits(SIDE_BY_SIDE, 10_000)
    parts = cast("Any", (topic, fetcher, Reader(), store, limits, retries, Spans(), MagicMock()))
    return Intake(*parts)


@pytest.fixture(autouse=True)
def _untraced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "current_traceparent", lambda: f"00-{'1' * 32}-{'1' * 16}-01")


async def test_while_the_database_is_away_a_bounded_number_of_documents_is_held() -> None:
    topic, store = Topic(), NoDatabase()
    running = asyncio.create_task(_intake(topic, Fetcher(), store).run(asyncio.Event()))
    most = 0
    for _ in range(100):
        await asyncio.sleep(0.01)
        most = max(most, topic.taken)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert store.given > 0
    assert most <= (UNSTORED + 1) * SIDE_BY_SIDE


@pytest.mark.parametrize(("retryable", "opens"), [(False, False), (True, True)])
async def test_a_place_that_is_denied_is_the_document_s_own_fault(*, retryable: bool, opens: bool) -> None:
    """One publisher with a wrong folder must not hold up all others."""
    error = IntakeError(Step.ACCEPT, ErrorCode.URI_UNREACHABLE, "denied", retryable=retryable)
    intake = _intake(Topic(), Fetcher(error), NoDatabase())
    for number in range(2 * LEAST):
        await intake._outcome(_record(number))
    assert (intake.breaker.outage is not None) is opens
