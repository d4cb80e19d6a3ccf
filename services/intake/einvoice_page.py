"""An XML document that is an e-invoice to pages that people, models and evidence can read."""

from collections.abc import Iterator
from typing import Final

from schemas.events import ErrorCode, Step
from services.answers.einvoice import CREDIT_NOTES
from services.intake.document import ParsedDocument, ReadingLimits
from services.intake.einvoice_terms import AMOUNTS, HEADER, LINE, Term
from services.intake.einvoice_xml import EInvoiceError, Written, einvoice_of, written_einvoice
from services.intake.failure import IntakeError
from services.intake.plain import split_pages

_GERMAN: Final = frozenset({"DE", "AT", "LI"})
"""Countries of a seller whose invoices get German words, and English ones elsewhere."""


def read_einvoice_xml(content: bytes, limits: ReadingLimits) -> ParsedDocument:
    """Read an e-invoice that is XML alone: a line a term with its label, then the invoice lines as a table.

    Values stand there as the XML writes them (`1234.50`, `2018-06-05`), on one line each, totals with the currency.

    Raises
    ------
    IntakeError
        `media_type_unknown` if the XML is no e-invoice, `document_too_long`.
    """
    try:
        written = written_einvoice(content)
    except EInvoiceError as error:
        message = f"the XML is not read as an e-invoice: {error}"
        raise IntakeError(Step.PARSE, ErrorCode.MEDIA_TYPE_UNKNOWN, message) from error
    text = "\n".join(_lines(written))
    limits.check(0, len(text))
    pages = split_pages(text)
    limits.check(len(pages), 0)
    return ParsedDocument(pages, einvoice=einvoice_of(written))


def _lines(written: Written) -> Iterator[str]:
    german = written.header.get("seller_address", "").rpartition(", ")[2] in _GERMAN
    currency = _one_line(written.header.get("currency", ""))
    yield _title(written.header.get("type_code"), german=german)
    for term in HEADER:
        if text := written.header.get(term.name):
            unit = f" {currency}" if currency and term.number in AMOUNTS else ""
            yield f"{_label(term, german=german)}: {_one_line(text)}{unit}"
    if written.lines:
        yield ""
        yield "\t".join(_label(term, german=german) for term in LINE)
    for line in written.lines:
        yield "\t".join(_one_line(line.get(term.name, "")) for term in LINE)


def _title(type_code: str | None, *, german: bool) -> str:
    if type_code in CREDIT_NOTES:
        return "Gutschrift" if german else "Credit note"
    return "Rechnung" if german else "Invoice"


def _label(term: Term, *, german: bool) -> str:
    return term.de if german else term.en


def _one_line(text: str) -> str:
    return " ".join(text.split())
