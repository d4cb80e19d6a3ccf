"""Lists side by side.

What an account came to, and beside it what is charged, stand on the same lines by chance; or one list has its second
half beside its first one, under the same heads.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from schemas.tables import TableDefinition
from services.answers.tables.columns import is_figure
from services.answers.tables.entries import is_money
from services.answers.tables.head import Head, HeadFinder
from services.answers.tables.sheet import Cell, Line, Sheet

_ALIGNED: Final = 30
"""Difference of two edges, in tenths of a point, that is none."""
_LEAST: Final = 3
"""Lines in succession that must show two lists."""
_MOST_ABREAST: Final = 3
_ROWS_BELOW: Final = 12
"""Lines below a head that show whether each of its parts heads a list."""
_WORD: Final = re.compile(r"[^\W\d_]{3,}")

_Halves = tuple[Line, Line]


def one_below_the_other(sheet: Sheet) -> Sheet:
    """Put the right one of two lists below the left one."""
    return Sheet(sheet.number, tuple(_stacked(sheet.lines)))


def one_list_below_the_other(table: TableDefinition, sheet: Sheet) -> Sheet:
    """Put lists below each other that stand abreast under a line which has the same heads for each of them."""
    return Sheet(sheet.number, tuple(_under_their_heads(HeadFinder(table, by_content=True), sheet.lines)))


def _under_their_heads(finder: HeadFinder, lines: Sequence[Line]) -> Iterator[Line]:
    at = 0
    while at < len(lines):
        heads = _heads_abreast(finder, lines[at : at + 1 + _ROWS_BELOW])
        at += 1
        if not heads:
            yield lines[at - 1]
            continue
        lists = [[head] for head in heads]
        while at < len(lines) and (parts := _parts(lines[at], heads)):
            for of_list, cells in zip(lists, parts, strict=True):
                of_list.extend([Line(cells)] if cells else [])
            at += 1
        for of_list in lists:
            yield from of_list


def _heads_abreast(finder: HeadFinder, lines: Sequence[Line]) -> Sequence[Line]:
    """Give the parts of the first line if each heads a list: columns of numbers have the same heads in all of them."""
    cells = lines[0].cells
    if any(map(is_figure, cells)):
        return ()
    for count in range(2, _MOST_ABREAST + 1):
        size, rest = divmod(len(cells), count)
        if rest or size < 2 or all(cells[at].text != cells[at + size].text for at in range(size)):  # noqa: PLR2004
            continue
        parts = [Line(cells[at : at + size]) for at in range(0, len(cells), size)]
        below = [found for line in lines[1:] if (found := _parts(line, parts))]
        heads = [
            _head_of(finder, part, [Line(of_line[at]) for of_line in below if of_line[at]])
            for at, part in enumerate(parts)
        ]
        numbers = [_numbers_of(finder, head) for head in heads if head is not None]
        if len(numbers) == count and all(of_list == numbers[0] for of_list in numbers):
            return parts
    return ()


def _head_of(finder: HeadFinder, part: Line, below: Sequence[Line]) -> Head | None:
    return next((head for head in finder.find([part, *below]) if head.first == 0), None)


def _numbers_of(finder: HeadFinder, head: Head) -> dict[str, str]:
    """Give the words above each column but that of words: these may say what is listed."""
    return {name: head.columns[name].text for name in head.named if name != finder.table.description.name}


def _parts(line: Line, heads: Sequence[Line]) -> list[tuple[Cell, ...]]:
    """Give the cells of a line that stand in each list, by where they begin; none if one reaches into the next list."""
    edges = [(left.cells[-1].right + right.cells[0].left) // 2 for left, right in pairwise(heads)]
    parts: list[list[Cell]] = [[] for _ in heads]
    for cell in line.cells:
        at = bisect_right(edges, cell.left)
        if at < len(edges) and cell.right > heads[at + 1].cells[0].left:
            return []
        parts[at].append(cell)
    return [tuple(cells) for cells in parts]


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
