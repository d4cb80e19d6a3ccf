"""What a model copies where the document has no value.

A small one gives a term of payment for a date, part of an IBAN for a VAT number, whatever comes next for either. Code
that knows a kind's forms knows as well what is none. An optional field whose copy code cannot read is left empty where
the copy is a value of another kind, or where none of the field's names stands beside it: it is neither such a value nor
called one. A copy that has its field's name beside it stays as it is, unparsed and for a person to see. A number whose
check digits make it a VAT number or an IBAN is no document's number, and a required field without one is asked again.
"""

from collections.abc import Sequence

from schemas.document_types import DocumentType, FieldDefinition, Kind
from schemas.events import FieldAnswer
from services.answers.candidates import Candidates, name_pattern
from services.answers.periods import parse_period


def without_no_values(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> list[FieldAnswer]:
    """Leave out what is no value of its field."""
    definitions = {definition.name: definition for definition in kind.fields}
    return [field for field in fields if not _is_none(field, definitions[field.path], candidates)]


def _is_none(field: FieldAnswer, definition: FieldDefinition, candidates: Candidates) -> bool:
    if definition.kind is Kind.REFERENCE:
        return _is_in(Kind.VAT_ID, field, candidates) or _is_in(Kind.IBAN, field, candidates)
    if definition.required or field.value is not None:
        return False
    if definition.kind is Kind.DATE:
        return _is_term(field.verbatim, candidates.language) or not _is_named(field, definition, candidates)
    if definition.kind is Kind.VAT_ID:
        return _is_in(Kind.IBAN, field, candidates) or not _is_named(field, definition, candidates)
    return False


def _is_term(text: str, language: str) -> bool:
    """Say whether a text is a length of time: `30 Tage netto`."""
    return (parse_period(text, language) or "").startswith("P")


def _is_in(kind: Kind, field: FieldAnswer, candidates: Candidates) -> bool:
    """Say whether a copy stands in a value of a kind that code knows by its check digits."""
    return any(
        item.page == field.page and field.char_start is not None and item.char_start <= field.char_start < item.char_end
        for item in candidates.of(kind)
    )


def _is_named(field: FieldAnswer, definition: FieldDefinition, candidates: Candidates) -> bool:
    if field.page is None or field.char_start is None:
        return False
    names = name_pattern(definition)
    return any(names.search(label) for label in candidates.surroundings.labels(field.page, field.char_start))
