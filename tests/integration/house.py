"""A whole house in one process: the three services on a real broker and a real database, with a scripted engine."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.partitioner import DefaultPartitioner
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, MetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from scripted import ScriptedEngine
from sqlalchemy import text

from schemas.document_types import DocumentTypes
from schemas.topics import Topics
from services.answers.calibration import UNFITTED, Calibration
from services.delivery.connection import KafkaConnection
from services.delivery.consumption import Consumption, Membership
from services.delivery.in_flight import Budget
from services.delivery.offsets import committed_offsets
from services.delivery.publication import Outgoing, Publication
from services.delivery.reading import read_topics
from services.delivery.record import Record
from services.delivery.retrying import RetryPolicy
from services.delivery.topics import partitions_of
from services.inference.ask import Asker
from services.inference.metering import MeteredEngine
from services.inference.parsed import estimated_tokens
from services.inference.pipeline import pipeline_of
from services.inference.record import Recorder
from services.inference.routes import NO_ROUTING, Routing
from services.inference.service import Inference, Limits
from services.intake.fetch import ContentFetcher
from services.intake.parse import Parser
from services.intake.service import Intake, IntakeLimits
from services.intake.store import Store
from services.relay.service import Relay
from services.storage.answers import ensure_pipeline
from services.storage.database import Database
from services.storage.records import Price
from services.telemetry.metrics import Metrics
from services.telemetry.tracing import Tracing

BUDGET = Budget(records=100, size=100_000_000, tokens=1_000_000)
RETRIES = RetryPolicy(2, timedelta(seconds=0.2), timedelta(seconds=1))
PRICE = Price(Decimal("0.36"), "EUR")
LIMITS = Limits(batch=8, documents=16, ask_seconds=20, windows=16)
UNDOUBTING = UNFITTED.model_copy(update={"review_below": 0.0})
"""The scripted engine tells no probabilities: nothing it says is sure, and that alone shall not be for review."""
DAY = timedelta(days=1)
WAIT_SECONDS = 60
"""For a condition; a machine that does much else at the same time is slow."""


@dataclass
class House:
    """The three services, their broker and their database.

    Parameters
    ----------
    inbox
        A folder that documents may be in, by `uri`.
    prefixes
        Further places that documents may come from.
    """

    kafka: KafkaConnection
    topics: Topics
    database: Database
    types: DocumentTypes
    engine: ScriptedEngine
    publication: Publication
    inbox: Path
    prefixes: list[str] = field(default_factory=list)
    retries: RetryPolicy = RETRIES
    limits: Limits = LIMITS
    calibration: Calibration = UNDOUBTING
    routing: Routing = NO_ROUTING
    price: Price | None = PRICE
    spans: InMemorySpanExporter = field(default_factory=InMemorySpanExporter)
    reader: InMemoryMetricReader = field(default_factory=InMemoryMetricReader)
    """Of what the newest inference measures."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the three services, and let them drain in the end."""
        stop = asyncio.Event()
        async with AsyncExitStack() as stack:
            services = [await self.intake(stack), await self.inference(stack), await self.relay(stack)]
            async with asyncio.TaskGroup() as group:
                for service in services:
                    group.create_task(service.run(stop))
                try:
                    yield
                finally:
                    stop.set()

    def tracing(self, *readers: MetricReader) -> tuple[Tracing, Metrics]:
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self.spans))
        metrics = Metrics(MeterProvider(readers).get_meter("test"))
        return Tracing(provider.get_tracer("test"), metrics), metrics

    async def intake(self, stack: AsyncExitStack) -> Intake:
        parser = Parser(workers=1, seconds=20, memory_mib=512, max_pages=100, max_characters=1_000_000)
        consumption = Consumption(self.kafka, [self.topics.submitted], Membership(self.intake_group), BUDGET)
        return Intake(
            await stack.enter_async_context(consumption),
            ContentFetcher([self.inbox.as_uri() + "/", *self.prefixes], 1_000_000, 10),
            await stack.enter_async_context(parser),
            Store(self.database, self.topics),
            IntakeLimits(side_by_side=4, record_bytes=2_000_000),
            self.retries,
            *self.tracing(),
        )

    async def inference(self, stack: AsyncExitStack) -> Inference:
        self.reader = InMemoryMetricReader()
        tracing, metrics = self.tracing(self.reader)
        engine = MeteredEngine(self.engine)
        pipeline = pipeline_of(engine.identity, self.types, "document", routing=self.routing)
        await self.database.in_transaction(lambda connection: ensure_pipeline(connection, pipeline))
        membership = Membership(self.inference_group)
        consumption = Consumption(self.kafka, self.topics.all_parsed, membership, BUDGET, estimated_tokens)
        return Inference(
            await stack.enter_async_context(consumption),
            engine,
            Asker(engine, self.types, "document", tracing, metrics, calibration=self.calibration, routing=self.routing),
            Recorder(self.database, self.topics, pipeline, "test", self.price),
            self.limits,
            self.retries,
            tracing,
            metrics,
        )

    async def relay(self, stack: AsyncExitStack) -> Relay:
        publication = await stack.enter_async_context(Publication(self.kafka, "relay"))
        return Relay(self.database, publication, *self.tracing(), keep=DAY)

    @property
    def intake_group(self) -> str:
        return f"{self.topics.prefix}intake"

    @property
    def inference_group(self) -> str:
        return f"{self.topics.prefix}inference"

    async def submit(self, document_id: str, content: dict[str, Any] | str, **more: object) -> None:
        await self.submit_as(document_id, document_id, content, **more)

    async def submit_as(self, key: str, document_id: str, content: dict[str, Any] | str, **more: object) -> None:
        """Submit a document in a record whose key is not its id, against the contract."""
        content = {"text": content} if isinstance(content, str) else content
        event = {"document_id": document_id, "content": content, **more}
        await self.submit_raw(key.encode(), json.dumps(event).encode())

    async def submit_raw(self, key: bytes | None, value: bytes | None, **headers: str) -> None:
        await self.publication.publish([Outgoing(self.topics.submitted, key, value, headers)])

    async def row(self, statement: str, **values: object) -> Any:
        """Wait until a query gives a row."""
        return (await self.rows(statement, 1, **values))[0]

    async def rows(self, statement: str, count: int, **values: object) -> list[Any]:
        """Wait until a query gives so many rows."""
        found: list[Any] = []

        async def enough() -> bool:
            nonlocal found
            found = await self.query(statement, **values)
            return len(found) >= count

        await until(enough)
        return found

    async def query(self, statement: str, **values: object) -> list[Any]:
        """Ask PostgreSQL, or change something in it."""
        async with self.database.transaction() as connection:
            result = await connection.execute(text(statement), values)
            return list(result) if result.returns_rows else []

    async def events(self, topic: str, count: int) -> list[Record]:
        """Wait until a topic has so many records, and give all that it has."""
        found: list[Record] = []

        async def enough() -> bool:
            nonlocal found
            found = await self.records(topic)
            return len(found) >= count

        await until(enough)
        return found

    async def records(self, topic: str) -> list[Record]:
        return [record async for record in read_topics(self.kafka, [topic])]

    async def committed(self, group: str, topic: str) -> dict[int, int]:
        """Give what a group has committed, by partition."""
        commits = await committed_offsets(self.kafka, group, await partitions_of(self.kafka, [topic]))
        return {partition.partition: commit.offset for partition, commit in commits.items()}

    async def rewind(self, group: str, topic: str) -> None:
        """Let a group that nobody is in begin anew: every record is delivered again, as after a lost commit."""
        consumer = AIOKafkaConsumer(**self.kafka.client_options, group_id=group, enable_auto_commit=False)
        await consumer.start()
        try:
            partitions = await partitions_of(self.kafka, [topic])
            consumer.assign(partitions)
            await consumer.commit(dict.fromkeys(partitions, 0))
        finally:
            await consumer.stop()

    async def ids_on(self, partition: int, count: int, prefix: str) -> list[str]:
        """Give document ids that every client of Kafka puts on this partition, of each topic."""
        partitions = range(len(await partitions_of(self.kafka, [self.topics.submitted])))
        names = (f"{prefix}{number}" for number in itertools.count())
        chosen = (name for name in names if DefaultPartitioner()(name.encode(), partitions, partitions) == partition)
        return list(itertools.islice(chosen, count))


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = WAIT_SECONDS) -> None:
    """Wait until a condition is true."""
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.1)
