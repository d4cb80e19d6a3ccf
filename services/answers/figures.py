"""Whether every figure of a text that a model wrote stands in the document: amounts, dates, percentages, numbers, ids.

Compared is what is meant, not how it is written: `5 June 2018` stands in a document that says `05.06.2018`, and `6` in
one that says `six months`. Words are figures, too, where they say an amount, a share, a quantity or a time:
`fünfhundert Euro`, `three months`, but not `eine Rechnung`, `one of` or `two parties`. What `1,785` means the text's
own language says. Where a text leaves open what a figure means, any reading of it that the document has will do: what
is denied is surely not there.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import islice, pairwise
from typing import Final

from schemas.document_types import Kind
from services.answers.amounts import parse_number
from services.answers.candidates import Candidates
from services.answers.dates import month_number
from services.answers.normal_form import NormalForm, normal_text
from services.answers.number_words import LANGUAGES, NumberInWords, numbers_in_words
from services.answers.shown_numbers import MAX_NUMBERS, ShownNumbers
from services.answers.values_by_form import Candidate, values_in

MAX_CHARACTERS: Final = 1000
"""Of a text that is checked."""

_READ_AS: Final = ("de", "en")
_ORDERS: Final = ("en-GB", "en-US")
"""Between them they read a date in figures either way."""
_MONTHS: Final = 12

_DAY_MONTH: Final = re.compile(r"(?<!\w)(?P<day>[0-9]{1,2})(?:\.|st|nd|rd|th|er)? (?:of )?(?P<month>[^\W\d_]{3,12})\b")
_MONTH_DAY: Final = re.compile(
    r"(?<!\w)(?P<month>[^\W\d_]{3,12})\.? (?P<day>[0-9]{1,2})(?:st|nd|rd|th)?(?![\w/:-]|[.,][0-9])"
)
_MONTH_YEAR: Final = re.compile(r"(?<!\w)(?P<month>[^\W\d_]{3,12})\.? (?P<year>[0-9]{4})(?!\w)")
_DAY_MONTH_FIGURES: Final = re.compile(r"(?<![\w.,])(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?!\w)")
_MONTH_YEAR_FIGURES: Final = re.compile(r"(?<![\w.,/])(?P<month>[0-9]{1,2})[./](?P<year>(?:19|20)[0-9]{2})(?![\w/])")
_PARTIAL_DATES: Final = (_MONTH_YEAR, _DAY_MONTH, _MONTH_YEAR_FIGURES, _DAY_MONTH_FIGURES, _MONTH_DAY)
_GROUPED: Final = re.compile(r"(?<![\w.,])[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+(?:[.,][0-9]{1,4})?(?![\w])")
_TOKEN: Final = re.compile(r"[^\W_]+(?:[_.,'\u2019\u2032/:-][^\W_]+)*")
_COUNTED: Final = re.compile(r"(?P<number>[0-9]+(?:[.,][0-9]+)*)-?[^\W\d_]+(?:-[^\W\d_]+)*")
"""A number that a word hangs on, such as `3-monatig` or `24h`."""
_BOTH: Final = frozenset(("beide", "beiden", "both"))
"""Words of a document that say two."""
_CURRENCY: Final = (
    r"[€$£]|(?:EUR|CHF|USD|GBP|[Ee]uros?|[Ff]ranken|[Ff]rancs?|[Dd]ollars?|[Pp]ounds?|Pfund|Rappen|[Cc]ents?|pence)\b"
)
_PERCENT: Final = r"%|(?:Prozent\w*|per ?cent|pour cent)\b"
_MILLIONS: Final = r"(?:Mio|[Mm]illion\w*)\b"
_MANY: Final = r"(?:Mio|Mrd|Tsd|[Mm]illi\w+|[Tt]ausend)\b"
_WEEK: Final = r"(?:Wochen?|weeks?|semaines?)\b"
_YEAR_OF_MONTHS: Final = r"(?:Jahre?[ns]?|years?|ans|années?)\b"
_TIME: Final = (
    r"(?:(?:[A-ZÄÖÜ]\w+)?(?:[Tt]ag(?:en?|es)?|[Mm]onat(?:en?|s|es)?)|Quartale?n?|Stunden?|Minuten?|Nächten?"
    r"|days?|nights?|months?|quarters?|hours?|minutes?|jours?|nuits?|mois|trimestres?|heures?)\b"
)
_QUANTITY: Final = (
    r"(?:Stück|Stk|pieces?|pièces?|units?|unités?|Liter|lit(?:re|er)s?|kg|Kilo\w*|[Kk]ilos?|Gramm|gram(?:me)?s?|Tonnen?"
    r"|tonnes?|Meter|met(?:re|er)s?|mètres?|km|Raten?|instal?lments?|mensualités?)\b"
)
_COUNTS: Final = re.compile(
    rf"[ \u00a0-]?(?:[a-zà-ÿ]+ )?(?:(?P<week>{_WEEK})|(?P<year>{_YEAR_OF_MONTHS})"
    rf"|(?P<million>{_MILLIONS})|{_CURRENCY}|{_PERCENT}|{_MANY}|{_TIME}|{_QUANTITY})"
)
"""What makes words a number: `zwei Parteien` and `one of` are none, and of `zwei weitere Monate` one is."""
_COUNTED_WITHIN: Final = re.compile(r"(?P<week>woch|wöch)|(?P<year>jahr|jähr)", re.IGNORECASE)
"""What a word counts that begins with a number: `zweiwöchig`."""
_IN_ITS_PARTS: Final = {"week": 7, "year": 12, "million": 1_000_000}
"""Two weeks are fourteen days, a year is twelve months; two millions are written with their zeros."""
_MEASURED: Final = re.compile(rf"[ \u00a0]?(?:{_CURRENCY}|{_PERCENT}|{_MANY})")
"""What a number must be said of, in figures or in words: `a reminder` is no `1 %`."""
_FREE_NUMBER: Final = re.compile(
    r"(?<![\w/.,'\u2019\u2032-])(?<![0-9] )(?!(?:19|20)[0-9]{2}(?! ?(?:[Ee]uro|[Ff]ranken)\b)(?!\w))"
    r"(?![0-9]{4,5} [A-ZÄÖÜ][a-zäöüß]+(?<!Euro)\b(?<!Franken))"
    r"[0-9]{1,9}(?:[.,'\u2019\u2032][0-9]{3})*(?:[.,][0-9]{1,2})?(?! ?[0-9]|[\w-]|/[0-9]|[.,'\u2019\u2032][0-9])"
)
"""A number that may be an amount without a currency: no year, no postcode, and no piece of a longer number."""
_CALLED_BY: Final = re.compile(
    r"\b(?:tel|fon|phone|telefon|fax|mobil\w*|iban|konto(?:nummer|nr)|account (?:no|number))\b", re.IGNORECASE
)
"""Words of lines whose numbers are none."""
_OTHER_SIGN: Final = str.maketrans(".,", ",.")
_WORD: Final = re.compile(r"[^\W\d_]+")
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
_LONGEST: Final = 64
"""Characters of a figure that is looked for as it is written."""
_LONG: Final = 6
"""Digits from which a plain number may be an identifier, which a document writes in groups."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a text, with its first, and one past its last, character."""

    text: str
    start: int
    end: int


class DocumentFigures:
    """The figures of a document.

    Parameters
    ----------
    candidates
        Those of the same pages.
    """

    def __init__(self, pages: Sequence[str], candidates: Candidates) -> None:
        self._pages = pages
        self._candidates = candidates

    def lacks(self, text: str, language: str) -> list[Figure]:
        """Give the figures of a text that the document does not have, in order.

        Parameters
        ----------
        text
            Of at most `MAX_CHARACTERS`; what is beyond is not looked at.
        language
            ISO 639-1, of the text.
        """
        figures: dict[tuple[int, int], bool] = {}
        for (start, end), is_there in self._judged(text[:MAX_CHARACTERS], language):
            if not any(start < other_end and other_start < end for other_start, other_end in figures):
                figures[start, end] = is_there
        return [
            Figure(text[start:end], start, end) for (start, end), is_there in sorted(figures.items()) if not is_there
        ]

    def _judged(self, text: str, language: str) -> Iterator[tuple[tuple[int, int], bool]]:
        """Give figures with whether they are there; wholes before their parts."""
        for match in _GROUPED.finditer(text):
            if self._has_number(match[0], language):
                yield match.span(), True
        yield from self._judged_wholes(text, language, (Kind.IBAN, Kind.VAT_ID))
        yield from self._judged_dates(text, language)
        yield from self._judged_wholes(text, language, (Kind.MONEY,))
        for match in _TOKEN.finditer(text):
            if any(map(str.isdigit, match[0])):
                is_measured = _MEASURED.match(text, match.end()) is not None
                yield match.span(), self._has_token(match[0], language, is_measured=is_measured)
        yield from self._judged_words(text, language)

    def _judged_words(self, text: str, language: str) -> Iterator[tuple[tuple[int, int], bool]]:
        for found in numbers_in_words(text, language):
            within = _COUNTED_WITHIN.search(text, found.start, found.end) if found.is_measured else None
            unit = within or _COUNTS.match(text, found.end)
            if found.number > 1 and (unit or found.is_measured):
                parts = [found.number * _IN_ITS_PARTS[unit.lastgroup]] if unit and unit.lastgroup else []
                numbers = map(Decimal, [found.number, *parts])
                is_there = any(self._shows(number) or self._spells(number) for number in numbers)
                yield (found.start, found.end), is_there

    def _judged_dates(self, text: str, language: str) -> Iterator[tuple[tuple[int, int], bool]]:
        for order in _ORDERS:
            for item in values_in([text], Kind.DATE, order):
                if item.value.date in self._dates:
                    yield (item.char_start, item.char_end), True
        yield from self._judged_wholes(text, language, (Kind.DATE,))
        for pattern in _PARTIAL_DATES:
            for match in pattern.finditer(text):
                if month := _month(match["month"], language):
                    is_there = (
                        self._has_part(match, month)
                        or self._says(match[0])
                        or self._has_number(match[0].rstrip("."), language)
                    )
                    yield match.span(), is_there

    def _judged_wholes(self, text: str, language: str, kinds: Sequence[Kind]) -> Iterator[tuple[tuple[int, int], bool]]:
        for kind in kinds:
            for item in values_in([text], kind, language):
                yield (item.char_start, item.char_end), self._has_whole(item)

    @property
    def _forms(self) -> Sequence[NormalForm]:
        return self._candidates.surroundings.searchable.forms

    @cached_property
    def _numbers(self) -> ShownNumbers:
        return ShownNumbers(self._forms)

    @cached_property
    def _dates(self) -> frozenset[date]:
        # A date may be split over two lines.
        pages = [page.replace("\n", " ") for page in self._pages]
        read = [self._candidates.of(Kind.DATE), *(values_in(pages, Kind.DATE, language) for language in _ORDERS)]
        return frozenset(item.value.date for found in read for item in found if item.value.date)

    def _has_part(self, match: re.Match[str], month: int) -> bool:
        """Say whether the document has a date of this month, and of the day or year that is told."""
        told = match.groupdict()
        days = (day for day in self._dates if day.month == month)
        return any(day.year == int(told["year"]) if "year" in told else day.day == int(told["day"]) for day in days)

    def _has_whole(self, item: Candidate) -> bool:
        match item.kind:
            case Kind.MONEY:
                return item.value.numeric is not None and abs(item.value.numeric) in self._amounts
            case Kind.DATE:
                return item.value.date in self._dates or self._says(item.verbatim)
            case _:
                return any(item.value.text == other.value.text for other in self._candidates.of(item.kind))

    @cached_property
    def _amounts(self) -> frozenset[Decimal]:
        """Amounts, and numbers that may be some, without their signs."""
        named = [item.value.numeric for item in self._candidates.of(Kind.MONEY)]
        lines = (line for page in self._pages for line in page.splitlines() if not _CALLED_BY.search(line))
        found = islice((match[0] for line in lines for match in _FREE_NUMBER.finditer(line)), MAX_NUMBERS)
        free = [parse_number(written, language) for written in found for language in _READ_AS]
        spelt = map(Decimal, self._spelt_measured)
        return frozenset(abs(number) for number in [*named, *free, *spelt] if number is not None)

    def _has_token(self, token: str, language: str, *, is_measured: bool) -> bool:
        if self._has_number(token, language, is_measured=is_measured) or self._says(token):
            return True
        if _YEAR.fullmatch(token) and any(day.year == int(token) for day in self._dates):
            return True
        counted = _COUNTED.fullmatch(token)
        return counted is not None and self._has_number(counted["number"], language)

    def _has_number(self, written: str, language: str, *, is_measured: bool = False) -> bool:
        """Say whether the document has a number, in figures or in words; of money or a share, as one of these."""
        own = parse_number(written, language)
        if own is not None and self._has_with_other_sign(written, own):
            return False
        numbers = [own] if own is not None else [parse_number(written, other) for other in _READ_AS]
        return any(
            self._shows(number) or (number in self._spelt_measured if is_measured else self._spells(number))
            for number in numbers
            if number is not None
        )

    def _has_with_other_sign(self, written: str, number: Decimal) -> bool:
        """Say whether the document writes a number's digits with the other sign, and means another number by it."""
        other = written.translate(_OTHER_SIGN)
        meant = parse_number(other, self._candidates.language)
        return other != written and meant not in {None, number} and self._says(other) and not self._says(written)

    def _shows(self, number: Decimal) -> bool:
        return number in self._numbers or -number in self._numbers

    def _spells(self, number: Decimal) -> bool:
        return number in self._spelt

    @cached_property
    def _spelt(self) -> frozenset[int]:
        both = {2} if any(word.casefold() in _BOTH for page in self._pages for word in _WORD.findall(page)) else set()
        return frozenset(both | {found.number for _, found in self._in_words})

    @cached_property
    def _spelt_measured(self) -> frozenset[int]:
        return frozenset(
            found.number
            for page, found in self._in_words
            if (found.is_measured or _MEASURED.match(page, found.end)) and found.number
        )

    @cached_property
    def _in_words(self) -> list[tuple[str, NumberInWords]]:
        return [
            (page, found)
            for page in self._pages
            for language in LANGUAGES
            for found in numbers_in_words(page, language)
        ]

    def _says(self, text: str) -> bool:
        """Say whether the document has the same letters and digits, as they are or grouped otherwise."""
        said = normal_text(text)
        if len(said) > _LONGEST or (said.isdigit() and len(said) < _LONG):
            return False
        spellings = [re.escape(said)]
        if said.isdigit() or any(map(str.isalpha, said)):
            spellings.append(_grouped([sign for sign in said if sign.isalnum()]))
        # `1.785` is no copy of `1.785,00`.
        goes_on = r"\w" if any(map(str.isalpha, said)) else r"\w|[.,][0-9]"
        pattern = re.compile(rf"(?<!\w)(?:{'|'.join(spellings)})(?!{goes_on})")
        return any(pattern.search(form.text) for form in self._forms)


def _month(written: str, language: str) -> int | None:
    if not written.isdigit():
        return month_number(written.casefold(), language)
    return month if 1 <= (month := int(written)) <= _MONTHS else None


def _grouped(characters: Sequence[str]) -> str:
    """Give a pattern with gaps; between digits no decimal sign is one: 11.90 is not 1190."""
    gaps = [r"[ /-]{0,2}" if one.isdigit() and other.isdigit() else r"\W{0,2}" for one, other in pairwise(characters)]
    return "".join(character + gap for character, gap in zip(characters, [*gaps, ""], strict=True))
