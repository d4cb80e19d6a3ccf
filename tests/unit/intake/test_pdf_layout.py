"""Where the text of a PDF stands."""

import io
import time

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from unit.intake.pdfs import one_page, stream, written

from services.answers.tables.runs import MAX_RUNS, Run, pack, unpack
from services.intake.document import ReadingLimits
from services.intake.pdf import read_pdf

LIMITS = ReadingLimits(max_pages=50, max_characters=1_000_000)
HIGH = 842
HUGE = "1" + "0" * 30
TINY = "0." + "0" * 30 + "1"


def places(content: bytes) -> dict[str, Run]:
    """Give the runs of the first page by their words."""
    document = read_pdf(content, LIMITS)
    text = document.pages[0]
    return {text[run.start : run.end]: run for run in unpack(document.layouts[0], text)}


def shown(operators: str) -> dict[str, Run]:
    return places(written(one_page(operators.encode())))


def test_a_string_stands_where_the_page_shows_it_from_the_upper_edge() -> None:
    run = shown("BT /F1 10 Tf 60 700 Td (Wort) Tj ET")["Wort"]
    assert (run.left, run.baseline, run.size) == (600, (HIGH - 700) * 10, 100)
    assert abs(run.right - 600 - 10 * stringWidth("Wort", "Helvetica", 10)) <= 1


def test_words_of_one_string_are_one_run_and_a_wide_gap_divides_it() -> None:
    assert set(shown("BT /F1 10 Tf 60 700 Td (zwei Worte) Tj ET")) == {"zwei Worte"}
    assert set(shown("BT /F1 10 Tf 60 700 Td [(links) -9000 (rechts)] TJ ET")) == {"links", "rechts"}


def test_letters_shown_one_by_one_are_one_word() -> None:
    run = shown("BT /F1 10 Tf 60 700 Td (W) Tj (o) Tj (r) Tj (t) Tj ET")["Wort"]
    assert run.left == 600


def test_two_letters_that_are_kerned_are_of_the_word_that_is_spaced_out() -> None:
    lefts = ((60, "O"), (71, "S"), (81, "TE"), (97, "R"), (108, "T"), (118, "A"), (128, "G"))
    drawn = " ".join(f"BT /F1 10 Tf 1 0 0 1 {left} 700 Tm ({letters}) Tj ET" for left, letters in lefts)
    content = written(one_page(f"{drawn} BT /F1 10 Tf 60 600 Td (Unten) Tj ET".encode()))
    assert read_pdf(content, LIMITS).pages[0].split() == ["OSTERTAG", "Unten"]
    pairs = drawn.replace("(O)", "(OB)").replace("(R)", "(RB)").replace("(A)", "(AB)")
    assert len(read_pdf(written(one_page(pairs.encode())), LIMITS).pages[0].split()) > 1


def spaced(letters: str, gap: float) -> str:
    """Draw letters one by one, as programs do that know no spacing; no letter at all for `_`."""
    widths = [stringWidth(letter, "Helvetica", 10) + gap for letter in letters]
    lefts = [60 + sum(widths[:number]) for number in range(len(letters))]
    shown = ((left, letter) for left, letter in zip(lefts, letters, strict=True) if letter != "_")
    return " ".join(f"BT /F1 10 Tf 1 0 0 1 {left} 700 Tm ({letter}) Tj ET" for left, letter in shown)


@pytest.mark.parametrize(
    ("letters", "gap", "words"),
    [
        ("INVOICE", 2, ["INVOICE"]),
        ("BILLED TO", 2, ["BILLED", "TO"]),
        ("BILLED_TO", 3, ["BILLED", "TO"]),
        ("Betrag", 7, ["Betrag"]),
        ("AB", 5, ["A", "B"]),
        ("123", 5, ["1", "2", "3"]),
        ("ABC", 13, ["A", "B", "C"]),
    ],
    ids=["capitals", "two words", "a gap between words", "small letters", "two", "digits", "columns"],
)
def test_letters_that_are_drawn_one_by_one_and_spaced_out_are_a_word(
    letters: str, gap: float, words: list[str]
) -> None:
    before, behind = "BT /F1 10 Tf 60 800 Td (Oben) Tj ET", "BT /F1 10 Tf 60 600 Td (Unten) Tj ET"
    content = written(one_page(f"{before} {spaced(letters, gap)} {behind}".encode()))
    assert read_pdf(content, LIMITS).pages[0].split() == ["Oben", *words, "Unten"]
    assert {word for run in places(content) for word in run.split()} == {"Oben", *words, "Unten"}


@pytest.mark.parametrize(
    ("operators", "text"),
    [
        ("160 700 Td (15-10-2015) Tj -100 0 Td (Order Date:) Tj -50 -20 Td (Nr) Tj", "15-10-2015 Order Date:\nNr"),
        ("60 700 Td (W) Tj 10 0 Td (ort) Tj", "Wort"),
    ],
)
def test_what_stands_apart_is_no_word_in_whatever_order_it_is_drawn(operators: str, text: str) -> None:
    content = written(one_page(f"BT /F1 10 Tf {operators} ET".encode()))
    document = read_pdf(content, LIMITS)
    assert document.pages[0].strip() == text
    assert set(places(content)) == {word for line in text.split("\n") for word in line.split(" ", 1)}


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        ("(Cession) -250 (de) -250 (droits)", "Cession de droits"),
        ("(Cession) -150 (de) -20 (droits)", "Cessiondedroits"),
        ("(R) -250 (E) -250 (C) -250 (H) -250 (N) -250 (U) -250 (N) -250 (G)", "RECHNUNG"),
    ],
    ids=["moved as far as a space", "moved less", "spaced out"],
)
def test_words_are_where_the_pen_moves_as_far_as_a_space_however_wide_the_font_says_that_is(
    pieces: str, text: str
) -> None:
    objects = one_page(f"BT /F1 10 Tf 60 700 Td [{pieces}] TJ 0 -20 Td (Ende) Tj ET".encode())
    widths = b"/FirstChar 32 /LastChar 122 /Widths [%s]" % b" ".join([b"700"] * 91)
    objects[5] = b"<< /Type /Font /Subtype /Type1 /BaseFont /A+Gyre /FontDescriptor 6 0 R %s >>" % widths
    objects[6] = b"<< /Type /FontDescriptor /FontName /A+Gyre /Flags 1 >>"
    content = written(objects)
    assert read_pdf(content, LIMITS).pages[0].split("\n") == [text, "Ende"]
    assert set(places(content)) == {text, "Ende"}


def test_spacing_and_scale_move_what_follows() -> None:
    plain = shown("BT /F1 10 Tf 60 700 Td (Wort) Tj ET")["Wort"]
    spaced = shown("BT /F1 10 Tf 1 Tc 60 700 Td (Wort) Tj ET")["Wort"]
    scaled = shown("BT /F1 10 Tf 200 Tz 60 700 Td (Wort) Tj ET")["Wort"]
    assert spaced.right == plain.right + 30
    assert scaled.right - scaled.left == 2 * (plain.right - plain.left)


def test_what_a_form_shows_stands_where_form_and_page_put_it() -> None:
    objects = one_page(b"q 1 0 0 1 100 50 cm /Fm Do Q", resources=b"<< /XObject << /Fm 6 0 R >> >>")
    entries = b"/Type /XObject /Subtype /Form /BBox [0 0 500 800] /Resources << /Font << /F1 5 0 R >> >>"
    for matrix, moved in ((b"", 0), (b" /Matrix [1 0 0 1 7 -30]", 30)):
        objects[6] = stream(b"BT /F1 10 Tf 60 700 Td (Wort) Tj ET", entries + matrix)
        run = places(written(objects))["Wort"]
        assert (run.left, run.baseline) == (1600 + 70 * bool(moved), (HIGH - 750 + moved) * 10)


@pytest.mark.parametrize(
    ("turn", "matrix"), [(90, "0 1 -1 0 300 100"), (180, "-1 0 0 -1 300 100"), (270, "0 -1 1 0 300 100")]
)
def test_on_a_turned_page_places_are_those_that_a_reader_sees(turn: int, matrix: str) -> None:
    objects = one_page(f"BT /F1 10 Tf {matrix} Tm (Wort) Tj ET".encode())
    objects[3] = objects[3].replace(b"/Type /Page ", b"/Type /Page /Rotate %d " % turn)
    run = places(written(objects))["Wort"]
    assert (run.left, run.baseline) == {90: (1000, 3000), 180: (2950, 1000), 270: (7420, 2950)}[turn]


@pytest.mark.parametrize(
    "operators",
    [
        "BT /F1 10 Tf 0 1 -1 0 60 700 Tm (Wort) Tj ET",
        "BT /F1 10 Tf -1 0 0 1 300 700 Tm (Wort) Tj ET",
    ],
    ids=["upwards", "mirrored"],
)
def test_text_that_is_not_upright_is_read_without_a_place(operators: str) -> None:
    content = written(one_page(operators.encode()))
    assert read_pdf(content, LIMITS).pages[0].strip() == "Wort"
    assert places(content) == {}


@pytest.mark.parametrize(
    "operators",
    [
        "BT /F1 0 Tf 60 700 Td (Wort) Tj ET",
        f"BT /F1 {HUGE} Tf 60 700 Td (Wort) Tj ET",
        f"BT /F1 10 Tf {HUGE} 0 0 {HUGE} {HUGE} {HUGE} Tm (Wort) Tj ET",
        f"BT /F1 10 Tf {TINY} 0 0 {TINY} 60 700 Tm (Wort) Tj ET",
        f"BT /F1 10 Tf 60 700 Td [(Wort) -{HUGE} (Wort) -{HUGE} (Wort)] TJ ET",
        f"{HUGE} 0 0 {HUGE} {HUGE} {HUGE} cm " * 12 + "BT /F1 10 Tf 60 700 Td (Wort) Tj ET",
        f"BT /F1 10 Tf {HUGE} Tc {HUGE} Tw 60 700 Td (Wort Wort) Tj ET",
    ],
    ids=["no size", "huge size", "huge matrix", "tiny matrix", "huge kerning", "infinite places", "huge spacing"],
)
def test_absurd_sizes_and_places_end_with_a_document(operators: str) -> None:
    seen = "BT /F1 10 Tf 60 600 Td (gut) Tj ET"
    document = read_pdf(written(one_page(f"{seen} {operators}".encode())), LIMITS)
    assert "gut" in document.pages[0]


def test_a_page_with_more_runs_than_are_kept_is_read_without_places() -> None:
    words = " ".join(f"1 0 0 1 {at % 500} {at // 500} Tm (w) Tj" for at in range(MAX_RUNS + 10))
    started = time.process_time()
    document = read_pdf(written(one_page(f"BT /F1 10 Tf {words} ET".encode())), LIMITS)
    assert document.pages[0].count("w") == MAX_RUNS + 10
    assert document.layouts[0] == ()
    assert time.process_time() - started < 20


def test_every_run_is_its_words_in_the_stored_text() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=True)
    for at, words in enumerate(("Größe: 12,50 €", "zweite Zeile", "dritte")):
        canvas.drawString(60, 700 - 20 * at, words)
    canvas.save()
    assert list(places(out.getvalue())) == ["Größe: 12,50 €", "zweite Zeile", "dritte"]


def test_a_font_of_drawings_has_a_measure_of_its_own() -> None:
    objects = one_page(b"BT /F1 10 Tf 60 700 Td (W) Tj 6 0 Td (o) Tj 6 0 Td (rt) Tj ET")
    objects[5] = (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 2000 2000] /FontMatrix [0.0003 0 0 0.0003 0 0] "
        b"/Encoding << /Type /Encoding /Differences [111 /o 114 /r 116 /t 87 /W] >> /FirstChar 87 /LastChar 116 "
        b"/CharProcs << >> /Widths [%s] >>" % b" ".join([b"2000"] * 30)
    )
    run = places(written(objects))["Wort"]
    assert (run.left, run.right) == (600, 840)  # 2,000 of the font are 0.6 of its size


def test_a_pdf_whose_table_of_objects_is_wrong_is_searched_and_says_so() -> None:
    whole = written(one_page(b"BT /F1 9 Tf 60 700 Td (Betrag 12,00 EUR) Tj ET"))
    place = whole.index(b" 00000 n", whole.index(b"xref")) - 10
    wrong = whole[:place] + b"%010d" % (len(whole) - 30) + whole[place + 10 :]  # behind the table, it says
    document = read_pdf(wrong, LIMITS)
    assert [page.strip() for page in document.pages] == ["Betrag 12,00 EUR"]
    assert any("table of objects is damaged" in note.en for note in document.notes)


def test_runs_that_share_characters_are_none():
    """As many copies of a page would be made as there are runs."""
    runs = [Run(0, 4, 10, 20, 30, 10)] * 3
    assert unpack(pack(runs[:1]), "abcd") == runs[:1]
    assert unpack(pack(runs), "abcd") == []
