"""Runs: stretches of a page's text with the place where they stand on the page.

Step 3 writes them beside the page's text, step 7 reads rows from them. In between they are a flat list of integers,
six a run: small to store, and nothing in it that a document could have written.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

UNITS_PER_POINT: Final = 10
"""Places are whole tenths of a point (1/72 inch): finer than any table is set."""

MAX_RUNS: Final = 5_000
"""Runs of one page. A page full of small print has about 1,000 words."""

MAX_DOCUMENT_RUNS: Final = 400_000
"""Runs of one document; 40,000 rows of a table have as many."""

BYTES_PER_RUN: Final = 6 * 13
"""Of JSON, at most."""

MAX_PLACE: Final = 2**31 - 1


class Run(NamedTuple):
    """A stretch of text on one line, without a gap in it.

    Parameters
    ----------
    start, end
        First, and one past the last, character in the page's stored text.
    left, right
        Where it begins and ends, in tenths of a point from the left edge of the page as it is shown.
    baseline
        Where its letters stand, in tenths of a point from the upper edge: later lines have larger ones.
    size
        Of the font, in tenths of a point.
    """

    start: int
    end: int
    left: int
    right: int
    baseline: int
    size: int


FIELDS: Final = len(Run._fields)


def pack(runs: Iterable[Run]) -> list[int]:
    """Write runs as a flat list."""
    return [number for run in runs for number in run]


def unpack(numbers: Sequence[int], text: str) -> list[Run]:
    """Read what `pack` wrote; empty if it does not fit the text, whoever wrote it.

    Parameters
    ----------
    text
        The page's stored text.
    """
    if not is_layout(numbers, text):
        return []
    return [Run(*numbers[at : at + FIELDS]) for at in range(0, len(numbers), FIELDS)]


def is_layout(numbers: Sequence[object], text: str) -> bool:
    """Tell whether numbers are runs of a text."""
    if len(numbers) % FIELDS or len(numbers) > FIELDS * MAX_RUNS:
        return False
    if not all(type(number) is int and abs(number) <= MAX_PLACE for number in numbers):
        return False
    starts, ends, sizes = numbers[0::FIELDS], numbers[1::FIELDS], numbers[5::FIELDS]
    if sum(ends) - sum(starts) > len(text):  # type: ignore[arg-type]
        return False  # runs share no characters: as many copies of a page as there are runs would be made
    return all(
        0 <= start < end <= len(text) and size > 0  # type: ignore[operator]
        for start, end, size in zip(starts, ends, sizes, strict=True)
    )
