"""Fit the confidences that ship for a model: to the samples, and to the letters that were written for development.

    make calibrate              the default model; the file goes to services/models/calibrations
    make calibrate MODEL=name   another one of the catalogue
    make calibrate ANEW=1       ask everything, also what the model answered before

So are letters of `samples/unread`, whose first reading is done, and what became of answers about other people's
templates and real documents when they were read first (samples/first_readings): without these, confidences would be
those of documents that have been mended for, which a new office's are not. Documents on which nothing may be tuned
(`samples/held_out`, the real invoices, the newest unread set) are not among them: they show what the fitted confidences
are worth. The page with all figures goes to load-tests/results.

What a model says is kept (samples/development/answers), so that fitting to code that has changed takes minutes.
"""

import argparse
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from first_readings import first_readings
from hostile.attacks import Letter, label_of, letters, letters_in
from lessons import of_other_people, place_lessons
from letter_paper import letter_file
from noted import Noted
from recorded import Record

from services.answers.calibration import UNFITTED, CalibrationError, read_calibration
from services.cli import evaluation
from services.evaluation.place_learning import learn_places
from services.settings import load_settings

REPOSITORY: Final = Path(__file__).parents[1]
SAMPLES: Final = REPOSITORY / "samples"
RESULTS: Final = REPOSITORY / "load-tests" / "results"
SHIPPED: Final = REPOSITORY / "services" / "models" / "calibrations"
FIXED: Final = [SAMPLES / "development" / name for name in ("german.yaml", "english_and_french.yaml")]
READ: Final = ("fifth", "sixth", "seventh", "eighth")
"""Sets of invoices whose first reading is done, and whose answers are kept."""
OWN: Final = [
    SAMPLES / "development" / "invoices.yaml",
    SAMPLES / "unread" / "letters.yaml",
    *(SAMPLES / "unread" / f"{name}_invoices.yaml" for name in READ),
]
"""For `write_letters`."""
ANSWERS: Final = SAMPLES / "development" / "answers"
"""A file a model: one model's answers are never another's."""

Letters = Mapping[str, Letter]


def write_documents(folder: Path) -> int:
    """Write all documents made for development, with their labels; give their number."""
    labels = {
        name: label
        for name, label in json.loads((SAMPLES / "labels.json").read_text("utf-8")).items()
        if "fails_with" not in label
    }
    for name in labels:
        shutil.copy(SAMPLES / name, folder / name)
    labels |= write_letters(folder, [letters(), *map(letters_in, FIXED)], [letters_in(file) for file in OWN])
    (folder / "labels.json").write_text(json.dumps(labels, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return len(labels)


def write_letters(folder: Path, fixed: Sequence[Letters], own: Sequence[Letters]) -> dict[str, Mapping[str, Any]]:
    """Write letters whose PDFs have the same columns on every page, and such with columns as wide as their words."""
    labels = {}
    for letter in [letter for group in fixed for letter in group.values()]:
        name = f"letter_{letter.file_name}"
        (folder / name).write_bytes(letter.content())
        labels[name] = label_of(letter)
    for letter in [letter for group in own for letter in group.values()]:
        assert letter.file_name not in labels, f"two letters have the name {letter.name}"
        (folder / letter.file_name).write_bytes(letter_file(letter.form, letter.filled))
        labels[letter.file_name] = label_of(letter)
    return labels


def kept(model: str) -> Record | None:
    """Give what a model said of these documents before, here and for other measurements; None if it was never asked."""
    files = [
        ANSWERS / f"{model}.json.gz",
        *(SAMPLES / "unread" / "answers" / f"{name}-{model}.json.gz" for name in READ),
    ]
    records = [Record.read(file) for file in (*files, SAMPLES / "answers.json.gz") if file.exists()]
    records = [record for record in records if record.identity.model == model]
    if not records:
        return None
    answers = {key: answer for record in records for key, answer in record.answers.items()}
    return records[0].model_copy(update={"answers": answers})


@contextmanager
def without_them() -> Iterator[Path]:
    """Give places that were learned without the documents made for development: what ships knows them by heart."""
    learned = learn_places(place_lessons(of_other_people()), datetime.now(UTC))
    with tempfile.NamedTemporaryFile("w", prefix="postkorb-places-", suffix=".json") as file:
        file.write(learned.as_json())
        file.flush()
        yield Path(file.name)


def begin_with(shipped: Path) -> None:
    """Begin with what is set by hand, where what ships is of other features and nobody could read it."""
    try:
        read_calibration(shipped.read_bytes())
    except (OSError, CalibrationError):
        shipped.write_text(UNFITTED.model_dump_json(), "utf-8")


def main() -> None:
    """Ask what was not asked before, fit, and put the calibration where it ships from."""
    parser = argparse.ArgumentParser(description="Fit the confidences that ship for a model.")
    parser.add_argument("--model", help="of the catalogue; by default the one that the settings name")
    parser.add_argument("--anew", action="store_true", help="ask everything")
    chosen = parser.parse_args()
    settings = load_settings().model_copy(update={"einvoice": "ignore"})
    if chosen.model:
        settings = settings.model_copy(update={"model": chosen.model})
    shipped = SHIPPED / f"{settings.model}.json"
    begin_with(shipped)
    record = None if chosen.anew else kept(settings.model)
    engine = Noted(record)
    RESULTS.mkdir(exist_ok=True)
    page = RESULTS / f"calibration-{settings.model}.html"
    with tempfile.TemporaryDirectory(prefix="postkorb-development-") as folder, without_them() as places:
        settings = settings.model_copy(update={"learned_places": places})
        write_documents(Path(folder))
        order = evaluation.Order(
            Path(folder), None, None, None, page, None, calibrate=True, as_json=False, recorded=record is not None
        )
        evaluation.say(evaluation.run(order, settings, engine.load, first_readings(settings.model)), order)
    engine.write(ANSWERS / f"{settings.model}.json.gz")
    shutil.copy(order.calibration, shipped)


if __name__ == "__main__":
    main()
