"""While every document fails alike nothing more is begun but probes, and consumption goes on by itself."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from integration.house import LIMITS, House, until
from scripted import ScriptedEngine, letter

from schemas.events import ErrorCode
from services.delivery import breaker
from services.delivery.retrying import RetryPolicy
from services.inference.engines.port import EngineError, Generation, Prompt
from services.inference.service import Inference

DOCUMENTS = 40
FIRST_SECONDS = 1.0


class BrokenEngine(ScriptedEngine):
    """Refuses every question until it is mended."""

    def __init__(self) -> None:
        super().__init__()
        self.is_broken = True
        self.refused = 0

    async def generate(self, prompt: Prompt) -> Generation:
        if self.is_broken:
            self.refused += 1
            message = "broken"
            raise EngineError(message)
        return await super().generate(prompt)


@asynccontextmanager
async def working_on(house: House, documents: int) -> AsyncIterator[Inference]:
    """Run the three services, hand documents in, and stop all at the end."""
    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        inference = await house.inference(stack)
        services = [await house.intake(stack), await house.relay(stack), inference]
        async with asyncio.TaskGroup() as group:
            for service in services:
                group.create_task(service.run(stop))
            for number in range(documents):
                await house.submit(f"d{number}", letter("invoice", invoice_number=str(number)))
            yield inference
            stop.set()


async def test_an_engine_that_refuses_everything_is_asked_now_and_then_until_it_answers(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(breaker, "FIRST_SECONDS", FIRST_SECONDS)
    house.retries = RetryPolicy(100, timedelta(milliseconds=50), timedelta(seconds=1))
    engine = house.engine = BrokenEngine()
    async with working_on(house, DOCUMENTS) as inference:
        nothing_begun = LIMITS.documents + LIMITS.batch
        await until(lambda: _is(inference.breaker.outage and inference._slots._value == nothing_begun))
        before = engine.refused
        await until(lambda: _is(engine.refused > before))
        probed_at = time.monotonic()
        await until(lambda: _is(engine.refused > before + 1))
        assert time.monotonic() - probed_at > FIRST_SECONDS, "the second probe does not wait twice as long"
        assert inference.breaker.outage is not None
        engine.is_broken = False
        await house.rows("SELECT 1 FROM postkorb.results", DOCUMENTS)
        assert inference.breaker.outage is None


class CuttingEngine(ScriptedEngine):
    """Never comes to the end of what it says about fields."""

    async def generate(self, prompt: Prompt) -> Generation:
        generation = await super().generate(prompt)
        if "summary" not in prompt.schema["properties"]:
            return generation
        return replace(generation, text=generation.text[:-1], finish="length")


async def test_a_model_that_ends_no_answer_is_an_outage_and_what_it_said_is_kept(house: House):
    house.engine = CuttingEngine()
    async with working_on(house, breaker.LEAST) as inference:
        results = await house.rows("SELECT * FROM postkorb.results", breaker.LEAST)
        await until(lambda: _is(inference.breaker.outage))
    outage = inference.breaker.outage
    assert outage is not None
    assert outage.code is ErrorCode.ANSWER_CUT_OFF
    assert {(row.status, row.needs_review) for row in results} == {("incomplete", True)}


async def _is(condition: object) -> bool:
    return bool(condition)
