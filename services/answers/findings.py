"""What a person, or a second question, should know about an answer: the findings, in words."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from schemas.document_types import DocumentType, FieldDefinition, Kind, Rule
from schemas.events import FieldAnswer, Finding, FindingKind
from schemas.wording import Wording
from services.answers.forms import has_form
from services.answers.rules import broken_rules, rules_about_fields, rules_about_tables, values_of
from services.answers.sentences import is_told
from services.answers.stated import is_doubtful
from services.answers.values_by_form import Candidate

GERMAN: Final = "de"
QUOTED_CHARACTERS: Final = 60
"""Of a document's own words in a finding."""


Written = tuple[str, ...]
"""A value that code put in, as the document writes it; the parts of a sum that the document does not print."""


def findings_of(
    kind: DocumentType, fields: Sequence[FieldAnswer], repaired: Mapping[str, Written], language: str
) -> list[Finding]:
    """Give the findings about an answer: what is missing, what is wrong, what contradicts, what was repaired or summed.

    Parameters
    ----------
    repaired
        What code put in, by field.
    language
        ISO 639-1, of the document; sentences are in German or in English.
    """
    german = language.startswith(GERMAN)
    answers = {field.path: field for field in fields}
    found = [finding for field in kind.fields for finding in _about(field, answers.get(field.name), german=german)]
    found += [_broken(rule, german=german) for rule in broken_rules(rules_about_fields(kind), values_of(fields))]
    found += [_repaired(_defined(kind, name), written, german=german) for name, written in repaired.items()]
    return found


def table_findings(kind: DocumentType, fields: Sequence[FieldAnswer], language: str) -> list[Finding]:
    """Give the findings of rules about tables, once the rows are read.

    Parameters
    ----------
    fields
        All answers, the cells of tables among them.
    language
        ISO 639-1, of the document.
    """
    german = language.startswith(GERMAN)
    return [_broken(rule, german=german) for rule in broken_rules(rules_about_tables(kind), values_of(fields))]


def doubtful(
    kind: DocumentType, fields: Sequence[FieldAnswer], below: float, proposed: Collection[str], language: str
) -> list[Finding]:
    """Give the findings about values that stand in the document and may yet be another field's, or cut off.

    Parameters
    ----------
    fields
        With their confidence.
    below
        A value of less confidence is for a person to look at, 0 to 1.
    proposed
        Fields whose values are too unsure to be stated, see `services.answers.stated`.
    language
        ISO 639-1, of the document.
    """
    german = language.startswith(GERMAN)
    definitions = {field.name: field for field in kind.fields}
    found = []
    for field in fields:
        if field.path in definitions and (field.path in proposed or is_doubtful(field, below)):
            wording = _PROPOSED if field.path in proposed else _DOUBTFUL
            definition = definitions[field.path]
            found.append(_finding(FindingKind.CONFIDENCE, definition, wording, field.verbatim, german=german))
    return found


def exceeded_totals(
    kind: DocumentType, fields: Sequence[FieldAnswer], names: Collection[str], language: str
) -> list[Finding]:
    """Give the findings about totals that are less than the rows come to, where nothing confirms either.

    Parameters
    ----------
    names
        Of the fields with such totals.
    language
        ISO 639-1, of the document; sentences are in German or in English.
    """
    named = [field for field in fields if field.path in names and field.status == "ok"]
    return _about_each(FindingKind.RULE, _EXCEEDED, kind, named, language)


def open_signs(
    kind: DocumentType, fields: Sequence[FieldAnswer], names: Collection[str], language: str
) -> list[Finding]:
    """Give the findings about amounts, of the fields that are named, whose sign the document leaves open."""
    named = [field for field in fields if field.path in names]
    return _about_each(FindingKind.VALUE, _OPEN_SIGN, kind, named, language)


def untold(kind: DocumentType, fields: Sequence[FieldAnswer], pages: Sequence[str], language: str) -> list[Finding]:
    """Give the findings about periods of which no words around them speak: contracts are full of others."""
    told = {item.name: item for item in kind.fields if item.kind is Kind.PERIOD and item.told_by}
    named = [
        field
        for field in fields
        if field.path in told and field.page is not None and field.char_start is not None
        if not is_told(told[field.path], pages[field.page - 1], field.char_start, field.char_end or 0)
    ]
    return _about_each(FindingKind.VALUE, _UNTOLD, kind, named, language)


def reduced(
    kind: DocumentType, fields: Sequence[FieldAnswer], paid: Mapping[str, Candidate], language: str
) -> list[Finding]:
    """Give the findings about amounts of which a part was paid, and that may be what they were before.

    Parameters
    ----------
    paid
        What was paid, by field.
    """
    german = language.startswith(GERMAN)
    said = {field.path: field.verbatim for field in fields if field.path in paid}
    return [
        _finding(FindingKind.VALUE, _defined(kind, path), _REDUCED, said[path], paid[path].verbatim, german=german)
        for path in said
    ]


def exceeded_by_charges(
    kind: DocumentType, fields: Sequence[FieldAnswer], total: Candidate | None, language: str
) -> list[Finding]:
    """Give the finding about a gross total below which another one stands that is higher by what comes on top.

    Parameters
    ----------
    total
        That one, if there is one.
    """
    gross = next((field for field in fields if kind.tax_totals and field.path == kind.tax_totals.gross), None)
    if total is None or gross is None:
        return []
    german = language.startswith(GERMAN)
    said = (gross.verbatim, total.verbatim)
    return [_finding(FindingKind.VALUE, _defined(kind, gross.path), _CHARGED, *said, german=german)]


def withheld_for(
    kind: DocumentType, fields: Sequence[FieldAnswer], reasons: Mapping[str, Wording], language: str
) -> list[Finding]:
    """Give the findings about values that are only proposed.

    Parameters
    ----------
    reasons
        Why, by field.
    """
    held = (field for field in fields if field.path in reasons)
    return [
        found
        for field in held
        for found in _about_each(FindingKind.VALUE, reasons[field.path], kind, [field], language)
    ]


def unknown_type(nearest: DocumentType, confidence: float, language: str) -> Finding:
    """Say that a document became `other`, though another type was nearest.

    Parameters
    ----------
    confidence
        Of the nearest type, 0 to 1.
    """
    german = language.startswith(GERMAN)
    said = {"title": _said(nearest.title, german=german), "percent": f"{100 * confidence:.0f}"}
    return Finding(kind=FindingKind.DOCUMENT_TYPE, fields=[], message=_said(_UNKNOWN, german=german).format(**said))


def doubtful_type(kind: DocumentType, confidence: float, language: str) -> Finding:
    """Say that a document's type is not sure.

    Parameters
    ----------
    confidence
        Of the type, 0 to 1.
    """
    german = language.startswith(GERMAN)
    said = {"title": _said(kind.title, german=german), "percent": f"{100 * confidence:.0f}"}
    return Finding(kind=FindingKind.CONFIDENCE, fields=[], message=_said(_DOUBTFUL_TYPE, german=german).format(**said))


def titled_otherwise(kind: DocumentType, titled: DocumentType, language: str) -> Finding:
    """Say that a document's title names another type than it is taken for.

    Parameters
    ----------
    titled
        The type that its title names.
    """
    german = language.startswith(GERMAN)
    said = {"title": _said(kind.title, german=german), "titled": _said(titled.title, german=german)}
    return Finding(kind=FindingKind.DOCUMENT_TYPE, fields=[], message=_said(_TITLED, german=german).format(**said))


def _about_each(
    finding: FindingKind, wording: Wording, kind: DocumentType, fields: Sequence[FieldAnswer], language: str
) -> list[Finding]:
    german = language.startswith(GERMAN)
    return [_finding(finding, _defined(kind, field.path), wording, field.verbatim, german=german) for field in fields]


def _about(field: FieldDefinition, answer: FieldAnswer | None, *, german: bool) -> list[Finding]:
    if answer is None:
        return [_finding(FindingKind.REQUIRED, field, _MISSING, "", german=german)] if field.required else []
    match answer.status:
        case "unsupported":
            return [_finding(FindingKind.VALUE, field, _UNSUPPORTED, answer.verbatim, german=german)]
        case "unparsed" if has_form(field.kind, answer.verbatim):
            return [_finding(FindingKind.CHECKSUM, field, _CHECKSUM, answer.verbatim, german=german)]
        case "unparsed":
            return [_finding(FindingKind.VALUE, field, _UNPARSED, answer.verbatim, german=german)]
        case "ok" | "doubtful":
            return []


def _broken(rule: Rule, *, german: bool) -> Finding:
    return Finding(kind=FindingKind.RULE, fields=list(rule.fields), message=_said(rule.message, german=german))


def _repaired(field: FieldDefinition, written: Written, *, german: bool) -> Finding:
    if len(written) == 1:
        return _finding(FindingKind.REPAIRED, field, _REPLACED, written[0], german=german)
    parts = f"{', '.join(written[:-1])} {_said(_AND, german=german)} {written[-1]}"
    return _finding(FindingKind.SUMMED, field, _SUMMED, parts, german=german)


_UNKNOWN: Final = Wording(
    de="Das Dokument gehört zu keiner Art sicher genug; am nächsten ist „{title}“ mit {percent} %.",
    en="The document is of no type surely enough; the nearest is “{title}” with {percent} %.",
)
_DOUBTFUL_TYPE: Final = Wording(
    de="Die Art des Dokuments ist nicht sicher: „{title}“ mit {percent} %.",
    en="The type of the document is not sure: “{title}” with {percent} %.",
)
_TITLED: Final = Wording(
    de="Das Dokument nennt sich „{titled}“ und wurde als „{title}“ gelesen.",
    en="The document calls itself “{titled}” and was read as “{title}”.",
)
_MISSING: Final = Wording(de="{label}: nicht gefunden.", en="{label}: not found.")
_UNSUPPORTED: Final = Wording(
    de="{label}: „{said}“ steht nicht im Dokument.",
    en="{label}: \u201c{said}\u201d does not stand in the document.",
)
_CHECKSUM: Final = Wording(
    de="{label}: die Prüfziffern von „{said}“ sind falsch.",
    en="{label}: the check digits of \u201c{said}\u201d are wrong.",
)
_UNPARSED: Final = Wording(
    de="{label}: „{said}“ ist so nicht lesbar.",
    en="{label}: \u201c{said}\u201d cannot be read as such a value.",
)
_DOUBTFUL: Final = Wording(
    de="{label}: „{said}“ ist nicht sicher.",
    en="{label}: \u201c{said}\u201d is not sure.",
)
_PROPOSED: Final = Wording(
    de="{label}: „{said}“ ist zu unsicher und wird nur vorgeschlagen.",
    en="{label}: \u201c{said}\u201d is too unsure to be stated, and is only proposed.",
)
_EXCEEDED: Final = Wording(
    de="{label}: „{said}“ ist weniger, als die Zeilen ergeben.",
    en="{label}: \u201c{said}\u201d is less than the rows add up to.",
)
_OPEN_SIGN: Final = Wording(
    de="{label}: ob „{said}“ ein Abzug ist, lässt das Dokument offen.",
    en="{label}: whether \u201c{said}\u201d is negative, the document leaves open.",
)
_REDUCED: Final = Wording(
    de="{label}: „{said}“ ist vielleicht nicht, was nach der Zahlung von „{other}“ offen ist.",
    en="{label}: \u201c{said}\u201d may not be what is left after the payment of \u201c{other}\u201d.",
)
_CHARGED: Final = Wording(
    de="{label}: unter „{said}“ steht „{other}“, mit dem, was noch dazukommt.",
    en="{label}: below \u201c{said}\u201d stands \u201c{other}\u201d, with what comes on top.",
)
_UNTOLD: Final = Wording(
    de="{label}: die Worte um „{said}“ sprechen nicht davon.",
    en="{label}: the words around \u201c{said}\u201d do not speak of it.",
)
_REPLACED: Final = Wording(
    de="{label}: „{said}“ steht im Dokument und wurde von der Prüfung eingesetzt.",
    en="{label}: \u201c{said}\u201d stands in the document and was put in by the checks.",
)
_SUMMED: Final = Wording(
    de="{label}: Summe von {said}; das Dokument druckt sie nicht.",
    en="{label}: the sum of {said}, which the document does not print.",
)
_AND: Final = Wording(de="und", en="and")


def _finding(
    kind: FindingKind, field: FieldDefinition, wording: Wording, said: str, other: str = "", *, german: bool
) -> Finding:
    shortened = said if len(said) <= QUOTED_CHARACTERS else f"{said[: QUOTED_CHARACTERS - 1]}…"
    label = _said(field.label, german=german)
    message = _said(wording, german=german).format(label=label, said=shortened, other=other)
    return Finding(kind=kind, fields=[field.name], message=" ".join(message.split()))


def _said(wording: Wording, *, german: bool) -> str:
    return wording.de if german else wording.en


def _defined(kind: DocumentType, name: str) -> FieldDefinition:
    return next(field for field in kind.fields if field.name == name)
