"""The remote adapter against vLLM's own server, beside the in-process adapter on the same model."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
import pytest_asyncio
from vllm_server import VllmServer, vllm_servers

from schemas.document_types import load_document_types
from services.inference.engines.in_process import InProcessEngine
from services.inference.engines.port import EngineError, Prompt, SchemaRefusedError
from services.inference.engines.remote import RemoteConfig, RemoteEngine

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

CLASS = load_document_types().class_schema()
PROMPT = Prompt("served", "Sie lesen die Post eines Büros. " * 20, "Grüße", CLASS, 200)
SERVER_CONTEXT = 1024


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def servers(model_folder: Path) -> AsyncIterator[Sequence[VllmServer]]:
    async with vllm_servers(model_folder, SERVER_CONTEXT, count=2) as started:
        yield started


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def remote(servers: Sequence[VllmServer]) -> AsyncIterator[RemoteEngine]:
    """Give an engine that is connected to one server."""
    engine = await RemoteEngine.connect(RemoteConfig(urls=[servers[0].url], model="tiny"))
    yield engine
    await engine.close()


@pytest_asyncio.fixture(loop_scope="session")
async def spread(servers: Sequence[VllmServer]) -> AsyncIterator[RemoteEngine]:
    """Give an engine that is connected to all servers."""
    engine = await RemoteEngine.connect(RemoteConfig(urls=[server.url for server in servers], model="tiny"))
    yield engine
    await engine.close()


async def test_both_adapters_give_the_same_answer(remote: RemoteEngine, engine: InProcessEngine) -> None:
    served, local = await remote.generate(PROMPT), await engine.generate(PROMPT)
    jsonschema.validate(json.loads(served.text), CLASS)
    assert (served.text, served.finish) == (local.text, local.finish)
    assert served.prompt_tokens == local.prompt_tokens
    assert "".join(token.text for token in served.tokens) == served.text
    differences = [abs(one.logprob - other.logprob) for one, other in zip(served.tokens, local.tokens, strict=True)]
    assert max(differences) < 0.1


async def test_the_servers_prefix_cache_is_seen(remote: RemoteEngine) -> None:
    await remote.generate(PROMPT)
    assert (await remote.generate(PROMPT)).cached_tokens > 0


async def test_the_servers_context_is_learnt(remote: RemoteEngine) -> None:
    assert remote.context_tokens == SERVER_CONTEXT
    assert remote.identity.model_sha256 == "remote:tiny"


async def test_a_prompt_that_is_too_long_is_an_engine_error(remote: RemoteEngine) -> None:
    with pytest.raises(EngineError, match=str(SERVER_CONTEXT)):
        await remote.generate(Prompt("long", "Ordnen.", "4711 " * 2000, CLASS, 16))
    assert (await remote.generate(PROMPT)).finish == "stop"


async def test_the_server_refuses_what_its_compiler_does_not_take(remote: RemoteEngine) -> None:
    await asyncio.to_thread(remote.check_schema, "class", CLASS)
    unsupported = {"type": "object", "properties": {"a": {"type": "array", "uniqueItems": True}}}
    with pytest.raises(SchemaRefusedError, match="letter"):
        await asyncio.to_thread(remote.check_schema, "letter", unsupported)


def prompts(count: int) -> list[Prompt]:
    return [replace(PROMPT, request_id=f"letter-{number}", user=f"Brief {number}") for number in range(count)]


async def answers(engine: RemoteEngine | InProcessEngine, asked: Sequence[Prompt]) -> list[str]:
    return [answer.text for answer in await asyncio.gather(*(engine.generate(prompt) for prompt in asked))]


async def test_several_servers_share_the_requests_and_answer_as_in_process(
    servers: Sequence[VllmServer], spread: RemoteEngine, engine: InProcessEngine
) -> None:
    before = [await server.answered() for server in servers]
    asked = prompts(8)
    assert await answers(spread, asked) == await answers(engine, asked)
    after = [await server.answered() for server in servers]
    assert [later - earlier for earlier, later in zip(before, after, strict=True)] == [4, 4]


async def test_a_server_that_is_busy_gets_no_more_while_another_has_less_to_do(
    servers: Sequence[VllmServer], spread: RemoteEngine
) -> None:
    busy, free = servers
    before = await free.answered()
    busy.signal(signal.SIGSTOP)
    try:
        slow = asyncio.create_task(spread.generate(PROMPT))
        await asyncio.sleep(0)  # it goes to the first, as nobody has anything to do
        for prompt in prompts(4):
            await spread.generate(prompt)
        assert not slow.done()
    finally:
        busy.signal(signal.SIGCONT)
    assert await free.answered() - before == 4
    assert (await slow).finish == "stop"


async def test_what_a_server_had_when_it_died_another_answers(
    servers: Sequence[VllmServer], spread: RemoteEngine, engine: InProcessEngine
) -> None:
    """Stands last: one server is gone after it."""
    dying, left = servers
    before = await left.answered()
    dying.signal(signal.SIGSTOP)
    asked = prompts(8)
    running = asyncio.create_task(answers(spread, asked))
    async with asyncio.timeout(60):
        while await left.answered() - before < 4:
            await asyncio.sleep(0.05)
    assert not running.done()
    dying.signal(signal.SIGKILL)
    assert await running == await answers(engine, asked)
    assert await answers(spread, asked) == await answers(engine, asked)
    assert await left.answered() - before == 16
