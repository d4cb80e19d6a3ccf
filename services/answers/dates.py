"""Dates as documents write them, without a guess.

- Year first is ISO 8601 in any language; with points (`05.06.2018`) the day is first in any language.
- With slashes or hyphens the day is first where the language's own short form (CLDR) puts it first, and the month
  where the language is one country's (`en-US`) whose form does. In English of no country only a date that is the
  same either way (`13/06/2018`, `06/06/2018`) is read.
- Which country's English a document is in, `regional` tells by its other dates, or by its taxes and addresses.
- Two digits of a year are 1940 to 2039; not with hyphens, where the year may come first (`18-06-05`).
- Years outside 1900 to 2100, and dates that the calendar does not have, are not read.
- A weekday, a place (`Wien, am`) before it and a time of day after it are let go.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Literal

from babel import Locale, UnknownLocaleError

from services.answers.addresses import STATES
from services.answers.normal_form import UNIFIED, plain

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2100
PIVOT: Final = 40
"""First two-digit year of the nineteen-hundreds."""
_MONTHS_OF_A_YEAR: Final = 12
_DAYS_OF_A_MONTH: Final = 31
_TWO_DIGITS: Final = 2

_WORD: Final = r"[^\W\d_]+"
_YEAR_FIRST: Final = re.compile(r"(?P<year>[0-9]{4}) ?([-/.]) ?(?P<month>[0-9]{1,2}) ?\2 ?(?P<day>[0-9]{1,2})")
_NUMERIC: Final = re.compile(r"([0-9]{1,2}) ?(?P<sign>[-/.]) ?([0-9]{1,2}) ?(?P=sign) ?([0-9]{4}|[0-9]{2})")
_DAY_MONTH: Final = re.compile(
    rf"(?P<day>[0-9]{{1,2}})(?:\.|st|nd|rd|th|er|ᵉʳ)?[ /-]?(?:(?:day )?of )?"
    rf"(?P<month>{_WORD})\.?,?[ /-]?(?P<year>[0-9]{{4}}|[0-9]{{2}})"
)
_MONTH_DAY: Final = re.compile(
    rf"(?P<month>{_WORD})\.? ?(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:(?: ?,)? |,)(?P<year>[0-9]{{4}})"
)
_PLACE: Final = re.compile(r"(?:[^0-9,:]{1,60}[,:] ?)?(?:(?:den|dem|vom|am|le|du|the|this|on) )?")
_LEADING_WORD: Final = re.compile(rf"({_WORD})\.?,? ")
_TIME: Final = re.compile(
    r"(?:t|,? (?:um |at |à )?)[0-9]{1,2}[:.h][0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?(?:uhr|h|[ap]m))?"
    r"(?: ?(?:z|utc|gmt|[+-][0-9]{2}:?[0-9]{2}))?$"
)

_NAMED_IN: Final = ("de", "de-AT", "fr", "en", "en-GB")
"""Languages whose names are read in every document, besides those of its own."""
_MORE_MONTHS: Final = {"mrz": 3, "maerz": 3, "feber": 2, "jaenner": 1}
"""Spellings in use that CLDR does not list."""


_OPEN: Final = re.compile(r"(?<![\w/-])([0-9]{1,2})([/-])([0-9]{1,2})\2(?:[0-9]{4}|(?<=/)[0-9]{2})(?![\w/-])")
"""A date in figures; a fertilizer `20-10-10` is none."""
_AMERICAN: Final = re.compile(rf"[^\W\d_]{{2}}\.?,? (?:{STATES}),? [0-9]{{5}}(?:-[0-9]{{4}})?\b|\b[Ss]ales [Tt]ax\b")
"""A town, a state and a ZIP code, or the tax of no other country."""
_BRITISH: Final = re.compile(
    r"£|\bVAT\b(?![^\n]{0,12}\b(?!GB|IE|XI)[A-Z]{2} ?[0-9])|\bGST\b"
    r"|\bABN\b|\bGB[0-9]{2}|\b[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}\b"
)
"""What stands in the papers of Britain, Ireland and Australia, where the day is first: their taxes, a postcode.
A VAT number of another country is anybody's."""
_GROUPED_BY_DOTS: Final = re.compile(
    r"(?<![\w.,/-])[1-9][0-9]{0,2}(?:(?:\.[0-9]{3}){2,}|\.[0-9]{3},[0-9]{2})(?![\w/-]|[.,][0-9])"
)
_CENTS_BEHIND_POINT: Final = re.compile(r"(?<![0-9.])[0-9]+(?:,[0-9]{3})*\.[0-9]{2}(?![0-9.])")


@dataclass(frozen=True, slots=True)
class _Names:
    months: Mapping[str, int]
    weekdays: frozenset[str]
    own_weekdays: frozenset[str]
    order: Literal["day", "month", "open"]


def parse_date(verbatim: str, language: str) -> date | None:
    """Read a date."""
    text = _TIME.sub("", plain(verbatim).translate(UNIFIED).casefold())
    return _written(text, language) or _written(_without_place(text, language), language)


def regional(language: str, pages: Sequence[str]) -> str:
    """Give the language with its country, where English dates are open without it and the document tells.

    Returns
    -------
    str
        `en-GB` where some date can only have its day first and none its month, or, if no date tells, only taxes of
        Britain, Ireland or Australia are named; `en-US` the other way round; `en-DE` where dots group the digits of
        amounts, as in English papers from Jakarta to Lisbon; else the language as it was.
    """
    if language != "en":
        return language
    text = "\n".join(pages)
    if _GROUPED_BY_DOTS.search(text) and not _CENTS_BEHIND_POINT.search(text):
        return "en-DE"
    dates = [(int(match[1]), int(match[3])) for match in _OPEN.finditer(text)]
    dates = [pair for pair in dates if min(pair) <= _MONTHS_OF_A_YEAR and max(pair) <= _DAYS_OF_A_MONTH]
    day_first = any(first > _MONTHS_OF_A_YEAR for first, _ in dates)
    month_first = any(second > _MONTHS_OF_A_YEAR for _, second in dates)
    if not (day_first or month_first):
        day_first, month_first = _BRITISH.search(text) is not None, _AMERICAN.search(text) is not None
    if day_first == month_first:
        return language
    return "en-GB" if day_first else "en-US"


def _without_place(text: str, language: str) -> str:
    weekday = _LEADING_WORD.match(text)
    if weekday and weekday[1] in _names(language).weekdays:
        text = text[weekday.end() :]
    return _PLACE.sub("", text, count=1)


def month_number(name: str, language: str) -> int | None:
    """Give a month by its name, whole or shortened, in lower case and without a point."""
    return _names(language).months.get(name)


def without_weekday(text: str, language: str) -> str:
    """Take a weekday off the beginning; what a language calls a weekday and another one a month (`mar.`) is its own."""
    first, names = _LEADING_WORD.match(text), _names(language)
    if first and (first[1] in names.own_weekdays or (first[1] in names.weekdays and first[1] not in names.months)):
        return text[first.end() :]
    return text


def _written(text: str, language: str) -> date | None:
    if match := _YEAR_FIRST.fullmatch(text):
        return _calendar_date(match["year"], int(match["month"]), int(match["day"]))
    if match := _NUMERIC.fullmatch(text):
        return _numeric(match, language)
    if match := _DAY_MONTH.fullmatch(text) or _MONTH_DAY.fullmatch(text):
        month = _names(language).months.get(match["month"])
        return _calendar_date(match["year"], month, int(match["day"])) if month else None
    return None


def _numeric(match: re.Match[str], language: str) -> date | None:
    first, sign, second, year = int(match[1]), match["sign"], int(match[3]), match[4]
    if sign == "-" and len(year) == _TWO_DIGITS:
        return None
    order = "day" if sign == "." else _names(language).order
    if order == "day" or first == second or (order == "open" and first > _MONTHS_OF_A_YEAR):
        return _calendar_date(year, second, first)
    if order == "month" or second > _MONTHS_OF_A_YEAR:
        return _calendar_date(year, first, second)
    return None


def _calendar_date(year: str, month: int, day: int) -> date | None:
    number = int(year)
    if len(year) == _TWO_DIGITS:
        number += 1900 if number >= PIVOT else 2000
    if not FIRST_YEAR <= number <= LAST_YEAR:
        return None
    try:
        return date(number, month, day)
    except ValueError:
        return None  # the calendar has no such day


@lru_cache(maxsize=64)
def _names(language: str) -> _Names:
    own = _locale(language)
    locales = [*([own] if own else []), *(Locale.parse(other, sep="-") for other in _NAMED_IN)]
    months = dict(_MORE_MONTHS)
    for locale in reversed(locales):
        months |= {name: number for number, name in _spellings(locale.months)}
    months = {_without_accents(name): number for name, number in months.items()} | months
    weekdays = frozenset(name for locale in locales for _, name in _spellings(locale.days))
    own_weekdays = frozenset(name for _, name in _spellings(own.days)) if own else frozenset()
    return _Names(months, weekdays, own_weekdays, _order(own))


def _without_accents(name: str) -> str:
    """Write a name as French capitals often are: `AOUT`, `DECEMBRE`."""
    return "".join(filter(str.isalpha, unicodedata.normalize("NFD", name)))


def _order(locale: Locale | None) -> Literal["day", "month", "open"]:
    pattern = locale.date_formats["short"].pattern if locale else ""
    if pattern.startswith("d"):
        return "day"
    return "month" if locale and locale.territory and pattern.startswith("M") else "open"


def _locale(language: str) -> Locale | None:
    try:
        return Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return None  # a language that CLDR does not know adds no names


def _spellings(names: Mapping[str, Mapping[str, Mapping[int, str]]]) -> Iterator[tuple[int, str]]:
    for context in ("stand-alone", "format"):
        for width in ("abbreviated", "wide"):
            for number, name in names[context][width].items():
                yield number, name.casefold().rstrip(".")
