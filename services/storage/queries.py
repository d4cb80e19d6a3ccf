"""What people ask: the account, results, failures, and dead letters."""

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, RowMapping, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.events import ErrorCode, FieldAnswer, Finding, Status, Step
from services.storage.answers import header_bytes
from services.storage.records import Account, DeadLetterRow, Failure, FailureRow, NewDeadLetter, ResultRow
from services.storage.tables import (
    answer_fields,
    answers,
    current_answers,
    dead_letter_records,
    document_failures,
    documents,
    outbox,
    pipelines,
)
from services.storage.unnest import is_any_of

_ELSEWHERE: Final = {"fields", "model", "adapter"}
_RESULT: Final = (
    *(current_answers.c[item.name] for item in dataclasses.fields(ResultRow) if item.name not in _ELSEWHERE),
    func.coalesce(answers.c.model, pipelines.c.model).label("model"),
    answers.c.adapter,
)


async def account(
    connection: AsyncConnection, document_ids: Sequence[str] | None = None, tenant: str | None = None
) -> Account:
    """Count where documents are.

    Without `document_ids`, everything that was accepted or dead-lettered, and records that wait for another try; with
    them, these documents alone: one that nobody has seen yet is waiting too, and a dead letter counts by its key, if no
    document has that id. A dead letter that was handed in again counts no longer: it waits, until something came of it.
    `by_step` counts documents by where they are: `1-submitted` (not seen yet), `4-stored`, `processed`, `failed`,
    `dead_lettered`.
    """
    states = await _states(connection, document_ids, tenant)
    of_one_tenant = tenant is not None and document_ids is None  # a record that is no document has no tenant
    dead = 0 if of_one_tenant else await _dead_letters(connection, document_ids)
    known = sum(states.values()) + dead
    if document_ids is None:
        submitted = known + (0 if of_one_tenant else await _records_to_try_again(connection))
    else:
        submitted = max(len(set(document_ids)), known)
    unseen = submitted - known
    waiting = states["parsed"] + unseen
    by_step = {
        "1-submitted": unseen,
        "4-stored": states["parsed"],
        "processed": states["processed"],
        "failed": states["failed"],
        "dead_lettered": dead,
    }
    return Account(submitted, states["processed"], states["failed"], dead, waiting, by_step)


async def results(
    connection: AsyncConnection,
    document_ids: Sequence[str] | None = None,
    limit: int | None = 100,
    *,
    tenant: str | None = None,
) -> list[ResultRow]:
    """Give processed documents with their fields, the newest first.

    Parameters
    ----------
    limit
        Documents at most; None: all.
    tenant
        Only this one's: another may have documents of the same id.
    """
    statement = (
        select(*_RESULT, current_answers.c.answer_key)
        .join_from(current_answers, pipelines, current_answers.c.pipeline_id == pipelines.c.pipeline_id)
        .join(answers, answers.c.answer_key == current_answers.c.answer_key)
        .order_by(current_answers.c.processed_at.desc(), current_answers.c.answer_key.desc())
        .limit(limit)
    )
    if document_ids is not None:
        statement = statement.where(is_any_of(current_answers.c.document_id, document_ids))
    if tenant is not None:
        statement = statement.where(current_answers.c.tenant == tenant)
    rows = (await connection.execute(statement)).mappings().all()
    fields = await fields_by_answer(connection, [row["answer_key"] for row in rows])
    return [_result(row, fields[row["answer_key"]]) for row in rows]


async def failures(
    connection: AsyncConnection,
    document_ids: Sequence[str] | None = None,
    limit: int | None = 100,
    *,
    tenant: str | None = None,
) -> list[FailureRow]:
    """Give failed documents with the reason, the newest first; parameters as of `results`."""
    statement = (
        select(documents.c.document_id, documents.c.tenant, documents.c.file_name, documents.c.submitted_at)
        .add_columns(*(item for item in document_failures.c if item.name not in {"document_key", "content_sha256"}))
        .join_from(documents, document_failures)
        .where(*_of_documents(document_ids, tenant))
        .order_by(document_failures.c.failed_at.desc(), documents.c.document_key)
        .limit(limit)
    )
    return [_failure(row) for row in await connection.execute(statement)]


async def dead_letter_rows(
    connection: AsyncConnection, dead_letter_keys: Sequence[int] | None = None, limit: int = 100
) -> list[DeadLetterRow]:
    """Give dead letters with their original bytes, the newest first."""
    statement = select(dead_letter_records).order_by(dead_letter_records.c.dead_letter_key.desc()).limit(limit)
    if dead_letter_keys is not None:
        statement = statement.where(is_any_of(dead_letter_records.c.dead_letter_key, dead_letter_keys))
    return [dead_letter_of(row) for row in await connection.execute(statement)]


async def _states(
    connection: AsyncConnection, document_ids: Sequence[str] | None, tenant: str | None
) -> dict[str, int]:
    of_documents = _of_documents(document_ids, tenant)
    statement = select(documents.c.state, func.count()).where(*of_documents).group_by(documents.c.state)
    found: dict[str, int] = dict((await connection.execute(statement)).all())
    return {state: found.get(state, 0) for state in ("parsed", "processed", "failed")}


async def _dead_letters(connection: AsyncConnection, document_ids: Sequence[str] | None) -> int:
    if document_ids is None:
        letters = select(func.count()).select_from(dead_letter_records)
        return await connection.scalar(letters.where(dead_letter_records.c.retried_at.is_(None))) or 0
    keys = [identifier.encode() for identifier in document_ids]
    without_document = (
        ~select(documents.c.document_key)
        .where(func.convert_to(documents.c.document_id, "UTF8") == dead_letter_records.c.key)
        .where(is_any_of(documents.c.document_id, document_ids))
        .exists()
    )
    statement = select(func.count(dead_letter_records.c.key.distinct())).where(
        is_any_of(dead_letter_records.c.key, keys), dead_letter_records.c.retried_at.is_(None), without_document
    )
    return await connection.scalar(statement) or 0


async def _records_to_try_again(connection: AsyncConnection) -> int:
    statement = select(func.count()).where(
        outbox.c.published_at.is_(None), outbox.c.attempt.is_not(None), outbox.c.document_key.is_(None)
    )
    return await connection.scalar(statement) or 0


def _of_documents(document_ids: Sequence[str] | None, tenant: str | None) -> list[ColumnElement[bool]]:
    conditions = [] if document_ids is None else [is_any_of(documents.c.document_id, document_ids)]
    return conditions if tenant is None else [*conditions, documents.c.tenant == tenant]


async def fields_by_answer(connection: AsyncConnection, answer_keys: Sequence[int]) -> dict[int, list[FieldAnswer]]:
    """Give the fields of answers, by the answer's key."""
    statement = select(answer_fields).where(is_any_of(answer_fields.c.answer_key, answer_keys))
    fields: dict[int, list[FieldAnswer]] = defaultdict(list)
    for row in (await connection.execute(statement.order_by(answer_fields.c.path))).mappings():
        given = {name: row[name] for name in FieldAnswer.model_fields}
        fields[row["answer_key"]].append(FieldAnswer(**given))
    return fields


def _result(row: RowMapping, fields: Sequence[FieldAnswer]) -> ResultRow:
    given = {item.name: row[item.name] for item in _RESULT}
    findings = [Finding.model_validate(item) for item in row["findings"]]
    return ResultRow(**given | {"status": Status(row["status"]), "findings": findings}, fields=fields)


def _failure(row: Row[*tuple[Any, ...]]) -> FailureRow:
    failure = Failure(Step(row.step), ErrorCode(row.code), row.message, row.retryable)
    return FailureRow(
        row.document_id,
        row.tenant,
        row.file_name,
        failure,
        row.attempts,
        row.trace_id,
        row.submitted_at,
        row.failed_at,
    )


def dead_letter_of(row: Row[*tuple[Any, ...]]) -> DeadLetterRow:
    """Make a dead letter of its row in the table."""
    letter = NewDeadLetter(
        topic=row.topic,
        partition=row.partition,
        offset=row.offset,
        key=row.key,
        value=row.value,
        headers=header_bytes(row.headers),
        code=ErrorCode(row.code),
        message=row.message,
        attempts=row.attempts,
        trace_id=row.trace_id,
        failed_at=row.failed_at,
        retry_of=row.retry_of,
    )
    return DeadLetterRow(row.dead_letter_key, letter, row.retries, row.retried_at)
