"""Say anew how well places speak for the answers of first readings, once there are more papers to learn from.

    make place-signals      ten minutes; no model is asked

Two sets at a time are judged by places that all other papers taught. What an answer was is known where its evaluation
was kept, since the thirteenth set; where places said nothing of it, it stays so.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from first_readings import kept_documents, kept_rows, names_of_reports, write_rows
from lessons import MADE, of_other_people
from rich.console import Console

from schemas.document_types import DocumentTypes
from services.answers.candidates import Candidates
from services.answers.dates import regional
from services.answers.places.learned import LearnedPlaces
from services.cli.evaluation import read_documents
from services.cli.progress import document_bars
from services.evaluation.asking import Reading
from services.evaluation.fitting import FieldRow
from services.evaluation.labels import read_labels
from services.evaluation.place_learning import learn_places, lessons_of
from services.evaluation.report import DocumentOutcome, FieldOutcome
from services.settings import load_settings
from services.wiring import types_of

AT_A_TIME = 2
"""Sets that are left out together: each learning takes a minute."""
LAYOUT = "layouts-"
"""Before the name of a set, where first readings are kept."""
PAPERS = "papers-"
"""Before an author's letter: his papers are some of those that were made to learn from, and are left out with them."""


def folder_of(name: str) -> str:
    """Give the folder whose papers are left out where those of a kept reading are judged."""
    return MADE.name if name.startswith(PAPERS) else name.removeprefix(LAYOUT)


def same_answers(
    rows: Sequence[FieldRow], documents: Sequence[DocumentOutcome]
) -> Iterator[tuple[FieldRow, DocumentOutcome | None, FieldOutcome | None]]:
    """Give each kept answer with its document and field in the evaluation; both are in one order, document by document.

    None, where the evaluation has none of the same kind and confidence.
    """
    waiting = {
        document.sha256: (document, [field for field in document.fields if field.answer and field.shown])
        for document in documents
    }
    for row in rows:
        document, fields = waiting.get(row.document, (None, []))
        at = next((at for at, field in enumerate(fields) if _is_same(row, field)), None)
        if at is None:
            yield row, None, None
            continue
        yield row, document, fields[at]
        del fields[: at + 1]


def _is_same(row: FieldRow, field: FieldOutcome) -> bool:
    answer = field.answer
    return answer is not None and answer.kind == row.signals.kind and answer.confidence == row.confidence


def judged_anew(
    rows: Sequence[FieldRow],
    documents: Sequence[DocumentOutcome],
    readings: Mapping[str, Reading],
    types: DocumentTypes,
    learned: LearnedPlaces,
) -> Iterator[FieldRow]:
    """Give the kept answers as places judge them that were learned without their papers."""
    known: dict[str, Candidates] = {}
    for row, document, field in same_answers(rows, documents):
        if document is None or field is None or field.answer is None or row.signals.placed is None:
            yield row
            continue
        kind = types[document.answered] if document.answered else None
        definition = next((item for item in kind.fields if item.name == field.path), None) if kind else None
        if kind is None or definition is None:
            yield row
            continue
        if document.file not in known:
            parsed, language = readings[document.file].parsed, readings[document.file].language
            known[document.file] = Candidates(
                parsed.pages,
                regional(language, parsed.pages),
                parsed.layouts,
                sender_buys=kind.sender_buys,
                learned_places=learned,
            )
        places = known[document.file].places
        placed = places.score_of(kind, definition, field.answer)
        ahead = places.ahead(kind, definition, field.answer)
        yield replace(row, signals=replace(row.signals, placed=placed, ahead=ahead))


def main() -> None:
    """Read the papers once, learn without each pair of sets, and write what places say of their answers."""
    settings = load_settings(einvoice="ignore")
    types = types_of(settings)
    say = Console(highlight=False).print
    readings: dict[str, list[Reading]] = {}
    with document_bars(quiet=False) as bars:
        for folder in of_other_people():
            readings[folder.name] = asyncio.run(read_documents(settings, read_labels(folder, types), bars))
    kept_of = {name: folder_of(name) for name in names_of_reports(settings.model) if folder_of(name) in readings}
    folders = sorted(set(kept_of.values()))
    for begin in range(0, len(folders), AT_A_TIME):
        left_out = folders[begin : begin + AT_A_TIME]
        others = [reading for name, of_folder in readings.items() if name not in left_out for reading in of_folder]
        learned = learn_places(lessons_of(others, types), datetime.now(UTC))
        for name in [name for name, folder in kept_of.items() if folder in left_out]:
            say(f"{name}: judged by places of {learned.documents} other papers")
            kept, documents = kept_rows(name, settings.model), kept_documents(name, settings.model)
            by_file = {reading.label.file.name: reading for reading in readings[kept_of[name]]}
            fields = list(judged_anew(kept.fields, documents, by_file, types, learned))
            write_rows(name, settings.model, replace(kept, fields=fields))


if __name__ == "__main__":
    main()
