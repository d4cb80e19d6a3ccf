"""The adapter for OpenAI-compatible servers, against scripted servers on real sockets."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from services.inference.engines.port import (
    EngineAwayError,
    EngineError,
    EngineUnsuitableError,
    ModelDeniedError,
    ModelNotOfferedError,
    Prompt,
    SchemaRefusedError,
)
from services.inference.engines.remote import RemoteConfig, RemoteEngine, estimate_tokens

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
PROMPT = Prompt("request-1", "Copy.", "Grüße", SCHEMA, max_tokens=16)
DEAD = "http://127.0.0.1:9"


def answer(text: str = '{"a":"ü"}', **changes: Any) -> dict[str, Any]:
    tokens = [{"token": character, "logprob": -0.5} for character in text]
    choice = {"message": {"content": text}, "finish_reason": "stop", "logprobs": {"content": tokens}}
    usage = {"prompt_tokens": 20, "completion_tokens": 9, "prompt_tokens_details": {"cached_tokens": 16}}
    return {"choices": [choice | changes], "usage": usage}


@dataclass
class ScriptedServer:
    """Answers every request with `status` and `body`, and remembers them.

    Parameters
    ----------
    offered
        What it says of its models.
    dies
        It closes the connection of every request.
    silent
        It does not even say what it offers.
    looks
        How often it was asked that.
    """

    url: str = ""
    status: int = 200
    status_of_answers: int | None = None
    body: dict[str, Any] = field(default_factory=answer)
    offered: Any = field(default_factory=lambda: {"data": [{"id": "tiny", "max_model_len": 1024, "sha256": "b" * 64}]})
    dies: bool = False
    silent: bool = False
    looks: int = 0
    requests: list[dict[str, Any]] = field(default_factory=list)
    authorizations: list[str | None] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    waiting: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def __post_init__(self) -> None:
        self.gate.set()


def handler_for(script: ScriptedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            script.requests.append(json.loads(self.rfile.read(length)))
            script.authorizations.append(self.headers["authorization"])
            script.waiting.release()
            script.gate.wait(10)
            if script.dies:
                self.close_connection = True
                return
            self.respond(script.body, script.status_of_answers)

        def do_GET(self) -> None:
            script.looks += 1
            if script.silent:
                script.gate.wait(10)
            self.respond(script.offered)

        def respond(self, body: dict[str, Any], status: int | None = None) -> None:
            content = json.dumps(body).encode()
            self.send_response(status or script.status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def running() -> Iterator[ScriptedServer]:
    script = ScriptedServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(script))
    script.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield script
    finally:
        script.gate.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with running() as script:
        yield script


@pytest.fixture
def start() -> Iterator[Callable[[], ScriptedServer]]:
    with ExitStack() as stack:
        yield lambda: stack.enter_context(running())


def engine_at(*urls: str, **changes: Any) -> RemoteEngine:
    return RemoteEngine(RemoteConfig(urls=urls, model="tiny", aside_seconds=0.05, attempts=3, **changes))


async def test_an_answer_comes_with_its_tokens_usage_and_finish(server: ScriptedServer) -> None:
    engine = engine_at(server.url + "/v1/")
    generation = await engine.generate(PROMPT)
    await engine.close()
    assert (generation.text, generation.finish) == ('{"a":"ü"}', "stop")
    assert (generation.prompt_tokens, generation.cached_tokens, generation.completion_tokens) == (20, 16, 9)
    assert "".join(token.text for token in generation.tokens) == generation.text
    assert {token.logprob for token in generation.tokens} == {-0.5}


async def test_a_request_asks_for_the_schema_for_logprobs_and_for_no_chance(server: ScriptedServer) -> None:
    engine = engine_at(server.url)
    await engine.generate(PROMPT)
    await engine.close()
    sent = server.requests[0]
    assert sent["response_format"]["json_schema"]["schema"] == SCHEMA
    assert (sent["temperature"], sent["logprobs"], sent["max_tokens"], sent["model"]) == (0, True, 16, "tiny")
    assert [message["role"] for message in sent["messages"]] == ["system", "user"]


async def test_what_might_have_stood_there_is_told_if_the_prompt_asks(server: ScriptedServer) -> None:
    rivals = [{"token": "A", "logprob": -0.2}, {"token": "B", "logprob": -1.8}, {"token": "C", "logprob": -9999.0}]
    told = [{"token": "A", "logprob": -0.2, "top_logprobs": rivals}, {"token": "!", "logprob": 0, "top_logprobs": None}]
    server.body = answer("A!", logprobs={"content": told})
    engine = engine_at(server.url)
    generation = await engine.generate(replace(PROMPT, alternatives=3))
    await engine.generate(PROMPT)
    await engine.close()
    assert [token.alternatives for token in generation.tokens] == [(("B", -1.8),), ()]
    assert [sent["top_logprobs"] for sent in server.requests] == [3, 0]


async def test_the_key_is_sent_and_never_shown(server: ScriptedServer) -> None:
    engine = engine_at(server.url, api_key=SecretStr("geheim"))
    await engine.generate(PROMPT)
    await engine.close()
    assert server.authorizations == ["Bearer geheim"]
    assert "geheim" not in repr(engine._config)


async def test_a_proxy_of_the_environment_gets_no_document(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", DEAD)
    monkeypatch.setenv("ALL_PROXY", DEAD)
    engine = engine_at(server.url)
    assert (await engine.generate(PROMPT)).finish == "stop"
    await engine.close()


async def test_requests_spread_over_the_servers(start: Callable[[], ScriptedServer]) -> None:
    servers = [start(), start()]
    for server in servers:
        server.gate.clear()
    engine = engine_at(*(server.url for server in servers))
    tasks = [asyncio.create_task(engine.generate(PROMPT)) for _ in range(6)]
    for server in servers:
        for _ in range(3):
            assert await asyncio.to_thread(server.waiting.acquire, timeout=5)
    for server in servers:
        server.gate.set()
    await asyncio.gather(*tasks)
    await engine.close()
    assert [len(server.requests) for server in servers] == [3, 3]


async def test_one_of_two_servers_dead_loses_no_request(server: ScriptedServer) -> None:
    engine = engine_at(DEAD, server.url)
    generations = await asyncio.gather(*(engine.generate(PROMPT) for _ in range(8)))
    await engine.close()
    assert [generation.finish for generation in generations] == ["stop"] * 8


async def test_a_failing_server_is_left_aside(start: Callable[[], ScriptedServer]) -> None:
    failing, fine = start(), start()
    failing.status, failing.body = 500, {"error": {"message": "out of memory"}}
    engine = RemoteEngine(RemoteConfig(urls=[failing.url, fine.url], model="tiny", aside_seconds=60))
    for _ in range(4):
        await engine.generate(PROMPT)
    await engine.close()
    assert (len(failing.requests), len(fine.requests)) == (1, 4)


@pytest.mark.parametrize("status", [401, 403, 404, 405])
async def test_a_server_with_another_model_or_key_does_not_swallow_the_requests(
    start: Callable[[], ScriptedServer], status: int
) -> None:
    """It says so at once, and has the fewest outstanding requests therefore."""
    other, fine = start(), start()
    other.status, other.body = status, {"error": {"message": "no such model"}}
    engine = RemoteEngine(RemoteConfig(urls=[other.url, fine.url], model="tiny", aside_seconds=60))
    for _ in range(4):
        assert (await engine.generate(PROMPT)).finish == "stop"
    await engine.close()
    assert (len(other.requests), len(fine.requests)) == (1, 4)


async def test_a_server_that_says_nothing_any_more_loses_its_requests(start: Callable[[], ScriptedServer]) -> None:
    silent, fine = start(), start()
    silent.gate.clear()
    silent.silent = True
    engine = engine_at(silent.url, fine.url, look_seconds=0.5)
    assert (await engine.generate(PROMPT)).finish == "stop"
    assert engine.trouble is None
    await engine.close()
    assert (len(silent.requests), len(fine.requests)) == (1, 1)


async def test_an_answer_that_comes_during_a_look_counts(server: ScriptedServer) -> None:
    server.silent = True
    server.gate.clear()
    engine = engine_at(server.url, look_seconds=2)
    asked = asyncio.create_task(engine.generate(PROMPT))
    await asyncio.sleep(2.3)
    server.gate.set()
    assert (await asked).finish == "stop"
    await engine.close()
    assert len(server.requests) == 1


async def test_a_server_that_takes_long_keeps_its_request(server: ScriptedServer) -> None:
    server.gate.clear()
    engine = engine_at(server.url, look_seconds=1)
    asked = asyncio.create_task(engine.generate(PROMPT))
    while server.looks < 2:
        await asyncio.sleep(0.05)
    server.gate.set()
    assert (await asked).finish == "stop"
    await engine.close()
    assert len(server.requests) == 1


async def test_a_request_that_servers_die_of_is_at_fault_itself(start: Callable[[], ScriptedServer]) -> None:
    servers = [start(), start(), start()]
    for server in servers:
        server.dies = True
    engine = engine_at(*(server.url for server in servers))
    with pytest.raises(EngineError, match="request-1: servers went away while they had it") as caught:
        await engine.generate(PROMPT)
    await engine.close()
    assert not isinstance(caught.value, EngineAwayError)
    assert sum(len(server.requests) for server in servers) == 2


@pytest.mark.parametrize("attempts", [1, 3])
async def test_a_request_whose_only_server_died_of_it_counts_as_a_try(server: ScriptedServer, attempts: int) -> None:
    """Or a document that the only server of a route dies of would be sent to it for ever."""
    server.dies = True
    engine = RemoteEngine(RemoteConfig(urls=[server.url], model="tiny", aside_seconds=0.05, attempts=attempts))
    with pytest.raises(EngineError) as caught:
        await engine.generate(PROMPT)
    await engine.close()
    assert not isinstance(caught.value, EngineAwayError)


async def test_a_server_that_refuses_does_not_swallow_the_requests(start: Callable[[], ScriptedServer]) -> None:
    small, fine = start(), start()
    small.status, small.body = 400, {"error": {"message": "maximum context length is 512"}}
    engine = RemoteEngine(RemoteConfig(urls=[small.url, fine.url], model="tiny", aside_seconds=60))
    for _ in range(4):
        assert (await engine.generate(PROMPT)).finish == "stop"
    await engine.close()
    assert (len(small.requests), len(fine.requests)) == (1, 4)


async def test_a_request_that_is_refused_does_not_wait_for_a_server_that_is_away(server: ScriptedServer) -> None:
    """Nor is it said that no server answers, which would stop all documents."""
    server.status, server.body = 400, {"error": {"message": "maximum context length is 512"}}
    engine = RemoteEngine(RemoteConfig(urls=[server.url, DEAD], model="tiny", aside_seconds=60))
    with pytest.raises(EngineError, match="refuses it") as caught:
        await asyncio.wait_for(engine.generate(PROMPT), 20)
    assert not isinstance(caught.value, EngineAwayError)
    assert engine.trouble is None
    await engine.close()


async def test_a_request_that_two_servers_refuse_is_refused(start: Callable[[], ScriptedServer]) -> None:
    servers = [start(), start(), start()]
    for server in servers:
        server.status, server.body = 400, {"error": {"message": "maximum context length is 512"}}
    engine = engine_at(*(server.url for server in servers))
    with pytest.raises(EngineError, match="refuses it: status 400: maximum context length is 512"):
        await engine.generate(PROMPT)
    await engine.close()
    assert sum(len(server.requests) for server in servers) == 2


@pytest.mark.parametrize(("status", "denied"), [(401, True), (404, True), (403, False)])
async def test_servers_that_all_have_another_model_are_not_at_fault_with_the_request(
    start: Callable[[], ScriptedServer], status: int, *, denied: bool
) -> None:
    servers = [start(), start()]
    for server in servers:
        server.status, server.body = status, {"error": {"message": "no such model"}}
    engine = engine_at(*(server.url for server in servers))
    with pytest.raises(EngineError, match="no such model") as caught:
        await engine.generate(PROMPT)
    assert isinstance(caught.value, ModelDeniedError) is denied
    assert bool(engine.trouble) is denied
    await engine.close()


async def test_one_model_that_is_missing_takes_no_other_away(server: ScriptedServer) -> None:
    engine = RemoteEngine(RemoteConfig([server.url], "tiny", aside_seconds=60, attempts=1, waits=False, others=["a"]))
    server.status, server.body = 404, {"error": {"message": "no such model"}}
    with pytest.raises(ModelDeniedError):
        await engine.generate(replace(PROMPT, model="a"))
    server.status, server.body = 200, answer()
    assert (await engine.generate(PROMPT)).finish == "stop"
    assert engine.trouble is None
    await engine.close()


async def test_a_server_that_is_aside_for_another_fault_is_asked_before_a_refusal_counts(
    start: Callable[[], ScriptedServer],
) -> None:
    refusing, other = start(), start()
    other.status, other.body = 500, {"error": {"message": "out of memory"}}
    engine = RemoteEngine(RemoteConfig([refusing.url, other.url], "tiny", aside_seconds=0.5))
    engine._servers[1].aside_until = time.monotonic() + 0.5  # for another request
    refusing.status, refusing.body = 400, {"error": {"message": "maximum context length is 512"}}
    other.status, other.body = 200, answer()
    assert (await engine.generate(PROMPT)).finish == "stop"
    await engine.close()


async def test_servers_are_away_until_one_answers_and_nobody_waits_who_is_not_to(server: ScriptedServer) -> None:
    server.status, server.body = 503, {"error": {"message": "loading"}}
    engine = RemoteEngine(RemoteConfig([server.url], "tiny", aside_seconds=0.2, attempts=1, waits=False))
    for _ in range(2):
        with pytest.raises(EngineAwayError):
            await engine.generate(PROMPT)
    assert len(server.requests) == 1, "the second one found it aside"
    await asyncio.sleep(0.25)
    assert engine.trouble
    server.status, server.body = 200, answer()
    assert (await engine.generate(PROMPT)).finish == "stop"
    assert engine.trouble is None
    await engine.close()


async def test_schemas_are_checked_by_a_server_that_answers(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = await RemoteEngine.connect(RemoteConfig(urls=[DEAD, server.url], model="tiny"))
    asked: list[str] = []
    post = httpx.Client.post
    monkeypatch.setattr(httpx.Client, "post", lambda self, url, **given: asked.append(url) or post(self, url, **given))
    for _ in range(3):
        engine.check_schema("letter", SCHEMA)
    await engine.close()
    assert asked == [f"{server.url}/v1/chat/completions"] * 3


async def test_the_third_server_answers_where_two_have_another_model(start: Callable[[], ScriptedServer]) -> None:
    servers = [start(), start(), start()]
    for server in servers[:2]:
        server.status, server.body = 404, {"error": {"message": "no such model"}}
    engine = engine_at(*(server.url for server in servers))
    assert (await engine.generate(PROMPT)).finish == "stop"
    await engine.close()


async def test_a_server_without_an_adapter_keeps_no_other_from_the_start(start: Callable[[], ScriptedServer]) -> None:
    without, fine = start(), start()
    for server in (without, fine):
        server.offered = {"data": [{"id": "tiny"}, {"id": "adapter", "parent": "tiny"}]}
    without.status_of_answers, without.body = 404, {"error": {"message": "no such adapter"}}
    engine = await RemoteEngine.connect(RemoteConfig(urls=[without.url, fine.url], model="tiny", others=["adapter"]))
    assert [server.url for server in engine._servers] == [fine.url]
    await engine.close()


async def test_a_request_that_every_server_denies_is_at_fault_itself(start: Callable[[], ScriptedServer]) -> None:
    """A filter in front of the servers, say: no server is away."""
    servers = [start(), start(), start()]
    for server in servers:
        server.status, server.body = 403, {"error": {"message": "forbidden"}}
    engine = engine_at(*(server.url for server in servers))
    with pytest.raises(EngineError, match="forbidden") as caught:
        await engine.generate(PROMPT)
    assert engine.trouble is None
    await engine.close()
    assert not isinstance(caught.value, EngineAwayError)


async def test_a_refused_request_is_an_engine_error_with_the_servers_words(server: ScriptedServer) -> None:
    server.status, server.body = 400, {"error": {"message": "This model's maximum context length is 1024"}}
    engine = engine_at(server.url)
    with pytest.raises(EngineError, match=r"request-1.*maximum context length is 1024"):
        await engine.generate(PROMPT)
    await engine.close()
    assert len(server.requests) == 1


async def test_no_server_at_all_is_an_engine_error_after_bounded_tries(server: ScriptedServer) -> None:
    server.status, server.body = 503, {"error": {"message": "loading"}}
    engine = engine_at(server.url)
    with pytest.raises(EngineError, match=r"no server answers .*loading.*POSTKORB_ENGINE_URLS"):
        await engine.generate(PROMPT)
    assert len(server.requests) == 3
    server.status, server.body = 200, answer()
    assert (await engine.generate(PROMPT)).finish == "stop"
    await engine.close()


async def test_something_else_at_the_address_is_an_engine_error(server: ScriptedServer) -> None:
    server.body = {"hello": "world"}
    engine = engine_at(server.url)
    with pytest.raises(EngineError, match="not that of an OpenAI-compatible server"):
        await engine.generate(PROMPT)
    await engine.close()


async def test_tokens_that_do_not_make_up_the_text_are_left_out(server: ScriptedServer) -> None:
    server.body = answer(logprobs={"content": [{"token": "�", "logprob": -1.0}]})
    engine = engine_at(server.url)
    assert (await engine.generate(PROMPT)).tokens == []
    await engine.close()


async def test_the_token_that_ends_the_answer_is_no_part_of_it(server: ScriptedServer) -> None:
    told = [*answer()["choices"][0]["logprobs"]["content"], {"token": "<|end|>", "logprob": 0.0}]
    server.body = answer(logprobs={"content": told})
    engine = engine_at(server.url)
    assert "".join(token.text for token in (await engine.generate(PROMPT)).tokens) == '{"a":"ü"}'
    await engine.close()


async def test_connecting_learns_context_and_hash(server: ScriptedServer) -> None:
    engine = await RemoteEngine.connect(RemoteConfig(urls=[DEAD, server.url], model="tiny"))
    await engine.close()
    assert (engine.context_tokens, engine.identity.model_sha256) == (1024, "b" * 64)


@pytest.mark.parametrize(
    "offered",
    [
        [],
        {"data": None},
        {"data": ["tiny"]},
        {"data": [{"id": "tiny", "max_model_len": [1]}]},
    ],
)
async def test_a_server_that_does_not_tell_its_models_keeps_no_other_from_the_start(
    start: Callable[[], ScriptedServer], offered: Any
) -> None:
    odd, fine = start(), start()
    odd.offered = offered
    engine = await RemoteEngine.connect(RemoteConfig(urls=[odd.url, fine.url], model="tiny"))
    await engine.close()
    with pytest.raises(EngineAwayError, match="as an OpenAI-compatible server does"):
        await RemoteEngine.connect(RemoteConfig(urls=[odd.url], model="tiny"))


async def test_other_weights_under_the_same_name_are_refused(start: Callable[[], ScriptedServer]) -> None:
    one, other = start(), start()
    other.offered = {"data": [{"id": "tiny", "sha256": "c" * 64}]}
    with pytest.raises(ModelNotOfferedError, match="other weights"):
        await RemoteEngine.connect(RemoteConfig(urls=[one.url, other.url], model="tiny"))


@pytest.mark.parametrize("url", ["http://gpu1:80a0", "http://[gpu1]:8000", "gpu1", "http://"])
def test_what_is_no_address_is_named(url: str) -> None:
    with pytest.raises(EngineUnsuitableError, match="correct POSTKORB_ENGINE_URLS"):
        engine_at(url)


async def test_connecting_for_a_model_that_is_not_served_names_those_that_are(server: ScriptedServer) -> None:
    with pytest.raises(EngineError, match=r"no model 'huge' but tiny: correct POSTKORB_MODEL"):
        await RemoteEngine.connect(RemoteConfig(urls=[server.url], model="huge"))


async def test_a_schema_that_the_server_refuses_is_named(server: ScriptedServer) -> None:
    engine = engine_at(server.url)
    engine.check_schema("letter", SCHEMA)
    server.status, server.body = 400, {"error": {"message": "multipleOf is not supported"}}
    with pytest.raises(SchemaRefusedError, match=r"letter.*multipleOf is not supported"):
        engine.check_schema("letter", SCHEMA)
    await engine.close()


@given(st.text(max_size=200), st.text(max_size=200))
def test_the_estimate_grows_with_the_text(first: str, second: str) -> None:
    assert estimate_tokens(first + second) >= max(estimate_tokens(first), estimate_tokens(second))
    assert estimate_tokens(first) >= len(first) // 2


def test_figures_count_one_by_one() -> None:
    assert estimate_tokens("4711") == 4
    assert estimate_tokens("Sehr geehrte Damen und Herren") == 15
