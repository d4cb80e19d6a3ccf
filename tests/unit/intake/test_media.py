"""What kind of document bytes are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.events import ErrorCode, Step
from services.intake.failure import IntakeError
from services.intake.media import MAIL, PDF, SUPPORTED, TEXT, XML, media_type_of

A_PDF = b"%PDF-1.7\n..."
A_MAIL = b"From: a@example.org\r\nSubject: Hallo\r\n\r\nText"


@pytest.mark.parametrize(
    ("content", "declared", "file_name", "expected"),
    [
        (A_PDF, "application/pdf", None, PDF),
        (A_PDF, "application/x-pdf", None, PDF),
        (A_PDF, "Application/PDF; version=1.7", None, PDF),
        (A_PDF, "application/octet-stream", "x.bin", PDF),
        (A_PDF, None, None, PDF),
        (A_PDF, "text/plain", "x.txt", PDF),
        (A_PDF, "image/png", None, PDF),
        (b"\xef\xbb\xbf\r\n" + A_PDF, None, None, PDF),
        (b"junk before\n" + A_PDF, "application/pdf", None, PDF),
        (b"junk before\n" + A_PDF, None, None, PDF),
        (b"Hallo", "text/plain; charset=utf-8", None, TEXT),
        (b"# Hallo", "text/markdown", None, TEXT),
        (b"a;b\n1;2", "text/csv", None, TEXT),
        (b"Hallo", None, None, TEXT),
        (b"Hallo", "", "brief.txt", TEXT),
        ("Grüße".encode("windows-1252"), None, None, TEXT),
        ("Grüße".encode("utf-16"), None, "brief.txt", TEXT),
        (b"Betrag: 12,00 EUR\nDatum: heute", None, None, TEXT),
        (b"<?xml version='1.0'?>", None, None, XML),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "text/xml; charset=utf-8", None, XML),
        ("<?xml version='1.0'?>".encode("utf-16"), None, None, XML),
        (b"<ubl:Invoice xmlns:ubl='urn:x'>", None, None, XML),
        (b"<CrossIndustryInvoice xmlns='urn:x'>", "application/xml", None, XML),
        (A_MAIL, "message/rfc822", None, MAIL),
        (A_MAIL, None, "brief.eml", MAIL),
        (A_MAIL, "application/octet-stream", None, MAIL),
    ],
)
def test_the_bytes_the_declaration_and_the_name_decide_in_this_order(
    content: bytes, declared: str | None, file_name: str | None, expected: str
) -> None:
    assert media_type_of(content, declared, file_name) == expected


@pytest.mark.parametrize(
    ("content", "declared", "file_name", "named"),
    [
        (b"<html>", "text/html", None, "text/html"),
        (b"\x89PNG\r\n", "image/png", None, "image/png"),
        (b"no element", "application/xml", None, "application/xml"),
        (b"no element", None, "rechnung.xml", "*.xml"),
        (b"\x89PNG\r\n\x1a\n", None, None, "a PNG picture"),
        (b"\xff\xd8\xff\xe0", "application/pdf", None, "a JPEG picture"),
        (b"PK\x03\x04", None, "brief.docx", "a ZIP archive or an Office document"),
        (b"PK\x03\x04", "text/plain", None, "a ZIP archive or an Office document"),
        (b"<!DOCTYPE html><p>x", None, None, "HTML"),
        (b"Hallo", "application/pdf", None, "application/pdf"),
        (b"Hallo", None, "brief.pdf", "*.pdf"),
        (b"a\x00b", "text/plain", None, "binary data"),
        (b"\x00\x01\x02", None, None, "binary data"),
        (b"no header at all", "message/rfc822", None, "message/rfc822"),
        (b"x", "text/\u202e\nplain", None, "supported"),
    ],
)
def test_anything_else_is_refused_by_name_with_what_is_supported(
    content: bytes, declared: str | None, file_name: str | None, named: str
) -> None:
    with pytest.raises(IntakeError) as caught:
        media_type_of(content, declared, file_name)
    assert caught.value.code is ErrorCode.MEDIA_TYPE_UNKNOWN
    assert caught.value.step is Step.ACCEPT
    assert named in caught.value.message
    assert "PDF" in caught.value.message
    assert caught.value.message.isprintable()


@given(st.binary(max_size=300), st.none() | st.text(max_size=40), st.none() | st.text(max_size=40))
def test_any_document_is_of_a_supported_kind_or_refused(content: bytes, declared: str | None, name: str | None) -> None:
    try:
        assert media_type_of(content, declared, name) in SUPPORTED
    except IntakeError as error:
        assert error.code is ErrorCode.MEDIA_TYPE_UNKNOWN  # noqa: PT017  (both ends are right)
