"""A page as lines of cells: what a reader sees when he looks at where the text stands."""

import re
from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from services.answers.amounts import currency_code
from services.answers.tables.runs import Run, unpack

ALIGNED: Final = 15
"""Difference of two edges, in tenths of a point, that a reader takes for none."""
SEVERAL: Final = 3
"""Lines that are no chance."""
_SAME_LINE: Final = 0.35
"""Difference of baselines, as part of the font size, within which runs stand on one line."""
_WORD_GAP: Final = 0.5
"""Gap, as part of the font size, up to which runs are words of one cell."""
_GROUP_GAP: Final = 0.35
"""The same within a number grouped by spaces: `1 234,50`."""

_RULE: Final = 5
"""Letters of a line that is drawn with them, at least."""
_GLUED: Final = 0.15
_SPACE: Final = 0.29
"""A space of most fonts, as part of their size, at most."""
_SAME_WIDTH: Final = 0.03
_ONE_LETTER: Final = 0.1
"""Differences, as part of a letter's width, within which letters are of one width, and a gap is one of them."""

_SAME_PLACE: Final = 2
"""Difference of two edges, in tenths of a point, that is none."""
_COLUMN: Final = 4
"""Cells that must begin at one edge before what begins there too is a cell of its own, however close the one before."""
_OTHERS: Final = 2
"""Numbers of a column set flush left that are longer or shorter than most of it."""

_CHARACTER: Final = 60
_LINE: Final = 120
_SIZE: Final = 100
"""Plain text as if it were printed: width of a character, height of a line, size of the font, in tenths of a point."""
_TABULATOR: Final = 3_000
"""Width of a column of tabulated text."""

_APART: Final = re.compile(r"[^\t ]+(?: [^\t ]+)*")
AMOUNT: Final = re.compile(
    r"[-+(]{0,2}(?:(?<![\w.,'])[.,])?[0-9](?:[0-9.,'\u2019 \xa0]|\u2032(?=[0-9]{3}(?![0-9])))*(?:,-{1,2})?[-)]{0,2}"
)
"""A number as documents write it; reading it is another matter."""
FIGURE: Final = re.compile(rf"(?:[^\W\d]{{1,4}}|[^\w\s(+-])? ?{AMOUNT.pattern} ?(?:[^\W\d]{{1,8}}[.²³]?|[^\w\s])?")
"""The same with a currency before it, or a unit or sign behind it."""
_WITH_FACTOR: Final = re.compile(r"([0-9]{1,3}) ?/ ?[0-9][.,][0-9]{1,2}")
PRICE_BASE: Final = re.compile(
    r"(?:(?<!\S)(?:je|per|pro|par)|(?<![^\s0-9])/) ?(?P<base>1(?:\.?0{3}|0{0,2})) ?(?=[^\W\d])(?!EUR|CHF|USD|GBP)"
)
"""How much a price is for: `31,80 je 100 kg`, `7,45 / 100 ST`."""
_NO_WHOLE: Final = re.compile(r"(?<![\w.,'])(?=[.,][0-9]+(?![0-9.,']))")
"""Before a number without a digit before its decimal sign."""
_APART_FROM_NUMBER: Final = frozenset("-\u2212\u2013+")
"""Signs of a number that may stand apart from it: `\u2212 640,00`."""
_GROUP: Final = re.compile(r"[-+]?[0-9]{1,3}(?: [0-9]{3})*")
_GROUP_TAIL: Final = re.compile(r"[0-9]{3}(?:[.,' ].*)?")


_LEADERS: Final = re.compile(r"[.\u2026_]{3,} ?(?=[-+(]?[^\w\s]?[0-9])")
"""Dots that lead the eye to a number, drawn with it: `......1,35`."""
_BOXED: Final = re.compile(r"(?m)^[ \t]*\|.*\|[ \t]*$")
"""A line of a table whose columns are parted by letters."""
_SIDES: Final = re.compile(r"(?:(?<! ) +)?(?:\||\+[-=+]{3,}) *")
"""What parts them; a gap is looked at once, however wide it is."""
_LED: Final = re.compile(
    r" ?(?<![.\u2026])(?<!\. )(?:\.{5,}+|\.(?: \.){4,}+|\u2026{3,}+) ?(?=[^\w\s.]?[-+(]?[0-9]|$)", re.MULTILINE
)
"""Dots between words and an amount, drawn with both; each row of dots is looked at once, however long it is."""
_DOTS: Final = re.compile(r"[ .\u2026\xa0]+")
_LEAST_DOTS: Final = 5
"""Runs of nothing but dots on a line, at least, that lead the eye."""
_STATE: Final = re.compile(r"[^\W\d_]{2},? [A-Z]{2}$")
_ZIP: Final = re.compile(r"[0-9]{5}(?:-[0-9]{4})?")
"""The end of an American address: `Fremont CA 94538`."""


class Cell(NamedTuple):
    """Words that stand together on a line.

    Parameters
    ----------
    text
        The words, with single spaces between runs.
    start, end
        Where the first run begins and ends in the page's text; up to the end of the last one if they follow each other
        there too.
    left, right, baseline, size
        As of a run.
    """

    text: str
    start: int
    end: int
    left: int
    right: int
    baseline: int
    size: int

    def overlaps(self, other: "Cell") -> bool:
        """Tell whether two cells stand one above the other."""
        return self.left < other.right and other.left < self.right


@dataclass(frozen=True, slots=True)
class Line:
    """Cells of one line, from left to right."""

    cells: tuple[Cell, ...]

    @property
    def baseline(self) -> int:
        """Where its first letters stand."""
        return self.cells[0].baseline

    @property
    def size(self) -> int:
        """Of its largest letters."""
        return max(cell.size for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page.

    Parameters
    ----------
    number
        From 1.
    lines
        From above.
    """

    number: int
    lines: tuple[Line, ...]


def is_rule(cell: Cell) -> bool:
    """Tell whether letters draw a line: `-----`, `=====`, `* * * *`."""
    return len(cell.text) >= _RULE and not any(map(str.isalnum, cell.text))


def with_zero(text: str) -> str:
    """Give a number of a cell the zero that American programs leave out: `.50`, `$.50`.

    A cell is all that stands there. What someone copied as `.50` may be the end of another number, and is not read.
    """
    return _NO_WHOLE.sub("0", text)


def price_base(line: Line) -> int:
    """Say how many pieces a line's price is for, as it tells."""
    found = (PRICE_BASE.search(cell.text) for cell in line.cells)
    return next((int(match["base"].replace(".", "")) for match in found if match), 1)


def without_factor(cell: Cell) -> Cell:
    """Give the count alone where a doctor's bill has it with the factor by which the fee is raised: `1 / 2,3`."""
    counted = _WITH_FACTOR.fullmatch(cell.text)
    return cell._replace(text=counted[1], end=cell.start + len(counted[1])) if counted else cell


def sheets(pages: Sequence[str], layouts: Sequence[Sequence[int]]) -> list[Sheet]:
    """Lay out the pages of a document.

    Parameters
    ----------
    layouts
        Packed runs of each page, from the first on. A page without any is laid out as plain text: its lines are lines,
        and two spaces or a tabulator separate cells.
    """
    given = [*layouts, *([()] * (len(pages) - len(layouts)))]
    return [
        Sheet(number, tuple(_lines(text, unpack(layout, text) or list(text_runs(text)))))
        for number, (text, layout) in enumerate(zip(pages, given, strict=False), start=1)
    ]


def text_runs(text: str) -> Iterator[Run]:
    """Give runs of plain text as if it were printed with letters of one width."""
    start = 0
    for number, line in enumerate(text.split("\n"), start=1):
        column, counted, is_tabbed = 0, 0, "\t" in line
        for match in _APART.finditer(line):
            column += line.count("\t", counted, match.start())
            counted = match.start()
            left = column * _TABULATOR if is_tabbed else match.start() * _CHARACTER
            right = left + min(len(match[0]) * _CHARACTER, _TABULATOR - 1 if is_tabbed else len(line) * _CHARACTER)
            yield Run(start + match.start(), start + match.end(), left, right, number * _LINE, _SIZE)
        start += len(line) + 1


def _lines(text: str, runs: Collection[Run]) -> list[Line]:
    if len(_BOXED.findall(text)) >= _COLUMN:
        runs = [part for run in runs for part in _parted(text, run, _SIDES)]
    if _LED.search(text):
        runs = [part for run in runs for part in _parted(text, run, _LED)]
    runs = [run for run in runs if text[run.start : run.end].strip()]  # a run may be a space of another kind
    # Where whole phrases are shown, a gap of one space is one of columns that stand close.
    wordwise = not any(" " in text[run.start : run.end] for run in runs)
    grouped = [_without_dots(text, group) for group in _grouped(runs)]
    lines = [_line(text, group, frozenset(), wordwise=wordwise) for group in grouped]
    shared = _shared_edges([cell for line in lines for cell in line.cells])
    return [
        line if len(group) == 1 else _line(text, group, shared, wordwise=wordwise)
        for line, group in zip(lines, grouped, strict=True)
    ]


def _shared_edges(cells: Sequence[Cell]) -> frozenset[int]:
    """Give the edges at which many cells of a page begin.

    Numbers are set flush right, as a rule: that several as long begin at one edge says nothing of words. Where longer
    ones and shorter ones begin, they are set flush left.
    """
    words: Counter[int] = Counter()
    numbers: dict[int, Counter[int]] = {}
    for cell in cells:
        edge = cell.left // _SAME_PLACE
        if cell.text[:1].isdigit():
            numbers.setdefault(edge, Counter())[cell.right // _SAME_PLACE] += 1
        else:
            words[edge] += 1
    flush_left = (edge for edge, rights in numbers.items() if _are_flush_left(rights))
    return frozenset(edge for edge, count in words.items() if count >= _COLUMN).union(flush_left)


def _are_flush_left(rights: Counter[int]) -> bool:
    """Tell by where numbers end that begin at one edge, whether they are a column: several are not as long as most."""
    return rights.total() >= _COLUMN and rights.total() - max(rights.values()) >= _OTHERS


def _parted(text: str, run: Run, between: re.Pattern[str]) -> Iterator[Run]:
    """Give what stands between the lines of a table that are drawn with letters, or beside dots that lead the eye."""
    shown = text[run.start : run.end]
    width, begin = (run.right - run.left) / len(shown), 0
    for match in between.finditer(shown):
        yield from _part(run, begin, match.start(), width)
        begin = match.end()
    yield from _part(run, begin, len(shown), width)


def _part(run: Run, begin: int, end: int, width: float) -> Iterator[Run]:
    if begin < end:
        left, right = run.left + round(begin * width), run.left + round(end * width)
        yield run._replace(start=run.start + begin, end=run.start + end, left=left, right=right)


def _grouped(runs: Iterable[Run]) -> Iterator[Sequence[Run]]:
    """Give the runs of each line, from above."""
    waiting: list[Run] = []
    for run in sorted(runs, key=lambda item: (item.baseline, item.left)):
        if waiting and run.baseline - waiting[0].baseline > _SAME_LINE * min(run.size, waiting[0].size):
            yield waiting
            waiting = []
        waiting.append(run)
    if waiting:
        yield waiting


def _without_dots(text: str, runs: Sequence[Run]) -> Sequence[Run]:
    """Leave out the dots between words and an amount that are drawn one by one; a line of dots alone stays."""
    others = [run for run in runs if not _DOTS.fullmatch(text, run.start, run.end)]
    return others if others and len(runs) - len(others) >= _LEAST_DOTS else runs


def _line(text: str, runs: Sequence[Run], edges: Container[int], *, wordwise: bool) -> Line:
    """Make a line of runs.

    Parameters
    ----------
    edges
        At which many cells of the page begin.
    wordwise
        The page shows its words one by one.
    """
    cells: list[Cell] = []
    for run in sorted(runs, key=lambda item: item.left):
        cell = _without_leaders(Cell(" ".join(text[run.start : run.end].split()), *run))
        # Digits that stand below each other may be the last groups of larger numbers.
        begins = run.left // _SAME_PLACE in edges and not cell.text[:1].isdigit()
        # What is drawn before the words to its left is filled in, and has a place of its own.
        begins = begins or (bool(cells) and cell.start < cells[-1].start)
        if cells and not begins and _belong_together(cells[-1], cell, wordwise=wordwise):
            cells[-1] = _joined(text, cells[-1], cell)
        else:
            cells.append(cell)
    return Line(tuple(cells))


def _without_leaders(cell: Cell) -> Cell:
    if (leaders := _LEADERS.match(cell.text)) is None:
        return cell
    count = leaders.end()
    left = cell.left + (cell.right - cell.left) * count // len(cell.text)
    return cell._replace(text=cell.text[count:], start=cell.start + count, left=left)


def _belong_together(first: Cell, second: Cell, *, wordwise: bool) -> bool:
    gap = (second.left - first.right) / min(first.size, second.size)
    one_space = wordwise and _is_one_space(first, second)
    if first.text[-1:].isdigit() and second.text[:1].isdigit():
        # Numbers beside each other are cells of two columns, unless spaces group the digits of one.
        grouped = _GROUP.fullmatch(first.text) and _GROUP_TAIL.fullmatch(second.text)
        return bool(grouped) and (gap <= _GROUP_GAP or one_space)
    if _ZIP.fullmatch(second.text) and _STATE.search(first.text[-6:]):
        return gap <= _WORD_GAP
    if AMOUNT.fullmatch(second.text) and first.text not in _APART_FROM_NUMBER and not currency_code(first.text):
        # A number alone in its run is a cell, unless it goes on with a word, or follows one as words do.
        return gap <= (_SPACE if first.text[-1:].isalpha() else _GLUED)
    return gap <= _WORD_GAP or one_space


def _is_one_space(first: Cell, second: Cell) -> bool:
    """Tell whether two cells are apart by one space of a font whose letters, spaces too, all have one width."""
    width, other = ((cell.right - cell.left) / len(cell.text) for cell in (first, second))
    gap = second.left - first.right
    return abs(width - other) <= _SAME_WIDTH * width and abs(gap - width) <= _ONE_LETTER * width


def _joined(text: str, first: Cell, second: Cell) -> Cell:
    follows = first.end <= second.start and not text[first.end : second.start].strip()
    return first._replace(
        text=f"{first.text} {second.text}",
        end=second.end if follows else first.end,
        right=max(first.right, second.right),
        size=max(first.size, second.size),
    )
