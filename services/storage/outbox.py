"""The outbox: events that are written with the change they tell of, and published afterwards."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Interval,
    Row,
    Text,
    Update,
    Uuid,
    bindparam,
    extract,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.events import EventType
from services.storage.records import OutboxRow, TakenRow
from services.storage.tables import outbox
from services.storage.unnest import ORDINAL, arrays, is_any_given, is_any_of, these, unnest

__all__ = [
    "CHANNEL",
    "CLAIM_BYTES",
    "ENDS",
    "Pruned",
    "TakenRow",
    "claim",
    "enqueue",
    "mark_published",
    "next_due_in",
    "oldest_unpublished_age",
    "postpone",
    "prune",
    "release",
    "republish",
    "send_again",
]

CHANNEL: Final = "postkorb_outbox"
"""Notified at the commit of every transaction that enqueued."""

CLAIM_BYTES: Final = 16 * 1024 * 1024
"""Size of one claim, if it is more than one event: a relay holds them in memory, and publishes them on one lease."""

CLAIM_LOCK: Final = 0x6F7574626F78
"""Key of the advisory lock of claims: the bytes of `outbox`."""

ENDS: Final = (EventType.PROCESSED.value, EventType.FAILED.value)
"""Types of the events that tell how a document ended: they go out again when the document comes again."""

_STORED: Final = (
    outbox.c.event_id,
    outbox.c.topic,
    outbox.c.key,
    outbox.c.value,
    outbox.c.headers,
    outbox.c.document_key,
    outbox.c.attempt,
)
_GIVEN: Final = (*_STORED, Column("due_in", Interval))
_TO_THE_END: Final = {"outbox_id": text("DEFAULT"), "published_at": None, "kept": False}


def _enqueue() -> Insert:
    given = unnest(_GIVEN)
    names = [column.name for column in _STORED]
    due_at = func.clock_timestamp() + given.c.due_in
    source = select(*(given.c[name] for name in names), due_at).order_by(given.c[ORDINAL])
    statement = insert(outbox).from_select([*names, "due_at"], source)
    changed = ("topic", "key", "value", "headers", "attempt", "due_at")
    again = {name: statement.excluded[name] for name in changed} | _TO_THE_END
    return statement.on_conflict_do_update(index_elements=[outbox.c.event_id], set_=again)


_ENQUEUE: Final = _enqueue()
_LET_GO: Final = (
    update(outbox)
    .where(is_any_given(outbox.c.outbox_id), outbox.c.leased_by == bindparam("held_by", type_=Uuid()))
    .values(leased_by=None, leased_until=None)
)
_PUBLISHED: Final = _LET_GO.values(published_at=func.clock_timestamp())
_POSTPONED: Final = _LET_GO.values(due_at=func.clock_timestamp() + bindparam("postponed_by", type_=Interval()))


@dataclass(frozen=True, slots=True)
class Pruned:
    """What one look at published rows gave.

    Parameters
    ----------
    examined
        Rows that were old enough; fewer than the limit: there are no more.
    deleted
        Rows deleted.
    """

    examined: int
    deleted: int


async def enqueue(connection: AsyncConnection, rows: Sequence[OutboxRow]) -> None:
    """Write events that wait to be published, in order.

    An event that was enqueued before stays one row. It goes out again with its new value, at the end: it is
    enqueued twice only when what it tells happened twice, such as the same failure after a retry.

    A lease on it stays: the relay that holds it may be publishing the old value, which no other relay may overtake.
    That one takes the new value next, because what it marks as published is the old place in the queue.
    """
    if not rows:
        return
    last_of_each = {row.event_id: row for row in rows}
    await connection.execute(_ENQUEUE, arrays(_GIVEN, [_values(row) for row in last_of_each.values()]))


# One moment for the whole statement: a lease must not run out between a row and the next one of its document.
_CLAIM: Final = (
    text("""
    WITH due AS MATERIALIZED (
        SELECT outbox_id, document_key,
               sum(coalesce(octet_length(key), 0) + coalesce(octet_length(value), 0) + octet_length(headers::text))
                   OVER (ORDER BY outbox_id) AS bytes,
               row_number() OVER (ORDER BY outbox_id) AS place
        FROM (
            SELECT outbox_id, document_key, key, value, headers
            FROM postkorb.outbox AS mine
            WHERE published_at IS NULL AND due_at <= statement_timestamp()
              AND (leased_by IS NULL OR leased_by = :relay_id OR leased_until <= statement_timestamp())
              AND NOT EXISTS (
                  SELECT FROM postkorb.outbox AS earlier
                  WHERE earlier.document_key = mine.document_key AND earlier.outbox_id < mine.outbox_id
                    AND earlier.published_at IS NULL
                    AND earlier.leased_by <> :relay_id AND earlier.leased_until > statement_timestamp())
            ORDER BY outbox_id
            LIMIT :limit
        ) AS first
    ), locked AS MATERIALIZED (
        SELECT outbox_id
        FROM postkorb.outbox JOIN due USING (outbox_id)
        WHERE (due.bytes <= :bytes OR due.place = 1)
          AND published_at IS NULL AND due_at <= statement_timestamp()
          AND (leased_by IS NULL OR leased_by = :relay_id OR leased_until <= statement_timestamp())
        FOR UPDATE OF outbox SKIP LOCKED
    ), in_order AS (
        SELECT due.outbox_id, locked.outbox_id IS NOT NULL AS is_locked,
               due.document_key IS NULL
                   OR bool_and(locked.outbox_id IS NOT NULL)
                      OVER (PARTITION BY due.document_key ORDER BY due.outbox_id) AS is_next
        FROM due LEFT JOIN locked USING (outbox_id)
    )
    UPDATE postkorb.outbox AS taken
    SET leased_by = :relay_id, leased_until = clock_timestamp() + :lease
    FROM in_order
    WHERE taken.outbox_id = in_order.outbox_id AND in_order.is_locked AND in_order.is_next
    RETURNING taken.outbox_id, event_id, topic, key, value, headers, document_key, attempt
    """)
    .bindparams(
        bindparam("relay_id", type_=Uuid()),
        bindparam("lease", type_=Interval()),
        bindparam("limit", type_=BigInteger()),
        bindparam("bytes", type_=BigInteger()),
    )
    .columns(outbox.c.outbox_id, *_STORED)
)


async def claim(connection: AsyncConnection, relay_id: UUID, limit: int, lease: timedelta) -> list[TakenRow]:
    """Take the oldest events that are due, on a lease; give them in order.

    No event of a document is taken while another relay holds an earlier one of it. What the relay holds already is
    taken again, its lease anew. Commit at once: other claims wait for this one, or they would find all that it takes
    locked, and nothing behind.

    Parameters
    ----------
    relay_id
        Token of the lease: one a process.
    limit
        Events at most; fewer if they have more than `CLAIM_BYTES` in all.
    lease
        How long other relays leave them alone.
    """
    await connection.execute(select(func.pg_advisory_xact_lock(CLAIM_LOCK)))
    values = {"relay_id": relay_id, "limit": limit, "lease": lease, "bytes": CLAIM_BYTES}
    taken = sorted(await connection.execute(_CLAIM, values), key=lambda row: row.outbox_id)
    return [TakenRow(row.outbox_id, _given(row)) for row in taken]


async def mark_published(connection: AsyncConnection, relay_id: UUID, outbox_ids: Collection[int]) -> int:
    """Note that the broker has these events; give how many the relay still held.

    The others went to another relay when their lease had run out, or were enqueued anew: they go out again.
    """
    return await _end_lease(connection, _PUBLISHED, relay_id, outbox_ids)


async def postpone(connection: AsyncConnection, relay_id: UUID, outbox_ids: Collection[int], by: timedelta) -> int:
    """Give events back that the broker refuses, for later; give how many the relay still held."""
    return await _end_lease(connection, _POSTPONED, relay_id, outbox_ids, postponed_by=by)


async def release(connection: AsyncConnection, relay_id: UUID) -> int:
    """Give back all that a relay holds, for others to take at once; give how many that were."""
    mine = update(outbox).where(outbox.c.leased_by == relay_id, outbox.c.published_at.is_(None))
    return (await connection.execute(mine.values(leased_by=None, leased_until=None))).rowcount


async def republish(connection: AsyncConnection, event_ids: Collection[UUID]) -> None:
    """Send events again that are out already; ids that are not there are no error."""
    if event_ids:
        await send_again(connection, is_any_of(outbox.c.event_id, event_ids))


async def send_again(connection: AsyncConnection, which: ColumnElement[bool]) -> None:
    """Put published rows to the end of the queue; those that still wait go out anyway, where they are."""
    again = update(outbox).where(which, outbox.c.published_at.is_not(None))
    result = await connection.execute(again.values(_TO_THE_END | {"due_at": func.clock_timestamp()}))
    if result.rowcount:
        await connection.execute(select(func.pg_notify(CHANNEL, "")))


async def next_due_in(connection: AsyncConnection) -> float | None:
    """Tell in how many seconds the first unpublished event becomes due, at most 0 if one is; None if there is none."""
    due_in = select(extract("epoch", func.min(outbox.c.due_at) - func.clock_timestamp()))
    seconds = await connection.scalar(due_in.where(outbox.c.published_at.is_(None)))
    return None if seconds is None else float(seconds)


async def oldest_unpublished_age(connection: AsyncConnection) -> float | None:
    """Tell how long the oldest unpublished event has been due, in seconds; None if none is."""
    due_since = func.greatest(outbox.c.created_at, outbox.c.due_at)
    age = func.clock_timestamp() - func.min(due_since)
    is_due = outbox.c.due_at <= func.clock_timestamp()
    seconds = await connection.scalar(select(extract("epoch", age)).where(outbox.c.published_at.is_(None), is_due))
    return None if seconds is None else float(seconds)


# What stays is marked, and leaves the index of what is looked at: each row is examined once, however many stay.
_PRUNE: Final = text("""
    WITH old AS MATERIALIZED (
        SELECT outbox_id, document_key IS NOT NULL AND headers ->> 'ce_type' = ANY(:ends) AS ends
        FROM postkorb.outbox
        WHERE published_at < statement_timestamp() - :keep AND NOT kept
        ORDER BY published_at
        LIMIT :limit
        FOR UPDATE SKIP LOCKED
    ), kept AS (
        UPDATE postkorb.outbox SET kept = true WHERE outbox_id IN (SELECT outbox_id FROM old WHERE ends)
    ), deleted AS (
        DELETE FROM postkorb.outbox WHERE outbox_id IN (SELECT outbox_id FROM old WHERE NOT ends) RETURNING 1
    )
    SELECT (SELECT count(*) FROM old) AS examined, (SELECT count(*) FROM deleted) AS deleted
""").bindparams(
    bindparam("keep", type_=Interval()),
    bindparam("limit", type_=BigInteger()),
    bindparam("ends", list(ENDS), type_=ARRAY(Text)),
)


async def prune(connection: AsyncConnection, keep: timedelta, limit: int) -> Pruned:
    """Delete events that were published longer than `keep` ago, the oldest first.

    Events that tell how a document ended stay, as the answers do that they tell of: one goes out again when its
    document comes back, be it to an earlier content or an earlier pipeline. Each is looked at once.

    Parameters
    ----------
    limit
        Events to look at.
    """
    result = await connection.execute(_PRUNE, {"keep": keep, "limit": limit})
    examined, deleted = result.one()
    return Pruned(examined, deleted)


async def _end_lease(
    connection: AsyncConnection, statement: Update, relay_id: UUID, outbox_ids: Collection[int], **values: timedelta
) -> int:
    if not outbox_ids:
        return 0
    given = these(outbox.c.outbox_id, outbox_ids) | {"held_by": relay_id} | values
    return (await connection.execute(statement, given)).rowcount


def _given(row: Row[Any]) -> OutboxRow:
    event = (row.event_id, row.topic, row.key, row.value, row.headers, row.document_key)
    return OutboxRow(*event, attempt=row.attempt)


def _values(row: OutboxRow) -> dict[str, Any]:
    return {
        "event_id": row.event_id,
        "topic": row.topic,
        "key": row.key,
        "value": row.value,
        "headers": dict(row.headers),
        "document_key": row.document_key,
        "attempt": row.attempt,
        "due_in": row.due_in,
    }
