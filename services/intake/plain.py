"""Plain text to pages."""

import codecs
from collections.abc import Iterable, Iterator
from typing import Final

from services.intake.document import PAGE_CHARACTERS, ParsedDocument, ReadingLimits, without_text

_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_plain(content: bytes, limits: ReadingLimits) -> ParsedDocument:
    """Read a text: a form feed starts a page, and so does the line that would make one too long.

    Raises
    ------
    IntakeError
        `document_without_text` if there is nothing but white space, `document_too_long`.
    """
    text = decode(content)
    limits.check(0, len(text))
    pages = split_pages(text)
    limits.check(len(pages), 0)
    document = ParsedDocument(pages)
    if document.blank:
        message = "the text has nothing but white space; hand in the document itself"
        raise without_text(message)
    return document


def decode(content: bytes) -> str:
    """Read bytes as the byte order mark says, else as UTF-8, else as Windows-1252 (which never fails)."""
    for mark, name in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content.decode(name, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("windows-1252", "replace")


def split_pages(text: str) -> tuple[str, ...]:
    """Cut at form feeds, and each part at line ends into at most `PAGE_CHARACTERS` characters.

    Nothing but the form feeds is lost: the pages joined are the text. A last form feed ends the last page and starts
    none.
    """
    parts = text.removesuffix("\f").split("\f")
    return tuple(page for part in parts for page in _fill(part))


def _fill(part: str) -> Iterator[str]:
    """Put as many whole lines on a page as fit; an empty part is an empty page."""
    page: list[str] = []
    length = 0
    for piece in _pieces(part.splitlines(keepends=True)):
        if page and length + len(piece) > PAGE_CHARACTERS:
            yield "".join(page)
            page, length = [], 0
        page.append(piece)
        length += len(piece)
    yield "".join(page)


def _pieces(lines: Iterable[str]) -> Iterator[str]:
    """Cut lines longer than a page hard: text without line ends has no better place."""
    for line in lines:
        for start in range(0, len(line), PAGE_CHARACTERS):
            yield line[start : start + PAGE_CHARACTERS]
