"""Telephone numbers and mails of somebody else than who writes: of a reference, of the office written to."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from schemas.events import FieldAnswer
from services.answers.imprint import has_words
from services.answers.names import is_person
from services.answers.surroundings import Surroundings

_REACH: Final = 110
"""Characters before a value in which its sentence may say whose it is."""
_LINES: Final = 4
"""Lines above it in its block that may."""
_TITLED: Final = re.compile(
    r"(?<![\w-])(?:Herrn?|Frau|Mr|Mrs|Ms|Miss|Madame|Mme|Mlle|Monsieur|M\.)\.? (?:(?:Dr|Prof)\.? ){0,2}"
    r"(?P<name>[A-ZÀ-Þ][^\W\d_]*(?:[-'\u2019][^\W\d_]+)*(?: [A-ZÀ-Þ][^\W\d_]*(?:[-'\u2019][^\W\d_]+)*)?)"
)
_CALLED: Final = re.compile(
    r"(?<!\w)(?:Referenz(?:en|geber\w*)?|Referees?|References?|Références?|Auskunft|Notfall|emergency|Hotline)"
    r"\b[^\n]{0,70}$",
    re.IGNORECASE,
)
"""Words of the line before a number that is no writer's own."""
_NEXT_SENTENCE: Final = re.compile(r"[^\W\d_]{4}[.!?] +(?=[^\W\d_])|\n\s*\n")


def is_anothers_contact(
    answer: FieldAnswer, writers: Sequence[str], pages: Sequence[str], surroundings: Surroundings
) -> bool:
    """Say whether words before a number or mail, or above it in its block, name somebody who did not write.

    Parameters
    ----------
    writers
        Names of who writes; of a firm and without any nothing is known: people write for it.
    """
    if not writers or not all(map(is_person, writers)) or answer.page is None or answer.char_start is None:
        return False
    before = pages[answer.page - 1][max(0, answer.char_start - _REACH) : answer.char_start]
    if _CALLED.search(before.rpartition("\n")[2]):
        return True
    sentence = _NEXT_SENTENCE.split(before)[-1].replace("\n", " ")
    named = [*_TITLED.finditer(sentence), *_in_block(answer.page, answer.char_start, surroundings)]
    return bool(named) and not any(has_words(writer, word) for writer in writers for word in _words_of(named))


def _words_of(named: Iterable[re.Match[str]]) -> Iterator[str]:
    return (word for match in named for word in match["name"].split())


def _in_block(page: int, start: int, surroundings: Surroundings) -> Iterator[re.Match[str]]:
    """Give the forms of address with which lines above a place begin."""
    for _ in range(_LINES):
        above = surroundings.cell_above(page, start)
        if above is None:
            return
        if match := _TITLED.match(above.text):
            yield match
        start = above.start
