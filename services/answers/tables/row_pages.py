"""Pages on which a table only goes on: code reads their rows, and a model would read nothing there that is asked for.

No type is known yet, and no label: a page is told by how its lines stand. In doubt it is none.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from statistics import median_low
from typing import Final

from services.answers.tables.sheet import ALIGNED, FIGURE, Cell, Line, Sheet
from services.answers.tables.words import Aside, aside_of, is_payment, label_of

_FEWEST: Final = 3
"""Rows of such a page, at least."""
_MOST_WRAPPED: Final = 6
"""Lines of words between two amounts, at most: more are a text."""
_NEAR: Final = 3
"""Difference of a page's printed number and its own, at most: a mail or a cover may stand before the first."""
_SENTENCE_WORDS: Final = 5

_NUMBER: Final = re.compile(r"(?<![\w.,])(?<!\d[-/])[0-9]{1,4}(?![.,-]?\w)")
_MONEY: Final = re.compile(r"[^0-9]{0,6}[0-9]{1,3}(?:[.,'\u2019\u2032 \xa0]?[0-9]{3})*[.,][0-9]{2}[^0-9]{0,6}")
_COUNT: Final = re.compile(r"[^0-9]{0,6}[0-9]{1,3}(?:[.,'\u2019\u2032 \xa0]?[0-9]{3})*(?:[.,][0-9]{1,3})?[^0-9]{0,9}")
_SAYS: Final = re.compile(r":(?:\s|$)|@|\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3}")
"""A label with its value, an address, an account."""
_DATE: Final = re.compile(r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{2,4}")
_SENTENCE_END: Final = re.compile(r"[^\W\d_]{4}[.!?](?:$| [^\W\d_])")

_Form = tuple[str, bool, int, int]
"""Words of a line, whether its place is counted from the upper edge, its distance from there, and its left edge."""


def row_pages(sheets: Sequence[Sheet]) -> frozenset[int]:
    """Give the numbers of the pages that have rows, and else only what stands on most pages at the same place.

    Never the first page nor the last one, which name who, when and how much. What stands on most pages stands on one of
    those two as well, wherever there. All other lines end in an amount of one column, or are words in a column of
    words; a sum, a payment, a label with a colon, an account, a date or a sentence among them makes the page none.
    """
    if len(sheets) <= len({"first", "last"}):
        return frozenset()
    counts = Counter(form for sheet in sheets for line in sheet.lines for form in _forms(line, sheet))
    ends = (sheets[0], sheets[-1])
    shown = {words for sheet in ends for line in sheet.lines for words in _words(line, sheet.number)}

    def is_repeated(line: Line, sheet: Sheet) -> bool:
        others = max(counts[form] for form in _forms(line, sheet)) - 1
        return 2 * others >= len(sheets) - 2 and not shown.isdisjoint(_words(line, sheet.number))

    return frozenset(
        sheet.number
        for sheet in sheets[1:-1]
        if _are_rows([line for line in sheet.lines if not is_repeated(line, sheet)])
    )


def _forms(line: Line, sheet: Sheet) -> Iterator[_Form]:
    """Give a line's words with its place; feet of plain text are as far from the last line, not from the first."""
    left, below = line.cells[0].left, sheet.lines[-1].baseline - line.baseline
    for words in _words(line, sheet.number):
        yield words, True, line.baseline, left
        yield words, False, below, left


def _words(line: Line, page: int) -> Collection[str]:
    """Give a line's words, and the same without the first number that may be its page's."""
    text = " ".join(cell.text for cell in line.cells)
    near = (match for match in _NUMBER.finditer(text) if abs(int(match[0]) - page) <= _NEAR)
    found = next(near, None)
    return {text} if found is None else {text, f"{text[: found.start()]}\0{text[found.end() :]}"}


def _are_rows(lines: Sequence[Line]) -> bool:
    if any(_SAYS.search(cell.text) for line in lines for cell in line.cells):
        return False
    rows = _rows(lines)
    if len(rows) < _FEWEST or not _are_alike([line.cells[-1] for line in rows]) or any(map(_is_sum_or_payment, rows)):
        return False
    columns, amounts, wrapped = _columns_of_words(rows), {line.cells[-1] for line in rows}, 0
    for line in lines:
        wrapped = 0 if line.cells[-1] in amounts else wrapped + 1
        if wrapped > _MOST_WRAPPED or (wrapped and not _goes_on(line, columns)):
            return False
    return True


def _rows(lines: Sequence[Line]) -> list[Line]:
    """Give the lines that end in a number, most of which stand below each other: by one edge, or by their middles."""
    ending = [line for line in lines if len(line.cells) > 1 and _COUNT.fullmatch(line.cells[-1].text)]
    edges: Sequence[Callable[[Cell], int]] = (
        lambda cell: cell.right,
        lambda cell: cell.left,
        lambda cell: (cell.left + cell.right) // 2,
    )
    columns = [
        [line for line, is_near in zip(ending, near, strict=True) if is_near]
        for near in (_near_most([edge(line.cells[-1]) for line in ending]) for edge in edges)
    ]
    return max(columns, key=len)


def _near_most(places: Sequence[int]) -> list[bool]:
    """Say of each place whether it is near the one that has most of the others near."""
    ordered = sorted(places)

    def count(place: int) -> int:
        return bisect_right(ordered, place + ALIGNED) - bisect_left(ordered, place - ALIGNED)

    middle = max(ordered, key=count, default=0)
    return [abs(place - middle) <= ALIGNED for place in places]


def _are_alike(cells: Sequence[Cell]) -> bool:
    """Tell whether all numbers have cents, if most have."""
    with_cents = sum(_MONEY.fullmatch(cell.text) is not None for cell in cells)
    return with_cents == len(cells) or 2 * with_cents <= len(cells)


def _is_sum_or_payment(line: Line) -> bool:
    words = label_of(cell.text for cell in line.cells)
    return aside_of(words) is Aside.TOTAL or is_payment(words)


def _columns_of_words(rows: Sequence[Line]) -> Sequence[tuple[int, int]]:
    """Give where words of rows begin, and where the nearest number behind them usually does."""
    ends: dict[int, list[int]] = {}
    for line in rows:
        end = line.cells[-1].left
        for cell in reversed(line.cells[:-1]):
            if FIGURE.fullmatch(cell.text):
                end = cell.left
            else:
                ends.setdefault(cell.left, []).append(end)
    return [(left, median_low(found)) for left, found in ends.items()]


def _goes_on(line: Line, columns: Sequence[tuple[int, int]]) -> bool:
    """Tell whether a line has only words of a description: each within a column of words, no number, no sentence."""
    return all(
        any(left - ALIGNED <= cell.left and cell.right <= end for left, end in columns)
        and any(map(str.isalpha, cell.text))
        and not _DATE.search(cell.text)
        and not (len(cell.text.split()) >= _SENTENCE_WORDS and _SENTENCE_END.search(cell.text))
        for cell in line.cells
    )
