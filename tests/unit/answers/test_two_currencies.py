"""Amounts that are printed in two currencies: the document's own is taken, or nothing is changed."""

import pytest
from unit.answers.placed import Pages, Placed, a_type, answered, field, placed, values

from schemas.document_types import Kind
from services.answers.candidates import Candidates
from services.answers.check import check_answer
from services.answers.surroundings import Surroundings
from services.answers.two_currencies import by_own_currency, with_currency_of_amounts, with_own_currency

BILL = a_type(
    field("net", Kind.MONEY, "Netto", "Net"),
    field("gross", Kind.MONEY, "Gesamt", "Total"),
    field("number", Kind.REFERENCE, "Nummer", "Number"),
)
ROWS: tuple[Placed, ...] = (("Map tiles", 500, 1_000), ("€ 900.00", 4_000, 1_000), ("€ 100.00", 4_000, 1_120))
TOTALS: tuple[Placed, ...] = (
    ("Net", 500, 2_000), ("24,300.00 Kč", 3_000, 2_000), ("€ 1,000.00", 5_000, 2_000),
    ("Total", 500, 2_120), ("29,403.00 Kč", 3_000, 2_120), ("€ 1,210.00", 5_000, 2_120),
)  # fmt: skip
COPIED = {"net": "24,300.00 Kč", "gross": "29,403.00 Kč"}


def decided(page: Pages, **copied: str) -> dict[str, str | None]:
    read = check_answer(BILL, copied, page[0], "en", Surroundings(*page))
    return values(by_own_currency(BILL, read, Candidates(page[0], "en", page[1])))


def test_the_amount_beside_it_in_the_documents_own_currency_is_taken() -> None:
    assert decided(placed(*ROWS, *TOTALS), **COPIED) == {"net": "1000.00", "gross": "1210.00"}


def test_what_is_in_the_documents_own_currency_stands() -> None:
    copied = {"net": "€ 1,000.00", "gross": "€ 1,210.00", "number": "24300"}
    assert decided(placed(*ROWS, *TOTALS), **copied)["net"] == "1000.00"
    assert decided(placed(*ROWS, *TOTALS), net="€ 1,000.00", gross="29,403.00 Kč")["gross"] == "1210.00"


@pytest.mark.parametrize(
    "words",
    [
        TOTALS,
        (*ROWS, *TOTALS[:5], ("€ 1,210.00", 5_000, 2_400)),
        (*ROWS, *TOTALS, ("€ 7.00", 7_000, 2_120)),
        tuple(word for word in (*ROWS, *TOTALS) if "€" not in word[0]),
    ],
    ids=["as many of both", "not on its line", "two on its line", "one currency"],
)
def test_nothing_is_changed_where_nothing_tells(words: tuple[Placed, ...]) -> None:
    assert decided(placed(*words), **COPIED) == {"net": "24300.00", "gross": "29403.00"}


CODED = a_type(field("currency", Kind.CURRENCY, "Währung", "Currency"), field("gross", Kind.MONEY, "Gesamt", "Total"))
CAPITAL = "Holzwerk Sp. z o.o., share capital 50 000 PLN\n"
PAID = "To pay: 585.87 EUR\nPaid: 0.00 EUR\n"


def currency_of(page: str, **copied: str) -> tuple[str | None, str]:
    read = check_answer(CODED, copied, [page], "en", Surroundings([page], ()))
    found = next(item for item in with_own_currency(CODED, read, Candidates([page], "en")) if item.path == "currency")
    assert found.verbatim == page[found.char_start : found.char_end]
    return found.value, found.verbatim


def test_the_currency_of_most_amounts_is_the_documents_own() -> None:
    assert currency_of(CAPITAL + PAID, currency="PLN") == ("EUR", "EUR")
    assert currency_of(f"{CAPITAL}Total £ 585.87\nPaid £ 10.00", currency="PLN") == ("GBP", "£")
    assert currency_of(
        f"{CAPITAL}Total 10 585.87\nTo pay: 10 585.87 EUR\nPaid: 0.00 EUR", currency="PLN", gross="10 585.87"
    ) == ("EUR", "EUR")


@pytest.mark.parametrize(
    ("page", "copied"),
    [
        (CAPITAL + PAID.splitlines()[0], {"currency": "PLN"}),
        (f"{CAPITAL}All prices in PLN\n{PAID}", {"currency": "PLN"}),
        (f"{CAPITAL}Total 20.00 PLN\n{PAID}9.00 EUR\n8.00 EUR\n", {"currency": "PLN", "gross": "20.00 PLN"}),
        (f"{CAPITAL}Total 20.00 PLN\n{PAID}9.00 EUR\n8.00 EUR\n", {"currency": "PLN", "gross": "20.00"}),
        (f"Net PLN 80.00\nTotal 96.00\n{PAID}9.00 EUR\n8.00 EUR\n", {"currency": "PLN", "gross": "96.00"}),
    ],
    ids=["one amount", "named as often", "of an answered amount", "at its place", "answered amounts without one"],
)
def test_a_currency_that_may_be_the_documents_own_stays(page: str, copied: dict[str, str]) -> None:
    assert currency_of(page, **copied)[0] == "PLN"


IN_EUROS = "Glashütte s.r.o., Ostrava\nGlass €20.00\nBox €5.00\nTotal €25.00\n"
IN_DOLLARS = "Muster Chairs LLC\n{place}\nChair 415.00$\nTable 585.00$\nTotal 1000.00$\n"


def currency_of_amounts(page: str, currency: str) -> str | None:
    read = check_answer(CODED, {"currency": currency}, [page], "en", Surroundings([page], ()))
    found = with_currency_of_amounts(CODED, read, Candidates([page], "en"))
    return next((item.value for item in found if item.path == "currency" and item.status == "ok"), None)


@pytest.mark.parametrize("copied", ["CZK", "EUR"])
def test_the_one_currency_of_amounts_is_taken_where_no_other_is_answered_that_stands_there(copied: str) -> None:
    assert currency_of_amounts(IN_EUROS, copied) == "EUR"


@pytest.mark.parametrize(
    ("place", "currency"),
    [
        ("Burlington, VT", "USD"),
        ("Burlington, VT 05401", "USD"),
        ("2 High Street, Perth, WA", None),
        ("Auckland, New Zealand", "NZD"),
        ("Burlington", None),
        ("Burlington, VT 05401, shipped from Canada", None),
    ],
)
def test_a_dollar_is_that_of_the_one_country_that_is_named(place: str, currency: str | None) -> None:
    assert currency_of_amounts(IN_DOLLARS.format(place=place), "CZK") == currency


def test_a_currency_that_was_left_empty_stays_empty() -> None:
    assert currency_of_amounts(IN_EUROS, "") is None


@pytest.mark.parametrize(
    "page",
    [
        "Total €25.00",
        f"{IN_EUROS}Deposit £5.00",
        "Glass 100.00\nBox 50.00\nDelivery 20.00\nTotal 170.00 Kč\nShare capital €10.00, of which €5.00",
        "Glass 20.00\nTotal 25.00",
    ],
    ids=["one amount", "two currencies", "few amounts", "no currency"],
)
def test_amounts_that_do_not_tell_the_currency_leave_it_open(page: str) -> None:
    assert currency_of_amounts(page, "CZK") is None


def test_what_amounts_say_of_the_currency_is_said_in_the_end() -> None:
    assert answered("invoice", IN_EUROS, "en", currency="CZK")["currency"] == "EUR"
