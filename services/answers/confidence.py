"""What an engine's log-probabilities say of an answer: by member, and of the document type beside the second one."""

import json
import math
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Final

from services.answers.calibration import MOST_MARGIN, ClassSignals

UNWEIGHED: Final = 0.0
"""Confidence of a value as long as not all is known of it: `services.answers.signals.weigh` gives the final one."""

RivalledToken = tuple[str, float, Sequence[tuple[str, float]]]
"""A token's text and logarithm, and those of tokens that might have stood in its place."""

LEAST_CLASS: Final = -6.0
"""Natural logarithm of the probability of a type that the engine did not think of."""

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


def class_logprobs(text: str, member: str, tokens: Sequence[RivalledToken], names: Collection[str]) -> dict[str, float]:
    """Give the natural logarithm of each document type's probability.

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
    dict
        By name. A type that was not chosen has the probability of the likeliest token that leads to it, shared with
        the types to which it leads as well; one to which none of the told tokens leads has that of
        `LEAST_CLASS`. Where no alternatives are told, the others share what the chosen type leaves. Empty if the
        tokens are not those of the text.
    """
    if not "".join(piece for piece, _, _ in tokens).startswith(text):
        return {}
    start, end = dict(_member_spans(text))[member]
    chosen = text[start:end]
    others = {name: text[:start] + name + text[end:] for name in names if name != chosen}
    found = dict.fromkeys(others, LEAST_CLASS)
    told = any(alternatives for _, _, alternatives in tokens)
    before, logprob = "", 0.0
    for piece, own, alternatives in tokens:
        # The closing quote is looked at too: it tells a name from one that begins with it.
        if piece and len(before) <= end and len(before) + len(piece) > start:
            for begun, other in alternatives:
                led_to = [name for name, whole in others.items() if _leads_to(whole, before + begun)]
                for name in led_to:
                    found[name] = max(found[name], logprob + other - math.log(len(led_to)))
            logprob += own
        before += piece
    if not told:
        left = max(-math.expm1(min(logprob, 0.0)), math.exp(LEAST_CLASS))
        found = dict.fromkeys(others, math.log(left / max(len(others), 1)))
    return {**found, chosen: logprob}


def class_signals(likely: Mapping[str, float]) -> ClassSignals:
    """Give how likely the likeliest document type is, and by how much it exceeds the second one.

    Parameters
    ----------
    likely
        Natural logarithms of probabilities, by type; nothing is known if it is empty.
    """
    first, second = ([*sorted(likely.values(), reverse=True), None, None])[:2]
    if first is None:
        return ClassSignals()
    return ClassSignals(first, MOST_MARGIN if second is None else first - second)


def _leads_to(whole: str, begun: str) -> bool:
    return whole.startswith(begun) or begun.startswith(whole)


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
