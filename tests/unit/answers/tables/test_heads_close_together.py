"""Heads that stand so close that they are one cell, or apart from what they are the heads of."""

from decimal import Decimal

from unit.answers.tables.printed import TYPES, read_text, said_descriptions, said_figures

from services.answers.tables.answers import read_tables
from services.answers.tables.head import HeadFinder
from services.answers.tables.runs import Run, pack
from services.answers.tables.sheet import sheets


def test_a_cell_above_several_columns_is_as_many_labels() -> None:
    lines = (
        "Datum Ziffer  Leistung               Anz. Faktor Betrag",
        "02.06.   1    Beratung                 1   2,3    10,72",
        "02.06. 651    Elektrokardiogramm       1   1,8    26,55",
        "09.06. 420    Ultraschall              3   2,3    32,17",
        "              Rechnungsbetrag                     69,44",
    )
    answers = read_text("\n".join(lines), gross_total="69.44")
    assert [figures[0] for figures in said_figures(answers)] == [1, 1, 3]
    assert said_descriptions(answers) == ["Beratung", "Elektrokardiogramm", "Ultraschall"]
    assert not answers.reasons


def test_a_label_of_two_words_is_one_though_each_line_has_two_cells_below_it() -> None:
    lines = (
        "Description              Qty       Unit price        Amount",
        "Flask, 500 ml              2        £    4.50          9.00",
        "Cylinder                   1        £   12.00         12.00",
        "Beaker                     3        £    2.00          6.00",
        "                                        Total         27.00",
    )
    answers = read_text("\n".join(lines), language="en", net_total="27.00")
    assert said_figures(answers) == [
        (2, Decimal("4.50"), 9),
        (1, 12, 12),
        (3, 2, 6),
    ]


def test_extended_price_is_no_extension_beside_a_price() -> None:
    lines = (
        "Line    Item description          Unit price      Extended price",
        "10      Hex bolt M30                    6.90            1,656.00",
        "                                      240.00",
        "20      Moly paste                     21.65              519.60",
        "                                       24.00",
        "30      Pallet                         17.25               69.00",
        "                                        4.00",
        "                                   Sub total            2,244.60",
    )
    answers = read_text("\n".join(lines), kind="purchase_order", language="en", net_total="2244.60")
    assert said_figures(answers) == [
        (240, Decimal("6.90"), 1656),
        (24, Decimal("21.65"), Decimal("519.60")),
        (4, Decimal("17.25"), 69),
    ]
    assert not answers.reasons


def test_price_above_item_total_is_no_price_of_a_piece() -> None:
    lines = (
        "Item                     Quantity      Unit     Item Total",
        "                                      Price          Price",
        "Carrots, bunched                4     38.00         152.00",
        "Salad mix, washed               6     27.50         165.00",
    )
    answers = read_text("\n".join(lines), language="en")
    assert said_figures(answers) == [(4, 38, 152), (6, Decimal("27.50"), 165)]


def test_what_counts_rows_names_them_if_words_stand_below_and_dates_below_the_service() -> None:
    lines = (
        "Facility      Item                   Service Start     Qty      Rate     Amount",
        "Broad River   Zone valve inspection    4/6/2026         12     64.00     768.00",
        "Broad River   Area alarm panel test    4/6/2026          9     88.50     796.50",
        "Tyger Valley  Outlet and inlet test    4/9/2026         46     11.25     517.50",
    )
    answers = read_text("\n".join(lines), language="en")
    assert said_descriptions(answers) == ["Zone valve inspection", "Area alarm panel test", "Outlet and inlet test"]


def test_words_between_two_heads_are_those_of_the_rows_and_codes_are_none() -> None:
    lines = (
        "Code                                            Quantity        Rate      Amount",
        "SDS-TR-B-3000  Top track double, anodised             18       46.20      831.60",
        "GL-4-BRZ       Mirror panel 4 mm bronze               14       88.75    1,242.50",
        "SDS-SC-2       Soft close unit, pair                  21       24.90      522.90",
    )
    answers = read_text("\n".join(lines), language="en", kind="purchase_order")
    assert said_descriptions(answers) == [
        "Top track double, anodised",
        "Mirror panel 4 mm bronze",
        "Soft close unit, pair",
    ]


def test_words_above_and_below_the_lines_of_their_numbers_name_a_delivery_notes_column() -> None:
    lines = (
        "Pos.    Stck.   Element / Ausführung             Maße        Bemerkung",
        "                Drehfenster einflügelig",
        "A1      4                                        1010        nachliefern",
        "                mit Beschlag und Griff",
        "",
        "                Haustür Aluminium",
        "B1      1                                        1130        folgt",
        "                mit fünf Schlüsseln",
        "",
        "                Fensterbank Aluguss",
        "C1      7                                        1060",
        "                mit Abschlüssen",
    )
    answers = read_text("\n".join(lines), kind="delivery_note")
    assert [figures[0] for figures in said_figures(answers)] == [4, 1, 7]
    assert [(words or "").split()[0] for words in said_descriptions(answers)] == [
        "Drehfenster",
        "Haustür",
        "Fensterbank",
    ]


def test_heads_drawn_one_by_one_begin_where_numbers_set_flush_left_do() -> None:
    words = [
        ("Product", 500, 800, 100), ("UOM", 3000, 3250, 100), ("Quantity", 3300, 3750, 100),
        ("Unit", 3800, 3950, 100), ("Price", 3800, 4050, 210), ("Tax", 5050, 5150, 100), ("Total", 5200, 5400, 100),
    ]  # fmt: skip
    rows = [
        ("Pump", "Nos", "4", "48.50", "8.92", "194.00"), ("Hose", "Mtr", "160", "2.75", "9.20", "440.00"),
        ("Carton", "Nos", "2500", "0.02", "5.00", "50.00"), ("Gasket", "Set", "15", "1.98", "3.46", "29.70"),
    ]  # fmt: skip
    for at, row in enumerate(rows, start=1):
        lefts = (500, 3000, 3300, 3800, 4900, 5200)
        words += [(text, left, left + 50 * len(text), 200 + 200 * at) for text, left in zip(row, lefts, strict=True)]
    text, runs = "", []
    for word, left, right, baseline in words:
        runs.append(Run(len(text), len(text) + len(word), left, right, baseline, 100))
        text += f"{word} "
    answers = read_tables(TYPES["purchase_order"], [text], sheets([text], [pack(runs)]), "en", {})
    assert said_figures(answers) == [
        (4, Decimal("48.50"), 194),
        (160, Decimal("2.75"), 440),
        (2500, Decimal("0.02"), 50),
        (15, Decimal("1.98"), Decimal("29.70")),
    ]


def test_a_column_of_states_names_no_rows_though_its_head_begins_like_a_label() -> None:
    lines = (
        "Nummer    Produktname           Produkt     Preis   Menge    Endsumme",
        "                                 Status",
        "WO-2210   Merinowolle fein     Versendet     6,50      10       77,35",
        "ST-0815   Leinenstoff          Versendet    16,00       4       76,16",
        "BU-0033   Buch über Zöpfe      Versendet    20,00       1       21,40",
    )
    answers = read_text("\n".join(lines))
    assert said_descriptions(answers) == ["Merinowolle fein", "Leinenstoff", "Buch über Zöpfe"]


def test_a_service_that_is_billed_again_and_again_names_its_rows() -> None:
    lines = (
        "Datum     Leistung       Mitarbeiter     Std.    Satz    Betrag",
        "02.03.    Anfahrt        R. Petersen        1   20,00     20,00",
        "03.03.    Beratung       M. Aydin           2   90,00    180,00",
        "04.03.    Beratung       H. Kröger          3   90,00    270,00",
        "05.03.    Beratung       F. Nissen          1   90,00     90,00",
    )
    assert said_descriptions(read_text("\n".join(lines))) == ["Anfahrt", "Beratung", "Beratung", "Beratung"]


def test_a_sentence_that_mentions_pieces_heads_no_delivery() -> None:
    lines = (
        "Heizpilz gasbetrieben, 4 Stück           ja      Schlauch an Nr. 3 erneuert",
        "Stromverteiler mit Schalter              ja      Plakette gültig bis 03/2027",
        "Seitenwand gerissen                              am Saum                      85,00 €",
        "Bierzeltgarnituren mit Flecken                   an den Platten              118,00 €",
        "Kautionsbetrag          500,00 €                 hinterlegt",
    )
    (sheet,) = sheets(["\n".join(lines)], [])
    assert not HeadFinder(TYPES["delivery_note"].tables[0], by_content=True).find(sheet.lines)


def test_a_price_beside_net_amounts_is_that_of_a_piece_and_rows_need_none() -> None:
    lines = (
        "#   Bezeichnung                 Anzahl       Preis       Netto",
        "1   Befliegung Nordwand         3 Tage     1240,00     3720,00",
        "2   Passpunkte setzen              14        38,50      539,00",
        "3   Versand Datenträger                                 119,90",
        "Zwischensumme:                                         4378,90",
    )
    answers = read_text("\n".join(lines), net_total="4378.90")
    assert [figures[2] for figures in said_figures(answers)] == [3720, 539, Decimal("119.90")]
    assert not answers.reasons


def test_words_that_begin_below_the_quantity_name_a_row_without_one() -> None:
    lines = (
        "Quantity     Product                      Description     Price      Total",
        "    2        VHF radio with class D                      370.80     741.60",
        "    1        AIS transponder                             689.00     689.00",
        "Call-out Falmouth to Mylor                                85.00      85.00",
    )
    answers = read_text("\n".join(lines), language="en")
    assert said_descriptions(answers)[-1] == "Call-out Falmouth to Mylor"
    assert [figures[2] for figures in said_figures(answers)] == [Decimal("741.60"), 689, 85]
