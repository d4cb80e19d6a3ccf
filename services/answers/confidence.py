"""How sure an answer is: a rank, not yet a probability.

The figures order answers (right ones above wrong ones; over the tokens of a value the mean log-probability
gave an AUROC of 0.75 to 0.94 in our first measurements). They are not calibrated: 0.9 does not mean that nine of
ten are right, and the factors below are set by judgement. Calibration against labelled documents comes later.
"""

import json
import math
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate
from typing import Final

from services.answers.calibration import MOST_MARGIN, ClassSignals
from services.answers.evidence import Place

UNKNOWN: Final = 0.5
"""Where the engine gives no log-probabilities, before the factors."""
FUZZY_FACTOR: Final = 0.8
"""The document says nearly the same."""
MISSING_FACTOR: Final = 0.3
"""The document does not say it."""
UNPARSED_FACTOR: Final = 0.5
"""Code could not read it."""

RivalledToken = tuple[str, float, Sequence[tuple[str, float]]]
"""A token's text and logarithm, and those of tokens that might have stood in its place."""

_DECODER: Final = json.JSONDecoder()
_SPACE: Final = " \t\r\n"


def member_logprobs(text: str, tokens: Sequence[tuple[str, float]]) -> dict[str, list[float]]:
    """Give for each member of a flat JSON object the log-probabilities of the tokens of its value.

    Parameters
    ----------
    text
        The object, as generated.
    tokens
        Text and natural logarithm of the probability of each token, in order. Their texts together are `text`;
        more may follow, such as a special token at the end.

    Returns
    -------
    dict
        A token counts for a value if it holds at least one of its characters; the quotes of a string are none,
        except the closing one of an empty string. Empty if the tokens are not those of `text` (fragments of
        characters, special tokens within) or `text` is no JSON object: then nothing is known.
    """
    if not "".join(piece for piece, _ in tokens).startswith(text):
        return {}
    ends = list(accumulate(len(piece) for piece, _ in tokens))
    starts = [0, *ends[:-1]]
    try:
        spans = dict(_member_spans(text))
    except (ValueError, RecursionError):
        return {}  # no JSON object, or one cut off: no member is known for sure
    return {
        name: [
            logprob
            for piece, logprob in tokens[bisect_right(ends, start) : bisect_left(starts, end)]
            if piece  # a token without text holds no character
        ]
        for name, (start, end) in spans.items()
    }


def class_signals(text: str, member: str, tokens: Sequence[RivalledToken], names: Collection[str]) -> ClassSignals:
    """Give how likely the chosen document type is, and by how much it exceeds the second one.

    Parameters
    ----------
    text
        The answer, a flat JSON object as generated.
    member
        Its member that names the type.
    tokens
        As for `member_logprobs`, each with the tokens that might have stood in its place.
    names
        All types.

    Returns
    -------
    ClassSignals
        The second type's probability is that of the likeliest beginning of another type's name: exactly its own
        where the first differing token tells the types apart, else more. Without any token that leads to another
        type nothing is known of a margin, unless alternatives were told: then it is `MOST_MARGIN`.
    """
    if not "".join(piece for piece, _, _ in tokens).startswith(text):
        return ClassSignals()
    start, end = dict(_member_spans(text))[member]
    others = [text[:start] + name + text[end:] for name in names if name != text[start:end]]
    before, logprob, second = "", 0.0, -math.inf
    for piece, chosen, alternatives in tokens:
        # The closing quote is looked at too: it tells a name from one that begins with it.
        if piece and len(before) <= end and len(before) + len(piece) > start:
            ways = (other for begun, other in alternatives if _leads_to(others, before + begun))
            second = max(second, logprob + max(ways, default=-math.inf))
            logprob += chosen
        before += piece
    if second > -math.inf:
        return ClassSignals(logprob, logprob - second)
    return ClassSignals(logprob, MOST_MARGIN if any(alternatives for _, _, alternatives in tokens) else None)


def _leads_to(others: Sequence[str], begun: str) -> bool:
    return any(text.startswith(begun) or begun.startswith(text) for text in others)


def field_confidence(
    logprobs: Sequence[float], *, evidence: Place | None, parsed: bool, evidence_needed: bool = True
) -> float:
    """Rank a value from 0 to 1: the geometric mean of its tokens' probabilities, times what speaks against it.

    Parameters
    ----------
    logprobs
        Of the value's tokens; `UNKNOWN` (0.5) takes the mean's place if there are none.
    evidence
        Where the value stands: only nearly is `FUZZY_FACTOR` (0.8), not at all is `MISSING_FACTOR` (0.3).
    parsed
        False is `UNPARSED_FACTOR` (0.5).
    evidence_needed
        False for a choice, which is the model's own conclusion and need not stand in the document.
    """
    confidence = _probability(math.fsum(logprobs) / len(logprobs)) if logprobs else UNKNOWN
    if not parsed:
        confidence *= UNPARSED_FACTOR
    if evidence_needed:
        confidence *= _evidence_factor(evidence)
    return confidence


def class_confidence(logprobs: Sequence[float]) -> float:
    """Give the probability of a document type: the product over its tokens; `UNKNOWN` (0.5) without any."""
    return _probability(math.fsum(logprobs)) if logprobs else UNKNOWN


def _evidence_factor(evidence: Place | None) -> float:
    if evidence is None:
        return MISSING_FACTOR
    return FUZZY_FACTOR if evidence.match == "fuzzy" else 1.0


def _probability(logprob: float) -> float:
    # Rounding in an engine may give a logarithm just above 0; one that is no number says nothing.
    return UNKNOWN if math.isnan(logprob) else math.exp(min(logprob, 0.0))


def _member_spans(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Give each member's name and where its value stands; a name that comes twice is given twice.

    Raises
    ------
    ValueError
        If `text` is no JSON object.
    """
    at = _after(text, 0, "{")
    while text[at : at + 1] != "}":
        name, at = _DECODER.raw_decode(text, at)
        start = _after(text, _skip_space(text, at), ":")
        value, end = _DECODER.raw_decode(text, start)
        yield str(name), _content_span(value, start, end)
        at = _skip_space(text, end)
        if text[at : at + 1] != "}":
            at = _after(text, at, ",")


def _content_span(value: object, start: int, end: int) -> tuple[int, int]:
    if not isinstance(value, str):
        return start, end
    return (start + 1, end - 1) if value else (end - 1, end)


def _after(text: str, at: int, sign: str) -> int:
    at = _skip_space(text, at)
    if text[at : at + 1] != sign:
        message = f"no `{sign}` at character {at}"
        raise ValueError(message)
    return _skip_space(text, at + 1)


def _skip_space(text: str, at: int) -> int:
    while text[at : at + 1] in _SPACE and at < len(text):
        at += 1
    return at
