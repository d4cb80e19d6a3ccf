"""What a person goes by who looks for a value on a page, as terms: the words around a place, and where it stands.

`left:netto`, `over:datum`, `behind:`, `line0`: strings that a linear model weighs, and a person can read. Digits count
as how many they are, not as which. Of a cell what it looks like counts once more together with what stands around it
(`person>up:firm`): a person in a firm's address is not who is meant, one alone is.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import islice
from typing import Final, NamedTuple

from services.answers.names import is_firm, is_organisation
from services.answers.normal_form import plain
from services.answers.surroundings import MAX_ABOVE, cells_above
from services.answers.tables.sheet import Cell, Line, Sheet

FIRST_PAGES: Final = 3
LAST_PAGES: Final = 2
"""Pages, from the beginning and from the end, that are looked at: letters say there who and how much."""
MAX_CELLS: Final = 600
"""Cells of a page that are looked at."""
LONGEST: Final = 110
"""Characters of a cell whose words are looked at: a longer one is running text, of which the first ones count."""
TEXTS_KEPT: Final = 1_000
"""Texts whose words are kept: most of a document's stand beside several others, few of them in the next one, too."""

_NEAR: Final = 3
"""Lines above or below among which the next of a column is."""
_LAST: Final = 5
"""Words of a cell that count for those around it."""
_PARAGRAPH: Final = 1.9
"""Distance of two lines of one block, as part of the font size."""
_SAME_EDGE: Final = 5
"""Difference of left edges, in tenths of a point, that a reader takes for none."""
_LARGE: Final = 1.5
_LARGER: Final = 1.12
_SMALLER: Final = 0.88
"""Size of letters, as part of the page's usual one, from which a reader sees that it is another."""
_TENTHS: Final = 10
_FIFTHS: Final = 5
_SIXTHS: Final = 6

_TOKEN: Final = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_LETTER: Final = re.compile(r"[^\W\d_]")
_DIGIT: Final = re.compile(r"\d")
_STREET: Final = re.compile(
    r"(?:str(?:\.|aße|asse)|\b(?:street|road|avenue|lane|rue|drive)\b|(?:weg|platz|gasse|allee|ring|damm)\b)[^\d]*\d"
    r"|^\d+[a-z]?,? .*(?:street|road|ave|lane|rue|way|drive|blvd)",
    re.IGNORECASE,
)
_POSTCODE: Final = re.compile(r"\b(?:[A-Z]{1,2}-)?\d{4,5} [^\W\d]")
_PERSON: Final = re.compile(
    r"(?:(?:Dr|Prof|Herrn?|Frau|Mr|Ms|Mrs)\.? )*(?:[A-ZÀ-Þ][^\W\d_]+[- ]){1,3}[A-ZÀ-Þ][^\W\d_]+"
)


class Spot(NamedTuple):
    """A cell of a page, and its neighbours.

    Parameters
    ----------
    number
        Of its line, from 0.
    at
        Its number in the line, from 0.
    """

    page: int
    line: Line
    number: int
    at: int
    cell: Cell


class Around(NamedTuple):
    """The words around a cell: to its left, right over it, in its column above and below; None: there are none."""

    left: str | None
    over: str | None
    up: str | None
    down: str | None


class PlaceTerms:
    """The terms of the places of a document.

    Parameters
    ----------
    pages
        Text of each page.
    sheets
        The same, laid out.
    """

    def __init__(self, pages: Sequence[str], sheets: Sequence[Sheet]) -> None:
        self._pages = pages
        last = len(sheets) - LAST_PAGES
        self._sheets = {sheet.number: _Page(sheet) for at, sheet in enumerate(sheets) if at < FIRST_PAGES or at >= last}
        self._kept: dict[tuple[int, int], tuple[str, ...]] = {}

    def spots(self) -> Iterator[Spot]:
        """Give the cells that are looked at."""
        for page in self._sheets.values():
            yield from page.spots

    def spot(self, page: int, start: int) -> Spot | None:
        """Give the cell in which a place is; None on pages that are not looked at."""
        return self._sheets[page].spot(start) if page in self._sheets else None

    def around(self, spot: Spot) -> tuple[str, ...]:
        """Give the terms of what stands around a cell, and of where it is."""
        key = spot.page, spot.cell.start
        if key not in self._kept:
            self._kept[key] = self._sheets[spot.page].terms(spot)
        return self._kept[key]

    def of_cell(self, spot: Spot) -> list[str]:
        """Give the terms of a cell: what stands around it, its own words, and both together."""
        return [*self.around(spot), *self.of_words(spot), *self._sheets[spot.page].pairs(spot)]

    def of_value(self, spot: Spot, start: int, end: int) -> list[str]:
        """Give the terms of a value within a cell: the words before and behind it."""
        text = self._pages[spot.page - 1]
        before = tokens_of(text[max(spot.cell.start, start - LONGEST) : start])[-_NEAR:]
        behind = tokens_of(text[end : end + LONGEST].partition("\n")[0])[:_NEAR]
        return [
            *[f"before:{token}" for token in before],
            f"before={' '.join(before)}",
            *([f"behind:{token}" for token in behind] or ["behind="]),
        ]

    @staticmethod
    def of_words(spot: Spot) -> list[str]:
        """Give the terms of a cell's own words."""
        text = spot.cell.text
        return [
            *[f"own:{token}" for token in tokens_of(text)[:8]],
            *[f"is:{shape}" for shape in shapes_of(text)],
            f"words{min(text.count(' '), 6)}",
        ]


class _Page:
    def __init__(self, sheet: Sheet) -> None:
        self._number = sheet.number
        self._lines = sheet.lines
        self._above: dict[int, Sequence[Cell]] = {0: ()}
        self._around: dict[int, Around] = {}

    @cached_property
    def spots(self) -> list[Spot]:
        """The cells, as many as are looked at, in the order of the text."""
        cells = (
            Spot(self._number, line, number, at, cell)
            for number, line in enumerate(self._lines)
            for at, cell in enumerate(line.cells)
        )
        return sorted(islice(cells, MAX_CELLS), key=lambda spot: spot.cell.start)

    @cached_property
    def _ends(self) -> int:
        """The right edge of the words."""
        return max([1, *[line.cells[-1].right for line in self._lines]])

    @cached_property
    def _starts(self) -> list[int]:
        return [spot.cell.start for spot in self.spots]

    @cached_property
    def _size(self) -> int:
        sizes = sorted(spot.cell.size for spot in self.spots)
        return sizes[len(sizes) // 2]

    def spot(self, start: int) -> Spot | None:
        at = bisect_right(self._starts, start) - 1
        return self.spots[at] if at >= 0 and start < self.spots[at].cell.end else None

    def terms(self, spot: Spot) -> tuple[str, ...]:
        cells, around = spot.line.cells, self.around(spot)
        return (
            f"cells{min(len(cells), 4)}",
            f"at{min(spot.at, 3)}",
            "last" if spot.at == len(cells) - 1 else "not-last",
            *_named("left", around.left),
            *_named("over", around.over),
            *_named("up", around.up),
            *_named("down", around.down),
            *self._of_place(spot, spot.cell),
        )

    def pairs(self, spot: Spot) -> tuple[str, ...]:
        """Give the terms of what a cell looks like, together with what stands around it and where it is."""
        own, around = _look(spot.cell.text), self.around(spot)
        up, down = _look(around.up), _look(around.down)
        return (
            f"{own}>up:{up}",
            f"{own}>down:{down}",
            f"{own}>between:{up}>{down}",
            f"{own}>left:{_end(around.left)}",
            f"{own}>over:{_end(around.over)}",
            f"{own}>height{_FIFTHS * spot.number // len(self._lines)}",
            f"{own}>size{_TENTHS * spot.cell.size // self._size}",
        )

    def around(self, spot: Spot) -> Around:
        key, number = spot.cell.start, spot.number
        if key not in self._around:
            self._around[key] = Around(
                spot.line.cells[spot.at - 1].text if spot.at else None,
                self._over(spot),
                _in_column(spot.cell, reversed(self._lines[max(0, number - _NEAR) : number])),
                _in_column(spot.cell, self._lines[number + 1 : number + 1 + _NEAR]),
            )
        return self._around[key]

    def _of_place(self, spot: Spot, cell: Cell) -> tuple[str, ...]:
        number, count, size = spot.number, len(self._lines), cell.size / self._size
        return (
            f"height{_TENTHS * number // count}",
            f"line{min(number, 9)}",
            f"from-end{min(count - number, 6)}",
            f"page{min(spot.page, 3)}",
            f"width{_SIXTHS * cell.left // self._ends}",
            f"size{'++' if size > _LARGE else '+' if size > _LARGER else '-' if size < _SMALLER else '='}",
        )

    def _over(self, spot: Spot) -> str | None:
        """Give the words of the line above, if it is near, that stand over a cell."""
        number = spot.number
        if number not in self._above:
            self._above[number] = cells_above(self._lines[number - 1], spot.line)
        return next((cell.text for cell in self._above[number] if cell.overlaps(spot.cell)), None)


def _in_column(own: Cell, lines: Iterable[Line]) -> str | None:
    """Give the words of the nearest cell of the same block that begins at the same edge."""
    for line in lines:
        for cell in line.cells[:MAX_ABOVE]:
            if abs(cell.left - own.left) <= _SAME_EDGE:
                near = abs(cell.baseline - own.baseline) <= _PARAGRAPH * max(own.size, cell.size)
                return cell.text if near else None
    return None


def _named(side: str, text: str | None) -> list[str]:
    if text is None:
        return [f"{side}-none"]
    return [*said(side, text), *[f"{side}-is:{shape}" for shape in shapes_of(text)]]


def _look(text: str | None) -> str:
    """Give what a text looks like, all of it together."""
    return "/".join(shapes_of(text)) if text else ""


def _end(text: str | None) -> str:
    """Give the last two words of a text."""
    return " ".join(tokens_of(text)[-2:]) if text else ""


def said(side: str, text: str) -> list[str]:
    """Give the terms of the last words of a text."""
    tokens = tokens_of(text)[-_LAST:]
    return [*[f"{side}:{token}" for token in tokens], f"{side}={' '.join(tokens[-3:])}"]


def tokens_of(text: str) -> tuple[str, ...]:
    """Give the words and signs of a text in small letters; of a number, how many digits it has."""
    return _tokens(text[:LONGEST])


@lru_cache(maxsize=TEXTS_KEPT)
def _tokens(text: str) -> tuple[str, ...]:
    found = _TOKEN.findall(plain(text).casefold())
    return tuple(["0000"[: len(token)] if token.isdecimal() else token for token in found])


def shapes_of(text: str) -> tuple[str, ...]:
    """Give what a cell looks like: a firm, a person, a street, a town, a label, a number, words, and so on."""
    return _shapes(text[:LONGEST])


@lru_cache(maxsize=TEXTS_KEPT)
def _shapes(text: str) -> tuple[str, ...]:
    has_letter, has_digit = _LETTER.search(text) is not None, _DIGIT.search(text) is not None
    found = (
        ("firm", has_letter and is_firm(text)),
        ("person", has_letter and _PERSON.fullmatch(text)),
        ("organisation", has_letter and is_organisation(text)),
        ("street", has_letter and has_digit and _STREET.search(text)),
        ("town", has_digit and _POSTCODE.search(text)),
        ("mail", "@" in text),
        ("label", text.rstrip().endswith(":")),
        ("number", not has_letter),
    )
    shapes = tuple([name for name, is_so in found if is_so])
    return shapes or (("words",) if " " in text.strip() else ("word",))
