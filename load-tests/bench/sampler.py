"""Where a process's time goes: stacks, weighed by the processor time that their thread took, by who called whom.

The main thread has a timer that counts the time in which it computes itself, and sends it SIGPROF. Python runs the
handler between two instructions of that thread, whose stack is the interrupted one. It must not be a timer of the whole
process: while another thread computes, the main thread mostly waits for Python's lock, and the handler would find it
there, in whatever call it had let go of the lock.

Other threads are looked at by the same handler. They stand then where the lock was taken from them, and get the time
that their own clocks have gone on by. One that waits, or hands over a result, has finished what took it: its time is
added to what it is found at next. So each thread has its whole time, and what waits has none.

SQLAlchemy runs statements in greenlets, whose stacks end where they begin: they are continued with the stack of whoever
waits for them.
"""

import ctypes
import json
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Final

import greenlet

EVERY_SECONDS: Final = 0.004
WAITING: Final = frozenset(
    {
        ("selectors", "select"),
        ("threading", "wait"),
        ("concurrent.futures.thread", "_worker"),
        ("asyncio.selector_events", "_write_to_self"),
    }
)
"""Where a thread stands that has nothing to do, or that wakes the event loop up as it is done: module and function of
its innermost frame."""

Stack = tuple[str, ...]
"""Functions as `module:function`, the innermost first."""


class Sampler:
    """Counts the microseconds of stacks of this process from `start` until `save`."""

    def __init__(self) -> None:
        self._counts: Counter[Stack] = Counter()
        self._seen: dict[int, int] = {}
        self._main = threading.get_ident()
        self._timer: ThreadTimer | None = None

    def start(self) -> None:
        """Begin; the main thread must call it, and make the sampler."""
        self._seen = {thread: _microseconds(thread) for thread in sys._current_frames()}  # noqa: SLF001
        signal.signal(signal.SIGPROF, self._take)
        self._timer = ThreadTimer(signal.SIGPROF)
        self._timer.set(EVERY_SECONDS)

    def save(self, file: Path) -> None:
        """Stop, and write what was counted."""
        if self._timer:
            self._timer.set(0)
        rows = [[count, *stack] for stack, count in self._counts.most_common()]
        file.write_text(json.dumps(rows), "utf-8")

    def _take(self, _number: int, frame: FrameType | None) -> None:
        if frame is not None:
            self._count(self._main, stack_of(frame) + _stack_of_waiting())
        for thread, other in sys._current_frames().items():  # noqa: SLF001
            if thread != self._main and not _waits(other):
                self._count(thread, stack_of(other))
        self._seen[self._main] = _microseconds(self._main)  # what this took is nobody's

    def _count(self, thread: int, stack: Stack) -> None:
        now, seen = _microseconds(thread), self._seen.get(thread, 0)
        self._counts[stack] += now - seen if now >= seen else now  # else it is a new thread that has its name
        self._seen[thread] = now


class ThreadTimer:
    """Sends a signal to the thread that made it, whenever it has computed for some time; Python has none."""

    def __init__(self, number: signal.Signals) -> None:
        event = _SignalEvent(number=number, notify=_THREAD_ID, thread=threading.get_native_id())
        self._id = ctypes.c_void_p()
        _checked(_LIBRARY.timer_create(time.CLOCK_THREAD_CPUTIME_ID, ctypes.byref(event), ctypes.byref(self._id)))

    def set(self, seconds: float) -> None:
        """Send it every so many seconds; 0: no more."""
        nanoseconds = round(seconds * 1e9)
        times = (ctypes.c_long * 4)(*divmod(nanoseconds, 10**9), *divmod(nanoseconds, 10**9))
        _checked(_LIBRARY.timer_settime(self._id, 0, times, None))


class _SignalEvent(ctypes.Structure):
    """`struct sigevent`, of 64 bytes."""

    _fields_ = (
        ("value", ctypes.c_void_p),
        ("number", ctypes.c_int),
        ("notify", ctypes.c_int),
        ("thread", ctypes.c_int),
        ("rest", ctypes.c_char * 44),
    )


_LIBRARY: Final = ctypes.CDLL(None, use_errno=True)
_THREAD_ID: Final = 4
"""SIGEV_THREAD_ID: the signal goes to one thread."""


def _checked(result: int) -> None:
    if result:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


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


def _microseconds(thread: int) -> int:
    """Give the processor time that a thread has taken."""
    return time.clock_gettime_ns(time.pthread_getcpuclockid(thread)) // 1000


def _waits(frame: FrameType) -> bool:
    return (_module(frame), frame.f_code.co_name) in WAITING


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back
