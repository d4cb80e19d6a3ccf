"""What the labels say: a value that alone stands beside its field's name is that field's, whatever the model copied.

A form that code knows (an amount, a date, a number) behind a name that the type knows (`Rechnungsbetrag`, `due by`) is
the strongest evidence there is. Where one value alone has it, code takes that one, unless the type's rules speak for
what the model copied. The only account of a document, or the only VAT number that is not in the recipient's address, is
taken without a label, if the model copied none; so is, if it is called one, what looks like a VAT number and has wrong
check digits, as it stands there. Where the model copied for two fields a value that stands beside the
name of one of them alone, the other one is left empty if it is optional. So is a date or an account that words of
`unlike` name wherever it stands: a renewal is no due date, and an account to debit none to pay into.
"""

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from schemas.document_types import DocumentType, FieldDefinition, Kind, Role
from schemas.events import FieldAnswer
from services.answers.candidates import Candidates, nearest_words
from services.answers.confidence import UNWEIGHED
from services.answers.field_names import FieldNames, name_pattern, names_of
from services.answers.forms import has_form
from services.answers.imprint import MAX_FOOT, has_words
from services.answers.letter import Party
from services.answers.no_values import is_called_tax, is_paid
from services.answers.roles import is_name_of
from services.answers.rules import determines, holds, values_of
from services.answers.sentences import in_small_letters
from services.answers.values_by_form import KINDS, Candidate

IN_ADDRESS: Final = 120
"""Characters behind a recipient's name in which his address stands, and his VAT number with it."""
LINES_OF_ADDRESS: Final = 8
"""The same in lines below each other, whatever stands beside them."""
SAME_EDGE: Final = 12
"""Difference of left edges, in tenths of a point, of what stands below each other."""

_TOLD_BY_WORDS: Final = frozenset({Kind.DATE, Kind.IBAN, Kind.VAT_ID, Kind.REFERENCE})
"""Kinds of which words may say that a copy is another's."""
YOURS: Final = re.compile(
    r"(?<![\w/])(?:ihre?[mnrs]?|your|votre|vos|kunden(?:bestell|auftrag)\w*|customer|cust|client"
    r"|purchase order|p\.?o\.?[ -]?(?:no|nr|nummer|number|ref|#))"
)
"""Words that say that something is the recipient's; in small letters."""

_TOGETHER: Final = re.compile(r"\b(?:zusammen|insgesamt|(?:in|sum) total|together|au total|soit|ensemble)\W*$")
"""Directly before what amounts make together; in small letters."""
MOST_BEHIND: Final = 200
"""Characters of a sentence behind an amount in which the others stand, and what they make."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Answers after what the labels say.

    Parameters
    ----------
    taken
        By field, what was put in the place of what the model copied, or of nothing.
    """

    fields: Sequence[FieldAnswer]
    taken: dict[str, Candidate]


def by_labels(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> Labelled:
    """Take what alone stands beside a field's name, and leave out what belongs to another field."""
    given = {field.path: field for field in fields if not _is_no_number(field)}
    taken: dict[str, Candidate] = {}
    for definition in kind.fields:
        if definition.kind not in KINDS:
            continue
        answer = given.get(definition.name)
        only = _told(answer, definition, kind, given, candidates)
        if (
            only is None
            or _stays(answer, only, candidates)
            or _is_part(only, answer, definition, kind)
            or _is_worse(only, answer, definition, candidates)
            or _is_less_sure(only, answer, definition, kind, given, candidates)
        ):
            continue
        put = answer_of(definition, only)
        if answer is None or not _rules_prefer(answer, put, kind, fields):
            taken[definition.name] = only
            given[definition.name] = put
    for definition in kind.fields:
        answer = given.get(definition.name)
        if answer and not definition.required and _is_of_another(answer, definition, kind, given, candidates):
            del given[definition.name]
    for definition in kind.fields:
        if definition.kind is Kind.VAT_ID and definition.name not in given:
            only = _only(candidates.misprinted(definition, kind))
            if only and not _is_recipients(only, _recipient(kind, given, candidates), candidates):
                taken[definition.name] = only
                given[definition.name] = answer_of(definition, only).model_copy(
                    update={"value": None, "status": "unparsed"}
                )
    given = {field.path: field for field in fields if _is_no_number(field)} | given
    order = {definition.name: place for place, definition in enumerate(kind.fields)}
    return Labelled(sorted(given.values(), key=lambda field: order.get(field.path, len(order))), taken)


def _is_no_number(answer: FieldAnswer) -> bool:
    """Say whether an account or a VAT number does not look like one: any that does takes its place."""
    is_coded = answer.kind in (Kind.IBAN, Kind.VAT_ID)
    return is_coded and answer.status == "unparsed" and not has_form(Kind(answer.kind), answer.verbatim)


def _told(
    answer: FieldAnswer | None,
    definition: FieldDefinition,
    kind: DocumentType,
    given: Mapping[str, FieldAnswer],
    candidates: Candidates,
) -> Candidate | None:
    """Give what is a field's value by its name, or by what else tells it."""
    labelled = _not_recipients(candidates.labelled(definition, kind), definition, kind, given, candidates)
    only = _together(answer, definition, kind, candidates) or _only(labelled)
    only = only or _only(recipients_own(definition, labelled)) or _only(_by_own_name(definition, labelled))
    only = only or _only(_by_own_words(definition, kind, labelled))
    only = only or _only(_with_charges(answer, labelled, definition, kind, candidates))
    return only or _unlabelled(answer, definition, kind, given, candidates)


def _together(
    answer: FieldAnswer | None, definition: FieldDefinition, kind: DocumentType, candidates: Candidates
) -> Candidate | None:
    """Give what a copied amount makes with those behind it in its sentence: `von 49,00 € und 8,50 €, zusammen 57,50 €`.

    Of types without tax, as net and tax make the gross total.
    """
    if definition.kind is not Kind.MONEY or kind.tax_totals is not None or answer is None or answer.char_end is None:
        return None
    total = answer.value_numeric or Decimal(0)
    behind = (item for item in candidates.of(Kind.MONEY) if item.page == answer.page)
    following = [item for item in behind if answer.char_end <= item.char_start <= answer.char_end + MOST_BEHIND]
    for item in following:
        number = item.value.numeric or Decimal(0)
        if item is not following[0] and number == total and _TOGETHER.search(nearest_words(item)):
            return item
        total += number
    return None


def _with_charges(
    answer: FieldAnswer | None,
    labelled: Sequence[Candidate],
    definition: FieldDefinition,
    kind: DocumentType,
    candidates: Candidates,
) -> Sequence[Candidate]:
    """Give the amounts that another one of the field and a charge make: `Offener Betrag`, `Mahngebühr`, `Summe`.

    Of types without tax: net and tax make the gross total, which is not the net one. A greater amount has further
    charges in it, and where something was paid less is due.
    """
    if definition.kind is not Kind.MONEY or kind.tax_totals is not None:
        return []
    if answer and answer.value_numeric not in {item.value.numeric for item in labelled}:
        return []
    others = [other for other in kind.fields if other.kind is Kind.MONEY and other is not definition]
    charges = {item.value.numeric for other in others for item in candidates.labelled(other, kind)}
    parts = {item.value.numeric for item in labelled if item.value.numeric}
    sums = {part + charge for part in parts for charge in charges if charge and charge > 0}
    is_whole = bool(parts) and max(parts) in sums and not any(map(is_paid, candidates.of(Kind.MONEY)))
    return [item for item in labelled if item.value.numeric in sums] if is_whole else []


def _by_own_name(definition: FieldDefinition, labelled: Sequence[Candidate]) -> Sequence[Candidate]:
    """Give the dates that a name of the field tells, where the others are dates and no more: `Lieferdatum`, `Datum`.

    The others' names must be parts of the field's own or begin with one (`Date de vente`), or they must stand as a
    letter's date does; before a single one
    of these only a name goes that stands alone, and none in a sentence (`Pos. 3 fehlt, Lieferung am`). Theirs must be
    no later dates: a credit note has its `Datum`, and below it the `Rechnungsdatum` of the invoice that it is for. Of
    numbers nothing tells that.
    """
    if definition.kind is not Kind.DATE:
        return []
    names, own = names_of(definition), in_small_letters((definition.label.de, definition.label.en))
    vague = {name for name in names - own if any(name in whole for whole in own)}
    said = [(item, nearest_words(item).strip(" :.#")) for item in labelled]
    told = [item for item, words in said if words.endswith(tuple(names - vague))]
    others = [(item, words) for item, words in said if item not in told]
    in_column = [item for item, words in others if item.is_dateline and words not in vague]
    if len({item.value.text for item in in_column}) == 1:
        told = [item for item, words in said if words in names - vague]
    begin_vaguely = tuple(f"{name} " for name in vague)
    are_vague = all(words in vague or words.startswith(begin_vaguely) or item.is_dateline for item, words in others)
    return [item for item in told if are_vague and all(other.value.text <= item.value.text for other, _ in others)]


def _by_own_words(
    definition: FieldDefinition, kind: DocumentType, labelled: Sequence[Candidate]
) -> Sequence[Candidate]:
    """Give the document's own numbers that a name of the field stands before, where the others have other names.

    They stand below the heading: `Rechnung`, `B-Nr.: HM-4471`. What the heading itself calls stays.
    """
    if not definition.of_document or definition.kind is not Kind.REFERENCE:
        return []
    names = FieldNames(definition, kind)
    own = [item for item in labelled if names.call(nearest_words(item))]
    are_others = all(names.nearest(nearest_words(item), item)[0] < 0 for item in labelled if item not in own)
    return own if are_others else []


def _not_recipients(
    labelled: Sequence[Candidate],
    definition: FieldDefinition,
    kind: DocumentType,
    given: Mapping[str, FieldAnswer],
    candidates: Candidates,
) -> Sequence[Candidate]:
    """Leave out VAT numbers in the recipient's address, and all if one was copied from where issuers alone stand."""
    answer = given.get(definition.name)
    if definition.kind is not Kind.VAT_ID or not labelled:
        return labelled
    is_found = answer is not None and answer.page is not None and answer.char_start is not None
    if answer and is_found and is_beside_sender(answer.page or 0, answer.char_start or 0, candidates):
        issuers = [item for item in labelled if is_beside_sender(item.page, item.char_start, candidates)]
        return labelled if issuers else []
    recipient = _recipient(kind, given, candidates)
    return [item for item in labelled if not _is_recipients(item, recipient, candidates)]


def _stays(answer: FieldAnswer | None, only: Candidate, candidates: Candidates) -> bool:
    """Say whether an answer, or none, is as good as what stands beside the name: it may say the same.

    What is an amount's sign, and what parts it from the words before, code does not decide.
    """
    if answer is None:
        return candidates.has_open_sign(only)
    return is_said_by(answer, only) or _is_same_figure(answer, only)


def _is_less_sure(
    only: Candidate,
    answer: FieldAnswer | None,
    definition: FieldDefinition,
    kind: DocumentType,
    given: Mapping[str, FieldAnswer],
    candidates: Candidates,
) -> bool:
    """Say whether a doubtful name alone tells a value, and words speak for the copy and none against it."""
    if answer is None or answer.status != "ok" or not definition.doubtful:
        return False
    surely = candidates.surely_labelled(definition, kind)
    if only in surely or only not in candidates.labelled(definition, kind):
        return False
    if not candidates.are_spoken_of(definition, kind, answer.value or ""):
        return False
    if definition.kind is Kind.DATE and (answer.value or "") < only.value.text:
        return False  # of two deadlines the later one is in force
    is_another = definition.kind is Kind.DATE and candidates.instead_of(definition, kind, answer.value or "")
    return not is_another and not _is_of_another(answer, definition, kind, given, candidates)


def _is_part(only: Candidate, answer: FieldAnswer | None, definition: FieldDefinition, kind: DocumentType) -> bool:
    """Say whether an amount that only words above it name is less than the total that was copied: it is a row's.

    Below `Gesamt` or `Betrag` stand the rows, and the `Summe` beside their last line is no name of any field.
    """
    totals = kind.tax_totals
    if totals is not None and definition.name not in (totals.net, totals.gross):
        return False
    if definition.kind is not Kind.MONEY or answer is None or answer.status != "ok":
        return False
    is_less = 0 < (only.value.numeric or 0) < (answer.value_numeric or 0)
    return is_less and name_pattern(definition).search(only.label) is None


def _is_worse(only: Candidate, answer: FieldAnswer | None, definition: FieldDefinition, candidates: Candidates) -> bool:
    """Say whether an amount beside a field's name cannot be it, and what was copied can.

    It is a price for one of something (`Die Gebühr beträgt 1,90 € je Quadratmeter`), negative as it stands in brackets,
    or has the tax in it, where the value is one before tax.
    """
    if definition.kind is not Kind.MONEY or answer is None or answer.status != "ok" or not answer.value_numeric:
        return False
    number, copied = only.value.numeric or Decimal(0), answer.value_numeric
    is_with_tax = definition.before_tax and any(
        item.value.numeric == number - copied and is_called_tax(item) for item in candidates.of(Kind.MONEY)
    )
    is_in_brackets = number < 0 < copied and only.verbatim.startswith("(")
    return is_with_tax or is_in_brackets or candidates.is_price_for_one(only)


def _is_same_figure(answer: FieldAnswer, item: Candidate) -> bool:
    """Say whether both are one amount of the document, read with different signs."""
    if answer.status != "ok" or not answer.value_numeric or answer.page != item.page:
        return False
    start, end = answer.char_start or 0, answer.char_end or 0
    return item.value.numeric == -answer.value_numeric and item.char_start < end and start < item.char_end


def with_open_signs(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> list[str]:
    """Name the amounts that may be negative or not, as the document writes them, and that no rule determines."""
    values = values_of(fields)
    return [
        field.path
        for field in fields
        if field.kind == Kind.MONEY and field.status == "ok" and candidates.has_other_sign(field)
        if not any(determines(rule, field.path, values) for rule in kind.rules)
    ]


def _unlabelled(
    answer: FieldAnswer | None,
    definition: FieldDefinition,
    kind: DocumentType,
    given: Mapping[str, FieldAnswer],
    candidates: Candidates,
) -> Candidate | None:
    """Give the value of a field beside whose name not exactly one stands, where something else tells it."""
    recipient = _recipient(kind, given, candidates)
    is_own = definition.kind is Kind.IBAN and answer and _is_of_another(answer, definition, kind, given, candidates)
    if answer is None or is_own:
        is_alone = sum(item.kind is definition.kind for item in kind.fields) == 1
        is_told = is_alone and definition.kind in (Kind.IBAN, Kind.VAT_ID)
        only = _only(candidates.not_of_another(definition)) if is_told else None
        return None if only is None or _is_recipients(only, recipient, candidates) else only
    if definition.kind is Kind.DATE and answer.value is not None:
        return candidates.instead_of(definition, kind, answer.value) or _dateline(answer, definition, kind, candidates)
    if definition.kind is Kind.VAT_ID:
        return _of_sender(answer, recipient, candidates, candidates.excluded(definition, kind))
    is_number = definition.of_document and definition.kind is Kind.REFERENCE
    labelled = candidates.labelled(definition, kind) if is_number else []
    # A document's own number stands before others'.
    return labelled[0] if labelled and not _is_among(answer, labelled) else None


def recipients_own(definition: FieldDefinition, labelled: Sequence[Candidate]) -> list[Candidate]:
    """Give those that are called the recipient's: `Auftrag-Nr.: 2026-311` is the sender's, `Ihre Bestellung: B-7` not.

    Of another's number alone, such as that of an order; a document's own is its sender's.
    """
    if definition.kind is not Kind.REFERENCE or definition.of_document:
        return []
    return [item for item in labelled if YOURS.search(item.label)]


def _dateline(
    answer: FieldAnswer, definition: FieldDefinition, kind: DocumentType, candidates: Candidates
) -> Candidate | None:
    """Give the date that stands where letters have theirs, where the one that was copied stands beside no name of it.

    Others may: the first of a table's rows stands below `Datum`.
    """
    labelled = candidates.labelled(definition, kind) if definition.of_document else []
    if _is_among(answer, labelled):
        return None
    return _only([item for item in labelled if item.is_dateline])


def _answered_recipient(kind: DocumentType, given: Mapping[str, FieldAnswer]) -> FieldAnswer | None:
    names = (given.get(definition.name) for definition in kind.fields if definition.role is Role.RECIPIENT)
    return next(filter(None, names), None)


def _recipient(kind: DocumentType, given: Mapping[str, FieldAnswer], candidates: Candidates) -> Party | None:
    """Give whom the letter is written to, by its layout, else by what was answered."""
    name = _answered_recipient(kind, given)
    if candidates.letter.recipient or name is None or name.page is None or name.char_start is None:
        return candidates.letter.recipient
    return Party(name.verbatim, name.page, name.char_start, name.char_end or name.char_start)


def _of_sender(
    answer: FieldAnswer, recipient: Party | None, candidates: Candidates, excluded: Container[str]
) -> Candidate | None:
    """Give the other VAT number: the one copied is the recipient's by words or place, or the other is the sender's."""
    found = candidates.of(Kind.VAT_ID)
    others = [item for item in found if item.value.text != answer.value and item.value.text not in excluded]
    if answer.value in excluded or _is_recipients(answer, recipient, candidates):
        return _only(others)
    if answer.page is None or answer.char_start is None or is_beside_sender(answer.page, answer.char_start, candidates):
        return None
    return _only([item for item in others if is_beside_sender(item.page, item.char_start, candidates)])


def is_beside_sender(page: int, start: int, candidates: Candidates) -> bool:
    """Say whether a place is at the foot, beside words that an issuer alone has there, or behind the sender's name."""
    letter, cell = candidates.letter, candidates.surroundings.cell(page, start)
    name = letter.sender.verbatim if letter.sender and not letter.sender.is_letterhead else ""
    return letter.imprint.has_at_foot(page, start) or (cell is not None and has_words(cell.text[:MAX_FOOT], name))


def _is_recipients_only(
    answer: FieldAnswer, kind: DocumentType, given: Mapping[str, FieldAnswer], candidates: Candidates
) -> bool:
    """Say whether the document has one VAT number, in an address that is the recipient's.

    Words above it say so, or its place, or that alone, says the same as what was answered. Nobody is addressed below
    all amounts: there stands who issued the document.
    """
    recipient = _recipient(kind, given, candidates)
    answered = _answered_recipient(kind, given)
    is_told = recipient is not None and (
        recipient.is_labelled or is_name_of(recipient, answered.value if answered else None)
    )
    is_only = len({item.value.text for item in candidates.of(Kind.VAT_ID)}) == 1
    is_there = is_told and is_only and _is_recipients(answer, recipient, candidates)
    return is_there and not _is_below_amounts(answer, candidates)


def _is_below_amounts(answer: FieldAnswer, candidates: Candidates) -> bool:
    amounts = [item for item in candidates.of(Kind.MONEY) if item.page == answer.page]
    cells = [candidates.surroundings.cell(item.page, item.char_start) for item in amounts]
    own = candidates.surroundings.cell(answer.page, answer.char_start) if answer.page and answer.char_start else None
    return own is not None and bool(cells) and all(cell is not None and cell.baseline < own.baseline for cell in cells)


def _is_recipients(said: FieldAnswer | Candidate, recipient: Party | None, candidates: Candidates) -> bool:
    """Say whether a VAT number stands in the recipient's address."""
    if recipient is None or said.char_start is None or said.page != recipient.page:
        return False
    around = candidates.surroundings
    name, number = (around.cell(recipient.page, start) for start in (recipient.char_start, said.char_start))
    if name is None or number is None or abs(name.left - number.left) > SAME_EDGE:
        return False
    if 0 <= said.char_start - recipient.char_end <= IN_ADDRESS:
        return True
    for _ in range(LINES_OF_ADDRESS):
        name = around.cell_below(recipient.page, name.start)
        if name is None or name.start == number.start:
            return name is not None
    return False


def is_said_by(answer: FieldAnswer, candidate: Candidate) -> bool:
    """Say whether an answer is the value of a candidate; a number may be copied with or without letters before it."""
    if answer.value_numeric is not None and candidate.value.numeric is not None:
        return answer.value_numeric == candidate.value.numeric
    if candidate.kind is Kind.REFERENCE and answer.status == "ok":
        return _is_same_number(answer.value or "", candidate.value.text)
    return answer.value == candidate.value.text


def answer_of(definition: FieldDefinition, candidate: Candidate) -> FieldAnswer:
    """Make the answer that a candidate is; its confidence is for `weigh`."""
    return FieldAnswer(
        path=definition.name,
        kind=definition.kind.value,
        value=candidate.value.text,
        value_numeric=candidate.value.numeric,
        verbatim=candidate.verbatim,
        status="ok",
        confidence=UNWEIGHED,
        page=candidate.page,
        char_start=candidate.char_start,
        char_end=candidate.char_end,
    )


def _only(labelled: Sequence[Candidate]) -> Candidate | None:
    """Give the candidate if all have one value."""
    return labelled[0] if len({candidate.value.text for candidate in labelled}) == 1 else None


def _rules_prefer(answer: FieldAnswer, put: FieldAnswer, kind: DocumentType, fields: Sequence[FieldAnswer]) -> bool:
    """Say whether a rule leaves no other value than the one that the model copied: then it is right where it stands.

    Where no rule says anything of it, a sum does: what several amounts of a reminder come to is no other one of them.
    """
    before = values_of(fields)
    if not any(determines(rule, answer.path, before) for rule in kind.rules):
        return answer.status == "ok" and _is_sum_of_others(answer, fields)
    after = values_of([put if field is answer else field for field in fields])
    return any(determines(rule, answer.path, before) and holds(rule, after) is False for rule in kind.rules)


def _is_sum_of_others(answer: FieldAnswer, fields: Sequence[FieldAnswer]) -> bool:
    others = [
        field.value_numeric
        for field in fields
        if field.kind == Kind.MONEY.value and field.path != answer.path and field.status == "ok" and field.value_numeric
    ]
    return len(others) > 1 and sum(others) == answer.value_numeric


def _is_of_another(
    answer: FieldAnswer,
    definition: FieldDefinition,
    kind: DocumentType,
    given: Mapping[str, FieldAnswer],
    candidates: Candidates,
) -> bool:
    """Say whether a value is another's, and stands nowhere beside the name of its own field.

    Its place in the recipient's address says so of a VAT number, a word that the type knows of a date (`Next renewal`)
    or an account (`von Ihrem Konto`), or another field that has it, beside whose name it stands.
    """
    if definition.kind is Kind.VAT_ID and _is_recipients_only(answer, kind, given, candidates):
        return True
    if definition.kind not in KINDS or _is_among(answer, candidates.may_be_labelled(definition, kind)):
        return False
    is_told = definition.kind in _TOLD_BY_WORDS and (definition.unlike or definition.denied_by)
    if is_told and candidates.is_of_another(definition, kind, answer.value or ""):
        return True
    rivals = (rival for rival in kind.fields if rival.kind is definition.kind and rival.name != definition.name)
    return any(
        (other := given.get(rival.name)) is not None
        and other.value == answer.value is not None
        and _stands_beside(answer, rival, kind, candidates)
        for rival in rivals
    )


def _stands_beside(
    answer: FieldAnswer, definition: FieldDefinition, kind: DocumentType, candidates: Candidates
) -> bool:
    return _is_among(answer, candidates.labelled(definition, kind))


def _is_among(answer: FieldAnswer, found: Sequence[Candidate]) -> bool:
    return any(is_said_by(answer, item) for item in found)


def _is_same_number(one: str, other: str) -> bool:
    """Say whether one number is the other, or a word of it, with or without the letters that begin it."""
    shorter, longer = sorted((one, other), key=len)
    first, whole = _compact(shorter), _compact(longer)
    begins = whole.removesuffix(first)
    if first and whole.endswith(first) and not any(map(str.isdigit, begins)):
        return True
    return f" {shorter.casefold()} " in f" {longer.casefold()} "


def _compact(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()
