"""Reading a topic from its beginning to its present end, outside every consumer group."""

from collections.abc import AsyncIterator, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.delivery.connection import KafkaConnection
from services.delivery.record import Record, time_of


async def read_topics(kafka: KafkaConnection, topics: Sequence[str]) -> AsyncIterator[Record]:
    """Yield every record that stands in the topics now."""
    consumer = AIOKafkaConsumer(*topics, **kafka.client_options, enable_auto_commit=False)
    await consumer.start()
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        await consumer.seek_to_beginning()
        while await _behind(consumer, ends):
            for records in (await consumer.getmany(timeout_ms=1000)).values():
                for raw in records:
                    yield Record(
                        raw.topic,
                        raw.partition,
                        raw.offset,
                        raw.key,
                        raw.value,
                        tuple(raw.headers),
                        time_of(raw.timestamp),
                        assignment=0,
                    )
    finally:
        await consumer.stop()


async def _behind(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> bool:
    return any([await consumer.position(partition) < end for partition, end in ends.items()])
