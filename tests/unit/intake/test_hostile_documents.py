"""Fault 16: whatever the bytes, a parse ends in pages or in an `IntakeError`, within its limits."""

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pdfs import encrypted, letter, one_page, stream, written

from schemas.events import ErrorCode, Step
from schemas.wording import Wording
from services.intake.failure import IntakeError
from services.intake.media import MAIL, PDF, TEXT
from services.intake.parse import Parser

pytestmark = pytest.mark.asyncio(loop_scope="module")

GOOD = letter(["Rechnung Nr. 1\nBetrag 12,00 EUR", "Seite zwei"])
CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGE = b"<< /Type /Page /MediaBox [0 0 595 842] >>"


async def failure_of(parser: Parser, content: bytes, media_type: str = PDF) -> IntakeError:
    with pytest.raises(IntakeError) as caught:
        await parser.parse(content, media_type)
    assert caught.value.step is Step.PARSE
    return caught.value


def bomb_of_white_space() -> bytes:
    return written(one_page(b"BT /F1 9 Tf (x) Tj ET " + b" " * 300_000_000))


def bomb_of_operators() -> bytes:
    return written(one_page(b"BT /F1 9 Tf " + b"(x) Tj " * 501_000 + b"ET"))


def bomb_of_forms() -> bytes:
    objects = one_page(b"/X Do " * 1_000, resources=b"<< /Font << /F1 5 0 R >> /XObject << /X 6 0 R >> >>")
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /Font << /F1 5 0 R >> >>"
    return written({**objects, 6: stream(b"BT /F1 9 Tf " + b"() Tj " * 600 + b"ET", form)})


def tree(kids: bytes, count: int = 1) -> bytes:
    return written({1: CATALOGUE, 2: b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count), 3: PAGE})


def longer_cycle() -> bytes:
    node = b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>"
    return written({1: CATALOGUE, 2: node % 3, 3: node % 4, 4: node % 2})


def deep_tree(depth: int) -> bytes:
    nodes = {number: b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (number + 1) for number in range(2, depth + 2)}
    return written({1: CATALOGUE, **nodes, depth + 2: PAGE})


def deep_array() -> bytes:
    objects = one_page(b"BT /F1 9 Tf (x) Tj ET")
    objects[3] = objects[3].replace(b"4 0 R", b"[" * 5_000 + b"]" * 5_000)
    return written(objects)


def picture() -> bytes:
    objects = one_page(b"q 100 0 0 100 0 0 cm /I Do Q", resources=b"<< /XObject << /I 5 0 R >> >>")
    image = b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray"
    return written({**objects, 5: stream(b"\x00", image)})


def form_within_itself() -> bytes:
    objects = one_page(b"/X Do", resources=b"<< /XObject << /X 6 0 R >> >>")
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >>"
    return written({**objects, 6: stream(b"/X Do", form)})


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: encrypted(GOOD, "geheim"), ErrorCode.DOCUMENT_ENCRYPTED),
        (lambda: b"%PDF-1.7\n" + bytes(range(256)) * 50 + b"%%EOF", ErrorCode.DOCUMENT_BROKEN),
        (lambda: GOOD[:600] + GOOD[900:], ErrorCode.DOCUMENT_BROKEN),
        (bomb_of_white_space, ErrorCode.DOCUMENT_TOO_LONG),
        (bomb_of_operators, ErrorCode.DOCUMENT_TOO_LONG),
        (bomb_of_forms, ErrorCode.DOCUMENT_TOO_LONG),
        (lambda: tree(b"2 0 R"), ErrorCode.DOCUMENT_BROKEN),
        (longer_cycle, ErrorCode.DOCUMENT_BROKEN),
        (lambda: deep_tree(2_000), ErrorCode.DOCUMENT_TOO_LONG),
        (deep_array, ErrorCode.DOCUMENT_BROKEN),
        (lambda: tree(b"3 0 R " * 100_000, 100_000), ErrorCode.DOCUMENT_TOO_LONG),
        (lambda: tree(b"3 0 R " * 51, 51), ErrorCode.DOCUMENT_TOO_LONG),
        (lambda: tree(b"", 0), ErrorCode.DOCUMENT_BROKEN),
        (picture, ErrorCode.DOCUMENT_WITHOUT_TEXT),
        (lambda: tree(b"3 0 R"), ErrorCode.DOCUMENT_WITHOUT_TEXT),
        (form_within_itself, ErrorCode.DOCUMENT_WITHOUT_TEXT),
        (lambda: b"", ErrorCode.CONTENT_EMPTY),
    ],
    ids=[
        "encrypted",
        "garbage",
        "hole in the middle",
        "bomb of white space",
        "bomb of operators",
        "bomb of forms",
        "page tree in itself",
        "longer cycle",
        "2,000 levels deep",
        "5,000 arrays deep",
        "100,000 pages",
        "one page too many",
        "no page",
        "picture",
        "blank page",
        "form within itself",
        "zero bytes",
    ],
)
async def test_a_hostile_pdf_fails_with_a_code_and_a_sentence(
    parser: Parser, make: Callable[[], bytes], code: ErrorCode
) -> None:
    failure = await failure_of(parser, make())
    assert failure.code is code
    assert failure.message
    assert "\n" not in failure.message
    assert (await parser.parse(GOOD, PDF)).pages[1].strip() == "Seite zwei"


@pytest.mark.parametrize("tenths", range(1, 10))
async def test_a_truncated_pdf_fails_with_document_broken(parser: Parser, tenths: int) -> None:
    failure = await failure_of(parser, GOOD[: len(GOOD) * tenths // 10])
    assert failure.code is ErrorCode.DOCUMENT_BROKEN
    assert not failure.retryable


async def test_a_pdf_that_asks_for_no_password_to_be_opened_is_read(parser: Parser) -> None:
    document = await parser.parse(encrypted(GOOD, ""), PDF)
    assert document.pages[0].startswith("Rechnung Nr. 1")


async def test_the_message_of_a_picture_says_that_ocr_is_not_there_yet(parser: Parser) -> None:
    assert "OCR" in (await failure_of(parser, picture())).message


async def test_a_page_count_that_lies_is_named_in_the_notes(parser: Parser) -> None:
    objects = one_page(b"BT /F1 9 Tf 60 700 Td (wahr) Tj ET")
    objects[2] = b"<< /Type /Pages /Kids [3 0 R] /Count 100000 >>"
    document = await parser.parse(written(objects), PDF)
    assert document.pages == ("wahr",)
    assert document.notes == (
        Wording(de="das PDF nennt 100000 Seiten, es hat 1", en="the PDF claims 100000 pages, 1 were found"),
    )


async def test_nul_and_lone_surrogates_are_replaced_one_for_one(parser: Parser) -> None:
    mapping = b"3 beginbfchar <41> <0000> <42> <D800> <43> <0043> endbfchar endcmap"
    objects = one_page(b"BT /F1 9 Tf 60 700 Td (ABC) Tj ET")
    objects[5] = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>"
    objects[6] = stream(b"begincmap 1 begincodespacerange <00> <FF> endcodespacerange " + mapping)
    assert (await parser.parse(written(objects), PDF)).pages == ("\ufffd\ufffdC",)


async def test_a_page_that_cannot_be_read_stays_empty_and_is_named(parser: Parser) -> None:
    objects = one_page(b"BT /F1 9 Tf 60 700 Td (gut) Tj ET")
    objects[2] = b"<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 2 >>"
    objects[6] = objects[3].replace(b"/Contents 4 0 R", b"/Contents 7 0 R")
    objects[7] = b"<< /Length 4 /Filter /NoSuchDecode >>\nstream\nabcd\nendstream"
    document = await parser.parse(written(objects), PDF)
    assert document.pages == ("gut", "")
    assert document.notes[0].en.startswith("page 2 could not be read")


async def test_a_page_with_a_picture_alone_is_named(parser: Parser) -> None:
    objects = one_page(b"BT /F1 9 Tf 60 700 Td (gut) Tj ET")
    objects[2] = b"<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 2 >>"
    objects[6] = b"<< /Type /Page /MediaBox [0 0 9 9] /Resources << /XObject << /I 7 0 R >> >> >>"
    objects[7] = b"<< /Subtype /Image /Length 0 >>\nstream\n\nendstream"
    document = await parser.parse(written(objects), PDF)
    assert [note.en for note in document.notes] == ["page 2 shows pictures alone, which are not read"]


async def test_too_much_text_fails_with_document_too_long(parser: Parser) -> None:
    failure = await failure_of(parser, b"Wort " * 50_000, TEXT)
    assert failure.code is ErrorCode.DOCUMENT_TOO_LONG


async def test_a_media_type_without_a_reader_is_refused(parser: Parser) -> None:
    assert (await failure_of(parser, b"<html>", "text/html")).code is ErrorCode.MEDIA_TYPE_UNKNOWN


async def test_a_pdf_read_as_mail_or_text_still_ends_well(parser: Parser) -> None:
    for media_type in (MAIL, TEXT):
        document = await parser.parse(GOOD, media_type)
        assert not any("\x00" in page for page in document.pages)


async def test_a_mail_of_a_thousand_nested_parts_ends_within_the_limits(parser: Parser) -> None:
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1_000))
    failure = await failure_of(parser, b"Subject: tief\n" + nested, MAIL)
    assert failure.code is ErrorCode.DOCUMENT_BROKEN


async def test_neighbours_of_a_bomb_are_unharmed(parser: Parser) -> None:
    bomb = bomb_of_operators()
    outcomes = await asyncio.gather(
        *(parser.parse(content, PDF) for content in (bomb, GOOD, GOOD, GOOD)), return_exceptions=True
    )
    assert [isinstance(outcome, IntakeError) for outcome in outcomes] == [True, False, False, False]


@pytest.mark.parametrize("media_type", [MAIL, TEXT])
async def test_a_document_of_what_has_no_width_has_no_text(parser: Parser, media_type: str) -> None:
    with pytest.raises(IntakeError) as raised:
        await parser.parse("\ufeff\u200b\n".encode(), media_type)
    assert raised.value.code is ErrorCode.DOCUMENT_WITHOUT_TEXT


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=2_000), media_type=st.sampled_from([PDF, MAIL, TEXT]), headed=st.booleans())
async def test_any_bytes_end_in_pages_or_an_intake_error(
    parser: Parser, content: bytes, media_type: str, *, headed: bool
) -> None:
    await ends(parser, (b"%PDF-1.4\n" + content + b"\n%%EOF") if headed else content, media_type)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, len(GOOD) - 1), put=st.binary(min_size=1, max_size=30))
async def test_any_damage_to_a_good_pdf_ends_in_pages_or_an_intake_error(
    parser: Parser, place: int, put: bytes
) -> None:
    await ends(parser, GOOD[:place] + put + GOOD[place + len(put) :], PDF)


async def ends(parser: Parser, content: bytes, media_type: str) -> None:
    try:
        document = await parser.parse(content, media_type)
    except IntakeError as error:
        assert error.message  # noqa: PT017  (both ends are right; this one must speak)
        assert error.code not in {ErrorCode.PARSE_CRASHED, ErrorCode.INTERNAL_ERROR}  # noqa: PT017  (as above)
    else:
        assert not document.blank
        assert "\x00" not in "".join(document.pages)
