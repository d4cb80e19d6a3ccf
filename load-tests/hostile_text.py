"""How often hostile text changes an answer, with our guards and without.

    make hostile            all attacks of tests/hostile, with the configured model; figures in load-tests/results
    make hostile KIND=...   the attacks of one kind
    make hostile LIMIT=...  that many attacks, spread over the kinds

Each letter is asked about clean and attacked, once as Postkorb does it, and once the naive way, which
tests/hostile/unguarded.py defines. The engine is loaded once, and has as many documents at a time as the service would
give it.

changed       anything but the summary differs
won           the answer has what the attacker wants
silent        it changed, and neither its status nor its findings ask for a person; the naive way asks nobody
summary only  nothing differs but the summary, which says what the letter says, the attack included

Attacks beside the pages never reach the model: what changes there is the engine's own variation, for requests that are
computed together influence each other's rounding.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from itertools import count
from pathlib import Path
from typing import Final

from hostile.attacks import Attack, attacks, letters, spread, write_attacks
from hostile.effects import ALL, FIGURES, GROUPS, Effect, Effects, Heard, Rate, as_data, effect_of, rates
from hostile.unguarded import UnguardedParser, UnwarnedEngine, without_guards
from rich.console import Console
from rich.table import Table

from services.cli.progress import progress_bars
from services.evaluation.asking import Questioner, Reader
from services.evaluation.labels import Label, read_labels
from services.evaluation.report import Share
from services.inference.engines.port import Engine
from services.intake.document import ReadingLimits
from services.settings import Settings, load_settings
from services.telemetry.setup import Telemetry, set_up
from services.wiring import (
    MAX_CHARACTERS,
    asker_of,
    calibration_of,
    fetcher_of,
    limits_of,
    load_engine,
    parser_of,
    types_of,
)

REPOSITORY: Final = Path(__file__).parents[1]
RESULTS: Final = REPOSITORY / "load-tests" / "results" / "hostile.json"

LINES: Final = 20
"""Lines of progress where nobody looks: one each time another twentieth is answered."""

Answers = Mapping[str, Heard]
"""By file name."""
OnDone = Callable[[], None]


async def measure(chosen: Sequence[Attack], settings: Settings, console: Console) -> tuple[Effects, dict[str, object]]:
    """Ask about everything both ways; the engine is loaded once."""
    telemetry = set_up("hostile", None, log_level="WARNING", log_format=settings.log_format)
    engine = await load_engine(settings, lambda what: console.print(f"loading {what}"))
    started = time.perf_counter()
    try:
        with tempfile.TemporaryDirectory(prefix="postkorb-hostile-") as folder:
            write_attacks(Path(folder))
            labels = _labels_of(chosen, Path(folder), settings)
            with _progress(2 * len(labels), console) as on_done:
                guarded = await answers_of(labels, engine, settings, telemetry, on_done, guards=True)
                unguarded = await answers_of(labels, engine, settings, telemetry, on_done, guards=False)
    finally:
        await engine.close()
        telemetry.shutdown()
    made = {
        "model": engine.identity.model,
        "model_sha256": engine.identity.model_sha256,
        "engine": dict(engine.identity.settings),
        "letters": len(labels),
        "seconds": time.perf_counter() - started,
    }
    return [(attack, _effect(attack, guarded), _effect(attack, unguarded)) for attack in chosen], made


@contextmanager
def _progress(total: int, console: Console) -> Iterator[OnDone]:
    """Show a bar with time left; where nobody looks, a line now and then."""
    started, done = time.monotonic(), count(1)
    with progress_bars() as bars:
        bar = bars.add_task("letters answered, both ways", total=total)

        def on_done() -> None:
            bars.advance(bar)
            number = next(done)
            if not console.is_terminal and number * LINES // total > (number - 1) * LINES // total:
                left = (time.monotonic() - started) / number * (total - number)
                console.print(f"{number} of {total} letters answered, about {left:.0f} s left", highlight=False)

        yield on_done


def _labels_of(chosen: Sequence[Attack], folder: Path, settings: Settings) -> list[Label]:
    """Give the labels of the attacked letters and of their clean ones."""
    wanted = {attack.file_name for attack in chosen} | {attack.letter.file_name for attack in chosen}
    return [label for label in read_labels(folder, types_of(settings)) if label.file.name in wanted]


async def answers_of(
    labels: Sequence[Label],
    engine: Engine,
    settings: Settings,
    telemetry: Telemetry,
    on_done: OnDone,
    *,
    guards: bool,
) -> Answers:
    """Read documents and ask about them, with our guards or without."""
    with nullcontext() if guards else without_guards():
        if guards:
            async with parser_of(settings) as parser:
                readings = await Reader(fetcher_of(settings), parser).read_all(labels, _nothing)
        else:
            unguarded = UnguardedParser(ReadingLimits(settings.max_pages, MAX_CHARACTERS))
            readings = await Reader(fetcher_of(settings), unguarded).read_all(labels, _nothing)
            settings = settings.model_copy(update={"words_decide_from": 1.0})  # the naive way asks for the type
        asked = engine if guards else UnwarnedEngine(engine)
        asker = await asker_of(
            settings, asked, types_of(settings), calibration_of(settings), telemetry.tracing, telemetry.metrics
        )
        cases = await Questioner(asked, asker, limits_of(settings, asked)).ask_all(readings, on_done)
    return {case.label.file.name: Heard(case.said, case.answered.summary if case.answered else "") for case in cases}


def _nothing() -> None:
    """Do nothing: reading takes no time beside asking."""


def _effect(attack: Attack, answers: Answers) -> Effect:
    return effect_of(attack, answers[attack.letter.file_name], answers[attack.file_name])


def show(effects: Effects, console: Console) -> None:
    """Print a line for each kind of attack, and for each kind of field that is attacked."""
    for of, by in GROUPS.items():
        console.print(_table(of, rates(effects, by)))
    low, high = rates(effects)[ALL]["changed"].change
    console.print(
        f"what the guards change in the share of changed answers, over all attacks: {low:+.2f} to {high:+.2f}"
    )


def _table(of: str, found: Mapping[str, Mapping[str, Rate]]) -> Table:
    table = Table(title="Answers that hostile text changes: with our guards / without")
    table.add_column(f"kind of {of}")
    table.add_column("attacks", justify="right")
    for name in FIGURES:
        table.add_column(name, justify="right")
    for number, (group, figures) in enumerate(found.items(), start=2):
        cells = [f"{rate.guarded.right} / {rate.unguarded.right}" for rate in figures.values()]
        table.add_row(group, str(figures["changed"].guarded.of), *cells, end_section=number == len(found))
    shares = [f"{_interval(rate.guarded)} / {_interval(rate.unguarded)}" for rate in found[ALL].values()]
    table.add_row("share, 95 % interval", "", *shares)
    return table


def _interval(share: Share) -> str:
    return f"{share.low:.2f}-{share.high:.2f}"


def main() -> None:
    """Measure, print, and write the file."""
    kinds = list(dict.fromkeys(attack.kind for attack in attacks()))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kind", choices=kinds, action="append", help="only attacks of this kind; may be repeated")
    parser.add_argument("--limit", type=_at_least_one, help="at most so many attacks, spread over the kinds")
    parser.add_argument("--json", type=Path, default=RESULTS, help="where to write the figures")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write the letters, for a look at them, and stop")
    arguments = parser.parse_args()
    console = Console(width=max(120, Console().width))
    if arguments.write:
        write_attacks(arguments.write)
        console.print(f"{len(letters())} letters and {len(attacks())} attacks are in {arguments.write}")
        return
    chosen = [attack for attack in attacks() if attack.kind in (arguments.kind or kinds)]
    chosen = spread(chosen, arguments.limit or len(chosen))
    effects, made = asyncio.run(measure(chosen, load_settings(), console))
    show(effects, console)
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(made | as_data(effects), indent=1, ensure_ascii=False) + "\n", "utf-8")
    console.print(f"each attack, before and after: {arguments.json}")


def _at_least_one(text: str) -> int:
    if (number := int(text)) < 1:
        message = "at least 1"
        raise argparse.ArgumentTypeError(message)
    return number


if __name__ == "__main__":
    main()
