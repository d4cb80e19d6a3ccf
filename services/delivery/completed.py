"""What is done beyond the commit point, as text for the commit's metadata: a redelivery skips it.

Kafka keeps one offset a partition and up to 4,096 bytes of metadata beside it (`offset.metadata.max.bytes`). One slow
record holds the offset back, and a restart would deliver everything behind it again. The text is a run-length map
(as in Confluent's Parallel Consumer): from the commit point on, lengths of an unfinished run, a finished run, an
unfinished run, and so on, in base 36. Offsets that were never delivered count to either side: nothing is lost by that.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

METADATA_BYTES: Final = 4096
"""What a broker takes by default; a longer text makes the whole commit fail."""

VERSION: Final = "1:"
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_LONGEST_NUMBER: Final = 13
"""Digits of 2^63 in base 36: nothing longer is an offset."""


@dataclass(frozen=True, slots=True)
class Completed:
    """Finished offsets from a commit point on.

    Parameters
    ----------
    runs
        Finished ranges `(first, one past the last)`, rising, not touching each other.
    """

    runs: Sequence[tuple[int, int]] = ()

    def __contains__(self, offset: int) -> bool:
        at = bisect_right(self.runs, offset, key=lambda run: run[0]) - 1
        return at >= 0 and offset < self.runs[at][1]

    @property
    def end(self) -> int:
        """One past the last finished offset; 0 if there is none."""
        return self.runs[-1][1] if self.runs else 0


def between(open_offsets: Iterable[int], end: int) -> Completed:
    """Give the finished runs between unfinished offsets (rising) and `end`, the successor of the last known one."""
    edges = [*open_offsets, end]
    return Completed([(before + 1, after) for before, after in pairwise(edges) if before + 1 < after])


def encode(commit_point: int, completed: Completed, limit: int = METADATA_BYTES) -> str:
    """Write what is finished beyond the commit point.

    If it does not fit, the furthest runs are left out: what they tell is done comes again after a restart, and costs
    a look into the database.
    """
    text, at = "", commit_point
    for first, stop in completed.runs:
        if stop <= commit_point:
            continue
        start = max(first, at)
        part = f"{_base36(start - at)},{_base36(stop - start)}"
        longer = f"{text},{part}" if text else VERSION + part
        if len(longer) > limit:
            break
        text, at = longer, stop
    return text


def decode(commit_point: int, metadata: str) -> Completed:
    """Read what `encode` wrote; a text that is not ours (another tool committed) says that nothing is finished."""
    if not metadata.startswith(VERSION):
        return Completed()
    try:
        lengths = [_number(part) for part in metadata.removeprefix(VERSION).split(",")]
    except ValueError:
        return Completed()
    return Completed(list(_runs(commit_point, lengths)))


def _runs(commit_point: int, lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    at = commit_point
    for unfinished, finished in zip(lengths[::2], lengths[1::2], strict=False):
        yield at + unfinished, at + unfinished + finished
        at += unfinished + finished


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"


def _number(text: str) -> int:
    if not 0 < len(text) <= _LONGEST_NUMBER or not set(text) <= set(_DIGITS):
        message = f"not a length in base 36: {text[:20]!r}"
        raise ValueError(message)
    return int(text, 36)
