"""What people are shown of costs."""

from decimal import Decimal
from typing import Any

import pytest

from services.cli.costs import priced, total
from services.storage.usage import TypeCost


def row(document_type: str | None = "invoice", **changes: Any) -> TypeCost:
    made: dict[str, Any] = {
        "currency": "EUR",
        "documents": 10,
        "pages": 20,
        "pages_read": 20,
        "prompt_tokens": 9000,
        "cached_tokens": 4000,
        "completion_tokens": 1000,
        "engine_seconds": 3600.0,
        "money": Decimal(2),
    }
    return TypeCost(document_type, **made | changes)


NOTHING = row(None, documents=3, pages=300, engine_seconds=7200.0, money=Decimal(4))


def test_the_dearest_type_comes_first_and_what_was_for_nothing_last() -> None:
    found = priced([NOTHING, row("contract", engine_seconds=10.0), row()], None)
    assert [item.document_type for item in found] == ["invoice", "contract", None]


def test_a_page_costs_what_its_type_took_by_its_pages() -> None:
    [invoice, nothing] = priced([row(), NOTHING], None)
    assert invoice.money_per_page == {"EUR": Decimal("0.1")}
    assert nothing.money == {"EUR": Decimal(4)}
    assert nothing.money_per_page == {}


def test_prices_of_two_currencies_are_kept_apart_and_time_without_a_price_is_told() -> None:
    [invoice] = priced([row(), row(currency="CHF", money=Decimal(1)), row(currency=None, money=None)], None)
    assert invoice.money == {"EUR": Decimal(2), "CHF": Decimal(1)}
    assert (invoice.documents, invoice.engine_seconds, invoice.unpriced_seconds) == (30, 3 * 3600, 3600)


def test_a_price_that_is_given_counts_for_all_of_it() -> None:
    [invoice] = priced([row(), row(currency=None, money=None)], 0.5)
    assert invoice.money == {"": Decimal(1)}
    assert invoice.unpriced_seconds == 0


def test_in_the_total_answered_pages_pay_for_what_was_for_nothing_too() -> None:
    every = total(priced([row(), row("contract"), NOTHING], None))
    assert (every.documents, every.pages, every.engine_seconds) == (20, 40, 4 * 3600)
    assert every.prompt_tokens == 27000
    assert every.money == {"EUR": Decimal(8)}
    assert every.money_per_page == {"EUR": Decimal(8) / 40}


@pytest.mark.parametrize("rows", [[], [NOTHING]])
def test_without_an_answered_page_there_is_no_price_of_one(rows: list[TypeCost]) -> None:
    assert total(priced(rows, 1.0)).money_per_page == {}
