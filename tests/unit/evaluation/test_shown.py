from datetime import date
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.shown import PagesShown, Spot

LOCALES = st.sampled_from(["de", "de_AT", "de_CH", "fr", "fr_CH", "en", "en_GB"])
DAYS = st.dates(date(1950, 1, 1), date(2049, 12, 31))
AMOUNTS = st.decimals("0.01", 10**9, places=2)


def is_shown(kind: str, truth: str, *pages: str) -> bool:
    return PagesShown(pages).find(kind, truth) is not None


@given(AMOUNTS, LOCALES)
def test_an_amount_is_shown_in_every_form_that_a_locale_writes(amount: Decimal, locale: str):
    assert is_shown("money", f"{amount:f}", f"Summe {format_currency(amount, 'EUR', locale=locale)} fällig")
    assert is_shown("money", f"{amount:f}", f"Summe: {format_decimal(amount, locale=locale)}")


@given(DAYS, LOCALES, st.sampled_from(["short", "medium", "long", "full"]))
def test_a_date_is_shown_in_every_form_that_a_locale_writes(day: date, locale: str, form: str):
    assert is_shown("date", day.isoformat(), f"Ort, {format_date(day, form, locale=locale)}, Zeichen")


@given(DAYS, DAYS, LOCALES)
def test_another_date_is_not_shown(day: date, other: date, locale: str):
    written = format_date(other, "long", locale=locale)
    assert is_shown("date", day.isoformat(), written) == (day == other)


@given(AMOUNTS, AMOUNTS)
def test_another_amount_is_not_shown(amount: Decimal, other: Decimal):
    assert is_shown("money", f"{amount:f}", f"EUR {format_decimal(other, locale='de')}") == (amount == other)


@pytest.mark.parametrize(
    ("kind", "truth", "text"),
    [
        ("money", "-12.00", "Gutschrift (12,00-)"),
        ("money", "50", "50,-- EUR"),
        ("money", "15387.08", "15 387,08"),
        ("money", "1234.5", "1'234.50 CHF"),
        ("number", "3.0", "3 Stück"),
        ("percentage", "19", "19,00 %"),
        ("date", "2018-06-05", "05.06.18"),
        ("date", "2018-06-05", "20180605"),
        ("date", "2026-09-03", "3rd of September, 2026"),
        ("iban", "DE02120300000000202051", "IBAN: DE02 1203 0000 0000 2020 51"),
        ("vat_id", "CHE123456789MWST", "CHE-123.456.789 MWST"),
        ("phone", "07700900258", "Tel. 07700 900258"),
        ("currency", "EUR", "100,00 €"),
        ("currency", "EUR", "EUR100,00"),
        ("currency", "GBP", "£68,500.00"),
        ("text", "Müller & Söhne GmbH", "MÜLLER &\nSÖHNE GmbH"),
        ("text", "471102", "Rechnungsnr.471102"),
        ("quantity", "20 Stk", "20,00"),
        ("period", "2026-01-01/2026-12-31", "vom 1. Januar bis 1.1.2026"),
        ("register_number", "Köln HRB 12345", "HRB 12345, Amtsgericht Köln"),
        ("address", "Hauptstr. 5, 50667 Köln", "Hauptstr. 5\n50667 Köln"),
        ("choice", "appeal", "nothing of the kind"),
    ],
)
def test_forms_of_every_kind_are_found(kind, truth, text):
    assert is_shown(kind, truth, text)


@pytest.mark.parametrize(
    ("kind", "truth", "text"),
    [
        ("money", "22.00", "1.022,00"),
        ("money", "22.00", "22,001"),
        ("money", "22.50", "22,05"),
        ("date", "2018-06-05", "15.06.2018"),
        ("iban", "DE02120300000000202051", "DE02 1203 0000 0000 2020 52"),
        ("text", "471102", "1471102"),
        ("text", "AG", "Tragwerk"),
        ("currency", "EUR", "Europa"),
        ("text", "", "anything"),
    ],
)
def test_a_part_of_something_else_is_not_it(kind, truth, text):
    assert not is_shown(kind, truth, text)


def test_it_says_where():
    pages = ["Brief ohne Zahl", "Betrag:  15.387,08 €"]
    assert PagesShown(pages).find("money", "15387.08") == Spot(2, 9, 18)
