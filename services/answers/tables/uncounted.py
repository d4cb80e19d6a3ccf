"""Whether rows without a quantity have a column of whole numbers that nobody read: it may be how many there are."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Final

from schemas.tables import TableDefinition
from services.answers.tables.head import ROW_NUMBER
from services.answers.tables.row import Figure, Row
from services.answers.tables.sheet import Cell
from services.answers.tables.words import names_tax_anywhere

_COUNT: Final = re.compile(r"[0-9]{1,4}|[0-9]{1,3}[.,'\u2019\u2032 ]000")
"""More digits are a code's."""
_NO_DIGIT: Final = re.compile(r"[^0-9]")
_RATES: Final = frozenset({"0", "5", "7", "8", "10", "13", "19", "20", "21"})
"""Of taxes, where no sign says so."""
_OTHERS: Final = re.compile(
    r"\bn(?:r|o|°)\b|num[bm]er|ziffer|code|konto|account|ref\b|punkt|point|seite|page|jahr|year"
)
"""In the head of numbers that count no pieces: codes, and the points by which doctors reckon."""
_EDGE: Final = 30
"""Width, in tenths of a point, within which edges are of one column."""
_LEAST: Final = 3
"""Rows: two may be alike by chance."""


def is_uncounted(table: TableDefinition, rows: Sequence[Row]) -> bool:
    """Tell whether rows have no quantity, and most of these have a whole number in one column that is none of theirs.

    Numbers that count the rows, that are the same in each, or rates of taxes are no quantities.
    """
    return bool(_columns_of_counts(table, rows))


def with_counts(table: TableDefinition, rows: Sequence[Row]) -> Sequence[Row]:
    """Give rows the whole numbers that may be their quantities, if one column alone has such: someone is to look."""
    columns = _columns_of_counts(table, rows)
    if len(columns) != 1:
        return rows
    quantity = next(iter(table.key.product_of))
    counts = {id(row): Figure(cell, Decimal(_NO_DIGIT.sub("", cell.text))) for row, cell in columns[0]}
    return [
        replace(row, figures=row.figures | {quantity: counts[id(row)]}) if id(row) in counts else row for row in rows
    ]


def _columns_of_counts(table: TableDefinition, rows: Sequence[Row]) -> list[list[tuple[Row, Cell]]]:
    """Give the cells of each column that may be theirs; what stands beside the quantities of other rows is none."""
    quantity = next(iter(table.key.product_of), "")
    beside = {_edge(cell) for row in rows if quantity in row.figures for cell in _counts(row)}
    rows = [row for row in rows if quantity not in row.figures]
    if not quantity or len(rows) < _LEAST:
        return []
    columns: dict[int, list[tuple[Row, Cell]]] = {}
    for row in rows:
        for cell in _counts(row):
            columns.setdefault(_edge(cell), []).append((row, cell))
    return [
        column
        for edge, column in columns.items()
        if edge not in beside and 2 * len(column) > len(rows) and _may_count([cell.text for _, cell in column])
    ]


def _edge(cell: Cell) -> int:
    return cell.right // _EDGE


def _counts(row: Row) -> Iterator[Cell]:
    read = {figure.cell.start for figure in row.figures.values()} | {cell.start for _, cell in row.lines}
    read |= {figure.cell.start for name, figure in row.unnamed.items() if _is_other(name)}
    yield from (cell for cell in row.line.cells if cell.start not in read and _COUNT.fullmatch(cell.text))


def _is_other(name: str) -> bool:
    """Tell whether a column counts the rows, or its head names what is no quantity."""
    return name == ROW_NUMBER or names_tax_anywhere(name) or _OTHERS.search(name.lower()) is not None


def _may_count(texts: Sequence[str]) -> bool:
    rise = all(int(upper) < int(lower) for upper, lower in pairwise(texts) if (upper + lower).isdecimal())
    return len(set(texts)) > 1 and not rise and not _RATES.issuperset(texts)
