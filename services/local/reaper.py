"""A tiny parent for one child: when the child or the supervisor ends, nothing of the child's tree is left.

The kernel's parent-death signal reaches direct children alone, and a grandchild (vLLM's engine core, a backend of
PostgreSQL) may outlive its parent. So each child runs below this process, which adopts orphans (a subreaper), watches
the supervisor through a pidfd, forwards SIGTERM and SIGINT to the child only, and kills what is left at the end.

It is started as a file (`python -I -S reaper.py …`), so it imports the standard library only.
"""

import argparse
import ctypes
import fcntl
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

PR_SET_PDEATHSIG: Final = 1
PR_SET_CHILD_SUBREAPER: Final = 36
FORWARDED: Final = (signal.SIGTERM, signal.SIGINT)


def descendants(root: int) -> list[int]:
    """List the processes below `root`, parents first."""
    children: dict[int, list[int]] = {}
    for pid, parent in _processes():
        children.setdefault(parent, []).append(pid)
    found = [root]
    for pid in found:  # grows while it is walked: breadth first
        found.extend(children.get(pid, ()))
    return found[1:]


def _processes() -> Iterator[tuple[int, int]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (fields := stat_fields(int(folder.name))):
            yield int(folder.name), int(fields[1])


def stat_fields(pid: int) -> list[str]:
    """Read the fields of `/proc/PID/stat` from the third (state) on; empty if there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
        return []
    return text.rpartition(")")[2].split()


def kill_all(pids: Sequence[int]) -> None:
    """Send SIGKILL to each process; one that has ended is as good as killed."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def main() -> int:
    """Run the child; the exit status is the child's, or 128 + the signal that ended it."""
    options = _read_arguments()
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    supervisor = os.pidfd_open(options.supervisor)
    if os.getppid() != options.supervisor:
        return os.EX_TEMPFAIL  # the supervisor ended before we could watch it
    wake = _listen()
    lock = _lock(options.lock, options.grace + 5, supervisor)
    if lock is None:
        sys.stderr.write(f"another process still holds {options.lock}\n")
        return os.EX_TEMPFAIL
    child = subprocess.Popen(  # noqa: S603  (running what it is given is its work)
        options.argv,
        user=options.user,
        group=options.user,
        extra_groups=[] if options.user else None,
        # The reaper itself may be killed with -9.
        preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0),  # noqa: PLW1509  (one thread only)
    )
    status = _watch(child.pid, supervisor, wake, options)
    _kill_rest()
    return status


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--supervisor", type=int, required=True)
    parser.add_argument("--lock", required=True)
    parser.add_argument("--stop-signal", type=int, required=True)
    parser.add_argument("--grace", type=float, required=True)
    parser.add_argument("--user")
    parser.add_argument("argv", nargs="+")
    return parser.parse_args()


def _listen() -> int:
    read, write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(write)
    for number in (*FORWARDED, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)  # the wakeup pipe tells which one came
    return read


def _lock(path: str, seconds: float, supervisor: int) -> int | None:
    """Wait until no older child of this name lives: its reaper holds the lock to its end."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if select.select([supervisor], [], [], 0.05)[0]:
                return None
        else:
            return lock
    return None


def _watch(child: int, supervisor: int, wake: int, options: argparse.Namespace) -> int:
    """Forward signals until the child ends; give its exit status."""
    poll = select.poll()
    poll.register(supervisor, select.POLLIN)
    poll.register(wake, select.POLLIN)
    deadline: float | None = None
    while True:
        left = None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000
        ready = {descriptor for descriptor, _ in poll.poll(left)}
        if supervisor in ready:
            poll.unregister(supervisor)
            os.kill(child, options.stop_signal)
            deadline = time.monotonic() + options.grace
        if wake in ready:
            for number in os.read(wake, 512):
                if number in FORWARDED:
                    os.kill(child, number)
        status = _reap(child)
        if status is not None:
            return status
        if deadline is not None and time.monotonic() >= deadline:
            kill_all(descendants(os.getpid()))


def _reap(child: int) -> int | None:
    """Collect all that have ended, adopted orphans too; give the child's exit status if it is among them."""
    status = None
    while True:
        try:
            pid, code = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return status
        if pid == 0:
            return status
        if pid == child:
            code = os.waitstatus_to_exitcode(code)
            status = code if code >= 0 else 128 - code


def _kill_rest() -> None:
    while rest := descendants(os.getpid()):
        kill_all(rest)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


if __name__ == "__main__":
    sys.exit(main())
