"""The life of a service: health from the first moment on, a watchdog, and an end that comes in time."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import TracerProvider

from services import running
from services.running import run_until
from services.settings import Settings
from services.telemetry.metrics import Metrics
from services.telemetry.setup import Telemetry
from services.telemetry.state import State, read_state
from services.telemetry.tracing import Tracing
from services.wiring import Place, ServiceName

DEADLINE_SECONDS = 15.0

TWICE = """
import asyncio
from services.running import stop_on_signals

async def main():
    stop = stop_on_signals()
    print("ready", flush=True)
    await stop.wait()
    print("stopping", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""

HANGS = """
import asyncio, sys, time
from pathlib import Path
from services import running
from services.settings import Settings
from services.wiring import ServiceName

async def build(_, place):
    with place.step("database"):
        pass
    with place.step("model", place.settings.start_seconds):
        time.sleep(600)  # as an engine that loads: the event loop stands still

running.build = build
running.WATCHDOG_SECONDS = 0
settings = Settings(
    data_dir=Path(sys.argv[1]),
    kafka_bootstrap_servers="nowhere:9",
    database_url="postgresql://nowhere/x",
    start_seconds=0.5,
    log_format="json",
)
asyncio.run(running.run_service(ServiceName.INFERENCE, settings))
"""


def telemetry(*_: object, **__: object) -> Telemetry:
    """Give telemetry that leaves the logs of the tests alone."""
    tracer_provider, meter_provider = TracerProvider(), MeterProvider()
    metrics = Metrics(meter_provider.get_meter("test"))
    tracing = Tracing(tracer_provider.get_tracer("test"), metrics)
    return Telemetry(tracing, metrics, bytes, tracer_provider, meter_provider)


class Working:
    """A service that works until it is told to stop, or for ever."""

    def __init__(self, *, for_ever: bool = False) -> None:
        self.for_ever = for_ever
        self.started = asyncio.Event()
        self.cancelled = False

    async def run(self, stop: asyncio.Event) -> None:
        self.started.set()
        try:
            await (asyncio.Event() if self.for_ever else stop).wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, kafka_bootstrap_servers="nowhere:9", database_url="postgresql://nowhere/x")


@pytest.fixture
def stop(monkeypatch: pytest.MonkeyPatch) -> Iterator[asyncio.Event]:
    """Give what a signal would set."""
    stop = asyncio.Event()
    monkeypatch.setattr(running, "stop_on_signals", lambda _: stop)
    yield stop
    stop.set()


async def test_health_answers_from_the_first_moment_on_and_is_ready_last(
    settings: Settings, stop: asyncio.Event, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    loading, loaded, service = asyncio.Event(), asyncio.Event(), Working()

    async def build(_: ServiceName, place: Place) -> Working:
        place.say(State.LOADING, "a large model")
        loading.set()
        await loaded.wait()
        return service

    monkeypatch.setattr(running, "build", build)
    monkeypatch.setattr(running, "set_up", telemetry)
    process = asyncio.create_task(running.run_service(ServiceName.RELAY, settings))
    async with asyncio.timeout(DEADLINE_SECONDS), httpx.AsyncClient() as client:
        await loading.wait()
        said = read_state(tmp_path, "relay")
        assert said is not None
        livez, readyz = await client.get(f"{said.health_url}/livez"), await client.get(f"{said.health_url}/readyz")
        assert (livez.status_code, readyz.status_code) == (HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE)
        assert "loading a large model" in json.dumps(readyz.json())
        loaded.set()
        await service.started.wait()
        assert (await client.get(f"{said.health_url}/readyz")).status_code == HTTPStatus.OK
        assert "watchdog" in {thread.name for thread in threading.enumerate()}
        assert {"vitals", "allocator"} <= {task.get_name() for task in asyncio.all_tasks()}
        stop.set()
        await process


def test_a_start_that_hangs_ends_with_75_and_says_in_which_step(tmp_path: Path):
    command = [sys.executable, "-c", HANGS, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert ended.returncode == os.EX_TEMPFAIL
    lines = [json.loads(line) for line in ended.stderr.splitlines() if line.startswith("{")]
    steps = [(line["event"], line["step"]) for line in lines if "step" in line]
    assert steps == [
        ("start step begins", "database"),
        ("start step done", "database"),
        ("start step begins", "model"),
    ]
    (last_words,) = (line for line in lines if line["level"] == "critical")
    assert last_words["reasons"]["start"].startswith("model: no progress for ")
    assert last_words["reasons"]["start"].endswith("limit 0.5 s (POSTKORB_START_SECONDS)")
    assert last_words["exit_code"] == os.EX_TEMPFAIL
    assert "in build" in ended.stderr  # the stack of the thread that hangs


def test_the_first_sigterm_is_a_wish_and_the_second_an_order():
    process = subprocess.Popen([sys.executable, "-c", TWICE], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "stopping\n"
        process.send_signal(signal.SIGTERM)
        try:
            assert process.wait(DEADLINE_SECONDS) == 128 + signal.SIGTERM
        finally:
            process.kill()


async def test_what_does_not_finish_in_time_is_handed_back():
    service, stop = Working(for_ever=True), asyncio.Event()
    stop.set()
    async with asyncio.timeout(DEADLINE_SECONDS):
        await run_until(service, stop, 0.1, lambda: None)
    assert service.cancelled


async def test_what_finishes_in_time_is_not_cut_off():
    service, stop = Working(), asyncio.Event()
    stop.set()
    async with asyncio.timeout(DEADLINE_SECONDS):
        await run_until(service, stop, DEADLINE_SECONDS, lambda: None)
    assert not service.cancelled
