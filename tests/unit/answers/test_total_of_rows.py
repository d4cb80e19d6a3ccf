"""An order's total before tax is the sum of its rows, or it is only proposed."""

from decimal import Decimal

import pytest
from unit.answers.placed import TYPES

from schemas.events import FieldAnswer
from services.answers.candidates import Candidates
from services.answers.check import check_answer
from services.answers.findings import withheld_for
from services.answers.total_of_rows import not_of_rows

ORDER = TYPES["purchase_order"]


def row(number: int, amount: str | None, column: str = "line_total") -> FieldAnswer:
    value = None if amount is None else Decimal(amount)
    return FieldAnswer(
        path=f"line_items[{number}].{column}",
        kind="money",
        status="unparsed" if value is None else "ok",
        verbatim=amount or "?",
        value=amount,
        value_numeric=value,
        confidence=1.0,
    )


def reasons(text: str, total: str, *amounts: str | None, kind: str = "purchase_order") -> list[str]:
    candidates = Candidates([text], "en", [])
    fields = check_answer(TYPES[kind], {"net_total": total}, [text], "en", candidates.surroundings)
    rows = [row(number, amount) for number, amount in enumerate(amounts)]
    found = not_of_rows(TYPES[kind], fields, [*rows, row(0, "7.00", "unit_price")], candidates)
    return [finding.message for finding in withheld_for(TYPES[kind], fields, found, "en")]


def test_another_total_than_that_of_the_rows_is_only_proposed() -> None:
    text = "Purchase order\nPanels 300.00\nDoors 100.00\nGrand total 400.00\nPublic liability: 10,000,000.00"
    assert reasons(text, "400.00", "300.00", "100.00") == []
    assert reasons(text, "10,000,000.00", "300.00", "100.00") == [
        "Net order value: the rows come to another amount than “10,000,000.00”."
    ]
    assert reasons(text, "400.00", "300.00", None), "a row was not read"
    assert reasons(text, "400.00") == [], "no row was read"
    assert reasons(text, "400.00", None) == [], "no amount was read"


@pytest.mark.parametrize(
    ("line", "total", "is_stated"),
    [
        ("Discount 4 % -16.00", "384.00", True),
        ("Discount 4 % -16.00", "416.00", False),
        ("Freight 16.00", "416.00", True),
        ("Freight 16.00", "384.00", False),
        ("GST 16.00", "416.00", False),
        ("Discount 4 % -16.00\nFreight 25.00", "409.00", True),
        ("Verpackung 10.00\nFracht 25.00\nSkonto -8.00", "427.00", False),
        ("Verpackung 10.00\nFracht 25.00\nRabatt -8.00", "427.00", True),
        ("Mindermengenzuschlag 10.00", "410.00", True),
        ("4 % Rabatt auf alles", "384.00", True),
        ("5 % Rabatt auf alles", "384.00", False),
        ("Discount -15.00", "384.00", False),
    ],
)
def test_a_freight_or_a_discount_makes_the_difference(line: str, total: str, *, is_stated: bool) -> None:
    text = f"Purchase order\nPanels 300.00\nDoors 100.00\nSubtotal 400.00\n{line}\nTotal {total}"
    assert (reasons(text, total, "300.00", "100.00") == []) is is_stated


def test_an_invoice_has_other_rules_for_it() -> None:
    assert reasons("Invoice\nNet total 500.00", "500.00", "300.00", "100.00", kind="invoice") == []


def test_a_tax_that_is_in_the_rows_is_none_of_the_total() -> None:
    text = "Bestellung\nPlatten 357.00\nTüren 119.00\nSumme netto 400.00\nMwSt 19 % 76.00\nGesamt brutto 476.00"
    assert reasons(text, "400.00", "357.00", "119.00") == []
    assert reasons(text.replace("76.00", "76.50"), "400.00", "357.00", "119.50"), "no rate makes it"
