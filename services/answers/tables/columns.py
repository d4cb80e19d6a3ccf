"""Which column a cell belongs to."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from services.answers.short_texts import keeping
from services.answers.tables.sheet import ALIGNED, FIGURE, Cell

_FAR: Final = 2_000
"""Distance from a column's head beyond which a cell belongs to none."""
_FLUSH: Final = 0.5
"""Cost of a number that ends where the head of a column of numbers does."""
_NEARLY_UNDER: Final = 1.5
"""Cost of words that begin a little left of the head of the column of words, wherever they end."""
_NEARLY: Final = 3 * ALIGNED
"""How much a little is, in tenths of a point."""
_BESIDE: Final = 4
"""Cost of a cell that is neither aligned with a column's cells nor under its head, but for its distance."""
_STRANGE: Final = 1_000
"""Cost of a number beside a column of words, or of cells that are aligned, and of words beside a column of numbers."""
_DOUBLED: Final = 3_000
"""Cost of two numbers of a line in one column."""
_TWO_IN_ONE: Final = 50
"""The same where nobody asked for it: two columns may have their heads so close that they are read as one."""
_UNPLACED: Final = 800
"""Cost of leaving words out: a column may have no head."""
_CROWDED: Final = 600
"""Cost of two cells of a line in one column, but that of words, if one of them is no number."""
_USUAL: Final = 3
"""Cells that must share an edge before it is the column's."""


@dataclass(slots=True)
class Columns:
    """Columns by where their heads stand, and where their cells have been seen.

    Parameters
    ----------
    heads
        Cell of the head by column.
    words
        Name of the column of words.
    numbers
        Names of columns of numbers.
    """

    heads: Mapping[str, Cell]
    words: str
    numbers: frozenset[str]
    _seen: dict[str, tuple[Counter[int], Counter[int]]] = field(default_factory=dict)
    _edges: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)
    _assigned: dict[tuple[Cell, ...], Sequence[str | None]] = field(default_factory=dict)
    """By the cells of a line: it is looked at several times before more is learned."""
    _names: list[str] = field(init=False)
    """From left to right."""

    def __post_init__(self) -> None:
        self._names = sorted(self.heads, key=lambda name: self.heads[name].left + self.heads[name].right)

    def learn(self, cells: Iterable[tuple[str, Cell]]) -> None:
        """Learn the edges at which a column's cells are aligned, from cells whose column is known."""
        self._assigned.clear()
        for name, cell in cells:
            lefts, rights = self._seen.setdefault(name, (Counter(), Counter()))
            lefts[round(cell.left / ALIGNED)] += 1
            rights[round(cell.right / ALIGNED)] += 1
        self._edges = {name: (_usual(lefts), _usual(rights)) for name, (lefts, rights) in self._seen.items()}

    def continue_under(self, heads: Mapping[str, Cell]) -> bool:
        """Tell whether heads stand where these do: what was learned holds below them too."""
        return heads.keys() == self.heads.keys() and all(
            abs(cell.left - self.heads[name].left) <= ALIGNED for name, cell in heads.items()
        )

    def assign(self, cells: Sequence[Cell]) -> Sequence[str | None]:
        """Give the column of each cell of a line, None where it stands apart from all.

        Cells follow each other as their columns do, and a column has one number on a line.
        """
        key = tuple(cells)
        if key not in self._assigned:
            self._assigned[key] = self._cheapest(key)
        return self._assigned[key]

    def _cheapest(self, cells: Sequence[Cell]) -> Sequence[str | None]:
        names = self._names
        figures = [is_figure(cell) for cell in cells]
        costs = [
            [min(self._cost(cell, name, figure=figure), _FAR) for name in names]
            for cell, figure in zip(cells, figures, strict=True)
        ]
        pairs = zip(pairwise(cells), pairwise(figures), strict=True)
        doubled = [[0.0] * len(names), *(self._doubled(names, *pair, figures=all(both)) for pair, both in pairs)]
        left_out = [_FAR if figure else _UNPLACED for figure in figures]
        way = _cheapest_way(costs, doubled, left_out)
        return [None if at is None else names[at] for at in way]

    def _doubled(self, names: Sequence[str], before: Cell, cell: Cell, *, figures: bool) -> list[float]:
        """Say for each column what it costs that it has a cell of a line and the one before."""
        both = _DOUBLED if figures else _CROWDED

        def cost(name: str) -> int:
            if name == self.words:
                return 0
            return both if name in self.numbers or not _is_under(self.heads[name], before, cell) else _TWO_IN_ONE

        return list(map(cost, names))

    def is_at_home(self, cell: Cell) -> bool:
        """Tell whether a cell is aligned with cells of a column, or under its head."""
        figure = is_figure(cell)
        return any(self._cost(cell, name, figure=figure) < _BESIDE for name in self.heads)

    def _cost(self, cell: Cell, name: str, *, figure: bool) -> float:
        """Say how far a cell is from a column: aligned with its cells, under its head, or beside it."""
        left, right = self._edges.get(name, (None, None))
        head = self.heads[name]
        off = _FAR if left is None else abs(cell.left - left)
        if right is not None:
            off = min(off, abs(cell.right - right))
        if off <= ALIGNED:
            return off / (10 * ALIGNED)
        if figure and name in self.numbers and abs(cell.right - head.right) <= ALIGNED:
            return _FLUSH  # whatever wide column it begins under
        first, last = head.left - ALIGNED, head.right + ALIGNED
        if first <= cell.left <= last:
            return 1  # text begins under its head
        if (over := self._over(cell, name, figure=figure)) is not None:
            return over
        aligned = left is not None or right is not None
        strange = name == self.words or aligned if figure else name in self.numbers
        return _BESIDE + _STRANGE * strange + max(head.left - cell.right, cell.left - head.right)

    def _over(self, cell: Cell, name: str, *, figure: bool) -> float | None:
        """Say what it costs to begin elsewhere and stand over a head, or end under it; None if it does neither."""
        head = self.heads[name]
        if name == self.words and not figure and 0 <= head.left - cell.left <= _NEARLY:
            return _NEARLY_UNDER
        if head.left - ALIGNED <= cell.right <= head.right + ALIGNED:
            return 2  # what only ends there may have run on from the left
        return 3 if head.overlaps(cell) else None


def _is_under(head: Cell, first: Cell, last: Cell) -> bool:
    """Tell whether two cells stand below the words of one head, and each below other words."""
    return head.overlaps(first) and head.overlaps(last) and len(head.text.split()) > 1


def is_figure(cell: Cell) -> bool:
    """Tell whether a cell is a number, perhaps with a unit or a currency, rather than words."""
    return _is_figure(cell.text)


@keeping
def _is_figure(text: str) -> bool:
    return FIGURE.fullmatch(text) is not None


def _cheapest_way(
    costs: Sequence[Sequence[float]], doubled: Sequence[Sequence[float]], left_out: Sequence[float]
) -> list[int | None]:
    """Choose a column for each cell, never one to the left of the one before, at the least cost.

    Parameters
    ----------
    costs
        A row a cell: of putting it into each column.
    doubled
        The same: of putting it into a column that has the cell before.
    left_out
        Of putting it into none.
    """
    if len(costs) == 1:  # as most lines of a letter have it
        at = min(range(len(costs[0])), key=lambda at: min(costs[0][at], left_out[0]))
        return [at if costs[0][at] <= left_out[0] else None]
    sums: list[float] = [0.0] * len(costs[0])
    taken = [False] * len(sums)
    steps: list[list[tuple[int, bool]]] = []
    for of_cell, twice, none in zip(costs, doubled, left_out, strict=True):
        least, came = math.inf, 0
        new: list[float] = []
        step: list[tuple[int, bool]] = []
        for at, cost in enumerate(of_cell):
            stay = sums[at] + twice[at] * taken[at]
            before, source = (stay, at) if stay <= least else (least, came)
            put = before + cost <= sums[at] + none
            new.append(before + cost if put else sums[at] + none)
            step.append((source, True) if put else (at, False))
            if sums[at] < least:
                least, came = sums[at], at
        sums, taken = new, [put or taken[source] for source, put in step]
        steps.append(step)
    at = min(range(len(sums)), key=sums.__getitem__)
    way: list[int | None] = []
    for step in reversed(steps):
        source, put = step[at]
        way.append(at if put else None)
        at = source
    return way[::-1]


def _usual(edges: Counter[int]) -> int | None:
    (edge, count), *_ = edges.most_common(1)
    return edge * ALIGNED if count >= _USUAL and 2 * count > edges.total() else None
