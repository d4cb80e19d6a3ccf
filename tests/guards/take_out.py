"""Takes out each guard against a trap, one after the other, and looks whether its tests notice.

All of it happens in a copy of the working tree. Exit code 1 if a guard can be taken out unnoticed.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

import typer
from conftest import LENT_KAFKA, LENT_POSTGRES
from guards.guard import REPOSITORY, Guard, GuardError, listed_guards
from guards.verdict import Verdict, verdicts_of
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from services.local.broker import Broker
from services.local.database import LocalDatabase
from services.local.jars import fetch_broker

TEST_SECONDS: Final = 120
"""A test that hangs without its guard has noticed it by then."""
BASELINE_SECONDS: Final = 1200
GUARD_SECONDS: Final = 600

NO_TERMINAL_COLUMNS: Final = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """What happened when a guard was taken out.

    Parameters
    ----------
    trouble
        Why its tests were not asked; empty if they were.
    """

    guard: Guard
    seconds: float
    trouble: str = ""
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)

    @property
    def noticed(self) -> bool:
        """Every test of the guard failed."""
        return not self.trouble and all(verdict.failed for verdict in self.verdicts.values())


class Copy:
    """A copy of the working tree in which tests run.

    Parameters
    ----------
    lent
        Variables that name servers which run already.
    """

    def __init__(self, folder: Path, lent: Mapping[str, str]) -> None:
        self._tree = folder / "tree"
        self._report = folder / "report.xml"
        for name in _files():
            (self._tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, self._tree / name)
        self._environment = (
            os.environ
            | lent
            | {
                "PYTHONPATH": str(self._tree),
                "POSTKORB_DATA_DIR": str(_data_dir()),
                "PYTHONDONTWRITEBYTECODE": "1",  # a text of the same size within the same second would go unseen
            }
        )
        self._make_sure_of_itself(folder)

    def test(self, tests: Sequence[str], seconds: float) -> Mapping[str, Verdict]:
        """Run tests, and say how each of them ended."""
        self._report.unlink(missing_ok=True)
        options = ["-q", "-p", "no:cacheprovider", f"--timeout={TEST_SECONDS}", f"--junitxml={self._report}"]
        self._run([sys.executable, "-m", "pytest", *options, *tests], seconds)
        return verdicts_of(self._report, tests)

    def take_out(self, guard: Guard) -> Finding:
        """Take a guard out, run its tests, and put it back."""
        started = time.monotonic()
        file = self._tree / guard.file
        whole = file.read_text("utf-8")
        try:
            file.write_text(guard.taken_out(whole), "utf-8")
            verdicts = self.test(guard.tests, GUARD_SECONDS)
        except GuardError as error:
            return Finding(guard, 0, trouble=str(error))
        finally:
            file.write_text(whole, "utf-8")
        return Finding(guard, time.monotonic() - started, verdicts=verdicts)

    def _run(self, command: Sequence[str], seconds: float) -> None:
        with subprocess.Popen(
            command,
            cwd=self._tree,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            try:
                process.wait(seconds)
            except BaseException as error:
                os.killpg(process.pid, signal.SIGKILL)
                if not isinstance(error, subprocess.TimeoutExpired):
                    raise

    def _make_sure_of_itself(self, elsewhere: Path) -> None:
        """Make sure that it is the copy that is tried, not the working tree that the environment points to."""
        command = [sys.executable, "-c", "import migrations, schemas, services; print(services.__file__)"]
        found = subprocess.run(
            command, cwd=elsewhere, env=self._environment, check=True, capture_output=True, text=True
        ).stdout
        if not Path(found).is_relative_to(self._tree):
            message = f"tests would import {found.strip()}, not the copy in {self._tree}"
            raise RuntimeError(message)


def main(
    name: Annotated[list[str] | None, typer.Argument(help="Guards to take out; all of them if none is named.")] = None,
) -> None:
    """Take guards out and look whether their tests notice."""
    console = Console(width=None if sys.stdout.isatty() else NO_TERMINAL_COLUMNS)
    guards = _chosen(name or [])
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="postkorb-guards-")))
        copy = Copy(folder, stack.enter_context(_lent_servers(guards)))
        progress = stack.enter_context(_progress(console))
        steps = progress.add_task("the tests, unchanged", total=len(guards) + 1)
        whole = copy.test(sorted({test for guard in guards for test in guard.tests}), BASELINE_SECONDS)
        if wrong := {test: verdict for test, verdict in whole.items() if verdict.reason != "passed"}:
            for test, verdict in wrong.items():
                console.print(f"{test} fails with every guard in place: {verdict.reason}", style="red", markup=False)
            raise typer.Exit(1)
        findings = []
        for guard in guards:
            progress.update(steps, advance=1, description=guard.name)
            findings.append(finding := copy.take_out(guard))
            said = f"{_word(finding)} {guard.name} ({finding.seconds:.0f} s)"
            console.print(said, style="green" if finding.noticed else "red", markup=False)
        progress.update(steps, advance=1)
    console.print(_table(findings))
    unnoticed = [finding.guard.name for finding in findings if not finding.noticed]
    console.print(f"{len(findings) - len(unnoticed)} of {len(findings)} guards are held by their tests")
    raise typer.Exit(1 if unnoticed else 0)


def _chosen(names: Sequence[str]) -> list[Guard]:
    guards = {guard.name: guard for guard in listed_guards()}
    if unknown := [name for name in names if name not in guards]:
        message = f"no such guard: {', '.join(unknown)}; there are {', '.join(guards)}"
        raise typer.BadParameter(message)
    return [guards[name] for name in names] or list(guards.values())


@contextmanager
def _lent_servers(guards: Sequence[Guard]) -> Iterator[Mapping[str, str]]:
    """Start broker and database once for all runs of the tests, if one needs them."""
    if not any(test.startswith("tests/integration/") for guard in guards for test in guard.tests):
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="postkorb-tests-") as folder:
        jars = fetch_broker(_data_dir(), print)
        with Broker(Path(folder), jars) as broker, LocalDatabase(Path(folder)) as database:
            yield {LENT_KAFKA: broker.bootstrap_servers, LENT_POSTGRES: database.url}


def _data_dir() -> Path:
    return REPOSITORY / os.environ.get("POSTKORB_DATA_DIR", ".postkorb")


def _files() -> list[str]:
    """Give the files of the working tree: what git tracks, and what it does not ignore."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout
    return [name for name in listed.split("\0") if name and (REPOSITORY / name).is_file()]


def _progress(console: Console) -> Progress:
    left = (TextColumn("elapsed"), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), *left)
    return Progress(*columns, console=console, speed_estimate_period=BASELINE_SECONDS)


def _word(finding: Finding) -> str:
    return "noticed  " if finding.noticed else "UNNOTICED"


def _table(findings: Sequence[Finding]) -> Table:
    table = Table("guard", "taken out of", "tests that noticed", "how", "s", title="Guards taken out", show_lines=True)
    for finding in findings:
        tests = [test.rpartition("::")[2] for test in finding.verdicts]
        how = [verdict.reason for verdict in finding.verdicts.values()]
        told = finding.trouble or "\n".join(f"{reason[:100]}" for reason in how)
        style = None if finding.noticed else "red"
        cells = (finding.guard.name, finding.guard.file, "\n".join(tests), told, f"{finding.seconds:.0f}")
        table.add_row(*(cell.replace("[", r"\[") for cell in cells), style=style)
    return table


if __name__ == "__main__":
    typer.run(main)
