"""The part of the in-process engine that runs in vLLM's child process.

Imported by that child alone, and by the adapter when it loads: it imports vLLM.
"""

import os
import signal
import threading
from multiprocessing import connection, parent_process

from vllm.v1.executor.uniproc_executor import UniProcExecutor


class OwnedExecutor(UniProcExecutor):
    """vLLM's executor for one device, in a process that dies with its parent and leaves Ctrl-C to it.

    On a CPU vLLM would start a third process for the worker; this one does without: that saves its 12 s of imports
    at every start, and a process that spins while it waits for the other.
    """

    def _init_executor(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent drains first, then stops us with SIGTERM
        threading.Thread(target=_die_with_parent, name="die-with-parent", daemon=True).start()
        super()._init_executor()


def _die_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])  # readable when the parent is gone, even by kill -9
        os.kill(os.getpid(), signal.SIGKILL)
