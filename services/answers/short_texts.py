"""What code found in a short text is kept for a while: a check reads the same labels and amounts many times."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Final, TypeVar, TypeVarTuple

LONGEST_KEPT: Final = 120
"""Characters: a line of a table has fewer. Longer ones would hold memory, and seldom come twice."""
MOST_KEPT: Final = 1_024
"""Texts, a function: more than several pages have."""

Rest = TypeVarTuple("Rest")
Found = TypeVar("Found")


def keeping(read: Callable[[str, *Rest], Found]) -> Callable[[str, *Rest], Found]:
    """Make a function of a text, whose result nobody changes, keep what short texts gave."""
    kept = lru_cache(maxsize=MOST_KEPT)(read)

    @wraps(read)
    def found(text: str, /, *rest: *Rest) -> Found:
        return (kept if len(text) <= LONGEST_KEPT else read)(text, *rest)

    return found
