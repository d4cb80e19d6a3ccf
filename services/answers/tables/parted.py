"""Heads that stand so close that they are one cell: what stands below them says where each begins."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from services.answers.tables.sheet import ALIGNED, SEVERAL, Cell, Line

MOST_WORDS: Final = 4
"""Of a cell that is several labels."""
_WORD: Final = re.compile(r"[^\W\d_]{3,}")

_Edges = tuple[int, int]
"""Left and right."""


def apart_as_below(variants: list[Cell], below: Sequence[Line]) -> Iterator[list[Cell]]:
    """Part a cell before the word above which a column begins: `Artikel Bezeichnung`, set with letters of one width."""
    cell, *others = variants
    words = cell.text.split(" ")
    if others or not 1 < len(words) <= MOST_WORDS:
        yield variants
        return
    width = (cell.right - cell.left) / len(cell.text)
    for count in range(1, len(words)):
        first, second = " ".join(words[:count]), " ".join(words[count:])
        edge = cell.left + round(width * (len(first) + 1))
        if _begin_at(edge, cell, below):
            yield [cell._replace(text=first, right=edge - round(width))]
            yield from apart_as_below([cell._replace(text=second, left=edge)], below)
            return
    yield variants


def _begin_at(edge: int, head: Cell, below: Sequence[Line]) -> bool:
    """Tell whether words begin at an edge on most lines that have something below a head, beside what ends before."""
    found = [[cell for cell in line.cells if cell.overlaps(head)] for line in below]
    both = [
        any(abs(cell.left - edge) <= ALIGNED and _WORD.search(cell.text) for cell in cells)
        and any(cell.right < edge for cell in cells)
        for cells in found
    ]
    return sum(both) >= SEVERAL and 2 * sum(both) >= sum(map(bool, found))


def columns_below(head: Cell, lines: Sequence[Line]) -> Sequence[_Edges]:
    """Give where the cells stand of which most lines have as many side by side below a head; none if they overlap."""
    found = [cells for line in lines if (cells := [cell for cell in line.cells if cell.overlaps(head)])]
    count, lines_having = max(Counter(map(len, found)).items(), key=lambda item: item[1], default=(0, 0))
    if lines_having < SEVERAL or 2 * lines_having <= len(found):
        return ()
    columns = zip(*(cells for cells in found if len(cells) == count), strict=True)
    edges = [(min(cell.left for cell in column), max(cell.right for cell in column)) for column in columns]
    return edges if all(left[1] < right[0] for left, right in pairwise(edges)) else ()


def parts_over(head: Cell, columns: Sequence[_Edges]) -> Sequence[Cell]:
    """Part a head's words by the column over which each stands; none if some column has none, or there is one alone."""
    if not 1 < len(columns) <= head.text.count(" ") + 1:
        return ()
    parts: list[Cell] = []
    width, at = (head.right - head.left) / len(head.text), 0
    owners: list[int] = []
    for word in head.text.split(" "):
        left, right = head.left + round(at * width), head.left + round((at + len(word)) * width)
        at += len(word) + 1
        owner = max(
            range(len(columns)), key=lambda column: min(right, columns[column][1]) - max(left, columns[column][0])
        )
        if owners and owner == owners[-1]:
            parts[-1] = parts[-1]._replace(text=f"{parts[-1].text} {word}", right=right)
        else:
            parts.append(head._replace(text=word, left=left, right=right))
            owners.append(owner)
    return parts if owners == list(range(len(columns))) else ()
