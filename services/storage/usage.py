"""What documents took of the engine: written a try at a time, asked by type."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.storage.records import NewUsage
from services.storage.tables import costs, usage
from services.storage.unnest import insert_rows


@dataclass(frozen=True, slots=True)
class CostSelection:
    """Which days, in UTC, and whose documents; what is None leaves all in.

    Parameters
    ----------
    since, until
        First and last day.
    """

    since: date | None = None
    until: date | None = None
    tenant: str | None = None


@dataclass(frozen=True, slots=True)
class TypeCost:
    """What the documents of one type took, and its price at the prices of the time.

    Parameters
    ----------
    document_type
        None: tries that gave no answer.
    documents
        Documents answered, or tries.
    money
        None where no price was set.
    """

    document_type: str | None
    currency: str | None
    documents: int
    pages: int
    pages_read: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    engine_seconds: float
    money: Decimal | None


async def record_usage(connection: AsyncConnection, given: Sequence[NewUsage]) -> None:
    """Write what tries took; the same try is written once."""
    await insert_rows(connection, usage, [_row(item) for item in given])


async def costs_by_type(connection: AsyncConnection, selection: CostSelection) -> list[TypeCost]:
    """Add up what was taken by document type and currency, those with the most engine time first."""
    summed = [costs.c[name] for name in TypeCost.__dataclass_fields__ if name not in {"document_type", "currency"}]
    columns = [_sum(item).label(item.name) for item in summed]
    statement = (
        select(costs.c.document_type, costs.c.currency, *columns)
        .where(*_conditions(selection))
        .group_by(costs.c.document_type, costs.c.currency)
        .order_by(func.sum(costs.c.engine_seconds).desc(), costs.c.document_type)
    )
    return [TypeCost(**row) for row in (await connection.execute(statement)).mappings()]


def _sum(item: ColumnElement[Any]) -> ColumnElement[Any]:
    whole = isinstance(item.type, BigInteger)  # sums of these are numeric
    return func.sum(item).cast(BigInteger) if whole else func.sum(item)


def _conditions(selection: CostSelection) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if selection.since is not None:
        conditions.append(costs.c.day >= selection.since)
    if selection.until is not None:
        conditions.append(costs.c.day <= selection.until)
    if selection.tenant is not None:
        conditions.append(costs.c.tenant == selection.tenant)
    return conditions


def _row(item: NewUsage) -> dict[str, Any]:
    row = {name: getattr(item, name) for name in NewUsage.__dataclass_fields__ if name != "price"}
    price = item.price
    return row | {"hourly_price": price and price.hourly, "currency": price and price.currency}
