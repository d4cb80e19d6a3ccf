"""Tables with two amounts a row, and rows whose one amount may have been taken for the total."""

from decimal import Decimal

from unit.answers.tables.printed import read_text, said_figures

HEAD = "Pos  Description              Qty   Unit price      Net   VAT rate      VAT    Amount"
ROWS = (
    "1    Finance services           6       625.00  3750.00       20%   750.00   4500.00",
    "2    Audit support              2       525.00  1050.00       20%   210.00   1260.00",
)
TOTALS = "                                                Total  4800.00             960.00   5760.00"


def amounts(*lines: str, **totals: str) -> list[Decimal | None]:
    answers = read_text("\n".join(lines), language="en", **totals)
    return [figures[2] for figures in said_figures(answers)]


def test_of_net_and_gross_amounts_the_net_ones_are_taken() -> None:
    assert amounts(HEAD, *ROWS, net_total="4800.00", gross_total="5760.00") == [Decimal(3750), Decimal(1050)]


def test_without_a_net_total_amounts_before_tax_are_those_beside_a_column_of_taxes() -> None:
    assert amounts(HEAD, *ROWS, gross_total="5760.00") == [Decimal(3750), Decimal(1050)]


def test_where_another_net_total_is_known_the_column_that_is_called_amount_stays() -> None:
    assert amounts(HEAD, *ROWS, net_total="4801.00", gross_total="5760.00") == [Decimal(4500), Decimal(1260)]


def test_the_amount_of_one_row_is_no_total_where_another_one_stands_below() -> None:
    lines = ("Description          Quantity   Rate     Amount", "Meetings                  131    115   15065.00")
    total = "Total                     131         15000.00"
    assert not read_text("\n".join(lines), language="en", gross_total="15065.00").reasons
    reasons = read_text("\n".join([*lines, total]), language="en", gross_total="15065.00").reasons
    assert reasons == ["Line items: no total below is the amount of the only row: rows may be missing."]


def test_a_discount_below_a_subtotal_is_no_row_if_the_total_needs_it() -> None:
    head = "Description          Quantity   Rate     Amount"
    rows = ("Bouquet                     1    165     165.00", "Centrepiece                12     46     552.00")
    below = ("Subtotal                                717.00", "Discount (10%)                          -71.70")
    total = "Net amount                              645.30"
    assert amounts(head, *rows, *below, total, net_total="645.30") == [Decimal(165), Decimal(552)]
    within = amounts(head, rows[0], below[1], rows[1], total, net_total="645.30")
    assert within == [Decimal(165), Decimal("-71.70"), Decimal(552)]
