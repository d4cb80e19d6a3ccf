"""Whether a result says everything it should, and if not, why, for people."""

from collections.abc import Mapping, Sequence
from typing import Final

from schemas.document_types import DocumentType, FieldDefinition
from schemas.events import FieldAnswer, Status

TOO_LONG: Final = "the document is longer than what the model is given (POSTKORB_MAX_WINDOWS)"


def completeness(
    document_type: DocumentType,
    fields: Sequence[FieldAnswer],
    *,
    pages_total: int,
    pages_read: int,
    cut_off: bool,
) -> tuple[Status, list[str]]:
    """Judge a result.

    Parameters
    ----------
    fields
        The fields that were answered.
    pages_total, pages_read
        Pages of the document, and how many of them, from the first, the model was given, the last one perhaps in part.
    cut_off
        Whether the answer ended at the limit of tokens instead of by itself.

    Returns
    -------
    tuple
        `incomplete` with a sentence for each reason, else `complete` with none.
    """
    answers = {field.path: field for field in fields}
    reasons = [*_unread_pages(pages_total, pages_read), *_cut_off(cut_off=cut_off)]
    reasons += [
        reason
        for definition in document_type.fields
        if definition.required
        for reason in _required_field(definition, answers)
    ]
    return (Status.INCOMPLETE if reasons else Status.COMPLETE), reasons


def _unread_pages(total: int, read: int) -> list[str]:
    if read >= total:
        return []
    if read + 1 == total:
        return [f"Page {total} of {total} was not read: {TOO_LONG}."]
    return [f"Pages {read + 1} to {total} of {total} were not read: {TOO_LONG}."]


def _cut_off(*, cut_off: bool) -> list[str]:
    return ["The answer was cut off at its token limit; what comes last in it may be missing."] if cut_off else []


def _required_field(definition: FieldDefinition, answers: Mapping[str, FieldAnswer]) -> list[str]:
    name = f"The required field {definition.name} ({definition.label.en})"
    answer = answers.get(definition.name)
    if answer is None:
        return [f"{name} was not found in the document."]
    match answer.status:
        case "unsupported":
            return [f"{name} has a value that does not stand in the document."]
        case "unparsed":
            return [f"{name} has a value that cannot be read as {definition.kind.value.replace('_', ' ')}."]
        case "ok":
            return []
