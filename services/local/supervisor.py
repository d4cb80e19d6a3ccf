"""Runs the children of one machine: starts them in order, starts the dead ones again, stops them in reverse order."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import structlog

from services.local.child import Child, ChildFailedError, ChildSpec

FIRST_DELAY_SECONDS: Final = 0.5
LONGEST_DELAY_SECONDS: Final = 10.0
STABLE_SECONDS: Final = 30.0
"""A child that ran this long is taken for healthy: its next restart waits the first delay again."""

STOPPING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class StartAgain:
    """The child is started again after a delay, in seconds."""

    delay: float


@dataclass(frozen=True, slots=True)
class Done:
    """The child has done its work."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The child failed for good; `what` ends a sentence that begins with its name."""

    what: str


def after_exit(spec: ChildSpec, code: int, deaths: int) -> StartAgain | Done | Failed:
    """Decide what follows the end of a child.

    Parameters
    ----------
    code
        Exit status; `os.EX_CONFIG` (78) says that a setting is wrong, which no restart cures.
    deaths
        How often it has ended in a row before, without a stable time in between.
    """
    if code == os.EX_CONFIG:
        return Failed("refuses its settings")
    if spec.restart:
        return StartAgain(min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** min(deaths, 10)))
    return Done() if code == 0 else Failed(f"ended with exit code {code}")


class Supervisor:
    """Runs children within an `async with`, whose end stops them in reverse order.

    SIGINT, SIGTERM and SIGHUP end the block quietly (`stopped_by` tells which one came); a child that fails for good
    ends it with `ChildFailedError`. If this process is killed, the reapers stop the children.

    Parameters
    ----------
    on_change
        Told the process ids by name, in order of their start, whenever one has changed.
    """

    def __init__(self, data_dir: Path, on_change: Callable[[Mapping[str, int]], None] = lambda _: None) -> None:
        self.stopped_by: signal.Signals | None = None
        self._data_dir = data_dir
        self._on_change = on_change
        self._children: list[Child] = []
        self._watches: list[asyncio.Task[None]] = []
        self._body: asyncio.Task[object] | None = None
        self._failure: Exception | None = None
        self._interrupted = False

    @property
    def pids(self) -> Mapping[str, int]:
        """Process group of each child by its name; 0 for one that does not run at the moment."""
        return {child.spec.name: child.pid if child.running else 0 for child in self._children}

    async def start(self, spec: ChildSpec) -> None:
        """Start a child, wait until it answers, and keep it running from then on.

        Raises
        ------
        ChildFailedError
            If it ends before it answers, or does not answer in time.
        """
        child = Child(spec, self._data_dir)
        self._children.append(child)
        child.start()
        await asyncio.to_thread(child.wait_until_ready)
        self._on_change(self.pids)
        self._watches.append(asyncio.create_task(self._watch(child), name=f"watch {spec.name}"))

    async def wait(self) -> None:
        """Wait until a signal or a failure ends the block."""
        await asyncio.get_running_loop().create_future()

    async def __aenter__(self) -> Self:
        self._body = asyncio.current_task()
        for number in STOPPING:
            if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # nohup ignores it
                asyncio.get_running_loop().add_signal_handler(number, self._on_signal, number)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> bool:
        ours = self._interrupted and kind is asyncio.CancelledError and self._body is not None
        if ours and self._body:
            self._body.uncancel()
        self._interrupted = True  # a further signal must not interrupt the stop
        await self._stop()
        for number in STOPPING:
            asyncio.get_running_loop().remove_signal_handler(number)
        if self._failure and (ours or kind is None):
            raise self._failure
        return ours

    def _on_signal(self, number: signal.Signals) -> None:
        self.stopped_by = self.stopped_by or number
        self._interrupt()

    def _interrupt(self) -> None:
        if self._body and not self._interrupted:
            self._interrupted = True
            self._body.cancel()

    async def _watch(self, child: Child) -> None:
        try:
            await self._keep_running(child)
        except Exception as error:  # noqa: BLE001  (raised again where the block ends)
            self._failure = self._failure or error
            self._interrupt()

    async def _keep_running(self, child: Child) -> None:
        deaths = 0
        while True:
            started = time.monotonic()
            code = await exited(child)
            child.kill()
            deaths = 0 if time.monotonic() - started >= STABLE_SECONDS else deaths
            match after_exit(child.spec, code, deaths):
                case Done():
                    self._on_change(self.pids)
                    return
                case Failed(what):
                    raise ChildFailedError(child.spec.name, what, child.log)
                case StartAgain(delay):
                    log.warning("child ended, starts again", child=child.spec.name, exit_code=code, delay_seconds=delay)
                    await asyncio.sleep(delay)
                    child.start()
                    deaths += 1
                    self._on_change(self.pids)

    async def _stop(self) -> None:
        for watch in self._watches:
            watch.cancel()
        await asyncio.gather(*self._watches, return_exceptions=True)
        for child in reversed(self._children):
            await asyncio.to_thread(child.stop)


async def exited(child: Child) -> int:
    """Wait until a started child has ended, without a thread; give its exit status."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    while (code := child.exit_code) is None:
        descriptor = os.pidfd_open(child.pid)
        loop.add_reader(descriptor, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(descriptor)
            os.close(descriptor)
    return code
