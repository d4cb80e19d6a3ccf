"""Step 7: what the model copied, turned into a typed value by code. What code cannot read stays unread."""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from schemas.document_types import Kind
from services.answers import identifiers
from services.answers.addresses import parse_address
from services.answers.amounts import (
    currency_code,
    currency_spellings,
    parse_money,
    parse_number,
    parse_percentage,
    parse_quantity,
)
from services.answers.dates import parse_date
from services.answers.names import is_firm, parse_name
from services.answers.normal_form import plain
from services.answers.periods import parse_period
from services.answers.references import parse_reference
from services.answers.registers import parse_register_number

MAX_CHARACTERS: Final = 1000
"""A longer copy is no value of any kind; every reader's time is bounded by it."""

_REORDERED: Final = re.compile("[\u061c\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks that let digits appear in another order than they are stored: what is read would not be what is seen."""

_WITHIN_HOUSE: Final = re.compile(
    r"(?:c/o|per adresse|z\. ?hd|\d{1,2}\. ?(?:og|stock|etage|obergeschoss)|(?:eg|dg|whg|wohnung|stiege|top|app)\b"
    r"|appartement|apt|b[âa]t|résidence|escalier|\d{1,2}(?:e|ème|er) étage|étage|ot\b|ortsteil|lieu-dit"
    r"|z\.?[ai]\b|zone|(?:unit|lot|level|shop|suite|building|warehouse)\b|postfach|chez\b|bei\b)",
    re.IGNORECASE,
)
"""How a line begins that is needed to find somebody at his street and number, or in the place of a street."""
_SITE: Final = re.compile(r"(?:werk|tor|halle|lager|rampe|hof|bau|objekt|gate|dock|bay|quai|dépôt)\b", re.IGNORECASE)
"""How a line begins that may have a number of its own and is no street."""
_MAY_BE_REORDERED: Final = frozenset({Kind.TEXT, Kind.CHOICE})


@dataclass(frozen=True, slots=True)
class Value:
    """A typed value.

    Parameters
    ----------
    text
        Canonical: ISO 8601 date; decimal with a point and without grouping; compact IBAN, BIC, VAT number in
        capitals; ISO 4217 code; telephone number of digits and `+`; ISO 8601 interval or duration; a quantity's unit
        as written; an address on one line; text with single spaces.
    numeric
        For money, number, quantity and percentage (19 % is 19).
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
    if len(verbatim) > MAX_CHARACTERS or (kind not in _MAY_BE_REORDERED and _REORDERED.search(verbatim)):
        return None
    if kind is Kind.CHOICE:
        return _textual(_chosen(verbatim, choices))
    return _READERS[kind](verbatim, language)


def spellings(kind: Kind, value: Value) -> tuple[str, ...]:
    """Give other ways in which the document may write a value, to look for where the copy itself does not stand."""
    return currency_spellings(value.text) if kind is Kind.CURRENCY else ()


def _number(number: Decimal | None) -> Value | None:
    return None if number is None else Value(f"{number:f}", numeric=number)


def _day(verbatim: str, language: str) -> Value | None:
    day = parse_date(verbatim, language)
    return None if day is None else Value(day.isoformat(), date=day)


def _quantity(verbatim: str, language: str) -> Value | None:
    quantity = parse_quantity(verbatim, language)
    return None if quantity is None else Value(quantity.text, numeric=quantity.number)


def _address(verbatim: str) -> Value | None:
    """Read an address without the firm that is there: a name has a field of its own.

    A line of its own before the street is a name, a site or a gate, unless it has a number or says where in the house.
    In Great Britain, Ireland and the United States it may be part of the address: `Goods In, Whitehall Cross`.
    """
    address = parse_address(verbatim)
    if address is None:
        return None
    firms = [at for at, line in enumerate(address.before, 1) if is_firm(line) and not _WITHIN_HOUSE.match(line)]
    before = address.before[max(firms, default=0) :]
    if address.form not in {"GB", "IE", "US"}:
        before = tuple(filter(_is_part, before))
    return Value(replace(address, before=before).text)


def _is_part(line: str) -> bool:
    """Say whether a line before the last one with a number is part of an address: the street, or where in the house."""
    has_number = any(map(str.isdigit, line)) and not _SITE.match(line)
    return has_number or _WITHIN_HOUSE.match(line) is not None


def _textual(text: str | None) -> Value | None:
    return Value(text) if text else None


def _chosen(verbatim: str, choices: Sequence[str]) -> str | None:
    if verbatim in choices:
        return verbatim
    wanted = plain(verbatim).casefold()
    return next((choice for choice in choices if plain(choice).casefold() == wanted), None)


_READERS: Final[Mapping[Kind, Callable[[str, str], Value | None]]] = {
    Kind.TEXT: lambda text, _: _textual(plain(text)),
    Kind.MONEY: lambda text, language: _number(parse_money(text, language)),
    Kind.NUMBER: lambda text, language: _number(parse_number(text, language)),
    Kind.QUANTITY: _quantity,
    Kind.PERCENTAGE: lambda text, language: _number(parse_percentage(text, language)),
    Kind.DATE: _day,
    Kind.PERIOD: lambda text, language: _textual(parse_period(text, language)),
    Kind.CURRENCY: lambda text, _: _textual(currency_code(text)),
    Kind.IBAN: lambda text, _: _textual(identifiers.parse_iban(text)),
    Kind.BIC: lambda text, _: _textual(identifiers.parse_bic(text)),
    Kind.VAT_ID: lambda text, _: _textual(identifiers.parse_vat_id(text)),
    Kind.REGISTER_NUMBER: lambda text, language: _textual(parse_register_number(text, language)),
    Kind.REFERENCE: lambda text, language: _textual(parse_reference(text, language)),
    Kind.NAME: lambda text, _: _textual(parse_name(text)),
    Kind.ADDRESS: lambda text, _: _address(text),
    Kind.EMAIL: lambda text, _: _textual(identifiers.parse_email(text)),
    Kind.PHONE: lambda text, _: _textual(identifiers.parse_phone(text)),
}
