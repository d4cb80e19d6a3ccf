"""Tables as web shops, garages and offices print them: labels in cells, second heads, dots, options, taxes beside."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from unit.answers.placed import Pages, Placed, placed
from unit.answers.tables.printed import TYPES, read_text, said_descriptions, said_figures

from services.answers.tables.answers import TableAnswers, read_tables
from services.answers.tables.runs import Run, pack
from services.answers.tables.sheet import sheets


def read(*lines: str, kind: str = "invoice", language: str = "en", **totals: str) -> TableAnswers:
    return read_text("\n".join(lines), kind=kind, language=language, **totals)


def read_placed(pages: Pages, language: str = "en", **totals: str) -> TableAnswers:
    numbers = {name: Decimal(value) for name, value in totals.items()}
    return read_tables(TYPES["invoice"], pages[0], sheets(*pages), language, numbers)


def amounts(answers: TableAnswers) -> list[Decimal | None]:
    return [figures[2] for figures in said_figures(answers)]


NET_VAT_GROSS = (
    "Item                      Qty       Net       VAT      Gross",
    "Compost                    12     66.00     13.20      79.20",
    "Steel edging                4    119.80     23.96     143.76",
    "                                          Total:      222.96",
)


def test_of_amounts_with_and_without_tax_those_without_are_taken_where_no_net_total_is_known() -> None:
    answers = read(*NET_VAT_GROSS, gross_total="222.96")
    assert amounts(answers) == [Decimal("66.00"), Decimal("119.80")]
    assert not answers.reasons


def test_a_column_that_no_head_calls_a_tax_makes_no_amount_of_another() -> None:
    lines = [line.replace("VAT", "Dye") for line in NET_VAT_GROSS]
    assert amounts(read(*lines, gross_total="222.96")) == [Decimal("79.20"), Decimal("143.76")]


def test_amounts_before_tax_are_confirmed_by_the_total_of_those_with_it_beside_them() -> None:
    lines = (
        "Menge    Artikel                  MwSt.    Summe (exkl.)    Summe (inkl.)",
        "4        Espresso                    7%          78,12            83,59",
        "1        Servierkanne               19%          28,57            34,00",
        "                                           Zwischensumme:        117,59",
        "                                           Versand:                5,90",
        "                                           Summe:                123,49",
    )
    answers = read(*lines, language="de", gross_total="123.49")
    assert amounts(answers) == [Decimal("78.12"), Decimal("28.57")]
    assert not answers.reasons


def test_a_remark_on_an_amount_is_no_row() -> None:
    lines = (
        "Item                      Qty      Amount",
        "Compost                    12       79.20",
        "50 litre bag                  (£0.00 P&P)",
        "Steel edging                4      143.76",
        "with pins                     (£0.00 P&P)",
        "                       Total:      222.96",
    )
    answers = read(*lines, gross_total="222.96")
    assert amounts(answers) == [Decimal("79.20"), Decimal("143.76")]
    assert said_descriptions(answers) == ["Compost 50 litre bag", "Steel edging with pins"]


def test_an_amount_in_brackets_with_its_currency_is_one() -> None:
    lines = (
        "Item                      Qty          Amount",
        "Compost                    12           79.20",
        "Returned edging             4     (20.00 EUR)",
        "                       Total:           59.20",
    )
    assert amounts(read(*lines, gross_total="59.20")) == [Decimal("79.20"), Decimal("-20.00")]


SERVICES = (
    "Tätigkeit                       Satz        Anzahl        Betrag",
    "Buch setzen                     4,20           212        890,40",
    "Register anlegen               38,00             4        152,00",
    "                      Zwischensumme Honorar             1.042,40",
    "Auslage                       Faktor   Einzelbetrag       Betrag",
    "Schriftlizenz                      1          49,00        49,00",
    "Probedrucke                       24           0,35         8,40",
    "                      Zwischensumme Auslagen               57,40",
    "Summe                                                   1.099,80",
)


def test_what_stands_under_a_second_head_with_other_words_has_its_own_factors() -> None:
    answers = read(*SERVICES, language="de", gross_total="1099.80")
    assert said_figures(answers)[2:] == [(1, 49, 49), (24, Decimal("0.35"), Decimal("8.40"))]
    assert said_descriptions(answers)[2:] == ["Schriftlizenz", "Probedrucke"]
    assert not answers.reasons


def test_days_name_no_rows_though_their_column_is_called_service() -> None:
    lines = (
        "Charges                 Service period           Amount",
        "Business fiber          Oct 1 - Oct 31, 2026     129.95",
        "Static IP block         Oct 1 - Oct 31, 2026      15.00",
        "Installation            Sep 18, 2026              85.00",
        "                        Total charges            229.95",
    )
    answers = read(*lines, gross_total="229.95")
    assert said_descriptions(answers) == ["Business fiber", "Static IP block", "Installation"]


def test_a_tax_below_the_rows_is_none_where_they_make_the_net_total_that_stands_above_it() -> None:
    lines = (
        "Charges                 Service period           Amount",
        "Business fiber          Oct 1 - Oct 31, 2026     129.95",
        "Static IP block         Oct 1 - Oct 31, 2026      15.00",
        "Installation            Sep 18, 2026              85.00",
        "                        Sub-total of charges     229.95",
        "                        State and local sales tax 16.67",
        "                        Total new charges        246.62",
    )
    assert amounts(read(*lines, net_total="229.95", gross_total="246.62")) == [
        Decimal("129.95"),
        Decimal("15.00"),
        Decimal("85.00"),
    ]


def test_postage_above_the_only_total_is_no_row_if_its_words_end_as_those_of_no_row_do() -> None:
    lines = (
        "Produkt                 Menge     Einzelpreis       Gesamt",
        "Turnbeutel                 24            6,20       148,80",
        "Warnweste                  20            7,40       148,00",
        "                               Versandkosten:         6,90",
        "                               Gesamtbetrag:        303,70",
    )
    answers = read(*lines, language="de", gross_total="303.70")
    assert said_descriptions(answers) == ["Turnbeutel", "Warnweste"]
    answers = read(*[line.replace("Versandkosten:", "Versandkosten ") for line in lines], gross_total="303.70")
    assert len(said_descriptions(answers)) == 3


def test_what_is_charged_below_a_subtotal_leads_to_the_total() -> None:
    lines = (
        "Products               Price (ex)     Qty    Total (ex)",
        "Desk organiser              24.00       2         48.00",
        "Wall planner                11.50       1         11.50",
        "                                Sub-Total:        59.50",
        "               Parcel rate (2 day tracked):        4.50",
        "                                  VAT 20%:        12.80",
        "                                    Total:        76.80",
    )
    answers = read(*lines, net_total="64.00", gross_total="76.80")
    assert amounts(answers) == [Decimal("48.00"), Decimal("11.50")]
    assert not answers.reasons


def _line(baseline: int, *cells: tuple[str, int]) -> list[Placed]:
    return [(text, left, baseline) for text, left in cells]


def test_numbers_far_below_a_quantity_are_its_rows_where_all_are_products() -> None:
    cells = _line(1_000, ("Qty", 500), ("Item", 900), ("Unit Cost", 3_900), ("Price", 5_200))
    for at, (count, words, price, total) in enumerate(
        (("12.00", "Senior day", "10.00", "120.00"), ("3.50", "Engineer day", "20.00", "70.00"))
    ):
        top = 1_200 + 430 * at
        cells += _line(top, (count, 500), (words, 900))
        cells += _line(top + 140, ("Description: workshops with plant operations, notes included", 900))
        cells += _line(top + 285, (price, 3_900), (total, 5_200))
    cells += _line(2_400, ("Sub Total", 3_900), ("190.00", 5_200))
    answers = read_placed(placed(*cells), net_total="190.00")
    assert said_figures(answers) == [(12, 10, 120), (Decimal("3.5"), 20, 70)]
    assert [(words or "")[:12] for words in said_descriptions(answers)] == ["Senior day D", "Engineer day"]


def _with_labels(labels: Sequence[str]) -> list[Placed]:
    cells = _line(1_000, ("Products", 500), ("Price", 2_600), ("Qty", 3_700), ("Tax", 4_300), ("Subtotal", 5_200))
    for at, (words, prices, count, tax, totals) in enumerate(
        (
            ("Hand mill", ("74.17", "89.00"), "2", "29.67", ("148.34", "178.01")),
            ("Espresso beans", ("20.75", "24.90"), "6", "24.90", ("124.50", "149.40")),
        )
    ):
        top = 1_200 + 640 * at
        cells += _line(top, (words, 500), (labels[0], 2_600), (count, 3_700), (tax, 4_300), (labels[0], 5_200))
        cells += _line(top + 180, (prices[0], 2_600), (totals[0], 5_200))
        cells += _line(top + 330, (labels[1], 2_600), (labels[1], 5_200))
        cells += _line(top + 480, (prices[1], 2_600), (totals[1], 5_200))
    return [*cells, *_line(2_600, ("Subtotal (Excl. Tax):", 4_000), ("272.84", 5_200))]


@pytest.mark.parametrize("labels", [("Excl. Tax:", "Incl. Tax:"), ("Exkl. Steuer:", "Inkl. Steuer:")])
def test_of_amounts_with_labels_in_one_cell_those_before_tax_are_taken(labels: Sequence[str]) -> None:
    answers = read_placed(placed(*_with_labels(labels)), net_total="272.84")
    assert said_figures(answers) == [(2, Decimal("74.17"), Decimal("148.34")), (6, Decimal("20.75"), Decimal("124.50"))]
    assert said_descriptions(answers) == ["Hand mill", "Espresso beans"]
    assert not answers.reasons


def test_a_rate_of_tax_below_an_amount_is_none() -> None:
    cells = _line(1_000, ("Leistung", 500), ("Menge", 3_000), ("Einzel", 4_000), ("Gesamt", 5_200))
    cells += _line(1_200, ("Untersuchung", 500), ("1", 3_000), ("23,62", 4_000), ("23,62", 5_200))
    cells += _line(1_340, ("17,40", 5_200))
    cells += _line(1_400, ("Futter, Beutel", 500), ("12 St.", 3_000), ("1,45", 4_000))
    cells += _line(1_452, ("7 % MwSt.", 5_200))
    cells += _line(1_600, ("Krallen schneiden", 500), ("1", 3_000), ("9,00", 4_000), ("9,00", 5_200))
    cells += _line(1_800, ("Summe netto", 4_000), ("50,02", 5_200))
    answers = read_placed(placed(*cells), language="de", net_total="50.02")
    assert said_figures(answers)[1] == (12, Decimal("1.45"), Decimal("17.40"))
    assert said_descriptions(answers) == ["Untersuchung", "Futter, Beutel", "Krallen schneiden"]


def test_dots_that_are_drawn_one_by_one_are_nothing() -> None:
    text, runs = "", []
    for baseline, words, amount in ((1_000, "Geschäftsgebühr", "933,40 €"), (1_300, "Auslagen", "20,00 €")):
        dots = [("..", left) for left in range(2_000, 4_800, 55)]
        for word, left in ((words, 500), *dots, (amount, 5_000)):
            runs.append(Run(len(text), len(text) + len(word), left, left + 28 * len(word), baseline, 100))
            text += f"{word} "
    (sheet,) = sheets([text], [pack(runs)])
    assert [[cell.text for cell in line.cells] for line in sheet.lines] == [
        ["Geschäftsgebühr", "933,40 €"],
        ["Auslagen", "20,00 €"],
    ]


def test_options_of_an_article_go_on_with_its_words() -> None:
    cells = _line(1_000, ("Products", 500), ("Price", 3_900), ("Total", 5_200))
    cells += _line(1_200, ("2 x", 500), ("Desk organiser", 760), ("24.00", 3_900), ("48.00", 5_200))
    cells += _line(1_320, ("- Material - Oak", 800))
    cells += _line(1_500, ("5 x", 500), ("Refill pad", 760), ("3.20", 3_900), ("16.00", 5_200))
    cells += _line(1_700, ("Sub-Total:", 3_900), ("64.00", 5_200))
    answers = read_placed(placed(*cells), net_total="64.00")
    assert said_descriptions(answers) == ["Desk organiser - Material - Oak", "Refill pad"]
    assert said_figures(answers) == [(2, 24, 48), (5, Decimal("3.2"), 16)]


CODED = (
    "Désignation                        P.U. HT     Qté    Total HT",
    "PRS-014 - Contrat de maintenance  1 240,00       1    1 240,00",
    "SWT-24P - Commutateur               300,00       2      600,00",
    "MO-H - Main d'œuvre                  68,00       1       68,00",
    "                              Total HT         1 908,00",
)


def test_codes_before_a_dash_are_none_of_the_words_if_each_row_has_one() -> None:
    answers = read(*CODED, language="fr", net_total="1908.00")
    assert said_descriptions(answers) == ["Contrat de maintenance", "Commutateur", "Main d'œuvre"]
    lines = [line.replace("MO-H - Main", "Main       ") for line in CODED]
    assert said_descriptions(read(*lines, language="fr", net_total="1908.00"))[0] == "PRS-014 - Contrat de maintenance"


def test_codes_above_the_names_are_none_of_the_words() -> None:
    cells = _line(1_000, ("Artikel", 500), ("Menge", 3_000), ("Preis", 4_000), ("Gesamt", 5_200))
    for at, (code, words) in enumerate((("VSKH-10022", "Kugelhahn"), ("RGMU28P", "Muffe"), ("ED-2815", "Rohr"))):
        cells += _line(1_200 + 300 * at, (code, 500), ("2", 3_000), ("5,00", 4_000), ("10,00", 5_200))
        cells += _line(1_320 + 300 * at, (f"{words} vernickelt", 500))
    cells += _line(2_200, ("Summe", 4_000), ("30,00", 5_200))
    answers = read_placed(placed(*cells), language="de", net_total="30.00")
    assert said_descriptions(answers) == ["Kugelhahn vernickelt", "Muffe vernickelt", "Rohr vernickelt"]


CASES = (
    "Code     Product               Case size      Cases",
    "10442    Chopped tomatoes      6 x 2.5 kg         4",
    "10871    Rapeseed oil          1 x 20 l           3",
    "11020    Basmati rice          1 x 10 kg          5",
    "                               Ambient cases     12",
    "20315    Halloumi              10 x 250 g         6",
    "20388    Yogurt                1 x 5 kg           4",
    "                               Chilled cases     10",
)


def test_sums_of_groups_are_no_goods_be_a_later_group_of_two() -> None:
    answers = read(*CASES, kind="delivery_note")
    assert [quantity for quantity, _, _ in said_figures(answers)] == [4, 3, 5, 6, 4]


def test_what_was_shipped_is_the_quantity_beside_what_was_ordered() -> None:
    lines = (
        "Item   Description             Qty    Ship",
        "1      Discharge hose          150     100",
        "2      Barbed elbow kit         10       8",
    )
    assert [quantity for quantity, _, _ in said_figures(read(*lines, kind="delivery_note"))] == [100, 8]
    lines = ("Ship to: Girard       Ship via: Truck", "Hose                  100")
    assert not said_figures(read(*lines, kind="delivery_note"))


COPIES = (
    "12 Ex.   Wattwege",
    "30 Ex.   Strandkalender",
    " 5 Ex.   Handbuch der Flora",
    " 8 Ex.   Das Moor schweigt",
)


def test_the_sum_of_a_list_without_a_head_is_none_of_it() -> None:
    answers = read(*COPIES, "55 Ex.   insgesamt", kind="delivery_note", language="de")
    assert [quantity for quantity, _, _ in said_figures(answers)] == [12, 30, 5, 8]
    answers = read(*COPIES, "56 Ex.   Plakat", kind="delivery_note", language="de")
    assert [quantity for quantity, _, _ in said_figures(answers)][-1] == 56


def test_a_list_without_a_head_has_parts_of_a_unit() -> None:
    lines = (*COPIES[:3], "2,5 m3   Estrichsand")
    answers = read(*lines, kind="delivery_note", language="de")
    assert [quantity for quantity, _, _ in said_figures(answers)] == [12, 30, 5, Decimal("2.5")]


def test_whole_numbers_that_no_head_names_are_proposed_where_other_rows_have_a_quantity() -> None:
    lines = (
        "Service                  Phone    Qty    Monthly    Amount",
        "Business line         49601104      2      19.50     39.00",
        "Broadband             49601105      1      34.00     34.00",
        "                             Subtotal               73.00",
        "Call type                Calls                      Amount",
        "UK landline                214                        8.90",
        "UK mobile                   97                       12.47",
        "0845 numbers                 3                        0.71",
        "                             Total                   95.08",
    )
    answers = read(*lines, net_total="95.08")
    assert len(answers.reasons) == 1
    assert "have a column of whole numbers" in answers.reasons[0]
    assert [quantity for quantity, _, _ in said_figures(answers)] == [2, 1, 214, 97, 3]
    assert max(field.confidence for field in answers.fields if field.path.endswith("[3].quantity")) < Decimal("0.9")


def test_whole_numbers_beside_other_rows_quantities_are_none() -> None:
    lines = (
        "Leistung                   Menge     Ansatz    MC    Betrag",
        "Abholung                                        1     85,00",
        "Fracht                         2      10,00     1     20,00",
        "Treibstoffzuschlag                              1     35,00",
        "Zollabfertigung                                 0    110,00",
        "                           Summe                     250,00",
    )
    answers = read(*lines, language="de", net_total="250.00")
    assert [quantity for quantity, _, _ in said_figures(answers)] == [None, 2, None, None]
    assert not answers.reasons
