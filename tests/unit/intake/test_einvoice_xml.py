"""The XML of e-invoices: the same values in every syntax, and no harm from what is none."""

import datetime as dt
import json
import re
import time
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from einvoices import INVOICE, attached, changed, cii, ubl, values_of, zugferd_1
from hypothesis import given
from hypothesis import strategies as st
from pdfs import letter
from pypdf import PdfReader

from schemas.events import ErrorCode, Step
from services.answers.einvoice import MAX_LINES, MAX_NOTES, MAX_OTHER_TEXT, MAX_TEXT, EInvoice, EInvoiceLine
from services.intake import einvoice_xml
from services.intake.document import ReadingLimits
from services.intake.einvoice_page import read_einvoice_xml
from services.intake.einvoice_xml import EInvoiceError, einvoice_of, written_einvoice
from services.intake.failure import IntakeError
from services.intake.media import PDF, XML
from services.intake.parse import Parser
from services.intake.pdf import read_pdf

SHARED = Path(__file__).parents[3].parent / "shared" / "data"
WRITERS = {"cii": cii, "ubl": ubl, "zugferd-1": zugferd_1}

amounts = st.decimals(-(10**9), 10**9, places=2, allow_nan=False, allow_infinity=False).map(abs) | st.just(
    Decimal("-8.79")
)
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zs", "Zl", "Zp")), min_size=1)
days = st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31))
lines = st.builds(EInvoiceLine, description=texts, quantity=amounts, line_total=amounts)
invoices = st.builds(
    EInvoice,
    syntax=st.just("cii"),
    type_code=st.just("380"),
    invoice_number=texts,
    issue_date=st.none() | days,
    due_date=st.none() | days,
    order_number=st.none() | texts,
    seller_name=st.none() | texts,
    buyer_name=st.none() | texts,
    seller_vat_id=st.none() | st.just("DE136695976"),
    currency=st.sampled_from(["EUR", "CHF"]),
    iban=st.none() | st.just("DE02120300000000202051"),
    net_total=st.none() | amounts,
    tax_total=st.none() | amounts,
    gross_total=amounts,
    lines_total=st.none() | amounts,
    prepaid=st.none() | amounts,
    payable=st.none() | amounts,
    line_items=st.lists(lines, max_size=3).map(tuple),
)


def read(xml: bytes) -> EInvoice:
    return einvoice_of(written_einvoice(xml)).model_copy(update={"other_text": None})


def other_text(xml: bytes) -> list[str]:
    return (einvoice_of(written_einvoice(xml)).other_text or "").splitlines()


@given(invoices)
def test_what_is_written_in_any_syntax_is_read_back(invoice: EInvoice) -> None:
    for syntax, write in WRITERS.items():
        assert read(write(invoice)) == invoice.model_copy(update={"syntax": syntax})


def test_a_ubl_credit_note_is_read_and_known_as_one() -> None:
    read_back = read(ubl(changed(type_code="381"), root="CreditNote"))
    assert read_back == changed(syntax="ubl", type_code="381")
    assert read_back.is_credit_note
    assert not INVOICE.is_credit_note


def test_the_release_candidate_of_zugferd_1_has_dates_without_an_element_of_their_own() -> None:
    xml = zugferd_1(INVOICE).replace(
        b"urn:ferd:CrossIndustryDocument:invoice:1p0", b"urn:un:unece:uncefact:data:standard:CBFBUY:5"
    )
    xml = xml.replace(b"rsm:CrossIndustryDocument", b"rsm:Invoice").replace(b'<udt:DateTimeString format="102">', b"")
    assert read(xml.replace(b"</udt:DateTimeString>", b"")) == changed(syntax="zugferd-1")


def test_headings_among_the_lines_are_none() -> None:
    heading = (
        b"<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument>"
        b"<ram:LineStatusReasonCode>GROUP</ram:LineStatusReasonCode></ram:AssociatedDocumentLineDocument>"
        b"</ram:IncludedSupplyChainTradeLineItem>"
    )
    xml = cii(INVOICE).replace(
        b"<ram:IncludedSupplyChainTradeLineItem>", heading + b"<ram:IncludedSupplyChainTradeLineItem>", 1
    )
    assert read(xml).line_items == INVOICE.line_items


def test_of_several_days_by_which_to_pay_the_last_is_taken_but_none_of_a_discount() -> None:
    own = b"<ram:SpecifiedTradePaymentTerms>"
    end = b"</ram:SpecifiedTradePaymentTerms>"

    def terms(day: bytes, more: bytes = b"") -> bytes:
        date = b'<udt:DateTimeString format="102">' + day + b"</udt:DateTimeString>"
        return own + b"<ram:DueDateDateTime>" + date + b"</ram:DueDateDateTime>" + more + end

    xml = cii(INVOICE)
    discount = b"<ram:ApplicableTradePaymentDiscountTerms/>"
    assert read(xml.replace(own, terms(b"20271231", discount) + own)) == INVOICE
    instalments = read(xml.replace(own, terms(b"20261120") + terms(b"20270105") + own))
    assert instalments.due_date == dt.date(2027, 1, 5)
    assert instalments.notes == ("the XML has 3 days by which to pay, the last one was taken",)
    assert read(xml.replace(end, discount + end)).due_date == INVOICE.due_date
    words = own + b"<ram:Description>Verzugszinsen</ram:Description>" + end
    assert read(xml.replace(end, discount + end + words)).due_date == INVOICE.due_date
    assert read(xml.replace(own, terms(b"bald") + own)).due_date == INVOICE.due_date


@pytest.mark.parametrize("code", ["380", None])
def test_a_credit_note_is_one_whatever_its_code_says(code: str | None) -> None:
    invoice = read(ubl(changed(type_code=code), "CreditNote"))
    assert invoice.is_credit_note
    assert len(invoice.notes) == 1
    assert not read(ubl(changed(type_code="381"), "CreditNote")).notes


@pytest.mark.parametrize("write", WRITERS.values())
def test_what_the_xml_says_outside_its_lines_is_kept_whatever_it_is_of(write: Callable[[EInvoice], bytes]) -> None:
    texts = other_text(write(INVOICE))
    assert {"12/345/67890", "DE02120300000000202051", "1785.00"} <= set(texts)
    assert not {"Eichentüren, geölt", "1200.00"} & set(texts)


def test_notes_of_lines_and_days_of_a_discount_are_kept_and_what_is_carried_inside_is_not() -> None:
    note = b"<ram:IncludedNote><ram:Content>Darin 16 % Steuer = 1,60 EUR</ram:Content></ram:IncludedNote>"
    line = b"<ram:IncludedSupplyChainTradeLineItem>"
    more = (
        b"<ram:AttachmentBinaryObject>QUJD</ram:AttachmentBinaryObject>"
        b'<ram:BasisPeriodMeasure unitCode="DAY">14</ram:BasisPeriodMeasure><ram:SpecifiedTradePaymentTerms>'
    )
    xml = cii(INVOICE).replace(line, line + note, 1).replace(b"<ram:SpecifiedTradePaymentTerms>", more, 1)
    texts = other_text(xml)
    assert "Darin 16 % Steuer = 1,60 EUR" in texts
    assert "14 days" in texts
    assert "QUJD" not in texts


def test_more_text_than_is_kept_is_cut_and_named() -> None:
    invoice = einvoice_of(written_einvoice(ubl(changed(buyer_name="B" * MAX_OTHER_TEXT))))
    assert len(invoice.other_text or "") == MAX_OTHER_TEXT
    assert any("beside its lines" in note for note in invoice.notes)


def test_notes_of_lines_are_part_of_the_text_that_is_cut_and_named() -> None:
    note = f"<ram:IncludedNote><ram:Content>{'A' * MAX_OTHER_TEXT}</ram:Content></ram:IncludedNote>".encode()
    line = b"<ram:IncludedSupplyChainTradeLineItem>"
    invoice = einvoice_of(written_einvoice(cii(INVOICE).replace(line, line + note, 1)))
    assert len(invoice.other_text or "") == MAX_OTHER_TEXT
    assert any("beside its lines" in note for note in invoice.notes)


def test_an_account_that_is_no_iban_is_none_and_named() -> None:
    invoice = read(ubl(changed(iban="12345678")))
    assert invoice.iban is None
    assert invoice.notes == ("the XML has an account that is no IBAN: 12345678",)


class TestWhatIsNotTaken:
    """Whatever the XML says of a field is its value or a note, however it is written."""

    MEANS = b"<cac:PaymentMeans>"
    SETTLED = b"<ram:PayeePartyCreditorFinancialAccount>"

    def account(self, number: str) -> bytes:
        """Write payment to an account, in UBL."""
        account = f"<cac:PayeeFinancialAccount><cbc:ID>{number}</cbc:ID></cac:PayeeFinancialAccount>"
        return self.MEANS + account.encode() + b"</cac:PaymentMeans>"

    @pytest.mark.parametrize("more", ["1234567", "DE89370400440532013000"])
    def test_of_several_accounts_the_first_iban_is_taken_and_the_others_are_named(self, more: str) -> None:
        behind = ubl(INVOICE).replace(b"</cac:PaymentMeans>", b"</cac:PaymentMeans>" + self.account(more))
        invoice = read(behind)
        assert invoice.iban == INVOICE.iban
        assert invoice.notes == (f"the XML has 2 accounts, the first IBAN was taken, not {more}",)

    def test_an_account_of_another_kind_before_hides_no_iban(self) -> None:
        invoice = read(ubl(INVOICE).replace(self.MEANS, self.account("1234567") + self.MEANS))
        assert invoice.iban == INVOICE.iban
        assert invoice.notes == ("the XML has 2 accounts, the first IBAN was taken, not 1234567",)

    def test_the_account_of_an_iban_by_its_own_number_is_no_other_one(self) -> None:
        same = b"<ram:ProprietaryID>0000202051</ram:ProprietaryID>"
        assert read(cii(INVOICE).replace(self.SETTLED, self.SETTLED + same)) == INVOICE
        other = read(cii(INVOICE).replace(self.SETTLED, self.SETTLED + same.replace(b"2051", b"7777")))
        assert other.notes == ("the XML has 2 accounts, the first IBAN was taken, not 0000207777",)

    @pytest.mark.parametrize("write", WRITERS.values())
    def test_white_space_around_codes_and_attributes_is_none(self, write: Callable[[EInvoice], bytes]) -> None:
        spaced = write(INVOICE)
        for code in (b"EUR", b"VA", b"VAT", b"FC", b"380"):
            spaced = spaced.replace(b">" + code + b"<", b">\n " + code + b"\t<")
            spaced = spaced.replace(b'"' + code + b'"', b'" ' + code + b'"')
        assert spaced != write(INVOICE)
        assert values_of(read(spaced)) == values_of(read(write(INVOICE)))

    @pytest.mark.parametrize("write", WRITERS.values())
    def test_codes_in_small_letters_are_the_same_codes(self, write: Callable[[EInvoice], bytes]) -> None:
        xml = write(INVOICE).replace(b'"EUR"', b'"eur"').replace(b'"VA"', b'"va"').replace(b">VAT<", b">vat<")
        assert read(xml) == read(write(INVOICE))

    @pytest.mark.parametrize("write", WRITERS.values())
    def test_amounts_that_name_no_currency_are_in_the_invoices(self, write: Callable[[EInvoice], bytes]) -> None:
        xml = write(INVOICE).replace(b' currencyID="EUR"', b"")
        assert read(xml) == read(write(INVOICE))

    @pytest.mark.parametrize("write", WRITERS.values())
    def test_a_tax_in_another_currency_alone_is_none_and_named(self, write: Callable[[EInvoice], bytes]) -> None:
        xml = write(INVOICE).replace(b'currencyID="EUR">285.00<', b'currencyID="CHF">285.00<')
        invoice = read(xml)
        assert invoice.tax_total is None
        assert invoice.notes == ("tax_total in the XML is not in the invoice's currency: 7 XXX, 285.00 CHF",)

    def test_amounts_of_lines_in_another_currency_are_none_and_named(self) -> None:
        invoice = read(ubl(INVOICE).replace(b'currencyID="EUR">300.00<', b'currencyID="USD">300.00<'))
        assert invoice.line_items[1].line_total is None
        assert invoice.notes == ("line 2: line_total in the XML is not in the invoice's currency: 300.00 USD",)

    def test_a_currency_that_only_amounts_name_is_named(self) -> None:
        invoice = read(ubl(changed(currency=None)).replace(b'currencyID="None"', b'currencyID="EUR"'))
        assert invoice.currency is None
        assert invoice.gross_total == INVOICE.gross_total
        assert "the XML has no currency (BT-5), its amounts are in XXX, EUR" in invoice.notes

    @pytest.mark.parametrize("write", WRITERS.values())
    @pytest.mark.parametrize(
        ("value", "other", "note"),
        [
            ("RE-2026/17", "RE-1", "invoice_number"),
            ("4500017", "4711", "order_number"),
            ("DE136695976", "DE129273398", "seller_vat_id"),
            ("Stadtwerke Beispielstadt", "Betrug GmbH", "buyer_name"),
            ("1785.00", "1985.00", "gross_total"),
            ("1200.00", "1.00", "line 1: line_total"),
            ("Einbau vor Ort", "Gold", "line 2: description"),
        ],
    )
    def test_an_element_that_is_there_twice_is_named(
        self, write: Callable[[EInvoice], bytes], value: str, other: str, note: str
    ) -> None:
        xml = write(INVOICE).decode()
        element = re.search(rf"<([a-z:A-Z]+)[^<>]*>{value}</\1>", xml)
        assert element
        twice = xml.replace(element[0], element[0] + element[0].replace(value, other), 1)
        assert read(twice.encode()).notes == (f"{note} in the XML has 2 values, the first one was taken, not {other}",)
        assert read(xml.replace(element[0], element[0] * 2, 1).encode()) == read(xml.encode())

    def test_a_day_that_is_none_beside_one_is_named(self) -> None:
        own = b"<ram:SpecifiedTradePaymentTerms>"
        soon = own + b"<ram:DueDateDateTime>bald</ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>"
        invoice = read(cii(INVOICE).replace(own, soon + own))
        assert invoice.due_date == INVOICE.due_date
        assert invoice.notes == ("due_date in the XML is not a date: bald",)

    @pytest.mark.parametrize(
        ("write", "kind", "number"),
        [
            (cii, b' schemeID="VA"', "DE136695976"),
            (zugferd_1, b' schemeID="VA"', "DE136695976"),
            (ubl, b"<cac:TaxScheme>\n<cbc:ID>VAT</cbc:ID></cac:TaxScheme>", "DE136695976"),
        ],
    )
    def test_a_tax_number_of_no_kind_is_named(
        self, write: Callable[[EInvoice], bytes], kind: bytes, number: str
    ) -> None:
        invoice = read(write(INVOICE).replace(kind, b""))
        assert invoice.seller_vat_id is None
        note = f"a tax number of the seller in the XML does not say of which kind it is: {number}"
        assert invoice.notes == (note,)

    def test_lines_within_lines_are_named(self) -> None:
        inner = b"<cac:SubInvoiceLine/><cac:SubInvoiceLine/></cac:InvoiceLine>"
        invoice = read(ubl(INVOICE).replace(b"</cac:InvoiceLine>", inner, 1))
        assert invoice.notes == ("2 lines within lines of the XML were not read",)

    def test_more_notes_than_are_kept_are_counted(self) -> None:
        line = EInvoiceLine(description="x", quantity=Decimal("4.5"), line_total=Decimal(1))
        xml = cii(changed(line_items=(line,) * (MAX_NOTES + 7))).replace(b">4.5<", b">4,5<")
        notes = read(xml).notes
        assert len(notes) == MAX_NOTES
        assert notes[-1] == "8 more things in the XML could not be read"


def test_what_is_no_amount_or_date_is_none_and_named() -> None:
    xml = cii(INVOICE).replace(b">1785.00</ram:Grand", b">1.785,00</ram:Grand").replace(b">20261105<", b">20261305<")
    invoice = read(xml.replace(b">4.5</ram:Billed", b">NaN</ram:Billed"))
    assert (invoice.gross_total, invoice.issue_date, invoice.line_items[1].quantity) == (None, None, None)
    assert invoice.notes == (
        "issue_date in the XML is not a date",
        "gross_total in the XML is not a decimal number",
        "line 2: quantity in the XML is not a decimal number",
    )


def test_a_number_of_more_digits_than_are_kept_is_none_and_named() -> None:
    invoice = read(cii(INVOICE).replace(b">1785.00</ram:Grand", b">" + b"9" * 28 + b".00</ram:Grand"))
    assert invoice.gross_total is None
    assert invoice.notes == ("gross_total in the XML is not a decimal number",)


def test_what_is_too_long_is_cut_and_named() -> None:
    line = EInvoiceLine(description="x", quantity=Decimal(1), line_total=Decimal(1))
    invoice = read(ubl(changed(seller_name="S" * 2_000, line_items=(line,) * (MAX_LINES + 1))))
    assert invoice.seller_name == "S" * MAX_TEXT
    assert (len(invoice.line_items), invoice.lines_left_out) == (MAX_LINES, 1)
    assert [note for note in invoice.notes if "10001 lines" in note or "seller_name" in note] == list(invoice.notes)


BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
HOSTILE = {
    "a billion laughs": f'<!DOCTYPE Invoice [<!ENTITY l0 "ha">{BOMB}]><Invoice>&l11;</Invoice>'.encode,
    "laughs in an attribute": f'<!DOCTYPE I [<!ENTITY l0 "ha">{BOMB}]><I a="&l11;"/>'.encode,
    "an external entity": lambda: b'<!DOCTYPE I [<!ENTITY x SYSTEM "file:///etc/passwd">]><Invoice>&x;</Invoice>',
    "an external DTD": lambda: b'<!DOCTYPE I SYSTEM "http://127.0.0.1:9/x.dtd">' + ubl(INVOICE).split(b"?>", 1)[1],
    "a DTD before a good invoice": lambda: b"<!DOCTYPE I [<!ELEMENT I ANY>]>" + ubl(INVOICE).split(b"?>", 1)[1],
    "200 levels": lambda: b"<a>" * 200 + b"</a>" * 200,
    "a million levels": lambda: b"<a>" * 1_000_000,
    "elements without end": lambda: b"<a>" + b"<b/>" * 1_300_000 + b"</a>",
    "a good invoice with elements without end": lambda: ubl(INVOICE).replace(
        b"<cac:OrderReference>", b"<b/>" * 1_300_000 + b"<cac:OrderReference>"
    ),
    "20 MB": lambda: ubl(INVOICE) + b" " * 20_000_000,
    "no XML": lambda: b"Rechnung",
    "nothing": lambda: b"",
    "cut off": lambda: ubl(INVOICE)[:-20],
    "not its encoding": lambda: ubl(INVOICE).replace(b"Beispielstadt", b"\xff\xfe"),
    "XHTML": lambda: b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>",
    "an invoice of another vocabulary": lambda: b"<Invoice xmlns='urn:other'><ID>1</ID></Invoice>",
    "an empty invoice": lambda: b"<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'/>",
}  # fmt: skip


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_e_invoice_is_refused_with_a_sentence_within_a_moment(make: Callable[[], bytes]) -> None:
    xml = make()
    started = time.process_time()
    with pytest.raises(EInvoiceError) as caught:
        written_einvoice(xml)
    assert time.process_time() - started < 10
    assert str(caught.value).isprintable()
    assert "root:" not in str(caught.value)


@given(st.binary(max_size=200), st.integers(0, 2_000), st.integers(0, 60))
def test_a_damaged_invoice_is_read_or_refused(noise: bytes, place: int, missing: int) -> None:
    xml = ubl(INVOICE)
    try:
        assert read(xml[:place] + noise + xml[place + missing :]).syntax == "ubl"
    except EInvoiceError as error:
        assert str(error)  # noqa: PT017  (both ends are right)


class TestPage:
    def test_each_term_is_a_line_and_each_invoice_line_a_row(self, limits: ReadingLimits) -> None:
        document = read_einvoice_xml(cii(INVOICE), limits)
        page = "\n".join(document.pages).splitlines()
        assert page[0] == "Invoice"
        assert "Invoice number: RE-2026/17" in page
        assert "Gross total: 1785.00 EUR" in page
        assert "\tEichentüren, geölt\t3\t\t\t\t1200.00" in page
        assert values_of(document.einvoice) == INVOICE

    def test_a_german_seller_gets_german_words(self, limits: ReadingLimits) -> None:
        place = b"<ram:CityName>Ulm</ram:CityName><ram:CountryID>DE</ram:CountryID>"
        address = b"<ram:PostalTradeAddress>" + place + b"</ram:PostalTradeAddress>"
        xml = cii(INVOICE).replace(b"</ram:Name>\n<ram:Spec", b"</ram:Name>" + address + b"<ram:Spec")
        page = "\n".join(read_einvoice_xml(xml, limits).pages).splitlines()
        assert page[0] == "Rechnung"
        assert "Anschrift des Verkäufers: Ulm, DE" in page

    def test_a_long_one_fills_pages_and_one_too_long_is_refused(self, limits: ReadingLimits) -> None:
        invoice = changed(line_items=INVOICE.line_items * 100)
        assert len(read_einvoice_xml(ubl(invoice), limits).pages) > 2
        with pytest.raises(IntakeError) as caught:
            read_einvoice_xml(ubl(invoice), ReadingLimits(1, 200_000))
        assert caught.value.code is ErrorCode.DOCUMENT_TOO_LONG

    def test_xml_that_is_no_invoice_is_refused(self, limits: ReadingLimits) -> None:
        with pytest.raises(IntakeError) as caught:
            read_einvoice_xml(b"<html/>", limits)
        assert (caught.value.step, caught.value.code) == (Step.PARSE, ErrorCode.MEDIA_TYPE_UNKNOWN)


class TestPdf:
    PLAIN = letter(["Rechnung RE-2026/17\nGesamtbetrag 1.785,00 EUR"])

    @pytest.mark.parametrize("name", ["factur-x.xml", "zugferd-invoice.xml", "ZUGFeRD-invoice.xml", "xrechnung.xml"])
    def test_the_attached_xml_is_read_under_each_name_of_the_standards(self, name: str, limits: ReadingLimits) -> None:
        document = read_pdf(attached(self.PLAIN, cii(INVOICE), name), limits)
        assert values_of(document.einvoice) == INVOICE
        assert document.notes == ()

    def test_other_attachments_are_left_alone_and_named(self, limits: ReadingLimits) -> None:
        document = read_pdf(attached(self.PLAIN, cii(INVOICE), "other.xml"), limits)
        assert document.einvoice is None
        assert [note.en for note in document.notes] == ["files are attached to the PDF that are not read: other.xml"]
        both = read_pdf(attached(attached(self.PLAIN, cii(INVOICE)), b"x", "hotel.pdf"), limits)
        assert values_of(both.einvoice) == INVOICE
        assert ["hotel.pdf" in note.en for note in both.notes] == [True]
        broken = read_pdf(attached(attached(self.PLAIN, b"<html/>"), b"x", "hotel.pdf"), limits)
        assert ["hotel.pdf" in note.en for note in broken.notes] == [False, True]

    @pytest.mark.parametrize("xml", [b"<html/>", b"\x00", HOSTILE["a billion laughs"](), b"<a>" * 100_000])
    def test_a_broken_one_is_a_note_and_the_pages_are_read(self, xml: bytes, limits: ReadingLimits) -> None:
        document = read_pdf(attached(self.PLAIN, xml), limits)
        assert document.einvoice is None
        assert "Gesamtbetrag" in document.pages[0]
        assert ["e-invoice" in note.en for note in document.notes] == [True]

    def test_one_that_unpacks_without_end_is_a_note(self, limits: ReadingLimits) -> None:
        document = read_pdf(attached(self.PLAIN, cii(INVOICE) + b" " * 60_000_000), limits)
        assert document.einvoice is None
        assert len(document.notes) == 1

    def test_one_on_pages_without_text_speaks_for_them_and_the_notes_say_so(self, limits: ReadingLimits) -> None:
        document = read_pdf(attached(letter([""]), cii(INVOICE)), limits)
        assert (values_of(document.einvoice), document.pages) == (INVOICE, ("",))
        assert [note.en for note in document.notes] == [
            "no page has text that the attached e-invoice could be held against"
        ]

    def test_a_broken_one_on_pages_without_text_says_nothing(self, limits: ReadingLimits) -> None:
        with pytest.raises(IntakeError) as caught:
            read_pdf(attached(letter([""]), b"<html/>"), limits)
        assert caught.value.code is ErrorCode.DOCUMENT_WITHOUT_TEXT

    def test_of_two_the_first_is_read_and_the_other_named(self, limits: ReadingLimits) -> None:
        document = read_pdf(attached(attached(self.PLAIN, cii(INVOICE)), ubl(INVOICE), "xrechnung.xml"), limits)
        assert values_of(document.einvoice) == INVOICE
        assert "2 e-invoices" in document.notes[0].en


@pytest.mark.asyncio(loop_scope="module")
class TestWorker:
    async def test_values_come_through_the_worker_as_they_were_read(self, parser: Parser) -> None:
        from_xml = await parser.parse(ubl(INVOICE), XML)
        from_pdf = await parser.parse(attached(TestPdf.PLAIN, cii(INVOICE)), PDF)
        assert values_of(from_xml.einvoice) == changed(syntax="ubl")
        assert values_of(from_pdf.einvoice) == INVOICE

    async def test_an_e_invoice_without_text_on_its_pages_comes_through(self, parser: Parser) -> None:
        document = await parser.parse(attached(letter([""]), cii(INVOICE)), PDF)
        assert (values_of(document.einvoice), document.blank, len(document.notes)) == (INVOICE, True, 1)

    async def test_xml_that_is_none_fails_with_its_code(self, parser: Parser) -> None:
        with pytest.raises(IntakeError) as caught:
            await parser.parse(HOSTILE["a billion laughs"](), XML)
        assert caught.value.code is ErrorCode.MEDIA_TYPE_UNKNOWN

    async def test_the_largest_invoice_comes_through(self, parser: Parser) -> None:
        line = EInvoiceLine(description="ä" * 60, quantity=Decimal(1), line_total=Decimal(1))
        xml = ubl(changed(line_items=(line,) * MAX_LINES))
        assert len(xml) < einvoice_xml.MAX_BYTES
        document = await parser.parse(attached(TestPdf.PLAIN, xml), PDF)
        assert document.einvoice is not None
        assert len(document.einvoice.line_items) == MAX_LINES


@pytest.fixture
def truth() -> dict[str, dict[str, object]]:
    path = SHARED / "zugferd" / "truth.json"
    if not path.exists():
        pytest.skip(f"no {path}: the real invoices are not part of the repository")
    return {Path(name).stem: values for name, values in json.loads(path.read_text("utf-8")).items()}


class TestSharedInvoices:
    """The real ones beside this checkout: what their truth knows is read exactly."""

    def test_every_pdf_gives_its_truth(self, truth: dict[str, dict[str, object]]) -> None:
        limits = ReadingLimits(max_pages=50, max_characters=200_000)
        for path in sorted((SHARED / "zugferd").glob("*.pdf")):
            document = read_pdf(path.read_bytes(), limits)
            assert document.einvoice is not None, path.name
            xml = b"".join(
                body for bodies in PdfReader(BytesIO(path.read_bytes())).attachments.values() for body in bodies
            )
            _assert_is(document.einvoice, truth[path.stem], xml.decode("utf-8", "replace"))

    def test_every_xml_gives_the_same_in_both_syntaxes(self, truth: dict[str, dict[str, object]]) -> None:
        found = sorted((SHARED / "xrechnung").glob("*.xml"))
        if not found:
            pytest.skip(f"no {SHARED / 'xrechnung'}: the real invoices are not part of the repository")
        for path in found:
            invoice = read(path.read_bytes())
            _assert_is(invoice, truth[path.name.partition(".")[0]], path.read_text("utf-8"))
            assert invoice.syntax == path.name.split(".")[-2]


def _assert_is(invoice: EInvoice, truth: dict[str, object], xml: str) -> None:
    said = json.loads(invoice.model_dump_json())
    for name in set(EInvoice.model_fields) & set(truth) - {"line_items"}:
        value = float(said[name]) if name.endswith("_total") and said[name] is not None else said[name]
        if truth[name] is None:  # nothing is invented where the truth does not know
            assert value is None or str(value).replace("-", "") in xml, name
        else:
            assert value == truth[name], name
    rows = [
        {"description": i.description, "quantity": i.quantity, "line_total": i.line_total} for i in invoice.line_items
    ]
    assert [{**row, **{k: float(row[k]) for k in ("quantity", "line_total")}} for row in rows] == truth["line_items"]
