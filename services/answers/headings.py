"""What a document calls itself: its heading, phrases that belong to a type, and labels of its fields.

They are weighed beside the model's opinion. A heading is a short line near the document's beginning that names a type
(`Rechnung Nr. 4711`, `Gebührenbescheid`) and is not about another document (`Ihre Rechnung vom 5. Mai`). The words are
data of the types.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final, NamedTuple, Self

from schemas.document_types import OTHER, DocumentType, DocumentTypes
from services.answers.field_names import name_pattern, names_of
from services.answers.normal_form import plain

BEGINNING: Final = 60
"""Lines in which a heading may stand."""
SEARCHED: Final = 20_000
"""Characters, from the beginning, in which phrases are looked for."""
MAX_HEADING: Final = 70
"""Characters; a longer line is running text."""
MAX_LINE: Final = 400
"""Characters of a line in which cells are looked at: a table's head may be longer, and has no heading there."""
MAX_BEFORE: Final = 3
"""Words of a heading before the one that names the type: `Dritte und letzte Mahnung`."""
MOST_PHRASES: Final = 4
"""Different phrases that count; more say no more."""
MOST_LABELS: Final = 6
"""Fields whose labels count."""
BEHIND_LABEL: Final = 25
"""Characters behind a label, at most: what goes on for longer is a sentence."""
LABEL_BEGINNING: Final = 2
"""Characters by which labels are looked up."""
LABEL_HEADING: Final = 0.4
"""What a heading counts for that may be the label of a number: `Invoice No: 4711`."""
SUBJECT_WITHIN: Final = 0.9
"""The same in a subject that begins with other words: `Posters and programmes - invoice 17` is about programmes."""
LATER: Final = 0.5
"""What a heading counts for when one that names another type stands before it."""


class Weights(NamedTuple):
    """What each thing that speaks for a type makes of its likelihood: factors of natural logarithms.

    Parameters
    ----------
    model
        Of what the model says; the others are of what the document says of itself, see `SelfDescription`.
    missing
        By how much a type is less likely none of whose words stand in the document.
    """

    model: float
    heading: float
    phrase: float
    label: float
    missing: float


ALONE: Final = Weights(model=0.75, heading=4.5, phrase=1.7, label=0.8, missing=2.2)
"""Where no words are learned: a heading makes its type e^4.5 times as likely; see decision 21."""
BESIDE_LEARNED: Final = Weights(model=1.0, heading=3.5, phrase=1.15, label=0.8, missing=1.6)
CALLED_OTHERWISE: Final = 5.0
"""By how much, as a natural logarithm, a type is less likely that no heading names where the title names another: of
1,080 papers and letters with labels 600 have a title, and eleven of these titles name another type than theirs."""
MENTIONED: Final = 0.2
"""A heading of less is a sentence behind the title: `Rechnung erhalten Sie mit der Lieferung.`"""
LEARNED_WEIGHT: Final = 1.7
"""Of learned words, and of the others beside them; see decision 36. `load-tests/type_weights.py` fits them, but for
that of a heading, which it makes 2.3: real pages are less like the letters that words come from (decision 40)."""

_CELLS: Final = re.compile(r"\t| {3,}| \| ")
_LABELS: Final = re.compile(r"\t| {2,}|(?<=:)\s|\n")
"""What stands before a label, or behind it."""
_BEFORE_DASH: Final = re.compile(
    r"(?!(?:der|die|das|dem|den|the|le|la|les|wir|ich|we|i|nous|je)\b)[^.,;:!?]{3,40}?(?= [-\u2013\u2014] )",
    re.IGNORECASE,
)
"""How a long subject begins: `Mängelanzeige mit Fristsetzung \u2013 Bauvorhaben …`; no sentence does."""
_SPACED: Final = re.compile(r"[^\W\d_](?: [^\W\d_]){3,}")
_SUBJECT: Final = re.compile(r"(?:betreff|betrifft|betr\.|subject|re|objet|concerne)\s*:\s*")
_OF_ANOTHER: Final = re.compile(
    r"(?:ihre?[nmrs]?|your|votre|vos|zu|zur|zum|bezug|gemäß|laut|lt\.?|aus|siehe|per|as per|against|gegen"
    r"|réf(?:érence|\.)?|ref(?:erence|\.)?|referenz"
    r"|betrifft (?:unser|ihr)\w{0,3} rechnung|zahlung|payment (?:for|of)|paiement|règlement"
    r"|anlagen?|beilagen?|anhang|k ?[0-9]{1,2}|enclosures?|encl|annexes?|exhibits?|pièces? jointes?)\b"
)
_REFERENCE: Final = re.compile(
    r"#?[\w./-]*\d[\w./-]*|(?:[\w-]+-)?nr\.?|no\.?|number|nummer|n°|#|:|vom|of|dated|du|[-\u2013]"
)
_OF_A_DOCUMENT: Final = re.compile(
    r" (?:zu|zur|zum|for|to|pour|relative? (?:à|au)) (?:(?:ihrer?|unserer?|your|our|la|le|votre) )?"
    r"(?:rechnung|invoice|facture|auftrag|bestellung|order|commande)(?!\w)"
)
"""What goes on behind a title that is about another document: `Mahnung zur Rechnung RE-4711`."""
_COUNTED: Final = re.compile(r"(?:[1-9]\.|erste|zweite|dritte|letzte|1st|2nd|3rd|first|second|third|final|last) ")
"""Before a title: of letters about one debt each is counted."""
_GOES_ON_COUNTED: Final = re.compile(rf" ?[-\u2013\u2014:/|,]? ?(?={_COUNTED.pattern})")
"""Between a title and one that is counted, which says what it really is: `Invoice - 2nd reminder`."""
_WORD: Final = re.compile(r"\w+")
_LABEL_WITH_VALUE: Final = re.compile(r"\w\s*:\s*\S*\d")


@dataclass(frozen=True, slots=True)
class SelfDescription:
    """How much a document's own words speak for a type.

    Parameters
    ----------
    heading
        0 to 1: 1 for a line that says nothing but the type's name, before any that names another type.
    phrases
        How many of the type's phrases it has, at most `MOST_PHRASES`.
    labels
        How many of the type's fields it names at the beginning of a line or cell, at most `MOST_LABELS`.
    has_words
        Whether anything can be missed: `other` has no words that all its documents would have.
    """

    heading: float = 0.0
    phrases: int = 0
    labels: int = 0
    has_words: bool = True

    @property
    def is_wanting(self) -> bool:
        """Whether the document has none of the words that the type has."""
        return self.has_words and not self.heading and not self.phrases


class SelfDescriptions:
    """Looks for what documents call themselves."""

    def __init__(self, types: DocumentTypes) -> None:
        self._names = list(types)
        self._wordy = {item.name for item in types.values() if item.name != OTHER and (item.headings or item.phrases)}
        self._titles = {item.name: _Titles.of(item.headings) for item in types.values() if item.headings}
        self._phrases: dict[str, list[tuple[str, str, re.Pattern[str]]]] = {}
        """By their first word: the type, the phrase, and its pattern."""
        for item in types.values():
            for text in item.phrases:
                self._phrases.setdefault(_first_word(text), []).append((item.name, text.casefold(), _phrase(text)))
        self._labels = {item.name: _names(item) for item in types.values() if item.fields}
        self._begin_labels: dict[str, list[str]] = {}
        """By how a label begins: the types that have such labels."""
        for item in types.values():
            for beginning in {name[:LABEL_BEGINNING] for field in item.fields for name in names_of(field)}:
                self._begin_labels.setdefault(beginning, []).append(item.name)

    def of(self, pages: Sequence[str]) -> Mapping[str, SelfDescription]:
        """Look at a document; every type has an entry."""
        headings = self._headings(pages)
        beginning = "\n".join(pages)[:SEARCHED]
        phrases, labels = self._phrases_in(plain(beginning).casefold()), self._labels_in(beginning.casefold())
        return {
            name: SelfDescription(headings.get(name, 0.0), phrases[name], labels[name], name in self._wordy)
            for name in self._names
        }

    def _phrases_in(self, text: str) -> Counter[str]:
        """Count each type's phrases; only those whose first word stands there need be looked for."""
        candidates = (each for word in set(_WORD.findall(text)) for each in self._phrases.get(word, ()))
        found = Counter(name for name, words, phrase in candidates if words in text and phrase.search(text))
        return Counter({name: min(count, MOST_PHRASES) for name, count in found.items()})

    def _labels_in(self, text: str) -> Counter[str]:
        """Count the fields of each type that are named where a label may stand."""
        found: dict[str, set[str | None]] = {}
        for cell in {part.strip() for part in _LABELS.split(text)}:
            beginnings = {cell[:LABEL_BEGINNING], cell[:1]}  # a label may be shorter
            for name in {name for each in beginnings for name in self._begin_labels.get(each, ())}:
                match = self._labels[name].match(cell)
                if match and _is_label(match):
                    found.setdefault(name, set()).add(match.lastgroup)
        return Counter({name: min(len(fields), MOST_LABELS) for name, fields in found.items()})

    def _headings(self, pages: Sequence[str]) -> Mapping[str, float]:
        lines = list(_short_lines(pages))
        beginning = "\n".join(lines)
        within = {name: item.within(beginning) for name, item in self._titles.items()}
        titles = {name: item for name, item in within.items() if item.words}
        found: dict[str, float] = {}
        for line in lines if titles else ():
            name, strength = _named(line, titles)
            if name:
                is_later = bool(found.keys() - {name})
                found[name] = max(found.get(name, 0.0), strength * (LATER if is_later else 1.0))
        return found


class _Titles(NamedTuple):
    """The headings of a type.

    Parameters
    ----------
    words
        In small letters; none is found where none of these stand, and that is known much sooner than by the pattern.
    """

    pattern: re.Pattern[str]
    words: Sequence[str]

    @classmethod
    def of(cls, headings: tuple[str, ...]) -> Self:
        return cls(_pattern(headings), [title.removeprefix("-").casefold() for title in headings])

    def within(self, text: str) -> Self:
        """Leave out words that do not stand in a text, for its parts."""
        return self._replace(words=[words for words in self.words if words in text])

    def search(self, text: str) -> re.Match[str] | None:
        """Find the first of them in a line, in small letters."""
        return self.pattern.search(text) if any(words in text for words in self.words) else None


def _named(line: str, titles: Mapping[str, _Titles]) -> tuple[str, float]:
    """Give the type that a line names, and how much like a heading it is; empty if it names none."""
    subject = _SUBJECT.match(line)
    text = line[subject.end() :] if subject else line
    if _OF_ANOTHER.match(text):
        return "", 0.0
    matches = ((name, match) for name, title in titles.items() if (match := title.search(text)))
    # `Proformarechnung` is a title of its own before it is a `-rechnung`.
    wholes = {name: title.words for name, title in titles.items()}
    name, first = min(
        matches,
        key=lambda found: (found[1].start(), -found[1].end(), found[1][0] not in wholes[found[0]]),
        default=("", None),
    )
    if first is None or len(text[: first.start()].split()) > MAX_BEFORE:
        return "", 0.0
    if goes_on := _GOES_ON_COUNTED.match(text, first.end()):
        others = {other: title for other, title in titles.items() if other != name}
        if (counted := _named(text[goes_on.end() :], others))[1] == 1.0:
            return counted
    return name, _strength(text, first, is_subject=subject is not None)


def _weight(described: SelfDescription, weights: Weights, *, has_other_title: bool) -> float:
    """Weigh what speaks for a type.

    Parameters
    ----------
    has_other_title
        Whether the document's title names another type: an order confirmation has the labels of an invoice, and they
        count only where it calls itself one as well.
    """
    missing = weights.missing if described.is_wanting else 0.0
    is_called_otherwise = has_other_title and described.heading < MENTIONED
    labels = 0 if is_called_otherwise else described.labels
    said = weights.heading * described.heading + weights.phrase * described.phrases
    return said + weights.label * labels - missing - (CALLED_OTHERWISE if is_called_otherwise else 0.0)


def _names(kind: DocumentType) -> re.Pattern[str]:
    """Make a pattern of the names of a type's fields, each a group of its own."""
    return re.compile("|".join(f"(?P<{field.name}>{name_pattern(field).pattern})" for field in kind.fields))


def _is_label(match: re.Match[str]) -> bool:
    return len(match.string) <= match.end() + BEHIND_LABEL


def _strength(text: str, title: re.Match[str], *, is_subject: bool) -> float:
    behind = _OF_A_DOCUMENT.sub("", text[title.end() :], count=1)
    rest = [word for word in behind.split() if not _REFERENCE.fullmatch(word)]
    if is_subject:
        return SUBJECT_WITHIN if text[: title.start()].strip() else 1.0
    if _LABEL_WITH_VALUE.search(text):
        return LABEL_HEADING
    if text.endswith((".", ",", ";")) and rest:
        return 0.2
    before = _COUNTED.sub("", text[: title.start()], count=1)
    return 1.0 if not rest and not before.strip() else 0.7


def _short_lines(pages: Sequence[str]) -> Iterator[str]:
    """Give the lines near the beginning that may be headings, the cells of a table each by itself, in small letters."""
    lines = [line for page in pages for line in page.splitlines() if line.strip()][:BEGINNING]
    for line in lines:
        for cell in _CELLS.split(line.strip()[:MAX_LINE]):
            text = plain(_SPACED.sub(lambda match: match[0].replace(" ", ""), cell)).strip(" *=_-\u2013|:#")
            if len(text) > MAX_HEADING and (begun := _BEFORE_DASH.match(text)):
                text = begun[0]
            if text and len(text) <= MAX_HEADING and not text[0].islower():
                yield text.casefold()


@cache
def _pattern(headings: tuple[str, ...]) -> re.Pattern[str]:
    """Make a pattern of titles: `-bescheid` is the end of a compound word, others are words of their own."""
    ways = [
        rf"\b\w*{re.escape(title[1:].casefold())}" if title.startswith("-") else rf"\b{re.escape(title.casefold())}"
        for title in sorted(headings, key=len, reverse=True)
    ]
    return re.compile(rf"(?:{'|'.join(ways)})(?:e?s|en)?\b")


def is_title(kind: DocumentType, text: str) -> bool:
    """Say whether words name a document of a type: `Tax invoice` is nobody's name."""
    return bool(kind.headings) and _pattern(kind.headings).search(plain(text).casefold()) is not None


def _first_word(text: str) -> str:
    found = _WORD.search(text.casefold())
    return found[0] if found else ""


def _phrase(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(text.casefold())}(?!\w)")


def title_of(described: Mapping[str, SelfDescription]) -> str | None:
    """Give the type that a document's title names: a line of nothing else, and before any heading of another type."""
    return next((name for name, item in described.items() if item.heading == 1.0), None)


def title_against(described: Mapping[str, SelfDescription], kind: str) -> str | None:
    """Give the type that a document's title names, if that is another than it is taken for.

    Where no line is a title and nothing else, one that may be a label as well (`Quotation No: Q-3318`) says so of a
    document that has not even such a line of the type it is taken for.
    """
    title = title_of(described)
    if title is not None or described[kind].heading:
        return title if title != kind else None
    nearest = max(described, key=lambda name: described[name].heading)
    return nearest if described[nearest].heading >= LABEL_HEADING else None


def weighed(
    logprobs: Mapping[str, float],
    described: Mapping[str, SelfDescription],
    learned: Mapping[str, float] = MappingProxyType({}),
) -> dict[str, float]:
    """Weigh the model's opinion of each type together with the document's own words.

    Parameters
    ----------
    logprobs
        Natural logarithms of the model's probabilities, by type.
    learned
        The same by learned words, see `services.answers.learned_words`, of the types that they know; empty where none
        are learned. A type that they do not know is by them as likely as `other`, among whose documents its own were;
        what its documents say of themselves counts as if none were learned.

    Returns
    -------
    dict
        Natural logarithms of probabilities that add up to one, by type.
    """
    model, title = (BESIDE_LEARNED if learned else ALONE).model, title_of(described)
    scores = {
        name: model * logprob
        + _weight(
            described[name],
            BESIDE_LEARNED if name in learned else ALONE,
            has_other_title=title not in (None, name),
        )
        + LEARNED_WEIGHT * learned.get(name, learned.get(OTHER, 0.0))
        for name, logprob in logprobs.items()
    }
    total = max(scores.values()) + math.log(sum(math.exp(score - max(scores.values())) for score in scores.values()))
    return {name: score - total for name, score in scores.items()}
