"""Which language a text is written in."""

import functools
from collections.abc import Iterable
from threading import Lock
from typing import Final

from py3langid.langid import MODEL_FILE, LanguageIdentifier

UNDETERMINED: Final = "und"
"""ISO 639-2 for a text with too few letters to tell: a guess would decide the wording of the prompt in silence."""

# fmt: off
_LANGUAGES: Final = (
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "hr", "hu", "it",
    "lt", "lv", "nl", "no", "pl", "pt", "ro", "sk", "sl", "sv", "tr", "uk",
)
# fmt: on
"""The larger languages of Europe. The model knows 150; with all of them, short business texts go wrong more often."""

_LETTERS: Final = 2_000
"""Letters looked at: more change nothing in one-language documents."""

_FEWEST_LETTERS: Final = 20

_CLEARLY: Final = 10.0
"""Difference of two languages' scores (natural logarithms of likelihoods) below which a short text is left in doubt."""

_ONE_AT_A_TIME: Final = Lock()
"""The model is loaded once, however many documents come first at once.

In Python 3.11, two threads that load it may fail: numpy parses its headers with `ast`, whose depth all threads share.
"""


def detect_language(pages: Iterable[str]) -> str:
    """Give the ISO 639-1 code of the language, or `und` where there are fewer than 20 letters.

    The first call loads the model: about half a second and 80 MB.
    """
    text = _beginning(pages)
    if sum(map(str.isalpha, text)) < _FEWEST_LETTERS:
        return UNDETERMINED
    language, _ = _identifier().classify(text)
    return str(language)


def is_written_in(text: str, language: str) -> bool:
    """Say whether a text may well be in a language: False only where another one is clearly likelier.

    Parameters
    ----------
    language
        ISO 639-1 code; of one that is not among those known here, nothing is denied.
    """
    beginning = _beginning([text])
    if sum(map(str.isalpha, beginning)) < _FEWEST_LETTERS or language not in _LANGUAGES:
        return True
    scores = dict(_identifier().rank(beginning))
    return bool(scores[language] > max(scores.values()) - _CLEARLY)


def _beginning(pages: Iterable[str]) -> str:
    """Take words, without the numbers, until there are letters enough."""
    words: list[str] = []
    length = 0
    for page in pages:
        for word in page[: 10 * _LETTERS].split():
            if any(map(str.isalpha, word)) and not any(map(str.isdigit, word)):
                words.append(word)
                length += len(word)
            if length >= _LETTERS:
                return " ".join(words)
    return " ".join(words)


def _identifier() -> LanguageIdentifier:
    with _ONE_AT_A_TIME:
        return _loaded()


@functools.cache
def _loaded() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(_LANGUAGES)
    return identifier
