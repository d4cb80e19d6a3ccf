"""What the sentence around a value says of it."""

import re
from functools import cache
from typing import Final

from schemas.document_types import FieldDefinition
from services.answers.normal_form import plain

SHORT: Final = 3
"""Letters of a word that must begin one, see `beginnings`."""
MAX_SENTENCE: Final = 160
"""Characters before and behind a value that are looked at."""
CURRENCY: Final = r"(?:€|\$|£|₹|EUR\b|CHF\b|USD\b|GBP\b|ZAR(?=[ \u00a0]?[0-9]|\b))"
MONTH: Final = r"(?:jan|feb|fév|m[aä]r|a[pv]r|ma[iy]|ju[inl]|aug|ao[uû]|sep|o[ck]t|nov|d[eé][cz])[^\W\d_]{0,6}\.?"
MAX_NAMED: Final = 20
"""Characters before a period in which the field's own name stands right beside it."""
CLAUSE_END: Final = re.compile(r"[,;(]|(?:^|\s)(?:und|oder|sonst|and|or|et|ou|sinon)\s")
NEXT_DATE: Final = re.compile(rf"\d\d?(?:[./-]\d|(?:\.|st|nd|rd|th)? ?(?i:{MONTH}))")
"""Where words behind a date end, if another one follows."""

SENTENCE_END: Final = re.compile(
    r"[.!?;\n\t](?:(?<=[.!?;])"
    r"(?<!\bNr\.)(?<!\bnr\.)(?<!\bNo\.)(?<!\bno\.)(?<!\bTel\.)(?<!\bDr\.)(?<!\bSt\.)(?<!\bStr\.)(?<!\bRef\.)"
    r"(?<!\bRe\.)(?<!\bRg\.)(?<!\bInv\.)(?<!\bAbs\.)(?<!\bArt\.)(?<!\bbzw\.)(?<!\bca\.)(?<!\b[A-Za-z]\.)"
    r"(?<!\s[0-9]\.)(?<!\s[0-9]{2}\.)"
    r"\s+(?=[^\W\d_a-zäöü]|[§(])|(?<=\n)[ \t]*\n|(?<=\t))"
)
"""Where a sentence ends; no abbreviation and no day of a date does it. With its sign first, it is found at once."""
NEXT_ENTRY: Final = re.compile(
    rf"\n(?=[^\n:]{{1,40}}(?::|[ \t]{{3}}|[ \t][0-9][0-9.]{{0,9}}[.,][0-9]{{2}}(?: ?{CURRENCY})?[ \t]*(?:\n|$)))"
)
"""Where what is said behind a value ends: a line of a form begins, with a label, a column or an amount."""


def sentence_around(page: str, start: int, end: int, since: int = 0) -> tuple[str, str]:
    """Give the words of a value's sentence before it, and behind it up to the next date; in small letters.

    Parameters
    ----------
    start, end
        Of the value: first, and one past the last, character in the page, from 0.
    since
        Where the words before it begin at the earliest.
    """
    before = page[max(since, start - MAX_SENTENCE) : start]
    begins = max((match.end() for match in SENTENCE_END.finditer(before)), default=0)
    if ":" in before[(line := before.rfind("\n") + 1) :]:
        begins = max(begins, line)  # a line of a form: what stands above is of another entry
    behind = page[end : end + MAX_SENTENCE]
    ends = (pattern.search(behind) for pattern in (SENTENCE_END, NEXT_ENTRY, NEXT_DATE))
    stop = min((match.start() for match in ends if match), default=len(behind))
    return plain(before[begins:]).casefold(), plain(behind[:stop]).casefold()


def is_told(field: FieldDefinition, page: str, start: int, end: int) -> bool:
    """Say whether words say that a period is the field's: those in its sentence or before it, and none denies it there.

    What is said before the sentence counts, as a period is often that of a heading, or of what was spoken of last.
    Right behind the field's own name nothing denies it.
    """
    told, denied = beginnings(field.told_by), whole_words(field.denied_by)
    names = whole_words((field.label.de, field.label.en))
    before, behind = sentence_around(page, start, end)
    clause = CLAUSE_END.split(behind, maxsplit=1)[0]
    is_named = names is not None and names.search(before[-MAX_NAMED:]) is not None
    if denied is not None and not is_named and any(map(denied.search, (before, clause))):
        return False
    said_before = plain(page[max(0, start - MAX_SENTENCE) : end]).casefold()
    return told is None or any(map(told.search, (said_before, behind)))


@cache
def in_small_letters(words: tuple[str, ...]) -> frozenset[str]:
    """Give the plain form of words of a type's definition."""
    return frozenset(plain(word).casefold() for word in words)


@cache
def beginnings(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """Make a pattern of words, in small letters, each of which may go on, and may be behind another in a compound.

    One of `SHORT` letters or fewer is in too many words by chance: `due` in `individuell`.
    """
    ways = [
        rf"(?<!\w){re.escape(word)}" if len(word) <= SHORT else re.escape(word)
        for word in sorted(in_small_letters(words))
    ]
    return re.compile("|".join(ways)) if ways else None


@cache
def whole_words(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """Make a pattern of words, in small letters, with the endings that one may have: `Widerspruchsfrist` too."""
    ways = "|".join(map(re.escape, sorted(in_small_letters(words), key=len, reverse=True)))
    return re.compile(rf"(?<!\w)(?:{ways})(?:e?[nsr]|e)?(?:s?frist\w*)?(?!\w)") if words else None
