"""Another name for one of two parties that were answered with the same one, where nobody has both parts.

A small model takes a letter's recipient for its sender too, where the sender stands only at the foot or without a word
beside him. Which of the two it is, and who it is instead, the places say together.
"""

from collections.abc import Iterator, Mapping
from itertools import permutations
from typing import Final, NamedTuple

from schemas.document_types import DocumentType, FieldDefinition, Role
from schemas.events import FieldAnswer
from services.answers.candidates import Candidates
from services.answers.letter import is_part
from services.answers.places.scored import Scored

NOT_UNLIKELY: Final = -2.0
"""Logarithm of the odds of a place, one to seven, from which on it is taken."""


class Other(NamedTuple):
    """A field that is to have another value, and the place that says it."""

    definition: FieldDefinition
    place: Scored


def other_party(kind: DocumentType, fields: Mapping[str, FieldAnswer], candidates: Candidates) -> Other | None:
    """Give the party that is somebody else, and where he stands; None if the names differ, or no place is likely."""
    found = max(_ways(kind, fields, candidates), key=lambda way: way[0], default=None)
    return None if found is None else found[1]


def _ways(
    kind: DocumentType, fields: Mapping[str, FieldAnswer], candidates: Candidates
) -> Iterator[tuple[float, Other]]:
    """Give both ways to have two parties: the sum of the logarithms of their places' odds, and who changes."""
    parties = [item for item in kind.fields if item.role in (Role.SENDER, Role.RECIPIENT) and item.name in fields]
    for changes, stays in permutations(parties, 2):
        mine, its = fields[changes.name], fields[stays.name]
        if changes.role is stays.role or not is_part(mine.verbatim, its.verbatim):
            continue
        if changes.role is Role.SENDER and candidates.letter.imprint.has(mine.verbatim):
            continue  # he stands where only an issuer names himself
        place = candidates.places.best(kind, changes, besides=mine)
        if place is not None and place.score >= NOT_UNLIKELY:
            yield place.score + (candidates.places.score_of(kind, stays, its) or 0.0), Other(changes, place)
