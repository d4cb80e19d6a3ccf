"""The statements that every document needs, made once; each is given rows by `unnest.arrays` or `unnest.these`."""

from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert

from services.storage.tables import answers, document_failures, documents, pages
from services.storage.unnest import insert_given, is_any_given, unnest

PLACE: Final = (documents.c.submitted_at, documents.c.source_partition, documents.c.source_offset)
CONTENT: Final = (
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
    documents.c.attempts,
    documents.c.retry_of,
    documents.c.einvoice,
    documents.c.priority,
    *PLACE,
)
NEW: Final = (documents.c.tenant, documents.c.document_id, *CONTENT)
BYTES: Final = (documents.c.tenant, documents.c.document_id, documents.c.content_sha256)


def finished_at(state: ColumnElement[str]) -> ColumnElement[Any]:
    """Give when a document ended that is stored in a state."""
    return case((state == "failed", func.now()))


def _insert_or_lock() -> ReturningInsert[Any]:
    given = unnest(NEW)
    finished = finished_at(given.c.state)
    source = select(literal_column("1"), *(given.c[column.name] for column in NEW), finished).order_by(
        given.c.tenant, given.c.document_id
    )
    names = ["version", *(column.name for column in NEW), "finished_at"]
    statement = insert(documents).from_select(names, source)
    retryable = (
        select(document_failures.c.retryable)
        # Written out: SQLAlchemy does not correlate a subquery with RETURNING, and would compare with all documents.
        .where(document_failures.c.document_key == literal_column("postkorb.documents.document_key"))
        .scalar_subquery()
    )
    # The update changes nothing; it locks the row, and RETURNING gives what it is.
    return statement.on_conflict_do_update(
        index_elements=[documents.c.tenant, documents.c.document_id],
        set_={"version": documents.c.version},
    ).returning(
        documents.c.tenant,
        documents.c.document_id,
        documents.c.document_key,
        documents.c.content_sha256,
        documents.c.state,
        documents.c.duplicate_of,
        *PLACE,
        documents.c.attempts,
        literal_column("old.document_key IS NULL").label("is_new"),
        func.coalesce(retryable, False).label("retryable"),
    )


def _originals() -> Select[Any]:
    asked = unnest(BYTES)
    same = and_(
        documents.c.tenant == asked.c.tenant,
        documents.c.content_sha256 == asked.c.content_sha256,
        documents.c.document_id != asked.c.document_id,
    )
    # The first by an index: a blank scan may be there a hundred thousand times.
    first = (
        select(documents.c.document_id)
        .where(same)
        .order_by(documents.c.accepted_at, documents.c.document_key)
        .limit(1)
        .correlate(asked)
        .lateral("first")
    )
    return select(asked.c.tenant, asked.c.document_id, first.c.document_id.label("original")).join_from(
        asked, first, true()
    )


def _with_answered() -> Select[Any]:
    answered = (
        select(answers.c.answer_key)
        .where(
            answers.c.document_key == documents.c.document_key,
            answers.c.content_sha256 == documents.c.content_sha256,
            answers.c.pipeline_id == bindparam("answered_by"),
        )
        .exists()
    )
    return select(documents, (answered | (documents.c.state == "failed")).label("answered")).where(
        is_any_given(documents.c.document_key)
    )


LOCK: Final = (
    select(documents.c.document_key, documents.c.content_sha256, documents.c.state, documents.c.attempts)
    .where(is_any_given(documents.c.document_key))
    .order_by(documents.c.tenant, documents.c.document_id)
    .with_for_update(key_share=True)
)
INSERT_OR_LOCK: Final = _insert_or_lock()
"""Insert rows of `NEW`; give what is stored of each, and whether it is new."""
INSERT_PAGES: Final = insert_given(pages, tuple(pages.c))
PAGES_IN_ORDER: Final = select(pages).where(is_any_given(pages.c.document_key)).order_by(pages.c.page)
ORIGINALS: Final = _originals()
"""Find, for rows of `BYTES`, the first other document of the tenant with the same bytes."""
WITH_ANSWERED: Final = _with_answered()
"""Load documents, and say whether the pipeline `answered_by` is done with them."""
