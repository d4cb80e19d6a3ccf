"""Values of a sample document: written into the document and into its label by the same call."""

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date
from babel.numbers import format_decimal
from stdnum import iban
from stdnum.iso7064 import mod_11_10

CENT = Decimal("0.01")

DATE_PATTERNS = {
    "dotted": "dd.MM.yyyy",
    "long_de": "d. MMMM yyyy",
    "long_en": "d MMMM yyyy",
    "us": "MMMM d, yyyy",
    "slashed": "dd/MM/yyyy",
    "iso": "yyyy-MM-dd",
}
"""Ways to write a date, as patterns of Unicode's CLDR."""


def make_iban(country: str, account: str) -> str:
    """Put valid check digits between country and account (bank codes here are invented)."""
    check = iban.calc_check_digits(f"{country}00{account}")
    return f"{country}{check}{account}"


def make_german_vat_id(eight_digits: str) -> str:
    """Make a German VAT id with a valid check digit (ISO 7064, mod 11,10)."""
    return f"DE{eight_digits}{mod_11_10.calc_check_digit(eight_digits)}"


def make_british_vat_id(seven_digits: str) -> str:
    """Make a British VAT id with valid check digits (weights 8 to 2, mod 97, as HMRC published them)."""
    total = sum(weight * int(digit) for weight, digit in zip(range(8, 1, -1), seven_digits, strict=True))
    return f"GB{seven_digits}{97 - total % 97:02d}"


def rounded(amount: Decimal) -> Decimal:
    """Round to whole cents, half up, as invoices do."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def written_amount(amount: Decimal, language: str) -> str:
    """Write an amount with two decimals in the language's form."""
    written: str = format_decimal(amount, "#,##0.00", locale=language)
    return written


def written_money(amount: Decimal, language: str, unit: str) -> str:
    """Write an amount with its currency: `1.234,50 €`, `£1,234.50`, `EUR 1,234.50`."""
    number = written_amount(amount, language)
    if language == "de":
        return f"{number} {unit}"
    return f"{unit}{number}" if len(unit) == 1 else f"{unit} {number}"


def written_date(day: date, pattern: str, language: str) -> str:
    """Write a date in one of `DATE_PATTERNS`."""
    return format_date(day, DATE_PATTERNS[pattern], locale=language)


@dataclass(slots=True)
class Facts:
    """The labelled values of one document.

    Each method notes a value under the field's name and gives back what the document says for it.

    Parameters
    ----------
    language
        `de` or `en`: the form of numbers and dates.
    date_pattern
        The document's usual way to write a date.
    unit
        The document's usual sign or code for its currency.
    """

    language: str
    date_pattern: str
    unit: str = "€"
    values: dict[str, str] = field(default_factory=dict)
    verbatim: dict[str, str] = field(default_factory=dict)

    def _note(self, name: str, value: str, shown: str) -> str:
        self.values[name] = value
        self.verbatim[name] = shown
        return shown

    def text(self, name: str, text: str) -> str:
        """Note a text that stands in the document as it is."""
        return self._note(name, text, text)

    def written(self, name: str, value: str, shown: str) -> str:
        """Note a value that the document writes differently, such as `€` for `EUR`."""
        return self._note(name, value, shown)

    def date(self, name: str, iso: str, pattern: str | None = None) -> str:
        """Note a date, given in ISO form."""
        shown = written_date(date.fromisoformat(iso), pattern or self.date_pattern, self.language)
        return self._note(name, iso, shown)

    def money(self, name: str, amount: Decimal | str) -> str:
        """Note an amount of money."""
        value = rounded(Decimal(amount))
        return self._note(name, str(value), written_money(value, self.language, self.unit))

    def iban(self, name: str, compact: str) -> str:
        """Note an IBAN; the document writes it in groups of four."""
        return self._note(name, compact, iban.format(compact))

    def phone(self, name: str, shown: str) -> str:
        """Note a telephone number; its value is its digits, with `+` where the document has it."""
        return self._note(name, "".join(sign for sign in shown if sign in "+0123456789"), shown)

    def plain(self, amount: Decimal | str) -> str:
        """Write an amount that is no labelled value, such as a price in a table."""
        return written_amount(Decimal(amount), self.language)

    def priced(self, amount: Decimal | str) -> str:
        """Write an amount with its currency that is no labelled value."""
        return written_money(Decimal(amount), self.language, self.unit)
