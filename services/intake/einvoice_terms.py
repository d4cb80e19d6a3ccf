"""Where each business term of EN 16931 stands in the XML of an e-invoice: data, read by `einvoice_xml`.

Paths are XPaths from the root over names without namespaces (the root says which syntax it is), after the syntax
bindings CEN/TS 16931-3-2 (UBL 2.1) and CEN/TS 16931-3-3 (UN/CEFACT CII D16B). The places of CII that ZUGFeRD 1 named
otherwise stand in braces.
"""

from dataclasses import dataclass
from typing import Final, Literal

Syntax = Literal["cii", "ubl", "zugferd-1"]

CII_NAMES: Final = {
    "document": "ExchangedDocument",
    "trade": "SupplyChainTradeTransaction",
    "agreement": "SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement",
    "delivery": "SupplyChainTradeTransaction/ApplicableHeaderTradeDelivery",
    "settlement": "SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement",
    "sums": "SpecifiedTradeSettlementHeaderMonetarySummation",
    "line_agreement": "SpecifiedLineTradeAgreement",
    "line_delivery": "SpecifiedLineTradeDelivery",
    "line_settlement": "SpecifiedLineTradeSettlement",
    "line_sums": "SpecifiedTradeSettlementLineMonetarySummation",
}
ZUGFERD_1_NAMES: Final = {
    "document": "HeaderExchangedDocument",
    "trade": "SpecifiedSupplyChainTradeTransaction",
    "agreement": "SpecifiedSupplyChainTradeTransaction/ApplicableSupplyChainTradeAgreement",
    "delivery": "SpecifiedSupplyChainTradeTransaction/ApplicableSupplyChainTradeDelivery",
    "settlement": "SpecifiedSupplyChainTradeTransaction/ApplicableSupplyChainTradeSettlement",
    "sums": "SpecifiedTradeSettlementMonetarySummation",
    "line_agreement": "SpecifiedSupplyChainTradeAgreement",
    "line_delivery": "SpecifiedSupplyChainTradeDelivery",
    "line_settlement": "SpecifiedSupplyChainTradeSettlement",
    "line_sums": "SpecifiedTradeSettlementMonetarySummation",
}

ROOTS: Final[dict[tuple[str, str], Syntax]] = {
    ("urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100", "CrossIndustryInvoice"): "cii",
    ("urn:oasis:names:specification:ubl:schema:xsd:Invoice-2", "Invoice"): "ubl",
    ("urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2", "CreditNote"): "ubl",
    ("urn:ferd:CrossIndustryDocument:invoice:1p0", "CrossIndustryDocument"): "zugferd-1",
    # The release candidate of ZUGFeRD 1.0, which some programs went on to write.
    ("urn:un:unece:uncefact:data:standard:CBFBUY:5", "Invoice"): "zugferd-1",
}
"""Namespace and name of the root by syntax."""


@dataclass(frozen=True, slots=True)
class Term:
    """A business term.

    Parameters
    ----------
    number
        Its number in EN 16931-1.
    name
        The field that it fills; a name of its own if it is only shown, and then with all its values.
    de, en
        What people call it.
    cii, ubl
        Where it stands; the first match that is not empty is the value, see `services.intake.einvoice_choice`.
    """

    number: str
    name: str
    de: str
    en: str
    cii: str
    ubl: str


_SELLER: Final = "{agreement}/SellerTradeParty"
_BUYER: Final = "{agreement}/BuyerTradeParty"
_SUPPLIER: Final = "AccountingSupplierParty/Party"
_CUSTOMER: Final = "AccountingCustomerParty/Party"
_MEANS: Final = "{settlement}/SpecifiedTradeSettlementPaymentMeans"
_ACCOUNT: Final = _MEANS + "/PayeePartyCreditorFinancialAccount"
_SUMS: Final = "{settlement}/{sums}"
_TOTAL: Final = "LegalMonetaryTotal"
_OF_VAT: Final = "translate(normalize-space(TaxScheme/ID), 'vat', 'VAT') = 'VAT'"


def _cii_address(party: str) -> str:
    parts = ("LineOne", "LineTwo", "LineThree", "PostcodeCode", "CityName", "CountryID")
    return " | ".join(f"{party}/PostalTradeAddress/{part}" for part in parts)


def _ubl_address(party: str) -> str:
    parts = ("StreetName", "AdditionalStreetName", "AddressLine/Line", "PostalZone", "CityName")
    return " | ".join(f"{party}/PostalAddress/{part}" for part in (*parts, "Country/IdentificationCode"))


def _cii_tax_number(party: str, scheme: str) -> str:
    in_capitals = f"translate(normalize-space(@schemeID), '{scheme.lower()}', '{scheme}')"
    return f"{party}/SpecifiedTaxRegistration/ID[{in_capitals} = '{scheme}']"


def _ubl_vat_id(party: str) -> str:
    return f"{party}/PartyTaxScheme[{_OF_VAT}]/CompanyID"


def _name_of(party: str) -> str:
    """Give the registered name (BT-27, BT-44); the trading name only where there is none."""
    return f"{party}/PartyLegalEntity/RegistrationName | {party}[not(PartyLegalEntity/RegistrationName)]/PartyName/Name"


_TERMS: Final = "{settlement}/SpecifiedTradePaymentTerms"
_OF_DISCOUNT: Final = "ApplicableTradePaymentDiscountTerms"
DUE_DATE: Final = Term(
    "BT-9",
    "due_date",
    "Fälligkeit",
    "Due date",
    # The day until which there is a discount is not the day by which to pay, unless there is no other.
    f"{_TERMS}[not({_OF_DISCOUNT})"
    f" or not(../SpecifiedTradePaymentTerms[not({_OF_DISCOUNT})]/DueDateDateTime)]/DueDateDateTime",
    "DueDate | PaymentMeans/PaymentDueDate",
)

CURRENCY: Final = Term(
    "BT-5", "currency", "Währung", "Currency", "{settlement}/InvoiceCurrencyCode", "DocumentCurrencyCode"
)

# fmt: off
HEADER: Final = (
    Term("BT-1", "invoice_number", "Rechnungsnummer", "Invoice number", "{document}/ID", "ID"),
    Term("BT-3", "type_code", "Rechnungsart (Code)", "Invoice type code",
         "{document}/TypeCode", "InvoiceTypeCode | CreditNoteTypeCode"),
    Term("BT-2", "issue_date", "Rechnungsdatum", "Issue date", "{document}/IssueDateTime", "IssueDate"),
    DUE_DATE,
    CURRENCY,
    Term("BT-10", "buyer_reference", "Referenz des Käufers", "Buyer reference",
         "{agreement}/BuyerReference", "BuyerReference"),
    Term("BT-13", "order_number", "Bestellnummer", "Purchase order",
         "{agreement}/BuyerOrderReferencedDocument/IssuerAssignedID | {agreement}/BuyerOrderReferencedDocument/ID",
         "OrderReference/ID"),
    Term("BT-12", "contract_reference", "Vertragsnummer", "Contract",
         "{agreement}/ContractReferencedDocument/IssuerAssignedID | {agreement}/ContractReferencedDocument/ID",
         "ContractDocumentReference/ID"),
    Term("BT-25", "preceding_invoice", "Vorausgegangene Rechnung", "Preceding invoice",
         "{settlement}/InvoiceReferencedDocument/IssuerAssignedID",
         "BillingReference/InvoiceDocumentReference/ID"),
    Term("BT-72", "delivery_date", "Lieferdatum", "Delivery date",
         "{delivery}/ActualDeliverySupplyChainEvent/OccurrenceDateTime", "Delivery/ActualDeliveryDate"),
    Term("BT-27", "seller_name", "Verkäufer", "Seller", _SELLER + "/Name", _name_of(_SUPPLIER)),
    Term("BG-5", "seller_address", "Anschrift des Verkäufers", "Seller's address",
         _cii_address(_SELLER), _ubl_address(_SUPPLIER)),
    Term("BT-31", "seller_vat_id", "USt-IdNr. des Verkäufers", "Seller's VAT number",
         _cii_tax_number(_SELLER, "VA"), _ubl_vat_id(_SUPPLIER)),
    Term("BT-32", "seller_tax_number", "Steuernummer des Verkäufers", "Seller's tax number",
         _cii_tax_number(_SELLER, "FC"),
         _SUPPLIER + f"/PartyTaxScheme[normalize-space(TaxScheme/ID) and not({_OF_VAT})]/CompanyID"),
    Term("BT-44", "buyer_name", "Käufer", "Buyer", _BUYER + "/Name", _name_of(_CUSTOMER)),
    Term("BG-8", "buyer_address", "Anschrift des Käufers", "Buyer's address",
         _cii_address(_BUYER), _ubl_address(_CUSTOMER)),
    Term("BT-48", "buyer_vat_id", "USt-IdNr. des Käufers", "Buyer's VAT number",
         _cii_tax_number(_BUYER, "VA"), _ubl_vat_id(_CUSTOMER)),
    Term("BT-59", "payee_name", "Zahlungsempfänger", "Payee",
         "{settlement}/PayeeTradeParty/Name", "PayeeParty/PartyName/Name"),
    Term("BT-20", "payment_terms", "Zahlungsbedingungen", "Payment terms",
         "{settlement}/SpecifiedTradePaymentTerms/Description", "PaymentTerms/Note"),
    Term("BT-84", "iban", "IBAN", "IBAN",
         f"{_ACCOUNT}/IBANID | {_ACCOUNT}/ProprietaryID", "PaymentMeans/PayeeFinancialAccount/ID"),
    Term("BT-86", "bic", "BIC", "BIC",
         _MEANS + "/PayeeSpecifiedCreditorFinancialInstitution/BICID",
         "PaymentMeans/PayeeFinancialAccount/FinancialInstitutionBranch/ID"),
    Term("BT-83", "remittance", "Verwendungszweck", "Remittance information",
         "{settlement}/PaymentReference", "PaymentMeans/PaymentID"),
    Term("BT-106", "lines_total", "Summe der Positionen", "Sum of lines",
         _SUMS + "/LineTotalAmount", _TOTAL + "/LineExtensionAmount"),
    Term("BT-107", "allowances", "Abschläge", "Allowances",
         _SUMS + "/AllowanceTotalAmount", _TOTAL + "/AllowanceTotalAmount"),
    Term("BT-108", "charges", "Zuschläge", "Charges", _SUMS + "/ChargeTotalAmount", _TOTAL + "/ChargeTotalAmount"),
    Term("BT-109", "net_total", "Nettobetrag", "Net total",
         _SUMS + "/TaxBasisTotalAmount", _TOTAL + "/TaxExclusiveAmount"),
    Term("BT-110", "tax_total", "Steuerbetrag", "Tax total",
         _SUMS + "/TaxTotalAmount", "TaxTotal/TaxAmount"),
    Term("BT-112", "gross_total", "Gesamtbetrag", "Gross total",
         _SUMS + "/GrandTotalAmount", _TOTAL + "/TaxInclusiveAmount"),
    Term("BT-113", "prepaid", "Bereits gezahlt", "Paid before",
         _SUMS + "/TotalPrepaidAmount", _TOTAL + "/PrepaidAmount"),
    Term("BT-115", "payable", "Zahlbetrag", "Amount to pay",
         _SUMS + "/DuePayableAmount", _TOTAL + "/PayableAmount"),
    Term("BT-22", "note", "Bemerkung", "Note", "{document}/IncludedNote/Content", "Note"),
)

AMOUNTS: Final = frozenset({"BT-106", "BT-107", "BT-108", "BT-109", "BT-110", "BT-112", "BT-113", "BT-115"})
"""Numbers of the terms that are totals in the invoice's currency."""

LINES_CII: Final = (
    "{trade}/IncludedSupplyChainTradeLineItem"
    "[not(AssociatedDocumentLineDocument/LineStatusReasonCode"
    "[normalize-space() = 'GROUP' or normalize-space() = 'INFORMATION'])]"
)
"""Without the headings and subtotals of the profile EXTENDED, which are no lines of the sum."""
LINES_UBL: Final = "InvoiceLine | CreditNoteLine"
LINES_IN_LINES: Final = "InvoiceLine/SubInvoiceLine | CreditNoteLine/SubCreditNoteLine"
"""What XRechnung's extension puts into a line; the line has their sum."""

UNNAMED_TAX_NUMBER: Final = Term(
    "BT-31", "seller_vat_id", "", "",
    _SELLER + "/SpecifiedTaxRegistration/ID[not(normalize-space(@schemeID))]",
    _SUPPLIER + "/PartyTaxScheme[not(normalize-space(TaxScheme/ID))]/CompanyID",
)
"""A number of the seller's of which the XML does not say whether it is his VAT number."""

LINE: Final = (
    Term("BT-126", "line_number", "Pos.", "No.", "AssociatedDocumentLineDocument/LineID", "ID"),
    Term("BT-153", "description", "Beschreibung", "Description", "SpecifiedTradeProduct/Name", "Item/Name"),
    Term("BT-129", "quantity", "Menge", "Quantity",
         "{line_delivery}/BilledQuantity", "InvoicedQuantity | CreditedQuantity"),
    Term("BT-130", "unit", "Einheit", "Unit",
         "{line_delivery}/BilledQuantity/@unitCode", "InvoicedQuantity/@unitCode | CreditedQuantity/@unitCode"),
    Term("BT-146", "net_price", "Einzelpreis", "Unit price",
         "{line_agreement}/NetPriceProductTradePrice/ChargeAmount", "Price/PriceAmount"),
    Term("BT-152", "tax_rate", "Steuersatz", "Tax rate",
         "{line_settlement}/ApplicableTradeTax/RateApplicablePercent"
         " | {line_settlement}/ApplicableTradeTax/ApplicablePercent",
         "Item/ClassifiedTaxCategory/Percent"),
    Term("BT-131", "line_total", "Nettobetrag", "Net amount",
         "{line_settlement}/{line_sums}/LineTotalAmount", "LineExtensionAmount"),
)
# fmt: on
