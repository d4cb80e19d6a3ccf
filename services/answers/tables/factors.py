"""What an amount is the product of: two numbers of its line, in cells of their own or among words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from typing import Final

from services.answers.amounts import parse_money, parse_number
from services.answers.tables.columns import is_figure
from services.answers.tables.rows import Figure
from services.answers.tables.sheet import Cell, Line

_MOST_NUMBERS: Final = 12
"""Of a line, among which two may be the factors."""
_CENT: Final = Decimal("0.02")
_ALIGNED: Final = 15
"""Difference of two edges, in tenths of a point, that is none."""
_DECIMALS: Final = re.compile(r"[.,][0-9]{2}(?![0-9])")
_HUNDREDTH: Final = re.compile(r"(?P<number>[0-9][0-9.,]*) ?(?:ct|cts|cents?|rp|p|pence)\b", re.IGNORECASE)
"""A price in the hundredth part of the currency: `24,85 ct/kWh`."""
NUMBER: Final = re.compile(r"[0-9](?:[0-9]|[.,'\u2019](?=[0-9])|[ \u00a0](?=[0-9]{3}(?![0-9])))*")
"""A number among words, its sign left out: rows of dots and commas behind it are none of it."""
_BEGINS: Final = re.compile(r"[-+(]? ?[0-9]")
_COUNT: Final = re.compile(r"0*([1-9][0-9]{0,4})[.)]?")
_ONE: Final = re.compile(r"\s*[-•*]?\s*(?P<one>1)\s?[x\u00d7]\s")


def factors(line: Line, amount: Figure, language: str) -> tuple[Figure, Figure] | None:
    """Find the two numbers of a line whose product is its amount, those that stand alone in their cells first."""
    every = list(_numbers(line, amount, language))[-_MOST_NUMBERS:]
    alone = [figure for figure in every if figure.cell in line.cells]
    for numbers in (alone, every):
        for first, second in reversed(list(combinations(numbers, 2))):
            if _is_product(first, second, amount):
                return first, second
    return None


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
    pairs = [factors(line, amount, language) for line, amount in _uncounted(lines)]
    if not any(pairs):
        pairs = [factors(line, amount, language) for line, amount in lines]
    turned = sum(_price_first(pair) for pair in pairs if pair) * 2 > sum(pair is not None for pair in pairs)
    found: list[dict[str, Figure]] = []
    for pair, (line, _) in zip(pairs, lines, strict=True):
        ordered = pair[::-1] if pair and turned else pair
        named = dict(zip(names, ordered, strict=True)) if ordered else {}
        if not named and (match := _ONE.match(line.cells[0].text)):
            named = {names[0]: _inner(line.cells[0], match.start("one"), match.end("one"), Decimal(1))}
        found.append(named)
    columns = {name: [named[name].cell for named in found if name in named] for name in names}
    for named, (line, amount) in zip(found, lines, strict=True):
        for name in names:
            if name not in named and (figure := _in_column(line, amount, heads.get(name), columns[name], language)):
                named[name] = figure
    return found


def _uncounted(lines: Sequence[tuple[Line, Figure]]) -> Sequence[tuple[Line, Figure]]:
    """Leave out cells that count the lines: 1, 2, 3 or 10, 20, 30."""
    matches = [_COUNT.fullmatch(line.cells[0].text) for line, _ in lines]
    numbers = [int(match[1]) for match in matches if match]
    if len(numbers) < len(lines) or numbers != [numbers[0] * count for count in range(1, len(lines) + 1)]:
        return lines
    return [(Line(line.cells[1:]), amount) for line, amount in lines]


def _in_column(line: Line, amount: Figure, head: Cell | None, others: Sequence[Cell], language: str) -> Figure | None:
    """Read what stands in a column; its value is None where it is a number that code cannot read."""
    for cell in line.cells:
        if cell is amount.cell or cell.left >= amount.cell.left or not _BEGINS.match(cell.text) or "%" in cell.text:
            continue
        if any(_is_aligned(cell, other) for other in others) or (head is not None and _is_below(cell, head, line)):
            return Figure(cell, _value(cell.text, language))
    return None


def _is_below(cell: Cell, head: Cell, line: Line) -> bool:
    """Tell whether a cell stands below a head, and no other one does."""
    return [other for other in line.cells if other.overlaps(head)] == [cell]


def _is_aligned(cell: Cell, other: Cell) -> bool:
    apart = min(abs(cell.left - other.left), abs(cell.right - other.right))
    return cell.overlaps(other) and apart <= _ALIGNED and is_figure(cell)


def _value(text: str, language: str) -> Decimal | None:
    """Read what a cell says; what costs `24,85 ct/kWh` costs 0.2485."""
    if match := _HUNDREDTH.match(text):
        cents = parse_number(match["number"], language)
        return None if cents is None else cents / 100
    value = parse_number(text, language)
    return parse_money(text, language) if value is None else value


def _numbers(line: Line, amount: Figure, language: str) -> Iterator[Figure]:
    """Give the numbers of a line left of its amount."""
    for cell in line.cells:
        if cell is amount.cell or cell.left > amount.cell.left:
            continue
        value = _value(cell.text, language)
        if value is not None:
            yield Figure(cell, value)
            continue
        for match in NUMBER.finditer(cell.text):
            before_amount = cell.start + match.end() <= amount.cell.start or cell.left < amount.cell.left
            with_unit = _HUNDREDTH.match(cell.text, match.start())
            text = with_unit[0] if with_unit else match[0]
            if before_amount and (value := _value(text, language)) is not None:
                yield _inner(cell, match.start(), match.start() + len(text), value)


def _inner(cell: Cell, start: int, end: int, value: Decimal) -> Figure:
    return Figure(cell._replace(text=cell.text[start:end], start=cell.start + start, end=cell.start + end), value)


def _is_product(first: Figure, second: Figure, amount: Figure) -> bool:
    if not first.value or not second.value or amount.value is None:
        return False
    return abs(first.value * second.value - amount.value) <= _CENT


def _price_first(pair: tuple[Figure, Figure]) -> bool:
    """Tell whether the first of two factors looks like money and the second does not."""
    first, second = (_DECIMALS.search(figure.cell.text) is not None for figure in pair)
    return first and not second
