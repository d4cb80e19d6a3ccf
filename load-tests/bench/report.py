"""What a measurement found: tables, ratios and a plot, for the JSON, the terminal, the page and the docs."""

import json
import os
import statistics
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

import psutil
from pydantic import BaseModel, ConfigDict, Field

REPOSITORY: Final = Path(__file__).parents[2]
LEAST_ROUNDS: Final = 2
"""Fewer say nothing about how much rounds differ."""
TOLERANCE: Final = 0.15
"""By how much single rounds may differ, as a share, where a ratio does not say otherwise: those of efficiency gave
0.91, 0.94 and 1.03 in one afternoon, 13 % from the least to the greatest."""


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Ratio(_Stored):
    """A figure that means something on another machine too: both of its sides were measured in one run.

    Attributes
    ----------
    value, low, high
        Median, least and greatest over the rounds.
    goal
        What it should be at least (or at most, where `lower_is_better`); None if there is none.
    tolerance
        By how much single rounds of it may differ, as a share: what is known where there are no rounds to tell.
    of_machine
        Its other side is a number that was not measured: it says how fast this machine is, and no other one's baseline
        can judge it.
    """

    name: str
    value: float
    low: float
    high: float
    rounds: int
    goal: float | None = None
    lower_is_better: bool = False
    tolerance: float = TOLERANCE
    of_machine: bool = False

    @classmethod
    def of(
        cls,
        name: str,
        values: Sequence[float],
        goal: float | None = None,
        *,
        lower_is_better: bool = False,
        tolerance: float = TOLERANCE,
        of_machine: bool = False,
    ) -> Self:
        """Make it of one value a round."""
        return cls(
            name=name,
            value=statistics.median(values),
            low=min(values),
            high=max(values),
            rounds=len(values),
            goal=goal,
            lower_is_better=lower_is_better,
            tolerance=tolerance,
            of_machine=of_machine,
        )

    @property
    def reached(self) -> bool | None:
        """Whether the goal is; None if there is none."""
        if self.goal is None:
            return None
        return self.value <= self.goal if self.lower_is_better else self.value >= self.goal

    def slack_against(self, other: "Ratio") -> float:
        """Say by which share they may differ beyond their rounds: nothing, if both have enough to know it from them."""
        return 0.0 if min(self.rounds, other.rounds) >= LEAST_ROUNDS else self.tolerance

    def is_worse_than(self, other: "Ratio", slack: float) -> bool:
        """Say whether the best round of this one is worse than the worst round of the other, by more than a share."""
        if self.lower_is_better:
            return self.low > other.high * (1 + slack)
        return self.high < other.low * (1 - slack)


class Table(_Stored):
    """Cells as people read them.

    Attributes
    ----------
    words
        Places of the columns that hold words; the others are numbers.
    """

    title: str
    words: Sequence[int] = (0,)
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


class Plot(_Stored):
    """Bars by label, one group a series; or lines over numbers, if `x` is given.

    Attributes
    ----------
    ideal
        A line to hold the others against.
    """

    title: str
    across: str
    up: str
    labels: Sequence[str] = ()
    x: Sequence[float] = ()
    series: dict[str, Sequence[float]]
    ideal: Sequence[float] = ()


class Part(_Stored):
    """One of the six questions, answered."""

    name: str
    title: str
    question: str
    tables: Sequence[Table]
    ratios: Sequence[Ratio] = ()
    notes: Sequence[str] = ()
    plot: Plot | None = None
    figures: dict[str, float] = Field(default_factory=dict)
    """What other parts and the plan of the docs reckon with; units stand in the names."""
    made: "Made"


class Made(_Stored):
    """When, of what, and on what."""

    at: datetime
    commit: str
    machine: str
    seconds: float


class Report(_Stored):
    """The parts that were measured, each with its own run; a new run replaces the parts that it measured."""

    parts: dict[str, Part] = Field(default_factory=dict)
    plan: Table | None = None
    """What follows from them for ten million documents a day; None if a part that it needs was not measured."""

    def with_part(self, part: Part) -> "Report":
        """Replace a part."""
        return self.model_copy(update={"parts": self.parts | {part.name: part}})


def read_report(file: Path) -> Report:
    """Read a file; an empty report if it is not there."""
    return Report.model_validate_json(file.read_text("utf-8")) if file.exists() else Report()


def write_report(file: Path, report: Report) -> None:
    """Write the JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(report.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n", "utf-8")


def made(seconds: float) -> Made:
    """Say what this run is of; a commit with a plus has changes that are not committed."""
    commit = _git("rev-parse", "--short", "HEAD") + ("+" if _git("status", "--porcelain", "--", "services") else "")
    gibibytes = psutil.virtual_memory().total / 2**30
    machine = f"{os.cpu_count()} cores ({_processor()}), {gibibytes:.0f} GiB"
    return Made(at=datetime.now(UTC), commit=commit, machine=machine, seconds=seconds)


def spread(values: Sequence[float], form: str = ".0f") -> str:
    """Say median, lowest and highest of rounds."""
    middle = format(statistics.median(values), form)
    return middle if len(values) == 1 else f"{middle} ({min(values):{form}}\u2013{max(values):{form}})"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False)  # noqa: S603, S607
    return done.stdout.strip()
