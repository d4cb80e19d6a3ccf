"""A higher total below the gross one, with what comes on top of it and bears no tax.

    Summe brutto      2.143,00
    Ortstaxe             32,40
    Gesamtbetrag      2.175,40

Net and tax make the first one, so that arithmetic is content with it, and the last one is to be paid.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import islice, pairwise
from typing import Final

from schemas.document_types import DocumentType, Kind
from schemas.events import FieldAnswer
from services.answers.amounts import currency_code
from services.answers.candidates import Candidates
from services.answers.no_values import is_called_tax, is_paid
from services.answers.values_by_form import Candidate

MOST_CHARGES: Final = 3
"""Amounts between both totals."""
_LATER: Final = re.compile(
    r"\bdann\b|\bbei zahlung|\bnach dem\b|mahn|verzug|vorjahr|vormonat|\blate\b|overdue|\bafter\b"
    r"|\boffene\b|rückst[aä]nd|saldovortrag|outstanding|arrears|brought forward|previous|précédent"
)
"""Words, in small letters, of what is to be paid only if something happens, or of another bill."""


def total_with_charges(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> Candidate | None:
    """Give the total that what stands between makes of the one that was taken; None if there is none."""
    definition = next((field for field in kind.fields if kind.tax_totals and field.name == kind.tax_totals.gross), None)
    given = {field.path: field.value_numeric for field in fields if field.status == "ok"}
    gross = given.get(definition.name) if definition else None
    if definition is None or not gross:
        return None
    amounts = candidates.of(Kind.MONEY)
    above = (_above(amounts[at:], gross) for at, item in enumerate(amounts) if item.value.numeric == gross)
    found = [item for item in above if item is not None]
    named = candidates.labelled(definition, kind) if found else []
    return next((item for item in found if item in named), None)


def _above(amounts: Sequence[Candidate], gross: Decimal) -> Candidate | None:
    """Give the amount that follows a total and its charges, and is their sum."""
    total = gross
    for charge, last in islice(pairwise(amounts[1:]), MOST_CHARGES):
        if not (charge.value.numeric or 0) > 0 or is_called_tax(charge) or is_paid(charge) or _is_of_another(charge):
            return None
        total += charge.value.numeric or 0
        if last.value.numeric == total and last.page == amounts[0].page:
            return None if _is_of_another(last) or not _is_one_currency(amounts[0], charge, last) else last
    return None


def _is_of_another(item: Candidate) -> bool:
    return any(map(_LATER.search, (*item.labels, *item.sentence)))


def _is_one_currency(*amounts: Candidate) -> bool:
    return len({currency_code(item.verbatim) for item in amounts} - {None}) <= 1
