"""A row as fields, each with its place and how sure it is."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from schemas.events import FieldAnswer
from schemas.tables import TableDefinition
from services.answers.normal_form import plain
from services.answers.tables.products import is_product
from services.answers.tables.row import Row
from services.answers.tables.sheet import Cell

CONFIRMED: Final = 0.98
"""Confidence in a value of a row when the rows add up to a total, or are counted without a jump."""
MULTIPLIED: Final = 0.9
"""When quantity times price is the row's amount, and nothing confirms that all rows are there."""
UNCONFIRMED: Final = 0.6
UNREAD: Final = 0.3
"""For a value that code could not read."""


class Surety(NamedTuple):
    """What is known of all rows of a table.

    Parameters
    ----------
    confirmed
        Nothing says that rows are missing or wrong.
    words
        The order or the places of the lines tell whose each is.
    """

    confirmed: bool
    words: bool


def fields_of(
    table: TableDefinition, index: int, row: Row, pages: Sequence[str], surety: Surety
) -> Iterator[FieldAnswer]:
    """Give the fields of a row."""
    confidences = _confidences(table, row, confirmed=surety.confirmed)
    for column in table.columns:
        path = f"{table.name}[{index}].{column.name}"
        confidence = confidences[column.name]
        if column.kind == "text":
            yield from _description(path, row, pages, confidence if surety.words else UNCONFIRMED)
        elif figure := row.figures.get(column.name):
            start, end = _place(pages[row.page - 1], figure.cell)
            yield FieldAnswer(
                path=path,
                kind=column.kind,
                value=None if figure.value is None else f"{figure.value:f}",
                value_numeric=figure.value,
                verbatim=figure.cell.text,
                status="unparsed" if figure.value is None else "ok",
                confidence=UNREAD if figure.value is None else confidence,
                page=row.page,
                char_start=start,
                char_end=end,
            )


def _confidences(table: TableDefinition, row: Row, *, confirmed: bool) -> dict[str, float]:
    """Give how sure each column of a row is.

    A total confirms the amounts. What else stands in a row may still be wrong if the amount is not the product.
    """
    fits = is_product(table, row)
    unconfirmed = MULTIPLIED if fits else UNCONFIRMED
    sure = CONFIRMED if confirmed else unconfirmed
    doubtful = {name for column in table.columns for name in column.product_of} if fits is False else set()
    return {column.name: UNCONFIRMED if column.name in doubtful else sure for column in table.columns}


def _description(path: str, row: Row, pages: Sequence[str], confidence: float) -> Iterator[FieldAnswer]:
    """Give the words of a row; their place is that of the first line, and of those that follow it in the text."""
    if not row.lines:
        return
    page, first = row.lines[0]
    end = first.end
    for other, cell in row.lines[1:]:
        if other != page or cell.start < end or pages[page - 1][end : cell.start].strip():
            break
        end = cell.end
    yield FieldAnswer(
        path=path,
        kind="text",
        value=plain("\n".join(cell.text for _, cell in row.lines)),
        verbatim="\n".join(cell.text for _, cell in row.lines),
        status="ok",
        confidence=confidence,
        page=page,
        char_start=first.start,
        char_end=end,
    )


def _place(text: str, cell: Cell) -> tuple[int, int]:
    """Give where a number stands: in the page's text there may be more white space in a cell than was kept."""
    if text[cell.start : cell.end] == cell.text:
        return cell.start, cell.end
    at = text.find(cell.text, cell.start)
    return (at, at + len(cell.text)) if 0 <= at <= cell.start + len(cell.text) else (cell.start, cell.end)
