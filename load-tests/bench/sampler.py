"""Where a process's time goes: stacks, taken by the clock of its processor time, counted by who called whom.

The kernel's profiling timer counts the time in which the process computes, in any thread, and sends SIGPROF. So a
process that waits is not seen, and what is counted adds up to its processor time. Python runs the handler between two
instructions of the main thread, whose stack is the interrupted one; while the main thread only waits for events, it is
another thread that computes, and its stack is taken. SQLAlchemy runs statements in greenlets, whose stacks end where
they begin: they are continued with the stack of whoever waits for them.
"""

import json
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Final

import greenlet

EVERY_SECONDS: Final = 0.004
WAITING: Final = frozenset({("selectors", "select"), ("threading", "wait"), ("concurrent.futures.thread", "_worker")})
"""Where a thread stands that has nothing to do: module and function of its innermost frame."""

Stack = tuple[str, ...]
"""Functions as `module:function`, the innermost first."""


class Sampler:
    """Counts stacks of this process from `start` until `save`."""

    def __init__(self) -> None:
        self._counts: Counter[Stack] = Counter()
        self._main = threading.main_thread().ident

    def start(self) -> None:
        """Begin; the main thread must call it."""
        signal.signal(signal.SIGPROF, self._take)
        signal.setitimer(signal.ITIMER_PROF, EVERY_SECONDS, EVERY_SECONDS)

    def save(self, file: Path) -> None:
        """Stop, and write what was counted."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        rows = [[count, *stack] for stack, count in self._counts.most_common()]
        file.write_text(json.dumps(rows), "utf-8")

    def _take(self, _number: int, frame: FrameType | None) -> None:
        if frame is not None and not _waits(frame):
            self._counts[stack_of(frame) + _stack_of_waiting()] += 1
            return
        others = [other for thread, other in sys._current_frames().items() if thread != self._main]  # noqa: SLF001
        busy = next((other for other in others if not _waits(other)), None)
        self._counts[("idle",) if busy is None else stack_of(busy)] += 1


def stack_of(frame: FrameType) -> Stack:
    """Name the functions of a stack."""
    return tuple(f"{_module(item)}:{item.f_code.co_qualname}" for item in _outwards(frame))


def _stack_of_waiting() -> Stack:
    """Give the stack of the greenlets that wait for the current one."""
    waiting, stack = greenlet.getcurrent().parent, ()
    while waiting is not None:
        if waiting.gr_frame is not None:
            stack += stack_of(waiting.gr_frame)
        waiting = waiting.parent
    return stack


def read_samples(file: Path) -> Mapping[Stack, int]:
    """Read what `save` wrote."""
    rows: Sequence[Sequence[object]] = json.loads(file.read_text("utf-8"))
    return {tuple(map(str, row[1:])): int(str(row[0])) for row in rows}


def _waits(frame: FrameType) -> bool:
    return (_module(frame), frame.f_code.co_name) in WAITING


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back
