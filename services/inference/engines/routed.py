"""The deployment's own engine, and further servers with other models beside it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from services.inference.engines.port import (
    Engine,
    EngineAwayError,
    EngineIdentity,
    Generation,
    ModelAwayError,
    ModelDeniedError,
    Prompt,
)


class RoutedEngine:
    """Gives each prompt to the engine that has its model.

    What is true of all documents is that of the narrowest: of which type a document is, and so which model reads it, is
    known only after its text was counted.

    Parameters
    ----------
    own
        Classifies, and reads what has no route; it may have further models or adapters itself.
    others
        The others by the names of their models, which prompts give them; one may have several.
    """

    def __init__(self, own: Engine, others: Mapping[str, Engine]) -> None:
        self._own = own
        self._others = dict(others)

    @property
    def identity(self) -> EngineIdentity:
        """What makes the answers."""
        own = self._own.identity
        found = {name: engine.identity for name, engine in self._others.items()}
        others = {name: replace(item.others[name], settings=item.settings) for name, item in found.items()}
        return replace(own, others={**own.others, **others})

    @property
    def context_tokens(self) -> int:
        """Most tokens that prompt and answer may have together, with each model."""
        return min(engine.context_tokens for engine in self._all)

    @property
    def side_by_side(self) -> int:
        """Requests that its own engine computes at the same time: it names the types for all others."""
        return self._own.side_by_side

    @property
    def trouble(self) -> str | None:
        """Why one of the models could not answer now; None if all could."""
        if own := self._own.trouble:
            return own
        troubles = ((name, engine.trouble) for name, engine in self._others.items())
        return next((f"model {name}: {trouble}" for name, trouble in troubles if trouble), None)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each text, with the model that makes most of it."""
        counts = [engine.count_tokens(texts) for engine in self._all]
        return [max(of_text) for of_text in zip(*counts, strict=True)]

    def check_schema(self, name: str, schema: Mapping[str, Any]) -> None:
        """Let each engine compile a schema.

        Raises
        ------
        SchemaRefusedError
            As the first of them raises it.
        """
        for engine in self._all:
            engine.check_schema(name, schema)

    async def generate(self, prompt: Prompt) -> Generation:
        """Answer one prompt with its model.

        Raises
        ------
        EngineError, EngineAwayError, EngineDeadError
            As the engine raises them.
        ModelAwayError
            If the model is another one than the deployment's own, and no server of it answers, or has it.
        """
        other = self._others.get(prompt.model or "")
        if other is None:
            return await self._own.generate(prompt)
        try:
            return await other.generate(prompt)
        except (EngineAwayError, ModelDeniedError) as error:
            message = f"model {prompt.model}: {error}"
            raise ModelAwayError(message) from error

    async def close(self) -> None:
        """Close all of them."""
        await asyncio.gather(*(engine.close() for engine in self._all))

    @property
    def _all(self) -> list[Engine]:
        return [self._own, *dict.fromkeys(self._others.values())]
