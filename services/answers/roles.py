"""Names by the part their bearers have in a letter: its sender, its recipient, who signs it.

What the model copied stands, unless it is no name that the document has, or the name of the one who has another part:
small models take the recipient for the sender, and a firm's contact for the firm. One who has both parts is no other.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from schemas.document_types import DocumentType, FieldDefinition, Kind, Role
from schemas.events import FieldAnswer
from services.answers.confidence import UNWEIGHED
from services.answers.headings import is_title
from services.answers.imprint import has_words
from services.answers.letter import Letter, Party, is_part
from services.answers.names import is_firm, is_organisation, is_person, parse_name
from services.answers.trading_names import who_trades
from services.answers.whole_names import organisation_below, two_lines

_ADDRESS_BEHIND: Final = re.compile(r"\s*(?:[·•|]|,[^,]*\d)")
"""Behind a name: what parts a sender's line, or a comma, and a part with a number."""


_SITE: Final = re.compile(
    r"(?:baustelle|bv|bauvorhaben|neubau|umbau|spedition|paket|lager|depot|filiale|site)", re.IGNORECASE
)
"""How a place begins to which goods go, or somebody who only takes them there."""


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
    """Say whether a name is that of a party, or a part of it, see `is_part`."""
    return party is not None and is_part(party.verbatim, said or "")


def by_roles(kind: DocumentType, fields: Sequence[FieldAnswer], letter: Letter) -> list[FieldAnswer]:
    """Put the name of the right part where the model copied none, or that of another part."""
    copied = [field for field in fields if not _is_bank(_field(kind, field.path), field, letter)]
    ordered = _in_order(kind, {field.path: field for field in copied}, letter)
    given = _exchanged(kind, _with_buyer(kind, _with_signatory(kind, ordered, letter), letter), letter)
    for definition in kind.fields:
        answer = given.get(definition.name)
        others = [field for field in given.values() if field is not answer]
        party = _party_of(letter, definition, answer, others)
        if party is None or is_title(kind, party.verbatim):
            continue
        if _is_replaced(answer, definition, party, letter) and not _is_organisation_of(party, answer, others, letter):
            given[definition.name] = _answer_of(definition, _whole(party, letter))
    for definition in kind.fields:
        answer = given.get(definition.name)
        if definition.is_party and definition.role is Role.SENDER and answer and answer.status == "ok":
            said = _in_their_places(definition.name, fields, letter)
            firm = (
                who_trades(answer.value or "", letter)
                or _firm_of(answer, letter)
                or _registered(answer, said, given, kind, letter)
                or letter.before_address(answer.value or "")
            )
            firm = firm or (letter.titled(answer.value) if answer.value and is_person(answer.value) else None)
            given[definition.name] = _answer_of(definition, firm) if firm else answer
        if definition.role is Role.SIGNATORY and answer and answer.status == "ok":
            person = letter.whole_person(answer.value or "")
            given[definition.name] = _answer_of(definition, person) if person else answer
    order = {definition.name: place for place, definition in enumerate(kind.fields)}
    return sorted(given.values(), key=lambda field: order.get(field.path, len(order)))


def _party_of(
    letter: Letter, definition: FieldDefinition, answer: FieldAnswer | None, others: Sequence[FieldAnswer]
) -> Party | None:
    """Give who has a field's part; of goods the organisation that gets them, where another one is billed."""
    party = party_of(letter, definition.role) if definition.role else None
    if party and definition.role is Role.RECIPIENT and definition.is_party:
        party = _organisation_of(party, others, letter)
    if not definition.gets_goods or not any(_is_billed(named, letter) for named in (answer, party)):
        return party
    goes_to = letter.delivered
    is_one = goes_to is not None and _is_one(goes_to.verbatim) and not _SITE.match(goes_to.verbatim)
    return replace(goes_to, is_labelled=True) if goes_to and is_one else party


def _organisation_of(party: Party, others: Sequence[FieldAnswer], letter: Letter) -> Party:
    """Give the organisation that stands right below a person in an address, unless it is another field's."""
    below = organisation_below(party.verbatim, party.page, party.char_start, letter.surroundings)
    if below is None or any(is_part(below.text, other.value or "") for other in others):
        return party
    return replace(party, verbatim=below.text, char_start=below.start, char_end=below.end)


def _is_one(name: str) -> bool:
    return is_firm(name) or is_organisation(name)


def _is_billed(named: FieldAnswer | Party | None, letter: Letter) -> bool:
    return named is not None and named.page is not None and letter.is_called_billed(named.page, named.char_start or 0)


def _field(kind: DocumentType, name: str) -> FieldDefinition | None:
    return next((field for field in kind.fields if field.name == name), None)


def _firm_of(answer: FieldAnswer, letter: Letter) -> Party | None:
    """Give the firm that has a person's name; none to whom a name at the top is the firm, or who signs for it."""
    said = answer.value or ""
    firm = letter.firm_of(said)
    is_at_top = letter.sender is not None and letter.sender.is_letterhead and is_name_of(letter.sender, said)
    signs = firm is not None and is_name_of(letter.signatory, firm.verbatim) and not is_name_of(letter.signatory, said)
    is_owner = firm is not None and is_person(firm.verbatim) and firm.verbatim.endswith(said.split()[-1])
    return None if is_owner and (is_at_top or signs) else firm


def _is_bank(definition: FieldDefinition | None, answer: FieldAnswer, letter: Letter) -> bool:
    """Say whether a bank that is named for the account it keeps was copied for somebody else."""
    is_name = definition is not None and definition.kind is Kind.NAME
    is_asked = definition is not None and any("bank" in name.casefold() for name in definition.names)
    is_party = any(is_name_of(party, answer.verbatim) for party in (letter.sender, letter.recipient))
    return is_name and not (is_asked or is_party) and letter.imprint.is_keeper(answer.verbatim)


def _in_order(kind: DocumentType, given: dict[str, FieldAnswer], letter: Letter) -> dict[str, FieldAnswer]:
    """Exchange two names of which the type says in which order a document names them, where it is the other one."""
    for definition in kind.fields:
        first, second = given.get(definition.name), given.get(definition.named_before or "")
        if first is None or second is None or is_part(first.verbatim, second.verbatim):
            continue
        own, other = letter.first_place(first.verbatim), letter.first_place(second.verbatim)
        if own and other and other < own:
            given |= {
                first.path: second.model_copy(update={"path": first.path}),
                second.path: first.model_copy(update={"path": second.path}),
            }
    return given


def _with_signatory(kind: DocumentType, given: dict[str, FieldAnswer], letter: Letter) -> dict[str, FieldAnswer]:
    """Exchange the names of who signs and whom it is written to, where the one that was copied for the other signs."""
    names = {field.role: field.name for field in kind.fields if field.role}
    signs, other = (given.get(names.get(role, "")) for role in (Role.SIGNATORY, Role.RECIPIENT))
    if signs is None or other is None or not is_name_of(letter.signatory, other.value):
        return given
    if signs.status != "ok" or is_name_of(letter.signatory, signs.value):
        return given
    return given | {
        signs.path: other.model_copy(update={"path": signs.path}),
        other.path: signs.model_copy(update={"path": other.path}),
    }


def _with_buyer(kind: DocumentType, given: dict[str, FieldAnswer], letter: Letter) -> dict[str, FieldAnswer]:
    """Exchange the names of an order's two parties where its goods go to the one that was copied for who sells them.

    Where the letter tells who sends it, that says more.
    """
    names = {field.role: field.name for field in kind.fields if field.role}
    buys, sells = (given.get(names.get(role, "")) for role in (Role.SENDER, Role.RECIPIENT))
    if (
        not letter.is_order
        or letter.sender
        or buys is None
        or sells is None
        or "unsupported" in (buys.status, sells.status)
    ):
        return given
    if not is_name_of(letter.delivered, sells.value) or is_name_of(letter.delivered, buys.value):
        return given
    return given | {
        buys.path: sells.model_copy(update={"path": buys.path}),
        sells.path: buys.model_copy(update={"path": sells.path}),
    }


def _in_their_places(own: str, fields: Sequence[FieldAnswer], letter: Letter) -> Sequence[FieldAnswer]:
    """Give what the model copied; nothing if it gave the recipient's name for the sender's: they changed places."""
    said = next((field.value for field in fields if field.path == own), None)
    return () if is_name_of(letter.recipient, said) else fields


def _registered(
    answer: FieldAnswer,
    copied: Sequence[FieldAnswer],
    given: Mapping[str, FieldAnswer],
    kind: DocumentType,
    letter: Letter,
) -> Party | None:
    """Give the firm with a legal form that a sender's name is short for, if nothing takes it for the recipient.

    What was copied for the recipient says nothing where another firm has taken that place since.
    """
    firm = letter.registered(answer.value or "")
    recipients = {definition.name for definition in kind.fields if definition.role is Role.RECIPIENT}
    answered = [given[name].value for name in recipients if name in given]
    if not any(is_firm(name or "") and not is_name_of(firm, name) for name in answered):
        answered += [field.value for field in copied if field.path in recipients]
    own = letter.sender.verbatim if letter.sender else None
    others = [name for name in answered if name != own]  # given for the recipient, and the sender's own
    is_other = is_name_of(firm, letter.recipient.verbatim if letter.recipient else None)
    return None if is_other or any(is_name_of(firm, other) for other in others) else firm


def _exchanged(kind: DocumentType, given: dict[str, FieldAnswer], letter: Letter) -> dict[str, FieldAnswer]:
    """Give the recipient the name that the model took for the sender's, where one is known to have the other's.

    The sender's is then the one that the letter tells; if it tells none, what was given for the recipient, unless that
    is the recipient's own or a mail's. Where nothing is left for the sender, nothing is changed.
    """
    names = {field.role: field.name for field in kind.fields if field.role}
    own, other = names.get(Role.SENDER), names.get(Role.RECIPIENT)
    writes_alone = not any(field.is_party for field in kind.fields if field.role is Role.SENDER)
    if letter.sender and letter.sender.is_letterhead and writes_alone:
        return given  # a person's letter may have anything at its top
    if own is None or other is None or own not in given or not _is_recipients(given, own, other, letter):
        return given
    changed = {name: answer for name, answer in given.items() if name not in (own, other)}
    changed[other] = given[own].model_copy(update={"path": other})
    back = given.get(other)
    if letter.sender and not (_is_surer(back, letter.sender, letter) or is_title(kind, letter.sender.verbatim)):
        return changed
    if back is None or letter.is_mail or is_name_of(letter.recipient, back.value):
        return given
    return changed | {own: back.model_copy(update={"path": own})}


def _is_recipients(given: Mapping[str, FieldAnswer], own: str, other: str, letter: Letter) -> bool:
    """Say whether what is given as the sender's name is not, and is the recipient's or has changed places with it.

    An address without a word above it may be the sender's own, where nothing else tells him.
    """
    said, recipient = given[own].value, letter.recipient
    if given[own].status != "ok" or is_name_of(letter.sender, said):
        return False
    is_known = recipient is not None and (recipient.is_labelled or letter.sender is not None)
    if letter.is_recipients_firm(said or "") or (is_known and is_name_of(recipient, said)):
        return True
    if other not in given:
        return False
    answered = given[other].value
    if is_name_of(letter.sender, answered):
        return True
    may_be = recipient is None or is_name_of(recipient, said)
    return may_be and letter.imprint.has(answered or "") and not letter.imprint.has(said or "")


def _is_replaced(answer: FieldAnswer | None, definition: FieldDefinition, party: Party, letter: Letter) -> bool:
    if answer is None or answer.status != "ok":
        return True
    if is_name_of(party, answer.value):
        lacks_beginning = definition.role is not Role.SIGNATORY and _lacks_beginning(answer, party)
        is_short = lacks_beginning or _lacks_titles(answer, party) or _lacks_end(answer, party)
        return is_short or _has_two_names(answer, party, letter) or _has_address(answer, party)
    is_better = definition.role is Role.SENDER and _is_known_better(answer, party, letter)
    if is_better or (party.is_labelled and definition.is_party):
        return not is_better
    if definition.is_party and answer.page and answer.char_start is not None:
        place = answer.page, answer.char_start
        is_contact = definition.role is Role.RECIPIENT and (letter.is_contact(*place) or letter.is_agent(*place))
        is_elsewhere = party.is_in_window and not (letter.is_in_address(*place) or letter.is_called_recipient(*place))
        is_contact = is_contact or letter.is_called_contact(*place) or letter.is_care_of(*place)
        if is_elsewhere or is_contact or letter.is_saluted(*place):
            return True
    others = {role: party_of(letter, role) for role in Role if role is not definition.role}
    if definition.role is Role.SIGNATORY and any(is_name_of(name, answer.value) for name in letter.signed):
        return False
    if party.is_letterhead and not definition.is_party:  # who signs for nobody else is the sender
        others.pop(Role.SIGNATORY, None)
    sender = others.get(Role.SENDER)
    is_others = any(is_name_of(other, answer.value) for other in others.values())
    return is_others or (sender is not None and is_name_of(letter.firm_of(sender.verbatim), answer.value))


def _is_surer(back: FieldAnswer | None, sender: Party, letter: Letter) -> bool:
    """Say whether a firm stands where only an issuer names himself, and the sender is what the page has at its top."""
    said = (back.value if back else None) or ""
    return sender.is_letterhead and is_firm(said) and letter.imprint.has(said)


def _is_known_better(answer: FieldAnswer, party: Party, letter: Letter) -> bool:
    """Say whether what was copied for the sender is surer than the name of his part.

    Words that only an issuer has stand beside it, and the other only at the top; or it is a firm of the letter's, and
    the other a person who orders for it (`Besteller: Ida Brook`).
    """
    said = answer.value or ""
    if party.is_letterhead:
        return letter.imprint.has(said) and not letter.imprint.has(party.verbatim)
    works_for = is_person(party.verbatim) and is_firm(said) and not is_name_of(letter.recipient, said)
    return party.is_labelled and works_for


def _is_organisation_of(
    party: Party, answer: FieldAnswer | None, others: Sequence[FieldAnswer], letter: Letter
) -> bool:
    """Say whether an organisation was copied of the address in which a person who works for it stands first.

    It is not that of another field: addresses beside each other may be read as one.
    """
    said = (answer.value if answer else None) or ""
    person = party.verbatim.partition(", ")[0]  # a title may follow
    if answer is None or answer.page is None or answer.char_start is None:
        return False
    if is_organisation(person) or not is_person(person):
        return False
    is_others = any(is_part(said, other.value or "") for other in others)
    return is_organisation(said) and not is_others and letter.is_in_address(answer.page, answer.char_start)


def _has_two_names(answer: FieldAnswer, party: Party, letter: Letter) -> bool:
    """Say whether an answer has a name and the other's beside it, copied over the gap between two addresses."""
    others = (party_of(letter, role) for role in (Role.SENDER, Role.RECIPIENT))
    return any(
        other is not None
        and not is_name_of(other, party.verbatim)
        and all(has_words(answer.value or "", name.verbatim) for name in (party, other))
        for other in others
    )


def _has_address(answer: FieldAnswer, party: Party) -> bool:
    """Say whether an answer goes on behind the name with parts of an address, as one that was cut off does."""
    name, _, rest = (answer.value or "").partition(party.verbatim)
    return not name and _ADDRESS_BEHIND.match(rest) is not None


def _lacks_beginning(answer: FieldAnswer, party: Party) -> bool:
    """Say whether an answer is the end of a name, where that stands: `Anna Korff`, of `Eheleute Jan und Anna Korff`."""
    is_there = answer.page == party.page and answer.char_end == party.char_end
    name = parse_name(party.verbatim) or ""
    return is_there and (answer.char_start or 0) > party.char_start and name.endswith(f" {answer.value}")


def _lacks_end(answer: FieldAnswer, party: Party) -> bool:
    """Say whether an answer is what stands before a dash of a name: `Nadel & Co`, of `Nadel & Co - Atelier Korff`."""
    is_there = (answer.page, answer.char_start) == (party.page, party.char_start)
    return is_there and (parse_name(party.verbatim) or "").startswith((f"{answer.value} - ", f"{answer.value} \u2013 "))


def _lacks_titles(answer: FieldAnswer, party: Party) -> bool:
    """Say whether a name has fewer titles than where its bearer signs or writes: `Dr. Kern` of `Prof. Dr. Kern`."""
    before, name, behind = (parse_name(party.verbatim) or "").rpartition(answer.value or "")
    return bool(name and not behind) and all(word.endswith(".") for word in before.split()) and bool(before)


def _whole(party: Party, letter: Letter) -> Party:
    """Give a name with its second line, where it goes on there and is a name with it."""
    name = two_lines(party.verbatim, party.page, party.char_start, letter.surroundings)
    below = letter.surroundings.cell_below(party.page, party.char_start)
    whole = letter.pages[party.page - 1][party.char_start : below.end] if below else ""
    if name == party.verbatim or whole.split() != name.split() or parse_name(name) is None:
        return party
    return replace(party, verbatim=whole, char_end=party.char_start + len(whole))


def _answer_of(definition: FieldDefinition, party: Party) -> FieldAnswer:
    name = parse_name(party.verbatim)
    return FieldAnswer(
        path=definition.name,
        kind=definition.kind.value,
        value=name,
        value_numeric=None,
        verbatim=party.verbatim,
        status="unparsed" if name is None else "ok",
        confidence=UNWEIGHED,
        page=party.page,
        char_start=party.char_start,
        char_end=party.char_end,
    )
