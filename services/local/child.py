"""One child process below its reaper: start, wait until it answers, stop."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from services.local import reaper
from services.local.errors import LocalError

TAIL_LINES: Final = 12
POLL_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """How to run a child.

    Parameters
    ----------
    name
        Also the name of its log.
    env
        Added to the environment of this process. Not in `repr`: it may hold passwords.
    restart
        Whether it is started again when it ends.
    ready
        Whether it answers; asked every 50 ms until it says yes. None: it is ready once it runs.
    ready_seconds
        How long that may take.
    stop_signal
        What asks it to end.
    grace_seconds
        How long it may take to end, before it is killed.
    user
        Name of the account that it runs as, when this process is root; None for our own.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    restart: bool = True
    ready: Callable[[], bool] | None = None
    ready_seconds: float = 60
    stop_signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 10
    user: str | None = None


class ChildFailedError(LocalError):
    """A child that ended for good, or never answered.

    Parameters
    ----------
    what
        What happened, as the end of a sentence that begins with its name.
    log
        Its log; the last lines go into the message.
    """

    def __init__(self, name: str, what: str, log: Path) -> None:
        lines = log.read_text("utf-8", errors="replace").splitlines()[-TAIL_LINES:] if log.exists() else []
        super().__init__("\n  ".join([f"{name} {what}; the end of {log}:", *(lines or ["(empty)"])]))
        self.name = name


class Child:
    """A process tree with a session and process group of its own, so Ctrl-C does not reach it.

    Parameters
    ----------
    data_dir
        Its output goes to `logs/<name>.log` there; the log of the run before is kept as `<name>.log.1`.
    """

    def __init__(self, spec: ChildSpec, data_dir: Path) -> None:
        self.spec = spec
        self.log = data_dir.resolve() / "logs" / f"{spec.name}.log"
        self._lock = data_dir.resolve() / "run" / f"{spec.name}.lock"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The leader of its process group; the program itself is the leader's only child."""
        if self._process is None:
            message = f"{self.spec.name} has not been started"
            raise LocalError(message)
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """Exit status (128 + signal if a signal ended it); None while it runs or before it was started."""
        code = self._process.poll() if self._process else None
        return code if code is None or code >= 0 else 128 - code

    @property
    def running(self) -> bool:
        """Whether it has been started and has not ended."""
        return self._process is not None and self.exit_code is None

    def start(self) -> None:
        """Start it; a restart goes on in the same log."""
        if self._process is None:
            self._rotate_log()
        self._lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  (arguments of our own)
                self._argv(),
                env={**os.environ, **self.spec.env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        """Wait until it answers.

        Raises
        ------
        ChildFailedError
            If it ends before, or does not answer in time; it may still run then.
        """
        deadline = time.monotonic() + self.spec.ready_seconds
        while self.spec.ready is not None and not self.spec.ready():
            if not self.running:
                what = f"ended with exit code {self.exit_code} before it answered"
                raise ChildFailedError(self.spec.name, what, self.log)
            if time.monotonic() > deadline:
                what = f"did not answer within {self.spec.ready_seconds:g} s"
                raise ChildFailedError(self.spec.name, what, self.log)
            time.sleep(POLL_SECONDS)

    def ask_to_stop(self) -> None:
        """Send the stop signal; the reaper hands it to the program alone, which ends its own children in order."""
        if self._process is not None:
            self._process.send_signal(self.spec.stop_signal)

    def stop(self) -> None:
        """Ask it to stop, wait as long as its grace allows, then kill its whole tree."""
        if self._process is None:
            return
        self.ask_to_stop()
        try:
            self._process.wait(self.spec.grace_seconds)
        except subprocess.TimeoutExpired:
            reaper.kill_all(reaper.descendants(self.pid))
        self.kill()

    def start_and_wait(self) -> None:
        """Start it and wait until it answers; stop it again if it does not.

        Raises
        ------
        ChildFailedError
            If it ends before, or does not answer in time.
        """
        self.start()
        try:
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def kill(self) -> None:
        """Kill what is left of its group. The reaper has done so, unless it was killed itself."""
        process = self._process
        if process is None:
            return
        if process.poll() is None:
            try:
                process.wait(1)  # its tree is dead: it is about to end
            except subprocess.TimeoutExpired:
                process.kill()
        with suppress(ProcessLookupError):  # nothing is left
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _argv(self) -> list[str]:
        spec = self.spec
        options = [
            f"--supervisor={os.getpid()}",
            f"--lock={self._lock}",
            f"--stop-signal={int(spec.stop_signal)}",
            f"--grace={spec.grace_seconds}",
            *([f"--user={spec.user}"] if spec.user else []),
        ]
        return [sys.executable, "-I", "-S", str(Path(reaper.__file__)), *options, "--", *spec.argv]

    def _rotate_log(self) -> None:
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.log.exists():
            self.log.replace(self.log.with_name(f"{self.log.name}.1"))
        self.log.touch(mode=0o600)
