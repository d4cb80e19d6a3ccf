"""Telephone numbers and mails of somebody else than who writes: of a reference, of a witness."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from schemas.events import FieldAnswer
from services.answers.imprint import has_words
from services.answers.names import is_person
from services.answers.surroundings import Surroundings

_REACH: Final = 70
"""Characters before a value in which its sentence may say whose it is."""
_LINES: Final = 3
"""Lines above it in its block that may."""
LINES_OF_BLOCK: Final = 6
"""Lines above it in the block of a form or an address that may have whose it is."""
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_TITLED: Final = re.compile(
    r"(?<![\w-])(?:Herrn?|Frau|Mr|Mrs|Ms|Miss|Madame|Mme|Mlle|Monsieur)\.? "
    r"(?:(?:Dr|Prof|Mag|Dipl|Ing|med)\b[.-]* ?){0,4}"
    r"(?!Word|Excel|Office|Outlook)"
    r"(?P<name>[A-ZÀ-Þ][^\W\d_]+(?:[-'\u2019][^\W\d_]+)*(?: [A-ZÀ-Þ][^\W\d_]*(?:[-'\u2019][^\W\d_]+)*)?)"
)
_REFERENCE: Final = re.compile(
    r"(?:(?<!Ihre )(?<!Unsere )(?<!Meine )\bReferenz|\b(?:Referenzen|Referees?|References|Références)):? "
    r"(?=[^\W\d])[^\d\n]{0,70}$"
)
"""Words of the line before a number that is that of somebody who speaks for the writer."""
_OWN: Final = re.compile(
    r"\b(?:me|mich|mir|my|mein\w*|ich|I|moi|mon|je|joindre|us|uns|unser\w*|our|we|wir|nous)\b"
    r"|(?:Sehr geehrte|Dear|Liebe[rs]?|Guten Tag) "
)
"""Words of a sentence in which somebody else is named, and the number is the writer's."""
_NEXT_SENTENCE: Final = re.compile(
    r"(?<!Dr)(?<!Fr)(?<!Hr)(?<!Mr)(?<!Ms)(?<!Tel)(?<=[^\W\d_]{2})[.!?] {1,3}(?=[^\W\d_])|\n[ \t]{0,9}\n"
)


def is_in_recipients_block(
    answer: FieldAnswer, writers: Sequence[str], recipients: Sequence[str], surroundings: Surroundings
) -> bool:
    """Say whether a number or mail stands below the recipient's name in its column, and none of a writer is nearer.

    Parameters
    ----------
    writers, recipients
        Names of who writes, and to whom.
    """
    page, start = answer.page, answer.char_start
    for _ in range(LINES_OF_BLOCK):
        above = surroundings.cell_above(page, start) if page is not None and start is not None else None
        if above is None or any(has_words(above.text, name) for name in writers):
            return False
        if any(has_words(above.text, name) for name in recipients):
            return True
        start = above.start
    return False


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
    if _REFERENCE.search(before.rpartition("\n")[2]):
        return True
    sentence = _NEXT_SENTENCE.split(before)[-1].replace("\n", " ")
    named = [] if _OWN.search(sentence) else [*_TITLED.finditer(sentence)]
    named += _in_block(answer.page, answer.char_start, surroundings)
    return bool(named) and not any(_is_part(word, writer) for writer in writers for word in _words_of(named))


def _words_of(named: Iterable[re.Match[str]]) -> Iterator[str]:
    return (word for match in named for word in match["name"].split())


def _is_part(word: str, name: str) -> bool:
    return has_words(name.translate(_UMLAUTS), word.translate(_UMLAUTS))


def _in_block(page: int, start: int, surroundings: Surroundings) -> Iterator[re.Match[str]]:
    """Give the forms of address with which lines above a place begin, up to one with digits: an address ends there."""
    for _ in range(_LINES):
        above = surroundings.cell_above(page, start)
        if above is None or any(map(str.isdigit, above.text)):
            return
        if match := _TITLED.match(above.text):
            yield match
        start = above.start
