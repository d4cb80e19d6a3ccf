"""The totals of an invoice with several tax rates: what stands on the line of one rate is a part of them.

A line by rate has a percentage, an amount, and the tax that the one makes of the other: `A 19 % 143,19 27,21 170,40`.
Small models copy such a line for the totals, and it adds up. Where all lines together make an amount that the document
has, that is the gross total.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations
from typing import Final

from schemas.document_types import DocumentType, Kind, TaxTotals
from schemas.events import FieldAnswer
from services.answers.candidates import Candidates
from services.answers.labelling import answer_of, is_said_by
from services.answers.tables.sheet import Line
from services.answers.values_by_form import Candidate

CENTS: Final = Decimal("0.02")
"""By how much a printed tax may differ from the one computed: it is rounded, sometimes row by row."""
MOST_LINES: Final = 400
"""Lines with a percentage that are looked at."""
MOST_AMOUNTS: Final = 5
"""On a line by rate: rate, net, tax, gross, and one more."""

_RATE: Final = re.compile(r"(?<![\d.,])(\d{1,2})(?:[.,](\d{1,2}))? ?%")


@dataclass(frozen=True, slots=True)
class TaxLine:
    """What is taxed at one rate."""

    net: Decimal
    tax: Decimal


def by_tax_lines(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> list[FieldAnswer]:
    """Put the totals of all rates where those of one rate stand, as far as the document has them; else nothing."""
    totals = kind.tax_totals
    lines = tax_lines(candidates) if totals else []
    if totals is None or len(lines) < 2 or not _is_part(totals, fields, lines):  # noqa: PLR2004  (one is the whole)
        return list(fields)
    net, tax = sum((line.net for line in lines), Decimal(0)), sum((line.tax for line in lines), Decimal(0))
    if (gross := _of(net + tax, candidates)) is None:
        return list(fields)
    whole = {totals.net: _of(net, candidates), totals.tax: _of(tax, candidates), totals.gross: gross}
    return with_totals(kind, fields, whole)


def without_tax_of_one_rate(
    kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates
) -> list[FieldAnswer]:
    """Leave the tax out where it is that of one rate, and only with others makes the gross total; else nothing.

    Where the document has their sum, that is put in its place.
    """
    given = {field.path: field.value_numeric for field in fields if field.status == "ok"}
    if (totals := kind.tax_totals) is None:
        return list(fields)
    net, tax, gross = (given.get(name) for name in (totals.net, totals.tax, totals.gross))
    if net is None or tax is None or gross is None:
        return list(fields)
    taxes = _taxes_by_rate(kind, totals.tax, candidates)
    if tax not in taxes or len(taxes) < 2 or abs(sum(taxes) - (gross - net)) > CENTS:  # noqa: PLR2004
        return list(fields)
    return with_totals(kind, fields, {totals.tax: _of(sum(taxes, Decimal(0)), candidates)})


def _taxes_by_rate(kind: DocumentType, name: str, candidates: Candidates) -> set[Decimal]:
    """Give the amounts beside which stand a percentage and a name of the tax: `zzgl. 7 % MwSt 7,48`."""
    definition = next(field for field in kind.fields if field.name == name)
    labelled = candidates.labelled(definition, kind)
    return {item.value.numeric for item in labelled if item.value.numeric and _RATE.search(item.label)}


def with_totals(
    kind: DocumentType, fields: Sequence[FieldAnswer], whole: Mapping[str, Candidate | None]
) -> list[FieldAnswer]:
    """Put totals, by the names of their fields, in the place of what is given; None leaves one out.

    What is given and the same stays as it is.
    """
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
    lines = ((page, line) for page, sheet in enumerate(candidates.surroundings.sheets, 1) for line in sheet.lines)
    for count, found in enumerate(item for item in lines if any("%" in cell.text for cell in item[1].cells)):
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
    rates = [match for cell in line.cells if (match := _RATE.search(cell.text))]
    places = [
        (bisect_left(amounts, cell.start, key=_start), bisect_left(amounts, cell.end, key=_start))
        for cell in line.cells
    ]
    values = [item.value.numeric for first, end in sorted(places) for item in amounts[first:end]]
    numbers = [value for value in values if value is not None]
    if len(rates) != 1 or len(numbers) > MOST_AMOUNTS:
        return None
    rate = Decimal(f"{rates[0][1]}.{rates[0][2] or 0}")
    pairs = (TaxLine(net, tax) for net, tax in permutations(numbers, 2) if net and abs(net) > abs(tax))
    return next((pair for pair in pairs if abs(pair.net * rate / 100 - pair.tax) <= CENTS), None)


def _start(item: Candidate) -> int:
    return item.char_start


def _is_part(totals: TaxTotals, fields: Sequence[FieldAnswer], lines: Sequence[TaxLine]) -> bool:
    """Say whether one of the totals that are given is that of one line."""
    given = {field.path: field.value_numeric for field in fields if field.status == "ok"}
    net, tax, gross = (given.get(name) for name in (totals.net, totals.tax, totals.gross))
    return any(net == line.net or (line.tax and tax == line.tax) or gross == line.net + line.tax for line in lines)


def _of(amount: Decimal, candidates: Candidates) -> Candidate | None:
    """Give the last place where the document has an amount, to a cent or two: totals stand below their parts."""
    near = [item for item in candidates.of(Kind.MONEY) if item.value.numeric is not None]
    found = [item for item in near if abs((item.value.numeric or 0) - amount) <= CENTS]
    return found[-1] if found else None
