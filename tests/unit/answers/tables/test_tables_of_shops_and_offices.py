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


@pytest.mark.parametrize(
    ("head", "rates", "net"),
    [
        ("VAT (%)", ("20%", "20%", "0%"), True),
        ("VAT (%)", ("10%", "20%", "0%"), False),
        ("Dye (%)", ("20%", "20%", "0%"), False),
    ],
)
def test_of_amounts_beside_the_rate_of_their_tax_those_without_it_are_taken(
    head: str, rates: Sequence[str], *, net: bool
) -> None:
    lines = (
        f"Item                       (£) Cost    {head}   (£) Amount",
        f"Brake discs, fitted         £214.50    {rates[0]:>7}       £257.4",
        f"Engine oil and filter        £48.20    {rates[1]:>7}       £57.84",
        f"MOT test                     £54.85    {rates[2]:>7}       £54.85",
        "                                         Total:      £370.09",
    )
    with_tax, without = ["257.4", "57.84", "54.85"], ["214.50", "48.20", "54.85"]
    assert amounts(read(*lines, gross_total="370.09")) == [*map(Decimal, without if net else with_tax)]


SHOP = (
    "ID     Code      Produkt                  Preis exkl.    USt.             Preis inkl.",
    "2x     1042-7    Bergkäse würzig              22,35 €    2,23 € (10%)         24,58 €",
    "1x     1108      Dinkelvollkornbrot            5,82 €    0,58 € (10%)          6,40 €",
    "6x     0977-2    Apfelsaft naturtrüb          15,82 €    1,58 € (10%)         17,40 €",
    "Gesamtsumme                                   43,99 €    4,39 €               48,38 €",
)


def test_a_tax_may_have_its_rate_behind_it_and_a_quantity_a_sign_of_times() -> None:
    answers = read(*SHOP, language="de", net_total="43.99", gross_total="48.38")
    assert amounts(answers) == [Decimal("22.35"), Decimal("5.82"), Decimal("15.82")]
    assert [figures[0] for figures in said_figures(answers)] == [2, 1, 6]
    assert not answers.reasons


def test_a_sign_of_times_beside_some_rows_alone_counts_none() -> None:
    lines = [line.replace("1x ", "   ") for line in SHOP]
    answers = read(*lines, language="de", net_total="43.99", gross_total="48.38")
    assert [figures[0] for figures in said_figures(answers)] == [None, None, None]


@pytest.mark.parametrize("taken_off", ["-10,00 € (10%)", "-10,00       "])
def test_a_discount_beside_an_amount_is_no_tax_of_it(taken_off: str) -> None:
    lines = (
        "Artikel       Menge     Einzelpreis      Wert     Rabatt            Gesamt",
        f"Schrauben        10           10,00    100,00     {taken_off}     90,00",
        f"Nägel            20            5,00    100,00     {taken_off}     90,00",
        "Zwischensumme                                                      200,00",
        "Rechnungsbetrag                                                    180,00",
    )
    assert amounts(read(*lines, language="de", gross_total="180.00")) == [Decimal("90.00"), Decimal("90.00")]


TURNS = ("Wartung         2x         120,00    120,00", "Reinigung       1x          45,00     45,00")
ONCE = ("2x    Wartung                       120,00", "      Reinigung                      45,00")
COUNTED = ("2x    Wartung               3       120,00", "1x    Reinigung             4        45,00")


@pytest.mark.parametrize(
    ("head", "rows"),
    [
        ("Artikel     Turnus    Einzelpreis    Betrag", TURNS),
        ("ID    Artikel                       Betrag", ONCE),
        ("ID    Artikel                       Betrag", ONCE[:1]),
        ("ID    Artikel           Menge       Betrag", COUNTED),
    ],
)
def test_signs_of_times_elsewhere_or_beside_a_quantity_count_nothing(head: str, rows: Sequence[str]) -> None:
    counted = [figures[0] for figures in said_figures(read(head, *rows, language="de"))]
    assert counted in ([3, 4], [None] * len(rows))


@pytest.mark.parametrize(("rate", "gross"), [("5", "0.04"), ("100", "0.06")])
def test_what_is_no_rate_of_the_tax_leaves_amounts_as_they_are(rate: str, gross: str) -> None:
    lines = (
        "Item              Base     Tax    Amount",
        f"Nut               0.03      {rate:>3}     {gross}",
        f"Bolt              0.03      {rate:>3}     {gross}",
    )
    assert amounts(read(*lines, gross_total=str(2 * Decimal(gross)))) == [Decimal(gross), Decimal(gross)]


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
        "Charges                 Service period                 Amount",
        "Business fiber          Oct 1 - Oct 31, 2026           129.95",
        "Static IP block         Oct 1 - Oct 31, 2026            15.00",
        "Installation            Sep 18, 2026                    85.00",
        "                        Sub-total of charges           229.95",
        "                        State and local sales tax       16.67",
        "                        Total new charges              246.62",
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
    cells += _line(1_600, ("Krallen schneiden", 500), ("9,00", 5_200))
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


@pytest.mark.parametrize(
    ("head", "rows"),
    [
        ("City tax", ("2 nights    200.00      8.00    208.00", "3 nights    240.00     12.00    252.00")),
        ("Tax withheld", ("Talk       1000.00   -200.00    800.00", "Essay       500.00   -100.00    400.00")),
    ],
)
def test_what_is_called_a_tax_and_more_leaves_amounts_as_they_are(head: str, rows: Sequence[str]) -> None:
    total = amounts_of(rows)
    lines = (f"Item           Fee {head:>14}    Amount", *rows, f"               Total          {sum(total)}")
    assert amounts(read(*lines, gross_total=str(sum(total)))) == total


def amounts_of(rows: Sequence[str]) -> list[Decimal]:
    return [Decimal(row.split()[-1]) for row in rows]


def test_amounts_that_are_the_products_stay_beside_those_before_tax() -> None:
    lines = (
        "Item          Qty   Price       Net       VAT      Amount",
        "Compost        12    6.60     66.00     13.20       79.20",
        "Edging          4   35.94    119.80     23.96      143.76",
        "                                        Total      222.96",
    )
    assert said_figures(read(*lines, gross_total="222.96"))[0] == (12, Decimal("6.60"), Decimal("79.20"))


def test_a_total_with_tax_confirms_no_rows_where_more_is_billed_below() -> None:
    lines = (
        "Qty    Item        VAT     Total (ex)     Total (inc)",
        "4      Kettle      20%          80.00           96.00",
        "1      Toaster     20%          30.00           36.00",
        "                         Goods total:          132.00",
        "Installation on site                           120.00",
        "                       Invoice total:          252.00",
    )
    answers = read(*lines, net_total="210.00", gross_total="252.00")
    assert amounts(answers) == [96, 36, 120] or answers.reasons


@pytest.mark.parametrize(
    "words",
    ["Taxi fares", "plus Anfahrt", "Wartung Plus", "Taxe de séjour", "Preparing the annual return of VAT", "Satz"],
)
def test_what_only_sounds_like_a_tax_is_billed(words: str) -> None:
    lines = (
        "Description                 Qty    Price    Amount",
        "Consulting                    1   300.00    300.00",
        "Workshop                      1   200.00    200.00",
        "                           Subtotal         500.00",
        f"{words:<40}          95.00",
        "                           Total            595.00",
    )
    assert amounts(read(*lines, net_total="500.00", gross_total="595.00"))[-1] == 95


@pytest.mark.parametrize(
    "months", [("Januar 2026", "Februar 2026", "März 2026"), ("May 2026", "June 2026", "July 2026")]
)
def test_months_name_what_is_let(months: Sequence[str]) -> None:
    rows = [f"{month:<20}    1      Monat     500.00" for month in months]
    lines = ("Description          Qty      Unit     Amount", *rows, "                         Total       1500.00")
    assert said_descriptions(read(*lines, gross_total="1500.00")) == list(months)


@pytest.mark.parametrize("shipped", [("12 Oct", "14 Oct"), ("12/10/26", "14/10/26"), ("UPS", "UPS")])
def test_the_day_of_shipping_is_no_quantity(shipped: Sequence[str]) -> None:
    lines = (
        "Item   Description             Qty     Ship",
        f"1      Discharge hose          150     {shipped[0]}",
        f"2      Barbed elbow kit         10     {shipped[1]}",
    )
    assert [quantity for quantity, _, _ in said_figures(read(*lines, kind="delivery_note"))] == [150, 10]


def test_with_tax_below_a_head_says_nothing_of_the_first_row_alone() -> None:
    cells = _line(1_000, ("Item", 500), ("Qty", 3_000), ("Price", 4_000), ("Amount", 5_200))
    cells += _line(1_120, ("incl. VAT", 5_200))
    for at, (words, amount) in enumerate((("Hose", "120.00"), ("Pump", "80.00"), ("Clamp", "20.00"))):
        cells += _line(1_260 + 160 * at, (words, 500), ("1", 3_000), (amount, 4_000), (amount, 5_200))
    answers = read_placed(placed(*cells))
    assert said_descriptions(answers) == ["Hose", "Pump", "Clamp"]


def test_goods_as_many_as_those_above_stay_goods() -> None:
    lines = [line.replace("Chilled cases", "Ice packs    ") for line in CASES]
    assert [quantity for quantity, _, _ in said_figures(read(*lines, kind="delivery_note"))] == [4, 3, 5, 6, 4, 10]
    chairs = ("1 x Esstisch", "1 x Sideboard", "1 x Teppich", "1 x Lampe", "4 x Stuhl Buche")
    answers = read(*[line.replace(" x ", " x    ") for line in chairs], kind="delivery_note", language="de")
    assert [quantity for quantity, _, _ in said_figures(answers)] == [1, 1, 1, 1, 4]


@pytest.mark.parametrize(
    "names",
    [
        ("01/2026 - Miete Stellplatz", "02/2026 - Miete Stellplatz", "03/2026 - Miete Stellplatz"),
        ("KW44 - Montage Nord", "KW45 - Montage Süd", "KW46 - Montage West"),
        ("2019 - Riesling", "2020 - Silvaner", "2021 - Kerner"),
        ("M8 - Hex bolt", "M10 - Square nut", "M12 - Washer"),
        ("A-101 - Double room", "A-102 - Double room", "A-103 - Double room"),
        ("FRA-JFK - Outbound", "JFK-ORD - Transfer", "ORD-FRA - Return"),
    ],
)
def test_months_weeks_years_sizes_and_rooms_before_a_dash_are_no_codes(names: Sequence[str]) -> None:
    rows = [f"{name:<34}1     10.00     10.00" for name in names]
    lines = ("Description                     Qty     Price    Amount", *rows, "                        Total    30.00")
    assert said_descriptions(read(*lines, gross_total="30.00")) == list(names)


def test_a_remark_behind_a_dash_is_no_option() -> None:
    cells = _line(1_000, ("Item", 500), ("Price", 3_900), ("Total", 5_200))
    cells += _line(1_200, ("Hose", 500), ("24.00", 3_900), ("48.00", 5_200))
    cells += _line(1_320, ("- see remarks overleaf", 560))
    cells += _line(1_500, ("Pump", 500), ("3.20", 3_900), ("16.00", 5_200))
    cells += _line(1_700, ("Sub-Total:", 3_900), ("64.00", 5_200))
    assert said_descriptions(read_placed(placed(*cells), net_total="64.00")) == ["Hose", "Pump"]


def test_a_credit_in_brackets_is_no_remark() -> None:
    lines = (
        "Item               Qty    Price       Amount",
        "Clamp                2    10.00        20.00",
        "Credit clamp         1    20.00   (20.00 CR)",
        "Bolt                 5     1.00         5.00",
        "                   Total                5.00",
    )
    answers = read(*lines, gross_total="5.00")
    assert len(said_descriptions(answers)) == 3 or answers.reasons


def test_an_amount_of_money_before_words_counts_nothing() -> None:
    lines = ("2.50 EUR   Kaffee", "3.10 EUR   Tee", "1.20 EUR   Wasser", "4.00 EUR   Kuchen")
    assert not said_figures(read(*lines, kind="delivery_note", language="de"))


def test_codes_above_names_stay_where_the_names_are_the_same() -> None:
    cells = _line(1_000, ("Artikel", 500), ("Menge", 3_000), ("Preis", 4_000), ("Gesamt", 5_200))
    for at, code in enumerate(("WH-1000XM5", "WH-1000XM4", "WF-C700")):
        cells += _line(1_200 + 300 * at, (code, 500), ("2", 3_000), ("5,00", 4_000), ("10,00", 5_200))
        cells += _line(1_320 + 300 * at, ("Farbe schwarz", 500))
    cells += _line(2_200, ("Summe", 4_000), ("30,00", 5_200))
    answers = read_placed(placed(*cells), language="de", net_total="30.00")
    assert said_descriptions(answers)[0] == "WH-1000XM5 Farbe schwarz"


def test_names_stand_left_above_what_counts_them() -> None:
    cells: list[Placed] = []
    for at, (words, count, price, total) in enumerate(
        (
            ("Flying Buffet Hafenblick mit acht warmen und kalten Gängen", "85 Pers.", "à 10,00 €", "850,00 €"),
            ("Riesling QbA trocken", "36 Fl.", "à 20,00 €", "720,00 €"),
            ("Pils vom Fass", "3 Fass", "à 118,00 €", "354,00 €"),
        )
    ):
        cells += _line(1_200 + 290 * at, (words, 500))
        cells += _line(1_326 + 290 * at, (count, 2_000), (price, 3_300), (total, 5_000))
    cells += _line(2_300, ("Netto gesamt", 3_300), ("1.924,00 €", 5_000))
    answers = read_placed(placed(*cells), language="de", net_total="1924.00")
    assert [(words or "")[:13] for words in said_descriptions(answers)] == [
        "Flying Buffet",
        "Riesling QbA ",
        "Pils vom Fass",
    ]
    assert [quantity for quantity, _, _ in said_figures(answers)] == [85, 36, 3]


def test_rows_that_a_sum_proves_have_the_factors_of_their_own_head() -> None:
    lines = (
        "Mitarbeiter                    Zeit          Std         Total",
        "Rüegg Daniel               07:00-16:30     8.50 h       816.00",
        "Bajrami Arben              07:00-16:30     8.50 h       697.00",
        "",
        "Bezeichnung                   Menge        Preis         Total",
        "Zierkirsche                   2 Stk       285.00        570.00",
        "Pflanzerde                    3.5 t        92.00        322.00",
        "                                 Spesen:   CHF           72.00",
        "                             Subtotal                  2477.00",
    )
    answers = read(*lines, language="de", net_total="2477.00")
    assert said_figures(answers)[2:4] == [(2, 285, 570), (Decimal("3.5"), 92, 322)]


SECTIONS = (
    "Désignation                      Qté     Prix HT      Total HT",
    "Installation                                            448,80",
    "Bâchage de protection             64        4,20        268,80",
    "Échafaudage                        1      180,00        180,00",
    "Couverture                                              333,00",
    "Dépose ardoises                    3      111,00        333,00",
    "                                Total brut HT           781,80",
    "                                Remise                  -81,80",
    "                                Total HT                700,00",
)


def test_titles_with_the_sum_of_what_stands_below_them_are_no_rows() -> None:
    answers = read(*SECTIONS, language="fr", net_total="700.00")
    assert said_descriptions(answers) == ["Bâchage de protection", "Échafaudage", "Dépose ardoises"]
    assert not answers.reasons
    assert read(*[line.replace("781,80", "799,80") for line in SECTIONS], language="fr", net_total="710.00").reasons


def test_a_discount_that_an_amount_has_already_is_no_row() -> None:
    lines = (
        "Bezeichnung              Menge   Einzelpreis      Gesamt",
        "Rauchwarnmelder              5         38,40      172,80",
        "abzgl. 10 % Rabatt                                -19,20",
        "Steuergerät                  1        248,00      248,00",
        "                          Nettobetrag            420,80",
    )
    answers = read(*lines, language="de", net_total="420.80")
    assert said_descriptions(answers) == ["Rauchwarnmelder", "Steuergerät"]
    billed = read(*[line.replace("172,80", "192,00") for line in lines], language="de", net_total="420.80")
    assert amounts(billed) == [192, Decimal("-19.20"), 248]


def test_equal_items_are_no_titles_of_each_other() -> None:
    lines = (
        "Leistung                                         Betrag",
        "Seminar Tag 1                                    800,00",
        "Seminar Tag 2                                    800,00",
        "                          Zwischensumme        1.600,00",
        "                          abzgl. 50 % Rabatt    -800,00",
        "                          Nettobetrag            800,00",
    )
    assert said_descriptions(read(*lines, language="de", net_total="800.00")) == ["Seminar Tag 1", "Seminar Tag 2"]
    alternative = (lines[0], *[line.replace("Seminar", "Wartung") for line in lines[1:3]], lines[-1])
    answers = read(*alternative, language="de", net_total="800.00")
    assert len(said_descriptions(answers)) == 2
    assert answers.reasons


def test_a_voucher_stays_a_row_where_postage_of_the_same_amount_follows() -> None:
    lines = (
        "Artikel                  Menge   Einzelpreis      Gesamt",
        "Kaffeemühle                  1         45,00       45,00",
        "Filter                       1          5,00        5,00",
        "Gutschein Versandkostenfrei                        -4,90",
        "                          Zwischensumme            45,10",
        "                          Versandkosten             4,90",
        "                          Gesamtbetrag             50,00",
    )
    answers = read(*lines, language="de", net_total="42.02", gross_total="50.00")
    assert amounts(answers) == [45, 5, Decimal("-4.90")]
