"""Invoices of the generator, read as the services read them; and tables as plain text."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache

from invoices import Invoice, make_invoice

from schemas.document_types import load_document_types
from services.answers.tables.answers import TableAnswers, read_tables
from services.answers.tables.sheet import sheets
from services.intake.document import ParsedDocument, ReadingLimits
from services.intake.pdf import read_pdf

TYPES = load_document_types()
LIMITS = ReadingLimits(max_pages=2_000, max_characters=10_000_000)

Figures = tuple[Decimal | None, Decimal | None, Decimal | None]
"""Quantity, unit price, line total."""


@cache
def printed(seed: int, rows: int, **changes: object) -> tuple[Invoice, ParsedDocument]:
    """Give an invoice and what step 3 reads of it."""
    invoice = make_invoice(seed, rows, **changes)
    return invoice, read_pdf(invoice.content, LIMITS)


def totals_of(invoice: Invoice) -> dict[str, Decimal]:
    return {"net_total": invoice.net_total, "gross_total": invoice.gross_total}


def rows_of(invoice: Invoice, document: ParsedDocument, totals: Mapping[str, Decimal]) -> TableAnswers:
    language = "de-CH" if invoice.style.swiss else invoice.language
    return read_tables(TYPES["invoice"], document.pages, sheets(document.pages, document.layouts), language, totals)


def read_text(*pages: str, kind: str = "invoice", language: str = "de", **totals: str) -> TableAnswers:
    """Read the tables of plain text; totals by name."""
    numbers = {name: Decimal(value) for name, value in totals.items()}
    return read_tables(TYPES[kind], pages, sheets(pages, []), language, numbers)


def true_figures(invoice: Invoice) -> list[Figures]:
    return [(item.quantity, item.unit_price, item.line_total) for item in invoice.items]


def said_figures(answers: TableAnswers) -> list[Figures]:
    cells = _cells(answers, "value_numeric")
    return [(row.get("quantity"), row.get("unit_price"), row.get("line_total")) for row in cells]


def said_descriptions(answers: TableAnswers) -> list[str | None]:
    return [row.get("description") for row in _cells(answers, "value")]


def true_descriptions(invoice: Invoice) -> list[str]:
    return [item.description for item in invoice.items]


def _cells(answers: TableAnswers, attribute: str) -> Sequence[dict[str, Decimal]]:
    rows: dict[str, dict[str, Decimal]] = {}
    for field in answers.fields:
        row, _, column = field.path.partition(".")
        rows.setdefault(row, {})[column] = getattr(field, attribute)
    assert list(rows) == [f"line_items[{index}]" for index in range(len(rows))]
    return list(rows.values())
