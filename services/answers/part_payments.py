"""What was paid before, where an amount should be what is left: `nach Ihrer Teilzahlung von 1.000,00 €`.

A reminder names the amount of the invoice, what was paid, and what is left; small models take the first one.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from schemas.document_types import DocumentType, FieldDefinition, Kind
from schemas.events import FieldAnswer
from services.answers.candidates import Candidates
from services.answers.sentences import whole_words
from services.answers.values_by_form import Candidate


def part_payments(kind: DocumentType, fields: Sequence[FieldAnswer], candidates: Candidates) -> Mapping[str, Candidate]:
    """Give, by field, what words say was paid of its amount, where nothing says that the amount is what is left.

    That says the largest other amount, if it is this one and all others: what is due now, with its fees. So does an
    amount of the document from which the payment leaves this one.
    """
    given = {
        field.path: field.value_numeric
        for field in fields
        if field.kind == Kind.MONEY and field.status == "ok" and field.value_numeric and "[" not in field.path
    }
    found = {
        definition.name: _payment(definition, given, candidates)
        for definition in kind.fields
        if definition.reduced_by and definition.name in given
    }
    return {name: item for name, item in found.items() if item}


def _payment(definition: FieldDefinition, given: Mapping[str, Decimal], candidates: Candidates) -> Candidate | None:
    amount, words = given[definition.name], whole_words(definition.reduced_by)
    *rest, largest = sorted(value for name, value in given.items() if name != definition.name) or [Decimal(0)]
    if words is None or largest - sum(rest) == amount:
        return None
    amounts = candidates.of(Kind.MONEY)
    others = [item for item in amounts if 0 < _size(item) < amount and _size(item) not in given.values()]
    paid = [item for item in others if any(map(words.search, (*item.labels, *item.sentence)))]
    printed = set(map(_size, amounts))
    return None if any(amount + _size(item) in printed for item in paid) else next(iter(paid), None)


def _size(item: Candidate) -> Decimal:
    return abs(item.value.numeric or Decimal(0))
