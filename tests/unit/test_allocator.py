"""Memory that is not needed any more is the system's again."""

import asyncio
import subprocess
import sys

import pytest

from services import running
from services.allocator import LARGE_BYTES
from services.settings import Settings
from services.wiring import ServiceName

LOOK = """
import ctypes, sys
from services.allocator import give_memory_back

class Info(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in
        "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()]

library = ctypes.CDLL(None)
library.mallinfo2.restype = Info
if sys.argv[1] == "set":
    assert give_memory_back()
size = {size}
bytearray(size)  # given back at once: from now on glibc takes blocks of this size from the heap
before = library.mallinfo2().hblkhd
kept = bytearray(size)
print(library.mallinfo2().hblkhd - before >= size)
"""


def look(way: str, size: int) -> str:
    """Say whether a block comes from the system, after one of its size was given back."""
    program = [sys.executable, "-c", LOOK.format(size=size), way]
    return subprocess.run(program, capture_output=True, text=True, check=True).stdout.strip()


def test_a_large_block_is_the_systems_again_when_it_is_free() -> None:
    size = 16 * LARGE_BYTES
    assert look("set", size) == "True"
    assert look("as it is", size) == "False"  # else the setting has nothing to do


class ReachedError(Exception):
    """What a service does first was done."""


def test_a_service_sets_it_before_anything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def reached() -> bool:
        raise ReachedError

    monkeypatch.setattr(running, "give_memory_back", reached)
    with pytest.raises(ReachedError):
        asyncio.run(running.run_service(ServiceName.RELAY, Settings()))
