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
from services.answers.one_total import is_tax_of
from services.answers.values_by_form import Candidate

MOST_PAYMENTS: Final = 8
"""Payments and retentions between a total and what is left of it."""
_LEFT: Final = re.compile(
    r"(?<!\w)(?:rest\w*|offen\w*|\w*bleib\w*|noch|zu (?:be)?zahlen|zahlbetrag|auszahl\w*|überweis\w*|anforderung\w*"
    r"|balance|due|to pay|outstanding|reste|solde|net à payer)(?!\w)"
)
"""Words, in small letters, of what is left to pay."""
_TOTAL: Final = re.compile(
    r"rechnungsbetrag|gesamtbetrag|endbetrag|total ttc|invoice total|this invoice|cette facture|facture"
)
_NO_TOTAL: Final = re.compile(r"previous|opening|brought|vortrag|vormonat|alter saldo|ancien|précédent")
_NO_PAYMENT: Final = re.compile(
    r"rabatt|discount|skonto|remise|escompte|credit|gutschrift|return|pfand|leergut|carriage|after|nach\b|rest|balance"
)
"""Words beside those of a payment that make it less of the total, or what is left of it."""
_PART_OF_MANY: Final = re.compile(
    r"kumuliert|bisherige|previous|cumul|abschlagsrechnung|anzahlungsrechnung|deposit invoice|situation de travaux",
    re.IGNORECASE,
)
"""Words of a bill for a part of a work: what it bills is what is left of the whole."""
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
    is_proven = net is not None and net + (tax or 0) == gross.value_numeric
    is_proven = is_proven or (tax is not None and is_tax_of(gross.value_numeric - tax, tax))
    whole = None if is_proven or any(map(_PART_OF_MANY.search, candidates.pages)) else _whole(gross, candidates)
    if whole is None:
        return list(fields)
    definition = next(field for field in kind.fields if field.name == totals.gross)
    return [answer_of(definition, whole) if field is gross else field for field in fields]


def _whole(gross: FieldAnswer, candidates: Candidates) -> Candidate | None:
    left = gross.value_numeric or Decimal(0)
    amounts = [item for item in candidates.of(Kind.MONEY) if item.value.numeric]
    for last in [at for at, item in enumerate(amounts) if item.value.numeric == left and _is_left(item)]:
        paid = Decimal(0)
        for at in range(last - 1, max(-1, last - 2 - MOST_PAYMENTS), -1):
            size = abs(amounts[at].value.numeric or Decimal(0))
            if paid and size == left + paid:
                return amounts[at] if _may_be_whole(nearest_words(amounts[at])) else None
            words = nearest_words(amounts[at])
            if not _PAYMENT.search(words) or _NO_PAYMENT.search(words):
                break
            paid += size
    return None


def _is_left(item: Candidate) -> bool:
    words = nearest_words(item)
    return _LEFT.search(words) is not None and _TOTAL.search(words) is None


def _may_be_whole(words: str) -> bool:
    return not (_PAYMENT.search(words) or _NO_TOTAL.search(words))
