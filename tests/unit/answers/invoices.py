"""Invoices made up for tests: their text, and what a model may have copied of them."""

from decimal import Decimal

from schemas.document_types import DocumentType, load_document_types
from schemas.events import FieldAnswer
from services.answers.candidates import Candidates
from services.answers.check import check_answer

INVOICE: DocumentType = load_document_types()["invoice"]
REQUIRED = {"invoice_number": "RE-7", "issue_date": "05.06.2026", "seller_name": "Muster GmbH"}


def euros(amount: Decimal) -> str:
    """Write an amount as German letters do."""
    return f"{amount:,.2f} €".translate(str.maketrans(",.", ".,"))


def page_of(net: Decimal, tax: Decimal, gross: Decimal, *lines: str) -> str:
    """Write an invoice with its totals behind their usual labels."""
    head = ["Muster GmbH", "Rechnung RE-7", "Rechnungsdatum: 05.06.2026", *lines]
    return "\n".join([*head, f"Summe netto {euros(net)}", f"MwSt {euros(tax)}", f"Gesamtbetrag {euros(gross)}"])


def answers(page: str, **copied: str) -> list[FieldAnswer]:
    """Check what a model copied, over what every invoice has."""
    return check_answer(INVOICE, REQUIRED | copied, [page], "de")


def candidates(page: str) -> Candidates:
    return Candidates([page], "de")


def said(fields: list[FieldAnswer]) -> dict[str, str | None]:
    return {field.path: field.value for field in fields}
