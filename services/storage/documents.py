"""Documents and their pages: stored by intake, loaded by inference.

Every function that locks documents does so in the order of tenant and document id, so that two transactions
never wait for each other in a circle.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, case, delete, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.events import EventType
from services.storage.outbox import send_again
from services.storage.records import Acceptance, AcceptedDocument, NewDocument, PendingDocument
from services.storage.tables import answers, document_failures, documents, outbox, pages
from services.storage.unnest import is_any_of, unnest

UNDETERMINED: Final = "und"
"""Language of a document whose language nobody recognised (ISO 639-2)."""

Identity = tuple[str, str]
"""Tenant and document id."""

_CONTENT: Final = (
    documents.c.content_sha256,
    documents.c.media_type,
    documents.c.file_name,
    documents.c.metadata,
    documents.c.notes,
    documents.c.byte_count,
    documents.c.page_count,
    documents.c.language,
    documents.c.state,
    documents.c.duplicate_of,
    documents.c.traceparent,
    documents.c.trace_id,
    documents.c.submitted_at,
)
_NEW: Final = (documents.c.tenant, documents.c.document_id, *_CONTENT)
_REPLACED: Final = frozenset({Acceptance.NEWER, Acceptance.REPEAT_RETRIED})
_STORED: Final = _REPLACED | {Acceptance.NEW}


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """What the database has under a document's identity."""

    document_key: int
    content_sha256: str
    state: str
    duplicate_of: str | None
    is_new: bool
    """The row was not there before."""
    retryable: bool
    """The stored content failed, and the same bytes may be tried again."""


@dataclass(frozen=True, slots=True)
class _Change:
    """A document whose content goes into the database, and the row that it belongs to."""

    stored: StoredDocument
    document: NewDocument
    acceptance: Acceptance


async def store_documents(connection: AsyncConnection, given: Sequence[NewDocument]) -> list[AcceptedDocument]:
    """Store documents with pages or failures, and tell what each turned out to be, in order.

    Of several contents of one document in `given`, the last one counts; the earlier ones are
    `REPEAT_WAITING`: nothing is to be done for them. Arrival decides what is newer, not `submitted_at`.
    An earlier content's answers stay; if a document comes back to it, `settle_answered` finds them.
    """
    if not given:
        return []
    chosen = _last_of_each(given)
    originals = await _originals(connection, chosen.values())
    rows = [_row(item, originals.get(identity)) for identity, item in chosen.items()]
    stored = await _insert_or_lock(connection, rows)
    acceptances = {identity: acceptance_of(stored[identity], item) for identity, item in chosen.items()}
    changes = [
        _Change(stored[identity], item, acceptances[identity])
        for identity, item in chosen.items()
        if acceptances[identity] in _STORED
    ]
    await _replace(connection, [item for item in changes if item.acceptance in _REPLACED], originals)
    await _insert_pages(connection, changes)
    await _insert_failures(connection, changes)
    return [_accepted(item, chosen, stored, acceptances, originals) for item in given]


def acceptance_of(stored: StoredDocument, document: NewDocument) -> Acceptance:
    """Decide what a submission is, given what the database has."""
    if stored.is_new:
        return Acceptance.NEW
    if stored.content_sha256 != document.content_sha256:
        return Acceptance.NEWER
    if stored.state == "parsed":
        return Acceptance.REPEAT_WAITING
    if stored.state == "processed":
        return Acceptance.REPEAT_PROCESSED
    return Acceptance.REPEAT_RETRIED if stored.retryable else Acceptance.REPEAT_FAILED


async def load_documents(
    connection: AsyncConnection, document_keys: Sequence[int], pipeline_id: str
) -> list[PendingDocument]:
    """Load documents with their pages, in the order of the keys; those that are not there are left out.

    Pages of answered documents are not loaded: nobody reads them again.
    """
    rows = {row.document_key: row for row in await connection.execute(_with_answered(document_keys, pipeline_id))}
    unanswered = [key for key, row in rows.items() if not row.answered]
    texts: dict[int, list[str]] = {key: [] for key in rows}
    pages_in_order = select(pages).where(is_any_of(pages.c.document_key, unanswered)).order_by(pages.c.page)
    for page in await connection.execute(pages_in_order):
        texts[page.document_key].append(page.text)
    # A document without pages was replaced by a failing content between the two queries: it has ended otherwise.
    there = [key for key in dict.fromkeys(document_keys) if key in rows and (rows[key].answered or texts[key])]
    return [_pending(rows[key], texts[key]) for key in there]


async def lock_documents(connection: AsyncConnection, document_keys: Collection[int]) -> Mapping[int, StoredDocument]:
    """Lock documents until the transaction ends, and read what they are."""
    statement = (
        select(documents.c.document_key, documents.c.content_sha256, documents.c.state, documents.c.duplicate_of)
        .where(is_any_of(documents.c.document_key, document_keys))
        .order_by(documents.c.tenant, documents.c.document_id)
        .with_for_update(key_share=True)
    )
    rows = await connection.execute(statement)
    return {row.document_key: StoredDocument(*row, is_new=False, retryable=False) for row in rows}


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


def _last_of_each(given: Sequence[NewDocument]) -> dict[Identity, NewDocument]:
    chosen: dict[Identity, NewDocument] = {}
    for item in given:
        before = chosen.get(_identity(item))
        # The same bytes again say nothing new, unless the first try had failed.
        if before is None or before.failure or before.content_sha256 != item.content_sha256:
            chosen[_identity(item)] = item
    return dict(sorted(chosen.items()))


async def _originals(connection: AsyncConnection, given: Collection[NewDocument]) -> dict[Identity, str]:
    """Find, by identity, the id of the first document of the same tenant with the same bytes.

    Two transactions at the same moment do not see each other's documents: this is advice, not a constraint.
    """
    columns = (documents.c.tenant, documents.c.document_id, documents.c.content_sha256)
    asked = unnest(columns, [{column.name: getattr(item, column.name) for column in columns} for item in given])
    same = and_(
        documents.c.tenant == asked.c.tenant,
        documents.c.content_sha256 == asked.c.content_sha256,
        documents.c.document_id != asked.c.document_id,
    )
    statement = (
        select(asked.c.tenant, asked.c.document_id, documents.c.document_id.label("original"))
        .join_from(asked, documents, same)
        .ext(distinct_on(asked.c.tenant, asked.c.document_id))
        .order_by(asked.c.tenant, asked.c.document_id, documents.c.accepted_at, documents.c.document_key)
    )
    found = {(row.tenant, row.document_id): row.original for row in await connection.execute(statement)}
    return _originals_among(given) | found


def _originals_among(given: Collection[NewDocument]) -> dict[Identity, str]:
    first: dict[Identity, str] = {}
    originals: dict[Identity, str] = {}
    for item in given:
        original = first.setdefault((item.tenant, item.content_sha256), item.document_id)
        if original != item.document_id:
            originals[_identity(item)] = original
    return originals


def _row(item: NewDocument, original: str | None) -> dict[str, Any]:
    return {
        "tenant": item.tenant,
        "document_id": item.document_id,
        "content_sha256": item.content_sha256,
        "media_type": item.media_type,
        "file_name": item.file_name,
        "metadata": dict(item.metadata),
        "notes": list(item.notes),
        "byte_count": item.byte_count,
        "page_count": len(item.pages),
        "language": item.language,
        "state": "failed" if item.failure else "parsed",
        "duplicate_of": original,
        "traceparent": item.traceparent,
        "trace_id": _trace_id(item),
        "submitted_at": item.submitted_at,
    }


async def _insert_or_lock(
    connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]
) -> dict[Identity, StoredDocument]:
    """Insert what is new and lock what is there, in one statement and one order of locks."""
    given = unnest(_NEW, rows)
    finished = _finished_at(given.c.state)
    source = select(literal_column("1"), *(given.c[column.name] for column in _NEW), finished).order_by(
        given.c.tenant, given.c.document_id
    )
    names = ["version", *(column.name for column in _NEW), "finished_at"]
    statement = insert(documents).from_select(names, source)
    retryable = (
        select(document_failures.c.retryable)
        # Written out: SQLAlchemy does not correlate a subquery with RETURNING, and would compare with all documents.
        .where(document_failures.c.document_key == literal_column("postkorb.documents.document_key"))
        .scalar_subquery()
    )
    # The update changes nothing; it locks the row, and RETURNING gives what it is.
    locked = statement.on_conflict_do_update(
        index_elements=[documents.c.tenant, documents.c.document_id],
        set_={"version": documents.c.version},
    ).returning(
        documents.c.tenant,
        documents.c.document_id,
        documents.c.document_key,
        documents.c.content_sha256,
        documents.c.state,
        documents.c.duplicate_of,
        literal_column("old.document_key IS NULL").label("is_new"),
        func.coalesce(retryable, False).label("retryable"),
    )
    result = await connection.execute(locked)
    return {(tenant, document_id): StoredDocument(*stored) for tenant, document_id, *stored in result}


async def _replace(connection: AsyncConnection, changes: Sequence[_Change], originals: Mapping[Identity, str]) -> None:
    if not changes:
        return
    keys = [item.stored.document_key for item in changes]
    await connection.execute(delete(pages).where(is_any_of(pages.c.document_key, keys)))
    await connection.execute(delete(document_failures).where(is_any_of(document_failures.c.document_key, keys)))
    rows = [
        {"document_key": item.stored.document_key} | _row(item.document, originals.get(_identity(item.document)))
        for item in changes
    ]
    given = unnest((documents.c.document_key, *_CONTENT), rows)
    is_newer = (documents.c.content_sha256 != given.c.content_sha256).cast(documents.c.version.type)
    await connection.execute(
        update(documents)
        .where(documents.c.document_key == given.c.document_key)
        .values(
            {column: given.c[column.name] for column in _CONTENT}
            | {
                documents.c.version: documents.c.version + is_newer,
                documents.c.accepted_at: func.now(),
                documents.c.finished_at: _finished_at(given.c.state),
            }
        )
    )


async def _insert_pages(connection: AsyncConnection, changes: Iterable[_Change]) -> None:
    rows = [
        {"document_key": item.stored.document_key, "page": number, "text": page}
        for item in changes
        for number, page in enumerate(item.document.pages, start=1)
    ]
    if rows:
        given = unnest(tuple(pages.c), rows)
        columns = [column.name for column in pages.c]
        await connection.execute(insert(pages).from_select(columns, select(*(given.c[name] for name in columns))))


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
        }
        for item in changes
        if (failure := item.document.failure)
    ]
    if rows:
        columns = [column for column in document_failures.c if column.name != "failed_at"]
        given = unnest(columns, rows)
        names = [column.name for column in columns]
        source = select(*(given.c[name] for name in names), func.now())
        await connection.execute(insert(document_failures).from_select([*names, "failed_at"], source))


def _accepted(
    item: NewDocument,
    chosen: Mapping[Identity, NewDocument],
    stored: Mapping[Identity, StoredDocument],
    acceptances: Mapping[Identity, Acceptance],
    originals: Mapping[Identity, str],
) -> AcceptedDocument:
    identity = _identity(item)
    row = stored[identity]
    acceptance = acceptances[identity] if chosen[identity] is item else Acceptance.REPEAT_WAITING
    original = originals.get(identity) if acceptance in _STORED else row.duplicate_of
    return AcceptedDocument(row.document_key, acceptance, original)


def _with_answered(document_keys: Collection[int], pipeline_id: str) -> Select[Any]:
    answered = (
        select(answers.c.answer_key)
        .where(
            answers.c.document_key == documents.c.document_key,
            answers.c.content_sha256 == documents.c.content_sha256,
            answers.c.pipeline_id == pipeline_id,
        )
        .exists()
    )
    return select(documents, (answered | (documents.c.state == "failed")).label("answered")).where(
        is_any_of(documents.c.document_key, document_keys)
    )


def _pending(row: Row[*tuple[Any, ...]], texts: Sequence[str]) -> PendingDocument:
    return PendingDocument(
        document_key=row.document_key,
        tenant=row.tenant,
        document_id=row.document_id,
        content_sha256=row.content_sha256,
        file_name=row.file_name,
        metadata=row.metadata,
        language=row.language or UNDETERMINED,
        pages=texts,
        submitted_at=row.submitted_at,
        traceparent=row.traceparent,
        duplicate_of=row.duplicate_of,
        notes=row.notes,
        answered=row.answered,
    )


def _finished_at(state: ColumnElement[str]) -> ColumnElement[Any]:
    return case((state == "failed", func.now()))


def _identity(item: NewDocument) -> Identity:
    return item.tenant, item.document_id


def _trace_id(item: NewDocument) -> str:
    return item.traceparent.split("-")[1]
