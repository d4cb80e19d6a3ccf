"""Text that readers do not see is left out and named; what they may see, and a scan's text layer, is read."""

import io

import pytest
from pdfs import one_page, stream, written
from pypdf import PdfReader

from schemas.events import ErrorCode
from services.intake.document import ParsedDocument, ReadingLimits
from services.intake.failure import IntakeError
from services.intake.pdf import read_pdf
from services.intake.pdf_hidden import Sight

SEEN = b"BT /F1 10 Tf 60 700 Td (Summe 100,00 EUR) Tj ET "
HIDDEN = "Summe 0,00 EUR"

RESOURCES = (
    b"<< /Font << /F1 5 0 R /F3 8 0 R >> /XObject << /Scan 6 0 R /Form 7 0 R >>"
    b" /ExtGState << /Clear << /ca 0 >> /Mixed << /BM /Multiply >> /Half << /ca 0.5 >> >>"
    b" /ColorSpace << /Grey [/ICCBased 9 0 R] /Spot [/Separation /Gold /DeviceRGB 9 0 R] >>"
    b" /Properties << /Off 10 0 R /On 11 0 R /Group 12 0 R >> >>"
)

FORM = (
    b"/Type /XObject /Subtype /Form /BBox [0 0 600 900] /Matrix [1 0 0 1 0 -2000]"
    b" /Resources << /Font << /F1 5 0 R >> /Properties << /Off 10 0 R >> >>"
)


def document(content: bytes, form: bytes = b"") -> bytes:
    """Give a PDF of one page with a picture, a form, and layers to be used."""
    image = b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray"
    objects = {
        **one_page(content, resources=RESOURCES),
        1: b"<< /Type /Catalog /Pages 2 0 R /OCProperties << /OCGs [10 0 R 11 0 R] /D << /OFF [10 0 R] >> >> >>",
        6: stream(b"\x00", image),
        7: stream(form, FORM),
        8: b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 99 99] /FontMatrix [1 0 0 1 0 0] /CharProcs << >>"
        b" /Encoding << /Type /Encoding /Differences [ ] >> /FirstChar 0 /LastChar 0 /Widths [0] >>",
        9: stream(b"", b"/N 1"),
        10: b"<< /Type /OCG /Name (off) >>",
        11: b"<< /Type /OCG /Name (on) >>",
        12: b"<< /Type /OCMD /OCGs [10 0 R] >>",
    }
    return written(objects)


def read(content: bytes, limits: ReadingLimits, form: bytes = b"") -> ParsedDocument:
    return read_pdf(document(content, form), limits)


def line(state: bytes, place: bytes = b"60 600", size: bytes = b"10") -> bytes:
    return b"q " + state + b" BT /F1 " + size + b" Tf " + place + b" Td (" + HIDDEN.encode() + b") Tj ET Q "


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (line(b"3 Tr"), "drawn invisibly"),
        (line(b"7 Tr"), "drawn invisibly"),
        (line(b"/Clear gs"), "drawn invisibly"),
        (line(b"1 g"), "in the colour of its ground"),
        (line(b"1 1 1 rg"), "in the colour of its ground"),
        (line(b"0.97 0.97 0.97 rg"), "in the colour of its ground"),
        (line(b"0 0 0 0 k"), "in the colour of its ground"),
        (line(b"/DeviceRGB cs 1 1 1 sc"), "in the colour of its ground"),
        (line(b"/Grey cs 1 scn"), "in the colour of its ground"),
        (line(b"1 Tr 1 G"), "in the colour of its ground"),
        (line(b"0 0 0.5 rg 50 590 200 30 re f"), "in the colour of its ground"),
        (line(b"1 0 0 rg 50 590 200 30 re f 1 g 55 595 190 20 re f"), "in the colour of its ground"),
        (line(b"", size=b"1"), "too small to read"),
        (line(b"", size=b"0"), "too small to read"),
        (line(b"0.1 0 0 0.1 0 0 cm", b"600 6000"), "too small to read"),
        (line(b"1 Tz"), "too small to read"),
        (line(b"", b"-400 600"), "outside the page"),
        (line(b"", b"60 900"), "outside the page"),
        (line(b"1 0 0 1 0 2000 cm"), "outside the page"),
        (line(b"0 0 10 10 re W n"), "outside the page"),
        (line(b"") + b"q 1 g 50 590 200 30 re f Q ", "painted over"),
        (line(b"") + b"0 g 50 590 200 30 re f ", "painted over"),
        (b"/OC /Off BDC " + line(b"") + b"EMC ", "on a layer that is switched off"),
        (b"/OC /Group BDC /Span BMC " + line(b"") + b"EMC EMC ", "on a layer that is switched off"),
        (b"BT /F1 10 Tf 60 600 Td [90000 (" + HIDDEN.encode() + b")] TJ ET ", "outside the page"),
        (b"BT /F1 10 Tf 9999 TL 60 600 Td (" + HIDDEN.encode() + b") ' ET ", "outside the page"),
        (b"BT /F1 10 Tf 60 600 Td 3 Tr 0 0 (" + HIDDEN.encode() + b') " ET 0 Tr ', "drawn invisibly"),
    ],
)
def test_text_that_readers_do_not_see_is_left_out_and_named(content: bytes, why: str, limits: ReadingLimits):
    parsed = read(content + b"0 Tr " + SEEN, limits)
    assert HIDDEN not in parsed.pages[0]
    assert "Summe 100,00 EUR" in parsed.pages[0]
    assert parsed.notes == (f"page 1 has text that readers do not see ({why}); it was left out",)


def test_hidden_text_in_the_middle_of_a_line_is_left_out_of_it(limits: ReadingLimits):
    parsed = read(b"BT /F1 10 Tf 60 700 Td (Summe ) Tj 3 Tr (0,00 EUR statt ) Tj 0 Tr (100,00 EUR) Tj ET", limits)
    assert parsed.pages == ("Summe 100,00 EUR",)


def test_text_in_a_form_stands_where_form_and_page_put_it(limits: ReadingLimits):
    inside = line(b"")
    assert HIDDEN not in read(SEEN + b"/Form Do ", limits, inside).pages[0]
    moved = read(SEEN + b"q 1 0 0 1 0 2000 cm /Form Do Q ", limits, inside)
    assert HIDDEN in moved.pages[0]
    assert not moved.notes


def test_what_a_form_sets_ends_with_it(limits: ReadingLimits):
    parsed = read(b"/Form Do " + SEEN, limits, b"q q 1 g 3 Tr /OC /Off BDC ")
    assert "Summe 100,00 EUR" in parsed.pages[0]
    assert not parsed.notes


@pytest.mark.parametrize(
    "content",
    [
        line(b"0 0 0.5 rg 50 590 200 30 re f 1 g"),
        line(b"0 0 0.5 rg 50 590 m 250 590 l 250 620 l 50 620 l f 1 g"),
        line(b"q 300 0 0 300 0 500 cm /Scan Do Q 1 g"),
        line(b"/Half gs 0 g 50 590 200 30 re f 1 g"),
        line(b"1 0 0 rg"),
        line(b"0.8 g"),
        line(b"/Spot cs 0 scn"),
        line(b"/Pattern cs /P scn"),
        line(b"2 Tr 1 g 0 G"),
        line(b"", size=b"4"),
        line(b"0.02 0 0 0.02 0 0 cm", b"3000 30000", b"500"),
        line(b"", b"-30 600"),
        line(b"") + b"q /Mixed gs 1 1 0 rg 50 590 200 30 re f Q ",
        line(b"") + b"1 g 50 590 200 30 re 51 591 198 28 re f* ",
        line(b"") + b"1 g 400 100 200 30 re f ",
        b"1 g 50 590 200 30 re f 0 g " + line(b""),
        b"/OC /On BDC " + line(b"") + b"EMC ",
        b"EMC EMC Q Q " + line(b""),
        line(b"0 0 595 842 re W n"),
    ],
)
def test_text_that_readers_may_see_is_read(content: bytes, limits: ReadingLimits):
    parsed = read(SEEN + content, limits)
    assert HIDDEN in parsed.pages[0]
    assert not parsed.notes


def test_letters_that_are_drawings_are_not_judged_by_size_and_colour():
    reader = PdfReader(io.BytesIO(document(b"BT 1 g /F3 0.1 Tf 60 700 Td (x) Tj ET")))
    sight = Sight(reader.pages[0])
    reader.pages[0].extract_text(visitor_operand_before=sight.before, visitor_operand_after=sight.after)
    assert not sight.hidden()


LAYER = b"BT 3 Tr /F1 10 Tf 60 700 Td (Rechnung 4711 der Beispiel GmbH) Tj ET "
PICTURE = b"q 595 0 0 842 0 0 cm /Scan Do Q "


@pytest.mark.parametrize(
    "content", [LAYER + PICTURE, PICTURE + LAYER, PICTURE + LAYER + b"0 Tr BT 60 20 Td (S. 1) Tj ET"]
)
def test_the_text_layer_of_a_scan_is_read(content: bytes, limits: ReadingLimits):
    parsed = read(content, limits)
    assert "Rechnung 4711" in parsed.pages[0]
    assert not parsed.notes


@pytest.mark.parametrize(
    "content",
    [
        PICTURE + LAYER + b"0 Tr BT 60 500 Td (Ein ganzer Brief mit viel mehr Text als jene Zeile) Tj ET",
        b"q 90 0 0 90 0 700 cm /Scan Do Q " + LAYER + b"0 Tr BT 60 500 Td (Brief) Tj ET",
    ],
)
def test_a_picture_does_not_make_hidden_text_of_a_letter_a_scan(content: bytes, limits: ReadingLimits):
    parsed = read(content, limits)
    assert "4711" not in parsed.pages[0]
    assert "drawn invisibly" in parsed.notes[0]


def test_a_page_that_paints_without_end_is_read_all_the_same(limits: ReadingLimits):
    """Beyond a bound nothing is compared any more: what cannot be told counts as seen."""
    many = b"1 g 50 590 200 30 re f " * 3_000 + b"BT /F1 10 Tf 1 g 60 100 Td " + b"(Wort ) Tj " * 3_000 + b"ET "
    assert "Summe 100,00 EUR" in read(SEEN + many, limits).pages[0]


def test_a_page_with_strings_without_end_is_not_read(limits: ReadingLimits):
    with pytest.raises(IntakeError) as caught:
        read(b"BT /F1 9 Tf " + b"(x) Tj " * 50_001 + b"ET", limits)
    assert caught.value.code is ErrorCode.DOCUMENT_TOO_LONG
