"""What kind of document bytes are: what they show wins over what was declared."""

import re
from pathlib import PurePath
from typing import Final, NoReturn

from schemas.events import ErrorCode, Step
from services.intake.failure import IntakeError

PDF: Final = "application/pdf"
TEXT: Final = "text/plain"
MAIL: Final = "message/rfc822"
XML: Final = "application/xml"
"""An e-invoice; whether it is one, its reader says."""

SUPPORTED: Final = frozenset({PDF, TEXT, MAIL, XML})

_NAMES: Final = {
    PDF: PDF,
    "application/x-pdf": PDF,
    TEXT: TEXT,
    "text/markdown": TEXT,
    "text/csv": TEXT,
    MAIL: MAIL,
    XML: XML,
    "text/xml": XML,
}
_SAYS_NOTHING: Final = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/x-download"})
_SUFFIXES: Final = {".pdf": PDF, ".txt": TEXT, ".text": TEXT, ".md": TEXT, ".csv": TEXT, ".eml": MAIL, ".xml": XML}

# First bytes of what people hand in by mistake, so that the refusal can say what it is.
_SIGNATURES: Final = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\xd0\xcf\x11\xe0", "an older Office document or Outlook message"),
    (b"{\\rtf", "an RTF document"),
    (b"\x1f\x8b", "gzip data"),
)
_HTML: Final = re.compile(rb"\s*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_XML: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml\b|(?:[A-Za-z_][\w.-]{0,40}:)?(?:Invoice|CreditNote|CrossIndustry(?:Invoice|Document))\s)"
    rb"|\xff\xfe<\x00\?\x00x\x00|\xfe\xff\x00<\x00\?\x00x"
)
_HEADER: Final = re.compile(rb"(?:From |[!-9;-~]{1,80}:)")
_MAIL_HEADER: Final = re.compile(
    rb"^(from|to|subject|date|received|return-path|message-id|mime-version|delivered-to):", re.IGNORECASE | re.MULTILINE
)
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BYTE_ORDER_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

_HEAD: Final = 4_096
_TELLING_HEADERS: Final = 2
_HINT: Final = "supported are PDF, plain text (also Markdown and CSV), e-mail (message/rfc822), and e-invoices as XML"


def media_type_of(content: bytes, declared: str | None, file_name: str | None) -> str:
    """Decide between `application/pdf`, `text/plain`, `message/rfc822`, and `application/xml`.

    Parameters
    ----------
    content
        The document's bytes.
    declared
        What the publisher says, parameters allowed; `application/octet-stream` says nothing.
    file_name
        Its suffix is asked where nothing was declared.

    Raises
    ------
    IntakeError
        `media_type_unknown`, if it is none of the four or the bytes contradict what was declared.
    """
    if _starts_as_pdf(content):
        return PDF
    name = (declared or "").partition(";")[0].strip().lower()
    if name not in _SAYS_NOTHING:
        if name not in _NAMES:
            _refuse(f"media type {_shown(name)} is not supported")
        return _checked(_NAMES[name], content, f"declared as {_shown(name)}")
    suffix = PurePath(file_name or "").suffix.lower()
    if suffix in _SUFFIXES:
        return _checked(_SUFFIXES[suffix], content, f"named *{suffix}")
    return _guessed(content)


def _checked(media_type: str, content: bytes, claim: str) -> str:
    """Hold a claim against the bytes."""
    agrees = {
        PDF: lambda: b"%PDF-" in content[:1024],
        MAIL: lambda: _HEADER.match(content.lstrip()) is not None,
        XML: lambda: _XML.match(content) is not None,
        TEXT: lambda: _signature(content) is None and not _binary(content),
    }
    if not agrees[media_type]():
        _refuse(f"the document is {claim}, but its bytes are {_described(content)}")
    return media_type


def _guessed(content: bytes) -> str:
    """Decide by the bytes alone."""
    head = content[:_HEAD]
    if b"%PDF-" in head[:1024]:
        return PDF
    if _XML.match(head):
        return XML
    if _signature(content) or _binary(content) or _HTML.match(head):
        _refuse(f"no media type is declared and the bytes are {_described(content)}")
    named = {match.group(1).lower() for match in _MAIL_HEADER.finditer(head.split(b"\n\n")[0].split(b"\r\n\r\n")[0])}
    return MAIL if _HEADER.match(head) and len(named) >= _TELLING_HEADERS else TEXT


def _starts_as_pdf(content: bytes) -> bool:
    return content[:64].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"%PDF-")


def _binary(content: bytes) -> bool:
    """Tell whether there are control characters that no text has; UTF-16 says so by its mark."""
    return not content.startswith(_BYTE_ORDER_MARKS) and _CONTROL.search(content[:_HEAD]) is not None


def _signature(content: bytes) -> str | None:
    return next((name for start, name in _SIGNATURES if content.startswith(start)), None)


def _described(content: bytes) -> str:
    if known := _signature(content):
        return known
    if _HTML.match(content[:_HEAD]):
        return "HTML"
    if _XML.match(content[:_HEAD]):
        return "XML"
    return "binary data" if _binary(content) else "not of that kind"


def _shown(name: str) -> str:
    """Give a publisher's own word in print, short and harmless."""
    return ascii(name[:80])


def _refuse(reason: str) -> NoReturn:
    raise IntakeError(Step.ACCEPT, ErrorCode.MEDIA_TYPE_UNKNOWN, f"{reason}; {_HINT}")
