"""What documents cost: engine time, tokens and money, by document type."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Final

import typer

from services.cli.measuring import HourlyPrice
from services.cli.moments import read_moment
from services.cli.output import AsJson, console, print_json, table_of
from services.settings import load_settings
from services.storage.usage import CostSelection, TypeCost, costs_by_type
from services.wiring import connected, database_of

DAYS: Final = 30
NO_ANSWER: Final = "(no answer)"

AMOUNTS: Final = ("documents", "pages", "pages_read", "prompt_tokens", "cached_tokens", "completion_tokens")


@dataclass(frozen=True, slots=True)
class Cost:
    """What the documents of a type, or all of them, took, and its price.

    Parameters
    ----------
    document_type
        None: tries that gave no answer.
    money
        By currency; the currency is empty where the price came with the command.
    unpriced_seconds
        Those of the engine seconds that passed while no price was set.
    """

    document_type: str | None
    documents: int
    pages: int
    pages_read: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    engine_seconds: float
    money: Mapping[str, Decimal]
    unpriced_seconds: float

    @property
    def has_pages(self) -> bool:
        """Whether there is a page that was answered."""
        return self.document_type is not None and self.pages > 0

    @property
    def money_per_page(self) -> dict[str, Decimal]:
        """The price by page; nothing where there is none."""
        return {currency: amount / self.pages for currency, amount in self.money.items()} if self.has_pages else {}


def costs(
    *,
    tenant: Annotated[str | None, typer.Option(help="Only this tenant's documents.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            parser=read_moment, metavar="TIME", help=f"From this day (UTC) on, or an age like 7d; default {DAYS} days."
        ),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(parser=read_moment, metavar="TIME", help="Up to this day, and with it.")
    ] = None,
    hourly_price: HourlyPrice = None,
    as_json: AsJson = False,
) -> None:
    """Show what documents took of the engine, and its price, by document type.

    Prices are those that POSTKORB_HOURLY_PRICE had at the time; --hourly-price puts one on all of it instead.
    """
    first = since or datetime.now(UTC) - timedelta(days=DAYS)
    selection = CostSelection(_day(first), until and _day(until), tenant)
    found = priced(asyncio.run(_ask(selection)), hourly_price)
    if as_json:
        print_json({"since": selection.since, "until": selection.until, "costs": [_as_json(item) for item in found]})
    elif found:
        _print(found, selection)
    else:
        console.print("nothing was answered in that time")


def priced(rows: Iterable[TypeCost], hourly_price: float | None) -> list[Cost]:
    """Put the currencies of a type together, those with the most engine time first.

    Parameters
    ----------
    hourly_price
        In the place of the prices of the time; None: those.
    """
    by_type: dict[str | None, list[TypeCost]] = defaultdict(list)
    for row in rows:
        by_type[row.document_type].append(row)
    found = [_cost(kind, of_type, hourly_price) for kind, of_type in by_type.items()]
    return sorted(found, key=lambda item: (item.document_type is None, -item.engine_seconds))


def _cost(kind: str | None, rows: Sequence[TypeCost], hourly_price: float | None) -> Cost:
    seconds = sum(row.engine_seconds for row in rows)
    if hourly_price is None:
        money = {row.currency: row.money for row in rows if row.currency is not None and row.money is not None}
        unpriced = sum(row.engine_seconds for row in rows if row.money is None)
    else:
        money, unpriced = {"": Decimal(str(hourly_price)) * Decimal(seconds) / 3600}, 0.0
    amounts = {name: sum(getattr(row, name) for row in rows) for name in AMOUNTS}
    return Cost(kind, **amounts, engine_seconds=seconds, money=money, unpriced_seconds=unpriced)


def total(found: Sequence[Cost]) -> Cost:
    """Add up all types and what came to nothing; documents and pages are those that were answered."""
    answered = [item for item in found if item.document_type is not None]
    money: dict[str, Decimal] = defaultdict(Decimal)
    for item in found:
        for currency, amount in item.money.items():
            money[currency] += amount
    amounts = {name: sum(getattr(item, name) for item in found) for name in AMOUNTS}
    counted = {name: sum(getattr(item, name) for item in answered) for name in ("documents", "pages", "pages_read")}
    seconds, unpriced = sum(item.engine_seconds for item in found), sum(item.unpriced_seconds for item in found)
    return Cost("total", **amounts | counted, engine_seconds=seconds, money=money, unpriced_seconds=unpriced)


async def _ask(selection: CostSelection) -> list[TypeCost]:
    async with database_of(connected(load_settings()), "postkorb-costs") as database:
        return await database.in_transaction(lambda connection: costs_by_type(connection, selection))


def _print(found: Sequence[Cost], selection: CostSelection) -> None:
    columns = ("type", "documents", "pages", "computed", "from the cache", "generated", "engine time", "s a page")
    rows = [_cells(item) for item in (*found, total(found))]
    until = f" until {selection.until}" if selection.until else ""
    console.print(table_of(f"Since {selection.since}{until}", (*columns, "price", "a page"), rows))
    if unpriced := total(found).unpriced_seconds:
        sentence = f"{_duration(unpriced)} of engine time had no price (POSTKORB_HOURLY_PRICE, POSTKORB_CURRENCY)"
        console.print(f"{sentence}; --hourly-price puts one on all of it", style="dim", highlight=False)


def _cells(item: Cost) -> tuple[object, ...]:
    return (
        NO_ANSWER if item.document_type is None else item.document_type,
        f"{item.documents:,}",
        f"{item.pages:,}",
        f"{item.prompt_tokens - item.cached_tokens:,}",
        f"{item.cached_tokens:,}",
        f"{item.completion_tokens:,}",
        _duration(item.engine_seconds),
        f"{item.engine_seconds / item.pages:.1f}" if item.has_pages else None,
        _amounts(item.money, digits=2),
        _amounts(item.money_per_page, digits=5),
    )


def _amounts(money: Mapping[str, Decimal], digits: int) -> str:
    return "\n".join(f"{amount:,.{digits}f} {currency}".strip() for currency, amount in money.items())


def _duration(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))


def _as_json(item: Cost) -> dict[str, object]:
    return asdict(item) | {"money_per_page": item.money_per_page}


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
