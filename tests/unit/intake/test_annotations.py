"""What annotations show on a page is read, what they hide is not, and damaged ones harm nothing."""

import io

import pytest
from pdfs import one_page, stream, written
from reportlab.pdfgen.canvas import Canvas

from services.intake.document import ParsedDocument, ReadingLimits
from services.intake.pdf import read_pdf

SEEN = b"BT /F1 10 Tf 60 700 Td (Summe 100,00 EUR) Tj ET "
BELOW = b"BT /F1 10 Tf 60 600 Td (Anderes) Tj ET "
FONT = b" /Resources << /Font << /F1 5 0 R >> >>"
PLACE = b" /Rect [50 690 350 715]"
WHITE = b"1 g 0 0 300 25 re f "
OTHER = WHITE + b"0 g BT /F1 10 Tf 10 10 Td (Summe 999,00 EUR) Tj ET"
BOX = b" /BBox [0 0 300 25]"

LAID = "page 1 has filled in fields or comments; they stand at the end of its text"
LEFT = "page 1 has filled in fields or comments, which are not read"
HIDDEN = "page 1 has text that readers do not see (painted over); it was left out"


def read(
    limits: ReadingLimits, entries: bytes, appearance: bytes = OTHER, *, form: bytes = BOX, content: bytes = SEEN
) -> ParsedDocument:
    """Read a page with one annotation; object 6 is its appearance, 7 a layer that is off, 8 a form of fields."""
    objects = one_page(content)
    objects[1] = (
        b"<< /Type /Catalog /Pages 2 0 R /OCProperties << /OCGs [7 0 R] /D << /OFF [7 0 R] >> >>"
        + (b" /AcroForm << /NeedAppearances true >>" if b"/Anew" in entries else b"")
        + b" >>"
    )
    objects[3] = objects[3].replace(b"/MediaBox", b"/Annots [<< " + entries + b" >>] /MediaBox")
    objects[6] = stream(appearance, form + FONT)
    objects[7] = b"<< /Type /OCG /Name (off) >>"
    objects[9] = stream(b"\xff", b" /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray")
    return read_pdf(written(objects), limits)


def notes(parsed: ParsedDocument) -> list[str]:
    return [note.en for note in parsed.notes]


@pytest.mark.parametrize("kind", [b"/Stamp", b"/FreeText /Contents (x)"])
def test_a_comment_painted_over_an_amount_is_what_readers_see(limits: ReadingLimits, kind: bytes):
    parsed = read(limits, b"/Subtype " + kind + PLACE + b" /AP << /N 6 0 R >>")
    assert "999,00" in parsed.pages[0]
    assert "100,00" not in parsed.pages[0]
    assert notes(parsed) == [HIDDEN, LAID]


def test_a_white_box_of_any_kind_hides_what_lies_beneath(limits: ReadingLimits):
    parsed = read(limits, b"/Subtype /Square" + PLACE + b" /AP << /N 6 0 R >>", WHITE, content=SEEN + BELOW)
    assert parsed.pages[0].split() == ["Anderes"]
    assert notes(parsed) == [HIDDEN]


@pytest.mark.parametrize(
    "entries",
    [
        b"/Subtype /Stamp /F 2 /AP << /N 6 0 R >>" + PLACE,
        b"/Subtype /Stamp /F 32 /AP << /N 6 0 R >>" + PLACE,
        b"/Subtype /Popup /AP << /N 6 0 R >>" + PLACE,
        b"/Subtype /Stamp /OC 7 0 R /AP << /N 6 0 R >>" + PLACE,
        b"/Subtype /Stamp /AP << /N 6 0 R >>",
        b"/Subtype /Stamp /AP << /N << /On 6 0 R >> >> /AS /Off" + PLACE.replace(b"/Rect", b"/NoRect"),
        b"/Subtype /Widget /FT /Btn /AP << /N << /On 6 0 R >> >> /AS /Off" + PLACE,
        b"/Subtype /Link /Contents (x)" + PLACE,
        b"/Subtype /Widget /FT /Tx /MK << /BG [1 1 1] >>" + PLACE,
        b"/Subtype /Widget /FT /Btn /MK << /BG [1 1 1] >>" + PLACE,
        b"/Subtype /Square /C [1 0 0]" + PLACE,
        b"/Subtype /Line /L [50 690 350 690] /C [1 0 0]" + PLACE,
        b"/Subtype /Highlight /BM /Multiply /AP << /N 6 0 R >>" + PLACE,
    ],
)
def test_what_readers_do_not_paint_changes_nothing(limits: ReadingLimits, entries: bytes):
    parsed = read(limits, entries)
    assert parsed.pages[0].strip() == "Summe 100,00 EUR"
    assert notes(parsed) == []


def test_a_state_is_painted_where_it_is_the_one_that_is_set(limits: ReadingLimits):
    parsed = read(limits, b"/Subtype /Widget /FT /Btn /AP << /N << /On 6 0 R >> >> /AS /On" + PLACE)
    assert "999,00" in parsed.pages[0]


@pytest.mark.parametrize(
    "before",
    [
        b"q 1 0 0 1 0 -2000 cm ",
        b"0.1 0 0 0.1 0 0 cm Q Q ",
        b"BT ",
        b"/OC /Off BDC ",
        b"EMC Q ET ",
        b"q q q 0 0 1 1 re W n ",
    ],
)
def test_what_a_page_leaves_open_does_not_move_its_annotations(limits: ReadingLimits, before: bytes):
    entries = b"/Subtype /Stamp" + PLACE + b" /AP << /N 6 0 R >>"
    objects = one_page(SEEN + before, resources=b"<< /Font << /F1 5 0 R >> /Properties << /Off 7 0 R >> >>")
    objects[1] = b"<< /Type /Catalog /Pages 2 0 R /OCProperties << /OCGs [7 0 R] /D << /OFF [7 0 R] >> >> >>"
    objects[3] = objects[3].replace(b"/MediaBox", b"/Annots [<< " + entries + b" >>] /MediaBox")
    objects[6], objects[7] = stream(OTHER, BOX + FONT), b"<< /Type /OCG /Name (off) >>"
    parsed = read_pdf(written(objects), limits)
    assert parsed.pages[0].split() == ["Summe", "999,00", "EUR"]


@pytest.mark.parametrize(
    "form",
    [
        b" /BBox [0 0 30 2.5] /Matrix [10 0 0 10 0 0]",
        b" /BBox [0 0 300 25] /Matrix [1 0 0 1 -500 900]",
        b" /BBox [0 0 300 25] /Subtype /Form",
        b" /BBox [0 0 300 25] /Matrix [0 1 -1 0 0 0]",
    ],
)
def test_an_appearance_stands_where_the_annotation_does(limits: ReadingLimits, form: bytes):
    """Its box, as its own matrix turns it, fills the annotation's."""
    parsed = read(limits, b"/Subtype /Square" + PLACE + b" /AP << /N 6 0 R >>", WHITE, form=form, content=SEEN + BELOW)
    assert parsed.pages[0].split() == ["Anderes"]
    assert notes(parsed) == [HIDDEN]


@pytest.mark.parametrize(
    ("entries", "is_left"),
    [
        (b"/Subtype /FreeText /Contents (x)" + PLACE, True),
        (b"/Subtype /FreeText /Contents (x)", False),
        (b"/Subtype /FreeText /Contents (x) /F 2" + PLACE, False),
        (b"/Subtype /Widget /FT /Tx /V (x)" + PLACE, True),
        (b"/Subtype /Widget /FT /Tx /V ( )" + PLACE, False),
        (b"/Subtype /Widget /Parent << /FT /Ch /V [(x)] >>" + PLACE, True),
        (b"/Subtype /Widget /FT /Btn /V /Yes" + PLACE, False),
        (b"/Subtype /Square /IC [1 1 1]" + PLACE, True),
        (b"/Subtype /Square" + PLACE, False),
    ],
)
def test_what_has_no_appearance_is_said_not_to_be_read(limits: ReadingLimits, entries: bytes, *, is_left: bool):
    parsed = read(limits, entries)
    assert parsed.pages[0].strip() == "Summe 100,00 EUR"
    assert notes(parsed) == [LEFT] * is_left


def test_fields_that_readers_draw_anew_are_said_not_to_be_read(limits: ReadingLimits):
    field = b"/Subtype /Widget /FT /Tx /V (Summe 777,00 EUR)" + PLACE + b" /AP << /N 6 0 R >>"
    assert notes(read(limits, field)) == [HIDDEN, LAID]
    assert notes(read(limits, field + b" /Anew true")) == [HIDDEN, LEFT]


@pytest.mark.parametrize(
    "entries",
    [
        b"/Subtype /Stamp /AP << /N 99 0 R >>" + PLACE,
        b"/Subtype /Stamp /AP [1 2]" + PLACE,
        b"/Subtype /Stamp /Rect [(a) (b) 3 4] /AP << /N 6 0 R >>",
        b"/Subtype 17 /Rect 17 /AP 17 /F (x)",
    ],
)
def test_damaged_annotations_harm_nothing(limits: ReadingLimits, entries: bytes):
    parsed = read(limits, entries)
    assert parsed.pages[0].strip() == "Summe 100,00 EUR"


def test_a_filled_in_form_is_read(limits: ReadingLimits):
    """As a form's own program writes it: labels are the page's, values are the fields'."""
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(60, 700, "Aktenzeichen")
    canvas.acroForm.textfield(name="number", value="AZ 47-11", x=160, y=690, width=200, height=20)
    canvas.drawString(60, 650, "Zugestimmt")
    canvas.acroForm.checkbox(name="agreed", checked=True, x=160, y=645)
    canvas.save()
    parsed = read_pdf(out.getvalue(), limits)
    assert "AZ 47-11" in parsed.pages[0]
    assert "not read" not in " ".join(notes(parsed))


@pytest.mark.parametrize(
    "entries",
    [
        b"/Subtype /Line /L [50 702 350 702] /C [1 1 1] /BS << /W 30 >>" + PLACE,
        b"/Subtype /Ink /InkList [[50 702 350 702]] /C [1 1 1] /BS << /W 30 >>" + PLACE,
        b"/Subtype /FreeText /C [1 1 1] /Contents ()" + PLACE,
        b"/Subtype /Widget /FT /Tx /V (Rabatt 55,00 EUR\x7f)" + PLACE,
        b"/Subtype /Square /AP << /N 9 0 R >>" + PLACE,
    ],
)
def test_what_readers_draw_by_themselves_is_said(limits: ReadingLimits, entries: bytes):
    """A line, a ground, a value of bytes; and an appearance that is none."""
    parsed = read(limits, entries)
    assert parsed.pages[0].strip() == "Summe 100,00 EUR"
    assert notes(parsed) == [LEFT]


def test_more_annotations_than_are_looked_at_are_said(limits: ReadingLimits):
    objects = one_page(SEEN)
    objects[3] = objects[3].replace(b"/MediaBox", b"/Annots [" + b"6 0 R " * 10_001 + b"] /MediaBox")
    objects[6] = b"<< /Subtype /Link /Rect [1 1 2 2] >>"
    assert notes(read_pdf(written(objects), limits)) == [LEFT]


def test_an_appearance_that_stays_upright_on_a_turned_page_is_not_laid_elsewhere(limits: ReadingLimits):
    objects = one_page(SEEN)
    entries = b"<< /Subtype /Square /F 16 /AP << /N 6 0 R >>" + PLACE + b" >>"
    objects[3] = objects[3].replace(b"/MediaBox", b"/Rotate 90 /Annots [" + entries + b"] /MediaBox")
    objects[6] = stream(WHITE, BOX + FONT)
    parsed = read_pdf(written(objects), limits)
    assert "100,00" in parsed.pages[0]
    assert notes(parsed) == [LEFT]


def test_a_page_keeps_its_own_forms_and_pictures(limits: ReadingLimits):
    """A form of the page may be called as ours are, and an appearance may be a picture of the page."""
    names = b"<< /Font << /F1 5 0 R >> /XObject << /Annotation0 8 0 R >> >>"
    for form, said in ((b" /Subtype /Form /BBox [0 0 595 842]" + FONT, []), (b" /Subtype /Image /Width 800", [LEFT])):
        objects = one_page(SEEN + b" q /Annotation0 Do Q", resources=names)
        appearance = b"8" if b"Image" in form else b"6"
        annotation = b"<< /Subtype /Square /Rect [10 10 12 12] /AP << /N " + appearance + b" 0 R >> >>"
        objects[3] = objects[3].replace(b"/MediaBox", b"/Annots [" + annotation + b"] /MediaBox")
        objects[6] = stream(b"0.9 g 0 0 2 2 re f", b" /BBox [0 0 2 2]" + FONT)
        objects[8] = stream(BELOW, form)
        parsed = read_pdf(written(objects), limits)
        assert parsed.pages[0].split() == ["Summe", "100,00", "EUR"] + ["Anderes"] * (not said)
        assert notes(parsed) == said
