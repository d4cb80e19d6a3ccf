"""Reading a topic from its beginning to its present end, outside every consumer group."""

from collections.abc import AsyncIterator, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.delivery.connection import KafkaConnection
from services.delivery.header_names import forgive_header_names
from services.delivery.record import Record, record_of
from services.delivery.topics import partitions_of


async def read_topics(kafka: KafkaConnection, topics: Sequence[str]) -> AsyncIterator[Record]:
    """Yield every record that stands in the topics now.

    Raises
    ------
    BrokerError
        If one of the topics is not there.
    """
    partitions = await partitions_of(kafka, topics)
    forgive_header_names()
    consumer = AIOKafkaConsumer(
        **kafka.client_options,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        isolation_level="read_committed",
    )
    await consumer.start()
    try:
        # Assigned by hand: a subscription's assignment may still be empty when `start` returns. And not sought: a
        # `seek_to_beginning` now would race with the consumer's own first reset.
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        while await _behind(consumer, ends):
            for records in (await consumer.getmany(timeout_ms=1000)).values():
                for raw in records:
                    yield record_of(raw)
    finally:
        await consumer.stop()


async def _behind(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> bool:
    return any([await consumer.position(partition) < end for partition, end in ends.items()])
