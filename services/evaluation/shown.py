"""Whether the pages show a true value, in any form in which it may be written.

A label may come from data beside the page (the XML of an e-invoice), which says more than the page does. What the
page does not show, nobody can read there. The forms are made from the value, not found by the code that reads
documents: what that code cannot read must not look as if it were not there.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Final

from babel import Locale
from babel.numbers import UnknownCurrencyError, get_currency_name, get_currency_symbol, validate_currency

from schemas.document_types import Kind
from services.answers.normal_form import NormalForm, normal_form, normal_text
from services.evaluation.judging import compact, decimal_of, squeezed

_LOCALES: Final = ("de", "de_AT", "de_CH", "en", "en_GB", "fr", "fr_CH")
_SHORT: Final = 3
"""A text of so few characters counts only as a word of its own."""
_MONTHS_IN_WORDS: Final = ("abbreviated", "wide")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something stands.

    Parameters
    ----------
    page
        From 1.
    char_start, char_end
        First, and one past the last, character in that page's text, from 0.
    """

    page: int
    char_start: int
    char_end: int


class PagesShown:
    """The pages of a document as a reader sees them."""

    def __init__(self, pages: Sequence[str]) -> None:
        self._forms: list[NormalForm] = [normal_form(page) for page in pages]

    def find(self, kind: str, truth: str) -> Spot | None:
        """Find the first place where a true value is written; None if no page shows it.

        Parameters
        ----------
        truth
            Canonical, as in a label.
        """
        pattern = written_forms(kind, truth)
        for number, form in enumerate(self._forms, start=1):
            if (found := pattern.search(form.text)) and found.end() > found.start():
                return Spot(number, form.starts[found.start()], form.ends[found.end() - 1])
        return None


def written_forms(kind: str, truth: str) -> re.Pattern[str]:
    """Make a pattern of all forms in which a value may be written, for texts in their normal form."""
    return re.compile(_FORMS.get(kind, _text_forms)(truth))


def _text_forms(truth: str) -> str:
    wanted = squeezed(truth)
    spelled = " ?".join(map(re.escape, wanted))
    if len(wanted) <= _SHORT:
        return rf"(?<!\w){spelled}(?!\w)"
    before = r"(?<!\d)" if wanted[0].isdigit() else ""
    after = r"(?!\d)" if wanted[-1].isdigit() else ""
    return f"{before}{spelled}{after}"


def _identifier_forms(truth: str) -> str:
    return r"(?<!\w)" + r"[ ./-]{0,2}".join(map(re.escape, compact(truth).casefold())) + r"(?!\w)"


def _phone_forms(truth: str) -> str:
    return r"(?<!\d)" + r"[ ()./-]{0,3}".join(re.sub(r"\D", "", truth)) + r"(?!\d)"


def _number_forms(truth: str) -> str:
    number = decimal_of(truth)
    return _text_forms(truth) if number is None else _decimal_forms(abs(number))


def _decimal_forms(number: Decimal) -> str:
    """Give forms with and without grouping, decimal comma or point, and as many zeros behind as the writer likes."""
    whole, _, fraction = f"{number:f}".partition(".")
    grouped = f"{int(whole):,}".replace(",", "[.,' ]?")
    fraction = fraction.rstrip("0")
    decimals = rf"[.,] ?{fraction}0*" if fraction else r"(?:[.,] ?(?:0+|-{1,2}))?"
    return rf"(?<!\d)(?<!\d[.,']){grouped}{decimals}(?!\d|[.,']\d)"


def _quantity_forms(truth: str) -> str:
    return _number_forms(truth.partition(" ")[0])


def _register_forms(truth: str) -> str:
    number = max(re.findall(r"\d+", truth), key=len, default="")
    return rf"{_identifier_forms(truth)}|(?<!\d){number}(?!\d)" if number else _text_forms(truth)


def _address_forms(truth: str) -> str:
    return r"\W{1,4}".join(map(re.escape, re.findall(r"\w+", normal_text(truth))))


def _period_forms(truth: str) -> str:
    """Give the forms of an interval's first day; a duration may be written in any words."""
    first = truth.partition("/")[0]
    return _date_forms(first) if "/" in truth else _always(truth)


def _date_forms(truth: str) -> str:
    try:
        day = date.fromisoformat(truth)
    except ValueError:
        return _text_forms(truth)
    return "|".join(rf"(?<!\d)(?:{form})(?!\d)" for form in _forms_of_day(day))


def _forms_of_day(day: date) -> Iterator[str]:
    d, m, y = f"0?{day.day}", f"0?{day.month}", f"(?:{day.year}|'?{day.year % 100:02})"
    month = "|".join(re.escape(name) for name in _month_names(day.month))
    yield rf"{d} ?[./-] ?{m} ?[./-] ?{y}"
    yield rf"{m} ?/ ?{d} ?/ ?{y}"
    yield rf"{day.year} ?[./-]? ?{day.month:02} ?[./-]? ?{day.day:02}"
    yield rf"{d}(?:\.|st|nd|rd|th|er)?[ -]?(?:of )?(?:{month})\.?,?[ -]?{y}"
    yield rf"(?:{month})\.? ?{d}(?:st|nd|rd|th)?,? ?{y}"


@cache
def _month_names(month: int) -> tuple[str, ...]:
    """Give the month's names in all locales, the longest first."""
    names = {
        normal_text(Locale.parse(locale).months[context][width][month]).strip(". ")
        for locale in _LOCALES
        for context in ("format", "stand-alone")
        for width in _MONTHS_IN_WORDS
    }
    return tuple(sorted(names, key=len, reverse=True))


def _currency_forms(truth: str) -> str:
    try:
        validate_currency(truth)
    except UnknownCurrencyError:
        return _text_forms(truth)
    names = {get_currency_name(truth, locale=locale) for locale in _LOCALES}
    words = {truth, *names, *(get_currency_name(truth, 1, locale=locale) for locale in _LOCALES)}
    symbols = {get_currency_symbol(truth, locale=locale) for locale in _LOCALES}
    escaped = [re.escape(normal_text(sign)) for sign in sorted(words | symbols, key=len, reverse=True)]
    # A code may stand right beside its amount: EUR100.
    return "|".join(rf"(?<![^\W\d]){sign}(?![^\W\d])" for sign in escaped)


def _always(_: str) -> str:
    return r"(?s)."  # the reader's own conclusion, which need not stand there


_FORMS: Final[Mapping[str, Callable[[str], str]]] = {
    Kind.MONEY: _number_forms,
    Kind.NUMBER: _number_forms,
    Kind.PERCENTAGE: _number_forms,
    Kind.QUANTITY: _quantity_forms,
    Kind.PERIOD: _period_forms,
    Kind.REGISTER_NUMBER: _register_forms,
    Kind.ADDRESS: _address_forms,
    Kind.DATE: _date_forms,
    Kind.CURRENCY: _currency_forms,
    Kind.IBAN: _identifier_forms,
    Kind.BIC: _identifier_forms,
    Kind.VAT_ID: _identifier_forms,
    Kind.PHONE: _phone_forms,
    Kind.CHOICE: _always,
}
