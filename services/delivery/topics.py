"""Topics that must exist before anybody consumes."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Final

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaConnectionError, KafkaError, TopicAlreadyExistsError, for_code

from services.delivery.connection import KafkaConnection
from services.delivery.errors import BrokerError
from services.delivery.publication import MAX_RECORD_BYTES

TOPIC_CONFIG: Final = {"max.message.bytes": str(MAX_RECORD_BYTES + 1024 * 1024)}
"""Room for the headers of a dead letter beside the largest record that is taken in."""


async def ensure_topics(kafka: KafkaConnection, names: Iterable[str], partitions: int, replication_factor: int) -> None:
    """Create the topics that are not there; those that are stay as they are.

    Parameters
    ----------
    partitions, replication_factor
        Of a new topic.

    Raises
    ------
    BrokerError
        If the broker is away, or refuses a topic.
    """
    async with _admin(kafka) as admin:
        topics = [NewTopic(name, partitions, replication_factor, topic_configs=TOPIC_CONFIG) for name in names]
        answer = await admin.create_topics(topics)
    for name, code, *_ in answer.topic_errors:
        if code not in (0, TopicAlreadyExistsError.errno):
            message = f"topic {name} cannot be created: {for_code(code).__name__}"
            raise BrokerError(message)


async def missing_topics(kafka: KafkaConnection, names: Iterable[str]) -> list[str]:
    """Give the topics that are not there.

    Raises
    ------
    BrokerError
        If the broker is away.
    """
    async with _admin(kafka) as admin:
        there = set(await admin.list_topics())
    return [name for name in names if name not in there]


async def partitions_of(kafka: KafkaConnection, names: Iterable[str]) -> list[TopicPartition]:
    """Give every partition of the topics.

    Raises
    ------
    BrokerError
        If the broker is away, or a topic is not there.
    """
    async with _admin(kafka) as admin:
        described = await admin.describe_topics(list(names))
    if missing := [topic["topic"] for topic in described if topic["error_code"]]:
        message = f"no such topics: {', '.join(missing)}"
        raise BrokerError(message)
    return [TopicPartition(topic["topic"], one["partition"]) for topic in described for one in topic["partitions"]]


@asynccontextmanager
async def _admin(kafka: KafkaConnection) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**kafka.client_options, request_timeout_ms=10_000)
    try:
        await admin.start()
        yield admin
    except KafkaConnectionError as error:
        message = (
            f"no connection to Kafka at {kafka.bootstrap_servers}: {error}; "
            "is the broker up, and is POSTKORB_KAFKA_BOOTSTRAP_SERVERS right?"
        )
        raise BrokerError(message) from error
    except KafkaError as error:
        message = f"Kafka at {kafka.bootstrap_servers} refuses: {type(error).__name__}: {error}"
        raise BrokerError(message) from error
    finally:
        await admin.close()
