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
    unread: Sequence[int],
    cut_off: bool,
) -> tuple[Status, list[str]]:
    """Judge a result.

    Parameters
    ----------
    fields
        The fields that were answered.
    pages_total
        Pages of the document.
    unread
        Numbers of those that nobody read, in order.
    cut_off
        Whether the answer ended at the limit of tokens instead of by itself.

    Returns
    -------
    tuple
        `incomplete` with a sentence for each reason, else `complete` with none.
    """
    answers = {field.path: field for field in fields}
    reasons = [*_unread_pages(pages_total, unread), *_cut_off(cut_off=cut_off)]
    reasons += [
        reason
        for definition in document_type.fields
        if definition.required
        for reason in _required_field(definition, answers)
    ]
    return (Status.INCOMPLETE if reasons else Status.COMPLETE), reasons


def pages_without_rows(total: int, pages: Sequence[int]) -> str:
    """Say that pages were left to code for their rows, and that it took none from there.

    Parameters
    ----------
    pages
        Their numbers, in order; at least one.
    """
    pronoun = "it shows" if len(pages) == 1 else "they show"
    return (
        f"{_named(total, pages)} not read by the model, because {pronoun} nothing but rows of a table, "
        "and none of the rows that were read stands there."
    )


def _unread_pages(total: int, unread: Sequence[int]) -> list[str]:
    return [f"{_named(total, unread)} not read: {TOO_LONG}."] if unread else []


def _named(total: int, pages: Sequence[int]) -> str:
    """Name pages by their numbers, as the beginning of a sentence: `Pages 4 to 6, 9 of 12 were`."""
    if len(pages) == 1:
        return f"Page {pages[0]} of {total} was"
    known = set(pages)
    firsts = [page for page in pages if page - 1 not in known]
    lasts = [page for page in pages if page + 1 not in known]
    spans = [f"{first}" if first == last else f"{first} to {last}" for first, last in zip(firsts, lasts, strict=True)]
    return f"Pages {', '.join(spans)} of {total} were"


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
