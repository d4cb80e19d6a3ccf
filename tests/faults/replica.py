"""One service as a real process, and the supervision that starts it again when it dies."""

import asyncio
import json
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import httpx
import psutil
from faults.background import Background
from faults.servers import program_of
from faults.waiting import wait_until

from services.local.child import Child, ChildSpec
from services.local.supervisor import exited
from services.telemetry.state import State, read_state

START_AGAIN_SECONDS: Final = 0.2
READY_SECONDS: Final = 90
END_SECONDS: Final = 60
LAUNCHER: Final = Path(__file__).with_name("launcher.py")


class Replica:
    """A process of one service with a data folder of its own; its log is `folder/logs/<service>.log`.

    Parameters
    ----------
    settings
        Environment without the prefix `POSTKORB_`. A name that begins with `FAULT_` goes as it is, and the service is
        started by `launcher.py`, which changes a constant of the product accordingly; see there.
    """

    launcher = LAUNCHER
    aside = "FAULT_"
    """What begins so is for the launcher."""

    def __init__(
        self, service: str, name: str, folder: Path, settings: Mapping[str, str], background: Background
    ) -> None:
        self.service = service
        self.name = name
        self.folder = folder
        self.exits: list[int] = []
        self.restarts = 0
        self._made = dict(settings)
        self._settings = dict(settings)
        # Services start dozens of times here: half of a start is compiling, where nothing was compiled before.
        self._compiled_once = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder.parent / "compiled")}
        self._background = background
        self._wanted = False
        self._child: Child | None = None
        self._watch: asyncio.Task[None] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def program(self) -> psutil.Process:
        """The service's own process, below its reaper; waits for it where it is just being started."""
        program = self._await_program()
        assert program is not None, f"{self.name} is stopped"
        return program

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self._child is not None and self._child.running

    @property
    def running_as_made(self) -> bool:
        """Whether it runs, is not frozen, and has the settings that it was made with."""
        program = self._find_program()
        frozen = program is not None and program.status() == psutil.STATUS_STOPPED
        return self.running and self._wanted and not frozen and self._settings == self._made

    @property
    def is_ready(self) -> bool:
        """Whether the process that runs now says that it is ready."""
        return self._says(State.READY)

    @property
    def is_stopping(self) -> bool:
        """Whether the process that runs now says that it was told to stop."""
        return self._says(State.STOPPING)

    def start(self, **changes: str) -> None:
        """Start it, and start it again whenever it ends, until `stop`; changed settings stay changed."""
        assert not self.running, f"{self.name} runs already"
        self._settings |= changes
        self._background.run(self._start())

    def restore_settings(self) -> None:
        """Give it the settings back that it was made with, for its next start."""
        self._settings = dict(self._made)

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        """Wait until the process that runs now is ready."""
        wait_until(lambda: self.is_ready, seconds, f"{self.name} is not ready", self._why_not_ready)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the service itself: SIGKILL, SIGSTOP, SIGCONT, … Supervision starts a dead one again."""
        with suppress(psutil.NoSuchProcess):  # it ended by itself at this very moment
            if program := self._await_program():
                program.send_signal(number)

    def kill(self) -> None:
        """Send SIGKILL; it is started again."""
        self.send(signal.SIGKILL)

    def ask_to_stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Send SIGTERM or another signal; it is not started again."""
        self._background.run(self._want_no_more())
        self.send(number)
        self.send(signal.SIGCONT)  # it may be frozen

    def wait_for_end(self, seconds: float = END_SECONDS) -> int:
        """Wait for the end after `ask_to_stop`; give the exit status (128 + signal if a signal ended it)."""
        if self._child is None:  # it was never started
            return 0
        wait_until(lambda: not self.running, seconds, f"{self.name} does not end", self.log)
        self._child.kill()
        return self._child.exit_code or 0

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Stop it for good (or until `start`), and give the exit status."""
        self.ask_to_stop(number)
        return self.wait_for_end()

    def health(self, path: str) -> httpx.Response | None:
        """Ask `/livez`, `/readyz` or `/metrics`; None if nothing answers."""
        try:
            url = json.loads((self.folder / "run" / f"{self.service}.json").read_text("utf-8"))["health_url"]
            return httpx.get(f"{url.rstrip('/')}{path}", timeout=5, trust_env=False)
        except (OSError, ValueError, KeyError, httpx.TransportError):
            return None

    def log(self, lines: int = 12) -> str:
        """End of its log, each line cut."""
        if self._child is None or not self._child.log.exists():
            return ""
        text = self._child.log.read_text("utf-8", errors="replace")
        return "\n".join(line[:400] for line in text.splitlines()[-lines:])

    def _why_not_ready(self) -> str:
        said, program, answer = read_state(self.folder, self.service), self._find_program(), self.health("/readyz")
        health = "does not answer" if answer is None else answer.text
        return f"{self.log()}\nstate: {said}\nprogram: {program}\n/readyz: {health}"

    def _says(self, state: State) -> bool:
        said, program = read_state(self.folder, self.service), self._find_program()
        return said is not None and said.state is state and program is not None and said.pid == program.pid

    def _find_program(self) -> psutil.Process | None:
        try:
            return program_of(self._child) if self.running else None
        except (LookupError, psutil.NoSuchProcess):  # just being started, or just ended
            return None

    def _await_program(self) -> psutil.Process | None:
        """Wait until it runs; None if it has ended and is not started again."""
        found: list[psutil.Process] = []

        def is_decided() -> bool:
            found[:] = [program] if (program := self._find_program()) else []
            return bool(found) or not (self.running or self._wanted)

        wait_until(is_decided, READY_SECONDS, f"{self.name} does not run", self.log)
        return found[0] if found else None

    def _spec(self) -> ChildSpec:
        with_launcher = any(name.startswith(self.aside) for name in self._settings)
        program = [str(self.launcher)] if with_launcher else ["-m", "services.cli"]
        settings = {**self._settings, "DATA_DIR": str(self.folder)}
        env = {name if name.startswith(self.aside) else f"POSTKORB_{name}": text for name, text in settings.items()}
        argv = (sys.executable, *program, "run", self.service)
        return ChildSpec(self.service, argv, env | self._compiled_once, grace_seconds=40)

    # What follows happens on the background's loop alone, one thing at a time.

    async def _start(self) -> None:
        self._wanted = True
        self._child = Child(self._spec(), self.folder)
        self._child.start()
        self._watch = self._background.loop.create_task(self._keep_running(self._child))

    async def _want_no_more(self) -> None:
        self._wanted = False

    async def _keep_running(self, child: Child) -> None:
        while True:
            self.exits.append(await exited(child))
            await asyncio.to_thread(child.kill)
            await asyncio.sleep(START_AGAIN_SECONDS)
            if child is not self._child or not self._wanted:
                return
            child.start()
            self.restarts += 1
