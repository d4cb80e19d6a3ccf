"""The total of an order before tax, which its rows come to: another one is only proposed.

An order has one total of its own, and its page several: with tax, before a discount, an insurance's sum in the terms.
Of 54 orders of other people's templates 45 of 48 right totals were the sum of the rows, and none of six wrong ones.
A freight or a discount that the page prints may make the difference.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from schemas.document_types import DocumentType, Kind
from schemas.events import FieldAnswer
from schemas.wording import Wording
from services.answers.candidates import Candidates, nearest_words
from services.answers.one_total import is_freight
from services.answers.withheld import ROUNDED, is_discount

_NOT_OF_ROWS: Final = Wording(
    de="{label}: die Positionen ergeben etwas anderes als „{said}“.",
    en="{label}: the rows come to another amount than “{said}”.",
)


def not_of_rows(
    kind: DocumentType, fields: Sequence[FieldAnswer], rows: Sequence[FieldAnswer], candidates: Candidates
) -> Mapping[str, Wording]:
    """Give, by field, why a total before tax is not stated that rows do not come to.

    Parameters
    ----------
    fields
        Of the head, as they were read.
    rows
        The cells of tables, with paths such as `line_items[0].line_total`.
    """
    totals = {field.name for field in kind.fields if field.before_tax}
    answered = {field.path: field.value_numeric for field in fields if field.path in totals and field.status == "ok"}
    sums = {
        name: sum(amounts)
        for table in kind.tables
        for column in table.columns
        for name in column.adds_up_to
        if (amounts := [*_amounts(rows, table.name, column.name)])
    }
    differences = {name: value - sums[name] for name, value in answered.items() if value is not None and name in sums}
    return {name: _NOT_OF_ROWS for name, rest in differences.items() if not _is_explained(rest, candidates)}


def _amounts(rows: Iterable[FieldAnswer], table: str, column: str) -> Iterable[Decimal]:
    own = (cell for cell in rows if cell.path.startswith(f"{table}[") and cell.path.endswith(f"].{column}"))
    return (cell.value_numeric for cell in own if cell.value_numeric is not None)


def _is_explained(rest: Decimal, candidates: Candidates) -> bool:
    """Say whether there is no difference, or a printed freight or discount is it."""
    if abs(rest) <= ROUNDED:
        return True
    is_cause = is_freight if rest > 0 else is_discount
    return any(
        abs(abs(item.value.numeric or Decimal(0)) - abs(rest)) <= ROUNDED and is_cause(nearest_words(item))
        for item in candidates.of(Kind.MONEY)
    )
