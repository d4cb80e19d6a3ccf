"""Whether rows without a quantity have a column of whole numbers that nobody read: it may be how many there are."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from schemas.tables import TableDefinition
from services.answers.tables.head import ROW_NUMBER
from services.answers.tables.row import Row
from services.answers.tables.words import names_tax_anywhere

_COUNT: Final = re.compile(r"[0-9]{1,4}|[0-9]{1,3}[.,'\u2019 ]000")
"""More digits are a code's."""
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
    quantity = next(iter(table.key.product_of), "")
    rows = [row for row in rows if quantity not in row.figures]
    if not quantity or len(rows) < _LEAST:
        return False
    columns: dict[int, list[str]] = {}
    for row in rows:
        for edge, text in _counts(row):
            columns.setdefault(edge, []).append(text)
    return any(2 * len(texts) > len(rows) and _may_count(texts) for texts in columns.values())


def _counts(row: Row) -> Iterator[tuple[int, str]]:
    read = {figure.cell.start for figure in row.figures.values()} | {cell.start for _, cell in row.lines}
    read |= {figure.cell.start for name, figure in row.unnamed.items() if _is_other(name)}
    for cell in row.line.cells:
        if cell.start not in read and _COUNT.fullmatch(cell.text):
            yield cell.right // _EDGE, cell.text


def _is_other(name: str) -> bool:
    """Tell whether a column counts the rows, or its head names what is no quantity."""
    return name == ROW_NUMBER or names_tax_anywhere(name) or _OTHERS.search(name.lower()) is not None


def _may_count(texts: Sequence[str]) -> bool:
    rise = all(int(upper) < int(lower) for upper, lower in pairwise(texts) if (upper + lower).isdecimal())
    return len(set(texts)) > 1 and not rise and not _RATES.issuperset(texts)
