"""Publication against a real broker: acknowledged by all replicas, once, and never left to come later."""

from collections.abc import AsyncIterator, Callable

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.produce import ProduceRequest

from schemas.topics import Topics
from services.delivery import publication as publication_module
from services.delivery.connection import KafkaConnection
from services.delivery.publication import Outgoing, Publication, PublicationError, RecordRefusedError
from services.delivery.reading import read_topics

ALL_IN_SYNC = -1


class Line:
    """A producer's line to the broker, on which answers to records or the records themselves may be lost."""

    def __init__(self, publication: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
        assert publication._producer is not None
        client = publication._producer.client
        self._send = client.send
        self.requests: list[ProduceRequest] = []
        self.answers_lost = 0
        """How many answers are lost from now on, after the broker has taken the records."""
        self.is_cut = False
        monkeypatch.setattr(client, "send", self.send)

    async def send(self, node_id: int, request: object, **options: object) -> object:
        if not isinstance(request, ProduceRequest):
            return await self._send(node_id, request, **options)
        self.requests.append(request)
        if self.is_cut:
            raise KafkaConnectionError
        answer = await self._send(node_id, request, **options)
        if self.answers_lost:
            self.answers_lost -= 1
            raise KafkaConnectionError
        return answer


@pytest.fixture
async def publication(kafka: str) -> AsyncIterator[Publication]:
    async with Publication(KafkaConnection(kafka), "test") as opened:
        yield opened


@pytest.fixture
def line(publication: Publication, monkeypatch: pytest.MonkeyPatch) -> Line:
    return Line(publication, monkeypatch)


@pytest.fixture
def publish(publication: Publication, topics: Topics) -> Callable[..., object]:
    async def publish(*values: bytes) -> None:
        await publication.publish([Outgoing(topics.processed, b"k", value, {}) for value in values])

    return publish


@pytest.fixture
def values(kafka: str, topics: Topics) -> Callable[[], object]:
    async def values() -> list[bytes | None]:
        return [record.value async for record in read_topics(KafkaConnection(kafka), [topics.processed])]

    return values


async def test_every_replica_in_sync_has_acknowledged_what_is_published(line: Line, publish, values):
    await publish(b"a")
    assert {request.required_acks for request in line.requests} == {ALL_IN_SYNC}
    assert await values() == [b"a"]


async def test_a_record_whose_acknowledgement_is_lost_is_there_once(line: Line, publish, values):
    await publish(b"before")  # from then on the broker is known to lead the partition
    line.answers_lost = 1
    await publish(b"a", b"b")
    assert line.answers_lost == 0
    assert await values() == [b"before", b"a", b"b"]


async def test_what_was_given_up_does_not_come_after_newer_records(line: Line, publish, values, monkeypatch):
    line.is_cut = True
    with monkeypatch.context() as patched:
        patched.setattr(publication_module, "LEAST_SECONDS", 1.0)
        with pytest.raises(PublicationError):
            await publish(b"given up")
    line.is_cut = False
    await publish(b"newer")
    assert await values() == [b"newer"]


async def test_after_a_refusal_the_broker_takes_the_next_record(kafka: str, topics: Topics, publication: Publication):
    narrow = f"{topics.prefix}narrow"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    await admin.create_topics([NewTopic(narrow, 1, 1, topic_configs={"max.message.bytes": "1000"})])
    await admin.close()
    await publication.publish([Outgoing(narrow, b"k", b"before", {})])
    with pytest.raises(RecordRefusedError, match="MessageSizeTooLarge"):
        await publication.publish([Outgoing(narrow, b"k", bytes(5000), {})])
    await publication.publish([Outgoing(narrow, b"k", b"small", {})])
    assert [record.value async for record in read_topics(KafkaConnection(kafka), [narrow])] == [b"before", b"small"]
