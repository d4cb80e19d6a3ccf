"""Which failures are tried again, when, and how often: one pure function."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from schemas.events import ErrorCode
from schemas.topics import RETRY_DEAD_LETTER

TRIED_AGAIN: Final[Mapping[ErrorCode, int]] = {
    ErrorCode.URI_UNREACHABLE: 100,
    ErrorCode.ENGINE_REFUSED: 100,
    ErrorCode.INTERNAL_ERROR: 100,
    ErrorCode.ANSWER_TIMEOUT: 2,
    ErrorCode.ANSWER_INVALID: 2,
    ErrorCode.ANSWER_CUT_OFF: 2,
    ErrorCode.PARSE_CRASHED: 2,
    ErrorCode.PARSE_TIMEOUT: 2,
}
"""Codes whose cause may pass, and the most tries of each: what depends on the document alone seldom changes.

A code that is not here fails at once: the same bytes would fail in the same way. The deployment's own bound comes on
top, see `RetryPolicy.attempts`.
"""

WAITED_FOR: Final = frozenset({ErrorCode.MODEL_AWAY})
"""Codes of something that is known to be away, which other documents do without: tried again until it is there.

No try counts, and the longest back-off is between them: each of them costs a question.
"""

MOST_DOUBLINGS: Final = 100
"""Of a back-off: whatever the first one is, it is longer than any that can be set by then, and still a number."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How patient a deployment is.

    Parameters
    ----------
    attempts
        Most tries of a document in all.
    first, most
        Back-off before the second try, and the longest one; it doubles each time.
    """

    attempts: int
    first: timedelta
    most: timedelta


@dataclass(frozen=True, slots=True)
class TryAgain:
    """The document is tried again.

    Parameters
    ----------
    attempt
        Which try that will be.
    after
        How long it waits before.
    """

    attempt: int
    after: timedelta


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The document fails for good."""


def after_failure(
    code: ErrorCode, attempt: int, policy: RetryPolicy, chance: float, *, retryable: bool = True, outage: bool = False
) -> TryAgain | GiveUp:
    """Decide what follows a failure.

    Parameters
    ----------
    attempt
        Which try has failed, from 1.
    chance
        0 to 1, at random: spreads tries that failed together over the second half of the back-off.
    retryable
        What the step that failed says of this case; a code alone cannot tell a server that is down from one that
        denies access.
    outage
        The deployment is known to be in trouble (the breaker is open): the try is not the document's fault and does
        not count.
    """
    if code in WAITED_FOR:
        return TryAgain(attempt, policy.most * (0.5 + 0.5 * chance))
    if not retryable or code not in TRIED_AGAIN:
        return GiveUp()
    if attempt >= min(policy.attempts, TRIED_AGAIN[code]) and not outage:
        return GiveUp()
    doubled = policy.first.total_seconds() * 2.0 ** min(attempt - 1, MOST_DOUBLINGS)
    seconds = min(policy.most.total_seconds(), doubled) * (0.5 + 0.5 * chance)
    return TryAgain(attempt if outage else attempt + 1, timedelta(seconds=seconds))


MOST_DIGITS: Final = 18
"""Of a number in a header: enough for every offset, and never more than 64 bits."""


def number_of(text: str) -> int | None:
    """Read a number of a retry's headers; None for what Postkorb does not write."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None


def dead_letter_of(headers: Sequence[tuple[str, bytes | None]]) -> int | None:
    """Give the key of the dead letter that a record says it is a retry of."""
    said = dict(headers).get(RETRY_DEAD_LETTER)
    return None if said is None else number_of(said.decode("ascii", "replace"))
