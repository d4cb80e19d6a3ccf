"""What a model said, noted once: tests ask it only what it was never asked."""

import asyncio
import gzip
import hashlib
import json
import warnings
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from services.inference.engines.in_process import Texts
from services.inference.engines.port import Engine, EngineIdentity, Generation, Prompt


class Record(BaseModel):
    """Answers by the hash of what was asked, and who gave them."""

    model_config = ConfigDict(frozen=True)

    identity: EngineIdentity
    context_tokens: int
    answers: Mapping[str, Generation]

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read what `write` wrote."""
        return cls.model_validate_json(gzip.decompress(file.read_bytes()))

    def write(self, file: Path) -> None:
        """Write it; the same answers make the same bytes."""
        ordered = self.model_copy(update={"answers": dict(sorted(self.answers.items()))})
        file.write_bytes(gzip.compress(ordered.model_dump_json().encode(), mtime=0))


def key_of(prompt: Prompt) -> str:
    """Hash all of a prompt that decides about its answer."""
    said = [prompt.system, prompt.user, prompt.schema, prompt.max_tokens, prompt.alternatives, prompt.model]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


class Noting:
    """An engine that notes what it is asked, and what it answers.

    Attributes
    ----------
    asked
        The prompts, in their order.
    noted
        Answers by `key_of`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.asked: list[Prompt] = []
        self.noted: dict[str, Generation] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    async def generate(self, prompt: Prompt) -> Generation:
        """Ask and note."""
        self.asked.append(prompt)
        generation = self.noted[key_of(prompt)] = await self._engine.generate(prompt)
        return generation


@cache
def _texts_of(folder: Path) -> Texts:
    """Load a tokenizer and its grammars once: they take as long as the documents of a set."""
    return Texts(folder)


class Recorded:
    """An engine that says again what the model said; what it was never asked, the model itself is asked.

    Parameters
    ----------
    folder
        Of the model, for its tokenizer.
    load
        Loads the model, the first time that it is needed.

    Attributes
    ----------
    noted
        Answers that were given, by `key_of`.
    asked_anew
        How many of them are the model's.
    """

    trouble = None
    side_by_side = 16

    def __init__(self, record: Record, folder: Path, load: Callable[[], Awaitable[Engine]]) -> None:
        self._record = record
        self._texts = _texts_of(folder)
        self._load = load
        self._loading = asyncio.Lock()
        self._engine: Engine | None = None
        self.identity = record.identity
        self.context_tokens = record.context_tokens
        self.noted: dict[str, Generation] = {}
        self.asked_anew = 0

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count by the model's tokenizer."""
        return self._texts.count(texts)

    def check_schema(self, name: str, schema: Mapping[str, Any]) -> None:
        """Compile, as the model's engine does."""
        self._texts.compile(name, schema)

    async def generate(self, prompt: Prompt) -> Generation:
        """Say what was noted, or ask."""
        key = key_of(prompt)
        self.noted[key] = self._record.answers.get(key) or await self._ask(prompt)
        return self.noted[key]

    async def _ask(self, prompt: Prompt) -> Generation:
        self.asked_anew += 1
        async with self._loading:
            if self._engine is None:
                self._engine = await self._load()
        return await self._engine.generate(prompt)

    async def close(self) -> None:
        """Close the model if it was needed, and say so."""
        if self._engine is not None:
            await self._engine.close()
            warnings.warn(f"the model was asked {self.asked_anew} prompts that it was never asked", stacklevel=1)
