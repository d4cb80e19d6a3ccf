"""Whether each model answers for itself when others are asked at the same time.

Adapters share the base model's batches, and a request that gets another's adapter looks like any other answer. In
vLLM's CPU build a request without an adapter gets one when it is in a batch with others (vllm-project/vllm#48421); GPU
builds have had such faults, too (vllm-project/vllm#42008). So every start asks one question of each model alone, then
of all at once.
"""

import asyncio
import math
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, Final
from uuid import uuid4

from services.inference.engines.port import Engine, EngineUnsuitableError, Generation, Prompt, Token

REPEATS: Final = 4
"""How often each model is asked among the others."""

LEAST: Final = 0.05
FACTOR: Final = 4
"""An answer is another one from so great a distance on, or from so many times what a batch alone makes of it."""

_TOKENS: Final = 24
_ALTERNATIVES: Final = 20
_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"text": {"type": "string", "minLength": 1, "maxLength": 60}},
    "required": ["text"],
    "additionalProperties": False,
}


class CanaryError(EngineUnsuitableError):
    """A model answers otherwise beside others than alone."""


async def check_apart(engine: Engine, names: Sequence[str | None]) -> frozenset[str | None]:
    """Ask each model alone, then all at once; and the first one as often at once, to see what a batch does by itself.

    Parameters
    ----------
    names
        As `Prompt.model` has them.

    Returns
    -------
    frozenset
        Those that answer otherwise than the first, so that a mistake between the two would have been seen.

    Raises
    ------
    CanaryError
        If one answers otherwise beside the others than alone.
    EngineError, EngineDeadError
        As the engine raises them.
    """
    alone = {name: await engine.generate(_prompt(name)) for name in names}
    first, asked = names[0], [name for _, name in product(range(REPEATS), names)]
    of_batch = await _ask(engine, [first for _ in asked])
    limit = max(LEAST, FACTOR * max(distance(answer, alone[first]) for answer in of_batch))
    if math.isinf(limit):
        message = "answers in a batch differ and come without probabilities: nobody could tell whose model gave them"
        raise CanaryError(message)
    for name, answer in zip(asked, await _ask(engine, asked), strict=True):
        if (found := distance(answer, alone[name])) > limit:
            message = (
                f"{name or engine.identity.model} answers otherwise beside other models than alone (a probability's "
                f"logarithm differs by {found:.2f}, and {limit:.2f} may be chance): an answer may be of another's "
                "adapter, so this engine cannot be used for the models of POSTKORB_ROUTES"
            )
            raise CanaryError(message)
    return frozenset(name for name in names if distance(alone[name], alone[first]) > limit)


def distance(one: Generation, other: Generation) -> float:
    """Give the greatest difference of a logarithm in two answers to one prompt, up to the token where they part."""
    if not (one.tokens and other.tokens):
        return 0.0 if one.text == other.text else math.inf
    found = 0.0
    for first, second in zip(one.tokens, other.tokens, strict=False):
        found = max(found, _difference(_logprobs(first), _logprobs(second)))
        if first.text != second.text:
            break
    return found


def _difference(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    both = [abs(one[text] - other[text]) for text in one.keys() & other.keys()]
    # What is not among the likely tokens is at most as likely as the last of them.
    only_one = [one[text] - min(other.values()) for text in one.keys() - other.keys()]
    only_other = [other[text] - min(one.values()) for text in other.keys() - one.keys()]
    return max([0.0, *both, *only_one, *only_other])


def _logprobs(token: Token) -> dict[str, float]:
    return {token.text: token.logprob, **dict(token.alternatives)}


async def _ask(engine: Engine, names: Sequence[str | None]) -> list[Generation]:
    return await asyncio.gather(*(engine.generate(_prompt(name)) for name in names))


def _prompt(name: str | None) -> Prompt:
    return Prompt(
        request_id=f"canary-{uuid4().hex}",
        system="Answer with JSON.",
        user="Write down what comes to your mind.",
        schema=_SCHEMA,
        max_tokens=_TOKENS,
        alternatives=_ALTERNATIVES,
        model=name,
    )
