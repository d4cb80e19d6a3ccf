"""Another name for one of two parties that were answered with the same one, where nobody has both parts.

A small model takes a letter's recipient for its sender too, where the sender stands only at the foot or without a word
beside him. Which of the two it is, and who it is instead, the places say together.
"""

import re
from collections.abc import Mapping
from operator import itemgetter
from typing import Final, NamedTuple

from schemas.document_types import DocumentType, FieldDefinition, Role
from schemas.events import FieldAnswer
from services.answers.candidates import Candidates
from services.answers.imprint import words_of
from services.answers.letter import Letter, is_closing
from services.answers.names import without_form_in_any_letters
from services.answers.places.scored import LIKELY, Scored
from services.answers.roles import is_name_of, party_of

_NO_PARTY: Final = re.compile(r"(?:(?:vielen|herzlichen|besten) )?dank\b|thank|merci\b|(?:frau|herrn?) ", re.IGNORECASE)
"""What begins a line that names no party of a document: thanks, and a person who works for one."""


class Other(NamedTuple):
    """A field that is to have another value, and the place that says it."""

    definition: FieldDefinition
    place: Scored


def other_party(kind: DocumentType, fields: Mapping[str, FieldAnswer], candidates: Candidates) -> Other | None:
    """Give the party that is somebody else, and where he stands; None if the names differ, or no place is likely."""
    named = {item.role: item for item in kind.fields if item.role and item.name in fields}
    sender, recipient = named.get(Role.SENDER), named.get(Role.RECIPIENT)
    if sender is None or recipient is None or not _are_alike(fields[sender.name], fields[recipient.name]):
        return None
    orders = ((sender, recipient), (recipient, sender))
    ways = (_way(kind, fields, changes, stays, candidates) for changes, stays in orders)
    found = max(filter(None, ways), key=itemgetter(0), default=None)
    return None if found is None else found[1]


def _are_alike(one: FieldAnswer, other: FieldAnswer) -> bool:
    """Say whether two answers are the same name, whatever its legal form, or begin in the same place."""
    names = [words_of(without_form_in_any_letters(answer.verbatim)) for answer in (one, other)]
    places = [(answer.page, answer.char_start) for answer in (one, other) if answer.page is not None]
    return len(set(names)) == 1 or len(set(places)) == 1


def _way(
    kind: DocumentType,
    fields: Mapping[str, FieldAnswer],
    changes: FieldDefinition,
    stays: FieldDefinition,
    candidates: Candidates,
) -> tuple[float, Other] | None:
    """Give who changes, and the sum of the logarithms of both places' odds then.

    A name that stands several times may be right for both: then the other place has to be likelier than its own.
    """
    mine, places = fields[changes.name], candidates.places
    place = places.best(kind, changes, besides=mine)
    if place is None or _is_known(changes, mine, candidates.letter) or _names_nobody(place.place.text):
        return None
    stands_often = len(set(places.that_say(changes, mine))) > 1
    own = places.score_of(kind, changes, mine) if stands_often else None
    if place.score < (LIKELY if own is None else max(own, LIKELY)):
        return None
    return place.score + (places.score_of(kind, stays, fields[stays.name]) or 0.0), Other(changes, place)


def _is_known(definition: FieldDefinition, answer: FieldAnswer, letter: Letter) -> bool:
    """Say whether a name stands where only an issuer names himself, or beside words that say whose part it is."""
    party = party_of(letter, definition.role) if definition.role else None
    is_called = party is not None and party.is_labelled and is_name_of(party, answer.verbatim)
    return is_called or (definition.role is Role.SENDER and letter.imprint.has(answer.verbatim))


def _names_nobody(text: str) -> bool:
    return _NO_PARTY.match(text) is not None or is_closing(text)
