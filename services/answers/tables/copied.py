"""Rows that the model copied where code found none that add up: found again on the page, and proven by a total.

What the model says is which lines are rows, and no more. Amounts, quantities and words are read where they stand, as
they are without it, and nothing counts that no total of the document confirms: a row left out, doubled or made up is
one that the sum does not have.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rapidfuzz.fuzz import token_set_ratio

from schemas.tables import TableDefinition
from services.answers.amounts import parse_money
from services.answers.normal_form import plain
from services.answers.tables.abreast import one_below_the_other
from services.answers.tables.adding_up import Listed, is_row_alone
from services.answers.tables.entries import Entry, entries_of
from services.answers.tables.listed import Listing, rows_of
from services.answers.tables.rows import Figure
from services.answers.tables.sheet import Line, Sheet
from services.answers.tables.totals import amounts_below, column_sum, is_confirmed
from services.answers.tables.words import Aside, is_payment

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
_NEAR: Final = 3
"""Lines above and below an amount among which its words may stand."""


class CopiedRow(BaseModel):
    """A row as the model copied it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    description: str = Field(max_length=2_000)
    amount: str = Field(max_length=200)


class _CopiedRows(BaseModel):
    rows: tuple[CopiedRow, ...]


@dataclass(frozen=True, slots=True)
class RowsQuestion:
    """What is asked where code finds no rows that add up.

    Parameters
    ----------
    table
        Name of the table.
    pages
        Numbers of the pages that may have rows, from 1.
    """

    table: str
    pages: Sequence[int]


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
    pages = sorted({entry.page for entry in entries if entry.aside is None and not entry.amounts.issubset(totals)})
    return RowsQuestion(tables[0].name, pages) if 0 < len(pages) <= MOST_PAGES else None


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
    """Read the lines that the model says are rows; none if it copied one that is not there, or nothing confirms them.

    Parameters
    ----------
    named
        The document's totals of which one is the sum, by the names that the table's key gives.
    """
    sheets = [one_below_the_other(sheet) for sheet in sheets]
    lines = [line for sheet in sheets for line in sheet.lines]
    entries = list(entries_of(sheets, language))
    listed: list[Listed] = []
    for page, rows in sorted(copied.items()):
        found = _found(rows, [entry for entry in entries if entry.page == page], lines, language)
        if found is None:
            return Listing()
        listed += found
    if not listed or (len(listed) == 1 and not is_row_alone(listed[0])):
        return Listing()
    listing = rows_of(table, sheets, language, listed)
    total = column_sum(listing.rows, table.key.name)
    asides = {Aside.TOTAL, Aside.SUBTOTAL}
    below = amounts_below(sheets, listing.rows[-1], language, asides, adjustments=True)
    return listing if total and is_confirmed(total, named, below) else Listing()


def _found(
    rows: Sequence[CopiedRow], entries: Sequence[Entry], lines: Sequence[Line], language: str
) -> list[Listed] | None:
    """Find the line of each row of a page, one below the other; None if one is not there, or is none of the rows."""
    found: list[Listed] = []
    for row in rows:
        value = parse_money(row.amount, language)
        last = found[-1].entry.at if found else -1
        having = [
            Listed(entry, figure)
            for entry in entries
            if entry.at > last and value is not None and (figure := _figure(entry, value)) is not None
        ]
        if not having:
            return None
        best = max(having, key=lambda listed: _likeness(row.description, listed.entry.at, lines))
        if best.entry.aside is not None or is_payment(best.entry.label):
            return None
        found.append(best)
    return found


def _figure(entry: Entry, value: Decimal) -> Figure | None:
    """Give the last amount of a line that has this value: a price before it may be the same."""
    figures = [*entry.figures, *([entry.last] if entry.last else [])]
    return next((figure for figure in reversed(figures) if figure.value == value), None)


def _likeness(description: str, at: int, lines: Sequence[Line]) -> tuple[float, float, int]:
    """Say how much of what was copied stands on a line and those near it, then on it alone; of equals, the first."""
    near = lines[max(at - _NEAR, 0) : at + _NEAR + 1]
    around, alone = (
        token_set_ratio(plain(description), " ".join(cell.text for line in some for cell in line.cells))
        for some in (near, lines[at : at + 1])
    )
    return around, alone, -at
