"""The model's summary, made fit to print."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

MAX_SUMMARY: Final = 400
"""Characters of a summary."""
ELLIPSIS: Final = "\u2026"
_CLOSED: Final = tuple(".!?\u2026")

# A point after one or two digits, or after a word of up to three letters, may be an ordinal or an abbreviation
# ("am 5. Juni", "Nr. 7", "bzw. "): no sentence is sure to end there.
_SENTENCE_END: Final = re.compile(r"[!?]|(?<!\W\w)(?<!\W\w\w)(?<!\W[^\W\d_]{3})\.")


def tidy_summary(text: str, max_characters: int) -> str:
    """Give the summary in one line of single spaces without control or invisible characters.

    Parameters
    ----------
    max_characters
        Upper bound of the result. A text that reaches it without closing punctuation was cut by the schema. What
        is cut ends with its last whole sentence, or, where that would lose more than half, with `…` after a word.
    """
    line = " ".join("".join(map(_visible, text)).split())
    if len(line) <= max_characters and (len(text) < max_characters or line.endswith(_CLOSED)):
        return line
    head = line[:max_characters]
    ends = [end for end in _sentence_ends(head) if line[end : end + 1] in ("", " ")]
    if ends and ends[-1] * 2 >= max_characters:
        return head[: ends[-1]]
    return _cut_at_word(line, max_characters)


def sentences(text: str) -> list[tuple[int, int]]:
    """Give where the sentences of a tidy text begin and end; two are one where no end is sure."""
    ends = [*_sentence_ends(text), len(text)]
    spans = ((start + len(text[start:end]) - len(text[start:end].lstrip()), end) for start, end in pairwise([0, *ends]))
    return [(start, end) for start, end in spans if start < end]


def _sentence_ends(text: str) -> Iterator[int]:
    ends = (match.end() for match in _SENTENCE_END.finditer(text))
    return (end for end in ends if text[end : end + 1] in ("", " "))


def _visible(character: str) -> str:
    match unicodedata.category(character):
        case "Cc" | "Zl" | "Zp":
            return " "
        case "Cf" | "Cs" | "Co" | "Cn":
            return ""
        case _:
            return character


def _cut_at_word(line: str, max_characters: int) -> str:
    head = line[: max(max_characters - len(ELLIPSIS), 0)]
    whole = head.rpartition(" ")[0] if line[len(head) : len(head) + 1].strip() else head
    return ((whole or head).rstrip(" ,;:-") + ELLIPSIS)[:max_characters]
