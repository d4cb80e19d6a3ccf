"""What an amount is the product of: two numbers of its line, in cells of their own or among words."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, takewhile
from typing import Final

from services.answers.amounts import FRACTION, HUNDREDTH, parse_hundredths, parse_money, parse_number, parse_quantity
from services.answers.tables.columns import is_figure
from services.answers.tables.row import Figure
from services.answers.tables.sheet import ALIGNED, SEVERAL, Cell, Line, price_base, with_zero, without_factor

BASES: Final = (1000, 100)
"""Pieces that a price may be for where no line says so: kilograms at so much a ton."""
_MOST_NUMBERS: Final = 12
"""Of a line, among which two may be the factors."""
LONGEST: Final = 200
"""Characters of a cell in which numbers among words are sought."""
_CENT: Final = Decimal("0.02")
"""A product is rounded, and so may its factors be as they are printed."""

NUMBER: Final = re.compile(
    r"(?<![0-9:])[0-9](?:[0-9]|[.,'\u2019](?=[0-9])|\u2032(?=[0-9]{3}(?![0-9]))"
    r"|[ \u00a0](?=[0-9]{3}(?![0-9])))*(?!:?[0-9])"
)
"""A number among words, its sign left out: dots and commas behind it are none of it, and a time of day is none."""
_DECIMALS: Final = re.compile(r"[.,][0-9]{2}(?![0-9])")
_PRICE: Final = re.compile(r"[€£$/@]|\b(?:EUR|CHF|GBP|USD|je|pro|per|each|à)\b", re.IGNORECASE)
_COUNTED: Final = re.compile(r"[0-9] ?[^\W\d_]")
_TIMES: Final = re.compile(
    r"[\u00d7*@€£$]|(?<![^\W\d_])(?:x|à|a|zu|je|at|per|mal|EUR|CHF|von)(?![^\W\d_])", re.IGNORECASE
)
"""What stands between a quantity and its price in a sentence, or before the price."""
_MEASURED: Final = re.compile(r" ?(?:mm|cm|dm|m|km|ml|cl|l|g|kg|t|qm|uhr|h|min)[²³]?(?![^\W\d_])", re.IGNORECASE)
"""What makes a number a measure, and no price."""
_BEGINS: Final = re.compile(r"[-+(]? ?[.,]?[0-9]")
_UNIT: Final = 24
"""Characters between a quantity and its price, and behind it, at most: ` Stunden zum Satz von € `."""
_COUNT: Final = re.compile(r"0*([1-9][0-9]{0,4})[.)]?")
_COUNT_OF: Final = re.compile(
    r"\s*[-•*]?\s*(?P<count>1|[1-9][0-9]{0,3}(?=\s?[x\u00d7]\s+[^\W\d_\u00bc-\u00be]))\s?[x\u00d7]\s"
)
"""How many there are of what follows: `3 x Filter`, but not `3 x 40 cm`."""
_BEHIND: Final = re.compile(rf"-(?!\S)| ?{FRACTION.pattern}")

Pair = tuple[Figure, Figure]


@dataclass(frozen=True, slots=True)
class _Number:
    """A number of a line.

    Parameters
    ----------
    within
        The cell of words in which it stands; None if it is a cell of its own.
    is_measure
        A unit of measure stands behind it there.
    """

    figure: Figure
    within: Cell | None = None
    is_measure: bool = False

    @property
    def begins(self) -> bool:
        """Tell whether a cell begins with it."""
        return self.within is None or self.figure.cell.start - self.within.start <= 2  # noqa: PLR2004  (`- 4 x`)

    @property
    def may_be_price(self) -> bool:
        """Tell whether it stands alone, or behind a word that leads to a price."""
        if self.within is None:
            return True
        at = self.figure.cell.start - self.within.start
        return _TIMES.search(self.within.text[max(at - 4, 0) : at]) is not None


def factors(line: Line, amount: Figure, language: str) -> Pair | None:
    """Find the two numbers of a line whose product is its amount, those that stand alone in their cells first."""
    return next(iter(_factors(line, amount, language)), None)


def _factors(line: Line, amount: Figure, language: str, base: int | None = None) -> list[Pair]:
    """Give all such pairs, the rightmost first.

    Parameters
    ----------
    base
        How many pieces the price is for; None for what the line says.
    """
    every = list(_numbers(line, amount, language))[-_MOST_NUMBERS:]
    alone = [number for number in every if number.within is None]
    base = price_base(line) if base is None else base
    return _products(alone, amount, base) or _products(every, amount, base)


def _products(numbers: Sequence[_Number], amount: Figure, base: int) -> list[Pair]:
    return [
        (first.figure, second.figure)
        for first, second in reversed(list(combinations(numbers, 2)))
        if _may_multiply(first, second) and _is_product(first.figure, second.figure, amount, base)
    ]


def _pairs(lines: Sequence[tuple[Line, Figure]], language: str, base: int | None = None) -> list[Pair | None]:
    """Give the factors of each line; of several, those in other lines' columns: one of 8.50 is no 8.50 of one."""
    found = [_factors(line, amount, language, base) for line, amount in lines]
    sure = [figure.cell for pairs in found if len(pairs) == 1 for figure in pairs[0]]
    column = _Column.of(None, sure)
    return [
        max(pairs, key=lambda pair: sum(column.has(figure.cell) for figure in pair), default=None) for pairs in found
    ]


def named_factors(
    lines: Sequence[tuple[Line, Figure]], names: tuple[str, str], heads: Mapping[str, Cell], language: str
) -> list[dict[str, Figure]]:
    """Give the factors of each line's amount by name.

    Parameters
    ----------
    names
        Of the quantity and of the price.
    heads
        Cells that name a column, by the same names: what stands below them needs no product to be it.
    """
    pairs = _pairs(_uncounted(lines), language)
    if not any(pairs) and _are_most(counted := _pairs(lines, language)):
        pairs = counted  # what counts the lines is a factor of one of them by chance
    if not any(pairs) and len(lines) >= SEVERAL:
        for_many = (_pairs(_uncounted(lines), language, base) for base in BASES)
        pairs = next((found for found in for_many if all(found)), pairs)
    if not _are_most(pairs):
        by_chance = [
            pair is not None and _is_beside_head(pair, line, names, heads)
            for pair, (line, _) in zip(pairs, lines, strict=True)
        ]
        pairs = [None if chance else pair for chance, pair in zip(by_chance, pairs, strict=True)]
    turned = (
        sum(_says_turned(pair, line, names, heads) for pair, (line, _) in zip(pairs, lines, strict=True) if pair) > 0
    )
    ordered = (pair[::-1] if pair and turned else pair for pair in pairs)
    found: list[dict[str, Figure]] = [dict(zip(names, pair, strict=True)) if pair else {} for pair in ordered]
    for named, count in zip(found, _counts(lines, is_named=names[0] in heads), strict=True):
        if count and not named:
            named[names[0]] = count
    _keep_counts(found, lines, names, heads, language)
    columns = {
        name: _Column.of(heads.get(name), [named[name].cell for named in found if name in named]) for name in names
    }
    are_sure = _are_most(pairs) or not heads.keys().isdisjoint(names)
    return [
        named | _added(named, columns, line, amount, language, are_sure=are_sure)
        for named, (line, amount) in zip(found, lines, strict=True)
    ]


def _added(
    named: Mapping[str, Figure],
    columns: Mapping[str, "_Column"],
    line: Line,
    amount: Figure,
    language: str,
    *,
    are_sure: bool,
) -> dict[str, Figure]:
    """Give the factors of a line that stand in their columns.

    Parameters
    ----------
    are_sure
        Most lines show products, or a head names a column. Else two numbers whose product is another one are none.
    """
    missing = {name: column for name, column in columns.items() if name not in named}
    read = ((name, column.read(line, amount, language)) for name, column in missing.items())
    added = {name: figure for name, figure in read if figure}
    if are_sure or len(added) < len(columns):
        return added
    first, second = (figure.value or Decimal(0) for figure in added.values())
    makes_amount = abs(abs(first * second) / price_base(line) - abs(amount.value or Decimal(0))) <= _CENT
    return added if makes_amount else {}


def _are_most(pairs: Sequence[Pair | None]) -> bool:
    return 2 * sum(pair is not None for pair in pairs) > len(pairs)


def _counts(lines: Sequence[tuple[Line, Figure]], *, is_named: bool) -> list[Figure | None]:
    """Give how many there are of what each line names, if most lines begin with that; one of it says so anywhere.

    Parameters
    ----------
    is_named
        A head names quantities: others are part of what is counted.
    """
    found = [count_of(line.cells[0]) for line, _ in lines]
    if not is_named and 2 * sum(count is not None for count in found) > len(found):
        return found
    return [count if count and count.value == 1 else None for count in found]


def count_of(words: Cell) -> Figure | None:
    """Read the count that words begin with."""
    match = _COUNT_OF.match(words.text)
    return _inner(words, *match.span("count"), Decimal(match["count"])) if match else None


def _keep_counts(
    found: Sequence[dict[str, Figure]],
    lines: Sequence[tuple[Line, Figure]],
    names: tuple[str, str],
    heads: Mapping[str, Cell],
    language: str,
) -> None:
    """Take what stands below the head of the quantity where amounts have a third factor: weeks, or points of a tariff.

    It is one of the two factors, or 1, on all lines that show two, and other than 1 on some of them.
    """
    quantity, price = names
    column = _Column(heads.get(quantity), {}, {})
    counts = [
        column.read(line, amount, language) if named else None
        for named, (line, amount) in zip(found, lines, strict=True)
    ]
    known = [(named, count) for named, count in zip(found, counts, strict=True) if count is not None and len(named) > 1]
    own = [_has(named, count) for named, count in known]
    if all(own) or not all(has or count.value == 1 for has, (_, count) in zip(own, known, strict=True)):
        return
    prices = [_other(named, count) for has, (named, count) in zip(own, known, strict=True) if has and count.value != 1]
    aligned = _Column.of(heads.get(price), [figure.cell for figure in prices])
    for named, count in known if prices else ():
        others = [figure for figure in named.values() if figure.cell.start != count.cell.start]
        named |= {quantity: count, price: next((other for other in others if aligned.has(other.cell)), others[-1])}


def _has(named: Mapping[str, Figure], count: Figure) -> bool:
    return any(figure.cell.start == count.cell.start for figure in named.values())


def _other(named: Mapping[str, Figure], count: Figure) -> Figure:
    return next(figure for figure in named.values() if figure.cell.start != count.cell.start)


def _is_beside_head(pair: Pair, line: Line, names: tuple[str, str], heads: Mapping[str, Cell]) -> bool:
    """Tell whether another number than a pair's two stands below the head that names one of them."""
    starts = {figure.cell.start for figure in pair}
    return any(
        is_figure(cell) and cell.start not in starts and heads[name].overlaps(cell)
        for cell in line.cells
        for name in names
        if name in heads
    )


def factors_below(words: Sequence[Cell], amount: Figure, names: tuple[str, str], language: str) -> dict[str, Figure]:
    """Give the factors of a row's amount by name where a line below its words is nothing but these: `2 x £485.00`."""
    for cell in words[1:]:
        line = Line((cell,))
        for pair in _factors(line, amount, language):
            if _is_all_of(pair, cell):
                turned = _says_turned(pair, line, names, {}) > 0
                return dict(zip(names, pair[::-1] if turned else pair, strict=True))
    return {}


def _is_all_of(pair: Pair, cell: Cell) -> bool:
    """Tell whether a cell begins with one factor and ends with the other, but for a few letters of a unit."""
    first, second = (figure.cell for figure in pair)
    between = second.start - first.end
    return first.start - cell.start <= 2 and max(between, cell.end - second.end) <= _UNIT  # noqa: PLR2004  (`- 4 x`)


def _uncounted(lines: Sequence[tuple[Line, Figure]]) -> Sequence[tuple[Line, Figure]]:
    """Leave out cells that count the lines: 1, 2, 3 or 10, 20, 30; the last lines may have codes: `B1`."""
    matches = [_COUNT.fullmatch(line.cells[0].text) for line, _ in lines]
    numbers = [int(match[1]) for match in takewhile(bool, matches) if match]
    has_codes = SEVERAL <= len(numbers) < len(lines) < 2 * len(numbers) and not any(matches[len(numbers) :])
    if not (has_codes or len(numbers) == len(lines)) or numbers != [
        numbers[0] * at for at in range(1, len(numbers) + 1)
    ]:
        return lines
    return [
        (Line(line.cells[1:]) if match else line, amount) for (line, amount), match in zip(lines, matches, strict=True)
    ]


def _says_turned(pair: Pair, line: Line, names: tuple[str, str], heads: Mapping[str, Cell]) -> int:
    """Say whether a line shows its price before its quantity (1), behind it (-1), or neither (0)."""
    by_head = [_head_over(figure, names, heads) for figure in pair]
    if by_head[0] != by_head[1]:
        return 1 if by_head[0] == names[1] or by_head[1] == names[0] else -1
    first, second = (_looks_like_price(figure, line) for figure in pair)
    return first - second


def _head_over(figure: Figure, names: tuple[str, str], heads: Mapping[str, Cell]) -> str | None:
    over = [name for name in names if name in heads and heads[name].overlaps(figure.cell)]
    return over[0] if len(over) == 1 else None


def _looks_like_price(figure: Figure, line: Line) -> int:
    """Say how much a factor looks like a price: a currency tells more than cents, a unit makes it a quantity."""
    cell = next((cell for cell in line.cells if cell.start <= figure.cell.start < cell.end), figure.cell)
    at = max(figure.cell.start - cell.start, 0)
    around = cell.text[max(at - 3, 0) : at + len(figure.cell.text) + 6]
    if _PRICE.search(around):
        return 3
    decimals = _DECIMALS.search(figure.cell.text) is not None
    return decimals * 2 - (_COUNTED.search(around[min(at, 3) :]) is not None)


@dataclass(frozen=True, slots=True)
class _Column:
    """Where a factor stands: below its head, or where those of other lines begin or end."""

    head: Cell | None
    lefts: Mapping[int, int]
    rights: Mapping[int, int]

    @classmethod
    def of(cls, head: Cell | None, cells: Sequence[Cell]) -> "_Column":
        near = (-1, 0, 1)
        lefts = Counter(cell.left // ALIGNED + by for cell in cells for by in near)
        return cls(head, lefts, Counter(cell.right // ALIGNED + by for cell in cells for by in near))

    def has(self, cell: Cell) -> bool:
        """Tell whether a number begins or ends where those of other lines do."""
        return self._count(cell) > 0

    def _count(self, cell: Cell) -> int:
        """Count the numbers of other lines that begin, or end, where a number does."""
        return max(self.lefts.get(cell.left // ALIGNED, 0), self.rights.get(cell.right // ALIGNED, 0))

    def read(self, line: Line, amount: Figure, language: str) -> Figure | None:
        """Read what stands in it on a line; its value is None where it is a number that code cannot read.

        Where the factors of other lines stand tells more than a head: pieces are counted, and their weight is billed.
        """
        cells = [
            cell
            for cell in line.cells
            if cell is not amount.cell
            and cell.left < amount.cell.left
            and _BEGINS.match(cell.text)
            and "%" not in cell.text
        ]
        aligned = [cell for cell in cells if self.has(cell) and is_figure(cell)]
        headed = [cell for cell in cells if self._is_below_head(cell, line)]
        found = [max(aligned, key=self._count)] if aligned else headed
        return whole_figure(found[0], language) if found else None

    def _is_below_head(self, cell: Cell, line: Line) -> bool:
        """Tell whether a cell stands below the head, and no other one does."""
        return self.head is not None and [other for other in line.cells if other.overlaps(self.head)] == [cell]


def whole_figure(cell: Cell, language: str) -> Figure:
    """Read a cell that is a number alone, or one with a unit behind it that no list has: `4 Dosen`."""
    cell = without_factor(cell)
    value = _value(cell.text, language)
    if value is None and not HUNDREDTH.fullmatch(cell.text) and (quantity := parse_quantity(cell.text, language)):
        end = len(cell.text) - len(quantity.unit)
        return _inner(cell, 0, len(cell.text[:end].rstrip()), quantity.number)
    return Figure(cell, value)


def _value(text: str, language: str) -> Decimal | None:
    """Read what a cell says; what costs `24,85 ct/kWh` costs 0.2485."""
    if HUNDREDTH.fullmatch(text):
        return parse_hundredths(text, language)
    text = with_zero(text)
    value = parse_number(text, language)
    return parse_money(text, language) if value is None else value


def _numbers(line: Line, amount: Figure, language: str) -> Iterator[_Number]:
    """Give the numbers of a line left of its amount."""
    for cell in line.cells:
        if cell is amount.cell or cell.left > amount.cell.left or len(cell.text) > LONGEST:
            continue
        value = _value(cell.text, language)
        if value is not None:
            yield _Number(Figure(cell, value))
            continue
        for match in NUMBER.finditer(cell.text):
            end = match.end()
            if cell.start + end > amount.cell.start and cell.left >= amount.cell.left:
                continue
            cents = HUNDREDTH.match(cell.text, match.start()) if _DECIMALS.search(match[0]) else None
            begin = match.start() - _is_signed(cell.text[: match.start()], amount)
            text = cents[0] if cents else cell.text[begin:end] + _behind(cell.text[end:])
            value = _value(text, language)
            if value is not None:
                inner = _inner(cell, begin, begin + len(text), value)
                yield _Number(inner, cell, _MEASURED.match(cell.text, end) is not None)


def _is_signed(before: str, amount: Figure) -> bool:
    """Tell whether a minus right before a number is its sign: `-14 Pers.` that come to less than nothing."""
    is_minus = before[-1:] in {"-", "\u2212"} and not before[:-1].strip()
    return is_minus and amount.value is not None and amount.value < 0


def _behind(rest: str) -> str:
    """Give what of a number is written behind it: the minus of `5- KA`, the fraction of `14 ½ Std.`."""
    match = _BEHIND.match(rest)
    return match[0] if match else ""


def _may_multiply(first: _Number, second: _Number) -> bool:
    """Tell whether two numbers may be factors: alone in their cells, or with words that say so."""
    one, other = first.within, second.within
    if one is not None and one is other:
        between = one.text[first.figure.cell.end - one.start : second.figure.cell.start - one.start]
        return _TIMES.search(between) is not None and not second.is_measure  # `2 x 130 cm`
    return (first.begins or first.may_be_price) and (second.begins or second.may_be_price)


def _inner(cell: Cell, start: int, end: int, value: Decimal) -> Figure:
    return Figure(cell._replace(text=cell.text[start:end], start=cell.start + start, end=cell.start + end), value)


def _is_product(first: Figure, second: Figure, amount: Figure, base: int) -> bool:
    """Tell whether an amount is a product; one of nothing has a price of nothing: a tax of 0 on a sum has a rate."""
    if amount.value is None or first.value is None or second.value is None:
        return False
    nothing = [factor for factor in (first, second) if not factor.value]
    if len(nothing) > 1 or any(not _DECIMALS.search(factor.cell.text) for factor in nothing):
        return False
    product = abs(first.value * second.value) / base
    return bool(product) == bool(amount.value) and abs(product - abs(amount.value)) <= _CENT
