"""What a consumer group has committed, metadata included: aiokafka's consumer tells the offset alone."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Final

import structlog
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from aiokafka.structs import OffsetAndMetadata
from tenacity import AsyncRetrying, RetryError, retry_if_exception_type, stop_after_delay, wait_random_exponential

from services.delivery.connection import KafkaConnection

log = structlog.get_logger(__name__)

READ_SECONDS: Final = 10.0
"""Well below the session timeout: while the listener reads, no heartbeat goes out."""


async def committed_offsets(
    kafka: KafkaConnection, group: str, partitions: Collection[TopicPartition]
) -> Mapping[TopicPartition, OffsetAndMetadata]:
    """Read the commits of some partitions; one without a commit is left out.

    If the coordinator does not answer in time, nothing is known: what was finished beyond the commit point then comes
    again and is looked up in the database. That costs time and loses nothing.
    """
    tries = AsyncRetrying(
        retry=retry_if_exception_type((KafkaError, OSError, TimeoutError)),
        wait=wait_random_exponential(multiplier=0.1, max=1),
        stop=stop_after_delay(READ_SECONDS / 2),
    )
    try:
        async with asyncio.timeout(READ_SECONDS):
            found: Mapping[TopicPartition, OffsetAndMetadata] = await tries(_read, kafka, group, partitions)
    except (RetryError, TimeoutError) as error:
        log.warning("the group's commits cannot be read, finished records may come again", reason=repr(error))
        return {}
    return {partition: commit for partition, commit in found.items() if commit.offset >= 0}


async def _read(
    kafka: KafkaConnection, group: str, partitions: Collection[TopicPartition]
) -> Mapping[TopicPartition, OffsetAndMetadata]:
    admin = AIOKafkaAdminClient(**kafka.client_options, request_timeout_ms=int(READ_SECONDS * 500))
    try:
        await admin.start()
        found: Mapping[TopicPartition, OffsetAndMetadata] = await admin.list_consumer_group_offsets(
            group, partitions=list(partitions)
        )
        return found
    finally:
        await admin.close()
