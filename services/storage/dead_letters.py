"""Dead letters: records that are no document, kept with their original bytes, in SQL and for the topic."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.envelope import encode_headers
from schemas.events import ErrorCode, EventType, Step, event_id
from schemas.topics import (
    CONTENT_TYPE,
    DEADLETTER_MESSAGE,
    DEADLETTER_OFFSET,
    DEADLETTER_PARTITION,
    DEADLETTER_REASON,
    DEADLETTER_STAGE,
    DEADLETTER_TOPIC,
)
from services.storage.answers import record_dead_letters
from services.storage.outbox import enqueue
from services.storage.records import NewDeadLetter, OutboxRow

MAX_LETTER_BYTES: Final = 16 * 1024 * 1024
"""Key and value that go to the topic; a compressed batch may bring more, and the bytes of that stand in SQL alone."""


class DeliveredRecord(Protocol):
    """A record as a broker delivered it."""

    @property
    def topic(self) -> str: ...  # noqa: D102  (Kafka's own words)
    @property
    def partition(self) -> int: ...  # noqa: D102
    @property
    def offset(self) -> int: ...  # noqa: D102
    @property
    def key(self) -> bytes | None: ...  # noqa: D102
    @property
    def value(self) -> bytes | None: ...  # noqa: D102
    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class DeadRecord:
    """A record that is no document, and why."""

    record: DeliveredRecord
    step: Step
    code: ErrorCode
    message: str
    traceparent: str
    """Trace context that the letter carries."""


async def bury(connection: AsyncConnection, dead: Sequence[DeadRecord], topic: str, now: datetime) -> None:
    """Keep dead records in SQL and enqueue them for the dead-letter topic, in the caller's transaction.

    Parameters
    ----------
    topic
        The dead-letter topic.
    """
    await record_dead_letters(connection, [_letter(item, now) for item in dead])
    await enqueue(connection, [_row(item, topic, now) for item in dead])


def _letter(item: DeadRecord, now: datetime) -> NewDeadLetter:
    record = item.record
    return NewDeadLetter(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=record.key,
        value=record.value,
        headers=record.headers,
        code=item.code,
        message=item.message,
        attempts=1,
        trace_id=item.traceparent.split("-")[1],
        failed_at=now,
    )


def _row(item: DeadRecord, topic: str, now: datetime) -> OutboxRow:
    record = item.record
    identity = event_id(EventType.DEADLETTER, record.topic, record.partition, record.offset)
    subject = f"{record.topic}/{record.partition}/{record.offset}"
    headers = encode_headers(EventType.DEADLETTER, identity, subject, now, item.traceparent) | {
        CONTENT_TYPE: "application/octet-stream",
        DEADLETTER_TOPIC: record.topic,
        DEADLETTER_PARTITION: str(record.partition),
        DEADLETTER_OFFSET: str(record.offset),
        DEADLETTER_STAGE: item.step.value,
        DEADLETTER_REASON: item.code.value,
        DEADLETTER_MESSAGE: item.message,
    }
    fits = len(record.key or b"") + len(record.value or b"") <= MAX_LETTER_BYTES
    key, value = (record.key, record.value) if fits else (None, None)
    return OutboxRow(identity, topic, key, value, headers)
