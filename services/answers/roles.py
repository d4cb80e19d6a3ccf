"""Names by the part their bearers have in a letter: its sender, its recipient, who signs it.

What the model copied stands, unless it is no name that the document has, or the name of the one who has another part:
small models take the recipient for the sender, and a firm's contact for the firm. One who has both parts is no other.
"""

import re
from collections.abc import Sequence
from typing import Final

from schemas.document_types import DocumentType, FieldDefinition, Role
from schemas.events import FieldAnswer
from services.answers.confidence import UNWEIGHED
from services.answers.headings import is_title
from services.answers.letter import Letter, Party
from services.answers.names import parse_name
from services.answers.normal_form import normal_form

_WORD: Final = re.compile(r"\w+")


def party_of(letter: Letter, role: Role) -> Party | None:
    """Give the name of a part."""
    match role:
        case Role.SENDER:
            return letter.sender
        case Role.RECIPIENT:
            return letter.recipient
        case Role.SIGNATORY:
            return letter.signatory


def is_name_of(party: Party | None, said: str | None) -> bool:
    """Say whether a name is that of a party, or words of it, or has it in its words: `Bau AG` is not `Hochbau AG`."""
    one, other = _words(party.verbatim if party else ""), _words(said or "")
    return bool(one.strip() and other.strip()) and (one in other or other in one)


def by_roles(kind: DocumentType, fields: Sequence[FieldAnswer], letter: Letter) -> list[FieldAnswer]:
    """Put the name of the right part where the model copied none, or that of another part."""
    given = {field.path: field for field in fields}
    for definition in kind.fields:
        party = party_of(letter, definition.role) if definition.role else None
        if party is None or is_title(kind, party.verbatim):
            continue
        if _is_replaced(given.get(definition.name), definition, party, letter):
            given[definition.name] = _answer_of(definition, party)
    order = {definition.name: place for place, definition in enumerate(kind.fields)}
    return sorted(given.values(), key=lambda field: order.get(field.path, len(order)))


def _is_replaced(answer: FieldAnswer | None, definition: FieldDefinition, party: Party, letter: Letter) -> bool:
    if answer is None or answer.status != "ok":
        return not is_name_of(party, answer.verbatim if answer else None)
    if is_name_of(party, answer.value):
        return False
    others = {role: party_of(letter, role) for role in Role if role is not definition.role}
    if definition.role is Role.SIGNATORY and any(is_name_of(name, answer.value) for name in letter.signed):
        return False
    if party.is_letterhead and not definition.is_party:  # who signs for nobody else is the sender
        others.pop(Role.SIGNATORY, None)
    return any(is_name_of(other, answer.value) for other in others.values())


def _answer_of(definition: FieldDefinition, party: Party) -> FieldAnswer:
    return FieldAnswer(
        path=definition.name,
        kind=definition.kind.value,
        value=parse_name(party.verbatim),
        value_numeric=None,
        verbatim=party.verbatim,
        status="ok",
        confidence=UNWEIGHED,
        page=party.page,
        char_start=party.char_start,
        char_end=party.char_end,
    )


def _words(text: str) -> str:
    words = " ".join(_WORD.findall(normal_form(text).text))
    return f" {words} "
