"""Whether a result says everything it should, and if not, why, in the language of the document."""

from collections.abc import Mapping, Sequence
from typing import Final

from schemas.document_types import DocumentType, FieldDefinition
from schemas.events import FieldAnswer, Status
from schemas.wording import Wording
from services.answers.stated import is_cell

_TOO_LONG: Final = Wording(
    de="das Dokument ist länger, als das Modell lesen darf (POSTKORB_MAX_WINDOWS)",
    en="the document is longer than what the model is given (POSTKORB_MAX_WINDOWS)",
)
_ONE_PAGE: Final = Wording(de="Seite {pages} von {total} wurde", en="Page {pages} of {total} was")
_PAGES: Final = Wording(de="Seiten {pages} von {total} wurden", en="Pages {pages} of {total} were")
_SPAN: Final = Wording(de="{first} bis {last}", en="{first} to {last}")
_UNREAD: Final = Wording(de="{pages} nicht gelesen: {why}.", en="{pages} not read: {why}.")
_ROWLESS: Final = Wording(
    de="{pages} dem Modell nicht vorgelegt, denn dort stehen nur Zeilen einer Tabelle, und keine davon wurde gelesen.",
    en="{pages} not given to the model: there is nothing but rows of a table, and none of them was read.",
)
_PAGE_CUT: Final = Wording(
    de="Seite {page} wurde nur zum Teil gelesen: {why}.", en="Page {page} was read only in part: {why}."
)
_CUT_OFF: Final = Wording(
    de="Die Antwort des Modells war zu lang und wurde abgeschnitten; was zuletzt in ihr steht, fehlt vielleicht.",
    en="The model's answer was too long and was cut off; what comes last in it may be missing.",
)
_OF_UNSURE_TYPE: Final = Wording(
    de="Die Art des Dokuments ist zu unsicher: Die Zeilen sind nur vorgeschlagen.",
    en="The type of the document is too unsure: its rows are only proposed.",
)
_MAY_BE_ANOTHER: Final = Wording(
    de="Die Art des Dokuments ist zu unsicher: Ist es eine andere, so fehlen deren Felder und Zeilen.",
    en="The type of the document is too unsure: if it is another, the fields and rows of that one are missing.",
)
_MISSING: Final = Wording(
    de="Das Pflichtfeld „{label}“ wurde im Dokument nicht gefunden.",
    en="The required field “{label}” was not found in the document.",
)
_UNSUPPORTED: Final = Wording(
    de="Das Pflichtfeld „{label}“ hat einen Wert, der nicht im Dokument steht.",
    en="The required field “{label}” has a value that does not stand in the document.",
)
_DOUBTFUL: Final = Wording(
    de="Für das Pflichtfeld „{label}“ gibt es nur einen unsicheren Vorschlag.",
    en="For the required field “{label}” there is only a doubtful proposal.",
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
    unread: Sequence[int],
    cut: Sequence[int],
    without_rows: Sequence[int],
    cut_off: bool,
) -> tuple[Status, list[str]]:
    """Judge a result.

    Parameters
    ----------
    fields
        The fields that were answered.
    language
        ISO 639-1, of the document; sentences are in German or in English.
    pages_total
        Pages of the document.
    unread
        Numbers of those that nobody read, in order.
    cut
        Numbers of those that the model was given in part.
    without_rows
        Numbers of those that were left to code for their rows, and of which it took none.
    cut_off
        Whether an answer ended at the limit of tokens instead of by itself.

    Returns
    -------
    tuple
        `incomplete` with a sentence for each reason, else `complete` with none.
    """
    answers = {field.path: field for field in fields}
    why = _TOO_LONG.for_language(language)
    reasons: list[str] = []
    if unread:
        reasons.append(_UNREAD.for_language(language).format(pages=_named(pages_total, unread, language), why=why))
    reasons += [_PAGE_CUT.for_language(language).format(page=page, why=why) for page in cut]
    if without_rows:
        named = _named(pages_total, without_rows, language)
        reasons.append(_ROWLESS.for_language(language).format(pages=named))
    if cut_off:
        reasons.append(_CUT_OFF.for_language(language))
    reasons += [
        reason
        for definition in document_type.fields
        if definition.required
        for reason in _required_field(definition, answers, language)
    ]
    return (Status.INCOMPLETE if reasons else Status.COMPLETE), reasons


def reasons_of_type(fields: Sequence[FieldAnswer], type_confidence: float, below: float, language: str) -> list[str]:
    """Say what a type costs that is less sure than the bound: its rows are proposed, or those of another not read.

    Rows are stated where each type that it may be has the same tables.
    """
    if type_confidence >= below:
        return []
    are_proposed = any(is_cell(field) and field.status == "doubtful" for field in fields)
    wording = _OF_UNSURE_TYPE if are_proposed else _MAY_BE_ANOTHER
    return [wording.for_language(language)]


def _named(total: int, pages: Sequence[int], language: str) -> str:
    """Name pages by their numbers, as the beginning of a sentence: `Pages 4 to 6, 9 of 12 were`."""
    known = set(pages)
    firsts = [page for page in pages if page - 1 not in known]
    lasts = [page for page in pages if page + 1 not in known]
    span = _SPAN.for_language(language)
    spans = [
        str(first) if first == last else span.format(first=first, last=last)
        for first, last in zip(firsts, lasts, strict=True)
    ]
    wording = _ONE_PAGE if len(pages) == 1 else _PAGES
    return wording.for_language(language).format(pages=", ".join(spans), total=total)


def _required_field(definition: FieldDefinition, answers: Mapping[str, FieldAnswer], language: str) -> list[str]:
    answer = answers.get(definition.name)
    status = "missing" if answer is None else answer.status
    wordings = {"missing": _MISSING, "doubtful": _DOUBTFUL, "unsupported": _UNSUPPORTED, "unparsed": _UNPARSED}
    if status not in wordings:
        return []
    return [wordings[status].for_language(language).format(label=definition.label.for_language(language))]
