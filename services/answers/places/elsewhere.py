"""A value from a place that is hardly its field's, where another place says it far likelier."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from schemas.document_types import DocumentType, FieldDefinition, Kind, Role
from schemas.events import FieldAnswer
from schemas.expressions import names_in
from services.answers.candidates import Candidates
from services.answers.check import check_answer
from services.answers.findings import findings_of
from services.answers.imprint import END_OF_SENTENCE
from services.answers.labelling import answer_of, recipients_own
from services.answers.letter import is_part
from services.answers.names import firms_in, is_firm
from services.answers.places.one_party_each import other_party
from services.answers.places.scored import LIKELY, Scored
from services.answers.review import Review
from services.answers.rules import holds, values_of

FAR_LIKELIER: Final = 6.0
"""Logarithm of the odds between two places: 400 to one."""
_KINDS: Final = frozenset({Kind.NAME, Kind.DATE, Kind.MONEY, Kind.REFERENCE})
_NEXT_SENTENCE: Final = re.compile(r"[^\W\d_A-ZÀ-Þ]{3}[.!?] [A-ZÀ-Þ][^\W\d_]* [^\W\d_A-ZÀ-Þ]")
"""Where a sentence ends and another one begins: `Lindenfurt. Wird der`, and not `Co. KG`."""
_SMALL_WORD: Final = re.compile(
    r"(?<!\S)(?!(?:und|and|für|for|von|der|die|des|den|the|of|im|in|am|zu|zur|et|la|le|de|du)\b)[a-zà-ÿ]{2,}(?!\S)"
)
LONG: Final = 60
"""Characters, of which few names have more; those that are set letter by letter have small ones, too."""
SENTENCE: Final = 3
"""Words in small letters that make a line a sentence and no name."""
_ACCOUNT: Final = re.compile(r"\b(?:IBAN|Konto|account|compte)\b.{0,90}?[0-9](?: ?[0-9A-Z]){7,}")
"""The number of an account in a line that says whose it is."""
_SEPARATORS: Final = ("·", "|", "•")


def by_places(kind: DocumentType, done: Review, candidates: Candidates, language: str) -> Review:
    """Take values from the places where they far likelier stand, once nothing more is asked.

    An amount that a rule confirms stays, even one that only bounds it: a sum is right wherever it stands.

    Parameters
    ----------
    language
        ISO 639-1, of the document: findings are in German or in English.
    """
    taken = {field.path: field for field in _from_elsewhere(kind, done.fields, candidates)}
    given = {field.path: taken.get(field.path, field) for field in done.fields}
    taken |= {field.path: field for field in _of_two_parties(kind, given, candidates)}
    if not taken:
        return done
    if any(field.name in taken for field in kind.fields if field.role):
        taken |= {field.path: field for field in _with_forms(kind, given | taken, candidates)}
    fields = [taken.get(field.path, field) for field in done.fields]
    changes = {**done.repaired, **{path: (field.verbatim,) for path, field in taken.items()}}
    return Review(fields, findings_of(kind, fields, changes, language), changes)


def _from_elsewhere(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> Iterator[FieldAnswer]:
    definitions = {item.name: item for item in kind.fields if item.kind in _KINDS}
    values = values_of(fields)
    proven = {name for rule in kind.rules if holds(rule, values) is True for name in names_in(rule.check)}
    for field in fields:
        definition = definitions.get(field.path)
        if definition is None or field.status != "ok" or (definition.kind is Kind.MONEY and field.path in proven):
            continue
        if field.value in {
            item.value.text for item in recipients_own(definition, candidates.labelled(definition, kind))
        }:
            continue  # a shop's `Bestellung #2862` stands where its customer's `PO-Nummer` does elsewhere
        if (place := _far_likelier(kind, definition, field, candidates)) and (
            found := _said_at(kind, definition, place, candidates)
        ):
            yield found


def _far_likelier(
    kind: DocumentType, definition: FieldDefinition, field: FieldAnswer, candidates: Candidates
) -> Scored | None:
    mine = candidates.places.score_of(kind, definition, field)
    if mine is None:
        return None
    # Hardly any place is 400 times likelier than a likely one, but where a name of the field stands beside it.
    among = candidates.labelled(definition, kind) if mine >= LIKELY else None
    best = candidates.places.best(kind, definition, among)
    return best if best is not None and best.score - mine > FAR_LIKELIER else None


def _of_two_parties(
    kind: DocumentType, given: Mapping[str, FieldAnswer], candidates: Candidates
) -> Iterator[FieldAnswer]:
    """Give the other one of two parties of one name."""
    other = other_party(kind, given, candidates)
    found = other and _said_at(kind, other.definition, other.place, candidates)
    if found is not None:
        yield found


def _with_forms(kind: DocumentType, given: Mapping[str, FieldAnswer], candidates: Candidates) -> Iterator[FieldAnswer]:
    """Give senders with their legal form, where the page prints the name once more so, and not as the recipient's."""
    recipients = [item.name for item in kind.fields if item.role is Role.RECIPIENT]
    others = [given[name].verbatim for name in recipients if name in given]
    for definition in kind.fields:
        answer = given.get(definition.name)
        if answer is None or not definition.is_party or definition.role is not Role.SENDER:
            continue
        firm = candidates.letter.registered(answer.verbatim)
        if firm is not None and not any(is_part(firm.verbatim, other) for other in others):
            yield from _copied(kind, definition, firm.verbatim, candidates)


def _said_at(
    kind: DocumentType, definition: FieldDefinition, found: Scored, candidates: Candidates
) -> FieldAnswer | None:
    """Read what stands at a place."""
    place = found.place
    if place.candidate is not None:
        return answer_of(definition, place.candidate)
    copy = place.text
    if definition.kind is Kind.NAME and _NEXT_SENTENCE.search(copy):
        return None  # running text, whatever name it begins with
    for separator in _SEPARATORS:
        copy = copy.partition(separator)[0].strip() or copy
    if definition.kind is Kind.NAME and copy[:1].isdigit() and not is_firm(copy):
        return None  # the number of a room
    if definition.kind is Kind.NAME and (account := _ACCOUNT.search(copy)):
        copy = next(firms_in(copy[account.end() :]), "")  # a sentence of an account and whose it is
    if definition.kind is Kind.NAME and len(copy) > LONG and len(_SMALL_WORD.findall(copy)) >= SENTENCE:
        copy, *others = [*firms_in(copy), ""]  # `seit 2021 arbeite ich in der Technik der Korff Getränke GmbH. Ich`
        copy = "" if any(others) else END_OF_SENTENCE.sub("", copy)
    return next(_copied(kind, definition, copy, candidates), None) if copy else None


def _copied(
    kind: DocumentType, definition: FieldDefinition, copy: str, candidates: Candidates
) -> Iterator[FieldAnswer]:
    """Give what a copy says, if it can be read."""
    read = check_answer(kind, {definition.name: copy}, candidates.pages, candidates.language, candidates.surroundings)
    return (answer for answer in read if answer.status == "ok")
