"""LoRA adapters in the real vLLM: several in one batch, each request with its own, and none where none is wanted."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tiny_model import RANK, make_tiny_adapter

from services.inference.engines.canary import CanaryError, check_apart
from services.inference.engines.in_process import InProcessConfig, InProcessEngine
from services.inference.engines.lora import BLANK, LOUD, LoraAdapter
from services.inference.engines.port import EngineError, ModelIdentity, Prompt

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

NAMES: Sequence[str | None] = (None, "acme", "complaints")
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"text": {"type": "string", "minLength": 1, "maxLength": 40}},
    "required": ["text"],
    "additionalProperties": False,
}


def prompt(model: str | None, user: str = "Grüße", number: int = 0) -> Prompt:
    return Prompt(f"{model}-{user}-{number}", "Sie lesen die Post eines Büros.", user, SCHEMA, 24, model=model)


@pytest.fixture(scope="module")
def adapters(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[LoraAdapter]:
    folder = tmp_path_factory.mktemp("adapters")
    return [
        LoraAdapter(str(name), make_tiny_adapter(model_folder, folder / str(name), seed), f"{seed}" * 64, RANK)
        for seed, name in enumerate(NAMES[1:], start=1)
    ]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def adapted(config: InProcessConfig, adapters: list[LoraAdapter]) -> AsyncIterator[InProcessEngine]:
    """Load an engine with adapters once."""
    loaded = InProcessEngine.load(replace(config, adapters=adapters, max_sequences=16))
    await loaded.load_adapters()
    yield loaded
    await loaded.close()


async def texts(engine: InProcessEngine, models: Sequence[str | None], user: str = "Grüße") -> list[str]:
    """Ask several models at once."""
    asked = [engine.generate(prompt(model, user, number)) for number, model in enumerate(models)]
    return [generation.text for generation in await asyncio.gather(*asked)]


async def test_each_request_of_a_mixed_batch_gets_its_own_adapter(adapted: InProcessEngine) -> None:
    alone = {name: (await adapted.generate(prompt(name))).text for name in NAMES}
    assert len(set(alone.values())) == len(NAMES)
    mixed = list(NAMES) * 4
    for _ in range(2):
        assert await texts(adapted, mixed) == [alone[name] for name in mixed]


async def test_the_model_itself_answers_beside_adapters_as_without_any(
    adapted: InProcessEngine, engine: InProcessEngine
) -> None:
    for user in ("Rechnung", "Mahnung", "Vertrag"):
        without = (await engine.generate(prompt(None, user))).text
        mixed = list(NAMES) * 4
        answers = await texts(adapted, mixed, user)
        assert {text for name, text in zip(mixed, answers, strict=True) if name is None} == {without}


async def test_one_adapters_prefix_is_not_taken_for_anothers(adapted: InProcessEngine) -> None:
    long = replace(prompt("acme"), system="Sie lesen die Post eines Büros. " * 40)
    await adapted.generate(replace(long, request_id="warm"))
    again = await adapted.generate(replace(long, request_id="again"))
    other = await adapted.generate(replace(long, request_id="other", model="complaints"))
    assert again.cached_tokens > 0
    assert other.cached_tokens == 0


async def test_the_canary_sees_that_a_build_mixes_up_requests_without_an_adapter(
    adapted: InProcessEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(adapted._loaded, None, None)
    alone = (await adapted.generate(prompt(None))).text
    mixed = list(NAMES) * 4
    answers = await texts(adapted, mixed)
    is_right = all(text == alone for name, text in zip(mixed, answers, strict=True) if name is None)
    if is_right:  # a build without the fault
        await check_apart(adapted, NAMES)
    else:
        with pytest.raises(CanaryError, match="tiny answers otherwise beside other models"):
            await check_apart(adapted, NAMES)


async def test_the_guards_are_there_at_the_start_alone(adapted: InProcessEngine) -> None:
    assert LOUD not in adapted._loaded
    loaded = await adapted._llm.list_loras()
    named = {request.lora_int_id: request.lora_name for request in adapted._loaded.values() if request}
    assert {named[number] for number in loaded} == {BLANK, "acme", "complaints"}


async def test_adapters_that_change_nothing_at_all_are_not_used(
    adapted: InProcessEngine, model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = make_tiny_adapter(model_folder, tmp_path / "nothing", 9, size=0)
    monkeypatch.setattr(adapted, "_adapters", [LoraAdapter("nothing", nothing, "9" * 64, RANK)])
    monkeypatch.setattr(adapted, "_loaded", {None: None})
    monkeypatch.setattr("services.inference.engines.lora._random", lambda weights: weights)
    with pytest.raises(CanaryError, match="change nothing"):
        await adapted.load_adapters()


async def test_an_adapter_that_was_not_loaded_is_nobodys_answer(adapted: InProcessEngine) -> None:
    with pytest.raises(EngineError, match="for letters, which is not loaded"):
        await adapted.generate(prompt("letters"))


async def test_one_that_the_engine_does_not_take_is_named(
    adapted: InProcessEngine, model_folder: Path, tmp_path: Path
) -> None:
    folder = make_tiny_adapter(model_folder, tmp_path / "dora", 5)
    config = folder / "adapter_config.json"
    config.write_text(config.read_text().replace("{", '{"use_dora": true, ', 1))
    with pytest.raises(EngineError, match=r"could not load adapter letters .*DoRA"):
        await adapted._load("letters", 99, folder)


async def test_the_identity_has_model_and_adapter(adapted: InProcessEngine) -> None:
    assert adapted.identity.others == {
        "acme": ModelIdentity("tiny", "a" * 64, "acme", "1" * 64),
        "complaints": ModelIdentity("tiny", "a" * 64, "complaints", "2" * 64),
    }
