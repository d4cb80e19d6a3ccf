"""How the C library keeps memory that a service is done with.

Its own ways fit programs whose needs do not change. A service has letters of one page, and then one of a hundred: after
it, megabytes stay in the heap, for glibc takes larger and larger blocks from there once one was given back, and each
thread that checks an answer begins a heap of its own.
"""

import asyncio
import ctypes
from typing import Final

_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8
"""Names of parameters, in glibc's malloc.h; see mallopt(3)."""

LARGE_BYTES: Final = 128 * 1024
"""From this size on, a free block is the system's again: glibc's own default, which grows unless it is set."""
HEAPS: Final = 2
GIVE_BACK_SECONDS: Final = 5.0

_LIBRARY: Final = ctypes.CDLL(None)


def give_memory_back() -> bool:
    """Let large blocks go back to the system when they are free, and threads share two heaps.

    It holds for this process alone: vLLM's own, which needs its blocks again and again, is a child and keeps them.

    Returns
    -------
    bool
        False where the C library is not glibc: then nothing is changed.
    """
    mallopt = getattr(_LIBRARY, "mallopt", None)
    if mallopt is None:
        return False
    settings = ((_MMAP_THRESHOLD, LARGE_BYTES), (_TRIM_THRESHOLD, LARGE_BYTES), (_ARENA_MAX, HEAPS))
    done = [mallopt(parameter, value) == 1 for parameter, value in settings]
    return all(done)


def give_back_what_is_free() -> None:
    """Give the system the pages that are free, in the middle of a heap too; 2 ms at most, of a heap of 70 MiB.

    glibc does so by itself only at the end of a heap, which something small that stays holds in its place. The texts of
    long documents lie below it.
    """
    if trim := getattr(_LIBRARY, "malloc_trim", None):
        trim(0)


async def give_back_for_ever() -> None:
    """Give back what is free every few seconds; cancel it when the process ends."""
    while True:
        give_back_what_is_free()
        await asyncio.sleep(GIVE_BACK_SECONDS)
