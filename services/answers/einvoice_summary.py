"""The summary of an e-invoice: said by code, so that no figure in it can be wrong."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from babel.dates import format_date
from babel.numbers import format_decimal

from services.answers.einvoice import EInvoice
from services.answers.language import UNDETERMINED
from services.answers.normal_form import plain

MAX_NAME: Final = 80
"""Characters of a party's name."""


def einvoice_summary(invoice: EInvoice, language: str) -> str:
    """Say who bills whom for what, and until when.

    Parameters
    ----------
    language
        ISO 639-1; German for `de`, French for `fr`, else English.
    """
    return _WRITERS.get(language[:2], _english)(invoice)


def is_summary_in(language: str) -> bool:
    """Say whether `einvoice_summary` is in a language: of an undetermined one, nothing is denied."""
    return language[:2] in _WRITERS or language == UNDETERMINED


def _german(invoice: EInvoice) -> str:
    what = "Gutschrift" if invoice.is_credit_note else "Rechnung"
    parts = [
        what,
        _named(invoice.invoice_number),
        _after("vom", _day(invoice.issue_date, "dd.MM.yyyy", "de")),
        _after("von", _named(invoice.seller_name)),
        _after("an", _named(invoice.buyer_name)),
        _after("über", _amount(invoice.gross_total, invoice.currency, "de")),
        _after(", davon zu zahlen", _left_to_pay(invoice, "de")),
    ]
    return _sentences(parts, _after("Zu zahlen bis", _day(invoice.due_date, "dd.MM.yyyy", "de")))


def _english(invoice: EInvoice) -> str:
    what = "Credit note" if invoice.is_credit_note else "Invoice"
    parts = [
        what,
        _named(invoice.invoice_number),
        _after("of", _day(invoice.issue_date, "d MMMM yyyy", "en")),
        _after("from", _named(invoice.seller_name)),
        _after("to", _named(invoice.buyer_name)),
        _after("for", _amount(invoice.gross_total, invoice.currency, "en")),
        _after(", to be paid of it", _left_to_pay(invoice, "en")),
    ]
    return _sentences(parts, _after("To be paid by", _day(invoice.due_date, "d MMMM yyyy", "en")))


def _french(invoice: EInvoice) -> str:
    what = "Avoir" if invoice.is_credit_note else "Facture"
    parts = [
        what,
        _named(invoice.invoice_number),
        _after("du", _day(invoice.issue_date, "d MMMM yyyy", "fr")),
        _after("de", _named(invoice.seller_name)),
        _after("à", _named(invoice.buyer_name)),
        _after("d'un montant de", _amount(invoice.gross_total, invoice.currency, "fr")),
        _after(", dont à payer", _left_to_pay(invoice, "fr")),
    ]
    return _sentences(parts, _after("À payer au plus tard le", _day(invoice.due_date, "d MMMM yyyy", "fr")))


_WRITERS: Final[Mapping[str, Callable[[EInvoice], str]]] = {"de": _german, "en": _english, "fr": _french}
"""By language, ISO 639-1."""


def _sentences(parts: list[str], second: str) -> str:
    first = " ".join(filter(None, parts)).replace(" ,", ",")
    return f"{first}. {second}." if second else f"{first}."


def _left_to_pay(invoice: EInvoice, locale: str) -> str:
    """Give the amount due where it is not the total."""
    return _amount(invoice.left_to_pay, invoice.currency, locale)


def _after(word: str, said: str) -> str:
    return f"{word} {said}" if said else ""


def _named(name: str | None) -> str:
    return plain(name or "")[:MAX_NAME].rstrip(" .")


def _day(day: dt.date | None, pattern: str, locale: str) -> str:
    return format_date(day, pattern, locale) if day else ""


def _amount(amount: Decimal | None, currency: str | None, locale: str) -> str:
    if amount is None:
        return ""
    return f"{format_decimal(amount, '#,##0.00', locale=locale)} {plain(currency or '')[:3]}".strip()
