"""Scale-out: inference processes on the partitions of one broker, each with an engine of a fixed time.

First with engines that leave most of the machine alone, then with engines that together want more than it has: the
machine's own limit is to be seen, and that nothing else comes before it.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bench.ground import letters, new_ground, spread_evenly
from bench.machine import used_between, watched
from bench.report import Part, Plot, Ratio, Table, made
from bench.running import END_SECONDS, running_services
from bench.servers import Servers
from faults.background import Background

PROCESSES: Final = (1, 2, 4, 8)
ANSWERS: Final = 2
"""A document is asked about twice: its type, then all else."""
ANSWER_SECONDS: Final = 0.5
"""Long beside what a document takes around the engine: what it waits for a processor is little of it."""
IN_FLIGHT: Final = 2
"""Documents in the engine of one process: few, so that eight processes do not need more than the machine has."""
BEYOND: Final = 2.0
"""How many times the machine's limit eight engines want in the second series; four want as much as there is."""
MOST_IN_FLIGHT: Final = 1000
"""The greatest batch that settings take."""
USED_UP: Final = 0.85
"""From this share of its processor time on the machine is the limit: processors wait a little for each other."""
EDGE: Final = 0.1
"""This share of the documents at the beginning and at the end is not looked at: engines fill, and run empty."""
GOAL: Final = 0.95
TOLERANCE: Final = 0.03
"""Single rounds on two machines gave 0.994 to 1.012: engines that sleep, on a machine that has room, differ little."""


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
    in_flight
        Documents in the engine of each.
    rate
        Documents a second, while all engines had work.
    machine
        Share of the machine's processor time that was used, by whomever, in the same time.
    """

    processes: int
    in_flight: int
    rate: float
    machine: float

    @property
    def busy(self) -> float:
        """Share of the engines' own limit that is reached."""
        return self.rate / (self.processes * self.in_flight / (ANSWERS * ANSWER_SECONDS))

    @property
    def uses_it_up(self) -> bool:
        """Whether the machine is the limit."""
        return self.machine >= USED_UP

    @property
    def limit(self) -> str:
        """Say what more documents wait for."""
        if self.uses_it_up:
            return "the machine"
        return "the engines" if self.busy >= GOAL else "neither"


def measure(servers: Servers, background: Background, size: Size) -> Part:
    """Measure with engines that the machine has room for, then with engines that it has not."""
    started = time.perf_counter()
    below = _series(servers, background, size, IN_FLIGHT)
    beyond = _series(servers, background, size, in_flight_beyond(below[-1]))
    return _part(below, beyond, time.perf_counter() - started)


def in_flight_beyond(found: Scaled) -> int:
    """Give the documents in each engine with which as many processes want more than the machine has."""
    return min(math.ceil(BEYOND * found.in_flight / found.machine), MOST_IN_FLIGHT)


def _series(servers: Servers, background: Background, size: Size, in_flight: int) -> list[Scaled]:
    """Add processes, and let each number of them work off as much a process."""
    most = max(PROCESSES)
    ground = background.run(new_ground(servers, most), END_SECONDS)
    settings = {
        "BATCH_DOCUMENTS": str(in_flight),
        "MAX_SEQUENCES": str(in_flight),
        "BENCH_ANSWER_SECONDS": str(ANSWER_SECONDS),
    }
    each = round(size.seconds * in_flight / (ANSWERS * ANSWER_SECONDS))
    found: list[Scaled] = []
    with running_services(ground, background, **settings) as services:
        for processes in PROCESSES:
            services.start(processes)
            services.work_off(spread_evenly(letters(most * in_flight), most))  # the new ones load what they load once
            begun = services.ended
            with watched() as looks:
                services.work_off(spread_evenly(letters(processes * each), most))
            rows = background.run(ground.query("SELECT processed_at FROM postkorb.results ORDER BY 1 OFFSET $1", begun))
            inner = without_edges([row["processed_at"] for row in rows])
            found.append(Scaled(processes, in_flight, rate_of(inner), used_between(looks, inner[0], inner[-1])))
    return found


def without_edges(ends: Sequence[datetime]) -> Sequence[datetime]:
    """Leave out the first and the last of ends in order."""
    return ends[int(len(ends) * EDGE) : int(len(ends) * (1 - EDGE)) + 1]


def rate_of(ends: Sequence[datetime]) -> float:
    """Give the rate of ends in order, a second."""
    return (len(ends) - 1) / (ends[-1] - ends[0]).total_seconds()


def _part(below: Sequence[Scaled], beyond: Sequence[Scaled], seconds: float) -> Part:
    linear = _linear(below)
    return Part(
        name="scale-out",
        title="Scale-out",
        question="Do more inference processes do as much more, until the machine is the limit?",
        tables=[_table(below), _table(beyond)],
        ratios=[
            *(
                Ratio.of(f"of linear, {item.processes} processes", [linear[item.processes]], GOAL, tolerance=TOLERANCE)
                for item in below[1:]
            ),
            *_before_the_limit(beyond),
        ],
        notes=[
            _where_the_limit_begins(beyond),
            (
                "Documents have ids by which every partition gets as many. By chance some get more, and with few "
                "documents that, not the processes, would be what is seen."
            ),
        ],
        plot=Plot(
            title="Documents a second, until the machine is used up",
            across="inference processes",
            up="documents a second",
            x=[item.processes for item in beyond],
            series={"measured": [item.rate for item in beyond]},
            ideal=[beyond[0].rate * item.processes for item in beyond],
        ),
        figures={f"of_linear_{processes}": value for processes, value in linear.items()},
        made=made(seconds),
    )


def _linear(found: Sequence[Scaled]) -> dict[int, float]:
    """Give each number of processes' rate, of as many times the rate of one."""
    return {item.processes: item.rate / found[0].rate / item.processes for item in found}


def _before_the_limit(beyond: Sequence[Scaled]) -> list[Ratio]:
    linear = _linear(beyond)
    before = [linear[item.processes] for item in beyond[1:] if not item.uses_it_up]
    return [Ratio.of("of linear, the least before the machine is the limit", [min(before)], GOAL)] if before else []


def _where_the_limit_begins(beyond: Sequence[Scaled]) -> str:
    first = next((item for item in beyond if item.uses_it_up), None)
    if first is None:
        used = max(item.machine for item in beyond)
        return f"The machine was not the limit of any number of processes: {100 * used:.0f} % of it were used at most."
    return (
        f"The machine is the limit from {first.processes} processes on: {100 * first.machine:.0f} % of its processor "
        f"time are used there, at {first.rate:.1f} documents a second."
    )


def _table(found: Sequence[Scaled]) -> Table:
    linear, in_flight = _linear(found), found[0].in_flight
    columns = ("processes", "documents a second", "of linear", "of the engines' limit", "of the machine used", "limit")
    return Table(
        title=f"Engines that take {1000 * ANSWERS * ANSWER_SECONDS:.0f} ms a document and {in_flight} at a time",
        words=(0, len(columns) - 1),
        columns=columns,
        rows=[
            [
                str(item.processes),
                f"{item.rate:.1f}",
                f"{linear[item.processes]:.3f}",
                f"{item.busy:.2f}",
                f"{100 * item.machine:.0f} %",
                item.limit,
            ]
            for item in found
        ],
    )
