"""A higher total below the gross one: what comes on top bears no tax, and is to be paid all the same."""

import pytest
from unit.answers.placed import TYPES

from services.answers.candidates import Candidates
from services.answers.charges_on_top import total_with_charges
from services.answers.check import check_answer
from services.answers.findings import exceeded_by_charges

INVOICE = TYPES["invoice"]
HOTEL = """Summe Netto 1.891,04 €
USt 251,96 €
Summe Brutto {gross}
Ortstaxe 32,40 €
{between}Gesamtbetrag {last}
IBAN AT66 2032 0000 0128 4733"""


def messages(text: str, gross: str, language: str = "de") -> list[str]:
    candidates = Candidates([text], language)
    fields = check_answer(INVOICE, {"gross_total": gross}, [text], language, candidates.surroundings)
    findings = exceeded_by_charges(INVOICE, fields, total_with_charges(INVOICE, fields, candidates), language)
    assert all(finding.needs_review and finding.fields == ["gross_total"] for finding in findings)
    return [finding.message for finding in findings]


@pytest.mark.parametrize(
    ("between", "last"),
    [("", "2.175,40 €"), ("Trinkgeld 10,00 €\n", "2.185,40 €"), ("A 1,00 €\nB 1,00 €\n", "2.177,40 €")],
)
def test_somebody_looks_where_a_higher_total_stands_below(between: str, last: str) -> None:
    (message,) = messages(HOTEL.format(gross="2.143,00 €", between=between, last=last), "2.143,00 €")
    assert "2.143,00" in message
    assert last.removesuffix(" €") in message


def test_the_reason_is_said_in_english_of_an_english_invoice() -> None:
    text = "Subtotal $100.00\nSales tax $8.00\nTotal $108.00\nResort fee $5.00\nTotal due $113.00"
    assert messages(text, "$108.00", "en") == [
        "Gross total: below \u201c$108.00\u201d stands \u201c$113.00\u201d, with what comes on top."
    ]


@pytest.mark.parametrize(
    "text",
    [
        HOTEL.format(gross="2.143,00 €", between="", last="2.143,00 €"),  # no sum of both
        "Summe netto 100,00 €\nUSt 19,00 €\nGesamtbetrag 119,00 €",  # net, and its tax
        "Gesamtbetrag 100,00 €\nzzgl. USt 19,00 €\nGesamtbetrag 119,00 €",  # a tax comes on top
        "Gesamtbetrag 100,00 €\nAnzahlung 19,00 €\nGesamtbetrag 119,00 €",  # what was paid before
        "Gesamtbetrag 100,00 €\nKaution 19,00 €\nArtikelwert 119,00 €",  # called no total
        "Gesamtbetrag 100,00 €\nGutschrift -19,00 €\nGesamtbetrag 81,00 €",  # less is left
        "Gesamtbetrag 100,00 €\nVorjahr: 19,00 €\nGesamtbetrag 119,00 €",  # another bill
        "Gesamtbetrag 100,00 €\nOffene Zahlungen: 19,00 €\nGesamtbetrag 119,00 €",
        "Gesamtbetrag 100,00 €\nSaldovortrag: 19,00 €\nGesamtbetrag 119,00 €",
        "Gesamtbetrag 100,00 €\nBalance brought forward: 19,00 €\nGesamtbetrag 119,00 €",
        "Gesamtbetrag 100,00 €\nBei Zahlung nach dem 1.5. Gebühr 19,00 €\nGesamtbetrag dann 119,00 €",  # perhaps
        "Gesamtbetrag 100,00 €\nGebühr 19,00 CHF\nGesamtbetrag 119,00 USD",  # three currencies
    ],
)
def test_nobody_is_asked_about_anything_else(text: str) -> None:
    assert messages(text, "2.143,00 €" if "2.143" in text else "100,00 €") == []


def test_what_stands_below_is_looked_for_under_the_one_that_was_taken() -> None:
    assert messages(HOTEL.format(gross="2.143,00 €", between="", last="2.175,40 €"), "2.175,40 €") == []


def test_types_without_taxes_have_no_such_total() -> None:
    contract, text = TYPES["contract"], "Preis 100,00 €\nKaution 19,00 €\nGesamtbetrag 119,00 €"
    fields = check_answer(contract, {"contract_value": "100,00 €"}, [text], "de")
    assert total_with_charges(contract, fields, Candidates([text], "de")) is None
