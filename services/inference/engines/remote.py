"""OpenAI-compatible servers, such as `vllm serve`, one or many. A vLLM server should run with `SERVER_FLAGS`."""

import asyncio
import math
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

import httpx
import structlog
from pydantic import BaseModel, Field, SecretStr, ValidationError

from services.inference.engines.canary import check_apart
from services.inference.engines.port import (
    FORBIDDEN,
    EngineAwayError,
    EngineError,
    EngineIdentity,
    EngineUnsuitableError,
    Generation,
    ModelDeniedError,
    ModelIdentity,
    ModelNotOfferedError,
    Prompt,
    SchemaRefusedError,
    Token,
    server_address,
)

log = structlog.get_logger(__name__)

SERVER_FLAGS: Final = (
    "--generation-config",
    "vllm",
    "--structured-outputs-config",
    '{"backend":"xgrammar","disable_any_whitespace":true}',
    "--enable-prefix-caching",
    "--enable-prompt-tokens-details",
)
"""What `vllm serve` needs for any model, so that it answers as the engine in the process does. The first keeps the
model's own sampling defaults, such as a penalty on repetition, away from values that are to be copied; the second keeps
an answer from being spent on white space."""

SERVERS_AT_FAULT: Final = 2
"""A request that so many servers have a fault with is at fault itself."""

_AWAY: Final = frozenset(
    {
        httpx.codes.TOO_MANY_REQUESTS,
        httpx.codes.REQUEST_TIMEOUT,
        httpx.codes.BAD_GATEWAY,
        httpx.codes.SERVICE_UNAVAILABLE,
        httpx.codes.GATEWAY_TIMEOUT,
    }
)
"""Statuses that say: not now."""
_DENIED: Final = frozenset({httpx.codes.UNAUTHORIZED, httpx.codes.NOT_FOUND, httpx.codes.METHOD_NOT_ALLOWED})
"""Statuses of a server with another model, key or interface."""
_NOT_HERE: Final = _DENIED | {httpx.codes.FORBIDDEN}
"""The same, or of a filter that does not like the request."""
_DIED: Final = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)
"""The connection broke while the server had the request."""

TROUBLE_SECONDS: Final = 600
"""Servers of which none answered are said to be away for so long, unless one answers before: a model that few documents
need is seldom asked."""

SEQUENCES_OF_A_SERVER: Final = 64
"""Requests that a server is given at the same time, unless settings say otherwise. vLLM computes up to 256 side by
side, puts some out again where its KV cache is full, and may have other clients."""

CONNECT_SECONDS: Final = 5
LOOK_SECONDS: Final = 30
"""A server that has had a request for so long is looked at: one that works says what it offers, however busy. A host
without power says nothing, and no error comes of it."""

_LETTERS: Final = re.compile(r"[A-Za-zÀ-ɏ ]")


@dataclass(frozen=True, slots=True)
class RemoteConfig:
    """Which servers, and how patient to be with them.

    Parameters
    ----------
    urls
        Base addresses, such as `http://gpu1:8000`; a trailing `/v1` may be there.
    model
        Name under which the servers offer the model.
    context_tokens
        Most tokens of a prompt and its answer together; also bounded by what the servers say.
    request_seconds
        A request without an answer for so long is given up.
    look_seconds
        How often a server that has a request is looked at; one that does not answer within that time loses it.
    aside_seconds
        A server that failed gets no requests for so long.
    attempts
        Most tries of a request, over all servers.
    waits
        A request waits for a server to come back; else it fails while all are aside.
    others
        Models that each of the servers offers and prompts may name; vLLM offers adapters as models.
    side_by_side
        Requests that each server is given at the same time.
    """

    urls: Sequence[str]
    model: str
    api_key: SecretStr | None = None
    context_tokens: int = 4096
    request_seconds: float = 600
    look_seconds: float = LOOK_SECONDS
    aside_seconds: float = 5
    attempts: int = 6
    waits: bool = True
    others: Sequence[str] = ()
    side_by_side: int = SEQUENCES_OF_A_SERVER


@dataclass(slots=True, eq=False)
class Server:
    """A server as this engine sees it; times are of the monotonic clock."""

    url: str
    outstanding: int = 0
    aside_until: float = 0.0
    failed_at: float = -math.inf
    """When it failed last; without end if it has answered since."""

    def failed(self, aside_seconds: float) -> None:
        """Note that it did not answer, or has no such model."""
        self.failed_at = time.monotonic()
        self.aside_until = self.failed_at + aside_seconds

    def answered(self) -> None:
        """Note that it did."""
        self.failed_at = -math.inf


class _Unavailable(Exception):  # noqa: N818  (a turn of the loop, not an error anyone sees)
    """The server cannot answer now; another may."""


class _Broken(Exception):  # noqa: N818  (as above)
    """The server has a fault of its own with this request."""


class _NotHere(_Broken):
    """The server has another model, key or interface, as a rule."""


class _Denied(_NotHere):
    """It surely has."""


class _Refused(_Broken):
    """The server understood the request and does not take it."""


class _Alternative(BaseModel):
    token: str
    logprob: float


class _Logprob(_Alternative):
    top_logprobs: list[_Alternative] | None = None


class _Logprobs(BaseModel):
    content: list[_Logprob] | None = None


class _Message(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None
    logprobs: _Logprobs | None = None


class _PromptDetails(BaseModel):
    cached_tokens: int | None = None


class _Usage(BaseModel):
    prompt_tokens: int
    completion_tokens: int
    prompt_tokens_details: _PromptDetails | None = None


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage


@dataclass(slots=True)
class _Tries:
    """What came of a request so far.

    Parameters
    ----------
    servers
        How many there are.
    at_fault
        Those that have a fault with it, or refuse it.
    """

    request_id: str
    servers: int
    at_fault: list[Server] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    deaths: int = 0
    refused: EngineError | None = None
    _not_here: int = 0
    _denied: int = 0

    def broken(self, server: Server, error: _Broken) -> EngineError | None:
        """Note that a server has a fault with it; give what to raise if so many have that it is at fault itself."""
        self.at_fault.append(server)
        self.reasons.append(_reason(server, error))
        self._not_here += isinstance(error, _NotHere)
        self._denied += isinstance(error, _Denied)
        does = "refuses it" if isinstance(error, _Refused) else "has a fault with it"
        message = f"request {self.request_id}: {server.url} {does}: {error}"
        if self._denied == self.servers:
            return ModelDeniedError(message)
        if len(self.at_fault) == min(SERVERS_AT_FAULT + self._not_here, self.servers):
            return EngineError(message)
        self.refused = EngineError(message) if isinstance(error, _Refused) else self.refused
        return None

    def unavailable(self, server: Server, error: Exception) -> None:
        """Note that a server did not answer."""
        self.reasons.append(_reason(server, error))
        self.deaths += isinstance(error, _DIED)

    def outcome(self) -> EngineError:
        """Give what to raise when all tries are over."""
        if self.refused:
            return self.refused
        if self.deaths:
            told = "; ".join(self.reasons)
            return EngineError(f"request {self.request_id}: servers went away while they had it ({told})")
        return EngineAwayError(_none_alive(self.reasons))


class RemoteEngine:
    """Adapter for OpenAI-compatible servers.

    Requests go to the server with the fewest outstanding ones. Servers may come and go: while none answers, requests
    fail with `EngineAwayError` after some tries and the service tries the documents again later; nothing here is dead
    for good. A server that answers with a fault of its own, or refuses, is not away: the request may be what it cannot
    do, so it is tried on another server, and the neighbours stay. So may a request be that a server dies of. If the
    other one can do it, the first is set aside: as it answers at once, it would get nearly all requests. Proxies of the
    environment are not used: documents go to these addresses and nowhere else.
    """

    def __init__(self, config: RemoteConfig, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._config = config
        self._servers = [Server(server_address(url)) for url in config.urls]
        timeout = httpx.Timeout(config.request_seconds, connect=CONNECT_SECONDS)
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
        self._client = httpx.AsyncClient(
            headers=_headers(config), timeout=timeout, limits=limits, trust_env=False, transport=transport
        )
        self._identity = EngineIdentity(
            config.model, f"remote:{config.model}", {"engine": "openai-compatible", "temperature": "0"}
        )

    @classmethod
    async def connect(cls, config: RemoteConfig) -> Self:
        """Make an engine and ask the servers what they offer; one that answers is enough.

        Raises
        ------
        EngineError
            If no server answers, or one that does has no such model; the message says which models it has.
        CanaryError
            If a server takes one model for another.
        """
        engine = cls(config)
        try:
            await engine._learn()
            if engine._names != [config.model]:
                await engine._try_servers()
        except EngineError:
            await engine.close()
            raise
        return engine

    @property
    def identity(self) -> EngineIdentity:
        """What made the answers; the hash is the server's own word (`sha256` beside the model), if it gives one."""
        return self._identity

    @property
    def context_tokens(self) -> int:
        """Most tokens that prompt and answer may have together."""
        return self._config.context_tokens

    @property
    def side_by_side(self) -> int:
        """Requests that all servers together are given at the same time."""
        return self._config.side_by_side * len(self._servers)

    @property
    def trouble(self) -> str | None:
        """Why no server would answer, as far as is known; None if one would. Safe to ask from another thread."""
        lately = time.monotonic() - TROUBLE_SECONDS
        away = all(server.failed_at > lately for server in self._servers)
        return f"no server answers: {', '.join(self._config.urls)}" if away else None

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Estimate the tokens of each text from above, see `estimate_tokens`."""
        return [estimate_tokens(text) for text in texts]

    def check_schema(self, name: str, schema: Mapping[str, Any]) -> None:
        """Let a server compile the schema, by asking for one token under it. Blocks.

        Raises
        ------
        SchemaRefusedError
            With `name` and the server's message.
        EngineError
            If no server answers.
        """
        prompt = Prompt("check-schema", "Answer with JSON.", name, schema, max_tokens=1)
        reasons = []
        timeout = httpx.Timeout(60, connect=CONNECT_SECONDS)
        with httpx.Client(headers=_headers(self._config), timeout=timeout, trust_env=False) as client:
            for server in sorted(self._servers, key=lambda server: server.failed_at):
                try:
                    response = client.post(f"{server.url}/v1/chat/completions", json=self._body(prompt))
                    _check(response)
                except _Refused as error:
                    message = f"schema {name}: {server.url} refuses it: {error}"
                    raise SchemaRefusedError(message) from error
                except (_Unavailable, _Broken, httpx.TransportError) as error:
                    server.failed(self._config.aside_seconds)
                    reasons.append(_reason(server, error))
                else:
                    return
        raise EngineAwayError(_none_alive(reasons))

    async def generate(self, prompt: Prompt) -> Generation:
        """Answer one prompt on whichever server has the least to do.

        Raises
        ------
        EngineError
            If two servers, or the only one, refuse the request, have a fault with it, or died while they had it.
        ModelDeniedError
            If all say that they have no such model, or let nobody in.
        EngineAwayError
            If none has answered after all tries.
        """
        started = time.monotonic()
        tries = _Tries(prompt.request_id, len(self._servers))
        for _ in range(self._config.attempts):
            if tries.refused and not self._askable(tries.at_fault):
                break  # the others are away: whether they would do it is not worth the wait
            server = await self._next_server(tries.at_fault)
            server.outstanding += 1
            try:
                completion = await self._ask(server, prompt)
            except _Broken as error:
                if fault := tries.broken(server, error):
                    if isinstance(fault, ModelDeniedError) and prompt.model in (None, self._config.model):
                        self._note_missing()
                    raise fault from error
            except (_Unavailable, httpx.TransportError) as error:
                server.failed(self._config.aside_seconds)
                tries.unavailable(server, error)
                if tries.deaths == SERVERS_AT_FAULT:
                    break
            else:
                server.answered()
                for one in tries.at_fault:  # another server could do it
                    one.aside_until = time.monotonic() + self._config.aside_seconds
                return _generation(prompt, completion, time.monotonic() - started)
            finally:
                server.outstanding -= 1
        raise tries.outcome()

    def _note_missing(self) -> None:
        """Note that no server has the model; they answer, and may have others."""
        for server in self._servers:
            server.failed_at = time.monotonic()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _next_server(self, at_fault: Sequence[Server]) -> Server:
        """Give the server with the fewest outstanding requests; if all are aside, wait for the first to come back.

        Raises
        ------
        EngineAwayError
            If all are, and nobody is to wait.
        """
        if alive := self._alive(at_fault):
            return min(alive, key=lambda server: server.outstanding)
        fit = [server for server in self._servers if server not in at_fault]
        if not self._config.waits:
            raise EngineAwayError(_none_alive([f"{server.url} did not answer lately" for server in fit]))
        soonest = min(fit, key=lambda server: server.aside_until)
        await asyncio.sleep(soonest.aside_until - time.monotonic())
        return soonest

    def _askable(self, at_fault: Sequence[Server]) -> bool:
        """Tell whether a server is left that may be asked, now or once it is no longer aside for another's fault."""
        others = (server for server in self._servers if server not in at_fault)
        waited_for = self._config.waits and any(server.failed_at == -math.inf for server in others)
        return waited_for or bool(self._alive(at_fault))

    def _alive(self, at_fault: Sequence[Server]) -> list[Server]:
        """Give the servers that may be asked now, but for those that have a fault with a request."""
        now = time.monotonic()
        return [server for server in self._servers if server not in at_fault and server.aside_until <= now]

    async def _ask(self, server: Server, prompt: Prompt) -> _Completion:
        response = await self._post(server, self._body(prompt))
        _check(response)
        try:
            return _Completion.model_validate_json(response.content)
        except ValidationError as error:
            message = f"its answer is not that of an OpenAI-compatible server: {error.errors()[0]['msg']}"
            raise _Unavailable(message) from error

    async def _post(self, server: Server, body: Mapping[str, Any]) -> httpx.Response:
        """Send a request, and see to it that the server is there for as long as it takes."""
        tasks = [asyncio.create_task(self._client.post(f"{server.url}/v1/chat/completions", json=body))]
        asking, patience = tasks[0], self._config.look_seconds
        try:
            while not (await asyncio.wait({asking}, timeout=patience))[0]:
                looking = asyncio.create_task(self._client.get(f"{server.url}/v1/models", timeout=patience))
                tasks.append(looking)
                await asyncio.wait({asking, looking}, return_when=asyncio.FIRST_COMPLETED)
                if looking.done() and looking.exception() is not None and not asking.done():
                    looking.result()
                tasks = [asking, *(task for task in tasks[1:] if not task.done())]
            return asking.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _learn(self) -> None:
        reasons = []
        for server in self._servers:
            try:
                patience = httpx.Timeout(LOOK_SECONDS, connect=CONNECT_SECONDS)
                response = await self._client.get(f"{server.url}/v1/models", timeout=patience)
                _check(response)
                self._take_card(server, response.json()["data"])
            except (_Unavailable, _Broken, httpx.TransportError) as error:
                server.failed(self._config.aside_seconds)
                reasons.append(_reason(server, error))
            except (KeyError, ValueError, TypeError, AttributeError):
                reasons.append(f"{server.url}: what it offers is not told as an OpenAI-compatible server does")
        if len(reasons) == len(self._servers):
            raise EngineAwayError(_none_alive(reasons))
        for reason in reasons:
            log.warning("a server did not tell its models, and is asked all the same", reason=reason)

    @property
    def _names(self) -> list[str]:
        return list(dict.fromkeys([self._config.model, *self._config.others]))

    async def _try_servers(self) -> None:
        """Try whether each server keeps its models apart, and use no servers but those until the next start."""
        reasons = []
        for server in self._servers.copy():
            alone = RemoteEngine(replace(self._config, urls=[server.url], attempts=1))
            try:
                told_apart = await check_apart(alone, self._names)
            except EngineUnsuitableError:
                raise
            except EngineError as error:
                reasons.append(str(error))
                self._servers.remove(server)
                log.warning("server could not be tried, and is not used until the next start", server=server.url)
            else:
                if alike := set(self._names[1:]) - told_apart:
                    log.warning(
                        "models answer alike, mistakes would not be seen", server=server.url, models=sorted(alike)
                    )
            finally:
                await alone.close()
        if not self._servers:
            raise EngineAwayError(_none_alive(reasons))

    def _take_card(self, server: Server, cards: list[dict[str, Any]]) -> None:
        own = _card(server, cards, self._config.model)
        others = [_card(server, cards, name) for name in self._config.others]
        limits = [int(card["max_model_len"]) for card in (own, *others) if card.get("max_model_len")]
        self._config = replace(self._config, context_tokens=min([self._config.context_tokens, *limits]))
        if told := own.get("sha256"):
            if self._identity.model_sha256 not in (f"remote:{self._config.model}", told):
                message = f"{server.url} has other weights as {self._config.model!r} than the other servers: rename it"
                raise ModelNotOfferedError(message)
            self._identity = replace(self._identity, model_sha256=str(told))
        if parent := own.get("parent"):  # it is an adapter itself
            self._identity = replace(self._identity, settings={**self._identity.settings, "base_model": str(parent)})
        self._identity = replace(self._identity, others={card["id"]: self._other(card) for card in others})

    def _other(self, card: Mapping[str, Any]) -> ModelIdentity:
        """Tell an adapter, whose card names the model that it is of, from another model."""
        name, sha256 = card["id"], card.get("sha256") or f"remote:{card['id']}"
        match card.get("parent"):
            case None:
                return ModelIdentity(name, sha256)
            case self._identity.model:
                return ModelIdentity(self._identity.model, self._identity.model_sha256, name, sha256)
            case parent:
                return ModelIdentity(parent, f"remote:{parent}", name, sha256)

    def _body(self, prompt: Prompt) -> dict[str, Any]:
        schema = {"name": "answer", "schema": dict(prompt.schema), "strict": True}
        return {
            "model": prompt.model or self._config.model,
            "messages": [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}],
            "max_tokens": prompt.max_tokens,
            "temperature": 0,
            "logprobs": True,
            "top_logprobs": prompt.alternatives,
            "response_format": {"type": "json_schema", "json_schema": schema},
        }


def _card(server: Server, cards: list[dict[str, Any]], model: str) -> dict[str, Any]:
    card = next((card for card in cards if card["id"] == model), None)
    if card is None:
        offered = ", ".join(str(card["id"]) for card in cards) or "nothing"
        message = f"{server.url} has no model {model!r} but {offered}: correct POSTKORB_MODEL (or POSTKORB_ROUTES)"
        raise ModelNotOfferedError(message)
    return card


def estimate_tokens(text: str) -> int:
    """Estimate a text's tokens from above, for a tokenizer that is elsewhere.

    Letters of European languages and spaces count a half: the vocabularies in use have 3 to 4 of them a token in
    English and 2.5 to 3.5 in German. Everything else counts one for each byte that it has in UTF-8: figures and
    punctuation often are tokens of their own, and a rare character falls apart into its bytes.
    """
    others = _LETTERS.sub("", text)
    letters = len(text) - len(others)
    return (letters + 1) // 2 + len(others.encode("utf-8", "surrogatepass"))


def _generation(prompt: Prompt, completion: _Completion, seconds: float) -> Generation:
    choice, usage = completion.choices[0], completion.usage
    if choice.finish_reason not in ("stop", "length"):
        message = f"request {prompt.request_id} ended on the server with {choice.finish_reason!r}"
        raise EngineError(message)
    text = choice.message.content or ""
    details = usage.prompt_tokens_details
    return Generation(
        text=text,
        finish="stop" if choice.finish_reason == "stop" else "length",
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        cached_tokens=(details.cached_tokens if details else None) or 0,
        seconds=seconds,
        tokens=_tokens(text, choice.logprobs),
    )


def _tokens(text: str, logprobs: _Logprobs | None) -> list[Token]:
    """Give the tokens that make up the text; none if they do not, which happens where one ends within a character."""
    told = (logprobs.content if logprobs else None) or []
    found: list[Token] = []
    at = 0
    for item in told:
        if text.startswith(item.token, at):
            found.append(Token(item.token, item.logprob, _others(item)))
            at += len(item.token)
        elif at < len(text):
            return []
    return found if at == len(text) else []


def _others(chosen: _Logprob) -> Sequence[tuple[str, float]]:
    return tuple(
        (other.token, other.logprob)
        for other in chosen.top_logprobs or ()
        if other.token != chosen.token and other.logprob > FORBIDDEN
    )


def _check(response: httpx.Response) -> None:
    if response.is_success:
        return
    message = f"status {response.status_code}: {_message(response)}"
    if response.status_code in _AWAY:
        raise _Unavailable(message)
    if response.status_code in _NOT_HERE:
        raise (_Denied if response.status_code in _DENIED else _NotHere)(message)
    raise (_Broken if response.is_server_error else _Refused)(message)


def _message(response: httpx.Response) -> str:
    try:
        body = response.json()
        return str(body["error"]["message"] if "error" in body else body["message"])[:500]
    except (ValueError, KeyError, TypeError):
        return response.text[:200]


def _reason(server: Server, error: Exception) -> str:
    return f"{server.url}: {error or type(error).__name__}"


def _none_alive(reasons: Sequence[str]) -> str:
    told = "; ".join(dict.fromkeys(reasons))
    return f"no server answers ({told}): start one, or correct POSTKORB_ENGINE_URLS (or the `urls` in POSTKORB_ROUTES)"


def _headers(config: RemoteConfig) -> dict[str, str]:
    return {"Authorization": f"Bearer {config.api_key.get_secret_value()}"} if config.api_key else {}
