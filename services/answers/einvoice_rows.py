"""The rows that the pages of an e-invoice show, held against the lines of its XML."""

import re
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import islice
from textwrap import shorten
from typing import Final
from unicodedata import normalize

from schemas.document_types import DocumentType
from schemas.events import FieldAnswer, Finding
from services.answers.einvoice import EInvoice, EInvoiceLine
from services.answers.einvoice_findings import Teller
from services.answers.einvoice_pages import EInvoicePages
from services.answers.einvoice_unstated import StatedValues
from services.answers.normal_form import normal_form, plain
from services.answers.shown_numbers import ShownNumbers
from services.answers.tables.answers import read_tables

MOST_ROWS_NAMED: Final = 20
"""Rows with findings of their own."""
MAX_SAID: Final = 60
"""Characters of a description in a finding."""
MOST_ALIKE: Final = 10
"""Rows of one amount among which that of a line is looked for."""
MOST_WORDS: Final = 60
"""Words of a description that are compared: the time for it grows with their third power."""
MOST_COMPARED: Final = 1_000
"""Descriptions that are compared; of further lines the amount alone tells the row, and no words are named."""
_LINES: Final = "line_items"
_PATH: Final = re.compile(rf"{_LINES}\[([0-9]+)\]\.(description|quantity|line_total)")
_WORD: Final = re.compile(r"[0-9]+(?:[.,'][0-9]+)*|[^\W\d_]+")
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:[.,'][0-9]{3})+")
_SAME_EDGE: Final = 15
"""Difference of two edges, in tenths of a point, that is none."""
_MOSTLY: Final = 0.7
"""Part of a word that is the word, if its beginning was cut off."""
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@dataclass(slots=True)
class _Row:
    """A row as the pages show it."""

    description: str = ""
    total: Decimal | None = None
    quantity: str | None = None
    """As it is written."""
    edges: tuple[int, int] | None = None
    """Left and right of its amount, in tenths of a point."""


def row_findings(
    invoice: EInvoice,
    kind: DocumentType,
    shown: EInvoicePages,
    stated: StatedValues,
    teller: Teller,
    found: Sequence[Finding],
) -> list[Finding]:
    """Give the rows that the pages have and the XML has not, and descriptions in which other words stand there.

    Only where the rows are read and every line of the XML is among them by its amount: else nothing tells which row is
    which. Rows with amounts that the XML says elsewhere, such as freight, are none too many, nor are sums of rows, what
    stands in another column, and a second copy of the table.

    Parameters
    ----------
    found
        What else was found: lines that are named there are not named again.
    """
    if not invoice.line_items or invoice.lines_left_out:
        return []
    rows = _rows(invoice, kind, shown)
    pairs = _paired(invoice, rows)
    if pairs is None:
        return []
    named = {path for finding in found for path in finding.fields}
    reworded = [
        teller.finding("line_otherwise", [path], {"number": index + 1, "value": said, "other": instead})
        for index, at in islice(pairs.items(), MOST_COMPARED)
        if (path := f"{_LINES}[{index}].description") not in named
        for said, instead in _reworded(invoice.line_items[index].description or "", rows[at].description, shown)
    ]
    paired = set(pairs.values())
    known = [rows[at] for at in paired]
    others = [row for at, row in enumerate(rows) if at not in paired]
    copied = set((_paired(invoice, others) or {}).values()) if len(pairs) > 1 else set()
    more = [
        teller.finding("unstated_row", [_LINES], {"other": _said(row)})
        for at, row in enumerate(others)
        if row.total is not None and at not in copied and _is_in_column(row, known)
        if not (stated.has_amount(row.total) or stated.is_sum_of_lines(row.total))
    ]
    quantities = {abs(line.quantity) for line in invoice.line_items if line.quantity}
    counted = [
        teller.finding("line_otherwise", [path], {"number": index + 1, "value": f"{said:f}", "other": instead})
        for index, at in islice(pairs.items(), MOST_COMPARED)
        if (path := f"{_LINES}[{index}].quantity") not in named
        for said, instead in _counted(invoice.line_items[index], rows[at], quantities)
    ]
    return [*reworded[:MOST_ROWS_NAMED], *counted[:MOST_ROWS_NAMED], *more[:MOST_ROWS_NAMED]]


def _rows(invoice: EInvoice, kind: DocumentType, shown: EInvoicePages) -> list[_Row]:
    totals = {field.name: getattr(invoice, field.name, None) for field in kind.fields}
    known = {name: total for name, total in totals.items() if isinstance(total, Decimal)}
    rows: dict[int, _Row] = defaultdict(_Row)
    for field in read_tables(kind, shown.texts, shown.sheets, shown.language, known).fields:
        if match := _PATH.fullmatch(field.path):
            _fill(rows[int(match[1])], match[2], field, shown)
    return list(rows.values())


def _fill(row: _Row, name: str, field: FieldAnswer, shown: EInvoicePages) -> None:
    if name == "description":
        row.description = field.value or ""
        return
    if name == "quantity":
        row.quantity = field.verbatim
        return
    row.total = field.value_numeric
    if field.page is not None and field.char_start is not None and (cell := shown.cell(field.page, field.char_start)):
        row.edges = (cell.left, cell.right)


def _is_in_column(row: _Row, paired: Sequence[_Row]) -> bool:
    """Tell whether the amount of a row stands below or above those of rows that the XML has."""
    edges = (zip(row.edges or (), other.edges or (), strict=False) for other in paired)
    return any(abs(own - other) <= _SAME_EDGE for pair in edges for own, other in pair)


def _paired(invoice: EInvoice, rows: Sequence[_Row]) -> dict[int, int] | None:
    """Give the row of each line that bills something, by amount and, of several, by words; None if one has none."""
    by_total: dict[Decimal, deque[int]] = defaultdict(deque)
    for at, row in enumerate(rows):
        if row.total is not None:
            by_total[_size(row.total, invoice)].append(at)
    pairs: dict[int, int] = {}
    left = MOST_COMPARED
    for index, line in enumerate(invoice.line_items):
        if not line.line_total:
            continue
        alike = by_total[_size(line.line_total, invoice)]
        if not alike:
            return None
        several = min(len(alike), MOST_ALIKE, left) if len(alike) > 1 else 0
        left -= several
        words = _words(line.description or "")
        described = (_words(rows[at].description) for at in islice(alike, several))
        best = next((n for n, shown in enumerate(described) if not _replaced(words, shown)), 0)
        pairs[index] = alike[best]
        del alike[best]
    return pairs


def _counted(line: EInvoiceLine, row: _Row, quantities: AbstractSet[Decimal]) -> Iterator[tuple[Decimal, str]]:
    """Give a quantity and that of another line in its place: a number that is none may be a price of the row.

    Only where nothing in the description is another line's: those of equal amounts may have been taken for each other.
    """
    if (
        line.quantity is None
        or row.quantity is None
        or _replaced(_words(line.description or ""), _words(row.description))
    ):
        return
    readings = set(map(abs, ShownNumbers([normal_form(row.quantity)]).between(1, 0, len(row.quantity))))
    if abs(line.quantity) not in readings and readings & quantities:
        yield line.quantity, row.quantity


def _size(total: Decimal, invoice: EInvoice) -> Decimal:
    return abs(total) if invoice.is_credit_note else total


def _reworded(said: str, described: str, shown: EInvoicePages) -> Iterator[tuple[str, str]]:
    """Give the first words that others stand in the place of: one for one, or of which none stands elsewhere."""
    for words, instead in _replaced(_words(said), _words(described)):
        if _count(words) == _count(instead) or not any(shown.has_word(word.casefold()) for word in words):
            yield _short(" ".join(words)), _short(" ".join(instead))
            return


def _count(words: Sequence[str]) -> int:
    """Count words without numbers: that of the row may stand before them."""
    return sum(not word[0].isdigit() for word in words)


def _replaced(words: Sequence[str], shown: Sequence[str]) -> list[tuple[list[str], list[str]]]:
    """Give the words that others stand in the place of, with those; none that are written otherwise or left out."""
    forms, shown_forms = list(map(_form, words)), list(map(_form, shown))
    joined = "".join(shown_forms)
    found = []
    for tag, start, end, first, last in SequenceMatcher(None, forms, shown_forms, autojunk=False).get_opcodes():
        instead = shown_forms[first:last]
        is_lost = any(form not in joined and not _is_shortened(form, instead) for form in forms[start:end])
        if tag == "replace" and is_lost and "".join(forms[start:end]) not in joined:
            found.append((list(words[start:end]), list(shown[first:last])))
    return found


def _is_shortened(form: str, others: Sequence[str]) -> bool:
    """Tell whether one of two words is the other with letters left out: `Std` and `Stunden`; no number is."""
    return any(
        f"{short}{long}".isalpha() and ((short[0] == long[0] and _is_in_order(short, long)) or _is_end(short, long))
        for other in others
        for short, long in (sorted((form, other), key=len),)
    )


def _is_end(letters: str, word: str) -> bool:
    return word.endswith(letters) and len(letters) >= _MOSTLY * len(word)


def _is_in_order(letters: str, word: str) -> bool:
    rest = iter(word)
    return all(letter in rest for letter in letters)


def _words(text: str) -> list[str]:
    return [match[0] for match in islice(_WORD.finditer(plain(text)), MOST_WORDS)]


def _form(word: str) -> str:
    """Write a word as others may: umlauts in two letters, numbers without groups and zeros at the end."""
    if _GROUPED.fullmatch(word):
        return re.sub(r"\D", "", word)
    return re.sub(r"[.,]0+$", "", normalize("NFKC", word)).replace(",", ".").casefold().translate(_UMLAUTS)


def _said(row: _Row) -> str:
    return f"{_short(row.description)} {row.total:f}".strip()


def _short(words: str) -> str:
    return shorten(words, MAX_SAID, placeholder="…")
