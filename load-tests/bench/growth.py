"""Growth: what more documents, and longer ones, do to the time a page takes and to the memory of the services."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bench.ground import Ground, letters, new_ground
from bench.report import Part, Plot, Ratio, Table, made
from bench.running import END_SECONDS, Spent, running_services
from bench.servers import Servers
from faults.background import Background

PARTITIONS: Final = 4
CONTEXT_TOKENS: Final = "1000000"
"""Longer than any document here: what is measured is the way, not where a model's context ends."""
GOAL: Final = 1.1
TIME_TOLERANCE: Final = 0.25
"""One side of these takes a few seconds alone: five runs of November 2026 gave 0.94 to 0.97 for more documents and once
0.77, and four of them 0.24 to 0.29 for longer ones."""
MEMORY_TOLERANCE: Final = 0.05
"""What stays resident hardly differs: 1.10 to 1.12 in four runs of five for longer documents, 1.01 and 1.02 in the last
two for more of them."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: numbers of documents of one page, and numbers of documents by their pages."""

    counts: Sequence[int]
    pages: Mapping[int, int]


SHORT: Final = Size(counts=(100, 1000), pages={1: 400, 10: 80, 100: 16})
LONG: Final = Size(counts=(100, 1000, 10_000), pages={1: 2000, 10: 400, 100: 80})


@dataclass(frozen=True, slots=True)
class Grown:
    """What documents took, and what the services hold afterwards."""

    pages: int
    spent: Spent
    memory: Mapping[str, float]

    @property
    def ms_a_page(self) -> float:
        """Milliseconds of processor time."""
        return self.spent.total_ms / self.pages


def measure(servers: Servers, background: Background, size: Size) -> Part:
    """Measure from few to many and from short to long, with the same processes."""
    started = time.perf_counter()
    ground = background.run(new_ground(servers, PARTITIONS), END_SECONDS)
    with running_services(ground, background, CONTEXT_TOKENS=CONTEXT_TOKENS) as services:
        services.start()
        services.work_off(letters(min(size.counts)))  # what is loaded and compiled once
        before = background.run(_bytes(ground))
        by_count = [Grown(1, services.work_off(letters(count)), services.memory()) for count in size.counts]
        grown = [
            (after - first) / sum(size.counts)
            for first, after in zip(before, background.run(_bytes(ground)), strict=True)
        ]
        by_pages = [
            Grown(pages, services.work_off(letters(count, pages)), services.memory())
            for pages, count in size.pages.items()
        ]
    return _part(by_count, by_pages, grown, time.perf_counter() - started)


async def _bytes(ground: Ground) -> tuple[float, float]:
    """Give the size of the database, and of the events that went through Kafka."""
    [row] = await ground.query(
        "SELECT pg_database_size(current_database()) AS stored, (SELECT coalesce(sum(octet_length(value) + "
        "octet_length(key) + octet_length(headers::text)), 0)::bigint FROM postkorb.outbox) AS sent"
    )
    return row["stored"], row["sent"]


def _part(by_count: Sequence[Grown], by_pages: Sequence[Grown], bytes_each: Sequence[float], seconds: float) -> Part:
    first, last, short, long = by_count[0], by_count[-1], by_pages[0], by_pages[-1]
    most = f"{last.spent.documents:,} documents against {first.spent.documents}"
    many, few = (f"{grown.spent.documents:,}" for grown in (long, short))
    longest = f"{many} documents of {long.pages} pages against {few} of {short.pages}"
    ratios = [
        _time(f"processor time a document, {most}", last.spent.total_ms / first.spent.total_ms),
        _memory(most, last, first),
        _time(f"processor time a page, {longest}", long.ms_a_page / short.ms_a_page),
        _time("processor time of a further page, the last against the first", _further(by_pages)),
        _memory(longest, long, short),
    ]
    return Part(
        name="growth",
        title="Growth",
        question="Do documents or pages get dearer as there are more of them?",
        tables=[_table("More documents", by_count), _table("Longer documents", by_pages)],
        ratios=ratios,
        notes=["The rate of few documents is mostly the time of the way itself: the first goes it alone."],
        plot=Plot(
            title="Processor time a page",
            across="pages a document",
            up="milliseconds",
            x=[item.pages for item in by_pages],
            series={"all services and servers": [item.ms_a_page for item in by_pages]},
        ),
        figures={
            **{f"{service}_mib": mebibytes for service, mebibytes in last.memory.items()},
            "database_bytes_a_document": bytes_each[0],
            "event_bytes_a_document": bytes_each[1],
        },
        made=made(seconds),
    )


def _further(by_pages: Sequence[Grown]) -> float:
    """Give what a page more takes of the longest documents, to what one takes of the shortest.

    What a document takes by itself is in neither: beside it, pages that get dearer would not be seen.
    """
    return _a_page_more(by_pages[-2], by_pages[-1]) / _a_page_more(by_pages[0], by_pages[1])


def _a_page_more(less: Grown, more: Grown) -> float:
    return (more.spent.total_ms - less.spent.total_ms) / (more.pages - less.pages)


def _time(name: str, value: float) -> Ratio:
    return Ratio.of(name, [value], GOAL, lower_is_better=True, tolerance=TIME_TOLERANCE)


def _memory(what: str, more: Grown, less: Grown) -> Ratio:
    value = sum(more.memory.values()) / sum(less.memory.values())
    return Ratio.of(f"memory, {what}", [value], GOAL, lower_is_better=True, tolerance=MEMORY_TOLERANCE)


def _table(title: str, grown: Sequence[Grown]) -> Table:
    services = list(grown[0].memory)
    columns = ("documents", "pages each", "pages a second", "ms of processor time a page")
    return Table(
        title=title,
        columns=(*columns, *(f"MiB: {service}" for service in services)),
        rows=[
            [
                f"{item.spent.documents:,}",
                str(item.pages),
                f"{item.spent.rate * item.pages:.0f}",
                f"{item.ms_a_page:.2f}",
                *(f"{item.memory[service]:.0f}" for service in services),
            ]
            for item in grown
        ],
    )
