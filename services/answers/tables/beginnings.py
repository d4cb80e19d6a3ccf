"""At which height rows begin whose words have several lines."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from services.answers.tables.evenly import LEADING, NOTABLE, Numbers, numbers_stand, own_words
from services.answers.tables.row import Row, baseline_of, row_tolerance
from services.answers.tables.sheet import Cell

_FEW: Final = 0.4
"""Part of the gaps that may say that rows begin above their numbers, where they do not."""


class Starts(NamedTuple):
    """Where rows begin.

    Parameters
    ----------
    heights
        Of each row.
    numbers
        On which of a row's lines its numbers stand, where lines are evenly spaced and nothing else tells rows apart.
    """

    heights: Sequence[int]
    numbers: Numbers | None = None


def starts_of(
    rows: Sequence[Row],
    cells: Sequence[Cell],
    *,
    continues: bool,
    before: Numbers | None = None,
    is_named: bool = True,
) -> Starts:
    """Say at which height each row begins: at its numbers, unless the lines show that it begins above them.

    Parameters
    ----------
    continues
        Lines above the first row may be of the sheet before.
    before
        Where numbers stand on the sheets before: so they do where this one does not tell.
    is_named
        A head names the cells as words: a paragraph of them that is near no numbers may be a row's.
    """
    if tops := _counted_tops(rows) or _written_tops(rows, cells):
        return Starts([top - row_tolerance(row) for row, top in zip(rows, tops, strict=True)])
    numbers = numbers_stand(rows, cells, continues=continues)
    if numbers is Numbers.UNKNOWN and before is not None:
        numbers = before
    if numbers is Numbers.LAST:
        return Starts(_below_the_last(rows, cells), numbers)
    at_numbers = [row.top - row_tolerance(row) for row in rows]
    by_gaps = [_largest_gap(upper, lower, cells) for upper, lower in pairwise(rows)]
    votes = [gap >= numbers - 1 for gap, numbers in zip(by_gaps, at_numbers[1:], strict=True) if gap is not None]
    begins_above = not continues and first_start(rows[0], cells) < at_numbers[0]
    stand = [own_words(row, cells) is not None for row in rows]
    if not begins_above and _have_headings(rows, cells):
        return Starts(at_numbers, numbers)
    if votes.count(False) <= _FEW * len(votes) and not begins_above and stand.count(False) <= _FEW * len(stand) / 2:
        return Starts(at_numbers, numbers)
    if centred := _centred_starts(rows, cells):
        # One row alone may have as many lines above its numbers as below them by chance.
        several = sum(start < top for start, top in zip(centred, at_numbers, strict=True)) > 1
        return Starts(centred, None if several else numbers)
    apart = is_named and 2 * stand.count(False) > len(stand)
    top = _paragraph_above(rows[0], cells) if apart else first_start(rows[0], cells)
    first = at_numbers[0] if continues else top
    others = (
        _begins(upper, lower, cells, gap, apart=apart and first < at_numbers[0])
        for (upper, lower), gap in zip(pairwise(rows), by_gaps, strict=True)
    )
    return Starts([first, *others], numbers)


def begins_above(row: Row) -> bool:
    """Tell whether the number that counts a row stands above its amount."""
    return row.begins is not None and row.begins < row.top - row_tolerance(row)


def _counted_tops(rows: Sequence[Row]) -> list[int]:
    """Give the line of each row's number, if one stands above its amount."""
    if not any(map(begins_above, rows)):
        return []
    return [row.top if row.begins is None else min(row.begins, row.top) for row in rows]


def _written_tops(rows: Sequence[Row], cells: Sequence[Cell]) -> list[int]:
    """Give each row's first line by the order of the text, if that tells."""
    written = written_words(rows, cells) or []
    return [words[0].baseline if words else row.top for row, words in zip(rows, written, strict=bool(written))]


def _below_the_last(rows: Sequence[Row], cells: Sequence[Cell]) -> list[int]:
    """Let rows begin below the numbers of the row above; subtotals and totals begin at their own."""
    starts = [first_start(rows[0], cells)]
    for upper, lower in pairwise(rows):
        above = max(first_start(lower, cells), upper.bottom + row_tolerance(upper) + 1)
        starts.append(lower.top - row_tolerance(lower) if lower.aside is not None else above)
    return starts


def written_words(rows: Sequence[Row], cells: Sequence[Cell]) -> list[Sequence[Cell]] | None:
    """Give each row's words by the order of the text, where numbers follow only after all words of their row.

    Words that stand below the numbers and come before them in the text show that; None if none do, or if the words are
    neither all beside the numbers nor all around them. A heading above a row is none of its words.

    Parameters
    ----------
    rows
        Of one sheet.
    cells
        Of the column of words, in any order.
    """
    keys = [next(iter(row.figures.values())).cell.start for row in rows]
    written = sorted(cells, key=lambda cell: cell.start)
    ends = [bisect_left(written, key, key=lambda cell: cell.start) for key in keys]
    tops = [-math.inf, *(row.top for row in rows), math.inf]
    blocks = [
        [cell for cell in written[first:end] if above < cell.baseline < below]
        for first, end, above, below in zip([0, *ends], ends, tops, tops[2:], strict=False)
    ]
    pairs = list(zip(rows, blocks, strict=True))
    if any(upper.baseline > lower.baseline for upper, lower in pairwise(cell for block in blocks for cell in block)):
        return None
    if not any(block and block[-1].baseline > row.top + row_tolerance(row) for row, block in pairs):
        return None
    for begins in (_beside, _around):
        words = [begins(row, block) for row, block in pairs]
        if all(found or row.aside is not None for row, found in zip(rows, words, strict=True)):
            return words
    return None


def _beside(row: Row, block: Sequence[Cell]) -> Sequence[Cell]:
    """Give the lines from that beside the numbers on."""
    return _from_height(block, row.top, row_tolerance(row))


def _around(row: Row, block: Sequence[Cell]) -> Sequence[Cell]:
    """Give the lines from that on which is as far above the numbers as the last one is below them."""
    return _from_height(block, 2 * row.top - block[-1].baseline, row_tolerance(row)) if block else ()


def _from_height(block: Sequence[Cell], height: int, tolerance: int) -> Sequence[Cell]:
    at = next((at for at, cell in enumerate(block) if abs(cell.baseline - height) <= tolerance), len(block))
    return block[at:]


def _begins(upper: Row, lower: Row, cells: Sequence[Cell], gap: int | None, *, apart: bool) -> int:
    """Say where a row begins whose table has rows that begin above their numbers; a heading above it is none of it.

    Parameters
    ----------
    gap
        Where the largest gap above it ends, if one stands out.
    apart
        Most rows, the first one among them, have their words above their numbers, and none beside these.
    """
    numbers = lower.top - row_tolerance(lower)
    end = upper.bottom + row_tolerance(upper)
    near = first_start(lower, cells)
    if near == numbers and own_words(lower, cells) is None:
        if gap is not None:
            return gap
        return max(_paragraph_above(lower, cells), end + 1) if apart else numbers
    if gap is None:
        return near if near > end else numbers
    return max(gap, near)


def _centred_starts(rows: Sequence[Row], cells: Sequence[Cell]) -> list[int] | None:
    """Give each row as many lines below its numbers as above; None if the lines do not allow it."""
    starts: list[int] = []
    at = bisect_left(cells, first_start(rows[0], cells), key=baseline_of)
    for row in rows:
        tolerance = row_tolerance(row)
        if at >= len(cells) or cells[at].baseline > row.top + tolerance:
            return None
        first = cells[at].baseline
        starts.append(first - tolerance)
        end = 2 * row.top - first
        at = bisect_right(cells, end + tolerance, key=baseline_of)
        if abs(cells[at - 1].baseline - end) > tolerance:
            return None
    return starts


def _have_headings(rows: Sequence[Row], cells: Sequence[Cell]) -> bool:
    """Tell whether lines above rows are no nearer to them than most rows, of one line each, are to each other."""
    if not all(row.aside is not None or own_words(row, cells) for row in rows):
        return False
    at = [(bisect_left(cells, row.top, key=baseline_of), bisect_right(cells, row.top, key=baseline_of)) for row in rows]
    steps = [
        lower.top - upper.top
        for (upper, (_, end)), (lower, (first, _)) in pairwise(zip(rows, at, strict=True))
        if first <= end
    ]
    if 2 * len(steps) < len(rows):
        return False
    least = min(steps) - row_tolerance(rows[0]) // 4
    return all(row.top - cells[first - 1].baseline >= least for row, (first, _) in zip(rows, at, strict=True) if first)


def _largest_gap(upper: Row, lower: Row, cells: Sequence[Cell]) -> int | None:
    """Find the height of the line below the largest gap between two rows; None if no gap stands out."""
    first, end = bisect_right(cells, upper.top, key=baseline_of), bisect_left(cells, lower.top, key=baseline_of)
    heights = sorted({upper.top, lower.top, *(cell.baseline for cell in cells[first:end])})
    gaps = sorted((second - first, second) for first, second in pairwise(heights))
    if len(gaps) < 2 or gaps[-1][0] < NOTABLE * gaps[-2][0]:  # noqa: PLR2004  (a largest one of several)
        return None
    return gaps[-1][1] - row_tolerance(lower)


def _paragraph_above(row: Row, cells: Sequence[Cell]) -> int:
    """Say where a row begins; without words near its numbers, with the paragraph above them."""
    start = first_start(row, cells)
    end = bisect_left(cells, row.top - row_tolerance(row), key=baseline_of)
    if end == 0 or start < row.top - row_tolerance(row) or own_words(row, cells) is not None:
        return start
    return _paragraph_top(cells[end - 1].baseline, cells, end - 1) - row_tolerance(row)


def first_start(row: Row, cells: Sequence[Cell]) -> int:
    """Go up from the first row as long as the lines follow each other closely."""
    return _paragraph_top(row.top, cells, bisect_left(cells, row.top, key=baseline_of)) - row_tolerance(row)


def _paragraph_top(top: int, cells: Sequence[Cell], end: int) -> int:
    """Go up from a height, along the cells before an index, as long as they follow each other closely."""
    for at in range(end - 1, -1, -1):
        if top - cells[at].baseline > LEADING * cells[at].size:
            break
        top = cells[at].baseline
    return top
