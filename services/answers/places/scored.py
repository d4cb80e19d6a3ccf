"""How much speaks for the places of one document, by what was learned of the places of each field."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from schemas.document_types import DocumentType, FieldDefinition, Kind
from schemas.events import FieldAnswer
from services.answers.normal_form import normal_text
from services.answers.places.found import CELLS, FoundPlace, FoundPlaces
from services.answers.places.learned import Array, LearnedPlaces
from services.answers.values_by_form import KINDS

if TYPE_CHECKING:
    from services.answers.candidates import Candidates

_SHORTEST: Final = 4
"""Letters and digits of a value that is looked for in other cells than its own."""


@dataclass(frozen=True, slots=True)
class Scored:
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
        self._scores: dict[tuple[str, Kind], dict[str, Array]] = {}
        self._letters: list[str] = []

    def of(self, kind: DocumentType, field: FieldDefinition) -> list[Scored]:
        """Give the places that may be a field's; none of a field of which nothing was learned."""
        scores = self._scored(kind, field)
        return [] if scores is None else list(map(Scored, self._found.of(field.kind), map(float, scores)))

    def score_of(self, kind: DocumentType, field: FieldDefinition, answer: FieldAnswer) -> float | None:
        """Say how much speaks for the best place that says what was answered; None if nothing is known of any."""
        scores = self._scored(kind, field)
        if scores is None:
            return None
        return max((float(scores[at]) for at in self.that_say(field, answer)), default=None)

    def that_say(self, field: FieldDefinition, answer: FieldAnswer) -> Iterator[int]:
        """Give the numbers of the places that say what was answered: equal values, or cells that have its words."""
        wanted = _letters(answer.value or answer.verbatim)
        is_cell = field.kind in CELLS and len(wanted) >= _SHORTEST
        for at, place in enumerate(self._found.of(field.kind)):
            says = wanted in self._letters_of(at) if is_cell else place.text == answer.value
            if says or _overlap(place, answer):
                yield at

    def _letters_of(self, at: int) -> str:
        if not self._letters:
            self._letters = [_letters(place.text) for place in self._found.of(Kind.TEXT)]
        return self._letters[at]

    def _scored(self, kind: DocumentType, field: FieldDefinition) -> Array | None:
        together = CELLS if field.kind in CELLS else frozenset({field.kind} & KINDS)
        key = kind.name, Kind.TEXT if field.kind in CELLS else field.kind
        if key not in self._scores:
            fields = [item for item in kind.fields if item.kind in together and self._learned.knows(kind, item)]
            scores = self._learned.scores(kind, fields, self._found.of(field.kind)) if fields else None
            self._scores[key] = {} if scores is None else {item.name: scores[:, at] for at, item in enumerate(fields)}
        return self._scores[key].get(field.name)


def _overlap(place: FoundPlace, answer: FieldAnswer) -> bool:
    if answer.page != place.page or answer.char_start is None or answer.char_end is None:
        return False
    return place.char_start < answer.char_end and answer.char_start < place.char_end


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, normal_text(text)))
