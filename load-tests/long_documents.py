"""What the model makes of long documents: contracts of known truth, over many windows, and what a page of them costs.

    make long                    contracts of 5 and 20 pages, German and English, by the configured model
    make long PAGES="5 20 80"    other lengths; a page takes seconds on a CPU

Facts stand at the beginning, and a fifth of the pages apart, the last one on the last page; all other clauses speak of
something else, in numbers, days and times of their own.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from long.contracts import LANGUAGES, Contract, contract
from rich.console import Console
from rich.table import Table

from services.evaluation.asking import Questioner, Reader
from services.evaluation.judging import is_right
from services.evaluation.labels import read_labels
from services.evaluation.scoring import Case, Said
from services.settings import Settings, load_settings
from services.telemetry.setup import set_up
from services.wiring import asker_of, calibration_of, fetcher_of, limits_of, load_engine, parser_of, types_of

REPOSITORY: Final = Path(__file__).parents[1]
RESULTS: Final = REPOSITORY / "load-tests" / "results" / "long.json"
PAGES: Final = (5, 20)
WINDOWS: Final = 64
"""Of a document: enough for the longest one."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A length.

    Parameters
    ----------
    seconds
        Of all its documents together, one after the other.
    right, placed, proposed, wrong, unflagged, facts
        Values that are right; those of them whose place is on the right page; values only proposed; values that
        mislead; those of them that do not say that they may be wrong; values that the documents tell.
    """

    pages: int
    documents: int
    seconds: float
    calls: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    right: int
    placed: int
    proposed: int
    wrong: int
    unflagged: int
    facts: int
    faults: list[str]

    @property
    def seconds_a_page(self) -> float:
        """By the clock."""
        return self.seconds / (self.pages * self.documents)


async def measure(lengths: Sequence[int], settings: Settings, console: Console) -> list[Measured]:
    """Ask about contracts of each length; the engine is loaded once, and reads one before the clock starts."""
    telemetry = set_up("long", None, log_level="WARNING", log_format=settings.log_format)
    engine = await load_engine(settings, lambda what: console.print(f"loading {what}"))
    types = types_of(settings)
    asker = await asker_of(settings, engine, types, calibration_of(settings), telemetry.tracing, telemetry.metrics)
    questioner = Questioner(engine, asker, limits_of(settings, engine))

    async def one(pages: int) -> Measured:
        contracts = {f"{language}-{pages}.txt": contract(language, pages) for language in LANGUAGES}
        started = time.perf_counter()
        cases = await _cases(contracts, questioner, settings)
        return _measured(pages, contracts, cases, time.perf_counter() - started)

    try:
        await one(1)
        found = []
        for pages in lengths:
            found.append(await one(pages))
            console.print(f"{pages} pages: {found[-1].seconds:.0f} s", highlight=False)
        return found
    finally:
        await engine.close()
        telemetry.shutdown()


async def _cases(contracts: dict[str, Contract], questioner: Questioner, settings: Settings) -> list[Case]:
    with tempfile.TemporaryDirectory(prefix="postkorb-long-") as folder:
        for name, item in contracts.items():
            (Path(folder) / name).write_text("\f".join(item.pages), "utf-8")
        labels = {name: {"document_type": "contract", "fields": item.fields} for name, item in contracts.items()}
        (Path(folder) / "labels.json").write_text(json.dumps(labels), "utf-8")
        async with parser_of(settings) as parser:
            readings = await Reader(fetcher_of(settings), parser).read_all(
                read_labels(Path(folder), types_of(settings)), lambda: None
            )
        return [case for reading in readings for case in await questioner.ask_all([reading], lambda: None)]


def _measured(pages: int, contracts: dict[str, Contract], cases: Sequence[Case], seconds: float) -> Measured:
    count = dict.fromkeys(("right", "placed", "proposed", "wrong", "unflagged"), 0)
    faults: list[str] = []
    for case in cases:
        name, item, said = case.label.file.name, contracts[case.label.file.name], case.said
        assert isinstance(said, Said), f"{name}: {said}"
        assert len(case.source.pages) == pages, f"{name} has {len(case.source.pages)} pages"
        answers = {answer.path: answer for answer in said.fields}
        faults += [f"{name}: {reason}" for reason in said.reasons]
        for path, truth in item.fields.items():
            answer = answers.get(path)
            if answer is None or answer.status != "ok":
                count["proposed"] += answer is not None
                if truth is not None:
                    faults.append(f"{name}: {path} {'missing' if answer is None else 'proposed: ' + answer.verbatim}")
            elif truth is None or not is_right(answer.kind, truth, answer.value, answer.verbatim):
                count["wrong"] += 1
                count["unflagged"] += path not in said.flagged_paths
                faults.append(f"{name}: {path} is {truth}, said was {answer.value} of page {answer.page}")
            else:
                count["right"] += 1
                count["placed"] += answer.page == item.pages_of[path]
    costs = [case.said.cost for case in cases if isinstance(case.said, Said)]
    return Measured(
        pages=pages,
        documents=len(cases),
        seconds=seconds,
        calls=sum(cost.calls or 0 for cost in costs),
        prompt_tokens=sum(cost.prompt_tokens for cost in costs),
        cached_tokens=sum(cost.cached_tokens or 0 for cost in costs),
        completion_tokens=sum(cost.completion_tokens for cost in costs),
        facts=sum(len(item.pages_of) for item in contracts.values()),
        faults=faults,
        **count,
    )


def show(found: Sequence[Measured], console: Console) -> None:
    """Print a line a length, and how much dearer a page of the longest is than one of the shortest."""
    columns = ("pages", "documents", "calls", "tokens read, cached, written", "s a page")
    table = Table(*columns, "right", "on the right page", "proposed", "misleading, unflagged", title="Long contracts")
    for item in found:
        tokens = f"{item.prompt_tokens:,}, {item.cached_tokens:,}, {item.completion_tokens:,}"
        table.add_row(
            *(f"{item.pages}", f"{item.documents}", f"{item.calls}", tokens, f"{item.seconds_a_page:.2f}"),
            *(f"{item.right} of {item.facts}", f"{item.placed}", f"{item.proposed}", f"{item.wrong}, {item.unflagged}"),
        )
    console.print(table)
    ratio = found[-1].seconds_a_page / found[0].seconds_a_page
    console.print(f"a page of {found[-1].pages} against one of {found[0].pages}: {ratio:.2f}", highlight=False)
    for item in found:
        for fault in item.faults:
            console.print(f"  {fault}", highlight=False, markup=False)


def main() -> None:
    """Measure, print, and write the file."""
    parser = argparse.ArgumentParser(description="Measure what the model makes of long documents.")
    parser.add_argument("--pages", type=int, nargs="+", default=PAGES, help="lengths, the shortest first")
    chosen = parser.parse_args()
    console = Console(width=150)
    settings = load_settings(max_windows=WINDOWS)
    found = asyncio.run(measure(chosen.pages, settings, console))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps([asdict(item) for item in found], indent=1, ensure_ascii=False) + "\n", "utf-8")
    show(found, console)


if __name__ == "__main__":
    main()
