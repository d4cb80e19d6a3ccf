"""Documents and their pages: stored by intake, loaded by inference.

Every function that locks documents does so in the order of tenant and document id, so that two transactions
never wait for each other in a circle.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.events import EventType, Priority
from services.storage.document_statements import (
    BYTES,
    CONTENT,
    INSERT_OR_LOCK,
    INSERT_PAGES,
    LOCK,
    NEW,
    ORIGINALS,
    PAGES_IN_ORDER,
    PLACE,
    WITH_ANSWERED,
    finished_at,
)
from services.storage.outbox import send_again
from services.storage.records import Acceptance, AcceptedDocument, NewDocument, Origin, PendingDocument
from services.storage.tables import dead_letter_records, document_failures, documents, outbox, pages
from services.storage.unnest import arrays, is_any_of, these, unnest
from services.storage.versions import Choice, Identity, StoredDocument, acceptance_of, is_older, last_of_each

UNDETERMINED: Final = "und"
"""Language of a document whose language nobody recognised (ISO 639-2)."""

_REPLACED: Final = frozenset({Acceptance.NEWER, Acceptance.REPEAT_RETRIED})
_STORED: Final = _REPLACED | {Acceptance.NEW}
_REPEATED: Final = frozenset({Acceptance.REPEAT_WAITING, Acceptance.REPEAT_PROCESSED, Acceptance.REPEAT_FAILED})


@dataclass(frozen=True, slots=True)
class LockedDocument:
    """What a document is while its row is locked."""

    document_key: int
    content_sha256: str
    state: str
    attempts: int


@dataclass(frozen=True, slots=True)
class _Change:
    """A document, the row that it belongs to, and what is to be done."""

    stored: StoredDocument
    document: NewDocument
    acceptance: Acceptance


async def store_documents(connection: AsyncConnection, given: Sequence[NewDocument]) -> list[AcceptedDocument]:
    """Store documents with pages or failures, and tell what each turned out to be, in order.

    A newer content replaces an older one, never the other way round, in whatever order they arrive: `is_older`
    decides, in `given` too. What is not chosen of `given` is `OLDER`, or `REPEAT_WAITING` if it has the same content:
    nothing is to be done for it. The same content handed in again later moves the stored place and time forward, so
    that what was handed in between the two is still known as older when it arrives.

    An earlier content's answers stay; if a document comes back to it, `settle_answered` finds them.
    """
    if not given:
        return []
    choices = last_of_each(given)
    chosen = {identity: choice.document for identity, choice in choices.items()}
    originals = await _originals(connection, chosen.values())
    letters = await known_dead_letters(connection, [item.retry_of for item in chosen.values()])
    rows = {identity: _row(item, originals.get(identity), letters) for identity, item in chosen.items()}
    stored = await _insert_or_lock(connection, list(rows.values()))
    acceptances = {identity: acceptance_of(stored[identity], item) for identity, item in chosen.items()}
    changes = [_Change(stored[identity], item, acceptances[identity]) for identity, item in chosen.items()]
    await _replace(connection, changes, rows)
    await _move(connection, changes, rows)
    written = [item for item in changes if item.acceptance in _STORED]
    await _insert_pages(connection, written)
    await _insert_failures(connection, written)
    results = {_identity(item.document): _accepted(item, originals) for item in changes}
    return [_result(item, choices[_identity(item)], index, results) for index, item in enumerate(given)]


async def load_documents(
    connection: AsyncConnection, document_keys: Sequence[int], pipeline_id: str
) -> list[PendingDocument]:
    """Load documents with their pages, in the order of the keys; those that are not there are left out.

    Pages of answered documents are not loaded: nobody reads them again.
    """
    asked = these(documents.c.document_key, document_keys) | {"answered_by": pipeline_id}
    rows = {row.document_key: row for row in await connection.execute(WITH_ANSWERED, asked)}
    unanswered = [key for key, row in rows.items() if not row.answered]
    read: dict[int, list[tuple[str, Sequence[int]]]] = {key: [] for key in rows}
    for page in await connection.execute(PAGES_IN_ORDER, these(pages.c.document_key, unanswered)):
        read[page.document_key].append((page.text, page.layout))
    # A document without pages was replaced by a failing content between the two queries: it has ended otherwise.
    there = [key for key in dict.fromkeys(document_keys) if key in rows and (rows[key].answered or read[key])]
    return [_pending(rows[key], read[key]) for key in there]


async def lock_documents(connection: AsyncConnection, document_keys: Collection[int]) -> Mapping[int, LockedDocument]:
    """Lock documents until the transaction ends, and read what they are."""
    if not document_keys:
        return {}
    locked = await connection.execute(LOCK, these(documents.c.document_key, document_keys))
    return {row.document_key: LockedDocument(*row) for row in locked}


async def known_dead_letters(connection: AsyncConnection, keys: Iterable[int | None]) -> set[int]:
    """Tell which of these dead letters there are; a header that names another one would break a foreign key."""
    asked = [key for key in keys if key is not None]
    if not asked:
        return set()
    column = dead_letter_records.c.dead_letter_key
    return set(await connection.scalars(select(column).where(is_any_of(column, asked))))


async def republish_last_event(connection: AsyncConnection, document_keys: Collection[int]) -> None:
    """Send the last `processed` or `failed` event of each document again, under its old id."""
    last = (
        select(outbox.c.outbox_id)
        .where(
            is_any_of(outbox.c.document_key, document_keys),
            outbox.c.headers["ce_type"].astext.in_([EventType.PROCESSED.value, EventType.FAILED.value]),
        )
        .ext(distinct_on(outbox.c.document_key))
        .order_by(outbox.c.document_key, outbox.c.outbox_id.desc())
    )
    await send_again(connection, outbox.c.outbox_id.in_(last))


async def _originals(connection: AsyncConnection, given: Collection[NewDocument]) -> dict[Identity, str]:
    """Find, by identity, the id of the first document of the same tenant with the same bytes.

    Two transactions at the same moment do not see each other's documents: this is advice, not a constraint.
    """
    rows = [{column.name: getattr(item, column.name) for column in BYTES} for item in given]
    same_bytes = await connection.execute(ORIGINALS, arrays(BYTES, rows))
    found = {(row.tenant, row.document_id): row.original for row in same_bytes}
    return _originals_among(given) | found


def _originals_among(given: Collection[NewDocument]) -> dict[Identity, str]:
    first: dict[Identity, str] = {}
    originals: dict[Identity, str] = {}
    for item in given:
        original = first.setdefault((item.tenant, item.content_sha256), item.document_id)
        if original != item.document_id:
            originals[_identity(item)] = original
    return originals


def _row(item: NewDocument, original: str | None, letters: Collection[int]) -> dict[str, Any]:
    return {
        "tenant": item.tenant,
        "document_id": item.document_id,
        "content_sha256": item.content_sha256,
        "media_type": item.media_type,
        "file_name": item.file_name,
        "metadata": dict(item.metadata),
        "notes": list(item.notes),
        "einvoice": None if item.einvoice is None else dict(item.einvoice),
        "byte_count": item.byte_count,
        "page_count": len(item.pages),
        "language": item.language,
        "state": "failed" if item.failure else "parsed",
        "duplicate_of": original,
        "traceparent": item.traceparent,
        "trace_id": _trace_id(item),
        "attempts": item.attempts,
        "retry_of": item.retry_of if item.retry_of in letters else None,
        "priority": item.priority.value,
        "submitted_at": item.submitted_at,
        "source_partition": item.origin and item.origin.partition,
        "source_offset": item.origin and item.origin.offset,
    }


async def _insert_or_lock(
    connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]
) -> dict[Identity, StoredDocument]:
    """Insert what is new and lock what is there, in one statement and one order of locks."""
    locked = await connection.execute(INSERT_OR_LOCK, arrays(NEW, rows))
    return {(row.tenant, row.document_id): _stored(row) for row in locked}


def _stored(row: Row[*tuple[Any, ...]]) -> StoredDocument:
    return StoredDocument(
        document_key=row.document_key,
        content_sha256=row.content_sha256,
        state=row.state,
        duplicate_of=row.duplicate_of,
        submitted_at=row.submitted_at,
        origin=None if row.source_partition is None else Origin(row.source_partition, row.source_offset),
        attempts=row.attempts,
        is_new=row.is_new,
        retryable=row.retryable,
    )


async def _replace(
    connection: AsyncConnection, changes: Iterable[_Change], rows: Mapping[Identity, Mapping[str, Any]]
) -> None:
    replaced = [item for item in changes if item.acceptance in _REPLACED]
    if not replaced:
        return
    keys = [item.stored.document_key for item in replaced]
    await connection.execute(delete(pages).where(is_any_of(pages.c.document_key, keys)))
    await connection.execute(delete(document_failures).where(is_any_of(document_failures.c.document_key, keys)))
    columns = (documents.c.document_key, *CONTENT)
    given = unnest(columns)
    is_newer = (documents.c.content_sha256 != given.c.content_sha256).cast(documents.c.version.type)
    replacing = (
        update(documents)
        .where(documents.c.document_key == given.c.document_key)
        .values(
            {column: given.c[column.name] for column in CONTENT}
            | {
                documents.c.version: documents.c.version + is_newer,
                documents.c.accepted_at: func.now(),
                documents.c.finished_at: finished_at(given.c.state),
                documents.c.engine_deaths: 0,
            }
        )
    )
    await connection.execute(replacing, arrays(columns, _keyed(replaced, rows)))


async def _move(
    connection: AsyncConnection, changes: Iterable[_Change], rows: Mapping[Identity, Mapping[str, Any]]
) -> None:
    """Note where and when the stored contents were handed in last."""
    moved = [item for item in changes if item.acceptance in _REPEATED and is_older(item.stored, item.document)]
    if moved:
        columns = (documents.c.document_key, *PLACE)
        given = unnest(columns)
        later = update(documents).where(documents.c.document_key == given.c.document_key)
        moving = later.values({column: given.c[column.name] for column in PLACE})
        await connection.execute(moving, arrays(columns, _keyed(moved, rows)))


def _keyed(changes: Iterable[_Change], rows: Mapping[Identity, Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"document_key": item.stored.document_key, **rows[_identity(item.document)]} for item in changes]


async def _insert_pages(connection: AsyncConnection, changes: Iterable[_Change]) -> None:
    rows = [
        {"document_key": item.stored.document_key, "page": number, "text": page, "layout": list(layout)}
        for item in changes
        for number, (page, layout) in enumerate(_laid_out(item.document), start=1)
    ]
    if rows:
        await connection.execute(INSERT_PAGES, arrays(tuple(pages.c), rows))


def _laid_out(item: NewDocument) -> Iterable[tuple[str, Sequence[int]]]:
    missing = ((),) * (len(item.pages) - len(item.layouts))
    return zip(item.pages, (*item.layouts, *missing), strict=True)


async def _insert_failures(connection: AsyncConnection, changes: Iterable[_Change]) -> None:
    rows = [
        {
            "document_key": item.stored.document_key,
            "content_sha256": item.document.content_sha256,
            "step": failure.step.value,
            "code": failure.code.value,
            "message": failure.message,
            "retryable": failure.retryable,
            "trace_id": _trace_id(item.document),
            "attempts": item.document.attempts,
        }
        for item in changes
        if (failure := item.document.failure)
    ]
    if rows:
        columns = [column for column in document_failures.c if column.name != "failed_at"]
        given = unnest(columns)
        names = [column.name for column in columns]
        source = select(*(given.c[name] for name in names), func.now())
        inserting = insert(document_failures).from_select([*names, "failed_at"], source)
        await connection.execute(inserting, arrays(columns, rows))


def _accepted(item: _Change, originals: Mapping[Identity, str]) -> AcceptedDocument:
    is_stored = item.acceptance in _STORED
    original = originals.get(_identity(item.document)) if is_stored else item.stored.duplicate_of
    return AcceptedDocument(item.stored.document_key, item.acceptance, original)


def _result(
    item: NewDocument, choice: Choice, index: int, results: Mapping[Identity, AcceptedDocument]
) -> AcceptedDocument:
    result = results[_identity(item)]
    if index == choice.index:
        return result
    same = item.content_sha256 == choice.document.content_sha256
    return replace(result, acceptance=Acceptance.REPEAT_WAITING if same else Acceptance.OLDER)


def _pending(row: Row[*tuple[Any, ...]], read: Sequence[tuple[str, Sequence[int]]]) -> PendingDocument:
    return PendingDocument(
        document_key=row.document_key,
        tenant=row.tenant,
        document_id=row.document_id,
        content_sha256=row.content_sha256,
        file_name=row.file_name,
        metadata=row.metadata,
        language=row.language or UNDETERMINED,
        pages=[text for text, _ in read],
        submitted_at=row.submitted_at,
        traceparent=row.traceparent,
        duplicate_of=row.duplicate_of,
        notes=row.notes,
        einvoice=row.einvoice,
        layouts=[layout for _, layout in read],
        answered=row.answered,
        attempts=row.attempts,
        engine_deaths=row.engine_deaths,
        priority=Priority(row.priority),
    )


def _identity(item: NewDocument) -> Identity:
    return item.tenant, item.document_id


def _trace_id(item: NewDocument) -> str:
    return item.traceparent.split("-")[1]
