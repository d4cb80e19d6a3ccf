"""Two lists side by side: what an account came to, and beside it what is charged, on the same lines by chance."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from services.answers.tables.columns import is_figure
from services.answers.tables.entries import is_money
from services.answers.tables.sheet import Cell, Line, Sheet

_ALIGNED: Final = 30
"""Difference of two edges, in tenths of a point, that is none."""
_LEAST: Final = 3
"""Lines in succession that must show two lists."""
_WORD: Final = re.compile(r"[^\W\d_]{3,}")

_Halves = tuple[Line, Line]


def one_below_the_other(sheet: Sheet) -> Sheet:
    """Put the right one of two lists below the left one."""
    return Sheet(sheet.number, tuple(_stacked(sheet.lines)))


def _stacked(lines: Sequence[Line]) -> Iterator[Line]:
    waiting: list[_Halves] = []
    for line in lines:
        halves = _halves(line)
        if waiting and not (halves and _goes_on(waiting[-1], halves)):
            yield from _told_apart(waiting)
            waiting = []
        if halves:
            waiting.append(halves)
        else:
            yield line
    yield from _told_apart(waiting)


def _halves(line: Line) -> _Halves | None:
    """Divide a line of words and an amount, and again words and an amount."""
    cells = line.cells
    if not _is_name(cells[0]) or not is_money(cells[-1]):
        return None
    ends = [at for at in range(1, len(cells) - 1) if is_money(cells[at]) and _is_name(cells[at + 1])]
    return (Line(cells[: ends[0] + 1]), Line(cells[ends[0] + 1 :])) if len(ends) == 1 else None


def _is_name(cell: Cell) -> bool:
    return _WORD.search(cell.text) is not None and not is_figure(cell) and not cell.text.endswith(":")


def _goes_on(above: _Halves, halves: _Halves) -> bool:
    return all(
        abs(upper.cells[0].left - lower.cells[0].left) <= _ALIGNED for upper, lower in zip(above, halves, strict=True)
    )


def _told_apart(waiting: Sequence[_Halves]) -> Iterator[Line]:
    """Give the halves one list after the other, if they are lists: a list names nothing twice."""
    names = [{half.cells[0].text for half in side} for side in zip(*waiting, strict=True)]
    if len(waiting) < _LEAST or any(len(of_side) < len(waiting) for of_side in names):
        yield from (Line((*left.cells, *right.cells)) for left, right in waiting)
        return
    for side in zip(*waiting, strict=True):
        yield from side
