"""Reading what stands in topics, whenever one looks."""

import asyncio

import pytest

from schemas.topics import Topics
from services.delivery.connection import KafkaConnection
from services.delivery.errors import BrokerError
from services.delivery.publication import Outgoing, Publication
from services.delivery.reading import read_topics
from services.delivery.topics import missing_topics


async def test_every_record_of_every_topic_is_read_each_time(kafka: str, topics: Topics):
    connection = KafkaConnection(kafka)
    sent = {(topic, str(number).encode()) for topic in (topics.processed, topics.failed) for number in range(20)}
    async with Publication(connection, "test") as publication:
        await publication.publish([Outgoing(topic, value, value, {}) for topic, value in sorted(sent)])
    for _ in range(3):
        read = [record async for record in read_topics(connection, [topics.processed, topics.failed])]
        assert len(read) == len(sent)
        assert {(record.topic, record.value) for record in read} == sent


async def test_an_empty_topic_gives_nothing_and_a_missing_one_an_error(kafka: str, topics: Topics):
    async with asyncio.timeout(30):
        while await missing_topics(KafkaConnection(kafka), [topics.processed]):
            await asyncio.sleep(0.1)
    assert [record async for record in read_topics(KafkaConnection(kafka), [topics.processed])] == []
    with pytest.raises(BrokerError, match="nowhere"):
        [record async for record in read_topics(KafkaConnection(kafka), [topics.processed, "nowhere"])]
