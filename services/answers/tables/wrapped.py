"""Amounts that a narrow column breaks after their currency: `EUR`, and `408.00` below it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from services.answers.amounts import currency_code
from services.answers.tables.sheet import ALIGNED, AMOUNT, Cell, Line, Sheet

_LEADING: Final = 1.8
"""Distance of the lines of one cell, as part of the font size, at most."""
_USUAL: Final = 3
"""Amounts of a column that must be broken: one currency alone may be the head of the numbers below it."""
_LONGEST: Final = 6
_SIGN: Final = re.compile(r"[-+(\u2212]? ?")

_Pair = tuple[Cell, Cell]
"""A currency, and the number below it."""


def unwrapped(sheets: Sequence[Sheet], pages: Sequence[str]) -> Sequence[Sheet]:
    """Put the second line of such amounts behind the first one, where most numbers of a column are broken so.

    Parameters
    ----------
    pages
        The stored text of each page.
    """
    found = [list(_pairs(sheet, text)) for sheet, text in zip(sheets, pages, strict=False)]
    broken = Counter(_edge(first) for of_sheet in found for first, _ in of_sheet)
    if not any(count >= _USUAL for count in broken.values()):
        return sheets
    numbers = Counter(_edge(cell) for cell in _cells(sheets) if AMOUNT.fullmatch(cell.text))
    edges = {edge for edge, count in broken.items() if count >= _USUAL and 2 * count > numbers[edge]}
    chosen = [[pair for pair in of_sheet if _edge(pair[0]) in edges] for of_sheet in found]
    return [_joined(sheet, pairs) for sheet, pairs in zip(sheets, chosen, strict=True)]


def _pairs(sheet: Sheet, text: str) -> Iterator[_Pair]:
    for upper, lower in pairwise(sheet.lines):
        currencies = [cell for cell in upper.cells if _is_currency(cell.text)] if len(upper.cells) > 1 else []
        if not currencies or lower.baseline - upper.baseline > _LEADING * upper.size:
            continue
        numbers = {_edge(cell): cell for cell in lower.cells if AMOUNT.fullmatch(cell.text)}
        for first in currencies:
            edges = (_edge(first) + by for by in (0, -1, 1))
            number = next((numbers[edge] for edge in edges if edge in numbers), None)
            if number is not None and not text[first.end : number.start].strip():
                yield first, number


def _is_currency(text: str) -> bool:
    if len(text) > _LONGEST or any(map(str.isdigit, text)):
        return False
    return currency_code(_SIGN.sub("", text, count=1)) is not None


def _edge(cell: Cell) -> int:
    return round(cell.left / ALIGNED)


def _cells(sheets: Iterable[Sheet]) -> Iterator[Cell]:
    return (cell for sheet in sheets for line in sheet.lines for cell in line.cells)


def _joined(sheet: Sheet, pairs: Sequence[_Pair]) -> Sheet:
    whole = {
        first: first._replace(text=f"{first.text} {number.text}", end=number.end, right=max(first.right, number.right))
        for first, number in pairs
    }
    gone = {number for _, number in pairs}
    lines = (tuple(whole.get(cell, cell) for cell in line.cells if cell not in gone) for line in sheet.lines)
    return Sheet(sheet.number, tuple(Line(cells) for cells in lines if cells))
