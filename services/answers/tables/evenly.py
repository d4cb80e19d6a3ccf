"""Whose the lines between the numbers of two rows are, where all lines are evenly spaced."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise
from typing import Final

from services.answers.tables.row import Row, above_totals, baseline_of, row_tolerance
from services.answers.tables.sheet import Cell

LEADING: Final = 1.5
"""Distance of lines of one paragraph, as part of the font size, at most."""
NOTABLE: Final = 1.25
"""A gap between lines that is this many times the others separates rows."""
SAME_SIZE: Final = 5
SAME_EDGE: Final = 30
"""Differences, in tenths of a point, within which lines are of the same letters and begin below each other."""
_GO_ON: Final = tuple("-\u00ad,;/&+(")
"""At a line's end: what stands below it goes on with it."""
_GOING_ON: Final = tuple(",;)/&+(")
"""At a line's beginning: it goes on with what stands above it."""


class Numbers(Enum):
    """On which of a row's lines its numbers stand."""

    FIRST = auto()
    LAST = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class _Between:
    """The line of a row's numbers, and the lines of words between it and the numbers above, or the table's edge.

    Parameters
    ----------
    above
        Words beside the numbers of the row above; None at an edge: a head, a subtotal, a total, the page's end.
    own
        Words beside the row's own numbers; None at an edge.
    """

    above: Cell | None
    lines: Sequence[Cell]
    own: Cell | None


def numbers_stand(rows: Sequence[Row], cells: Sequence[Cell], *, continues: bool) -> Numbers | None:
    """Say on which of their lines rows have their numbers; None if that is no question.

    What stands between two rows' numbers may go on with the upper row or begin the lower one. At an edge of the table
    it can be of one row alone: words between a head and the first numbers are above the numbers of their row. Else a
    line that goes on with the one above it, as small letters or a comma before it show, begins no row.

    Parameters
    ----------
    rows
        Of one sheet, subtotals and totals among them.
    cells
        Of the column of words, from above.
    continues
        Lines above the first row may be of the sheet before.
    """
    rows = above_totals(rows)
    between = list(_between(rows, cells))
    inner = [each for each in between if each.above and each.own]
    even = [each for each in inner if each.lines and _is_even(each)]
    if not even or not all(row.aside is not None or own_words(row, cells) for row in rows):
        return None
    edges = between[1:] if continues else between
    above_numbers = any(each.own and not each.above and _follow(_chain(each)[-2:]) for each in edges)
    below_numbers = any(each.above and not each.own and _follow(_chain(each)[:2]) for each in between)
    as_first, as_last = _lines_going_on(inner, edges)
    if as_first > 1 and not as_last and 2 * as_first >= len(even) and not below_numbers:
        return Numbers.LAST
    if 2 * as_last >= len(even) and not as_first and as_last > above_numbers:
        return Numbers.FIRST
    if all(row.group is not None or row.aside is not None for row in rows):
        return None
    are_counted = all(map(_is_counted_beside, rows))
    if above_numbers:
        is_plain = not below_numbers and not are_counted and 2 * len(even) > len(inner)
        return Numbers.LAST if is_plain else Numbers.UNKNOWN
    return Numbers.FIRST if below_numbers or are_counted else Numbers.UNKNOWN


def _lines_going_on(inner: Sequence[_Between], edges: Sequence[_Between]) -> tuple[int, int]:
    """Count rows that would begin in the middle of a sentence: with numbers on their first line, and on their last.

    A row that begins with a small letter right below an edge counts twice: others may do so too.
    """
    as_first, as_last = (sum(goes_on(*pair) for pair in pairs) for pairs in zip(*map(_joints, inner), strict=True))
    small = sum(_chain(each)[0].text[:1].islower() for each in edges if each.own and not each.above)
    return as_first + small, as_last + small


def _is_counted_beside(row: Row) -> bool:
    """Tell whether what counts a row stands beside its amount: most rows begin with their number."""
    beside = row.begins is not None and abs(row.begins - row.top) <= row_tolerance(row)
    return beside or row.aside is not None


def own_words(row: Row, cells: Sequence[Cell]) -> Cell | None:
    """Give the words beside a row's first number."""
    tolerance = row_tolerance(row)
    at = bisect_left(cells, row.top - tolerance, key=baseline_of)
    return cells[at] if at < len(cells) and cells[at].baseline <= row.top + tolerance else None


def _between(rows: Sequence[Row], cells: Sequence[Cell]) -> Iterator[_Between]:
    """Give what is between rows, from above the first one to below the last one."""
    own = [own_words(row, cells) if row.aside is None else None for row in rows]
    tops = [bisect_left(cells, row.top - row_tolerance(row), key=baseline_of) for row in rows]
    bottoms = [bisect_right(cells, row.bottom + row_tolerance(row), key=baseline_of) for row in rows]
    for above, below, first, end in zip([None, *own], [*own, None], [0, *bottoms], [*tops, len(cells)], strict=True):
        yield _Between(above, cells[first:end], below)


def _is_even(between: _Between) -> bool:
    """Tell whether lines between two rows follow each other, and these, as lines of one paragraph do."""
    chain = _chain(between)
    steps = sorted(lower.baseline - upper.baseline for upper, lower in pairwise(chain))
    return _follow(chain) and steps[-1] < NOTABLE * steps[-2]


def _chain(between: _Between) -> Sequence[Cell]:
    return [cell for cell in (between.above, *between.lines, between.own) if cell]


def _follow(chain: Sequence[Cell]) -> bool:
    """Tell whether lines of the same letters follow each other closely; two of them at least."""
    return len(chain) > 1 and all(
        lower.baseline - upper.baseline <= LEADING * lower.size
        and abs(lower.size - upper.size) <= SAME_SIZE
        and abs(lower.left - upper.left) <= SAME_EDGE
        for upper, lower in pairwise(chain)
    )


def _joints(between: _Between) -> tuple[tuple[Cell, Cell], tuple[Cell, Cell]]:
    """Give the lines between which the lower row begins: if its numbers stand on its first line, and on its last."""
    chain = _chain(between)
    return (chain[-2], chain[-1]), (chain[0], chain[1])


def goes_on(upper: Cell, lower: Cell) -> bool:
    """Tell whether a line goes on with the one above it, as its first letter or a sign between them shows."""
    return lower.text[:1].islower() or lower.text.startswith(_GOING_ON) or upper.text.endswith(_GO_ON)
