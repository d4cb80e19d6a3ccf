"""What is said of a document, and what is only proposed: a value that cannot be stood for is nobody's to book."""

from collections.abc import Collection, Mapping, Sequence

from schemas.document_types import DocumentType, Rule
from schemas.events import FieldAnswer
from schemas.expressions import Value, names_in
from services.answers.calibration import Calibration
from services.answers.rules import determines, rules_about_fields, values_of


def stated(
    fields: Sequence[FieldAnswer], below: float, withheld: Collection[str] = (), rows_confidence: float = 1.0
) -> list[FieldAnswer]:
    """Take the values off answers that are not `ok`, too unsure or withheld; what they would be stays as a proposal.

    Parameters
    ----------
    fields
        As they were read, with their confidence, in which that of the type counts.
    below
        A value of less confidence is `doubtful`, 0 to 1.
    withheld
        Fields whose values are it, too.
    rows_confidence
        That the document has the tables of the type under which they were read, 0 to 1. Cells have none of their own
        that anybody looks at: rows stand or fall with the type. With less than `below` they are `doubtful`.
    """
    without_rows = rows_confidence < below
    return [
        _stated(
            field, is_unsure=(without_rows and is_cell(field)) or is_doubtful(field, below) or field.path in withheld
        )
        for field in fields
    ]


def too_unsure(kind: DocumentType, fields: Sequence[FieldAnswer], calibration: Calibration) -> set[str]:
    """Name the fields of a type whose values are too unsure to be stated.

    A value that others come to, such as a tax that makes the gross total with the net one, is there for certain: it
    needs no more confidence than one of a required field. Nought comes to anything.
    """
    values, rules = values_of(fields), rules_about_fields(kind)
    reckoned = {name for name in values if any(_comes_to(rule, name, values) for rule in rules)}
    bounds = {
        field.name: calibration.propose_below if field.name in reckoned else calibration.stated_from(field)
        for field in kind.fields
    }
    return {field.path for field in fields if is_doubtful(field, bounds.get(field.path, 0.0))}


def _comes_to(rule: Rule, name: str, values: Mapping[str, Value]) -> bool:
    return determines(rule, name, values) and all(values[other] for other in names_in(rule.check))


def is_cell(field: FieldAnswer) -> bool:
    """Say whether a value is one of a row's."""
    return "[" in field.path


def _stated(field: FieldAnswer, *, is_unsure: bool) -> FieldAnswer:
    status = "doubtful" if is_unsure and field.status == "ok" else field.status
    if status == "ok" and field.value is not None:
        return field
    status = "unparsed" if status == "ok" else status  # whoever made it: without a value nothing is stated
    return field.model_copy(update={"status": status, "value": None, "value_numeric": None, "proposal": field.value})


def is_doubtful(field: FieldAnswer, below: float) -> bool:
    """Say whether a value was read and is too unsure to be stated."""
    return field.status == "ok" and not is_cell(field) and field.confidence < below
