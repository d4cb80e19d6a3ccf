"""Where in the document a copied value stands."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from typing import Final, Literal

from rapidfuzz.fuzz import partial_ratio_alignment

from services.answers.normal_form import NormalForm, normal_form, normal_text

LABEL_REACH: Final = 200
"""Characters between a label's end and its value, at most; a line of a table fits in."""
_BESIDE: Final = 3
"""Characters between a name and its value that are no more than a full stop, a colon and a space."""
MAX_LOOKED_AT: Final = 100_000
"""Places of one value on a page that are looked at, pieces of longer numbers among them."""
MAX_OCCURRENCES: Final = 1000
"""Occurrences that are weighed against each other: a document may be made of one character."""
MIN_FUZZY_LENGTH: Final = 6
FUZZY_CUTOFF: Final = 92.0
"""Similarity of 0 to 100 (rapidfuzz): about one wrong character in thirteen."""
MAX_WIDENING: Final = 2
"""A token around the value may be this many times as long; in a longer one it is only a part of a word."""
_MAINLY: Final = 0.5

_DASHES: Final = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2212")
_NUMBER_SIGNS: Final = frozenset(".,'\u2019")


@dataclass(frozen=True, slots=True)
class Place:
    """Evidence of a value.

    Parameters
    ----------
    page
        From 1.
    char_start, char_end
        First, and one past the last, character in that page's text, from 0.
    match
        `exact`: character by character; `normalised`: apart from case, spaces, dashes, quotes, hyphenation and
        ligatures; `fuzzy`: nearly, with the same digits.
    """

    page: int
    char_start: int
    char_end: int
    match: Literal["exact", "normalised", "fuzzy"]


def find_evidence(verbatim: str, pages: Sequence[str], labels: Sequence[str] = ()) -> Place | None:
    """Find a value in a document; see `SearchablePages.find`, which is cheaper for several values."""
    return SearchablePages(pages).find(verbatim, labels)


class SearchablePages:
    """The pages of one document, each reduced to its normal form at most once."""

    def __init__(self, pages: Sequence[str]) -> None:
        self._pages = [_Page(number, text) for number, text in enumerate(pages, start=1)]

    def find(
        self,
        verbatim: str,
        labels: Sequence[str] = (),
        synonyms: Sequence[str] = (),
        fits: Callable[[Place], bool] | None = None,
    ) -> Place | None:
        """Find a value: exactly, else normalised, else nearly; None if it does not stand there.

        Parameters
        ----------
        verbatim
            The value as the model copied it. Found as a whole only: `12` is not in `2012`, `12,50` or `-12`.
        labels
            What the document may call the field. Of several occurrences the one that follows a label or synonym most
            closely is taken, else the first.
        synonyms
            What else it may call the field, and others too (`date`): a label as near, or right beside, outweighs them.
        fits
            Of several occurrences those that fit are taken, if any does.
        """
        wanted = verbatim.strip()
        needle = normal_text(wanted).strip()
        if not needle:
            return None
        for places in (
            (place for page in self._pages for place in page.exact(wanted)),
            (place for page in self._pages for place in page.normalised(needle)),
        ):
            if found := list(islice(places, MAX_OCCURRENCES)):
                fitting = list(filter(fits, found)) if fits and len(found) > 1 else []
                return self._best_labelled(fitting or found, labels, synonyms)
        return self._nearly(needle)

    @property
    def texts(self) -> Sequence[str]:
        """Give the pages' own texts."""
        return [page.text for page in self._pages]

    @property
    def forms(self) -> Sequence[NormalForm]:
        """Give the pages' normal forms."""
        return [page.form for page in self._pages]

    def text(self, page: int) -> str:
        """Give a page's own text; `page` from 1."""
        return self._pages[page - 1].text

    def follows_label(self, page: int, char_start: int, labels: Sequence[str], reach: int = LABEL_REACH) -> bool:
        """Say whether one of the labels ends at most so many characters before a place; `page` from 1."""
        within, searched = min(reach, LABEL_REACH), self._pages[page - 1]
        near = searched.may_end_before(_forms(labels), char_start, within)  # most names stand nowhere near
        return bool(near) and _distance(searched.label_ends(near), char_start) <= within

    def _best_labelled(self, places: Sequence[Place], labels: Sequence[str], synonyms: Sequence[str]) -> Place:
        if len(places) == 1:
            return places[0]
        pages = {place.page: self._pages[place.page - 1] for place in places}
        names, own = _forms([*labels, *synonyms]), _forms(labels)
        ends = {number: (page.label_ends(names), page.label_ends(own)) for number, page in pages.items()}

        def rank(place: Place) -> tuple[int, int]:
            any_name, label = (_distance(found, place.char_start) for found in ends[place.page])
            return max(any_name, _BESIDE), label

        return min(places, key=rank)

    def _nearly(self, needle: str) -> Place | None:
        if len(needle) < MIN_FUZZY_LENGTH or _is_mainly_digits(needle):
            return None
        scored = (found for page in self._pages if (found := page.nearly(needle)))
        best = max(scored, key=lambda found: found[0], default=None)
        return best[1] if best else None


class _Page:
    def __init__(self, number: int, text: str) -> None:
        self._number = number
        self.text = text
        self._ends: dict[str, Sequence[int]] = {}
        """Of each label that was looked for."""

    @cached_property
    def form(self) -> NormalForm:
        return normal_form(self.text)

    def exact(self, wanted: str) -> Iterator[Place]:
        for start, end in _whole_occurrences(self.text, wanted):
            yield Place(self._number, start, end, "exact")

    def normalised(self, needle: str) -> Iterator[Place]:
        for start, end in _whole_occurrences(self.form.text, needle):
            yield self._place(start, end, "normalised")

    def nearly(self, needle: str) -> tuple[float, Place] | None:
        """Give the most similar stretch, widened to whole tokens, if its digits are those of the value."""
        text = self.form.text
        if len(text) < len(needle):
            return None  # rapidfuzz would look for the page in the value
        found = partial_ratio_alignment(needle, text, score_cutoff=FUZZY_CUTOFF)
        if found is None:
            return None
        start, end = _widened(text, found.dest_start, found.dest_end)
        if end - start > MAX_WIDENING * len(needle) or _digits(text[start:end]) != _digits(needle):
            return None
        return found.score, self._place(start, end, "fuzzy")

    def may_end_before(self, labels: Sequence[str], start: int, reach: int) -> list[str]:
        """Give the labels that may end at most so many characters before an offset in the page's own text."""
        ends = self.form.ends
        first = bisect_left(ends, start - reach) - max(map(len, labels), default=0)
        before = self.form.text[max(0, first) : bisect_right(ends, start)]
        return [label for label in labels if label in before]

    def label_ends(self, labels: Iterable[str]) -> list[int]:
        """Give where labels end, as rising offsets in the page's own text."""
        return sorted(end for label in labels for end in self._ends_of(label))

    def _ends_of(self, label: str) -> Sequence[int]:
        if label not in self._ends:
            text, ends = self.form.text, []
            at = text.find(label)
            while at >= 0:
                if not _is_inside_token(text, at):
                    ends.append(self.form.ends[at + len(label) - 1])
                at = text.find(label, at + len(label))
            self._ends[label] = ends
        return self._ends[label]

    def _place(self, start: int, end: int, match: Literal["normalised", "fuzzy"]) -> Place:
        return Place(self._number, self.form.starts[start], self.form.ends[end - 1], match)


def _forms(labels: Sequence[str]) -> list[str]:
    return [form for form in map(_form_of_name, labels) if form]


@cache
def _form_of_name(name: str) -> str:
    """Give the normal form of what a type calls a field."""
    return normal_text(name).strip()


def _distance(label_ends: Sequence[int], start: int) -> int:
    before = bisect_right(label_ends, start)
    distance = start - label_ends[before - 1] if before else LABEL_REACH + 1
    return min(distance, LABEL_REACH + 1)


def _whole_occurrences(text: str, wanted: str) -> Iterator[tuple[int, int]]:
    start, looked_at = text.find(wanted), 0
    while start >= 0 and looked_at < MAX_LOOKED_AT:
        end = start + len(wanted)
        if _is_whole(text, start, end):
            yield start, end
        start, looked_at = text.find(wanted, start + 1), looked_at + 1


def _is_whole(text: str, start: int, end: int) -> bool:
    return not (_is_inside_token(text, start) or _is_inside_token(text, end) or _is_negated(text, start, end))


def _is_inside_token(text: str, at: int) -> bool:
    """Say whether the characters on both sides of an offset are of one word or of one number."""
    before, after = text[max(at - 1, 0) : at], text[at : at + 1]
    if before.isalpha() and after.isalpha():
        return True
    if before.isdigit():
        return after.isdigit() or (after in _NUMBER_SIGNS and text[at + 1 : at + 2].isdigit())
    return after.isdigit() and before in _NUMBER_SIGNS and text[max(at - 2, 0) : at - 1].isdigit()


def _is_negated(text: str, start: int, end: int) -> bool:
    """Say whether a minus sign stands at a number that was copied without it."""
    before, after = text[max(start - 2, 0) : start], text[end : end + 2]
    leading = text[start].isdigit() and before[-1:] in _DASHES and not before[:-1].strip(" \n\t(")
    trailing = text[end - 1].isdigit() and after[:1] in _DASHES and not after[1:].strip(" \n\t)")
    return leading or trailing


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    while _is_inside_token(text, start):
        start -= 1
    while _is_inside_token(text, end):
        end += 1
    return start, end


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _is_mainly_digits(text: str) -> bool:
    return len(_digits(text)) > _MAINLY * sum(map(str.isalnum, text))
