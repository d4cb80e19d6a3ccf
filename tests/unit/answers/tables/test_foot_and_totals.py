"""What stands below the rows of a table, and is none: feet of sheets, totals in columns, discounts among totals."""

from decimal import Decimal

import pytest
from unit.answers.tables.printed import read_text, said_descriptions, said_figures

HEAD = "Pos  Bezeichnung                 Menge     Einzelpreis     Gesamtpreis"
FOOT = (
    "     Nordlicht Elektro           0484       7733              12",
    "     Am Kanal 7                  Konto      5521                     88",
)


def amounts(*pages: tuple[str, ...], language: str = "de", **totals: str) -> list[Decimal | None]:
    """Give the amounts; none if something is said to be missing."""
    answers = read_text(*("\n".join(lines) for lines in pages), language=language, **totals)
    return [] if answers.reasons else [figures[2] for figures in said_figures(answers)]


def first_and_second(foot: tuple[str, ...], second_foot: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    first = (
        HEAD,
        "1    Kabel verlegt                   4           20,00           80,00",
        "2    Dose gesetzt                    2            5,00           10,00",
        "3    Leuchte                         1           30,00           30,00",
    )
    second = (
        HEAD,
        "4    Anfahrt                         1            9,00            9,00",
        "",
        "Nettobetrag                                                     129,00",
        "Bitte zahlen Sie bis zum 1.7.",
    )
    return (*first, *foot), (*second, *second_foot)


def test_what_ends_every_sheet_alike_is_of_no_row() -> None:
    pages = first_and_second((*FOOT, "Seite 1 von 2"), (*FOOT, "Seite 2 von 2"))
    assert amounts(*pages, net_total="129.00") == [80, 10, 30, 9]


def test_lines_at_the_end_of_one_sheet_alone_are_read() -> None:
    pages = first_and_second(("4    Rinne                  1        44,00         44,00",), FOOT)
    assert not amounts(*pages, net_total="129.00")


def test_of_copies_nothing_is_left_out() -> None:
    (page, _) = first_and_second((), ())
    answers = read_text("\n".join(page), "\n".join(page))
    assert [figures[2] for figures in said_figures(answers)] == [80, 10, 30] * 2


def test_totals_in_columns_apart_from_the_amounts_end_a_table() -> None:
    lines = (
        "Bezeichnung            Anzahl   Preis        Netto      USt.    Gesamt",
        "Dach gedeckt                2   50,00       100,00     19,00    119,00",
        "Rinne gesetzt               1   40,00        40,00      7,60     47,60",
        "",
        "Netto:       Umsatzsteuer       Rechnungsbetrag",
        "140,00       26,60              166,60",
        "Mit freundlichen Grüßen",
        "Nordlicht Dach         04841       77           03        64        19",
    )
    assert amounts(lines, net_total="140.00", gross_total="166.60") == [100, 40]


def test_a_discount_between_a_subtotal_and_the_total_that_it_leads_to_is_no_row() -> None:
    lines = (
        HEAD,
        "1    Öl gewechselt                   4           20,00      80,00 CHF",
        "2    Reifen gewechselt               2           10,00      20,00 CHF",
        "                                  Zwischensumme:           100,00 CHF",
        "                                  Rabatt (5.0%):           - 5,00 CHF",
        "                                          Netto:            95,00 CHF",
    )
    assert amounts(lines, language="de-CH", net_total="95.00") == [80, 20]


REMISE = (
    "Position  Quantité  Description                                Total",
    "1               4   Parquet posé dans le séjour               80.00",
    "2               2   Seuils                                    20.00",
)
TOTAL_HT = (
    "                                        Montant HT            95.00",
    "                                        Total TTC            102.70",
)


def test_a_discount_whose_words_are_set_as_those_of_the_totals_is_no_row() -> None:
    remise = "                                        Remise (5%)           -5.00"
    assert amounts((*REMISE, remise, *TOTAL_HT), language="fr", net_total="95.00") == [80, 20]


@pytest.mark.parametrize("before", [20, 34])
def test_a_discount_whose_words_are_set_otherwise_is_a_row(before: int) -> None:
    remise = f"{' ' * before}{'Remise (5%)':{62 - before}}-5.00"
    assert amounts((*REMISE, remise, *TOTAL_HT), language="fr", net_total="95.00") == [80, 20, -5]


SHIPPED = (
    "SN   Description        Destination   Weight     Rate     Amount",
    "1    Parcel             London         12.50     1450   18125.00",
    "2    Parcel             Lyon            4.00     1620    6480.00",
    "     Note:              Total:         16.50            24605.00",
)


def test_a_sum_is_one_wherever_its_line_names_it_and_what_is_charged_on_it_is_no_row() -> None:
    charged = (
        "                        Fuel:                            2952.60",
        "                        Packing:                         1800.00",
        "                        Insurance:                          0.00",
        "                        Customs:                           10.00",
        "                        Islands:                           20.00",
    )
    total = "                        Total Amount:                   29387.60"
    assert amounts((*SHIPPED, *charged, total), language="en", gross_total="29387.60") == [18125, 6480]
    assert not amounts((*SHIPPED, *charged[1:], total), language="en", gross_total="29387.60")


BARE = (
    "Bezeichnung                                              Betrag",
    "Kabel verlegt                                             80,00",
)


def test_terms_of_payment_on_the_left_of_the_totals_are_no_words_of_a_row() -> None:
    lines = (
        *BARE,
        "Zahlbar sofort                      Zwischensumme         80,00",
        "ohne Abzug                          Versand               10,00",
        "Vielen Dank                         Summe                 90,00",
    )
    assert amounts(lines, gross_total="90.00") == [80]


def test_what_stands_below_the_amounts_is_of_no_row_if_totals_beside_them_end_the_table() -> None:
    lines = (
        "Beschreibung                  Betrag (netto)   MwSt.",
        "Rückgabe von 18 Anfragen              214,20   40,70",
        "                         Nettobetrag          214,20",
        "                         Gutschriftbetrag     254,90",
        "Filiale Rosenthal                    0711/12345",
        "Gedruckt am                          19.06.2026",
    )
    assert amounts(lines, net_total="214.20", gross_total="254.90") == [Decimal("214.20")]


def test_a_date_below_the_amounts_is_none_of_them() -> None:
    assert amounts((*BARE, "Gedruckt am                                          19.06.2026"), net_total="80.00") == [
        80
    ]


def test_a_tax_below_the_name_of_a_sum_is_no_row_if_terms_stand_on_its_left() -> None:
    lines = (
        "Item                     Qty    Unit     Line total",
        "Oak shelf                  2   50.00         100.00",
        "Fitting                    3   50.00         150.00",
        "Notes: thank you         Subtotal            250.00",
        "Bank: 20-11-44           VAT 20%              50.00",
        "                         Total               300.00",
    )
    assert amounts(lines, language="en", net_total="250.00", gross_total="300.00") == [100, 150]


def test_rows_below_the_sum_of_a_numbered_group_are_read() -> None:
    lines = (
        "Pos.   Leistung                        Betrag",
        "1      Rohbau",
        "1.1    Fundament                        40,00",
        "1.2    Mauern                           30,00",
        "       Summe 1                          70,00",
        "2      Dach",
        "2.1    Ziegel                           30,00",
        "       Summe 2                          30,00",
        "Gesamt netto                           100,00",
    )
    assert amounts(lines, net_total="100.00") == [40, 30, 30]


def test_a_discount_without_a_sign_is_no_row_if_taking_it_off_makes_the_total() -> None:
    lines = (
        "Bezeichnung                                                     Betrag",
        "Entwurf, sechs Wohnungen                                      8.400,00",
        "Aufmaß                                                        2.150,00",
        "Rabatt                                                          420,00",
        "Zwischensumme                                                10.130,00",
    )
    assert amounts(lines, net_total="10130.00") == [8400, 2150]
    assert not amounts(lines, net_total="9999.00")


def test_a_discount_below_the_sum_of_all_rows_is_none_though_no_label_is_on_the_line_of_the_sum() -> None:
    lines = (
        HEAD,
        "1    Decke                           2        4.200,00        8.400,00",
        "2    Klappen                         2        1.075,00        2.150,00",
        "",
        "                                                             10.550,00",
        "     Gesamtrabatt                                              -420,00",
        "     Nettobetrag                                             10.130,00",
    )
    assert amounts(lines, net_total="10130.00") == [8400, 2150]


def test_what_is_set_as_the_totals_below_it_is_no_row_though_its_words_are_none_for_a_charge() -> None:
    lines = (
        "Products             Quantity                     Price     Total",
        "Ridge tent                  1                   €229.95   €229.95",
        "Base layer                  2                    €64.95   €129.90",
        "                                             Sub-Total:   €359.85",
        "                  An Post Parcel (Republic of Ireland):     €7.95",
        "                                    VAT 23% (included):    €68.78",
        "                                                 Total:   €367.80",
    )
    assert amounts(lines, language="en", gross_total="367.80") == [Decimal("229.95"), Decimal("129.90")]


def test_an_amount_whose_column_no_head_names_keeps_its_sign_before_its_currency() -> None:
    lines = (
        "Quantity   Description                         Amount           Total",
        "2          Sash window                      £1,185.00       £2,370.00",
        "1          Scaffold tower                     £165.00         £165.00",
        "1          Less deposit received           -£1,000.00      -£1,000.00",
        "                                               Total:       £1,535.00",
    )
    assert amounts(lines, language="en", gross_total="1535.00") == [2370, 165, -1000]


EMPTY = (
    "Description                       Quantity   Unit price      Amount",
    "Can liner                                2        31.00       62.00",
    "Floor pad                                0        27.00        0.00",
    "Catalogue                                                      0.00",
    "                                            Subtotal          62.00",
    "Returns are subject to a charge.                Misc           0.00",
    "                                             Freight           5.00",
    "                                               Total          67.00",
)


def test_a_charge_of_nothing_below_the_sum_of_the_rows_is_none_and_a_free_row_above_it_is() -> None:
    answers = read_text("\n".join(EMPTY), language="en", net_total="62.00", gross_total="67.00")
    assert said_descriptions(answers) == ["Can liner", "Floor pad", "Catalogue"]


def test_a_summary_of_groups_that_comes_to_the_rows_total_again_is_no_row() -> None:
    lines = (
        "Pos   Leistung              Menge   Einzelpreis   Gesamtpreis",
        "1     Wände streichen           2         40,00         80,00",
        "2     Fassade reinigen          3         10,00         30,00",
        "Zusammenstellung",
        "1     Innen                                             80,00",
        "2     Außen                                             30,00",
        "      Nettobetrag                                      110,00",
    )
    answers = read_text("\n".join(lines), net_total="110.00")
    assert said_descriptions(answers) == ["Wände streichen", "Fassade reinigen"]
    assert not answers.reasons


def test_last_rows_of_words_and_amounts_that_come_to_less_are_rows() -> None:
    lines = (
        "Pos   Leistung              Menge   Einzelpreis   Gesamtpreis",
        "1     Wände streichen           2         40,00         80,00",
        "2     Fassade reinigen          3         10,00         30,00",
        "3     Innen                                             80,00",
        "4     Außen                                             20,00",
        "      Nettobetrag                                      210,00",
    )
    assert len(said_descriptions(read_text("\n".join(lines), net_total="210.00"))) == 4


def test_the_taxes_of_indias_states_and_of_the_union_are_taxes() -> None:
    lines = (
        "Description                     Quantity        Rate        Amount",
        "Gear pump                              2      100.00        200.00",
        "Coupling                               1       50.00         50.00",
        "IGST @ 18%                                                   45.00",
        "Total                                                       295.00",
    )
    answers = read_text("\n".join(lines), language="en", net_total="250.00", gross_total="295.00")
    assert said_descriptions(answers) == ["Gear pump", "Coupling"]
    assert not answers.reasons


TITLES = (
    HEAD,
    "1    Pflaster verlegt                4           20,00           80,00",
    "2    Rinne gesetzt                   2           10,00           20,00",
)


@pytest.mark.parametrize("sum_of_rows", ["Leistungsstand gesamt", "Zwischensumme        ", "Summe aller Arbeiten "])
def test_what_is_taken_off_below_the_sum_of_all_rows_is_no_row_whatever_it_is_called(sum_of_rows: str) -> None:
    below = (
        f"     {sum_of_rows}                                      100,00",
        "     Sicherheitseinbehalt 5 %                                    -5,00",
        "     Baustrom und Bauwasser                                      -2,00",
        "     Netto                                                       93,00",
    )
    assert amounts((*TITLES, *below), net_total="93.00") == [80, 20]


def test_what_is_taken_off_without_a_sum_above_it_or_below_one_carried_over_is_a_row() -> None:
    off = "     Altteile                                                    -7,00"
    net = "     Netto                                                       93,00"
    carried = "     Übertrag                                                   100,00"
    assert amounts((*TITLES, off, net), net_total="93.00") == [80, 20, -7]
    assert amounts((*TITLES, carried, off, net), net_total="93.00") == [80, 20, -7]


def test_what_a_row_numbered_on_takes_off_is_a_row() -> None:
    more = (
        "     Zwischensumme                                              100,00",
        "3    Altteile                                                    -7,00",
        "     Netto                                                       93,00",
    )
    assert amounts((*TITLES, *more), net_total="93.00") == [80, 20, -7]


def test_sums_of_hours_and_fees_without_a_word_are_no_row() -> None:
    lines = (
        "Datum      Inhalt                   Std.         Honorar",
        "01.09.     Rückenschule früh         2,5          105,00",
        "08.09.     Faszientraining           1,25          52,50",
        "                                     3,75         157,50",
        "           Bitte überweisen Sie den Betrag.",
        "           Gesamtbetrag                           157,50",
    )
    assert amounts(lines, gross_total="157.50") == [105, Decimal("52.50")]


ACCOUNT = (
    "Getränke Süd       Tel. 07524 4471-0       Bank Sparkasse Oberland",
    "Logistik KG        E-Mail a@b.example      IBAN DE83 7335 0000 0000",
    "Im Gewerbepark 30  Web b.example           6150 28",
)


def test_the_issuers_telephone_and_account_at_the_end_of_a_sheet_are_no_rows() -> None:
    goods = (
        "Pos.   Artikel              Menge",
        "1      Apfelsaft            48 Kiste",
        "2      Weizen               35 Kiste",
        "",
        "Die Ware bleibt bis zur Bezahlung unser Eigentum.",
        "",
    )
    answers = read_text("\n".join((*goods, *ACCOUNT)), kind="delivery_note")
    assert said_descriptions(answers) == ["Apfelsaft", "Weizen"]


def test_rows_below_a_letterhead_with_an_account_are_read() -> None:
    goods = ("Pos.   Artikel              Menge", "1      Apfelsaft            48 Kiste", "2      Weizen      35 Kiste")
    answers = read_text("\n".join((*ACCOUNT, "", *goods)), kind="delivery_note")
    assert said_descriptions(answers) == ["Apfelsaft", "Weizen"]
    answers = read_text("\n".join((*ACCOUNT, "", HEAD, TITLES[1])), net_total="80.00")
    assert said_descriptions(answers) == ["Pflaster verlegt"]


def test_notes_beside_a_discount_and_a_tax_are_no_descriptions() -> None:
    below = (
        "     Bestellung: ATG-4471                       Rabatt 5 %       -5,00",
        "     Fällig am: 24.12.2026                      MwSt. 19 %       18,05",
        "     Lieferung frei Haus                        Endbetrag       113,05",
    )
    answers = read_text("\n".join((*TITLES, *below)), gross_total="113.05")
    assert said_descriptions(answers) == ["Pflaster verlegt", "Rinne gesetzt"]


@pytest.mark.parametrize("words", ["Round off", "Rounding", "Rundungsdifferenz", "Arrondi"])
def test_what_a_total_is_rounded_by_is_no_row_of_the_note_beside_it(words: str) -> None:
    lines = (
        HEAD,
        "1    Kabel verlegt                   4           20,10           80,40",
        "2    Leuchte                         1           30,20           30,20",
        "     Montag bis Donnerstag                       Zwischensumme           110,60",
        f"     BEMERKUNGEN                                 {words:<24}0,40",
        "     Anfahrt wie besprochen                      Gesamt                  111,00",
    )
    answers = read_text("\n".join(lines), gross_total="111.00")
    assert said_descriptions(answers) == ["Kabel verlegt", "Leuchte"]
