"""Publishing events: idempotent, acknowledged by all in-sync replicas, in order per key."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from services.delivery.connection import KafkaConnection

MAX_RECORD_BYTES: Final = 16 * 1024 * 1024


class PublicationError(RuntimeError):
    """The broker did not take a record; nothing is known to be lost, it may be tried again."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record to publish."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Mapping[str, str]


class Publication:
    """A producer; use it as an asynchronous context."""

    def __init__(self, kafka: KafkaConnection, client_id: str) -> None:
        self._producer = AIOKafkaProducer(
            **kafka.client_options,
            client_id=client_id,
            enable_idempotence=True,
            acks="all",
            max_request_size=MAX_RECORD_BYTES + 1024 * 1024,
            linger_ms=5,
        )

    async def __aenter__(self) -> Self:
        await self._producer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._producer.stop()

    async def publish(self, records: Sequence[Outgoing]) -> None:
        """Publish records and wait until the brokers have all of them.

        Raises
        ------
        PublicationError
            If one was not taken; some of the others may have been.
        """
        try:
            deliveries = [await self._send(record) for record in records]
            await asyncio.gather(*deliveries)
        except MessageSizeTooLargeError:
            message = f"a record is larger than {MAX_RECORD_BYTES} bytes; hand the document in by `uri` instead"
            raise PublicationError(message) from None
        except KafkaError as error:
            message = f"the broker did not take a record: {type(error).__name__}: {error}"
            raise PublicationError(message) from error

    async def _send(self, record: Outgoing) -> asyncio.Future[object]:
        headers = [(name, value.encode()) for name, value in record.headers.items()]
        delivery: asyncio.Future[object] = await self._producer.send(
            record.topic, value=record.value, key=record.key, headers=headers
        )
        return delivery
