"""What documents took of the engine, and what that costs."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from integration.storage import stored as given
from sqlalchemy import func, select, text

from services.storage.analyst import analyst_rows
from services.storage.answers import ensure_pipeline
from services.storage.database import Database
from services.storage.records import NewUsage, Pipeline, Price
from services.storage.tables import usage
from services.storage.usage import CostSelection, TypeCost, costs_by_type, record_usage

DAY = given.MOMENT.date()


def used(document_key: int = 1, **changes: Any) -> NewUsage:
    return given.used(document_key, given.batch(), **changes)


@pytest.fixture
async def database(database: Database) -> Database:
    """Give a database that knows two pipelines."""
    async with database.transaction() as connection:
        await ensure_pipeline(connection, given.PIPELINE)
        await ensure_pipeline(connection, Pipeline("pipeline-2", "llama", "e" * 64, {}))
    return database


async def _record(database: Database, *items: NewUsage) -> None:
    async with database.transaction() as connection:
        await record_usage(connection, items)


async def _costs(database: Database) -> list[dict[str, Any]]:
    query = "SELECT * FROM postkorb.costs ORDER BY day, tenant, document_type, pipeline_id, currency"
    async with database.transaction() as connection:
        return await analyst_rows(connection, query)


async def _by_type(database: Database, selection: CostSelection = CostSelection()) -> list[TypeCost]:  # noqa: B008  (frozen)
    async with database.transaction() as connection:
        return await costs_by_type(connection, selection)


async def test_an_analyst_sees_what_a_day_took_by_tenant_type_and_pipeline_and_what_a_page_costs(
    database: Database,
) -> None:
    await _record(database, used(1), used(2, pages=4, pages_read=4, engine_seconds=26.0, prompt_tokens=1500))
    [row] = await _costs(database)
    assert row == {
        "day": DAY,
        "tenant": "default",
        "document_type": "invoice",
        "pipeline_id": "pipeline-1",
        "model": "qwen",
        "documents": 2,
        "pages": 6,
        "pages_read": 5,
        "prompt_tokens": 2000,
        "cached_tokens": 400,
        "completion_tokens": 80,
        "engine_seconds": 36.0,
        "engine_seconds_per_page": 6.0,
        "money": Decimal("0.0036"),
        "money_per_page": Decimal("0.0006"),
        "currency": "EUR",
    }


async def test_days_tenants_types_pipelines_and_currencies_are_kept_apart(database: Database) -> None:
    later = given.MOMENT + timedelta(days=1)
    await _record(
        database,
        used(1),
        used(2, ended_at=later),
        used(3, tenant="acme"),
        used(4, document_type="contract"),
        used(5, pipeline_id="pipeline-2"),
        used(6, price=Price(Decimal(1), "CHF")),
        used(7, price=None),
    )
    rows = await _costs(database)
    assert len(rows) == 7
    assert {(row["day"], row["tenant"], row["document_type"], row["model"], row["currency"]) for row in rows} == {
        (DAY, "default", "invoice", "qwen", "EUR"),
        (later.date(), "default", "invoice", "qwen", "EUR"),
        (DAY, "acme", "invoice", "qwen", "EUR"),
        (DAY, "default", "contract", "qwen", "EUR"),
        (DAY, "default", "invoice", "llama", "EUR"),
        (DAY, "default", "invoice", "qwen", "CHF"),
        (DAY, "default", "invoice", "qwen", None),
    }
    [unpriced] = [row for row in rows if row["currency"] is None]
    assert (unpriced["money"], unpriced["money_per_page"], unpriced["engine_seconds"]) == (None, None, 10.0)


async def test_what_was_taken_for_nothing_is_shown_and_has_no_price_by_page(database: Database) -> None:
    await _record(database, used(1), used(2, document_type=None, engine_seconds=5.0))
    nothing = (await _costs(database))[-1]
    assert (nothing["document_type"], nothing["documents"], nothing["engine_seconds"]) == (None, 1, 5.0)
    assert (nothing["money"], nothing["money_per_page"]) == (Decimal("0.0005"), None)
    assert nothing["engine_seconds_per_page"] is None


async def test_a_try_that_is_recorded_again_costs_nothing_twice(database: Database) -> None:
    once = used(1)
    await _record(database, once, used(2))
    await _record(database, once)
    [row] = await _costs(database)
    assert row["documents"] == 2


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
async def test_a_day_is_one_in_utc_whoever_asks(database: Database, zone: str) -> None:
    last = datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC)
    await _record(database, used(1, ended_at=last), used(2, ended_at=last + timedelta(seconds=1)))
    async with database.transaction() as connection:
        await connection.execute(text(f"SET LOCAL TIME ZONE '{zone}'"))
        days = await connection.scalars(text("SELECT day FROM postkorb.costs ORDER BY day"))
        assert days.all() == [date(2026, 3, 31), date(2026, 4, 1)]


async def test_a_document_that_goes_leaves_what_it_cost(database: Database) -> None:
    key = await given.process(database, given.document())
    await _record(database, used(key))
    async with database.transaction() as connection:
        await connection.execute(text("DELETE FROM postkorb.documents"))
        assert await connection.scalar(select(func.count()).select_from(usage)) == 1


async def test_costs_are_added_up_by_type_over_days_and_pipelines_the_dearest_first(database: Database) -> None:
    await _record(
        database,
        used(1),
        used(2, ended_at=given.MOMENT + timedelta(days=3), pipeline_id="pipeline-2"),
        used(3, document_type="contract", engine_seconds=100.0, tenant="acme"),
        used(4, document_type=None, engine_seconds=1.0, price=None),
    )
    every = await _by_type(database)
    assert [(row.document_type, row.documents, row.engine_seconds, row.money) for row in every] == [
        ("contract", 1, 100.0, Decimal("0.01")),
        ("invoice", 2, 20.0, Decimal("0.002")),
        (None, 1, 1.0, None),
    ]
    assert (every[1].pages, every[1].prompt_tokens, every[1].currency) == (4, 1000, "EUR")
    assert [type(value) for value in (every[1].documents, every[1].pages, every[1].prompt_tokens)] == [int, int, int]


@pytest.mark.parametrize(
    ("selection", "keys"),
    [
        (CostSelection(), 3),
        (CostSelection(since=DAY + timedelta(days=1)), 1),
        (CostSelection(until=DAY), 2),
        (CostSelection(since=DAY, until=DAY), 2),
        (CostSelection(tenant="acme"), 1),
        (CostSelection(since=DAY + timedelta(days=9)), 0),
    ],
)
async def test_a_selection_is_by_day_and_tenant(database: Database, selection: CostSelection, keys: int) -> None:
    await _record(database, used(1), used(2, tenant="acme"), used(3, ended_at=given.MOMENT + timedelta(days=1)))
    assert sum(row.documents for row in await _by_type(database, selection)) == keys
