"""What a document takes of the engine is added up, whatever comes of it."""

import asyncio

import pytest
from scripted import REFUSED, ScriptedEngine, letter

from services.inference.engines.port import EngineError, Prompt
from services.inference.metering import MeteredEngine, Taken, metered

SCHEMA = {"type": "object", "properties": {"summary": {"type": "string"}}}


def prompt(name: str, text: str = letter("invoice")) -> Prompt:
    return Prompt(name, "Read.", text, SCHEMA, 100)


async def test_all_requests_of_a_document_are_added_up() -> None:
    engine = MeteredEngine(ScriptedEngine(seconds=0.01))
    with metered() as taken:
        answers = [await engine.generate(prompt(name)) for name in ("a", "b")]
    assert taken.requests == 2
    assert taken.prompt_tokens == sum(answer.prompt_tokens for answer in answers) > 0
    assert taken.completion_tokens == sum(answer.completion_tokens for answer in answers) > 0
    assert taken.seconds >= 0.02


async def test_documents_side_by_side_have_an_account_of_their_own_and_share_the_time() -> None:
    engine = MeteredEngine(ScriptedEngine(seconds=0.05))
    loop = asyncio.get_running_loop()

    async def document(name: str, requests: int) -> Taken:
        with metered() as taken:
            for number in range(requests):
                await engine.generate(prompt(f"{name}{number}"))
        return taken

    began = loop.time()
    several = await asyncio.gather(*(document(name, 1 + number) for number, name in enumerate("abcd")))
    passed = loop.time() - began
    assert [taken.requests for taken in several] == [1, 2, 3, 4]
    assert 4 * 0.05 <= sum(taken.seconds for taken in several) <= passed
    assert all(taken.seconds > 0 for taken in several)


async def test_a_request_that_is_refused_takes_time_and_is_counted() -> None:
    engine = MeteredEngine(ScriptedEngine(seconds=0.02))
    with metered() as taken, pytest.raises(EngineError):
        await engine.generate(prompt("a", REFUSED))
    assert (taken.requests, taken.prompt_tokens) == (1, 0)
    assert taken.seconds >= 0.02


async def test_a_request_that_is_given_up_takes_time_and_holds_nobody_back() -> None:
    engine = MeteredEngine(ScriptedEngine(seconds=60))
    with metered() as taken, pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await engine.generate(prompt("a"))
    assert taken.requests == 1
    assert 0.05 <= taken.seconds < 30


async def test_who_asks_outside_of_a_document_is_answered_too() -> None:
    engine = MeteredEngine(ScriptedEngine())
    await engine.generate(prompt("a"))
    with metered() as taken:
        pass
    assert taken == Taken()


def test_it_is_the_engine_that_it_measures() -> None:
    inner = ScriptedEngine()
    engine = MeteredEngine(inner)
    engine.check_schema("answer", SCHEMA)
    assert (engine.identity, engine.context_tokens, engine.trouble) == (inner.identity, 4096, None)
    assert engine.side_by_side == inner.side_by_side
    assert engine.count_tokens(["four", ""]) == inner.count_tokens(["four", ""])
