"""Memory that is not needed any more is the system's again."""

import asyncio
import subprocess
import sys
from collections import Counter

import pytest

from services import allocator, running
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


FRAGMENTED = """
import sys
from services.allocator import give_back_what_is_free, give_memory_back

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096

give_memory_back()
texts, kept = [], []
for number in range(20_000):
    texts.append(bytearray(4000))  # a page, which goes
    if number % 10 == 0:
        kept.append(bytearray(600))  # something of another, which stays
texts.clear()
full = resident()
if sys.argv[1] == "given back":
    give_back_what_is_free()
print((full - resident()) // 2**20)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc and glibc")
def test_pages_that_are_free_between_others_are_the_systems_again() -> None:
    def megabytes(way: str) -> int:
        program = [sys.executable, "-c", FRAGMENTED, way]
        return int(subprocess.run(program, capture_output=True, text=True, check=True).stdout)

    assert megabytes("as it is") < 10  # else there is nothing to do
    assert megabytes("given back") > 40


async def test_what_is_free_is_given_back_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    given_back = Counter[str]()
    monkeypatch.setattr(allocator, "GIVE_BACK_SECONDS", 0.01)
    monkeypatch.setattr(allocator, "give_back_what_is_free", lambda: given_back.update(["times"]))
    giving = asyncio.create_task(allocator.give_back_for_ever())
    async with asyncio.timeout(30):
        while given_back["times"] < 3:
            await asyncio.sleep(0.01)
    giving.cancel()


class ReachedError(Exception):
    """What a service does first was done."""


def test_a_service_sets_it_before_anything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def reached() -> bool:
        raise ReachedError

    monkeypatch.setattr(running, "give_memory_back", reached)
    with pytest.raises(ReachedError):
        asyncio.run(running.run_service(ServiceName.RELAY, Settings()))
