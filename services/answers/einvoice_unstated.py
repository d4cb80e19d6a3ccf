"""Values that the pages of an e-invoice show and its XML does not say: accounts, VAT numbers, days and totals.

People sign what the pages show, and programs pay by the XML: who forges the pages alone adds his own account there, or
asks for another sum. Held against the whole text of the XML: what a note of it says is said.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from typing import Final

from schemas.document_types import DocumentType, FieldDefinition, Kind
from schemas.events import Finding
from services.answers.amounts import currency_code
from services.answers.einvoice import EInvoice
from services.answers.einvoice_findings import Teller
from services.answers.einvoice_pages import EInvoicePages, is_made
from services.answers.field_names import name_pattern, words_since_asked_to_pay
from services.answers.forms import IBAN
from services.answers.sentences import CURRENCY
from services.answers.values import Value
from services.answers.values_by_form import Candidate

MOST_VALUES_NAMED: Final = 20
"""Findings about values of one field."""
MOST_SUMMED: Final = 1_000
"""Lines of which sums are known: each amount is held against all of them."""
MAX_ASKED: Final = 35
"""Letters between a request to pay and the amount: `den fälligen Gesamtbetrag in Höhe von`."""
_CENT: Final = Decimal("0.01")
_MOST: Final = 10**20
"""Numbers from here on have no room for cents, see `MAX_DIGITS`."""
_CURRENCY: Final = re.compile(CURRENCY)

_XML_LANGUAGE: Final = "en"
"""Of how numbers are written."""
_GROSS: Final = "gross_total"
_TAX: Final = "tax_total"
_TOTALS: Final = ("net_total", _TAX, _GROSS)
_DUE: Final = "due_date"
_DAYS_OF_DISCOUNT: Final = re.compile(r"#TAGE=([0-9]{1,3})#")
"""As XRechnung writes them in its payment terms (BR-DE-18)."""
_SWISS_TAXED: Final = re.compile(r"(?<=[0-9])(?:MWST|TVA|IVA|TPV)$")
_DISCOUNT: Final = r"(?<!ohne )(?<!kein )(?<!no )(?<!sans )(?:skonto|discount|escompte)"
_DISCOUNTED: Final = re.compile(_DISCOUNT)
_BESIDE: Final = re.compile(
    r"(?:[^\w%]|[0-9]{1,2}(?:[.,][0-9]{1,2})? ?%|\b(?:in|von|of|de|der|ist|is|beträgt|betrag|amount|montant|eur|euro"
    r"|chf|gbp|usd|mwst|ust|mehrwertsteuer|umsatzsteuer|vat|tva|tax|ht|ttc|inkl|incl|total|gesamt|summe)\b)*"
)
"""What may stand between a total's name and the amount that it names, in small letters."""
_PERCENTAGE: Final = re.compile(r"(?<![0-9.,])([0-9]{1,2}(?:[.,][0-9]{1,2})?)\s?%")
_OF_A_PART: Final = re.compile(
    rf"{_DISCOUNT}|rabatt|nachlass|remise|abschlag|anzahlung"
    r"|teil(?:zahl|rech)|vorauszahl|[0-9]\. rate\b|monatsrate|\braten\b|instal|acompte|deposit|prepa(?:id|yment)"
    r"|à[ -]conto|akonto"
    r"|monatlich|monthly|(?:pro|je|per) (?:monat|month)|mensuel|par mois|zwischen|sub-?total|sous-total|übertrag"
    r"|carried|brought|\breport\b|bisher|(?<!nicht )(?<!nicht vollständig )(?:gezahlt|bezahlt)|erhalten|already"
    r"|(?<!not )(?<!un)\bpaid\b|received|payé|déjà|vorjahr|previous|précédent"
    r"|lohn|arbeitskosten|anteil|darin|davon|of which|dont\b|auftrags|limit|mindest|minimum|\bab\b|\bover\b"
    r"|verzug|retard|indemnit|\blate\b|overdue"
)
"""Words beside an amount that is a part of a total, was paid, is of another invoice, or a condition; in small letters.

Who forges a page may write them: they are the price of silence about right ones.
"""


class StatedValues:
    """What an e-invoice's XML says: its values, everything outside its lines, and what follows from both.

    Parameters
    ----------
    shown
        The pages; percentages that they name are of totals.
    """

    def __init__(self, invoice: EInvoice, kind: DocumentType, shown: EInvoicePages) -> None:
        self._invoice = invoice
        self._xml = EInvoicePages([invoice.other_text or ""], kind, _XML_LANGUAGE)
        self._shown = shown

    def is_in_its_currency(self, verbatim: str) -> bool:
        """Tell whether an amount is in the invoice's currency, or says none."""
        code = currency_code(verbatim)
        return code is None or self._invoice.currency in (None, code)

    def lacks(self, field: FieldDefinition) -> bool:
        """Tell whether it has no value of a field."""
        return getattr(self._invoice, field.name, None) is None

    def has_identifier(self, value: Value) -> bool:
        """Tell whether it says an account or a VAT number anywhere, a Swiss one with `MWST` or without."""
        written = {value.text, _SWISS_TAXED.sub("", value.text)}
        return any(self._xml.find_identifier(text) is not None for text in written)

    def has_account(self, number: str) -> bool:
        """Tell whether it says an account by its number, or as an IBAN, which has that within it."""
        digits = number.lstrip("0")
        is_said = any(self._xml.find_identifier(written) is not None for written in (number, digits))
        return is_said or any(digits in iban for iban in self._ibans)

    def share_of_words(self, text: str) -> float:
        """Give the share of a text's words that it says outside its lines, 0 to 1."""
        return self._xml.share_of_words(text)

    def has_day(self, value: Value) -> bool:
        """Tell whether it says a day, or days to pay that end on it."""
        day, issued = value.date, self._invoice.issue_date
        if day is None or day in self._days or f"{day:%Y%m%d}" in (self._invoice.other_text or ""):
            return True
        return issued is not None and (day - issued).days in self._xml.days_to_pay | self._discount_days

    def has_amount(self, amount: Decimal) -> bool:
        """Tell whether it says an amount outside its lines, whatever its sign."""
        return not amount or any(number in self._xml.numbers for number in (amount, -amount))

    def is_of_lines(self, amount: Decimal) -> bool:
        """Tell whether an amount is a line's total or price, or that of several lines."""
        return abs(amount) in self._of_lines or self.is_sum_of_lines(amount)

    def is_part_of_total(self, amount: Decimal) -> bool:
        """Tell whether an amount is a total with or without a percentage that the pages name, or that percentage."""
        return abs(amount) in self._parts_of_totals

    def has_taxed(self, amount: Decimal) -> bool:
        """Tell whether an amount is one that it says with a percentage that the pages name on top."""
        nets = {_in_cents(abs(amount) * 100 / (100 + percentage)) for percentage in self._percentages}
        return any(net in self._of_lines or net in self._xml.numbers for net in nets)

    def is_tax(self, parts: Sequence[Candidate]) -> bool:
        """Tell whether parts make the tax; the page may show each of them twice."""
        return is_made(self._invoice.tax_total, parts)

    def is_sum_of_lines(self, amount: Decimal) -> bool:
        """Tell whether two lines or more, one after another, come to an amount, whatever its sign."""
        sums = self._sums
        ends = (sums.get(before + sign * amount, 0) - at for before, at in sums.items() for sign in (1, -1))
        return any(length > 1 for length in ends)

    @cached_property
    def _ibans(self) -> list[str]:
        """Texts outside its lines that are IBANs by their form, valid or not, and valid ones within others."""
        texts = (re.sub(r"\s", "", text).upper() for text in (self._invoice.other_text or "").splitlines())
        return [*filter(IBAN.fullmatch, texts), *(item.value.text for item in self._xml.all_of(Kind.IBAN))]

    @cached_property
    def _days(self) -> frozenset[object]:
        return frozenset(item.value.date for item in self._xml.all_of(Kind.DATE)) | {self._invoice.due_date}

    @cached_property
    def _discount_days(self) -> frozenset[int]:
        return frozenset(int(match[1]) for match in _DAYS_OF_DISCOUNT.finditer(self._invoice.other_text or ""))

    @cached_property
    def _of_lines(self) -> frozenset[Decimal]:
        lines = [(line.line_total, line.quantity) for line in self._invoice.line_items if line.line_total is not None]
        prices = (total / quantity for total, quantity in lines if quantity)
        return frozenset(map(abs, (*(total for total, _ in lines), *map(_in_cents, prices))))

    @cached_property
    def _sums(self) -> dict[Decimal, int]:
        """What the lines from the first on come to, with how many they are."""
        totals = (line.line_total or Decimal(0) for line in self._invoice.line_items[:MOST_SUMMED])
        return {total: count for count, total in enumerate(accumulate(totals, initial=Decimal(0)))}

    @cached_property
    def _percentages(self) -> frozenset[Decimal]:
        """Those that the pages name."""
        found = (match[1] for text in self._shown.texts for match in _PERCENTAGE.finditer(text))
        return frozenset(Decimal(written.replace(",", ".")) for written in found)

    @cached_property
    def _parts_of_totals(self) -> frozenset[Decimal]:
        """Each percentage of each total, and the rest of it: discounts and taxes."""
        totals = [abs(total) for total in self._invoice.totals]
        parts = {(total, total * percentage / 100) for total in totals for percentage in self._percentages}
        return frozenset(_in_cents(amount) for total, part in parts for amount in (part, total - part, total + part))


def unstated_values(
    stated: StatedValues, kind: DocumentType, shown: EInvoicePages, teller: Teller, found: Sequence[Finding]
) -> list[Finding]:
    """Give the accounts, VAT numbers, days to pay and totals of the pages that the XML does not say.

    Parameters
    ----------
    found
        What else was found: a value that is named there is not named again.
    """
    findings = []
    for field in kind.fields:
        values = {item.value.text: item for item in _unstated(field, stated, shown)}
        new = [item for item in values.values() if not _is_named(item, field, found)]
        said = [{"label": teller.label(field), "other": _one_line(item)} for item in new[:MOST_VALUES_NAMED]]
        findings += [teller.finding("unstated", [field.name], each) for each in said]
    return findings


def _unstated(field: FieldDefinition, stated: StatedValues, shown: EInvoicePages) -> Iterator[Candidate]:
    match field.kind:
        case Kind.IBAN | Kind.VAT_ID:
            yield from (item for item in shown.all_of(field.kind) if not stated.has_identifier(item.value))
        case Kind.DATE if field.name == _DUE:
            days = (item for item in shown.labelled(field) if not any(map(_DISCOUNTED.search, item.sentence)))
            yield from (item for item in days if not stated.has_day(item.value))
        case Kind.MONEY if field.name in _TOTALS:
            asked = filter(_is_asked_for, shown.all_of(Kind.MONEY)) if field.name == _GROSS else ()
            named = (item for item in shown.labelled(field) if _is_beside_name(item, field, shown))
            totals = (
                item for item in (*named, *asked) if _CURRENCY.search(item.verbatim) and not _is_part(item, shown)
            )
            unstated = [item for item in totals if not _is_stated(item, field, stated)]
            yield from () if field.name == _TAX and stated.is_tax(unstated) else unstated


def _is_beside_name(item: Candidate, field: FieldDefinition, shown: EInvoicePages) -> bool:
    """Tell whether a name of a total stands right before an amount, on its line: above it, it may head a column."""
    words = shown.words_before(item)
    return any(_BESIDE.fullmatch(words, match.end()) for match in name_pattern(field).finditer(words))


def _is_asked_for(item: Candidate) -> bool:
    """Tell whether a request to pay stands right before an amount: `Bitte zahlen Sie 1.985,00 EUR`."""
    between = words_since_asked_to_pay(item.sentence[0])
    return between is not None and sum(map(str.isalpha, between)) <= MAX_ASKED


def _is_part(item: Candidate, shown: EInvoicePages) -> bool:
    words = (shown.words_before(item), *item.sentence)
    return any(map(_OF_A_PART.search, words))


def _is_stated(item: Candidate, field: FieldDefinition, stated: StatedValues) -> bool:
    """Tell whether the XML says an amount, or may do without it: of a total that it has there may be parts."""
    amount = item.value.numeric
    if amount is None or stated.has_amount(amount) or not stated.is_in_its_currency(item.verbatim):
        return True
    if field.name == _TAX:
        return stated.is_of_lines(amount)
    return not stated.lacks(field) and (
        stated.is_of_lines(amount) or stated.is_part_of_total(amount) or stated.has_taxed(amount)
    )


def _in_cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT) if abs(amount) < _MOST else amount


def _is_named(item: Candidate, field: FieldDefinition, found: Sequence[Finding]) -> bool:
    return any(field.name in finding.fields and item.verbatim in finding.message for finding in found)


def _one_line(item: Candidate) -> str:
    return " ".join(item.verbatim.split())
