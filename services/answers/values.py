"""Step 7: what the model copied, turned into a typed value by code. What code cannot read stays unread."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from schemas.document_types import Kind
from services.answers import identifiers
from services.answers.amounts import currency_code, parse_money, parse_number, parse_percentage
from services.answers.dates import parse_date
from services.answers.normal_form import plain

_NUMERIC: Final[Mapping[Kind, Callable[[str, str], Decimal | None]]] = {
    Kind.MONEY: parse_money,
    Kind.NUMBER: parse_number,
    Kind.PERCENTAGE: parse_percentage,
}
_TEXTUAL: Final[Mapping[Kind, Callable[[str], str | None]]] = {
    Kind.TEXT: plain,
    Kind.CURRENCY: currency_code,
    Kind.IBAN: identifiers.parse_iban,
    Kind.BIC: identifiers.parse_bic,
    Kind.VAT_ID: identifiers.parse_vat_id,
    Kind.EMAIL: identifiers.parse_email,
    Kind.PHONE: identifiers.parse_phone,
}


@dataclass(frozen=True, slots=True)
class Value:
    """A typed value.

    Parameters
    ----------
    text
        Canonical: ISO 8601 date; decimal with a point and without grouping; compact IBAN, BIC, VAT number in
        capitals; ISO 4217 code; telephone number of digits and `+`; text with single spaces.
    numeric
        For money, number and percentage (19 % is 19).
    date
        For dates.
    """

    text: str
    numeric: Decimal | None = None
    date: dt.date | None = None


def parse_value(kind: Kind, verbatim: str, language: str, choices: Sequence[str] = ()) -> Value | None:
    """Read a value; None if code cannot. Nothing is guessed.

    Parameters
    ----------
    verbatim
        As it stands in the document, line breaks and ligatures included.
    language
        ISO 639-1 (`de`), or with a country (`de-CH`); decides what `1.234` and `05/06/2018` mean.
    choices
        For kind `choice`: what may be chosen.
    """
    if read_number := _NUMERIC.get(kind):
        return _numeric(read_number(verbatim, language))
    if kind is Kind.DATE:
        return _dated(parse_date(verbatim, language))
    if kind is Kind.CHOICE:
        return _textual(_chosen(verbatim, choices))
    return _textual(_TEXTUAL[kind](verbatim))


def _numeric(number: Decimal | None) -> Value | None:
    return None if number is None else Value(f"{number:f}", numeric=number)


def _dated(day: dt.date | None) -> Value | None:
    return None if day is None else Value(day.isoformat(), date=day)


def _textual(text: str | None) -> Value | None:
    return Value(text) if text else None


def _chosen(verbatim: str, choices: Sequence[str]) -> str | None:
    if verbatim in choices:
        return verbatim
    wanted = plain(verbatim).casefold()
    return next((choice for choice in choices if plain(choice).casefold() == wanted), None)
