"""Values of an e-invoice that stand on its pages in each other's place: each of them is there, and both are wrong."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

from schemas.document_types import DocumentType, FieldDefinition, Kind
from schemas.events import Finding
from services.answers.einvoice import EInvoice, EInvoiceLine
from services.answers.einvoice_findings import Teller
from services.answers.einvoice_pages import EInvoicePages
from services.answers.evidence import Place
from services.answers.normal_form import plain

MOST_NAMED: Final = 20
"""Lines with findings of their own."""
_TO_THE_END: Final = 10**9


def exchanged_number(field: FieldDefinition, invoice: EInvoice, kind: DocumentType, shown: EInvoicePages) -> str | None:
    """Give the number of another field of the XML that stands where the pages name this one, and its own does not."""
    numbers = {item.name: getattr(invoice, item.name, None) for item in kind.fields if item.kind is Kind.REFERENCE}
    forms = {name: _form(number) for name, number in numbers.items() if number}
    labelled = {_form(item.verbatim): item.verbatim for item in shown.labelled(field)}
    if forms.get(field.name) in labelled:
        return None
    return next((labelled[form] for name, form in forms.items() if name != field.name and form in labelled), None)


def exchanged_totals(
    invoice: EInvoice, rows: Sequence[Place | None], shown: EInvoicePages, teller: Teller, found: Sequence[Finding]
) -> list[Finding]:
    """Give the lines whose total stands beside another description only, with the one that stands beside theirs.

    Parameters
    ----------
    rows
        Where the description of each line stands, if it does.
    found
        What else was found: lines that are named there are not named again.
    """
    named = {path for finding in found for path in finding.fields}
    beside = dict(_numbers_beside(rows, shown))
    totals = [_size(line, invoice) for line in invoice.line_items]
    known = {total for total in totals if total}
    findings = []
    for index, numbers in beside.items():
        path, total = f"line_items[{index}].line_total", totals[index]
        sizes = set(map(abs, numbers)) if invoice.is_credit_note else numbers
        others = (sizes & known) - {total}
        if total and path not in named and total not in sizes and len(others) == 1:
            said = {"number": index + 1, "value": f"{total:f}", "other": f"{others.pop():f}"}
            findings.append(teller.finding("line_otherwise", [path], said))
    return findings[:MOST_NAMED]


def _numbers_beside(rows: Sequence[Place | None], shown: EInvoicePages) -> Iterator[tuple[int, set[Decimal]]]:
    """Give for each line the numbers between the descriptions before and after its own."""
    placed = sorted((row.page, row.char_start, row.char_end, index) for index, row in enumerate(rows) if row)
    edges = [(0, 0, 0, 0), *placed, (_TO_THE_END, 0, 0, 0)]
    for (before, here), (_, after) in zip(pairwise(edges), pairwise(edges[1:]), strict=False):
        page, _, _, index = here
        start = before[2] if before[0] == page else 0
        end = after[1] if after[0] == page else _TO_THE_END
        yield index, shown.numbers.between(page, start, end)


def _size(line: EInvoiceLine, invoice: EInvoice) -> Decimal | None:
    return abs(line.line_total) if line.line_total is not None and invoice.is_credit_note else line.line_total


def _form(number: str) -> str:
    return "".join(filter(str.isalnum, plain(number))).casefold()
