"""Numbers in words, German, English and French, up to the thousands: `fünfhundert`, `twenty-five`, `deux mille cent`.

A number goes on from word to word as long as the next one can be a part of it: `two hundred and five` is one number,
`five ten` are two. Articles (`ein`, `a`, `une`) are read as one: whether they say a number, who asks must know.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

LANGUAGES: Final = ("de", "en", "fr")
_HUNDRED: Final = 100
_THOUSAND: Final = 1000
_LONGEST: Final = 80
"""Letters of a word that may be a number."""

_WORD: Final = re.compile(r"[^\W\d_]+")
_GAP: Final = re.compile(r"\s?[-\u2010\u2011]?\s?")
"""Between the words of a number."""


def _counted(words: str, first: int, step: int = 1) -> dict[str, int]:
    return {word: first + step * at for at, word in enumerate(words.split())}


_GERMAN_ONES: Final = _counted("ein zwei drei vier fünf sechs sieben acht neun", 1)
_GERMAN_TENS: Final = _counted("zwanzig dreissig vierzig fünfzig sechzig siebzig achtzig neunzig", 20, 10)
_GERMAN: Final = (
    _GERMAN_ONES
    | dict.fromkeys(("eins", "eine", "einen", "einem", "einer", "eines"), 1)
    | _counted("zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn", 10)
    | _GERMAN_TENS
    | {f"{one}und{ten}": tens + ones for one, ones in _GERMAN_ONES.items() for ten, tens in _GERMAN_TENS.items()}
)
_GERMAN_PARTS: Final = {"tausend": _THOUSAND, "hundert": _HUNDRED}
_WORDS: Final[Mapping[str, Mapping[str, int]]] = {
    "de": _GERMAN | {word.replace("ü", "ue").replace("ö", "oe"): number for word, number in _GERMAN.items()},
    "en": _counted("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen", 1)
    | _counted("sixteen seventeen eighteen nineteen", 16)
    | _counted("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10)
    | {"a": 1, "an": 1, "hundred": _HUNDRED, "thousand": _THOUSAND},
    "fr": _counted("un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize", 1)
    | _counted("vingt trente quarante cinquante soixante septante huitante nonante", 20, 10)
    | {"une": 1, "vingts": 20, "cent": _HUNDRED, "cents": _HUNDRED, "mille": _THOUSAND},
}
"""In small letters, `ss` for `ß`."""
_FRENCH_TENS: Final = {10: range(7, 10), 60: range(1, 20), 70: range(1, 10), 80: range(1, 20), 90: range(1, 10)}
"""What may follow: `dix-sept`, `soixante-quinze`, `septante-deux`, `quatre-vingt-un`."""
_AND: Final = {"en": "and", "fr": "et"}
_PER_CENT: Final = frozenset({"per", "pour"})
_GERMAN_COMPOUND: Final = re.compile(r"(.+?)(?:monat|jahr|jähr|woche|wöch|tag|täg|stund|stünd|prozent).*")
"""`dreimonatige`, `Zweijahresvertrag`: what a number in words begins."""


@dataclass(frozen=True, slots=True)
class NumberInWords:
    """A number, with its first, and one past its last, character.

    Parameters
    ----------
    is_measured
        Its own word says what it measures: `dreimonatig`.
    """

    number: int
    start: int
    end: int
    is_measured: bool = False


@dataclass(slots=True)
class _Sum:
    """What the words of a number come to so far."""

    thousands: int = 0
    below: int = 0

    @property
    def number(self) -> int:
        return self.thousands + self.below

    def takes(self, value: int, language: str) -> bool:
        """Take a further word in, if it can be a part of the number."""
        if value == _THOUSAND:
            fits = not self.thousands
            if fits:
                self.thousands, self.below = max(self.below, 1) * _THOUSAND, 0
        elif value == _HUNDRED:
            fits = self.below < 20 and self.below != 10  # noqa: PLR2004  (`twelve hundred`)
            if fits:
                self.below = max(self.below, 1) * _HUNDRED
        elif language == "fr" and self.below % _HUNDRED == 4 and value == 20:  # noqa: PLR2004  (`quatre-vingts`)
            fits, self.below = True, self.below + 76
        else:
            fits = _follows(self.below % _HUNDRED, value, language)
            self.below += value if fits else 0
        return fits


def _follows(tens: int, value: int, language: str) -> bool:
    """Say whether a number below a hundred goes on: `twenty five`, `soixante quinze`, `dix sept`."""
    if not tens:
        return True
    if language == "fr" and tens in _FRENCH_TENS:
        return value in _FRENCH_TENS[tens]
    return tens >= 20 and not tens % 10 and value < 10  # noqa: PLR2004


def numbers_in_words(text: str, language: str) -> Iterator[NumberInWords]:
    """Find the numbers that a text says in words.

    Parameters
    ----------
    language
        ISO 639-1; in others than `LANGUAGES` none is found.
    """
    running, before = _Running(language), -1
    for match in _WORD.finditer(text):
        word = match[0].casefold()
        since, before = before, match.end()
        if running.has_begun:
            if _GAP.fullmatch(text, since, match.start()) and running.goes_on(word, match.end()):
                continue
            yield from running.ended()
        if not running.begins(word, match.start(), match.end()):
            yield from _compound(word, language, match.start(), match.end())
    yield from running.ended()


class _Running:
    """A number that is being read, word by word."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._sum: _Sum | None = None
        self._start = self._end = 0
        self._last = ""

    @property
    def has_begun(self) -> bool:
        """Whether words of a number came last."""
        return self._sum is not None

    def goes_on(self, word: str, end: int) -> bool:
        """Take in a word that belongs to the number before it."""
        if self._sum is None:
            return False
        if word == _AND.get(self._language):
            return True
        value = _value(word, self._language)
        if value is None or not self._sum.takes(value, self._language):
            return False
        self._end = end
        return True

    def begins(self, word: str, start: int, end: int) -> bool:
        """Say whether a number begins with a word; `cents` alone are coins, and `pour cent` is none."""
        value = _value(word, self._language)
        is_cent = word == "cents" or (word == "cent" and self._last in _PER_CENT)
        self._last = word
        if value is None or is_cent:
            return False
        self._sum, self._start, self._end = _Sum(), start, end
        return self._sum.takes(value, self._language)

    def ended(self) -> Iterator[NumberInWords]:
        """Give the number before."""
        if self._sum is not None:
            yield NumberInWords(self._sum.number, self._start, self._end)
        self._sum = None


def _compound(word: str, language: str, start: int, end: int) -> Iterator[NumberInWords]:
    match = _GERMAN_COMPOUND.fullmatch(word[:_LONGEST]) if language == "de" else None
    number = _value(match[1], language) if match else None
    if number is not None:
        yield NumberInWords(number, start, end, is_measured=True)


def _value(word: str, language: str) -> int | None:
    value = _WORDS.get(language, {}).get(word)
    return _german(word) if value is None and language == "de" and len(word) <= _LONGEST else value


def _german(word: str) -> int | None:
    """Read what German writes in one word: `zweitausendfünfhundert`."""
    for part, factor in _GERMAN_PARTS.items():
        many, is_there, rest = word.partition(part)
        if is_there:
            count = _value(many, "de") if many else 1
            others = _value(rest.removeprefix("und"), "de") if rest else 0
            if count is None or others is None or count >= _THOUSAND or others >= factor:
                return None
            return count * factor + others
    return None
