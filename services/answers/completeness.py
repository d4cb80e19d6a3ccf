"""Whether a result says everything it should, and if not, why, in the language of the document."""

from collections.abc import Mapping, Sequence
from typing import Final

from schemas.document_types import DocumentType, FieldDefinition
from schemas.events import FieldAnswer, Status
from schemas.wording import Wording

_TOO_LONG: Final = Wording(
    de="das Dokument ist länger, als das Modell lesen darf (POSTKORB_MAX_WINDOWS)",
    en="the document is longer than what the model is given (POSTKORB_MAX_WINDOWS)",
)
_PAGE_UNREAD: Final = Wording(
    de="Seite {total} von {total} wurde nicht gelesen: {why}.", en="Page {total} of {total} was not read: {why}."
)
_PAGES_UNREAD: Final = Wording(
    de="Seiten {first} bis {total} von {total} wurden nicht gelesen: {why}.",
    en="Pages {first} to {total} of {total} were not read: {why}.",
)
_PAGE_CUT: Final = Wording(
    de="Seite {page} wurde nur zum Teil gelesen: {why}.", en="Page {page} was read only in part: {why}."
)
_CUT_OFF: Final = Wording(
    de="Die Antwort des Modells war zu lang und wurde abgeschnitten; was zuletzt in ihr steht, fehlt vielleicht.",
    en="The model's answer was too long and was cut off; what comes last in it may be missing.",
)
_MISSING: Final = Wording(
    de="Das Pflichtfeld „{label}“ wurde im Dokument nicht gefunden.",
    en="The required field “{label}” was not found in the document.",
)
_UNSUPPORTED: Final = Wording(
    de="Das Pflichtfeld „{label}“ hat einen Wert, der nicht im Dokument steht.",
    en="The required field “{label}” has a value that does not stand in the document.",
)
_UNPARSED: Final = Wording(
    de="Das Pflichtfeld „{label}“ hat einen Wert, der so nicht lesbar ist.",
    en="The required field “{label}” has a value that cannot be read as such a value.",
)


def completeness(
    document_type: DocumentType,
    fields: Sequence[FieldAnswer],
    language: str,
    *,
    pages_total: int,
    pages_read: int,
    cut_page: int | None,
    cut_off: bool,
) -> tuple[Status, list[str]]:
    """Judge a result.

    Parameters
    ----------
    fields
        The fields that were answered.
    language
        ISO 639-1, of the document; sentences are in German or in English.
    pages_total, pages_read
        Pages of the document, and how many of them, from the first, the model was given, the last one perhaps in part.
    cut_page
        The page that it was given in part; None if there is none.
    cut_off
        Whether an answer ended at the limit of tokens instead of by itself.

    Returns
    -------
    tuple
        `incomplete` with a sentence for each reason, else `complete` with none.
    """
    answers = {field.path: field for field in fields}
    why = _TOO_LONG.for_language(language)
    reasons = _unread_pages(pages_total, pages_read, why, language)
    if cut_page is not None:
        reasons.append(_PAGE_CUT.for_language(language).format(page=cut_page, why=why))
    if cut_off:
        reasons.append(_CUT_OFF.for_language(language))
    reasons += [
        reason
        for definition in document_type.fields
        if definition.required
        for reason in _required_field(definition, answers, language)
    ]
    return (Status.INCOMPLETE if reasons else Status.COMPLETE), reasons


def _unread_pages(total: int, read: int, why: str, language: str) -> list[str]:
    if read >= total:
        return []
    wording = _PAGE_UNREAD if read + 1 == total else _PAGES_UNREAD
    return [wording.for_language(language).format(first=read + 1, total=total, why=why)]


def _required_field(definition: FieldDefinition, answers: Mapping[str, FieldAnswer], language: str) -> list[str]:
    answer = answers.get(definition.name)
    status = "missing" if answer is None else answer.status
    wordings = {"missing": _MISSING, "unsupported": _UNSUPPORTED, "unparsed": _UNPARSED}
    if status not in wordings:
        return []
    return [wordings[status].for_language(language).format(label=definition.label.for_language(language))]
