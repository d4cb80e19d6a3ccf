"""Rows of an order that prints no amounts: words and quantities, and perhaps what one of each costs.

Where prices are printed and the total is known, it proves them: the products of quantities and prices come to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from schemas.tables import TableDefinition
from services.answers.tables.abreast import one_list_below_the_other
from services.answers.tables.entries import is_money
from services.answers.tables.head import ROW_NUMBER
from services.answers.tables.products import is_product
from services.answers.tables.reading import Found, find_rows
from services.answers.tables.row import Row
from services.answers.tables.sheet import Sheet
from services.answers.tables.totals import equal

_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Unpriced:
    """Rows without amounts.

    Parameters
    ----------
    table
        The definition by which they were read: without amounts the quantity says where a row is.
    confirmed
        Their products come to a total of the document.
    """

    table: TableDefinition
    found: Found
    rows: Sequence[Row]
    confirmed: bool


def rows_without_amounts(
    table: TableDefinition, laid_out: Sequence[Sheet], language: str, named: Mapping[str, Decimal]
) -> Unpriced | None:
    """Read the rows of a table whose head names a quantity and no amount; None if the totals deny them.

    Parameters
    ----------
    language
        ISO 639-1, of the document.
    named
        The document's totals, by the names that the table's key gives. Without any nothing can deny the rows.
    """
    if not (factors := table.key.product_of):
        return None
    quantity, price = factors
    lesser = _without_amounts(table, quantity)
    stacked = [one_list_below_the_other(lesser, sheet) for sheet in laid_out]
    found = find_rows(lesser, stacked, language)
    if not found.heads:
        found = find_rows(lesser, stacked, language, by_content=True)
    priced = next((rows for rows in _priced(found.rows, price) if _come_to(table, rows, named)), None)
    if not found.rows or (named and priced is None and not _are_counted_alone(found.rows)):
        return None
    whole = _with_amounts(table, priced or ())
    rows = whole or priced or found.rows
    return Unpriced(table if whole else lesser, found, rows, confirmed=priced is not None)


def _are_counted_alone(rows: Sequence[Row]) -> bool:
    """Tell whether rows are numbered and have no money that could come to a total: none denies them."""
    are_numbered = all(row.number is not None for row in rows)
    return are_numbered and not any(is_money(cell) for row in rows for cell in row.line.cells)


def _without_amounts(table: TableDefinition, quantity: str) -> TableDefinition:
    columns = [
        column.model_copy(update={"required": column.required or column.name == quantity})
        for column in table.columns
        if column is not table.key
    ]
    return table.model_copy(update={"columns": tuple(columns)})


def _priced(rows: Sequence[Row], price: str) -> Sequence[Sequence[Row]]:
    """Give the rows, and if no head names the price, the rows with each column without a name as the price."""
    if not rows or any(price in row.figures for row in rows):
        return [rows]
    names = [name for name in rows[0].unnamed if name != ROW_NUMBER]
    return [
        [
            replace(row, figures=row.figures | ({price: row.unnamed[name]} if name in row.unnamed else {}))
            for row in rows
        ]
        for name in names
    ]


def _with_amounts(table: TableDefinition, rows: Sequence[Row]) -> Sequence[Row]:
    """Give rows with their amounts, if each has its product in the same column without a name; none else."""
    for name in rows[0].unnamed if rows else ():
        whole = [
            replace(row, figures=row.figures | {table.key.name: row.unnamed[name]})
            for row in rows
            if name in row.unnamed
        ]
        if len(whole) == len(rows) and all(is_product(table, row) for row in whole):
            return whole
    return ()


def _come_to(table: TableDefinition, rows: Sequence[Row], named: Mapping[str, Decimal]) -> bool:
    """Tell whether the products of all rows come to one of the document's totals."""
    factors = [[row.figures.get(name) for name in table.key.product_of] for row in rows]
    values = [[figure.value for figure in of_row if figure and figure.value is not None] for of_row in factors]
    if not rows or any(len(of_row) != len(table.key.product_of) for of_row in values):
        return False
    total = sum(((quantity * price).quantize(_CENT) for quantity, price in values), Decimal(0))
    return any(equal(total, value) for value in named.values())
