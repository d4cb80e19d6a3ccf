"""Rows that a printed sum proves, where no head names their columns.

Freelancers list what they did in a mail, a garage prints no head, a fair names its columns as nobody else does. What
all of them print is what it comes to: lines that end in an amount, one below the other, and under them their sum. If it
is a total of the document, or leads to one, it is as good as a head.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Final

from schemas.tables import TableDefinition
from services.answers.amounts import parse_money
from services.answers.tables.factors import NUMBER, factors
from services.answers.tables.rows import Figure
from services.answers.tables.sheet import Cell, Line, Sheet
from services.answers.tables.totals import equal, leads_to
from services.answers.tables.words import Aside, aside_of, is_adjustment, names_tax

_LINES_BELOW: Final = 6
"""Lines with amounts below a sum that may lead from it to a total."""
_MOST_TRIED: Final = 20
"""Sums that are looked at more closely; a document with more of them that prove nothing wants to be slow."""
_MOST_AMOUNTS: Final = 10
_LONGEST: Final = 200
"""Characters of a cell of words that an amount ends."""
_EDGE: Final = 30
"""Width, in tenths of a point, within which edges are of one column."""
_MOST_EDGES: Final = 8
_STEP: Final = 1.6
"""Distance of a line from the one above, as part of the font size, that is no gap."""
_WORDS_OF_ONE: Final = 3
"""Words that a single line must have, if its amount is no product, to be told from a total."""

_Span = tuple[int, int]
"""Left and right edge of a column of amounts."""

_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_SUMS: Final = re.compile(
    r"betrag|summe|total|amount|montant|\bsum\b|balance|saldo|solde|payable|zahlen", re.IGNORECASE
)
_CENTS: Final = re.compile(r"[.,][0-9]{2}(?![0-9])|[.,] ?-{1,2}")
_LAST: Final = re.compile(
    r"(?:^|[\s€£$])(?P<amount>[-+(]{0,2}[0-9][0-9.,'\u2019]*[.,][0-9]{2}[-)]{0,2})(?P<unit> ?\S{0,5})$"
)


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
    """

    page: int
    at: int
    line: Line
    language: str
    amounts: frozenset[Decimal]
    figures: Sequence[Figure]
    last: Figure | None

    @cached_property
    def label(self) -> str:
        """Give its words."""
        return " ".join(cell.text for cell in self.line.cells if any(map(str.isalpha, cell.text)))

    @cached_property
    def aside(self) -> Aside | None:
        """Say what its first words say it is, if it is no row."""
        return aside_of(self._first_words)

    @cached_property
    def names_tax(self) -> bool:
        """Tell whether nothing but a tax makes it no row."""
        return names_tax(self._first_words)

    @cached_property
    def has_words(self) -> bool:
        """Tell a row from a line by tax rate."""
        return _WORD.search(self.label) is not None

    def figure_in(self, span: _Span | None) -> Figure | None:
        """Give the amount in a column; without one, the last of the line."""
        if span is None:
            return self.last
        left, right = span
        inside = (figure for figure in self.figures if figure.cell.left < right and left < figure.cell.right)
        return next(inside, None)

    def below(self, other: "Entry") -> float:
        """Give how far it is below another; not at all if that is on another page."""
        return self.line.baseline - other.line.baseline if self.page == other.page else 0

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
    def _first_words(self) -> str:
        return next((cell.text for cell in self.line.cells if any(map(str.isalpha, cell.text))), "")


@dataclass(frozen=True, slots=True)
class Listed:
    """A line that is a row, and its amount."""

    entry: Entry
    figure: Figure

    @property
    def value(self) -> Decimal:
        """Give its amount."""
        return self.figure.value or Decimal(0)

    @property
    def is_product(self) -> bool:
        """Tell whether it shows what its amount is the product of."""
        return self.entry.is_product_of(self.figure)


@dataclass(frozen=True, slots=True)
class _Way:
    """How lines are read.

    Parameters
    ----------
    span
        The column of the amounts; None for the last one of each line.
    sums_are_rows
        A line that says what those above it come to may be a row that happens to.
    taxes_are_rows
        A line that names a tax may be a row: a tax adviser bills `Umsatzsteuer-Jahreserklärung`.
    """

    span: _Span | None
    sums_are_rows: bool = False
    taxes_are_rows: bool = False


@dataclass(slots=True)
class _Search:
    """Looks for lines that add up, in one way of reading.

    Parameters
    ----------
    entries
        Lines with amounts, from above.
    known
        The document's totals, the likeliest first.
    """

    way: _Way
    entries: Sequence[Entry]
    known: Sequence[Decimal]
    best: tuple[bool, int, int] | None = None
    """Whether it is one row alone, the rank of the total that proves it, how many rows, negative: less is better."""
    found: Sequence[Listed] = ()
    _taken: list[Listed] = field(default_factory=list)
    _sums: list[int] = field(default_factory=list)
    """How many rows there were where a sum of them was printed."""
    _since: int = 0
    """How many rows there were at the last total."""
    _tried: int = 0

    def run(self) -> None:
        """Go down the lines once; a sum from a line on is a difference of two sums from the first one on."""
        running, first = Decimal(0), {Decimal(0): 0}
        for at, entry in enumerate(self.entries):
            if self._tried > _MOST_TRIED:
                return
            figure = entry.figure_in(self.way.span)
            aside = None if self.way.taxes_are_rows and entry.names_tax else entry.aside
            is_sum = False
            for amount in (*entry.amounts, *self.known):
                if amount and (begin := first.get(running - amount, len(self._taken))) < len(self._taken):
                    is_sum = is_sum or (figure is not None and amount == figure.value and begin + 1 < len(self._taken))
                    self._weigh(begin, amount, at)
            if is_sum or aside is Aside.SUBTOTAL:
                self._sums.append(len(self._taken))
            if aside is Aside.TOTAL:
                first, self._since = {running: len(self._taken)}, len(self._taken)
            elif aside is None and figure is not None and self._may_be_row(entry, figure, is_sum=is_sum):
                self._taken.append(Listed(entry, figure))
                running += self._taken[-1].value
                first.setdefault(running, len(self._taken))
        for amount in self.known:
            if (begin := first.get(running - amount, len(self._taken))) < len(self._taken):
                self._weigh(begin, amount, len(self.entries))

    def _may_be_row(self, entry: Entry, figure: Figure, *, is_sum: bool) -> bool:
        return (self.way.sums_are_rows or not is_sum) and (entry.has_words or entry.is_product_of(figure))

    def _weigh(self, begin: int, total: Decimal, at: int) -> None:
        """Keep the rows if they are proven by a better total than those that were found, or are more."""
        self._tried += 1
        rank = self._rank(begin, total, at)
        count = len(self._taken) - begin
        if rank is None or self._is_cut(begin, at) or (count == 1 and not self._is_row(self._taken[begin])):
            return
        proof = (count == 1, rank, -count)
        if self.best is None or proof < self.best:
            self.best = proof
            self.found = self._without_adjustments(begin)

    def _rank(self, begin: int, total: Decimal, at: int) -> int | None:
        """Say which total proves a sum; None if none does."""
        if self.way.taxes_are_rows and not (len(set(self.known)) > 1 and equal(total, self.known[0])):
            return None  # with its tax, any invoice's rows add up to its gross total
        below = self.entries[at : at + _LINES_BELOW]
        printed = bool(below) and total in below[0].amounts
        under_total = bool(below) and below[0].aside is Aside.TOTAL
        for rank, value in enumerate(self.known):
            if equal(total, value):
                return rank if printed or under_total or self._are_products(begin) else None
        if not self.known:
            return 0 if printed and under_total and len(self._taken) - begin > 1 else None
        following = [amount for entry in below[1:] for amount in entry.amounts]
        leads = printed and any(leads_to(total, value, following[:_MOST_AMOUNTS]) for value in self.known)
        return len(self.known) if leads else None

    def _is_cut(self, begin: int, at: int) -> bool:
        """Tell whether the line above the first row, or below the last one, is one of the list as well."""
        first, last = self._taken[begin].entry, self._taken[-1].entry
        steps = [lower.entry.below(upper.entry) for upper, lower in pairwise(self._taken[begin:])]
        step = max(steps, default=_STEP * first.line.size)
        above = self._taken[begin - 1].entry if begin > self._since else None
        below = self.entries[at] if at < len(self.entries) else None
        if above is not None and first.below(above) <= step:
            return True
        if below is None or below.aside is Aside.TOTAL:
            return False
        figure = below.figure_in(self.way.span)
        is_sum = figure is not None and figure.value == sum(row.value for row in self._taken[begin:])
        return not is_sum and below.below(last) <= step

    def _are_products(self, begin: int) -> bool:
        """Tell whether most rows show what they are the product of: then they are no instalments."""
        rows = self._taken[begin:]
        return len(rows) > 1 and sum(row.is_product for row in rows) * 2 > len(rows)

    def _is_row(self, row: Listed) -> bool:
        """Tell one row from a total that is printed twice."""
        if _SUMS.search(row.entry.label):
            return False
        return row.is_product or len(_WORD.findall(row.entry.label)) >= _WORDS_OF_ONE

    def _without_adjustments(self, begin: int) -> Sequence[Listed]:
        """Leave out freight and discounts that follow a sum that is printed."""
        last = max((count for count in self._sums if begin < count < len(self._taken)), default=len(self._taken))
        only_adjustments = all(is_adjustment(row.entry.label) for row in self._taken[last:])
        return self._taken[begin : last if only_adjustments else len(self._taken)]


def lines_that_add_up(
    table: TableDefinition, sheets: Sequence[Sheet], language: str, named: Mapping[str, Decimal]
) -> Sequence[Listed]:
    """Find the lines that add up to a total of the document; empty if none do.

    Parameters
    ----------
    language
        ISO 639-1, of the document.
    named
        The document's totals of which one is the sum, by the names that the table's key gives.
    """
    entries = list(_entries(sheets, language))
    known = [named[name] for name in table.key.adds_up_to if name in named]
    spans = [None, *_spans([figure.cell for entry in entries for figure in entry.figures])]
    taxes = any(entry.names_tax for entry in entries)
    for sums_are_rows, taxes_are_rows in ((False, False), (True, False), (False, True)):
        searches = [
            _Search(_Way(span, sums_are_rows=sums_are_rows, taxes_are_rows=taxes_are_rows), entries, known)
            for span in spans
            if taxes or not taxes_are_rows
        ]
        for search in searches:
            search.run()
        proven = [(search.best, search.found) for search in searches if search.best]
        if proven:
            return min(proven, key=lambda item: item[0])[1]
    return ()


def _entries(sheets: Sequence[Sheet], language: str) -> Iterator[Entry]:
    """Give the lines with amounts."""
    lines = ((sheet.number, line) for sheet in sheets for line in sheet.lines)
    for at, (page, line) in enumerate(lines):
        if amounts := frozenset(_amounts(line, language)):
            figures = [figure for cell in line.cells if (figure := _money(cell, language))]
            last = figures[-1] if figures and figures[-1].cell is line.cells[-1] else _ending(line.cells[-1], language)
            yield Entry(page, at, line, language, amounts, figures, last)


def _spans(cells: Sequence[Cell]) -> list[_Span]:
    """Give the columns of amounts, those with most first: several begin or end at one place."""
    groups: dict[tuple[bool, int], list[Cell]] = {}
    for cell in cells:
        groups.setdefault((False, cell.left // _EDGE), []).append(cell)
        groups.setdefault((True, cell.right // _EDGE), []).append(cell)
    largest = sorted((group for group in groups.values() if len(group) > 1), key=len, reverse=True)[:_MOST_EDGES]
    return list(
        dict.fromkeys((min(cell.left for cell in group), max(cell.right for cell in group)) for group in largest)
    )


def _money(cell: Cell, language: str) -> Figure | None:
    value = parse_money(cell.text, language) if _CENTS.search(cell.text) else None
    return None if value is None else Figure(cell, value)


def _ending(cell: Cell, language: str) -> Figure | None:
    """Read money that ends a cell of words."""
    match = _LAST.search(cell.text) if len(cell.text) <= _LONGEST else None
    value = parse_money(match["amount"] + match["unit"], language) if match else None
    if match is None or value is None:
        return None
    start, end = match.span("amount")
    return Figure(cell._replace(text=match["amount"], start=cell.start + start, end=cell.start + end), value)


def _amounts(line: Line, language: str) -> Iterator[Decimal]:
    for cell in line.cells:
        for match in NUMBER.finditer(cell.text):
            if _CENTS.search(match[0]) and (value := parse_money(match[0], language)) is not None:
                yield value
