"""Text reduced to what a reader sees: the same words compare equal however a PDF encodes them."""

import re
import unicodedata
from array import array
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

SOFT_HYPHEN: Final = "\u00ad"
_INVISIBLE: Final = "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_COMBINING: Final = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"

MOST_MARKS: Final = 30
"""On one letter, as in Unicode's stream-safe format: to order them takes quadratic time, and no thread goes on."""

MOST_LETTERS: Final = 4
"""Of one character, such as a ligature; an Arabic one is a sentence of eighteen."""

_AS_THEY_ARE: Final = "äöüÄÖÜ€"

_SPECIAL: Final = re.compile(
    # A word hyphenated at the end of a line, but not "Vor- / und Nachname".
    r"(?P<hyphen>(?<=\w)[-\u2010][ \t]*\r?\n\s*(?!(?:und|oder|bzw|and|or)\b)(?=\w))"
    # A single ordinary space stays as it is: most of a text's gaps are such.
    rf"|(?P<gap>(?! [^\s{_INVISIBLE}])[\s{_INVISIBLE}]+)"
    # Umlauts and the euro sign are what they seem, and most of a German text's letters that are not ASCII.
    rf"|(?P<cluster>.[{_COMBINING}]{{1,{MOST_MARKS}}}|[^\x00-\x7f{_AS_THEY_ARE}])"
)

_ODD: Final = re.compile(
    r"[^\s!-~\u00a7\u00ab\u00b0\u00b7\u00bb\u00c0-\u00ff\u2013\u2014\u2018-\u201a\u201c-\u201e\u2022\u20ac]"
)
"""What may have to be put otherwise, but for spaces and hyphenation: a text without it is plain at once."""
_HYPHENATED: Final = re.compile(r"-[ \t]*\r?\n")

UNIFIED: Final = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
    | dict.fromkeys("\u201e\u201c\u201d\u201f\u00ab\u00bb", '"')
    | dict.fromkeys("\u2018\u2019\u201a\u201b\u2039\u203a\u0060\u00b4\u2032", "'")
)
"""One character for all dashes, one for all double quotes, one for all single quotes."""

# Compatibility forms that mean something else than their plain character: 10² is not 102.
_MEANINGFUL: Final = ("<super>", "<sub>", "<circle>", "<fraction>", "<square>", "<compat> 0020")


def plain(text: str) -> str:
    """Take out what is only typesetting: ligatures, soft hyphens, hyphenation, line breaks, runs of spaces."""
    if not _ODD.search(text) and not _HYPHENATED.search(text):
        return " ".join(text.split())
    return _SPECIAL.sub(_plain_piece, text).strip()


@dataclass(frozen=True, slots=True)
class NormalForm:
    """Plain text without case and with unified dashes and quotes, and where each character came from.

    Parameters
    ----------
    text
        The normal form.
    starts, ends
        For each of its characters: first, and one past last, character in the original.
    """

    text: str
    starts: "array[int]"
    ends: "array[int]"


def normal_text(text: str) -> str:
    """Give the normal form of a text alone, without places."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.lower()
    return normal_form(text).text if _SPECIAL.search(text) else text.lower()


def letters_and_digits(text: str) -> str:
    """Give a text's normal form without spaces, dashes and other signs."""
    return "".join(filter(str.isalnum, normal_text(text)))


def normal_form(text: str) -> NormalForm:
    """Reduce a text, in one pass over it."""
    parts: list[str] = []
    places = array("i", range(len(text) + 1))
    starts, ends = array("i"), array("i")
    done = 0
    for match in _SPECIAL.finditer(text):
        start, end = match.span()
        parts.append(text[done:start].lower())  # as long as before: ASCII, and what is as it seems
        starts += places[done:start]
        ends += places[done + 1 : start + 1]
        piece = _plain_piece(match).translate(UNIFIED).casefold()
        parts.append(piece)
        starts.extend([start] * len(piece))
        ends.extend([end] * len(piece))
        done = end
    parts.append(text[done:].lower())
    starts += places[done:-1]
    ends += places[done + 1 :]
    return NormalForm("".join(parts), starts, ends)


def _plain_piece(match: re.Match[str]) -> str:
    piece = match[0]
    match match.lastgroup:
        case "hyphen":
            whole = match.string
            return "" if whole[match.end()].islower() and whole[match.start() - 1].isalpha() else "-"
        case "gap":
            return " " if piece[0] != SOFT_HYPHEN and any(map(str.isspace, piece)) else ""
        case _:
            return _composed(piece)


@lru_cache(maxsize=4096)
def _composed(cluster: str) -> str:
    return "".join(map(_without_compatibility, unicodedata.normalize("NFC", cluster)))


def _without_compatibility(character: str) -> str:
    if unicodedata.decomposition(character).startswith(_MEANINGFUL):
        return character
    whole = unicodedata.normalize("NFKC", character)
    return whole if len(whole) <= MOST_LETTERS else character
