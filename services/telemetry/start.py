"""The steps of a service's start: each has a line in the log, and a limit, so that a start that hangs cannot last."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import structlog

from services.telemetry.health import Check

NAME: Final = "start"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Step:
    name: str
    limit_seconds: float
    moved: float


class Start:
    """Which step a start is at. Steps come one after the other.

    Parameters
    ----------
    clock
        Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._step: _Step | None = None  # replaced as a whole, so any thread may read it

    @contextmanager
    def step(self, name: str, limit_seconds: float) -> Iterator[None]:
        """Do a step; an error in it is for others to tell.

        Parameters
        ----------
        limit_seconds
            How long it may go without progress.
        """
        began = self._clock()
        self._step = _Step(name, limit_seconds, began)
        log.info("start step begins", step=name, limit_seconds=limit_seconds)
        try:
            yield
            log.info("start step done", step=name, seconds=round(self._clock() - began, 1))
        finally:
            self._step = None

    def progress(self, what: str, last_time_seconds: float | None = None) -> None:
        """Say what the present step is at now, and how long that took the last time: its limit counts from here."""
        if step := self._step:
            self._step = _Step(step.name, step.limit_seconds, self._clock())
            log.info("start step goes on", step=step.name, what=what, last_time_seconds=last_time_seconds)

    def check(self) -> Check:
        """Probe: no step has gone without progress for longer than it may."""
        step = self._step
        if step is None:
            return Check(NAME, healthy=True, reason="")
        age = self._clock() - step.moved
        reason = f"{step.name}: no progress for {age:.0f} s, limit {step.limit_seconds:g} s (POSTKORB_START_SECONDS)"
        return Check(NAME, age < step.limit_seconds, reason)
