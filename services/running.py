"""The life of one service: start, health, drain, end."""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from types import FrameType
from typing import Final

import structlog

from services.allocator import give_back_for_ever, give_memory_back
from services.collector import start_set_aside
from services.settings import Settings
from services.telemetry.health import Health, HealthServer
from services.telemetry.setup import Telemetry, set_up
from services.telemetry.state import State, StateFile
from services.telemetry.watchdog import Watchdog
from services.vitals import Vitals
from services.wiring import SIGNALLED, Loading, Place, Service, ServiceName, build, connected

log = structlog.get_logger(__name__)

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
WATCHDOG_SECONDS: Final = 10.0
"""How long liveness may fail before the process ends itself, for where nobody asks `/livez`."""


async def run_service(name: ServiceName, settings: Settings) -> None:
    """Run one service until SIGTERM or SIGINT, then let it finish what is in flight."""
    give_memory_back()
    settings = connected(settings)
    loading = Loading()
    before = {number: signal.getsignal(number) for number in SIGNALS}
    stop = stop_on_signals(loading)
    telemetry = set_up(name, settings.data_dir, log_level=settings.log_level, log_format=settings.log_format)
    try:
        await _run(name, settings, telemetry, stop, loading)
    except ExceptionGroup as group:
        raise _first_of(group) from group
    finally:
        telemetry.shutdown()
        for number, handler in before.items():  # ours need the event loop, which ends
            signal.signal(number, handler)


def stop_on_signals(loading: Loading | None = None) -> asyncio.Event:
    """Give an event that the first SIGTERM or SIGINT sets; the second one ends the process at once.

    So does the first one while a model is loaded: nothing is in flight, and nobody waits for minutes. The handlers are
    the process's own, and not the event loop's, which does not turn then.
    """
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    signals = 0

    def on_signal(number: int, _: FrameType | None) -> None:
        nonlocal signals
        signals += 1
        if signals > 1 or (loading and loading.now):
            os._exit(SIGNALLED + number)  # what is in flight is delivered again to the next
        if loading:
            loading.signal = number
        loop.call_soon_threadsafe(stop.set)

    for number in SIGNALS:
        signal.signal(number, on_signal)
    return stop


async def _run(
    name: ServiceName, settings: Settings, telemetry: Telemetry, stop: asyncio.Event, loading: Loading
) -> None:
    vitals = Vitals(telemetry.metrics)
    health = Health(name, vitals.liveness, vitals.readiness)
    telemetry.metrics.watch_ready(lambda: {check.name: check.healthy for check in health.ready().checks})
    with HealthServer(health, telemetry.exposition, settings.health_host, settings.health_port) as server:
        async with AsyncExitStack() as stack:
            state = StateFile(settings.data_dir, name, server.url)
            place = Place(stack, settings, telemetry, state, vitals, loading)
            place.say(State.STARTING)
            with Watchdog(health, WATCHDOG_SECONDS):  # from the first step on: a start may hang
                service = await build(name, place)
                for name_of_task, beside in (("vitals", vitals.run()), ("allocator", give_back_for_ever())):
                    stack.callback(asyncio.create_task(beside, name=name_of_task).cancel)
                with start_set_aside():
                    place.say(State.READY)
                    log.info("ready", service=name.value, health=server.url)
                    await run_until(service, stop, settings.drain_seconds, lambda: place.say(State.STOPPING))


async def run_until(service: Service, stop: asyncio.Event, drain_seconds: float, on_stop: Callable[[], None]) -> None:
    """Run a service until `stop`, give it time to finish what is in flight, then hand back what is not finished."""
    work = asyncio.create_task(service.run(stop), name="service")
    stopping = asyncio.create_task(stop.wait(), name="stop")
    await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not work.done():
        on_stop()
        await asyncio.wait({work}, timeout=drain_seconds)
    if not work.done():
        log.warning("what is not finished is handed back", after_seconds=drain_seconds)
        work.cancel()
    with suppress(asyncio.CancelledError):
        await work


def _first_of(group: ExceptionGroup[Exception]) -> Exception:
    """Give the error that ended a service: a task that fails cancels its siblings, so there is one."""
    first = group.exceptions[0]
    return _first_of(first) if isinstance(first, ExceptionGroup) else first
