"""How a service ends: told to, told twice, or by an error of its own."""

import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from opentelemetry.metrics import NoOpMeter
from structlog.testing import capture_logs

from services import running
from services.delivery.errors import BrokerError
from services.running import run_until, stop_on_signals
from services.settings import Settings
from services.telemetry.metrics import Metrics
from services.telemetry.state import State, read_state
from services.wiring import Loading, Place, ServiceName

DEADLINE_SECONDS = 60.0
LONG_SECONDS = 3600.0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_asks_it_to_stop(number: signal.Signals, monkeypatch: pytest.MonkeyPatch):
    assert await _exit_codes([number], monkeypatch) == []


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        (signal.SIGTERM, signal.SIGTERM, 143),
        (signal.SIGINT, signal.SIGINT, 130),
        (signal.SIGTERM, signal.SIGINT, 130),
        (signal.SIGINT, signal.SIGTERM, 143),
    ],
)
async def test_the_second_signal_ends_the_process_at_once_as_if_nobody_had_caught_it(
    first: signal.Signals, second: signal.Signals, code: int, monkeypatch: pytest.MonkeyPatch
):
    assert await _exit_codes([first, second], monkeypatch) == [code]


async def test_a_signal_ends_a_process_that_loads_a_model_at_once(monkeypatch: pytest.MonkeyPatch):
    assert await _exit_codes([signal.SIGTERM], monkeypatch, Loading(now=True)) == [143]
    assert await _exit_codes([signal.SIGTERM], monkeypatch, Loading()) == []


async def test_a_process_that_was_told_to_end_does_not_begin_to_load(monkeypatch: pytest.MonkeyPatch):
    told = Loading()
    assert await _exit_codes([signal.SIGTERM], monkeypatch, told) == []
    codes: list[int] = []
    monkeypatch.setattr(running.os, "_exit", codes.append)
    Loading().begin()
    told.begin()
    assert codes == [143]


async def _exit_codes(
    numbers: Sequence[signal.Signals], monkeypatch: pytest.MonkeyPatch, loading: Loading | None = None
) -> list[int]:
    """Send this process signals, and give the codes that it would have ended with."""
    codes: list[int] = []
    monkeypatch.setattr(running.os, "_exit", codes.append)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    stop = stop_on_signals(loading)
    try:
        assert not stop.is_set()
        for number in numbers:
            os.kill(os.getpid(), number)
            async with asyncio.timeout(DEADLINE_SECONDS):
                while not (stop.is_set() or codes):
                    await asyncio.sleep(0.01)
        while len(codes) < len(numbers) - 1:
            await asyncio.sleep(0.01)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return codes


class Service:
    """Works until it is told to stop; then as a test says."""

    def __init__(self, *, drain_seconds: float = 0, error: Exception | None = None) -> None:
        self.steps: list[str] = []
        self.drained = asyncio.Event()
        self._drain_seconds = drain_seconds
        self._error = error

    async def run(self, stop: asyncio.Event) -> None:
        try:
            await stop.wait()
            self.steps.append("draining")
            with suppress(TimeoutError):
                await asyncio.wait_for(self.drained.wait(), self._drain_seconds)
            if self._error:
                raise self._error
            self.steps.append("finished")
        except asyncio.CancelledError:
            self.steps.append("handed back")
            raise


class Ending(Service):
    """Ends by itself, without being told."""

    async def run(self, stop: asyncio.Event) -> None:
        assert not stop.is_set()
        if self._error:
            raise self._error


async def _run(service: Service, drain_seconds: float = LONG_SECONDS, *, told: bool = True) -> None:
    stop = asyncio.Event()
    async with asyncio.timeout(DEADLINE_SECONDS):
        running = asyncio.create_task(run_until(service, stop, drain_seconds, lambda: service.steps.append("told")))
        await asyncio.sleep(0)
        if told:
            stop.set()
        await running


async def test_a_drain_that_ends_in_time_is_waited_for():
    service = Service(drain_seconds=0.05)
    with capture_logs() as lines:
        await _run(service)
    assert sorted(service.steps) == ["draining", "finished", "told"]
    assert lines == []


async def test_what_is_not_finished_after_the_drain_is_handed_back_and_that_is_said():
    service = Service(drain_seconds=LONG_SECONDS)
    with capture_logs() as lines:
        await _run(service, drain_seconds=0.05)
    assert service.steps[-1] == "handed back"
    assert [(line["log_level"], line["after_seconds"]) for line in lines] == [("warning", 0.05)]


async def test_an_error_while_draining_is_raised():
    error = RuntimeError("the commit failed")
    with pytest.raises(RuntimeError, match="the commit failed"):
        await _run(Service(error=error))


async def test_an_error_of_its_own_is_raised_and_it_was_not_told_to_stop():
    service = Ending(error=RuntimeError("the engine died"))
    with pytest.raises(RuntimeError, match="the engine died"):
        await _run(service, told=False)
    assert service.steps == []


async def test_a_service_that_ends_by_itself_is_not_waited_for():
    service = Ending()
    await _run(service, told=False)
    assert service.steps == []


async def test_nothing_is_left_running():
    before = asyncio.all_tasks()
    await _run(Service(drain_seconds=LONG_SECONDS), drain_seconds=0.05)
    await _run(Ending(), told=False)
    async with asyncio.timeout(DEADLINE_SECONDS):
        while asyncio.all_tasks() != before:  # what was cancelled needs some turns of the loop to end
            await asyncio.sleep(0.01)


class FakeTelemetry:
    """Telemetry that knows whether it was shut down."""

    def __init__(self) -> None:
        self.metrics = Metrics(NoOpMeter("test"))
        self.exposition = bytes
        self.is_shut_down = False

    def shutdown(self) -> None:
        self.is_shut_down = True


class Living:
    """The whole life of a service, of which a test gives the work."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> None:
        self.stop = asyncio.Event()
        self.telemetry = FakeTelemetry()
        self.closed: list[str] = []
        self._settings = Settings(
            data_dir=data_dir,
            kafka_bootstrap_servers="nowhere.invalid:9092",
            database_url="postgresql://nowhere.invalid/x",
            drain_seconds=LONG_SECONDS,
        )
        self._monkeypatch = monkeypatch

    async def run(self, service: Service) -> None:
        async def build(_: ServiceName, place: Place) -> Service:
            place.stack.callback(self.closed.append, "the consumer leaves its group")
            return service

        self._monkeypatch.setattr(running, "build", build)
        self._monkeypatch.setattr(running, "set_up", lambda *_, **__: self.telemetry)
        self._monkeypatch.setattr(running, "stop_on_signals", lambda _: self.stop)
        async with asyncio.timeout(DEADLINE_SECONDS):
            await running.run_service(ServiceName.RELAY, self._settings)


@pytest.fixture
async def living(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Living:
    return Living(monkeypatch, tmp_path)


async def test_it_says_that_it_stops_while_it_drains_and_ends_in_order(living: Living, tmp_path: Path):
    service = Service(drain_seconds=LONG_SECONDS)
    before = asyncio.all_tasks()
    process = asyncio.create_task(living.run(service))
    async with asyncio.timeout(DEADLINE_SECONDS):
        while _state(tmp_path) is not State.READY:
            await asyncio.sleep(0.01)
        living.stop.set()
        while _state(tmp_path) is not State.STOPPING:
            await asyncio.sleep(0.01)
        assert "draining" in service.steps
        assert living.closed == []
        service.drained.set()
        await process
    assert service.steps[-1] == "finished"
    assert living.closed == ["the consumer leaves its group"]
    assert living.telemetry.is_shut_down
    async with asyncio.timeout(DEADLINE_SECONDS):
        while asyncio.all_tasks() != before:  # what was cancelled needs some turns of the loop to end
            await asyncio.sleep(0.01)


async def test_the_error_that_ended_it_is_raised_however_deep_it_was_raised(living: Living):
    error = BrokerError("the broker is away")
    with pytest.raises(BrokerError) as raised:
        await living.run(Ending(error=ExceptionGroup("outer", [ExceptionGroup("inner", [error])])))
    assert raised.value is error
    assert living.closed == ["the consumer leaves its group"]
    assert living.telemetry.is_shut_down


async def test_a_single_error_is_raised_as_it_is(living: Living):
    error = BrokerError("the broker is away")
    with pytest.raises(BrokerError) as raised:
        await living.run(Ending(error=error))
    assert raised.value is error


def _state(data_dir: Path) -> State | None:
    said = read_state(data_dir, "relay")
    return said.state if said else None
