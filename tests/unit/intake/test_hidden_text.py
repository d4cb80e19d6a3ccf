"""Text that readers do not see is left out and named; what they may see, and a scan's text layer, is read."""

import io

import pytest
from pdfs import one_page, stream, written
from pypdf import PdfReader
from reportlab.lib.colors import grey, lightgrey, navy, white
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

from schemas.events import ErrorCode
from services.intake.document import ParsedDocument, ReadingLimits
from services.intake.failure import IntakeError
from services.intake.pdf import read_pdf
from services.intake.pdf_font import Fonts
from services.intake.pdf_hidden import Sight

SEEN = b"BT /F1 10 Tf 60 700 Td (Summe 100,00 EUR) Tj ET "
HIDDEN = "Summe 0,00 EUR"

RESOURCES = (
    b"<< /Font << /F1 5 0 R /F3 8 0 R >> /XObject << /Scan 6 0 R /Form 7 0 R /Group 13 0 R /Cutout 14 0 R >>"
    b" /ExtGState << /Clear << /ca 0 >> /Mixed << /BM /Multiply >> /Half << /ca 0.5 >>"
    b" /Nearly << /ca 0.97 >> /Full << /ca 1 /BM /Normal >> /Masked << /SMask << /S /Alpha >> >> >>"
    b" /ColorSpace << /Grey [/ICCBased 9 0 R] /Spot [/Separation /Gold /DeviceRGB 9 0 R] >>"
    b" /Properties << /Off 10 0 R /On 11 0 R /Group 12 0 R"
    b" /Both << /OCGs [10 0 R 11 0 R] /P /AllOn >> /Neither << /OCGs [10 0 R] /P /AllOff >> >> >>"
)

FORM = (
    b"/Type /XObject /Subtype /Form /BBox [0 0 600 900] /Matrix [1 0 0 1 0 -2000]"
    b" /Resources << /Font << /F1 5 0 R >> /Properties << /Off 10 0 R >> >>"
)

GROUP = (
    b"/Type /XObject /Subtype /Form /BBox [0 0 600 900] /Group << /S /Transparency >>"
    b" /Resources << /Font << /F1 5 0 R >> /ExtGState << /Full << /ca 1 /BM /Normal >> >> >>"
)


def document(content: bytes, form: bytes = b"", layers: bytes = b"/OFF [10 0 R]") -> bytes:
    """Give a PDF of one page with a picture, a form, and layers to be used."""
    image = b"/Type /XObject /Subtype /Image /Width 800 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray"
    objects = {
        **one_page(content, resources=RESOURCES),
        1: b"<< /Type /Catalog /Pages 2 0 R /OCProperties << /OCGs [10 0 R 11 0 R] /D << " + layers + b" >> >> >>",
        6: stream(b"\x00", image),
        7: stream(form, FORM),
        8: b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 99 99] /FontMatrix [1 0 0 1 0 0] /CharProcs << >>"
        b" /Encoding << /Type /Encoding /Differences [ ] >> /FirstChar 0 /LastChar 0 /Widths [0] >>",
        9: stream(b"", b"/N 1"),
        10: b"<< /Type /OCG /Name (off) >>",
        11: b"<< /Type /OCG /Name (on) >>",
        12: b"<< /Type /OCMD /OCGs [10 0 R] >>",
        13: stream(form, GROUP),
        14: stream(b"\x00", image + b" /SMask 6 0 R"),
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
        (line(b"1 0 1 0 0 600 cm", b"60 0"), "too small to read"),
        (line(b"", b"-400 600"), "outside the page"),
        (line(b"", b"60 900"), "outside the page"),
        (line(b"1 0 0 1 0 2000 cm"), "outside the page"),
        (line(b"0 0 10 10 re W n"), "outside the page"),
        (line(b"60 600 200 1 re W n"), "outside the page"),
        (line(b"0 0 595 601 re W n"), "outside the page"),
        (line(b"60 0 0 842 re W n"), "outside the page"),
        (line(b"", b"591 600"), "outside the page"),
        (line(b"5000 Ts"), "outside the page"),
        (line(b"600 Tc"), "outside the page"),
        (line(b"0 g 60 598 4 12 re f 1 g"), "in the colour of its ground"),
        (line(b"/Half gs 1 g 50 590 200 30 re f"), "in the colour of its ground"),
        (line(b"/Half gs 0.9 g"), "in the colour of its ground"),
        (line(b"0 0 0.5 RG 30 w 50 603 m 250 603 l S 0 0 0.5 rg"), "in the colour of its ground"),
        (line(b"") + b"q 1 G 30 w 50 603 m 250 603 l S Q ", "painted over"),
        (line(b"") + b"q 1 g 50 590 m 250 590 l 250 620 l 50 620 l h f Q ", "painted over"),
        (line(b"") + b"q /Nearly gs 1 g 50 590 200 30 re f Q ", "painted over"),
        (line(b"") + b"q 1 g 67 590 200 30 re f Q ", "painted over"),
        (line(b"") + b"q 300 0 0 100 0 550 cm /Scan Do Q ", "under a picture"),
        (b"BT /F1 10 Tf 60 600 Td [(S) -60000 (" + HIDDEN.encode() + b")] TJ ET ", "outside the page"),
        (b"/OC /Both BDC " + line(b"") + b"EMC ", "on a layer that is switched off"),
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
    assert [note.en for note in parsed.notes] == [f"page 1 has text that readers do not see ({why}); it was left out"]


def test_hidden_text_in_the_middle_of_a_line_is_left_out_of_it(limits: ReadingLimits):
    parsed = read(b"BT /F1 10 Tf 60 700 Td (Summe ) Tj 3 Tr (0,00 EUR statt ) Tj 0 Tr (100,00 EUR) Tj ET", limits)
    assert parsed.pages == ("Summe 100,00 EUR",)


def test_text_in_a_form_stands_where_form_and_page_put_it(limits: ReadingLimits):
    inside = line(b"")
    assert HIDDEN not in read(SEEN + b"/Form Do ", limits, inside).pages[0]
    moved = read(SEEN + b"q 1 0 0 1 0 2000 cm /Form Do Q ", limits, inside)
    assert HIDDEN in moved.pages[0]
    assert not moved.notes


def test_what_a_form_shows_outside_its_box_is_not_seen(limits: ReadingLimits):
    for height, is_seen in ((b"60 850", True), (b"60 950", False)):
        parsed = read(SEEN + b"q 1 0 0 1 0 1700 cm /Form Do Q ", limits, line(b"", height))
        assert (HIDDEN in parsed.pages[0]) is is_seen
        assert bool(parsed.notes) is not is_seen


@pytest.mark.parametrize("form", [b"q q 1 g 3 Tr /OC /Off BDC ", b"Q Q Q 1 g 3 Tr EMC EMC "])
def test_what_a_form_sets_ends_with_it(form: bytes, limits: ReadingLimits):
    parsed = read(b"q /Form Do " + SEEN + b"Q ", limits, form)
    assert "Summe 100,00 EUR" in parsed.pages[0]
    assert not parsed.notes


@pytest.mark.parametrize(
    "content",
    [
        line(b"0 3 Tr"),
        line(b"0 1 g"),
        line(b"", b"60 600 -5000"),
        line(b"0 1 0 0 1 0 2000 cm"),
        b"BT /F1 10 Tf 60 600 Td (" + HIDDEN.encode() + b") ( ) Tj ET ",
        b"BT /F1 10 Tf 60 600 Td 3 Tr (" + HIDDEN.encode() + b") (x) Tj ET ",
        b"BT /F1 10 Tf 60 600 Td 3 Tr [(" + HIDDEN.encode() + b")] [(x)] TJ ET ",
    ],
)
def test_of_too_many_operands_the_last_ones_count_as_they_do_for_readers(content: bytes, limits: ReadingLimits):
    parsed = read(content + b"0 Tr " + SEEN, limits)
    assert HIDDEN not in parsed.pages[0]
    assert "Summe 100,00 EUR" in parsed.pages[0]
    assert parsed.notes[-1].en == "page 1 has operators with wrong operands; readers may see other text than was read"


@pytest.mark.parametrize(
    "content",
    [
        b"BT /F1 10 Tf -5000 600 Td 5060 Td (" + HIDDEN.encode() + b") Tj ET ",
        b"BT /F1 10 Tf -5000 600 Td (x) 0 Td (" + HIDDEN.encode() + b") Tj ET ",
        b"q 1 0 0 1 0 5000 cm 1 cm " + line(b"") + b"Q ",
    ],
)
def test_operators_of_which_readers_make_what_they_like_are_named(content: bytes, limits: ReadingLimits):
    parsed = read(SEEN + content, limits)
    assert "wrong operands" in parsed.notes[-1].en


@pytest.mark.parametrize(
    "content",
    [
        line(b"0 0 0.5 RG 30 w 50 603 m 250 603 l S 1 g"),
        line(b"0 0 0.5 RG 30 w 60 603 m 240 603 l 245 603 l S 1 g"),
        line(b"0 g 50 601 200 2 re f"),
        line(b"") + b"0 g 50 601 200 2 re f ",
        line(b"", b"560 600"),
        line(b"", b"60 -2"),
        line(b"") + b"q 300 0 0 100 0 550 cm /Cutout Do Q ",
        line(b"") + b"q /Masked gs 1 g 50 590 200 30 re f Q ",
        line(b"") + b"/OC /Off BDC 1 g 50 590 200 30 re f EMC ",
        line(b"") + b"/OC /Off BDC q 300 0 0 100 0 550 cm /Scan Do Q EMC ",
        b"/OC /Neither BDC " + line(b"") + b"EMC ",
        line(b"0 0 0.5 rg 50 590 200 30 re f 1 g"),
        line(b"0 0 0.5 rg 50 590 m 250 590 l 250 620 l 50 620 l f 1 g"),
        line(b"q 300 0 0 150 0 500 cm /Scan Do Q 1 g"),
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


def test_white_letters_on_a_dark_mark_behind_black_ones_on_paper_are_read(limits: ReadingLimits):
    shown = b"BT /F1 10 Tf 0 g 60 600 Td (Summe 100,00 EUR ) Tj 1 g (bezahlt) Tj ET "
    assert read(b"0 0 0.5 rg 143 590 60 30 re f " + shown, limits).pages == ("Summe 100,00 EUR bezahlt",)
    assert read(b"0 0 0.5 rg 60 590 60 30 re f " + shown, limits).pages == ("Summe 100,00 EUR ",)


def test_what_a_typesetter_colours_underlays_and_crosses_out_is_read(limits: ReadingLimits):
    head = TableStyle([("BACKGROUND", (0, 0), (-1, 0), navy), ("TEXTCOLOR", (0, 0), (-1, 0), white)])
    rows = TableStyle([("ROWBACKGROUNDS", (0, 1), (-1, -1), [white, lightgrey]), ("GRID", (0, 0), (-1, -1), 0.5, grey)])
    table = Table([["Pos.", "Bezeichnung", "Betrag"], ["1", "Beratung", "100,00"], ["2", "Reise", "50,00"]])
    table.setStyle(head)
    table.setStyle(rows)
    style = ParagraphStyle("", fontName="Helvetica", fontSize=9)
    marked = "Stand: <font backColor='navy' color='white'>bezahlt</font>, <strike>offen</strike>, <u>am 1. Mai</u>"
    out = io.BytesIO()
    SimpleDocTemplate(out).build([table, Paragraph(marked, style)])
    (page,), notes = (parsed := read_pdf(out.getvalue(), limits)).pages, parsed.notes
    assert not notes
    for word in ("Pos.", "Bezeichnung", "Betrag", "Beratung", "50,00", "bezahlt", "offen", "am 1. Mai"):
        assert word in page


def test_letters_as_a_stencil_are_seen_where_something_is_painted_through_them(limits: ReadingLimits):
    stencil = b"q BT 7 Tr /F1 10 Tf 60 600 Td (Angebot) Tj ET "
    for painted in (b"1 0 0 rg 0 0 595 842 re f ", b"/Blend sh ", b"q 595 0 0 842 0 0 cm /Scan Do Q "):
        assert "Angebot" in read(stencil + painted + b"Q " + SEEN, limits).pages[0]
        assert "Angebot" not in read(stencil + b"Q q " + painted + b"Q 0 0 1 rg " + SEEN, limits).pages[0]


def test_what_a_transparent_group_shows_is_not_seen(limits: ReadingLimits):
    inside = b"/Full gs " + line(b"")
    parsed = read(SEEN + b"q /Clear gs /Group Do Q ", limits, inside)
    assert HIDDEN not in parsed.pages[0]
    assert "drawn invisibly" in parsed.notes[0].en
    assert HIDDEN in read(SEEN + b"q /Half gs /Group Do Q ", limits, inside).pages[0]


def test_what_a_half_transparent_group_paints_over_is_still_seen(limits: ReadingLimits):
    over = b"/Full gs 1 g 50 590 200 30 re f "
    for state in (b"/Half gs ", b"/Mixed gs "):
        assert HIDDEN in read(SEEN + line(b"") + b"q " + state + b"/Group Do Q ", limits, over).pages[0]
    assert HIDDEN not in read(SEEN + line(b"") + b"/Group Do ", limits, over).pages[0]


def test_what_is_shown_is_read_and_not_what_it_is_said_to_be(limits: ReadingLimits):
    said = b"/Span << /ActualText (" + HIDDEN.encode() + b") >> BDC " + SEEN + b"EMC "
    assert read(said, limits).pages == ("Summe 100,00 EUR",)


def test_letters_that_are_drawings_are_not_judged_by_size_and_colour():
    reader = PdfReader(io.BytesIO(document(b"BT 1 g /F3 0.1 Tf 60 700 Td (x) Tj ET")))
    sight = Sight(reader.pages[0], Fonts())
    reader.pages[0].extract_text(visitor_operand_before=sight.before, visitor_operand_after=sight.after)
    assert not sight.hidden()


LAYER = b"BT 3 Tr /F1 10 Tf 60 700 Td (Rechnung 4711 der Beispiel GmbH) Tj ET "
PICTURE = b"q 595 0 0 842 0 0 cm /Scan Do Q "


@pytest.mark.parametrize(
    "content",
    [
        LAYER + PICTURE,
        PICTURE + LAYER,
        PICTURE + LAYER + b"0 Tr BT 60 20 Td (S. 1) Tj ET",
        LAYER.replace(b"3 Tr", b"0 Tr") + PICTURE,
    ],
)
def test_the_text_layer_of_a_scan_is_read(content: bytes, limits: ReadingLimits):
    parsed = read(content, limits)
    assert "Rechnung 4711" in parsed.pages[0]
    assert not parsed.notes


def test_where_readers_see_a_part_of_a_string_it_is_read_whole_and_that_is_said(limits: ReadingLimits):
    document = read(SEEN + line(b"") + b"1 g 67 590 10 30 re f ", limits)
    assert HIDDEN in document.pages[0]
    assert [note.en for note in document.notes] == [
        "page 1 has text of which readers see a part alone; all of it was read"
    ]


def test_a_page_that_is_a_picture_with_a_stamp_is_named(limits: ReadingLimits):
    stamped = b"q 595 0 0 842 0 0 cm /Scan Do Q BT /F1 10 Tf 60 820 Td (FAX 12.05.2026 10:14) Tj ET "
    document = read(stamped, limits)
    assert [note.en for note in document.notes] == ["page 1 shows a picture for the most part, which is not read"]


@pytest.mark.parametrize(
    "content",
    [
        PICTURE + LAYER + b"0 Tr BT 60 500 Td (Ein ganzer Brief mit viel mehr Text als jene Zeile) Tj ET",
        b"q 90 0 0 90 0 700 cm /Scan Do Q " + LAYER + b"0 Tr BT 60 500 Td (Brief) Tj ET",
        b"/OC /Off BDC " + PICTURE + b"EMC " + LAYER + b"0 Tr BT 60 500 Td (Brief) Tj ET",
        b"q /Clear gs " + PICTURE + b"Q " + LAYER + b"0 Tr BT 60 500 Td (Brief) Tj ET",
    ],
)
def test_a_picture_does_not_make_hidden_text_of_a_letter_a_scan(content: bytes, limits: ReadingLimits):
    parsed = read(content, limits)
    assert "4711" not in parsed.pages[0]
    assert "drawn invisibly" in parsed.notes[0].en


def test_a_page_that_paints_without_end_is_read_all_the_same(limits: ReadingLimits):
    """Beyond a bound nothing is compared any more: what cannot be told counts as seen."""
    dark = b"0 g 60 90 20 20 re f "
    many = dark + b"1 g 50 100 2 5 re f " * 3_000 + b"BT /F1 10 Tf 1 g 60 100 Td " + b"(i) Tj " * 300 + b"ET "
    parsed = read(SEEN + many, limits)
    assert "Summe 100,00 EUR" in parsed.pages[0]
    assert parsed.notes[-1].en.startswith("page 1 paints too much for all of it to be compared")


@pytest.mark.parametrize("in_form", [False, True])
def test_a_page_with_strings_without_end_is_not_read(limits: ReadingLimits, *, in_form: bool):
    many = b"BT /F1 9 Tf " + b"(x) Tj " * 50_001 + b"ET "
    with pytest.raises(IntakeError) as caught:
        read(b"/Form Do " if in_form else many, limits, many)
    assert caught.value.code is ErrorCode.DOCUMENT_TOO_LONG


def test_what_a_layer_shows_is_not_seen_where_all_are_off_but_those_that_are_named(limits: ReadingLimits):
    for name, is_seen in ((b"/Off", False), (b"/On", True)):
        content = SEEN + b"/OC " + name + b" BDC " + line(b"") + b"EMC "
        parsed = read_pdf(document(content, layers=b"/BaseState /OFF /ON [11 0 R]"), limits)
        assert (HIDDEN in parsed.pages[0]) is is_seen


def test_a_form_takes_the_names_of_the_page_if_it_has_none(limits: ReadingLimits):
    objects = one_page(SEEN + b"/X Do", resources=b"<< /Font << /F1 5 0 R >> /XObject << /X 8 0 R >> >>")
    objects[8] = stream(line(b""), b" /Type /XObject /Subtype /Form /BBox [0 0 595 842]")
    parsed = read_pdf(written(objects), limits)
    assert HIDDEN in parsed.pages[0]
    assert parsed.notes == ()


def test_a_form_that_is_given_up_is_said(limits: ReadingLimits):
    """At a number of so many digits pypdf raises; readers go on."""
    parsed = read(SEEN + b"/Form Do ", limits, b"1" + b"0" * 400 + b" w " + line(b"", place=b"60 2600"))
    assert HIDDEN not in parsed.pages[0]
    assert "operators with wrong operands" in parsed.notes[0].en


def test_the_last_of_many_forms_is_read(limits: ReadingLimits):
    objects = one_page(SEEN + b"/X Do " * 5_000 + b"/Y Do", resources=b"<< /XObject << /X 7 0 R /Y 8 0 R >> >>")
    objects[7] = stream(b"q Q", FORM)
    objects[8] = stream(
        line(b""), b" /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >>"
    )
    assert HIDDEN in read_pdf(written(objects), limits).pages[0]


@pytest.mark.parametrize("mode", [b"4", b"5", b"7"])
def test_what_stands_beside_a_clip_of_letters_is_not_seen(limits: ReadingLimits, mode: bytes):
    clip = b"BT /F1 10 Tf " + mode + b" Tr 60 650 Td (Seite 1) Tj ET "
    parsed = read(SEEN + clip + b"BT 0 Tr 60 600 Td (" + HIDDEN.encode() + b") Tj ET ", limits)
    assert HIDDEN not in parsed.pages[0]
    assert "outside the page" in parsed.notes[0].en


def test_a_filled_hairline_is_no_ground(limits: ReadingLimits):
    white = b"0 g 50 590 m 350 620 l f " + line(b"1 g")
    assert HIDDEN not in read(SEEN + white, limits).pages[0]


@pytest.mark.parametrize("kind", [b"/Filter /JPXDecode", b"/ImageMask true /BitsPerComponent 1"])
def test_a_scan_may_be_a_jpeg_2000_or_a_fax(limits: ReadingLimits, kind: bytes):
    """Of both nobody can tell whether something shines through; their text is laid over them all the same."""
    page = b"q 595 0 0 842 0 0 cm /Scan Do Q " + line(b"3 Tr")
    objects = one_page(page, resources=b"<< /Font << /F1 5 0 R >> /XObject << /Scan 6 0 R >> >>")
    objects[6] = (
        b"<< /Type /XObject /Subtype /Image /Width 1700 /Height 2200 /Length 0 %s >>\nstream\n\nendstream" % kind
    )
    assert HIDDEN in read_pdf(written(objects), limits).pages[0]


def test_a_picture_of_nothing_is_no_scan(limits: ReadingLimits):
    """It shines through, or has one pixel: the text over it is hidden, and no layer of what it shows."""
    for picture in (b"/Cutout", b"/Dot"):
        objects = one_page(
            SEEN + b"q 595 0 0 642 0 0 cm " + picture + b" Do Q " + line(b"3 Tr"),
            resources=b"<< /Font << /F1 5 0 R >> /XObject << /Cutout 6 0 R /Dot 7 0 R >> >>",
        )
        image = b" /Type /XObject /Subtype /Image /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray"
        objects[6], objects[7] = stream(b"", image + b" /Width 800 /SMask 7 0 R"), stream(b"", image + b" /Width 1")
        assert HIDDEN not in read_pdf(written(objects), limits).pages[0]
