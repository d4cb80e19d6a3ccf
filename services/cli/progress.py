"""What people wait for, shown with progress and time left."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from services.cli.output import console

OnProgress = Callable[[str, int, int], None]
"""Called with a phase, what is done, and the total (0: unknown), in units of the phase's own."""

LINES: Final = 10
"""Lines of progress where nobody looks: one each time another tenth of the documents is done."""


def progress_bars() -> Progress:
    """Make bars with time elapsed and time left."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description:<34}"),
        BarColumn(bar_width=28),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=console,
        transient=not console.is_terminal,
    )


@contextmanager
def phase_bars(what: str, *, quiet: bool = False) -> Iterator[OnProgress]:
    """Show one bar a phase; where nobody looks (no terminal), a line a phase; quiet: nothing at all."""
    bars = progress_bars()
    bars.disable = quiet
    with bars:
        tasks: dict[str, int] = {}

        def on_progress(phase: str, done: int, total: int) -> None:
            if phase not in tasks:
                tasks[phase] = bars.add_task(f"{what}: {phase}", total=total or None)
                if not quiet and not console.is_terminal:
                    console.print(f"{what}: {phase}")
            bars.update(tasks[phase], completed=done, total=total or None)  # type: ignore[arg-type]  # rich's TaskID is an int

        yield on_progress


class DocumentBars:
    """Bars of documents with time left; where nobody looks, a line now and then."""

    def __init__(self, bars: Progress, *, quiet: bool) -> None:
        self._bars = bars
        self._lines = not quiet and not console.is_terminal
        self._quiet = quiet

    def say(self, what: str) -> None:
        """Print a line, unless it should be quiet."""
        if not self._quiet:
            console.print(what, highlight=False)

    def add(self, what: str, total: int) -> Callable[[], None]:
        """Add a bar; what is given is to be called as each document is done."""
        bar = self._bars.add_task(f"documents {what}", total=total)

        def on_done() -> None:
            self._bars.advance(bar)
            if self._lines:
                self._line(what, bar)

        return on_done

    def _line(self, what: str, bar: TaskID) -> None:
        task = self._bars.tasks[bar]
        total, done = int(task.total or 0), int(task.completed)
        if done * LINES // total > (done - 1) * LINES // total:
            left = (task.elapsed or 0) / done * (total - done)  # of the whole way: answers come in bursts
            self.say(f"{done} of {total} documents {what}" + (f", about {left:.0f} s left" if round(left) else ""))


@contextmanager
def document_bars(*, quiet: bool) -> Iterator[DocumentBars]:
    """Show bars of documents; quiet: nothing at all."""
    bars = progress_bars()
    bars.disable = quiet or not console.is_terminal
    with bars:
        yield DocumentBars(bars, quiet=quiet)
