"""The total of an order before tax, which its rows come to: another one is only proposed.

An order has one total of its own, and its page several: with tax, before a discount, an insurance's sum in the terms.
Of 54 orders of other people's templates 45 of 48 right totals were the sum of the rows, and none of six wrong ones.
What the page adds or takes off may make the difference, and a tax that is in the rows.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from typing import Final

from schemas.document_types import DocumentType, Kind
from schemas.events import FieldAnswer
from schemas.wording import Wording
from services.answers.candidates import Candidates, nearest_words
from services.answers.no_values import is_called_tax
from services.answers.one_total import is_freight, is_tax_of
from services.answers.tax_lines import RATE
from services.answers.withheld import ROUNDED, is_discount

MOST_CHANGES: Final = 12
"""Amounts that are looked at, which may be added or taken off."""
MOST_TOGETHER: Final = 3
"""Of these, at once."""
_ADDED: Final = re.compile(
    r"zuschlag|surcharge|\bfees?\b|geb(?:ü|ue)hr|verpackung|packing|packaging|pauschale|versicherung|insurance"
)
"""Words, in small letters, of what is charged beside the rows."""
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
        name: sum(amounts, Decimal(0))
        for table in kind.tables
        for column in table.columns
        for name in column.adds_up_to
        if (amounts := [*_amounts(rows, table.name, column.name)])
    }
    return {
        name: _NOT_OF_ROWS
        for name, value in answered.items()
        if value is not None and name in sums and not _is_explained(value, sums[name], candidates)
    }


def _amounts(rows: Iterable[FieldAnswer], table: str, column: str) -> Iterable[Decimal]:
    own = (cell for cell in rows if cell.path.startswith(f"{table}[") and cell.path.endswith(f"].{column}"))
    return (cell.value_numeric for cell in own if cell.value_numeric is not None)


def _is_explained(total: Decimal, rows: Decimal, candidates: Candidates) -> bool:
    """Say whether rows come to a total, with what the page adds and takes off, or with the tax that is in them."""
    amounts = [(item, abs(item.value.numeric or Decimal(0))) for item in candidates.of(Kind.MONEY)]
    changes = {amount for item, amount in amounts if is_freight(words := nearest_words(item)) or _ADDED.search(words)}
    changes |= {-amount for item, amount in amounts if is_discount(nearest_words(item))}
    changes |= {-amount for item, amount in amounts if is_called_tax(item) and is_tax_of(total, amount)}
    changes |= {-rows * rate / 100 for rate in _discounts(candidates.pages)}
    some = sorted(changes, key=abs)[:MOST_CHANGES]
    together = (each for number in range(MOST_TOGETHER + 1) for each in combinations(some, number))
    return any(abs(rows + sum(each) - total) <= ROUNDED for each in together)


def _discounts(pages: Sequence[str]) -> Iterable[Decimal]:
    """Give the percentages on lines that name a discount."""
    lines = (line for page in pages for line in page.splitlines() if is_discount(line.casefold()))
    return (Decimal(f"{rate[1]}.{rate[2] or 0}") for line in lines for rate in RATE.finditer(line))
