"""Rows without a head that code knows: a printed sum proves them, or they are none."""

from decimal import Decimal

import pytest
from unit.answers.tables.printed import Figures, read_text, said_descriptions, said_figures

from services.answers.tables.answers import CONFIRMED

NET = {"net_total": "300.00", "gross_total": "357.00"}
BELOW = ("", "Nettobetrag                     300,00", "19 % MwSt.                       57,00", "Summe      357,00")


def figures(*lines: str, language: str = "de", **totals: str) -> list[tuple[str | None, str | None, str | None]]:
    """Give quantity, unit price and line total of each row; none if something is said to be missing."""
    answers = read_text("\n".join(lines), language=language, **(totals or NET))
    return [] if answers.reasons else [_texts(row) for row in said_figures(answers)]


def _texts(row: Figures) -> tuple[str | None, str | None, str | None]:
    first, second, third = (None if value is None else f"{value:f}" for value in row)
    return first, second, third


def words(*lines: str, **totals: str) -> list[str | None]:
    return said_descriptions(read_text("\n".join(lines), **(totals or NET)))


def test_lines_that_end_in_amounts_are_rows_where_their_sum_is_the_net_total() -> None:
    listed = (
        "Wie besprochen berechne ich:",
        "",
        "Beratung im März                100,00",
        "Fahrten     200,00",
        *BELOW,
    )
    assert figures(*listed) == [(None, None, "100.00"), (None, None, "200.00")]
    assert words(*listed) == ["Beratung im März", "Fahrten"]
    confidences = {field.confidence for field in read_text("\n".join(listed), **NET).fields}
    assert confidences == {CONFIRMED}


@pytest.mark.parametrize(
    ("line", "quantity", "price"),
    [
        ("Beratung, 2 Std. zu 50,00      100,00", "2", "50.00"),
        ("4 x Domain je Monat 25,00      100,00", "4", "25.00"),
        ("Beratung      2     50,00      100,00", "2", "50.00"),
        ("Beratung      50,00     2      100,00", "2", "50.00"),
        ("Strom     500 kWh   20,00 ct/kWh    100,00", "500", "0.20"),
        ("Beratung, 2 Std. zu 50,00 ....... 100,00", "2", "50.00"),
        ("1 x Server                     100,00", "1", None),
        ("Beratung, Raum 12              100,00", None, None),
    ],
)
def test_what_an_amount_is_the_product_of_is_quantity_and_price(line: str, quantity: str, price: str) -> None:
    first, _ = figures(line, "Fahrten                        200,00", *BELOW)
    assert (first[0], first[1] and f"{Decimal(first[1]):.2f}", first[2]) == (quantity, price, "100.00")


def test_numbers_that_count_the_lines_are_no_quantities() -> None:
    lines = ("1   Filter   4    25,00   100,00", "2   Montage       100,00   200,00", *BELOW)
    assert "row 2 (page 1) has no quantity" in read_text("\n".join(lines), **NET).reasons[0]


def test_a_column_that_a_head_names_is_read_where_no_product_shows_it() -> None:
    head = "Artikel            Menge     Preis per      Betrag    St"
    rows = (
        "Saatgut          400 kg      25,00 100      100,00     1",
        "Futter           800 kg      25,00 100      200,00     1",
    )
    answers = read_text("\n".join((head, *rows, *BELOW)), **NET)
    assert [row[0] for row in said_figures(answers)] == [400, 800]
    assert [row[2] for row in said_figures(answers)] == [100, 200]
    assert "cannot be read as a number" in answers.reasons[0], "a price for a hundred is no unit price"


def test_a_sum_may_stand_among_other_amounts_or_in_a_sentence() -> None:
    rows = ("Beratung im März                100,00", "Fahrten                         200,00", "")
    assert len(figures(*rows, "Satz    Netto    Steuer", "19 %   300,00     57,00    357,00")) == 2
    assert len(figures(*rows, "Das macht netto 300,00 Euro, mit Steuer 357,00.")) == 2


def test_lines_by_tax_rate_are_no_rows() -> None:
    lines = ("Satz    Netto    Brutto", "19 %   100,00    119,00", "7 %   200,00    238,00", "Summe  300,00   357,00")
    assert figures(*lines) == []


def test_instalments_are_no_rows() -> None:
    lines = (
        "Rechnungsbetrag 357,00 EUR",
        "",
        "Rate am 1. März      100,00",
        "Rate am 1. April     257,00",
        "Viele Grüße",
    )
    assert figures(*lines) == []


def test_a_total_that_is_printed_twice_is_no_row_of_itself() -> None:
    assert figures("Rechnungssumme der Lieferung      300,00", "", "Gesamt      300,00") == []
    assert figures("Lieferung                         300,00", "", "Gesamt      300,00") == []


def test_one_line_of_several_words_is_a_row() -> None:
    assert figures("Übersetzung des Vertrags ins Englische     300,00", "", "Gesamt   300,00") == [
        (None, None, "300.00")
    ]


def test_a_stretch_of_a_longer_list_is_never_taken_for_all_of_it() -> None:
    rows = ("Beratung     55,00", "Schulung    100,00", "Fahrten     200,00")
    assert figures(*rows, "", "Zwischenstand      355,00", "Netto    300,00") == []
    assert figures(*rows, *BELOW[1:]) == []


def test_a_list_goes_on_over_a_page() -> None:
    first, second = "Beratung im März      100,00", "\n".join(("Fahrten und Spesen    200,00", *BELOW))
    answers = read_text(first, second, **NET)
    assert not answers.reasons
    assert [row[2] for row in said_figures(answers)] == [100, 200]


def test_subtotals_are_no_rows_and_what_follows_a_sum_as_freight_or_discount_is_none() -> None:
    rows = (
        "Ware A   150,00",
        "Ware B   160,00",
        "Warenwert gesamt nach Liste   310,00",
        "Rabatt   -20,00",
        "Fracht   10,00",
    )
    assert [row[2] for row in figures(*rows, *BELOW)] == ["150.00", "160.00"]
    more = ("Ware A   150,00", "Ware B   100,00", "Zwischensumme   250,00", "Ware C   50,00")
    assert [row[2] for row in figures(*more, *BELOW)] == ["150.00", "100.00", "50.00"]


def test_a_line_that_names_a_tax_is_a_row_only_where_the_net_total_says_so() -> None:
    rows = ("Buchführung   100,00", "Umsatzsteuer-Voranmeldung   200,00")
    assert [row[2] for row in figures(*rows, "", "Netto    300,00", "19 % Umsatzsteuer   57,00", "Summe   357,00")] == [
        "100.00",
        "200.00",
    ]
    with_tax = ("Buchführung   300,00", "19 % Umsatzsteuer   57,00", "", "Summe   357,00")
    assert figures(*with_tax, gross_total="357.00") == []


def test_a_row_that_shows_a_price_and_no_quantity_beside_others_is_said() -> None:
    lines = ("Seife     2     50,00     100,00", "Bürste          50,00     200,00", *BELOW)
    assert "row 2 (page 1) has no quantity" in read_text("\n".join(lines), **NET).reasons[0]


def test_words_above_a_line_of_numbers_are_its_description() -> None:
    lines = ("Übersetzung des Handbuchs,", "10 Seiten zu 10,00      100,00", "Fahrten    200,00", *BELOW)
    assert words(*lines)[0] == "Übersetzung des Handbuchs, 10 Seiten zu 10,00"


def test_nothing_is_read_twice_where_a_head_gives_more_rows_than_add_up() -> None:
    head = "Bezeichnung      Menge   Preis    Gesamt"
    rows = ("Seife                2   50,00    100,00", "Bürste               4   50,00    200,00")
    answers = read_text("\n".join((head, *rows, "", "Netto   300,00", "", head, *rows)), **NET)
    assert answers.reasons
