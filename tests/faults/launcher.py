"""`postkorb` with constants of the product changed, and with faults that come from within, for the fault suite.

FAULT_MAX_POLL_INTERVAL_MS
    Time after which Kafka's consumer takes its own poll loop for dead (aiokafka's default is 300,000).
FAULT_PATIENCE_SECONDS
    Age of the last poll, and of the last turn of the event loop, at which the process is not live any more; also how
    long it may be so. SIGUSR1 lets the poll loop hang, SIGUSR2 the event loop.
FAULT_PROBE_SECONDS
    Until an open breaker's first probe.
FAULT_LEASE_SECONDS
    How long a relay holds rows, and a dead one's wait; it publishes them in half of that time.
FAULT_KILLS_ENGINE
    A document with this text kills the engine that is asked about it: vLLM's process with SIGKILL; a remote engine,
    which cannot die, says that it is dead.
"""

import asyncio
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

import aiokafka

from services import running, vitals
from services.cli.main import main
from services.delivery import breaker
from services.inference.engines.in_process import InProcessEngine
from services.inference.engines.port import EngineDeadError, Generation, Prompt
from services.inference.engines.remote import RemoteEngine
from services.relay import service as relay


def shorten_poll_interval(milliseconds: str) -> None:
    """Give every consumer of this process another `max_poll_interval_ms`."""
    initialise = aiokafka.AIOKafkaConsumer.__init__

    def shortened(consumer: aiokafka.AIOKafkaConsumer, *topics: str, **options: Any) -> None:
        initialise(consumer, *topics, **options | {"max_poll_interval_ms": int(milliseconds)})

    aiokafka.AIOKafkaConsumer.__init__ = shortened


def hang_on_signals(patience_seconds: str) -> None:
    """Hang when told to, and be found out soon."""
    vitals.POLL_SECONDS = vitals.LOOP_SECONDS = running.WATCHDOG_SECONDS = float(patience_seconds)  # type: ignore[misc]
    hanging = asyncio.Event()
    poll = aiokafka.AIOKafkaConsumer.getmany

    async def getmany(consumer: aiokafka.AIOKafkaConsumer, *partitions: Any, **options: Any) -> Any:
        if hanging.is_set():
            await asyncio.Event().wait()
        return await poll(consumer, *partitions, **options)

    aiokafka.AIOKafkaConsumer.getmany = getmany
    signal.signal(signal.SIGUSR1, lambda *_: hanging.set())
    signal.signal(signal.SIGUSR2, lambda *_: time.sleep(3600))  # in the event loop's own thread


def probe_soon(seconds: str) -> None:
    """Let every breaker probe so soon."""
    breaker.FIRST_SECONDS = float(seconds)  # type: ignore[misc]


def shorten_leases(seconds: str) -> None:
    """Let a relay's rows be taken over soon after its death."""
    relay.LEASE = timedelta(seconds=float(seconds))  # type: ignore[misc]
    relay.PUBLISH_SECONDS = float(seconds) / 2  # type: ignore[misc]


def let_documents_kill_the_engine(text: str) -> None:
    """Let the engine die of documents with that text."""
    in_process, remote = InProcessEngine.generate, RemoteEngine.generate

    async def killed(engine: InProcessEngine, prompt: Prompt) -> Generation:
        if text in prompt.user:
            for child in multiprocessing.active_children():
                child.kill()
        return await in_process(engine, prompt)

    async def said_dead(engine: RemoteEngine, prompt: Prompt) -> Generation:
        generation = await remote(engine, prompt)
        if text in prompt.user:
            message = "killed by a document"
            raise EngineDeadError(message)
        return generation

    InProcessEngine.generate, RemoteEngine.generate = killed, said_dead  # type: ignore[method-assign]


FAULTS: Final[Mapping[str, Callable[[str], None]]] = {
    "FAULT_MAX_POLL_INTERVAL_MS": shorten_poll_interval,
    "FAULT_PATIENCE_SECONDS": hang_on_signals,
    "FAULT_PROBE_SECONDS": probe_soon,
    "FAULT_LEASE_SECONDS": shorten_leases,
    "FAULT_KILLS_ENGINE": let_documents_kill_the_engine,
}

if __name__ == "__main__":
    for name, do in FAULTS.items():
        if given := os.environ.get(name):
            do(given)
    main()
