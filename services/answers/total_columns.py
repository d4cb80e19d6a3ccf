"""The totals of an invoice in columns: net, tax and gross side by side, a line a rate or a row, their sums below.

    Nettobetrag    MwSt-Betrag    MwSt-%    Endbetrag
          -4,85          -0,92      19,0        -5,77
          -2,82          -0,20       7,0        -3,02
          -7,67          -1,12       EUR        -8,79

Only the first line stands directly below the words that name it, and small models take that one. What the last one is,
arithmetic says twice: net and tax make gross on every line, and each of its amounts is the sum of those above.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import permutations
from typing import Final

from schemas.document_types import DocumentType, Kind, TaxTotals
from services.answers.candidates import Candidates
from services.answers.field_names import name_pattern
from services.answers.normal_form import plain
from services.answers.tables.sheet import Cell, Line, Sheet
from services.answers.values_by_form import Candidate

_PAYMENTS: Final = re.compile(
    r"abschlag|abschläge|anzahlung|akonto|bereits (?:be|ge)(?:zahlt|rechnet|leistet)|^\W*erhalten\b|erhalten am"
    r"|(?:geleistete|erhaltene|bisherige)[nr]? \w*(?:zahlung|rechnung)|received|deposit|acompte",
    re.IGNORECASE,
)
MOST_HEADS: Final = 50
"""Words that name a tax above amounts, in a document."""
MOST_NAMES: Final = 3
"""Words in such a line that name one."""
MOST_LINES: Final = 60
"""Below such a line."""
MOST_AMOUNTS: Final = 8
"""On a line: of more, none is taken for a net total."""

_Amounts = Sequence[tuple[Cell, Candidate]]
"""Those of a line, from the left."""
_Totals = tuple[Candidate, Candidate, Candidate]
"""Net, tax and gross."""


def total_columns(kind: DocumentType, candidates: Candidates) -> Mapping[str, Candidate]:
    """Give the sums of the columns by the names of their fields, if the document has one such table; else nothing."""
    totals = kind.tax_totals
    found = list(_tables(kind, totals, candidates)) if totals else []
    if totals is None or len({tuple(item.value.numeric for item in sums) for sums in found}) != 1:
        return {}
    return dict(zip((totals.net, totals.tax, totals.gross), found[0], strict=True))


def _tables(kind: DocumentType, totals: TaxTotals, candidates: Candidates) -> Iterator[_Totals]:
    names = name_pattern(next(field for field in kind.fields if field.name == totals.tax))
    by_place: dict[int, dict[int, Candidate]] = {}
    for item in candidates.of(Kind.MONEY):
        by_place.setdefault(item.page, {})[item.char_start] = item
    heads = 0
    for sheet in candidates.surroundings.sheets:
        for at, line in enumerate(sheet.lines):
            found = [cell for cell in line.cells if names.search(plain(cell.text).casefold())]
            if not found or any(map(is_of_payments, sheet.lines[max(0, at - 2) : at + 1])):
                continue
            if heads >= MOST_HEADS:
                return
            heads += len(found[:MOST_NAMES])
            below = _below(sheet, at, by_place.get(sheet.number, {}))
            # `VAT rate | Net | VAT | Gross`: the first of the words that name a tax may be above its percentage.
            ways = (_sums(head, below, least=min(place, 2)) for place, head in enumerate(found[:MOST_NAMES], start=1))
            if sums := next(filter(None, ways), None):
                yield sums


def is_of_payments(line: Line) -> bool:
    """Say whether a line says of what is below it that it was paid, or billed, before."""
    return any(_PAYMENTS.search(cell.text) for cell in line.cells)


def _below(sheet: Sheet, at: int, found: Mapping[int, Candidate]) -> list[_Amounts]:
    return [_amounts(line, found) for line in sheet.lines[at + 1 : at + 1 + MOST_LINES]]


def _amounts(line: Line, found: Mapping[int, Candidate]) -> _Amounts:
    within = ((cell, found.get(cell.start)) for cell in line.cells)
    return [(cell, item) for cell, item in within if item is not None]


def _sums(head: Cell, lines: Sequence[_Amounts], *, least: int) -> _Totals | None:
    """Give the line whose amounts are the sums of those above it, in the columns of net, tax and gross.

    Parameters
    ----------
    least
        Lines above it: a row may have the amounts of the one above it by chance.
    """
    for last in range(len(lines) - 1, 0, -1):
        for (net, tax, gross), cells in _ways(head, lines[last]):
            above = [_in_columns(line, cells) for line in lines[:last]]
            rows = [row for row in above if any(row)]
            if len(rows) < least or any(row[0] + row[1] != row[2] for row in rows):
                continue
            if [sum(column) for column in zip(*rows, strict=True)] == [_of(net), _of(tax), _of(gross)]:
                return net, tax, gross
    return None


def _ways(head: Cell, line: _Amounts) -> Iterator[tuple[_Totals, Sequence[Cell]]]:
    """Give the ways in which a line may have net, tax and gross, its tax below the word that names it."""
    if not 2 < len(line) <= MOST_AMOUNTS:  # noqa: PLR2004  (net, tax and gross)
        return
    for net, tax, gross in permutations(line, 3):
        makes = _of(net[1]) + _of(tax[1]) == _of(gross[1])
        if makes and _of(tax[1]) and abs(_of(net[1])) > abs(_of(tax[1])) and tax[0].overlaps(head):
            yield (net[1], tax[1], gross[1]), (net[0], tax[0], gross[0])


def _in_columns(line: _Amounts, columns: Sequence[Cell]) -> list[Decimal]:
    """Give the amounts of a line in columns; none is nothing."""
    return [next((_of(item) for cell, item in line if cell.overlaps(column)), Decimal(0)) for column in columns]


def _of(item: Candidate) -> Decimal:
    return item.value.numeric or Decimal(0)
