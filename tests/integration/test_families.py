"""Every family of models through the real vLLM, loaded as the service loads it, and from the topic to the table."""

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from unittest.mock import patch

import jsonschema
import pytest
import pytest_asyncio
from integration.house import House
from tiny_model import FAMILIES, make_tiny_model

from schemas.document_types import DocumentTypes
from schemas.envelope import decode
from schemas.topics import Topics
from services.delivery.connection import KafkaConnection
from services.delivery.publication import Publication
from services.inference.engines.in_process import InProcessEngine
from services.inference.engines.port import Prompt, Token
from services.models.catalogue import model_from_folder
from services.models.fetch import fetch
from services.models.terms import this_machine
from services.settings import load_settings
from services.storage.database import Database
from services.wiring import load_engine

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(300),
]

CONTEXT_TOKENS = 4096
INSTRUCTION = "Sie lesen die Post eines Büros. " * 40
LETTER = "Rechnung RE-2026-17 vom 05.06.2026, Muster GmbH, Gesamtbetrag 1.190,00 €"
ANSWER = {
    "type": "object",
    "properties": {
        "kind": {"enum": ["invoice", "contract", "letter"]},
        "seller": {"type": "string", "minLength": 3, "maxLength": 20},
        "is_paid": {"type": "boolean"},
        "rows": {"type": "array", "minItems": 2, "maxItems": 3, "items": {"type": "string", "maxLength": 5}},
    },
    "required": ["kind", "seller", "is_paid", "rows"],
    "additionalProperties": False,
}
DIGITS = {
    "type": "object",
    "properties": {"number": {"type": "string", "pattern": "^[0-9]{8}$"}},
    "required": ["number"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module", params=FAMILIES)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a model of the family, and register it as an owner does who brings a folder."""
    data_dir = tmp_path_factory.mktemp(request.param)
    folder = make_tiny_model(data_dir / "tiny", CONTEXT_TOKENS, family=request.param, terse=True)
    fetch(model_from_folder(folder), data_dir / "models")
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(folder: Path) -> AsyncIterator[InProcessEngine]:
    settings = load_settings(
        data_dir=folder.parent,
        model=str(folder),
        engine="in-process",
        context_tokens=CONTEXT_TOKENS,
        kv_cache_gib=0.25,
        max_sequences=4,
    )
    with patch.dict(os.environ):  # the service sets it for its one model; here others come after
        os.environ.pop("VLLM_MLA_DISABLE", None)
        engine = await load_engine(settings, print)
        assert isinstance(engine, InProcessEngine)
        yield engine
        await engine.close()


@pytest_asyncio.fixture(loop_scope="module")
async def house(
    kafka: str,
    topics: Topics,
    migrated_url: str,
    shipped_types: DocumentTypes,
    engine: InProcessEngine,
    tmp_path: Path,
) -> AsyncIterator[House]:
    """Give the three services on the engine's event loop."""
    connection = KafkaConnection(kafka)
    async with Database.open(migrated_url, "postkorb-tests") as database, Publication(connection, "test") as out:
        yield House(connection, topics, database, shipped_types, engine, out, tmp_path)


async def test_an_answer_is_whole_and_satisfies_its_schema(engine: InProcessEngine) -> None:
    generation = await engine.generate(Prompt("whole", INSTRUCTION, LETTER, ANSWER, 200))
    assert generation.finish == "stop"
    jsonschema.validate(json.loads(generation.text, strict=False), ANSWER)
    assert "".join(token.text for token in generation.tokens) == generation.text


async def test_it_computes_in_what_this_machine_computes_fast(engine: InProcessEngine) -> None:
    assert engine.identity.settings["dtype"] == ("bfloat16" if this_machine().computes_halves else "float32")


async def test_what_documents_share_is_computed_once(engine: InProcessEngine) -> None:
    await engine.generate(Prompt("first", INSTRUCTION, LETTER, ANSWER, 200))
    generation = await engine.generate(Prompt("second", INSTRUCTION, f"Mahnung. {LETTER}", ANSWER, 200))
    shared = engine.count_tokens([INSTRUCTION])[0]
    assert shared - 128 < generation.cached_tokens < generation.prompt_tokens  # in whole blocks of 128


async def test_probabilities_are_those_that_transformers_computes(engine: InProcessEngine, folder: Path) -> None:
    """A grammar makes valid JSON of anything: what the network said is seen in the probabilities alone."""
    prompt = Prompt("numbers", INSTRUCTION, LETTER, DIGITS, 40, alternatives=20)
    generation = await engine.generate(prompt)
    ids = engine._texts.prompt_ids(prompt.system, prompt.user)
    differences = differences_to_transformers(folder, ids, generation.tokens)
    assert len(differences) > 40
    assert max(differences) < 0.1


def differences_to_transformers(folder: Path, ids: list[int], tokens: list[Token]) -> list[float]:
    """Compare how much likelier each token was than each that might have stood there: the grammar changes no ratio."""
    import torch  # noqa: PLC0415  (seconds; who deselects these tests does without)
    from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415  (as above)

    tokenizer = AutoTokenizer.from_pretrained(folder)
    ids_of = {tokenizer.decode([number]): number for number in range(len(tokenizer))}
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    answer = [ids_of[token.text] for token in tokens]
    with torch.inference_mode():
        logits = model(torch.tensor([ids + answer])).logits[0, len(ids) - 1 : -1]
    return [
        abs((token.logprob - logprob) - float(row[chosen] - row[ids_of[other]]))
        for token, row, chosen in zip(tokens, logits, answer, strict=True)
        for other, logprob in token.alternatives
        if '"' not in (token.text, other)  # pulled up far beyond what bfloat16 resolves
    ]


async def test_a_document_goes_from_the_topic_to_the_table(house: House, engine: InProcessEngine) -> None:
    async with house.running():
        await house.submit("letter", LETTER, tenant="acme")
        result = await house.row("SELECT * FROM postkorb.results WHERE document_id = 'letter'")
        view = house.types[result.document_type].view
        await house.row(f"SELECT * FROM postkorb.{view} WHERE document_id = 'letter'")  # noqa: S608  (of a type that ships)
        (event,) = await house.events(house.topics.processed, 1)
    said = decode(event.value, event.headers).data
    assert said["document_type"] == result.document_type
    assert said["provenance"]["model"] == engine.identity.model == result.model
    assert said["provenance"]["model_sha256"] == engine.identity.model_sha256
    assert said["provenance"]["pipeline_id"] == result.pipeline_id
    assert await house.query("SELECT FROM postkorb.failures") == []
