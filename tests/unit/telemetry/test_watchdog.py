"""A process whose event loop hangs is ended; one that comes back is not."""

import os
import queue
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.telemetry import watchdog
from services.telemetry.health import Check, Health
from services.telemetry.watchdog import LOOK_SECONDS, Patience, Watchdog

PROCESS = """
import asyncio, sys, time
from services.telemetry.health import Health, Heartbeat
from services.telemetry.logs import configure_logs
from services.telemetry.watchdog import Watchdog

async def main(hang_seconds, grace_seconds):
    loop = Heartbeat("event loop", limit_seconds=1.5)
    beating = asyncio.create_task(loop.beat_regularly())
    with Watchdog(Health("inference", [loop.check], []), grace_seconds):
        await asyncio.sleep(0)
        time.sleep(hang_seconds)
        assert not loop.check().healthy
        while not loop.check().healthy:
            await asyncio.sleep(0)
        beating.cancel()

configure_logs("inference", "info", "json")
asyncio.run(main(float(sys.argv[1]), float(sys.argv[2])))
print("came to its end")
"""


def run(hang_seconds: float, grace_seconds: float) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROCESS, str(hang_seconds), str(grace_seconds)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_process_whose_loop_hangs_ends_with_75_and_says_where_it_hung() -> None:
    ended = run(hang_seconds=60, grace_seconds=1)
    assert (ended.returncode, ended.stdout) == (75, "")
    assert "liveness fails for too long" in ended.stderr
    assert '"event loop": "last beat' in ended.stderr
    assert 'File "<string>", line 12 in main' in ended.stderr  # the stack of the thread that hangs


def test_a_process_that_recovers_in_time_is_left_alone() -> None:
    ended = run(hang_seconds=3, grace_seconds=30)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "came to its end\n", "")


class StuckLog:
    """A log whose pipe nobody reads, until the test is over."""

    def __init__(self) -> None:
        self.over = threading.Event()

    def critical(self, *_: object, **__: object) -> None:
        self.over.wait()


def test_a_log_that_hangs_too_does_not_keep_the_process_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = StuckLog()
    monkeypatch.setattr(watchdog, "log", stuck)
    monkeypatch.setattr(watchdog, "SAY_SECONDS", 0.1)
    statuses: queue.Queue[int] = queue.Queue()
    dead = Health("relay", [lambda: Check("relay", healthy=False, reason="stands still")], [])
    with Watchdog(dead, grace_seconds=0, end=statuses.put):
        assert statuses.get(timeout=20) == os.EX_TEMPFAIL
    (last_words,) = (thread for thread in threading.enumerate() if thread.name == "last-words")
    stuck.over.set()
    last_words.join()


def test_a_watchdog_that_is_left_stops_looking() -> None:
    looks: list[int] = []

    def probe() -> Check:
        looks.append(1)
        return Check("x", healthy=True, reason="")

    with Watchdog(Health("relay", [probe], []), grace_seconds=0):
        assert "watchdog" in {thread.name for thread in threading.enumerate()}
    assert "watchdog" not in {thread.name for thread in threading.enumerate()}
    assert looks == []


@given(st.lists(st.booleans(), max_size=40), st.integers(0, 10))
def test_patience_ends_exactly_when_it_failed_for_the_grace_without_a_break(looks: list[bool], grace: int) -> None:
    patience = Patience(grace * LOOK_SECONDS)
    for healthy in looks:
        patience = patience.after(healthy=healthy)
    failing = next((count for count, healthy in enumerate(reversed(looks)) if healthy), len(looks))
    assert patience.is_over is (failing >= grace + 1)


def test_one_failed_look_is_no_patience_lost_unless_there_is_none() -> None:
    assert not Patience(grace_seconds=0).is_over
    assert Patience(grace_seconds=0).after(healthy=False).is_over
    assert not Patience(grace_seconds=0.5).after(healthy=False).is_over
