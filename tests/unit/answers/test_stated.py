from decimal import Decimal
from typing import Any

import pytest

from schemas.document_types import load_document_types
from schemas.events import FieldAnswer
from services.answers.calibration import UNFITTED
from services.answers.stated import stated, too_unsure

INVOICE = load_document_types()["invoice"]
BOUNDS = UNFITTED.model_copy(update={"propose_below": 0.7, "propose_optional_below": 0.9})


def read(confidence: float, path: str = "gross_total", **changes: Any) -> FieldAnswer:
    given = {"value": "119.00", "value_numeric": Decimal("119.00"), "status": "ok"} | changes
    return FieldAnswer(path=path, kind="money", verbatim="119,00 €", confidence=confidence, page=1, **given)


def test_what_is_sure_enough_is_stated_as_it_is() -> None:
    sure = read(0.5)
    assert stated([sure], 0.5) == [sure]


def test_what_is_less_sure_is_proposed_with_its_words_and_place() -> None:
    (found,) = stated([read(0.49)], 0.5)
    assert (found.status, found.value, found.value_numeric, found.proposal) == ("doubtful", None, None, "119.00")
    assert (found.verbatim, found.page, found.confidence) == ("119,00 €", 1, 0.49)


def test_a_bound_of_nothing_states_all_that_was_read() -> None:
    assert stated([read(0.0)], 0.0) == [read(0.0)]


def test_what_stands_nowhere_is_proposed_however_sure_the_model_was() -> None:
    (found,) = stated([read(0.99, status="unsupported")], 0.0)
    assert (found.status, found.value, found.value_numeric, found.proposal) == ("unsupported", None, None, "119.00")


def test_what_nobody_can_read_has_its_words_alone() -> None:
    unread = read(0.9, status="unparsed", value=None, value_numeric=None)
    assert stated([unread], 0.5) == [unread]


def test_nothing_is_stated_without_a_value() -> None:
    (found,) = stated([read(0.9, value=None, value_numeric=None)], 0.5)
    assert (found.status, found.value, found.proposal) == ("unparsed", None, None)


@pytest.mark.parametrize(("status", "value"), [("ok", "119.00"), ("unsupported", None)])
def test_a_cell_is_not_left_out_for_its_confidence(status: str, value: str | None) -> None:
    (found,) = stated([read(0.1, "line_items[0].line_total", status=status)], 0.5)
    assert (found.status, found.value) == (status, value)


def test_what_is_withheld_is_proposed_however_sure_it_is() -> None:
    (found,) = stated([read(0.99)], 0.5, {"gross_total"})
    assert (found.status, found.value, found.value_numeric, found.proposal) == ("doubtful", None, None, "119.00")


def test_rows_of_a_type_that_is_too_unsure_are_proposed() -> None:
    both = [read(0.99), read(0.1, "line_items[0].line_total")]
    assert stated(both, 0.5, rows_confidence=0.5) == both
    value, cell = stated(both, 0.5, rows_confidence=0.49)
    assert value == both[0], "the type counts in its own confidence"
    assert (cell.status, cell.value, cell.proposal) == ("doubtful", None, "119.00")


def test_a_bound_of_nothing_states_them_whatever_the_type() -> None:
    cell = read(0.1, "line_items[0].line_total")
    assert stated([cell], 0.0, rows_confidence=0.0) == [cell]


def amount(name: str, number: str, confidence: float = 0.8) -> FieldAnswer:
    return read(confidence, name, value=number, value_numeric=Decimal(number))


def test_a_field_that_many_documents_do_not_have_has_to_be_surer_than_a_party_or_one_that_all_have() -> None:
    def said(confidence: float) -> list[FieldAnswer]:
        names = ("order_number", "due_date", "buyer_name", "invoice_number", "line_items[0].line_total", "unknown")
        return [read(confidence, name, value="4711", value_numeric=None) for name in names]

    assert too_unsure(INVOICE, said(0.9), BOUNDS) == set()
    assert too_unsure(INVOICE, said(0.89), BOUNDS) == {"order_number", "due_date"}
    assert too_unsure(INVOICE, said(0.69), BOUNDS) == {"order_number", "due_date", "buyer_name", "invoice_number"}
    assert too_unsure(INVOICE, said(0.0), UNFITTED) == set()


@pytest.mark.parametrize(
    ("net", "tax", "gross", "unsure"),
    [
        ("100.00", "19.00", "119.00", set()),
        ("100.00", "19.00", "119.50", {"net_total", "tax_total"}),
        ("119.00", "0", "119.00", {"net_total", "tax_total"}),
    ],
)
def test_a_tax_that_makes_the_gross_total_is_there_unless_it_is_nought(
    net: str, tax: str, gross: str, unsure: set[str]
) -> None:
    totals = [amount("net_total", net), amount("tax_total", tax), amount("gross_total", gross)]
    assert too_unsure(INVOICE, totals, BOUNDS) == unsure
    least = [amount("net_total", net, 0.69), amount("tax_total", tax, 0.69)]
    assert too_unsure(INVOICE, [*least, totals[2]], BOUNDS) == {"net_total", "tax_total"}
