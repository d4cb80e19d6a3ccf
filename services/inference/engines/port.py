"""What inference needs of an engine, whichever it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol
from urllib.parse import urlsplit


class EngineError(RuntimeError):
    """A request failed; others are unharmed."""


class EngineUnsuitableError(EngineError):
    """The engine cannot do what the settings ask of it: a person must set it right, and no restart does."""


class ModelNotOfferedError(EngineUnsuitableError):
    """The servers answer, and have no such model."""


class AdapterRefusedError(EngineUnsuitableError):
    """The engine does not take an adapter; the message has its name and the engine's reason."""


class ModelDeniedError(EngineError):
    """Every server says that it has no such model, or lets nobody in: it is not this request's fault."""


class EngineAwayError(EngineError):
    """No server answers at the moment: no request of any document would be answered."""


class ModelAwayError(EngineError):
    """One of several models does not answer at the moment, and the others do."""


class EngineDeadError(RuntimeError):
    """The engine is gone: the process must exit and be started again."""


class SchemaRefusedError(ValueError):
    """The engine's grammar compiler does not take a schema; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request.

    Parameters
    ----------
    request_id
        Unique among the requests in flight.
    system
        The instruction; equal for all documents of a task, so that its prefill is shared.
    user
        The document.
    schema
        JSON Schema that the answer must satisfy.
    max_tokens
        Upper bound of the answer, in tokens.
    alternatives
        Most likely tokens that are told at each place of the answer, the chosen one among them; 0: that one alone.
        Servers allow about 20.
    model
        Which of the engine's further models or adapters is to answer, see `EngineIdentity`; None: its own model.
    urgency
        Whose turn it is where an engine has no room for all: less is earlier.
    """

    request_id: str
    system: str
    user: str
    schema: Mapping[str, Any]
    max_tokens: int
    alternatives: int = 0
    model: str | None = None
    urgency: int = 0


@dataclass(frozen=True, slots=True)
class Token:
    """One token of an answer: its text and the natural logarithm of its probability.

    Parameters
    ----------
    alternatives
        Text and logarithm of tokens that might have stood in its place and that the grammar allowed; empty where the
        prompt asks for none, or there were none.
    """

    text: str
    logprob: float
    alternatives: Sequence[tuple[str, float]] = ()


FORBIDDEN: Final = -1000.0
"""Tokens of no greater logarithm are those that the grammar forbids: an engine says minus infinity, or -9999."""


@dataclass(frozen=True, slots=True)
class Generation:
    """An answer as it came, not yet validated.

    Parameters
    ----------
    finish
        `stop`: the grammar was completed; `length`: cut off at `max_tokens` or at the context.
    tokens
        The answer's tokens in order; empty if the engine gives none.
    prompt_tokens, cached_tokens, completion_tokens
        Tokens of the prompt, those of them taken from the prefix cache, and tokens generated.
    seconds
        From handing in to the last token.
    """

    text: str
    finish: Literal["stop", "length"]
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    seconds: float = 0.0
    tokens: Sequence[Token] = field(default=())


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """A model that answers beside the engine's own: another one, or one with an adapter.

    Parameters
    ----------
    adapter, adapter_sha256
        As `EngineIdentity` has them for a model; None without one.
    settings
        Those of its engine, where that is another one.
    """

    model: str
    model_sha256: str
    adapter: str | None = None
    adapter_sha256: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EngineIdentity:
    """What goes into the pipeline's fingerprint.

    Parameters
    ----------
    model
        Name in the catalogue, or the name the remote server was asked for.
    model_sha256
        Hash of the weights' manifest; for a remote server that tells none, `remote:<model>`.
    settings
        Decoding settings and library versions that change answers.
    others
        Further models and adapters that it answers with, by the names that prompts give.
    """

    model: str
    model_sha256: str
    settings: Mapping[str, str]
    others: Mapping[str, ModelIdentity] = field(default_factory=dict)


def server_address(url: str) -> str:
    """Give a server's address as all of ours is written: without the path of its API.

    Raises
    ------
    EngineUnsuitableError
        If it is none.
    """
    try:
        is_address = bool(urlsplit(url).hostname) and urlsplit(url).port != 0
    except ValueError:
        is_address = False
    if not is_address:
        message = f"{url!r} is no address of a server: correct POSTKORB_ENGINE_URLS (or the `urls` in POSTKORB_ROUTES)"
        raise EngineUnsuitableError(message)
    return url.rstrip("/").removesuffix("/v1")


class Engine(Protocol):
    """A model that answers prompts. Adapters: `in_process` (vLLM), `remote` (OpenAI-compatible), `routed` (several)."""

    @property
    def identity(self) -> EngineIdentity:
        """What made the answers."""
        ...

    @property
    def context_tokens(self) -> int:
        """Most tokens that prompt and answer may have together."""
        ...

    @property
    def side_by_side(self) -> int:
        """Requests that it computes at the same time, if they are short; further ones wait."""
        ...

    @property
    def trouble(self) -> str | None:
        """Why no request could be answered now; None if it could. Safe to ask from another thread."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each text (an upper estimate where the tokenizer is remote).

        Slow for long texts: call it in a thread.
        """
        ...

    def check_schema(self, name: str, schema: Mapping[str, Any]) -> None:
        """Compile a schema before anything is consumed.

        Raises
        ------
        SchemaRefusedError
            With `name` and the compiler's reason.
        """
        ...

    async def generate(self, prompt: Prompt) -> Generation:
        """Answer one prompt; the engine batches whatever is in flight.

        Raises
        ------
        EngineError
            If this request cannot be answered.
        EngineAwayError
            If none can at the moment.
        EngineDeadError
            If no request can be answered any more.
        """
        ...

    async def close(self) -> None:
        """Free the engine and its processes."""
        ...
