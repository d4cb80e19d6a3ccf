"""Values that code finds in a document by their form: every amount, date, IBAN and VAT number, with the words before.

A candidate is what a field may be, never what it is: that is for the rules, the labels and the model to say.
Found in one pass a kind, over at most `MAX_CHARACTERS`; numbers of tries and of what is kept are bounded.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from schemas.document_types import FieldDefinition, Kind
from services.answers.normal_form import plain
from services.answers.values import Value, parse_value

MAX_CHARACTERS: Final = 500_000
"""Of a document, from its beginning: some two hundred pages."""
MAX_CANDIDATES: Final = 3_000
MAX_TRIES: Final = 10_000
"""Forms that are tried, a kind: a document may be made of nothing else."""
MAX_CODED_TRIES: Final = 500
"""The same for IBAN and VAT number, whose end their check digits tell: each is tried at several lengths."""
LABEL_CHARACTERS: Final = 70
"""Before a value, on its line and the one above."""
MAX_BETWEEN: Final = 10
"""Letters between a label and its value, at most: `in Euro`, not `der Lieferung`."""

_GAP: Final = " \u00a0\u2009\u202f"
_CURRENCY: Final = r"(?:€|\$|£|EUR\b|CHF\b|USD\b|GBP\b)"
_AMOUNT: Final = re.compile(
    rf"(?<![\w/:])(?<!\d[.,'\u2019-])(?P<before>{_CURRENCY}[{_GAP}]?)?(?:[-+\u2212\u2013][{_GAP}]?)?"
    r"(?:[0-9]{1,3}(?:[.'\u2019,\u00a0\u2009\u202f][0-9]{3}){1,4}|[0-9]{1,12})(?P<cents>[.,](?:[0-9]{2}|-{1,2}|\u2013))?"
    rf"(?![\w/:]|[.,'\u2019-]\d)-?(?P<after>[{_GAP}]?{_CURRENCY})?"
)
_SPACED_AMOUNT: Final = re.compile(
    r"(?<![\w.,/:-])-?[0-9]{1,3}(?: [0-9]{3}){1,4}[.,][0-9]{2}(?![\w/:]|[.,'\u2019-]\d)-?"
)
_DATE: Final = re.compile(
    r"(?<![\w.,/-])(?:"
    r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}"
    r"|[0-9]{1,2}(?:\.[ ]?|[-/])[0-9]{1,2}(?:\.[ ]?|[-/])(?:[0-9]{4}|[0-9]{2})"
    r"|[0-9]{1,2}(?:\.|st|nd|rd|th|er)?[ -]{1,2}(?:of )?[^\W\d_]{3,12}\.?,?[ -]{1,2}[0-9]{2,4}"
    r"|[^\W\d_]{3,12}\.?[ ][0-9]{1,2}(?:st|nd|rd|th)?,?[ ][0-9]{4}"
    r")(?![\w/])"
)
_IBAN_START: Final = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2} ?[0-9]{2}(?=[ A-Z0-9])")
_IBAN_LENGTHS: Final = range(34, 14, -1)
_VAT_START: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:AT|BE|BG|CHE|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)"
    r"(?=[ .-]?[0-9A-Z])"
)
_VAT_LENGTHS: Final = range(16, 7, -1)
_BETWEEN: Final = frozenset(" .-\u00a0")

KINDS: Final = frozenset({Kind.MONEY, Kind.DATE, Kind.IBAN, Kind.VAT_ID})
"""Kinds that have a form of their own."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that stands in the document.

    Parameters
    ----------
    verbatim
        As it stands there; on one line.
    page
        From 1.
    char_start, char_end
        First, and one past the last, character in that page's text, from 0.
    label
        The words before it, on its line and the one above, in small letters.
    """

    kind: Kind
    verbatim: str
    value: Value
    page: int
    char_start: int
    char_end: int
    label: str


class Candidates:
    """The candidates of one document, found a kind at a time, when they are asked for."""

    def __init__(self, pages: Sequence[str], language: str) -> None:
        self._pages = pages
        self._language = language
        self._found: dict[Kind, list[Candidate]] = {}
        self._owners: dict[tuple[Kind, tuple[str, ...]], list[str | None]] = {}

    def of(self, kind: Kind) -> Sequence[Candidate]:
        """Give the candidates of a kind, in the order of the document; none for kinds without a form of their own."""
        if kind not in self._found:
            self._found[kind] = list(self._find(kind)) if kind in KINDS else []
        return self._found[kind]

    def labelled(self, field: FieldDefinition, rivals: Sequence[FieldDefinition]) -> list[Candidate]:
        """Give the candidates before which stands the label of a field, or a synonym, and no rival's nearer.

        Parameters
        ----------
        rivals
            All fields of the same kind.
        """
        key = (field.kind, tuple(rival.name for rival in rivals))
        if key not in self._owners:
            names = {rival.name: _Names(rival) for rival in rivals}
            self._owners[key] = [_owner(candidate.label, names) for candidate in self.of(field.kind)]
        owned = zip(self.of(field.kind), self._owners[key], strict=True)
        return [candidate for candidate, owner in owned if owner == field.name]

    def _find(self, kind: Kind) -> Iterator[Candidate]:
        left, found, tries = MAX_CHARACTERS, 0, 0
        most_tries = MAX_CODED_TRIES if kind in (Kind.IBAN, Kind.VAT_ID) else MAX_TRIES
        for page, text in enumerate(self._pages, start=1):
            searched = text[:left]
            left -= len(searched)
            for start, end in _SPANS[kind](searched):
                tries += 1
                value = parse_value(kind, searched[start:end], self._language)
                if value is not None:
                    found += 1
                    yield Candidate(kind, searched[start:end], value, page, start, end, _label(searched, start))
                if found == MAX_CANDIDATES or tries == most_tries:
                    return


class _Names:
    """What documents call a field."""

    def __init__(self, field: FieldDefinition) -> None:
        names = {plain(name).casefold() for name in (field.label.de, field.label.en, *field.synonyms)}
        longest_first = sorted(map(re.escape, names), key=len, reverse=True)
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})")

    def nearest(self, label: str) -> tuple[int, int]:
        """Give the end of the last word that names the field, and the length of the name."""
        found = ((_end_of_word(label, match.end()), len(match[0])) for match in self._pattern.finditer(label))
        return max((place for place in found if _letters(label[place[0] :]) <= MAX_BETWEEN), default=_NOWHERE)


_NOWHERE: Final = (-1, 0)


def _owner(label: str, names: Mapping[str, _Names]) -> str | None:
    """Give the field whose name stands nearest before a value; None if there is none, or two share the words."""
    nearest = {field: item.nearest(label) for field, item in names.items()}
    best = max(nearest.values(), default=_NOWHERE)
    owners = [field for field, place in nearest.items() if place == best != _NOWHERE]
    return owners[0] if len(owners) == 1 else None


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _end_of_word(text: str, at: int) -> int:
    while at < len(text) and text[at].isalpha():
        at += 1
    return at


def _label(text: str, start: int) -> str:
    line = text.rfind("\n", 0, start)
    above = text.rfind("\n", 0, max(line, 0))
    first = max(above + 1, start - LABEL_CHARACTERS)
    return plain(text[first:start].replace("\n", " ")).casefold()


def _amounts(text: str) -> Iterator[tuple[int, int]]:
    for match in _AMOUNT.finditer(text):
        if match["cents"] or match["before"] or match["after"]:
            yield _with_brackets(text, *match.span())
    yield from (match.span() for match in _SPACED_AMOUNT.finditer(text))


def _with_brackets(text: str, start: int, end: int) -> tuple[int, int]:
    """Take in the brackets around an amount alone: they make it negative."""
    is_bracketed = text[max(start - 1, 0) : start] == "(" and text[end : end + 1] == ")"
    return (start - 1, end + 1) if is_bracketed else (start, end)


def _dates(text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _DATE.finditer(text))


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    return _coded(text, _IBAN_START, _IBAN_LENGTHS, Kind.IBAN)


def _vat_ids(text: str) -> Iterator[tuple[int, int]]:
    return _coded(text, _VAT_START, _VAT_LENGTHS, Kind.VAT_ID)


def _coded(text: str, start: re.Pattern[str], lengths: range, kind: Kind) -> Iterator[tuple[int, int]]:
    """Find numbers with check digits: the longest stretch from each start that passes its own check."""
    done = 0
    for match in start.finditer(text):
        if match.start() < done:
            continue
        ends = _ends(text, match.start(), lengths.start)
        for length in lengths:
            end = ends.get(length)
            if end is not None and parse_value(kind, text[match.start() : end], "") is not None:
                done = end
                break
        yield match.start(), max(done, match.end())


def _ends(text: str, start: int, most: int) -> dict[int, int]:
    """Give for each number of letters and digits from `start` where it ends, if a word ends there."""
    ends: dict[int, int] = {}
    counted = 0
    for at in range(start, min(len(text), start + 2 * most)):
        if text[at].isascii() and text[at].isalnum():
            counted += 1
            if not text[at + 1 : at + 2].isalnum():
                ends[counted] = at + 1
        elif text[at] not in _BETWEEN:
            break
        if counted == most:
            break
    return ends


_SPANS: Final[Mapping[Kind, Callable[[str], Iterator[tuple[int, int]]]]] = {
    Kind.MONEY: _amounts,
    Kind.DATE: _dates,
    Kind.IBAN: _ibans,
    Kind.VAT_ID: _vat_ids,
}
