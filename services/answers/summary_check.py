"""Whether a summary is one of this document: its figures stand there, and it is in the language that is wanted."""

from dataclasses import dataclass
from typing import Final

from babel import Locale, UnknownLocaleError

from schemas.events import Finding, FindingKind
from schemas.wording import Wording
from services.answers.figures import DocumentFigures
from services.answers.language import is_written_in
from services.answers.summary import sentences

MAX_NAMED: Final = 5
"""Figures that are named to the model, or to a person."""

_CUT: Final = Wording(
    de="Zusammenfassung: Sätze wurden gestrichen, weil {figures} nicht im Dokument steht.",
    en="Summary: sentences were cut, because {figures} does not stand in the document.",
)
_OTHER_LANGUAGE: Final = Wording(
    de="Zusammenfassung: sie ist nicht in der gewünschten Sprache ({language}).",
    en="Summary: it is not in the language that is wanted ({language}).",
)


@dataclass(frozen=True, slots=True)
class Summary:
    """A tidy summary, and what is wrong with it.

    Parameters
    ----------
    language
        ISO 639-1, wanted.
    lacking
        Its figures that the document does not have.
    is_in_language
        False only where it is clearly in another one.
    """

    text: str
    language: str
    lacking: tuple[str, ...]
    is_in_language: bool

    @property
    def faults(self) -> int:
        """How much is wrong with it; 0: nothing."""
        return len(self.lacking) + (not self.is_in_language)


def check_summary(text: str, language: str, document: DocumentFigures) -> Summary:
    """Check a tidy summary against the document.

    Parameters
    ----------
    language
        ISO 639-1, wanted; of one that cannot be recognised, nothing is said.
    """
    lacking = tuple(figure.text for figure in document.lacks(text, language))
    return Summary(text, language, lacking, is_written_in(text, language))


def supported_part(summary: Summary, document: DocumentFigures) -> str:
    """Give the summary without the sentences whose figures the document does not have; may be empty."""
    text = summary.text
    lacking = document.lacks(text, summary.language)
    kept = [
        text[start:end]
        for start, end in sentences(text)
        if not any(figure.start < end and start < figure.end for figure in lacking)
    ]
    return " ".join(kept)


def summary_findings(summary: Summary, language: str) -> list[Finding]:
    """Say what was wrong with a summary to the end.

    Parameters
    ----------
    language
        ISO 639-1, of the document: the sentences are in German or in English.
    """
    german = language.startswith("de")
    found = []
    if summary.lacking:
        figures = ", ".join(f"„{text}“" if german else f"\u201c{text}\u201d" for text in summary.lacking[:MAX_NAMED])
        found.append(_finding(_CUT, german=german, figures=figures))
    if not summary.is_in_language:
        found.append(_finding(_OTHER_LANGUAGE, german=german, language=_name(summary.language, german=german)))
    return found


def _finding(wording: Wording, *, german: bool, **said: str) -> Finding:
    message = (wording.de if german else wording.en).format(**said)
    return Finding(kind=FindingKind.SUMMARY, fields=[], message=message)


def _name(language: str, *, german: bool) -> str:
    try:
        return Locale.parse(language).get_display_name("de" if german else "en") or language
    except (ValueError, UnknownLocaleError):
        return language
