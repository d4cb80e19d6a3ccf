"""Step 7 for e-invoices: values of the XML as answers, and what the pages show otherwise.

A forged invoice has figures on its pages that its XML does not have, or the other way round. So each value of the XML
is looked for on the pages in every form that it may be written in; one that is not there is a finding, and so is
another amount or date that stands where the pages name the field. What the pages show besides is looked for in the XML:
see `einvoice_unstated` and `einvoice_rows`.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from schemas.document_types import DocumentType, FieldDefinition, Kind
from schemas.events import FieldAnswer, Finding, FindingKind
from services.answers.einvoice import EInvoice, EInvoiceLine
from services.answers.einvoice_exchanged import exchanged_number, exchanged_totals
from services.answers.einvoice_findings import Teller
from services.answers.einvoice_pages import EInvoicePages, is_made, same
from services.answers.einvoice_payment import unstated_payment
from services.answers.einvoice_rows import row_findings
from services.answers.einvoice_unstated import StatedValues, unstated_values
from services.answers.evidence import Place
from services.answers.normal_form import plain
from services.answers.values import Value, parse_value
from services.answers.values_by_form import Candidate

CERTAIN: Final = 1.0
"""Confidence of what the invoice's own XML says."""
MOST_LINES_NAMED: Final = 20
"""Lines with findings of their own; more are counted in one."""
ROW_CHARACTERS: Final = 300
"""Between a line's description and its numbers: what wraps, and columns between."""
LEAST_SHARE: Final = 0.5
"""Share of the words of a line's description that the pages must have: they may wrap, shorten and hyphenate it."""

_IDENTIFIERS: Final = frozenset({Kind.IBAN, Kind.VAT_ID, Kind.BIC})
_LABELLED: Final = frozenset({Kind.MONEY, Kind.DATE})
_SELLER: Final = "seller_name"
_DUE: Final = "due_date"
_GROSS: Final = "gross_total"
_TAX: Final = "tax_total"
"""The field that an invoice without tax does not show."""
_LINE_KINDS: Final = {"description": Kind.TEXT, "quantity": Kind.NUMBER, "line_total": Kind.MONEY}


def einvoice_answers(
    invoice: EInvoice,
    kind: DocumentType,
    pages: Sequence[str],
    language: str,
    layouts: Sequence[Sequence[int]] = (),
) -> tuple[list[FieldAnswer], list[Finding]]:
    """Give the values of the XML with their places, and what is wrong with them or shown otherwise.

    Parameters
    ----------
    kind
        The type `invoice`: answered are its fields that the XML has, then `line_items[0].description`, `.quantity` and
        `.line_total`, line by line.
    pages
        All pages of the document.
    language
        ISO 639-1; German findings for `de`, else English ones.
    layouts
        Packed runs of each page; a page without any is taken as plain text.

    Returns
    -------
    tuple
        Answers of status `ok` and confidence 1.0, with the place where the pages show the value, if they do. Then
        findings: values that do not stand on the pages, what the pages show in their place, numbers whose own check
        fails, what the pages show besides and the XML does not say, sums of the XML that are wrong, what in it could
        not be read, and that it is a credit note. Pages without any text are one finding, not one for each value.
    """
    shown, teller = EInvoicePages(pages, kind, language, layouts, any_sign=invoice.is_credit_note), Teller(language)
    answers: list[FieldAnswer] = []
    findings: list[Finding] = []
    for field in kind.fields:
        if (value := stated(invoice, field)) is not None:
            place = shown.find(field, value)
            answers.append(_answer(field.name, field.kind, value, place, shown))
            findings += _header_findings(invoice, field, value, place, shown, teller)
            if field.kind is Kind.REFERENCE and (other := exchanged_number(field, invoice, kind, shown)):
                said = {"label": teller.label(field), "value": value.text, "other": other}
                findings.append(teller.finding("contradicted", [field.name], said))
    rows = _rows(invoice.line_items, shown)
    line_answers, line_findings = _lines(invoice.line_items, rows, shown, teller)
    findings += line_findings
    findings += exchanged_totals(invoice, rows, shown, teller, line_findings)
    if invoice.other_text is not None and not shown.are_blank:
        stated_values = StatedValues(invoice, kind, shown)
        findings += unstated_values(stated_values, kind, shown, teller, findings)
        findings += unstated_payment(stated_values, kind, shown, teller)
        findings += row_findings(invoice, kind, shown, stated_values, teller, findings)
    blank = [teller.finding("blank", [], {})] if shown.are_blank else []
    payable = list(_payable(invoice, kind, teller))
    return [*answers, *line_answers], [*findings, *_xml_findings(invoice, teller), *payable, *blank]


def differences(invoice: EInvoice, kind: DocumentType, read: Sequence[FieldAnswer], language: str) -> list[Finding]:
    """Compare what was read off the pages with the XML: a finding for each field in which both have another value."""
    teller = Teller(language)
    values = {answer.path: answer for answer in read if answer.status == "ok"}
    findings = []
    for field in kind.fields:
        value, answer = stated(invoice, field), values.get(field.name)
        if value and answer and not _is_read(value, answer, any_sign=invoice.is_credit_note):
            said = {"label": teller.label(field), "value": value.text, "other": answer.value}
            findings.append(teller.finding("misread", [field.name], said))
    return findings


def _is_read(value: Value, answer: FieldAnswer, *, any_sign: bool) -> bool:
    """Tell whether what was read is the value; a credit note may print with a minus what its XML has without."""
    read = Value(answer.value or "", numeric=answer.value_numeric)
    opposite = any_sign and value.numeric is not None and read.numeric == -value.numeric
    return same(value, read) or opposite


def stated(invoice: EInvoice, field: FieldDefinition) -> Value | None:
    """Give what the XML says of a field; None if it does not.

    A number that its own check refuses stays as it is written, without spaces.
    """
    said = getattr(invoice, field.name, None) if field.name in EInvoice.model_fields else None
    if isinstance(said, Decimal):
        return Value(f"{said:f}", numeric=said)
    if said is None or not isinstance(said, str):
        return None if said is None else Value(said.isoformat(), date=said)
    if field.kind in _IDENTIFIERS:
        return parse_value(field.kind, said, "") or Value(re.sub(r"\s", "", said).upper())
    return Value(plain(said))


def _header_findings(
    invoice: EInvoice, field: FieldDefinition, value: Value, place: Place | None, shown: EInvoicePages, teller: Teller
) -> Iterator[Finding]:
    said = {"label": teller.label(field), "value": value.text}
    if field.kind in _IDENTIFIERS and parse_value(field.kind, value.text, "") is None:
        yield teller.finding("checksum", [field.name], said, FindingKind.CHECKSUM)
    if shown.are_blank:
        return
    others = _shown_instead(field, value, shown)
    if place is None and not _may_be_absent(field, value, shown, invoice):
        instead = teller.say("instead", {"other": others[0].verbatim}) if others else ""
        yield teller.finding("absent", [field.name], said | {"instead": instead})
    elif contradicting := [other for other in others if _contradicts(other, field, invoice)]:
        yield teller.finding("contradicted", [field.name], said | {"other": contradicting[0].verbatim})
    elif field.kind is Kind.CURRENCY and (codes := shown.currencies()) and value.text not in codes:
        yield teller.finding("contradicted", [field.name], said | {"other": ", ".join(sorted(codes))})
    elif (
        field.kind is Kind.IBAN
        and (named := shown.labelled(field))
        and not any(same(one.value, value) for one in named)
    ):
        yield teller.finding("contradicted", [field.name], said | {"other": named[0].verbatim})
    if (
        field.name == _SELLER
        and not invoice.is_by_buyer
        and shown.has_parties_exchanged(value.text, invoice.buyer_name or "")
    ):
        yield teller.finding("contradicted", [field.name], said | {"other": invoice.buyer_name})


def _may_be_absent(field: FieldDefinition, value: Value, shown: EInvoicePages, invoice: EInvoice) -> bool:
    """Tell whether pages may do without a value.

    No tax, taxes that make it, a currency that nobody names, a name in pieces, a day that follows from days to pay. A
    name alone is excused word by word: a number made of words that stand somewhere is another number.
    """
    match field.kind:
        case Kind.MONEY:
            return field.name == _TAX and (value.numeric == 0 or is_made(value.numeric, shown.labelled(field)))
        case Kind.DATE:
            days = None if invoice.issue_date is None or value.date is None else (value.date - invoice.issue_date).days
            return field.name == _DUE and days in shown.days_to_pay
        case Kind.CURRENCY:
            return not shown.shows_currency()
        case Kind.NAME:
            return shown.share_of_words(value.text) == 1
        case _:
            return False


def _contradicts(other: Candidate, field: FieldDefinition, invoice: EInvoice) -> bool:
    """Tell whether a value on the pages takes the field's place: another total does not, many are named alike."""
    return field.kind in _LABELLED and other.value.numeric not in invoice.totals


def _shown_instead(field: FieldDefinition, value: Value, shown: EInvoicePages) -> Sequence[Candidate]:
    """Give what stands where the pages name the field, or all numbers of its kind; nothing if the value is among it."""
    if field.kind in _LABELLED:
        others = shown.labelled(field)
        if field.name == _TAX and is_made(value.numeric, others):
            return []
    else:
        others = shown.all_of(field.kind) if field.kind in _IDENTIFIERS else []
    return [] if any(same(other.value, value) for other in others) else others


def _rows(lines: Sequence[EInvoiceLine], shown: EInvoicePages) -> list[Place | None]:
    """Give where the description of each line stands, one after another."""
    rows: list[Place | None] = []
    last: Place | None = None
    for line in lines:
        row = shown.find_after(line.description, last) if line.description else None
        last = row or last
        rows.append(row)
    return rows


def _lines(
    lines: Sequence[EInvoiceLine], rows: Sequence[Place | None], shown: EInvoicePages, teller: Teller
) -> tuple[list[FieldAnswer], list[Finding]]:
    answers: list[FieldAnswer] = []
    findings: list[Finding] = []
    last: Place | None = None
    for index, (line, row) in enumerate(zip(lines, rows, strict=True)):
        absent: dict[str, str] = {}
        last = row or last
        for name, value, place in _placed(line, row, last, shown):
            path = f"line_items[{index}].{name}"
            answers.append(_answer(path, _LINE_KINDS[name], value, place, shown))
            if place is None and not _may_be_absent_in_line(value, shown):
                absent[path] = value.text
        if absent and not shown.are_blank:
            said = {"number": index + 1, "value": "; ".join(absent.values())}
            findings.append(teller.finding("line", list(absent), said))
    more = findings[MOST_LINES_NAMED:]
    paths = [path for finding in more for path in finding.fields]
    counted = [teller.finding("more_lines", paths, {"count": len(more)})] if more else []
    return answers, [*findings[:MOST_LINES_NAMED], *counted]


def _placed(
    line: EInvoiceLine, row: Place | None, last: Place | None, shown: EInvoicePages
) -> list[tuple[str, Value, Place | None]]:
    """Give the values of a line with their places: where one number stands in the row, the others must too."""
    placed: list[tuple[str, Value, Place | None]] = []
    cell = last
    for name, value in _cells(line):
        place = row if value.numeric is None else shown.find_number(value.numeric, cell)
        cell = place or cell
        placed.append((name, value, place))
    if row is None or not any(value.numeric is not None and _is_beside(place, row) for _, value, place in placed):
        return placed
    return [(name, value, place if _is_beside(place, row) else None) for name, value, place in placed]


def _is_beside(place: Place | None, row: Place) -> bool:
    if place is None or place.page != row.page:
        return False
    return max(place.char_start - row.char_end, row.char_start - place.char_end) <= ROW_CHARACTERS


def _may_be_absent_in_line(value: Value, shown: EInvoicePages) -> bool:
    if value.numeric is not None:
        return value.numeric == 0
    return shown.share_of_words(value.text) >= LEAST_SHARE


def _cells(line: EInvoiceLine) -> Iterator[tuple[str, Value]]:
    if line.description:
        yield "description", Value(plain(line.description))
    for name, number in (("quantity", line.quantity), ("line_total", line.line_total)):
        if number is not None:
            yield name, Value(f"{number:f}", numeric=number)


def _payable(invoice: EInvoice, kind: DocumentType, teller: Teller) -> Iterator[Finding]:
    """Say that part of the total was paid before: whoever pays by it pays too much."""
    field = next((field for field in kind.fields if field.name == _GROSS), None)
    payable, gross = invoice.left_to_pay, invoice.gross_total
    if field is not None and payable is not None and gross is not None and abs(payable) < abs(gross):
        said = {"label": teller.label(field), "value": f"{gross:f}", "other": f"{payable:f}"}
        yield teller.finding("payable", [_GROSS], said)


def _xml_findings(invoice: EInvoice, teller: Teller) -> Iterator[Finding]:
    totals = [line.line_total for line in invoice.line_items]
    made = sum((total for total in totals if total is not None), Decimal(0))
    if totals and None not in totals and invoice.lines_total is not None and made != invoice.lines_total:
        yield teller.finding("sum", ["line_items"], {"sum": made, "value": invoice.lines_total})
    if invoice.is_credit_note:
        yield teller.finding("credit_note", ["gross_total"], {"code": invoice.type_code})
    for note in invoice.notes:
        yield teller.finding("unread", [], {"note": note})


def _answer(path: str, kind: Kind, value: Value, place: Place | None, shown: EInvoicePages) -> FieldAnswer:
    return FieldAnswer(
        path=path,
        kind=kind.value,
        value=value.text,
        value_numeric=value.numeric,
        verbatim=shown.text_at(place) if place else value.text,
        status="ok",
        confidence=CERTAIN,
        page=place.page if place else None,
        char_start=place.char_start if place else None,
        char_end=place.char_end if place else None,
    )
