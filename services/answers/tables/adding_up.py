"""Rows that a printed sum proves, where no head names their columns.

Freelancers list what they did in a mail, a garage prints no head, a fair names its columns as nobody else does. What
all of them print is what it comes to: lines that end in an amount, one below the other, and under them their sum. If it
is a total of the document, or leads to one, it is as good as a head.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise
from typing import Final, NamedTuple

from schemas.tables import TableDefinition
from services.answers.tables.columns import is_figure
from services.answers.tables.entries import Entry, Span, entries_of, spans
from services.answers.tables.row import Figure
from services.answers.tables.sheet import Sheet
from services.answers.tables.titles import titles_with_sums
from services.answers.tables.totals import charges_make, equal, leads_to
from services.answers.tables.words import (
    Aside,
    is_adjustment,
    is_payment,
    names_sum,
    names_tax_anywhere,
    rate_of,
    says_tax_alone,
)

_LINES_BELOW: Final = 6
"""Lines with amounts below a sum that may lead from it to a total."""
_MOST_CHARGED: Final = 12
"""Lines below a total that are looked at for what is charged on it."""
_MOST_LED: Final = 20
"""Sums from which a way to a total is sought; a document with more that lead nowhere wants to be slow."""
_FACTORS_AND_AMOUNT: Final = 3
_STEP: Final = 1.6
"""Distance of a line from the one above, as part of the font size, that is no gap."""
_WORDS_OF_ONE: Final = 3
"""Words that a single line must have, if its amount is no product, to be told from a total."""
FEWEST_GROUPS: Final = 2
"""Groups whose sums make a total, and lines of one that come to its sum: one alone may do so by chance."""
_MOST_ABOVE: Final = 300
"""Lines above rows of which they may be sums; a document with more wants to be slow."""
_CENT: Final = Decimal("0.02")
"""A tax is rounded."""


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

    @property
    def has_factors_apart(self) -> bool:
        """Tell whether these stand in cells of their own: `prélèvement` is a sample that is taken, too."""
        return self.is_product and sum(map(is_figure, self.entry.line.cells)) >= _FACTORS_AND_AMOUNT


class _Proof(NamedTuple):
    """Rows, and how well they are proven.

    Parameters
    ----------
    is_flat
        It is one row alone, which shows no product: it might be a name of the total.
    rank
        Of the total that proves it: 0 for the likeliest.
    """

    is_flat: bool
    rank: int
    rows: Sequence[Listed]

    @property
    def order(self) -> tuple[bool, int, int]:
        """Less is better."""
        return self.is_flat, self.rank, -len(self.rows)

    @property
    def shows_products(self) -> bool:
        """Tell whether most rows show what they are the product of: then they are no instalments."""
        return _show_products(self.rows)

    def has_of(self, other: "_Proof") -> bool:
        """Tell whether both have a line."""
        return not {row.entry.at for row in self.rows}.isdisjoint(row.entry.at for row in other.rows)

    def is_above(self, other: "_Proof") -> bool:
        """Tell whether it begins above another."""
        return self.rows[0].entry.at < other.rows[0].entry.at


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
    codes_are_rows
        A line without words may be a row: dates or codes name it.
    groups_have_totals
        A total that the lines since the one before come to is that of a group, and more follow.
    sums_stand_above
        Lines of words and an amount may be titles, with the sum of what stands below them.
    """

    span: Span | None = None
    sums_are_rows: bool = False
    taxes_are_rows: bool = False
    codes_are_rows: bool = False
    groups_have_totals: bool = False
    sums_stand_above: bool = False


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
    proofs: list[_Proof] = field(default_factory=list)
    _taken: list[Listed] = field(default_factory=list)
    _begins: dict[Decimal, tuple[int, int]] = field(default_factory=dict)
    """By the sum of all rows before it: where a stretch may begin, first and last."""
    _running: Decimal = Decimal(0)
    _since: int = 0
    """How many rows there were at the last total."""
    _of_group: Decimal = Decimal(0)
    """What the rows since the last total come to, be it that of a group."""
    _groups: int = 0
    _taxes: Decimal = Decimal(0)
    """On groups above: what follows them may be billed without tax."""
    _led: int = 0

    def run(self) -> None:
        """Go down the lines once; a sum from a line on is a difference of two sums from the first one on."""
        self._begins = {self._running: (0, 0)}
        if self.way.sums_stand_above:
            titles = titles_with_sums(self.entries, self.way.span)
            if len(titles) < FEWEST_GROUPS:
                return
            self.entries = [entry for entry in self.entries if entry.at not in titles]
        for at, entry in enumerate(self.entries):
            if self._led > _MOST_LED:
                return
            is_sum = self._look_above(at, entry)
            self._take(entry, is_sum=is_sum)
        for amount in _both_signs(self.known):
            self._weigh(amount, len(self.entries))

    def _look_above(self, at: int, entry: Entry) -> bool:
        """Weigh what adds up to an amount of a line, or to a total; say whether the line is a sum of lines above."""
        figure = entry.figure_in(self.way.span)
        is_sum = False
        untaxed = [value - self._taxes for value in self.known] if self._taxes else []
        for amount in _both_signs((*entry.amounts, *self.known, *self._before_tax(entry), *untaxed)):
            begin = self._weigh(amount, at)
            is_own = figure is not None and begin is not None and amount == figure.value
            is_sum = is_sum or (is_own and begin is not None and begin + 1 < len(self._taken))
        return is_sum

    def _before_tax(self, entry: Entry) -> Iterator[Decimal]:
        """Give what the tax of a line makes a total of; rarely is one named whose net amount is not printed.

        A line may name a tax and be a row, and a net total has no tax.
        """
        if entry.names_tax and len(entry.amounts) == 1 and (rate_of(entry.label) or says_tax_alone(entry.label)):
            (tax,) = entry.amounts
            yield from (value - tax for value in self.known[1:] or self.known)

    def _take(self, entry: Entry, *, is_sum: bool) -> None:
        """Add a line to the rows if it may be one; below a total another list begins."""
        figure = entry.figure_in(self.way.span)
        aside = None if self.way.taxes_are_rows and entry.names_tax else entry.aside
        if self.way.groups_have_totals and figure is not None and self._ends_group(entry, figure):
            return
        if aside is Aside.TOTAL:
            self._of_group = Decimal(0)
            self._since = len(self._taken)
            self._begins = {self._running: (self._since, self._since)}
        elif aside is None and figure is not None and (self.way.sums_are_rows or not is_sum):
            if entry.is_beside_note or not (entry.has_words or self.way.codes_are_rows or entry.is_product_of(figure)):
                return
            self._taken.append(Listed(entry, figure))
            self._running += self._taken[-1].value
            self._of_group += self._taken[-1].value
            count = len(self._taken)
            self._begins[self._running] = (self._begins.get(self._running, (count, count))[0], count)

    def _ends_group(self, entry: Entry, figure: Figure) -> bool:
        """Tell whether a line has the total of a group, or the tax on those above: more may follow."""
        if entry.aside is None or not figure.value:
            return False
        if figure.value == self._of_group:
            self._groups, self._of_group = self._groups + 1, Decimal(0)
            return True
        if self._groups and entry.names_tax:
            self._taxes += figure.value
            return True
        return False

    def _weigh(self, total: Decimal, at: int) -> int | None:
        """Keep rows that add up to a total if they are proven; say where those that add up to it begin.

        Parameters
        ----------
        at
            The line below them.
        """
        found = self._begins.get(self._running - total)
        if found is None or not total:
            return None
        first, last = found
        if last >= len(self._taken):
            return first if first < len(self._taken) else None
        # What cancels out above the rows, such as an old invoice and its payment, is none of them.
        cancels = first == last or any(is_payment(row.entry.label) for row in self._taken[first:last])
        begin = last if cancels and (first == last or not self._is_cut(last, total, at)) else first
        rank = None if self._is_cut(begin, total, at) else self._rank(begin, total, at)
        has_groups = not self.way.groups_have_totals or self._groups >= FEWEST_GROUPS
        if rank is None or not has_groups:
            return begin
        rows = _without_strays(self._taken[begin:])
        if self._are_rows(rows, rank):
            self.proofs.append(_Proof(len(rows) == 1 and not rows[0].is_product, rank, rows))
        return begin

    def _is_cut(self, begin: int, total: Decimal, at: int) -> bool:
        """Tell whether the line above the first row, or below the last one, is one of the list as well."""
        first, last = self._taken[begin].entry, self._taken[-1].entry
        if begin > self._since and self._is_near(first.below(self._taken[begin - 1].entry), begin):
            return True
        below = self.entries[at] if at < len(self.entries) else None
        if below is None or below.aside is Aside.TOTAL:
            return False
        figure = below.figure_in(self.way.span)
        is_sum = figure is not None and figure.value == total
        return not is_sum and self._is_near(below.below(last), begin)

    def _is_near(self, distance: float, begin: int) -> bool:
        """Tell whether a distance is none that separates: as lines follow each other, or as these rows do."""
        if distance <= _STEP * self._taken[begin].entry.line.size:
            return True
        return any(lower.entry.below(upper.entry) >= distance for upper, lower in pairwise(self._taken[begin:]))

    def _rank(self, begin: int, total: Decimal, at: int) -> int | None:
        """Say which total proves a sum; None if none does."""
        below = self.entries[at : at + _LINES_BELOW]
        printed = bool(below) and not below[0].amounts.isdisjoint((total, -total))
        for rank, value in enumerate(self.known):
            if equal(abs(total), abs(value)):
                under_total = bool(below) and below[0].aside is Aside.TOTAL
                return rank if printed or under_total or self._are_products(begin) else None
        if below and total in self._before_tax(below[0]):
            return len(self.known)
        if below and self._taxes and any(equal(total + self._taxes, value) for value in self.known):
            return len(self.known) if below[0].aside is Aside.TOTAL else None
        if not printed:
            return None
        if not self.known:
            return 0 if below[0].aside is Aside.TOTAL and self._are_products(begin) else None
        self._led += 1
        leads = any(_leads(total, value, below[1:]) for value in self.known)
        return len(self.known) if leads or self._are_charged_on(total, at) else None

    def _are_charged_on(self, total: Decimal, at: int) -> bool:
        """Tell whether what is charged on a total, a line each, makes one of the document's."""
        lines = [entry.line for entry in self.entries[at + 1 : at + _MOST_CHARGED]]
        edge, language = self._taken[-1].entry.line.cells[0].left, self.entries[at].language
        return self.entries[at].aside is Aside.TOTAL and any(
            charges_make(total, value, lines, language, edge) for value in self.known[1:] or self.known
        )

    def _are_products(self, begin: int) -> bool:
        return len(self._taken) - begin > 1 and _show_products(self._taken[begin:])

    def _are_rows(self, rows: Sequence[Listed], rank: int) -> bool:
        """Tell rows from payments, from a tax on top of them, and one row from a total that is printed twice."""
        if self.way.taxes_are_rows and not (rank == 0 and len(set(self.known)) > 1):
            return False  # with its tax, any invoice's rows add up to its gross total
        if any(is_payment(row.entry.label) and not row.has_factors_apart for row in rows):
            return False
        if self._are_subtotals(rows):
            return False
        is_net = rank == 0 and len(set(self.known)) > 1
        if not is_net and any(names_tax_anywhere(row.entry.label) or is_tax_on(row, rows) for row in rows):
            return False
        return len(rows) > 1 or is_row_alone(rows[0])

    def _are_subtotals(self, rows: Sequence[Listed]) -> bool:
        """Tell whether each amount is the sum of lines right above the rows, group below group."""
        if len(rows) < FEWEST_GROUPS or _show_products(rows):
            return False
        above = [entry for entry in self.entries if entry.at < rows[0].entry.at and entry.aside is None]
        figures = (entry.figure_in(self.way.span) for entry in above[-_MOST_ABOVE:])
        values = [figure.value or Decimal(0) for figure in figures if figure]
        wanted = [row.value for row in rows]
        return any(_are_sums_of(wanted, values[begin:]) for begin in range(len(values) - 2 * len(wanted) + 1))


def lines_that_add_up(
    table: TableDefinition, sheets: Sequence[Sheet], language: str, named: Mapping[str, Decimal], *, coded: bool
) -> Sequence[Listed]:
    """Find the lines that add up to a total of the document; empty if none do, or two lists do.

    Parameters
    ----------
    language
        ISO 639-1, of the document.
    named
        The document's totals of which one is the sum, by the names that the table's key gives.
    coded
        Rows may have no words.
    """
    entries = list(_without_sums_of_columns(entries_of(sheets, language)))
    known = [named[name] for name in table.key.adds_up_to if name in named]
    columns = [None, *spans(entries)]
    taxes = any(entry.names_tax for entry in entries)
    ways = (
        _Way(),
        _Way(sums_are_rows=True),
        _Way(taxes_are_rows=True),
        _Way(groups_have_totals=True),
        _Way(sums_are_rows=True, sums_stand_above=True),
    )
    for way in (_Way(codes_are_rows=True),) if coded else ways:
        searches = [
            _Search(replace(way, span=span), entries, known) for span in columns if taxes or not way.taxes_are_rows
        ]
        for search in searches:
            search.run()
        if proofs := [proof for search in searches for proof in search.proofs]:
            return _chosen(proofs)
    return ()


def _without_sums_of_columns(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Leave out lines below a list that are the sums of several of its columns: what all tests cost, all parcels."""
    sums: list[Decimal] = []
    count = 0
    waiting: list[Entry] = []
    for entry in entries:
        values = [figure.value or Decimal(0) for figure in entry.figures]
        if count >= FEWEST_GROUPS and len(values) == 1 and entry.aside is None and values[0] in sums:
            waiting.append(entry)
            continue
        yield from waiting if len(waiting) < FEWEST_GROUPS else ()
        yield entry
        waiting = []
        if len(values) == len(sums):
            sums, count = [total + value for total, value in zip(sums, values, strict=True)], count + 1
        else:
            sums, count = (values, 1) if len(values) >= FEWEST_GROUPS else ([], 0)
    yield from waiting if len(waiting) < FEWEST_GROUPS else ()


def is_row_alone(row: Listed) -> bool:
    """Tell a line that is the only row from a total: it shows a product, or has words enough that name no sum."""
    return row.is_product or (not names_sum(row.entry.label) and len(row.entry.words) >= _WORDS_OF_ONE)


def _chosen(proofs: Sequence[_Proof]) -> Sequence[Listed]:
    """Take the rows that are proven best; none if others are as good: one may be a breakdown of the other."""
    best = min(proofs, key=lambda proof: proof.order)
    others = [proof for proof in proofs if proof.rank == best.rank and not proof.has_of(best)]
    rivals = [proof for proof in others if not proof.is_flat or proof.is_above(best)]
    if not rivals or (best.shows_products and not any(rival.shows_products for rival in rivals)):
        return best.rows
    products = sorted((rival for rival in rivals if rival.shows_products), key=lambda proof: proof.order)
    are_one = bool(products) and all(rival.has_of(products[0]) for rival in products)
    return products[0].rows if are_one and not best.shows_products else ()


def _without_strays(rows: Sequence[Listed]) -> Sequence[Listed]:
    """Leave out nothings that stand in no column of the amounts: a discount of `(0,00 €)` on a line of its own."""
    if all(row.value for row in rows):
        return rows
    amounts = [row.figure.cell for row in rows if row.value]
    left, right = min((cell.left for cell in amounts), default=0), max((cell.right for cell in amounts), default=0)
    cells = [row.figure.cell for row in rows]
    within = [not amounts or (left < cell.right and cell.left < right) for cell in cells]
    return [row for row, is_within in zip(rows, within, strict=True) if row.value or is_within]


def _are_sums_of(wanted: Sequence[Decimal], values: Sequence[Decimal]) -> bool:
    """Tell whether values, two and more together from the first one on, come to what is wanted, one after the other."""
    at = 0
    for total in wanted:
        running, first = Decimal(0), at
        while at < len(values) and (at - first < FEWEST_GROUPS or running != total):
            running += values[at]
            at += 1
        if running != total or at - first < FEWEST_GROUPS:
            return False
    return True


def _show_products(rows: Sequence[Listed]) -> bool:
    return sum(row.is_product for row in rows) * 2 > len(rows)


def _both_signs(amounts: Iterable[Decimal]) -> Iterator[Decimal]:
    """Give amounts with either sign: a credit note's rows may be negative, and its total not."""
    for amount in dict.fromkeys(amounts):
        yield amount
        yield -amount


def _leads(total: Decimal, wanted: Decimal, below: Sequence[Entry]) -> bool:
    """Tell whether taxes, discounts and the like below a sum make a total of it."""
    amounts: list[Decimal] = []
    for entry in below:
        if entry.figures and any(equal(abs(amount), abs(wanted)) for amount in entry.amounts):
            return leads_to(abs(total), abs(wanted), amounts)
        if not entry.names_tax and not is_adjustment(entry.label) and not _is_rate_of(entry, total):
            return False
        amounts += entry.amounts
    return False


def _is_rate_of(entry: Entry, total: Decimal) -> bool:
    """Tell whether a line has the percentage that it names of a sum, and that alone: `Nebenkosten pauschal 5 %`."""
    rate = rate_of(entry.label)
    return rate is not None and len(entry.amounts) == 1 and _is_percentage(max(entry.amounts), rate, total)


def _is_percentage(amount: Decimal, rate: Decimal, total: Decimal) -> bool:
    return abs(total * rate / 100 - amount) <= _CENT


def is_tax_on(row: Listed, rows: Sequence[Listed]) -> bool:
    """Tell whether a row is the percentage that it names of what the other rows come to."""
    rate = rate_of(row.entry.label)
    rest = sum((other.value for other in rows if other is not row), Decimal(0))
    return rate is not None and bool(rest) and _is_percentage(row.value, rate, rest)
