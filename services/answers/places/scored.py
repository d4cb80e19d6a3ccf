"""How much speaks for the places of one document, by what was learned of the places of each field."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from schemas.document_types import DocumentType, FieldDefinition, Kind
from schemas.events import FieldAnswer
from services.answers.calibration import MOST_AHEAD
from services.answers.normal_form import letters_and_digits
from services.answers.places.found import CELLS, FoundPlace, FoundPlaces
from services.answers.places.learned import LearnedPlaces
from services.answers.values_by_form import Candidate

if TYPE_CHECKING:
    from services.answers.candidates import Candidates

LIKELY: Final = -2.0
"""Logarithm of the odds of a place, one to seven, from which on it may be a field's."""
WITHOUT_LEAD: Final = frozenset({Kind.MONEY, Kind.TEXT, Kind.PERIOD, Kind.QUANTITY, Kind.NUMBER})
"""Kinds of which other places say nothing: sums prove amounts, and what offices word in their own way stands anywhere.
Of 33 stated amounts that another place led two were wrong (decision 51)."""
_SHORTEST: Final = 4
"""Letters and digits of a value that is looked for in other cells than its own."""


class Scored(NamedTuple):
    """A place, and the logarithm of the odds that it is the field's."""

    place: FoundPlace
    score: float


class ScoredPlaces:
    """The places of one document, scored when they are asked for.

    Parameters
    ----------
    pages
        Text of each page.
    candidates
        Of the same document.
    """

    def __init__(self, learned: LearnedPlaces, pages: Sequence[str], candidates: "Candidates") -> None:
        self._learned = learned
        self._found = FoundPlaces(pages, candidates)
        self._scores: dict[tuple[str, str, int], float] = {}

    def best(
        self,
        kind: DocumentType,
        field: FieldDefinition,
        among: Sequence[Candidate] | None = None,
        besides: FieldAnswer | None = None,
    ) -> Scored | None:
        """Give the likeliest place of a field; None if nothing was learned of it, or there is none.

        Parameters
        ----------
        among
            Values whose places are looked at; None: all places are.
        besides
            An answer whose own places are not.
        """
        places = self._found.of(field.kind)
        said = set() if besides is None else set(self.that_say(field, besides))
        given = (at for at, place in enumerate(places) if among is None or place.candidate in among)
        numbers = [at for at in given if at not in said]
        scored = map(Scored, (places[at] for at in numbers), self._of(kind, field, numbers))
        return max(scored, key=attrgetter("score"), default=None)

    def score_of(self, kind: DocumentType, field: FieldDefinition, answer: FieldAnswer) -> float | None:
        """Say how much speaks for the best place that says what was answered; None if nothing is known of any."""
        return max(self._of(kind, field, self.that_say(field, answer)), default=None)

    def ahead(self, kind: DocumentType, field: FieldDefinition, answer: FieldAnswer) -> float | None:
        """Say by how much the best place that says what was answered is likelier than the best that says another thing.

        A difference of logarithms of odds, negative if another one is likelier; `MOST_AHEAD` where there is no other;
        None if nothing is known of any, and of kinds `WITHOUT_LEAD`.
        """
        said = set() if field.kind in WITHOUT_LEAD else set(self.that_say(field, answer))
        own = max(self._of(kind, field, said), default=None)
        if own is None:
            return None
        said.update(self._parts(field, answer))
        others = (number for number in range(len(self._found.of(field.kind))) if number not in said)
        return min(own - max(self._of(kind, field, others), default=own - MOST_AHEAD), MOST_AHEAD)

    def _parts(self, field: FieldDefinition, answer: FieldAnswer) -> Iterator[int]:
        """Give the numbers of the cells that say a part of what was answered, as a logo does."""
        if field.kind in CELLS:
            whole = letters_and_digits(answer.value or answer.verbatim)
            yield from (at for at, part in enumerate(self._letters) if len(part) >= _SHORTEST and part in whole)

    def that_say(self, field: FieldDefinition, answer: FieldAnswer) -> Iterator[int]:
        """Give the numbers of the places that say what was answered: equal values, or cells that have its words."""
        wanted = letters_and_digits(answer.value or answer.verbatim)
        places = self._found.of(field.kind)
        if field.kind in CELLS and len(wanted) >= _SHORTEST:
            say = {at for at, letters in enumerate(self._letters) if wanted in letters}
        else:
            say = {at for at, place in enumerate(places) if place.text == answer.value}
        yield from say | _overlapping(places, answer)

    @cached_property
    def _letters(self) -> list[str]:
        """Of the cells."""
        return [letters_and_digits(place.text) for place in self._found.of(Kind.TEXT)]

    def _of(self, kind: DocumentType, field: FieldDefinition, numbers: Iterable[int]) -> Iterator[float]:
        """Give the scores of places, each reckoned once; none of a field of which nothing was learned."""
        weights = self._learned.of(kind, field)
        if weights is None:
            return
        places = self._found.of(field.kind)
        for number in numbers:
            key = kind.name, field.name, number
            if key not in self._scores:
                self._scores[key] = weights.score(places[number])
            yield self._scores[key]


def _overlapping(places: Sequence[FoundPlace], answer: FieldAnswer) -> set[int]:
    page, start, end = answer.page, answer.char_start, answer.char_end
    if start is None or end is None:
        return set()
    return {
        at for at, item in enumerate(places) if item.page == page and item.char_start < end and start < item.char_end
    }
