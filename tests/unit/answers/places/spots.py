"""Places of pages that are made up, what is learned of them, and how much speaks for each."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from unit.answers.placed import Pages, Placed, placed

from schemas.document_types import DocumentType, FieldDefinition, Kind
from schemas.events import FieldAnswer
from services.answers.candidates import Candidates
from services.answers.places.found import FoundPlace, FoundPlaces
from services.answers.places.learned import LearnedPlaces, Weights


def places_on(pages: Pages, kind: Kind, language: str = "de") -> list[FoundPlace]:
    """Give the places of a document that may be of a kind."""
    candidates = Candidates(pages[0], language, pages[1])
    return list(FoundPlaces(pages[0], candidates).of(kind))


def terms_on(pages: Pages, kind: Kind, text: str) -> AbstractSet[str]:
    """Give the terms of the first place that says something."""
    return set(next(place for place in places_on(pages, kind) if place.text == text).terms)


def cell_terms(text: str, *words: Placed) -> AbstractSet[str]:
    """Give the terms of the first cell that says something, on a page of words."""
    return terms_on(placed(*words), Kind.TEXT, text)


def learned(groups: Mapping[str, Mapping[str, float]], bias: float = -4.0) -> LearnedPlaces:
    """Give what was learned of groups of fields, by term."""
    return LearnedPlaces(
        documents=9, groups={name: Weights(bias=bias, terms=dict(terms)) for name, terms in groups.items()}
    )


def odds(
    places: LearnedPlaces, pages: Pages, kind: DocumentType, definition: FieldDefinition
) -> list[tuple[str, float | None]]:
    """Give what stands in each place that may be a field's, and how much speaks for it; None: nothing is known."""
    known = Candidates(pages[0], "de", pages[1], learned_places=places)
    return [
        (place.text, known.places.score_of(kind, definition, _at(place, definition)))
        for place in places_on(pages, definition.kind)
    ]


def likeliest(places: LearnedPlaces, page: str, kind: DocumentType, name: str) -> str:
    """Give what stands in the likeliest place of a field."""
    definition = next(item for item in kind.fields if item.name == name)
    return max(odds(places, ([page], []), kind, definition), key=lambda item: item[1] or 0.0)[0]


def _at(place: FoundPlace, definition: FieldDefinition) -> FieldAnswer:
    """Give an answer that says nothing but where it stands."""
    return FieldAnswer(
        path=definition.name,
        kind=definition.kind.value,
        value=None,
        verbatim="",
        status="unparsed",
        confidence=0.5,
        page=place.page,
        char_start=place.char_start,
        char_end=place.char_end,
    )
