"""Step 7 for e-invoices: values of the XML as answers, and what the pages show otherwise.

A forged invoice has figures on its pages that its XML does not have, or the other way round. So each value of the XML
is looked for on the pages in every form that it may be written in; one that is not there is a finding, and so is
another amount or date that stands where the pages name the field.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from schemas.document_types import DocumentType, FieldDefinition, Kind
from schemas.events import FieldAnswer, Finding, FindingKind
from schemas.wording import Wording
from services.answers.einvoice import EInvoice, EInvoiceLine
from services.answers.einvoice_pages import EInvoicePages, same
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

_SAID: Final = {
    "absent": Wording(
        de="{label}: Im XML steht {value}, auf den Seiten steht das nicht{instead}.",
        en="{label}: the XML says {value}, the pages do not show it{instead}.",
    ),
    "contradicted": Wording(
        de="{label}: Im XML steht {value}, auf den Seiten steht dort {other}.",
        en="{label}: the XML says {value}, the pages show {other} there.",
    ),
    "instead": Wording(de=", sondern {other}", en=", but {other}"),
    "misread": Wording(
        de="{label}: Im XML steht {value}, von den Seiten wurde {other} gelesen.",
        en="{label}: the XML says {value}, {other} was read off the pages.",
    ),
    "checksum": Wording(
        de="{label}: {value} aus dem XML hat falsche Prüfziffern oder eine falsche Form.",
        en="{label}: {value} of the XML has wrong check digits, or a wrong form.",
    ),
    "line": Wording(
        de="Position {number}: Im XML steht {value}, auf den Seiten steht das nicht.",
        en="Line {number}: the XML says {value}, the pages do not show it.",
    ),
    "more_lines": Wording(
        de="In {count} weiteren Positionen steht im XML etwas, das nicht auf den Seiten steht.",
        en="{count} more lines of the XML say what the pages do not show.",
    ),
    "sum": Wording(
        de="Die Positionen im XML ergeben {sum}, als ihre Summe nennt es {value}.",
        en="The lines of the XML make {sum}, it gives {value} as their sum.",
    ),
    "payable": Wording(
        de="{label}: {value}, davon ist nach dem XML nur {other} zu zahlen.",
        en="{label}: {value}, and by the XML only {other} of it is to be paid.",
    ),
    "credit_note": Wording(
        de="Nach dem XML ist es eine Gutschrift (Code {code}): der Verkäufer schuldet den Betrag.",
        en="By its XML it is a credit note (code {code}): the seller owes the amount.",
    ),
    "unread": Wording(de="E-Rechnung: {note}.", en="E-invoice: {note}."),
    "blank": Wording(
        de="Die Seiten haben keinen Text: was im XML steht, konnte nicht mit ihnen verglichen werden.",
        en="The pages have no text: what the XML says could not be held against them.",
    ),
}


@dataclass(frozen=True, slots=True)
class _Teller:
    """Makes findings in the language of the document."""

    language: str

    def label(self, field: FieldDefinition) -> str:
        return field.label.de if self.language.startswith("de") else field.label.en

    def say(self, name: str, said: Mapping[str, object]) -> str:
        wording = _SAID[name]
        return (wording.de if self.language.startswith("de") else wording.en).format_map(said)

    def finding(
        self, name: str, fields: Sequence[str], said: Mapping[str, object], kind: FindingKind = FindingKind.EINVOICE
    ) -> Finding:
        return Finding(kind=kind, fields=list(fields), message=self.say(name, said))


def einvoice_answers(
    invoice: EInvoice, kind: DocumentType, pages: Sequence[str], language: str
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

    Returns
    -------
    tuple
        Answers of status `ok` and confidence 1.0, with the place where the pages show the value, if they do. Then
        findings: values that do not stand on the pages, what the pages show in their place, numbers whose own check
        fails, sums of the XML that are wrong, what in it could not be read, and that it is a credit note. Pages
        without any text are one finding, instead of one for each value.
    """
    shown, teller = EInvoicePages(pages, kind, language, any_sign=invoice.is_credit_note), _Teller(language)
    answers: list[FieldAnswer] = []
    findings: list[Finding] = []
    for field in kind.fields:
        if (value := stated(invoice, field)) is not None:
            place = shown.find(field, value)
            answers.append(_answer(field.name, field.kind, value, place, shown))
            findings += _header_findings(invoice, field, value, place, shown, teller)
    line_answers, line_findings = _lines(invoice.line_items, shown, teller)
    blank = [teller.finding("blank", [], {})] if shown.are_blank else []
    payable = list(_payable(invoice, kind, teller))
    return [*answers, *line_answers], [*findings, *line_findings, *_xml_findings(invoice, teller), *payable, *blank]


def differences(invoice: EInvoice, kind: DocumentType, read: Sequence[FieldAnswer], language: str) -> list[Finding]:
    """Compare what was read off the pages with the XML: a finding for each field in which both have another value."""
    teller = _Teller(language)
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
    invoice: EInvoice, field: FieldDefinition, value: Value, place: Place | None, shown: EInvoicePages, teller: _Teller
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
            return field.name == _TAX and (value.numeric == 0 or _is_made(value.numeric, shown.labelled(field)))
        case Kind.DATE:
            days = None if invoice.issue_date is None or value.date is None else (value.date - invoice.issue_date).days
            return field.name == _DUE and days in shown.days_to_pay
        case Kind.CURRENCY:
            return not shown.shows_currency()
        case Kind.NAME:
            return shown.share_of_words(value.text) == 1
        case _:
            return False


def _is_made(tax: Decimal | None, parts: Sequence[Candidate]) -> bool:
    """Tell whether the taxes of several rates add up to a tax; the page may show each of them twice."""
    values = [part.value.numeric for part in parts if part.value.numeric is not None]
    return len(values) > 1 and tax in {sum(values, Decimal(0)), sum(set(values), Decimal(0))}


def _contradicts(other: Candidate, field: FieldDefinition, invoice: EInvoice) -> bool:
    """Tell whether a value on the pages takes the field's place: another total does not, many are named alike."""
    return field.kind in _LABELLED and other.value.numeric not in invoice.totals


def _shown_instead(field: FieldDefinition, value: Value, shown: EInvoicePages) -> list[Candidate]:
    """Give what stands where the pages name the field, or all numbers of its kind; nothing if the value is among it."""
    if field.kind in _LABELLED:
        others = shown.labelled(field)
        if field.name == _TAX and _is_made(value.numeric, others):
            return []
    else:
        others = shown.all_of(field.kind) if field.kind in _IDENTIFIERS else []
    return [] if any(same(other.value, value) for other in others) else others


def _lines(
    lines: Sequence[EInvoiceLine], shown: EInvoicePages, teller: _Teller
) -> tuple[list[FieldAnswer], list[Finding]]:
    answers: list[FieldAnswer] = []
    findings: list[Finding] = []
    last: Place | None = None
    for index, line in enumerate(lines):
        absent: dict[str, str] = {}
        row = shown.find_after(line.description, last) if line.description else None
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


def _payable(invoice: EInvoice, kind: DocumentType, teller: _Teller) -> Iterator[Finding]:
    """Say that part of the total was paid before: whoever pays by it pays too much."""
    field = next((field for field in kind.fields if field.name == _GROSS), None)
    payable, gross = invoice.left_to_pay, invoice.gross_total
    if field is not None and payable is not None and gross is not None and abs(payable) < abs(gross):
        said = {"label": teller.label(field), "value": f"{gross:f}", "other": f"{payable:f}"}
        yield teller.finding("payable", [_GROSS], said)


def _xml_findings(invoice: EInvoice, teller: _Teller) -> Iterator[Finding]:
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
