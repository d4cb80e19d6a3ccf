"""Totals that cannot be what the others leave them to be: when all was asked, they are left empty.

Net and tax make the gross total, whatever a page prints. So a net total is the gross one where there is no tax, and
less where there is one; a sum of prices with tax is no net total, even where it is called a subtotal. An amount that no
word calls a tax, and that net and gross total do not leave for one, is freight, a discount, or a row's. What the page
itself calls net stays, as it is printed: such a page is wrong, or forged, and a rule says so.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from schemas.document_types import DocumentType, Kind
from schemas.events import FieldAnswer
from services.answers.candidates import Candidates
from services.answers.field_names import name_pattern
from services.answers.no_values import is_called_tax
from services.answers.one_total import is_tax_of, is_within
from services.answers.tax_lines import CENTS
from services.answers.values_by_form import MAX_CANDIDATES, Candidate

_NET: Final = re.compile(
    r"(?<!zahlbar )\bnet(?:t[oe]\w*)?(?![^\W_]| in)"
    r"|\b(?:ht|hors tax\w*|excl\w*|excluding (?:vat|gst|tax)|before (?:vat|gst|tax)|ohne (?:mwst|ust|steuer))\b",
    re.IGNORECASE,
)
"""`Zahlbar netto in 30 Tagen` is no name of an amount, and `Netznutzung` no net."""

_TOTAL: Final = re.compile(r"(?:total|gesamt\w*|summe)\W*")


def impossible_totals(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> set[str]:
    """Name the net total, and the tax, that cannot be what they are given as."""
    totals, amounts = kind.tax_totals, candidates.of(Kind.MONEY)
    if totals is None or len(amounts) >= MAX_CANDIDATES:
        return set()
    given = {field.path: field for field in fields if field.status == "ok" and field.value_numeric is not None}
    net, tax, gross = (
        given[name].value_numeric if name in given else None for name in (totals.net, totals.tax, totals.gross)
    )
    if gross is None or (net is not None and tax is not None and tax * gross >= 0 and abs(net + tax - gross) <= CENTS):
        return set()
    is_no_tax = tax is not None and not _is_tax(given[totals.tax], kind, candidates)
    found = {totals.tax} if is_no_tax else set()
    is_one_total = is_no_tax and net == gross and _is_called_total(given[totals.net], amounts)
    may_be_net = net is None or (_may_be_net(net, None if is_no_tax else tax, gross, amounts) and not is_one_total)
    if not may_be_net and not _is_called_net(given[totals.net], candidates):
        found.add(totals.net)
    return found


def _is_called_net(answer: FieldAnswer, candidates: Candidates) -> bool:
    if answer.page is None or answer.char_start is None:
        return False
    return any(_NET.search(label) for label in candidates.surroundings.labels(answer.page, answer.char_start))


def _is_called_total(answer: FieldAnswer, amounts: Sequence[Candidate]) -> bool:
    """Say whether what stands beside an amount calls it the total, and no more."""
    start = answer.char_start or 0
    here = (item for item in amounts if item.page == answer.page and item.char_start <= start < item.char_end)
    return any(map(_TOTAL.fullmatch, (label for item in here for label in item.labels)))


def _is_tax(answer: FieldAnswer, kind: DocumentType, candidates: Candidates) -> bool:
    """Say whether words beside an amount, wherever it stands, call it a tax, or a percentage alone; or it is a sum."""
    names = name_pattern(next(field for field in kind.fields if field.name == answer.path))
    amounts = candidates.of(Kind.MONEY)
    places = [item.labels for item in amounts if item.value.numeric == answer.value_numeric]
    if answer.page is not None and answer.char_start is not None:
        places.append(candidates.surroundings.labels(answer.page, answer.char_start))
    if not places or sum({item.value.numeric or 0 for item in amounts if is_called_tax(item)}) == answer.value_numeric:
        return True
    return any(names.search(label) or _is_percentage(label) for labels in places for label in labels)


def _is_percentage(label: str) -> bool:
    return "%" in label and not any(map(str.isalpha, label))


def _may_be_net(net: Decimal, tax: Decimal | None, gross: Decimal, amounts: Sequence[Candidate]) -> bool:
    """Say whether an amount may be the net total beside a tax, if any, and a gross total."""
    if tax:
        return net != gross and not is_within(tax, gross)
    has_tax = any(item.value.numeric and is_called_tax(item) for item in amounts)
    return has_tax or net == gross or (abs(net) < abs(gross) and is_tax_of(net, gross - net))
