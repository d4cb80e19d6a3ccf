"""How fast it is, and what limits it: six tables, a JSON and a page.

    make bench                       all six; the three with the model take longest
    make bench PART=ceiling          one of them: efficiency, alternatives, ceiling, growth, scale-out, cost
    make bench RAY=1                 alternatives with Ray Data too, for which it installs seven gigabytes
    make bench PART=efficiency APART=1   the engine on a core of its own, all else on the others
    make bench LONG=1                10,000 documents, 72 with the model, minutes of scale-out

What was measured before of other parts stays in the JSON and on the page. Exit code 1 if a ratio is worse than in the
baseline, by more than rounds differ (or are known to, where there is but one), or misses a goal that it reached there.
"""

import argparse
import logging
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final

import structlog
from bench import ceiling, growth, scale_out
from bench.page import ORDER, goal, ratio, render
from bench.plan import plan
from bench.report import REPOSITORY, Part, Report, read_report, write_report
from bench.servers import Servers, running_servers
from bench.verdict import Verdict, missed_now, verdicts_on
from faults.background import Background
from rich.console import Console
from rich.table import Table

RESULTS: Final = REPOSITORY / "load-tests" / "results" / "bench.json"
APART: Final = RESULTS.with_stem("bench-apart")
"""Of an engine on a core of its own: another figure, which the others must not take for theirs."""
BASELINE: Final = REPOSITORY / "load-tests" / "baseline.json"
WITHOUT_MODEL: Final = {"ceiling": ceiling, "growth": growth, "scale-out": scale_out}
WITH_MODEL: Final = ("efficiency", "alternatives", "cost")


def main() -> None:
    """Measure, print, and write the files."""
    arguments = _arguments()
    file = arguments.json or (APART if arguments.apart else RESULTS)
    console = Console(width=max(120, Console().width))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    baseline, report = Report() if arguments.apart else read_report(BASELINE), read_report(file)
    wanted = arguments.part or ORDER

    def keep(part: Part) -> None:
        nonlocal report
        report = report.with_part(part)
        report = report.model_copy(update={"plan": plan(report)})
        write_report(file, report)  # as soon as it is there: a later part may fail

    with running_servers() as servers:
        _measure(servers, wanted, keep, console, arguments)
    verdicts = verdicts_on(report, baseline)
    for name in ORDER:
        if name in wanted:
            show(report.parts[name], verdicts, console)
    page = file.with_suffix(".html")
    page.write_text(render(report, verdicts), "utf-8")
    console.print(f"figures: {file}\npage:    {page}", highlight=False)
    of_these = [name for name in verdicts if name.partition(":")[0] in wanted]
    worse = [f"worse than the baseline: {name}" for name in of_these if verdicts[name] is Verdict.WORSE]
    missed = [f"a goal that the baseline reached: {name}" for name in missed_now(report, baseline) if name in of_these]
    raise SystemExit("\n".join(worse + missed) or None)


def _measure(
    servers: Servers,
    wanted: Collection[str],
    keep: Callable[[Part], None],
    console: Console,
    chosen: argparse.Namespace,
) -> None:
    def say(what: str) -> None:
        console.print(f"{time.strftime('%H:%M:%S')} {what}", highlight=False)

    with Background() as background:
        for name, module in WITHOUT_MODEL.items():
            if name in wanted:
                say(name)
                keep(module.measure(servers, background, module.LONG if chosen.long else module.SHORT))
    if with_model := [name for name in WITH_MODEL if name in wanted]:
        from bench import model  # noqa: PLC0415  (seconds of imports, and only where a model is asked)

        size = model.LONG if chosen.long else model.SHORT
        model.measure(servers, size, with_model, say, keep, ray=chosen.ray, apart=chosen.apart)


def show(part: Part, verdicts: dict[str, Verdict], console: Console) -> None:
    """Print a part."""
    for table in part.tables:
        shown = Table(title=f"{part.title}: {table.title}", title_justify="left")
        for place, column in enumerate(table.columns):
            shown.add_column(column, justify="left" if place in table.words else "right", overflow="fold")
        for row in table.rows:
            shown.add_row(*row)
        console.print(shown)
    for item in part.ratios:
        reached = {None: "", True: ", reached", False: ", not reached"}[item.reached]
        verdict = verdicts[f"{part.name}: {item.name}"].value
        console.print(f"  {item.name}: [b]{ratio(item)}[/b]  {goal(item)}{reached}  ({verdict})", highlight=False)
    console.print()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--part", choices=ORDER, action="append", help="only this one; may be repeated")
    parser.add_argument("--long", action="store_true", help="measure more")
    parser.add_argument("--ray", action="store_true", help="measure Ray Data among the alternatives")
    parser.add_argument("--apart", action="store_true", help="the engine on a core of its own")
    parser.add_argument("--json", type=Path, help="where to write; the page goes beside it")
    chosen = parser.parse_args()
    if chosen.apart and chosen.part != ["efficiency"]:
        parser.error("cores apart are for --part efficiency alone: another server would have the others' cores")
    return chosen


if __name__ == "__main__":
    main()
