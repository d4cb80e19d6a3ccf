"""What delivery without loss costs: documents a second of the whole way, against the same loop without it.

Both sides are the product's own intake and inference, with a real broker, a real database and an engine that takes no
time. The bare side lacks what makes delivery safe: no tracker and no offsets of its own (the client commits on its own
every second, whatever is done), no retries, no outbox and no relay (events go straight to a producer). The two are
measured in turns, in one run: only their ratio says something about another machine.

    make bench PART=delivery
"""

import argparse
import asyncio
import json
import logging
import os
import statistics
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Self

import psutil
import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from bench.ground import Document, Ground, new_ground, submit, wait_for_ends
from bench.servers import Servers, running_servers, seconds_of
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import TracerProvider
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table
from scripted import ScriptedEngine, letter

from schemas.events import Content
from services.delivery.connection import KafkaConnection
from services.delivery.consumption import Consumption, Membership
from services.delivery.in_flight import Budget
from services.delivery.publication import Publication
from services.delivery.record import Record, record_of
from services.delivery.retrying import RetryPolicy
from services.inference.ask import Asker
from services.inference.parsed import ParsedRecords, estimated_tokens
from services.inference.pipeline import pipeline_of
from services.inference.record import Leaving, Recorder
from services.inference.service import Inference, Limits
from services.intake.document import ParsedDocument
from services.intake.fetch import ContentFetcher
from services.intake.parse import Parser
from services.intake.service import Intake, IntakeLimits
from services.intake.store import Accepted, Retried, Store, goes_on
from services.relay.service import Relay
from services.storage.answers import ensure_pipeline
from services.storage.database import Connection, Database
from services.storage.dead_letters import DeadRecord
from services.storage.documents import load_documents, lock_documents, store_documents
from services.storage.records import Acceptance, OutboxRow, PendingDocument
from services.telemetry.metrics import Metrics
from services.telemetry.tracing import Tracing

PARTITIONS = 4
MOST_SECONDS = 3600
SLOTS = 64
BUDGET = Budget(records=500, size=256 * 1024 * 1024, tokens=10_000_000)
RETRIES = RetryPolicy(4, timedelta(seconds=5), timedelta(seconds=300))


@dataclass(frozen=True, slots=True)
class Stage(Ground):
    """A ground with what services in this process need.

    Parameters
    ----------
    parsers
        Parser workers; 0 takes the text as it is, so that delivery is all the work there is.
    """

    database: Database
    parsers: int


@dataclass(frozen=True, slots=True)
class Measurement:
    """One side, once.

    Parameters
    ----------
    cpu_ms
        Milliseconds of processor time a document, by who spent it.
    """

    side: str
    documents: int
    seconds: float
    cpu_ms: dict[str, float]

    @property
    def rate(self) -> float:
        """Documents a second."""
        return self.documents / self.seconds


# The bare side


class BareConsumption:
    """Takes what comes; the client commits by itself."""

    def __init__(self, kafka: KafkaConnection, topic: str, group: str) -> None:
        self.topic, self.group = topic, group
        self._waiting: list[Record] = []
        self._consumer = AIOKafkaConsumer(
            topic,
            **kafka.client_options,
            group_id=group,
            auto_offset_reset="earliest",
            enable_auto_commit=True,
            auto_commit_interval_ms=1000,
        )

    async def __aenter__(self) -> Self:
        await self._consumer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()

    async def take(self, limit: int, wait_seconds: float) -> list[Record]:
        """Take up to `limit` records."""
        if not self._waiting:
            found = await self._consumer.getmany(timeout_ms=int(wait_seconds * 1000), max_records=500)
            self._waiting = [record_of(raw) for batch in found.values() for raw in batch]
        taken, self._waiting = self._waiting[:limit], self._waiting[limit:]
        return taken

    def done(self, records: Collection[Record]) -> None:
        """Nothing is kept of it."""


async def send(producer: AIOKafkaProducer, rows: Sequence[OutboxRow]) -> None:
    """Publish at once what would be outbox rows."""
    sent = [
        await producer.send(row.topic, row.value, row.key, headers=[(k, v.encode()) for k, v in row.headers.items()])
        for row in rows
    ]
    await asyncio.gather(*sent)


@dataclass(frozen=True, slots=True)
class BareStore(Store):
    """Stores documents, and publishes their events afterwards."""

    producer: AIOKafkaProducer

    async def store(
        self, accepted: Sequence[Accepted], dead: Sequence[DeadRecord], retried: Sequence[Retried] = ()
    ) -> list[Acceptance]:
        """Store documents; the load has no dead records and no retries."""
        assert not dead
        assert not retried
        now = datetime.now(UTC)
        stored = await self.database.in_transaction(
            lambda connection: store_documents(connection, [item.document for item in accepted])
        )
        both = zip(accepted, stored, strict=True)
        await send(self.producer, [self._row(item, result, now) for item, result in both if goes_on(item, result)])
        return [item.acceptance for item in stored]


@dataclass(frozen=True, slots=True)
class BareRecorder(Recorder):
    """Writes answers, and publishes their events afterwards."""

    producer: AIOKafkaProducer

    async def load(self, parsed: ParsedRecords) -> list[PendingDocument]:
        """Load the documents, without a look at what was answered before."""
        return await self.database.in_transaction(
            lambda connection: load_documents(connection, parsed.document_keys, self.pipeline.pipeline_id)
        )

    async def record(self, given: Sequence[Leaving]) -> None:
        """Write outcomes."""
        now = datetime.now(UTC)

        async def work(connection: Connection) -> list[OutboxRow]:
            await lock_documents(connection, [item.outcome.document.document_key for item in given])
            rows: list[OutboxRow] = []
            for batch in dict.fromkeys(item.batch for item in given):
                of_batch = [item for item in given if item.batch == batch]
                rows += await self._of_batch(connection, batch, of_batch, now)
            return rows

        await send(self.producer, await self.database.in_transaction(work))


class TextAsItIs:
    """In the parser's place, where parsing is not to be measured."""

    async def parse(self, content: bytes, media_type: str) -> ParsedDocument:
        """Give the text as one page."""
        assert media_type == "text/plain"
        return ParsedDocument((content.decode(),))


# Both sides


def telemetry() -> tuple[Tracing, Metrics]:
    """Make spans and metrics that nobody exports."""
    metrics = Metrics(MeterProvider().get_meter("load"))
    return Tracing(TracerProvider().get_tracer("load"), metrics), metrics


async def parser_of(ground: Stage, stack: AsyncExitStack) -> Parser | TextAsItIs:
    """Start the parser, if it is part of what is measured."""
    if not ground.parsers:
        return TextAsItIs()
    parser = Parser(ground.parsers, seconds=20, memory_mib=512, max_pages=100, max_characters=1_000_000)
    return await stack.enter_async_context(parser)


def intake_of(consumption: object, parser: object, store: Store) -> Intake:
    """Make the intake of either side."""
    fetcher = ContentFetcher([], 1_000_000, 10)
    limits = IntakeLimits(side_by_side=SLOTS, record_bytes=2_000_000)
    return Intake(consumption, fetcher, parser, store, limits, RETRIES, *telemetry())  # type: ignore[arg-type]


def inference_of(ground: Stage, consumption: object, recorder: Recorder, engine: ScriptedEngine) -> Inference:
    """Make the inference of either side."""
    tracing, metrics = telemetry()
    asker = Asker(engine, ground.types, "document", tracing, metrics)
    limits = Limits(batch=SLOTS // 2, documents=SLOTS, ask_seconds=60, windows=16)
    return Inference(consumption, engine, asker, recorder, limits, RETRIES, tracing, metrics)  # type: ignore[arg-type]


@asynccontextmanager
async def guarded(ground: Stage) -> AsyncIterator[list[Intake | Inference | Relay]]:
    """Make the whole way, as it is."""
    engine = ScriptedEngine()
    pipeline = pipeline_of(engine.identity, ground.types, "document")
    await ground.database.in_transaction(lambda connection: ensure_pipeline(connection, pipeline))
    submitted, parsed = (Membership(f"{ground.topics.prefix}{name}") for name in ("intake", "inference"))
    async with AsyncExitStack() as stack:
        first = Consumption(ground.kafka, [ground.topics.submitted], submitted, BUDGET)
        second = Consumption(ground.kafka, ground.topics.all_parsed, parsed, BUDGET, estimated_tokens)
        publication = await stack.enter_async_context(Publication(ground.kafka, "relay"))
        await stack.enter_async_context(first)
        await stack.enter_async_context(second)
        yield [
            intake_of(first, await parser_of(ground, stack), Store(ground.database, ground.topics)),
            inference_of(ground, second, Recorder(ground.database, ground.topics, pipeline, "load", None), engine),
            Relay(ground.database, publication, *telemetry(), keep=timedelta(days=7)),
        ]


@asynccontextmanager
async def bare(ground: Stage) -> AsyncIterator[list[Intake | Inference | Relay]]:
    """Make the same loop without what makes it safe."""
    engine = ScriptedEngine()
    pipeline = pipeline_of(engine.identity, ground.types, "document")
    await ground.database.in_transaction(lambda connection: ensure_pipeline(connection, pipeline))
    async with AsyncExitStack() as stack:
        first = BareConsumption(ground.kafka, ground.topics.submitted, f"{ground.topics.prefix}intake")
        second = BareConsumption(ground.kafka, ground.topics.parsed, f"{ground.topics.prefix}inference")
        producer = AIOKafkaProducer(**ground.kafka.client_options, max_batch_size=512 * 1024, linger_ms=5)
        await stack.enter_async_context(producer)
        await stack.enter_async_context(first)
        await stack.enter_async_context(second)
        store = BareStore(ground.database, ground.topics, producer)
        recorder = BareRecorder(ground.database, ground.topics, pipeline, "load", None, producer)
        yield [
            intake_of(first, await parser_of(ground, stack), store),
            inference_of(ground, second, recorder, engine),
        ]


SIDES = {"whole": guarded, "bare": bare}


# Measuring


def documents_of(count: int) -> Iterator[Document]:
    """Give letters of one page."""
    lines = "\n".join(f"Position {number}: Schrauben, verzinkt, M6 x {number}" for number in range(40))
    for number in range(count):
        text = letter("invoice", invoice_number=f"RE-{number}", gross_total="1.190,00 €") + "\n" + lines
        yield Document(f"load-{number}", Content(text=text))


def cpu_seconds(ground: Ground) -> dict[str, float]:
    """Give the processor time so far of this process, of its parser workers, and of broker and database."""
    me = psutil.Process()
    parsers = [child for child in me.children(recursive=True) if "parser_worker" in " ".join(child.cmdline())]
    own = {"services": sum(me.cpu_times()[:2]), "parsers": sum(map(seconds_of, parsers))}
    return own | dict(ground.servers.spent)


async def measure(side: str, ground: Stage, documents: int, said: Callable[[int], None]) -> Measurement:
    """Run one side over documents that wait already."""
    await submit(ground, documents_of(documents))
    stop = asyncio.Event()
    async with SIDES[side](ground) as services, asyncio.TaskGroup() as group:
        before, started = cpu_seconds(ground), time.perf_counter()
        for service in services:
            group.create_task(service.run(stop))
        await wait_for_ends(ground, documents, MOST_SECONDS, said)
        seconds, after = time.perf_counter() - started, cpu_seconds(ground)
        stop.set()
    spent = {name: 1000 * (after[name] - before[name]) / documents for name in after}
    return Measurement(side, documents, seconds, spent)


@asynccontextmanager
async def stage_of(servers: Servers, parsers: int) -> AsyncIterator[Stage]:
    """Make topics and a database that nobody used, and open it."""
    ground = await new_ground(servers, PARTITIONS)
    async with Database.open(ground.url, "postkorb-load") as database:
        yield Stage(ground.servers, ground.topics, ground.url, ground.types, ground.partitions, database, parsers)


async def run(arguments: argparse.Namespace, servers: Servers, console: Console) -> list[Measurement]:
    """Measure both sides in turns; the first turn warms up and does not count."""
    found: list[Measurement] = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        turns = [(number, side) for number in range(arguments.rounds + 1) for side in SIDES]
        task = progress.add_task("", total=arguments.documents * len(turns))
        for turn, (number, side) in enumerate(turns):
            done = arguments.documents * turn
            progress.update(task, description=f"round {number} {side}", completed=done)
            async with stage_of(servers, arguments.parsers) as ground:
                said = partial(_say, progress, task, done)
                measured = await measure(side, ground, arguments.documents, said)
            if number:
                found.append(measured)
    return found


def _say(progress: Progress, task: TaskID, before: int, count: int) -> None:
    progress.update(task, completed=before + count)


def show(console: Console, measured: Sequence[Measurement]) -> dict[str, object]:
    """Print the table, and give the same for the file."""
    table = Table(title="What delivery without loss costs")
    programs = list(measured[0].cpu_ms)
    for name in ("", "documents/s: median", "lowest", "highest", *(f"CPU ms a document: {name}" for name in programs)):
        table.add_column(name, justify="right")
    medians: dict[str, float] = {}
    for side in SIDES:
        of_side = [one for one in measured if one.side == side]
        rates = sorted(one.rate for one in of_side)
        medians[side] = statistics.median(rates)
        spent = [statistics.median(one.cpu_ms[program] for one in of_side) for program in programs]
        cells = [f"{rate:.0f}" for rate in (medians[side], rates[0], rates[-1])]
        table.add_row(side, *cells, *(f"{milliseconds:.2f}" for milliseconds in spent))
    console.print(table)
    ratio = medians["whole"] / medians["bare"]
    console.print(f"the whole way does {ratio:.2f} of the bare loop's documents a second")
    return {"ratio": ratio, "medians": medians, "measured": [asdict(one) for one in measured]}


def main() -> None:
    """Measure, print, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--parsers", type=int, default=0, help="parser workers; 0: the text is taken as it is")
    parser.add_argument("--json", type=Path, default=None, help="where to write the figures")
    arguments = parser.parse_args()
    console = Console(width=max(110, Console().width))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with running_servers() as servers:
        measured = asyncio.run(run(arguments, servers, console))
    figures = show(console, measured) | {"parsers": arguments.parsers, "cores": os.cpu_count()}
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
