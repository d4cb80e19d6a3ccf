"""Running everything on one machine, or one service on many."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Final

import typer
from pydantic import SecretStr

from services.cli.models import bring
from services.cli.output import console
from services.cli.progress import phase_bars
from services.local.broker import Broker
from services.local.child import ChildSpec
from services.local.database import LocalDatabase
from services.local.errors import LocalError
from services.local.jars import fetch_broker
from services.local.stack import Stack, lock_stack, read_stack, remove_stack, write_stack
from services.local.supervisor import Supervisor
from services.models.catalogue import load_catalogue
from services.running import run_service
from services.settings import Settings, load_settings
from services.storage.address import read_address
from services.storage.migration import upgrade
from services.wiring import (
    ServiceName,
    adapters_of,
    calibration_of,
    places_of,
    routing_of,
    terms_of,
    types_of,
    words_of,
)

LOCAL_DRAIN_SECONDS: Final = 5.0
"""On one machine somebody waits for the end; what is handed back goes on at the next start."""
END_SECONDS: Final = 10.0
"""What a service may need beyond its drain: the last commit, the engine's end."""
START_SECONDS: Final = 120.0
POLL_SECONDS: Final = 0.1


def run(service: Annotated[ServiceName, typer.Argument(help="Which service.")]) -> None:
    """Run one service until it is told to stop."""
    asyncio.run(run_service(service, load_settings()))


def up() -> None:
    """Run everything on this machine; broker and database too, unless the settings name others."""
    settings = load_settings()
    check(settings)
    with lock_stack(settings.data_dir):
        prepare(settings)
        asyncio.run(_supervise(settings))


def down() -> None:
    """Stop what `up` (or `make demo KEEP=1`) left running on this data folder."""
    settings = load_settings()
    stack = read_stack(settings.data_dir)
    if stack is None:
        console.print("nothing runs here")
        return
    os.kill(stack.pid, signal.SIGTERM)
    seconds = len(ServiceName) * (drain_of(settings) + END_SECONDS) + 30
    _wait_until(lambda: not stack.alive, seconds, f"process {stack.pid} does not stop")
    console.print("stopped")


def check(settings: Settings) -> None:
    """Raise what a person must set right, before anything is fetched or started."""
    types_of(settings)
    words_of(settings)
    places_of(settings)
    calibration_of(settings)
    routes = routing_of(settings).routes
    if settings.database_url is not None:
        read_address(settings.database_url.get_secret_value())
    if settings.engine == "in-process":
        terms = terms_of(settings)
        for entry in (load_catalogue().find(settings.model), *routes.adapters()):
            terms.check(entry)


def prepare(settings: Settings) -> None:
    """Fetch what is not here yet: the broker's jars, the model, and its adapters."""
    if settings.kafka_bootstrap_servers is None:
        with phase_bars("broker") as on_progress:
            fetch_broker(settings.data_dir, lambda line: on_progress(line, 0, 0))
    if settings.engine == "in-process":
        model, routes = bring(settings, load_catalogue().find(settings.model)), routing_of(settings).routes
        for entry in routes.adapters():
            bring(settings, entry)
        adapters_of(settings, routes, model)


@contextmanager
def running_stack(settings: Settings, *, keep: bool) -> Iterator[None]:
    """Use the stack that runs here, or start one below this process and stop it in the end (unless `keep`)."""
    if read_stack(settings.data_dir) is not None:
        console.print("using what already runs here")
        yield
        return
    check(settings)
    prepare(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    log = settings.data_dir / "up.log"
    with log.open("wb") as output:
        # A session of its own: Ctrl-C reaches the demo alone, which then stops the stack in order.
        process = subprocess.Popen(
            [sys.executable, "-m", "services.cli", "up"], stdout=output, stderr=output, start_new_session=True
        )
    kept = False
    try:
        _wait_until(
            lambda: read_stack(settings.data_dir) is not None or process.poll() is not None,
            START_SECONDS,
            f"broker and database do not come up, see {log}",
        )
        if process.poll() is not None:
            raise LocalError(log.read_text("utf-8", errors="replace").strip() or f"`postkorb up` ended, see {log}")
        yield
        kept = keep
    finally:
        if not kept:
            console.print("stopping everything")
            process.terminate()
            process.wait()


async def _supervise(settings: Settings) -> None:
    started: list[Stack] = []

    def on_change(pids: Mapping[str, int]) -> None:
        if started:
            write_stack(settings.data_dir, started[0].model_copy(update={"children": dict(pids)}))

    async with Supervisor(settings.data_dir, on_change) as supervisor:
        settings = await _start_servers(supervisor, settings)
        url = settings.database_url or SecretStr("")
        await upgrade(url.get_secret_value(), types_of(settings))
        servers = settings.kafka_bootstrap_servers or ""
        started.append(Stack(kafka_bootstrap_servers=servers, database_url=url))
        write_stack(settings.data_dir, started[0])
        try:
            for name in ServiceName:
                await supervisor.start(_service_spec(name, settings))
            await supervisor.wait()
        finally:  # before the children stop: from now on nobody may count on them
            remove_stack(settings.data_dir)


async def _start_servers(supervisor: Supervisor, settings: Settings) -> Settings:
    updates: dict[str, object] = {}
    if settings.kafka_bootstrap_servers is None:
        broker = Broker(settings.data_dir, fetch_broker(settings.data_dir, lambda _: None))
        await asyncio.to_thread(broker.prepare)
        await supervisor.start(broker.spec)
        updates["kafka_bootstrap_servers"] = broker.bootstrap_servers
    if settings.database_url is None:
        database = LocalDatabase(settings.data_dir)
        await asyncio.to_thread(database.prepare)
        await supervisor.start(database.spec)
        updates["database_url"] = SecretStr(database.url)
    return settings.model_copy(update=updates)


def _service_spec(name: ServiceName, settings: Settings) -> ChildSpec:
    url = settings.database_url or SecretStr("")
    return ChildSpec(
        name=name.value,
        argv=(sys.executable, "-m", "services.cli", "run", name.value),
        env={
            "POSTKORB_KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers or "",
            "POSTKORB_DATABASE_URL": url.get_secret_value(),
            "POSTKORB_INSTANCE": settings.instance or "local",
            "POSTKORB_DRAIN_SECONDS": str(drain_of(settings)),
            "POSTKORB_HEALTH_PORT": "0",  # three services on one machine: each finds its own
        },
        grace_seconds=drain_of(settings) + END_SECONDS,
    )


def drain_of(settings: Settings) -> float:
    """Give how long services of this machine may finish what is in flight."""
    return settings.drain_seconds if "drain_seconds" in settings.model_fields_set else LOCAL_DRAIN_SECONDS


def _wait_until(condition: Callable[[], bool], seconds: float, otherwise: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise LocalError(otherwise)
        time.sleep(POLL_SECONDS)
