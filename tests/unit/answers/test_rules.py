"""Rules over the values of an answer."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from unit.answers.invoices import INVOICE

from schemas.document_types import Rule
from schemas.events import FieldAnswer
from schemas.wording import Wording
from services.answers.rules import broken_rules, holds, values_of

BOTH = Wording(de="x", en="x")


def rule(check: str, **more: Any) -> Rule:
    return Rule(name="some", check=check, fields=("a",), message=BOTH, **more)


def answer(path: str, kind: str, value: str, status: Any = "ok") -> FieldAnswer:
    number = Decimal(value) if kind == "money" else None
    return FieldAnswer(
        path=path, kind=kind, value=value, value_numeric=number, verbatim=value, status=status, confidence=0.5
    )


def test_values_are_typed_and_those_not_in_the_document_are_none() -> None:
    fields = [
        answer("net", "money", "1.50"),
        answer("day", "date", "2026-01-02"),
        answer("name", "text", "A"),
        answer("gross", "money", "9", "unsupported"),
        answer("lines[10].line_total", "money", "3"),
        answer("lines[2].line_total", "money", "2"),
        answer("lines[2].description", "text", "B"),
    ]
    assert values_of(fields) == {
        "net": Decimal("1.50"),
        "day": dt.date(2026, 1, 2),
        "name": "A",
        "lines": [{"line_total": Decimal(2), "description": "B"}, {"line_total": Decimal(3)}],
    }


def test_a_rule_over_a_missing_value_does_not_apply_unless_it_says_so() -> None:
    assert holds(rule("a > 1"), {}) is None
    assert holds(rule("a is not None", over_missing=True), {}) is False
    assert holds(rule("a > 1"), {"a": Decimal(1)}) is False


def test_a_rule_that_cannot_be_computed_does_not_apply() -> None:
    assert holds(rule("1 / a > 1"), {"a": Decimal(0)}) is None
    assert holds(rule("a > 1 or a is None", over_missing=True), {}) is None


@pytest.mark.parametrize(
    ("values", "broken"),
    [
        ({"net_total": "100", "tax_total": "19", "gross_total": "119"}, []),
        ({"net_total": "100", "tax_total": "19", "gross_total": "118"}, ["net_and_tax_make_gross"]),
        ({"net_total": "19", "tax_total": "100", "gross_total": "119"}, ["tax_is_less_than_net"]),
        ({"net_total": "100", "tax_total": "27", "gross_total": "127"}, []),
        ({"net_total": "706.10", "tax_total": "288", "gross_total": "994.10"}, ["tax_is_no_more_than_any_rate"]),
        ({"net_total": "-7.67", "tax_total": "-1.12", "gross_total": "-8.79"}, []),
        ({"net_total": "2697.74", "tax_total": "-150", "gross_total": "2547.74"}, ["tax_has_the_sign_of_gross"]),
        ({"net_total": "0", "tax_total": "0", "gross_total": "0"}, []),
    ],
)
def test_the_totals_of_an_invoice_must_fit(values: dict[str, str], broken: list[str]) -> None:
    fields = [answer(name, "money", value) for name, value in values.items()]
    assert [item.name for item in broken_rules(INVOICE.rules, values_of(fields))] == broken


def test_the_rows_of_a_table_can_be_added_up() -> None:
    lines = rule("near(total(lines, 'line_total'), net, 1)")
    fields = [answer("net", "money", "5"), answer("lines[0].line_total", "money", "2")]
    assert holds(lines, values_of(fields)) is False
    assert holds(lines, values_of([*fields, answer("lines[1].line_total", "money", "3")])) is True
