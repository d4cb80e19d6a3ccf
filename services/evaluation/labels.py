"""What is true of documents: `labels.json` or `truth.json` beside them."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from schemas.document_types import OTHER, DocumentType, DocumentTypes, Kind
from schemas.events import ErrorCode
from services.answers.amounts import currency_code
from services.answers.forms import IBAN
from services.evaluation.judging import compact, decimal_of

LABELS: Final = "labels.json"
TRUTH: Final = "truth.json"
ROWS: Final = "line_items"
"""Name of the table of rows, in labels and in answers."""

_INVOICE: Final = "invoice"
_ROW_FIELDS: Final = {"description": Kind.TEXT, "quantity": Kind.NUMBER, "line_total": Kind.MONEY}
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


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
        entries = json.loads(path.read_text("utf-8"), parse_float=str, parse_int=str, object_pairs_hook=_Object)
        twice = next(_names_given_twice(entries), None)
    except (OSError, ValueError, RecursionError) as error:
        message = f"{path}: not readable as JSON: {' '.join(str(error).split())}"
        raise LabelsError(message) from None
    if not isinstance(entries, dict) or not all(isinstance(entry, dict) for entry in entries.values()):
        message = f"{path}: it should be an object with an object for each file name"
        raise LabelsError(message)
    if twice is not None:
        message = f"{path}: {twice} stands there twice; it should stand there once"
        raise LabelsError(message)
    if not entries:
        message = f"{path}: it names no document; it should be an object with an object for each file name"
        raise LabelsError(message)
    return entries


class _Object(dict[str, Any]):
    """A JSON object that knows which names it was given twice: of their values the last one alone would count."""

    def __init__(self, members: Sequence[tuple[str, Any]]) -> None:
        super().__init__(members)
        self.twice = [name for name, count in Counter(name for name, _ in members).items() if count > 1]


def _names_given_twice(value: object, place: str = "") -> Iterator[str]:
    if isinstance(value, _Object):
        yield from (f"{place}{name!r}" for name in value.twice)
        for name, member in value.items():
            yield from _names_given_twice(member, f"{place}{name}: ")
    elif isinstance(value, list):
        for member in value:
            yield from _names_given_twice(member, place)


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
    if (code := entry.get("fails_with")) is not None:
        if str(code) not in {str(known) for known in ErrorCode}:
            message = f"{file.name}: fails_with is {code!r}; it should be one of {', '.join(ErrorCode)}"
            raise LabelsError(message)
        return Label(file, OTHER, {}, fails_with=str(code))
    kind = str(entry.get("document_type"))
    if kind not in types:
        message = f"{file.name}: document_type is {kind}; it should be one of {', '.join(types)}"
        raise LabelsError(message)
    given = entry.get("fields", {})
    if not isinstance(given, dict):
        message = f"{file.name}: fields should be an object with a value for each field that the document has"
        raise LabelsError(message)
    known = {field.name for field in types[kind].fields}
    if unknown := sorted(set(given) - known):
        message = f"{file.name}: the type {kind} has no field {', '.join(unknown)}"
        raise LabelsError(message)
    return Label(file, kind, _fields(file, types[kind], dict.fromkeys(known) | given), _rows(file, types, entry))


def _invoice_label(file: Path, entry: Mapping[str, Any], types: DocumentTypes) -> Label:
    return Label(file, _INVOICE, _fields(file, types[_INVOICE], entry), _rows(file, types, entry))


def _fields(file: Path, kind: DocumentType, given: Mapping[str, Any]) -> dict[str, str | None]:
    """Give the fields of a type that are given, in the type's order."""
    return {
        field.name: _value(file, field.name, field.kind, given[field.name], field.choices)
        for field in kind.fields
        if field.name in given
    }


def _rows(file: Path, types: DocumentTypes, entry: Mapping[str, Any]) -> list[TrueRow] | None:
    rows = entry.get(ROWS)
    if rows is None:
        return None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        message = f"{file.name}: {ROWS} should be a list of objects with {', '.join(_ROW_FIELDS)}"
        raise LabelsError(message)
    columns = _columns(types)
    for at, row in enumerate(rows):
        if unknown := [name for name in row if name not in columns]:
            message = f"{file.name}: {ROWS}[{at}] has {', '.join(unknown)}; it may have {', '.join(columns)}"
            raise LabelsError(message)
    return [
        TrueRow(*(_value(file, f"{ROWS}[{at}].{name}", kind, row.get(name)) for name, kind in _ROW_FIELDS.items()))
        for at, row in enumerate(rows)
    ]


def _columns(types: DocumentTypes) -> list[str]:
    """Name what a row's label may have: what is scored, and the columns of any type, so that one form fits all."""
    tables = [table for kind in types.values() for table in kind.tables if table.name == ROWS]
    return list(dict.fromkeys([*_ROW_FIELDS, *(column.name for table in tables for column in table.columns)]))


def _value(file: Path, place: str, kind: Kind, value: object, choices: Sequence[str] = ()) -> str | None:
    """Give a label's value as text; numbers were read as they are written.

    Raises
    ------
    LabelsError
        If it is not canonical: what nobody can compare would fit any answer, or none.
    """
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        message = f"{file.name}: {place} should be a text or a number, or null if the document does not have it"
        raise LabelsError(message)
    if choices and value not in choices:
        message = f"{file.name}: {place} is {value!r}; it should be one of {', '.join(choices)}"
        raise LabelsError(message)
    if (form := _FORMS.get(kind)) and not form.holds(value):
        message = f"{file.name}: {place} is {value!r}; it should be {form.wanted}"
        raise LabelsError(message)
    return value


def _is_number(value: str) -> bool:
    return decimal_of(value) is not None


def _is_day(value: str) -> bool:
    try:
        return _DAY.fullmatch(value) is not None and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _is_currency(value: str) -> bool:
    return currency_code(value) == value


def _has_form_of_iban(value: str) -> bool:
    """Say whether it looks like one, whatever its check digits: pages print wrong ones, and a label what they print."""
    return IBAN.fullmatch(compact(value)) is not None


@dataclass(frozen=True, slots=True)
class _Form:
    holds: Callable[[str], bool]
    wanted: str


_PLAIN_NUMBER: Final = _Form(_is_number, "a plain number, such as 1234.56")
_FORMS: Final[Mapping[Kind, _Form]] = {
    Kind.MONEY: _PLAIN_NUMBER,
    Kind.NUMBER: _PLAIN_NUMBER,
    Kind.PERCENTAGE: _PLAIN_NUMBER,
    Kind.DATE: _Form(_is_day, "a day, such as 2026-11-29"),
    Kind.CURRENCY: _Form(_is_currency, "a code of ISO 4217, such as EUR"),
    Kind.IBAN: _Form(
        _has_form_of_iban,
        "two letters, two digits, and 11 to 30 letters or digits; check digits may be wrong, if the page's are",
    ),
}
"""What a label of a kind may be, and how that is said; other kinds may be anything."""
