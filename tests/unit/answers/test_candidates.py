"""What code finds by its form: all of it, with place and label, in bounded time."""

import time
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.answers.invoices import INVOICE, euros

from schemas.document_types import Kind
from services.answers.candidates import KINDS, MAX_CANDIDATES, Candidates

MONEY = [field for field in INVOICE.fields if field.kind is Kind.MONEY]


def found(kind: Kind, text: str, language: str = "de") -> list[str]:
    return [item.value.text for item in Candidates([text], language).of(kind)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Summe 15.387,08 € davon 2.923,55", ["15387.08", "2923.55"]),
        ("1'234.50 CHF und 12,00-", ["1234.50", "-12.00"]),
        ("Abschlag (12,00) von 100 EUR", ["-12.00", "100"]),
        ("total € 1,234.50", ["1234.50"]),
        ("am 05.06.2018 um 12:30, Art. 4711, 19 %, Tel. 030/123456", []),
        ("Nr. 12.34.56 und A12,50 und 10.20/30", []),
    ],
)
def test_amounts_have_cents_or_a_currency(text: str, values: list[str]) -> None:
    assert found(Kind.MONEY, text) == values


def test_an_amount_with_spaces_is_found_both_ways() -> None:
    assert {"1190.00", "190.00"} <= set(found(Kind.MONEY, "Pos 1 190,00"))


@given(st.decimals(min_value=0, max_value=10**8, places=2))
def test_every_amount_of_a_letter_is_found_where_it_stands(amount: Decimal) -> None:
    text = f"Gesamtbetrag: {euros(amount)} fällig"
    (item,) = Candidates(["", text], "de").of(Kind.MONEY)
    assert (item.value.numeric, item.page) == (amount, 2)
    assert text[item.char_start : item.char_end] == item.verbatim == euros(amount)


@given(st.dates(date(1990, 1, 1), date(2039, 12, 31)))
def test_every_date_is_found_however_it_is_written(day: date) -> None:
    text = f"vom {day:%d.%m.%Y}, {day.isoformat()} oder {day.day}. Juni {day.year}"
    assert found(Kind.DATE, text)[:2] == [day.isoformat()] * 2


def test_ibans_and_vat_numbers_are_found_by_their_check_digits() -> None:
    text = (
        "IBAN DE02 1203 0000 0000 2020 51 BIC BYLADEM1001, USt-IdNr. DE136695976, DE123456789, DE03120300000000202051"
    )
    assert found(Kind.IBAN, text) == ["DE02120300000000202051"]
    assert found(Kind.VAT_ID, text) == ["DE136695976"]


@pytest.mark.parametrize(
    ("line", "owner"),
    [
        ("Summe netto", "net_total"),
        ("Rechnungssumme ohne USt.", "net_total"),
        ("MwSt 19 %", "tax_total"),
        ("Summe netto 10,00 MwSt", "tax_total"),
        ("Gesamtbetrag\n", "gross_total"),
        ("Gesamtbetrag der gelieferten Waren", None),
        ("Lagerbestand", None),
    ],
)
def test_a_label_is_the_nearest_name_of_a_field_before_the_value(line: str, owner: str | None) -> None:
    candidates = Candidates([f"Rechnung\n{line} 17,00 €"], "de")
    last = candidates.of(Kind.MONEY)[-1]
    assert [field.name for field in MONEY if last in candidates.labelled(field, MONEY)] == ([owner] if owner else [])


def test_kinds_without_a_form_have_no_candidates() -> None:
    assert Candidates(["Muster GmbH"], "de").of(Kind.TEXT) == []


@pytest.mark.parametrize(
    "text",
    [
        "1" * 200_000,
        "1.111" * 40_000,
        "AA00 " * 40_000,
        "DE1 " * 50_000,
        "1.1." * 50_000,
        "- " * 100_000,
        "1 111 " * 30_000,
    ],
)
def test_a_document_made_of_beginnings_costs_bounded_time(text: str) -> None:
    started = time.process_time()
    for kind in KINDS:
        assert len(Candidates([text], "de").of(kind)) <= MAX_CANDIDATES
    assert time.process_time() - started < 5


def test_a_hundred_pages_are_searched_in_bounded_time() -> None:
    page = "Pos 1 Schrauben 12,00 3 36,00 EUR am 05.06.2018, DE02 1203 0000 0000 2020 51, DE136695976 und mehr\n" * 35
    started = time.process_time()
    for kind in KINDS:
        assert Candidates([page] * 100, "de").of(kind)
    assert time.process_time() - started < 8
