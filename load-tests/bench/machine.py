"""How much of the machine is used, by whomever: the services, the servers, what hands documents in, the system."""

import threading
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import psutil

EVERY: Final = 0.25
"""Seconds between two looks."""


@dataclass(frozen=True, slots=True)
class Look:
    """Seconds of all processors since the machine began: those in which one had nothing to do, and all."""

    at: datetime
    idle: float
    total: float


@contextmanager
def watched() -> Iterator[Sequence[Look]]:
    """Look at the machine until the block ends; give the looks, of which there are more as it goes on."""
    looks, over = [_look()], threading.Event()

    def watch() -> None:
        while not over.wait(EVERY):
            looks.append(_look())

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield looks
    finally:
        over.set()
        thread.join()
        looks.append(_look())


def used_between(looks: Sequence[Look], begin: datetime, end: datetime) -> float:
    """Give the share of the machine, 0 to 1, that was not idle between the looks nearest after two times."""
    times = [look.at for look in looks]
    first, last = (looks[min(bisect_left(times, time), len(looks) - 1)] for time in (begin, end))
    return 1 - (last.idle - first.idle) / (last.total - first.total)


def _look() -> Look:
    times = psutil.cpu_times()
    return Look(datetime.now(UTC), times.idle + times.iowait, sum(times) - times.guest - times.guest_nice)
