"""Which column of numbers has the amounts of rows, where heads mislead or do not say.

What a table calls `Amount` may be the price of one piece, and what it calls `Total` the amount with its tax.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from typing import Final

from schemas.tables import TableDefinition
from services.answers.amounts import IN_THOUSANDTHS, parse_money
from services.answers.tables.head import ROW_NUMBER
from services.answers.tables.row import Figure, Row
from services.answers.tables.sheet import Line, Sheet
from services.answers.tables.totals import equal
from services.answers.tables.words import names_tax, says_tax_alone

_CENT: Final = Decimal("0.02")
"""A product is rounded, and so may its factors be as they are printed."""
_HALF_A_CENT: Final = Decimal("0.005")
_THOUSANDTH: Final = Decimal("0.001")
_TWO: Final = 2
_MOST: Final = 3
"""More than two of so many rows are most."""
_HIGHEST_RATE: Final = 30
_SAME_EDGE: Final = 60
"""Width, in tenths of a point, within which cells begin one below the other."""
_TIMES: Final = re.compile(r"([0-9]{1,4}) ?[x\u00d7]")
_IN_THOUSANDTHS: Final = re.compile(r"[0-9](?:,[0-9]{3}(\.)|\.[0-9]{3}(,))[0-9]{3}(?![0-9.,])")
"""Of two signs the last is the decimal one, and three digits follow it."""
_BEFORE_CENTS: Final = re.compile(r"[.,](?=[0-9]{1,2}(?![0-9.,']))")
_WITH_CENTS: Final = re.compile(r"(?<![0-9.,'])[0-9][0-9.,']{0,14}([.,])[0-9]{2}(?![0-9.,'%])")
_ONE_SIGN: Final = re.compile(r"(?<![0-9.,'])[0-9]{1,3}(?P<sign>[.,])[0-9]{3}(?![0-9.,'])")
"""It may be that of thousands or of decimals."""


def read_thousandths(table: TableDefinition, rows: Sequence[Row], language: str, laid_out: Sequence[Sheet]) -> None:
    """Read amounts with three decimals, if most cannot be read otherwise and something shows what they are.

    One of the rows does, or, where all of them are written so, the document's other amounts: all have two decimals
    behind that sign, and one is what the rows come to. Or the document's currency has three decimals (`146.566 TND`).
    """
    key = table.key.name
    may_be = any(_ONE_SIGN.search(row.figures[key].cell.text) for row in rows)
    signs = _signs_of_currency(laid_out) if may_be else set()
    if not signs and 2 * sum(row.figures[key].value is None for row in rows) <= len(rows):
        return
    texts = (cell.text for row in rows for cell in row.line.cells)
    signs = signs or {match[1] or match[2] for text in texts for match in _IN_THOUSANDTHS.finditer(text)}
    if not signs and all(_ONE_SIGN.search(row.figures[key].cell.text) for row in rows):
        signs = _signs_of_sum([row.figures[key].cell.text for row in rows], laid_out)
    if len(signs) != 1:
        return
    last = re.compile(rf"({re.escape(signs.pop())}[0-9]{{3}})(?![0-9.,])")
    money = {column.name for column in table.columns if column.kind == "money"}
    for row in rows:
        for figures in (row.figures, row.unnamed):
            for name in (name for name in figures if figures is row.unnamed or name in money):
                figures[name] = _with_four_decimals(row, figures[name], last, language)


def _signs_of_currency(laid_out: Sequence[Sheet]) -> set[str]:
    """Give the signs before the last three digits of amounts in a currency that has three decimals."""
    lines = (" ".join(cell.text for cell in line.cells) for sheet in laid_out for line in sheet.lines)
    return {match["sign"] or match["last"] for line in lines for match in IN_THOUSANDTHS.finditer(line)}


def _signs_of_sum(texts: Sequence[str], laid_out: Sequence[Sheet]) -> set[str]:
    """Give the signs before two last digits, if the rows come to one of those amounts in thousandths."""
    written = [match for sheet in laid_out for line in sheet.lines for match in _amounts_with_cents(line)]
    found = (_ONE_SIGN.search(text) for text in texts)
    total = sum((Decimal(match[0].replace(",", ".")) for match in found if match), Decimal(0))
    sums = (Decimal(re.sub(r"[.,']", "", match[0])) / 100 for match in written)
    return {match[1] for match in written} if any(abs(total - value) <= _HALF_A_CENT for value in sums) else set()


def _amounts_with_cents(line: Line) -> Iterator[re.Match[str]]:
    return (match for cell in line.cells for match in _WITH_CENTS.finditer(cell.text))


def read_small_factors(table: TableDefinition, rows: Sequence[Row]) -> None:
    """Read a factor with three digits behind its only sign as less than a thousand, if that alone makes the amount.

    `1.250` kilograms at `4.00` are `5.00` in Switzerland, whatever German makes of the dot.
    """
    if not table.key.product_of:
        return
    quantity, price = table.key.product_of
    texts = (figure.cell.text for row in rows for figure in row.figures.values())
    signs = {sign for text in texts for sign in _BEFORE_CENTS.findall(text)}
    for row in rows:
        if not {table.key.name, quantity, price} <= row.figures.keys() or _is_product(
            row, table.key.name, quantity, price
        ):
            continue
        for names in ((quantity,), (price,), (quantity, price)):
            smaller = {name: _in_thousandths(row.figures[name], signs) for name in names}
            other = replace(row, figures=row.figures | smaller)
            if _is_product(other, table.key.name, quantity, price):
                row.figures |= smaller
                break


def _in_thousandths(figure: Figure, signs: Collection[str]) -> Figure:
    """Read a number as less than a thousand, if its sign may be a decimal one.

    Parameters
    ----------
    signs
        Those before one or two last digits of the table's numbers: where it is another one, thousands are thousands.
    """
    match = _ONE_SIGN.search(figure.cell.text)
    if match is None or (signs and match["sign"] not in signs):
        return figure
    return Figure(figure.cell, Decimal(match[0].replace(",", ".")) if figure.value is None else figure.value / 1000)


def _with_four_decimals(row: Row, figure: Figure, last: re.Pattern[str], language: str) -> Figure:
    """Read an amount as if a zero followed: four digits are no group of thousands."""
    start = figure.cell.start
    cell = next((cell for cell in row.line.cells if cell.start <= start < cell.end), figure.cell)
    value = parse_money(last.sub(r"\g<1>0", cell.text), language) if last.search(cell.text) else None
    return figure if value is None else Figure(cell, value.quantize(_THOUSANDTH))


def take_products(table: TableDefinition, rows: Sequence[Row]) -> None:
    """Take the amounts from another column if it has the products, and what is called amount has the prices."""
    if not table.key.product_of or len(rows) < _TWO:
        return
    key, (quantity, price) = table.key.name, table.key.product_of
    if any(price in row.figures for row in rows):
        return
    name = _first_that_fits(rows, lambda row, name: _is_product(row, name, quantity, key))
    for row in (row for row in rows if name in row.unnamed):
        row.figures |= {price: row.figures[key], key: row.unnamed.pop(name)}


def take_factors(table: TableDefinition, rows: Sequence[Row]) -> None:
    """Take a factor from another column if its product is the amount, and that of the column which is named is not.

    A courier counts parcels and bills their weight; a list price stands beside the one that was agreed.
    """
    if not table.key.product_of or len(rows) < _TWO:
        return
    quantity, price = table.key.product_of
    own = sum(_is_product(row, table.key.name, quantity, price) for row in rows)
    if not _take_factor(rows, quantity, lambda row, name: _is_product(row, table.key.name, name, price), own):
        _take_factor(rows, price, lambda row, name: _is_product(row, table.key.name, quantity, name), own)


def take_times(table: TableDefinition, rows: Sequence[Row]) -> None:
    """Take for quantities what is written `2x` left of the words of each row, in one column, if no row has any."""
    quantity = next(iter(table.key.product_of), "")
    if not quantity or len(rows) < _TWO or any(quantity in row.figures for row in rows):
        return
    found = [figure for row in rows if (figure := _times(row))]
    edges = [figure.cell.left for figure in found]
    if len(found) == len(rows) and max(edges) - min(edges) <= _SAME_EDGE:
        for row, figure in zip(rows, found, strict=True):
            row.figures[quantity] = figure


def _times(row: Row) -> Figure | None:
    words = min((cell.left for _, cell in row.lines), default=0)
    for cell in (cell for cell in row.line.cells if cell.left < words):
        if match := _TIMES.fullmatch(cell.text):
            return Figure(cell._replace(text=match[1], end=cell.start + len(match[1])), Decimal(match[1]))
    return None


def _take_factor(rows: Sequence[Row], factor: str, fits: Callable[[Row, str], bool], own: int) -> bool:
    """Take a factor from the column that makes most products, if these are more than its own; say whether it was."""
    name = _first_that_fits(rows, fits)
    if sum(fits(row, name) for row in rows) <= own:
        return False
    for row in (row for row in rows if factor in row.figures and name in row.unnamed):
        row.figures[factor], row.unnamed[name] = row.unnamed[name], row.figures[factor]
    return True


def products_without_tax(table: TableDefinition, rows: Sequence[Row]) -> Sequence[Row] | None:
    """Give the rows with the amounts of another column, if these are the products and the others show their tax.

    Some rows may have none: then both amounts are the same.
    """
    key, factors = table.key.name, table.key.product_of
    if not factors or len(rows) < _TWO:
        return None

    def fits(row: Row, name: str) -> bool:
        untaxed = _value(row, name) == _value(row, key)
        return _is_product(row, name, *factors) and (untaxed or _shows_tax(row, name, key))

    name = _first_that_fits(rows, fits)
    if not name or not all(name in row.unnamed for row in rows):
        return None
    if sum(_shows_tax(row, name, key) for row in rows) < _TWO:
        return None
    return [with_column(row, key, name) for row in rows]


def amounts_without_tax(table: TableDefinition, rows: Sequence[Row]) -> Sequence[Row] | None:
    """Give the rows with the amounts of another column, if each is less than what it was by what is headed as a tax.

    That is an amount or a rate; two of them at least have a tax.
    """
    key = table.key.name

    def fits(row: Row, name: str) -> bool:
        return _shows_amount_of_tax(row, name, key)

    name = _first_that_fits(rows, fits) if len(rows) >= _TWO else ""
    if not name or not all(fits(row, name) for row in rows):
        return None
    if table.key.product_of and 2 * sum(_is_product(row, key, *table.key.product_of) for row in rows) > len(rows):
        return None
    if sum(_value(row, name) != _value(row, key) for row in rows) < _TWO:
        return None
    return [with_column(row, key, name) for row in rows]


def sums_with_tax(rows: Sequence[Row], key: str) -> Iterator[Decimal]:
    """Give what rows come to with their tax, if another column has each amount with it, and a third one the tax."""
    for name in dict.fromkeys(name for row in rows for name in row.unnamed if name != ROW_NUMBER):
        total = _sum(rows, name) if all(_value(row, name) is not None for row in rows) else None
        if total and all(_shows_tax(row, key, name) for row in rows):
            yield total


def _shows_amount_of_tax(row: Row, net: str, gross: str) -> bool:
    without, amount = _value(row, net), _value(row, gross)
    if without is None or amount is None:
        return False
    taxes = [figure.value for name, figure in row.unnamed.items() if _heads_taxes(name) and figure.value is not None]
    taxes += [first + second for first, second in combinations(taxes, 2)]  # India's are two: `CGST`, `SGST`
    return bool(without) and any(
        without + tax == amount or _is_rate(tax, without, amount, within=_HALF_A_CENT) for tax in taxes
    )


def _is_rate(rate: Decimal, without: Decimal, amount: Decimal, *, within: Decimal) -> bool:
    return 0 <= rate < _HIGHEST_RATE and abs(without + without * rate / 100 - amount) <= within


def _heads_taxes(name: str) -> bool:
    """Tell whether a column that nobody asked for is called a tax, and nothing else: `VAT`, no `City tax`."""
    label = name.partition(" ")[2]
    return names_tax(label) and says_tax_alone(label)


def _first_that_fits(rows: Sequence[Row], fits: Callable[[Row, str], bool]) -> str:
    """Give the first column without a name that fits in most rows; empty if none does."""
    names = dict.fromkeys(name for row in rows for name in row.unnamed if name != ROW_NUMBER)
    return next((name for name in names if _MOST * sum(fits(row, name) for row in rows) > 2 * len(rows)), "")


def _is_product(row: Row, name: str, first: str, second: str) -> bool:
    product, one, other = _value(row, name), _value(row, first), _value(row, second)
    if product is None or one is None or other is None:
        return False
    return abs(one * other - product) <= _CENT


def _shows_tax(row: Row, net: str, gross: str) -> bool:
    """Tell whether a row has the tax that lies between two of its amounts, or its rate, in another column."""
    without, amount = _value(row, net), _value(row, gross)
    if without is None or amount is None or abs(without) >= abs(amount):
        return False
    tax = amount - without
    others = [figure.value for name, figure in row.unnamed.items() if name != net and figure.value]
    return any(
        abs(value - tax) <= _CENT or (value > 0 and _is_rate(value, without, amount, within=_CENT)) for value in others
    )


def repeating(table: TableDefinition, rows: Sequence[Row], last: int) -> int:
    """Give how many rows under another head repeat what the rows above it come to, as a table of taxes does.

    Parameters
    ----------
    last
        The first row under the last head that is not that of the rows above.
    """
    above, under = rows[:last], rows[last:]
    if len(above) < _TWO or not under or any(row.number is not None for row in under):
        return 0
    wanted = _sum(above, table.key.name)
    sums = [_sum(under, name) for name in (table.key.name, *under[0].unnamed)]
    return len(under) if wanted and any(total is not None and abs(total - wanted) <= _CENT for total in sums) else 0


def prices_without_tax(
    table: TableDefinition, rows: Sequence[Row], named: Mapping[str, Decimal]
) -> Sequence[Row] | None:
    """Give the rows with what is named a price as their amount, if prices add up to the net total, and show the tax.

    A row may have one price of all its pieces, once without and once with its tax.

    Parameters
    ----------
    named
        The document's totals, by the names that the table's key gives: without and with tax.
    """
    key = table.key
    if not key.product_of or len(key.adds_up_to) < _TWO or len(rows) < _TWO:
        return None
    price = key.product_of[1]
    net, gross = (named.get(name) for name in key.adds_up_to[:2])
    if net is None or gross is None:
        return None
    amounts, prices = _sum(rows, key.name), _sum(rows, price)
    if amounts is None or prices is None or not equal(amounts, gross) or equal(net, gross):
        return None
    if abs(prices - net) > _HALF_A_CENT * len(rows) or not all(_shows_tax(row, price, key.name) for row in rows):
        return None
    return [_with_amount(row, key.name, price) for row in rows]


def with_column(row: Row, key: str, name: str) -> Row:
    """Give a row with the amount of a column that nobody asked for; its own takes that place."""
    return replace(row, figures=row.figures | {key: row.unnamed[name]}, unnamed=row.unnamed | {name: row.figures[key]})


def _with_amount(row: Row, key: str, price: str) -> Row:
    others = {name: figure for name, figure in row.figures.items() if name != price}
    return replace(row, figures=others | {key: row.figures[price]})


def _value(row: Row, name: str) -> Decimal | None:
    figure = row.figures.get(name) or row.unnamed.get(name)
    return None if figure is None else figure.value


def _sum(rows: Sequence[Row], name: str) -> Decimal | None:
    values = [value for row in rows if (value := _value(row, name)) is not None]
    return sum(values, Decimal(0)) if len(values) == len(rows) else None
