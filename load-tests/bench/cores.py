"""Cores: the engine on one of its own, and all else on the others, as where it has a card or a machine of its own.

On few cores broker, database and services take what the engine would compute with. How much a service leaves of an
engine that shares nothing with it, only cores apart can tell; bare vLLM has the same one.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

import psutil
from bench.servers import Servers

ENGINE: Final = "EngineCore"
"""In the command line of the process in which vLLM computes."""


def one_thread() -> None:
    """Have an engine that is loaded from now on compute with one thread."""
    os.environ["OMP_NUM_THREADS"] = "1"


def part(servers: Servers) -> None:
    """Put the engine of this process on the last core, and this process and the servers on the others."""
    cores = os.sched_getaffinity(0)
    assert len(cores) > 1, "cores apart need at least two of them"
    own = {max(cores)}
    below = psutil.Process().children(recursive=True)
    engines = [process for process in below if any(ENGINE in word for word in process.cmdline())]
    assert engines, f"no process of an engine among {[process.cmdline() for process in below]}"
    for process in engines:
        _put(process, own)
    others = [psutil.Process(), *(process for process in below if process not in engines), *_of(servers)]
    for process in others:
        _put(process, cores - own)


def _of(servers: Servers) -> Iterator[psutil.Process]:
    for server in servers.processes.values():
        yield from (server, *server.children(recursive=True))


def _put(process: psutil.Process, cores: set[int]) -> None:
    for thread in process.threads():
        with suppress(ProcessLookupError):  # it has ended meanwhile
            os.sched_setaffinity(thread.id, cores)
