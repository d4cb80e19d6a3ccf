"""Scale-out: inference processes on the partitions of one broker, each with an engine of a fixed time."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bench.ground import letters, new_ground, spread_evenly
from bench.report import Part, Plot, Ratio, Table, made
from bench.running import END_SECONDS, Spent, running_services
from bench.servers import Servers
from faults.background import Background

PROCESSES: Final = (1, 2, 4, 8)
ANSWERS: Final = 2
"""A document is asked about twice: its type, then all else."""
ANSWER_SECONDS: Final = 0.5
"""So that eight engines together stay below what one small machine's processors can read and check."""
IN_FLIGHT: Final = 2
"""Documents in the engine of one process: few, so that eight processes do not need more than the machine has."""
EDGE: Final = 0.1
"""This share of the documents at the beginning and at the end is not looked at: engines fill, and run empty."""
GOAL: Final = 0.95


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: seconds of each engine's work."""

    seconds: float


SHORT: Final = Size(seconds=40)
LONG: Final = Size(seconds=120)


@dataclass(frozen=True, slots=True)
class Scaled:
    """What some processes did.

    Parameters
    ----------
    rate
        Documents a second, while all engines had work.
    """

    processes: int
    rate: float
    spent: Spent

    @property
    def busy(self) -> float:
        """Share of the engines' own limit that is reached."""
        return self.rate / (self.processes * IN_FLIGHT / (ANSWERS * ANSWER_SECONDS))

    @property
    def machine(self) -> float:
        """Share of the machine's processor time that was used."""
        return sum(self.spent.cpu.values()) / self.spent.seconds / (os.cpu_count() or 1)


def measure(servers: Servers, background: Background, size: Size) -> Part:
    """Add processes, and let each number of them work off as much a process."""
    started = time.perf_counter()
    most = max(PROCESSES)
    ground = background.run(new_ground(servers, most), END_SECONDS)
    settings = {
        "BATCH_DOCUMENTS": str(IN_FLIGHT),
        "MAX_SEQUENCES": str(IN_FLIGHT),
        "BENCH_ANSWER_SECONDS": str(ANSWER_SECONDS),
    }
    each = round(size.seconds * IN_FLIGHT / (ANSWERS * ANSWER_SECONDS))
    found: list[Scaled] = []
    with running_services(ground, background, **settings) as services:
        for processes in PROCESSES:
            services.start(processes)
            services.work_off(spread_evenly(letters(most * IN_FLIGHT), most))  # the new ones load what they load once
            begun = services.ended
            spent = services.work_off(spread_evenly(letters(processes * each), most))
            ends = background.run(ground.query("SELECT processed_at FROM postkorb.results ORDER BY 1 OFFSET $1", begun))
            found.append(Scaled(processes, rate_between([row["processed_at"] for row in ends]), spent))
    return _part(found, time.perf_counter() - started)


def rate_between(ends: Sequence[datetime]) -> float:
    """Give the rate of ends in order, without those at the edges.

    Returns
    -------
    float
        A second.
    """
    first, last = int(len(ends) * EDGE), int(len(ends) * (1 - EDGE))
    return (last - first) / (ends[last] - ends[first]).total_seconds()


def _part(found: Sequence[Scaled], seconds: float) -> Part:
    one = found[0]
    linear = {item.processes: item.rate / one.rate / item.processes for item in found}
    table = Table(
        title=f"Engines that take {1000 * ANSWERS * ANSWER_SECONDS:.0f} ms a document and {IN_FLIGHT} at a time",
        columns=("processes", "documents a second", "of linear", "of the engines' limit", "of the machine used"),
        rows=[
            [
                str(item.processes),
                f"{item.rate:.1f}",
                f"{linear[item.processes]:.3f}",
                f"{item.busy:.2f}",
                f"{100 * item.machine:.0f} %",
            ]
            for item in found
        ],
    )
    return Part(
        name="scale-out",
        title="Scale-out",
        question="Do more inference processes do as much more?",
        tables=[table],
        ratios=[
            Ratio.of(f"of linear, {item.processes} processes", [linear[item.processes]], GOAL) for item in found[1:]
        ],
        notes=[
            (
                "Documents have ids by which every partition gets as many. By chance some get more, and with few "
                "documents that, not the processes, would be what is seen."
            )
        ],
        plot=Plot(
            title="Documents a second",
            across="inference processes",
            up="documents a second",
            x=[item.processes for item in found],
            series={"measured": [item.rate for item in found]},
            ideal=[one.rate * item.processes for item in found],
        ),
        figures={f"of_linear_{item.processes}": linear[item.processes] for item in found},
        made=made(seconds),
    )
