"""A row, and its numbers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from services.answers.tables.sheet import Cell, Line
from services.answers.tables.words import Aside

_COUNTS: Final = re.compile(r"0*([1-9][0-9]{0,3})[.)]? +(?=[^\W\d_])")
CODE: Final = re.compile(
    r"(?=[^ ]*[A-Z])(?=[^ ]*-|(?:[^0-9 ]*[0-9]){3}|(?:[^A-Z ]*[A-Z]){3}[^ ]*[0-9]{2})[A-Z0-9][A-Z0-9./-]+"
)
"""An article's code: letters, and a dash, three digits, or three letters and two: no `M8`, no `KW44`, no `01/2026`."""
_CODED: Final = re.compile(rf"(?P<code>{CODE.pattern}) [-\u2013] (?=[^\W\d_]{{2}})")
"""One before an article's name, and a dash between them."""
_LEAST_COUNTED: Final = 3
"""Rows: two that begin with 1 and 2 may say how many there are of each."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a cell.

    Parameters
    ----------
    value
        None if code could not read it.
    """

    cell: Cell
    value: Decimal | None


@dataclass(slots=True)
class Row:
    """A row.

    Parameters
    ----------
    line
        The one of its amount.
    figures
        Numbers by column.
    number
        What counts it, if a column does.
    group
        The number of its group, where what counts it has it before its own: 3 of `3.1`.
    begins
        Baseline of the number that counts it, where each row has one on its first line.
    unnamed
        Numbers in columns that nobody asked for, or that count the rows: one of them may be a column whose head is
        misleading.
    lines
        Cells of its description, a line each, with the page they stand on.
    aside
        What its words say it is, if it may be no row.
    """

    page: int
    line: Line
    figures: dict[str, Figure]
    number: int | None
    group: int | None = None
    begins: int | None = None
    unnamed: dict[str, Figure] = field(default_factory=dict)
    lines: list[tuple[int, Cell]] = field(default_factory=list)
    aside: Aside | None = None

    @property
    def top(self) -> int:
        """Baseline of its first number."""
        return min(figure.cell.baseline for figure in self.figures.values())

    @property
    def bottom(self) -> int:
        """Baseline of its last number."""
        return max(figure.cell.baseline for figure in self.figures.values())


def row_tolerance(row: Row) -> int:
    """Difference of baselines that is none, for a row."""
    return next(iter(row.figures.values())).cell.size // 3


def above_totals(rows: Sequence[Row]) -> Sequence[Row]:
    """Give rows up to the first total: below it taxes look like rows."""
    end = next((at for at, row in enumerate(rows, start=1) if row.aside is Aside.TOTAL), len(rows))
    return rows[:end]


def whole(cells: Sequence[Cell]) -> Cell:
    """Give cells of a line as one."""
    text = " ".join(cell.text for cell in cells)
    return cells[0]._replace(text=text, right=cells[-1].right, end=max(cells[0].end, *(cell.end for cell in cells)))


def baseline_of(cell: Cell) -> int:
    """Give what lines are sorted by."""
    return cell.baseline


def take_numbers(rows: Sequence[Row]) -> None:
    """Take what counts rows from their words, where each begins with its number: `1 Flask`, `2 Cylinder`.

    Last lines that begin with none may be no rows.
    """
    matches = [_COUNTS.match(row.lines[0][1].text) if row.lines and row.number is None else None for row in rows]
    count = sum(match is not None for match in matches)
    if count < _LEAST_COUNTED or [int(match[1]) for match in matches[:count] if match] != list(range(1, count + 1)):
        return
    for row, match in zip(rows, matches[:count], strict=False):
        page, cell = row.lines[0]
        length = match.end() if match else 0
        row.lines[0] = page, cell._replace(text=cell.text[length:], start=cell.start + length)
        row.number = int(match[1]) if match else None


def take_codes(rows: Sequence[Row]) -> None:
    """Take articles' codes from the words of rows, if each has one, a dash behind it: `PRS-014 - Maintenance`.

    No two have the same, most have digits, and what is left tells the articles apart.
    """
    matches = [_CODED.match(row.lines[0][1].text) if row.lines else None for row in rows]
    codes = [match["code"] for match in matches if match]
    with_digits = sum(any(map(str.isdigit, code)) for code in codes)
    left = {row.lines[0][1].text[match.end() :] for row, match in zip(rows, matches, strict=True) if match}
    if len(codes) < max(len(rows), _LEAST_COUNTED) or 2 * with_digits <= len(codes):
        return
    if min(len(set(codes)), len(left)) < len(rows):
        return
    for row, match in zip(rows, matches, strict=True):
        page, cell = row.lines[0]
        length = match.end() if match else 0
        row.lines[0] = page, cell._replace(text=cell.text[length:], start=cell.start + length)
