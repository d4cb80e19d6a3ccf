"""What is true of documents: `labels.json` or `truth.json` beside them."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from schemas.document_types import OTHER, DocumentTypes, Kind
from services.evaluation.judging import decimal_of

LABELS: Final = "labels.json"
TRUTH: Final = "truth.json"
ROWS: Final = "line_items"
"""Name of the table of rows, in labels and in answers."""

_INVOICE: Final = "invoice"
_ROW_FIELDS: Final = {"description": Kind.TEXT, "quantity": Kind.NUMBER, "line_total": Kind.MONEY}
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBERS: Final = frozenset({Kind.MONEY, Kind.NUMBER, Kind.PERCENTAGE})


class LabelsError(ValueError):
    """Labels that cannot be used; the message names the file, the place, and what would be right."""


@dataclass(frozen=True, slots=True)
class TrueRow:
    """A row of a table, as it is; None for what the label leaves open.

    Parameters
    ----------
    quantity, line_total
        Plain decimals.
    """

    description: str | None
    quantity: str | None
    line_total: str | None


@dataclass(frozen=True, slots=True)
class Label:
    """What is true of one document.

    Parameters
    ----------
    file
        The document.
    fields
        Canonical values by name; None: the document does not say it. Fields that are not among them are not scored.
    rows
        Rows of its table in order; None: not labelled.
    fails_with
        Error code of a document that nobody can read; None: it can be read.
    """

    file: Path
    document_type: str
    fields: Mapping[str, str | None]
    rows: Sequence[TrueRow] | None = None
    fails_with: str | None = None


def read_labels(folder: Path, types: DocumentTypes, file: Path | None = None) -> list[Label]:
    """Read the labels of a folder, in the order of the file names.

    Parameters
    ----------
    file
        A `labels.json` or `truth.json` elsewhere; the end of its name says which form it has.

    `labels.json` is complete: a field of the document's type that it does not name, the document does not have.
    `truth.json` is of invoices; null is what the document does not say, and a field without an entry is not scored.

    Raises
    ------
    LabelsError
        If there are none, or they do not fit the documents or the types.
    """
    for name, read in ((LABELS, _complete_label), (TRUTH, _invoice_label)):
        path = folder / name if file is None else file
        if path.is_file() and path.name.endswith(name):
            entries = _entries(path)
            return [
                read(_document(folder, path, entry_of), entry, types) for entry_of, entry in sorted(entries.items())
            ]
    if file is not None:
        message = f"{file}: there is no such file, or its name ends neither in {LABELS} nor in {TRUTH}"
        raise LabelsError(message)
    message = f"{folder}: neither {LABELS} nor {TRUTH} is there; see docs/how-to/evaluate.md for what they say"
    raise LabelsError(message)


def _entries(path: Path) -> Mapping[str, Mapping[str, Any]]:
    try:
        entries = json.loads(path.read_text("utf-8"), parse_float=str, parse_int=str)
    except (OSError, ValueError, RecursionError) as error:
        message = f"{path}: not readable as JSON: {' '.join(str(error).split())}"
        raise LabelsError(message) from None
    if not isinstance(entries, dict) or not all(isinstance(entry, dict) for entry in entries.values()):
        message = f"{path}: it should be an object with an object for each file name"
        raise LabelsError(message)
    return entries


def _document(folder: Path, labels: Path, name: str) -> Path:
    if name != name.encode(errors="replace").decode():
        message = f"{labels}: the name {name!r} is not UTF-8, and no page could show it: rename the document"
        raise LabelsError(message)
    file = folder / name
    if Path(name).name != name or not file.is_file():
        message = f"{labels}: there is no document named {name!r} in {folder}"
        raise LabelsError(message)
    return file


def _complete_label(file: Path, entry: Mapping[str, Any], types: DocumentTypes) -> Label:
    if code := entry.get("fails_with"):
        return Label(file, OTHER, {}, fails_with=str(code))
    kind = str(entry.get("document_type"))
    if kind not in types:
        message = f"{file.name}: document_type is {kind}; it should be one of {', '.join(types)}"
        raise LabelsError(message)
    given = entry.get("fields", {})
    if not isinstance(given, dict):
        message = f"{file.name}: fields should be an object with a value for each field that the document has"
        raise LabelsError(message)
    known = {field.name: field.kind for field in types[kind].fields}
    if unknown := sorted(set(given) - set(known)):
        message = f"{file.name}: the type {kind} has no field {', '.join(unknown)}"
        raise LabelsError(message)
    fields = {name: _value(file, name, of_kind, given.get(name)) for name, of_kind in known.items()}
    return Label(file, kind, fields, _rows(file, entry))


def _invoice_label(file: Path, entry: Mapping[str, Any], types: DocumentTypes) -> Label:
    known = {field.name: field.kind for field in types[_INVOICE].fields}
    given = {name: value for name, value in entry.items() if name in known and name != ROWS}
    fields = {name: _value(file, name, known[name], value) for name, value in given.items()}
    return Label(file, _INVOICE, fields, _rows(file, entry))


def _rows(file: Path, entry: Mapping[str, Any]) -> list[TrueRow] | None:
    rows = entry.get(ROWS)
    if rows is None:
        return None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        message = f"{file.name}: {ROWS} should be a list of objects with {', '.join(_ROW_FIELDS)}"
        raise LabelsError(message)
    return [
        TrueRow(*(_value(file, f"{ROWS}[{at}].{name}", kind, row.get(name)) for name, kind in _ROW_FIELDS.items()))
        for at, row in enumerate(rows)
    ]


def _value(file: Path, place: str, kind: str, value: object) -> str | None:
    """Give a label's value as text; numbers were read as they are written.

    Raises
    ------
    LabelsError
        If it is not canonical: a number that nobody can compare would fit any answer, or none.
    """
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        message = f"{file.name}: {place} should be a text or a number, or null if the document does not have it"
        raise LabelsError(message)
    if kind in _NUMBERS and decimal_of(value) is None:
        message = f"{file.name}: {place} is {value!r}; it should be a plain number, such as 1234.56"
        raise LabelsError(message)
    if kind == Kind.DATE and not (_DAY.fullmatch(value) and _is_day(value)):
        message = f"{file.name}: {place} is {value!r}; it should be a day, such as 2026-11-29"
        raise LabelsError(message)
    return value


def _is_day(value: str) -> bool:
    try:
        return bool(date.fromisoformat(value))
    except ValueError:
        return False
