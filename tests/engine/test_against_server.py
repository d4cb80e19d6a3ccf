"""The remote adapter against vLLM's own server, beside the in-process adapter on the same model."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import jsonschema
import pytest
import pytest_asyncio

from schemas.document_types import load_document_types
from services.inference.engines.in_process import QUIET, InProcessEngine
from services.inference.engines.port import EngineError, Prompt, SchemaRefusedError
from services.inference.engines.remote import RemoteConfig, RemoteEngine

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

CLASS = load_document_types().class_schema()
PROMPT = Prompt("served", "Sie lesen die Post eines Büros. " * 20, "Grüße", CLASS, 200)
START_SECONDS = 240
SERVER_CONTEXT = 1024


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def remote(model_folder: Path) -> AsyncIterator[RemoteEngine]:
    """Start `vllm serve` as the README says and give an engine that is connected to it."""
    port = _free_port()
    command = [sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--model", str(model_folder)]
    command += ["--served-model-name", "tiny", "--host", "127.0.0.1", "--port", str(port), "--enforce-eager"]
    command += ["--max-model-len", str(SERVER_CONTEXT), "--max-num-seqs", "8", "--kv-cache-memory-bytes", str(2**28)]
    command += ["--enable-prefix-caching", "--enable-prompt-tokens-details", "--generation-config", "vllm"]
    command += ["--structured-outputs-config", '{"backend":"xgrammar","disable_any_whitespace":true}']
    environment = os.environ | QUIET | {"VLLM_LOGGING_LEVEL": "ERROR", "VLLM_ENABLE_V1_MULTIPROCESSING": "0"}
    environment |= {"TORCHDYNAMO_DISABLE": "1"}  # as in process: no compiler is needed
    process = await asyncio.create_subprocess_exec(*command, env=environment, start_new_session=True)
    try:
        await asyncio.wait_for(_healthy(port, process), START_SECONDS)
        engine = await RemoteEngine.connect(RemoteConfig(urls=[f"http://127.0.0.1:{port}"], model="tiny"))
        yield engine
        await engine.close()
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _healthy(port: int, process: asyncio.subprocess.Process) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        while process.returncode is None:
            try:
                if (await client.get(f"http://127.0.0.1:{port}/health")).is_success:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.5)
    pytest.fail(f"the server ended with {process.returncode} before it was healthy")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


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
