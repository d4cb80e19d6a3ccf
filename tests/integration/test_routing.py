"""Several models in one deployment: each answer says which of them read it, and one that is away takes nobody along."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from integration.house import House, until
from scripted import ScriptedEngine, letter
from typer.testing import CliRunner

from schemas.envelope import decode
from services.cli.main import app
from services.delivery.retrying import RetryPolicy
from services.inference.engines.port import EngineAwayError, EngineIdentity, Generation, ModelIdentity, Prompt
from services.inference.engines.routed import RoutedEngine
from services.inference.routes import Routing, read_routes
from services.storage.queries import results
from services.storage.replay import ReplaySelection, replay

INVOICE = letter("invoice", invoice_number="RE-1", issue_date="05.06.2018", seller_name="M", gross_total="1,00 €")
ROUTES = """
models:
  acme-invoices: {}
  medical: {urls: ["http://medical"]}
routes:
  - {tenant: acme, document_type: invoice, model: acme-invoices}
  - {document_type: medical_report, model: medical}
"""
ADAPTED = ModelIdentity("scripted", "0" * 64, "acme-invoices", "a" * 64)


class OneMore(ScriptedEngine):
    """Another model, which may be away."""

    def __init__(self) -> None:
        super().__init__()
        self.identity = EngineIdentity("medical", "m" * 64, {}, {"medical": ModelIdentity("medical", "m" * 64)})
        self.is_away = False
        self.tries = 0

    async def generate(self, prompt: Prompt) -> Generation:
        self.tries += 1
        if self.is_away:
            message = "no server answers"
            raise EngineAwayError(message)
        return await super().generate(prompt)


def routed(house: House) -> OneMore:
    """Let the house have an engine with an adapter, and a second engine beside it."""
    own, other = house.engine, OneMore()
    own.identity = EngineIdentity("scripted", "0" * 64, {}, others={"acme-invoices": ADAPTED})
    house.engine = cast("Any", RoutedEngine(own, {"medical": other}))
    house.routing = Routing(read_routes(ROUTES, house.types))
    return other


async def test_each_answer_says_which_model_and_adapter_read_it(house: House):
    routed(house)
    async with house.running():
        await house.submit("by-adapter", INVOICE, tenant="acme")
        await house.submit("by-other", letter("medical_report"), tenant="acme")
        await house.submit("by-own", INVOICE, tenant="other")
        rows = await house.rows("SELECT document_id, model, adapter, pipeline_id FROM postkorb.results", 3)
        events = await house.events(house.topics.processed, 3)
    read_by = {row.document_id: (row.model, row.adapter) for row in rows}
    assert read_by == {
        "by-adapter": ("scripted", "acme-invoices"),
        "by-other": ("medical", None),
        "by-own": ("scripted", None),
    }
    assert len({row.pipeline_id for row in rows}) == 1
    told = await house.database.in_transaction(results)
    assert {row.document_id: (row.model, row.adapter) for row in told} == read_by
    said = {data["document_id"]: data["provenance"] for data in (decode(e.value, e.headers).data for e in events)}
    hashes = {
        name: (item["model"], item["model_sha256"], item.get("adapter"), item.get("adapter_sha256"))
        for name, item in said.items()
    }
    assert hashes == {
        "by-adapter": ("scripted", "0" * 64, "acme-invoices", "a" * 64),
        "by-other": ("medical", "m" * 64, None, None),
        "by-own": ("scripted", "0" * 64, None, None),
    }
    (kept,) = await house.query("SELECT settings -> 'routing' -> 'models' AS models FROM postkorb.pipelines")
    assert kept.models["acme-invoices"]["adapter_sha256"] == "a" * 64


async def test_documents_of_a_model_that_is_away_wait_for_it_and_the_others_go_on(house: House):
    house.retries = RetryPolicy(1, timedelta(milliseconds=50), timedelta(milliseconds=200))
    other = routed(house)
    other.is_away = True
    async with house.running():
        await house.submit("waits", letter("medical_report"))

        async def often_tried() -> bool:
            return other.tries > 3

        await until(often_tried)
        for number in range(12):
            await house.submit(f"goes-on-{number}", INVOICE)
        await house.rows("SELECT 1 FROM postkorb.results", 12)
        other.is_away = False
        waited = await house.row("SELECT model FROM postkorb.results WHERE document_id = 'waits'")
    assert waited.model == "medical"
    assert await house.query("SELECT 1 FROM postkorb.failures") == []


class Misreading(ScriptedEngine):
    """A new model, which takes one number for the other."""

    def __init__(self) -> None:
        super().__init__()
        self.identity = EngineIdentity("another", "1" * 64, {})

    async def generate(self, prompt: Prompt) -> Generation:
        return await super().generate(replace(prompt, user=prompt.user.replace("RE-1", "RE-2")))


async def test_after_a_switch_old_answers_stay_and_compare_shows_the_fields_that_differ(
    house: House, migrated_url: str, monkeypatch: pytest.MonkeyPatch
):
    async with house.running():
        await house.submit("inv-1", INVOICE + "\nOur order: RE-2")
        before = await house.row("SELECT * FROM postkorb.results")
    house.engine = Misreading()
    async with house.running():
        handed_in = replay(house.database, ReplaySelection(), house.topics, upto=1)
        assert [part async for part in handed_in] == [1]
        after = await house.row("SELECT * FROM postkorb.results WHERE model = 'another'")
    kept = await house.query("SELECT pipeline_id FROM postkorb.answers ORDER BY answer_key")
    assert [row.pipeline_id for row in kept] == [before.pipeline_id, after.pipeline_id]
    monkeypatch.setenv("POSTKORB_DATABASE_URL", migrated_url.replace("+asyncpg", ""))
    monkeypatch.setenv("POSTKORB_KAFKA_BOOTSTRAP_SERVERS", "nobody:1")
    compare = ["compare", before.pipeline_id, after.pipeline_id, "--json"]
    said = json.loads((await asyncio.to_thread(CliRunner().invoke, app, compare)).stdout)
    assert said["agreement"]["differing_documents"] == 1
    assert [(item["path"], item["first"], item["second"]) for item in said["differences"]] == [
        ("invoice_number", "RE-1", "RE-2")
    ]
