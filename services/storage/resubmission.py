"""Dead letters that are handed in again: which can be, and what goes out."""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.events import EventType, event_id
from schemas.topics import RETRY_ATTEMPT, RETRY_DEAD_LETTER, RETRY_NUMBER, RETRY_SUBMITTED, Topics
from services.storage.database import Database
from services.storage.dead_letter_list import Outline, Selection, conditions, outline_columns
from services.storage.dead_letters import MAX_HEADER_BYTES, MAX_LETTER_BYTES
from services.storage.outbox import enqueue
from services.storage.queries import dead_letter_of
from services.storage.records import DeadLetterRow, OutboxRow
from services.storage.tables import dead_letter_records
from services.storage.unnest import arrays, is_any_of, unnest

CHUNK_LETTERS: Final = 500
CHUNK_BYTES: Final = 32 * 1024 * 1024
"""Most letters, and most bytes of theirs, that one transaction holds; one letter may be larger."""

_OURS: Final = frozenset({RETRY_ATTEMPT, RETRY_SUBMITTED, RETRY_DEAD_LETTER, RETRY_NUMBER})
_TAKEN: Final = "somebody else handed it in again at this moment"
_ORIGIN: Final = re.compile(r"[0-9]{1,15}/[0-9]{1,9}/[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Run:
    """One run of handing in again.

    Parameters
    ----------
    upto
        Largest key that is meant: letters that are buried during the run are not.
    again
        Hand in those too that were handed in again before.
    dry
        Change nothing.
    """

    selection: Selection
    topics: Topics
    upto: int
    again: bool = False
    dry: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """What there is to say about a letter."""

    dead_letter_key: int
    sentence: str


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What one transaction of a run did.

    Parameters
    ----------
    looked_at
        Keys of the letters that it was about, in order; none: the run is at its end.
    keys
        Those that were handed in.
    refused
        Those that were not, and why.
    changed
        Headers that could not be kept byte for byte.
    """

    looked_at: Sequence[int]
    keys: Sequence[int]
    refused: Sequence[Remark]
    changed: Sequence[Remark]


async def parts_of(database: Database, run: Run) -> AsyncIterator[HandedIn]:
    """Do a run, a transaction at a time; one that was broken off goes on where it was when it is started anew."""
    after = 0
    while (part := await database.in_transaction(partial(hand_in_again, run=run, after=after))).looked_at:
        yield part
        after = part.looked_at[-1]


async def hand_in_again(connection: AsyncConnection, run: Run, after: int) -> HandedIn:
    """Enqueue the records of dead letters again, and note that they were: one transaction of a run, oldest first.

    Two runs at once hand in nothing twice: a letter goes only if it was retried as often as when it was looked at.

    Parameters
    ----------
    after
        Largest key that the run has looked at; 0 at its beginning.
    """
    looked_at = await _next(connection, run, after)
    reasons = {item.dead_letter_key: refusal(item, run.topics, again=run.again) for item in looked_at}
    rows = await _hold(connection, [item for item in looked_at if not reasons[item.dead_letter_key]], dry=run.dry)
    reasons |= {key: _TAKEN for key, reason in reasons.items() if not reason and key not in rows}
    resubmitted = {key: resubmission(row, run.topics) for key, row in rows.items()}
    if rows and not run.dry:
        await enqueue(connection, [row for row, _ in resubmitted.values()])
        retried = update(dead_letter_records).where(is_any_of(dead_letter_records.c.dead_letter_key, rows))
        await connection.execute(retried.values(retried_at=func.now(), retries=dead_letter_records.c.retries + 1))
    return HandedIn(
        looked_at=[item.dead_letter_key for item in looked_at],
        keys=list(rows),
        refused=[Remark(key, reason) for key, reason in reasons.items() if reason],
        changed=[Remark(key, sentence) for key, (_, sentences) in resubmitted.items() for sentence in sentences],
    )


def refusal(letter: Outline, topics: Topics, *, again: bool) -> str | None:
    """Say why a letter cannot be handed in again; None if it can."""
    readable = (topics.submitted, *topics.all_parsed)
    if letter.topic not in readable:
        return f"its topic is {letter.topic}; only records of {', '.join(readable)} are read"
    if letter.retried_at is not None and not again:
        return f"it was handed in again at {letter.retried_at:%F %T %Z} already; `--again` does it once more"
    if letter.size > MAX_LETTER_BYTES:
        return (
            f"it has {letter.size} bytes and a record takes {MAX_LETTER_BYTES}; its bytes stay in the database: "
            "publish the document anew with content.uri"
        )
    if letter.header_size > MAX_HEADER_BYTES:
        return f"its headers have {letter.header_size} bytes; at most {MAX_HEADER_BYTES} are handed in again"
    return None


def resubmission(row: DeadLetterRow, topics: Topics) -> tuple[OutboxRow, list[str]]:
    """Make the record that goes out: key and value byte for byte, and the headers.

    A record of `documents.submitted` says where it stood first: a version of its document that was handed in since is
    newer, and stays.

    Returns
    -------
    OutboxRow, list of str
        The record, and which headers could not be kept byte for byte.
    """
    letter, number = row.letter, row.retries + 1
    headers, changed = carried(letter.headers)
    headers |= {RETRY_DEAD_LETTER: str(row.dead_letter_key), RETRY_NUMBER: str(number)}
    if letter.topic == topics.submitted:
        headers[RETRY_SUBMITTED] = _origin(row)
    identity = identity_of(row.dead_letter_key, number)
    return OutboxRow(identity, letter.topic, letter.key, letter.value, headers, attempt=number + 1), changed


def carried(headers: Sequence[tuple[str, bytes | None]]) -> tuple[dict[str, str], list[str]]:
    """Turn a record's headers to texts that an outbox row can hold, and say which are not byte for byte the same.

    A reader of ours understands them as it did the first time: of a repeated name it takes the last, what is not UTF-8
    it replaces, and no value is an empty one.
    """
    others = [(name, raw) for name, raw in headers if name.lower() not in _OURS]
    last = {name.lower(): (name, raw) for name, raw in others}
    texts = {name: (raw or b"").decode("utf-8", "replace").replace("\x00", "") for name, raw in last.values()}
    repeated = len(others) - len(last)
    changed = [f"header {name!r} {_difference(raw)}" for name, raw in last.values() if texts[name].encode() != raw]
    if repeated:
        changed.append(f"{repeated} headers whose name comes again after them are left out")
    return texts, changed


def _difference(raw: bytes | None) -> str:
    return "had no value and gets an empty one" if raw is None else "is not UTF-8; what cannot be read is replaced"


async def _next(connection: AsyncConnection, run: Run, after: int) -> list[Outline]:
    key = dead_letter_records.c.dead_letter_key
    statement = select(*outline_columns()).where(key > after, key <= run.upto, *conditions(run.selection))
    found = [Outline(*row) for row in await connection.execute(statement.order_by(key).limit(CHUNK_LETTERS))]
    sizes = accumulate(min(item.size, MAX_LETTER_BYTES) + item.header_size for item in found)
    return [
        item for index, (item, size) in enumerate(zip(found, sizes, strict=True)) if not index or size <= CHUNK_BYTES
    ]


async def _hold(connection: AsyncConnection, chosen: Sequence[Outline], *, dry: bool) -> dict[int, DeadLetterRow]:
    """Load letters, locked in the order of their keys, without those that were retried since they were looked at."""
    if not chosen:
        return {}
    table = dead_letter_records
    columns = (table.c.dead_letter_key, table.c.retries)
    rows = [{column.name: getattr(item, column.name) for column in columns} for item in chosen]
    seen = unnest(columns)
    unchanged = (table.c.dead_letter_key == seen.c.dead_letter_key) & (table.c.retries == seen.c.retries)
    statement = select(table).join_from(table, seen, unchanged).order_by(table.c.dead_letter_key)
    held = statement if dry else statement.with_for_update(of=table, key_share=True)
    return {row.dead_letter_key: dead_letter_of(row) for row in await connection.execute(held, arrays(columns, rows))}


def _origin(row: DeadLetterRow) -> str:
    """Say where the record stood first; that of a retry says so itself.

    The time is when the letter was given up: its record's own is not kept, and is never later.
    """
    for name, raw in reversed(row.letter.headers):
        if name.lower() == RETRY_SUBMITTED and _ORIGIN.fullmatch(text := (raw or b"").decode("utf-8", "replace")):
            return text
    letter = row.letter
    return f"{int(letter.failed_at.timestamp() * 1000)}/{letter.partition}/{letter.offset}"


def identity_of(dead_letter_key: int, number: int) -> UUID:
    """Give the id of the event that hands a dead letter in again: the same retry is the same event."""
    return event_id(EventType.SUBMITTED, "dead-letter", dead_letter_key, number)
