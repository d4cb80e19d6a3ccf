"""Rows whose numbers stand below their words: which line begins a row, and what of it is a name."""

from decimal import Decimal

from unit.answers.tables.printed import TYPES, read_text, said_descriptions, said_figures

from services.answers.tables.answers import read_tables
from services.answers.tables.runs import pack
from services.answers.tables.sheet import sheets, text_runs

MEASURED = (
    "Pos.   Leistung                      Menge      EP        GP",
    "1      Fenster",
    "1.1    Holzfenster mit",
    "       Sprossen",
    "         Stube  2 x 3                   6    10,00     60,00",
    "1.2    Fensterbank",
    "         Stube  2                       2     5,00     10,00",
    "                         Summe Fenster                 70,00",
    "2      Türen",
    "2.1    Innentür Eiche",
    "         Flur   1                       1   200,00    200,00",
)


def test_rows_begin_at_the_numbers_of_their_groups() -> None:
    answers = read_text(
        "\n".join([*MEASURED, "                         Nettobetrag                  270,00"]), net_total="270.00"
    )
    assert said_descriptions(answers) == ["Holzfenster mit Sprossen", "Fensterbank", "Innentür Eiche"]
    assert not answers.reasons


def test_a_sum_above_another_position_is_one_of_a_group() -> None:
    answers = read_text(
        "\n".join([*MEASURED, "                         Nettobetrag                  270,00"]), net_total="270.00"
    )
    assert [figures[2] for figures in said_figures(answers)] == [Decimal(60), Decimal(10), Decimal(200)]


def test_a_position_at_a_sheets_end_has_its_amount_on_the_next_one() -> None:
    second = (
        MEASURED[0],
        "         Bad    1                       1    30,00     30,00",
        "                         Nettobetrag                  300,00",
    )
    first = [*MEASURED, "2.2    Innentür Esche"]
    answers = read_text("\n".join(first), "\n".join(second), net_total="300.00")
    assert said_descriptions(answers)[-2:] == ["Innentür Eiche", "Innentür Esche"]
    assert not answers.reasons


def test_a_quantity_beside_a_rows_first_words_is_its_own_though_its_price_stands_two_lines_below() -> None:
    lines = (
        "Pos.    Menge   Leistung                  Einzelpreis   Gesamtpreis",
        "1.1        12   Wände schleifen und",
        "                spachteln und",
        "                grundieren                      10,00        120,00",
        "1.2         3   Türen lackieren                 20,00         60,00",
        "                Nettobetrag                                  180,00",
    )
    answers = read_text("\n".join(lines), net_total="180.00")
    assert said_descriptions(answers)[0] == "Wände schleifen und spachteln und grundieren"
    assert said_figures(answers)[0] == (12, 10, 120)
    assert not answers.reasons


def test_a_number_below_a_rows_amount_is_none_of_its_factors() -> None:
    lines = (
        "Qté   Code     Libellé                P.U.    TVA   Montant",
        "2     TN-44    Toner noir            78,50     21    157,00",
        "5     AG-26    Agenda de bureau      12,40     21     62,00",
        "               Frais de reprise                21    -15,00",
        "Motif : erreur de commande",
        "Taux  Base     TVA",
        "21 %  204,00   42,84",
        "",
        "      Total HTVA               204,00",
    )
    answers = read_text("\n".join(lines), language="fr", net_total="204.00")
    assert [figures[0] for figures in said_figures(answers)] == [2, 5, None]


def test_a_row_is_named_beside_its_number_and_not_by_the_unit_beside_its_amount() -> None:
    lines = (
        "Pos.    Material         Bezeichnung",
        "         Bestellmenge Einheit       Preis pro Einheit     Nettowert",
        "00010   100-4417         Dichtsatz 80/56",
        "        Liefertermin: 14.08.2025",
        "                20  Stück            48,50  / 1 ST          970,00",
        "00020   110-0035         O-Ring 35 x 3",
        "        Liefertermin: 04.08.2025",
        "             2.000  Stück             7,45  / 100 ST        149,00",
        "00030   110-0036         Stützring",
        "        Liefertermin: 04.08.2025",
        "                 2  Stück            35,00  / 1 ST           70,00",
        "        Gesamtnettowert EUR                               1.189,00",
    )
    answers = read_text("\n".join(lines), kind="purchase_order", net_total="1189.00")
    assert said_descriptions(answers) == ["Dichtsatz 80/56", "O-Ring 35 x 3", "Stützring"]
    prices = [figures[:2] for figures in said_figures(answers)]
    assert prices == [(20, Decimal("48.50")), (2000, Decimal("7.45")), (2, Decimal(35))]
    assert not answers.reasons


CODED = (
    (1.2, "Line     Supplier Part            Qty    Unit Price      Subtotal"),
    (1.2, "1        PX-2210-S                  4        865.00      3,460.00"),
    (1.8, "         Pump head for tubing"),
    (3.0, "2        PX-FRT                     1         86.50         86.50"),
    (1.8, "         Freight, prepaid"),
    (3.0, "         Total                                           3,546.50"),
)
"""The distance of each line from the one above, as part of the font size, and the line."""


def names_of_order(*lines: tuple[float, str]) -> list[str | None]:
    """Give the names of an order's rows; none if something is said to be missing."""
    text = "\n".join(line for _, line in lines)
    heights = [round(100 * sum(gap for gap, _ in lines[: at + 1])) for at in range(len(lines))]
    runs = [run._replace(baseline=heights[run.baseline // 120 - 1]) for run in text_runs(text)]
    totals = {"net_total": Decimal("3546.50")}
    answers = read_tables(TYPES["purchase_order"], [text], sheets([text], [pack(runs)]), "en", totals)
    return [] if answers.reasons else said_descriptions(answers)


def test_the_name_below_a_code_is_the_rows() -> None:
    assert names_of_order(*CODED) == ["PX-2210-S Pump head for tubing", "PX-FRT Freight, prepaid"]


def test_small_print_below_a_name_is_none() -> None:
    named = [(gap, line.replace("PX-2210-S", "Pump head").replace("PX-FRT", "Pumps ")) for gap, line in CODED]
    assert names_of_order(*named) == ["Pump head", "Pumps"]


def listed(*lines: str, **totals: str) -> list[str | None]:
    """Give the names of rows below heads that nobody knows; none if something is said to be missing."""
    answers = read_text("\n".join(lines), **totals)
    return [] if answers.reasons else said_descriptions(answers)


def test_lines_nearer_to_the_numbers_below_them_are_the_lower_rows() -> None:
    lines = (
        "Minibagger mit Löffel",
        "Gerät 2204 am Kanal          115,00       1.150,00",
        "",
        "Rüttelplatte reversierbar",
        "Gerät 0871 am Ufer            38,50         731,50",
        "",
        "Radlader mit Gabel",
        "voll retour                  168,00         840,00",
        "",
        "Summe netto                               2.721,50",
    )
    assert listed(*lines, net_total="2721.50") == [
        "Minibagger mit Löffel Gerät 2204 am Kanal",
        "Rüttelplatte reversierbar Gerät 0871 am Ufer",
        "Radlader mit Gabel voll retour",
    ]


def test_lines_nearer_to_the_numbers_above_them_are_the_upper_rows() -> None:
    lines = (
        "Anbei unsere Abrechnung:",
        "",
        "Minibagger mit Löffel        115,00       1.150,00",
        "Gerät 2204 am Kanal",
        "",
        "Rüttelplatte reversierbar     38,50         731,50",
        "Gerät 0871 am Ufer",
        "",
        "Summe netto                               1.881,50",
    )
    assert listed(*lines, net_total="1881.50") == [
        "Minibagger mit Löffel Gerät 2204 am Kanal", "Rüttelplatte reversierbar Gerät 0871 am Ufer",
    ]  # fmt: skip


def test_a_line_that_goes_on_in_the_one_with_the_amount_is_of_its_row() -> None:
    lines = (
        "Wände abscheren und schleifen              892,80",
        "Wände mit Innendispersion streichen,",
        "Scheuerklasse zwei                       1.674,00",
        "Sockel in Ölfarbe grau                     336,00",
        "Netto                                    2.902,80",
    )
    assert listed(*lines, net_total="2902.80") == [
        "Wände abscheren und schleifen",
        "Wände mit Innendispersion streichen, Scheuerklasse zwei",
        "Sockel in Ölfarbe grau",
    ]


def test_a_line_that_goes_on_with_the_row_above_stays_there() -> None:
    lines = (
        "Wände abscheren,                           892,80",
        "schleifen, spachteln,",
        "Wände mit Innendispersion streichen      1.674,00",
        "Netto                                    2.566,80",
    )
    assert listed(*lines, net_total="2566.80") == [
        "Wände abscheren, schleifen, spachteln,", "Wände mit Innendispersion streichen",
    ]  # fmt: skip


def test_a_unit_beside_an_amount_is_named_by_the_line_above() -> None:
    lines = (
        "Hafer als Saatgut gebeizt",
        "             400  kg       58,90  je 100 kg        235,60",
        "Legemehl für Junghennen",
        "               6  SA       13,20  je 1 SA           79,20",
        "Netzmittel für Herbizide",
        "               4  FL       31,75  je 1 FL          127,00",
        "Warenwert netto                                    441,80",
    )
    answers = read_text("\n".join(lines), net_total="441.80")
    assert said_descriptions(answers) == [
        "Hafer als Saatgut gebeizt kg", "Legemehl für Junghennen SA", "Netzmittel für Herbizide FL",
    ]  # fmt: skip
    assert [figures[0] for figures in said_figures(answers)] == [400, 6, 4]
