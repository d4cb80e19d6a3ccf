"""A page's text as it is stored: what the model reads, what evidence points into, and what analysts see.

What has no width and no meaning is taken out, so that neither a word nor a number is torn apart by what nobody sees,
and nothing is said to the model alone. What makes letters appear in another order than they are stored stays, because
only with it can be told that a value is not what it looks like; where it turns ordinary text around, a note says so.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from schemas.text import clean_text
from schemas.wording import Wording

_UNSEEN: Final = re.compile(
    "["
    "\u034f\u180b-\u180f\u200b-\u200e\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb"  # joiners, fillers, annotations
    "\ufe00-\ufe0f\U000e0100-\U000e01ef"  # which form of a letter is meant
    "\U000e0000-\U000e007f"  # tags: ASCII that nobody sees
    "]"
)
"""Unicode's Default_Ignorable_Code_Point, without soft hyphens, Hangul fillers, and what reorders."""

_TAGS: Final = re.compile("[\U000e0020-\U000e007e]{8,}")
"""A sentence in tags. The only use left for them, flags of regions, has six at most behind a black flag."""

_TURNED: Final = re.compile("[\u202d\u202e]")
"""Overrides: they turn around letters that have a direction of their own. Nobody needs them in a letter."""


def stored_form(text: str) -> str:
    """Give a page's text with one kind of line end, without what the database refuses, and without what has no width.

    Two texts together have the stored forms of both together, unless a line end is cut in two.
    """
    return clean_text(_UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def notes_on_writing(pages: Sequence[str]) -> list[Wording]:
    """Say on which pages something is written that readers see otherwise, or not at all.

    Parameters
    ----------
    pages
        As they were read, before they are stored.
    """
    return [note for number, page in enumerate(pages, start=1) for note in _notes(number, page)]


def _notes(number: int, page: str) -> Iterator[Wording]:
    if _TAGS.search(page):
        yield Wording(
            de=f"Seite {number} hat Buchstaben, die kein Leser sieht (Unicode-Tags); sie wurden weggelassen",
            en=f"page {number} has letters that no reader sees (Unicode tags); they were left out",
        )
    if _TURNED.search(page):
        yield Wording(
            de=f"Seite {number} hat Text, der sich anders zeigt, als er geschrieben ist (umgekehrte Schreibrichtung)",
            en=f"page {number} has text that shows in another order than it is written (directional overrides)",
        )
