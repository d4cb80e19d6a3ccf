"""The relay: step 9, outbox rows to their topics, in order, until each is acknowledged."""

import asyncio
import random
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final
from uuid import uuid4

import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_random_exponential

from schemas.events import Step
from services.delivery.publication import Outgoing, Publication, PublicationError, RecordRefusedError
from services.storage.database import Connection, Database
from services.storage.outbox import (
    CHANNEL,
    Pruned,
    TakenRow,
    claim,
    mark_published,
    next_due_in,
    oldest_unpublished_age,
    postpone,
    prune,
    release,
)
from services.storage.wakeups import Wakeups
from services.telemetry import names
from services.telemetry.metrics import Metrics
from services.telemetry.tracing import Tracing

log = structlog.get_logger(__name__)

CLAIM_ROWS: Final = 500
POLL_SECONDS: Final = 1.0
"""How often to look while rows are due that another relay holds, or holds up: nothing tells when it has died."""

LOOK_SECONDS: Final = 5.0
"""How long to wait for a notification at most: one may be lost with its connection."""

LEASE: Final = timedelta(seconds=90)
PUBLISH_SECONDS: Final = 45.0
"""How long after its claim a row may still be handed to the producer.

A publication ends within `publication.seconds_for` its records, 20 + 1 + 8 s for a claim of 500 rows and 16 MiB, and
leaves nothing in the producer. So a row is out of our hands 74 s after its claim at the latest; the rest of the lease
is for requests that the broker has received and not yet worked on. A relay whose clock or process stood still for
longer may publish after another one: the same event, under the same id.
"""

MOST_WAIT_SECONDS: Final = 30.0
REMINDER_SECONDS: Final = 30.0
REFUSED_FOR: Final = timedelta(minutes=5)
"""How long a row waits that the broker refuses: until somebody had time to change the topic's settings."""

LAG_SECONDS: Final = 5.0
"""As often as the metrics are written down."""

PRUNE_SECONDS: Final = 300.0
PRUNE_ROWS: Final = 1000
"""In one transaction: some ten milliseconds."""
PRUNE_PAUSE_SECONDS: Final = 0.05


class Relay:
    """Publishes what the other services enqueued. Several may run: they share the work, each on leases of its own.

    Parameters
    ----------
    keep
        Published rows are deleted after this time.
    """

    def __init__(
        self, database: Database, publication: Publication, tracing: Tracing, metrics: Metrics, *, keep: timedelta
    ) -> None:
        self.away: str | None = None
        """Why nothing can be published at the moment; None if it can."""
        self._database = database
        self._publication = publication
        self._tracing = tracing
        self._metrics = metrics
        self._keep = keep
        self._relay_id = uuid4()
        self._rows = CLAIM_ROWS
        self._away_since = 0.0
        self._reminded_at = 0.0
        self._lag_seconds = 0.0
        self._refused: dict[int, float] = {}
        """Until when each row that the broker refused here counts: by then it was tried again."""
        metrics.watch_outbox(lambda: self._lag_seconds)
        metrics.watch_refused(lambda: len(self._refused))

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; what is in the producer then is finished, the rest goes to other relays."""
        async with asyncio.TaskGroup() as group:
            beside = [group.create_task(self._measure_regularly()), group.create_task(self._prune_regularly())]
            await self._relay_until(stop)
            for task in beside:
                task.cancel()
        if self.away is None:  # or the broker may still be working on what we hold
            await self._database.in_transaction(lambda connection: release(connection, self._relay_id))

    async def _relay_until(self, stop: asyncio.Event) -> None:
        async with self._database.listen(CHANNEL) as outbox, asyncio.TaskGroup() as group:
            waking = group.create_task(_wake_at(stop, outbox))
            while not stop.is_set():
                if not await self._relay_some(stop):
                    await outbox.wait(_seconds_to_wait(await self._database.in_transaction(next_due_in)))
            waking.cancel()

    async def _relay_some(self, stop: asyncio.Event) -> int:
        attempts = AsyncRetrying(
            retry=retry_if_exception_type(PublicationError),
            wait=wait_random_exponential(multiplier=0.5, max=MOST_WAIT_SECONDS),
            stop=lambda _: stop.is_set(),  # the rows stay where they are
            sleep=lambda seconds: _sleep_until(stop, seconds),
            before_sleep=self._say_away,
            retry_error_callback=lambda _: 0,
        )
        count: int = await attempts(self._claim_and_publish)
        return count

    async def _claim_and_publish(self) -> int:
        # While the broker does not answer, nothing is claimed: a relay that can reach it takes our rows over.
        if self.away and not await self._publication.probe():
            message = "the broker does not answer"
            raise PublicationError(message)
        claimed_at, rows = await self._database.in_transaction(self._claim)
        try:
            await self._publish(rows, claimed_at + PUBLISH_SECONDS)
        except PublicationError:
            self._rows = max(1, self._rows // 4)  # a slow line may bring fewer in time
            raise
        self._rows = min(CLAIM_ROWS, self._rows * 2)
        self._say_back()
        return len(rows)

    async def _claim(self, connection: Connection) -> tuple[float, list[TakenRow]]:
        claimed_at = time.monotonic()  # before the lease begins
        return claimed_at, await claim(connection, self._relay_id, self._rows, LEASE)

    async def _publish(self, rows: Sequence[TakenRow], until: float) -> None:
        """Publish rows in order; those that the broker refuses are put off, the others go out.

        Parameters
        ----------
        until
            What is not begun by then, in seconds of `time.monotonic`, is left for the next claim.
        """
        if not rows or time.monotonic() >= until:
            return
        started = time.time_ns()
        try:
            await self._publication.publish([_outgoing(row) for row in rows])
        except RecordRefusedError as refusal:
            await self._publish_around(rows, refusal, until)
        else:
            await self._mark(rows, started, time.time_ns())

    async def _publish_around(self, rows: Sequence[TakenRow], refusal: RecordRefusedError, until: float) -> None:
        if refusal.refused:
            for place, reason in refusal.refused.items():
                await self._put_off(rows[place], reason)
            await self._publish([row for place, row in enumerate(rows) if place not in refusal.refused], until)
            return
        # The broker does not say which: halves, in order, until they are single.
        half = len(rows) // 2
        await self._publish(rows[:half], until)
        await self._publish(rows[half:], until)

    async def _put_off(self, row: TakenRow, reason: str) -> None:
        log.error(
            "an event is refused and stays in the outbox; it is tried again later",
            reason=reason,
            topic=row.row.topic,
            event_id=str(row.row.event_id),
            outbox_id=row.outbox_id,
            seconds=REFUSED_FOR.total_seconds(),
        )
        self._metrics.documents_done(names.Outcome.RETRIED, Step.RELAY)
        self._refused[row.outbox_id] = time.monotonic() + 2 * REFUSED_FOR.total_seconds()
        await self._database.in_transaction(
            lambda connection: postpone(connection, self._relay_id, [row.outbox_id], REFUSED_FOR)
        )

    async def _mark(self, rows: Sequence[TakenRow], started: int, ended: int) -> None:
        outbox_ids = [row.outbox_id for row in rows]
        for outbox_id in outbox_ids:
            self._refused.pop(outbox_id, None)
        marked = await self._database.in_transaction(
            lambda connection: mark_published(connection, self._relay_id, outbox_ids)
        )
        for row in rows:
            headers = row.row.headers
            attributes = {
                names.DOCUMENT_ID: headers.get("ce_subject"),
                names.MESSAGING_TOPIC: row.row.topic,
                names.MESSAGING_MESSAGE_ID: headers.get("ce_id"),
            }
            self._tracing.record_step(names.RELAY, headers.get("traceparent"), started, ended, **attributes)
        if marked:
            self._metrics.documents_done(names.Outcome.PASSED, Step.RELAY, marked)
            log.info("published", rows=marked)
        if again := len(rows) - marked:
            self._metrics.documents_done(names.Outcome.RETRIED, Step.RELAY, again)
            log.info("events go out again: enqueued anew meanwhile, or taken over by another relay", rows=again)

    async def _measure_regularly(self) -> None:
        while True:
            age = await self._database.in_transaction(oldest_unpublished_age)
            self._lag_seconds = age or 0.0
            now = time.monotonic()  # another relay may have published them, or somebody deleted them
            self._refused = {key: until for key, until in self._refused.items() if until > now}
            await asyncio.sleep(LAG_SECONDS)

    async def _prune_regularly(self) -> None:
        while True:
            # Not all relays at once, nor at the start, when there is most to publish.
            await asyncio.sleep(PRUNE_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311  (no secret)
            try:
                await self._prune_all()
            except Exception as error:  # noqa: BLE001  (publishing must not end because old rows stay)
                log.error("old events were not deleted, the next look tries again", error=str(error))  # noqa: TRY400

    async def _prune_all(self) -> None:
        examined, deleted = PRUNE_ROWS, 0
        while examined == PRUNE_ROWS:
            pruned = await self._database.in_transaction(self._prune)
            examined = pruned.examined
            deleted += pruned.deleted
            self._metrics.outbox_pruned(pruned.deleted)
            await asyncio.sleep(PRUNE_PAUSE_SECONDS)
        if deleted:
            log.info("old events deleted", rows=deleted)

    async def _prune(self, connection: Connection) -> Pruned:
        return await prune(connection, self._keep, PRUNE_ROWS)

    def _say_away(self, state: RetryCallState) -> None:
        now = time.monotonic()
        if self.away is None:
            self._away_since, self._reminded_at = now, now - REMINDER_SECONDS
        self.away = str(state.outcome.exception() if state.outcome else None)
        if now - self._reminded_at >= REMINDER_SECONDS:
            self._reminded_at = now
            log.warning(
                "nothing can be published; events wait in the outbox",
                reason=self.away,
                seconds=round(now - self._away_since, 1),
                attempt=state.attempt_number,
            )

    def _say_back(self) -> None:
        if self.away is not None:
            log.info("events are published again", seconds=round(time.monotonic() - self._away_since, 1))
            self.away = None


async def _wake_at(stop: asyncio.Event, outbox: Wakeups) -> None:
    await stop.wait()
    outbox.wake()


def _seconds_to_wait(due_in: float | None) -> float:
    """Give how long nothing has to be looked at, unless something is notified; rows become due unannounced."""
    return LOOK_SECONDS if due_in is None else min(max(due_in, POLL_SECONDS), LOOK_SECONDS)


async def _sleep_until(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()


def _outgoing(taken: TakenRow) -> Outgoing:
    return Outgoing(taken.row.topic, taken.row.key, taken.row.value, taken.row.headers)
