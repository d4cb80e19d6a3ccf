"""Justified text: its words are as far apart as cells, all of them equally; a number among them is none of a row."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from services.answers.tables.row import whole
from services.answers.tables.sheet import Line, Sheet

_WORDS: Final = 6
"""Of a line, at least, whose gaps are no chance."""
_WIDEST: Final = 1.5
"""A gap between them, as part of the font size, at most."""
_SAME: Final = 2
"""Difference of two gaps, in tenths of a point, that is none."""
_SAME_WIDTH: Final = 0.03
"""Difference of letters' widths, as part of them, that is none."""


def without_justified(sheets: Sequence[Sheet]) -> Sequence[Sheet]:
    """Make one cell of each line of justified text."""
    return [Sheet(sheet.number, tuple(map(_as_words, sheet.lines))) for sheet in sheets]


def _as_words(line: Line) -> Line:
    """Put the words of a line together if it is justified.

    Letters of one width stand at equal distances in tables, and so may cells as wide as their words; but some of these
    are more than a word, and the words of heads begin with capital letters.
    """
    cells = line.cells
    if any(" " in cell.text for cell in cells) or not any(cell.text[:1].islower() for cell in cells):
        return line
    gaps = [second.left - first.right for first, second in pairwise(cells)]
    if len(cells) < _WORDS or max(gaps) - min(gaps) > _SAME or max(gaps) > _WIDEST * line.size:
        return line
    widths = [(cell.right - cell.left) / len(cell.text) for cell in cells]
    return line if max(widths) - min(widths) <= _SAME_WIDTH * max(widths) else Line((whole(cells),))
