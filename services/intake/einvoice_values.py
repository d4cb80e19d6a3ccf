"""Texts of an e-invoice's XML to typed values, with a note for each that is none."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from services.answers.einvoice import MAX_DIGITS, MAX_TEXT

_DATE: Final = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:T[0-9:.]{4,20})?(?:Z|[+-][0-9]{2}:[0-9]{2})?")
_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]{1,28}(?:\.[0-9]{0,28})?|\.[0-9]{1,28})")
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}")


@dataclass
class Values:
    """Typed values of texts, with a note for each text that is none.

    Parameters
    ----------
    place
        Put before the notes.
    """

    texts: Mapping[str, str]
    place: str = ""
    notes: list[str] = field(default_factory=list)

    def text(self, name: str) -> str | None:
        """Give a text, cut if it is too long."""
        text = self.texts.get(name)
        if text is not None and len(text) > MAX_TEXT:
            self._note(name, f"is longer than {MAX_TEXT} characters and was cut")
            return text[:MAX_TEXT].strip()
        return text

    def date(self, name: str) -> dt.date | None:
        """Give a day."""
        text = self.texts.get(name)
        day = date_of(text) if text else None
        if text and day is None:
            self._note(name, "is not a date")
        return day

    def amount(self, name: str) -> Decimal | None:
        """Give a number."""
        text = self.texts.get(name)
        number = decimal_of(text) if text else None
        if text and number is None:
            self._note(name, "is not a decimal number")
        return number

    def iban(self) -> str | None:
        """Give the account if it is an IBAN by its form: UBL has other account numbers in the same place."""
        text = self.text("iban")
        return text if text and is_iban(text) else None

    def _note(self, name: str, fault: str) -> None:
        self.notes.append(f"{self.place}{name} in the XML {fault}")


def date_of(text: str) -> dt.date | None:
    """Read a day as XML writes it: `2018-06-05` or `20180605`."""
    match = _DATE.fullmatch(text)
    try:
        return dt.date(*map(int, match.groups())) if match else None
    except ValueError:
        return None  # the calendar has no such day


def decimal_of(text: str) -> Decimal | None:
    """Read a number as XML writes it, without an exponent."""
    digits = sum(map(str.isdigit, text))
    return Decimal(text) if _DECIMAL.fullmatch(text) and digits <= MAX_DIGITS else None


def is_iban(account: str) -> bool:
    """Tell whether an account is an IBAN by its form, whatever its check digits."""
    return _IBAN.fullmatch(squeezed(account)) is not None


def squeezed(account: str) -> str:
    """Write an account without spaces, in capitals."""
    return re.sub(r"\s", "", account).upper()
