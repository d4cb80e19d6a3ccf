"""A reminder after a part payment: what is left, and what the invoice came to before."""

import pytest
from pydantic import ValidationError
from unit.answers.placed import TYPES, field

from schemas.document_types import Kind
from services.answers.candidates import Candidates
from services.answers.check import check_answer
from services.answers.findings import reduced
from services.answers.part_payments import part_payments

REMINDER = TYPES["payment_reminder"]
FORM = "Rechnungsbetrag: 500,00 €\nBereits bezahlt: 150,00 €\nMahngebühr: 5,00 €\nGesamtforderung: 705,00 €"


def messages(text: str, language: str = "de", **copied: str) -> list[str]:
    candidates = Candidates([text], language)
    fields = check_answer(REMINDER, copied, [text], language, candidates.surroundings)
    findings = reduced(REMINDER, fields, part_payments(REMINDER, fields, candidates), language)
    assert all(finding.needs_review and finding.fields == ["invoice_amount"] for finding in findings)
    return [finding.message for finding in findings]


@pytest.mark.parametrize(
    ("language", "text", "copied"),
    [
        ("de", FORM, {"invoice_amount": "500,00 €", "late_fee": "5,00 €", "amount_due": "705,00 €"}),
        (
            "de",
            "Unsere Rechnung über 500,00 € ist offen. Ihre Teilzahlung von 150,00 € ist da. Zahlen Sie 700,00 €.",
            {"invoice_amount": "500,00 €", "amount_due": "700,00 €"},
        ),
        (
            "de",
            "Rechnungsbetrag 500,00 €, davon haben Sie 150,00 € bereits gezahlt. Summe aller Rechnungen 700,00 €.",
            {"invoice_amount": "500,00 €", "amount_due": "700,00 €"},
        ),
        (
            "en",
            "Invoice amount £500.00\nPart payment received -£150.00\nOther invoices £350.00\nTotal due £700.00",
            {"invoice_amount": "£500.00", "amount_due": "£700.00"},
        ),
        (
            "fr",
            "Facture 500,00 €\nAcompte du 3 mai 150,00 €\nAutres factures 350,00 €\nTotal 700,00 €",
            {"invoice_amount": "500,00 €", "amount_due": "700,00 €"},
        ),
    ],
)
def test_somebody_looks_where_a_part_was_paid_and_nothing_says_what_is_left(
    language: str, text: str, copied: dict[str, str]
) -> None:
    (message,) = messages(text, language, **copied)
    assert copied["invoice_amount"] in message
    assert "150" in message


def test_the_reason_names_the_payment() -> None:
    (message,) = messages(FORM, invoice_amount="500,00 €", late_fee="5,00 €", amount_due="705,00 €")
    assert message == (
        "Rechnungsbetrag: „500,00 €“ ist vielleicht nicht, was nach der Zahlung von „150,00 €“ offen ist."
    )
    (message,) = messages(FORM, "en", invoice_amount="500,00 €", late_fee="5,00 €", amount_due="705,00 €")
    assert message.startswith("Invoice amount: \u201c500,00 €\u201d may not be what is left after the payment")


@pytest.mark.parametrize(
    ("text", "copied"),
    [
        (
            FORM.replace("705,00", "355,00").replace("Mahn", "Offener Betrag: 350,00 €\nMahn"),
            {"invoice_amount": "350,00 €", "late_fee": "5,00 €", "amount_due": "355,00 €"},
        ),
        (
            FORM.replace("Mahn", "Offener Betrag: 350,00 €\nMahn"),
            {"invoice_amount": "350,00 €", "amount_due": "705,00 €"},
        ),
        (FORM.replace("Bereits bezahlt", "Zinsen"), {"invoice_amount": "500,00 €", "amount_due": "705,00 €"}),
        (
            "Ihre Zahlung von 500,00 € ist nicht eingegangen. Mit allen Kosten sind 540,00 € zu zahlen.",
            {"invoice_amount": "500,00 €", "amount_due": "540,00 €"},
        ),
        (
            "Rechnung 500,00 €. Bitte erhöhen Sie Ihre Zahlung um Verzugszinsen von 12,34 €. Zahlen Sie 540,00 €.",
            {"invoice_amount": "500,00 €", "amount_due": "540,00 €"},
        ),
    ],
    ids=[
        "what is due confirms it",
        "the payment leaves it",
        "nothing was paid",
        "what was not paid is the invoice",
        "what a payment is to be raised by",
    ],
)
def test_nobody_looks_where_it_is_what_is_left(text: str, copied: dict[str, str]) -> None:
    assert messages(text, **copied) == []


def test_what_was_paid_reduces_amounts_alone() -> None:
    with pytest.raises(ValidationError, match="`reduced_by` belongs to kind `money`"):
        field("due", Kind.DATE, "Frist", "Deadline", reduced_by=("Anzahlung",))
