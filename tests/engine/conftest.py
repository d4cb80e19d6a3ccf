"""The tiny model, and the real vLLM that runs it."""

import weakref
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from tiny_model import make_tiny_model

from services.inference.engines.in_process import InProcessConfig, InProcessEngine

MODEL_NAME = "tiny"
CONTEXT_TOKENS = 2048


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_model(tmp_path_factory.mktemp("model"), CONTEXT_TOKENS)


@pytest.fixture(scope="session")
def config(model_folder: Path) -> InProcessConfig:
    return InProcessConfig(
        model_name=MODEL_NAME,
        folder=model_folder,
        model_sha256="a" * 64,
        context_tokens=CONTEXT_TOKENS,
        kv_cache_gib=0.25,
        max_sequences=8,
        max_batched_tokens=1024,
    )


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def engine(config: InProcessConfig) -> AsyncIterator[InProcessEngine]:
    """Load the engine under test once a file: the last test of one kills it."""
    loaded = InProcessEngine.load(config)
    yield loaded
    started = weakref.ref(loaded._llm)
    await loaded.close()
    assert started() is None, "something still has it: its finaliser fails at the interpreter's end, for all to see"
