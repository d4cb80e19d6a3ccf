"""What documents take of the engine on their whole way: it is all there, and adds up."""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from integration.house import House, until
from integration.storage import stored as given
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from scripted import INVALID, ScriptedEngine, letter
from typer.testing import CliRunner

from services.cli.main import app
from services.inference.engines.port import Generation, Prompt
from services.storage.answers import ensure_pipeline
from services.storage.database import Database
from services.storage.usage import record_usage
from services.telemetry import names

INVOICE = {"document_type": "invoice", "invoice_number": "RE-2026-17", "gross_total": "1.190,00 €"}
CONTRACT = {"document_type": "contract", "subject": "Wartung der Heizung"}


class WatchedEngine(ScriptedEngine):
    """Knows for how long it had something to do, and what it answered; waits with its answers if told to."""

    def __init__(self) -> None:
        super().__init__(seconds=0.05)
        self.busy = 0.0
        self.answered: list[Generation] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self._inside = 0
        self._since = 0.0

    async def is_at_work(self) -> bool:
        """Say whether it was asked and has not answered yet."""
        return self._inside > 0

    async def generate(self, prompt: Prompt) -> Generation:
        if self._inside == 0:
            self._since = time.monotonic()
        self._inside += 1
        try:
            await self.may_answer.wait()
            generation = await super().generate(prompt)
        finally:
            self._inside -= 1
            if self._inside == 0:
                self.busy += time.monotonic() - self._since
        self.answered.append(generation)
        return generation


@pytest.fixture
def engine(house: House) -> WatchedEngine:
    house.engine = WatchedEngine()
    return house.engine


async def test_the_shares_of_the_documents_add_up_to_the_time_and_the_tokens_of_the_engine(
    house: House, engine: WatchedEngine
):
    began = time.monotonic()
    async with house.running():
        for number in range(6):
            await house.submit(f"inv-{number}", letter(**INVOICE, n="x" * number), tenant="acme")
        await house.submit("contract", letter(**CONTRACT))
        await house.submit("invalid", letter(**INVOICE, n=INVALID))
        await house.rows("SELECT * FROM postkorb.results", 7)
        await house.row("SELECT * FROM postkorb.failures")
    passed = time.monotonic() - began
    rows = await house.query("SELECT * FROM postkorb.usage")
    assert len(rows) == 7 + house.retries.attempts
    assert sum(row.engine_seconds for row in rows) == pytest.approx(engine.busy, rel=0.02)
    assert engine.busy < passed
    assert sum(row.prompt_tokens for row in rows) == sum(item.prompt_tokens for item in engine.answered)
    assert sum(row.completion_tokens for row in rows) == sum(item.completion_tokens for item in engine.answered)
    assert all(row.engine_seconds > 0 for row in rows)
    costs = {(row.tenant, row.document_type): row for row in await house.query("SELECT * FROM postkorb.costs")}
    assert {key: row.documents for key, row in costs.items()} == {
        ("acme", "invoice"): 6,
        ("default", "contract"): 1,
        ("default", None): house.retries.attempts,
    }
    money = float(sum(row.money for row in costs.values()))
    assert money == pytest.approx(engine.busy * 0.36 / 3600, rel=0.02)


async def test_the_metrics_say_the_same_as_sql(house: House, engine: WatchedEngine):
    async with house.running():
        await house.submit("inv", letter(**INVOICE))
        await house.submit("contract", letter(**CONTRACT))
        await house.submit("invalid", letter(**INVOICE, n=INVALID))
        await house.rows("SELECT * FROM postkorb.results", 2)
        await house.row("SELECT * FROM postkorb.failures")
    assert engine.busy > 0
    rows = await house.query("SELECT * FROM postkorb.costs")
    seconds = {row.document_type or names.NO_TYPE: row.engine_seconds for row in rows}
    prompts = {row.document_type or names.NO_TYPE: row.prompt_tokens for row in rows}
    pages = {row.document_type: row.pages for row in rows if row.document_type}
    assert _by_type(house.reader, names.ENGINE_TIME) == pytest.approx(seconds)
    assert _by_type(house.reader, names.ENGINE_TOKENS, {names.GEN_AI_TOKEN_TYPE: "input"}) == prompts
    assert _by_type(house.reader, names.PAGES) == pages == {"invoice": 1, "contract": 1}
    money = {row.document_type or names.NO_TYPE: float(row.money) for row in rows}
    assert set(money) == {"invoice", "contract", names.NO_TYPE}
    assert _by_type(house.reader, names.ENGINE_COST, {names.CURRENCY: "EUR"}) == pytest.approx(money)


async def test_without_a_price_no_metric_tells_money(house: House, engine: WatchedEngine):
    house.price = None
    async with house.running():
        await house.submit("inv", letter(**INVOICE))
        await house.row("SELECT * FROM postkorb.results")
    assert engine.busy > 0
    assert _by_type(house.reader, names.ENGINE_TIME)
    assert _by_type(house.reader, names.ENGINE_COST) == {}


async def test_an_answer_that_comes_too_late_to_be_recorded_is_paid_for_nothing(house: House, engine: WatchedEngine):
    engine.may_answer.clear()
    async with house.running():
        await house.submit("inv", letter(**INVOICE))
        await until(engine.is_at_work)
        await house.submit("inv", letter(**INVOICE, newer="content"))
        await house.row("SELECT * FROM postkorb.documents WHERE version = 2")
        engine.may_answer.set()
        await house.rows("SELECT * FROM postkorb.usage", 2)
    rows = await house.query("SELECT document_type, documents FROM postkorb.costs ORDER BY document_type")
    assert [tuple(row) for row in rows] == [("invoice", 1), (None, 1)]


def _by_type(reader: InMemoryMetricReader, name: str, labels: dict[str, Any] | None = None) -> dict[str, float]:
    data = reader.get_metrics_data()
    found: dict[str, float] = defaultdict(float)
    for metric in data.resource_metrics[0].scope_metrics[0].metrics:
        for point in metric.data.data_points if metric.name == name else ():
            if (labels or {}).items() <= point.attributes.items():
                found[point.attributes[names.DOCUMENT_TYPE]] += point.value
    return dict(found)


@pytest.fixture
async def answered(database: Database) -> Database:
    """Give a database with what two types took this day, and a year ago, and with a try for nothing."""
    now, of_batch = datetime.now(UTC), given.batch()
    invoice = given.used(1, of_batch, ended_at=now, engine_seconds=36.0)
    more = (
        replace(invoice, document_key=2, document_type="contract", price=None, engine_seconds=72.0, pages=9),
        replace(invoice, document_key=3, document_type=None, tenant="acme"),
        replace(invoice, document_key=4, ended_at=now - timedelta(days=365)),
    )
    async with database.transaction() as connection:
        await ensure_pipeline(connection, given.PIPELINE)
        await record_usage(connection, [invoice, *more])
    return database


@pytest.fixture
def command(migrated_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Awaitable[str]]:
    """Run `postkorb costs` on this database; nothing here needs a broker."""
    monkeypatch.chdir(tmp_path)
    settings = {"DATABASE_URL": migrated_url, "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "DATA_DIR": str(tmp_path)}
    environment = {f"POSTKORB_{name}": value for name, value in settings.items()}

    async def run(*options: str) -> str:
        done = await asyncio.to_thread(CliRunner().invoke, app, ["costs", *options], env=environment)
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


@pytest.mark.usefixtures("answered")
async def test_the_command_tells_the_last_thirty_days_by_type_and_a_total(command: Callable[..., Awaitable[str]]):
    said = await command()
    contract, invoice, nothing, every = (line.split("│")[1:-1] for line in said.splitlines() if line.startswith("│"))
    assert [cells[0].strip() for cells in (contract, invoice, nothing, every)] == [
        "contract",
        "invoice",
        "(no answer)",
        "total",
    ]
    assert [cell.strip() for cell in invoice[6:]] == ["0:00:36", "18.0", "0.00 EUR", "0.00180 EUR"]
    assert [cell.strip() for cell in nothing[6:]] == ["0:00:36", "", "0.00 EUR", ""]
    assert [cell.strip() for cell in every[1:3]] == ["2", "11"]
    assert "0:01:12 of engine time had no price" in said


@pytest.mark.usefixtures("answered")
async def test_the_command_selects_prices_anew_and_speaks_json(command: Callable[..., Awaitable[str]]):
    said = json.loads(await command("--json", "--tenant", "default", "--since", "400d", "--hourly-price", "100"))
    found = {item["document_type"]: item for item in said["costs"]}
    assert {name: item["documents"] for name, item in found.items()} == {"contract": 1, "invoice": 2}
    assert float(found["invoice"]["money"][""]) == pytest.approx(2)
    assert float(found["contract"]["money_per_page"][""]) == pytest.approx(2 / 9)
    assert "nothing was answered" in await command("--since", "2001-01-01", "--until", "2001-02-01")
