"""Ceiling: how many documents the whole way takes when the engine takes no time, and where the time goes."""

import asyncio
import base64
import io
import json
import os
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import asyncpg
import psutil
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from bench.ground import Document, Ground, letters, new_ground, page, submit
from bench.profile import tables_of
from bench.report import Part, Plot, Ratio, Table, made, spread
from bench.running import END_SECONDS, Spent, running_services, samples_of
from bench.sampler import read_samples
from bench.servers import Servers
from faults.background import Background
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from schemas.events import Content

PARTITIONS: Final = 4
WANTED_PER_SECOND: Final = 1000
"""Documents of one page, on two cores: the goal."""
WANTED_CORES: Final = 2
PIPE_RECORDS: Final = 500
SPENDERS: Final = ("intake", "parsers", "inference", "relay", "Kafka", "PostgreSQL")


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    rounds: int
    documents: int
    pdfs: int


SHORT: Final = Size(rounds=3, documents=1500, pdfs=300)
LONG: Final = Size(rounds=5, documents=5000, pdfs=1000)


def measure(servers: Servers, background: Background, size: Size) -> Part:
    """Measure the whole way in turns with a bare pipe, then PDFs, then take samples."""
    started = time.perf_counter()
    ground = background.run(new_ground(servers, PARTITIONS), END_SECONDS)
    with running_services(ground, background) as services:
        services.start()
        services.work_off(letters(size.documents // 5))  # what is loaded and compiled once
        turns = [
            (services.work_off(letters(size.documents)), background.run(pipe(servers, size.documents), END_SECONDS))
            for _ in range(size.rounds)
        ]
        pdfs = services.work_off(pdf_letters(size.pdfs))
    samples = _sampled(servers, background, size.documents)
    return _part([turn[0] for turn in turns], [turn[1] for turn in turns], pdfs, samples, time.perf_counter() - started)


def pdf_letters(count: int) -> Iterator[Document]:
    """Give one-page PDFs with the text of a letter."""
    for number in range(count):
        written = io.BytesIO()
        canvas = Canvas(written, A4)
        text = canvas.beginText(50, 790)
        text.setFont("Courier", 9)
        text.textLines(page(number))
        canvas.drawText(text)
        canvas.save()
        content = Content(base64=base64.b64encode(written.getvalue()).decode())
        yield Document(f"load-{uuid4().hex}", content, "rechnung.pdf")


async def pipe(servers: Servers, documents: int) -> Spent:
    """Move as many records as anybody's first script would: read them, write their text to a table, publish an event.

    Twice, since a document passes broker and database twice on its way: once to be parsed, once to be answered. It
    checks nothing, keeps nothing safe, and knows nothing of documents.
    """
    ground = await new_ground(servers, PARTITIONS)
    await submit(ground, letters(documents))
    connection: Any = await asyncpg.connect(ground.url.replace("+asyncpg", ""))
    await connection.execute("CREATE TABLE public.moved (id text, body text)")
    own, before, started = psutil.Process(), servers.spent, time.perf_counter()
    own_before = sum(own.cpu_times()[:2])
    for source, target in (
        (ground.topics.submitted, ground.topics.parsed),
        (ground.topics.parsed, ground.topics.processed),
    ):
        await _move(ground, connection, source, target, documents)
    seconds, after = time.perf_counter() - started, servers.spent
    await connection.close()
    cpu = {"pipe": sum(own.cpu_times()[:2]) - own_before} | {name: after[name] - before[name] for name in after}
    return Spent(documents, seconds, cpu)


async def _move(ground: Ground, connection: Any, source: str, target: str, documents: int) -> None:  # noqa: ANN401
    options = ground.kafka.client_options
    consumer = AIOKafkaConsumer(source, **options, group_id=uuid4().hex, auto_offset_reset="earliest")
    async with consumer, AIOKafkaProducer(**options, linger_ms=5, max_batch_size=512 * 1024) as producer:
        moved = 0
        while moved < documents:
            found = await consumer.getmany(timeout_ms=200, max_records=PIPE_RECORDS)
            records = [record for batch in found.values() for record in batch]
            rows = [(record.key.decode(), json.loads(record.value)["content"]["text"]) for record in records]
            await connection.copy_records_to_table("moved", schema_name="public", records=rows)
            await asyncio.gather(*[await producer.send(target, record.value, record.key) for record in records])
            moved += len(records)


def _sampled(servers: Servers, background: Background, documents: int) -> Mapping[str, Mapping[tuple[str, ...], int]]:
    """Run the whole way once more, with samplers."""
    ground = background.run(new_ground(servers, PARTITIONS), END_SECONDS)
    with running_services(ground, background, BENCH_SAMPLES="") as services:
        services.start()
        services.work_off(letters(documents // 5))
        services.begin_sampling()
        services.work_off(letters(documents))
    return {service: read_samples(samples_of(ground, service)) for service in ("intake", "inference", "relay")}


def _part(
    whole: Sequence[Spent],
    bare: Sequence[Spent],
    pdfs: Spent,
    samples: Mapping[str, Mapping[tuple[str, ...], int]],
    seconds: float,
) -> Part:
    means = {name: statistics.median(one.cpu_ms[name] for one in whole) for name in SPENDERS}
    profile = tables_of(samples, {name: means[name] for name in samples})
    return Part(
        name="ceiling",
        title="Ceiling",
        question="What does everything but the engine take, and where does the time go?",
        tables=[_table(whole, bare, pdfs), *profile],
        ratios=_ratios(whole, bare),
        notes=[
            (
                "A second of processor time is what one core gives if nothing waits. Services, broker and database "
                "share the cores, so it bounds what a machine can do, whatever the number of its cores."
            )
        ],
        plot=Plot(
            title="Processor time a document",
            across="",
            up="milliseconds",
            labels=["text", "PDF"],
            series={name: [means[name], pdfs.cpu_ms[name]] for name in means},
        ),
        figures={f"{name}_ms": value for name, value in means.items()}
        | {f"{name}_ms_of_a_pdf": value for name, value in pdfs.cpu_ms.items()},
        made=made(seconds),
    )


def _table(whole: Sequence[Spent], bare: Sequence[Spent], pdfs: Spent) -> Table:
    spenders = (f"ms: {name}" for name in SPENDERS)
    return Table(
        title=f"Documents through the whole way with an engine that takes no time; {whole[0].documents} a round",
        columns=("", "documents a second", "a second of processor time", *spenders, "together"),
        rows=[
            _row("letters of one page, as text", whole),
            _row("the same as PDF", [pdfs]),
            _row("bare pipe: read, copy into a table, publish; twice", bare),
        ],
    )


def _ratios(whole: Sequence[Spent], bare: Sequence[Spent]) -> list[Ratio]:
    both = list(zip(whole, bare, strict=True))
    cores = min(WANTED_CORES, os.cpu_count() or 1)
    of_wanted = [cores * 1000 / one.total_ms / WANTED_PER_SECOND for one in whole]
    wanted = f"of {WANTED_PER_SECOND} documents a second on {WANTED_CORES} cores, by processor time"
    pipes = [one.total_ms / pipe.total_ms for one, pipe in both]
    return [
        Ratio.of("documents a second, of the bare pipe's", [one.rate / pipe.rate for one, pipe in both]),
        Ratio.of("processor time a document, in bare pipes'", pipes, lower_is_better=True),
        Ratio.of(wanted, of_wanted, 1.0, of_machine=True),
    ]


def _row(name: str, rounds: Sequence[Spent]) -> list[str]:
    """Make a row; the bare pipe's own time stands in the sum alone."""
    cells = [spread([one.cpu_ms[name] for one in rounds], ".2f") if name in rounds[0].cpu else "" for name in SPENDERS]
    rates, of_core = [one.rate for one in rounds], [1000 / one.total_ms for one in rounds]
    return [name, spread(rates), spread(of_core), *cells, spread([one.total_ms for one in rounds], ".2f")]
