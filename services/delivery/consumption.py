"""Consumption of topics: the poll loop only enqueues; offsets are committed when their work is durable."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Self, cast

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, ConsumerStoppedError, IllegalStateError, KafkaError
from aiokafka.structs import OffsetAndMetadata
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.message import FAKE_CONSUMER

from services.delivery.completed import decode, encode
from services.delivery.connection import KafkaConnection
from services.delivery.header_names import forgive_header_names
from services.delivery.in_flight import Budget, InFlightByTopic
from services.delivery.offsets import committed_offsets
from services.delivery.record import Record, record_of
from services.delivery.tracker import PartitionTracker

log = structlog.get_logger(__name__)

COMMIT_LIMIT_SECONDS: Final = 10.0
COMMIT_SECONDS: Final = 1.0
"""A commit at most this often: each one is a request to the group's coordinator."""

REVOCATION_SECONDS: Final = 3.0
"""How long a rebalance waits for records in flight: the whole group waits with it."""

SESSION_SECONDS: Final = 30.0
STOP_SECONDS: Final = 10.0
POLL_SECONDS: Final = 1.0
"""How long a poll waits for records: each takes processor time, and an engine on the same cores lacks it."""

EMPTY_POLL_MS: Final = 10
"""FastStream sleeps after a poll that gave nothing, as long as it let it wait, and what comes then waits with it."""

FETCH_WAIT_MS: Final = 1000
"""How long the broker may hold a fetch back that finds nothing. What is asked on the same connection waits behind it,
and so do partitions that are resumed meanwhile: far less than it takes to work off what is in flight by then.
"""
POLL_RECORDS: Final = 500
FETCH_BYTES: Final = 1024 * 1024
"""Of a partition in one answer of the broker: what was fetched and not polled yet is in memory beside the budget.

A larger record is fetched all the same, alone (KIP-74).
"""


@dataclass(frozen=True, slots=True)
class Membership:
    """Who consumes.

    Parameters
    ----------
    group
        The consumer group.
    instance
        Stable name of this member. With one, a member that died and starts again gets its partitions back at once;
        without, the group waits until the dead one's session has ended.
    poll_interval_seconds
        A member that does not poll for so long loses its partitions (`max.poll.interval.ms`). How long a document
        takes does not matter: the poll loop does not wait for it.
    """

    group: str
    instance: str | None = None
    poll_interval_seconds: float = 300.0

    @property
    def options(self) -> dict[str, Any]:
        """The same for FastStream's subscriber."""
        return {
            "group_id": self.group,
            "group_instance_id": f"{self.group}-{self.instance}" if self.instance else None,
            "session_timeout_ms": int(SESSION_SECONDS * 1000),
            "max_poll_interval_ms": int(self.poll_interval_seconds * 1000),
        }


def weightless(_: Record) -> int:
    """Say that a record has no tokens: those of a document are not known before it was read."""
    return 0


class Consumption:
    """The records of some topics for one consumer group.

    Use it as an asynchronous context; take records, do their work, then call `done`.

    Parameters
    ----------
    topics
        The most urgent first: of what waits, its records are taken first.
    budget
        Of each topic.
    weigh
        Estimates the tokens of the document that a record refers to.
    """

    def __init__(
        self,
        kafka: KafkaConnection,
        topics: Sequence[str],
        membership: Membership,
        budget: Budget,
        weigh: Callable[[Record], int] = weightless,
    ) -> None:
        self.topics = topics
        self.group = membership.group
        self.skipped: Counter[str] = Counter()
        """Records by topic that came again although they were done: known from the commit's metadata, nobody saw them.
        """
        self.commit_failures = 0
        self._kafka = kafka
        self._in_flight = InFlightByTopic(topics, budget, weigh)
        self._arrived = asyncio.Event()
        self._finished = asyncio.Event()
        self._trackers: dict[TopicPartition, PartitionTracker] = {}
        self._committed: dict[TopicPartition, OffsetAndMetadata] = {}
        self._committing = asyncio.Lock()
        self._rebalances = 0
        self._is_member = False
        self._polled_after = 0
        self._polled_at = time.monotonic()
        self._paused: frozenset[str] = frozenset()
        """Topics whose partitions are paused."""
        self._ends: Mapping[TopicPartition, int] = {}
        self._failure: Exception | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._broker = KafkaBroker(
            kafka.bootstrap_servers,
            security=kafka.security,
            client_id=membership.group,
            logger=None,
            allow_auto_create_topics=False,
        )
        self._subscriber = self._broker.subscriber(
            *topics,
            **membership.options,
            batch=True,
            max_records=min(POLL_RECORDS, budget.records),
            batch_timeout_ms=EMPTY_POLL_MS,
            fetch_max_wait_ms=FETCH_WAIT_MS,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            max_partition_fetch_bytes=FETCH_BYTES,
            ack_policy=AckPolicy.MANUAL,
            listener=_Listener(self),
            parser=_keep_raw,
            decoder=_decode_nothing,
        )
        self._subscriber(self._enqueue)

    async def __aenter__(self) -> Self:
        forgive_header_names()
        await self._broker.connect()
        settings = self._broker.config.broker_config
        build = settings.builder
        settings.builder = lambda **options: self._watched(build(**options))
        await self._broker.start()
        self._tasks = [asyncio.create_task(self._commit_regularly(), name=f"commit {self.group}")]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.commit()
        try:
            async with asyncio.timeout(STOP_SECONDS):  # aiokafka tries to leave the group for as long as it likes
                await self._broker.stop()
        except TimeoutError:
            log.warning("the broker does not answer, the group learns of the end by itself", group=self.group)
        except ExceptionGroup as group:  # what ended the fetching comes up again, and must not hide what `take` raised
            log.warning("the consumer does not end in order", group=self.group, error=repr(group.exceptions))

    async def take(self, limit: int, wait_seconds: float) -> list[Record]:
        """Take up to `limit` records, waiting at most `wait_seconds` for the first.

        Raises
        ------
        Exception
            What ended the delivery or the regular commits, if something did: the process must end, and Kafka delivers
            again what was not done.
        """
        self._raise_failure()
        if not self._in_flight.waiting:
            self._arrived.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._arrived.wait(), wait_seconds)
            self._raise_failure()
        return self._in_flight.take(limit)

    def done(self, records: Iterable[Record]) -> None:
        """Say that what the records asked for is durable; the commit follows within a second.

        It counts whatever happened to the partition meanwhile: the same place is the same record.
        """
        for record in records:
            self._in_flight.remove(record)
            tracker = self._trackers.get(TopicPartition(record.topic, record.partition))
            if tracker:
                tracker.finish(record.offset)
        self._finished.set()
        self._resume_if_room()

    async def commit(self) -> None:
        """Commit what is done and not yet committed; never backwards within an assignment."""
        async with self._committing:
            due = {
                partition: commit
                for partition, tracker in self._trackers.items()
                if (commit := _commit_of(tracker)) and commit != self._committed.get(partition)
            }
            if due and self._consumer:
                await self._commit(self._consumer, due)

    async def look_at_ends(self, seconds: float = 8.0) -> None:
        """Ask the broker where the partitions end: what it says with records stands still while a topic is paused."""
        if self._consumer is None:
            return
        try:
            async with asyncio.timeout(seconds):
                self._ends = await self._consumer.end_offsets(list(self._consumer.assignment()))
        except (KafkaError, OSError, TimeoutError, IllegalStateError):
            log.debug("the ends of partitions are not known", group=self.group)

    def lag(self) -> Mapping[TopicPartition, int]:
        """Count the records per partition that are written and not yet done."""
        consumer = self._consumer
        if consumer is None:
            return {}
        trackers = list(self._trackers.items())  # asked from the thread of the metrics, while partitions come and go
        # One that was just lost has a tracker still, and no end that could be asked for.
        mine = [(tp, tracker) for tp, tracker in trackers if tp in consumer.assignment()]
        return {tp: _lag_of(consumer, tp, tracker, self._ends.get(tp, 0)) for tp, tracker in mine}

    @property
    def in_flight(self) -> int:
        """Records delivered and not yet done."""
        return len(self._in_flight)

    @property
    def oldest_ages(self) -> Mapping[str, float]:
        """Seconds since the oldest of each topic that are worked on was taken; 0 if there is none."""
        return self._in_flight.oldest_work_ages

    @property
    def oldest_work_age(self) -> float:
        """Seconds since the oldest of those that are worked on was taken; 0 if there is none."""
        return self._in_flight.oldest_work_age

    @property
    def poll_age(self) -> float:
        """Seconds since the poll loop asked for records."""
        return time.monotonic() - self._polled_at

    @property
    def has_joined(self) -> bool:
        """Whether the group has given this member its partitions, be it none, and not asked for them back."""
        return self._is_member

    async def answers(self, seconds: float = 8.0) -> bool:
        """Ask the broker for the topics, and say whether it answered in time."""
        try:
            async with asyncio.timeout(seconds):
                return bool(self._consumer and await self._consumer.topics())
        except (KafkaError, OSError, TimeoutError):
            return False

    async def assigned(self, partitions: Collection[TopicPartition]) -> None:
        """Start afresh with the partitions of a new assignment (called by the rebalance listener).

        They are paused until it is known what of them is finished; records that were fetched in between are fetched
        again from the commit point.
        """
        try:
            await self._assign(partitions)
        except Exception as error:  # aiokafka only logs what a listener raises
            self._failure = error
            raise

    async def revoked(self, partitions: Collection[TopicPartition]) -> None:
        """Hand partitions over (called by the rebalance listener).

        What nobody has taken yet is dropped, what is worked on gets a moment to finish, then what is done is
        committed and the rest forgotten: it is delivered again, here or elsewhere.
        """
        self._is_member = False
        self._in_flight.forget(set(partitions))
        with suppress(TimeoutError):
            async with asyncio.timeout(REVOCATION_SECONDS):
                while self._in_flight.taken_of(set(partitions)):
                    self._finished.clear()
                    await self._finished.wait()
        await self.commit()
        for partition in partitions:
            self._trackers.pop(partition, None)
            self._committed.pop(partition, None)
        self._resume_if_room()

    async def _assign(self, partitions: Collection[TopicPartition]) -> None:
        self._rebalances += 1
        self._is_member = True
        if not partitions or self._consumer is None:
            return
        self._consumer.pause(*partitions)
        self._paused = frozenset(self.topics)
        commits = await committed_offsets(self._kafka, self.group, partitions)
        for partition, commit in commits.items():
            self._consumer.seek(partition, commit.offset)
            self._committed[partition] = commit
        for partition in partitions:
            known = commits.get(partition)
            self._trackers[partition] = _tracker(known) if known else PartitionTracker()
        self._resume_if_room()

    @property
    def _consumer(self) -> AIOKafkaConsumer | None:
        return self._subscriber.consumer

    def _watched(self, consumer: AIOKafkaConsumer) -> AIOKafkaConsumer:
        """Note each poll, and after which rebalance its records came: FastStream hands them over some awaits later.

        FastStream logs what a poll raises and polls again. That is right for what passes by itself; the rest would
        stop a partition without a word.
        """
        poll = consumer.getmany

        async def getmany(*arguments: object, **options: object) -> object:
            self._polled_at = time.monotonic()
            try:
                records = await poll(*arguments, **options | {"timeout_ms": int(POLL_SECONDS * 1000)})
                fetching = consumer._fetcher.error_future  # noqa: SLF001  (if it ends, aiokafka polls on for nothing)
                if fetching.done():
                    fetching.result()
            except ConsumerStoppedError:
                raise
            except Exception as error:
                log.warning("the poll fails", group=self.group, error=repr(error))
                if isinstance(error, KafkaError) and error.retriable:
                    raise
                self._failure = error
                self._arrived.set()
                raise ConsumerStoppedError from error  # ends FastStream's loop
            self._polled_after = self._rebalances
            return records

        consumer.getmany = getmany
        return consumer

    def _raise_failure(self) -> None:
        if self._failure:
            raise self._failure
        for task in self._tasks:
            if task.done():
                task.result()

    async def _enqueue(self, message: KafkaMessage) -> None:
        try:
            if self._polled_after == self._rebalances:  # else it belongs to an assignment that is gone
                self._admit_all(cast("tuple[ConsumerRecord[Any, Any], ...]", message.raw_message))
        except Exception as error:  # noqa: BLE001  (FastStream would drop it, and the records with it)
            self._failure = error
        self._arrived.set()

    def _admit_all(self, batch: Iterable[ConsumerRecord[Any, Any]]) -> None:
        for raw in batch:
            tracker = self._trackers.get(TopicPartition(raw.topic, raw.partition))
            if tracker:
                self._admit(record_of(raw), tracker)
        self._pause(self._in_flight.full - self._paused)

    def _admit(self, record: Record, tracker: PartitionTracker) -> None:
        if not tracker.deliver(record.offset):
            self.skipped[record.topic] += 1
        elif record not in self._in_flight:  # it is worked on since before a rebalance: its `done` counts
            self._in_flight.add(record)

    def _pause(self, topics: frozenset[str]) -> None:
        if self._consumer and topics:
            self._consumer.pause(*_of_topics(self._consumer.assignment(), topics))
            self._paused |= topics

    def _resume_if_room(self) -> None:
        topics = self._paused & self._in_flight.with_room
        if self._consumer and topics:
            assigned = self._consumer.assignment()
            if assigned <= self._trackers.keys():  # else `_assign` is at it, and resumes them in the end
                self._consumer.resume(*_of_topics(assigned, topics))
                self._paused -= topics

    async def _commit(self, consumer: AIOKafkaConsumer, due: Mapping[TopicPartition, OffsetAndMetadata]) -> None:
        try:
            async with asyncio.timeout(COMMIT_LIMIT_SECONDS):  # aiokafka itself tries for ever
                await consumer.commit(dict(due))
        except (CommitFailedError, IllegalStateError) as error:
            # The partitions belong to somebody else by now: the records come again there, and their work is skipped.
            self.commit_failures += 1
            log.warning("commit refused, the partitions were reassigned", group=self.group, error=str(error))
        except (KafkaError, TimeoutError) as error:
            self.commit_failures += 1
            log.warning("commit failed, the next one tries again", group=self.group, error=repr(error))
        else:
            self._committed |= due

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
        await self._consumption.assigned(assigned)


def _of_topics(partitions: Iterable[TopicPartition], topics: Collection[str]) -> list[TopicPartition]:
    return [partition for partition in partitions if partition.topic in topics]


def _tracker(commit: OffsetAndMetadata) -> PartitionTracker:
    return PartitionTracker(decode(commit.offset, commit.metadata), commit.offset)


def _commit_of(tracker: PartitionTracker) -> OffsetAndMetadata | None:
    point = tracker.commit_point
    return None if point is None else OffsetAndMetadata(point, encode(point, tracker.completed))


def _lag_of(consumer: AIOKafkaConsumer, partition: TopicPartition, tracker: PartitionTracker, end: int) -> int:
    position = tracker.commit_point
    return 0 if position is None else max(0, max(end, consumer.highwater(partition) or 0) - position)


async def _keep_raw(message: tuple[ConsumerRecord[Any, Any], ...]) -> KafkaMessage:
    # FastStream's own parser decodes every header and raises on the first that is None or not UTF-8,
    # which silently costs the whole batch; this one touches nothing.
    return KafkaMessage(body=b"", raw_message=message, headers={}, consumer=FAKE_CONSUMER)


async def _decode_nothing(message: KafkaMessage) -> KafkaMessage:
    return message
