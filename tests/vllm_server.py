"""vLLM's own server, as the remote adapter says that it should be started."""

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from services.inference.engines.in_process import QUIET
from services.inference.engines.remote import SERVER_FLAGS

START_SECONDS = 240
ANSWERED = re.compile(r"^vllm:request_success_total\{.*\} (\S+)$", re.MULTILINE)
"""In vLLM's metrics, a line for each reason why a request ended."""


@dataclass(frozen=True)
class VllmServer:
    """A server that was started, in a process group of its own."""

    url: str
    process: asyncio.subprocess.Process

    async def until_healthy(self) -> None:
        """Wait until it can answer."""
        async with httpx.AsyncClient(trust_env=False) as client:
            while self.process.returncode is None:
                try:
                    if (await client.get(f"{self.url}/health")).is_success:
                        return
                except httpx.TransportError:
                    await asyncio.sleep(0.5)
        pytest.fail(f"the server ended with {self.process.returncode} before it was healthy")

    async def answered(self) -> int:
        """Count the requests that it has answered, as it says itself."""
        async with httpx.AsyncClient(trust_env=False) as client:
            said = (await client.get(f"{self.url}/metrics")).text
        return sum(int(float(number)) for number in ANSWERED.findall(said))

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to it and whatever it has started."""
        os.killpg(self.process.pid, number)


@asynccontextmanager
async def vllm_servers(
    model: Path, context_tokens: int, *more: str, count: int = 1
) -> AsyncIterator[Sequence[VllmServer]]:
    """Serve a model under the name `tiny`.

    Parameters
    ----------
    more
        Further options.
    count
        How many servers there are of it; they load side by side.
    """
    servers = [await _start(model, context_tokens, *more) for _ in range(count)]
    try:
        await asyncio.wait_for(asyncio.gather(*(server.until_healthy() for server in servers)), START_SECONDS)
        yield servers
    finally:
        for server in servers:
            if server.process.returncode is None:
                server.signal(signal.SIGKILL)
                await server.process.wait()


async def _start(model: Path, context_tokens: int, *more: str) -> VllmServer:
    port = _free_port()
    command = [sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--model", str(model)]
    command += ["--served-model-name", "tiny", "--host", "127.0.0.1", "--port", str(port), "--enforce-eager"]
    command += ["--max-model-len", str(context_tokens), "--max-num-seqs", "8", "--kv-cache-memory-bytes", str(2**28)]
    command += [*SERVER_FLAGS, *more]
    environment = os.environ | QUIET | {"VLLM_LOGGING_LEVEL": "ERROR", "VLLM_ENABLE_V1_MULTIPROCESSING": "0"}
    environment |= {"TORCHDYNAMO_DISABLE": "1"}  # as in process: no compiler is needed
    process = await asyncio.create_subprocess_exec(*command, env=environment, start_new_session=True)
    return VllmServer(f"http://127.0.0.1:{port}", process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
