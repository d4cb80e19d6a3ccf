"""The plan for ten million documents a day: what follows from what was measured, and from what others published."""

import math
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bench.report import Report, Table

DOCUMENTS_A_DAY: Final = 10_000_000
DAY_SECONDS: Final = 86_400

PEAK: Final = 3.0
"""The busiest hour against the mean one."""
BUSY: Final = 0.6
"""Share of a core or a card that is planned with: the rest is for rebalances, restarts and what was forgotten."""
KEEP_DAYS: Final = 30
TOPIC_DAYS: Final = 7
SPARE_PARTITIONS: Final = 2
"""Partitions a process: so that there is room to add some."""
BROKERS: Final = 3
"""Each has all of the topics (`POSTKORB_REPLICATION_FACTOR=3`), and the work of all of them."""
DATABASES: Final = 2
"""PostgreSQL and its standby, which writes what the first one writes."""

GPU_TOKENS: Final = 3450 / 128 * (2048 + 128)
"""Tokens a second of Llama 3.1 8B in FP8 on one H100: 3,450 generated, in requests of 2,048 in and 128 out."""
GPU_SOURCE: Final = (
    "[NVIDIA](https://github.com/NVIDIA/TensorRT-LLM/blob/00f37686aa854010d68bcbd0f4ab000221541ca6/docs/source/"
    "performance/perf-overview.md): Llama 3.1 8B in FP8 on one, 2,048 tokens in and 128 out, 3,450 generated a second, "
    "by TensorRT-LLM"
)
GPU_HOUR: Final = 3.0
GPU_HOUR_SOURCE: Final = (
    "[Mercatus](https://www.mercatus-ai.com/blog/cloud-gpu-pricing), May 2026: $2.50 to $3.50 at specialised providers"
)
CORE_HOUR: Final = 0.0816 / 2
CORE_HOUR_SOURCE: Final = (
    "[FactualMinds](https://www.factualminds.com/blog/amazon-ec2-on-demand-pricing-instance-families-2026/), 2026: "
    "2 cores (m7g.large), $0.0816 an hour"
)

DISK_MONTH: Final = 0.11
DISK_MONTH_SOURCE: Final = (
    "assumed, about what [AWS](https://aws.eu/ebs/pricing) reckons with in its example, EUR 0.094 "
    "(gp3, without more IOPS)"
)
MONTH_DAYS: Final = 30

NEEDED: Final = ("ceiling", "growth", "cost")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure, and where it comes from."""

    what: str
    figure: str
    source: str


def plan(report: Report) -> Table | None:
    """Make the table; None if a part that it needs was not measured."""
    if not report.parts.keys() >= set(NEEDED):
        return None
    figures = {name: value for part in NEEDED for name, value in report.parts[part].figures.items()}
    rows = list(_rows(figures))
    return Table(
        title="Ten million documents a day",
        words=(0, 2),
        columns=("what", "how much", "from"),
        rows=[[row.what, row.figure, row.source] for row in rows],
    )


def _rows(figures: Mapping[str, float]) -> Iterator[Row]:
    mean = DOCUMENTS_A_DAY / DAY_SECONDS
    peak = PEAK * mean
    yield Row("documents a second, mean", f"{mean:.0f}", f"{DOCUMENTS_A_DAY:,} a day")
    yield Row("in the busiest hour", f"{peak:.0f}", f"assumed: {PEAK:g} times the mean")
    intake, inference = yield from _services(figures, peak)
    gpus = yield from _engines(figures, peak)
    processes = max(inference, gpus)
    partitions = SPARE_PARTITIONS * max(intake, processes)
    yield Row(
        "inference processes, a pod each", f"{processes}", "one a card, or as many as their own processor time needs"
    )
    yield from _memory(figures)
    yield Row("partitions a topic", f"{partitions}", f"{SPARE_PARTITIONS} a process of the largest group")
    yield from _servers(figures, peak)
    terabytes = yield from _storage(figures)
    yield from _dollars(gpus, math.ceil(sum(_cores(figures, name, peak) for name in SPENDERS)), terabytes)


SERVERS: Final = {"Kafka": BROKERS, "PostgreSQL": DATABASES}
SPENDERS: Final = ("intake", "parsers", "inference", "relay", *SERVERS)
"""Of processor time; all figures are those of PDFs, which take the most."""


def _ms(figures: Mapping[str, float], name: str) -> float:
    return figures[f"{name}_ms_of_a_pdf"]


def _cores(figures: Mapping[str, float], name: str, peak: float) -> float:
    """Give the cores of a spender, those of all replicas together."""
    return SERVERS.get(name, 1) * peak * _ms(figures, name) / 1000 / BUSY


def _services(figures: Mapping[str, float], peak: float) -> Generator[Row, None, tuple[int, int]]:
    """Give the rows of the services' own work; return how many processes intake and inference need for it."""
    share = f"at {100 * BUSY:.0f} % of a core"
    names = ("intake", "parsers", "inference", "relay")
    intake, parsers, inference, relay = (math.ceil(_cores(figures, name, peak)) for name in names)
    for what, number, name in (
        ("intake processes, a pod each", intake, "intake"),
        ("cores for their parser workers", parsers, "parsers"),
        ("cores for inference without its engine", inference, "inference"),
        ("relay processes, and one to spare, a pod each", relay + 1, "relay"),
    ):
        yield Row(what, f"{number}", f"measured: {_ms(figures, name):.2f} ms a PDF, {share}")
    return intake, inference


def _engines(figures: Mapping[str, float], peak: float) -> Generator[Row, None, int]:
    """Give the rows of the engines; return how many cards are needed."""
    pages = figures["pages_a_document"]
    computed = figures["prompt_tokens_a_page"] - figures["cached_tokens_a_page"] + figures["completion_tokens_a_page"]
    tokens = pages * computed
    yield Row("tokens computed a document", f"{tokens:,.0f}", f"measured on the samples, {pages:.1f} pages each")
    number = math.ceil(peak * tokens / GPU_TOKENS / BUSY)
    yield Row(
        "cards (H100) for a model of eight billion parameters",
        f"{number}",
        f"{GPU_TOKENS:,.0f} tokens a second, prompt and answer, at {100 * BUSY:.0f} %: {GPU_SOURCE}",
    )
    return number


def _memory(figures: Mapping[str, float]) -> Iterator[Row]:
    for what, name in (
        ("an intake pod, with two parser workers", "intake"),
        ("an inference pod, without its engine", "inference"),
        ("a relay pod", "relay"),
    ):
        measured = "measured: what stays resident after many documents of one page; set the limit at twice that"
        yield Row(f"MiB of {what}", f"{figures[f'{name}_mib']:.0f}", measured)


def _servers(figures: Mapping[str, float], peak: float) -> Iterator[Row]:
    for what, name in (("cores of the brokers", "Kafka"), ("cores of PostgreSQL and its standby", "PostgreSQL")):
        yield Row(
            what,
            f"{math.ceil(_cores(figures, name, peak))}",
            f"measured: {_ms(figures, name):.2f} ms a PDF, on each of {SERVERS[name]}, at {100 * BUSY:.0f} % of a core",
        )


def _storage(figures: Mapping[str, float]) -> Generator[Row, None, float]:
    """Give the rows of what is stored, replicas included; return all of it, in terabytes."""
    stored, sent = figures["database_bytes_a_document"], figures["event_bytes_a_document"]
    terabytes = DOCUMENTS_A_DAY / 10**12
    database = DATABASES * terabytes * KEEP_DAYS * stored
    topics = BROKERS * terabytes * TOPIC_DAYS * sent
    yield Row(
        f"PostgreSQL and its standby after {KEEP_DAYS} days, TB",
        f"{database:.1f}",
        f"measured: {stored / 1000:.1f} kB a document of one page, indexes and outbox included; {DATABASES} times",
    )
    yield Row(
        f"Kafka with {TOPIC_DAYS} days of retention, TB",
        f"{topics:.1f}",
        f"measured: {sent / 1000:.1f} kB of our events a document, {BROKERS} times; what publishers send comes on top",
    )
    return database + topics


def _dollars(gpus: int, cores: int, terabytes: float) -> Iterator[Row]:
    cards, computers = 24 * gpus * GPU_HOUR, 24 * cores * CORE_HOUR
    disks = 1000 * terabytes * DISK_MONTH / MONTH_DAYS
    yield Row("dollars a day, cards", f"{cards:,.0f}", f"${GPU_HOUR:g} an hour: {GPU_HOUR_SOURCE}")
    yield Row(
        "dollars a day, cores of services and servers",
        f"{computers:,.0f}",
        f"{cores} cores at ${CORE_HOUR:.4f} an hour: {CORE_HOUR_SOURCE}",
    )
    yield Row("dollars a day, disks", f"{disks:,.0f}", f"${DISK_MONTH:g} a GB and month: {DISK_MONTH_SOURCE}")
    dollars = cards + computers + disks
    yield Row(
        "dollars a thousand documents",
        f"{1000 * dollars / DOCUMENTS_A_DAY:.3f}",
        "all three, by the documents of a day",
    )
