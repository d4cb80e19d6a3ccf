"""What became of documents and records: answers, failures, dead letters, and the pipelines that made them."""

import base64
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Update, bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.document_types import Kind
from schemas.events import FieldAnswer
from schemas.text import clean_text
from services.storage.documents import known_dead_letters, lock_documents
from services.storage.records import NewAnswer, NewBatch, NewDeadLetter, NewFailure, Pipeline
from services.storage.tables import (
    answer_fields,
    answers,
    batches,
    dead_letter_records,
    document_failures,
    documents,
    pipelines,
)
from services.storage.unnest import arrays, insert_given, insert_rows, is_any_of, unnest

PARSED: Final = "parsed"
FAILED: Final = "failed"

_ANSWER: Final = tuple(column for column in answers.c if column.name not in {"answer_key", "turn"})
"""Columns of an answer that the database does not give."""

_COUNTS: Final = (batches.c.prompt_tokens, batches.c.cached_tokens, batches.c.completion_tokens)
_ENDS: Final = (documents.c.document_key, documents.c.finished_at)
_TAKEN: Final = (batches.c.batch_id, batches.c.finished_at, *_COUNTS)
_TRIES: Final = (documents.c.document_key, documents.c.attempts)


def _finished() -> Update:
    given = unnest(_ENDS)
    ended = update(documents).where(documents.c.document_key == given.c.document_key)
    return ended.values(state=bindparam("finished_as"), finished_at=given.c.finished_at)


def _tried() -> Update:
    given = unnest(_TRIES)
    tried = update(documents).where(documents.c.document_key == given.c.document_key)
    return tried.values(attempts=given.c.attempts)


def _added() -> Update:
    taken = unnest(_TAKEN)
    sums: dict[str, Any] = {count.name: count + taken.c[count.name] for count in _COUNTS}
    latest = func.greatest(batches.c.finished_at, taken.c.finished_at)
    added = update(batches).where(batches.c.batch_id == taken.c.batch_id)
    return added.values(sums | {"finished_at": latest})


_INSERT_ANSWERS: Final = (
    insert_given(answers, _ANSWER).on_conflict_do_nothing().returning(answers.c.document_key, answers.c.answer_key)
)
_FINISHED: Final = _finished()
_TRIED: Final = _tried()
_ADDED: Final = _added()


@dataclass(frozen=True, slots=True)
class NextTry:
    """A document that is to be tried again."""

    document_key: int
    content_sha256: str
    attempts: int
    """Which try comes next: the tries so far, and one."""


async def ensure_pipeline(connection: AsyncConnection, pipeline: Pipeline) -> None:
    """Store a pipeline, once."""
    statement = insert(pipelines).values(
        pipeline_id=pipeline.pipeline_id,
        model=pipeline.model,
        model_sha256=pipeline.model_sha256,
        settings=dict(pipeline.settings),
        calibration=None if pipeline.calibration is None else dict(pipeline.calibration),
    )
    await connection.execute(statement.on_conflict_do_nothing())


async def record_answers(
    connection: AsyncConnection, of_batches: Collection[NewBatch], given: Sequence[NewAnswer]
) -> set[int]:
    """Write answers of batches, as their documents finish, and mark the documents processed.

    A batch is written with its first answer. What it cost is the sum of the answers that were written, so that a
    transaction that is repeated adds nothing twice.

    Returns
    -------
    set of int
        Keys of the documents whose answers were written. Left out is a document that this pipeline has answered
        already, that failed meanwhile, or whose content changed (its newer content is on its way): there is
        nothing to do for those.
    """
    by_key = {item.document_key: item for item in given}
    stored = await lock_documents(connection, by_key)
    fitting = [
        item
        for key, item in by_key.items()
        if key in stored and stored[key].content_sha256 == item.content_sha256 and stored[key].state != FAILED
    ]
    # After the documents: every transaction locks the two in this order.
    begun = {item.batch_id for item in fitting}
    await insert_rows(connection, batches, [_batch_row(batch) for batch in of_batches if batch.batch_id in begun])
    answer_keys = await _insert_answers(connection, fitting)
    written = [item for item in fitting if item.document_key in answer_keys]
    fields = [_field_row(answer_keys[item.document_key], field) for item in written for field in item.fields]
    await insert_rows(connection, answer_fields, fields)
    await _finish(connection, "processed", {item.document_key: item.processed_at for item in written})
    await _add_to_batches(connection, written)
    return set(answer_keys)


async def settle_answered(connection: AsyncConnection, document_keys: Collection[int], pipeline_id: str) -> None:
    """Make what a pipeline has answered before the present answer, and mark waiting documents processed.

    That happens when a document comes back to an earlier content, or is to be read by an earlier pipeline again.
    """
    stored = await lock_documents(connection, document_keys)
    if not stored:
        return
    newer = answers.alias("newer")
    is_past = (
        select(newer.c.answer_key)
        .where(
            newer.c.document_key == answers.c.document_key,
            newer.c.content_sha256 == answers.c.content_sha256,
            newer.c.turn > answers.c.turn,
        )
        .exists()
    )
    is_of_content = answers.c.content_sha256 == documents.c.content_sha256
    past = update(answers).where(
        is_any_of(answers.c.document_key, stored),
        answers.c.document_key == documents.c.document_key,
        is_of_content,
        answers.c.pipeline_id == pipeline_id,
        is_past,
    )
    await connection.execute(past.values(turn=text("DEFAULT")))
    waiting = [key for key, item in stored.items() if item.state == PARSED]
    if not waiting:
        return
    answered = (
        select(answers.c.answer_key).where(answers.c.document_key == documents.c.document_key, is_of_content).exists()
    )
    settled = update(documents).where(is_any_of(documents.c.document_key, waiting), answered)
    await connection.execute(settled.values(state="processed", finished_at=func.now()))


async def record_failures(connection: AsyncConnection, given: Sequence[NewFailure]) -> set[int]:
    """Write why waiting documents have no answers, and mark them failed.

    Returns
    -------
    set of int
        Keys of the documents that failed now; left out are those that ended otherwise meanwhile, or whose
        content changed.
    """
    by_key = {item.document_key: item for item in given}
    stored = await lock_documents(connection, by_key)
    fitting = [
        item
        for key, item in by_key.items()
        if key in stored and stored[key].content_sha256 == item.content_sha256 and stored[key].state == PARSED
    ]
    await insert_rows(connection, document_failures, [_failure_row(item) for item in fitting])
    await _finish(connection, FAILED, {item.document_key: item.failed_at for item in fitting})
    return {item.document_key for item in fitting}


async def schedule_retry(connection: AsyncConnection, pipeline_id: str, given: Sequence[NextTry]) -> set[int]:
    """Note which try of documents comes next.

    Returns
    -------
    set of int
        Keys of the documents that get another try: only for these is a retry to be enqueued. Left out are those
        that this pipeline has answered meanwhile, that failed, whose content changed, or that have a later try already.
        What another pipeline has answered may be tried again: it was to be read anew.
    """
    by_key = {item.document_key: item for item in given}
    stored = await lock_documents(connection, by_key)
    answered = await _answered(connection, pipeline_id, stored) if stored else set()
    fitting = [
        item
        for key, item in by_key.items()
        if key in stored
        and key not in answered
        and stored[key].content_sha256 == item.content_sha256
        and stored[key].state != FAILED
        and stored[key].attempts <= item.attempts
    ]
    rows = [{"document_key": item.document_key, "attempts": item.attempts} for item in fitting]
    if rows:
        await connection.execute(_TRIED, arrays(_TRIES, rows))
    return {item.document_key for item in fitting}


async def _answered(connection: AsyncConnection, pipeline_id: str, document_keys: Collection[int]) -> set[int]:
    statement = select(documents.c.document_key).where(
        is_any_of(documents.c.document_key, document_keys),
        answers.c.document_key == documents.c.document_key,
        answers.c.content_sha256 == documents.c.content_sha256,
        answers.c.pipeline_id == pipeline_id,
    )
    return set(await connection.scalars(statement))


async def note_engine_death(connection: AsyncConnection, document_keys: Collection[int]) -> None:
    """Count, for documents that have not failed, that the engine died while it held them: some are read anew."""
    stored = await lock_documents(connection, document_keys)
    waiting = [key for key, item in stored.items() if item.state != FAILED]
    held = update(documents).where(is_any_of(documents.c.document_key, waiting))
    await connection.execute(held.values(engine_deaths=documents.c.engine_deaths + 1))


async def record_dead_letters(connection: AsyncConnection, letters: Sequence[NewDeadLetter]) -> None:
    """Keep records that are no document; the same record (topic, partition, offset) is kept once."""
    known = await known_dead_letters(connection, [item.retry_of for item in letters])
    await insert_rows(connection, dead_letter_records, [_letter_row(item, known) for item in letters])


def header_values(headers: Sequence[tuple[str, bytes | None]]) -> list[dict[str, str | None]]:
    """Turn headers to JSON without losing a byte: `text` where it is UTF-8 that JSON can hold, else `base64`."""
    return [{"name": clean_text(name), **_header_value(raw)} for name, raw in headers]


def header_bytes(stored: Sequence[Mapping[str, str | None]]) -> list[tuple[str, bytes | None]]:
    """Turn what `header_values` made back to headers."""
    return [(item["name"] or "", _header_bytes(item)) for item in stored]


def _header_value(raw: bytes | None) -> dict[str, str | None]:
    if raw is None:
        return {"text": None}
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = "\x00"
    # PostgreSQL's JSON has no U+0000.
    return {"base64": base64.b64encode(raw).decode()} if "\x00" in text else {"text": text}


def _header_bytes(item: Mapping[str, str | None]) -> bytes | None:
    if encoded := item.get("base64"):
        return base64.b64decode(encoded)
    text = item.get("text")
    return None if text is None else text.encode()


async def _insert_answers(connection: AsyncConnection, given: Sequence[NewAnswer]) -> dict[int, int]:
    if not given:
        return {}
    written = await connection.execute(_INSERT_ANSWERS, arrays(_ANSWER, [_answer_row(item) for item in given]))
    return {row.document_key: row.answer_key for row in written}


async def _finish(connection: AsyncConnection, state: str, finished_at: Mapping[int, Any]) -> None:
    if not finished_at:
        return
    rows = [{"document_key": key, "finished_at": moment} for key, moment in finished_at.items()]
    await connection.execute(_FINISHED, arrays(_ENDS, rows) | {"finished_as": state})


async def _add_to_batches(connection: AsyncConnection, written: Sequence[NewAnswer]) -> None:
    if not written:
        return
    by_batch: dict[UUID, list[NewAnswer]] = {}
    for item in written:
        by_batch.setdefault(item.batch_id, []).append(item)
    rows = [
        {"batch_id": batch_id, "finished_at": max(item.processed_at for item in of_batch)}
        | {count.name: sum(getattr(item, count.name) for item in of_batch) for count in _COUNTS}
        for batch_id, of_batch in by_batch.items()
    ]
    await connection.execute(_ADDED, arrays(_TAKEN, rows))


def _batch_row(batch: NewBatch) -> dict[str, Any]:
    return {
        "batch_id": batch.batch_id,
        "pipeline_id": batch.pipeline_id,
        "trace_id": batch.trace_id,
        "started_at": batch.started_at,
        "finished_at": batch.started_at,
        "prompt_tokens": 0,
        "cached_tokens": 0,
        "completion_tokens": 0,
    }


def _answer_row(item: NewAnswer) -> dict[str, Any]:
    row = {column.name: getattr(item, column.name) for column in _ANSWER}
    findings = [finding.model_dump(mode="json") for finding in item.findings]
    return row | {"status": item.status.value, "reasons": list(item.reasons), "findings": findings}


def _field_row(answer_key: int, field: FieldAnswer) -> dict[str, Any]:
    is_date = field.kind == Kind.DATE and field.value is not None
    return field.model_dump() | {
        "answer_key": answer_key,
        "value_date": date.fromisoformat(field.value or "") if is_date else None,
    }


def _failure_row(item: NewFailure) -> dict[str, Any]:
    return {
        "document_key": item.document_key,
        "content_sha256": item.content_sha256,
        "step": item.failure.step.value,
        "code": item.failure.code.value,
        "message": item.failure.message,
        "retryable": item.failure.retryable,
        "attempts": item.attempts,
        "trace_id": item.trace_id,
        "failed_at": item.failed_at,
    }


def _letter_row(item: NewDeadLetter, known: Collection[int]) -> dict[str, Any]:
    row = {name: getattr(item, name) for name in ("topic", "partition", "offset", "key", "value", "attempts")}
    return row | {
        "headers": header_values(item.headers),
        "code": item.code.value,
        "message": clean_text(item.message),
        "retry_of": item.retry_of if item.retry_of in known else None,
        "trace_id": item.trace_id,
        "failed_at": item.failed_at,
    }
