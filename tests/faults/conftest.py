"""The fault suite: really killing, stopping, cutting and stalling what Postkorb runs on, and counting afterwards.

`make faults` runs every fault once, with seed 1; `make faults LONG=1` with seeds 1 to 20. A failure names the command
that repeats it, such as `make faults FAULT=3 SEED=7`. The options behind it: `--seeds`, `--first-seed`, `--fault`,
`--fault-table`.

What a test is given: `place` (where it happens: see `place.py`), `ledger` (what it hands in and what becomes of it: see
`ledger.py`), `chance` (random numbers of its seed: the same seed does the same harm), `long` (whether this is the long
form). Its number and what it does stand in `@pytest.mark.fault(3, "one stuck document")`; a row of the table comes from
`ledger.account()`.
"""

import random
import tempfile
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from faults.account import Account
from faults.ledger import Ledger
from faults.place import Place, running_place
from faults.table import as_markdown, for_terminal, rows_of
from rich.console import Console

ACCOUNTS = pytest.StashKey[dict[tuple[int, str], list[Account]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("faults")
    group.addoption("--seeds", type=int, default=1, help="how many seeds to run each fault with")
    group.addoption("--first-seed", type=int, default=1, help="the first of them")
    group.addoption("--long", action="store_true", help="let the faults take their full time, with the first seed")
    group.addoption("--fault", type=int, default=None, help="run this fault alone")
    group.addoption("--fault-table", type=Path, default=None, help="write the table there too, in Markdown")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fault(number, what): the fault of the list that a test does, and how")
    config.stash[ACCOUNTS] = defaultdict(list)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames and metafunc.definition.get_closest_marker("fault"):
        first, count = metafunc.config.getoption("first_seed", 1), metafunc.config.getoption("seeds", 1)
        metafunc.parametrize("seed", range(first, first + count), scope="function")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if (wanted := config.getoption("fault", None)) is not None:
        others = [item for item in items if (mark := item.get_closest_marker("fault")) and mark.args[0] != wanted]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    mark, seed = item.get_closest_marker("fault"), getattr(item, "callspec", None) and item.callspec.params.get("seed")
    if report.failed and mark is not None:
        report.sections.append(("Do it again with", f"make faults FAULT={mark.args[0]} SEED={seed}"))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not (rows := rows_of(config.stash[ACCOUNTS])):
        return
    console = Console(width=170)
    with console.capture() as captured:
        console.print(for_terminal(rows))
    terminalreporter.write(f"\n{captured.get()}")
    if file := config.getoption("fault_table", None):
        file.write_text(as_markdown(rows), "utf-8")


@pytest.fixture(scope="session")
def running(broker_jars: Path) -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="postkorb-faults-") as folder:  # pytest's own is closed to PostgreSQL
        Path(folder).chmod(0o711)
        with running_place(Path(folder), broker_jars) as place:
            yield place


@pytest.fixture
def place(running: Place) -> Place:
    """Give the place, whole again after what the test before did to it."""
    running.settle()
    return running


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Callable[[Account], None]:
    """Give a function that puts an account into the table, for tests without a ledger."""
    mark = request.node.get_closest_marker("fault")
    return request.config.stash[ACCOUNTS][mark.args[0], mark.args[1]].append


@pytest.fixture
def ledger(
    place: Place, request: pytest.FixtureRequest, seed: int, note: Callable[[Account], None]
) -> Iterator[Ledger]:
    """Give a ledger of the test's own; what it counted becomes part of the table, also where the test failed."""
    mark = request.node.get_closest_marker("fault")
    ledger = Ledger(place, f"f{mark.args[0]:02}s{seed:02}{uuid4().hex[:6]}-")
    yield ledger
    note(ledger.closed or ledger.count())


@pytest.fixture
def chance(request: pytest.FixtureRequest, seed: int) -> random.Random:
    """Give random numbers that depend on fault and seed alone."""
    return random.Random(f"{request.node.get_closest_marker('fault').args[0]}/{seed}")  # noqa: S311  (chance, not secrets)


@pytest.fixture
def long(request: pytest.FixtureRequest, seed: int) -> bool:
    """Whether this is the long form; some faults take their full time there, with the first seed alone."""
    option = request.config.getoption
    return bool(option("long", default=False)) and seed == option("first_seed", 1)
