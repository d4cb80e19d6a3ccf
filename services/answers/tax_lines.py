"""The totals of an invoice with several tax rates: what stands on the line of one rate is a part of them.

A line by rate has a percentage, an amount, and the tax that the one makes of the other: `A 19 % 143,19 27,21 170,40`.
Small models copy such a line for the totals, and it adds up. Where all lines together make an amount that the document
has, that is the gross total. A sum that it has not printed has its parts for its place.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import permutations
from typing import Final

from schemas.document_types import DocumentType, Kind, TaxTotals
from schemas.events import FieldAnswer
from services.answers.candidates import Candidates
from services.answers.field_names import name_pattern
from services.answers.labelling import answer_of, is_said_by
from services.answers.tables.sheet import Line
from services.answers.total_columns import is_of_payments
from services.answers.values import Value
from services.answers.values_by_form import Candidate

CENTS: Final = Decimal("0.02")
"""By how much a printed tax may differ from the one computed: it is rounded, sometimes row by row."""
MOST_LINES: Final = 400
"""Lines with a percentage that are looked at."""
MOST_AMOUNTS: Final = 5
"""On a line by rate: rate, net, tax, gross, and one more."""
MOST_BETWEEN: Final = 400
"""Characters from the first part of a sum to the end of the last one."""

_CALLED_TAX: Final = re.compile(r"\b(?:tva|ust|mwst|vat|tax|gst|hst|iva|btw)\b|steuer", re.IGNORECASE)
_AMOUNT: Final = re.compile(r"\d[.,]\d\d(?!\d| ?%)")
RATE: Final = re.compile(r"(?<![\d.,])(\d{1,2})(?:[.,](\d{1,3}))? ?%")
"""A percentage; its groups are what stands before its point and behind it."""


@dataclass(frozen=True, slots=True)
class TaxLine:
    """What is taxed at one rate.

    Parameters
    ----------
    places
        Where the two amounts stand.
    """

    net: Decimal
    tax: Decimal
    places: tuple[Candidate, Candidate] | None = field(default=None, compare=False)


Totals = Mapping[str, Candidate | None]
"""Totals that are to be put in, by the names of their fields; None leaves one out."""


def by_tax_lines(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> Totals:
    """Give the totals of all rates where those of one rate stand; else nothing."""
    totals = kind.tax_totals
    lines = tax_lines(candidates) if totals else []
    if totals is None or len(lines) < 2:  # noqa: PLR2004  (one is the whole)
        return {}
    if not (_is_part(totals, fields, lines) or _is_whole(totals, fields, lines)):
        return {}
    if (gross := _of(sum((line.net + line.tax for line in lines), Decimal(0)), candidates)) is None:
        return {}
    nets, taxes = zip(*(line.places for line in lines if line.places), strict=True)
    whole = {name: sum_of(parts, name, kind, candidates) for name, parts in ((totals.net, nets), (totals.tax, taxes))}
    return whole | {totals.gross: gross}


def without_tax_of_one_rate(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> Totals:
    """Give the sum of all taxes where that of one rate stands, and only with the others makes the gross total."""
    given = {field.path: field.value_numeric for field in fields if field.status == "ok"}
    if (totals := kind.tax_totals) is None:
        return {}
    net, tax, gross = (given.get(name) for name in (totals.net, totals.tax, totals.gross))
    if net is None or tax is None or gross is None:
        return {}
    taxes = _taxes_by_rate(kind, totals.tax, candidates)
    if tax not in taxes or len(taxes) < 2 or abs(sum(taxes) - (gross - net)) > CENTS:  # noqa: PLR2004
        return {}
    return {totals.tax: sum_of([*taxes.values()], totals.tax, kind, candidates)}


def _taxes_by_rate(kind: DocumentType, name: str, candidates: Candidates) -> dict[Decimal, Candidate]:
    """Give the amounts beside which stand a percentage and a name of the tax: `zzgl. 7 % MwSt 7,48`."""
    definition = next(field for field in kind.fields if field.name == name)
    names = name_pattern(definition)
    labelled = (item for item in candidates.labelled(definition, kind) if RATE.search(item.label))
    # `VAT 13.5% €21.60 Tip 10%`: what stands before the last amount is of that one.
    called = (item for item in labelled if any(names.search(_AMOUNT.split(words)[-1]) for words in item.labels))
    return {item.value.numeric: item for item in called if item.value.numeric}


def sum_of(parts: Sequence[Candidate], name: str, kind: DocumentType, candidates: Candidates) -> Candidate | None:
    """Give the place where the document has a sum; else one from its first part to its last, if one page has them.

    Parameters
    ----------
    name
        Of the sum's field: an amount that is a cent or two more or less is the sum only beside a name of it.
    """
    total = sum(map(_number, parts), Decimal(0))
    definition = next(field for field in kind.fields if field.name == name)
    printed = _nearest(total, candidates.of(Kind.MONEY))
    if printed is None or _number(printed) != total:
        printed = _nearest(total, candidates.labelled(definition, kind))
    if printed is not None or len({part.page for part in parts}) > 1:
        return printed
    start, end = min(part.char_start for part in parts), max(part.char_end for part in parts)
    if end - start > MOST_BETWEEN:
        return None
    written = candidates.surroundings.searchable.text(parts[0].page)[start:end]
    value = Value(str(total), total)
    summed = tuple(part.verbatim for part in sorted(parts, key=_start))
    return replace(parts[0], verbatim=written, value=value, char_start=start, char_end=end, parts=summed)


def with_totals(kind: DocumentType, fields: Sequence[FieldAnswer], whole: Totals) -> list[FieldAnswer]:
    """Put totals in the place of what is given; what is the same stays as it is."""
    definitions = {field.name: field for field in kind.fields}
    same = [field for field in fields if (found := whole.get(field.path)) and is_said_by(field, found)]
    put = [
        answer_of(definitions[name], found)
        for name, found in whole.items()
        if found is not None and name not in {field.path for field in same}
    ]
    kept = [field for field in fields if field.path not in whole]
    order = {name: place for place, name in enumerate(definitions)}
    return sorted([*kept, *same, *put], key=lambda field: order.get(field.path, len(order)))


def tax_lines(candidates: Candidates) -> list[TaxLine]:
    """Give the lines by rate of a document; a line that stands there twice counts once."""
    amounts: dict[int, list[Candidate]] = {}
    for item in sorted(candidates.of(Kind.MONEY), key=lambda item: item.char_start):
        amounts.setdefault(item.page, []).append(item)
    found = (_tax_line(line, amounts.get(page, ())) for page, line in _lines_with_a_rate(candidates))
    return list(dict.fromkeys(line for line in found if line))


def _lines_with_a_rate(candidates: Candidates) -> Iterator[tuple[int, Line]]:
    sheets = candidates.surroundings.sheets
    lines = ((page, line) for page, sheet in enumerate(sheets, 1) for line in sheet.lines)
    with_rate = (item for item in lines if any("%" in cell.text for cell in item[1].cells))
    for count, found in enumerate(item for item in with_rate if not is_of_payments(item[1])):
        if count == MOST_LINES:
            return
        yield found


def _tax_line(line: Line, amounts: Sequence[Candidate]) -> TaxLine | None:
    """Read a line by rate.

    Parameters
    ----------
    amounts
        Those of its page, in the order of their places.
    """
    rates = [match for cell in line.cells if (match := RATE.search(cell.text))]
    if len(rates) > 1:  # a discount's is no tax's
        rates = [match for match in rates if _CALLED_TAX.search(match.string)]
    places = [
        (bisect_left(amounts, cell.start, key=_start), bisect_left(amounts, cell.end, key=_start))
        for cell in line.cells
    ]
    items = (item for first, end in sorted(places) for item in amounts[first:end])
    found = [item for item in items if item.value.numeric is not None]
    if len(rates) != 1 or len(found) > MOST_AMOUNTS:
        return None
    rate = Decimal(f"{rates[0][1]}.{rates[0][2] or 0}")
    pairs = (TaxLine(_number(net), _number(tax), (net, tax)) for net, tax in permutations(found, 2))
    larger = (pair for pair in pairs if pair.net and abs(pair.net) > abs(pair.tax))
    return next((pair for pair in larger if abs(pair.net * rate / 100 - pair.tax) <= CENTS), None)


def _number(item: Candidate) -> Decimal:
    return item.value.numeric or Decimal(0)


def _start(item: Candidate) -> int:
    return item.char_start


def _is_part(totals: TaxTotals, fields: Sequence[FieldAnswer], lines: Sequence[TaxLine]) -> bool:
    """Say whether one of the totals that are given is that of one line, or the tax what one line's is made of."""
    given = {field.path: field.value_numeric for field in fields if field.status == "ok"}
    net, tax, gross = (given.get(name) for name in (totals.net, totals.tax, totals.gross))
    return any(
        line.net in (net, tax) or (line.tax and tax == line.tax) or gross == line.net + line.tax for line in lines
    )


def _is_whole(totals: TaxTotals, fields: Sequence[FieldAnswer], lines: Sequence[TaxLine]) -> bool:
    """Say whether the gross total is given that all lines make, and net total or tax is not."""
    given = {field.path: field.value_numeric for field in fields if field.status == "ok"}
    is_open = given.get(totals.net) is None or given.get(totals.tax) is None
    return is_open and given.get(totals.gross) == sum((line.net + line.tax for line in lines), Decimal(0))


def _of(amount: Decimal, candidates: Candidates) -> Candidate | None:
    return _nearest(amount, candidates.of(Kind.MONEY))


def _nearest(amount: Decimal, found: Sequence[Candidate]) -> Candidate | None:
    """Give the last of the amounts that is this one, else to a cent or two: totals stand below their parts."""
    near = [item for item in found if item.value.numeric is not None and abs(_number(item) - amount) <= CENTS]
    exact = [item for item in near if _number(item) == amount]
    return next(reversed(exact or near), None)
