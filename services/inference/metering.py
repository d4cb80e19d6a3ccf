"""What each document takes of the engine: tokens and time, whatever comes of its requests."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from services.inference.engine_time import EngineTime, work_of
from services.inference.engines.port import Engine, EngineIdentity, Generation, Prompt


@dataclass(slots=True)
class Taken:
    """What one try of a document took of the engine.

    Parameters
    ----------
    requests
        How often it was asked, failed requests included.
    prompt_tokens, cached_tokens, completion_tokens
        Of the requests that were answered, those whose answers are of no use included.
    seconds
        Its part of the engine's time.
    """

    requests: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0


_taken: ContextVar[Taken | None] = ContextVar("taken", default=None)


@contextmanager
def metered() -> Iterator[Taken]:
    """Add up what the requests that are made within the block take, in this task and in those that it starts."""
    taken = Taken()
    token = _taken.set(taken)
    try:
        yield taken
    finally:
        _taken.reset(token)


class MeteredEngine:
    """An engine whose requests are measured, for whoever asks within `metered`; see `Engine`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._time = EngineTime()

    @property
    def identity(self) -> EngineIdentity:
        """What made the answers."""
        return self._engine.identity

    @property
    def context_tokens(self) -> int:
        """Most tokens that prompt and answer may have together."""
        return self._engine.context_tokens

    @property
    def side_by_side(self) -> int:
        """Requests that it computes at the same time."""
        return self._engine.side_by_side

    @property
    def trouble(self) -> str | None:
        """Why no request could be answered now; None if it could. Safe to ask from another thread."""
        return self._engine.trouble

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each text."""
        return self._engine.count_tokens(texts)

    def check_schema(self, name: str, schema: Mapping[str, Any]) -> None:
        """Compile a schema before anything is consumed."""
        self._engine.check_schema(name, schema)

    async def generate(self, prompt: Prompt) -> Generation:
        """Answer one prompt, and add what it took to the present document."""
        generation: Generation | None = None
        self._time.begin(prompt.request_id, max(1, len(prompt.user)))
        try:
            generation = await self._engine.generate(prompt)
            return generation
        finally:
            seconds = self._time.end(prompt.request_id, None if generation is None else work_of(generation))
            if (taken := _taken.get()) is not None:
                _add(taken, seconds, generation)

    async def close(self) -> None:
        """Free the engine and its processes."""
        await self._engine.close()


def _add(taken: Taken, seconds: float, generation: Generation | None) -> None:
    taken.requests += 1
    taken.seconds += seconds
    if generation is not None:
        taken.prompt_tokens += generation.prompt_tokens
        taken.cached_tokens += generation.cached_tokens
        taken.completion_tokens += generation.completion_tokens
