"""Tables of plain text: what is a row, what is none, and what is said where rows are missing."""

from decimal import Decimal

import pytest
from unit.answers.tables.printed import read_text, said_descriptions, said_figures

from services.answers.tables.fields import CONFIRMED, UNCONFIRMED

HEAD = "Pos  Bezeichnung            Menge   Einzelpreis   Gesamtpreis"
ROWS = (
    "1    Schraube verzinkt          4          2,50         10,00",
    "2    Dichtung                   2         10,00         20,00",
    "3    Montage                    1         70,00         70,00",
)
NET = "     Nettobetrag                                         100,00"
TAX = "     zzgl. 19 % MwSt.                                     19,00"
GROSS = "     Gesamtbetrag                                        119,00"
TOTALS = {"net_total": "100.00", "gross_total": "119.00"}


def page(*lines: str) -> str:
    return "\n".join(lines)


def without_number(line: str) -> str:
    return f"     {line[5:]}"


def amounts(*lines: str, **totals: str) -> list[Decimal | None]:
    return [figures[2] for figures in said_figures(read_text(page(*lines), **(totals or TOTALS)))]


def test_a_table_of_plain_text_is_read_with_its_figures_and_words() -> None:
    answers = read_text(page(HEAD, *ROWS, "", NET, TAX, GROSS), **TOTALS)
    assert said_figures(answers) == [
        (Decimal(4), Decimal("2.50"), Decimal("10.00")),
        (Decimal(2), Decimal("10.00"), Decimal("20.00")),
        (Decimal(1), Decimal("70.00"), Decimal("70.00")),
    ]
    assert said_descriptions(answers) == ["Schraube verzinkt", "Dichtung", "Montage"]
    assert not answers.reasons


def test_two_columns_whose_heads_are_read_as_one_take_no_place_from_the_others() -> None:
    head = "Description         Quantity   Unit Price   Disc.% Taxes     Amount"
    rows = (
        "Beeswax XL          1.00 kg         42.00    0.00  15.00%     42.00",
        "Office Chair        2.00 Units      35.00    0.00  15.00%     70.00",
    )
    answers = read_text(page(head, *rows), language="en", net_total="112.00")
    assert said_figures(answers) == [
        (Decimal("1.00"), Decimal("42.00"), Decimal("42.00")),
        (Decimal("2.00"), Decimal("35.00"), Decimal("70.00")),
    ]
    assert said_descriptions(answers) == ["Beeswax XL", "Office Chair"]


def test_a_description_goes_on_below_its_row() -> None:
    answers = read_text(page(HEAD, ROWS[0], "     M8, 40 mm", *ROWS[1:], "", NET), **TOTALS)
    assert said_descriptions(answers)[0] == "Schraube verzinkt M8, 40 mm"
    assert not answers.reasons


def test_a_word_that_a_hyphen_divides_is_made_whole() -> None:
    answers = read_text(page(HEAD, ROWS[0].replace("verzinkt", "feuer-  "), "     verzinkt", *ROWS[1:], NET), **TOTALS)
    assert said_descriptions(answers)[0] == "Schraube feuerverzinkt"


@pytest.mark.parametrize(
    "label", ["Zwischensumme", "Übertrag", "Seitensumme", "Subtotal", "Carried forward", "Sous-total", "À reporter"]
)
def test_a_subtotal_or_a_sum_carried_over_is_no_row(label: str) -> None:
    between = f"     {label:45}       30,00"
    assert amounts(HEAD, *ROWS[:2], between, ROWS[2], "", NET) == [10, 20, 70]


def test_a_credit_is_a_row() -> None:
    credit = "     Gutschrift Retoure                                  -10,00"
    answers = read_text(page(HEAD, *ROWS, credit, "", NET.replace("100", " 90")), net_total="90.00")
    assert said_figures(answers)[-1] == (None, None, Decimal("-10.00"))
    assert not answers.reasons


def test_lines_below_the_total_are_no_rows() -> None:
    later = "5    Skonto bei Zahlung bis     1          2,00          2,00"
    answers = read_text(page(HEAD, *ROWS, "", NET, TAX, GROSS, "", later), **TOTALS)
    assert len(said_figures(answers)) == 3 or answers.reasons


def test_the_head_of_a_second_page_is_no_row_and_the_rows_go_on() -> None:
    answers = read_text(page(HEAD, *ROWS[:2]), page("Rechnung 1, Seite 2", "", HEAD, ROWS[2], "", NET), **TOTALS)
    assert [figures[2] for figures in said_figures(answers)] == [10, 20, 70]
    assert said_descriptions(answers) == ["Schraube verzinkt", "Dichtung", "Montage"]
    assert not answers.reasons


def test_a_description_goes_on_on_the_next_page() -> None:
    answers = read_text(page(HEAD, *ROWS[:2]), page("     verzinkt", ROWS[2], "", NET), **TOTALS)
    assert said_descriptions(answers) == ["Schraube verzinkt", "Dichtung verzinkt", "Montage"]


def test_what_stands_above_a_repeated_head_is_of_no_row() -> None:
    above = ("     Muster GmbH", "     Musterweg 1", "")
    answers = read_text(page(HEAD, *ROWS[:2]), page(*above, HEAD, ROWS[2], "", NET), **TOTALS)
    assert said_descriptions(answers) == ["Schraube verzinkt", "Dichtung", "Montage"]


def test_a_number_above_a_repeated_head_is_the_pages_own() -> None:
    answers = read_text(page(HEAD, *ROWS[:2]), page("     Seite                      2", "", HEAD, ROWS[2]))
    assert len(said_figures(answers)) == 3
    assert not answers.reasons


def test_a_number_without_words_below_the_rows_is_no_row() -> None:
    answers = read_text(page(HEAD, *ROWS, f"{'100,00':>62}"))
    assert [figures[2] for figures in said_figures(answers)] == [10, 20, 70]
    assert not answers.reasons


@pytest.mark.parametrize("language", ["en", "fr", "und"])
def test_reasons_are_in_english_where_the_document_is_not_german(language: str) -> None:
    head = "Item   Description              Qty   Unit price        Amount"
    rows = "1      Screw                      4         2.50     1,010.00"
    (reason,) = read_text(page(head, rows), language=language, net_total="2000.00").reasons[-1:]
    assert reason == (
        "Line items: rows missing against the total: the rows add up to 1,010.00, “Net total” says 2,000.00."
    )


def test_rows_missing_against_the_total_are_said() -> None:
    (reason,) = read_text(page(HEAD, *ROWS[:2], "", NET), **TOTALS).reasons
    assert reason == (
        "Positionen: Zeilen fehlen gegenüber der Summe: die Zeilen ergeben 30,00, „Nettobetrag“ lautet 100,00."
    )


def test_a_total_that_is_not_the_headers_confirms_no_rows() -> None:
    less = NET.replace("100", " 30")
    (reason,) = read_text(page(HEAD, *ROWS[:2], "", less, TAX, GROSS), **TOTALS).reasons
    assert "fehlen gegenüber der Summe" in reason


def test_where_no_total_is_known_the_first_line_below_the_rows_alone_may_confirm_them() -> None:
    rows = [without_number(line) for line in (HEAD, *ROWS[:2])]
    (reason,) = read_text(page(*rows, "", NET, TAX.replace(" 19,00", " 30,00"), GROSS)).reasons
    assert "nichts bestätigt" in reason
    assert not read_text(page(*rows, "", NET.replace("100", " 30"))).reasons


def test_what_follows_a_subtotal_is_not_left_out_because_the_rows_before_make_it() -> None:
    subtotal, freight = f"     {'Zwischensumme':45}       30,00", f"     {'Versandkosten':45}        5,00"
    answers = read_text(page(HEAD, *ROWS[:2], subtotal, freight))
    assert [figures[2] for figures in said_figures(answers)] == [10, 20, 5]
    assert any("nichts bestätigt" in reason for reason in answers.reasons)


def test_numbers_of_a_row_without_an_amount_are_said() -> None:
    reasons = read_text(page(HEAD, *ROWS[:2], "", "3    Montage                    1         70,00")).reasons
    assert any("Zahlen, die zu keiner Zeile gehören: 2 (Seite 1)" in reason for reason in reasons)


@pytest.mark.parametrize("last", ["3    Montage                    1         70,00", "3    Montage"])
@pytest.mark.parametrize("below", [(), ("", "     Summe                                                30,00")])
def test_a_last_row_without_an_amount_is_said(last: str, below: tuple[str, ...]) -> None:
    answers = read_text(page(HEAD, *ROWS[:2], last, *below))
    assert "Positionen: Zeilen fehlen nach ihren Nummern: Nummer 3 ohne „Gesamtpreis“." in answers.reasons
    assert len(said_figures(answers)) == 2


def test_rows_missing_against_their_numbers_are_said() -> None:
    reasons = read_text(page(HEAD, ROWS[0], ROWS[2])).reasons
    assert any("von 1 auf 3" in reason for reason in reasons)


def test_a_first_row_that_is_not_number_one_is_said() -> None:
    reasons = read_text(page(HEAD, *ROWS[1:])).reasons
    assert any("von 0 auf 2" in reason for reason in reasons)


def test_rows_counted_by_tens_miss_nothing() -> None:
    tens = [f"{line[0]}0   {line[5:]}" for line in ROWS]
    assert not read_text(page(HEAD, *tens)).reasons
    assert any("von 10 auf 30" in reason for reason in read_text(page(HEAD, tens[0], tens[2])).reasons)


def test_rows_without_numbers_and_without_a_total_are_never_called_complete() -> None:
    (reason,) = read_text(page(*map(without_number, (HEAD, *ROWS)))).reasons
    assert "nichts bestätigt" in reason


def test_an_amount_that_is_not_the_product_needs_a_total_that_confirms_it() -> None:
    odd = ROWS[1].replace(" 20,00", " 19,00")
    assert any("Menge mal Preis" in reason for reason in read_text(page(HEAD, ROWS[0], odd, ROWS[2])).reasons)
    assert not read_text(page(HEAD, ROWS[0], odd, ROWS[2], NET.replace("100", " 99")), net_total="99.00").reasons


def test_a_total_makes_amounts_sure_but_not_a_price_that_does_not_make_its_amount() -> None:
    odd = ROWS[1].replace(" 20,00", " 19,00")
    answers = read_text(page(HEAD, ROWS[0], odd, ROWS[2], NET.replace("100", " 99")), net_total="99.00")
    sure = {field.path: field.confidence for field in answers.fields}
    assert sure["line_items[1].line_total"] == sure["line_items[0].unit_price"] == CONFIRMED
    assert sure["line_items[1].unit_price"] == sure["line_items[1].quantity"] == UNCONFIRMED


def test_an_amount_that_cannot_be_read_is_said_and_kept_as_it_stands() -> None:
    unread = ROWS[1].replace("20,00", "2,000")
    answers = read_text(page(HEAD, ROWS[0], unread, ROWS[2], NET), **TOTALS)
    field = next(field for field in answers.fields if field.path == "line_items[1].line_total")
    assert (field.verbatim, field.value, field.status) == ("2,000", None, "unparsed")
    assert any("nicht als Zahl lesbar" in reason for reason in answers.reasons)


def test_a_row_without_a_quantity_beside_others_that_have_one_is_said() -> None:
    hole = ROWS[1].replace(" 2   ", "     ", 1)
    answers = read_text(page(HEAD, ROWS[0], hole, ROWS[2], NET), **TOTALS)
    assert any("Zeile 2 (Seite 1) ohne „Menge“" in reason for reason in answers.reasons)


def test_no_table_at_all_is_said_where_the_type_needs_one() -> None:
    (reason,) = read_text("Wir berechnen Ihnen 100,00 EUR.", **TOTALS).reasons
    assert "keinen Tabellenkopf" in reason


def test_a_head_without_rows_is_said() -> None:
    (reason,) = read_text(page(HEAD, "", "Anlage folgt."), **TOTALS).reasons
    assert "unter dem Tabellenkopf auf Seite 1" in reason


def test_a_delivery_note_has_rows_without_amounts() -> None:
    lines = [
        "Pos  Artikel                Menge",
        "1    Kies 0-32 mm              12",
        "2    Sand                       5",
        "3    Splitt                     7",
    ]
    answers = read_text(page(*lines), kind="delivery_note")
    assert [figures[0] for figures in said_figures(answers)] == [12, 5, 7]
    assert said_descriptions(answers) == ["Kies 0-32 mm", "Sand", "Splitt"]
    assert not answers.reasons


def test_a_gap_in_the_numbers_of_a_delivery_note_is_said() -> None:
    lines = ["Pos  Artikel      Menge", "1    Kies            12", "4    Sand             5"]
    reasons = read_text(page(*lines), kind="delivery_note").reasons
    assert any("von 1 auf 4" in reason for reason in reasons)


def test_a_type_without_a_table_has_no_rows_and_misses_none() -> None:
    answers = read_text(page(HEAD, *ROWS), kind="complaint")
    assert not answers.fields
    assert not answers.reasons
