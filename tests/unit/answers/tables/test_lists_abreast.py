"""Two lists side by side, of which one has the rows."""

from collections.abc import Sequence
from decimal import Decimal

from unit.answers.tables.printed import read_text, said_descriptions, said_figures

ACCOUNT = (
    ("Last invoice", "137.45"),
    ("Payment received", "137.45"),
    ("Current invoice", "140.80"),
    ("Balance", "0.00"),
    ("AMOUNT DUE", "140.80"),
)
CHARGES = (
    ("Line to the office", "81.80"),
    ("Two numbers", "18.20"),
    ("Calls abroad", "9.00"),
    ("Calls at night", "7.00"),
    ("Calls by day", "12.00"),
)
BELOW = (("GST", "12.80"), ("TOTAL NEW CHARGES", "140.80"))


def read(charges: Sequence[tuple[str, str]], **totals: str) -> tuple[list[str | None], list[Decimal | None]]:
    lines = [
        f"{left:30}{amount:>10}          {right:30}{charge:>10}"
        for (left, amount), (right, charge) in zip(ACCOUNT, charges, strict=True)
    ]
    answers = read_text(
        "\n".join(("Account summary", *lines, *(f"{'':50}{name:30}{value:>10}" for name, value in BELOW))),
        language="en",
        **totals,
    )
    return said_descriptions(answers), [amount for _, _, amount in said_figures(answers)]


def test_charges_beside_an_account_are_rows_where_with_the_tax_they_make_the_total() -> None:
    assert read(CHARGES, gross_total="140.80") == (
        ["Line to the office", "Two numbers", "Calls abroad", "Calls at night", "Calls by day"],
        [Decimal(amount) for _, amount in CHARGES],
    )


def test_what_an_account_came_to_is_no_row_where_the_charges_beside_it_do_not_add_up() -> None:
    assert read((*CHARGES[:4], ("Calls by day", "11.00")), gross_total="140.80") == ([], [])


def test_rows_that_show_two_amounts_each_are_whole() -> None:
    lines = (
        "Gate painted        20.00    in March      20.00",
        "Gate repaired       30.00    in March      30.00",
        "Fence painted       40.00    in March      40.00",
        "Total                                      90.00",
    )
    answers = read_text("\n".join(lines), language="en", net_total="90.00")
    assert [amount for _, _, amount in said_figures(answers)] == [20, 30, 40]
    assert said_descriptions(answers) == ["Gate painted", "Gate repaired", "Fence painted"]


SLIP = (
    "Brot            Stück    Kuchen           Stück",
    "Roggenbrot         40    Streuselkuchen       2",
    "Baguette            5    Berliner            36",
    "Croissant          12    Amerikaner          24",
    "Zwieback            2",
)


def test_lists_under_a_head_that_stands_there_twice_are_one_below_the_other() -> None:
    answers = read_text("\n".join(SLIP), kind="delivery_note")
    assert said_descriptions(answers) == [
        "Roggenbrot", "Baguette", "Croissant", "Zwieback", "Streuselkuchen", "Berliner", "Amerikaner",
    ]  # fmt: skip
    assert [quantity for quantity, _, _ in said_figures(answers)] == [40, 5, 12, 2, 2, 36, 24]


def test_a_heading_of_the_right_list_is_none_of_the_left_ones_words() -> None:
    lines = (SLIP[0], "                         Vom Blech", *SLIP[1:])
    assert said_descriptions(read_text("\n".join(lines), kind="delivery_note"))[3:5] == ["Zwieback", "Streuselkuchen"]


def test_a_line_through_both_lists_ends_them() -> None:
    below = ("Die Ware bleibt bis zur Bezahlung unser Eigentum", "Bäckerei Nord")
    answers = read_text("\n".join((*SLIP, *below)), kind="delivery_note")
    assert said_descriptions(answers)[3::3] == ["Zwieback", "Amerikaner"]


def test_columns_of_numbers_twice_for_one_list_are_no_two_lists() -> None:
    lines = (
        "Artikel         Menge    Bezeichnung      Menge",
        "4711               40            40       60 kg",
        "4712                5             5        8 kg",
    )
    answers = read_text("\n".join(lines), kind="delivery_note")
    assert len(said_descriptions(answers)) <= 2
