"""Tables whose heads mislead about which column has the amounts of the rows."""

from decimal import Decimal
from time import monotonic

import pytest
from unit.answers.tables.printed import read_text, said_descriptions, said_figures

from services.answers.tables.answers import TableAnswers
from services.answers.tables.words import is_carried_on


def read(*lines: str, language: str = "en", **totals: str) -> TableAnswers:
    return read_text("\n".join(lines), language=language, **totals)


def amounts(answers: TableAnswers) -> list[Decimal | None]:
    return [figures[2] for figures in said_figures(answers)]


HOURLY = "Type     Description                   Qty       Amount          Total"


def test_what_is_called_amount_is_the_price_if_another_column_has_the_products() -> None:
    lines = (
        HOURLY,
        "Time     Crane driver                    4        20.00          80.00",
        "Time     Banksman                        2        30.00          60.00",
        "Cost     Permit                          1         9.00           9.00",
        "                                            Balance             100.00",
    )
    answers = read(*lines, gross_total="100.00")
    assert said_figures(answers) == [(4, 20, 80), (2, 30, 60), (1, 9, 9)]


def test_an_amount_that_two_taxes_make_of_the_one_before_it_is_none_of_a_row() -> None:
    lines = (
        "#   ITEM               QTY      RATE     TAXABLE   CGST %     CGST   SGST %     SGST     AMOUNT",
        "1   Sluice valve         6    700.00    3,990.00     9     359.10      9     359.10   4,708.20",
        "2   Gasket              40     11.00      440.00     9      39.60      9      39.60     519.20",
        "    Grand total                                                                       5,227.40",
    )
    assert amounts(read(*lines, gross_total="5227.40")) == [3990, 440]
    apart = [line.replace("CGST", "DISC").replace("SGST", "COST") for line in lines]
    assert amounts(read(*apart, gross_total="5227.40")) == [Decimal("4708.20"), Decimal("519.20")]


def test_amounts_with_three_decimals_are_read_if_one_of_them_shows_what_they_are() -> None:
    lines = (
        HOURLY,
        "Time     Crane driver                   40      $31.250     $1,250.000",
        "Time     Banksman                        2      $30.125        $60.250",
        "Less     Loyal customer                  1     -$10.250       -$10.250",
        "                                            Total Due        $1,300.00",
    )
    answers = read(*lines, gross_total="1300.00")
    assert amounts(answers) == [1250, Decimal("60.25"), Decimal("-10.25")]
    assert not answers.reasons


def test_amounts_with_three_digits_behind_a_sign_are_not_read_if_none_shows_what_they_are() -> None:
    lines = (
        HOURLY,
        "Time     Crane driver                   10      $31.250       $312.500",
        "Time     Banksman                        2      $30.125        $60.250",
    )
    assert amounts(read(*lines, gross_total="400.00")) == [None, None]
    assert amounts(read(*lines, gross_total="372.75")) == [
        Decimal("312.5"),
        Decimal("60.25"),
    ]  # products, and the total


TAXED = (
    "Description           Qty   Unit price   VAT %      Net      VAT      Total",
    "Chimney swept           2        50.00     20%   100.00    20.00     120.00",
    "Flue lined              1        40.00     20%    40.00     8.00      48.00",
)


def test_of_products_and_amounts_with_tax_those_are_taken_whose_sum_is_printed() -> None:
    below = "                                     Subtotal (ex. VAT)            140.00"
    total = "                                     Total                         168.00"
    assert amounts(read(*TAXED, below, total, net_total="168.00", gross_total="118.00")) == [100, 40]
    assert amounts(read(*TAXED, total, net_total="168.00", gross_total="118.00")) == [120, 48]


def test_a_table_of_taxes_that_repeats_what_the_rows_come_to_is_none_of_them() -> None:
    lines = (
        *TAXED,
        "",
        "Code  Description       Rate     Net amount   VAT amount   Gross amount",
        "S     Standard rate     20%          140.00        28.00         168.00",
    )
    assert said_descriptions(read(*lines, net_total="140.00", gross_total="168.00")) == ["Chimney swept", "Flue lined"]


def test_rows_under_another_head_stay_if_the_total_needs_them() -> None:
    lines = (
        *TAXED,
        "",
        "Code  Description         Qty   Unit price     Amount",
        "B     Scaffold                                168.00",
        "Total                                         336.00",
    )
    assert amounts(read(*lines, gross_total="336.00")) == [120, 48, 168]


INCLUSIVE = (
    "Beschreibung             Menge    MwSt.    Preis exkl.     Preis inkl.",
    "Seil 60 m                    2     8.1%         185.02          200.00",
    "Riegel                       3     2.6%          19.49           20.00",
    "Gesamtbetrag                                    204.52          220.00",
)


def test_prices_without_tax_of_all_pieces_are_the_amounts_if_they_make_the_net_total_but_for_rounding() -> None:
    answers = read(*INCLUSIVE, language="de-CH", net_total="204.52", gross_total="220.00")
    assert said_figures(answers) == [(2, None, Decimal("185.02")), (3, None, Decimal("19.49"))]
    assert not answers.reasons
    assert amounts(read(*INCLUSIVE, language="de-CH", net_total="204.90", gross_total="220.00")) == [200, 20]


def test_of_two_counts_the_one_is_the_quantity_whose_product_with_the_price_is_the_amount() -> None:
    lines = (
        "SN   Description       Destination   Pcs   Weight   Rate     Amount",
        "1    Parcel            London          3    12.50   1450   18125.00",
        "2    Parcel            Lyon            1     4.00   1620    6480.00",
        "3    Parcel            Oslo            6    38.20   1380   52716.00",
        "     Note:             Total:         10    54.70          77321.00",
    )
    answers = read(*lines, gross_total="77321.00")
    assert [figures[0] for figures in said_figures(answers)] == [Decimal("12.50"), 4, Decimal("38.20")]
    assert not answers.reasons


BILL = (
    "Description                          GST       Cost       Total",
    "Autumn expo, stewards              20.00     200.00      220.00",
    "Dinner, waiters                    10.00     100.00      110.00",
    "Uniforms                            3.00      30.00       33.00",
)
SHIFTS = (
    "Job date      Hall              Hours   Rate         Total",
    "10-04-2026    Town Hall             8   Weekday     110.00",
    "11-04-2026    Town Hall             8   Weekday     110.00",
    "12-04-2026    Cutaway               6   Sunday      110.00",
)
BILLED = ["Autumn expo, stewards", "Dinner, waiters", "Uniforms"]
ELSEWHERE = (
    "Job date      Hall",
    "10-04-2026    Town Hall",
)


def test_hours_on_a_page_behind_the_bill_are_no_rows_if_those_of_the_bill_make_the_total() -> None:
    pages = "\n".join(BILL), "\n".join(SHIFTS)
    answers = read_text(*pages, language="en", gross_total="363.00")
    assert said_descriptions(answers) == BILLED
    assert not answers.reasons


def test_a_page_without_rows_behind_the_table_does_not_go_on_with_its_last_row() -> None:
    answers = read_text("\n".join(BILL), "\n".join(ELSEWHERE), language="en", gross_total="363.00")
    assert said_descriptions(answers) == BILLED


def test_what_is_behind_the_bill_stays_if_the_bill_alone_does_not_make_the_total() -> None:
    pages = "\n".join(BILL), "\n".join(SHIFTS)
    answers = read_text(*pages, language="en", gross_total="693.00")
    assert amounts(answers) == [220, 110, 33, 110, 110, 110]
    assert not answers.reasons


SOLD = (
    "Menge    Produkt                                Preis",
    "2        Blumentopf                         47,80 EUR",
    "Menge    Produkt                                Preis",
    "1        Tropfbewässerung                   39,95 EUR",
)
BELOW = (
    "         Betrag:                            87,75 EUR",
    "         Versandkosten:                    + 5,90 EUR",
    "         Preisnachlass:                    - 6,00 EUR",
)


def test_the_sum_of_all_rows_above_is_none_of_them_if_what_follows_leads_from_it_to_the_total() -> None:
    total = "         Gesamtbetrag:                      87,65 EUR"
    answers = read(*SOLD, *BELOW, total, language="de", gross_total="87.65")
    assert said_descriptions(answers) == ["Blumentopf", "Tropfbewässerung"]
    assert not answers.reasons
    assert read(*SOLD, *BELOW, language="de", gross_total="99.00").reasons


def test_a_list_below_a_table_whose_column_of_numbers_it_is_counted_in_is_no_row() -> None:
    lines = (
        "Qty      Product                         Location",
        "24x      Lamp, warm white                B-07-3",
        "60x      Fluorescent tube                C-02-1",
        "",
        "Online you can",
        "1.       View your orders.",
        "2.       Return what you do not need.",
    )
    answers = read_text("\n".join(lines), kind="delivery_note", language="en")
    assert said_descriptions(answers) == ["Lamp, warm white", "Fluorescent tube"]


HEAD = "Description                 Qty      Price        Amount"


@pytest.mark.parametrize("tax", ["V.A.T. @ 20%", "T.V.A. 20 %", "IVA 20 %", "State 20%"])
def test_a_tax_below_the_rows_is_none_of_them_whatever_it_is_called(tax: str) -> None:
    lines = (
        HEAD,
        "Consulting                   10     100.00      1,000.00",
        "Sub Total                                       1,000.00",
        f"{tax:<28}                      200.00",
        "Total                                           1,200.00",
    )
    assert amounts(read(*lines, net_total="1000.00", gross_total="1200.00")) == [1000]
    if "." in tax:
        assert amounts(read(*lines, gross_total="1200.00")) == [1000]


def test_levies_that_are_billed_stay_where_the_first_row_is_taken_for_the_net_total() -> None:
    lines = (
        "Details                                       Amount (€)",
        "Commercial premium                              4,380.00",
        "Government levy 3%                                131.40",
        "Stamp duty                                          1.00",
        "Total payable                                   4,512.40",
    )
    answers = read(*lines, net_total="4380.00", gross_total="4512.40")
    assert amounts(answers) == [4380, Decimal("131.40"), 1]


def test_a_percentage_that_is_billed_is_no_tax() -> None:
    lines = (
        HEAD,
        "Phase 1                       1   4,000.00      4,000.00",
        "Phase 2                       1   6,000.00      6,000.00",
        "Subtotal                                       10,000.00",
        "Expenses 5 %                                      500.00",
        "Net total                                      10,500.00",
    )
    for totals in ({"net_total": "10500.00", "gross_total": "12495.00"}, {"net_total": "10500.00"}):
        answers = read(*lines, **totals)
        assert (amounts(answers), answers.reasons) == ([4000, 6000, 500], [])


def test_a_row_proves_nothing_of_those_above_it_where_no_total_is_known() -> None:
    lines = (
        HEAD,
        "Consulting                    1     100.00        100.00",
        "Travel                                            100.00",
    )
    answers = read(*lines)
    assert amounts(answers) == [100, 100]
    assert answers.reasons
    taxed = (
        HEAD,
        "Maintenance January          10     100.00      1,000.00",
        "Maintenance February         10     100.00      1,000.00",
        "IVA 20 %                                          400.00",
        "Total                                           2,400.00",
    )
    assert amounts(read(*taxed))[:2] == [1000, 1000]


@pytest.mark.parametrize("second", [HEAD, ""])
def test_rows_of_a_second_page_stay_where_a_subtotal_is_taken_for_the_total(second: str) -> None:
    first = (
        HEAD,
        "Flask                         1     200.00        200.00",
        "Cylinder                      1     800.00        800.00",
        "Subtotal                                        1,000.00",
    )
    later = (
        second,
        "Stand                         1     300.00        300.00",
        "Clamp                         1     700.00        700.00",
        "Net total                                       2,000.00",
    )
    answers = read_text("\n".join(first), "\n".join(later), language="en", net_total="1000.00")
    assert amounts(answers) == [200, 800, 300, 700]
    assert answers.reasons


def test_a_discount_at_the_end_stays_a_row() -> None:
    lines = (
        HEAD,
        "Consulting                   10     100.00      1,000.00",
        f"{'Discount 10 %':<28}                     -100.00",
    )
    assert amounts(read(*lines, net_total="900.00", gross_total="900.00")) == [1000, -100]


@pytest.mark.parametrize(
    ("before", "paid"),
    [
        ("Previous balance", "Payment received"),
        ("Offener Saldo Vormonat", "Zahlungseingang 12.05."),
        ("Solde précédent", "Paiement reçu"),
        ("Opening balance as at 01/05/2026", "Less payment received 12 May"),
        ("Balance from previous invoice", "Abzüglich erhaltene Anzahlung"),
    ],
)
def test_what_was_billed_or_paid_before_is_said_to_be_no_item(before: str, paid: str) -> None:
    lines = (
        "Description                                       Amount",
        f"{before:<32}                  120.00",
        f"{paid:<32}                 -120.00",
        "Service May                                        80.00",
        "Total due                                          80.00",
    )
    (reason,) = read(*lines, gross_total="80.00").reasons
    assert "row 1 (page 1), row 2 (page 1): a balance or a payment" in reason


def test_numbers_of_articles_count_no_rows() -> None:
    lines = (
        "Item No.  Description         Qty    Unit price     Amount",
        "10023     Flask                 2         10.00      20.00",
        "10457     Cylinder              1         30.00      30.00",
        "          Net total                                  50.00",
    )
    answers = read(*lines, net_total="50.00")
    assert (amounts(answers), answers.reasons) == ([20, 30], [])
    assert read(*lines[:-1]).reasons
    counted = [line.replace("10023", "1    ").replace("10457", "3    ") for line in lines]
    assert read(*counted, net_total="50.00").reasons
    alone = (lines[0], lines[1], "          Net total                                  20.00")
    assert read(*alone, net_total="20.00").reasons == []
    by_hundreds = [line.replace("10023", "100  ").replace("10457", "200  ") for line in lines]
    assert not read(*by_hundreds[:-1]).reasons
    third = "400       Funnel                1         10.00      10.00"
    assert "200 to 400" in read(*by_hundreds[:-1], third).reasons[0]


@pytest.mark.parametrize(
    "words", ["Preparation of opening balance", "Opening balance sheet 2025", "Court fee, amount paid on your behalf"]
)
def test_what_is_billed_for_a_balance_is_an_item(words: str) -> None:
    lines = ("Description                                       Amount", f"{words:<40}          450.00")
    assert read(*lines, net_total="450.00").reasons == []


BILL_WITH_SUBTOTAL = (
    "Description                      Qty     Unit price     Amount",
    "Consulting May                    10         30.00       300.00",
    "Workshop                           1        100.00       100.00",
    "                                         Subtotal        400.00",
    "                                         VAT 20%          80.00",
    "                                         Total           480.00",
)
TIMES = (
    "Date          Description                Hours     Rate     Amount",
    "02.05.2026    Analysis of data            4        30.00    120.00",
    "03.05.2026    Report on data              6        30.00    180.00",
)


def test_a_subtotal_above_a_total_ends_a_bill_before_its_details() -> None:
    totals = {"net_total": "400.00", "tax_total": "80.00", "gross_total": "480.00"}
    answers = read_text("\n".join(BILL_WITH_SUBTOTAL), "\n".join(TIMES), language="en", **totals)
    assert (said_descriptions(answers), answers.reasons) == (["Consulting May", "Workshop"], [])
    one_more = ("Travel                             1        400.00       400.00", "       Total  800.00")
    partial = read_text("\n".join(BILL_WITH_SUBTOTAL[:4]), "\n".join(one_more), language="en", gross_total="800.00")
    assert len(said_descriptions(partial)) == 3


@pytest.mark.parametrize("words", ["Steuersatz 20 %", "IVA 20%", "Taxe 20 %"])
@pytest.mark.parametrize("above", [["                                         Basket          400.00"], []])
def test_the_known_tax_is_no_item_whatever_it_is_called(words: str, above: list[str]) -> None:
    lines = (*BILL_WITH_SUBTOTAL[:3], *above, f"{words:<57}80.00", BILL_WITH_SUBTOTAL[-1])
    answers = read(*lines, tax_total="80.00", gross_total="480.00")
    assert (amounts(answers), answers.reasons) == ([300, 100], [])
    billed = read(*lines, gross_total="480.00")
    assert amounts(billed) == [300, 100, 80] or billed.reasons


def test_a_surcharge_of_some_percent_is_billed_and_a_tax_below_a_single_row_is_not() -> None:
    head, total = BILL_WITH_SUBTOTAL[0], "                                         Total           110.00"
    items = (f"{'Express fee 10 %':<57}10.00", total)
    row = "Consulting May                     1        100.00       100.00"
    assert amounts(read(head, row, *items, tax_total="10.00", gross_total="110.00")) == [100, 10]
    taxed = (f"{'plus 10 %':<57}10.00", total)
    answers = read(head, row, *taxed, net_total="100.00", tax_total="10.00", gross_total="110.00")
    assert (amounts(answers), answers.reasons) == ([100], [])


def test_a_line_of_dashes_costs_no_time() -> None:
    began = monotonic()
    assert not is_carried_on("Abc " + "-" * 100_000)
    assert monotonic() - began < 5  # half an hour, when every dash was tried with every other


THOUSANDTHS = (
    "Resource      Description                 Usage            Amount",
    "api-1         Virtual machine             44640 minutes    $131.200",
    "db-1          Database                    28815 minutes     $84.689",
    "lb-1          IPv4 address                44640 minutes      $3.500",
)


def test_amounts_with_three_decimals_are_read_if_the_other_amounts_have_two_behind_that_sign() -> None:
    answers = read(
        *THOUSANDTHS, "                                        Total:           $219.39", gross_total="219.39"
    )
    assert amounts(answers) == [Decimal("131.2"), Decimal("84.689"), Decimal("3.5")]
    unknown = read(*THOUSANDTHS, "                                        Total:           $219", gross_total="219")
    assert unknown.reasons
    other = read(*THOUSANDTHS, "                                        Total:           $219,39", gross_total="219.39")
    assert other.reasons


def test_amounts_in_a_currency_with_three_decimals_have_them() -> None:
    rows = (
        "Désignation                         Montant",
        "Trajet Nord                          86.500",
        "Trajet Sud                           94.250",
    )
    below = "                     Montant HT     180.750 TND"
    assert amounts(read(*rows, below, language="fr", net_total="180.750")) == [Decimal("86.5"), Decimal("94.25")]
    assert amounts(read(*rows, below.replace("TND", "EUR"), language="fr", net_total="180750")) != [
        Decimal("86.5"),
        Decimal("94.25"),
    ]


def test_the_known_tax_between_known_totals_is_no_item_whatever_stands_beside_it() -> None:
    below = "Claims must reach us within 7 days.                           80.00"
    lines = (*BILL_WITH_SUBTOTAL[:4], below, BILL_WITH_SUBTOTAL[-1])
    answers = read(*lines, net_total="400.00", tax_total="80.00", gross_total="480.00")
    assert (amounts(answers), answers.reasons) == ([300, 100], [])


@pytest.mark.parametrize("other", ["Delivery: Mon-Fri 8.30 to 17.00", "Total incl. VAT 4.165,00 €", "Shipping 12.50"])
def test_thousands_are_no_thousandths_unless_they_come_to_an_amount(other: str) -> None:
    lines = (
        "Pos  Description                      Amount",
        "1    Machine A                      1.500 €",
        "2    Machine B                      2.000 €",
        other,
    )
    answers = read(*lines)
    assert answers.reasons
    assert amounts(answers) == [None, None]


@pytest.mark.parametrize(
    ("words", "net", "rows", "is_sure"),
    [
        ("19 % auf Gebühren", None, [60, 40], True),
        ("zzgl. 19 % auf Servicepauschale", None, [60, 40], True),
        ("19 % Aufschlag", None, [60, 40, 19], False),
        ("Overhead 19%", None, [60, 40, 19], False),
        ("Servicepauschale 19 %", "100.00", [60, 40, 19], True),
        ("Lieferung", "100.00", [60, 40, 19], True),
    ],
)
def test_a_row_that_comes_to_the_tax_is_one_by_its_words(
    words: str, net: str | None, rows: list[int], *, is_sure: bool
) -> None:
    lines = (
        "Beschreibung                                      Betrag",
        "Beratung                                           60,00",
        "Workshop                                           40,00",
        f"{words:<50} 19,00",
        "Gesamtbetrag                                      119,00",
    )
    totals = {"tax_total": "19.00", "gross_total": "119.00"} | ({"net_total": net} if net else {})
    answers = read_text("\n".join(lines), language="de", **totals)
    assert (amounts(answers), not answers.reasons) == (rows, is_sure)


def test_amounts_without_tax_are_taken_where_some_rows_have_none() -> None:
    lines = (
        "Item   Description          Quantity   Unit cost   Ext. cost   Tax amount   Total amount",
        "1      Cryogenic vials             2       50.00     100.00         7.00         107.00",
        "2      Shaker                      1      200.00     200.00        14.00         214.00",
        "3      Training                    1      300.00     300.00         0.00         300.00",
        "4      Manual                      2       10.00      20.00         0.00          20.00",
        "                                                Total prior to tax               620.00",
        "                                                Total order                      641.00",
    )
    for total in ({}, {"net_total": "620.00"}, {"net_total": "641.00"}):
        answers = read_text("\n".join(lines), kind="purchase_order", language="en", **total)
        assert amounts(answers) == [100, 200, 300, 20]


def test_amounts_without_tax_stay_where_one_row_has_no_quantity() -> None:
    lines = (
        "Item   Description          Quantity   Unit cost   Ext. cost   Tax amount   Total amount",
        "1      Cryogenic vials             2       50.00     100.00         7.00         107.00",
        "2      Shaker                      1      200.00     200.00        14.00         214.00",
        "3      Training                    1      300.00     300.00         0.00         300.00",
        "       Freight                             20.00      20.00         0.00          20.00",
        "                                                Total prior to tax               620.00",
        "                                                Total order                      641.00",
    )
    answers = read_text("\n".join(lines), kind="purchase_order", language="en", net_total="641.00")
    assert amounts(answers) == [100, 200, 300, 20]
    assert answers.reasons
