"""What the amounts of rows are the products of, where no head, or one of both, names the factors."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, product
from typing import Final, NamedTuple

from schemas.tables import ColumnDefinition, TableDefinition
from services.answers.tables.factors import BASES, count_of, factors, factors_below, named_factors, whole_figure
from services.answers.tables.head import ROW_NUMBER
from services.answers.tables.row import Figure, Row, whole
from services.answers.tables.sheet import SEVERAL, Line, price_base

_CENTS: Final = re.compile(r"[.,][0-9]{2}$")
_PRODUCT_TOLERANCE: Final = Decimal("0.02")
"""A product is rounded, and so may its factors be as they are printed."""
_MOST_RATES: Final = 2
"""Ratios of amounts to their products: two rates of tax, or a discount in some rows."""
_MOST_TAXED: Final = 1.3
"""The largest that a tax makes; a discount, or a price of a hundred pieces, makes less of an amount."""


def is_product(table: TableDefinition, row: Row, base: int | None = None) -> bool | None:
    """Tell whether a row's amount is the product of its factors; None if it does not show them.

    Parameters
    ----------
    base
        How many pieces the price is for; None for what the line says.
    """
    if (values := _multiplied(table, row)) is None:
        return None
    amount, first, second = values
    return abs(amount - first * second / (base or price_base(row.line))) <= _PRODUCT_TOLERANCE


def are_no_products(table: TableDefinition, rows: Sequence[Row]) -> bool:
    """Tell whether factors are none: no amount is their product, nor what taxes or discounts make of it."""
    known = [tuple(map(float, values)) for row in rows if (values := _multiplied(table, row)) is not None]
    if any(is_product(table, row) for row in rows) or not all(first * second for _, first, second in known):
        return False
    ratios = {round(product / (first * second), 2) for product, first, second in known}
    return len(ratios) > _MOST_RATES and max(ratios) > _MOST_TAXED


def _multiplied(table: TableDefinition, row: Row) -> tuple[Decimal, Decimal, Decimal] | None:
    """Give a row's amount and its two factors, if it shows all of them."""
    for column in table.columns:
        values = [
            figure.value
            for name in (column.name, *column.product_of)
            if (figure := row.figures.get(name)) is not None and figure.value is not None
        ]
        if len(values) == 3:  # noqa: PLR2004  (the product and its two factors)
            return values[0], values[1], values[2]
    return None


def name_factors(table: TableDefinition, rows: Sequence[Row], language: str) -> None:
    """Find factors that no row has: in a column of numbers without a name, or among the words of a row."""
    for column in table.columns:
        if len(_missing(column, rows)) == 1:
            _name_column(table, column, rows)
        elif len(_missing(column, rows)) == len(column.product_of):
            _name_both(table, column, rows)
    if rows and (names := table.key.product_of) and (missing := _missing(table.key, rows)):
        _name_among_words(table, rows, names, missing, language)
    if rows and len(missing := _missing(table.key, rows)) == 1:
        _name_below_words(table, missing[0], rows, language)
    for name in table.key.product_of:
        _name_under_other_head(table, name, rows)
    if table.key.product_of:
        _name_counts(table, table.key.product_of[0], rows)
        _name_beside_columns(table, rows, language)


def _missing(column: ColumnDefinition, rows: Sequence[Row]) -> list[str]:
    return [name for name in column.product_of if not any(name in row.figures for row in rows)]


def _name_column(table: TableDefinition, column: ColumnDefinition, rows: Sequence[Row]) -> None:
    """Find a factor that no head names: the column of numbers that makes the product right in most rows."""
    (missing,) = _missing(column, rows)
    candidates = {name for row in rows for name in row.unnamed}
    fits = {name: [row for row in rows if _fits(table, row, missing, name)] for name in candidates}
    best = max(fits, key=lambda name: len(fits[name]), default="")
    fitting = fits.get(best, [])
    if 2 * len(fitting) <= len(rows) and not _are_all_that_multiply(table, fitting, rows):
        best, fitting = _for_many(table, rows, missing, candidates)
    is_code = len(fitting) < len(rows) and all(row.unnamed[best].value == 1 for row in fitting)
    if (len(fitting) > len(rows) // 2 or _are_all_that_multiply(table, fitting, rows)) and not is_code:
        for row in rows:
            row.figures |= {missing: row.unnamed[best]} if best in row.unnamed else {}


def _name_under_other_head(table: TableDefinition, missing: str, rows: Sequence[Row]) -> None:
    """Find a factor that other rows have, where the head above these does not name it: all amounts are products."""
    without = [row for row in rows if missing not in row.figures]
    for name in dict.fromkeys(name for row in without for name in row.unnamed):
        having = [row for row in without if name in row.unnamed]
        if len(having) > 1 and all(_fits(table, row, missing, name) for row in having):
            for row in having:
                row.figures |= {missing: row.unnamed[name]}
            return


def _are_all_that_multiply(table: TableDefinition, fitting: Sequence[Row], rows: Sequence[Row]) -> bool:
    """Tell whether rows are several and all that show a factor: the others have their amounts alone."""
    shown = [row for row in rows if any(name in row.figures for name in table.key.product_of)]
    return 1 < len(fitting) == len(shown)


def _for_many(
    table: TableDefinition, rows: Sequence[Row], missing: str, candidates: Iterable[str]
) -> tuple[str, list[Row]]:
    """Find the factor of prices for a hundred, or a thousand, where no line says so, and the rows that it makes right.

    Some may have another amount: what is taken off for dirt, or a discount.
    """
    found = [
        (name, [row for row in rows if _fits(table, row, missing, name, base)])
        for name, base in product(candidates, BASES)
    ]
    best = max(found, key=lambda item: len(item[1]), default=("", []))
    return best if len(best[1]) >= SEVERAL else ("", [])


def _name_below_words(table: TableDefinition, missing: str, rows: Sequence[Row], language: str) -> None:
    """Find a factor that stands on a row's own line in the column of words, below these: `412,500 m²`."""
    found: list[tuple[Row, Figure]] = []
    for row in rows:
        taken = {figure.cell.start for figure in (*row.figures.values(), *row.unnamed.values())}
        figures = (whole_figure(cell, language) for cell in row.line.cells if cell.text[:1].isdigit())
        fitting = [figure for figure in figures if figure.cell.start not in taken and figure.value]
        found += [(row, figure) for figure in fitting if _makes_product(table, row, {missing: figure})][:1]
    if 2 * len(found) > len(rows) and any(figure.value != 1 for _, figure in found):
        for row, figure in found:
            row.figures |= {missing: figure}
            row.lines = [(page, cell) for page, cell in row.lines if cell.start != figure.cell.start]


def _name_beside_columns(table: TableDefinition, rows: Sequence[Row], language: str) -> None:
    """Find both factors of a row that has none, where most have both, by their product: its numbers slid aside."""
    quantity, price = table.key.product_of or ("", "")
    whole_rows = [row for row in rows if quantity in row.figures and price in row.figures]
    if 2 * len(whole_rows) <= len(rows):
        return
    turned = whole_rows[0].figures[quantity].cell.left > whole_rows[0].figures[price].cell.left
    for row in rows:
        amount = row.figures.get(table.key.name)
        if amount is None or row.aside is not None or not row.figures.keys().isdisjoint((quantity, price)):
            continue
        pair = factors(row.line, amount, language)
        if pair is not None and all(figure.value != 1 for figure in pair):
            row.figures |= dict(zip((quantity, price), pair[::-1] if turned else pair, strict=True))


def _name_counts(table: TableDefinition, quantity: str, rows: Sequence[Row]) -> None:
    """Find quantities that no column has before the words of most rows: `3 x Filter`."""
    if any(quantity in row.figures for row in rows):
        return
    counts = [count_of(row.lines[0][1]) if row.lines and row.aside is None else None for row in rows]
    found = [(row, {quantity: count}) for row, count in zip(rows, counts, strict=True) if count]
    if 2 * len(found) > len(rows) and all(_product_with(table, row, of_row) is not False for row, of_row in found):
        for row, of_row in found:
            row.figures |= of_row


def _name_both(table: TableDefinition, column: ColumnDefinition, rows: Sequence[Row]) -> None:
    """Find both factors in two columns that no head names: `Litres` and `Unit ex-VAT`, whose products most amounts are.

    The price is the one that has cents more often, else the one to the right. One of each proves nothing.
    """
    if not column.product_of:
        return
    quantity, price = column.product_of
    places = {name: row.unnamed[name].cell.left for row in rows for name in row.unnamed}
    columns = list(combinations(sorted(places, key=lambda name: places[name]), 2))
    for base in (None, *BASES):
        pairs = [_pairs(table, (quantity, price), rows, pair, base) for pair in columns]
        best = max(pairs, key=lambda found: len(found.fitting), default=_Pairs((), ()))
        if len(best.fitting) > max(len(rows) // 2, SEVERAL - 1 if base else 0):
            for row, first, second in best.all:
                row.figures |= {quantity: first, price: second}
            return


class _Pairs(NamedTuple):
    """What stands in two columns, by row: the quantity first; and the rows whose amount is the product."""

    all: Sequence[tuple[Row, Figure, Figure]]
    fitting: Sequence[Row]


def _pairs(
    table: TableDefinition, names: tuple[str, str], rows: Sequence[Row], columns: tuple[str, str], base: int | None
) -> _Pairs:
    """Take two columns for the factors; nothing fits where one of each is all that fits."""
    quantity, price = names
    one, other = columns
    pairs = [(row, row.unnamed[one], row.unnamed[other]) for row in rows if {one, other} <= row.unnamed.keys()]
    if _with_cents(first for _, first, _ in pairs) > _with_cents(second for _, _, second in pairs):
        pairs = [(row, second, first) for row, first, second in pairs]
    fitting = [pair for pair in pairs if _makes_product(table, pair[0], {quantity: pair[1], price: pair[2]}, base)]
    by_chance = all(first.value == 1 or second.value == 1 for _, first, second in fitting)
    return _Pairs(pairs, [] if by_chance else [row for row, _, _ in fitting])


def _with_cents(figures: Iterable[Figure]) -> int:
    return sum(_CENTS.search(figure.cell.text) is not None for figure in figures)


def _fits(table: TableDefinition, row: Row, missing: str, name: str, base: int | None = None) -> bool:
    return name in row.unnamed and _makes_product(table, row, {missing: row.unnamed[name]}, base)


def _makes_product(table: TableDefinition, row: Row, factors: dict[str, Figure], base: int | None = None) -> bool:
    return _product_with(table, row, factors, base) is True


def _product_with(table: TableDefinition, row: Row, factors: dict[str, Figure], base: int | None = None) -> bool | None:
    return is_product(table, replace(row, figures=row.figures | factors), base)


def _name_among_words(
    table: TableDefinition, rows: Sequence[Row], names: tuple[str, str], missing: Sequence[str], language: str
) -> None:
    """Find `3x £38.00` in one cell, or `38` behind a description, where most amounts are such products.

    Parameters
    ----------
    names
        Of the quantity and of the price.
    missing
        Those of the two that no row has.
    """
    amounts = [row.figures[table.key.name] for row in rows]
    lines = [(_uncounted(row), amount) for row, amount in zip(rows, amounts, strict=True)]
    beside = named_factors(lines, names, {}, language)
    below = [
        factors_below([cell for _, cell in row.lines], amount, names, language)
        for row, amount in zip(rows, amounts, strict=True)
    ]
    for found in (beside, below):
        named = [{name: of_row[name] for name in missing if name in of_row} for of_row in found]
        proven = [(row, of_row) for row, of_row in zip(rows, named, strict=True) if _makes_product(table, row, of_row)]
        if 2 * len(proven) > len(rows):
            for row, of_row in proven:
                row.figures |= of_row
                _cut(row, of_row.values())
            return


def _uncounted(row: Row) -> Line:
    """Give the line of a row's amount without what counts it."""
    number = row.unnamed.get(ROW_NUMBER)
    return Line(tuple(cell for cell in row.line.cells if number is None or cell.start != number.cell.start))


def _cut(row: Row, factors: Iterable[Figure]) -> None:
    """Take numbers out of the words that they stand behind, or before which they have a cell of their own."""
    for figure in factors:
        for at, (page, words) in enumerate(row.lines):
            if page != row.page or words.baseline != figure.cell.baseline or figure.cell.left >= words.right:
                continue
            cells = [cell for cell in row.line.cells if words.left <= cell.left < words.right]
            kept = [cell for cell in cells if cell.left < figure.cell.left]
            if not kept and cells and cells[0].start == figure.cell.start:
                kept = cells[1:]
            if kept:
                row.lines[at] = (page, whole(kept))
