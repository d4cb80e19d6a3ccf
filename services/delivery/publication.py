"""Publishing events: idempotent, acknowledged by all in-sync replicas, in order per key, and never without an end."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    InvalidTimestampError,
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    PolicyViolationError,
    ProducerClosed,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
    UnknownError,
    UnsupportedForMessageFormatError,
)

from services.delivery.connection import KafkaConnection
from services.delivery.errors import BrokerError

log = structlog.get_logger(__name__)

MAX_RECORD_BYTES: Final = 16 * 1024 * 1024
MAX_REQUEST_BYTES: Final = MAX_RECORD_BYTES + 1024 * 1024
"""Room for the headers of a dead letter beside the largest record that is taken in."""
_OVERHEAD_BYTES: Final = 32
"""More than Kafka's own framing of a record (21 bytes), or of a header (10), takes."""

BATCH_BYTES: Final = 512 * 1024
"""Of one partition in one request. aiokafka's own 16 KiB make a batch of events need dozens of requests, one after the
other; a topic that nobody configured takes 1 MiB."""

REQUEST_SECONDS: Final = 15.0
"""What one request may take, connecting included."""
START_SECONDS: Final = 30.0
"""Four round trips and more."""
STOP_SECONDS: Final = 2.0
PROBE_SECONDS: Final = 8.0
"""A broker that answers later than this is away; a slow one is not, so several times the longest round trip."""
TOPIC_SECONDS: Final = 2.0
"""How long a topic may be unknown before its records are refused: a new one needs a moment to be known everywhere."""

LEAST_SECONDS: Final = 20.0
"""A publication may take one request that times out, and another try."""
BYTES_PER_SECOND: Final = 2 * 1024 * 1024
"""The slowest line that we still publish over."""
RECORDS_PER_SECOND: Final = 500

_REFUSALS: Final = (
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    InvalidTopicError,
    TopicAuthorizationFailedError,
    InvalidTimestampError,
    UnsupportedForMessageFormatError,
    PolicyViolationError,
    UnknownError,  # a code that aiokafka has no name for, such as 87: a record without key on a compacted topic
)
"""What no other try cures: it is about the record, or about what its topic takes."""


class PublicationError(RuntimeError):
    """The broker did not take a record; nothing is known to be lost, it may be tried again."""


class RecordRefusedError(PublicationError):
    """Records that no other try cures.

    Parameters
    ----------
    refused
        Why, by place in the list that was to be published, and nothing was sent. Empty if the broker refused some of
        several records without saying which: some of the others may have been taken.
    """

    def __init__(self, message: str, refused: Mapping[int, str]) -> None:
        super().__init__(message)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record to publish."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Mapping[str, str]

    @property
    def size(self) -> int:
        """Bytes on the wire, at most."""
        headers = sum(len(name) + len(value.encode()) + _OVERHEAD_BYTES for name, value in self.headers.items())
        return len(self.key or b"") + len(self.value or b"") + headers + _OVERHEAD_BYTES


def seconds_for(count: int, size: int) -> float:
    """Tell how long the publication of so many records may take, with so many bytes in all."""
    return LEAST_SECONDS + count / RECORDS_PER_SECOND + size / BYTES_PER_SECOND


class Publication:
    """A producer; use it as an asynchronous context.

    An idempotent producer of aiokafka never gives a record up: it would deliver it minutes later, when the broker is
    back, after newer ones that somebody else published meanwhile. And once a batch has failed, the numbers of the later
    ones have a gap, for which the broker refuses them for ever. So after every failure the producer is thrown away with
    all that is in it, and the next publication makes a new one.
    """

    def __init__(self, kafka: KafkaConnection, client_id: str) -> None:
        self._kafka = kafka
        self._client_id = client_id
        self._producer: AIOKafkaProducer | None = None
        self._changing = asyncio.Lock()

    async def __aenter__(self) -> Self:
        """Connect.

        Raises
        ------
        BrokerError
            If the broker is away.
        """
        try:
            async with asyncio.timeout(START_SECONDS):
                await self._started()
        except (KafkaError, TimeoutError) as error:
            message = (
                f"no connection to Kafka at {self._kafka.bootstrap_servers}: {error}; "
                "is the broker up, and is POSTKORB_KAFKA_BOOTSTRAP_SERVERS right?"
            )
            raise BrokerError(message) from error
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._discard()

    async def publish(self, records: Sequence[Outgoing]) -> None:
        """Publish records and wait until the brokers have all of them, `seconds_for` them at most.

        Raises
        ------
        RecordRefusedError
            If no other try would help one of them.
        PublicationError
            If one was not taken; some of the others may have been.
        """
        limit = seconds_for(len(records), sum(record.size for record in records))
        try:
            async with asyncio.timeout(limit):
                producer = await self._started()
                _check(records, await _unknown_topics(producer, records))
                outcomes = await _deliver(producer, records)
        except RecordRefusedError:
            raise
        except TimeoutError:
            await self._discard()
            message = f"the broker did not take {len(records)} records within {limit:.0f} s"
            raise PublicationError(message) from None
        except KafkaError as error:
            await self._discard()
            raise _failure_of([error], records) from error
        except asyncio.CancelledError:
            await self._discard()
            raise
        if errors := [outcome for outcome in outcomes if isinstance(outcome, BaseException)]:
            await self._discard()
            raise _failure_of(errors, records) from errors[0]

    async def probe(self) -> bool:
        """Tell whether a broker answers, after `PROBE_SECONDS` at most; after `START_SECONDS` more if nothing connects.

        What it connected stays: while a broker is slow, the next publication has no time for that.
        """
        try:
            async with asyncio.timeout(START_SECONDS):
                producer = await self._started()
            async with asyncio.timeout(PROBE_SECONDS):
                await producer.client.fetch_all_metadata()
        except (KafkaError, TimeoutError) as error:
            log.debug("the broker does not answer", error=f"{type(error).__name__}: {error}")
            return False
        return True

    async def _started(self) -> AIOKafkaProducer:
        async with self._changing:
            if self._producer is None:
                producer = self._make()
                try:
                    await producer.start()
                except BaseException:
                    await _abandon(producer)
                    raise
                self._producer = producer
            return self._producer

    async def _discard(self) -> None:
        async with self._changing:
            producer, self._producer = self._producer, None
            if producer is not None:
                await _abandon(producer)

    def _make(self) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            **self._kafka.client_options,
            client_id=self._client_id,
            enable_idempotence=True,
            acks="all",
            max_batch_size=BATCH_BYTES,
            max_request_size=MAX_REQUEST_BYTES,
            request_timeout_ms=int(REQUEST_SECONDS * 1000),
            linger_ms=5,
        )


def _check(records: Sequence[Outgoing], unknown_topics: frozenset[str]) -> None:
    """Refuse what can be refused before anything is sent."""
    refused: dict[int, str] = {}
    for place, record in enumerate(records):
        if record.size > MAX_REQUEST_BYTES:
            refused[place] = f"a record is larger than {MAX_RECORD_BYTES} bytes; hand the document in by `uri` instead"
        elif record.topic in unknown_topics:
            refused[place] = (
                f"no topic {record.topic}, or no permission for it; `postkorb doctor` tells which are not there"
            )
    if refused:
        raise RecordRefusedError(next(iter(refused.values())), refused)


async def _unknown_topics(producer: AIOKafkaProducer, records: Sequence[Outgoing]) -> frozenset[str]:
    # aiokafka would wait a whole request's time for each record of a topic that is not there, and says the same
    # if the broker is away.
    unknown = {record.topic for record in records if not producer.client.cluster.partitions_for_topic(record.topic)}
    until = asyncio.get_running_loop().time() + TOPIC_SECONDS
    while unknown:
        there = await producer.client.fetch_all_metadata()
        unknown = {topic for topic in unknown if not there.partitions_for_topic(topic)}
        if not unknown or asyncio.get_running_loop().time() >= until:
            break
        await asyncio.sleep(0.1)
    return frozenset(unknown)


async def _deliver(producer: AIOKafkaProducer, records: Sequence[Outgoing]) -> list[object]:
    deliveries: list[asyncio.Future[object]] = []
    try:
        for record in records:
            deliveries.append(await _send(producer, record))  # noqa: PERF401  (those sent before an error are needed)
    except BaseException:
        for delivery in deliveries:
            delivery.cancel()
        raise
    # All are waited for: the first to fail may only have followed the one that says why.
    return await asyncio.gather(*deliveries, return_exceptions=True)


async def _send(producer: AIOKafkaProducer, record: Outgoing) -> asyncio.Future[object]:
    headers = [(name, value.encode()) for name, value in record.headers.items()]
    if record.key is None and record.value is None:
        return await _send_empty(producer, record.topic, headers)
    delivery: asyncio.Future[object] = await producer.send(
        record.topic, value=record.value, key=record.key, headers=headers
    )
    return delivery


async def _send_empty(
    producer: AIOKafkaProducer, topic: str, headers: Sequence[tuple[str, bytes]]
) -> asyncio.Future[object]:
    # Kafka takes a record without key and value, such as the dead letter of one; only `send` does not.
    batch = producer.create_batch()
    batch.append(key=None, value=None, timestamp=None, headers=headers)
    partition = min(await producer.partitions_for(topic))
    delivery: asyncio.Future[object] = await producer.send_batch(batch, topic, partition=partition)
    return delivery


def _failure_of(errors: Sequence[BaseException], records: Sequence[Outgoing]) -> PublicationError:
    """Make the error that tells most: that of a refusal if there is one."""
    error = next((error for error in errors if isinstance(error, _REFUSALS)), errors[0])
    if not isinstance(error, _REFUSALS):
        return PublicationError(f"the broker did not take a record: {type(error).__name__}: {error}")
    reason = f"the broker refuses a record: {type(error).__name__}: {error}"
    return RecordRefusedError(reason, {0: reason} if len(records) == 1 else {})


async def _abandon(producer: AIOKafkaProducer) -> None:
    """Stop a producer with all that is in it; even if the broker does not answer any more.

    aiokafka's own `stop` waits until everything is delivered.
    """
    _forget(producer)
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await producer.stop()
    except TimeoutError:
        # A request was under way; the timeout has cancelled it. Only the connections are left.
        await _close_client(producer)
    except Exception as error:  # noqa: BLE001  (a batch that it forgot may end its sender with any: nothing is lost)
        log.debug("a producer ended with an error", error=f"{type(error).__name__}: {error}")
        await _close_client(producer)


def _forget(producer: AIOKafkaProducer) -> None:
    sender = producer._sender  # noqa: SLF001
    if sender.sender_task is not None:  # its own way to fail raises in a callback, for producers without transactions
        sender.sender_task.remove_done_callback(sender._fail_all)  # noqa: SLF001
    producer._message_accumulator.fail_all(ProducerClosed())  # noqa: SLF001  (nothing public gives records up)
    for connection in producer.client._conns.values():  # noqa: SLF001  (`close` would write out what it still holds)
        writer: Any = connection._writer  # noqa: SLF001
        if writer is not None:
            writer.transport.abort()


async def _close_client(producer: AIOKafkaProducer) -> None:
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await producer.client.close()
    except TimeoutError:
        log.warning("a connection to the broker did not close in time")
