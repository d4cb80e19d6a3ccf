"""What typesetting does to words: soft hyphens, ligatures, hyphenation, and lines that end where a space was."""

from collections.abc import Sequence
from typing import Final

from hypothesis import strategies as st

_LIGATURES: Final = (("ffi", "\ufb03"), ("ffl", "\ufb04"), ("ff", "\ufb00"), ("fi", "\ufb01"), ("fl", "\ufb02"))
_AT_EITHER_END: Final = 2
"""Letters of a word that hyphenation leaves together, at its beginning and at its end."""
_NO_SYLLABLES: Final = frozenset({"und", "oder", "bzw", "and", "or"})
"""Behind a hyphen these are words of their own: `Vor- und Nachname`."""
_HYPHENS: Final = ("\u00ad", "-\n", "\u2010\n", "\u00ad\n")


@st.composite
def typeset(draw: st.DrawFn, text: str, *, between_words: bool = True, hyphenated: bool = True) -> str:
    """Set a text: it says the same.

    Parameters
    ----------
    between_words
        A line may end where a space was; not where the ends of lines say something, as in an address.
    hyphenated
        A line may end within a word; if not, a soft hyphen may stand there all the same, and be seen by nobody.
    """
    gaps = [" ", "\n", "\u00a0", "  ", " \n"] if between_words else [" ", "\u00a0", "  "]
    words = [draw(_word(word, _HYPHENS if hyphenated else _HYPHENS[:1])) for word in text.split(" ")]
    return "".join(word + draw(st.sampled_from(gaps)) for word in words[:-1]) + words[-1]


@st.composite
def _word(draw: st.DrawFn, word: str, hyphens: Sequence[str]) -> str:
    places = [at for at in range(len(word)) if _may_be_hyphenated(word, at)]
    at = draw(st.sampled_from(places)) if places and draw(st.booleans()) else None
    parts = [word] if at is None else [word[:at], word[at:]]
    joined = draw(st.sampled_from(hyphens)).join(parts)
    for letters, ligature in _LIGATURES if draw(st.booleans()) else ():
        joined = joined.replace(letters, ligature)
    return joined


def _may_be_hyphenated(word: str, at: int) -> bool:
    around = word[max(0, at - _AT_EITHER_END) : at + _AT_EITHER_END]
    inside = len(around) == 2 * _AT_EITHER_END and around.isalpha() and around[1:].islower()
    return inside and word[at:].rstrip(".,") not in _NO_SYLLABLES
