"""Step 7, check: the engine's text to validated members, and each to a typed value with its evidence."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from schemas.document_types import DocumentType, FieldDefinition, Kind
from schemas.events import FieldAnswer
from schemas.text import clean_json
from services.answers.confidence import UNWEIGHED
from services.answers.evidence import Place, SearchablePages
from services.answers.normal_form import plain
from services.answers.values import Value, parse_value, spellings

_PLACEHOLDERS: Final = frozenset(
    {
        "n/a", "n.a.", "n. a.", "na", "null", "none", "nil", "unknown", "not given", "not stated", "not specified",
        "not provided", "not available", "not applicable", "not found", "not mentioned",
        "k.a.", "k. a.", "keine angabe", "keine angaben", "nicht angegeben", "nicht vorhanden", "nicht genannt",
        "nicht gefunden", "unbekannt", "leer", "non indiqué", "non précisé", "non spécifié", "inconnu",
    }
)  # fmt: skip
_NOISE: Final = ",:; \t\r\n"
_DASHES_ALONE: Final = re.compile(r"[-\u2010-\u2015\u2212_.,:;?*/\\'\" ]*")


class AnswerInvalidError(ValueError):
    """The engine's text is not an answer; the message says why, without repeating what may be the document's."""


def read_answer(text: str, schema: Mapping[str, Any]) -> dict[str, str]:
    """Parse the engine's text and validate it against the schema it was generated under.

    Raises
    ------
    AnswerInvalidError
        If it is not JSON, breaks the schema, or has a member that is no string.
    """
    try:
        answer = clean_json(json.loads(text, strict=False))  # the grammar lets a raw tab through
    except (ValueError, RecursionError) as error:
        place = f" at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        message = f"the answer is not JSON: it breaks off or is malformed{place} of {len(text)}"
        raise AnswerInvalidError(message) from None
    if fault := best_match(Draft202012Validator(schema).iter_errors(answer)):
        place = ".".join(map(str, fault.absolute_path)) or "the answer"
        message = f"{place} breaks `{fault.validator}` of its schema"
        raise AnswerInvalidError(message)
    if not isinstance(answer, dict) or not all(isinstance(item, str) for item in answer.values()):
        message = "the answer is not an object of strings, which its schema should demand"
        raise AnswerInvalidError(message)
    return answer


def check_answer(
    document_type: DocumentType,
    answer: Mapping[str, str],
    pages: Sequence[str],
    language: str,
) -> list[FieldAnswer]:
    """Turn each member that the model filled into a typed value with its place; its confidence is for `weigh`.

    Parameters
    ----------
    answer
        Verbatim copies by field name; `""` and placeholders such as `n/a` are not filled. Members that are no
        fields, such as the summary, are left alone.
    pages
        The text of each page.
    language
        ISO 639-1, of the document.

    Returns
    -------
    list
        In the order of the definition. `unsupported`: the value does not stand in the document, whether or not
        code could read it; `unparsed`: it stands there, and code could not read it.
    """
    searchable = SearchablePages(pages)
    return [
        _field_answer(field, verbatim, searchable, language)
        for field in document_type.fields
        if (verbatim := _filled(field, answer.get(field.name, "")))
    ]


def _field_answer(field: FieldDefinition, verbatim: str, pages: SearchablePages, language: str) -> FieldAnswer:
    value = parse_value(field.kind, verbatim, language, field.choices)
    labels = (field.label.de, field.label.en)
    place = pages.find(verbatim, labels) or _written_otherwise(field.kind, value, pages, labels)
    needs_evidence = field.kind is not Kind.CHOICE
    return FieldAnswer(
        path=field.name,
        kind=field.kind.value,
        value=value.text if value else None,
        value_numeric=value.numeric if value else None,
        verbatim=verbatim,
        status=_status(value, place, needs_evidence=needs_evidence),
        confidence=UNWEIGHED,
        page=place.page if place else None,
        char_start=place.char_start if place else None,
        char_end=place.char_end if place else None,
    )


def _written_otherwise(kind: Kind, value: Value | None, pages: SearchablePages, labels: Sequence[str]) -> Place | None:
    """Find a value that the document writes in another way than the model copied it: `EUR` where it has `€`."""
    ways = spellings(kind, value) if value else ()
    return next((place for way in ways if (place := pages.find(way, labels))), None)


def _status(
    value: Value | None, place: Place | None, *, needs_evidence: bool
) -> Literal["ok", "unparsed", "unsupported"]:
    if place is None and needs_evidence:
        return "unsupported"
    return "unparsed" if value is None else "ok"


def _filled(field: FieldDefinition, copied: str) -> str:
    """Give the value without the model's noise; empty if the model said that there is none."""
    verbatim = _without_noise(copied)
    if verbatim in field.choices:
        return verbatim
    said = plain(verbatim).casefold()
    return "" if said in _PLACEHOLDERS or _DASHES_ALONE.fullmatch(said) else verbatim


def _without_noise(copied: str) -> str:
    """Take off what a model under a grammar writes around a value: commas, colons, halves of quotes."""
    verbatim = copied.strip(_NOISE)
    within = verbatim.strip('"')
    # Quotes inside belong to the value, and so does one at its end alone (27").
    return within.strip(_NOISE) if verbatim.startswith('"') and '"' not in within else verbatim
