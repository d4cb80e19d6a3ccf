"""The outbox: events that are written with the change they tell of, and published afterwards."""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, extract, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.storage.records import OutboxRow, TakenRow
from services.storage.tables import outbox
from services.storage.unnest import ORDINAL, is_any_of, unnest

__all__ = ["CHANNEL", "TakenRow", "enqueue", "mark_published", "oldest_unpublished_age", "republish", "take"]

CHANNEL: Final = "postkorb_outbox"
"""Notified at the commit of every transaction that enqueued."""

_GIVEN: Final = (
    outbox.c.event_id,
    outbox.c.topic,
    outbox.c.key,
    outbox.c.value,
    outbox.c.headers,
    outbox.c.document_key,
)
_TO_THE_END: Final = {"outbox_id": text("DEFAULT"), "published_at": None}


async def enqueue(connection: AsyncConnection, rows: Sequence[OutboxRow]) -> None:
    """Write events that wait to be published, in order.

    An event that was enqueued before stays one row. It goes out again with its new value, at the end: it is
    enqueued twice only when what it tells happened twice, such as the same failure after a retry.
    """
    if not rows:
        return
    last_of_each = {row.event_id: row for row in rows}
    given = unnest(_GIVEN, [_values(row) for row in last_of_each.values()])
    names = [column.name for column in _GIVEN]
    statement = insert(outbox).from_select(names, select(*(given.c[name] for name in names)).order_by(given.c[ORDINAL]))
    again = {name: statement.excluded[name] for name in ("topic", "key", "value", "headers")} | _TO_THE_END
    await connection.execute(statement.on_conflict_do_update(index_elements=[outbox.c.event_id], set_=again))


async def take(connection: AsyncConnection, limit: int) -> list[TakenRow]:
    """Take the oldest unpublished events, locked until the caller's transaction ends; others pass them by."""
    statement = (
        select(outbox.c.outbox_id, *_GIVEN)
        .where(outbox.c.published_at.is_(None))
        .order_by(outbox.c.outbox_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [TakenRow(outbox_id, OutboxRow(*given)) for outbox_id, *given in await connection.execute(statement)]


async def mark_published(connection: AsyncConnection, outbox_ids: Collection[int]) -> None:
    """Note that the broker has these events."""
    if outbox_ids:
        published = update(outbox).where(is_any_of(outbox.c.outbox_id, outbox_ids))
        await connection.execute(published.values(published_at=func.clock_timestamp()))


async def republish(connection: AsyncConnection, event_ids: Collection[UUID]) -> None:
    """Send events again that are out already; ids that are not there are no error."""
    if event_ids:
        await send_again(connection, is_any_of(outbox.c.event_id, event_ids))


async def send_again(connection: AsyncConnection, which: ColumnElement[bool]) -> None:
    """Put published rows to the end of the queue; those that still wait go out anyway, where they are."""
    # The condition also keeps us from waiting for a relay that holds the row while the broker is away.
    again = update(outbox).where(which, outbox.c.published_at.is_not(None)).values(_TO_THE_END)
    result = await connection.execute(again)
    if result.rowcount:
        await connection.execute(select(func.pg_notify(CHANNEL, "")))


async def oldest_unpublished_age(connection: AsyncConnection) -> float | None:
    """Tell how long the oldest unpublished event has waited, in seconds; None if none waits."""
    age = func.clock_timestamp() - func.min(outbox.c.created_at)
    seconds = await connection.scalar(select(extract("epoch", age)).where(outbox.c.published_at.is_(None)))
    return None if seconds is None else float(seconds)


def _values(row: OutboxRow) -> dict[str, Any]:
    return {
        "event_id": row.event_id,
        "topic": row.topic,
        "key": row.key,
        "value": row.value,
        "headers": dict(row.headers),
        "document_key": row.document_key,
    }
