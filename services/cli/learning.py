"""`postkorb types learn` and `learn-places`: labelled documents in, what they teach of words and places out."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from services.cli.evaluation import read_documents
from services.cli.output import console, print_json, table_of
from services.cli.progress import document_bars
from services.evaluation.asking import Reading
from services.evaluation.labels import read_labels
from services.evaluation.learning import Lesson, learn
from services.evaluation.place_learning import learn_places, lessons_of, taught_fields
from services.settings import Settings
from services.wiring import types_of


@dataclass(frozen=True, slots=True)
class TypeLearned:
    """What was learned of a type.

    Parameters
    ----------
    right
        Documents that words learned without them put there.
    """

    document_type: str
    documents: int
    right: int


def learn_words(folder: Path, labels: Path | None, output: Path, settings: Settings, *, as_json: bool) -> None:
    """Learn, write, and say how good the words are.

    Raises
    ------
    LabelsError
        If the labels cannot be used.
    LearningError
        If a type has too few documents that can be read.
    """
    types = types_of(settings)
    readings = _read(folder, labels, settings, quiet=as_json)
    lessons = [
        Lesson(reading.parsed.pages, reading.label.document_type) for reading in readings if reading.failure is None
    ]
    learned = learn(lessons, list(types), datetime.now(UTC))
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(learned.words.as_json(), "utf-8")
    counts = Counter(lesson.document_type for lesson in lessons)
    right = Counter(
        lesson.document_type
        for lesson, said in zip(lessons, learned.left_out, strict=True)
        if max(said, key=said.__getitem__) == lesson.document_type
    )
    rows = [TypeLearned(name, counts[name], right[name]) for name in types]
    unread = len(readings) - len(lessons)
    if as_json:
        print_json({"file": str(output), "documents": len(lessons), "not_readable": unread, "types": rows})
        return
    cells = [(row.document_type, row.documents, row.right) for row in rows]
    total = ("all", learned.words.documents, learned.words.right)
    console.print(table_of("Learned", ("type", "documents", "right if left out"), [*cells, total]))
    if unread:
        console.print(f"{unread} documents could not be read and are left out", highlight=False)
    console.print(f"POSTKORB_LEARNED_WORDS={output} uses it", highlight=False, soft_wrap=True)


def learn_where(folder: Path, labels: Path | None, output: Path, settings: Settings, *, as_json: bool) -> None:
    """Learn where values stand, write it, and say of which fields.

    Raises
    ------
    LabelsError
        If the labels cannot be used, or no field has enough documents that say it.
    """
    readings = _read(folder, labels, settings, quiet=as_json)
    lessons = lessons_of(readings, types_of(settings))
    learned = learn_places(lessons, datetime.now(UTC))
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(learned.as_json(), "utf-8")
    rows = taught_fields(lessons, learned)
    if as_json:
        names = ("document_type", "field", "documents", "learned")
        fields = [dict(zip(names, row, strict=True)) for row in rows]
        print_json({"file": str(output), "documents": learned.documents, "fields": fields})
        return
    cells = [(kind, field, said, "yes" if is_learned else "no") for kind, field, said, is_learned in rows]
    console.print(table_of("Learned", ("type", "field", "documents that say it", "learned"), cells))
    console.print(f"POSTKORB_LEARNED_PLACES={output} uses it", highlight=False, soft_wrap=True)


def _read(folder: Path, labels: Path | None, settings: Settings, *, quiet: bool) -> list[Reading]:
    with document_bars(quiet=quiet) as bars:
        return asyncio.run(read_documents(settings, read_labels(folder, types_of(settings), labels), bars))
