"""What people do instead: a script that asks an OpenAI-compatible server once a task."""

import asyncio
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
from bench.tasks import SUMMARY, TYPE, Answer, Task, Took, count_valid, fields_of, tasks_of, type_in
from openai import AsyncOpenAI

from services.inference.engines.in_process import QUIET, TOKENS_ON_A_CPU, sequences_here
from services.local.child import Child, ChildSpec
from services.local.ports import LOOPBACK, free_ports
from services.models.catalogue import load_catalogue
from services.settings import Settings
from services.wiring import model_of, terms_of, types_of

START_SECONDS: Final = 600
ANSWER_SECONDS: Final = 3600
CLEAR_SECONDS: Final = 60
ENVIRONMENT: Final = QUIET | {"TORCHDYNAMO_DISABLE": "1", "OMP_WAIT_POLICY": "PASSIVE"}
"""Of a process with vLLM in it, as ours has it."""


@contextmanager
def running_vllm(folder: Path, settings: Settings) -> Iterator[str]:
    """Run vLLM's own server with the configured model, as our engine is set; give its address."""
    (port,) = free_ports(1)
    url = f"http://{LOOPBACK}:{port}"
    command = [sys.executable, "-m", "vllm.entrypoints.openai.api_server", *_options(engine_of(settings))]
    command += ["--served-model-name", settings.model, "--host", LOOPBACK, "--port", str(port)]
    environment = ENVIRONMENT | {"VLLM_SERVER_DEV_MODE": "1"}
    spec = ChildSpec("vllm", tuple(command), environment, ready=lambda: _is_healthy(url), ready_seconds=START_SECONDS)
    server = Child(spec, folder)
    server.start_and_wait()
    try:
        yield url
    finally:
        server.stop()


def engine_of(settings: Settings) -> dict[str, Any]:
    """Say how vLLM is set, as our engine is, by the names of its own arguments."""
    from vllm.platforms import current_platform  # noqa: PLC0415  (12 s of imports, and only for this part)

    engine = {
        "model": str(model_of(settings).folder),
        "max_model_len": settings.context_tokens,
        "max_num_seqs": settings.max_sequences or sequences_here(),
        "generation_config": "vllm",
        "enable_prefix_caching": True,
        "structured_outputs_config": {"backend": "xgrammar", "disable_any_whitespace": True},
        "dtype": terms_of(settings).dtype(load_catalogue().find(settings.model)),
    }
    if current_platform.is_cpu():
        cache = int(settings.kv_cache_gib * 2**30)
        engine |= {
            "max_num_batched_tokens": TOKENS_ON_A_CPU,
            "kv_cache_memory_bytes": cache,
            "enforce_eager": True,
        }
    return engine


def _options(engine: Mapping[str, Any]) -> Iterator[str]:
    for name, value in engine.items():
        yield f"--{name.replace('_', '-')}"
        if value is not True:
            yield json.dumps(value) if isinstance(value, dict) else str(value)


def _is_healthy(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=5, trust_env=False).is_success
    except httpx.TransportError:
        return False


def clear_server(url: str) -> None:
    """Empty the server's prefix cache: nobody reads what somebody else computed."""
    httpx.post(f"{url}/reset_prefix_cache", timeout=CLEAR_SECONDS, trust_env=False).raise_for_status()


async def ask_by_script(url: str, settings: Settings, texts: Sequence[str]) -> Took:
    """Ask a call a task about each document, with as many documents side by side as the engine takes."""
    tasks = tasks_of(types_of(settings))
    async with httpx.AsyncClient(trust_env=False, timeout=ANSWER_SECONDS) as http:
        client = AsyncOpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0, http_client=http)
        script, started = Script(client, settings, tasks), time.perf_counter()
        answers = [answer for answers in await asyncio.gather(*map(script.ask, texts)) for answer in answers]
        seconds = time.perf_counter() - started
    return Took(seconds, len(answers), len(answers), count_valid(tasks, answers))


class Script:
    """The script."""

    def __init__(self, client: AsyncOpenAI, settings: Settings, tasks: Mapping[str, Task]) -> None:
        self._client = client
        self._model = settings.model
        self._tasks = tasks
        self._side_by_side = asyncio.Semaphore(settings.max_sequences or sequences_here())

    async def ask(self, text: str) -> list[Answer]:
        """Ask for the type, for a summary, and for the fields of that type, if it has any."""
        async with self._side_by_side:
            said = await self._call(TYPE, text)
            answers = [said, await self._call(SUMMARY, text)]
            if (fields := fields_of(type_in(said[1]))) in self._tasks:
                answers.append(await self._call(fields, text))
        return answers

    async def _call(self, name: str, text: str) -> Answer:
        task = self._tasks[name]
        completion = await self._client.chat.completions.create(
            model=self._model,
            messages=[{"role": "system", "content": task.instruction}, {"role": "user", "content": text}],
            response_format={"type": "json_schema", "json_schema": {"name": "answer", "schema": dict(task.schema)}},
            temperature=0,
            max_tokens=task.tokens,
        )
        try:
            return name, json.loads(completion.choices[0].message.content or "")
        except ValueError:
            return name, None
