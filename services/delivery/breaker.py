"""Stops consumption when nearly every document fails for the same reason: then the fault is ours, not theirs."""

import enum
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Final

import structlog

from schemas.events import ErrorCode

log = structlog.get_logger(__name__)

OURS: Final = frozenset(
    {
        ErrorCode.URI_UNREACHABLE,
        ErrorCode.ANSWER_INVALID,
        ErrorCode.ANSWER_CUT_OFF,
        ErrorCode.ANSWER_TIMEOUT,
        ErrorCode.ENGINE_REFUSED,
        ErrorCode.ENGINE_DIED,
        ErrorCode.INTERNAL_ERROR,
    }
)
"""Codes whose cause may lie in the deployment; the others lie in the document: many encrypted ones stop nothing."""

WINDOW: Final = 20
LEAST: Final = 10
"""Outcomes without which nothing is concluded."""
PART: Final = 0.9
"""Of the window: nearly every document."""
FIRST_SECONDS: Final = 5.0
MOST_SECONDS: Final = 60.0
"""Between probes: the first, doubled each time, and the longest."""


class Admission(enum.Enum):
    """How many documents may be begun now."""

    ALL = "all"
    ONE = "one"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Outage:
    """Why the breaker is open.

    Parameters
    ----------
    code
        What nearly every document failed for.
    reason
        The same for people.
    since
        Seconds of the monotonic clock.
    """

    code: ErrorCode
    reason: str
    since: float


class Breaker:
    """Closed while documents succeed; open when they fail alike; probes with one document at a time until one does not.

    Parameters
    ----------
    clock
        Seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._window: deque[ErrorCode | None] = deque(maxlen=WINDOW)
        self._outage: Outage | None = None
        self._wait = FIRST_SECONDS
        self._probe_at = 0.0
        self._probing = False

    @property
    def outage(self) -> Outage | None:
        """Why consumption is stopped; None if it is not. Safe to ask from another thread."""
        return self._outage

    def admission(self) -> Admission:
        """Say how many documents may be begun; one is a probe, whose outcome must be told."""
        if self._outage is None:
            return Admission.ALL
        if self._probing or self._clock() < self._probe_at:
            return Admission.NONE
        return Admission.ONE

    def probe(self) -> None:
        """Note that a probe was begun: until its outcome is there, no other one is."""
        self._probing = True

    def succeeded(self) -> None:
        """Note a document that was done: the deployment works."""
        self._probing = False
        self._window.append(None)
        if self._outage:
            log.info("the breaker closes, consumption goes on", seconds=round(self._clock() - self._outage.since))
            self._outage = None
            self._window.clear()
            self._wait = FIRST_SECONDS

    def neutral(self) -> None:
        """Note a record that says nothing of the deployment: poison, or done before."""
        self._probing = False

    def failed(self, code: ErrorCode) -> None:
        """Note a document that failed, for good or to be tried again."""
        if code not in OURS:
            self.neutral()
            return
        self._window.append(code)
        if self._outage:
            if self._probing:
                self._wait = min(MOST_SECONDS, 2 * self._wait)
                self._probe_at = self._clock() + self._wait
        elif common := self._common_code():
            self.trip(common, f"nearly every document fails with {common.value}")
        self._probing = False

    def trip(self, code: ErrorCode, reason: str) -> None:
        """Open at once: what documents need is known to be away."""
        if self._outage is None:
            self._outage = Outage(code, reason, self._clock())
            self._probe_at = self._clock() + self._wait
            log.error("the breaker opens, consumption stops", code=code.value, reason=reason)

    def _common_code(self) -> ErrorCode | None:
        if len(self._window) < LEAST:
            return None
        code, count = Counter(self._window).most_common(1)[0]
        return code if count >= PART * len(self._window) else None
