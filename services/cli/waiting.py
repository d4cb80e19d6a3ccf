"""Waiting for documents, with live progress: documents a step, documents a minute, time left."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.console import Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from services.cli.output import console
from services.cli.results import print_results
from services.local.errors import LocalError
from services.local.stack import read_stack
from services.settings import Settings
from services.storage.database import Database
from services.storage.progress import Progress, progress_of
from services.telemetry.state import State, read_state
from services.wiring import ServiceName, database_of, types_of

POLL_SECONDS: Final = 0.5
NOT_HERE: Final = "not here"
ELSEWHERE_SECONDS: Final = 20.0
LINE_SECONDS: Final = 15.0
"""Without a terminal, a line this often."""


@dataclass(frozen=True, slots=True)
class View:
    """What is shown."""

    progress: Progress
    started: float
    ready: float | None
    finished_before: int
    now: float
    services: Sequence[tuple[str, str]]

    @property
    def per_minute(self) -> float:
        """Documents a minute since the engine was ready; 0 before."""
        if self.ready is None or self.now <= self.ready:
            return 0.0
        return 60 * (self.progress.finished - self.finished_before) / (self.now - self.ready)

    @property
    def seconds_left(self) -> float | None:
        """At this pace; None as long as there is none."""
        waiting = self.progress.submitted - self.progress.finished
        return 60 * waiting / self.per_minute if self.per_minute else None

    def render(self) -> RenderableType:
        """Draw the steps as bars, with pace and time left below."""
        steps = Table.grid(padding=(0, 1))
        for name, done in self.progress.steps.items():
            bar = ProgressBar(total=max(1, self.progress.submitted), completed=done, width=32)
            steps.add_row(Text(name, style="cyan"), bar, Text(f"{done}/{self.progress.submitted}"))
        left = f"about {self.seconds_left:.0f} s left" if self.seconds_left is not None else "time left: not known yet"
        pace = f"{self.now - self.started:.0f} s · {self.per_minute:.1f} documents a minute · {left}"
        states = " · ".join(f"{name}: {state}" for name, state in self.services)
        return Group(steps, Text(pace, style="bold"), Text(states, style="dim"))

    def line(self) -> str:
        """Say the same in one line."""
        steps = ", ".join(f"{name} {done}" for name, done in self.progress.steps.items())
        states = ", ".join(f"{name}: {state}" for name, state in self.services)
        left = f", about {self.seconds_left:.0f} s left" if self.seconds_left is not None else ""
        return f"{self.now - self.started:.0f} s: of {self.progress.submitted}: {steps}{left} ({states})"


async def wait_for(settings: Settings, document_ids: Sequence[str], tenant: str, *, as_json: bool) -> int:
    """Wait until each document of a tenant has ended, then print the results.

    Returns
    -------
    int
        Exit code: 0 if all were processed, 1 if one failed.
    """
    async with database_of(settings, "postkorb-wait") as database:
        await follow(settings, database, document_ids, tenant, quiet=as_json)
        failures = await print_results(database, types_of(settings), document_ids, tenant, as_json=as_json)
    return 1 if failures else 0


async def follow(
    settings: Settings, database: Database, document_ids: Sequence[str], tenant: str, *, quiet: bool
) -> View:
    """Show progress until each document of a tenant has ended and its event is published."""
    watch = _Watch(settings, document_ids, tenant)
    ran_here = read_stack(settings.data_dir) is not None
    with Live(console=console, auto_refresh=False, transient=True) as live:
        while True:
            view = await watch.look(database)
            if console.is_terminal and not quiet:
                live.update(view.render(), refresh=True)
            elif not quiet and watch.line_is_due():
                console.print(view.line(), soft_wrap=True, highlight=False)
            if view.progress.whole:
                return view
            if ran_here and read_stack(settings.data_dir) is None:
                message = (
                    f"what ran on {settings.data_dir} has ended before the documents had; its logs folder says why"
                )
                raise LocalError(message)
            await asyncio.sleep(POLL_SECONDS)


class _Watch:
    def __init__(self, settings: Settings, document_ids: Sequence[str], tenant: str) -> None:
        self._settings = settings
        self._document_ids = document_ids
        self._tenant = tenant
        self._started = time.monotonic()
        self._ready: float | None = None
        self._finished_before = 0
        self._said = -LINE_SECONDS

    async def look(self, database: Database) -> View:
        progress = await database.in_transaction(
            lambda connection: progress_of(connection, self._document_ids, self._tenant)
        )
        services = service_states(self._settings)
        now = time.monotonic()
        if self._ready is None and engine_is_ready(services, now - self._started):
            self._ready, self._finished_before = now, progress.finished
        return View(progress, self._started, self._ready, self._finished_before, now, services)

    def line_is_due(self) -> bool:
        due = time.monotonic() - self._said >= LINE_SECONDS
        if due:
            self._said = time.monotonic()
        return due


def engine_is_ready(services: Sequence[tuple[str, str]], seconds: float) -> bool:
    """Say whether answers can come: inference is ready, or still does not show on this machine, so runs elsewhere."""
    state = dict(services)[ServiceName.INFERENCE]
    return state.startswith(State.READY) or (state == NOT_HERE and seconds > ELSEWHERE_SECONDS)


def service_states(settings: Settings) -> list[tuple[str, str]]:
    """Say what each service of this machine is doing; empty states where none runs here."""
    states = [(name.value, read_state(settings.data_dir, name)) for name in ServiceName]
    return [(name, state.told if state else NOT_HERE) for name, state in states]
