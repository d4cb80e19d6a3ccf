"""Whether the database is away, since when and why, and saying so."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import structlog

log = structlog.get_logger(__name__)

REMINDER_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Away:
    """The database cannot work.

    Parameters
    ----------
    since
        When that was seen first, in seconds of `time.monotonic`.
    reason
        What was seen last; one line, without values.
    """

    since: float
    reason: str


class Outage:
    """What the transactions of one database saw of it.

    Parameters
    ----------
    clock
        Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.away: Away | None = None
        """Replaced as a whole, so any thread may read it."""
        self._clock = clock
        self._waiting = 0
        self._said = 0.0

    @property
    def has_waiting(self) -> bool:
        """Whether a transaction waits for the database to come back."""
        return self._waiting > 0

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Count a transaction that waits."""
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    def failed(self, reason: str) -> None:
        """Note that the database could not work; said the first time, then every `REMINDER_SECONDS` at most."""
        now = self._clock()
        before = self.away
        self.away = Away(before.since if before else now, reason)
        if before and now - self._said < REMINDER_SECONDS:
            return
        self._said = now
        seconds = round(now - self.away.since, 1)
        log.warning("the database is away", reason=reason, seconds=seconds, transactions_waiting=self._waiting)

    def succeeded(self) -> None:
        """Note that the database works."""
        if self.away is None:
            return
        seconds = round(self._clock() - self.away.since, 1)
        self.away = None
        log.info("the database is back", seconds=seconds)
