"""What a person goes by who looks for a value on a page, as terms: the words around a place, and where it stands.

`left:netto`, `over:datum`, `behind:`, `line0`: strings that a linear model weighs, and a person can read. Digits count
as how many they are, not as which.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from services.answers.names import is_firm
from services.answers.normal_form import plain
from services.answers.tables.sheet import Cell, Line, Sheet

FIRST_PAGES: Final = 3
LAST_PAGES: Final = 2
"""Pages, from the beginning and from the end, that are looked at: letters say there who and how much."""
MAX_CELLS: Final = 600
"""Cells of a page that are looked at."""
LONGEST: Final = 110
"""Characters of a cell whose words are looked at: a longer one is running text, of which the first ones count."""
LONGEST_KEPT: Final = 40
"""Characters of a cell whose words are kept for the next document."""

_NEAR: Final = 3
"""Lines above or below among which the next of a column is."""
_PARAGRAPH: Final = 1.9
"""Distance of two lines of one block, as part of the font size."""
_ABOVE: Final = 2.6
"""The same of a line above whose words belong to what stands below them."""
_SAME_EDGE: Final = 5
"""Difference of left edges, in tenths of a point, that a reader takes for none."""
_LARGE: Final = 1.5
_LARGER: Final = 1.12
_SMALLER: Final = 0.88
"""Size of letters, as part of the page's usual one, from which a reader sees that it is another."""
_TENTHS: Final = 10
_SIXTHS: Final = 6

_TOKEN: Final = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_LETTER: Final = re.compile(r"[^\W\d_]")
_STREET: Final = re.compile(
    r"(?:str(?:\.|aße|asse)|\b(?:street|road|avenue|lane|rue|drive)\b|(?:weg|platz|gasse|allee|ring|damm)\b)[^\d]*\d"
    r"|^\d+[a-z]?,? .*(?:street|road|ave|lane|rue|way|drive|blvd)",
    re.IGNORECASE,
)
_POSTCODE: Final = re.compile(r"\b(?:[A-Z]{1,2}-)?\d{4,5} [^\W\d]")
_PERSON: Final = re.compile(
    r"(?:(?:Dr|Prof|Herrn?|Frau|Mr|Ms|Mrs)\.? )*(?:[A-ZÀ-Þ][^\W\d_]+[- ]){1,3}[A-ZÀ-Þ][^\W\d_]+"
)


@dataclass(frozen=True, slots=True)
class Spot:
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

    @property
    def cell(self) -> Cell:
        """The cell."""
        return self.line.cells[self.at]


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
            self._kept[key] = tuple(self._sheets[spot.page].terms(spot))
        return self._kept[key]

    def of_value(self, spot: Spot, start: int, end: int) -> Iterator[str]:
        """Give the terms of a value within a cell: the words before and behind it."""
        text = self._pages[spot.page - 1]
        before = _tokens(text[max(spot.cell.start, start - LONGEST) : start])[-_NEAR:]
        behind = _tokens(text[end : end + LONGEST].partition("\n")[0])[:_NEAR]
        yield from (f"before:{token}" for token in before)
        yield f"before={' '.join(before)}"
        yield from (f"behind:{token}" for token in behind)
        if not behind:
            yield "behind="

    @staticmethod
    def of_words(spot: Spot) -> Iterator[str]:
        """Give the terms of a cell's own words."""
        own = tokens_of(spot.cell.text)
        yield from (f"own:{token}" for token in own[:8])
        yield from (f"is:{shape}" for shape in shapes_of(spot.cell.text))
        yield f"words{min(spot.cell.text.count(' '), 6)}"


class _Page:
    def __init__(self, sheet: Sheet) -> None:
        self._number = sheet.number
        self._lines = sheet.lines
        self._ends = max((line.cells[-1].right for line in sheet.lines), default=1)

    @cached_property
    def spots(self) -> list[Spot]:
        """The cells, as many as are looked at, in the order of the text."""
        found = [
            Spot(self._number, line, number, at)
            for number, line in enumerate(self._lines)
            for at in range(len(line.cells))
        ][:MAX_CELLS]
        return sorted(found, key=lambda spot: spot.cell.start)

    @cached_property
    def _starts(self) -> list[int]:
        return [spot.cell.start for spot in self.spots]

    @cached_property
    def _size(self) -> int:
        sizes = sorted(spot.cell.size for spot in self.spots)
        return sizes[len(sizes) // 2] if sizes else 1

    def spot(self, start: int) -> Spot | None:
        at = bisect_right(self._starts, start) - 1
        return self.spots[at] if at >= 0 and start < self.spots[at].cell.end else None

    def terms(self, spot: Spot) -> Iterator[str]:
        cells, cell = spot.line.cells, spot.cell
        yield f"cells{min(len(cells), 4)}"
        yield f"at{min(spot.at, 3)}"
        yield "last" if spot.at == len(cells) - 1 else "not-last"
        yield from _named("left", cells[spot.at - 1].text if spot.at else None)
        yield from _named("over", self._over(spot))
        above = self._beside(spot, reversed(self._lines[max(0, spot.number - _NEAR) : spot.number]))
        below = self._beside(spot, self._lines[spot.number + 1 : spot.number + 1 + _NEAR])
        yield from _named("up", above)
        yield from _named("down", below)
        yield from self._of_place(spot, cell)

    def _of_place(self, spot: Spot, cell: Cell) -> Iterator[str]:
        yield f"height{_TENTHS * spot.number // max(len(self._lines), 1)}"
        yield f"line{min(spot.number, 9)}"
        yield f"from-end{min(len(self._lines) - spot.number, 6)}"
        yield f"page{min(spot.page, 3)}"
        yield f"width{_SIXTHS * cell.left // max(self._ends, 1)}"
        size = cell.size / self._size
        yield f"size{'++' if size > _LARGE else '+' if size > _LARGER else '-' if size < _SMALLER else '='}"

    def _over(self, spot: Spot) -> str | None:
        """Give the words of the line above, if it is near, that stand over a cell."""
        if not spot.number:
            return None
        line = self._lines[spot.number - 1]
        if spot.line.baseline - line.baseline > _ABOVE * max(line.size, spot.line.size):
            return None
        return next((cell.text for cell in line.cells if cell.overlaps(spot.cell)), None)

    @staticmethod
    def _beside(spot: Spot, lines: Iterator[Line] | Sequence[Line]) -> str | None:
        """Give the words of the nearest cell of the same block that begins at the same edge."""
        own = spot.cell
        for line in lines:
            for cell in line.cells:
                if abs(cell.left - own.left) <= _SAME_EDGE:
                    near = abs(cell.baseline - own.baseline) <= _PARAGRAPH * max(own.size, cell.size)
                    return cell.text if near else None
        return None


def _named(side: str, text: str | None) -> Iterator[str]:
    if text is None:
        yield f"{side}-none"
        return
    tokens = tokens_of(text)[-5:]
    yield from (f"{side}:{token}" for token in tokens)
    yield f"{side}={' '.join(tokens[-3:])}"
    yield from (f"{side}-is:{shape}" for shape in shapes_of(text))


def tokens_of(text: str) -> tuple[str, ...]:
    """Give the words and signs of a text in small letters; of a number, how many digits it has."""
    return _kept_tokens(text) if len(text) <= LONGEST_KEPT else _tokens(text[:LONGEST])


def _tokens(text: str) -> tuple[str, ...]:
    found = _TOKEN.findall(plain(text).casefold())
    return tuple("0" * min(len(token), 4) if token.isdecimal() else token for token in found)


_kept_tokens: Final = lru_cache(maxsize=20_000)(_tokens)


def shapes_of(text: str) -> tuple[str, ...]:
    """Give what a cell looks like: a firm, a person, a street, a town, an e-mail address, a label, a number, words."""
    return _kept_shapes(text) if len(text) <= LONGEST_KEPT else _shapes(text[:LONGEST])


def _shapes(text: str) -> tuple[str, ...]:
    found = {
        "firm": is_firm(text),
        "person": _PERSON.fullmatch(text) is not None,
        "street": _STREET.search(text) is not None,
        "town": _POSTCODE.search(text) is not None,
        "mail": "@" in text,
        "label": text.rstrip().endswith(":"),
        "number": _LETTER.search(text) is None,
    }
    shapes = tuple(name for name, is_so in found.items() if is_so)
    return shapes or (("words",) if " " in text.strip() else ("word",))


_kept_shapes: Final = lru_cache(maxsize=20_000)(_shapes)
