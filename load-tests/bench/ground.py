"""Topics, a database and documents that one measurement has for itself."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.partitioner import murmur2
from bench.servers import Servers
from scripted import letter

from schemas.document_types import DocumentTypes, load_document_types
from schemas.events import Content, DocumentSubmitted
from schemas.topics import Topics
from services.delivery.connection import KafkaConnection
from services.delivery.topics import ensure_topics
from services.storage.migration import upgrade

LOOK_SECONDS: Final = 0.05
ROWS: Final = 5
TERMS: Final = 25
"""Lines of small print below the rows: with them a page has about 1,900 characters."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What nobody else uses.

    Parameters
    ----------
    url
        Of a database of its own, empty and at the newest revision.
    """

    servers: Servers
    topics: Topics
    url: str
    types: DocumentTypes
    partitions: int

    @property
    def kafka(self) -> KafkaConnection:
        """How to connect to the broker."""
        return self.servers.kafka

    async def query(self, statement: str, *values: object) -> list[asyncpg.Record]:
        """Ask the database."""
        connection: Any = await asyncpg.connect(self.url.replace("+asyncpg", ""))
        try:
            return list(await connection.fetch(statement, *values))
        finally:
            await connection.close()


@dataclass(frozen=True, slots=True)
class Document:
    """What is handed in."""

    document_id: str
    content: Content
    file_name: str | None = None


async def new_ground(servers: Servers, partitions: int) -> Ground:
    """Make topics and a database."""
    name = f"load_{uuid4().hex[:12]}"
    topics, types = Topics(f"{name}."), load_document_types()
    await ensure_topics(servers.kafka, topics.all, partitions, 1)
    server: Any = await asyncpg.connect(servers.database_url.replace("+asyncpg", ""))
    try:
        await server.execute(f"CREATE DATABASE {name}")
    finally:
        await server.close()
    url = f"{servers.database_url.rpartition('/')[0]}/{name}"
    await upgrade(url, types)
    return Ground(servers, topics, url, types, partitions)


def page(number: int) -> str:
    """Write one page that the scripted engine can read: a German invoice of 28 values that lacks nothing."""
    values = {
        "invoice_number": f"RE-{number}",
        "issue_date": "05.06.2026",
        "seller_name": "Eisenhandel Brinkmann GmbH",
        "buyer_name": "Gartenbau Lindner KG",
        "currency": "EUR",
        "net_total": "1.000,00 €",
        "tax_total": "190,00 €",
        "gross_total": "1.190,00 €",
    }
    head = "Pos.   Bezeichnung                 Menge   Einzelpreis   Gesamtpreis"
    rows = (f"{row}      Schrauben, verzinkt, M6     10         20,00         200,00" for row in range(1, ROWS + 1))
    terms = (f"{line}. Ware bleibt bis zur Bezahlung unser Eigentum." for line in range(1, TERMS + 1))
    return "\n".join([letter("invoice", **values), "", head, *rows, "", *terms])


def letters(count: int, pages: int = 1) -> Iterator[Document]:
    """Give documents of plain text; no two are alike, and no id was given before."""
    for number in range(count):
        text = "\f".join(page(1000 * number + place) for place in range(pages))
        yield Document(f"load-{uuid4().hex}", Content(text=text))


def spread_evenly(documents: Iterable[Document], partitions: int) -> Iterator[Document]:
    """Give documents ids by which every partition gets as many of them.

    Keys are spread by chance otherwise, and with few documents a partition the fullest one decides when all are done.
    """
    for number, document in enumerate(documents):
        wanted, document_id = number % partitions, document.document_id
        while (murmur2(document_id.encode()) & 0x7FFFFFFF) % partitions != wanted:  # as Kafka's clients do it
            document_id = f"load-{uuid4().hex}"
        yield Document(document_id, document.content, document.file_name)


async def submit(ground: Ground, documents: Iterable[Document]) -> list[str]:
    """Hand documents in; give their ids."""
    async with AIOKafkaProducer(**ground.kafka.client_options, linger_ms=20, max_batch_size=512 * 1024) as producer:
        sent, ids = [], []
        for document in documents:
            event = DocumentSubmitted(
                document_id=document.document_id, content=document.content, file_name=document.file_name
            )
            value = event.model_dump_json(exclude_none=True).encode()
            sent.append(await producer.send(ground.topics.submitted, value, document.document_id.encode()))
            ids.append(document.document_id)
        await asyncio.gather(*sent)
    return ids


async def wait_for_ends(
    ground: Ground,
    ended: int,
    seconds: float,
    said: Callable[[int], None] = lambda _: None,
    look_seconds: float = LOOK_SECONDS,
) -> None:
    """Wait until so many documents have ended, by the events that tell it.

    Parameters
    ----------
    said
        Told how many have, now and then.
    look_seconds
        How often to look: twenty looks a second take a thirtieth of a core.

    Raises
    ------
    TimeoutError
        If they have not in time.
    """
    topics = (ground.topics.processed, ground.topics.failed)
    ends = [TopicPartition(topic, number) for topic in topics for number in range(ground.partitions)]
    async with asyncio.timeout(seconds), AIOKafkaConsumer(**ground.kafka.client_options) as consumer:
        while (found := sum((await consumer.end_offsets(ends)).values())) < ended:
            said(found)
            await asyncio.sleep(look_seconds)
        failed = await consumer.end_offsets([place for place in ends if place.topic == ground.topics.failed])
    said(found)
    assert found == ended, f"{found} events for {ended} documents"
    assert not sum(failed.values()), "documents failed: what was measured is how fast they do"
