"""The relay: step 9, outbox rows to their topics, in order, until each is acknowledged."""

import asyncio
import time
from collections.abc import Sequence
from typing import Final

import structlog
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    wait_exponential_jitter,
)

from schemas.events import Step
from services.delivery.publication import Outgoing, Publication, PublicationError
from services.storage.database import Connection, Database
from services.storage.outbox import CHANNEL, TakenRow, mark_published, oldest_unpublished_age, take
from services.telemetry import names
from services.telemetry.metrics import Metrics
from services.telemetry.tracing import Tracing

log = structlog.get_logger(__name__)

TAKE_ROWS: Final = 500
POLL_SECONDS: Final = 1.0
"""How long to wait for a notification at most: one may be lost with its connection."""


class Relay:
    """Publishes what the other services enqueued."""

    def __init__(self, database: Database, publication: Publication, tracing: Tracing, metrics: Metrics) -> None:
        self._database = database
        self._publication = publication
        self._tracing = tracing
        self._metrics = metrics
        self._lag_seconds = 0.0
        metrics.watch_outbox(lambda: self._lag_seconds)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set."""
        async with self._database.listen(CHANNEL) as outbox:
            while not stop.is_set():
                if await self._relay_some(stop) < TAKE_ROWS:
                    await outbox.wait(POLL_SECONDS)

    async def _relay_some(self, stop: asyncio.Event) -> int:
        attempts = AsyncRetrying(
            retry=retry_if_exception_type(PublicationError),
            wait=wait_exponential_jitter(multiplier=0.5, max=30),
            stop=lambda _: stop.is_set(),  # the rows stay where they are
            before_sleep=_say_retry,
            retry_error_callback=lambda _: 0,
        )
        return await attempts(self._database.in_transaction, self._publish)

    async def _publish(self, connection: Connection) -> int:
        # Rows stay locked until the brokers have acknowledged them: a relay that dies in between publishes
        # them again under the same event id, it never loses one.
        rows = await take(connection, TAKE_ROWS)
        started = time.time_ns()
        await self._publication.publish([_outgoing(row) for row in rows])
        ended = time.time_ns()
        await mark_published(connection, [row.outbox_id for row in rows])
        self._lag_seconds = await oldest_unpublished_age(connection) or 0.0
        self._say_published(rows, started, ended)
        return len(rows)

    def _say_published(self, rows: Sequence[TakenRow], started: int, ended: int) -> None:
        for row in rows:
            headers = row.row.headers
            attributes = {
                names.DOCUMENT_ID: headers.get("ce_subject"),
                names.MESSAGING_TOPIC: row.row.topic,
                names.MESSAGING_MESSAGE_ID: headers.get("ce_id"),
            }
            self._tracing.record_step(names.RELAY, headers.get("traceparent"), started, ended, **attributes)
        if rows:
            self._metrics.documents_done(names.Outcome.PASSED, Step.RELAY, len(rows))
            log.info("published", rows=len(rows))


def _outgoing(taken: TakenRow) -> Outgoing:
    return Outgoing(taken.row.topic, taken.row.key, taken.row.value, taken.row.headers)


def _say_retry(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    log.warning("publishing failed, trying again", attempt=state.attempt_number, error=str(error))
