"""The total of an invoice that shows one alone: with tax in it, or with none, it is the gross total.

Small models give it twice, as what it is and as the net total, or take it for the net total and add the tax that is in
it: `Total CHF 214.60, darin inbegriffen 8.1 % MWST von CHF 16.08` comes to no 230.68. What tax is a part of which
amount, arithmetic says: 16.08 is 8.1 % of 214.60 less 16.08, and of no rate of 214.60 itself.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from schemas.document_types import DocumentType, Kind
from schemas.events import FieldAnswer
from services.answers.candidates import Candidates, nearest_words
from services.answers.field_names import name_pattern
from services.answers.labelling import answer_of
from services.answers.no_values import is_called_tax
from services.answers.tax_lines import RATE, tax_lines
from services.answers.values_by_form import MAX_CANDIDATES, Candidate

CENT: Final = Decimal("0.01")
"""By how much a printed tax may differ from the one computed."""
_IN_TENTHS: Final = (
    *(21, 25, 26, 30, 37, 38, 40, 48, 50, 55, 60, 70, 77, 80, 81, 90, 95, 100),
    *(120, 130, 135, 140, 150, 160, 170, 180, 190, 200, 210, 220, 230, 240, 250, 255, 270),
)
RATES: Final = tuple(Decimal(rate) / 10 for rate in _IN_TENTHS)
"""Percent: value added tax in Europe, and GST in Australia, Canada and New Zealand, in force or lately so."""

_FREIGHT: Final = re.compile(
    r"\b(?:shipping|freight|carriage|delivery(?! note)|versand\w*|fracht\w*|porto|lieferung|lieferkosten"
    r"|frais de (?:port|livraison))\b"
)
"""Words, in small letters, of what an order is delivered for."""
_FOREIGN_TAX: Final = re.compile(
    r"\b(?:ppn|pajak|iva|btw|moms|mva|pdv|dph|áfa|alv|kdv|tps|tvq|qst|pst|sst|consumption tax)\b"
)
"""Names of value added tax in other countries, in small letters."""
MOST_TAXES: Final = 4
"""Taxes between a subtotal and the total, one for each rate, and their sum."""


def by_one_total(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> list[FieldAnswer]:
    """Take the only total for the gross total, and leave the net total out; else nothing."""
    given = {field.path: field for field in fields}
    totals = kind.tax_totals
    net = given.get(totals.net) if totals else None
    if totals is None or net is None or net.status != "ok" or net.value_numeric is None:
        return list(fields)
    if _is_named(kind, totals.net, net, candidates):
        return list(fields)
    tax, gross = _amount(given.get(totals.tax)), _amount(given.get(totals.gross))
    left = [field for field in fields if field.path != totals.net]
    if gross is not None:
        return left if gross == net.value_numeric and (not tax or is_within(tax, gross)) else list(fields)
    if tax is None or not is_within(tax, net.value_numeric):
        return list(fields)
    put = net.model_copy(update={"path": totals.gross})
    order = {field.name: place for place, field in enumerate(kind.fields)}
    others = [field for field in left if field.path != totals.gross]
    return sorted([*others, put], key=lambda field: order.get(field.path, len(order)))


def by_named_tax(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> list[FieldAnswer]:
    """Leave out net total and tax where they are two sums that happen to make the gross total; else nothing.

    `Total fees 2,052.00`, `Total costs 107.25`, `Total 2,159.25`: neither is named net, no word for a tax and no
    percentage stands beside 107.25, and it is what no rate makes of 2,052.00. Where lines by tax rate are, or more
    amounts than are looked at, nothing is left out.
    """
    given = {field.path: field for field in fields}
    totals = kind.tax_totals
    if totals is None:
        return list(fields)
    net, tax, gross = (_amount(given.get(name)) for name in (totals.net, totals.tax, totals.gross))
    if net is None or gross is None or not tax or net + tax != gross or is_tax_of(net, tax):
        return list(fields)
    amounts = candidates.of(Kind.MONEY)
    if len(amounts) >= MAX_CANDIDATES or _is_named(kind, totals.net, given[totals.net], candidates):
        return list(fields)
    names = name_pattern(next(field for field in kind.fields if field.name == totals.tax))
    labels = [label for item in amounts if item.value.numeric == tax for label in item.labels]
    if any("%" in label or names.search(label) for label in labels) or tax_lines(candidates):
        return list(fields)
    return [field for field in fields if field.path not in (totals.net, totals.tax)]


def by_tax_above(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> list[FieldAnswer]:
    """Take the subtotal for an amount before tax that has the tax in it, in types that have no other; else nothing.

    `Subtotal 400.00`, `VAT 20 % 80.00`, `Grand total 480.00` of an order: the order is worth 400.00. All three stand
    below each other in that order, and make the last one, with the freight that may stand between.
    """
    names = {field.name for field in kind.fields if field.before_tax}
    found = {field.path: _before_tax(field, candidates) for field in fields if field.path in names}
    definitions = {field.name: field for field in kind.fields}
    return [answer_of(definitions[field.path], item) if (item := found.get(field.path)) else field for field in fields]


def _before_tax(answer: FieldAnswer, candidates: Candidates) -> Candidate | None:
    """Give the amount that stands above the taxes which make of it what was answered; freight below them is passed."""
    gross, amounts = _amount(answer), [item for item in candidates.of(Kind.MONEY) if item.value.numeric]
    lasts = [at for at, item in enumerate(amounts) if item.value.numeric == gross is not None]
    for last in reversed(lasts):
        tax = freight = Decimal(0)
        for at in range(last - 1, max(-1, last - 1 - MOST_TAXES), -1):
            words = nearest_words(amounts[at])
            if not (tax or freight or is_called_tax(amounts[at])) and is_freight(words):
                freight = amounts[at].value.numeric or Decimal(0)
                continue
            net = amounts[at - 1] if at else None
            if not (is_called_tax(amounts[at]) or (net and _is_share(amounts[at], net))):
                break
            tax += amounts[at].value.numeric or 0
            if net and tax and net.value.numeric == (gross or 0) - freight - tax and not is_called_tax(net):
                return net
    return None


def is_freight(words: str) -> bool:
    """Say whether words beside an amount, in small letters, name what an order is delivered for."""
    return _FREIGHT.search(words) is not None


def _is_share(item: Candidate, net: Candidate) -> bool:
    """Say whether an amount has another country's name for a tax, and is the percentage beside it: `PPN (11%)`."""
    words = nearest_words(item)
    rate = RATE.search(words) if _FOREIGN_TAX.search(words) else None
    if rate is None:
        return False
    share = (net.value.numeric or Decimal(0)) * Decimal(f"{rate[1]}.{rate[2] or 0}") / 100
    return abs(share - (item.value.numeric or Decimal(0))) <= CENT


def is_within(tax: Decimal, amount: Decimal) -> bool:
    """Say whether a tax is, by the rates that there are, one that an amount has in it, and none that comes on top."""
    return is_tax_of(amount - tax, tax) and not is_tax_of(amount, tax)


def is_tax_of(net: Decimal, tax: Decimal) -> bool:
    """Say whether a tax is, by the rates that there are, that of an amount."""
    return any(abs(net * rate / 100 - tax) <= CENT for rate in RATES)


def _amount(answer: FieldAnswer | None) -> Decimal | None:
    return answer.value_numeric if answer and answer.status == "ok" else None


def _is_named(kind: DocumentType, name: str, answer: FieldAnswer, candidates: Candidates) -> bool:
    """Say whether the amount stands beside a name of the field, anywhere."""
    definition = next(field for field in kind.fields if field.name == name)
    return any(item.value.numeric == answer.value_numeric for item in candidates.labelled(definition, kind))
