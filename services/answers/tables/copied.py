"""Rows that the model copied where code found none that add up: found again on the page, and proven by a total.

What the model says is which lines are rows, and no more. Amounts, quantities and words are read where they stand, as
they are without it, and nothing counts that no total of the document confirms: a row left out, doubled or made up is
one that the sum does not have.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise, product
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.tables import TableDefinition
from services.answers.normal_form import normal_text
from services.answers.tables.abreast import one_below_the_other
from services.answers.tables.adding_up import Listed, is_row_alone, is_tax_on
from services.answers.tables.entries import Entry, Span, entries_of, spans
from services.answers.tables.listed import Listing, rows_of
from services.answers.tables.row import Row
from services.answers.tables.sheet import Cell, Line, Sheet
from services.answers.tables.totals import column_sum, equal, is_confirmed, totals_below
from services.answers.tables.words import Aside, is_payment, names_tax_anywhere

MOST_PAGES: Final = 4
"""A document with more pages that may have rows is not asked for them: each costs a call."""
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"description": {"type": "string"}, "amount": {"type": "string"}},
                "required": ["description", "amount"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["rows"],
    "additionalProperties": False,
}
_MOST_LINES: Final = 8
"""Of a row, from its first words on, among which its amount may stand."""
_LEAST: Final = 0.4
"""Part of the letters of what was copied that the line at which it begins must have."""
_MOST: Final = 0.6
"""Part of the letters of a cell that must be copied ones for it to be of the row's words."""
_UNPROVEN: Final = 2
"""Rank of rows that no total confirms: below those that another one than the wanted does."""
_LONG_WORD: Final = re.compile(r"[^\W\d_]{3}")
_WORD: Final = re.compile(r"[^\W_]+")


class CopiedRow(BaseModel):
    """A row as the model copied it.

    Its amount is asked for to keep the model to what is billed, and not looked at: it may be a price.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    description: str = Field(max_length=2_000)
    amount: str = Field(max_length=200)


class _CopiedRows(BaseModel):
    rows: tuple[CopiedRow, ...]


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines from a row's first one on.

    Parameters
    ----------
    entries
        Those with amounts that may be a row's.
    words
        Cells of what was copied, with their page.
    """

    entries: Sequence[Entry]
    words: list[tuple[int, Cell]]

    @property
    def names_tax(self) -> bool:
        """Tell whether its words name a tax."""
        return names_tax_anywhere(" ".join(cell.text for _, cell in self.words))

    def words_of(self, listed: Listed) -> list[tuple[int, Cell]]:
        """Give its words, unless the line of the amount has others: what was copied may be a heading above it."""
        own = {cell.start for cell in listed.entry.line.cells if _LONG_WORD.search(cell.text)}
        return self.words if not own or own & {cell.start for _, cell in self.words} else []

    def row(self, span: Span | None) -> Listed | None:
        """Give the first amount in a column; what has none there is no row."""
        found = ((entry, entry.figure_in(span)) for entry in self.entries)
        return next((Listed(entry, figure) for entry, figure in found if figure is not None), None)


@dataclass(frozen=True, slots=True)
class RowsQuestion:
    """What is asked where code finds no rows that add up.

    Parameters
    ----------
    table
        Name of the table.
    lines
        Of each page that may have rows, from 1, how many lines have amounts that may be one's.
    """

    table: str
    lines: Mapping[int, int]


Copied = Mapping[str, Mapping[int, Sequence[CopiedRow]]]
"""By table and page, from 1, what was copied."""


def rows_question(
    tables: Sequence[TableDefinition], sheets: Sequence[Sheet], language: str, totals: Collection[Decimal]
) -> RowsQuestion | None:
    """Ask for the rows of the first of some tables; None if there is none, no page may have rows, or too many may.

    Parameters
    ----------
    tables
        Those whose rows nothing confirms.
    language
        ISO 639-1, of the document.
    totals
        Amounts of the document that are no rows'.
    """
    entries = entries_of(sheets, language) if tables else ()
    lines = Counter(entry.page for entry in entries if entry.aside is None and not entry.amounts.issubset(totals))
    return RowsQuestion(tables[0].name, lines) if 0 < len(lines) <= MOST_PAGES else None


def read_copied(text: str) -> tuple[CopiedRow, ...]:
    """Read what the model answered; empty if it is cut off, or otherwise not of the schema."""
    try:
        return _CopiedRows.model_validate_json(text).rows
    except ValidationError:
        return ()


def copied_rows(
    table: TableDefinition,
    sheets: Sequence[Sheet],
    language: str,
    named: Mapping[str, Decimal],
    copied: Mapping[int, Sequence[CopiedRow]],
) -> Listing:
    """Read the lines that the model says are rows; none if no column of their amounts is confirmed.

    Small models copy the words of rows well, and a price for the amount: which column it is, the sum says.

    Parameters
    ----------
    named
        The document's totals of which one is the sum, by the names that the table's key gives.
    """
    sheets = [one_below_the_other(sheet) for sheet in sheets]
    lines = [(sheet.number, line) for sheet in sheets for line in sheet.lines]
    blocks = list(_blocks([*_starts(copied, lines)], lines, list(entries_of(sheets, language))))
    ways = [None, *spans([entry for block in blocks for entry in block.entries])]
    proofs = []
    for span, taxes in product(ways, (False, True)):
        those = [(block, block.row(span)) for block in blocks if taxes or not block.names_tax]
        chosen = [(block, listed) for block, listed in those if listed is not None]
        if 2 * len(chosen) > sum(map(len, copied.values())):
            rows, rank = _proven(table, sheets, language, named, [listed for _, listed in chosen])
            for (block, listed), row in zip(chosen, rows, strict=False):  # all, or none
                row.lines = block.words_of(listed) or row.lines
            proofs.append((rank, rows))
    return Listing(min(proofs, key=lambda proof: proof[0], default=(_UNPROVEN, ()))[1])


def _proven(
    table: TableDefinition,
    sheets: Sequence[Sheet],
    language: str,
    named: Mapping[str, Decimal],
    listed: Sequence[Listed],
) -> tuple[Sequence[Row], int]:
    """Read rows if a total confirms them; give with them 0 if it is the one that is wanted, else 1."""
    if any(is_payment(row.entry.label) for row in listed) or (len(listed) == 1 and not is_row_alone(listed[0])):
        return (), _UNPROVEN
    rows = rows_of(table, sheets, language, listed).rows
    total = column_sum(rows, table.key.name)
    asides = {Aside.TOTAL, Aside.SUBTOTAL}
    below = totals_below(sheets, rows[-1], language, asides, adjustments=True)
    if not total or not is_confirmed(total, named, below):
        return (), _UNPROVEN
    wanted = named.get(table.key.adds_up_to[0])
    if wanted is not None and equal(total, wanted):
        return rows, 0
    # With its tax, any invoice's rows add up to its gross total.
    taxed = any(names_tax_anywhere(row.entry.label) or is_tax_on(row, listed) for row in listed)
    return ((), _UNPROVEN) if taxed else (rows, 1)


def _blocks(
    starts: Sequence[tuple[int, set[str]]], lines: Sequence[tuple[int, Line]], entries: Sequence[Entry]
) -> Iterator[_Block]:
    """Give what stands from each row's first line on to the next row's."""
    for (start, wanted), (end, _) in pairwise([*starts, (len(lines), set())]):
        below = range(start, min(end, start + _MOST_LINES))
        cells = [(lines[at][0], cell) for at in below for cell in lines[at][1].cells if _is_of(cell, wanted)]
        yield _Block([entry for entry in entries if entry.at in below and entry.aside is None], cells)


def _is_of(cell: Cell, wanted: set[str]) -> bool:
    having = _words([cell.text])
    return any(map(str.isalpha, cell.text)) and _letters(having & wanted) >= _MOST * _letters(having) > 0


def _starts(
    copied: Mapping[int, Sequence[CopiedRow]], lines: Sequence[tuple[int, Line]]
) -> Iterator[tuple[int, set[str]]]:
    """Give the line at which each row begins, one below the other, with its words; what is not there is left out."""
    for page, rows in sorted(copied.items()):
        words = {
            at: _words(cell.text for cell in line.cells) for at, (number, line) in enumerate(lines) if number == page
        }
        last = -1
        for row in rows:
            wanted = _words([row.description])
            shared = {at: _letters(wanted & having) for at, having in words.items() if at > last}
            best = max(shared, key=shared.__getitem__, default=None)
            if best is not None and shared[best] >= _LEAST * _letters(wanted) > 0:
                last = best
                yield best, wanted


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in _WORD.findall(normal_text(text))}


def _letters(words: Iterable[str]) -> int:
    return sum(map(len, words))
