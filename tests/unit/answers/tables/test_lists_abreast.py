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
