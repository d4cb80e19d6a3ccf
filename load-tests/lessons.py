"""Papers from which it is learned where values stand: those whose first reading is done, and those made for it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from services.cli.evaluation import read_documents
from services.cli.progress import document_bars
from services.evaluation.labels import read_labels
from services.evaluation.place_learning import PlaceLesson, lessons_of
from services.settings import load_settings
from services.wiring import types_of

SAMPLES: Final = Path(__file__).parents[1] / "samples"
MADE: Final = SAMPLES / "training" / "papers"
"""Made to learn from; a model read some of other types than invoices once, for its confidences."""
LAYOUTS: Final = SAMPLES / "layouts"
DEVELOPMENT: Final = LAYOUTS / "development"
ANSWERS: Final = LAYOUTS / "answers"
"""What models said of each other folder."""


def place_lessons(folders: Sequence[Path]) -> list[PlaceLesson]:
    """Read the papers of folders that have labels, with progress."""
    settings = load_settings(einvoice="ignore")
    types = types_of(settings)
    labels = [label for folder in folders for label in read_labels(folder, types)]
    with document_bars(quiet=False) as bars:
        return lessons_of(asyncio.run(read_documents(settings, labels, bars)), types)


def of_other_people() -> list[Path]:
    """Give the folders of papers that other people set, but none that is to be read and no model has read yet.

    Its first reading is to say what has been learned for papers that nobody knows.
    """
    folders = sorted(file.parent for file in LAYOUTS.glob("*/labels.json"))
    read = [folder for folder in folders if folder == DEVELOPMENT or any(ANSWERS.glob(f"{folder.name}-*.json.gz"))]
    return [*read, MADE]
