"""Totals that stand below each other and prove themselves: an amount, the tax of each rate, and what they make.

    Zwischensumme  4.819,36
    MwSt 19 %        472,76
    MwSt 7 %         163,18
                   5.455,30

Small models take the amount of a row for a total that no word names, and have no field for the tax of one rate.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final, NamedTuple

from schemas.document_types import DocumentType, Kind, TaxTotals
from schemas.events import FieldAnswer
from services.answers.candidates import Candidates
from services.answers.one_total import MOST_TAXES, is_called_tax
from services.answers.tax_lines import CENTS, RATE, Totals, sum_of
from services.answers.values_by_form import Candidate

MIN_RATES: Final = 2
"""With one tax, each total is printed, and a rule finds what is wrong."""

_TAXED: Final = re.compile(r"%.*\b(?:auf|von|aus|on|of|sur)\W*$")
"""What stands before an amount that is taxed, on the line of its tax: `MwSt. 7% auf`."""


class _Stack(NamedTuple):
    net: Candidate
    taxes: Sequence[Candidate]
    gross: Candidate


def by_tax_stack(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> Totals:
    """Give the totals of the only such stack; else nothing.

    Nothing is put where others are given that add up, nor where a larger gross total is. What is less is a row's, below
    the word that is its column's name, or what is left to pay.
    """
    if (totals := kind.tax_totals) is None:
        return {}
    found = {tuple(map(_amount, (item.net, *item.taxes, item.gross))): item for item in _stacks(candidates)}
    if len(found) != 1:
        return {}
    stack = next(iter(found.values()))
    if _is_proved(totals, fields, stack) or _is_more(totals.gross, fields, stack, kind, candidates):
        return {}
    tax = sum_of(stack.taxes, totals.tax, kind, candidates)
    return {totals.net: stack.net, totals.tax: tax, totals.gross: stack.gross}


def _is_proved(totals: TaxTotals, fields: Sequence[FieldAnswer], stack: _Stack) -> bool:
    """Say whether other totals are given that add up: a part, a correction or what is paid next has a stack, too."""
    given = {field.path: field.value_numeric for field in fields if field.status == "ok"}
    net, tax, gross = (given.get(name) for name in (totals.net, totals.tax, totals.gross))
    if net is None or gross is None or not tax or abs(net + tax - gross) > CENTS:
        return False
    return net != _amount(stack.net) and gross != _amount(stack.gross)


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


def _stacks(candidates: Candidates) -> Iterator[_Stack]:
    amounts = [item for item in candidates.of(Kind.MONEY) if _amount(item) and not _TAXED.search(item.label)]
    for at, net in enumerate(amounts):
        made, taxes = _amount(net), []
        for tax, gross in pairwise(amounts[at + 1 : at + 2 + MOST_TAXES]):
            if is_called_tax(net) or not _is_of_a_rate(tax) or gross.page != net.page:
                break
            made += _amount(tax)
            taxes.append(tax)
            if len(taxes) >= MIN_RATES and abs(made - _amount(gross)) <= CENTS:
                yield _Stack(net, taxes, gross)
                break


def _is_of_a_rate(item: Candidate) -> bool:
    return is_called_tax(item) and RATE.search(item.label) is not None


def _amount(item: Candidate | None) -> Decimal:
    return (item.value.numeric if item else None) or Decimal(0)
