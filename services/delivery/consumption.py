"""Consumption of one topic: the poll loop only enqueues; offsets are committed when their work is durable."""

import asyncio
import itertools
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Self, cast

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from aiokafka.structs import OffsetAndMetadata
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.message import FAKE_CONSUMER

from services.delivery.connection import KafkaConnection
from services.delivery.record import Record, record_of
from services.delivery.tracker import PartitionTracker

log = structlog.get_logger(__name__)

COMMIT_LIMIT_SECONDS: Final = 10.0
COMMIT_SECONDS: Final = 1.0
"""A commit at most this often: each one is a request to the group's coordinator."""

RESUME_AT: Final = 0.75
"""Part of the budget under which paused partitions go on: below 1, or they would flap."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How much may be delivered and not yet done before the partitions are paused.

    Parameters
    ----------
    records
        Number of records.
    size
        Bytes of their keys and values.
    """

    records: int
    size: int

    def used(self, records: int, size: int) -> float:
        """Give the fuller of the two, as a part of the budget: 1.0 is full."""
        return max(records / self.records, size / self.size)


class Consumption:
    """The records of one topic for one consumer group.

    Use it as an asynchronous context; take records, do their work, then call `done`.

    Parameters
    ----------
    instance
        Stable name of this member of the group. With one, a member that died and starts again gets its partitions
        back at once; without, the group waits until the dead one's session has ended (30 s).
    """

    def __init__(self, kafka: KafkaConnection, topic: str, group: str, budget: Budget, instance: str | None) -> None:
        self.topic = topic
        self._budget = budget
        self._buffer: deque[Record] = deque()
        self._arrived = asyncio.Event()
        self._trackers: dict[TopicPartition, PartitionTracker] = {}
        self._assignments: dict[TopicPartition, int] = {}
        self._numbers = itertools.count(1)
        self._committed: dict[TopicPartition, int] = {}
        self._open_records = 0
        self._open_size = 0
        self._paused = False
        self._failure: Exception | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._broker = KafkaBroker(
            kafka.bootstrap_servers,
            security=kafka.security,
            client_id=group,
            logger=None,
            allow_auto_create_topics=False,
        )
        self._subscriber = self._broker.subscriber(
            topic,
            group_id=group,
            group_instance_id=f"{group}-{instance}" if instance else None,
            batch=True,
            max_records=500,
            batch_timeout_ms=200,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=16 * 1024 * 1024,
            session_timeout_ms=30_000,
            ack_policy=AckPolicy.MANUAL,
            listener=_Listener(self),
            parser=_keep_raw,
            decoder=_decode_nothing,
        )
        self._subscriber(self._enqueue)

    async def __aenter__(self) -> Self:
        await self._broker.start()
        self._tasks = [asyncio.create_task(self._commit_regularly(), name=f"commit {self.topic}")]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.commit()
        await self._broker.stop()

    async def take(self, limit: int, wait_seconds: float) -> list[Record]:
        """Take up to `limit` records, waiting at most `wait_seconds` for the first.

        Raises
        ------
        Exception
            What ended the delivery or the regular commits, if something did: the process must end, and Kafka delivers
            again what was not done.
        """
        self._raise_failure()
        if not self._buffer:
            self._arrived.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._arrived.wait(), wait_seconds)
            self._raise_failure()
        return [self._buffer.popleft() for _ in range(min(limit, len(self._buffer)))]

    def done(self, records: Iterable[Record]) -> None:
        """Say that what the records asked for is durable; the commit follows within a second."""
        for record in records:
            self._release(record)
            partition = TopicPartition(record.topic, record.partition)
            if self._assignments.get(partition) == record.assignment:
                self._trackers[partition].finish(record.offset)
        self._resume_if_room()

    async def commit(self) -> None:
        """Commit what is done and not yet committed; never backwards within an assignment."""
        offsets = {
            partition: tracker.commit_point
            for partition, tracker in self._trackers.items()
            if tracker.commit_point is not None and tracker.commit_point > self._committed.get(partition, -1)
        }
        if not offsets or self._consumer is None:
            return
        try:
            async with asyncio.timeout(COMMIT_LIMIT_SECONDS):  # aiokafka itself tries for ever
                await self._consumer.commit({tp: OffsetAndMetadata(offset, "") for tp, offset in offsets.items()})
        except (CommitFailedError, IllegalStateError) as error:
            # The partitions belong to somebody else by now: the records come again there, and their work is skipped.
            log.warning("commit refused, the partitions were reassigned", topic=self.topic, error=str(error))
        except (KafkaError, TimeoutError) as error:
            log.warning("commit failed, the next one tries again", topic=self.topic, error=str(error))
        else:
            self._committed |= offsets

    def lag(self) -> Mapping[int, int]:
        """Count the records per partition that are written and not yet done."""
        consumer = self._consumer
        trackers = list(self._trackers.items())  # asked from the thread of the metrics, while partitions come and go
        return {} if consumer is None else {tp.partition: _lag_of(consumer, tp, tracker) for tp, tracker in trackers}

    @property
    def in_flight(self) -> int:
        """Records delivered and not yet done."""
        return self._open_records

    def assigned(self, partitions: Iterable[TopicPartition]) -> None:
        """Start afresh with the partitions of a new assignment (called by the rebalance listener)."""
        for partition in partitions:
            self._trackers[partition] = PartitionTracker()
            self._assignments[partition] = next(self._numbers)
        self._paused = False
        self._pause_if_full()

    async def revoked(self, partitions: Iterable[TopicPartition]) -> None:
        """Commit and forget partitions that go to somebody else (called by the rebalance listener)."""
        await self.commit()
        for partition in partitions:
            number = self._assignments.pop(partition, None)
            self._trackers.pop(partition, None)
            self._committed.pop(partition, None)
            self._forget(number)
        self._resume_if_room()

    @property
    def _consumer(self) -> AIOKafkaConsumer | None:
        return self._subscriber.consumer

    def _raise_failure(self) -> None:
        if self._failure:
            raise self._failure
        for task in self._tasks:
            if task.done():
                task.result()

    async def _enqueue(self, message: KafkaMessage) -> None:
        try:
            self._admit_all(message)
        except Exception as error:  # noqa: BLE001  (FastStream would drop it, and the records with it)
            self._failure = error
        self._arrived.set()

    def _admit_all(self, message: KafkaMessage) -> None:
        for raw in cast("tuple[ConsumerRecord[Any, Any], ...]", message.raw_message):
            partition = TopicPartition(raw.topic, raw.partition)
            if partition in self._trackers:
                self._admit(record_of(raw, self._assignments[partition]), self._trackers[partition])
        self._pause_if_full()

    def _admit(self, record: Record, tracker: PartitionTracker) -> None:
        tracker.deliver(record.offset)
        self._buffer.append(record)
        self._open_records += 1
        self._open_size += record.size

    def _release(self, record: Record) -> None:
        self._open_records -= 1
        self._open_size -= record.size

    def _forget(self, assignment: int | None) -> None:
        kept: list[Record] = []
        for record in self._buffer:
            if record.assignment == assignment:
                self._release(record)
            else:
                kept.append(record)
        self._buffer = deque(kept)

    def _pause_if_full(self) -> None:
        if self._consumer and not self._paused and self._budget.used(self._open_records, self._open_size) >= 1:
            self._consumer.pause(*self._consumer.assignment())
            self._paused = True

    def _resume_if_room(self) -> None:
        if self._consumer and self._paused and self._budget.used(self._open_records, self._open_size) < RESUME_AT:
            self._consumer.resume(*self._consumer.assignment())
            self._paused = False

    async def _commit_regularly(self) -> None:
        while True:
            await asyncio.sleep(COMMIT_SECONDS)
            await self.commit()


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types
    def __init__(self, consumption: Consumption) -> None:
        self._consumption = consumption

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        await self._consumption.revoked(revoked)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self._consumption.assigned(assigned)


def _lag_of(consumer: AIOKafkaConsumer, partition: TopicPartition, tracker: PartitionTracker) -> int:
    end, position = consumer.highwater(partition), tracker.position
    return 0 if end is None or position is None else max(0, end - position)


async def _keep_raw(message: tuple[ConsumerRecord[Any, Any], ...]) -> KafkaMessage:
    # FastStream's own parser decodes every header and raises on the first that is None or not UTF-8,
    # which silently costs the whole batch; this one touches nothing.
    return KafkaMessage(body=b"", raw_message=message, headers={}, consumer=FAKE_CONSUMER)


async def _decode_nothing(message: KafkaMessage) -> KafkaMessage:
    return message
