"""What people wait for, shown with progress and time left."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from services.cli.output import console

OnProgress = Callable[[str, int, int], None]
"""Called with a phase, what is done, and the total (0: unknown), in units of the phase's own."""


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
def fetching(what: str) -> Iterator[OnProgress]:
    """Show one bar a phase; where nobody looks (no terminal), a line a phase."""
    with progress_bars() as bars:
        tasks: dict[str, int] = {}

        def on_progress(phase: str, done: int, total: int) -> None:
            if phase not in tasks:
                tasks[phase] = bars.add_task(f"{what}: {phase}", total=total or None)
                if not console.is_terminal:
                    console.print(f"{what}: {phase}")
            bars.update(tasks[phase], completed=done, total=total or None)  # type: ignore[arg-type]  # rich's TaskID is an int

        yield on_progress
