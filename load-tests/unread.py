"""Measure on letters that nobody tuned on: `samples/unread`; and on other people's templates: `samples/layouts`.

    make unread              the newest ones, by the configured model; the page goes to load-tests/results
    make unread SET=second   those that were read before
    make unread SET=layouts-fourth
    make unread ANEW=1       ask everything, also what the model answered before
    make unread NOTE=1       and note what became of each answer: of a set's first reading, once

Of letters without facts the type alone is asked and judged. What the model says of the others is kept beside them
(samples/unread/answers), so that a change of our own code is measured in seconds.
"""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from first_readings import note
from hostile.attacks import Letter, label_of, letters_in
from letter_paper import letter_file
from noted import Noted
from recorded import Record
from rich.console import Console

from services.cli import evaluation
from services.cli.output import table_of
from services.evaluation.asking import Reader, pending
from services.evaluation.calibration import calibration
from services.evaluation.labels import read_labels
from services.inference.admit import admit
from services.inference.ask import Classified
from services.settings import Settings, load_settings
from services.telemetry.setup import set_up
from services.wiring import asker_of, calibration_of, fetcher_of, load_engine, parser_of, types_of

REPOSITORY: Final = Path(__file__).parents[1]
UNREAD: Final = REPOSITORY / "samples" / "unread"
LAYOUTS: Final = REPOSITORY / "samples" / "layouts"
SETS: Final = {
    "tenth": ("tenth_invoices.yaml",),
    "ninth": ("ninth_invoices.yaml",),
    "eighth": ("eighth_invoices.yaml",),
    "seventh": ("seventh_invoices.yaml",),
    "sixth": ("sixth_invoices.yaml",),
    "fifth": ("fifth_invoices.yaml",),
    "fourth": ("fourth_invoices.yaml",),
    "third": ("third_letters.yaml", "third_invoices.yaml"),
    "second": ("second_letters.yaml", "second_invoices.yaml"),
    "first": ("letters.yaml",),
}
"""The newest first."""
ANSWERS: Final = UNREAD / "answers"
"""A file a set and model: one model's answers are never another's."""
RENDERED: Final = {
    f"layouts-{name}": LAYOUTS / name
    for name in (
        "forty-third",
        "forty-second",
        "forty-first",
        "fortieth",
        "thirty-ninth",
        "thirty-eighth",
        "thirty-seventh",
        "thirty-sixth",
        "thirty-fifth",
        "thirty-fourth",
        "thirty-third",
        "thirty-second",
        "thirty-first",
        "thirtieth",
        "twenty-ninth",
        "twenty-eighth",
        "twenty-seventh",
        "twenty-sixth",
        "twenty-fifth",
        "twenty-fourth",
        "twenty-third",
        "twenty-second",
        "twenty-first",
        "twentieth",
        "nineteenth",
        "eighteenth",
        "seventeenth",
        "sixteenth",
        "fifteenth",
        "fourteenth",
        "thirteenth",
        "twelfth",
        "eleventh",
        "tenth",
        "ninth",
        "eighth",
        "seventh",
        "sixth",
        "fifth",
        "fourth",
        "third",
        "second",
        "first",
    )
}
"""Folders with PDFs and their labels."""
PAGE: Final = REPOSITORY / "load-tests" / "results" / "unread.html"


def write_documents(folder: Path, letters: Sequence[Letter]) -> None:
    """Write letters, with their labels."""
    for letter in letters:
        (folder / letter.file_name).write_bytes(letter_file(letter.form, letter.filled))
    labels = {letter.file_name: label_of(letter) for letter in letters}
    (folder / "labels.json").write_text(json.dumps(labels, indent=1, ensure_ascii=False) + "\n", "utf-8")


async def classify(folder: Path, settings: Settings) -> Mapping[str, tuple[str, Classified]]:
    """Ask for the type of each document; give the true one and what was answered, by file name."""
    types = types_of(settings)
    labels = read_labels(folder, types)
    async with parser_of(settings) as parser:
        readings = await Reader(fetcher_of(settings), parser).read_all(labels, lambda: None)
    telemetry = set_up("unread", None, log_level="WARNING", log_format=settings.log_format)
    engine = await load_engine(settings, print)
    asker = await asker_of(settings, engine, types, calibration_of(settings), telemetry.tracing, telemetry.metrics)
    admitted = await admit([pending(*item) for item in enumerate(readings)], engine, asker.text_budget(), 1)
    turns = asyncio.Semaphore(engine.side_by_side)

    async def one(number: int) -> Classified:
        async with turns:
            return (await asker.classify(admitted[number].windows[0]))[0]

    found = await asyncio.gather(*map(one, range(len(readings))))
    await engine.close()
    telemetry.shutdown()
    return {
        reading.label.file.name: (reading.label.document_type, classified)
        for reading, classified in zip(readings, found, strict=True)
    }


def evaluate(folder: Path, settings: Settings, answers: Path, *, anew: bool) -> evaluation.Done:
    """Ask about documents what was not asked before, print, and write the page and the answers."""
    record = Record.read(answers) if answers.exists() and not anew else None
    engine = Noted(record)
    order = evaluation.Order(
        folder, None, None, None, PAGE, None, calibrate=False, as_json=False, recorded=record is not None
    )
    done = evaluation.run(order, settings, engine.load)
    evaluation.say(done, order)
    engine.write(answers)
    return done


def say_types(found: Mapping[str, tuple[str, Classified]], review_below: float) -> None:
    """Print how many types are right, which are not, and whether it was said."""
    console = Console()
    rights = [truth == said.kind.name for truth, said in found.values()]
    judged = calibration([said.confidence for _, said in found.values()], rights)
    wrong = [
        (name, truth, said.kind.name, f"{said.confidence:.2f}", "yes" if said.confidence < review_below else "no")
        for name, (truth, said) in found.items()
        if truth != said.kind.name
    ]
    console.print(table_of("Wrong types", ("letter", "is", "answered", "confidence", "said to be doubtful"), wrong))
    doubtful = sum(said.confidence < review_below for _, said in found.values())
    console.print(f"{sum(rights)} of {len(rights)} types right; {doubtful} said to be doubtful", highlight=False)
    console.print(f"AUROC {judged.auroc}, calibration error {judged.ece}", highlight=False)


def main() -> None:
    """Ask, print, and write the page."""
    parser = argparse.ArgumentParser(description="Measure on letters that nobody tuned on.")
    parser.add_argument("--set", choices=[*SETS, *RENDERED], default=next(iter(SETS)))
    parser.add_argument("--anew", action="store_true", help="ask everything")
    parser.add_argument("--note", action="store_true", help="note what became of each answer; of a first reading, once")
    chosen = parser.parse_args()
    settings = load_settings(einvoice="ignore")
    PAGE.parent.mkdir(exist_ok=True)
    if rendered := RENDERED.get(chosen.set):
        answers = LAYOUTS / "answers" / f"{rendered.name}-{settings.model}.json.gz"
        done = evaluate(rendered, settings, answers, anew=chosen.anew)
        if chosen.note:
            note(chosen.set, settings.model, done.rows, done.report)
        return
    letters = [letter for name in SETS[chosen.set] for letter in letters_in(UNREAD / name).values()]
    if of_type_alone := [letter for letter in letters if not letter.values]:
        with tempfile.TemporaryDirectory(prefix="postkorb-unread-") as folder:
            write_documents(Path(folder), of_type_alone)
            found = asyncio.run(classify(Path(folder), settings))
        say_types(found, calibration_of(settings).review_below)
    if with_facts := [letter for letter in letters if letter.values]:
        answers = ANSWERS / f"{chosen.set}-{settings.model}.json.gz"
        with tempfile.TemporaryDirectory(prefix="postkorb-unread-") as folder:
            write_documents(Path(folder), with_facts)
            done = evaluate(Path(folder), settings, answers, anew=chosen.anew)
        if chosen.note:
            note(chosen.set, settings.model, done.rows, done.report)


if __name__ == "__main__":
    main()
