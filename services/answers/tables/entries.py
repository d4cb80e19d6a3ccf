"""Lines with amounts, and the columns in which amounts stand."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

from services.answers.amounts import currency_code, parse_money
from services.answers.tables.columns import is_figure
from services.answers.tables.factors import LONGEST, NUMBER, factors
from services.answers.tables.row import Figure
from services.answers.tables.sheet import Cell, Line, Sheet, with_zero
from services.answers.tables.words import (
    Aside,
    aside_of,
    beside_note,
    label_of,
    names_tax,
    says_nothing_is_charged,
    says_tax_alone,
)

Span = tuple[int, int]
"""Left and right edge of a column of amounts."""

_EDGE: Final = 30
"""Width, in tenths of a point, within which edges are of one column."""
_MOST_SPANS: Final = 8
LEADING: Final = 1.6
"""Distance of lines of one paragraph, as part of the font size, at most."""
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_SIGN: Final = re.compile(r"[€£$]|(?<![^\W\d_])(?:EUR|Euro|CHF|SFr|Fr|USD|GBP)(?![^\W\d_])")
_COUNT: Final = re.compile(r"[0-9][0-9.,]* ")
"""Before words in the same cell."""
_CENTS: Final = re.compile(r"[.,][0-9]{2}(?![0-9])|[.,] ?[-\u2013\u2014]{1,2}")
_LAST: Final = re.compile(
    r"(?:^|(?<=[\s€£$]))"
    r"(?P<amount>[-+(\u2013\u2212]{0,2} ?[0-9](?:[0-9]|[.,'\u2019](?=[0-9])|\u2032(?=[0-9]{3}(?![0-9]))"
    r"|[ \u00a0](?=[0-9]{3}(?![0-9])))*"
    r"(?:[.,] ?[-\u2013\u2014]{1,2})?[-)]{0,2})(?P<unit> ??[^\s0-9]{0,5}?)(?: \(?[A-Z*]\)?)?$"
)
"""An amount at the end of words, perhaps with the letter of its tax."""


@dataclass(frozen=True)
class Entry:
    """A line with amounts.

    Parameters
    ----------
    page, at
        Number of its page, and of the line among all of the document.
    amounts
        All that stand on the line.
    figures
        Those that are cells of their own, from left to right.
    last
        What ends the line, if that is an amount.
    goes_on
        It goes on with the words of the line above it.
    """

    page: int
    at: int
    line: Line
    language: str
    amounts: frozenset[Decimal]
    figures: Sequence[Figure]
    last: Figure | None
    goes_on: bool = False

    @cached_property
    def label(self) -> str:
        """Give its words; behind them and the amount, what it is taxed at is none of them: `Stump grinding 520.00 GST`.

        A tax has its name before its amount.
        """
        cells = [cell for cell in self.line.cells if any(map(str.isalpha, cell.text))]
        coded = len(cells) > 1 and _is_tax_code(cells[-1], self.figures)
        return " ".join(cell.text for cell in (cells[:-1] if coded else cells))

    @cached_property
    def words(self) -> Sequence[str]:
        """Give its words of two letters and more, currencies left out."""
        return [word for word in _WORD.findall(self.label) if not currency_code(word)]

    @property
    def has_words(self) -> bool:
        """Tell a row from a line by tax rate."""
        return bool(self.words) or self.goes_on

    @cached_property
    def aside(self) -> Aside | None:
        """Say what its words say it is, if it is no row."""
        return aside_of(self._what_it_is)

    @cached_property
    def is_beside_note(self) -> bool:
        """Tell whether it adjusts a total, and its first words are of a note beside the totals."""
        return beside_note([cell.text for cell in self.line.cells]) is not None

    @cached_property
    def names_tax(self) -> bool:
        """Tell whether nothing but a tax makes it no row."""
        return names_tax(self._what_it_is)

    def figure_in(self, span: Span | None) -> Figure | None:
        """Give the amount in a column; without one, the last of the line."""
        if span is None:
            return self.last
        left, right = span
        inside = (figure for figure in self.figures if figure.cell.left < right and left < figure.cell.right)
        return next(inside, None)

    def below(self, other: "Entry") -> float:
        """Give how far it is below another, or above it in a list beside; not at all if that is on another page."""
        return abs(self.line.baseline - other.line.baseline) if self.page == other.page else 0

    def is_product_of(self, figure: Figure) -> bool:
        """Tell whether the line shows two numbers whose product an amount is."""
        key = (figure.cell.start, figure.cell.end)
        if key not in self._products:
            self._products[key] = factors(self.line, figure, self.language) is not None
        return self._products[key]

    @cached_property
    def _products(self) -> dict[tuple[int, int], bool]:
        return {}

    @property
    def _what_it_is(self) -> str:
        return label_of(cell.text for cell in self.line.cells)


def entries_of(sheets: Sequence[Sheet], language: str) -> Iterator[Entry]:
    """Give the lines with amounts, from above."""
    lines = [(sheet.number, line) for sheet in sheets for line in sheet.lines]
    around = zip([None, *lines], lines, [*lines[1:], None], strict=False)
    for at, (above, (page, line), below) in enumerate(around):
        over = above[1] if above is not None and above[0] == page else None
        under = below[1] if below is not None and below[0] == page else None
        goes_on = over is not None and (_goes_on(over, line) or _is_between(over, line, under))
        figures = [figure for cell in line.cells if (figure := _money(cell, language) or _nothing(cell, line))]
        last = (
            figures[-1]
            if figures and figures[-1].cell.right == line.cells[-1].right
            else _ending(line.cells[-1], language)
        )
        shown = {figure.value for figure in [*figures, last] if figure is not None and figure.value is not None}
        if amounts := frozenset(shown.union(_amounts(line, language))):
            yield Entry(page, at, line, language, amounts, figures, last, goes_on)


def _goes_on(above: Line, line: Line) -> bool:
    """Tell whether a line without words goes on with the one right above it, which has no amount.

    It begins where words do there, as `0226)` below `(invoice`, or is an amount alone for which they left no room.
    """
    first, last = line.cells[0], above.cells[-1]
    if line.baseline - above.baseline > LEADING * line.size or any(map(is_money, above.cells)):
        return False
    if is_money(first):
        return len(line.cells) == 1 and last.right > first.left and _WORD.search(last.text) is not None
    over = next((cell for cell in above.cells if abs(cell.left - first.left) <= _EDGE), None)
    return not _WORD.search(first.text) and over is not None and _WORD.search(over.text) is not None


def _is_between(above: Line, line: Line, below: Line | None) -> bool:
    """Tell whether an amount alone stands halfway down two lines of words: the middle of its cell, and of theirs."""
    if below is None or len(line.cells) > 1:
        return False
    is_near = below.baseline - above.baseline <= LEADING * above.size
    return is_near and all(_WORD.search(text.cells[0].text) for text in (above, below))


def spans(entries: Sequence[Entry]) -> list[Span]:
    """Give the columns of amounts, those with most first: several begin or end at one place."""
    groups: dict[tuple[bool, int], list[Cell]] = {}
    for cell in (figure.cell for entry in entries for figure in entry.figures):
        groups.setdefault((False, cell.left // _EDGE), []).append(cell)
        groups.setdefault((True, cell.right // _EDGE), []).append(cell)
    largest = sorted((group for group in groups.values() if len(group) > 1), key=len, reverse=True)[:_MOST_SPANS]
    return list(
        dict.fromkeys((min(cell.left for cell in group), max(cell.right for cell in group)) for group in largest)
    )


def is_money(cell: Cell) -> bool:
    """Tell whether a cell is an amount of money, and says so."""
    return is_figure(cell) and _is_marked(cell.text)


def _is_tax_code(cell: Cell, figures: Sequence[Figure]) -> bool:
    """Tell whether a cell names a tax and nothing else, behind all amounts of its line."""
    return names_tax(cell.text) and says_tax_alone(cell.text) and all(cell.left > other.cell.left for other in figures)


def _money(cell: Cell, language: str) -> Figure | None:
    value = parse_money(with_zero(cell.text), language) if _is_marked(cell.text) else None
    return None if value is None else Figure(cell, value)


def _nothing(cell: Cell, line: Line) -> Figure | None:
    """Read what ends a line that counts something, and says that nothing is charged for it: `0.80 NO CHARGE`."""
    count = _COUNT.match(cell.text)
    begin = count.end() if count else 0
    if cell is not line.cells[-1] or not says_nothing_is_charged(cell.text[begin:]):
        return None
    inner = cell._replace(text=cell.text[begin:], start=cell.start + begin)
    return Figure(inner, Decimal(0)) if count or any(map(is_figure, line.cells)) else None


def _ending(cell: Cell, language: str) -> Figure | None:
    """Read money that ends a cell of words."""
    match = _LAST.search(cell.text) if len(cell.text) <= LONGEST else None
    if match is None or not _is_marked(match[0]):
        return None
    value = parse_money(match["amount"] + match["unit"], language)
    start, end = match.span("amount")
    inner = cell._replace(text=match["amount"], start=cell.start + start, end=cell.start + end)
    return None if value is None else Figure(inner, value)


def _is_marked(text: str) -> bool:
    """Tell money from other numbers: it has cents, or a currency."""
    return _CENTS.search(text) is not None or _SIGN.search(text) is not None


def _amounts(line: Line, language: str) -> Iterator[Decimal]:
    for cell in line.cells:
        for match in NUMBER.finditer(cell.text):
            if _CENTS.search(match[0]) and (value := parse_money(match[0], language)) is not None:
                yield value
