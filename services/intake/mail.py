"""An e-mail (RFC 5322) to pages: its head and body first, then what is attached."""

import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import MIMEPart
from typing import Final, Self

from schemas.events import ErrorCode
from schemas.wording import Wording
from services.intake.document import ParsedDocument, ReadingLimits, noted, without_text
from services.intake.einvoice_page import read_einvoice_xml
from services.intake.failure import IntakeError
from services.intake.html_text import HtmlText, html_text
from services.intake.media import MAIL, PDF, TEXT, XML, media_type_of
from services.intake.pdf import read_pdf
from services.intake.plain import decode, read_plain, split_pages

_READERS: Final = {PDF: read_pdf, TEXT: read_plain, XML: read_einvoice_xml}
"""For attachments. An e-invoice among them is read as its pages show it: the mail says more than it."""

_SHOWN_HEADERS: Final = ("From", "To", "Cc", "Date", "Subject")

_MAX_ATTACHMENTS: Final = 50
"""Attachments of one mail that are looked at; more are named together in one note."""

_MAX_DEPTH: Final = 3
"""How deep a mail inside a mail is read; what lies deeper is named in a note."""

_HIDDEN: Final = Wording(
    de="die Mail hat Text, den Leser nicht sehen; er wurde weggelassen",
    en="the mail has text that readers do not see; it was left out",
)
_DIFFERS: Final = Wording(
    de="die Mail sagt als HTML etwas anderes als im reinen Text; beides wurde gelesen",
    en="the mail's HTML says something else than its plain text; both were read",
)
_FIGURE: Final = re.compile(r"[0-9](?:[0-9.,]*[0-9]){2}")
"""Of three digits: programs that make one form of the other number lists, too."""
_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_ADDRESS: Final = re.compile(
    r"<[a-z][\w+.-]*:[^\s>]*>|\b(?:[a-z][\w+.-]*://|mailto:|cid:|www\.)[^\s<>\])]*", re.IGNORECASE
)
"""Where a link leads, which a plain text says and HTML does not."""
_OTHER_WORDS: Final = 0.1
"""Part of one form's words that the other may lack; both may lack a third of the other's, where they are few."""
_FEW_WORDS: Final = 6
"""That the other may lack in any case: `Sent from my phone`, `Show in the browser`."""
_STUB: Final = 1 / 3
"""Part of the HTML's words up to which a plain text without figures only says that there is HTML."""
_WHY: Final = {
    ErrorCode.MEDIA_TYPE_UNKNOWN: "solche Dateien werden nicht gelesen",
    ErrorCode.DOCUMENT_ENCRYPTED: "die Datei verlangt ein Passwort",
    ErrorCode.DOCUMENT_BROKEN: "die Datei ist beschädigt oder unvollständig",
    ErrorCode.DOCUMENT_WITHOUT_TEXT: "die Seiten haben keinen Text",
    ErrorCode.DOCUMENT_TOO_LONG: "die Datei ist zu lang",
}
"""In German, why an attachment cannot be read; English has the error's own words."""


def read_mail(content: bytes, limits: ReadingLimits, depth: int = 1) -> ParsedDocument:
    """Read headers and body, then attached PDFs, texts, e-invoices as XML, and mails as further pages.

    The body is the plain text where there is one, else the text of the HTML. HTML that says something else than the
    plain text beside it is read as well, which the notes say; so is HTML that stands for no plain text. Attachments
    that cannot be read are named in the notes.

    Raises
    ------
    IntakeError
        `document_without_text`, `document_too_long`.
    """
    message = message_from_bytes(content, policy=policy.default)
    body = _body(message)
    text, hidden = _text_of(body)
    document = ParsedDocument(split_pages("\n".join([*_headers(message), "", text])), (_HIDDEN,) * hidden)
    for attachment in _attachments(message, body, limits, depth):
        document = document.followed_by(attachment)
        limits.check(len(document.pages), document.characters)
    limits.check(len(document.pages), document.characters)
    if document.blank:
        sentence = "the mail has no headers, no text, and no attachment that can be read"
        raise without_text(sentence)
    return document


def _body(message: MIMEPart) -> MIMEPart | None:
    """Find the part that is the letter: of a mail that claims parts and has none, all of it."""
    if message.get_content_maintype() == "multipart" and not message.is_multipart():
        return message
    return message.get_body(("plain", "html"))


def _headers(message: MIMEPart) -> Iterator[str]:
    for name in _SHOWN_HEADERS:
        if value := _header(message, name):
            yield f"{name}: {value}"


def _header(message: MIMEPart, name: str) -> str:
    """Give a header decoded; as it stands if the standard library cannot read it."""
    try:
        value = message[name]
    except Exception:  # noqa: BLE001  (its header parser raises many kinds on malformed values)
        value = next((raw for key, raw in message.raw_items() if key.lower() == name.lower()), "")
    return " ".join(str(value or "").split())


def _text_of(part: MIMEPart | None) -> HtmlText:
    if part is None:
        return HtmlText("", hidden=False)
    text = _decoded(part)
    return html_text(text) if part.get_content_subtype() == "html" else HtmlText(text, hidden=False)


def _decoded(part: MIMEPart) -> str:
    payload = _bytes_of(part)
    try:
        return payload.decode(part.get_content_charset("utf-8"))
    except (LookupError, ValueError):
        return decode(payload)


def _bytes_of(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _attachments(
    message: MIMEPart, body: MIMEPart | None, limits: ReadingLimits, depth: int
) -> Iterator[ParsedDocument]:
    forms = _forms_of(message, body)
    parts = [part for part in _leaves(message) if part is not body and not any(part is form for form in forms)]
    plain = _Said(_decoded(body)) if body is not None and forms else None
    shown = [_Said(_text_of(form).text) for form in forms]
    if plain and any(one.differs_from(plain) for one in shown):
        parts = [*forms, *parts]
        yield ParsedDocument((), (_DIFFERS,) * (not all(plain.is_stub_of(one) for one in shown)))
    for part in parts[:_MAX_ATTACHMENTS]:
        try:
            yield _read_part(part, limits, depth)
        except IntakeError as error:
            yield _unread(_name(part), _WHY.get(error.code, error.message), error.message)
    if (more := len(parts) - _MAX_ATTACHMENTS) > 0:
        note = noted(
            f"{more} Anhänge nach den ersten {_MAX_ATTACHMENTS} wurden nicht gelesen",
            f"{more} attachments beyond the first {_MAX_ATTACHMENTS} not read",
        )
        yield ParsedDocument((), (note,))


class _Said:
    """What one form of a letter says: its figures in their order, and its words."""

    def __init__(self, text: str) -> None:
        own = _ADDRESS.sub(" ", text.replace("\xad", ""))
        self.figures = _FIGURE.findall(own)
        self.words = set(_WORD.findall(own.casefold()))

    def differs_from(self, other: Self) -> bool:
        """Tell whether readers of the two forms would not read the same letter."""
        if bool(self.words) != bool(other.words) or self.figures != other.figures:
            return True
        lacking = [(len(one.words - two.words), len(one.words)) for one, two in ((self, other), (other, self))]
        return any(count > max(_FEW_WORDS, _OTHER_WORDS * of) for count, of in lacking) or all(
            count > _STUB * of for count, of in lacking
        )

    def is_stub_of(self, other: Self) -> bool:
        """Tell whether it says nothing of its own."""
        return not self.figures and ("html" in self.words or len(self.words) <= _STUB * len(other.words))


def _leaves(part: MIMEPart) -> Iterator[MIMEPart]:
    """Give every part that is no container; a mail inside stays whole."""
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        for inner in part.iter_parts():
            yield from _leaves(inner)
    else:
        yield part


def _forms_of(message: MIMEPart, body: MIMEPart | None) -> list[MIMEPart]:
    """Give the HTML that a mail has for the same letter as its plain text: beside it, not attached by name."""
    if body is None or body.get_content_subtype() == "html":
        return []
    for part in message.walk():
        if part.get_content_type() == "multipart/alternative":
            leaves = list(_leaves(part))
            if any(leaf is body for leaf in leaves):
                html = (leaf for leaf in leaves if leaf.get_content_type() == "text/html")
                return [leaf for leaf in html if not (leaf.is_attachment() or leaf.get_filename())]
    return []


def _read_part(part: MIMEPart, limits: ReadingLimits, depth: int) -> ParsedDocument:
    if part.get_content_type() == MAIL:
        return _read_inner_mail(part, limits, depth)
    if part.get_content_type() == "text/html" and not part.get_filename():
        text, hidden = _text_of(part)
        return ParsedDocument(split_pages(text), (_HIDDEN,) * hidden)
    payload = _bytes_of(part)
    media_type = media_type_of(payload, part.get_content_type(), part.get_filename())
    if media_type == MAIL:
        return _deeper(payload, _name(part), limits, depth)
    document = _READERS[media_type](payload, limits)
    if document.blank:
        sentence = "its pages have no text; its e-invoice is read where it is handed in by itself"
        raise without_text(sentence)
    return _under_name(document, _name(part))


def _read_inner_mail(part: MIMEPart, limits: ReadingLimits, depth: int) -> ParsedDocument:
    inner = next(part.iter_parts(), None)
    # Asked for None, not for truth: a part without headers is false.
    content = inner.as_bytes() if inner is not None else _bytes_of(part)
    return _deeper(content, _name(part), limits, depth)


def _deeper(content: bytes, name: str, limits: ReadingLimits, depth: int) -> ParsedDocument:
    if depth >= _MAX_DEPTH:
        return _unread(
            name, f"Mails in Mails werden {_MAX_DEPTH} tief gelesen", f"mails inside mails are read {_MAX_DEPTH} deep"
        )
    return _under_name(read_mail(content, limits, depth + 1), name)


def _under_name(inner: ParsedDocument, name: str) -> ParsedDocument:
    notes = tuple(noted(f"Anhang {name}: {note.de}", f"attachment {name}: {note.en}") for note in inner.notes)
    return replace(inner, notes=notes, einvoice=None)


def _unread(name: str, de: str, en: str) -> ParsedDocument:
    note = noted(f"Anhang {name} wurde nicht gelesen: {de}", f"attachment {name} not read: {en}")
    return ParsedDocument((), (note,))


def _name(part: MIMEPart) -> str:
    return " ".join((part.get_filename() or f"without a name ({part.get_content_type()})").split())[:120]
