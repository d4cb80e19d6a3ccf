"""What tables of many programs have beside rows: totals of groups, codes of taxes, gifts, days, what is not taxed."""

from decimal import Decimal

import pytest
from unit.answers.tables.printed import TYPES, read_text, said_descriptions, said_figures
from unit.answers.tables.test_words_around_numbers import Placed, placed

from services.answers.tables.answers import TableAnswers, read_tables
from services.answers.tables.head import HeadFinder
from services.answers.tables.sheet import sheets

RENTED = """\
Qty   Equipment              Price/day   Factor       Total
2     Dance floor panel         100,00      1,5      300,00
1     Rain machine              200,00      1,5      300,00
      Total stage                                    600,00
4     Paper lantern              10,00      2,0       80,00
2     Fog curtain                40,00      2,0      160,00
      Total decoration                               240,00
                             Total excl. VAT         840,00"""
METERED = """\
Vertrag 4711
Grundpreis Zähler                01.03. - 31.03.     12,00
Ablesung                         01.03. - 31.03.      8,00
Total Vertrag 4711                                   20,00

Vertrag 4712
Grundpreis Zähler                01.03. - 31.03.     12,00
Wartung                          01.03. - 31.03.     30,00
Total Vertrag 4712                                   42,00

Total netto                                          62,00"""


def euros(answers: TableAnswers) -> list[str]:
    return [f"{amount}" for _, _, amount in said_figures(answers)]


def placed_answers(texts: list[Placed], language: str, **totals: str) -> TableAnswers:
    text, layout = placed(texts)
    numbers = {name: Decimal(value) for name, value in totals.items()}
    return read_tables(TYPES["invoice"], [text], sheets([text], [layout]), language, numbers)


def test_rows_go_on_below_the_totals_of_groups_under_a_head_and_without_one() -> None:
    answers = read_text(RENTED, language="de", net_total="840.00")
    assert (euros(answers), answers.reasons) == (["300.00", "300.00", "80.00", "160.00"], [])
    answers = read_text(METERED, net_total="62.00", gross_total="73.78")
    assert (euros(answers), answers.reasons) == (["12.00", "8.00", "12.00", "30.00"], [])


def test_what_stands_below_one_total_is_no_row_because_another_total_follows() -> None:
    paid = (
        "Bezeichnung       Betrag",
        "Miete              80,00",
        "Strom              20,00",
        "Summe             100,00",
    )
    rest = ("Gutschrift Mai     25,00", "Summe              25,00")
    answers = read_text("\n".join([*paid, *rest]), net_total="100.00")
    assert euros(answers) == ["80.00", "20.00"]


def test_sums_of_groups_by_any_name_are_no_rows_under_a_head() -> None:
    lines = (
        "Description           Qty     Price       Amount",
        "Siting survey           2    100.00       200.00",
        "Bore log                3     50.00       150.00",
        "Field work                                350.00",
        "Report                  1     90.00        90.00",
        "Plan copies             4      5.00        20.00",
        "Office work                               110.00",
        "Total                                     460.00",
    )
    answers = read_text("\n".join(lines), language="en", net_total="460.00")
    assert said_descriptions(answers) == ["Siting survey", "Bore log", "Report", "Plan copies"]
    assert not answers.reasons


@pytest.mark.parametrize(("gross", "count"), [("147.00", 3), ("119.00", 2)])
def test_disbursements_that_only_the_gross_total_has_are_rows(gross: str, count: int) -> None:
    lines = (
        "Leistung                 Std      Satz     Betrag",
        "Beratung                   1     60,00      60,00",
        "Schriftsatz                1     40,00      40,00",
        "Gerichtskosten                              28,00",
        "Netto                                      100,00",
        "19 % MwSt.                                  19,00",
        f"Gesamt                                     {gross.replace('.', ',')}",
    )
    answers = read_text("\n".join(lines), net_total="100.00", tax_total="19.00", gross_total=gross)
    assert len(said_descriptions(answers)) == count


def test_what_an_amount_is_taxed_at_behind_it_makes_no_tax_of_its_row() -> None:
    lines = (
        "Mow front and rear lawns, edges trimmed      $120.00     GST",
        "Prune two lemon trees along the fence        $100.00     GST",
        "Total Inc GST:                               $220.00",
        "GST included:                                 $20.00",
    )
    answers = read_text("\n".join(lines), language="en", tax_total="20.00", gross_total="220.00")
    assert (euros(answers), answers.reasons) == (["120.00", "100.00"], [])


def test_an_amount_may_have_the_number_of_its_tax_rate_behind_it() -> None:
    lines = (
        "Montant HT T   Qte   Prix net    Désignation",
        "  188,40 2      24       7,85    Cidre brut",
        "   40,00 1       5       8,00    Jus de poire",
        "Total HT     228,40",
    )
    answers = read_text("\n".join(lines), language="fr", net_total="228.40")
    assert (euros(answers), answers.reasons) == (["188.40", "40.00"], [])


@pytest.mark.parametrize(("said", "is_row"), [("kostenlos", True), ("inkl.", True), ("auf Anfrage", False)])
def test_what_is_given_away_is_a_row_of_nothing_and_what_has_no_price_yet_is_none(said: str, *, is_row: bool) -> None:
    lines = (
        "Bezeichnung          Menge      Preis        Gesamt",
        "Gerüst                   1     100,00        100,00",
        f"Einweisung               2      50,00   {said:>11}",
        "Summe netto                                  100,00",
    )
    answers = read_text("\n".join(lines), net_total="100.00")
    assert [f"{amount:.2f}" for _, _, amount in said_figures(answers) if amount is not None] == (
        ["100.00", "0.00"] if is_row else ["100.00"]
    )
    assert bool(answers.reasons) is not is_row


def test_a_quantity_below_the_words_of_its_row_is_found_by_its_product() -> None:
    lines = (
        "OZ       Leistungsbeschreibung / Menge, Einheit      Einheitspreis    Gesamtpreis",
        "01.0010  Graben ausheben",
        "             12,500 m³                                  EP 10,00       GP 125,00",
        "01.0020  Rohr verlegen",
        "             40,000 lfdm                                EP 3,00        GP 120,00",
        "         Summe Leistungen                                                 245,00",
    )
    answers = read_text("\n".join(lines), net_total="245.00")
    assert [f"{count}" for count, _, _ in said_figures(answers)] == ["12.500", "40.000"]
    assert said_descriptions(answers) == ["Graben ausheben", "Rohr verlegen"]


def test_a_minus_behind_a_quantity_is_its_sign_whatever_it_counts() -> None:
    lines = (
        "Kisten        20 KI      6,00 je 1 KI      120,00",
        "Leergut       5- KI      2,00 je 1 KI       10,00-",
        "Warenwert netto                            110,00",
    )
    answers = read_text("\n".join(lines), net_total="110.00")
    assert [f"{count}" for count, _, _ in said_figures(answers)] == ["20", "-5"]


def test_numbers_amid_the_words_of_their_row_and_a_gift_are_read_where_postage_names_itself() -> None:
    texts: list[Placed] = []
    for top, count, name, price, amount in (
        (300, "2 \u00d7", "Wool blanket", "$40.00", "$80.00"),
        (340, "1 \u00d7", "Clay mug", "$20.00", "$20.00"),
        (380, "1 \u00d7", "Sample card", "$0.00", "$0.00"),
    ):
        texts += [(50, top, count), (90, top - 5, name), (90, top + 5, f"Colour {name[:4]}")]
        texts += [(380, top, price), (480, top, amount)]
    texts += [(300, 430, "Subtotal"), (480, 430, "$100.00"), (300, 445, "Shipping"), (480, 445, "$12.00")]
    texts += [(300, 460, "Total"), (480, 460, "$112.00")]
    answers = placed_answers(texts, "en", gross_total="112.00")
    assert [words and words.split(" Colour")[0] for words in said_descriptions(answers)] == [
        "Wool blanket",
        "Clay mug",
        "Sample card",
    ]
    assert [f"{count}" for count, _, _ in said_figures(answers)] == ["2", "1", "1"]


def test_days_below_the_words_of_a_row_are_none_of_them() -> None:
    texts: list[Placed] = [(50, 270, "Code"), (100, 270, "Description"), (280, 270, "Days"), (380, 270, "Rate")]
    texts += [(450, 270, "Amount")]
    for top, name, days, rate, amount in (
        (280, "Pump on trailer", "4", "20.00", "80.00"),
        (300, "Water tank", "2", "10.00", "20.00"),
        (320, "Floodlight", "5", "8.00", "40.00"),
    ):
        texts += [(100, top, name), (100, top + 10, "01/04"), (280, top + 10, days), (380, top + 10, rate)]
        texts += [(450, top + 10, amount)]
    texts += [(380, 380, "Total"), (450, 380, "140.00")]
    answers = placed_answers(texts, "en", net_total="140.00")
    assert said_descriptions(answers) == ["Pump on trailer", "Water tank", "Floodlight"]


@pytest.mark.parametrize(
    ("first", "second", "counts"),
    [("Kolli", "Netto EUR", ["3", "2"]), ("Zeilensumme", "Menge", ["30", "20"])],
)
def test_columns_have_the_names_that_forwarders_and_invoicing_programs_give_them(
    first: str, second: str, counts: list[str]
) -> None:
    numbers = (("3", "30,00"), ("2", "20,00")) if first == "Kolli" else (("30,00", "30"), ("20,00", "20"))
    lines = (
        f"Tour     Bezeichnung          {first:>12}   {second:>12}",
        f"Nord     Holzbau Nord GmbH    {numbers[0][0]:>12}   {numbers[0][1]:>12}",
        f"Süd      Holzbau Süd GmbH     {numbers[1][0]:>12}   {numbers[1][1]:>12}",
        "Summe                                                50,00",
    )
    answers = read_text("\n".join(lines), net_total="50.00")
    assert [f"{number}" for number, _, _ in said_figures(answers)] == counts


def test_what_one_piece_costs_is_no_amount_where_a_count_is_named() -> None:
    lines = ("Works required          How many    Price each", "Hedge trimming                14       £165.00")
    answers = read_text("\n".join(lines), kind="purchase_order", language="en")
    assert [(f"{count}", f"{price}") for count, price, _ in said_figures(answers)] == [("14", "165.00")]


def coded(*codes: str) -> list[str | None]:
    names = ("Kuchenkarton", "Handschuhe", "Weizenmehl")
    lines = ["Artikel               Menge      Betrag"]
    for name, code, more in zip(names, codes, ("Maß: 28 cm", "Größe: M", "Sack 25 kg"), strict=True):
        lines += [f"{name:<22}    1       10,00", code, more, ""]
    return said_descriptions(read_text("\n".join(lines), net_total="30.00"))


def test_a_code_alone_below_the_name_of_each_article_is_none_of_its_words() -> None:
    assert coded("31-2810", "40-7702", "10-0550-25") == [
        "Kuchenkarton Maß: 28 cm",
        "Handschuhe Größe: M",
        "Weizenmehl Sack 25 kg",
    ]


def test_years_and_what_few_rows_have_there_are_their_words() -> None:
    assert coded("2019", "2021", "2020")[0] == "Kuchenkarton 2019 Maß: 28 cm"
    assert coded("31-2810", "aus Nitril", "Type 550")[0] == "Kuchenkarton 31-2810 Maß: 28 cm"


TAXED = [
    *((33, 242, "CODE"), (95, 242, "DESCRIPTION"), (355, 242, "QTY"), (433, 242, "PRICE"), (538, 242, "VALUE")),
    *(
        (33, 260, "TC47150"),
        (95, 260, "Kiln dried timber"),
        (360, 260, "24"),
        (433, 260, "14.62"),
        (536, 260, "350.88"),
    ),
    *(
        (33, 274, "FL22P5"),
        (95, 274, "Chipboard flooring"),
        (360, 274, "18"),
        (433, 274, "13.95"),
        (536, 274, "251.10"),
    ),
    *((36, 614, "VAT Code"), (90, 614, "Rate of VAT"), (140, 614, "Goods"), (220, 614, "VAT")),
    *((358, 619, "GOODS TOTAL"), (528, 619, "601.98")),
    *((36, 624, "1"), (90, 624, "20.00"), (140, 624, "601.98"), (220, 624, "120.40")),
]
METERS = [
    *((60, 97, "Preisbestandteil"), (340, 97, "Menge"), (395, 97, "Preis netto €"), (476, 97, "Betrag netto €")),
    *((60, 114, "Arbeitspreis"), (327, 114, "3.184 kWh"), (420, 114, "0,2735"), (509, 114, "870,82")),
    *((60, 131, "Grundpreis"), (326, 131, "12 Monate"), (420, 131, "9,2400"), (509, 131, "110,88")),
    *((60, 166, "Summe netto"), (509, 166, "981,70")),
    (57, 192, "Zählerstände"),
    *((60, 217, "Datum"), (191, 217, "Ableseart"), (511, 217, "Stand")),
    *((60, 234, "01.01.2025"), (191, 234, "Kundenablesung"), (509, 234, "41.207")),
    *((60, 243, "30.06.2025"), (191, 243, "Kundenablesung mit Foto"), (509, 243, "42.310")),
    *((60, 252, "31.12.2025"), (191, 252, "Ablesung Netzbetreiber"), (509, 252, "44.391")),
]


def test_what_repeats_the_sum_as_the_base_of_a_tax_is_no_row() -> None:
    answers = placed_answers(TAXED, "en", net_total="601.98", gross_total="722.38")
    assert (euros(answers), answers.reasons) == (["350.88", "251.10"], [])


def test_words_below_the_total_head_no_column_above_it() -> None:
    text, layout = placed(METERS)
    (sheet,) = sheets([text], [layout])
    (head,) = HeadFinder(TYPES["invoice"].tables[0], by_content=True).find(sheet.lines)
    assert head.columns["description"].text == "Preisbestandteil"
