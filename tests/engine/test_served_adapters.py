"""Adapters of vLLM's own server: asked for by name, and not used at all where the server mixes them up."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from tiny_model import make_tiny_adapter
from vllm_server import vllm_servers

from services.inference.engines.canary import CanaryError
from services.inference.engines.port import ModelIdentity, Prompt
from services.inference.engines.remote import RemoteConfig, RemoteEngine

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

SCHEMA = {"type": "object", "properties": {"a": {"type": "string", "maxLength": 30}}, "required": ["a"]}
CONTEXT = 1024


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def url(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Serve the tiny model with an adapter, and with one that changes nothing."""
    folder = tmp_path_factory.mktemp("adapters")
    acme = make_tiny_adapter(model_folder, folder / "acme", 1)
    blank = make_tiny_adapter(model_folder, folder / "blank", 2, size=0)
    options = ("--enable-lora", "--max-lora-rank", "8", "--max-loras", "2", "--lora-modules")
    async with vllm_servers(model_folder, CONTEXT, *options, f"acme={acme}", f"blank={blank}") as (served,):
        yield served.url


def prompt(number: int, model: str | None = None) -> Prompt:
    return Prompt(f"served-{number}", "Sie lesen die Post eines Büros.", "Grüße", SCHEMA, 20, model=model)


async def texts(engine: RemoteEngine, *models: str | None) -> list[str]:
    """Ask several models at once."""
    asked = (engine.generate(prompt(number, model)) for number, model in enumerate(models))
    return [generation.text for generation in await asyncio.gather(*asked)]


async def test_a_server_whose_model_answers_for_itself_beside_adapters_is_used_and_no_other(url: str) -> None:
    plain = await RemoteEngine.connect(RemoteConfig([url], "tiny"))
    (alone,) = await texts(plain, None)
    mixed = await texts(plain, *[None, "acme"] * 4)
    await plain.close()
    config = RemoteConfig([url], "tiny", others=["acme"])
    if set(mixed[::2]) == {alone}:  # a build without the fault
        await (await RemoteEngine.connect(config)).close()
    else:
        with pytest.raises(CanaryError, match="tiny answers otherwise beside other models"):
            await RemoteEngine.connect(config)


async def test_with_a_blank_adapter_for_the_model_itself_every_answer_is_its_own(url: str) -> None:
    engine = await RemoteEngine.connect(RemoteConfig([url], "blank", others=["acme"]))
    assert engine.identity.others == {"acme": ModelIdentity("tiny", "remote:tiny", "acme", "remote:acme")}
    alone = [(await texts(engine, model))[0] for model in (None, "acme")]
    plain = await RemoteEngine.connect(RemoteConfig([url], "tiny"))
    assert (await texts(plain, None))[0] == alone[0] != alone[1]
    assert await texts(engine, *[None, "acme"] * 4) == alone * 4
    await plain.close()
    await engine.close()
