"""A document's pages, and how many of them are read."""

from dataclasses import dataclass, replace
from typing import Final

from schemas.events import ErrorCode, Step
from schemas.text import clean_text
from schemas.wording import Wording
from services.answers.einvoice import EInvoice
from services.intake.failure import IntakeError
from services.intake.stored_text import stored_form

PAGE_CHARACTERS: Final = 3_000
"""Length at which running text is cut into pages: about a printed page, so that the page of an evidence says where."""
NOTE_CHARACTERS: Final = 400
"""Of a note, at most."""


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """What step 3 reads out of a document.

    Parameters
    ----------
    pages
        Text a page, page numbers kept: a page that says nothing is an empty string.
    notes
        What was not read, one sentence for people each; in the document's language, which is known only when all its
        pages are, they become reasons of an incomplete result.
    einvoice
        The values of the XML that the document is, or that is attached to it; None if there is none.
    layouts
        Where the text of each page stands (`services.answers.tables.runs`), for the first pages at least; empty for a
        page without places, such as plain text.
    """

    pages: tuple[str, ...]
    notes: tuple[Wording, ...] = ()
    einvoice: EInvoice | None = None
    layouts: tuple[tuple[int, ...], ...] = ()

    def followed_by(self, other: "ParsedDocument") -> "ParsedDocument":
        """Add the pages and notes of an attachment."""
        missing = ((),) * (len(self.pages) - len(self.layouts))
        layouts = (*self.layouts, *missing, *other.layouts)
        return replace(self, pages=self.pages + other.pages, notes=self.notes + other.notes, layouts=layouts)

    @property
    def characters(self) -> int:
        """Length of the text of all pages."""
        return sum(map(len, self.pages))

    @property
    def blank(self) -> bool:
        """No page has anything but white space and what has no width: a mark of the byte order is no text."""
        return not any(stored_form(page).strip() for page in self.pages)


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """The longest document that is read.

    Parameters
    ----------
    max_pages
        Pages of a document, its attachments included.
    max_characters
        Characters of all pages together.
    """

    max_pages: int
    max_characters: int

    def check(self, pages: int, characters: int) -> None:
        """Refuse what is longer.

        Raises
        ------
        IntakeError
            `document_too_long`.
        """
        if pages > self.max_pages:
            message = f"the document has {pages} pages; at most {self.max_pages} are read: hand it in in parts"
            raise too_long(message)
        if characters > self.max_characters:
            message = f"the document has more than {self.max_characters} characters of text: hand it in in parts"
            raise too_long(message)


def noted(de: str, en: str) -> Wording:
    """Make a note of a sentence in both languages, cut where it is too long: names of files are of any length."""
    return Wording(de=clean_text(de)[:NOTE_CHARACTERS], en=clean_text(en)[:NOTE_CHARACTERS])


def too_long(message: str) -> IntakeError:
    """Make the error of a document beyond a limit."""
    return IntakeError(Step.PARSE, ErrorCode.DOCUMENT_TOO_LONG, message)


def broken(message: str) -> IntakeError:
    """Make the error of a document that is damaged."""
    return IntakeError(Step.PARSE, ErrorCode.DOCUMENT_BROKEN, message)


def without_text(message: str) -> IntakeError:
    """Make the error of a document that can be opened but says nothing."""
    return IntakeError(Step.PARSE, ErrorCode.DOCUMENT_WITHOUT_TEXT, message)
