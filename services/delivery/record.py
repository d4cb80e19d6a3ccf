"""A record as the broker delivered it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aiokafka import ConsumerRecord

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Record:
    """One delivered record: raw bytes, nothing interpreted.

    Parameters
    ----------
    timestamp
        When the broker or the producer says it was written.
    """

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    timestamp: datetime

    @property
    def size(self) -> int:
        """Bytes of key and value."""
        return len(self.key or b"") + len(self.value or b"")

    @property
    def place(self) -> str:
        """Where it stands, for people."""
        return f"{self.topic}[{self.partition}]@{self.offset}"


def record_of(raw: ConsumerRecord[Any, Any]) -> Record:
    """Take over what aiokafka delivered."""
    time = time_of(raw.timestamp)
    headers = tuple(raw.headers)
    return Record(raw.topic, raw.partition, raw.offset, raw.key, raw.value, headers, time)


def time_of(timestamp_ms: int) -> datetime:
    """Turn Kafka's milliseconds since 1970 into a time; records without one, or with a fantastic one, are now."""
    try:
        return EPOCH + timedelta(milliseconds=timestamp_ms) if timestamp_ms >= 0 else datetime.now(UTC)
    except OverflowError:
        return datetime.now(UTC)


def milliseconds_of(time: datetime) -> int:
    """Turn a time into Kafka's milliseconds since 1970, rounded; a float has not room for all."""
    return (time - EPOCH + timedelta(microseconds=500)) // timedelta(milliseconds=1)
