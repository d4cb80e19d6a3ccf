"""Tables as other people's templates set them: beside a letterhead, with broken amounts, with totals in columns."""

from decimal import Decimal

import pytest
from unit.answers.tables.printed import read_text, said_descriptions, said_figures

from services.answers.tables.columns import Columns
from services.answers.tables.sheet import Cell

BESIDE = (
    "                    Bezeichnung            Menge   Einzelpreis   Gesamtpreis",
    "                    Sattel mit Federn          2         40,00         80,00",
    "Radwerk Nord GmbH",
    "Am Kanal 7          Klingel                    1          9,00          9,00",
    "24103 Kiel          Speichen ersetzt           3          7,00         21,00",
    "Tel. 0431 55 12",
    "                    Nettobetrag                                       110,00",
)


def described(*lines: str, language: str = "de", kind: str = "invoice", **totals: str) -> list[str | None]:
    """Give the descriptions; none if something is said to be missing."""
    answers = read_text("\n".join(lines), language=language, kind=kind, **totals)
    return [] if answers.reasons else said_descriptions(answers)


def amounts(*lines: str, language: str = "de", **totals: str) -> list[Decimal | None]:
    """Give the amounts; none if something is said to be missing."""
    answers = read_text("\n".join(lines), language=language, **totals)
    return [] if answers.reasons else [figures[2] for figures in said_figures(answers)]


def test_a_letterhead_in_the_margin_is_of_no_row() -> None:
    assert described(*BESIDE, net_total="110.00") == ["Sattel mit Federn", "Klingel", "Speichen ersetzt"]


def test_numbers_in_the_margin_are_not_counted_as_lines_of_the_table() -> None:
    lines = (
        "                 Produkt                     Menge      Total",
        "15.03.2027",
        "                 Webhosting Pro                  1     178,80",
        "RF18 7712        Zertifikat Wildcard             1      69,00",
        "CH31 0839",
        "2026 1122",
        "O-2026  301      Einrichtung                     1     210,00",
        "                 Nettobetrag                           457,80",
    )
    assert described(*lines, net_total="457.80") == ["Webhosting Pro", "Zertifikat Wildcard", "Einrichtung"]


def test_what_stands_right_of_the_last_column_is_of_no_row() -> None:
    lines = (
        "Leistung                        Preis   Menge     Summe",
        "Anschluss Business 250          79,90       1     79,90     Funknetz eG",
        "Feste Adresse                    4,20       2      8,40     Weidaer Weg 21",
        "                                                            07549 Gera",
        "Telefonie mit 4 Kanälen          9,95       2     19,90",
        "Gutschrift vom 13.10.           -6,35       1     -6,35     IBAN DE76 3705",
        "Summe ohne USt.                                  101,85     5444 8632 84",
    )
    assert described(*lines, net_total="101.85") == [
        "Anschluss Business 250",
        "Feste Adresse",
        "Telefonie mit 4 Kanälen",
        "Gutschrift vom 13.10.",
    ]


def test_what_most_rows_have_on_the_left_is_a_column_without_a_head() -> None:
    lines = (
        "          Bezeichnung            Menge   Einzelpreis   Gesamtpreis",
        "Lila      Sattel mit Federn          2         40,00         80,00",
        "Blau      Klingel                    1          9,00          9,00",
        "Rot       Speichen ersetzt           3          7,00         21,00",
        "          Nettobetrag                                       110,00",
    )
    assert described(*lines, net_total="110.00") == ["Lila Sattel mit Federn", "Blau Klingel", "Rot Speichen ersetzt"]


def test_words_left_of_a_centred_head_are_its_column() -> None:
    lines = (
        "                    Bezeichnung                   Gesamtpreis",
        "Ein ganzer Tag auf dem See                             80,00",
        "Imbiss                                                  9,00",
        "Nettobetrag                                            89,00",
    )
    assert described(*lines, net_total="89.00") == ["Ein ganzer Tag auf dem See", "Imbiss"]


def test_amounts_that_a_narrow_column_breaks_after_their_currency_are_whole() -> None:
    rows = (
        ("Zaun streichen", 4, "20.00", "80.00"),
        ("Hecke schneiden", 2, "15.50", "31.00"),
        ("Anfahrt", 1, "9.00", "9.00"),
    )
    lines = ["Description            Quantity    Price   Amount"]
    for words, quantity, price, amount in rows:
        lines += [f"{words:23}{quantity:<12}{price:8}EUR", f"{'':43}{amount}", ""]
    for words, amount in (("Discount", "-EUR\n20.00"), ("Total", "EUR\n100.00")):
        upper, lower = amount.split("\n")
        lines += [f"{words:43}{upper}", f"{'':43}{lower}", ""]
    assert amounts(*lines, language="en", net_total="100.00") == [80, 31, 9, -20]


def test_a_currency_above_a_column_of_numbers_is_its_head() -> None:
    lines = (
        "Beschreibung           Betrag",
        "Leistungen im Mai      EUR",
        "Zaun streichen         80,00",
        "Hecke schneiden        31,00",
        "Anfahrt                9,00",
        "Summe                  120,00",
    )
    assert amounts(*lines, net_total="120.00") == [80, 31, 9]


def test_totals_in_columns_are_no_row() -> None:
    lines = (
        "Bezeichnung               Menge   Einzelpreis     Betrag",
        "Zaun streichen                4         20,00      80,00",
        "Hecke schneiden               2         10,00      20,00",
        "",
        "     Zwischensumme Netto   MwSt. 19%     Rechnungsbetrag",
        "                100,00       19,00           119,00",
        "",
        "     Noch zu begleichen                      69,00",
        "     Frau Hain, Telefon 0431 5512",
    )
    assert amounts(*lines, net_total="100.00", gross_total="119.00") == [80, 20]


def test_words_that_name_no_sum_above_numbers_are_those_of_a_row() -> None:
    lines = (
        "Bezeichnung               Menge   Einzelpreis     Betrag",
        "Zaun streichen",
        "                              4         20,00      80,00",
        "Nettobetrag                                        80,00",
    )
    assert amounts(*lines, net_total="80.00") == [80]


@pytest.mark.parametrize(("discount", "net"), [("-£9.00 GBP", "80.00"), ("£-9.00 GBP", "80.00")])
def test_a_discount_keeps_its_sign_before_a_currency_that_is_named_twice(discount: str, net: str) -> None:
    lines = (
        "Description                Amount",
        "Repair of a fence          £89.00 GBP",
        f"Voucher for spring         {discount}",
        f"Total                      £{net} GBP",
    )
    assert amounts(*lines, language="en", net_total=net) == [Decimal(89), Decimal(-9)]


def test_an_amount_whose_sign_stands_before_words_is_not_read_without_it() -> None:
    lines = (
        "Beschreibung               Betrag",
        "Zaun streichen             80,00",
        "Gutschein                  -ca 9,00",
    )
    reasons = read_text("\n".join(lines)).reasons
    assert any("nicht als Zahl lesbar" in reason for reason in reasons)


def test_a_quantity_with_a_unit_that_no_list_has_stands_below_the_others() -> None:
    lines = (
        "Pos.   Was                     Menge       E-Preis                G-Preis",
        "1      Farbe, weiß             4 Eimer     20,00 €                80,00 €",
        "2      Pinsel                  2 Eimer     10,00 €    (-10 %)     18,00 €",
        "3      Leiter                  1 Eimer     52,00 €                52,00 €",
        "Nettobetrag                                                      150,00 €",
    )
    answers = read_text("\n".join(lines), net_total="150.00")
    assert [figures[0] for figures in said_figures(answers)] == [4, 2, 1]
    assert not answers.reasons


def test_a_part_has_its_words_in_the_column_that_is_headed_so() -> None:
    lines = (
        "Part                     Reference    Quantity   Unit Price   Total",
        "Cable with a plug        Harbour 12          4        20.00   80.00",
        "Lamp                     Lighthouse          1        20.00   20.00",
        "Total                                                        100.00",
    )
    given = described(*lines, language="en", kind="purchase_order", net_total="100.00")
    assert given == ["Cable with a plug", "Lamp"]


METERED = (
    "Beschreibung                kWh      Preis      Betrag",
    "Wärme im Mai                100       0,50       50,00",
    "Wärme im Juni                60       0,50       30,00",
    "Summe Wärme                 160                  80,00",
)


def test_a_row_below_a_sum_of_some_rows_is_one_if_the_total_needs_it() -> None:
    lines = (
        *METERED,
        "Miete des Zählers                                 9,00",
        "Nettobetrag                                      89,00",
    )
    assert amounts(*lines, net_total="89.00", gross_total="105.91") == [50, 30, 9]
    assert not amounts(*lines, net_total="90.00", gross_total="105.91")


@pytest.mark.parametrize(
    "below", ["Versandkosten", "19 % Umsatzsteuer", "zahlbar bis 1.7.", "Mahngebühr der Rechnung 7, fällig"]
)
def test_charges_taxes_and_payments_below_a_sum_are_no_rows(below: str) -> None:
    lines = (*METERED, f"{below:50}9,00", "Nettobetrag                                      89,00")
    answers = read_text("\n".join(lines), net_total="89.00")
    assert [figures[2] for figures in said_figures(answers)] == [50, 30]


SECOND_BLOCK = (
    "Part                     Reference             Quantity   Unit Price   Total",
    "Cable with a plug        Harbour 12                   4        20.00    80.00",
    "Lamp                     Lighthouse                   1        20.00    20.00",
    "                         Packing by hand              1         5.00     5.00",
    "Total                                                                  105.00",
)


def test_rows_of_a_second_block_have_their_words_in_another_column() -> None:
    given = described(*SECOND_BLOCK, language="en", kind="purchase_order", net_total="105.00")
    assert given == ["Cable with a plug", "Lamp", "Packing by hand"]


def test_a_row_without_any_words_is_said() -> None:
    lines = (
        "Cable with a plug     4    20.00    80.00",
        "                      1     5.00     5.00",
        "Net amount   85.00",
    )
    reasons = read_text("\n".join(lines), language="en", net_total="85.00").reasons
    assert reasons == ["Line items: row 2 (page 1) has no “Description”."]


def test_a_count_whose_head_runs_into_another_one_and_that_is_not_read_is_said() -> None:
    lines = (
        "Leistung                      Anz. Faktor Betrag EUR",
        "Verband angelegt                1     2,3      20,00",
        "Wunde gereinigt                 1     1,8      80,00",
        "Material                                        5,00",
        "Rechnungsbetrag                               105,00",
    )
    reasons = read_text("\n".join(lines), gross_total="105.00").reasons
    assert reasons == ["Positionen: „Menge“ wurde nicht gelesen, und das Dokument nennt eine solche Spalte."]


@pytest.mark.parametrize(
    ("price", "read"), [("24,85 ct", "0.2485"), ("24,8500 Cent/kWh", "0.2485"), ("1.240 ct", None)]
)
def test_a_price_in_cents_is_the_hundredth_part(price: str, read: str | None) -> None:
    lines = (
        "Beschreibung                kWh      Preis je kWh      Betrag",
        f"Wärme im Mai                100      {price:18}24,85",
        "Nettobetrag                                            24,85",
    )
    ((_, said, _),) = said_figures(read_text("\n".join(lines), net_total="24.85"))
    assert said == (read and Decimal(read))


def test_a_heading_between_rows_of_one_line_each_is_no_word_of_the_next_one() -> None:
    lines = (
        "Leistung                      Stunden   Satz     Betrag",
        "Vertrag geprüft                     2     90     180,00",
        "Brief entworfen                     1     90      90,00",
        "Termin vorbereitet                  3     90     270,00",
        "",
        "  Frau Kern, Büro",
        "Akten geordnet                      2     40      80,00",
        "Kopien beglaubigt                   1     40      40,00",
        "Nettobetrag                                      660,00",
    )
    assert described(*lines, net_total="660.00") == [
        "Vertrag geprüft", "Brief entworfen", "Termin vorbereitet", "Akten geordnet", "Kopien beglaubigt"
    ]  # fmt: skip


def test_what_else_counts_the_rows_names_their_words_where_nothing_but_an_amount_is_beside_it() -> None:
    lines = (
        "        Position                                Brutto Preis",
        "        Hufe ausgeschnitten                          € 28,06",
        "        Eisen aufgezogen                             € 84,65",
        "",
        "        Summe inklusive MWSt. [19% € 18,00]         € 112,71",
    )
    answers = read_text("\n".join(lines), gross_total="18.00")
    assert said_descriptions(answers) == ["Hufe ausgeschnitten", "Eisen aufgezogen"]


def test_a_head_that_a_narrow_column_breaks_is_one_word_and_days_beside_it_are_no_quantity() -> None:
    lines = (
        "Po   Bezeichnung            Men   Tage    EP/Tag     Gesamt",
        "s                           ge",
        "1    Lautsprecher             8      3     50,00   1.200,00",
        "2    Mischpult                1      3    100,00     300,00",
        "3    Mikrofon                 4      3     10,00     120,00",
        "4    Auf- und Abbau           1      3  pauschal     380,00",
        "Zwischensumme (netto)                              2.000,00",
    )
    answers = read_text("\n".join(lines), net_total="2000.00")
    assert [figures[0] for figures in said_figures(answers)] == [8, 1, 4, 1]
    assert not answers.reasons


HOURS = (
    "Date         Description              Duration    Rate      Amount",
    "2026-06-02   Review of the lease      1.50 hrs    $400.00   $600.00",
    "2026-06-04   Telephone call           0.50 hrs    $400.00   $200.00",
    "",
    "Date         Description         Payee       Amount    HST     Total",
    "2026-06-11   Copies              Registry    $60.00    $7.80   $67.80",
    "2026-06-18   Courier             Limestone   $40.00    $5.20   $45.20",
    "",
)


def test_a_second_table_of_fewer_columns_has_rows_if_the_total_needs_them() -> None:
    whole = (*HOURS, "Subtotal:                                     $900.00")
    assert amounts(*whole, language="en", net_total="900.00") == [600, 200, 60, 40]


def test_a_second_table_of_fewer_columns_has_no_rows_where_the_total_is_that_of_the_first_one() -> None:
    first = (*HOURS, "Subtotal:                                     $800.00")
    assert amounts(*first, language="en", net_total="800.00") == [600, 200]


def test_how_long_something_took_is_its_quantity_and_what_is_repeated_above_the_total_is_no_row() -> None:
    lines = (
        "Datum         Dauer      Leistung / Fach             Betrag",
        "03.11.2026    60 Min.    Nachhilfe, Mathematik    CHF 75.00",
        "05.11.2026    90 Min.    Nachhilfe, Mathematik   CHF 112.50",
        "10.11.2026    60 Min.    Nachhilfe, Mathematik    CHF 75.00",
        "-             -          Lernplattform            CHF 29.00",
        "",
        "              Zwischensumme Yannick Frei         CHF 262.50",
        "              Lernplattform                       CHF 29.00",
        "              Total                              CHF 291.50",
    )
    answers = read_text("\n".join(lines), gross_total="291.50")
    assert [figures[::2] for figures in said_figures(answers)] == [
        (60, 75), (90, Decimal("112.50")), (60, 75), (None, 29)
    ]  # fmt: skip
    assert not answers.reasons


def test_it_has_rows_too_where_the_subtotal_of_the_first_one_was_taken_for_the_net_total() -> None:
    whole = (
        *HOURS,
        "Legal services subtotal:                                                      $800.00",
        "Disbursements subtotal:                                                       $100.00",
        "Subtotal:                                                                     $900.00",
        "HST (13 %):                                                                   $117.00",
        "Total due:                                                                  $1,017.00",
    )
    assert amounts(*whole, language="en", net_total="800.00", gross_total="1017.00") == [600, 200, 60, 40]


def test_a_table_of_taxes_has_no_rows_beside_confirmed_ones() -> None:
    lines = (
        "Date         Description              Duration    Rate      Amount",
        "2026-06-02   Review of the lease      1.50 hrs    $400.00   $600.00",
        "2026-06-04   Telephone call           0.50 hrs    $400.00   $200.00",
        "Subtotal:                                     $800.00",
        "Tax:                                          $104.00",
        "Total due:                                    $904.00",
        "",
        "Description          Amount",
        "HST 13 %             $104.00",
    )
    assert amounts(*lines, language="en", net_total="800.00", gross_total="904.00") == [600, 200]


def test_a_cell_of_two_labels_heads_two_columns() -> None:
    lines = (
        "Pos.   Beschreibung                  Menge Einzelpreis   Gesamtpreis",
        "1      Rückrechnung                      1   -617,50 €     -617,50 €",
        "2      Nachlass                          2    -90,00 €     -180,00 €",
        "Nettobetrag                                                -797,50 €",
    )
    answers = read_text("\n".join(lines), net_total="-797.50")
    assert [figures[:2] for figures in said_figures(answers)] == [(1, Decimal("-617.50")), (2, -90)]
    assert not answers.reasons


@pytest.mark.parametrize(("net", "whole"), [("350.00", True), ("399.00", False)])
def test_a_second_table_is_read_too_where_words_alone_say_which_column_has_them(net: str, *, whole: bool) -> None:
    lines = (
        "Pos.   Vorgang             Menge     Preis     Betrag",
        "1      Konzept                 2     50,00     100,00",
        "2      Entwicklung             1    200,00     200,00",
        "",
        "       Vorgang             Menge               Betrag",
        "       Fahrt                   1                50,00",
        f"Netto                                          {net.replace('.', ',')}",
    )
    answers = read_text("\n".join(lines), net_total=net)
    assert [figures[2] for figures in said_figures(answers)] == [100, 200, 50]
    assert bool(answers.reasons) is not whole


def test_words_that_begin_a_little_left_of_their_head_are_in_its_column_wherever_they_end() -> None:
    """Below the head of the next column they only end; what begins farther left is of neither."""
    ends = {"description": (485, 905), "route": (1_873, 2_413), "amount": (5_143, 5_438)}
    heads = {name: Cell(name, 0, 1, left, right, 100, 90) for name, (left, right) in ends.items()}
    columns = Columns(heads, "description", frozenset({"amount"}))
    for left, column in ((465, "description"), (300, "route")):
        assert columns.assign([Cell("Fuel surcharge on freight", 0, 1, left, 2_244, 200, 100)]) == [column]
