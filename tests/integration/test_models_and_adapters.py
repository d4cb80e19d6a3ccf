"""The real vLLM from topic to table: adapters and a second model at once, and another model by one setting."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from integration.house import House, until
from tiny_model import make_tiny_adapter, make_tiny_model
from typer.testing import CliRunner
from vllm_server import vllm_servers

from schemas.envelope import decode
from services.cli.main import app
from services.models.catalogue import load_catalogue
from services.models.fetch import fetch, fetched
from services.settings import Settings
from services.storage.replay import ReplaySelection, replay
from services.wiring import load_engine, routing_of

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

CONTEXT_TOKENS = 8192
SECONDS = 240
LETTERS = ["Rechnung 4711 über 1.234,56 €", "Dear Sir or Madam, our invoice no. 2026-0815", "Mahnung"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make two models that answer briefly, and two adapters of the first."""
    folder = tmp_path_factory.mktemp("models")
    own = make_tiny_model(folder / "own", CONTEXT_TOKENS, terse=True)
    make_tiny_model(folder / "other", CONTEXT_TOKENS, terse=True, seed=8)
    for seed, name in enumerate(("acme", "bolt"), start=1):
        make_tiny_adapter(own, folder / name, seed, size=3)
    return folder


@pytest.fixture
def settings(folder: Path, tmp_path: Path) -> Settings:
    return Settings(
        engine="in-process",
        model=str(folder / "own"),
        data_dir=tmp_path / "data",
        context_tokens=CONTEXT_TOKENS,
        kv_cache_gib=0.25,
    )


@asynccontextmanager
async def running(house: House, settings: Settings) -> AsyncIterator[None]:
    """Bring and load what the settings name, and let the house ask it."""
    house.routing = routing_of(settings)
    for entry in (load_catalogue().find(settings.model), *house.routing.routes.adapters()):
        fetch(entry, settings.models_folder)
    engine = await load_engine(settings, lambda _: None, house.routing.routes)
    house.engine = cast("Any", engine)
    house.limits = replace(house.limits, ask_seconds=SECONDS)
    house.calibration = house.calibration.model_copy(update={"other_below": 0.0})  # random weights are sure of nothing
    try:
        async with house.running():
            yield
    finally:
        await engine.close()


async def answered(house: House, count: int, pipelines: int = 1) -> dict[str, Any]:
    """Wait until so many documents have answers, of so many pipelines together."""

    async def all_are() -> bool:
        failed = await house.query("SELECT * FROM postkorb.failures")
        assert not failed
        return len(await house.query("SELECT 1 FROM postkorb.answers")) == count * pipelines

    await until(all_are, SECONDS)
    return {row.document_id: row for row in await house.query("SELECT * FROM postkorb.results")}


def routes(folder: Path, url: str, types: list[str]) -> str:
    """Give three tenants a model or an adapter each, and a fourth one by document type."""
    models = {name: {"adapter": {"kind": "folder", "path": str(folder / name)}} for name in ("acme", "bolt")}
    by_type = [
        {"tenant": "mixed", "document_type": name, "model": ("acme", "tiny")[number % 2]}
        for number, name in enumerate(types)
    ]
    by_tenant = [{"tenant": name, "model": name} for name in ("acme", "bolt", "tiny")]
    return json.dumps({"models": {**models, "tiny": {"urls": [url]}}, "routes": [*by_tenant, *by_type]})


async def test_tenants_and_types_have_their_models_and_adapters_in_one_deployment(
    house: House, settings: Settings, folder: Path, tmp_path: Path
):
    async with vllm_servers(folder / "other", CONTEXT_TOKENS) as (server,):
        settings = settings.model_copy(update={"routes": tmp_path / "routes.yaml"})
        (tmp_path / "routes.yaml").write_text(routes(folder, server.url, list(house.types)), "utf-8")
        async with running(house, settings):
            tenants = ("acme", "bolt", "tiny", "mixed", "default")
            for number, text in enumerate(LETTERS):
                for tenant in tenants:
                    await house.submit(f"{tenant}-{number}", text, tenant=tenant)
            rows = await answered(house, len(LETTERS) * len(tenants))
            events = await house.events(house.topics.processed, len(rows))
    hashes = {entry.name: fetched(entry, settings.models_folder).sha256 for entry in house.routing.routes.adapters()}
    expected = {}
    for document_id, row in rows.items():
        read_by = house.routing.routes.model_for(row.tenant, row.document_type)
        assert (read_by is None) == (row.tenant == "default")
        expected[document_id] = ("tiny", None) if read_by == "tiny" else ("folder-own", read_by)
    assert {name: (row.model, row.adapter) for name, row in rows.items()} == expected
    adapters_of_batch: dict[Any, set[str]] = {}
    for row in rows.values():
        adapters_of_batch.setdefault(row.batch_id, set()).add(row.adapter or row.model)
    assert max(map(len, adapters_of_batch.values())) > 1
    said = {data["document_id"]: data["provenance"] for data in (decode(e.value, e.headers).data for e in events)}
    assert {name: (item["model"], item["adapter"]) for name, item in said.items()} == expected
    assert {name: item["adapter_sha256"] for name, item in said.items()} == {
        name: hashes.get(adapter) for name, (_, adapter) in expected.items()
    }
    (pipeline,) = await house.query("SELECT model, settings -> 'routing' -> 'models' AS models FROM postkorb.pipelines")
    assert (pipeline.model, pipeline.models["tiny"]["model_sha256"]) == ("folder-own", "remote:tiny")
    assert {name: item["adapter_sha256"] for name, item in pipeline.models.items() if item["adapter"]} == hashes


async def test_another_model_is_one_setting_and_old_answers_stay(
    house: House, settings: Settings, folder: Path, migrated_url: str, monkeypatch: pytest.MonkeyPatch
):
    async with running(house, settings):
        for number, text in enumerate(LETTERS):
            await house.submit(f"letter-{number}", text)
        before = await answered(house, len(LETTERS))
    async with running(house, settings.model_copy(update={"model": str(folder / "other")})):
        upto = max(row.document_key for row in await house.query("SELECT document_key FROM postkorb.documents"))
        assert [part async for part in replay(house.database, ReplaySelection(), house.topics, upto)] == [len(LETTERS)]
        after = await answered(house, len(LETTERS), pipelines=2)
    assert {row.model for row in before.values()} == {"folder-own"}
    assert {row.model for row in after.values()} == {"folder-other"}
    (old,), (new,) = ({row.pipeline_id for row in rows.values()} for rows in (before, after))
    monkeypatch.setenv("POSTKORB_DATABASE_URL", migrated_url.replace("+asyncpg", ""))
    monkeypatch.setenv("POSTKORB_KAFKA_BOOTSTRAP_SERVERS", "nobody:1")
    result = await asyncio.to_thread(CliRunner().invoke, app, ["compare", old, new, "--json"])
    compared = json.loads(result.stdout)
    assert compared["agreement"]["documents"] == len(LETTERS)
