"""Tables whose head names no column of words that a type knows: what stands below the heads says which one it is."""

from decimal import Decimal

import pytest
from unit.answers.placed import TYPES, placed
from unit.answers.tables.printed import read_text, said_descriptions, said_figures

from services.answers.tables.answers import read_tables
from services.answers.tables.sheet import sheets

HEAD = "Position                Menge   Tagespreis   Nächte     Betrag"
NIGHTS = (
    "Gruppenwiese Nord           1        62,00        7     434,00",
    "Jurtenplatz                 2        18,50        7     259,00",
)


def test_position_names_the_words_if_there_are_words_below_it() -> None:
    answers = read_text("\n".join((HEAD, *NIGHTS, "Summe                                                   693,00")))
    assert said_descriptions(answers) == ["Gruppenwiese Nord", "Jurtenplatz"]
    assert [(figures[0], figures[2]) for figures in said_figures(answers)] == [(1, 434), (2, 259)]
    assert not answers.reasons


def test_a_head_that_no_label_knows_names_the_words_if_there_are_words_below_it() -> None:
    head = HEAD.replace("Position     ", "Was geschah? ")
    answers = read_text("\n".join((head, *NIGHTS, "Summe                                                   693,00")))
    assert said_descriptions(answers) == ["Gruppenwiese Nord", "Jurtenplatz"]


def test_numbers_below_position_count_the_rows() -> None:
    lines = (
        "Position   Vorgang              Menge   Tagespreis   Nächte     Betrag",
        "1          Gruppenwiese Nord        1        62,00        7     434,00",
        "2          Jurtenplatz              2        18,50        7     259,00",
        "           Summe                                                693,00",
    )
    assert said_descriptions(read_text("\n".join(lines))) == ["Gruppenwiese Nord", "Jurtenplatz"]


def test_a_subtotal_is_none_of_the_rows_if_its_amount_stands_between_the_lines_of_its_cell() -> None:
    lines = (
        HEAD,
        *NIGHTS,
        "                                                        693,00",
        "Zwischensumme Plätze",
        "Jugendliche                 3         5,00        2      30,00",
        "Summe                                                   723,00",
    )
    answers = read_text("\n".join(lines))
    assert said_descriptions(answers) == ["Gruppenwiese Nord", "Jurtenplatz", "Jugendliche"]
    assert not answers.reasons


def test_a_heading_is_none_of_the_words_of_a_row_in_a_table_whose_rows_begin_above_their_numbers() -> None:
    lines = (
        "Beschreibung            Menge       Preis                Betrag",
        "",
        "Gruppenwiese Nord",
        "bis 40 Personen             7        62,00               434,00",
        "",
        "",
        "Jurtenplatz",
        "am Bach                     2        18,50                37,00",
        "",
        "",
        "",
        "Verbrauch",
        "",
        "Brennholz                   3        78,00               234,00",
        "",
        "Summe                                                   705,00",
    )
    answers = read_text("\n".join(lines), gross_total="705.00")
    assert said_descriptions(answers) == ["Gruppenwiese Nord bis 40 Personen", "Jurtenplatz am Bach", "Brennholz"]


def test_words_left_of_all_heads_are_those_of_the_rows_and_a_currency_names_the_amounts() -> None:
    lines = (
        "                                        Anz.      Brutto €",
        "Grundbetrag                                1        289,00",
        "Übungsstunden                             17        986,00",
        "Gesamtbetrag Ausbildung                           1.275,00",
        "",
        "zzgl. Auslage Amt                                   104,20",
        "",
        "Gesamtbetrag                                      1.379,20",
    )
    answers = read_text("\n".join(lines), gross_total="1379.20")
    assert said_descriptions(answers) == ["Grundbetrag", "Übungsstunden", "zzgl. Auslage Amt"]
    assert [figures[0] for figures in said_figures(answers)] == [1, 17, None]
    assert not answers.reasons


@pytest.mark.parametrize("tax", ["zzgl. 19 %", "zuzüglich"])
def test_what_leads_from_a_sum_to_the_gross_total_by_its_rate_alone_is_no_row(tax: str) -> None:
    lines = (
        "                                        Anz.      Brutto €",
        "Grundbetrag                                1        300,00",
        "Übungsstunden                              2        700,00",
        "Gesamtbetrag Ausbildung                           1.000,00",
        f"{tax:20}                                190,00",
        "Gesamtbetrag                                      1.190,00",
    )
    assert tax not in said_descriptions(read_text("\n".join(lines), gross_total="1190.00"))


PERIODS = (
    "Pos.    {}       Bezeichnung              Kartennummer      Preis",
    "1        3           Rathaus                  113752445         19,50",
    "2        2           Bahnhof                  113716328         14,70",
    "                     Netto Summe                                34,20",
)


@pytest.mark.parametrize("period", ["Monate", "Nächte", "Days  ", "Jours "])
def test_what_is_counted_in_periods_is_the_quantity_where_no_column_is(period: str) -> None:
    answers = read_text("\n".join(PERIODS).format(period), net_total="34.20")
    assert [figures[0] for figures in said_figures(answers)] == [3, 2]


def test_periods_are_no_quantity_beside_one_and_none_if_words_stand_below() -> None:
    beside = "\n".join(PERIODS).format("Monate").replace("Kartennummer", "Stück       ")
    assert [figures[0] for figures in said_figures(read_text(beside, net_total="34.20"))] == [113752445, 113716328]
    words = "\n".join(PERIODS).format("Monate").replace(" 3   ", " Mai ").replace(" 2   ", " Juni")
    assert [figures[0] for figures in said_figures(read_text(words, net_total="34.20"))] == [None, None]


@pytest.mark.parametrize(
    "head", ["Nr.   Position                   Menge   Einheit", "Pos   Position                   Menge   Einheit"]
)
def test_of_two_heads_that_count_the_rows_the_one_above_words_names_them(head: str) -> None:
    lines = (head, "01    Gemüselasagne mit Kürbis   6       Blech", "02    Kartoffelgratin            5       GN")
    answers = read_text("\n".join(lines), kind="delivery_note")
    assert said_descriptions(answers) == ["Gemüselasagne mit Kürbis", "Kartoffelgratin"]
    assert not answers.reasons


def test_two_heads_above_numbers_name_no_words() -> None:
    lines = ("Nr.   Position   Menge   Einheit", "01    1          6       Blech", "02    2          5       GN")
    answers = read_text("\n".join(lines), kind="delivery_note")
    assert not answers.fields
    assert answers.reasons


def test_a_delivery_note_without_rows_says_so() -> None:
    assert read_text("Wir liefern Ihnen heute drei Paletten.", kind="delivery_note").reasons


def test_of_several_quantities_of_a_delivery_note_the_shipped_one_is_delivered() -> None:
    lines = (
        "QTY ORD   QTY SHIP   QTY B/O   DESCRIPTION",
        "     10          8         2   GONDOLA ADD-ON ALMOND",
        "      4          4             END CAP WHITE",
    )
    answers = read_text("\n".join(lines), kind="delivery_note", language="en")
    assert [quantity for quantity, _, _ in said_figures(answers)] == [8, 4]


@pytest.mark.parametrize(
    ("above", "rows"), [("Remaining quantities not yet delivered:", 2), ("Delivered from our second warehouse:", 3)]
)
def test_a_table_of_what_was_not_delivered_yet_has_no_rows(above: str, rows: int) -> None:
    lines = (
        "Product                     Quantity",
        "Access control panel               2",
        "Card reader                        8",
        "",
        above,
        "Product                     Quantity",
        "Magnetic lock                      3",
    )
    answers = read_text("\n".join(lines), kind="delivery_note", language="en")
    assert len(said_descriptions(answers)) == rows


@pytest.mark.parametrize(
    ("head", "language"),
    [
        ("Description                Qty     Unit cost      Extended", "en"),
        ("Analysis                   Qty     Fee ea.          Amount", "en"),
        ("Arbeit                      AW     Ansatz           Betrag", "de"),
        ("Prestation               Temps     Prix            Montant", "fr"),
    ],
)
def test_heads_of_trades_name_their_columns(head: str, language: str) -> None:
    lines = (
        head,
        "Beaker Griffin               2         5.00         10.00",
        "Flask                        3         4.00         12.00",
        "Total                                               22.00",
    )
    answers = read_text("\n".join(lines), language=language, net_total="22.00")
    assert [f"{price}" for _, price, _ in said_figures(answers)] == ["5.00", "4.00"]
    assert said_descriptions(answers) == ["Beaker Griffin", "Flask"]


SLIP = (
    "Drucksache                       bestellt   geliefert",
    "Gemeindeblatt Mai                   4.200       4.260",
    "Plakat A1, 135 g                      150         148",
)


def test_a_quantity_and_words_below_an_unknown_head_are_the_rows_of_a_delivery_note() -> None:
    answers = read_text("\n".join(SLIP), kind="delivery_note")
    assert said_descriptions(answers) == ["Gemeindeblatt Mai", "Plakat A1, 135 g"]
    assert [quantity for quantity, _, _ in said_figures(answers)] == [4260, 148]  # delivered, not ordered
    assert answers.reasons


def test_a_quantity_and_words_are_no_rows_of_an_invoice_whose_total_is_known() -> None:
    answers = read_text("\n".join((*SLIP, "Summe                                        70,00")), gross_total="70.00")
    assert not answers.fields


def test_a_quantity_over_numbers_alone_heads_no_rows_of_a_delivery_note() -> None:
    lines = ("Palette   Gewicht   Anzahl", "1          120 kg        4", "2          118 kg        3")
    assert not read_text("\n".join(lines), kind="delivery_note").fields


@pytest.mark.parametrize(
    ("ordered", "delivered"),
    [("best.", "gelief."), ("ORD", "DEL"), ("Ordered", "Despatched"), ("Commandé", "Expédié")],
)
def test_what_was_delivered_counts_beside_what_was_ordered(ordered: str, delivered: str) -> None:
    lines = (
        f"Bezeichnung                  {ordered:>12}{delivered:>14}",
        "Hedera helix                            90            80",
        "Cornus mas                               8             8",
    )
    answers = read_text("\n".join(lines), kind="delivery_note")
    assert [quantity for quantity, _, _ in said_figures(answers)] == [80, 8]


def test_two_amounts_alone_head_no_rows() -> None:
    lines = ("Gruppe              Betrag      Steuer", "Regelsatz           100,00       19,00")
    assert not read_text("\n".join(lines)).fields


def test_a_fee_of_a_whole_stage_is_no_price_of_a_piece() -> None:
    lines = (
        "Description                  Stage fee     Share     Amount",
        "Spatial Coordination         18,400.00      40%    7,360.00",
        "Technical Design             12,600.00      25%    3,150.00",
        "Total                                             10,510.00",
    )
    answers = read_text("\n".join(lines), language="en", net_total="10510.00")
    assert [price for _, price, _ in said_figures(answers)] == [None, None]


def test_french_capitals_may_have_no_accents() -> None:
    lines = (
        "DESIGNATION              QUANTITE       P.U. HT       MONTANT HT",
        "Pose de parquet                 4         20,00            80,00",
        "Seuils                          2         10,00            20,00",
    )
    answers = read_text("\n".join(lines), language="fr", net_total="100.00")
    assert said_descriptions(answers) == ["Pose de parquet", "Seuils"]
    assert [row[0] for row in said_figures(answers)] == [4, 2]


def test_a_head_that_names_all_but_the_amounts_is_better_than_none_where_numbers_stand_between_the_lines() -> None:
    head = (("Artikel", 500), ("Beschreibung", 1_000), ("Menge", 4_000), ("Einzelpreis", 4_500), ("EUR", 5_400))
    words = [(name, left, 2_000) for name, left in head]
    rows = (
        ("SEG-G3", "Rollgenua III, Dacron", "Zuschnitt horizontal", "1", "2.480,00", "2.480,00"),
        ("SEG-LB", "Lazy Bag mit Reißverschluss", "nach dem Großbaum", "1", "640,00", "640,00"),
        ("REP-UV", "Schutzstreifen erneuern", "pauschal", "5", "38,50", "192,50"),
    )
    for number, (code, first, second, *numbers) in enumerate(rows):
        top = 2_200 + 300 * number
        words += [(code, 500, top), (first, 1_000, top), (second, 1_000, top + 110)]
        words += [(text, left, top + 55) for text, left in zip(numbers, (4_200, 4_700, 5_300), strict=True)]
    pages, layouts = placed(*words, ("Zwischensumme", 500, 3_300), ("3.312,50", 5_300, 3_300), size=90)
    answers = read_tables(TYPES["invoice"], pages, sheets(pages, layouts), "de", {"net_total": Decimal("3312.50")})
    assert said_descriptions(answers) == [f"{first} {second}" for _, first, second, *_ in rows]
    assert not answers.reasons


def test_a_charge_whose_words_a_weight_parts_is_none_of_the_rows() -> None:
    lines = (
        "Menge   Artikel                                        Betrag",
        "    2   Lesebrille                                      20,00",
        "    1   Etui aus Leder                                  30,00",
        "                       Versand (Paket,  9,4 kg):         5,90",
        "                                  Zwischensumme:        55,90",
        "                                       19 % USt:        10,62",
        "                                      Endbetrag:        66,52",
    )
    answers = read_text("\n".join(lines), net_total="55.90", gross_total="66.52")
    assert said_descriptions(answers) == ["Lesebrille", "Etui aus Leder"]


def test_a_hyphen_before_a_capital_stays() -> None:
    lines = (
        "Artikel                 Menge      Preis       Betrag",
        "Aluminium-                  2      10,00        20,00",
        "Leiter",
        "Klapp-                      1      30,00        30,00",
        "tritt",
    )
    answers = read_text("\n".join(lines), net_total="50.00")
    assert said_descriptions(answers) == ["Aluminium-Leiter", "Klapptritt"]
