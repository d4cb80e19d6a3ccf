"""Documents made up to lose a row, or to get a wrong one, without a word: all rows are right, or it is said."""

from decimal import Decimal

import pytest
from unit.answers.tables.printed import TYPES, read_text, said_descriptions, said_figures

from services.answers.tables.answers import TableAnswers, read_tables
from services.answers.tables.sheet import sheets

FEES = """\
Date        Description           Hours  Rate    Amount
2024-01-02  Review of contract    2.0    300.00  600.00
2024-01-03  Call with client      0.5    300.00  150.00
Total fees                                       750.00
Disbursements
2024-01-02  Court filing fee                     120.00
2024-01-05  Courier                               30.00
Total disbursements                              150.00
Total                                            900.00"""
PHONE = """\
Leistung                    Betrag
Grundgebühr                  20,00
Flatrate                     10,00
Summe Vertrag                30,00
Anrufe Ausland                5,00
SMS Premium                   3,00
Gesamtbetrag                 38,00"""
WAIVED = """\
Setup fee                   $99.00
Setup fee waived           -$99.00

Pro plan monthly            $29.00
Additional seats            $10.00
Total                       $39.00"""
FREE = """\
Bezeichnung   Menge   Preis    Gesamt
Gerät         1       100,00   100,00
Schulung      2        50,00   kostenlos
Versand       1         5,00     5,00
Summe netto                    105,00"""
LABELS = """\
Pos  Bezeichnung                Betrag
1    Schrauben                   10,00
2    Nettoetiketten              20,00
3    Netto-Etiketten             30,00
4    Haken                       40,00"""


@pytest.mark.parametrize(
    ("text", "language", "totals", "rows"),
    [
        (FEES, "en", {"gross_total": "900.00"}, 4),
        (PHONE, "de", {"gross_total": "38.00"}, 4),
        (WAIVED, "en", {"gross_total": "39.00"}, 4),
        (FREE, "de", {"net_total": "105.00"}, 3),
        (LABELS, "de", {}, 4),
    ],
)
def test_every_row_is_there_or_it_is_said(text: str, language: str, totals: dict[str, str], rows: int) -> None:
    answers = read_text(text, language=language, **totals)
    assert answers.reasons or len(said_descriptions(answers)) == rows


SHIFTED = """\
Bezeichnung            Preis    Menge    Betrag
Wolle                  10       12,35    77,35
Leinen                  4       12,16    76,16
Nadeln                  2        2,66    16,66
Buch                    1        1,40    21,40
Summe netto                             191,57"""
TAXED = """\
Bezeichnung            Menge    Preis    Betrag
Wolle                  10        6,50    77,35
Brot                    4       10,00    42,80
Nadeln                  2        7,00    16,66
Summe                                   136,81"""


def test_amounts_that_add_up_do_not_make_factors_right_of_which_none_is_one() -> None:
    (reason,) = read_text(SHIFTED, net_total="191.57").reasons
    assert "in keiner Zeile" in reason


def test_prices_before_taxes_of_two_rates_are_factors() -> None:
    assert not read_text(TAXED, gross_total="136.81").reasons


def test_discounts_that_differ_from_row_to_row_make_no_factor_wrong() -> None:
    rows = "".join(f"Ware {at}   10   10,00   {at}0 %   {10 - at}0,00\n" for at in (1, 2, 3))
    text = f"Bezeichnung   Menge   Preis   Rabatt   Betrag\n{rows}Summe netto   240,00"
    assert not any("in keiner Zeile" in reason for reason in read_text(text, net_total="240.00").reasons)


def test_amounts_of_any_length_break_nothing() -> None:
    amounts = ["1" * 20, "2" * 20, "4" * 20]
    rows = "".join(f"Ware   0,0001   0,000{at}   {amount},00\n" for at, amount in enumerate(amounts, 1))
    total = str(sum(map(int, amounts)))
    read_text(f"Bezeichnung   Menge   Preis   Betrag\n{rows}Summe netto   {total},00", net_total=total)


def delivered(text: str) -> TableAnswers:
    return read_tables(TYPES["delivery_note"], [text], sheets([text], []), "de", {})


def test_a_head_without_a_row_is_said_also_where_no_table_is_wanted() -> None:
    assert delivered("Artikel      Menge\n4711-0815    10\n4711-0816    5").reasons


def test_a_row_keeps_its_numbers_whatever_the_items_above_it_have() -> None:
    text = """\
Bezeichnung     Menge  Einzelpreis  Betrag
Werkzeugset     1       99,00        99,00
 - Hammer       1
 - Zange        2
Handschuhe      3       10,00        30,00
Nettobetrag                         129,00"""
    answers = read_text(text, net_total="129.00")
    assert said_figures(answers)[1][:2] == (Decimal(3), Decimal("10.00"))


@pytest.mark.parametrize(
    ("rows", "language", "net"),
    [
        ("Flyer A5       5.000   42,00      210,00\nVisitenkarten  1.000   39,00       39,00", "de", "249.00"),
        ("Flyer A5       5,000   42.00      210.00\nCards          1,000   39.00       39.00", "en", "249.00"),
    ],
)
def test_a_price_for_a_thousand_makes_no_thousand_a_one(rows: str, language: str, net: str) -> None:
    head = (
        "Bezeichnung    Menge  Preis/1000  Betrag" if language == "de" else "Item           Qty    Unit price  Amount"
    )
    answers = read_text("\n".join([head, *rows.split("\n")]), language=language, net_total=net)
    assert [figures[0] for figures in said_figures(answers)] == [Decimal(5000), Decimal(1000)]


@pytest.mark.parametrize("last", ["Umsatzsteuer-Voranmeldung Januar", "Beratung Umsatzsteuer"])
def test_a_last_row_that_names_a_tax_is_a_row(last: str) -> None:
    text = f"""\
Leistung                          Betrag
Finanzbuchführung Januar          200,00
Lohnbuchführung Januar            100,00
{last:34} 50,00
Nettobetrag                       350,00
Umsatzsteuer 19 %                  66,50
Gesamtbetrag                      416,50"""
    answers = read_text(text, net_total="350.00", gross_total="416.50")
    assert answers.reasons or len(said_descriptions(answers)) == 3


def test_what_was_delivered_is_billed_also_if_one_row_was_delivered_whole() -> None:
    text = """\
Description     Qty Ordered  Qty Shipped  Unit Price  Amount
Bracket, steel  10           8            5.00         40.00
Hinge, brass     4           4            2.50         10.00
Screw set        6           6            3.00         18.00
Subtotal                                               68.00"""
    answers = read_text(text, language="en", net_total="68.00")
    assert said_figures(answers)[0][0] == Decimal(8)


def test_a_line_that_is_set_in_is_of_the_row_above() -> None:
    text = """\
Bezeichnung           Menge  Einzelpreis   Betrag
Fliesen verlegt       25      99,00      2.475,00
  abzgl. Verschnitt
Sockelleisten         12       5,00         60,00
Nettobetrag                              2.535,00"""
    answers = read_text(text, net_total="2535.00")
    assert "Sockelleisten" in (said_descriptions(answers)[1] or "")


@pytest.mark.parametrize(
    ("written", "quantity"), [("1½ Std", "1.5"), ("1 ½", "1.5"), ("9¾ Tage", "9.75"), ("12 ¼ h", "12.25")]
)
def test_a_fraction_is_of_the_number_before_it(written: str, quantity: str) -> None:
    text = f"Leistung      Menge     Preis    Betrag\nBeratung      {written:<8}  50,00    75,00\nNetto  75,00"
    assert said_figures(read_text(text, net_total="75.00"))[0][0] == Decimal(quantity)


@pytest.mark.parametrize("written", ["14 ½ Std. zu 50,00", "14 ½       50,00", "14 ½ Tage zu 50,00"])
def test_a_fraction_is_of_a_number_among_words(written: str) -> None:
    text = f"Beratung   {written}    725,00\nFahrten                 75,00\n\nNetto    800,00"
    assert said_figures(read_text(text, net_total="800.00"))[0][0] == Decimal("14.5")


def test_a_third_more_is_no_one() -> None:
    text = "Leistung      Menge     Preis    Betrag\nBeratung      1⅓ Std    45,00    60,00\nNetto  60,00"
    answers = read_text(text, net_total="60.00")
    assert answers.reasons or said_figures(answers)[0][0] != Decimal(1)


def test_whole_numbers_that_no_head_names_are_proposed_for_the_quantity() -> None:
    rows = (
        "Flyer DIN lang                 5000      118,40",
        "Klappkarten                     250       74,95",
        "Plakate                          12      131,52",
        "Gesamtbetrag                             324,87",
    )
    answers = read_text("\n".join(("Druckprodukt              Exemplare      Betrag", *rows)), gross_total="324.87")
    assert [reason for reason in answers.reasons if "nichts bestätigt, dass es die Mengen sind" in reason]
    assert [quantity for quantity, _, _ in said_figures(answers)] == [5000, 250, 12]
    assert max(field.confidence for field in answers.fields if field.path.endswith(".quantity")) < Decimal("0.9")


def test_numbers_of_the_rows_and_rates_of_taxes_are_no_quantity() -> None:
    rows = (
        "1   Flyer DIN lang           19         118,40",
        "2   Klappkarten               7          74,95",
        "3   Plakate                  19         131,52",
        "Gesamtbetrag                            324,87",
    )
    answers = read_text("\n".join(("    Druckprodukt             St         Betrag", *rows)), gross_total="324.87")
    assert not answers.reasons


def test_points_and_codes_of_a_tariff_are_no_quantity() -> None:
    lines = (
        "Ziffer   Bezeichnung        Punktzahl   Steigerungssatz    Betrag",
        "410      Ultraschall              200              2,30     26,81",
        "7        Untersuchung             160              2,30     21,45",
        "75       Bericht                  130              2,30     17,43",
        "Gesamtbetrag                                                65,69",
    )
    assert not read_text("\n".join(lines), gross_total="65.69").reasons


def test_one_row_with_the_total_is_not_all_where_others_have_as_many_numbers() -> None:
    lines = (
        "Datum        Art der Maßnahme              Satz   Anzahl       Gesamt",
        "03.11.2026   Teamsupervision           118,00 €        1",
        "05.11.2026   Fallsupervision            95,00 €        2",
        "10.11.2026   Einzelcoaching             95,00 €        1",
        "12.11.2026   Fortbildung                84,50 €        8",
        "24.11.2026   Teamsupervision           118,00 €        1   1.197,00 €",
    )
    assert read_text("\n".join(lines), gross_total="1197.00").reasons


def test_one_row_with_the_total_is_all_where_nothing_stands_above_it() -> None:
    lines = (
        "Leistung                        Menge    Einzelpreis        Gesamt",
        "Beratung vor Ort, mit Nachlass      3         100,00        270,00",
        "Summe                                                       270,00",
    )
    assert len(read_text("\n".join(lines), net_total="270.00").fields) == 4
    assert "es können Zeilen fehlen" not in "".join(read_text("\n".join(lines), net_total="270.00").reasons)
