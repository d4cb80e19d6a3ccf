"""Whether the words that were read of rows say of which kind each is, and others beside tell what it is.

A courier's `Service` is `Express` or `Eco`, and what he brought stands in a column that he calls `Recipient`.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Final

from services.answers.names import is_person
from services.answers.tables.row import Row
from services.answers.tables.sheet import Cell, Sheet

_LEAST: Final = 5
"""Rows: fewer may be of one kind by chance."""
_EDGE: Final = 30
"""Width, in tenths of a point, within which left edges are of one column."""


def are_kinds(rows: Sequence[Row], laid_out: Sequence[Sheet]) -> bool:
    """Tell whether each row has one word, that of another one more often than not, and most have longer ones beside."""
    said = [" ".join(cell.text for _, cell in row.lines) for row in rows]
    kinds = set(said)
    if len(rows) < _LEAST or 2 * len(kinds) > len(rows) or any(len(words.split()) > 1 for words in kinds):
        return False
    beside: dict[int, dict[tuple[int, int], str]] = {}
    for page, found in groupby(rows, key=lambda row: row.page):
        of_page = [*found]
        own = {cell.start for row in of_page for _, cell in row.lines}
        for top, cell in _near(laid_out[page - 1], sorted({row.top for row in of_page})):
            if cell.start not in own and _may_be_goods(cell.text):
                beside.setdefault(cell.left // _EDGE, {}).setdefault((page, top), cell.text)
    return any(2 * len(texts) > len(rows) and len({*texts.values()}) > len(kinds) for texts in beside.values())


def _may_be_goods(text: str) -> bool:
    """Tell whether a cell has several words that are no date, time or measure, and nobody's name."""
    return len(text.split()) > 1 and not any(map(str.isdigit, text)) and not is_person(text)


def _near(sheet: Sheet, tops: Sequence[int]) -> Iterator[tuple[int, Cell]]:
    """Give the cells nearer to a row than half the least way to the next one, each with the top of its row."""
    reach = min((lower - upper for upper, lower in pairwise(tops)), default=0) // 2
    for line in sheet.lines:
        for cell in line.cells:
            at = bisect_left(tops, cell.baseline - reach)
            if at < len(tops) and tops[at] <= cell.baseline + reach:
                yield tops[at], cell
