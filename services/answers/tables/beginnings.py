"""At which height rows begin whose words have several lines."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from services.answers.tables.row import Row, baseline_of, row_tolerance
from services.answers.tables.sheet import Cell

_LEADING: Final = 1.5
"""Distance of lines of one paragraph, as part of the font size, at most."""
_NOTABLE: Final = 1.25
"""A gap between lines that is this many times the others separates rows."""
_FEW: Final = 0.4
"""Part of the gaps that may say that rows begin above their numbers, where they do not."""


def starts_of(rows: Sequence[Row], cells: Sequence[Cell], *, continues: bool) -> list[int]:
    """Say at which height each row begins: at its numbers, unless the lines show that it begins above them.

    Parameters
    ----------
    continues
        Lines above the first row may be of the sheet before.
    """
    at_numbers = [row.top - row_tolerance(row) for row in rows]
    if written := written_words(rows, cells):
        tops = [words[0].baseline if words else row.top for row, words in zip(rows, written, strict=True)]
        return [top - row_tolerance(row) for row, top in zip(rows, tops, strict=True)]
    by_gaps = [_largest_gap(upper, lower, cells) for upper, lower in pairwise(rows)]
    votes = [gap >= numbers - 1 for gap, numbers in zip(by_gaps, at_numbers[1:], strict=True) if gap is not None]
    begins_above = not continues and _first_start(rows[0], cells) < at_numbers[0]
    stand = [_stands_at(row, cells) for row in rows]
    if not begins_above and _have_headings(rows, cells):
        return at_numbers
    if votes.count(False) <= _FEW * len(votes) and not begins_above and stand.count(False) <= _FEW * len(stand) / 2:
        return at_numbers
    if centred := _centred_starts(rows, cells):
        return centred
    first = at_numbers[0] if continues else _first_start(rows[0], cells)
    return [
        first,
        *(_begins(upper, lower, cells, gap) for (upper, lower), gap in zip(pairwise(rows), by_gaps, strict=True)),
    ]


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


def _begins(upper: Row, lower: Row, cells: Sequence[Cell], gap: int | None) -> int:
    """Say where a row begins whose table has rows that begin above their numbers; a heading above it is none of it.

    Parameters
    ----------
    gap
        Where the largest gap above it ends, if one stands out.
    """
    numbers = lower.top - row_tolerance(lower)
    near = _first_start(lower, cells)
    if near == numbers and not _stands_at(lower, cells):
        return numbers if gap is None else gap
    if gap is None:
        return near if near > upper.bottom + row_tolerance(upper) else numbers
    return max(gap, near)


def _centred_starts(rows: Sequence[Row], cells: Sequence[Cell]) -> list[int] | None:
    """Give each row as many lines below its numbers as above; None if the lines do not allow it."""
    starts: list[int] = []
    at = bisect_left(cells, _first_start(rows[0], cells), key=baseline_of)
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


def _stands_at(row: Row, cells: Sequence[Cell]) -> bool:
    tolerance = row_tolerance(row)
    at = bisect_left(cells, row.top - tolerance, key=baseline_of)
    return at < len(cells) and cells[at].baseline <= row.top + tolerance


def _have_headings(rows: Sequence[Row], cells: Sequence[Cell]) -> bool:
    """Tell whether lines above rows are no nearer to them than most rows, of one line each, are to each other."""
    if not all(row.aside is not None or _stands_at(row, cells) for row in rows):
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
    if len(gaps) < 2 or gaps[-1][0] < _NOTABLE * gaps[-2][0]:  # noqa: PLR2004  (a largest one of several)
        return None
    return gaps[-1][1] - row_tolerance(lower)


def _first_start(row: Row, cells: Sequence[Cell]) -> int:
    """Go up from the first row as long as the lines follow each other closely."""
    top = row.top
    for cell in reversed(cells[: bisect_left(cells, row.top, key=baseline_of)]):
        if top - cell.baseline > _LEADING * cell.size:
            break
        top = cell.baseline
    return top - row_tolerance(row)
