"""The places of a document that may be a field's, each with its terms: values by their form, else whole cells."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from schemas.document_types import Kind
from services.answers.places.terms import PlaceTerms, Spot, said, tokens_of
from services.answers.values_by_form import KINDS, Candidate

if TYPE_CHECKING:
    from services.answers.candidates import Candidates

CELLS: Final = frozenset({Kind.NAME, Kind.TEXT, Kind.ADDRESS, Kind.NUMBER, Kind.QUANTITY, Kind.PERIOD})
"""Kinds whose values code does not find by their form: any cell may have one."""
MAX_VALUES: Final = 300
"""Values of a kind that are looked at."""
_MANY: Final = 5
_HAS_WORD: Final = re.compile(r"[^\W_]")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_DIGITS: Final = re.compile(r"\d+")


@dataclass
class FoundPlace:
    """A place that may be a field's.

    Parameters
    ----------
    text
        What stands there: a canonical value, or the words of a cell.
    page, char_start, char_end
        As of a candidate.
    say
        Gives its terms, see `PlaceTerms`: few places of a document are ever asked for them.
    candidate
        The value; None: the place is a cell.
    """

    text: str
    page: int
    char_start: int
    char_end: int
    say: Callable[[], Sequence[str]]
    candidate: Candidate | None = None

    @cached_property
    def terms(self) -> Sequence[str]:
        """Its terms."""
        return self.say()


class FoundPlaces:
    """The places of one document, a kind at a time, when they are asked for.

    Parameters
    ----------
    pages
        Text of each page.
    candidates
        Of the same document.
    """

    def __init__(self, pages: Sequence[str], candidates: "Candidates") -> None:
        self._pages = pages
        self._candidates = candidates
        self._kept: dict[Kind, list[FoundPlace]] = {}

    def of(self, kind: Kind) -> Sequence[FoundPlace]:
        """Give the places that may be of a kind; none of kinds that say nothing of where they stand."""
        of_kind = Kind.TEXT if kind in CELLS else kind
        if of_kind not in self._kept:
            found = self._cells() if of_kind is Kind.TEXT else self._values(kind) if kind in KINDS else ()
            self._kept[of_kind] = list(found)
        return self._kept[of_kind]

    @cached_property
    def _terms(self) -> PlaceTerms:
        return PlaceTerms(self._pages, self._candidates.surroundings.sheets)

    def _cells(self) -> Iterator[FoundPlace]:
        for spot in self._terms.spots():
            cell = spot.cell
            if _HAS_WORD.search(cell.text):
                yield FoundPlace(cell.text, spot.page, cell.start, cell.end, partial(self._terms.of_cell, spot))

    def _values(self, kind: Kind) -> Iterator[FoundPlace]:
        found = [(item, self._terms.spot(item.page, item.char_start)) for item in self._candidates.of(kind)]
        items = [(item, spot) for item, spot in found if spot is not None][:MAX_VALUES]
        ranks = _Ranks(kind, [item for item, _ in items])
        for at, (item, spot) in enumerate(items):
            say = partial(_terms_of, self._terms, item, spot, ranks, at)
            yield FoundPlace(item.value.text, item.page, item.char_start, item.char_end, say, item)


def _terms_of(terms: PlaceTerms, item: Candidate, spot: Spot, ranks: "_Ranks", at: int) -> Sequence[str]:
    within = terms.of_value(spot, item.char_start, item.char_end)
    return [*terms.around(spot), *within, *_said_of(item), *ranks.of(at)]


def _said_of(item: Candidate) -> Iterator[str]:
    """Give the terms of the words that may name a value, and of its sentence."""
    for label in item.labels[:3]:
        yield from said("label", label)
    yield from said("nearest", item.label)
    yield from [f"sentence:{token}" for token in tokens_of(item.sentence[0])[-6:]]
    if item.is_dateline:
        yield "dateline"
    if item.ends_span:
        yield "ends-span"


class _Ranks:
    """How a value stands among the others of its kind: the largest, the first, the last, one of how many."""

    def __init__(self, kind: Kind, items: Sequence[Candidate]) -> None:
        self._kind = kind
        self._items = items
        values = [item.value.text for item in items]
        self._times = Counter(values)
        self._first = {value: at for at, value in enumerate(self._times)}
        self._sorted = {value: at for at, value in enumerate(sorted(self._times))}
        sizes = sorted({abs(item.value.numeric or Decimal(0)) for item in items}, reverse=True)
        self._sizes = {size: at for at, size in enumerate(sizes)}

    def of(self, at: int) -> Iterator[str]:
        item = self._items[at]
        value, of_all = item.value.text, len(self._times)
        yield f"nth{min(self._first[value], _MANY)}"
        yield f"of{min(of_all, _MANY + 1)}"
        yield f"times{min(self._times[value], 3)}"
        match self._kind:
            case Kind.DATE:
                yield f"day{min(self._sorted[value], 4)}"
                yield f"day-from-last{min(of_all - 1 - self._sorted[value], 4)}"
            case Kind.MONEY:
                yield f"largest{min(self._sizes[abs(item.value.numeric or Decimal(0))], 4)}"
                yield f"amount-from-last{min(len(self._items) - 1 - at, _MANY)}"
            case Kind.REFERENCE:
                yield f"form:{_LETTERS.sub('A', _DIGITS.sub('9', value))[:12]}"
                yield f"length{min(len(value), 14)}"
            case Kind.VAT_ID:
                yield f"country:{value[:2]}"
            case _:
                pass
