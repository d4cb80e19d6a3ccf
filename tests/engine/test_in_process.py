"""The real vLLM in a child process, on a model of a few thousand random weights."""

import asyncio
import json
import multiprocessing
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import jsonschema
import psutil  # type: ignore[import-untyped]
import pytest

from schemas.document_types import load_document_types
from services.inference.engines import in_process
from services.inference.engines.in_process import (
    SEQUENCES_ON_A_CPU,
    InProcessConfig,
    InProcessEngine,
    sequences_here,
)
from services.inference.engines.port import EngineDeadError, EngineError, Prompt, SchemaRefusedError
from services.inference.engines.room import Room

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

TYPES = load_document_types()
CLASS = TYPES.class_schema()
ANSWER = TYPES["complaint"].answer_schema(60)
LONG_INSTRUCTION = "Sie lesen die Post eines Büros. " * 40


def prompt(request_id: str, user: str = "Grüße", *, schema: Mapping[str, Any] = CLASS, tokens: int = 900) -> Prompt:
    return Prompt(request_id, LONG_INSTRUCTION, user, schema, tokens)


@pytest.mark.parametrize("schema", [CLASS, ANSWER], ids=["class", "complaint"])
async def test_an_answer_satisfies_its_schema(engine: InProcessEngine, schema: Mapping[str, Any]) -> None:
    engine.check_schema("shipped", schema)
    generation = await engine.generate(prompt("valid", schema=schema))
    assert generation.finish == "stop"
    # xgrammar lets control characters into a bounded string as they are; JSON in the strict sense wants them escaped
    jsonschema.validate(json.loads(generation.text, strict=False), schema)
    assert generation.completion_tokens > 0
    assert generation.seconds > 0


async def test_eight_requests_at_once_are_all_answered(engine: InProcessEngine) -> None:
    generations = await asyncio.gather(*(engine.generate(prompt(f"at-once-{n}", f"Brief {n}")) for n in range(8)))
    for generation in generations:
        jsonschema.validate(json.loads(generation.text), CLASS)


async def test_the_same_prompt_gives_the_same_answer(engine: InProcessEngine) -> None:
    first, second = [await engine.generate(prompt(f"same-{n}", schema=ANSWER)) for n in range(2)]
    assert first.text == second.text


async def test_the_tokens_joined_are_the_text(engine: InProcessEngine) -> None:
    schema = {"type": "object", "properties": {"a": {"enum": ["Grüße für 5 € ½ ß"]}}, "required": ["a"]}
    generation = await engine.generate(prompt("tokens", schema=schema))
    assert "".join(token.text for token in generation.tokens) == generation.text
    assert json.loads(generation.text) == {"a": "Grüße für 5 € ½ ß"}
    assert all(token.logprob <= 0 for token in generation.tokens)


async def test_a_token_without_alternative_is_certain(engine: InProcessEngine) -> None:
    generation = await engine.generate(prompt("certain", schema=ANSWER))
    name = [token for token in generation.tokens if token.text and token.text in '"complainant_name"']
    assert name
    assert max(token.logprob for token in name) == pytest.approx(0, abs=1e-3)


async def test_what_the_grammar_allowed_besides_is_told_if_the_prompt_asks(engine: InProcessEngine) -> None:
    plain = await engine.generate(prompt("alone"))
    rivalled = await engine.generate(replace(prompt("rivalled"), alternatives=20))
    assert not any(token.alternatives for token in plain.tokens)
    assert rivalled.text == plain.text
    names = [f'{{"document_type":"{name}"}}' for name in TYPES]
    before, ways = "", 0
    for token in rivalled.tokens:
        others = [before + text for text, _ in token.alternatives if text]
        assert all(any(name.startswith(other) for name in names) for other in others)
        assert all(logprob <= 0 for _, logprob in token.alternatives)
        ways += len(others)
        before += token.text
    assert ways > 0


async def test_a_shared_instruction_is_prefilled_once(engine: InProcessEngine) -> None:
    await engine.generate(prompt("warm", "Erster Brief"))
    generation = await engine.generate(prompt("cached", "Zweiter Brief"))
    assert 0 < generation.cached_tokens < generation.prompt_tokens


async def test_an_answer_without_room_is_cut_off_and_says_so(engine: InProcessEngine) -> None:
    generation = await engine.generate(prompt("short", schema=ANSWER, tokens=5))
    assert generation.finish == "length"
    assert generation.completion_tokens == 5


async def test_a_prompt_that_is_too_long_fails_alone_with_numbers(engine: InProcessEngine) -> None:
    outcomes = await asyncio.gather(
        engine.generate(prompt("beside-1")),
        engine.generate(prompt("too-long", "4711 " * 3000)),
        engine.generate(prompt("beside-2")),
        return_exceptions=True,
    )
    assert isinstance(outcomes[1], EngineError)
    assert "2048" in str(outcomes[1])
    assert not isinstance(outcomes[0], BaseException)
    assert not isinstance(outcomes[2], BaseException)


async def test_a_request_that_the_engine_refuses_fails_alone(engine: InProcessEngine) -> None:
    unsupported = {"type": "object", "properties": {"a": {"type": "number", "multipleOf": 0.5}}, "required": ["a"]}
    with pytest.raises(EngineError, match="request refused failed in the engine"):
        await engine.generate(prompt("refused", schema=unsupported))
    assert (await engine.generate(prompt("after"))).finish == "stop"


async def test_a_schema_that_the_compiler_refuses_is_named(engine: InProcessEngine) -> None:
    unsupported = {"type": "object", "properties": {"a": {"type": "array", "uniqueItems": True}}}
    with pytest.raises(SchemaRefusedError, match="schema letter"):
        engine.check_schema("letter", unsupported)


async def test_counting_tokens_agrees_with_the_prompts(engine: InProcessEngine) -> None:
    short, long = engine.count_tokens(["Grüße", "Grüße " * 100])
    assert 0 < short < long
    assert engine.count_tokens([]) == []


async def test_the_identity_names_what_changes_answers(engine: InProcessEngine) -> None:
    identity = engine.identity
    assert (identity.model, identity.model_sha256) == ("tiny", "a" * 64)
    assert {"vllm", "torch", "transformers", "xgrammar", "temperature", "dtype"} <= set(identity.settings)


async def test_a_folder_without_a_model_cannot_be_loaded(
    config: InProcessConfig, tmp_path_factory: pytest.TempPathFactory
) -> None:
    empty = tmp_path_factory.mktemp("empty")
    with pytest.raises(EngineError, match="could not load"):
        InProcessEngine.load(replace(config, folder=empty))


async def test_the_engine_leaves_ctrl_c_to_its_parent(engine: InProcessEngine) -> None:
    for child in multiprocessing.active_children():
        os.kill(child.pid or 0, signal.SIGINT)
    assert (await engine.generate(prompt("after-ctrl-c"))).finish == "stop"


PARENT = """
import sys, time
from pathlib import Path
from services.inference.engines.in_process import InProcessConfig, InProcessEngine
if __name__ == "__main__":
    engine = InProcessEngine.load(InProcessConfig("tiny", Path(sys.argv[1]), "a" * 64, 2048, 0.25, 8, 1024))
    print("loaded", flush=True)
    time.sleep(600)
"""


async def test_the_engine_dies_with_a_parent_that_was_killed(
    config: InProcessConfig, tmp_path_factory: pytest.TempPathFactory
) -> None:
    script = tmp_path_factory.mktemp("parent") / "parent.py"
    script.write_text(PARENT)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(script), str(config.folder)]
    parent = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, env=environment)
    try:
        assert parent.stdout
        assert await parent.stdout.readline() == b"loaded\n"
        children = psutil.Process(parent.pid).children(recursive=True)
        assert children
    finally:
        parent.kill()
        await parent.wait()
    _, alive = await asyncio.to_thread(psutil.wait_procs, children, 10)
    assert alive == []


class _Deaf:
    """As vLLM in the moment between its process's death and its knowing of it: a request is taken and never told."""

    def __init__(self) -> None:
        self.errored = False

    async def generate(self, *_: object, **__: object) -> AsyncIterator[None]:
        self.errored = True
        await asyncio.Event().wait()
        yield


async def test_a_request_that_comes_just_after_the_engines_death_does_not_wait_for_ever(
    engine: InProcessEngine,
) -> None:
    config = InProcessConfig("deaf", Path(), "0" * 64)
    dead = InProcessEngine(config, cast("Any", _Deaf()), engine._texts, engine.identity, Room(4096))
    with pytest.raises(EngineDeadError, match="supervisor"):
        await asyncio.wait_for(dead.generate(prompt("doomed", schema=ANSWER)), 10)


async def test_an_engine_that_stands_still_is_dead_for_its_requests(
    engine: InProcessEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_process, "LOOK_SECONDS", 0.2)
    monkeypatch.setattr(in_process, "STILL_SECONDS", 1.0)
    config = InProcessConfig("still", Path(), "0" * 64)
    watched = InProcessEngine(config, engine._llm, engine._texts, engine.identity, Room(4096))
    assert (await watched.generate(prompt("before", schema=ANSWER))).finish == "stop"
    children = multiprocessing.active_children()
    for child in children:
        os.kill(child.pid or 0, signal.SIGSTOP)
    try:
        with pytest.raises(EngineDeadError, match="stands still"):
            await asyncio.wait_for(watched.generate(prompt("stuck", schema=ANSWER)), 20)
        assert watched.trouble
    finally:
        for child in children:
            os.kill(child.pid or 0, signal.SIGCONT)
    monkeypatch.undo()  # on a busy machine it may take a second to go on
    assert (await engine.generate(prompt("after", schema=ANSWER))).finish == "stop"


async def test_the_engine_has_no_more_requests_than_its_cache_has_room_for(
    engine: InProcessEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = engine._llm.vllm_config.cache_config
    assert engine._room.tokens == (cache.num_gpu_blocks - 1) * cache.block_size >= engine.context_tokens
    asked = prompt("full", schema=ANSWER)
    one = len(engine._texts.prompt_ids(asked.system, asked.user)) + asked.max_tokens
    monkeypatch.setattr(engine, "_room", Room(2 * one))
    running = [asyncio.create_task(engine.generate(replace(asked, request_id=f"full-{n}"))) for n in range(6)]
    most = 0
    while not all(task.done() for task in running):
        most = max(most, engine._llm.output_processor.get_num_unfinished_requests())
        await asyncio.sleep(0.005)
    assert most == 2
    assert all(task.result().finish == "stop" for task in running)


async def test_as_many_documents_are_in_work_as_it_computes_side_by_side(engine: InProcessEngine) -> None:
    assert engine.side_by_side == 8  # as the fixture's settings say; else this:
    assert sequences_here() == SEQUENCES_ON_A_CPU


async def test_a_killed_engine_is_death_for_every_request(
    engine: InProcessEngine, caplog: pytest.LogCaptureFixture
) -> None:
    """Stands last: the file's engine is gone after it."""
    running = [asyncio.create_task(engine.generate(prompt(f"doomed-{n}", schema=ANSWER))) for n in range(3)]
    while not engine._llm.output_processor.has_unfinished_requests():
        await asyncio.sleep(0.01)
    for child in multiprocessing.active_children():
        child.kill()
    outcomes = await asyncio.wait_for(asyncio.gather(*running, return_exceptions=True), 30)
    assert [type(outcome) for outcome in outcomes] == [EngineDeadError] * 3
    with pytest.raises(EngineDeadError, match="supervisor"):
        await engine.generate(prompt("late"))
    caplog.clear()  # vLLM's last words have the engine in their traceback
