"""Amounts in the document's own currency, where there is another one, too; and that currency itself.

Tax law demands two of invoices in a foreign currency: `Total 39,503.70 Kč | €1,620.00`. Both stand beside the right
label, and both add up. The document's own is the one in which most of its amounts are; a firm's share capital may be in
another.
"""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

from schemas.document_types import DocumentType, FieldDefinition, Kind
from schemas.events import FieldAnswer
from services.answers.amounts import DOLLAR, currency_code, own_dollar
from services.answers.candidates import Candidates
from services.answers.labelling import answer_of
from services.answers.values_by_form import Candidate

MOST_TO_FEW: Final = 2
"""So many times as many amounts are in the document's own currency as the other one is named."""
LEAST_IN_ONE: Final = 2
"""Amounts in one currency that tell a document's own: one alone may be anything."""
_SIGN: Final = re.compile(r"[^\d\s.,'\u2019()+\u2013-]+")
_SAME_LINE: Final = 5
"""Difference of baselines, in tenths of a point, that is none."""


def by_own_currency(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> list[FieldAnswer]:
    """Take the amount on the same line in the document's own currency; nothing, if one amount has none there.

    Nor where the answer's currency is that of its amounts: one without the other would be a third one.
    """
    coded = [(code, item) for item in candidates.of(Kind.MONEY) if (code := currency_code(item.verbatim))]
    own, most = next(iter(Counter(code for code, _ in coded).most_common(1)), ("", 0))
    foreign = [field for field in fields if field.kind == Kind.MONEY.value and _is_in_another(field.verbatim, own)]
    said = next((field.value for field in fields if field.kind == Kind.CURRENCY.value and field.status == "ok"), None)
    is_said = said is not None and all(currency_code(field.verbatim) == said for field in foreign)
    if not foreign or is_said or most <= len(foreign):
        return list(fields)
    amounts = [item for code, item in coded if code == own]
    definitions = {definition.name: definition for definition in kind.fields}
    found = {field.path: _beside(field, amounts, candidates) for field in foreign}
    taken = {path: answer_of(definitions[path], item) for path, item in found.items() if item}
    return [taken.get(field.path, field) for field in fields] if len(taken) == len(foreign) else list(fields)


def with_own_currency(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> list[FieldAnswer]:
    """Take the currency in which most amounts are, where the answered one is that of few, and of no answered amount."""
    if not any(field.kind == Kind.CURRENCY.value for field in fields):
        return list(fields)
    coded = [(code, item) for item in candidates.of(Kind.MONEY) if (code := currency_code(item.verbatim))]
    counted = Counter(code for code, _ in coded)
    own, most = next(iter(counted.most_common(1)), ("", 0))
    text = "\n".join(candidates.surroundings.searchable.texts)
    money = [field for field in fields if field.kind == Kind.MONEY.value and field.status == "ok"]
    written = {currency_code(field.verbatim) for field in money}
    written |= {code for code, item in coded if any(_is_at(field, item) for field in money)}
    signs = {match[0] for code, item in coded if code == own and (match := _SIGN.search(item.verbatim))}
    if money and own not in written and not any(_is_beside(field.verbatim, signs, text) for field in money):
        return list(fields)
    definitions = {definition.name: definition for definition in kind.fields}

    def taken(field: FieldAnswer) -> FieldAnswer:
        said = field.value or ""
        if field.kind != Kind.CURRENCY.value or field.status != "ok" or said in written | {own}:
            return field
        few = max(counted[said], len(re.findall(rf"\b{re.escape(said)}\b", text)))
        if most < max(2, MOST_TO_FEW * few):
            return field
        return _currency_of(definitions[field.path], next(item for code, item in coded if code == own), own)

    return [taken(field) for field in fields]


def with_currency_of_amounts(
    kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates
) -> list[FieldAnswer]:
    """Take the one currency that amounts have, half of all at least, where one is answered that the document lacks.

    Small models conclude it from the seller's country: `CZK` of a Czech one who bills in euros.
    """
    definition = next((field for field in kind.fields if field.kind is Kind.CURRENCY), None)
    answered = next((field for field in fields if definition and field.path == definition.name), None)
    if definition is None or answered is None or answered.status != "unsupported":
        return list(fields)
    amounts = candidates.of(Kind.MONEY)
    signs = ((item, DOLLAR if DOLLAR in item.verbatim else None) for item in amounts)
    signed = [(item, code) for item, sign in signs if (code := currency_code(item.verbatim) or sign)]
    codes = {code for _, code in signed}
    if len(codes) != 1 or len(signed) < max(LEAST_IN_ONE, len(amounts) / 2):
        return list(fields)
    item, sign = signed[0]
    code = own_dollar(candidates.pages) if sign == DOLLAR else sign
    if code is None:
        return list(fields)
    put = _currency_of(definition, item, code)
    order = {field.name: place for place, field in enumerate(kind.fields)}
    others = [field for field in fields if field.path != definition.name]
    return sorted([*others, put], key=lambda field: order.get(field.path, len(order)))


def _is_at(field: FieldAnswer, item: Candidate) -> bool:
    return field.page == item.page and item.char_start <= (field.char_start or 0) < item.char_end


def _is_beside(amount: str, signs: Collection[str], text: str) -> bool:
    """Say whether an amount stands beside one of some signs, anywhere: `To pay: 10 585.87 EUR`."""
    ways = "|".join(map(re.escape, signs))
    return re.search(rf"(?:{ways}) ?{re.escape(amount)}(?!\w)|(?<!\w){re.escape(amount)} ?(?:{ways})", text) is not None


def _currency_of(definition: FieldDefinition, amount: Candidate, code: str) -> FieldAnswer:
    """Make the answer of the sign or the code that stands at an amount."""
    answer = answer_of(definition, amount)
    at = _SIGN.search(amount.verbatim)
    if at is None:
        return answer
    start = amount.char_start + at.start()
    place = {"verbatim": at[0], "char_start": start, "char_end": start + len(at[0])}
    return answer.model_copy(update=place | {"value": code, "value_numeric": None})


def _is_in_another(verbatim: str, own: str) -> bool:
    return (currency_code(verbatim) or own) != own


def _beside(field: FieldAnswer, amounts: Sequence[Candidate], candidates: Candidates) -> Candidate | None:
    """Give the only one of the amounts that stands on the line of an answer."""
    if field.page is None or field.char_start is None:
        return None
    around = candidates.surroundings
    own = around.cell(field.page, field.char_start)
    places = [(item, around.cell(item.page, item.char_start)) for item in amounts if item.page == field.page]
    found = [item for item, cell in places if own and cell and abs(cell.baseline - own.baseline) <= _SAME_LINE]
    return found[0] if len({item.value.numeric for item in found}) == 1 else None
