"""Spans of time: from one date to another, or so many months, as ISO 8601 writes them.

=========================================== =========================
written                                     canonical
=========================================== =========================
`01.01. bis 31.12.2026`, `Jahr 2026`        `2026-01-01/2026-12-31`
`Juni 2018`, `1. Quartal 2026`, `KW 12/2026` first day / last day
`3 Monate zum Quartalsende`                 `P3M`
`one year and six months`                   `P1Y6M`
`unbefristet`                               `indefinite`
=========================================== =========================

A duration is read out of the words around it, which say from when or to which end it runs: those stay in the
verbatim copy. Two different durations, a bound (`bis zu`, `more than`), a negation and working days are not read.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal

from babel import Locale, UnknownLocaleError
from babel.units import format_unit

from services.answers.dates import FIRST_YEAR, LAST_YEAR, month_number, parse_date, without_weekday
from services.answers.normal_form import UNIFIED, plain

MAX_CHARACTERS: Final = 200
"""Longer texts are clauses, not periods."""
INDEFINITE: Final = "indefinite"

_WORD: Final = r"[^\W\d_]+"
_SEPARATOR: Final = re.compile(
    r" ?[-/] ?"
    r"| (?:bis(?: einschlie(?:ß|ss)lich| zum| zur)?|to|until|till|through|thru|au|jusqu'au) (?:and including )?"
)
_BETWEEN: Final = "(?:zwischen|between|entre)"
_LEAD: Final = re.compile(
    r"^(?:(?:zeitraum|leistungszeitraum|period|période)[: ] ?)?"
    rf"(?:(?:vom|von|from|im|in|{_BETWEEN}) )?(?:(?:du|le|den|dem|the) )?"
)
_OF_TWO_DATES: Final = re.compile(rf"\b{_BETWEEN} ")
_AND: Final = re.compile(r" (?:und|and|et) ")
"""What parts two dates behind `between`; elsewhere they are two days, and no span."""
_ORDINAL: Final = r"(?:\.|st|nd|rd|th|er|ᵉʳ)?"
_PARTIAL: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<day>[0-9]{{1,2}}){_ORDINAL}",
        r"(?P<day>[0-9]{1,2})\. ?(?P<month>[0-9]{1,2})\.?",
        r"(?P<month>[0-9]{1,2}) ?[./-] ?(?P<year>[0-9]{4})",
        rf"(?P<day>[0-9]{{1,2}}){_ORDINAL} ?(?P<name>{_WORD})\.?",
        rf"(?P<name>{_WORD})\.? (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?",
        rf"(?P<name>{_WORD})\.?,? (?P<year>[0-9]{{4}})",
        rf"(?P<name>{_WORD})\.?",
        r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?, (?P<year>[0-9]{4})",
        r"(?P<year>[0-9]{4})",
    )
)
_YEAR: Final = re.compile(r"(?:(?:jahr|kalenderjahr|year|calendar year|année|exercice|l'année) )?([0-9]{4})")
_ORDINALS: Final = {
    "i": 1, "ii": 2, "iii": 3, "iv": 4, "erstes": 1, "zweites": 2, "drittes": 3, "viertes": 4, "first": 1,
    "second": 2, "third": 3, "fourth": 4, "premier": 1, "deuxième": 2, "troisième": 3, "quatrième": 4,
}  # fmt: skip
_PART_OF_YEAR: Final = re.compile(
    r"(?:(?P<letter>[qh]) ?(?P<short>[1-4])"
    r"|(?P<which>[1-4]|[a-zèé]{1,10})(?:\.|st|nd|rd|th|er|e|ème)? "
    r"(?P<kind>quartal|quarter|trimestre|halbjahr|half|half-year|semestre))"
    r" ?(?:/|of|de|des jahres|du)? ?(?P<year>[0-9]{4})"
)
_WEEK: Final = re.compile(
    r"(?:(?:kw|kalenderwoche|week|semaine) ?([0-9]{1,2})|([0-9]{1,2})\. ?(?:kw|kalenderwoche))"
    r" ?(?:[/,]|of|de)? ?([0-9]{4})"
)

_NUMBER_WORDS: Final = {
    "ein": 1, "eine": 1, "einen": 1, "einem": 1, "einer": 1, "eines": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5,
    "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12, "vierzehn": 14, "achtzehn": 18,
    "zwanzig": 20, "vierundzwanzig": 24, "dreißig": 30, "sechsunddreißig": 36, "sechzig": 60, "neunzig": 90,
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fourteen": 14, "fifteen": 15, "eighteen": 18, "twenty": 20,
    "twenty-four": 24, "thirty": 30, "thirty-six": 36, "sixty": 60, "ninety": 90,
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "neuf": 9, "dix": 10,
    "onze": 11, "douze": 12, "quinze": 15, "dix-huit": 18, "vingt": 20, "vingt-quatre": 24, "trente": 30,
    "trente-six": 36, "soixante": 60, "quatre-vingt-dix": 90,
}  # fmt: skip
_TENS: Final = dict(
    zip(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(20, 100, 10), strict=True)
)
_UNITS: Final = dict(
    zip(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"], range(1, 10), strict=True)
)
_TWO_WORDS: Final = {
    f"{ten}{between}{unit}": tens + units
    for ten, tens in _TENS.items()
    for unit, units in _UNITS.items()
    for between in "- "
}
_COUNTS: Final = (
    _NUMBER_WORDS | {word.replace("ß", "ss"): count for word, count in _NUMBER_WORDS.items()} | _TENS | _TWO_WORDS
)
"""As Swiss write them too, and texts that are compared without capitals."""
_DAY, _WEEK_OF_DAYS, _MONTH, _QUARTER, _HALF, _YEARS, _HOUR = (
    (1, "D"), (1, "W"), (1, "M"), (3, "M"), (6, "M"), (1, "Y"), (1, "H")
)  # fmt: skip
_INFLECTED: Final[Mapping[str, tuple[int, str]]] = {
    "tagen": _DAY, "tages": _DAY, "tags": _DAY, "kalendertag": _DAY, "kalendertage": _DAY, "kalendertagen": _DAY,
    "monaten": _MONTH, "monats": _MONTH, "monates": _MONTH, "kalendermonate": _MONTH, "kalendermonaten": _MONTH,
    "jahren": _YEARS, "jahres": _YEARS, "jahrs": _YEARS, "année": _YEARS, "années": _YEARS,
    "quartal": _QUARTER, "quartale": _QUARTER, "quartalen": _QUARTER, "quarter": _QUARTER, "quarters": _QUARTER,
    "vierteljahr": _QUARTER, "vierteljahre": _QUARTER, "trimestre": _QUARTER, "trimestres": _QUARTER,
    "halbjahr": _HALF, "halbjahre": _HALF, "halbjahren": _HALF, "semestre": _HALF, "semestres": _HALF,
}  # fmt: skip
_SPELLED: Final = "|".join(sorted(_COUNTS, key=len, reverse=True))
_JOINED_WORDS: Final = re.compile(
    rf"(?<!\w)(?:{'|'.join(sorted((word for word in _COUNTS if '-' in word), key=len, reverse=True))})(?!\w)"
    # `twenty one-month periods` are twenty.
    rf"|(?<!\w)(?:{'|'.join(sorted((word for word in _COUNTS if ' ' in word), key=len, reverse=True))})(?![\w-])"
)
"""Numbers of several words, which are no range: `twenty-eight`, `trente-six`."""
_LARGER_NUMBER: Final = re.compile(
    rf"\b(?:{'|'.join(_TENS)}|hundred|thousand|hundert|tausend|vingts?|trente|quarante|cinquante|soixante|cents?|mille)"
    rf"[ -](?:and |et |und )?(?:{_SPELLED})\b"
    rf"|\b{_BETWEEN} (?:[0-9]+|{_SPELLED}) (?:und|and|et) (?:[0-9]+|{_SPELLED})\b"
)
"""A number of which the words known here are the end, `one hundred and twenty`, and a range: none is read."""
_STEMS: Final = {"tägig": "D", "wöchig": "W", "monatig": "M", "jährig": "Y"}
_CLDR: Final = {
    "duration-day": _DAY, "duration-week": _WEEK_OF_DAYS, "duration-month": _MONTH, "duration-year": _YEARS,
    "duration-hour": _HOUR,
}  # fmt: skip
_NAMED_IN: Final = ("de", "fr", "en")

_ADJECTIVE: Final = re.compile(
    rf"(?<![\w.,/-])(?P<count>[0-9]{{1,4}}|{_SPELLED})-?(?P<stem>{'|'.join(_STEMS)})(?:e[nrsm]?)?(?!\w)"
)
_ONE_AND_A_HALF: Final = re.compile(
    r"\b(?:eineinhalb|anderthalb) jahren?\b|\bone and a half years\b|\bun an et demi\b|\ba year and a half\b"
)
_AND_A_HALF: Final = re.compile(r"\b(?:und|et|and) (?:(?:ein(?:e[ms]?)?|une?|a) )?(?:halb|demie?\b|half\b)|einhalb")
"""Of more than one: not read, and no half is left out."""
_HALVES: Final = (
    (re.compile(r"\b(?:ein(?:em|es)? )?halbe[sn]? jahr(?:es)?\b|\bhalf a year\b|\bdemi-année\b"), " 6 months "),
    (re.compile(r"\b(?:a |one )?fortnight\b"), " 2 weeks "),
)
_HALF_A_YEAR: Final = _HALVES[0][0]
_END_OF: Final = re.compile(
    r"\b(?:ende|schluss|schluß|ablauf|beginn|anfang|end|beginning|start|fin|début)"
    rf" (?:eines|einer|des|der|jedes|of an?|of the|of each|of any|of every|d'une?|du|de la|de l'|de chaque) ?{_WORD}"
)
_ENDLESS: Final = re.compile(
    r"\bunbefristet|\bunbestimmte[rn]? (?:zeit|dauer)\b|\bindefinite|\bopen-ended\b|\bdurée indéterminée\b"
)
_NOT_READ: Final = re.compile(
    r"\b(?:nicht|kein\w*|ohne|not|no|never|without|sans|pas|aucune?)\b"
    r"|\b(?:bis zu|höchstens|maximal|längstens|ca|etwa|circa|ungefähr|up to|at most|about|approximately|environ"
    r"|jusqu'à|au plus|mehr als|weniger als|more than|less than|plus de|moins de)\b"
    r"|werktag|arbeitstag|banktag|\b(?:working|business|banking|week) ?days?\b|\bouvr(?:é|able)s?\b"
    rf"|\b(?:[0-9]+|{_SPELLED}) (?:bis|oder|to|or|à|ou) (?:[0-9]+|{_SPELLED})\b"
    rf"|(?:[0-9]|\b(?:{_SPELLED}))-? ?[-/x\u00d7] ?(?:[0-9]+|{_SPELLED})(?:[ -]|$)"
    rf"|\b(?:[0-9]+|{_SPELLED})-? ?mal |\b(?:[0-9]+|{_SPELLED})- (?:bis|oder|und)\b"
)
_BUSINESS_YEAR: Final = re.compile(r"[0-9]{4} ?/ ?[0-9]{2,4}")
"""`2025/2026` are twelve months, as a rule, and nobody says which."""
_JOINED: Final = re.compile(r",? ?(?:(?:und|and|et) )?")


@dataclass(frozen=True, slots=True)
class _Partial:
    """What one side of a span says; the other side may complete it."""

    day: int | None = None
    month: int | None = None
    year: int | None = None

    def first(self) -> date:
        return date(self.year or 0, self.month or 1, self.day or 1)

    def last(self) -> date:
        year, month = self.year or 0, self.month or 12
        return date(year, month, self.day or monthrange(year, month)[1])


def parse_period(verbatim: str, language: str) -> str | None:
    """Read a span of dates, a duration, or that there is no end."""
    if len(verbatim) > MAX_CHARACTERS:
        return None
    text = " ".join(plain(verbatim).translate(UNIFIED).casefold().strip(".;, ").split())
    return _span(text, language) or _named_span(_LEAD.sub("", text), language) or _duration(text, language)


def _span(text: str, language: str) -> str | None:
    """Try each sign and word that may stand between two dates."""
    separators = (_SEPARATOR, _AND) if _OF_TWO_DATES.search(text) else (_SEPARATOR,)
    text = _LEAD.sub("", text)
    if _BUSINESS_YEAR.fullmatch(text):
        return None
    found = {
        interval
        for separator in separators
        for cut in separator.finditer(text)
        for left in _sides(text[: cut.start()], language)
        for right in _sides(_LEAD.sub("", text[cut.end() :]), language)
        if (interval := _between(left, right))
    }
    return found.pop() if len(found) == 1 else None


def _between(left: _Partial, right: _Partial) -> str | None:
    if right.year is None or (left.day is None) != (right.day is None):
        return None
    if left.year is not None and left.month is None and right.month is not None:
        return None  # `2025 bis März 2026`: the month is not that of the beginning
    if right.month is None and right.day is None and left.month is not None:
        return None
    right = replace(right, month=right.month or left.month)
    left = replace(left, month=left.month or right.month, year=left.year or right.year)
    return _interval(left, right)


def _interval(start: _Partial, end: _Partial) -> str | None:
    if not all(FIRST_YEAR <= (side.year or 0) <= LAST_YEAR for side in (start, end)):
        return None
    try:
        first, last = start.first(), end.last()
    except ValueError:
        return None  # the calendar has no such day
    return f"{first.isoformat()}/{last.isoformat()}" if first < last else None


def _sides(text: str, language: str) -> Iterator[_Partial]:
    """Read a date or a part of one."""
    text = without_weekday(text.strip(), language)
    if whole := parse_date(text, language):
        yield _Partial(whole.day, whole.month, whole.year)
        return
    for pattern in _PARTIAL:
        if (match := pattern.fullmatch(text)) and (side := _side(match.groupdict(), language)):
            yield side


def _side(parts: Mapping[str, str | None], language: str) -> _Partial | None:
    number = {key: int(text) for key in ("day", "month", "year") if (text := parts.get(key))}
    if name := parts.get("name"):
        month = month_number(name, language)
        return replace(_Partial(**number), month=month) if month else None
    return _Partial(**number)


def _named_span(text: str, language: str) -> str | None:
    """Read a year, a part of it, a month or a week that is named."""
    if match := _YEAR.fullmatch(text):
        year = _Partial(year=int(match[1]))
        return _interval(year, year)
    if match := _PART_OF_YEAR.fullmatch(text):
        return _part_of_year(match)
    if match := _WEEK.fullmatch(text):
        return _week(int(match[1] or match[2]), int(match[3]))
    months = [side for side in _sides(text.removeprefix("monat "), language) if side.month and not side.day]
    return _interval(months[0], months[0]) if len(months) == 1 and months[0].year else None


def _part_of_year(match: re.Match[str]) -> str | None:
    quarter = match["letter"] == "q" or match["kind"] in {"quartal", "quarter", "trimestre"}
    which = match["short"] or match["which"]
    number, length = int(which) if which.isdigit() else _ORDINALS.get(which), 3 if quarter else 6
    if number is None or number * length > 12:  # noqa: PLR2004  (months of a year)
        return None
    year = int(match["year"])
    return _interval(_Partial(month=(number - 1) * length + 1, year=year), _Partial(month=number * length, year=year))


def _week(week: int, year: int) -> str | None:
    try:
        first, last = date.fromisocalendar(year, week, 1), date.fromisocalendar(year, week, 7)
    except ValueError:
        return None  # the year has no such week
    return f"{first.isoformat()}/{last.isoformat()}" if FIRST_YEAR <= year <= LAST_YEAR else None


def _duration(text: str, language: str) -> str | None:
    text = _JOINED_WORDS.sub(lambda match: str(_COUNTS[match[0]]), text)
    if _LARGER_NUMBER.search(text) or _NOT_READ.search(text):
        return None
    text = _ONE_AND_A_HALF.sub(" 18 months ", _END_OF.sub(" ", text))
    if _AND_A_HALF.search(text):
        return None
    for pattern, plainly in _HALVES:
        text = pattern.sub(plainly, text)
    found = set(_durations(text, language))
    if _ENDLESS.search(text):
        found.add(INDEFINITE)
    return found.pop() if len(found) == 1 else None


def _durations(text: str, language: str) -> Iterator[str | None]:
    """Give each duration; None for one that contradicts itself."""
    yield from map(_adjective, _ADJECTIVE.finditer(text))
    counted = list(_counted(language).finditer(text))
    groups: list[list[re.Match[str]]] = [[match] for match in counted[:1]]
    for before, match in pairwise(counted):
        if _JOINED.fullmatch(text[before.end() : match.start()]):
            groups[-1].append(match)
        else:
            groups.append([match])
    yield from (_together([_amount(match, language) for match in group]) for group in groups)


def durations_like(text: str, duration: str, language: str) -> Iterator[str]:
    """Give the words of a text that say a duration: `three months` or `drei (3) Monaten` for three months.

    Parameters
    ----------
    duration
        ISO 8601, of one unit.
    language
        ISO 639-1, of the text.
    """
    lowered = text.lower()
    if len(lowered) != len(text):
        return  # a letter is longer in small: places would not be those of the text
    for match in _counted(language).finditer(lowered):
        if _together([_amount(match, language)]) == duration:
            yield text[slice(*match.span())]


def durations_in(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Give the places of what is said as one duration: `drei (3) Monaten`, `dreimonatiger`, `one year and six months`.

    What cannot be read as one duration is none: a bound and a range are told by the words before.

    Parameters
    ----------
    language
        ISO 639-1, of the text, which is on one line.
    """
    lowered = text.lower()
    if len(lowered) != len(text):
        return  # a letter is longer in small: places would not be those of the text
    matches = [*_counted(language).finditer(lowered), *_ADJECTIVE.finditer(lowered), *_HALF_A_YEAR.finditer(lowered)]
    spans: list[tuple[int, int]] = []
    for start, end in sorted(match.span() for match in matches):
        if spans and _JOINED.fullmatch(lowered[spans[-1][1] : start]):
            spans[-1] = (spans[-1][0], end)
        elif not spans or start >= spans[-1][1]:
            spans.append((start, end))
    yield from spans


@lru_cache(maxsize=64)
def _counted(language: str) -> re.Pattern[str]:
    """Make the pattern of a number, which a bracket may repeat, and a unit of time."""
    units = "|".join(map(re.escape, sorted(_units(language), key=len, reverse=True)))
    number = rf"[0-9]{{1,4}}|{_SPELLED}"
    return re.compile(
        rf"(?<![\w.,/§-])(?P<count>{number})(?: ?\((?P<again>{number})\))?[ -]?"
        r"(?:(?:voll|weiter|ganz)(?:e[nrsm]?)? |(?:full|further|additional|calendar|consecutive|complete) )?"
        rf"(?P<unit>{units})(?!\w)"
    )


def _number(word: str) -> int | None:
    return int(word) if word.isdecimal() else _COUNTS.get(word)


def _amount(match: re.Match[str], language: str) -> tuple[int, str] | None:
    count, again = _number(match["count"]), match["again"]
    factor, designator = _units(language)[match["unit"]]
    return (count * factor, designator) if count and (again is None or _number(again) == count) else None


def _together(amounts: list[tuple[int, str] | None]) -> str | None:
    """Write one duration of parts from the longest unit to the shortest; weeks and hours stand alone."""
    parts = [part for part in amounts if part]
    units = "".join(unit for _, unit in parts)
    if len(parts) != len(amounts) or not (units in {"W", "H"} or re.fullmatch("Y?M?D?", units)):
        return None
    written = "".join(f"{count}{unit}" for count, unit in parts)
    return f"PT{written}" if units == "H" else f"P{written}"


def _adjective(match: re.Match[str]) -> str | None:
    return f"P{_number(match['count'])}{_STEMS[match['stem']]}"


@lru_cache(maxsize=64)
def _units(language: str) -> Mapping[str, tuple[int, str]]:
    """Words for units of time: those of CLDR in the document's language, and whole ones of three others."""
    units = dict(_INFLECTED)
    for other in (*_NAMED_IN, language):
        units |= dict(_cldr_units(other, "long"))
    return units | dict(_cldr_units(language, "short"))


def _cldr_units(language: str, length: Literal["long", "short"]) -> Iterator[tuple[str, tuple[int, str]]]:
    try:
        locale = Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return  # a language that CLDR does not know adds no words
    for name, unit in _CLDR.items():
        for count in (1, 2):
            written = format_unit(count, name, length=length, locale=locale)
            word = re.sub(r"[\d\s.]", "", written).casefold()
            if word and word.isalpha():
                yield word, unit
