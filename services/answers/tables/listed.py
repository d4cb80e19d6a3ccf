"""Rows of lines that add up: their words, and what their amounts are the products of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from schemas.tables import TableDefinition
from services.answers.tables.adding_up import Listed, lines_that_add_up
from services.answers.tables.columns import is_figure
from services.answers.tables.factors import named_factors
from services.answers.tables.head import HeadFinder
from services.answers.tables.rows import Figure, Row
from services.answers.tables.sheet import Cell, Line, Sheet

_ABOVE: Final = 6
"""Lines above the first row among which a column may be named."""
_GOING_ON: Final = 12
"""Lines below a row's first one that may be its own."""
_LEADING: Final = 1.6
"""Distance of a line from the one whose words it goes on with, as part of the font size, at most."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows that a sum proves.

    Parameters
    ----------
    named
        Columns that a line above the rows names.
    """

    rows: Sequence[Row] = ()
    named: frozenset[str] = frozenset()


def listed_rows(
    table: TableDefinition, sheets: Sequence[Sheet], language: str, named: Mapping[str, Decimal]
) -> Listing:
    """Read the rows whose amounts add up to a total of the document, whatever stands above them.

    Parameters
    ----------
    language
        ISO 639-1, of the document.
    named
        The document's totals of which one is the sum, by the names that the table's key gives.
    """
    listed = lines_that_add_up(table, sheets, language, named)
    if not listed:
        return Listing()
    lines = [line for sheet in sheets for line in sheet.lines]
    heads = _heads(table, lines, listed[0].entry.at)
    factors: Sequence[Mapping[str, Figure]] = [{}] * len(listed)
    if table.key.product_of:
        factors = named_factors([(row.entry.line, row.figure) for row in listed], table.key.product_of, heads, language)
    words = _words(listed, lines)
    rows = [
        Row(page, {table.key.name: row.figure, **of_line}, None, lines=[(page, cell) for cell in cells])
        for row, of_line, cells in zip(listed, factors, words, strict=True)
        for page in [row.entry.page]
    ]
    return Listing(rows, frozenset(heads))


def _heads(table: TableDefinition, lines: Sequence[Line], first: int) -> Mapping[str, Cell]:
    """Give the cells that name columns on the nearest line above that names one."""
    finder = HeadFinder(table)
    return next(
        (named for line in reversed(lines[max(first - _ABOVE, 0) : first]) if (named := finder.named(line))), {}
    )


def _words(listed: Sequence[Listed], lines: Sequence[Line]) -> Iterator[list[Cell]]:
    """Give the words of each row: those of its line, before them what stands right above a line of numbers alone."""
    above = [_line_above(row, lines) for row in listed]
    taken = {row.entry.at - 1 for row, cell in zip(listed, above, strict=True) if cell}
    ends = [*(row.entry.at for row in listed[1:]), listed[-1].entry.at + 1 + _GOING_ON]
    for row, over, end in zip(listed, above, ends, strict=True):
        own = _own_words(row)
        after = range(row.entry.at + 1, min(end, row.entry.at + 1 + _GOING_ON, len(lines)))
        yield [*([over] if over else []), own, *_going_on(own, [lines[at] for at in after if at not in taken])]


def _line_above(row: Listed, lines: Sequence[Line]) -> Cell | None:
    """Give the line above, if it has the words for a line that begins with a number: `7,5 Std. x 34,20`."""
    own, line_at = _own_words(row), row.entry.at - 1
    if line_at < 0 or not own.text[:1].isdigit():
        return None
    line = lines[line_at]
    close = 0 < row.entry.line.baseline - line.baseline <= _LEADING * row.entry.line.size
    cell = next((cell for cell in line.cells if cell.overlaps(own)), None)
    if not close or cell is None or is_figure(line.cells[-1]) or cell.text.endswith(":"):
        return None
    return cell if any(map(str.isalpha, cell.text)) else None


def _own_words(row: Listed) -> Cell:
    """Give the cell of a line with most letters, without the amount if that ends it."""
    words = max(row.entry.line.cells, key=lambda cell: sum(map(str.isalpha, cell.text)))
    amount = row.figure.cell
    if words.start < amount.start < words.end:
        text = words.text[: amount.start - words.start].rstrip(" .:=€£$")
        return words._replace(text=text, end=words.start + len(text))
    return words


def _going_on(words: Cell, below: Sequence[Line]) -> Iterator[Cell]:
    """Give what stands below words, as long as lines follow each other closely."""
    heights = [words.baseline]
    for line in below:
        if is_figure(line.cells[-1]):
            return
        cell = next((cell for cell in line.cells if cell.overlaps(words) and not is_figure(cell)), None)
        heights.append(line.baseline)
        if cell is None or not all(0 < lower - upper <= _LEADING * words.size for upper, lower in pairwise(heights)):
            return
        yield cell
