"""What stands beside and above a value on its page: the words by which a reader knows what it is."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise, starmap
from typing import Final

from services.answers.evidence import SearchablePages
from services.answers.normal_form import plain
from services.answers.tables.sheet import Cell, Line, Sheet, sheets

MAX_BEFORE: Final = 300
"""Characters of what precedes a value on its whole line, counted from it."""
MOST_CELLS: Final = 30
"""Cells of that line that are looked at."""
MAX_LABEL: Final = 70
"""Characters of a label, counted from the value."""
MAX_BESIDE: Final = 6
"""Cells to the left that are looked at."""
MAX_ABOVE: Final = 60
"""Cells of the line above that are looked at."""
_ABOVE: Final = 2.6
"""Distance of the line above, as part of the font size, up to which its words belong to the value."""
_PARAGRAPH: Final = 1.9
"""The same for the line before of a running text."""
_LINE_OF_ADDRESS: Final = 2.2
"""The same for the next line of an address, which programs set wider than running text."""
_OFFSET: Final = 0.6
"""Distance of two lines of a form, as part of the font size, that a reader takes for one: what is filled in stands a
little below the word that is printed."""
_COLUMN_GAP: Final = 3
"""Gap between two columns, as part of the font size, at least: no two words of one name are so far apart."""
_SAME_EDGE: Final = 5
"""Difference of left edges, in tenths of a point, that a reader takes for none."""
LEAST_NAMES: Final = 3
"""Names of values that stand below these, in one line, at least."""
_APART: Final = 1.4
"""Distance of the line above such values, as part of that of the names, at least."""
_INTERLEAVED: Final = 3
"""Lines above or below another one among which the next of its column is: others may stand between, a little offset."""
_OWN_WORDS: Final = re.compile(r"[^\W\d_]{4}")
"""Words that name a value, and do not only go on: `vom`, `Nr.`, `of`."""
_ENDS_WITH_VALUE: Final = re.compile(r"\d[^\w%]*(?:[^\W\d_]{1,3})?[^\w%]*$")
_WORD: Final = re.compile(r"[^\W\d_]{2}")
_LETTER: Final = re.compile(r"[^\W_]")
_DIGIT: Final = re.compile(r"\d")
_UNIT: Final = re.compile(r"[^\w\s]|[A-Z]{3}|s?Fr\.?", re.IGNORECASE)
"""A cell of its own for the currency: what it belongs to stands before it."""
_PLACE_AND_DATE: Final = re.compile(r"(?:[^\W\d_][\w .()/'-]{1,40},(?: den| am| le| on)?)?")
"""What a letter's date has before it: nothing, or the place."""
_WHOLE_DATE: Final = re.compile(r"(?<![\w./-])[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4}(?![\w/-])")


class Surroundings:
    """The words around places of a document.

    Parameters
    ----------
    layouts
        Packed runs of each page; a page without any is taken as plain text.
    """

    def __init__(self, pages: Sequence[str], layouts: Sequence[Sequence[int]]) -> None:
        self._pages = pages
        self._layouts = layouts

    def labels(self, page: int, start: int) -> tuple[str, ...]:
        """Give what may name the value that begins at a place, the nearest first, in small letters.

        The words before it in its cell, the cell to its left, the cell above; where there are none, the cells to its
        left together, and the text before it in the order in which the document stores it, but for what stands to its
        right.
        """
        index = self._index[page - 1]
        found = index.find(start)
        if found is None:
            return (self._text_before(page, start, ()),)
        line, at, above = found
        cell = line.cells[at]
        offset = index.offset_from(start)
        text = self._text_before(page, start, [item for item in (*above, *offset) if item.left >= cell.right])
        before = self._pages[page - 1][max(cell.start, start - MAX_LABEL) : start]
        if _WORD.search(before):
            return tuple(dict.fromkeys((_label(before), text)))
        beside = _beside(line.cells[:at], offset, cell)
        shown = [*beside, *(item.text for item in above if item.overlaps(cell))]
        if not any(map(_OWN_WORDS.search, shown)):
            # `Tax 15 % on | 112.90 | 16.94`
            row = " ".join(item.text for item in line.cells[max(0, at - MAX_BESIDE) : at])
            shown += [*([row] if row else []), text]
        return tuple(dict.fromkeys(_label(item[-MAX_LABEL:]) for item in shown))

    def words_before(self, page: int, start: int) -> str:
        """Give the words that precede a place on its line, the cells to its left among them, in small letters.

        Of a long line the nearest ones: a page that is one line has every amount behind all others.
        """
        found = self._index[page - 1].find(start)
        if found is None:
            return ""
        line, at, _ = found
        cells = [cell.text for cell in line.cells[max(0, at - MOST_CELLS) : at]]
        own = self._pages[page - 1][max(line.cells[at].start, start - MAX_BEFORE) : start]
        return _label(" ".join([*cells, own])[-MAX_BEFORE:])

    def is_dateline(self, page: int, start: int) -> bool:
        """Say whether a date stands where letters have theirs: alone in its cell, or behind the place, unlabelled."""
        found = self._index[page - 1].find(start)
        if found is None:
            return False
        line, at, above = found
        cell = line.cells[at]
        before = self._pages[page - 1][max(cell.start, start - MAX_LABEL) : start].strip()
        if not _PLACE_AND_DATE.fullmatch(before):
            return False
        if before:
            return True
        if any(_WHOLE_DATE.search(other.text) for other in line.cells[:at]):
            return False  # a line of several dates is a table's
        is_labelled = at > 0 and line.cells[at - 1].text.rstrip().endswith(":")
        return not is_labelled and not any(item.overlaps(cell) and _LETTER.search(item.text) for item in above)

    def cell(self, page: int, start: int) -> Cell | None:
        """Give the words that stand together at a place."""
        found = self._index[page - 1].find(start)
        return None if found is None else found[0].cells[found[1]]

    def by_cells(self, page: int, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Part a stretch of text where one cell ends and the next one begins."""
        while start < end:
            cell = self.cell(page, start)
            at = end if cell is None else min(end, cell.end)
            yield start, at
            start = at + len(self._pages[page - 1][at:end]) - len(self._pages[page - 1][at:end].lstrip())

    def is_labelled_row(self, page: int, start: int) -> bool:
        """Say whether the cell to the left of a place names it, as in a form (`Name:`)."""
        found = self._index[page - 1].find(start)
        return found is not None and found[1] > 0 and found[0].cells[found[1] - 1].text.rstrip().endswith(":")

    def head(self, page: int, start: int) -> str:
        """Give the words directly above a value that name its column, in small letters; empty if there are none.

        They have no digits, and stand above nothing but it; a line beside others.
        """
        found = self._index[page - 1].find(start)
        if found is None:
            return ""
        line, at, above = found
        over = [item for item in above if item.overlaps(line.cells[at])]
        is_head = len(over) == 1 < min(len(above), len(line.cells)) and not _DIGIT.search(over[0].text)
        return _label(over[0].text) if is_head and _OWN_WORDS.search(over[0].text) else ""

    def words_above(self, page: int, start: int) -> str:
        """Give the nearest words above those at a place, however far, in small letters; empty if there are none."""
        own, lines = self.cell(page, start), self._index[page - 1].lines_above(start)
        over = (cell.text for line in lines for cell in line.cells if own is not None and cell.overlaps(own))
        return _label(next(over, ""))

    def end_of_column(self, page: int, start: int, end: int) -> int:
        """Give where a stretch of text ends, or the gap begins that parts two columns there."""
        cell = self.cell(page, start)
        parts = self.by_cells(page, start, end)
        next(parts, None)
        for after, _ in parts:
            following = self.cell(page, after)
            if cell is None or following is None:
                break
            if following.left - cell.right > _COLUMN_GAP * cell.size:
                return cell.end
            cell = following
        return end

    def is_first_of_line(self, page: int, start: int) -> bool:
        """Say whether nothing stands to the left of a place."""
        found = self._index[page - 1].find(start)
        return found is not None and found[1] == 0

    def first_of_rows(self, page: int, start: int) -> Sequence[Cell]:
        """Give the cells that begin lines of several as the one at a place does: it, and a few above and below it.

        Empty if that one is not the first of several in its line.
        """
        found = self._index[page - 1].find(start)
        if found is None or found[1] > 0 or len(found[0].cells) == 1:
            return ()
        own = found[0].cells[0]
        near = (*self._index[page - 1].lines_above(start), found[0], *self._index[page - 1].lines_below(start))
        return [line.cells[0] for line in near if len(line.cells) > 1 and _have_an_edge(line.cells[0], own)]

    def cell_above(self, page: int, start: int) -> Cell | None:
        """Give the words directly above those at a place that begin at the same edge, as in an address."""
        return self._next_in_address(page, start, self._index[page - 1].lines_above(start))

    def cell_below(self, page: int, start: int) -> Cell | None:
        """Give the words directly below those at a place that begin, or end, at the same edge, as in an address."""
        return self._next_in_address(page, start, self._index[page - 1].lines_below(start))

    def _next_in_address(self, page: int, start: int, lines: Sequence[Line]) -> Cell | None:
        """Give the cell of the nearest line that has one at the same edge; lines of a column beside it lie between."""
        own = self.cell(page, start)
        if own is None:
            return None
        cells = (cell for line in lines for cell in line.cells if _have_an_edge(cell, own))
        cell = next(cells, None)
        reach = _LINE_OF_ADDRESS * max(own.size, cell.size) if cell else 0
        is_next = cell is not None and abs(cell.baseline - own.baseline) <= reach
        return cell if is_next else None

    def _text_before(self, page: int, start: int, without: Sequence[Cell]) -> str:
        """Give the words on the line and the one above, unless both have words for a value of their own.

        Parameters
        ----------
        without
            Cells whose words are left out.
        """
        text = self._pages[page - 1]
        line = text.rfind("\n", 0, start)
        above = max(text.rfind("\n", 0, max(line, 0)), start - MAX_LABEL - 1)
        before, over = text[max(line + 1, start - MAX_LABEL) : start], text[above + 1 : max(line, 0)]
        for cell in without:
            over = over.replace(text[cell.start : cell.end], " ")
        if _OWN_WORDS.search(before) and _ENDS_WITH_VALUE.search(over):
            return _label(before)
        return _label(f"{over} {before}")

    @cached_property
    def searchable(self) -> SearchablePages:
        """The pages, to find values in."""
        return SearchablePages(self._pages)

    @cached_property
    def sheets(self) -> Sequence[Sheet]:
        """The pages, laid out."""
        return sheets(self._pages, self._layouts)

    @cached_property
    def _index(self) -> list["_Page"]:
        return list(map(_Page, self.sheets))


class _Page:
    def __init__(self, sheet: Sheet) -> None:
        self._lines = sheet.lines
        places = sorted(
            (cell.start, number, at) for number, line in enumerate(sheet.lines) for at, cell in enumerate(line.cells)
        )
        self._starts = [start for start, _, _ in places]
        self._places = [(number, at) for _, number, at in places]
        above = [(), *starmap(cells_above, pairwise(sheet.lines))]
        self._above = [
            _names_below(sheet.lines, number) or cells for number, cells in enumerate(above[: len(sheet.lines)])
        ]

    def find(self, start: int) -> tuple[Line, int, Sequence[Cell]] | None:
        """Give the line of a place, the number of its cell, and the cells of the line above if that is near."""
        at = bisect_right(self._starts, start) - 1
        if at < 0:
            return None
        number, cell = self._places[at]
        line = self._lines[number]
        if start >= line.cells[cell].end:
            return None
        return line, cell, self._above[number]

    def offset_from(self, start: int) -> Sequence[Cell]:
        """Give the cells of the lines that stand so little above or below a place that a reader takes them for one."""
        at = bisect_right(self._starts, start) - 1
        return _offset(self._lines, self._places[at][0]) if at >= 0 else ()

    def lines_above(self, start: int) -> Sequence[Line]:
        """Give a few lines above that of a place, the nearest first."""
        number = self._number(start)
        return self._lines[max(0, number - _INTERLEAVED) : number][::-1]

    def lines_below(self, start: int) -> Sequence[Line]:
        """Give a few lines below that of a place, the nearest first."""
        number = self._number(start)
        return self._lines[number + 1 : number + 1 + _INTERLEAVED]

    def _number(self, start: int) -> int:
        at = bisect_right(self._starts, start) - 1
        return self._places[at][0] if at >= 0 else len(self._lines)


def _beside(cells: Sequence[Cell], offset: Sequence[Cell], own: Cell) -> list[str]:
    """Give the cell to the left, with the one before it where it says a currency alone: `Net total | EUR | 5.00`.

    Parameters
    ----------
    offset
        Cells a little above or below, of which one may be nearer, and have words.
    """
    left = cells[-1].right if cells else -1
    nearer = [item for item in offset if left < item.right <= own.left and _OWN_WORDS.search(item.text)]
    if nearer:
        return [max(nearer, key=lambda item: item.right).text]
    is_unit = len(cells) > 1 and _UNIT.fullmatch(cells[-1].text.strip()) is not None
    return [" ".join(cell.text for cell in (cells[-2:] if is_unit else cells[-1:]))] if cells else []


def _offset(lines: Sequence[Line], number: int) -> Sequence[Cell]:
    line = lines[number]
    near = (lines[other] for other in (number - 1, number + 1) if 0 <= other < len(lines))
    return [
        cell
        for other in near
        if abs(other.baseline - line.baseline) <= _OFFSET * max(line.size, other.size)
        for cell in other.cells[:MAX_ABOVE]
    ]


def cells_above(above: Line, line: Line) -> Sequence[Cell]:
    """Give the cells of the line above if it is near."""
    is_near = line.baseline - above.baseline <= _ABOVE * max(line.size, above.size)
    return above.cells[:MAX_ABOVE] if is_near else ()


def _names_below(lines: Sequence[Line], number: int) -> Sequence[Cell]:
    """Give the cells of the line below where they name those of a line, each its own, and nothing above is as near.

    `R 26/0219 | 9. 6. 2026 | 2213`, and in small letters below it `Rechnung | ausgestellt | Lieferschein`.
    """
    line, below = lines[number], lines[number + 1] if number + 1 < len(lines) else None
    if below is None or not LEAST_NAMES <= len(below.cells) == len(line.cells) <= MAX_ABOVE:
        return ()
    gap = below.baseline - line.baseline
    has_values = 2 * sum(_DIGIT.search(cell.text) is not None for cell in line.cells) >= len(line.cells)
    is_near = gap <= _PARAGRAPH * max(line.size, below.size)
    is_nearest = number == 0 or line.baseline - lines[number - 1].baseline >= _APART * gap
    if not (has_values and is_near and is_nearest) or any(_DIGIT.search(cell.text) for cell in below.cells):
        return ()
    return below.cells if all(starmap(_is_one_column, zip(line.cells, below.cells, strict=True))) else ()


def _is_one_column(one: Cell, other: Cell) -> bool:
    is_centred = abs(one.left + one.right - other.left - other.right) <= 2 * _SAME_EDGE
    return is_centred or abs(one.left - other.left) <= _SAME_EDGE or abs(one.right - other.right) <= _SAME_EDGE


def _have_an_edge(one: Cell, other: Cell) -> bool:
    return min(abs(one.left - other.left), abs(one.right - other.right)) <= _SAME_EDGE


def _label(text: str) -> str:
    return plain(text.replace("\n", " ")).casefold()[-MAX_LABEL:]
