"""The total of an invoice before what was paid or is kept back: `Gesamt 2.890,18`, `Vorschuss 1.200,00`, `1.690,18`.

Small models take what is left to pay, as it stands last, for the total.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from schemas.document_types import DocumentType, Kind
from schemas.events import FieldAnswer
from services.answers.candidates import Candidates, nearest_words
from services.answers.labelling import answer_of
from services.answers.values_by_form import Candidate

MOST_PAYMENTS: Final = 8
"""Payments and retentions between a total and what is left of it."""
_PAYMENT: Final = re.compile(
    r"(?<!\w)(?:(?:an|ab|teil|voraus|akonto|abschlags)zahlung(?:en)?|abschl[aä]ge?|akonto|vorschuss|vorschüsse"
    r"|\w*einbehalt|(?<!security )deposit|retention|retainer|(?<!be )paid|payments?(?! terms)|received|acomptes?"
    r"|avances?|retenue|versements?|erhalten)(?!\w)"
)
"""Words, in small letters, of what is taken off a total without making it less."""


def before_payments(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> list[FieldAnswer]:
    """Take for the gross total the amount of which payments leave what was answered, unless net and tax prove it."""
    given = {field.path: field for field in fields}
    totals = kind.tax_totals
    gross = given.get(totals.gross) if totals else None
    if totals is None or gross is None or gross.status != "ok" or not gross.value_numeric:
        return list(fields)
    net, tax = (field.value_numeric if (field := given.get(name)) else None for name in (totals.net, totals.tax))
    whole = None if net is not None and net + (tax or 0) == gross.value_numeric else _whole(gross, candidates)
    if whole is None:
        return list(fields)
    definition = next(field for field in kind.fields if field.name == totals.gross)
    return [answer_of(definition, whole) if field is gross else field for field in fields]


def _whole(gross: FieldAnswer, candidates: Candidates) -> Candidate | None:
    left = gross.value_numeric or Decimal(0)
    amounts = [item for item in candidates.of(Kind.MONEY) if item.value.numeric]
    for last in [at for at, item in enumerate(amounts) if item.value.numeric == left]:
        paid = Decimal(0)
        for at in range(last - 1, max(-1, last - 2 - MOST_PAYMENTS), -1):
            size = abs(amounts[at].value.numeric or Decimal(0))
            if paid and size == left + paid:
                return amounts[at]
            if not _PAYMENT.search(nearest_words(amounts[at])):
                break
            paid += size
    return None
