"""What pipelines answered: the answers of one to given contents, and where two of them differ."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    false,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.events import FieldAnswer, Finding, Status
from services.storage.errors import StorageError
from services.storage.queries import fields_by_answer
from services.storage.records import Pipeline
from services.storage.tables import answer_fields, answers, documents, pipelines
from services.storage.unnest import is_any_of

DOCUMENT_TYPE: Final = "document_type"
STATUS: Final = "status"
REVIEW: Final = "needs_review"
"""Paths of differences that are no field."""


class UnknownPipelineError(StorageError):
    """No pipeline has this id; the message names those that there are."""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer of a pipeline to one content."""

    content_sha256: str
    document_type: str
    type_confidence: float
    status: Status
    reasons: Sequence[str]
    findings: Sequence[Finding]
    fields: Sequence[FieldAnswer]
    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True)
class AnswerDifference:
    """Where two pipelines answered differently.

    Parameters
    ----------
    path
        The field, or `document_type`, or `status`, or `needs_review`.
    first, second
        What each of them said or proposed, the verbatim copy where code could not read it; None: nothing.
    first_confidence, second_confidence
        None where nothing was said, or of a status.
    first_status, second_status
        Of a field's value, such as `unsupported`; None where nothing was said, or of no field.
    """

    tenant: str
    document_id: str
    path: str
    first: str | None
    second: str | None
    first_confidence: float | None
    second_confidence: float | None
    first_status: str | None = None
    second_status: str | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two pipelines agree, over the contents that both answered; two of one document are two.

    Parameters
    ----------
    documents, fields
        How many both answered; fields that at least one of them found.
    differing_documents, differing_fields
        Those that are not alike.
    """

    documents: int
    differing_documents: int
    fields: int
    differing_fields: int


async def pipeline_of_id(connection: AsyncConnection, pipeline_id: str) -> Pipeline:
    """Give a stored pipeline.

    Raises
    ------
    UnknownPipelineError
        If there is none with this id.
    """
    columns = [pipelines.c[name] for name in Pipeline.__dataclass_fields__]
    row = (await connection.execute(select(*columns).where(pipelines.c.pipeline_id == pipeline_id))).one_or_none()
    if row is not None:
        return Pipeline(*row)
    newest = select(pipelines.c.pipeline_id).order_by(pipelines.c.created_at.desc()).limit(10)
    known = ", ".join(await connection.scalars(newest)) or "none yet"
    message = f"there is no pipeline {pipeline_id!r}; the newest are: {known}"
    raise UnknownPipelineError(message)


async def stored_answers(
    connection: AsyncConnection, pipeline_id: str, content_sha256s: Collection[str]
) -> dict[str, StoredAnswer]:
    """Give what a pipeline answered to contents, by their SHA-256; of several equal ones, the newest answer."""
    statement = (
        select(answers)
        .where(answers.c.pipeline_id == pipeline_id, is_any_of(answers.c.content_sha256, content_sha256s))
        .order_by(answers.c.answer_key)
    )
    rows = {row.content_sha256: row for row in await connection.execute(statement)}
    fields = await fields_by_answer(connection, [row.answer_key for row in rows.values()])
    return {
        sha256: StoredAnswer(
            content_sha256=sha256,
            document_type=row.document_type,
            type_confidence=row.type_confidence,
            status=Status(row.status),
            reasons=row.reasons,
            findings=[Finding.model_validate(item) for item in row.findings],
            fields=fields[row.answer_key],
            prompt_tokens=row.prompt_tokens,
            completion_tokens=row.completion_tokens,
        )
        for sha256, row in rows.items()
    }


async def agreement(connection: AsyncConnection, first: str, second: str) -> Agreement:
    """Count where two pipelines agree."""
    both, differences = _both(first, second), _differences(first, second).subquery()
    documents_count = await connection.scalar(select(func.count()).select_from(both))
    fields = _joined_fields(both).subquery()
    fields_count = await connection.scalar(select(func.count()).select_from(fields))
    of_fields = differences.c.is_field
    differing = select(func.count(differences.c.first_key.distinct()), func.count().filter(of_fields))
    differing_documents, differing_fields = (await connection.execute(differing.select_from(differences))).one()
    return Agreement(documents_count or 0, differing_documents, fields_count or 0, differing_fields)


async def differences_of(
    connection: AsyncConnection, first: str, second: str, limit: int | None = None
) -> list[AnswerDifference]:
    """Give where two pipelines answered differently, by document and field."""
    found = _differences(first, second).subquery()
    names = [name for name in AnswerDifference.__dataclass_fields__ if name not in {"tenant", "document_id"}]
    statement = (
        select(documents.c.tenant, documents.c.document_id, *(found.c[name] for name in names))
        .join_from(found, documents, documents.c.document_key == found.c.document_key)
        .order_by(documents.c.tenant, documents.c.document_id, found.c.is_field, found.c.path)
        .limit(limit)
    )
    return [AnswerDifference(*row) for row in await connection.execute(statement)]


def _both(first: str, second: str) -> FromClause:
    """Pair the answers of two pipelines to the same content of the same document."""
    one, other = answers.alias("one"), answers.alias("other")
    same = and_(one.c.document_key == other.c.document_key, one.c.content_sha256 == other.c.content_sha256)
    return (
        select(
            one.c.document_key,
            one.c.answer_key.label("first_key"),
            other.c.answer_key.label("second_key"),
            one.c.document_type.label("first_type"),
            other.c.document_type.label("second_type"),
            one.c.type_confidence.label("first_sure"),
            other.c.type_confidence.label("second_sure"),
            one.c.status.label("first_status"),
            other.c.status.label("second_status"),
            one.c.needs_review.cast(Text).label("first_review"),
            other.c.needs_review.cast(Text).label("second_review"),
        )
        .join_from(one, other, same)
        .where(one.c.pipeline_id == first, other.c.pipeline_id == second)
        .subquery("both")
    )


def _joined_fields(both: FromClause) -> Select[Any]:
    """Put the fields of both answers beside each other; one that only one of them has has nothing beside it."""
    one = _fields_of(both, both.c.first_key).subquery("one")
    other = _fields_of(both, both.c.second_key).subquery("other")
    same = and_(one.c.first_key == other.c.first_key, one.c.path == other.c.path)
    return select(
        func.coalesce(one.c.document_key, other.c.document_key).label("document_key"),
        func.coalesce(one.c.first_key, other.c.first_key).label("first_key"),
        true().label("is_field"),
        func.coalesce(one.c.path, other.c.path).label("path"),
        one.c.said.label("first"),
        other.c.said.label("second"),
        one.c.confidence.label("first_confidence"),
        other.c.confidence.label("second_confidence"),
        one.c.status.label("first_status"),
        other.c.status.label("second_status"),
    ).join_from(one, other, same, full=True)


def _fields_of(both: FromClause, key: ColumnElement[int]) -> Select[Any]:
    said = func.coalesce(answer_fields.c.value, answer_fields.c.proposal, answer_fields.c.verbatim).label("said")
    columns = (answer_fields.c.path, said, answer_fields.c.confidence, answer_fields.c.status)
    return select(both.c.document_key, both.c.first_key, *columns).join_from(
        both, answer_fields, answer_fields.c.answer_key == key
    )


def _differences(first: str, second: str) -> Any:  # noqa: ANN401  (a union of selects)
    both = _both(first, second)
    fields = _joined_fields(both).subquery("fields")
    different = fields.c.first.is_distinct_from(fields.c.second) | fields.c.first_status.is_distinct_from(
        fields.c.second_status
    )
    nothing = literal(None, both.c.first_sure.type)
    return union_all(
        select(fields).where(different),
        _of_answer(both, DOCUMENT_TYPE, ("first_type", "second_type"), (both.c.first_sure, both.c.second_sure)),
        _of_answer(both, STATUS, ("first_status", "second_status"), (nothing, nothing)),
        _of_answer(both, REVIEW, ("first_review", "second_review"), (nothing, nothing)),
    )


def _of_answer(
    both: FromClause, path: str, said: tuple[str, str], sure: tuple[ColumnElement[Any], ColumnElement[Any]]
) -> Select[Any]:
    first, second = (both.c[name] for name in said)
    return select(
        both.c.document_key,
        both.c.first_key,
        false(),
        literal(path),
        first,
        second,
        sure[0],
        sure[1],
        null(),
        null(),
    ).where(first != second)
