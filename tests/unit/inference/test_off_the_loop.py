"""A slow tokenizer holds up its own request, and not the event loop: heartbeats and other documents go on."""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pending import pending_document
from scripted import ScriptedEngine

from services.inference.admit import admit
from services.inference.engines.in_process import InProcessConfig, InProcessEngine
from services.inference.engines.port import EngineIdentity, Prompt, Token
from services.inference.engines.room import Room

PATIENCE_SECONDS = 2.0
PROMPT = Prompt("request", "Read.", "Rechnung", {"type": "object"}, 10)


class SlowTexts:
    """Goes on in one of its methods only when the event loop has turned; says whether it did."""

    def __init__(self, slow: str) -> None:
        self.slow = slow
        self.turned = threading.Event()
        self.loop_went_on: bool | None = None

    def prompt_ids(self, _system: str, _user: str) -> list[int]:
        self._wait("prompt_ids")
        return [1, 2, 3]

    def tokens(self, _answer: object) -> list[Token]:
        self._wait("tokens")
        return [Token("{}", -0.1)]

    def _wait(self, method: str) -> None:
        if method == self.slow:
            self.loop_went_on = self.turned.wait(PATIENCE_SECONDS)


@pytest.mark.parametrize("slow", ["prompt_ids", "tokens"])
async def test_the_loop_goes_on_while_a_prompt_is_tokenised_and_while_the_tokens_of_an_answer_are_told(
    slow: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = SlowTexts(slow)
    config = InProcessConfig("tiny", Path(), "0" * 64)
    engine = InProcessEngine(
        config, cast("Any", None), cast("Any", texts), EngineIdentity("tiny", "0" * 64, {}), Room(4096)
    )

    async def run(_ids: list[int], _prompt: Prompt) -> object:
        answer = SimpleNamespace(text="{}", finish_reason="stop", token_ids=[1])
        return SimpleNamespace(outputs=[answer], num_cached_tokens=0)

    monkeypatch.setattr(engine, "_run", run)
    asyncio.get_running_loop().call_later(0.05, texts.turned.set)
    generation = await engine.generate(PROMPT)
    assert (generation.prompt_tokens, generation.tokens) == (3, [Token("{}", -0.1)])
    assert texts.loop_went_on


class SlowCounting(ScriptedEngine):
    """Counts the tokens of a long document only when the event loop has turned."""

    def __init__(self) -> None:
        super().__init__()
        self.turned = threading.Event()
        self.loop_went_on: list[bool] = []

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        self.loop_went_on.append(self.turned.wait(PATIENCE_SECONDS))
        return super().count_tokens(texts)


async def test_the_loop_goes_on_while_the_tokens_of_a_long_document_are_counted() -> None:
    engine = SlowCounting()
    asyncio.get_running_loop().call_later(0.05, engine.turned.set)
    (admitted,) = await admit([pending_document(*["line\n" * 160] * 4)], engine, 256, 16)
    assert len(admitted.windows) > 4
    assert all(engine.loop_went_on)
