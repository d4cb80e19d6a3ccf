"""What the pages of an e-invoice show: where values that are known from its XML stand, in whatever form."""

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from typing import Final

from babel.dates import format_date

from schemas.document_types import DocumentType, FieldDefinition, Kind
from services.answers.amounts import currency_code
from services.answers.candidates import Candidates
from services.answers.evidence import Place, SearchablePages
from services.answers.normal_form import NormalForm, letters_and_digits, normal_form, normal_text
from services.answers.roles import is_name_of
from services.answers.shown_numbers import ShownNumbers
from services.answers.tables.sheet import Cell, Sheet
from services.answers.values import Value
from services.answers.values_by_form import Candidate

_WORD: Final = re.compile(r"\w+")
_SIGN: Final = 5
"""Characters beside a number among which a currency is looked for."""
_SIGN_BEFORE: Final = re.compile(r"(?:[€$£¥]|EUR|CHF|USD|GBP|Fr\.)\s?[-(]?$")
_SIGN_AFTER: Final = re.compile(r"[-)]?\s?(?:[€$£¥]|EUR|CHF|USD|GBP|Fr\.)")
_WITH_DECIMALS: Final = re.compile(r"[.,][0-9]{1,4}(?![0-9])")
_DAYS: Final = re.compile(r"(?<![0-9.,])([0-9]{1,3})[ -]?(?:kalender|werk)?(?:tage|tagen|days?|jours?)\b")
_CURRENCY: Final = re.compile(r"(?<![^\W\d_])[^\W\d_]{1,10}(?![^\W\d_])|[$€£¥]")
_FRANCS: Final = frozenset({"fr", "sfr"})
"""Francs beside an amount alone: elsewhere a Friday, a firm or a woman."""
_CENTS: Final = r"[0-9][0-9'\u2019 \u00a0\u202f]*[.,](?:[0-9]{2}|-{1,2}|\u2013)"
_AMOUNT_AFTER: Final = re.compile(rf"\.?[ \u00a0\u202f]?{_CENTS}(?![.,:-]?[0-9]| ?(?:Uhr|bis|h\b|[-\u2013]))")
_AMOUNT_BEFORE: Final = re.compile(rf"(?<![0-9.,:-]){_CENTS}[ \u00a0\u202f]?$")
_REACH: Final = 20
"""Characters before francs in which an amount is looked for."""
_GOES_BEFORE: Final = re.compile(r"(?:[^\W_]|[0-9][-/._])$")
_GOES_ON: Final = re.compile(r"[^\W_]|[-/_][^\W_]|\.[0-9]")
_CODE: Final = re.compile(r"(?!sfr)[a-z]{3}", re.IGNORECASE)
"""Codes of ISO 4217 that are not in capitals are also words: `all`, `top`, `pen`."""
_LOCALES: Final = ("de", "de_AT", "en", "en_GB", "fr", "it")
_PATTERNS: Final = (
    "dd.MM.yyyy", "d.M.yyyy", "dd.MM.yy", "d.M.yy", "dd. MM. yyyy", "d. M. yyyy", "yyyy-MM-dd", "yyyy/MM/dd",
    "yyyyMMdd",
    "dd/MM/yyyy", "d/M/yyyy", "dd/MM/yy", "dd-MM-yyyy", "MM/dd/yyyy", "M/d/yyyy", "M/d/yy",
    "d. MMMM yyyy", "dd. MMMM yyyy", "d. MMM yyyy", "d MMMM yyyy", "d MMM yyyy", "dd-MMM-yyyy",
    "MMMM d, yyyy", "MMM d, yyyy",
)  # fmt: skip
"""Where the same digits mean two days (`05/06/2018`), either is taken for the known one."""


class EInvoicePages:
    """The pages of one e-invoice; each way of looking at them is made when it is needed.

    Parameters
    ----------
    pages
        The text of each page.
    kind
        The type whose labels stand before values.
    language
        ISO 639-1, of the document.
    layouts
        Packed runs of each page; a page without any is taken as plain text.
    any_sign
        Numbers may have the other sign on the pages.
    """

    def __init__(
        self,
        pages: Sequence[str],
        kind: DocumentType,
        language: str,
        layouts: Sequence[Sequence[int]] = (),
        *,
        any_sign: bool = False,
    ) -> None:
        self.language = language
        self._pages = pages
        self._any_sign = any_sign
        self._kind = kind
        self._searchable = SearchablePages(pages)
        self._candidates = Candidates(pages, language, layouts)

    def text_at(self, place: Place) -> str:
        """Give what stands at a place."""
        return self._pages[place.page - 1][place.char_start : place.char_end]

    def find(self, field: FieldDefinition, value: Value) -> Place | None:
        """Give where a value of the header stands; the place that its label names, if there are several."""
        for candidate in self.labelled(field):
            if same(candidate.value, value):
                return _place(candidate)
        labels = field.names
        if value.numeric is not None:
            return self._find_number(value.numeric, is_money=field.kind is Kind.MONEY)
        if value.date is not None:
            return self._find_date(value.date, labels)
        if field.kind is Kind.CURRENCY:
            return self._find_currency(value.text)
        place = self._searchable.find(value.text, labels)
        return place if place and self._is_it(field.kind, place) else self.find_identifier(value.text)

    def find_after(self, text: str, last: Place | None) -> Place | None:
        """Give where a text comes next after a place, as invoice lines follow each other; else its first place."""
        needle = normal_text(text).strip()
        if not needle:
            return None
        return (last and self._first(needle, last.page - 1, last.char_end)) or self._first(needle, 0, 0)

    def find_identifier(self, number: str) -> Place | None:
        """Find a number of letters and digits whatever spaces, dashes and points stand in it."""
        wanted = letters_and_digits(number)
        if not any(map(str.isdigit, wanted)):
            return None
        for page, (text, places) in enumerate(self._squeezed):
            form = self._forms[page].text
            at = text.find(wanted)
            while at >= 0:
                start, end = places[at], places[at + len(wanted) - 1] + 1
                if _is_whole(form, start, end):
                    return self._place(page, start, end)
                at = text.find(wanted, at + 1)
        return None

    def labelled(self, field: FieldDefinition) -> Sequence[Candidate]:
        """Give the amounts, dates or numbers that stand where the pages name the field."""
        return self._candidates.labelled(field, self._kind)

    def words_before(self, item: Candidate) -> str:
        """Give the words that precede a value on its line, in small letters."""
        return self._candidates.surroundings.words_before(item.page, item.char_start)

    def cell(self, page: int, start: int) -> Cell | None:
        """Give the words that stand together at a place."""
        return self._candidates.surroundings.cell(page, start)

    def all_of(self, kind: Kind) -> list[Candidate]:
        """Give the values of a kind with a form of its own, such as every IBAN."""
        return list(self._candidates.of(kind))

    @property
    def texts(self) -> Sequence[str]:
        """The text of each page."""
        return self._pages

    @property
    def sheets(self) -> Sequence[Sheet]:
        """The pages, laid out."""
        return self._candidates.surroundings.sheets

    def has_word(self, word: str) -> bool:
        """Tell whether a word, in normal form, stands anywhere on the pages."""
        return word in self._words

    def share_of_words(self, text: str) -> float:
        """Give the share of a text's words that stand anywhere on the pages, 0 to 1."""
        words = set(_WORD.findall(normal_text(text)))
        return len(words & self._words) / len(words) if words else 1.0

    def find_number(self, number: Decimal, near: Place | None = None) -> Place | None:
        """Give where a number stands, see `ShownNumbers.find`."""
        place = self.numbers.find(number, near)
        return self.numbers.find(-number, near) if place is None and self._any_sign else place

    @cached_property
    def days_to_pay(self) -> frozenset[int]:
        """Every number of days that the pages name."""
        return frozenset(int(match[1]) for form in self._forms for match in _DAYS.finditer(form.text))

    def shows_currency(self) -> bool:
        """Tell whether the pages name any currency: by a sign, a code in capitals, or a name."""
        return any(
            _currency_at(text, match) and (match[0].isupper() or not _CODE.fullmatch(match[0]))
            for text in self._pages
            for match in _CURRENCY.finditer(text)
        )

    @cached_property
    def are_blank(self) -> bool:
        """Whether no page has any text."""
        return not any(text.strip() for text in self._pages)

    @cached_property
    def numbers(self) -> ShownNumbers:
        """Every number of the pages."""
        return ShownNumbers(self._forms)

    @cached_property
    def _forms(self) -> list[NormalForm]:
        return [normal_form(text) for text in self._pages]

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(word for form in self._forms for word in _WORD.findall(form.text))

    @cached_property
    def _squeezed(self) -> list[tuple[str, list[int]]]:
        """Letters and digits alone, each with its place in the normal form."""
        kept = [[at for at, sign in enumerate(form.text) if sign.isalnum()] for form in self._forms]
        return [("".join(map(form.text.__getitem__, at)), at) for form, at in zip(self._forms, kept, strict=True)]

    def _find_number(self, number: Decimal, *, is_money: bool) -> Place | None:
        """Find a number; money has cents, or looks like money: a customer's number is none."""
        place = self.find_number(number)
        if place is None or not is_money or _WITH_DECIMALS.search(self.text_at(place)):
            return place
        page = self._pages[place.page - 1]
        if _SIGN_BEFORE.search(page[max(0, place.char_start - _SIGN) : place.char_start]):
            return place
        if _SIGN_AFTER.match(page[place.char_end : place.char_end + _SIGN]):
            return place
        return next((_place(item) for item in self._candidates.of(Kind.MONEY) if item.value.numeric == number), None)

    def currencies(self) -> set[str]:
        """Give the currencies that stand beside amounts, but for signs that several share."""
        codes = (currency_code(item.verbatim) for item in self._candidates.of(Kind.MONEY))
        return {code for code in codes if code}

    def has_parties_exchanged(self, seller: str, buyer: str) -> bool:
        """Tell whether the pages are a letter from who is said to buy to who is said to sell."""
        letter = self._candidates.letter
        return (
            is_name_of(letter.recipient, seller)
            and is_name_of(letter.sender, buyer)
            and not is_name_of(letter.sender, seller)
        )

    def _find_date(self, day: dt.date, labels: Sequence[str]) -> Place | None:
        for candidate in self._candidates.of(Kind.DATE):
            if candidate.value.date == day:
                return _place(candidate)
        found = (self._searchable.find(form, labels) for form in date_forms(day))
        return next((place for place in found if place), None)

    def _is_it(self, kind: Kind, place: Place) -> bool:
        """Tell whether what stands at a place is the value: it is known exactly, and a number is no part of another."""
        is_whole = kind not in (Kind.TEXT, Kind.REFERENCE) or _is_whole(
            self._pages[place.page - 1], place.char_start, place.char_end
        )
        return is_whole and place.match != "fuzzy"

    def _find_currency(self, code: str) -> Place | None:
        for number, text in enumerate(self._pages, start=1):
            for match in _CURRENCY.finditer(text):
                if _currency_at(text, match) == code:
                    return Place(number, *match.span(), "normalised")
        return None

    def _first(self, needle: str, first_page: int, char_start: int) -> Place | None:
        for page in range(first_page, len(self._forms)):
            form = self._forms[page]
            at = form.text.find(needle, bisect_left(form.starts, char_start) if page == first_page else 0)
            if at >= 0:
                return self._place(page, at, at + len(needle))
        return None

    def _place(self, page: int, start: int, end: int) -> Place:
        form = self._forms[page]
        return Place(page + 1, form.starts[start], form.ends[end - 1], "normalised")


def same(one: Value, other: Value) -> bool:
    """Tell whether two values are the same: `47.9` is `47.90`."""
    if one.numeric is not None and other.numeric is not None:
        return one.numeric == other.numeric
    return one.text == other.text


def is_made(tax: Decimal | None, parts: Sequence[Candidate]) -> bool:
    """Tell whether the taxes of several rates add up to a tax; the page may show each of them twice."""
    values = [part.value.numeric for part in parts if part.value.numeric is not None]
    return len(values) > 1 and tax in {sum(values, Decimal(0)), sum(set(values), Decimal(0))}


def date_forms(day: dt.date) -> list[str]:
    """Give the forms in which a date may be written, each once."""
    return list(dict.fromkeys(format_date(day, pattern, locale) for pattern in _PATTERNS for locale in _LOCALES))


def _is_whole(text: str, start: int, end: int) -> bool:
    """Tell whether a number ends where its place does: `RE-2018` within `RE-2018-17` is another one."""
    return not (_GOES_BEFORE.search(text[max(start - 2, 0) : start]) or _GOES_ON.match(text, end))


def _currency_at(text: str, match: re.Match[str]) -> str | None:
    """Give the code of the currency that a word of a page names, if it does."""
    if match[0].casefold() in _FRANCS and not _stands_beside_amount(text, *match.span()):
        return None
    return currency_code(match[0])


def _stands_beside_amount(text: str, start: int, end: int) -> bool:
    before = text[max(start - _REACH, 0) : start]
    after = _AMOUNT_AFTER.match(text, end) and not before.rstrip().endswith(("-", "\u2013"))
    return bool(after or _AMOUNT_BEFORE.search(before))


def _place(candidate: Candidate) -> Place:
    return Place(candidate.page, candidate.char_start, candidate.char_end, "exact")
