"""A service that is told to stop begins nothing new, also if all its slots were taken when it was told."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest
from integration.house import LIMITS, House, until
from scripted import ScriptedEngine, letter

from services.inference.engines.port import Generation, Prompt
from services.intake.fetch import ContentFetcher

MORE = LIMITS.batch + 4
"""Some wait for a turn at the engine, some for a slot."""
"""Documents beyond what is worked on at the same time."""


class Gate:
    """Counts who waits before it."""

    def __init__(self) -> None:
        self.waiting = 0
        self.is_open = asyncio.Event()

    async def wait(self) -> None:
        self.waiting += 1
        await self.is_open.wait()


class GatedEngine(ScriptedEngine):
    """Answers when its gate is open."""

    def __init__(self, gate: Gate) -> None:
        super().__init__()
        self._gate = gate

    async def generate(self, prompt: Prompt) -> Generation:
        await self._gate.wait()
        return await super().generate(prompt)


async def drain(service: Any, gate: Gate, at_once: int) -> None:
    """Run a service until it has no slot left, and stop it then."""
    stop = asyncio.Event()
    work = asyncio.create_task(service.run(stop))

    async def is_full() -> bool:
        return gate.waiting == at_once and service._slots.locked() and bool(service._slots._waiters)

    await until(is_full)
    stop.set()
    gate.is_open.set()
    async with asyncio.timeout(60):
        await work


async def test_inference_asks_about_nothing_new_once_it_is_told_to_stop(house: House):
    gate, at_once = Gate(), LIMITS.documents
    house.engine = GatedEngine(gate)
    async with AsyncExitStack() as stack:
        others_stop = asyncio.Event()
        others = [await house.intake(stack), await house.relay(stack)]
        running = [asyncio.create_task(service.run(others_stop)) for service in others]
        for number in range(at_once + MORE):
            await house.submit(f"d{number}", letter("invoice", invoice_number=str(number)))
        await house.rows("SELECT 1 FROM postkorb.documents", at_once + MORE)
        await drain(await house.inference(stack), gate, at_once)
        others_stop.set()
        await asyncio.gather(*running)
    assert len(await house.query("SELECT 1 FROM postkorb.results")) == at_once


async def test_intake_reads_nothing_new_once_it_is_told_to_stop(house: House, monkeypatch: pytest.MonkeyPatch):
    gate, at_once = Gate(), 4
    fetch = ContentFetcher.fetch

    async def gated(self: ContentFetcher, content: Any) -> bytes:
        await gate.wait()
        return await fetch(self, content)

    monkeypatch.setattr(ContentFetcher, "fetch", gated)
    for number in range(at_once + MORE):
        await house.submit(f"d{number}", letter("invoice", invoice_number=str(number)))
    async with AsyncExitStack() as stack:
        await drain(await house.intake(stack), gate, at_once)
    assert len(await house.query("SELECT 1 FROM postkorb.documents")) == at_once
