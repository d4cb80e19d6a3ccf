"""E-invoices in steps 6 and 7: whether their own XML answers for the model, or is held against what it read."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from schemas.document_types import DocumentType
from schemas.events import FieldAnswer, Finding
from services.answers.einvoice import EInvoice
from services.answers.einvoice_answers import differences, einvoice_answers
from services.answers.findings import findings_of
from services.answers.review import Review
from services.answers.tables.reasons import Reasons
from services.storage.records import PendingDocument

INVOICE: Final = "invoice"
"""Name of the type that every e-invoice is of."""


class EInvoiceUse(StrEnum):
    """What the XML of an e-invoice is for."""

    PREFER = "prefer"
    """Its values are the answers, and the engine is not asked."""
    CHECK = "check"
    """The engine reads the pages; where the XML says otherwise is a finding."""
    IGNORE = "ignore"
    """It is not looked at: for measuring the model."""


def einvoice_for(document: PendingDocument, use: EInvoiceUse) -> EInvoice | None:
    """Give the e-invoice that a document is or carries, if it is to be used."""
    if document.einvoice is None or use is EInvoiceUse.IGNORE:
        return None
    return EInvoice.model_validate(document.einvoice)


def review_of_xml(
    kind: DocumentType,
    invoice: EInvoice,
    pages: Sequence[str],
    language: str,
    layouts: Sequence[Sequence[int]] = (),
) -> Review:
    """Take the XML's values for answers; findings are those of any answer, and what the pages show otherwise."""
    fields, findings = einvoice_answers(invoice, kind, pages, language, layouts)
    return Review(fields, [*findings_of(kind, fields, {}, language), *findings], {})


def shown_otherwise(
    kind: DocumentType,
    invoice: EInvoice,
    pages: Sequence[str],
    language: str,
    layouts: Sequence[Sequence[int]] = (),
) -> list[Finding]:
    """Give what the pages show otherwise than the XML says, and what is wrong with the XML."""
    return einvoice_answers(invoice, kind, pages, language, layouts)[1] if kind.name == INVOICE else []


def lines_left_out(kind: DocumentType, invoice: EInvoice, language: str) -> list[str]:
    """Say that the XML has more lines than are read, if it has."""
    if not invoice.lines_left_out:
        return []
    return [Reasons(table, {}, language).too_many(len(invoice.line_items)) for table in kind.tables]


def read_otherwise(
    kind: DocumentType, invoice: EInvoice, read: Sequence[FieldAnswer], shown: Sequence[Finding], language: str
) -> list[Finding]:
    """Give what the model read off the pages otherwise than the XML says, where the pages themselves said nothing.

    Parameters
    ----------
    shown
        What `shown_otherwise` gave.
    """
    if kind.name != INVOICE:
        return []
    named = {path for finding in shown for path in finding.fields}
    return [finding for finding in differences(invoice, kind, read, language) if not named & set(finding.fields)]
