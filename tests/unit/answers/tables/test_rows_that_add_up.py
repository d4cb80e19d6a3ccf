"""Rows without a head that code knows: a printed sum proves them, or they are none."""

import time
from decimal import Decimal

import pytest
from unit.answers.tables.printed import Figures, read_text, said_descriptions, said_figures

from services.answers.tables.fields import CONFIRMED

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
    assert "Zeile 2 (Seite 1) ohne „Menge“" in read_text("\n".join(lines), **NET).reasons[0]


def test_a_column_that_a_head_names_is_read_where_no_product_shows_it() -> None:
    head = "Artikel            Menge     Preis per      Betrag    St"
    rows = (
        "Saatgut          400 kg      25,00 100      100,00     1",
        "Futter           800 kg      25,00 100      200,00     1",
    )
    answers = read_text("\n".join((head, *rows, *BELOW)), **NET)
    assert [row[0] for row in said_figures(answers)] == [400, 800]
    assert [row[2] for row in said_figures(answers)] == [100, 200]
    assert "nicht als Zahl lesbar" in answers.reasons[0], "a price for a hundred is no unit price"


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
    assert "Zeile 2 (Seite 1) ohne „Menge“" in read_text("\n".join(lines), **NET).reasons[0]


def test_words_above_a_line_of_numbers_are_its_description() -> None:
    lines = ("Übersetzung des Handbuchs,", "10 Seiten zu 10,00      100,00", "Fahrten    200,00", *BELOW)
    assert words(*lines)[0] == "Übersetzung des Handbuchs, 10 Seiten zu 10,00"


def test_rows_of_two_lines_each_whose_amount_stands_on_the_second() -> None:
    rows = (
        "2 x Tafel 120 x 90 cm",
        "    Stückpreis CHF 50.00    100.00",
        "5 x Stifte",
        "    Stückpreis CHF 40.00    200.00",
    )
    lines = ("Ihre Bestellung:", "", *rows, "", "Total    CHF 300.00")
    assert words(*lines, net_total="300.00") == [
        "2 x Tafel 120 x 90 cm Stückpreis CHF 50.00",
        "5 x Stifte Stückpreis CHF 40.00",
    ]
    assert [row[:2] for row in figures(*lines, net_total="300.00")] == [("2", "50.00"), ("5", "40.00")]


def test_a_heading_and_lines_below_rows_are_no_words_of_the_next_ones() -> None:
    lines = ("Leistungen", "Beratung    100,00", "  im März", "Fahrten    200,00", *BELOW)
    assert words(*lines) == ["Beratung im März", "Fahrten"]


def test_words_and_quantities_under_a_head_are_kept_where_only_the_sum_confirms_the_rows() -> None:
    head = "Artikel       Menge    Einzelpreis    Betrag"
    rows = (
        "Coil        Basismenge:    10                 100,00",
        "Blech       Basismenge:    20                 200,00",
    )
    answers = read_text("\n".join((head, *rows, *BELOW)), **NET)
    assert said_descriptions(answers) == ["Coil", "Blech"]


def test_one_piece_stands_in_the_column_of_the_other_quantities() -> None:
    rows = (
        "Kabel        20    4,00    1     80,00",
        "Dose         30    7,00    1    210,00",
        "Fracht        1   10,00    1     10,00",
    )
    assert figures(*rows, *BELOW)[-1] == ("1", "10.00", "10.00")


def test_words_of_rows_are_those_below_the_head_that_names_them() -> None:
    head = "Datum     Ort                 Produkt     Liter    Netto EUR"
    rows = (
        "12.02.    Tankstelle Nord     Diesel      50,00       100,00",
        "13.02.    Autohof Waldblick   Benzin      80,00       200,00",
    )
    assert words(head, *rows, *BELOW) == ["Diesel", "Benzin"]
    assert words(*rows, *BELOW) == ["Tankstelle Nord", "Autohof Waldblick"]


def test_nothing_is_read_twice_where_a_head_gives_more_rows_than_add_up() -> None:
    head = "Bezeichnung      Menge   Preis    Gesamt"
    rows = ("Seife                2   50,00    100,00", "Bürste               4   50,00    200,00")
    answers = read_text("\n".join((head, *rows, "", "Netto   300,00", "", head, *rows)), **NET)
    assert answers.reasons


TOTALS = ("", "Nettobetrag    300,00", "19 % MwSt.    57,00", "Rechnungsbetrag    357,00")


def amounts(*lines: str, **totals: str) -> list[str | None]:
    return [row[2] for row in figures(*lines, **totals)]


@pytest.mark.parametrize("last", ["Schulung 50,00 € pauschal", "Öl    50,00", "Report writing    50,00"])
def test_what_follows_a_subtotal_is_a_row_or_a_reason_and_never_lost(last: str) -> None:
    lines = ("Beratung    100,00", "Fahrten    150,00", "Zwischensumme    250,00", last, *TOTALS)
    assert amounts(*lines) in ([], ["100.00", "150.00", "50.00"])


def test_a_sum_that_is_printed_again_on_the_next_page_proves_nothing() -> None:
    first = "Beratung    100,00\nFahrten    20,00\nÜbertrag    120,00"
    second = "\n".join(("Übertrag    120,00", "Schulung zum Festpreis    180", *TOTALS))
    assert read_text(first, second, **NET).reasons


@pytest.mark.parametrize(
    "tax",
    [
        "zzgl. 19,00 % gesetzl. MwSt.    57,00",
        "zuzüglich 19 % der gesetzlichen Mehrwertsteuer    57,00",
        "Mehrwertsteuerbetrag    57,00",
        "Steuer 19 %    57,00",
        "Abgabe von 19 %    57,00",
    ],
)
@pytest.mark.parametrize("totals", [NET, {"gross_total": "357.00"}])
def test_a_tax_is_no_row(tax: str, totals: dict[str, str]) -> None:
    rows = amounts("Beratung im März    100,00", "Fahrten    200,00", tax, "Gesamt    357,00", **totals)
    assert rows in ([], ["100.00", "200.00"])


def test_a_breakdown_below_the_totals_is_not_taken_for_the_rows() -> None:
    breakdown = ("", "Darin enthalten:", "Lohn    150,00", "Material    120,00", "Fahrt    30,00", "Summe    300,00")
    rows = ("Malen    2 Std    50,00    100,00", "Boden    4 Std    50,00    200,00")
    assert amounts(*rows, *TOTALS, *breakdown) == ["100.00", "200.00"]
    assert amounts("Malerarbeiten laut Angebot pauschal    300,00", *TOTALS, *breakdown) == []


@pytest.mark.parametrize(
    "plan",
    [
        ("Rate am 1. März    100,00", "Rate am 1. April    257,00", "Summe    357,00"),
        ("Abschlag Januar    100,00", "Abschlag Februar    257,00", "Summe    357,00"),
        ("Zahlbar in 3 Raten zu 119,00    357,00", "", "Gesamt    357,00"),
        ("Wir buchen am 15. März von Ihrem Konto ab    357,00", "", "Total    357,00"),
        ("Rechnung 1001 vom 1. März    100,00", "Rechnung 1002 vom 3. März    257,00", "Offen    357,00"),
    ],
)
def test_payments_are_no_rows(plan: tuple[str, ...]) -> None:
    assert amounts("Malerarbeiten pauschal 300 EUR", "", *plan) == []
    assert amounts("Malerarbeiten laut Angebot pauschal    300,00", *TOTALS, "", *plan) == ["300.00"]


def test_rows_under_a_head_are_not_replaced_by_a_list_below_them() -> None:
    head = ("Leistung            Betrag", "Beratung            100,00", "Fahrten             2OO,00")
    lines = (*head, *TOTALS, "", "Lohn    150,00", "Material    150,00", "Summe    300,00")
    assert read_text("\n".join(lines), **NET).reasons


def test_what_cancels_out_above_the_rows_is_none_of_them() -> None:
    before = ("Letzte Rechnung    150,00", "Ihre Zahlung    -150,00", "", "Neue Leistungen:")
    assert amounts(*before, "Beratung    100,00", "Fahrten    200,00", *TOTALS) == ["100.00", "200.00"]


def test_a_surcharge_with_its_product_is_a_row() -> None:
    rows = (
        "Montage    100,00",
        "Material    150,00",
        "Zwischensumme    250,00",
        "Zuschlag Sonntag 2 Std. x 25,00    50,00",
    )
    assert amounts(*rows, *TOTALS) == ["100.00", "150.00", "50.00"]


def test_hours_are_no_amounts_where_no_total_is_known() -> None:
    lines = ("01.03. Beratung    2,50", "02.03. Umsetzung    3,50", "Summe Stunden    6,00")
    assert read_text("\n".join(lines)).reasons


@pytest.mark.parametrize(
    ("head", "line", "quantity", "price"),
    [
        ("Was         Preis    Menge    Wert", "Beratung    40,00    2,50     100,00", "2.50", "40.00"),
        ("", "Beratung    40,00 €/Std.    2,50 Std.    100,00", "2.50", "40.00"),
        ("", "Beratung    40,00    2,50 Std.    100,00", "2.50", "40.00"),
        ("", "Katalog    10 p.    10,00    100,00", "10", "10.00"),
        ("", "10:00-20:00 Beratung    100,00", None, None),
        ("", "5-20 Uhr Schulung    100,00", None, None),
        ("", "Vorhang 2 x 50 cm    100,00", None, None),
        ("", "Fahrt mit 2 Taxis, Tarif 50    100,00", None, None),
        ("", "Raum 10 Beratung    Stufe 10    100,00", None, None),
        ("", "Fahrt, 250 km zu 0,40    100,00", "250", "0.40"),
    ],
)
def test_quantities_and_prices_are_what_they_look_like(
    head: str, line: str, quantity: str | None, price: str | None
) -> None:
    answers = read_text("\n".join((head, line, "Material    200,00", *TOTALS)), **NET)
    assert _texts(said_figures(answers)[0])[:2] == (quantity, price)


def test_many_rows_of_one_amount_are_rows() -> None:
    rows = [f"Wartung im Monat {number}    30,00" for number in range(40)]
    assert len(figures(*rows, "", "Netto    1.200,00", net_total="1200.00")) == 40


@pytest.mark.parametrize("amount", ["1 000,00 €", "CHF 1'000.-", "1'000.\u2013", "1.000,00", "€ 1.000,00"])
def test_amounts_of_many_forms_end_a_line(amount: str) -> None:
    lines = (f"Conseil en gestion : {amount}", "Remise : -100,00", "", "Total    900,00")
    assert [Decimal(text or 0) for text in amounts(*lines, net_total="900.00")] == [1000, -100]


def test_rows_of_a_credit_note_may_be_negative_where_its_total_is_not() -> None:
    lines = ("Seife    100,00-", "Bürste    200,00-", "", "Gutschrift netto    300,00")
    assert amounts(*lines, net_total="300.00") == ["-100.00", "-200.00"]


def test_a_description_does_not_go_on_in_a_total() -> None:
    assert words("Beratung    100,00", "Fahrten    200,00", "Nettobetrag    300,00")[-1] == "Fahrten"


def test_a_column_that_is_named_and_not_read_is_said() -> None:
    head = "Leistung    Anzahl    Netto €"
    lines = (head, "", "Anschluss, Nummer 4633             100,00", "Flat                     200,00", *TOTALS)
    assert any("„Menge“ wurde nicht gelesen" in reason for reason in read_text("\n".join(lines), **NET).reasons)


def test_lines_made_to_be_slow_are_read_in_time() -> None:
    numbers = "1,," * 20_000
    halves = [f"Ware    {'2' if at % 2 else ' '}    5,00    {'10,00' if at % 2 else '7,00'}" for at in range(8_000)]
    sums = [f"Ware    {at},00    1,00" for at in range(1, 8_000)]
    for lines in ([f"12,00 {numbers} x    100,00", "Fahrten    200,00"], halves, sums):
        started = time.process_time()
        read_text("\n".join((*lines, *TOTALS)), **NET)
        assert time.process_time() - started < 15  # seconds of a slow core; what grows with the square takes minutes


@pytest.mark.parametrize(("tax", "count"), [("57,00", 2), ("56,00", 0)])
def test_rows_are_proven_by_what_their_tax_makes_of_them_where_no_net_total_is_printed(tax: str, count: int) -> None:
    below = ("", f"zzgl. 19 % MwSt.    {tax}", "Summe    357,00")
    lines = ("Beratung in Kiel    100,00", "Fahrten nach Plön    200,00", *below)
    assert len(amounts(*lines, gross_total="357.00")) == count


@pytest.mark.parametrize(("gross", "names"), [("89.75", ["gross_total"]), ("7539.00", []), ("9000.00", [])])
def test_a_total_that_is_less_than_its_rows_is_named_and_one_that_is_more_is_not(gross: str, names: list[str]) -> None:
    lines = (
        "Leistung             Menge     Preis     Betrag",
        "Konzept                 18     84,00   1.512,00",
        "Entwicklung             46     84,00   3.864,00",
        "Gestaltung              25     84,00   2.100,00",
        "Wartung                           63,00",
        "Stunden              89,75",
        "Gesamt                                 7.539,00",
    )
    assert list(read_text("\n".join(lines), gross_total=gross).exceeded) == names


GROUPS = (
    "Rendez-vous avec le client            286,00",
    "Mise en demeure du bailleur           176,00",
    "Photocopies et reprographie            64,20",
    "Ouverture du dossier                   90,00",
    "",
    "Honoraires                            462,00",
    "Frais                                 154,20",
    "Total HT                              616,20",
)


def test_sums_of_groups_are_no_rows_where_the_groups_stand_right_above_them() -> None:
    answers = read_text("\n".join(GROUPS), language="fr", net_total="616.20")
    assert "Honoraires" not in said_descriptions(answers)
    assert "Honoraires" in said_descriptions(read_text("\n".join(GROUPS[4:]), language="fr", net_total="616.20"))


def test_a_price_may_be_for_a_ton_or_a_hundred_where_all_rows_are_such_products() -> None:
    lines = (
        "UB 254 x 146 x 37        S355      2,131.0       912.00      1,943.47",
        "UC 152 x 152 x 30        S355        648.0       948.00        614.30",
        "PFC 150 x 75 x 18        S275      1,188.0       905.00      1,075.14",
        "                         Total                               3,632.91",
    )
    rows = figures(*lines, language="en", net_total="3632.91")
    assert [row[:2] for row in rows] == [("2131.0", "912.00"), ("648.0", "948.00"), ("1188.0", "905.00")]
    other = [line.replace("905.00", "906.00").replace("1,188.0", "1,180.0") for line in lines]
    assert [row[:2] for row in figures(*other, language="en", net_total="3632.91")] == [(None, None)] * 3


def test_a_quantity_that_no_product_proves_stands_where_those_of_most_rows_do() -> None:
    lines = (
        "Stk.   Artikel                  Gewicht      Preis       Betrag",
        "4      Schulter                  18,640       5,95       110,91",
        "2      Bürgermeisterstück         3,285      15,80        51,90",
        "60     Weißwürste                 4,260      11,40        48,56",
        "       Schmalz                    2,000       4,50         9,00",
        "8      Suppenknochen              6,120       0,00         0,00",
        "2      Kühlbox                               25,00        50,00",
        "       Warenwert netto                                   270,37",
    )
    rows = figures(*lines, net_total="270.37")
    assert [row[0] for row in rows] == ["18.640", "3.285", "4.260", "2.000", "6.120", "2"]


def test_a_number_without_a_zero_before_its_point_is_read() -> None:
    lines = (
        "BALL BEARING               48         .50         24.00",
        "CERTIFICATE OF ORIGIN       3         .00           .00",
        "TOTAL ORDER                                       24.00",
    )
    rows = figures(*lines, language="en", net_total="24.00")
    assert rows == [("48", "0.50", "24.00"), ("3", "0.00", "0.00")]


LED = (
    "1.1   Baugelände abräumen, Grasnarbe und",
    "      Wurzelwerk aufnehmen",
    "         1.240,000 m2     ......1,35 EUR     ........1.674,00 EUR",
    "",
    "1.2   Baugrube ausheben, laden und",
    "      abfahren, Zuordnung bis Z 1",
    "           100,000 m3     .....18,40 EUR     ........1.840,00 EUR",
    "",
    "1.3   Planum herstellen",
    "           780,000 m2     ......1,90 EUR     ........1.482,00 EUR",
    "",
    "      Auftragssumme netto                            4.996,00 EUR",
)


def test_dots_that_lead_to_a_number_are_none_of_it_and_all_lines_above_the_numbers_are_words_of_the_row() -> None:
    answers = read_text("\n".join(LED), kind="purchase_order", net_total="4996.00")
    assert [amount for _, _, amount in said_figures(answers)] == [1674, 1840, 1482]
    first, second, third = (said or "" for said in said_descriptions(answers))
    assert first.startswith("Baugelände abräumen, Grasnarbe und Wurzelwerk aufnehmen")
    assert second.startswith("Baugrube ausheben, laden und abfahren, Zuordnung bis Z 1")
    assert third.startswith("Planum herstellen")


def test_what_lines_begin_with_is_how_many_there_are_where_most_say_so() -> None:
    lines = (
        "2 x Kaffee, 500 g                60,00",
        "3 x Filter Nr. 2                 40,00",
        "1 x Mühle                       200,00",
        *BELOW,
    )
    assert figures(*lines) == [("2", None, "60.00"), ("3", None, "40.00"), ("1", None, "200.00")]


@pytest.mark.parametrize("line", ["3 x 40 cm Brett", "3 x ½ Zoll Rohr"])
def test_a_measure_that_lines_begin_with_is_no_count(line: str) -> None:
    assert figures(f"{line}                100,00", f"{line} lang                 200,00", *BELOW) == [
        (None, None, "100.00"),
        (None, None, "200.00"),
    ]


CLOUD = (
    "Compute                                          USD 200.00",
    "  Virginia                                       USD 150.00",
    "    Linux instances                              USD 130.00",
    "      $0.50 per small hour           200 Hrs     USD 100.00",
    "      $0.10 per micro hour           300 Hrs      USD 30.00",
    "      $0.00 per reserved hour        744 Hrs       USD 0.00",
    "    Block storage                                 USD 20.00",
    "      $0.10 per GB-month             200 GB       USD 20.00",
    "  Frankfurt                                       USD 50.00",
    "    Linux instances                               USD 50.00",
    "      $0.50 per small hour           100 Hrs      USD 50.00",
    "Storage                                          USD 100.00",
    "      $0.02 per GB-month           5,000 GB      USD 100.00",
)


def test_titles_with_the_sums_of_what_stands_below_them_are_no_rows() -> None:
    found = figures(*CLOUD, "", "Total       USD 300.00", language="en", net_total="300.00")
    assert [row[2] for row in found] == ["100.00", "30.00", "0.00", "20.00", "50.00", "100.00"]
    assert [row[0] for row in found] == ["200", "300", "744", "200", "100", "5000"]


def test_a_line_that_costs_what_the_next_one_does_is_no_title() -> None:
    lines = ("Setup            100.00", "Training         100.00", "Support          100.00", "Total  300.00")
    assert len(figures(*lines, language="en", net_total="300.00")) == 3


def test_nothings_beside_the_column_of_amounts_are_no_rows() -> None:
    lines = (
        "Welle          12 Stk.     5,00 €     0,00 %     19 %      60,00 €",
        "  phosphatiert                        (0,00 €)",
        "Kette          20 Stk.    12,00 €     0,00 %     19 %     240,00 €",
        "  vernickelt                          (0,00 €)",
        *BELOW,
    )
    assert [row[2] for row in figures(*lines)] == ["60.00", "240.00"]
    free = ("Kette          20 Stk.    15,00 €     300,00 €", "Muster          2 Stk.     0,00 €       0,00 €", *BELOW)
    assert [row[2] for row in figures(*free)] == ["300.00", "0.00"]


def test_a_sample_that_is_taken_is_no_payment_where_its_line_shows_the_product() -> None:
    lines = ("Visite de contrôle      2     50,00    100,00", "Prélèvement, analyse    4     50,00    200,00")
    assert [row[2] for row in figures(*lines, *BELOW, language="fr", **NET)] == ["100.00", "200.00"]


def test_sums_of_the_columns_of_a_list_are_no_rows() -> None:
    lines = (
        "B-20418      R. Petersen        84,50      12,50        97,00",
        "B-20422      M. Aydin          190,50      12,50       203,00",
        "",
        "                             Testkosten:              275,00",
        "                             Gebühren:                 25,00",
        *BELOW[1:],
    )
    answers = read_text("\n".join(lines), **NET)
    assert said_descriptions(answers) == ["R. Petersen", "M. Aydin"]
    assert not answers.reasons
