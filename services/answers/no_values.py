"""What a model copies where the document has no value.

A small one gives a term of payment for a date, part of an IBAN for a VAT number, whatever comes next for either. Code
that knows a kind's forms knows as well what is none. An optional field whose copy code cannot read is left empty where
the copy is a value of another kind, or where none of the field's names stands beside it: it is neither such a value
nor called one. A copy that has its field's name beside it stays as it is, unparsed and for a person to see. A number
whose check digits make it a VAT number or an IBAN, or which is called a telephone number, is no document's number, and
a required field without one is asked again. What the words beside an amount say was paid before (`Paid to date $0.00`)
is no total of an invoice. How a letter ends is no term of payment. A day that was copied for two fields from one place
is the document's own, unless it is called the other's. A bank whose account stands behind its name is not whom a letter
goes to.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from schemas.document_types import DocumentType, FieldDefinition, Kind, Role
from schemas.events import FieldAnswer
from services.answers.candidates import Candidates
from services.answers.field_names import name_pattern
from services.answers.letter import is_closing
from services.answers.periods import parse_period
from services.answers.values_by_form import Candidate

_PAID: Final = re.compile(
    r"(?<!\w)(?:(?:bereits|schon|bisher) (?:ge|be)(?:zahlt|leistet|glichen)\w*|(?:an|voraus|teil|akonto)zahlung(?:en)?"
    r"|(?:total|summe|geleistete|erhaltene) zahlungen|zahlungseingang|zahlungseingänge"
    r"|(?<!be )paid(?: to date)?|payments|payments? (?:received|made|to date)|prepaid|prepayment"
    r"|deposit(?: paid| received)?|acomptes?|(?:payé|réglé|versé)e?s?|versements?)"
    r"(?: (?:am|vom|on|le|du|of|by|per) [\w .,/-]{1,40})?\W{0,6}$"
)
"""Words directly before an amount that was paid: `Anzahlung vom 3. Mai:`."""

_TAX: Final = re.compile(
    r"(?<!before )(?<!prior to )(?<!without )(?<!excl )(?<!excl\. )(?<!excluding )(?<!ohne )(?<!vor )(?<!hors )"
    r"(?<!\w)(?:\w*steuer\b|mwst|ust\b|(?:vat|tax)\b|(?:[cis]?g|[hpq])st\b|tva\b|iva\b)"
)
"""A word for a tax, in small letters, and not behind one that makes the amount what bears it: `Total prior to tax`."""

_NO_REFERENCE: Final = re.compile(
    r"\W*(?:bic|swift|iban|tel|telefon|telephone|téléphone|phone|cell|mobil|mobile|mobiltelefon|handy|fax|telefax)"
    r"(?:[ -]?(?:nr|no|code|nummer|number))?[ .:/-]*"
)
"""All words directly before what is no number of a document, an order or a customer; in small letters."""


_LABEL: Final = re.compile(
    r"\W*(?:name|nom|phone|telephone|telefon|téléphone|tel|fax|telefax|mobile?|e-?mail|website|webseite|internet|date|datum"
    r"|address|adresse|anschrift|account|konto|véhicule|fahrzeug|vehicle|country|land|pays|city|ort|ville)\W*",
    re.IGNORECASE,
)
"""What a form writes before something else, and is nobody's name."""
_BANK: Final = re.compile(r"\w*(?:bank|sparkasse|raiffeisen\w*|banque|crédit)\b", re.IGNORECASE)
_ACCOUNT: Final = re.compile(
    r"[\s,;:·|•-]{1,5}(?:(?:bank )?account|a/c|konto|kto|iban|bic|blz|swift|sort code|compte)\b(?!-| pay)",
    re.IGNORECASE,
)
"""What stands directly behind the name of a bank that has the account."""


def is_paid(item: Candidate) -> bool:
    """Say whether the words directly before an amount say that it was paid before: `Paid to date`, `Anzahlung`."""
    return _PAID.search(item.label) is not None


def is_called_tax(item: Candidate) -> bool:
    """Say whether the words beside an amount name a tax."""
    return _TAX.search(item.label) is not None


def without_no_values(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> list[FieldAnswer]:
    """Leave out what is no value of its field."""
    definitions = {definition.name: definition for definition in kind.fields}
    banks = {field.path for field in fields if _is_bank(field, definitions[field.path], candidates)}
    left_out = _paid_before(kind, fields, candidates) | banks | _at_anothers_place(kind, fields, candidates)
    return [
        field
        for field in fields
        if field.path not in left_out and not _is_none(field, definitions[field.path], candidates)
    ]


def _is_none(field: FieldAnswer, definition: FieldDefinition, candidates: Candidates) -> bool:
    if definition.kind is Kind.REFERENCE:
        is_coded = _is_in(Kind.VAT_ID, field, candidates) or _is_in(Kind.IBAN, field, candidates)
        return is_coded or _is_called_otherwise(field, candidates)
    if definition.kind is Kind.NAME and _LABEL.fullmatch(field.verbatim):
        return True
    if definition.kind is Kind.TEXT:
        return not definition.required and is_closing(field.verbatim)
    if definition.required or field.value is not None:
        return False
    if definition.kind not in {Kind.DATE, Kind.VAT_ID}:
        return False
    is_date = definition.kind is Kind.DATE
    is_other = _is_term(field.verbatim, candidates.language) if is_date else _is_in(Kind.IBAN, field, candidates)
    return is_other or not _is_named(field, definition, candidates)


def _is_bank(field: FieldAnswer, definition: FieldDefinition, candidates: Candidates) -> bool:
    """Say whether the name of an optional recipient is that of a bank, and its account stands behind it."""
    is_optional = definition.role is Role.RECIPIENT and not definition.required
    if not is_optional or field.page is None or field.char_end is None or not _BANK.search(field.value or ""):
        return False
    return _ACCOUNT.match(candidates.surroundings.searchable.text(field.page), field.char_end) is not None


def _at_anothers_place(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> set[str]:
    """Give dates that stand where the document's own one was found, and beside no name of theirs."""
    own = next((item.name for item in kind.fields if item.of_document and item.kind is Kind.DATE), None)
    there = next((item for item in fields if item.path == own and item.char_start is not None), None)
    if there is None:
        return set()
    others = [item for item in kind.fields if item.kind is Kind.DATE and not item.required and item.name != own]
    same = {
        item.path
        for item in fields
        if (item.page, item.char_start, item.value) == (there.page, there.char_start, there.value)
    }
    labelled = {item.name: {date.value.text for date in candidates.labelled(item, kind)} for item in others}
    return {name for name in labelled if name in same and there.value not in labelled[name]}


def _paid_before(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> set[str]:
    """Give net total and tax that stand only where words say that so much was paid before.

    None of those that make the gross total: `Anzahlung` may be what an invoice is about.
    """
    given = {field.path: field.value_numeric for field in fields if field.status == "ok"}
    totals = kind.tax_totals
    if totals is None:
        return set()
    net, tax, gross = (given.get(name) for name in (totals.net, totals.tax, totals.gross))
    if net is not None and tax and net + tax == gross:
        return set()
    return {name for name, value in ((totals.net, net), (totals.tax, tax)) if _is_paid_only(value, candidates)}


def _is_paid_only(value: Decimal | None, candidates: Candidates) -> bool:
    places = [item for item in candidates.of(Kind.MONEY) if item.value.numeric == value is not None]
    return bool(places) and all(map(is_paid, places))


def _is_term(text: str, language: str) -> bool:
    """Say whether a text is a length of time: `30 Tage netto`."""
    return (parse_period(text, language) or "").startswith("P")


def _is_in(kind: Kind, field: FieldAnswer, candidates: Candidates) -> bool:
    """Say whether a copy stands in a value of a kind that code knows by its check digits."""
    return any(
        item.page == field.page and field.char_start is not None and item.char_start <= field.char_start < item.char_end
        for item in candidates.of(kind)
    )


def _is_called_otherwise(field: FieldAnswer, candidates: Candidates) -> bool:
    """Say whether the words directly before a number call it a telephone number or a bank's: `Cell:`, `BIC`."""
    if field.page is None or field.char_start is None:
        return False
    labels = candidates.surroundings.labels(field.page, field.char_start)
    return _NO_REFERENCE.fullmatch(next(filter(None, labels), "")) is not None


def _is_named(field: FieldAnswer, definition: FieldDefinition, candidates: Candidates) -> bool:
    if field.page is None or field.char_start is None:
        return False
    names = name_pattern(definition)
    return any(names.search(label) for label in candidates.surroundings.labels(field.page, field.char_start))
