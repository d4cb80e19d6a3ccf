"""What became of dead letters that were handed in again."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.topics import RETRY_NUMBER
from services.storage.answers import header_bytes
from services.storage.dead_letter_list import KEY_SHOWN
from services.storage.records import DeadLetterRow
from services.storage.resubmission import identity_of
from services.storage.tables import dead_letter_records, documents, outbox
from services.storage.unnest import is_any_of

MAX_DIGITS: Final = 9
"""Of a retry's number: a header that has more is not ours."""


class Fate(StrEnum):
    """What became of a letter that was handed in again."""

    WAITING = "waiting"
    """In the outbox, for the relay."""
    PUBLISHED = "published"
    """On its topic, and nothing came of it yet."""
    DEAD_LETTER = "dead_letter"
    DOCUMENT = "document"
    OLDER = "older"
    """There is a document of its id that did not come of it: a newer version, or the same content, was there."""


@dataclass(frozen=True, slots=True)
class Retry:
    """One retry of a dead letter."""

    number: int
    fate: Fate
    dead_letter: int | None = None
    document_id: str | None = None
    tenant: str | None = None
    state: str | None = None
    """Of the document: `parsed`, `processed` or `failed`."""


async def history(connection: AsyncConnection, row: DeadLetterRow) -> list[Retry]:
    """Tell what became of each retry of a dead letter, in order."""
    key, numbers = row.dead_letter_key, range(1, row.retries + 1)
    letters = await _letters_from(connection, key)
    waiting = await _unpublished(connection, [identity_of(key, number) for number in numbers])
    document = await _document_from(connection, row)
    retries = []
    for number in numbers:
        if number in letters:
            retries.append(Retry(number, Fate.DEAD_LETTER, dead_letter=letters[number]))
        elif identity_of(key, number) in waiting:
            retries.append(Retry(number, Fate.WAITING))
        elif document is None:
            retries.append(Retry(number, Fate.PUBLISHED))
        else:
            fate, document_id, tenant, state = document
            retries.append(Retry(number, fate, document_id=document_id, tenant=tenant, state=state))
    return retries


async def _letters_from(connection: AsyncConnection, dead_letter_key: int) -> dict[int, int]:
    """Give the letters that came of retries, by the number of the retry that their record's header has."""
    table = dead_letter_records
    statement = select(table.c.dead_letter_key, table.c.headers).where(table.c.retry_of == dead_letter_key)
    found: dict[int, int] = {}
    for key, stored in await connection.execute(statement.order_by(table.c.dead_letter_key)):
        number = dict(header_bytes(stored)).get(RETRY_NUMBER) or b""
        if number.isdigit() and len(number) <= MAX_DIGITS:
            found[int(number)] = key
    return found


async def _unpublished(connection: AsyncConnection, event_ids: Collection[UUID]) -> set[UUID]:
    statement = select(outbox.c.event_id).where(
        is_any_of(outbox.c.event_id, event_ids), outbox.c.published_at.is_(None)
    )
    return set(await connection.scalars(statement))


async def _document_from(connection: AsyncConnection, row: DeadLetterRow) -> tuple[Fate, str, str, str] | None:
    """Find the document that came of a letter, else the one that has its record's key as id."""
    linked = documents.c.retry_of == row.dead_letter_key
    identifier = _text(row.letter.key)
    named = linked if identifier is None else or_(linked, documents.c.document_id == identifier)
    statement = (
        select(func.coalesce(linked, False), documents.c.document_id, documents.c.tenant, documents.c.state)
        .where(named)
        .order_by(func.coalesce(linked, False).desc(), documents.c.document_key)
        .limit(1)
    )
    found = (await connection.execute(statement)).one_or_none()
    if found is None:
        return None
    is_linked, *document = found
    return (Fate.DOCUMENT if is_linked else Fate.OLDER, *document)


def _text(key: bytes | None) -> str | None:
    if key is None or len(key) > KEY_SHOWN or b"\x00" in key:
        return None
    try:
        return key.decode()
    except UnicodeDecodeError:
        return None
