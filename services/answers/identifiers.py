"""Account numbers, bank codes, tax numbers and addresses: read only if their own check holds."""

import re
from collections.abc import Callable, Sequence
from itertools import islice
from threading import Lock
from typing import Any, Final

import stdnum.au.abn
import stdnum.bic
import stdnum.ca.bn
import stdnum.ch.uid
import stdnum.ch.vat
import stdnum.eu.vat
import stdnum.gb.vat
import stdnum.iban
import stdnum.in_.gstin
from stdnum.exceptions import ValidationError

from services.answers.normal_form import UNIFIED, plain

MIN_PHONE_DIGITS: Final = 6
MAX_PHONE_DIGITS: Final = 15
"""ITU-T E.164; shorter ones are extensions or service codes."""
MAX_LABEL_WORDS: Final = 5

_LABEL: Final = re.compile(r"^(?:[^:]*:\s*|(?:IBAN|BIC|SWIFT)\s+)(?=.)")
_EMAIL: Final = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@((?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,24})")
_PHONE: Final = re.compile(r"\+?[0-9 ()./-]+")
_PHONE_LABEL: Final = re.compile(r"^[^0-9+(:]*:")
_DATE: Final = re.compile(r"[0-3]?[0-9]([./-])[01]?[0-9]\1(?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]")
_TWO_PHONES: Final = re.compile(
    r"^(?:(?:\+|00)[0-9]{2}[ (0)-]{0,5}[1-9][0-9]{1,4}|0[1-9][0-9]{1,4})[ )/-]{1,3}[0-9][0-9 -]{2,12}/ ?-?[0-9]{1,8}$"
)
"""A number, and behind a stroke another one or another extension: `06221 4711 / 4712`."""
_UNITED_KINGDOM: Final = re.compile(r"GB ?([0-9 -]+|[GH][DA] ?[0-9]{3})")
_OVERSEAS: Final[Sequence[tuple[re.Pattern[str], Callable[[str], Any]]]] = (
    (re.compile(r"ABN[: ]{0,2}([0-9]{2}(?: ?[0-9]{3}){3})"), stdnum.au.abn.validate),
    (re.compile(r"(?:GST/HST ?)?([0-9]{5} ?[0-9]{4} ?RT ?[0-9]{4})"), stdnum.ca.bn.validate),
    (re.compile(r"(?:GSTIN[: ]{0,2})?([0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]{3})"), stdnum.in_.gstin.validate),
)
"""What invoices of Australia, Canada and India name as the seller's tax number."""
_ONE_AT_A_TIME: Final = Lock()
"""stdnum imports the modules of a country when it first sees it; of two threads that do so at once, one fails."""
_SWISS: Final = re.compile(r"CHE[- ]?[0-9. -]+")
_SWISS_TAXED: Final = re.compile(rf"{_SWISS.pattern} ?(?:MWST|TVA|IVA|TPV)")


def parse_iban(verbatim: str) -> str | None:
    """Read an IBAN whose check digits and national form are right; compact, in capitals."""
    return _first_valid(stdnum.iban.validate, _identifier(verbatim))


def parse_bic(verbatim: str) -> str | None:
    """Read a BIC in capitals: in small letters, any word of eight letters might be one."""
    text = _identifier(verbatim)
    return _valid(stdnum.bic.validate, text) if text.isupper() else None


def parse_vat_id(verbatim: str) -> str | None:
    """Read a VAT number of the EU, Great Britain or Switzerland with its country's prefix; compact, in capitals.

    So are an Australian ABN behind these letters, a Canadian GST/HST account, and an Indian GSTIN.
    A Swiss enterprise number (UID) without `MWST`, `TVA` or `IVA` behind it stays without.
    """
    text, written = _identifier(verbatim).upper(), plain(verbatim).upper()
    for pattern, validate in _OVERSEAS:
        if match := pattern.fullmatch(written) or pattern.fullmatch(text):
            return _valid(validate, match[1])
    return _first_valid(_validated_vat_id, text)


def _validated_vat_id(number: str) -> str:
    """Give a European number compact.

    Raises
    ------
    ValidationError
        If it is none.
    """
    if _SWISS_TAXED.fullmatch(number):
        return str(stdnum.ch.vat.validate(number))
    if _SWISS.fullmatch(number):
        return str(stdnum.ch.uid.validate(number))
    if match := _UNITED_KINGDOM.fullmatch(number):
        return f"GB{stdnum.gb.vat.validate(match[1])}"
    return str(stdnum.eu.vat.validate(number))


def parse_email(verbatim: str) -> str | None:
    """Read an address; its domain in small letters. One hyphenated at a line's end is not read."""
    if re.search(r"-\s*\n", verbatim):
        return None
    text = plain(re.sub(r"\s*\n\s*", "", verbatim)).split(":")[-1]
    match = _EMAIL.fullmatch(text.strip("<>()[].,; "))
    return f"{match[0][: match.start(1)]}{match[1].lower()}" if match else None


def parse_phone(verbatim: str) -> str | None:
    """Read a telephone number: digits, with `+` before a country's code; a national number stays national."""
    text = _PHONE_LABEL.sub("", plain(verbatim).translate(UNIFIED)).strip()
    if not _PHONE.fullmatch(text) or _TWO_PHONES.search(text) or _DATE.fullmatch(text):
        return None
    # In "+49 (0)30 12345" the bracket is dialled only without the country's code.
    text = re.sub(r"\(0\)", "", text) if text.startswith(("+", "00")) else text
    digits = re.sub(r"^00", "+", re.sub(r"[^0-9+]", "", text))
    return digits if MIN_PHONE_DIGITS <= len(digits.lstrip("+")) <= MAX_PHONE_DIGITS else None


def _first_valid(validate: Callable[[str], Any], text: str) -> str | None:
    """Read the text, or what stands behind its first words (`N° TVA FR…`): the check digits say which is the number."""
    starts = [0, *(gap.end() for gap in islice(re.finditer(" ", text), MAX_LABEL_WORDS))]
    return next((number for start in starts if (number := _valid(validate, text[start:]))), None)


def _identifier(verbatim: str) -> str:
    return _LABEL.sub("", plain(verbatim).translate(UNIFIED))


def _valid(validate: Callable[[str], Any], number: str) -> str | None:
    try:
        with _ONE_AT_A_TIME:
            return str(validate(number))
    except ValidationError:
        return None  # its check digits or its form say that it is none
