"""The canary: a request that gets another's adapter is found, what a batch alone changes is not taken for one."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from scripted import ScriptedEngine

from services.inference.engines.canary import CanaryError, check_apart, distance
from services.inference.engines.port import Generation, Prompt, Token

NAMES = (None, "acme", "complaints")
SURENESS = {None: -0.1, "acme": -1.1, "complaints": -2.1}


class Mixed(ScriptedEngine):
    """Answers with a probability that tells the model; perhaps with a neighbour's, or a little off, in a batch.

    Parameters
    ----------
    mistaken
        Models whose requests get the last one's adapter when others are in the batch.
    noise
        What a batch changes.
    """

    def __init__(self, mistaken: Sequence[str | None] = (), noise: float = 0.0, *, tokens: bool = True) -> None:
        super().__init__()
        self._mistaken = mistaken
        self._noise = noise
        self._tells_tokens = tokens
        self._batch: list[str | None] = []

    async def generate(self, prompt: Prompt) -> Generation:
        self._batch.append(prompt.model)
        await asyncio.sleep(0)
        batch = self._batch.copy()
        await asyncio.sleep(0)
        self._batch.remove(prompt.model)
        is_mistaken = prompt.model in self._mistaken and len(set(batch)) > 1
        model = "complaints" if is_mistaken else prompt.model
        logprob = SURENESS[model] - (self._noise if len(batch) > 1 else 0.0)
        tokens = [Token('{"text":"', 0.0), Token("x", logprob, [("y", logprob - 3)]), Token('"}', 0.0)]
        return Generation(f"answer of {model}", "stop", 9, 3, tokens=tokens if self._tells_tokens else ())


def told_apart(engine: ScriptedEngine, names: Sequence[str | None] = NAMES) -> frozenset[str | None]:
    return asyncio.run(check_apart(engine, names))


def test_models_that_answer_for_themselves_pass():
    assert told_apart(Mixed()) == {"acme", "complaints"}


@pytest.mark.parametrize("tokens", [True, False])
@pytest.mark.parametrize("mistaken", [None, "acme"])
def test_a_model_that_answers_with_anothers_adapter_is_named(mistaken: str | None, *, tokens: bool):
    with pytest.raises(CanaryError, match=f"^{mistaken or 'scripted'} answers otherwise"):
        told_apart(Mixed([mistaken], tokens=tokens))


class Wavering(Mixed):
    """Answers with other words in a batch, and tells no probabilities."""

    async def generate(self, prompt: Prompt) -> Generation:
        generation = await super().generate(prompt)
        return replace(generation, text=f"{generation.text} {next(self._count)}", tokens=())

    _count = count()


def test_where_answers_differ_without_probabilities_nobody_passes():
    """Any answer would be as near to another model's as to its own."""
    with pytest.raises(CanaryError, match="without probabilities"):
        told_apart(Wavering())


def test_what_a_batch_changes_by_itself_is_no_mistake():
    assert told_apart(Mixed(noise=0.2)) == {"acme", "complaints"}
    with pytest.raises(CanaryError):
        told_apart(Mixed([None], noise=0.2))


def test_models_that_differ_by_no_more_than_a_batch_changes_are_not_told_apart():
    assert told_apart(Mixed(noise=0.3)) == {"complaints"}


def said(*tokens: tuple[str, float, Sequence[tuple[str, float]]]) -> Generation:
    return Generation("".join(text for text, _, _ in tokens), "stop", 1, 1, tokens=[Token(*token) for token in tokens])


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([("a", -1, [])], [("a", -1.5, [])], 0.5),
        ([("a", -1, [("b", -2)])], [("a", -1, [("b", -2.75)])], 0.75),
        ([("a", -1, [("b", -1.1)])], [("b", -1, [("a", -1.1)])], 0.1),  # nearly equally likely: they part by chance
        ([("a", -1, [("b", -1.1)]), ("x", 0, [])], [("b", -1, [("a", -1.1)]), ("y", -9, [])], 0.1),  # not beyond
        ([("a", -0.1, [("b", -3)])], [("c", -0.5, [("b", -3)])], 2.9),  # c was at most as likely as b
        ([("a", 0, [])], [("a", 0, [("b", -9)])], 0.0),  # b may have been as unlikely there
    ],
)
def test_the_distance_is_that_of_logarithms_up_to_where_answers_part(one: Any, other: Any, expected: float):
    assert distance(said(*one), said(*other)) == pytest.approx(expected)
    assert distance(said(*other), said(*one)) == pytest.approx(expected)


def test_without_tokens_only_the_texts_can_be_compared():
    same, else_ = Generation("a", "stop", 1, 1), Generation("b", "stop", 1, 1)
    assert distance(same, same) == 0
    assert distance(same, else_) == math.inf
