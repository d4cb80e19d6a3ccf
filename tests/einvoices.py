"""E-invoices made at test time, in each syntax that is read, and PDFs that carry one."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from services.answers.einvoice import EInvoice, EInvoiceLine

CII = (
    'xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" '
    'xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100" '
    'xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"'
)
ZUGFERD_1 = (
    'xmlns:rsm="urn:ferd:CrossIndustryDocument:invoice:1p0" '
    'xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:12" '
    'xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:15"'
)
UBL = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)

INVOICE = EInvoice(
    syntax="cii",
    type_code="380",
    invoice_number="RE-2026/17",
    issue_date=dt.date(2026, 11, 5),
    due_date=dt.date(2026, 12, 5),
    order_number="4500017",
    seller_name="Holzbau Brenner GmbH & Co. KG",
    buyer_name="Stadtwerke Beispielstadt",
    seller_vat_id="DE136695976",
    currency="EUR",
    iban="DE02120300000000202051",
    net_total=Decimal("1500.00"),
    tax_total=Decimal("285.00"),
    gross_total=Decimal("1785.00"),
    lines_total=Decimal("1500.00"),
    payable=Decimal("1785.00"),
    line_items=(
        EInvoiceLine(description="Eichentüren, geölt", quantity=Decimal(3), line_total=Decimal("1200.00")),
        EInvoiceLine(description="Einbau vor Ort", quantity=Decimal("4.5"), line_total=Decimal("300.00")),
    ),
)
"""An invoice whose figures agree."""

PAGE = """Holzbau Brenner GmbH & Co. KG
Stadtwerke Beispielstadt
Rechnung RE-2026/17
Rechnungsdatum: 5. November 2026
Ihre Bestellung 4500017
Pos. Beschreibung Menge Betrag
1 Eichentüren, geölt 3 Stück 1.200,00 €
2 Einbau vor Ort 4,5 Std. 300,00 €
Nettobetrag 1.500,00 €
zzgl. 19 % USt. 285,00 €
Gesamtbetrag 1.785,00 €
Zahlbar bis 05.12.2026 auf DE02 1203 0000 0000 2020 51
USt-IdNr. DE 136695976"""
"""The same invoice as its page shows it."""

HEAD = ("Pos.", "Beschreibung", "Menge", "Betrag")
ROWS = (("1", "Eichentüren, geölt", "3", "1.200,00 €"), ("2", "Einbau vor Ort", "4,5", "300,00 €"))
"""The table of that page by its cells."""


def cii(invoice: EInvoice) -> bytes:
    """Write UN/CEFACT CII, as ZUGFeRD 2 and Factur-X attach it."""
    names = {"root": "CrossIndustryInvoice", "document": "ExchangedDocument", "trade": "SupplyChainTradeTransaction"}
    names |= {"header": "ApplicableHeaderTrade", "line": "SpecifiedLineTrade"}
    names |= {"sums": "SpecifiedTradeSettlementHeaderMonetarySummation"}
    names |= {"line_sums": "SpecifiedTradeSettlementLineMonetarySummation"}
    return _cii(invoice, CII, names)


def zugferd_1(invoice: EInvoice) -> bytes:
    """Write the XML of ZUGFeRD 1.0."""
    names = {"root": "CrossIndustryDocument", "document": "HeaderExchangedDocument"}
    names |= {"trade": "SpecifiedSupplyChainTradeTransaction", "header": "ApplicableSupplyChainTrade"}
    names |= {"line": "SpecifiedSupplyChainTrade", "sums": "SpecifiedTradeSettlementMonetarySummation"}
    names |= {"line_sums": "SpecifiedTradeSettlementMonetarySummation"}
    return _cii(invoice, ZUGFERD_1, names)


def _cii(invoice: EInvoice, namespaces: str, names: dict[str, str]) -> bytes:
    header, line = names["header"], names["line"]
    order = "ram:ID" if names["root"] == "CrossIndustryDocument" else "ram:IssuerAssignedID"
    lines = "".join(
        f"<ram:IncludedSupplyChainTradeLineItem><ram:SpecifiedTradeProduct>{_tag('ram:Name', item.description)}"
        f"</ram:SpecifiedTradeProduct><ram:{line}Delivery>{_tag('ram:BilledQuantity', item.quantity)}"
        f"</ram:{line}Delivery><ram:{line}Settlement><ram:{names['line_sums']}>"
        f"{_tag('ram:LineTotalAmount', item.line_total)}</ram:{names['line_sums']}></ram:{line}Settlement>"
        "</ram:IncludedSupplyChainTradeLineItem>"
        for item in invoice.line_items
    )
    body = f"""<rsm:{names["root"]} {namespaces}>
<rsm:{names["document"]}>{_tag("ram:ID", invoice.invoice_number)}{_tag("ram:TypeCode", invoice.type_code)}
<ram:IssueDateTime>{_day(invoice.issue_date)}</ram:IssueDateTime></rsm:{names["document"]}>
<rsm:{names["trade"]}>{lines}<ram:{header}Agreement><ram:SellerTradeParty>{_tag("ram:Name", invoice.seller_name)}
<ram:SpecifiedTaxRegistration><ram:ID schemeID="FC">12/345/67890</ram:ID></ram:SpecifiedTaxRegistration>
<ram:SpecifiedTaxRegistration>{_tag("ram:ID", invoice.seller_vat_id, ' schemeID="VA"')}</ram:SpecifiedTaxRegistration>
</ram:SellerTradeParty><ram:BuyerTradeParty>{_tag("ram:Name", invoice.buyer_name)}</ram:BuyerTradeParty>
<ram:BuyerOrderReferencedDocument>{_tag(order, invoice.order_number)}</ram:BuyerOrderReferencedDocument>
</ram:{header}Agreement><ram:{header}Settlement>{_tag("ram:InvoiceCurrencyCode", invoice.currency)}
<ram:SpecifiedTradeSettlementPaymentMeans><ram:PayeePartyCreditorFinancialAccount>{_tag("ram:IBANID", invoice.iban)}
</ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>
<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>{_day(invoice.due_date)}</ram:DueDateDateTime>
</ram:SpecifiedTradePaymentTerms><ram:{names["sums"]}>{_tag("ram:LineTotalAmount", invoice.lines_total)}
{_tag("ram:TaxBasisTotalAmount", invoice.net_total)}
{_tag("ram:TaxTotalAmount", _other_tax(invoice), ' currencyID="XXX"')}
{_tag("ram:TaxTotalAmount", invoice.tax_total, f' currencyID="{invoice.currency}"')}
{_tag("ram:GrandTotalAmount", invoice.gross_total)}{_tag("ram:TotalPrepaidAmount", invoice.prepaid)}
{_tag("ram:DuePayableAmount", invoice.payable)}
</ram:{names["sums"]}></ram:{header}Settlement></rsm:{names["trade"]}></rsm:{names["root"]}>"""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- -->\n{body}'.encode()


def ubl(invoice: EInvoice, root: str = "Invoice") -> bytes:
    """Write UBL 2.1: an `Invoice` or a `CreditNote`."""
    trading_name = _tag("cbc:Name", "trading name" if invoice.seller_name else None)
    quantity = {"Invoice": "InvoicedQuantity", "CreditNote": "CreditedQuantity"}[root]
    due = _tag("cbc:DueDate", invoice.due_date)
    due_in_means = _tag("cbc:PaymentDueDate", invoice.due_date)
    money = f' currencyID="{invoice.currency}"'
    lines = "".join(
        f"<cac:{root}Line>{_tag(f'cbc:{quantity}', item.quantity)}"
        f"{_tag('cbc:LineExtensionAmount', item.line_total, money)}<cac:Item>"
        f"<cbc:Description>more</cbc:Description>{_tag('cbc:Name', item.description)}</cac:Item></cac:{root}Line>"
        for item in invoice.line_items
    )
    body = f"""<{root} {UBL.format(root=root)}>
{_tag("cbc:ID", invoice.invoice_number)}{_tag("cbc:IssueDate", invoice.issue_date)}{due if root == "Invoice" else ""}
{_tag(f"cbc:{root}TypeCode", invoice.type_code)}{_tag("cbc:DocumentCurrencyCode", invoice.currency)}
<cac:OrderReference>{_tag("cbc:ID", invoice.order_number)}</cac:OrderReference>
<cac:AccountingSupplierParty><cac:Party><cac:PartyName>{trading_name}</cac:PartyName>
<cac:PartyTaxScheme><cbc:CompanyID>12/345/67890</cbc:CompanyID><cac:TaxScheme><cbc:ID>FC</cbc:ID></cac:TaxScheme>
</cac:PartyTaxScheme><cac:PartyTaxScheme>{_tag("cbc:CompanyID", invoice.seller_vat_id)}<cac:TaxScheme>
<cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme><cac:PartyLegalEntity>
{_tag("cbc:RegistrationName", invoice.seller_name)}</cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party><cac:PartyLegalEntity>{_tag("cbc:RegistrationName", invoice.buyer_name)}
</cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty><cac:PaymentMeans>
{due_in_means if root == "CreditNote" else ""}<cac:PayeeFinancialAccount>{_tag("cbc:ID", invoice.iban)}
</cac:PayeeFinancialAccount></cac:PaymentMeans>
<cac:TaxTotal>{_tag("cbc:TaxAmount", _other_tax(invoice), ' currencyID="XXX"')}</cac:TaxTotal>
<cac:TaxTotal>{_tag("cbc:TaxAmount", invoice.tax_total, money)}</cac:TaxTotal><cac:LegalMonetaryTotal>
{_tag("cbc:LineExtensionAmount", invoice.lines_total, money)}{_tag("cbc:TaxExclusiveAmount", invoice.net_total, money)}
{_tag("cbc:TaxInclusiveAmount", invoice.gross_total, money)}{_tag("cbc:PrepaidAmount", invoice.prepaid, money)}
{_tag("cbc:PayableAmount", invoice.payable, money)}</cac:LegalMonetaryTotal>{lines}</{root}>"""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode()


def printed(text: str) -> bytes:
    """Make a PDF of one page with these lines."""
    out = BytesIO()
    canvas = Canvas(out, invariant=True)
    for row, line in enumerate(text.splitlines()):
        canvas.drawString(60, 780 - 14 * row, line)
    canvas.save()
    return out.getvalue()


def tabulated(rows: Sequence[Sequence[str]], below: str = "") -> bytes:
    """Make a PDF of `PAGE` with other rows in its table, whose columns stand apart, and with lines below."""
    out = BytesIO()
    canvas = Canvas(out, invariant=True)
    above, rest = PAGE.split(f"{' '.join(HEAD)}\n")
    lines: list[Sequence[str]] = [(line,) for line in above.splitlines()]
    lines += [HEAD, *rows, *((line,) for line in rest.splitlines()[2:]), *((line,) for line in below.splitlines())]
    for row, cells in enumerate(lines):
        for left, text in zip((60, 90, 330, 420), cells, strict=False):
            canvas.drawString(left, 780 - 14 * row, text)
    canvas.save()
    return out.getvalue()


def attached(pdf: bytes, xml: bytes, name: str = "factur-x.xml") -> bytes:
    """Attach an XML to a PDF."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf)))
    writer.add_attachment(name, xml)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def changed(**values: Any) -> EInvoice:
    """Give `INVOICE` with other values."""
    return INVOICE.model_copy(update=values)


def values_of(invoice: EInvoice | None) -> EInvoice | None:
    """Give an e-invoice without the texts that it has besides, which are others in each syntax."""
    return invoice and invoice.model_copy(update={"other_text": None})


def _other_tax(invoice: EInvoice) -> str | None:
    """Give the tax in the currency of the seller's accounts (BT-111), which stands beside the one in the invoice's."""
    return None if invoice.tax_total is None else "7"


def _tag(name: str, value: object, attributes: str = "") -> str:
    if value is None:
        return ""
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return f"<{name}{attributes}>{escape(text)}</{name.partition(' ')[0]}>"


def _day(day: dt.date | None) -> str:
    return "" if day is None else f'<udt:DateTimeString format="102">{day:%Y%m%d}</udt:DateTimeString>'
