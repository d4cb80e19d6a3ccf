"""Cost: what a page takes of the engine, by document type: tokens as SQL tells them, seconds by the work of all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from bench.ground import Ground
from bench.report import Made, Part, Plot, Table

from services.inference.engine_time import DECODING

HOURLY_PRICE: Final = Decimal(1)
CURRENCY: Final = "EUR"
"""Of an hour of the engine, unless the settings have a price: so the figures can be multiplied with anybody's."""

QUERY: Final = """
SELECT document_type, sum(documents)::bigint, sum(pages)::bigint, sum(prompt_tokens)::bigint,
       sum(cached_tokens)::bigint, sum(completion_tokens)::bigint, sum(engine_seconds), sum(money)
FROM postkorb.costs WHERE document_type IS NOT NULL GROUP BY document_type ORDER BY document_type
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What the documents of a type took.

    Parameters
    ----------
    seconds
        Of the engine.
    money
        Price of these seconds.
    """

    document_type: str
    documents: int
    pages: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    seconds: float
    money: Decimal

    @property
    def work(self) -> float:
        """What the engine computed, in tokens of a prompt."""
        return self.prompt_tokens - self.cached_tokens + DECODING * self.completion_tokens


async def costs_of(ground: Ground) -> list[Cost]:
    """Ask the database, and share its seconds out by work.

    SQL tells of a stream, where what a document shares with its neighbours evens out. Here all are handed in at once,
    and one of a type each: what ended first would have paid for the rest.
    """
    asked = [Cost(*row.values()) for row in await ground.query(QUERY)]
    seconds, money, work = (sum(values) for values in zip(*((c.seconds, c.money, c.work) for c in asked), strict=True))
    parts = [(cost, cost.work / work) for cost in asked]
    return [replace(cost, seconds=seconds * part, money=money * Decimal(str(part))) for cost, part in parts]


def part(costs: Sequence[Cost], made: Made) -> Part:
    """Make the part of what one run cost."""
    columns = ("type", "documents", "pages", "prompt tokens", "of them cached", "tokens generated", "engine seconds")
    pages = sum(cost.pages for cost in costs)
    return Part(
        name="cost",
        title="Cost",
        question="What does a page take of the engine, by document type?",
        tables=[
            Table(
                title="A page, by document type",
                columns=(*columns, "euros a thousand pages"),
                rows=[_row(cost) for cost in costs],
            )
        ],
        notes=[
            (
                "An engine second is one of this machine; those of all documents are shared out by work: tokens "
                f"computed, and {DECODING} for each token generated. The "
                f"price is {HOURLY_PRICE} {CURRENCY} an hour, unless `POSTKORB_HOURLY_PRICE` says otherwise."
            )
        ],
        plot=Plot(
            title="Engine seconds a page",
            across="",
            up="seconds",
            labels=[cost.document_type for cost in costs],
            series={"engine": [cost.seconds / cost.pages for cost in costs]},
        ),
        figures={
            "prompt_tokens_a_page": sum(cost.prompt_tokens for cost in costs) / pages,
            "cached_tokens_a_page": sum(cost.cached_tokens for cost in costs) / pages,
            "completion_tokens_a_page": sum(cost.completion_tokens for cost in costs) / pages,
            "pages_a_document": pages / sum(cost.documents for cost in costs),
        },
        made=made,
    )


def _row(cost: Cost) -> list[str]:
    tokens = (cost.prompt_tokens, cost.cached_tokens, cost.completion_tokens)
    return [
        cost.document_type,
        str(cost.documents),
        str(cost.pages),
        *(f"{number / cost.pages:.0f}" for number in tokens),
        f"{cost.seconds / cost.pages:.2f}",
        f"{1000 * cost.money / cost.pages:.2f}",
    ]
