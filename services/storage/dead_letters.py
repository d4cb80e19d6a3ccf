"""Dead letters: records that are no document, kept with their original bytes, in SQL and for the topic."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.envelope import encode_headers
from schemas.events import SOURCE, ErrorCode, EventType, Step, event_id
from schemas.topics import (
    CONTENT_TYPE,
    DEADLETTER_ATTEMPTS,
    DEADLETTER_CONNECTOR,
    DEADLETTER_HEADERS,
    DEADLETTER_MESSAGE,
    DEADLETTER_OFFSET,
    DEADLETTER_PARTITION,
    DEADLETTER_REASON,
    DEADLETTER_RETRY_OF,
    DEADLETTER_STAGE,
    DEADLETTER_TOPIC,
)
from services.storage.answers import header_values, record_dead_letters
from services.storage.outbox import enqueue
from services.storage.records import NewDeadLetter, OutboxRow
from services.storage.tables import dead_letter_records
from services.storage.unnest import is_any_of

MAX_LETTER_BYTES: Final = 16 * 1024 * 1024
"""Key and value that go to the topic; a compressed batch may bring more, and the bytes of that stand in SQL alone."""

MAX_HEADER_BYTES: Final = 512 * 1024
"""The record's own headers, as JSON, that go to the topic: half of the room that records have beside key and value."""

MAX_KEY: Final = 2**63 - 1
"""Largest key of a dead letter: a bigint."""


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
    attempts: int = 1
    """How often it was tried."""
    retry_of: int | None = None
    """The dead letter that the record says it is a retry of."""


async def bury(connection: AsyncConnection, dead: Sequence[DeadRecord], topic: str, now: datetime) -> None:
    """Keep dead records in SQL and enqueue them for the dead-letter topic, in the caller's transaction.

    What a record says it is a retry of is only believed if that dead letter was handed in again.

    Parameters
    ----------
    topic
        The dead-letter topic.
    """
    retried = await _retried(connection, dead)
    linked = [item if item.retry_of in retried else replace(item, retry_of=None) for item in dead]
    await record_dead_letters(connection, [_letter(item, now) for item in linked])
    await enqueue(connection, [_row(item, topic, now) for item in linked])


async def _retried(connection: AsyncConnection, dead: Sequence[DeadRecord]) -> set[int]:
    named = {item.retry_of for item in dead if item.retry_of is not None and 0 < item.retry_of <= MAX_KEY}
    if not named:
        return set()
    key = dead_letter_records.c.dead_letter_key
    statement = select(key).where(is_any_of(key, named), dead_letter_records.c.retries > 0)
    return set(await connection.scalars(statement))


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
        attempts=item.attempts,
        trace_id=item.traceparent.split("-")[1],
        failed_at=now,
        retry_of=item.retry_of,
    )


def _row(item: DeadRecord, topic: str, now: datetime) -> OutboxRow:
    record = item.record
    identity = event_id(EventType.DEADLETTER, record.topic, record.partition, record.offset)
    subject = f"{record.topic}/{record.partition}/{record.offset}"
    headers = encode_headers(EventType.DEADLETTER, identity, subject, now, item.traceparent) | {
        CONTENT_TYPE: "application/octet-stream",
        DEADLETTER_CONNECTOR: SOURCE,
        DEADLETTER_TOPIC: record.topic,
        DEADLETTER_PARTITION: str(record.partition),
        DEADLETTER_OFFSET: str(record.offset),
        DEADLETTER_STAGE: item.step.value,
        DEADLETTER_REASON: item.code.value,
        DEADLETTER_MESSAGE: item.message,
        DEADLETTER_ATTEMPTS: str(item.attempts),
    }
    if item.retry_of is not None:
        headers[DEADLETTER_RETRY_OF] = str(item.retry_of)
    own = json.dumps(header_values(record.headers))
    if len(own) <= MAX_HEADER_BYTES:
        headers[DEADLETTER_HEADERS] = own
    fits = len(record.key or b"") + len(record.value or b"") <= MAX_LETTER_BYTES
    key, value = (record.key, record.value) if fits else (None, None)
    return OutboxRow(identity, topic, key, value, headers)
