"""What the pages of an e-invoice show: where values that are known from its XML stand, in whatever form."""

import datetime as dt
import re
from collections.abc import Sequence
from functools import cached_property
from typing import Final

from babel.dates import format_date

from schemas.document_types import DocumentType, FieldDefinition, Kind
from services.answers.amounts import currency_code
from services.answers.candidates import Candidate, Candidates
from services.answers.evidence import Place, SearchablePages
from services.answers.normal_form import NormalForm, normal_form
from services.answers.shown_numbers import ShownNumbers
from services.answers.values import Value

_WORD: Final = re.compile(r"\w+")
_CURRENCY: Final = re.compile(r"[^\W\d_]{1,10}|[$€£¥]")
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
    """

    def __init__(self, pages: Sequence[str], kind: DocumentType, language: str) -> None:
        self._pages = pages
        self._kind = kind
        self._searchable = SearchablePages(pages)
        self._candidates = Candidates(pages, language)

    def text_at(self, place: Place) -> str:
        """Give what stands at a place."""
        return self._pages[place.page - 1][place.char_start : place.char_end]

    def find(self, field: FieldDefinition, value: Value) -> Place | None:
        """Give where a value of the header stands; the place that its label names, if there are several."""
        for candidate in self.labelled(field):
            if same(candidate.value, value):
                return _place(candidate)
        labels = (field.label.de, field.label.en, *field.synonyms)
        if value.numeric is not None:
            return self.numbers.find(value.numeric)
        if value.date is not None:
            return self._find_date(value.date, labels)
        if field.kind is Kind.CURRENCY:
            return self._find_currency(value.text)
        return self._searchable.find(value.text, labels) or self._find_identifier(value.text)

    def find_after(self, text: str, last: Place | None) -> Place | None:
        """Give where a text comes next after a place, as invoice lines follow each other; else its first place."""
        needle = normal_form(text).text.strip()
        if not needle:
            return None
        return (last and self._first(needle, last.page - 1, last.char_end)) or self._first(needle, 0, 0)

    def labelled(self, field: FieldDefinition) -> list[Candidate]:
        """Give the amounts, dates or numbers that stand where the pages name the field."""
        rivals = [other for other in self._kind.fields if other.kind is field.kind]
        return self._candidates.labelled(field, rivals)

    def all_of(self, kind: Kind) -> list[Candidate]:
        """Give the values of a kind with a form of its own, such as every IBAN."""
        return list(self._candidates.of(kind))

    def share_of_words(self, text: str) -> float:
        """Give the share of a text's words that stand anywhere on the pages, 0 to 1."""
        words = set(_WORD.findall(normal_form(text).text))
        return len(words & self._words) / len(words) if words else 1.0

    def shows_currency(self) -> bool:
        """Tell whether the pages name any currency."""
        return any(currency_code(word) for word in {word for text in self._pages for word in _CURRENCY.findall(text)})

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

    def _find_date(self, day: dt.date, labels: Sequence[str]) -> Place | None:
        for candidate in self._candidates.of(Kind.DATE):
            if candidate.value.date == day:
                return _place(candidate)
        found = (self._searchable.find(form, labels) for form in date_forms(day))
        return next((place for place in found if place), None)

    def _find_currency(self, code: str) -> Place | None:
        for number, text in enumerate(self._pages, start=1):
            for match in _CURRENCY.finditer(text):
                if currency_code(match[0]) == code:
                    return Place(number, *match.span(), "normalised")
        return None

    def _find_identifier(self, number: str) -> Place | None:
        """Find a number of letters and digits whatever spaces, dashes and points stand in it."""
        wanted = "".join(filter(str.isalnum, normal_form(number).text))
        if not any(map(str.isdigit, wanted)):
            return None
        for page, (text, places) in enumerate(self._squeezed):
            form = self._forms[page].text
            at = text.find(wanted)
            while at >= 0:
                start, end = places[at], places[at + len(wanted) - 1] + 1
                if not (form[max(start - 1, 0) : start].isalnum() or form[end : end + 1].isalnum()):
                    return self._place(page, start, end)
                at = text.find(wanted, at + 1)
        return None

    def _first(self, needle: str, first_page: int, char_start: int) -> Place | None:
        for page in range(first_page, len(self._forms)):
            form = self._forms[page]
            at = form.text.find(needle)
            while at >= 0 and page == first_page and form.starts[at] < char_start:
                at = form.text.find(needle, at + 1)
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


def date_forms(day: dt.date) -> list[str]:
    """Give the forms in which a date may be written, each once."""
    return list(dict.fromkeys(format_date(day, pattern, locale) for pattern in _PATTERNS for locale in _LOCALES))


def _place(candidate: Candidate) -> Place:
    return Place(candidate.page, candidate.char_start, candidate.char_end, "exact")
