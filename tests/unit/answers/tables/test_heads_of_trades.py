"""Heads as programs of trades print them: without accents, in boxes of letters, with words that mean two columns."""

import pytest
from unit.answers.tables.printed import TYPES, read_text, said_descriptions, said_figures

from schemas.tables import ColumnLabels
from services.answers.tables.head import HeadFinder
from services.answers.tables.sheet import sheets


def read(*lines: str, kind: str = "invoice", language: str = "de", **totals: str) -> list[tuple[str | None, ...]]:
    """Give the rows: words, quantity, price and amount, as far as they have them."""
    answers = read_text("\n".join(lines), kind=kind, language=language, **totals)
    figures = [tuple(None if value is None else f"{value:f}" for value in row) for row in said_figures(answers)]
    return [(words, *row) for words, row in zip(said_descriptions(answers), figures, strict=True)]


def test_labels_may_have_no_accents() -> None:
    rows = read(
        "Code     Colis   Quantite   Un    Poids kg   Designation",
        "BL20         8        480   U         9120   BLOC BETON CREUX",
        "BLCH         2         36   U          612   BLOC CHAINAGE",
        kind="delivery_note",
        language="fr",
    )
    assert rows == [("BLOC BETON CREUX", "480", None, None), ("BLOC CHAINAGE", "36", None, None)]


def test_hours_of_service_head_a_quantity() -> None:
    head = "Tätigkeit        Leistungsstunden    Mitarbeiter    Betrag"
    rows = read(head, "Wartung                       6,5              2    325,00", net_total="325.00")
    assert rows == [("Wartung", "6.5", None, "325.00")]


def test_an_umlaut_may_be_two_letters() -> None:
    rows = read("Stueck   Bezeichnung         Betrag", "     2   Tafel weiss         258,00", net_total="258.00")
    assert rows == [("Tafel weiss", "2", None, "258.00")]


@pytest.mark.parametrize("head", ["Описание товара", "描述 数量", "№ п/п", "Περιγραφή είδους"])
def test_heads_in_other_scripts_are_no_label_and_harm_nothing(head: str) -> None:
    rows = read(f"{head}   Menge   Betrag", f"{'Tafel weiß':<{len(head)}}       2   258,00", net_total="258.00")
    assert [amount for *_, amount in rows] == ["258.00"]


def test_labels_of_ones_own_type_may_be_in_another_script() -> None:
    table = TYPES["invoice"].tables[0]
    own = {"description": ColumnLabels(en=("Описание",)), "quantity": ColumnLabels(en=("Количество",))}
    columns = [column.model_copy(update={"labels": own.get(column.name, ColumnLabels())}) for column in table.columns]
    (sheet,) = sheets(["№   Количество   Описание"], [[]])
    named = HeadFinder(table.model_copy(update={"columns": tuple(columns)})).named(sheet.lines[0])
    assert {name: cell.text for name, cell in named.items() if name in own} == {
        "description": "Описание",
        "quantity": "Количество",
    }


def test_columns_may_be_drawn_with_letters() -> None:
    rule = "+----+----------+---------------------+-------+----+--------+----------+"
    rows = read(
        rule,
        "|Pos | Artikel  | Bezeichnung         | Menge | ME |  Preis |   Betrag |",
        rule,
        "|  1 | PG-080   | Gehaeuse DN 80 roh  |    12 | ST | 284,50 | 3.414,00 |",
        "|    |          | Z 080-112 Rev. C    |       |    |        |          |",
        rule,
        "|  2 | PG-100   | Gehaeuse DN 100 roh |     8 | ST | 361,00 | 2.888,00 |",
        rule,
        kind="purchase_order",
        net_total="6302.00",
    )
    assert [row[1:] for row in rows] == [("12", "284.50", "3414.00"), ("8", "361.00", "2888.00")]
    assert rows[0][0] == "Gehaeuse DN 80 roh Z 080-112 Rev. C"


@pytest.mark.parametrize("dots", ["..........", ". . . . . ."])
def test_dots_lead_to_amounts_that_are_drawn_with_the_words(dots: str) -> None:
    rows = read(
        f"Aufbahrung und Trauerhalle {dots} 240,00",
        f"Formalitäten und Abmeldung {dots} 195,00",
        "Rechnungsbetrag  435,00",
        gross_total="435.00",
    )
    assert [(words, amount) for words, _, _, amount in rows] == [
        ("Aufbahrung und Trauerhalle", "240.00"),
        ("Formalitäten und Abmeldung", "195.00"),
    ]


def test_money_per_piece_counts_nothing() -> None:
    rows = read(
        "Artikel   Bezeichnung      KW 15   KW 16   Summe     Preis     Betrag",
        "                                                   EUR/Stk        EUR",
        "1010      Tischtuch weiß      48      52     100      1,42     142,00",
        "1050      Serviette          220     240     460      0,38     174,80",
        "          Nettosumme                                           316,80",
        net_total="316.80",
    )
    assert rows == [("Tischtuch weiß", "100", "1.42", "142.00"), ("Serviette", "460", "0.38", "174.80")]


def test_english_items_are_counted_where_numbers_stand_below_them() -> None:
    rows = read(
        "Date       Service / destination    Items   Weight kg   Charge",
        "18/05/26   Next Day - Norwich           3        12.2    17.43",
        "18/05/26   Next Day - Hull              1        13.3     6.38",
        "Total                                                    23.81",
        language="en",
        net_total="23.81",
    )
    assert rows == [("Next Day - Norwich", "3", None, "17.43"), ("Next Day - Hull", "1", None, "6.38")]


def test_codes_are_no_words_where_a_second_label_has_words() -> None:
    rows = read(
        "Teil   Bezeichnung / Material   Stk.   Länge",
        "A1     Seite rechts                8    2180",
        "A2     Oberboden                   4     862",
        kind="delivery_note",
    )
    assert [row[:2] for row in rows] == [("Seite rechts", "8"), ("Oberboden", "4")]


def test_words_that_differ_from_row_to_row_name_the_rows() -> None:
    rows = read(
        "Verlag         Werk                          Menge   Preis    Betrag",
        "Westermann     Praxis Sprache                   84   28,50   2394,00",
        "Westermann     Erlebnis Physik                   2   31,50     63,00",
        "Westermann     Diercke Weltatlas                 1   29,95     29,95",
        "Summe                                                        2486,95",
    )
    assert [row[0] for row in rows] == ["Praxis Sprache", "Erlebnis Physik", "Diercke Weltatlas"]


def test_a_label_of_two_things_names_the_words() -> None:
    rows = read(
        "Line   Part Number / Description   Quantity   UOM    Unit Price     Amount",
        "1      Housing, lower                  5000   EACH        1.184   5,920.00",
        "2      Lens, optical grade             2600   EACH         2.75   7,150.00",
        language="en",
        net_total="13070.00",
    )
    assert [row[0] for row in rows] == ["Housing, lower", "Lens, optical grade"]


def test_labels_one_space_apart_are_parted_where_a_column_of_words_begins() -> None:
    rows = read(
        "Pos Artikel Bezeichnung               Menge ME      Preis     Betrag",
        "  1 100210  Sechskantschraube            50 ST       0,50      25,00",
        "  2 100212  Sechskantmutter              20 ST       0,20       4,00",
        "  3 100340  Unterlegscheibe             100 ST       0,10      10,00",
        net_total="39.00",
    )
    assert [row[0] for row in rows] == ["Sechskantschraube", "Sechskantmutter", "Unterlegscheibe"]


def test_a_label_may_be_numbered() -> None:
    rows = read(
        "Qté     EAN 13          Titre                  Éditeur               Total HT",
        "1       9782071048841   La Nuit                Le Livre de Poche        13,35",
        "2       9782071788052   Petit traité du sel    Actes Sud                23,28",
        kind="purchase_order",
        language="fr",
        net_total="36.63",
    )
    assert [row[:2] for row in rows] == [("La Nuit", "1"), ("Petit traité du sel", "2")]


@pytest.mark.parametrize("head", ["Betonbezeichnung", "Sorte", "Titel"])
def test_more_labels_name_words(head: str) -> None:
    rows = read(
        f"{head:20}diese Lieferung   bestellt", f"{'C 25/30 Pumpe':20}7,5 m³            120 m³", kind="delivery_note"
    )
    assert [row[:2] for row in rows] == [("C 25/30 Pumpe", "7.5")]


def test_what_was_shipped_is_billed() -> None:
    rows = read(
        "Product            Quantity   Quantity   Quantity    Price     Amount",
        "                    Ordered       B.O.    Shipped",
        "Box 2-1/8 deep           60         20         40     1.89      75.60",
        "Duplex receptacle        12         12          0    22.15       0.00",
        language="en",
        net_total="75.60",
    )
    assert [row[1] for row in rows] == ["40", "0"]


def test_a_price_for_a_ton_makes_the_quantity_known_without_a_word() -> None:
    rows = read(
        "Sorte                     Brutto     Tara    Netto    EUR/t     Betrag",
        "Stahlschrott               5.640    1.000    4.640   248,00   1.150,72",
        "Messing                    2.000    1.575      425  1120,00     476,00",
        "Kupferkabel                1.222    1.000      222  3050,00     677,10",
        "Summe Netto                                                   2.303,82",
        net_total="2303.82",
    )
    assert [row[1:3] for row in rows] == [("4640", "248.00"), ("425", "1120.00"), ("222", "3050.00")]


def test_of_two_quantities_the_one_that_makes_all_amounts_is_taken() -> None:
    rows = read(
        "Description          ROB   Req'd   Appr.   USD each      USD",
        "Mooring rope           0       3       3      10.00    30.00",
        "Heaving line           2       2       2      14.20    28.40",
        "Safety shoes           1       6       4      38.50   154.00",
        "Cotton rags            2      10       8      27.90   223.20",
        "Total                                                 435.60",
        language="en",
        net_total="435.60",
    )
    assert [row[1] for row in rows] == ["3", "2", "4", "8"]


def test_an_amount_below_nothing_has_a_quantity_below_nothing() -> None:
    rows = read(
        "Bauernbrot 1 kg                          17,70",
        "3 x 5,90",
        "Speck am Stück                           24,80",
        "1 x 24,80",
        "Flaschenpfand retour                     -3,60",
        "-12 x 0,30",
        "Summe                                    38,90",
        gross_total="38.90",
    )
    assert [row[1] for row in rows] == ["3", "1", "-12"]


def test_a_quantity_below_its_head_stays_one_where_a_third_factor_makes_the_amount() -> None:
    rows = read(
        "        Datum      Tarif   Ziffer   Anzahl   TP/Preis     TPW   Betrag",
        "1       02.09.26   312     7301       1.00      48.00    1.05    50.40",
        "        Sitzungspauschale",
        "2       04.09.26   312     7311       1.00      77.00    1.05    80.85",
        "        Sitzung, aufwändig",
        "3       09.09.26   406     99         2.00      11.40    1.00    22.80",
        "        Elastische Binde",
        "Gesamtbetrag                                                    154.05",
        language="de-CH",
        gross_total="154.05",
    )
    assert [row[1:3] for row in rows] == [("1.00", "48.00"), ("1.00", "77.00"), ("2.00", "11.40")]


def test_what_is_delivered_may_be_listed_with_how_many_of_what() -> None:
    rows = read(
        "2 off      Ashdown sideboard",
        "1 off      Ashdown dining table",
        "8 off      Spindle chair",
        "2 pairs    Bookends",
        kind="delivery_note",
        language="en",
    )
    assert [row[:2] for row in rows] == [
        ("Ashdown sideboard", "2"),
        ("Ashdown dining table", "1"),
        ("Spindle chair", "8"),
        ("Bookends", "2"),
    ]


def test_a_label_of_two_things_is_known_without_a_sum() -> None:
    rows = read("Item no. / Description   Qty", "Housing, lower             5", kind="delivery_note", language="en")
    assert [row[:2] for row in rows] == [("Housing, lower", "5")]


def test_parcels_are_counted_and_their_weight_is_billed() -> None:
    rows = read(
        "Wohin                 Anzahl     Gewicht     Tarif     Betrag",
        "Bremen                     2        12,5      2,00      25,00",
        "Jever                      1         3,0      2,00       6,00",
        "Emden                      3         9,0      1,50      13,50",
        "Abholung                   2                   3,00       6,00",
        "Gesamtbetrag                                            50,50",
        gross_total="50.50",
    )
    assert [row[1:3] for row in rows] == [("12.5", "2.00"), ("3.0", "2.00"), ("9.0", "1.50"), ("2", "3.00")]


def test_how_many_there_are_may_be_headed_by_the_sign_of_multiplication() -> None:
    rows = read(
        "X       Position                    Netto        Summe",
        "312,5   m² Dachziegel aufnehmen     18,40     6.842,50",
        "46      m Sparren aufdoppeln        38,75     2.121,18",
        gross_total="8963.68",
    )
    assert [(words, count, amount) for words, count, _, amount in rows] == [
        ("m² Dachziegel aufnehmen", "312.5", "6842.50"),
        ("m Sparren aufdoppeln", "46", "2121.18"),
    ]


def test_what_a_head_calls_services_is_the_column_of_words() -> None:
    rows = read(
        "Datum     Leistungen              Bearbeiter     Stunden   Gesamtnetto",
        "02.03.    Begehung der Baustelle  Rauch              2,0        190,00",
        "04.03.    Prüfung der Statik      Rauch              3,0        285,00",
        net_total="475.00",
    )
    assert [words for words, *_ in rows] == ["Begehung der Baustelle", "Prüfung der Statik"]


def test_the_boxes_of_a_form_are_counted_before_their_labels() -> None:
    rows = read(
        "6 Marks and Nos   7 Number of packages   8 Method of packing   9 Nature of the goods   11 Gross weight kg",
        "HV 1-2            2                      wooden case           Filling machine         2860",
        "HV 3              1                      wooden case           Conveyor belt           940",
        "HV 4-5            2                      pallet                Change parts            415",
        kind="delivery_note",
        language="en",
    )
    assert [row[:2] for row in rows] == [("Filling machine", "2"), ("Conveyor belt", "1"), ("Change parts", "2")]
    (sheet,) = sheets(["(7) Number of packages   9 Nature of the goods"], [[]])
    named = HeadFinder(TYPES["delivery_note"].tables[0]).named(sheet.lines[0])
    assert named["quantity"].text == "(7) Number of packages"


def test_bottles_are_counted_and_a_weight_is_no_quantity_beside_them() -> None:
    rows = read(
        "Désignation              Cont.   Bouteilles   Cartons   Poids (kg)",
        "Saumur rouge 2022        75 cl          120        20        156,0",
        "Saumur blanc 2023        75 cl           60        10         78,0",
        kind="delivery_note",
        language="fr",
    )
    assert [row[:2] for row in rows] == [("Saumur rouge 2022", "120"), ("Saumur blanc 2023", "60")]


@pytest.mark.parametrize(
    "above",
    [
        (
            "Musterabfüllung Brehna KG         Beispiel Service GmbH",
            "Hauptstraße 18                    Postfach 10 04 55",
            "06796 Sandersdorf                 99004 Erfurt",
        ),
        ("Service agreement                 To be delivered to B", "SLA-2024-06                       before 07:30"),
    ],
)
def test_a_firm_is_no_weight_and_what_only_mentions_a_delivery_is_no_quantity(above: tuple[str, ...]) -> None:
    table = ("No.   Specimen / request    Tubes", "1     Serum                 24", "2     Blood                 12")
    rows = read(*above, "", *table, kind="delivery_note", language="en")
    assert [row[:2] for row in rows] == [("Serum", "24"), ("Blood", "12")]


def test_remarks_between_counted_rows_are_no_rows() -> None:
    rows = read(
        "POS   BENENNUNG                   ABRUFMENGE   ME",
        "10    VERSTÄRKUNGSBLECH LI              2400   ST",
        "      FORTSCHRITTSZAHL   185.600",
        "20    VERSTÄRKUNGSBLECH RE              2400   ST",
        "      FORTSCHRITTSZAHL   184.900",
        "30    HALTER                            9600   ST",
        "      FORTSCHRITTSZAHL   612.300",
        kind="purchase_order",
    )
    assert [row[1] for row in rows] == ["2400", "2400", "9600"]


def test_a_sum_is_no_row_where_no_row_was_read() -> None:
    answers = read_text(
        "Pos.   Bezeichnung      Menge               Brutto\n"
        "10     Isopropanol      4 IBC 1000 l         3.140\n"
        "20     Essigsäure       12 Kanister 60 l       770\n"
        "       Summe            16                   3.910",
        kind="delivery_note",
    )
    assert "Summe" not in said_descriptions(answers)
    assert answers.reasons


def test_a_talk_is_billed_and_what_was_carried_over_is_not() -> None:
    rows = read(
        "Pos.   Leistung                          Betrag",
        "1      Vortrag über den Wald             450,00",
        "2      Fahrtkosten                        49,20",
        "Summe                                    499,20",
        net_total="499.20",
    )
    assert [words for words, *_ in rows] == ["Vortrag über den Wald", "Fahrtkosten"]
    rows = read(
        "Bezeichnung                              Betrag",
        "Vortrag                                  450,00",
        "Fahrtkosten                               49,20",
        "Summe                                    499,20",
        net_total="499.20",
    )
    assert [words for words, *_ in rows] == ["Fahrtkosten"]
    rows = read(
        "Bezeichnung                              Betrag",
        "Vortrag von Seite 1                      450,00",
        "Fahrtkosten                               49,20",
        "Summe                                    499,20",
        net_total="499.20",
    )
    assert [words for words, *_ in rows] == ["Fahrtkosten"]


@pytest.mark.parametrize("rate", ["74 €/h", "@ $74/H", "EUR 74,00 pro Std.", "@ $ 7 4 / H", "74 / hour"])
def test_a_rate_may_head_what_it_makes(rate: str) -> None:
    rows = read(
        f"Tätigkeit                 Stunden   {rate:>20}",
        f"Lektorat, Kapitel 1           3,5   {'259,00':>20}",
        f"Umbruchkorrektur              3,0   {'222,00':>20}",
        net_total="481.00",
    )
    assert rows == [("Lektorat, Kapitel 1", "3.5", None, "259.00"), ("Umbruchkorrektur", "3.0", None, "222.00")]


def test_a_rate_is_no_amount_where_another_column_is() -> None:
    rows = read(
        "Tätigkeit                 Stunden   74 €/h       Betrag",
        "Lektorat, Kapitel 1           3,5                259,00",
        "Umbruchkorrektur              3,0                222,00",
        net_total="481.00",
    )
    assert rows == [("Lektorat, Kapitel 1", "3.5", None, "259.00"), ("Umbruchkorrektur", "3.0", None, "222.00")]


def test_a_quantity_may_be_hours_and_minutes() -> None:
    rows = read(
        "Datum      Tätigkeit              Start    Ende    Dauer      Betrag",
        "01.10.26   Lektorat, Kapitel 1    08:30   12:00   03:30 h    259,00 €",
        "02.10.26   Telefonkonferenz       09:00   09:20   00:20 h     24,67 €",
        "05.10.26   Umbruchkorrektur       10:00   22:00   12:00 h    888,00 €",
        net_total="1171.67",
    )
    assert [(words, quantity) for words, quantity, *_ in rows] == [
        ("Lektorat, Kapitel 1", "3.5"),
        ("Telefonkonferenz", "0.3333"),
        ("Umbruchkorrektur", "12"),
    ]


def test_what_a_meter_shows_is_no_amount() -> None:
    rows = read(
        "Description              kWh     Rate      Amount",
        "Previous reading                        18402.10 kWh",
        "Current reading                         19020.50 kWh",
        "Energy charge         350.00   2.0000     R700.00",
        "Network charge                            R171.50",
        language="en",
        net_total="871.50",
    )
    assert rows == [
        ("Energy charge", "350.00", "2.0000", "700.00"),
        ("Network charge", None, None, "171.50"),
    ]


def test_what_a_meter_shows_may_be_a_quantity_that_is_delivered() -> None:
    rows = read(
        "Bezeichnung            Menge",
        "Fernwärme        1840,50 kWh",
        "Ladestrom         912,00 kWh",
        kind="delivery_note",
    )
    assert [quantity for _, quantity, *_ in rows] == ["1840.50", "912.00"]


def test_a_time_of_day_makes_no_row_of_goods() -> None:
    rows = read(
        "Bezeichnung            Menge",
        "Transportbeton C30         8",
        "Verzögerer VZ              7",
        "Entladung beendet      10:51",
        kind="delivery_note",
    )
    assert [words for words, *_ in rows][:1] == ["Transportbeton C30"]
    assert [quantity for _, quantity, *_ in rows] == ["8", "7"]
