"""Every number that pages show, however it is written: whether a known amount stands there, and where."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import islice
from typing import Final

from services.answers.amounts import parse_number
from services.answers.evidence import Place
from services.answers.normal_form import NormalForm

MAX_LENGTH: Final = 40
"""Characters of a number, signs of groups included."""
MAX_NUMBERS: Final = 200_000
"""Numbers of a document that are looked at, from its beginning: twenty a line of the longest invoice."""

_READ_AS: Final = ("de", "en")
"""Languages that differ in what `1.234` and `1,234` are: for a known number either will do."""
_NUMBER: Final = re.compile(r"[0-9]+(?:[.,'][0-9]+)*")
_SPACED: Final = re.compile(r"(?<![0-9])(?=([0-9]{1,3}(?: [0-9]{3}){1,4}(?:[.,][0-9]{1,4})?)(?![0-9]))")
"""Overlapping: in `12 345 678,00` the first two digits may be a quantity."""
_MINUS_BEFORE: Final = re.compile(r"(?<![^\s(])-$")
_MINUS_APART: Final = re.compile(r"-\s?(?:[^\w\s]|[a-z]{3})?\s?$")
_MINUS_AFTER: Final = re.compile(r"-(?:[\s)]|$)")
_SIGN_REACH: Final = 6
"""Characters before a number in which its sign may stand: `- CHF 12.00`."""
_BACKWARD: Final = 16
"""A place before is taken for this many times as far away as one after."""


class ShownNumbers:
    """The numbers of a document by value.

    Parameters
    ----------
    forms
        The normal form of each page.
    """

    def __init__(self, forms: Sequence[NormalForm]) -> None:
        self._forms = forms
        self._spots: dict[Decimal, list[tuple[int, int, int]]] = defaultdict(list)
        found = ((page, *span) for page, form in enumerate(forms) for span in sorted(_spans(form.text)))
        for page, start, end in islice(found, MAX_NUMBERS):
            for value, first, last in _signed_readings(forms[page].text, start, end):
                self._spots[value].append((page, first, last))

    def __contains__(self, value: Decimal) -> bool:
        return value in self._spots

    def find(self, value: Decimal, near: Place | None = None) -> Place | None:
        """Give where a number stands: nearest to a place on the same page, rather after it than before; else first."""
        spots = self._spots.get(value)
        if not spots:
            return None
        page, start, end = spots[0] if near is None else self._nearest(spots, near)
        form = self._forms[page]
        return Place(page + 1, form.starts[start], form.ends[end - 1], "normalised")

    def between(self, page: int, start: int, end: int) -> set[Decimal]:
        """Give the numbers that begin on a page, counted from one, within a stretch of it."""
        form, spots = self._forms[page - 1], self._by_place
        first = bisect_left(spots, (page - 1, bisect_left(form.starts, start)))
        last = bisect_left(spots, (page - 1, bisect_left(form.starts, end)))
        return {value for _, _, value in spots[first:last]}

    @cached_property
    def _by_place(self) -> list[tuple[int, int, Decimal]]:
        return sorted((page, start, value) for value, spots in self._spots.items() for page, start, _ in spots)

    def _nearest(self, spots: Sequence[tuple[int, int, int]], near: Place) -> tuple[int, int, int]:
        page = near.page - 1
        at = bisect_left(self._forms[page].starts, near.char_end)
        index = bisect_left(spots, (page, at, at))
        around = [spot for spot in spots[max(index - 1, 0) : index + 1] if spot[0] == page]
        return min(around or spots[:1], key=lambda spot: _distance(spot, at))


def _distance(spot: tuple[int, int, int], at: int) -> int:
    return spot[1] - at if spot[1] >= at else _BACKWARD * (at - spot[1])


def _spans(text: str) -> Iterator[tuple[int, int]]:
    yield from (match.span() for match in _NUMBER.finditer(text) if len(match[0]) <= MAX_LENGTH)
    yield from (match.span(1) for match in _SPACED.finditer(text))


def _signed_readings(text: str, start: int, end: int) -> Iterator[tuple[Decimal, int, int]]:
    """Give what a number may be, with its span: brackets and a minus sign that stands apart leave it open."""
    before, after = text[max(start - _SIGN_REACH, 0) : start], text[end : end + 2]
    bracketed = before.endswith("(") and after.startswith(")")
    minus_before, minus_after = bool(_MINUS_BEFORE.search(before)), bool(_MINUS_AFTER.match(after))
    apart = bool(_MINUS_APART.search(before)) and not minus_before
    for value in _readings(text[start:end]):
        if minus_before or minus_after or bracketed or apart:
            yield -value, start - (minus_before or bracketed), end + (minus_after or bracketed)
        if not (minus_before or minus_after):
            yield value, start, end


@lru_cache(maxsize=16_384)
def _readings(digits: str) -> frozenset[Decimal]:
    numbers = (parse_number(digits, language) for language in _READ_AS)
    return frozenset(number for number in numbers if number is not None)
