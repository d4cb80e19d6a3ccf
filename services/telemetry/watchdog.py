"""Ends a process that is of no use any more, so that whoever runs it starts it again."""

import faulthandler
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Final, Self

import structlog

from services.telemetry.health import Health, Report

LOOK_SECONDS: Final = 1.0
SAY_SECONDS: Final = 5.0
"""Longest time for the last words: what hangs may be the very pipe that they go to, or hold the lock of the log."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long liveness has failed without a break.

    Looks are counted, not hours: when the whole machine or the process was stopped for a while (a laptop that
    slept, a debugger), the clock has gone on, but the service had no chance to recover.

    Parameters
    ----------
    grace_seconds
        How long liveness may fail.
    failed_looks
        Looks in a row, `LOOK_SECONDS` apart, that found it failing.
    """

    grace_seconds: float
    failed_looks: int = 0

    @property
    def is_over(self) -> bool:
        """It failed for as long as it may."""
        return self.failed_looks > 0 and (self.failed_looks - 1) * LOOK_SECONDS >= self.grace_seconds

    def after(self, *, healthy: bool) -> "Patience":
        """Give what is left after another look."""
        return replace(self, failed_looks=0 if healthy else self.failed_looks + 1)


class Watchdog:
    """Looks at liveness once a second within its `with` block, from a thread, and ends the process if it stays bad.

    Nothing is tidied up: what would do that is what hangs. Offsets that were not committed come again.

    Parameters
    ----------
    grace_seconds
        How long liveness may fail without a break.
    end
        Given the exit status, `os.EX_TEMPFAIL` (75): the supervisor or the orchestrator starts the process again.
    """

    def __init__(self, health: Health, grace_seconds: float, end: Callable[[int], None] = os._exit) -> None:
        self._health = health
        self._grace_seconds = grace_seconds
        self._end = end
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        patience = Patience(self._grace_seconds)
        while not self._stopped.wait(LOOK_SECONDS):
            report = self._health.live()
            patience = patience.after(healthy=report.healthy)
            if patience.is_over:
                _say_why(report)
                self._end(os.EX_TEMPFAIL)
                return


def _say_why(report: Report) -> None:
    last_words = threading.Thread(target=_log_reasons_and_stacks, args=[report], name="last-words", daemon=True)
    last_words.start()
    last_words.join(SAY_SECONDS)


def _log_reasons_and_stacks(report: Report) -> None:
    reasons = {check.name: check.reason for check in report.checks if not check.healthy}
    log.critical("liveness fails for too long, this process ends", reasons=reasons, exit_code=os.EX_TEMPFAIL)
    faulthandler.dump_traceback(all_threads=True)
