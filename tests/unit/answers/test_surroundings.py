"""The words around a place: those that a reader sees beside and above it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.answers.placed import LETTER, SIZE, Pages, column, placed

from services.answers.surroundings import MAX_ABOVE, MAX_BEFORE, MAX_LABEL, Surroundings
from services.answers.tables.runs import Run, pack


def around(pages: Pages, value: str) -> tuple[str, ...]:
    text = pages[0][0]
    return Surroundings(*pages).labels(1, text.index(value))


def is_dateline(pages: Pages, value: str) -> bool:
    return Surroundings(*pages).is_dateline(1, pages[0][0].index(value))


@pytest.mark.parametrize("label", ["Fällig am", "Due by"])
def test_the_words_before_a_value_in_its_cell_are_the_nearest(label: str) -> None:
    page = placed(("Netto", 0, 100), (f"{label} 5.6.", 0, 220))
    assert around(page, "5.6.")[0] == label.lower()


def test_of_a_line_without_end_the_nearest_words_precede_a_value() -> None:
    text = f"{'Anfang ' * 10_000}Gesamtbetrag 119,00"
    before = Surroundings([text], ()).words_before(1, text.index("119,00"))
    assert before.endswith("anfang gesamtbetrag")
    assert len(before) <= MAX_BEFORE


@pytest.mark.parametrize("label", ["Rechnungsbetrag", "Amount due"])
def test_the_cell_to_the_left_is_next(label: str) -> None:
    page = placed(("Summe", 3_000, 100), (label, 0, 220), ("119,00", 3_000, 220))
    assert around(page, "119,00")[:2] == (label.lower(), "summe")


@pytest.mark.parametrize("currency", ["EUR", "€", "Fr.", "CHF"])
def test_a_cell_with_a_currency_alone_is_no_label_without_the_one_before(currency: str) -> None:
    page = placed(("Netto", 0, 100), (currency, 3_000, 100), ("119,00", 4_000, 100))
    assert around(page, "119,00")[0] == f"netto {currency.lower()}"
    assert around(placed(("Netto", 0, 100), ("Menge", 3_000, 100), ("119,00", 4_000, 100)), "119,00")[0] == "menge"


@pytest.mark.parametrize("label", ["Rechnungsdatum", "Date of issue"])
def test_of_the_line_above_the_cell_that_stands_over_it_counts(label: str) -> None:
    page = placed(("Nummer", 0, 100), (label, 3_000, 100), ("4711", 0, 220), ("5.6.2026", 3_000, 220))
    assert around(page, "5.6.2026")[:2] == ("4711", label.lower())
    assert "nummer" not in around(page, "5.6.2026")[:2]


def test_what_stands_too_far_above_is_no_label() -> None:
    assert "datum" in around(placed(("Datum", 0, 100), ("5.6.", 0, 100 + 26 * SIZE // 10)), "5.6.")[0]
    far = placed(("Datum", 0, 100), ("Ort", 0, 100 + 2 * SIZE), ("5.6.", 0, 100 + 47 * SIZE // 10))
    assert around(far, "5.6.") == ("ort",)  # the line before in the text


@pytest.mark.parametrize("below", [100, 220])
def test_what_stands_to_the_right_is_no_label(below: int) -> None:
    page = placed(("Weg 1", 0, 100), ("RECHNUNG", 3_000, 100), ("80333 Ort", 0, below + 120))
    assert not any("rechnung" in label for label in around(page, "80333"))


@pytest.mark.parametrize("value", [140, 60])
@pytest.mark.parametrize("label", ["Rechnungsnummer", "Invoice no."])
def test_what_is_filled_in_a_little_below_or_above_its_label_stands_beside_it(label: str, value: int) -> None:
    page = placed((label, 3_000, 100), ("80333 Ort", 0, value), ("471102", 5_000, value))
    assert around(page, "471102")[0] == label.lower()
    assert around(page, "80333")[0] != label.lower()
    apart = placed((label, 3_000, 100), ("80333 Ort", 0, 170), ("471102", 5_000, 170))
    assert around(apart, "471102")[0] == "80333 ort"


def test_where_the_nearest_have_no_words_the_row_has_them() -> None:
    page = placed(("Tax 15 % on", 0, 100), ("112.90", 3_000, 100), ("16.94", 5_000, 100))
    assert around(page, "16.94") == ("112.90", "tax 15 % on 112.90")


@pytest.mark.parametrize(("text", "label"), [("Betrag\n119,00", "betrag"), ("Total due:  119,00", "total due:")])
def test_plain_text_is_laid_out_by_its_lines_and_spaces(text: str, label: str) -> None:
    assert around(([text], []), "119,00")[0] == label


def test_a_place_outside_every_cell_has_the_text_before_it_alone() -> None:
    page = (["Betrag 119,00"], [pack([Run(0, 6, 0, 300, 100, SIZE)])])
    assert around(page, "119,00") == ("betrag",)


@pytest.mark.parametrize(
    "line", ["5. Juni 2026", "Köln, 5. Juni 2026", "Köln, den 5. Juni 2026", "Leeds, 5. Juni 2026"]
)
def test_a_date_alone_or_behind_its_place_stands_where_letters_have_theirs(line: str) -> None:
    page = placed(("Muster GmbH", 0, 100), (line, 4_000, 600))
    assert is_dateline(page, "5. Juni")


@pytest.mark.parametrize(
    "page",
    [
        placed(("Fällig am 5. Juni 2026", 0, 600)),
        placed(("Due on 5. Juni 2026", 0, 600)),
        placed(("Geburtstag:", 0, 600), ("5. Juni 2026", 3_000, 600)),
        placed(("Delivered", 3_000, 480), ("5. Juni 2026", 3_000, 600)),
    ],
)
def test_a_date_with_a_label_does_not(page: Pages) -> None:
    assert not is_dateline(page, "5. Juni")


def test_the_cell_above_is_the_next_line_of_an_address() -> None:
    page = placed(*column(500, 1_000, "Muster GmbH", "Frau Anna Weber"), ("rechts", 4_000, 1_000))
    surroundings, text = Surroundings(*page), page[0][0]
    above = surroundings.cell_above(1, text.index("Frau"))
    assert above is not None
    assert above.text == "Muster GmbH"
    assert surroundings.cell_above(1, text.index("Muster")) is None
    for gap, is_next in ((2.2, True), (2.3, False)):
        apart = placed(("Muster GmbH", 500, 1_000), ("Frau Anna Weber", 500, 1_000 + round(gap * SIZE)))
        assert (Surroundings(*apart).cell_above(1, apart[0][0].index("Frau")) is not None) is is_next
    beside = placed(("Muster GmbH", 600, 1_000), ("Frau Anna Weber", 500, 1_120))
    assert Surroundings(*beside).cell_above(1, beside[0][0].index("Frau")) is None


def test_lines_of_an_address_may_end_at_one_edge_instead() -> None:
    page = placed(("Antiquariat Korff", 4_000, 1_000), ("Bücher GmbH", 4_000 + 6 * LETTER, 1_120))
    below = Surroundings(*page).cell_below(1, 0)
    assert below is not None
    assert below.text == "Bücher GmbH"


def test_lines_of_a_column_beside_it_may_stand_between_two_lines_of_an_address() -> None:
    page = placed(("Muster GmbH", 500, 1_000), ("Kunden-Nr. 7", 4_000, 1_060), ("Frau Muster", 500, 1_120))
    surroundings, text = Surroundings(*page), page[0][0]
    above, below = (surroundings.cell_above(1, text.index("Frau")), surroundings.cell_below(1, 0))
    assert (above.text if above else None, below.text if below else None) == ("Muster GmbH", "Frau Muster")


def test_a_row_of_a_form_is_labelled_by_a_colon_to_its_left() -> None:
    page = placed(("Name:", 0, 100), ("Anna Weber", 2_000, 100), ("Ort", 0, 220), ("Köln", 2_000, 220))
    surroundings, text = Surroundings(*page), page[0][0]
    assert surroundings.is_labelled_row(1, text.index("Anna"))
    assert not surroundings.is_labelled_row(1, text.index("Köln"))
    assert not surroundings.is_labelled_row(1, text.index("Name"))
    assert surroundings.is_first_of_line(1, text.index("Ort"))
    assert not surroundings.is_first_of_line(1, text.index("Köln"))


def test_a_stretch_of_text_is_parted_where_cells_end() -> None:
    text = "20077 4711"
    page = ([text], [pack([Run(0, 5, 0, 250, 100, SIZE), Run(6, 10, 3_000, 3_200, 100, SIZE)])])
    assert [*Surroundings(*page).by_cells(1, 0, 10)] == [(0, 5), (6, 10)]
    assert [*Surroundings(*page).by_cells(1, 0, 8)] == [(0, 5), (6, 8)]
    assert [*Surroundings([text], []).by_cells(1, 0, 10)] == [(0, 10)]


def test_labels_are_bounded_however_long_and_however_many() -> None:
    page = placed(*((f"x{number}", number, 100) for number in range(200)), ("y" * 300, 0, 220), ("7", 20_000, 220))
    found = around(page, "7\n")
    assert all(len(label) <= MAX_LABEL for label in found)
    assert len(found) <= MAX_ABOVE + 2


@given(st.text(max_size=120), st.integers(0, 119))
def test_any_place_of_any_text_has_words_around_it_or_none(text: str, start: int) -> None:
    surroundings = Surroundings([text], [])
    if start < len(text):
        assert surroundings.labels(1, start)
        assert surroundings.is_dateline(1, start) in (True, False)
        surroundings.cell_above(1, start)


def test_dates_below_each_other_are_no_letters() -> None:
    page = placed(("Datum", 0, 100), ("04.03.2026", 0, 220), ("11.03.2026", 0, 340), ("9. April 2026", 4_000, 600))
    assert [is_dateline(page, day) for day in ("04.03.2026", "11.03.2026", "9. April 2026")] == [False, False, True]


def test_a_date_behind_another_one_in_its_line_is_a_rows() -> None:
    page = placed(("RE-17", 0, 400), ("02.09.2026", 1000, 400), ("16.09.2026", 2000, 400), ("16.11.2026", 3000, 100))
    assert [is_dateline(page, day) for day in ("02.09.2026", "16.09.2026", "16.11.2026")] == [True, False, True]
