"""Whether a value is right: strict where a booking would be wrong, indulgent where only typesetting differs.

===================== ==================================================================================
kind                  an answer is right if it is
===================== ==================================================================================
money                 the same amount to the cent, sign included
number, percentage    the same number
quantity              the same number, and the same unit where the label has one
date                  the same day
iban, bic, vat_id,    the same letters and digits, in capitals or not, whatever stands between them; a Swiss VAT
register_number       number is its enterprise number, with `MWST`, `TVA` or `IVA` behind it or not
phone                 the same digits
email                 the same address, in capitals or not
currency, choice      the same code, the same choice
name                  as text, and `Frau` or `Mr` before a whole name or not
address               as text, and commas between its parts or not: a letter has lines instead
text,                 the same characters apart from case, spaces, line breaks, hyphenation at a line's end,
period                ligatures, the form of dashes and quotes, and punctuation at both ends
===================== ==================================================================================

A name with a word more or less is another name. An amount, number or date that code could not read is wrong, however it
was copied: nobody can book it. A text or identifier that code could not read (a document may write an IBAN whose check
digits are wrong) is judged by the verbatim copy.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from schemas.document_types import Kind
from services.answers.amounts import MAX_DIGITS
from services.answers.names import parse_name
from services.answers.normal_form import normal_text

CENT: Final = Decimal("0.005")
"""Amounts that differ by less are the same."""

IDENTIFIERS: Final = frozenset({"iban", "bic", "vat_id", "register_number"})
"""Kinds whose values a document may print wrong: their exact copy, which says so, is the best answer."""

_EDGES: Final = " .,;:!?\"'()[]"
_COMMA: Final = re.compile(r"(?<![0-9]),|,(?!\s*[0-9])")
"""None between two numbers: `Weg 1, 2 Hof` is not `Weg 12 Hof`."""
_WEEKS: Final = re.compile(r"P([0-9]{1,4})W")
_SWISS_TAX: Final = re.compile(r"(?<=[0-9]) ?(?:MWST|TVA|IVA|TPV)$", re.IGNORECASE)
_NOT_ALPHANUMERIC: Final = re.compile(r"[\W_]+")


def is_right(kind: str, truth: str, value: str | None, verbatim: str) -> bool:
    """Judge an answer.

    Parameters
    ----------
    truth
        Canonical, as in a label.
    value
        Canonical, as answered; None if code could not read the copy.
    """
    if compare := _BY_VALUE.get(kind):
        return value is not None and compare(value, truth)
    compare = _BY_TEXT.get(kind, _same_text)
    return compare(verbatim if value is None else value, truth)


def same_amount(one: str, other: str) -> bool:
    """Tell whether two plain decimals are the same amount to the cent."""
    first, second = decimal_of(one), decimal_of(other)
    return first is not None and second is not None and abs(first - second) < CENT


def same_number(one: str, other: str) -> bool:
    """Tell whether two plain decimals are the same number."""
    first, second = decimal_of(one), decimal_of(other)
    return first is not None and first == second


def same_quantity(one: str, other: str) -> bool:
    """Tell whether two quantities, such as `20 Stk`, are the same; a unit counts only if the second one has it."""
    (first, _, unit), (second, _, wanted) = one.partition(" "), other.partition(" ")
    return same_number(first, second) and (not wanted or squeezed(unit) == squeezed(wanted))


def decimal_of(text: str) -> Decimal | None:
    """Read a plain decimal; None if it is none."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and number.adjusted() < MAX_DIGITS else None


def squeezed(text: str) -> str:
    """Reduce a text to what is compared: its normal form without spaces, and without punctuation at its ends."""
    return normal_text(text).strip(_EDGES).replace(" ", "")


def compact(text: str) -> str:
    """Give letters and digits alone, in capitals."""
    return _NOT_ALPHANUMERIC.sub("", text).upper()


def _same_text(one: str, other: str) -> bool:
    return squeezed(one) == squeezed(other)


def _same_name(one: str, other: str) -> bool:
    return _same_text(parse_name(one) or one, parse_name(other) or other)


def _same_address(one: str, other: str) -> bool:
    return _same_text(_COMMA.sub(" ", one), _COMMA.sub(" ", other))


def _same_vat_number(one: str, other: str) -> bool:
    return compact(_SWISS_TAX.sub("", one)) == compact(_SWISS_TAX.sub("", other))


def _same_letters_and_digits(one: str, other: str) -> bool:
    return compact(one) == compact(other)


def _same_digits(one: str, other: str) -> bool:
    return re.sub(r"\D", "", one) == re.sub(r"\D", "", other)


def _same_word(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _same_period(one: str, other: str) -> bool:
    return _in_days(one) == _in_days(other)


def _in_days(period: str) -> str:
    """Give a duration of weeks in days, which ISO 8601 has of the same length: `P2W` is `P14D`."""
    weeks = _WEEKS.fullmatch(period.strip())
    return f"P{7 * int(weeks[1])}D" if weeks else squeezed(period).upper()


_BY_VALUE: Final[Mapping[str, Callable[[str, str], bool]]] = {
    Kind.MONEY: same_amount,
    Kind.NUMBER: same_number,
    Kind.PERCENTAGE: same_number,
    Kind.QUANTITY: same_quantity,
    Kind.DATE: str.__eq__,
    Kind.CURRENCY: _same_word,
    Kind.CHOICE: str.__eq__,
}
_BY_TEXT: Final[Mapping[str, Callable[[str, str], bool]]] = {
    Kind.NAME: _same_name,
    Kind.ADDRESS: _same_address,
    Kind.PERIOD: _same_period,
    Kind.IBAN: _same_letters_and_digits,
    Kind.BIC: _same_letters_and_digits,
    Kind.VAT_ID: _same_vat_number,
    Kind.REGISTER_NUMBER: _same_letters_and_digits,
    Kind.PHONE: _same_digits,
    Kind.EMAIL: _same_word,
}
