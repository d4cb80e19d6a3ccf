"""What is said of a document, and what is only proposed: a value that cannot be stood for is nobody's to book."""

from collections.abc import Collection, Sequence

from schemas.events import FieldAnswer


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
