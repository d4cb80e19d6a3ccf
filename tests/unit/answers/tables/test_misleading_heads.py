"""Tables whose heads mislead about which column has the amounts of the rows."""

from decimal import Decimal

from unit.answers.tables.printed import read_text, said_descriptions, said_figures

from services.answers.tables.answers import TableAnswers


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
    assert amounts(read(*lines, gross_total="372.75")) == [None, None]


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
