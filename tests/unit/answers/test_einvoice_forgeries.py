"""What the pages of real e-invoices say against forged values of their XML, and against genuine ones: nothing."""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from schemas.document_types import load_document_types
from schemas.events import Finding, FindingKind
from services.answers.einvoice import EInvoice, EInvoiceLine
from services.inference.einvoice import review_of_xml
from services.intake.document import ReadingLimits
from services.intake.pdf import read_pdf
from services.intake.stored_text import stored_form

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "zugferd"
TYPE = load_document_types()["invoice"]
OTHER_IBANS = ("DE89370400440532013000", "DE02120300000000202051")
OTHER_VAT_IDS = ("DE129273398", "DE136695976")
"""Valid ones: forgers write no wrong check digits."""

Invoice = tuple[EInvoice, list[str], Sequence[Sequence[int]]]
Forgery = tuple[str, EInvoice]
"""The path of the forged value, and the whole with it."""


@pytest.fixture(scope="module")
def real_invoices() -> list[Invoice]:
    """XML and stored pages of each invoice in the folder beside this checkout."""
    paths = sorted(SHARED.glob("*.pdf"))
    if not paths:
        pytest.skip(f"no {SHARED}: the real invoices are not part of the repository")
    documents = [read_pdf(path.read_bytes(), ReadingLimits(50, 200_000)) for path in paths]
    return [
        (document.einvoice, [*map(stored_form, document.pages)], document.layouts)
        for document in documents
        if document.einvoice
    ]


def found_in(invoice: EInvoice, pages: list[str], layouts: Sequence[Sequence[int]]) -> list[Finding]:
    found = review_of_xml(TYPE, invoice, pages, "de", layouts).findings
    return [finding for finding in found if finding.needs_review]


def forged_headers(invoice: EInvoice) -> Iterator[Forgery]:
    for name, values in (
        *((name, _numbers(getattr(invoice, name))) for name in ("invoice_number", "order_number")),
        *((name, _days(getattr(invoice, name))) for name in ("issue_date", "due_date")),
        ("seller_name", _firms(invoice.seller_name, invoice.buyer_name)),
        ("buyer_name", _firms(invoice.buyer_name, invoice.seller_name)),
        ("seller_vat_id", (*OTHER_VAT_IDS, _next_digit(invoice.seller_vat_id))),
        ("iban", (*OTHER_IBANS, _next_digit(invoice.iban))),
        ("currency", ("CHF", "USD", "EUR")),
        *((name, _amounts(getattr(invoice, name))) for name in ("net_total", "tax_total", "gross_total")),
    ):
        if (genuine := getattr(invoice, name)) is not None:
            yield from ((name, invoice.model_copy(update={name: value})) for value in values if value != genuine)


def forged_lines(invoice: EInvoice) -> Iterator[Forgery]:
    for index, line in enumerate(invoice.line_items):
        for name, value in (
            ("description", "Goldbarren, Feinunze"),
            ("quantity", line.quantity and line.quantity * 10 + 1),
            ("line_total", line.line_total and line.line_total + 1000),
        ):
            if getattr(line, name):
                yield f"line_items[{index}].{name}", _with_line(invoice, index, line.model_copy(update={name: value}))


def test_genuine_values_are_no_finding_but_where_the_page_is_another(real_invoices: list[Invoice]) -> None:
    found = [found_in(*invoice) for invoice in real_invoices]
    of_xml = [[item for item in findings if item.kind is FindingKind.EINVOICE] for findings in found]
    paid = [[item for item in findings if "zu zahlen" in item.message] for findings in of_xml]
    assert sorted(map(len, paid)) == [0] * 13 + [1] * 4, "four were paid in part before"
    different = [len(findings) - len(of_paid) for findings, of_paid in zip(of_xml, paid, strict=True)]
    # Looked at: one invoice's page has another seller, other amounts in two lines that do not make their sum, and an
    # account, a payee and a VAT number that its XML does not have.
    assert sorted(different) == [0] * 16 + [7]
    # The samples' own numbers, such as DE123456789, have wrong check digits.
    assert {finding.kind for findings in found for finding in findings} <= {FindingKind.EINVOICE, FindingKind.CHECKSUM}


def test_forged_values_are_findings_of_their_field(real_invoices: list[Invoice]) -> None:
    """Missed are days only: those on which the page shows another date, such as the day by which to pay."""
    count, missed = 0, []
    for invoice, *page in real_invoices:
        before = found_in(invoice, *page)
        for path, forged in (*forged_headers(invoice), *forged_lines(invoice)):
            new = [finding for finding in found_in(forged, *page) if finding not in before]
            count += 1
            missed += [path] * (path not in {name for finding in new for name in finding.fields})
    assert count > 600
    assert set(missed) <= {"issue_date", "due_date"}
    assert len(missed) <= count // 100


def test_what_the_pages_show_and_the_xml_does_not_say_is_a_finding_of_its_field(real_invoices: list[Invoice]) -> None:
    """Taken out of the XML, as if it were added to the pages."""
    count, missed = 0, []
    for invoice, pages, layouts in real_invoices:
        for name in ("due_date", "seller_vat_id", "iban"):
            review = review_of_xml(TYPE, invoice, pages, "de", layouts)
            shown = next((item for item in review.fields if item.path == name and item.page), None)
            if shown is None or any(finding.fields == [name] for finding in review.findings):
                continue
            count += 1
            other = invoice.other_text or ""
            for written in _written(invoice, name):
                other = other.replace(written, "")
            lacking = invoice.model_copy(update={name: None, "other_text": other})
            named = {path for finding in found_in(lacking, pages, layouts) for path in finding.fields}
            missed += [name] * (name not in named)
    assert count > 10
    assert missed == []


def _written(invoice: EInvoice, name: str) -> list[str]:
    """Give the ways in which the XML writes a value, in its words for people, too."""
    value = getattr(invoice, name)
    return [f"{value:%Y%m%d}", f"{value:%d.%m.%Y}"] if isinstance(value, dt.date) else [str(value)]


def _with_line(invoice: EInvoice, index: int, line: EInvoiceLine) -> EInvoice:
    lines = [*invoice.line_items]
    lines[index] = line
    return invoice.model_copy(update={"line_items": tuple(lines)})


def _numbers(number: str | None) -> tuple[str, ...]:
    return () if number is None else (_next_digit(number), number[:-1] or "1", number[::-1], f"{number}-2")


def _days(day: dt.date | None) -> tuple[dt.date, ...]:
    return () if day is None else tuple(day + dt.timedelta(days) for days in (1, 30, 365))


def _firms(name: str | None, other: str | None) -> tuple[str, ...]:
    if name is None:
        return ()
    return (*filter(None, ("Holzbau Schwindel GmbH", f"{name} Hintermann", name.replace("e", "a", 1), other)),)


def _amounts(amount: Decimal | None) -> tuple[Decimal, ...]:
    if amount is None:
        return ()
    return (amount + Decimal("0.01"), amount * 10, -amount, Decimal(0) if amount else Decimal(5))


def _next_digit(text: str | None) -> str:
    """Change the first digit to the next one."""
    at = next((index for index, sign in enumerate(text or "") if sign.isdigit()), None)
    if text is None or at is None:
        return f"{text}1"
    return f"{text[:at]}{(int(text[at]) + 1) % 10}{text[at + 1 :]}"
