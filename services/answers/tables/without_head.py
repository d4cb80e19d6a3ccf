"""Lists of goods without a head, as a packing slip has them: how many, and of what."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from schemas.tables import TableDefinition
from services.answers.amounts import parse_number
from services.answers.tables.columns import is_figure
from services.answers.tables.row import Figure, Row
from services.answers.tables.sheet import ALIGNED, Cell, Sheet
from services.answers.tables.words import aside_of

_FEWEST: Final = 4
"""Lines that begin alike, at least: fewer may be anything."""
_COUNT: Final = re.compile(
    r"([0-9]{1,3}(?:[.,][0-9]{1,3}(?= (?:m|m²|m³|m2|m3|lfm|kg|g|t|to|l|h|std)\b))?)"
    r"(?: ?[x\u00d7]| [^\W\d_]{1,7}[.²³23]?)?",
    re.IGNORECASE,
)
"""`4`, `4 x`, `4 off`, `4 pairs`, `2,5 m3`."""
_IN_ALL: Final = re.compile(r"gesamt|\btotal|zusammen|\bin all\b|\ben tout\b")
"""What says that a number is the sum of those above: `58 Ex. insgesamt`."""
_MEASURE: Final = re.compile(r"[0-9.,]+ ?(?:kg|g|t|l|ml|m|cm|mm|m²|m³)")
"""A number that counts nothing; of two that do, the first may be a code."""
_NAME: Final = re.compile(r"[^\W\d_]{3,}")


def counted_rows(table: TableDefinition, sheets: Sequence[Sheet], language: str) -> list[Row]:
    """Read the lines that begin with a whole number and, at one edge, with words.

    Empty if the numbers rise from line to line: then they are the lines' own, or codes.

    Parameters
    ----------
    language
        ISO 639-1, of the document.
    """
    rows = [row for sheet in sheets for row in _candidates(table, sheet, language)]
    edges = Counter(_edge(row) for row in rows)
    edge = max(edges, key=edges.__getitem__, default=0)
    rows = [row for row in rows if abs(_edge(row) - edge) <= 1]
    values = [row.figures[table.key.name].value or 0 for row in rows]
    rise = all(upper < lower for upper, lower in pairwise(values))
    if len(values) > _FEWEST and values[-1] == sum(values[:-1]) and _IN_ALL.search(rows[-1].lines[0][1].text.lower()):
        del rows[-1]
    return [] if len(rows) < _FEWEST or rise else rows


def _candidates(table: TableDefinition, sheet: Sheet, language: str) -> Iterator[Row]:
    for line in sheet.lines:
        first, *others = line.cells
        count = _COUNT.fullmatch(first.text)
        if count and others and _is_name(others[0]) and not any(map(_counts, others[1:])):
            cell = first._replace(text=count[1], end=first.start + len(count[1]))
            figure = Figure(cell, parse_number(count[1], language))
            yield Row(sheet.number, line, {table.key.name: figure}, None, lines=[(sheet.number, others[0])])


def _counts(cell: Cell) -> bool:
    return is_figure(cell) and not _MEASURE.fullmatch(cell.text)


def _is_name(cell: Cell) -> bool:
    return _NAME.search(cell.text) is not None and not is_figure(cell) and aside_of(cell.text) is None


def _edge(row: Row) -> int:
    return round(row.lines[0][1].left / ALIGNED)
