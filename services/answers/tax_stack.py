"""Totals that stand below each other and prove themselves: an amount, the tax of each rate, and what they make.

    Zwischensumme  4.819,36
    MwSt 19 %        472,76
    MwSt 7 %         163,18
                   5.455,30

Small models take the amount of a row for a total that no word names, and have no field for the tax of one rate.

Where the total has its taxes in it (`inkl. 7 % MwSt. 7,12`, `Includes GST 10 %`), no net total need be printed. Then
their rates prove it: 7,12 at 7 % are in 108,83, and 10,68 at 19 % in 66,89.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final, NamedTuple

from schemas.document_types import DocumentType, Kind, TaxTotals
from schemas.events import FieldAnswer
from services.answers.candidates import Candidates
from services.answers.no_values import is_called_tax, is_paid
from services.answers.one_total import CENT, MOST_TAXES, RATES
from services.answers.tables.words import names_sum
from services.answers.tax_lines import CENTS, RATE, Totals, sum_of
from services.answers.values_by_form import MAX_CANDIDATES, Candidate

MIN_RATES: Final = 2
"""One tax alone may be a part of another sum; with one that is given beside its total, only the net total is wrong."""

MOST_NAMED: Final = 8
"""Amounts beside a tax and its rate, of which all but the total itself must be its taxes."""
MOST_OPEN: Final = Decimal("0.005")
"""Part of a total by which it may differ from what its taxes make: a low rate of a small tax proves nothing."""

_PART_BY_NAME: Final = re.compile(r"\b[cis]gst\b")
"""Names of the Indian taxes that stand below each other with no rate."""
_NUMBERS: Final = re.compile(r"[0-9.,'\u2019 \xa0€£$-]+")
_TAXES: Final = re.compile(r"\btaxes\b")
_HALF_A_CENT: Final = Decimal("0.005")
_TAXED: Final = re.compile(r"(?:%|steuerbar|steuerfrei|\bexempt\b|exonéré).*\b(?:auf|von|aus|on|of|sur)\W*$")
"""What stands before an amount that is taxed, on the line of its tax: `MwSt. 7% auf`, `nicht steuerbar auf`."""


class _Stack(NamedTuple):
    net: Candidate | None
    taxes: Sequence[Candidate]
    gross: Candidate


def by_tax_stack(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> Totals:
    """Give the totals of the only such stack; else nothing.

    Nothing is put where others are given that add up, nor where a larger gross total is. What is less is a row's, below
    the word that is its column's name, or what is left to pay.
    """
    if (totals := kind.tax_totals) is None:
        return {}
    given = {field.path: field.value_numeric for field in fields if field.status == "ok"}
    given_gross = given.get(totals.gross)
    stacks = [*_stacks(candidates, given.get(totals.tax), given_gross)] or [
        stack for stack in _by_rates(candidates) if given_gross is None or _amount(stack.gross) >= given_gross
    ]  # beside a larger total, what the taxes prove is its taxed part
    in_a_row = _stand_in_a_row(totals, fields, candidates)
    if in_a_row:
        net = next(field for field in fields if field.path == totals.net)
        stacks = [stack for stack in _named(candidates) if _is_sum_from(net, stack, candidates)]
    distinct = {tuple(map(_amount, (item.net, *item.taxes, item.gross))): item for item in stacks}
    if len(distinct) != 1:
        return {}
    stack = next(iter(distinct.values()))
    if (not in_a_row and _is_proved(totals, fields, stack)) or _is_more(totals.gross, fields, stack, kind, candidates):
        return {}
    found = {totals.tax: sum_of(stack.taxes, totals.tax, kind, candidates), totals.gross: stack.gross}
    return found if _has_net_total(totals, fields, stack) else found | {totals.net: stack.net}


def _has_net_total(totals: TaxTotals, fields: Sequence[FieldAnswer], stack: _Stack) -> bool:
    """Say whether the net total that the taxes leave is given already: `5751.9` is found by no form."""
    net = next((field.value_numeric for field in fields if field.path == totals.net and field.status == "ok"), None)
    return net is not None and abs(net + sum(map(_amount, stack.taxes)) - _amount(stack.gross)) <= CENT


def _is_proved(totals: TaxTotals, fields: Sequence[FieldAnswer], stack: _Stack) -> bool:
    """Say whether other totals are given that add up: a part, a correction or what is paid next has a stack, too."""
    given = {field.path: field.value_numeric for field in fields if field.status == "ok"}
    net, tax, gross = (given.get(name) for name in (totals.net, totals.tax, totals.gross))
    if net is None or gross is None or not tax or abs(net + tax - gross) > CENTS:
        return False
    return net != _amount(stack.net) and gross != _amount(stack.gross)


def _stand_in_a_row(totals: TaxTotals, fields: Sequence[FieldAnswer], candidates: Candidates) -> bool:
    """Tell whether the totals were copied from one line, nothing but numbers between them: a row may have them."""
    given = {field.path: field for field in fields if field.status == "ok" and field.char_start is not None}
    if not given.keys() >= {totals.net, totals.tax, totals.gross}:
        return False
    three = [given[name] for name in (totals.net, totals.tax, totals.gross)]
    if len({field.page for field in three}) > 1:
        return False
    begin = min(field.char_start or 0 for field in three)
    end = max(field.char_end or 0 for field in three)
    page = candidates.pages[(three[0].page or 1) - 1]
    net, tax, gross = (field.value_numeric or Decimal(0) for field in three)
    return abs(net + tax - gross) <= CENTS and _NUMBERS.fullmatch(page, begin, end) is not None


def _is_sum_from(net: FieldAnswer, stack: _Stack, candidates: Candidates) -> bool:
    """Tell whether a net total is what the amounts of rows above it come to, with the one that was copied among them.

    A row has its amount without tax, its tax and its total; without a tax its amount twice.
    """
    if stack.net is None or (net.page, net.char_start) > (stack.net.page, stack.net.char_start):
        return False
    of_page = [item for item in candidates.of(Kind.MONEY) if item.page == net.page]
    above = [_amount(item) for item in of_page if (item.page, item.char_start) < (stack.net.page, stack.net.char_start)]
    total, at = Decimal(0), 0
    while at + 1 < len(above):
        count = 3 if sum(above[at : at + 2]) in above[at + 2 : at + 3] else 2 if above[at] == above[at + 1] else 1
        total += above[at] if count > 1 else 0
        at += count
    return total > (net.value_numeric or 0) and total == _amount(stack.net)


def _named(candidates: Candidates) -> Iterator[_Stack]:
    """Give amounts that stand below each other, of which the second is called a tax and the third a total of both."""
    amounts = [item for item in candidates.of(Kind.MONEY) if _amount(item) and not _TAXED.search(item.label)]
    for net, tax, gross in zip(amounts, amounts[1:], amounts[2:], strict=False):
        is_tax = is_called_tax(tax) or _TAXES.search(tax.label) is not None
        is_sum = net.page == gross.page and _amount(net) + _amount(tax) == _amount(gross)
        if is_tax and is_sum and not is_called_tax(net) and names_sum(gross.label):
            yield _Stack(net, [tax], gross)


def _is_more(
    name: str, fields: Sequence[FieldAnswer], stack: _Stack, kind: DocumentType, candidates: Candidates
) -> bool:
    """Say whether a larger gross total is given that stands by its name, or below: something was added."""
    given = next((field for field in fields if field.path == name and field.status == "ok"), None)
    if given is None or (given.value_numeric or Decimal(0)) <= _amount(stack.gross):
        return False
    is_below = (given.page or 0, given.char_start or 0) > (stack.gross.page, stack.gross.char_start)
    definition = next(field for field in kind.fields if field.name == name)
    labelled = candidates.labelled(definition, kind)
    return is_below or any(item.value.numeric == given.value_numeric for item in labelled)


def _stacks(candidates: Candidates, given_tax: Decimal | None, given_gross: Decimal | None) -> Iterator[_Stack]:
    """Give the stacks of two taxes, and of the one tax that is given with its total."""
    amounts = [item for item in candidates.of(Kind.MONEY) if _amount(item) and not _TAXED.search(item.label)]
    for at, net in enumerate(amounts):
        made, taxes = _amount(net), []
        for tax, gross in pairwise(amounts[at + 1 : at + 2 + MOST_TAXES]):
            if is_called_tax(net) or not _is_of_a_rate(tax) or gross.page != net.page:
                break
            made += _amount(tax)
            taxes.append(tax)
            is_given = (_amount(tax), _amount(gross)) == (given_tax, given_gross)
            if (len(taxes) >= MIN_RATES or is_given) and abs(made - _amount(gross)) <= CENTS:
                yield _Stack(net, taxes, gross)
                break


def _by_rates(candidates: Candidates) -> Iterator[_Stack]:
    """Give the totals which all taxes that stand by their rate prove, each with its net total where that is printed."""
    amounts = candidates.of(Kind.MONEY)
    rates = {item: rate for item in amounts if _amount(item) and (rate := _rate_beside(item))}
    if not rates or len(rates) > MOST_NAMED or len(amounts) >= MAX_CANDIDATES:
        return
    by_amount = {_amount(item): item for item in amounts}  # of equal ones the last: totals stand below their parts
    for total, gross in by_amount.items():
        taxes = {(rate, _amount(item)): item for item, rate in rates.items() if _amount(item) != total}
        made = sum((tax * (100 + rate) / rate for rate, tax in taxes), Decimal(0))
        error = sum((_HALF_A_CENT * (100 + rate) / rate for rate, _ in taxes), CENT)
        if taxes and abs(made - total) <= min(error, MOST_OPEN * abs(total)) and not is_paid(gross):
            yield _Stack(by_amount.get(total - sum(tax for _, tax in taxes)), [*taxes.values()], gross)


def _rate_beside(item: Candidate) -> Decimal | None:
    """Give the rate that stands with the name of a tax beside an amount, and with no other number."""
    if not is_called_tax(item) or (found := RATE.search(item.label)) is None:
        return None
    rate = Decimal(f"{found[1]}.{found[2] or 0}")
    return rate if rate in RATES and not any(map(str.isdigit, RATE.sub("", item.label, count=1))) else None


def _is_of_a_rate(item: Candidate) -> bool:
    return is_called_tax(item) and (RATE.search(item.label) or _PART_BY_NAME.search(item.label)) is not None


def _amount(item: Candidate | None) -> Decimal:
    return (item.value.numeric if item else None) or Decimal(0)
