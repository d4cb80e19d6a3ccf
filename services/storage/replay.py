"""Documents that are answered anew: which, what that will take, and handing them to inference once more."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.events import DocumentParsed, EventType, Priority, event_id
from schemas.topics import Topics
from services.storage.database import Database
from services.storage.document_events import event_row
from services.storage.documents import lock_documents
from services.storage.outbox import enqueue
from services.storage.records import OutboxRow
from services.storage.tables import answers, current_answers, documents, pages, pipelines
from services.storage.unnest import is_any_of

CHUNK_DOCUMENTS: Final = 500
"""Most documents of one transaction."""

BATCHES_MEASURED: Final = 500
"""The newest batches, by which the time is estimated."""


@dataclass(frozen=True, slots=True)
class ReplaySelection:
    """Which processed documents are meant; what is None leaves all in.

    Parameters
    ----------
    since, until
        When their present answer was recorded: not before `since`, and before `until`.
    """

    document_type: str | None = None
    tenant: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def narrow(self) -> bool:
        """Whether anything leaves some out."""
        return any(item is not None for item in (self.document_type, self.tenant, self.since, self.until))


@dataclass(frozen=True, slots=True)
class Forecast:
    """What answering the selected documents anew will take.

    Parameters
    ----------
    tokens
        Prompt and completion tokens that their present answers took.
    seconds
        At the speed of the newest batches, on as many machines as these; None if none was measured.
    engine_seconds
        Engine time, that of all machines added up, as the newest batches took for their tokens: it has a price.
    newest_pipeline, answered_by_newest
        The pipeline that was used first most lately, and how many it has answered: if it is the one that runs, these
        cost nothing.
    upto
        Largest document key that is meant: later documents are not.
    """

    documents: int
    pages: int
    tokens: int
    seconds: float | None
    engine_seconds: float | None
    newest_pipeline: str | None
    answered_by_newest: int
    upto: int


async def forecast(connection: AsyncConnection, selection: ReplaySelection) -> Forecast:
    """Estimate what a replay will take, from what the present answers took."""
    newest = await connection.scalar(select(pipelines.c.pipeline_id).order_by(pipelines.c.created_at.desc()).limit(1))
    by_newest = func.count().filter(answers.c.pipeline_id == newest)
    statement = _selected(selection).with_only_columns(
        func.count(),
        func.coalesce(func.sum(documents.c.page_count), 0),
        func.coalesce(func.sum(answers.c.prompt_tokens + answers.c.completion_tokens), 0),
        by_newest,
        func.coalesce(func.max(documents.c.document_key), 0),
    )
    count, page_count, tokens, answered, upto = (await connection.execute(statement)).one()
    speed = (await connection.execute(_SPEED, {"batches": BATCHES_MEASURED})).one()
    seconds, engine_seconds = (
        None if per_token is None else float(per_token) * int(tokens) for per_token in (speed.passed, speed.worked)
    )
    return Forecast(count, int(page_count), int(tokens), seconds, engine_seconds, newest, answered, upto)


async def replay(database: Database, selection: ReplaySelection, topics: Topics, upto: int) -> AsyncIterator[int]:
    """Hand documents to inference again, a transaction at a time; give how many each had.

    The same document and content handed in again before it was taken is one event.
    """
    after = 0
    while rows := await database.in_transaction(partial(_replay_part, selection, topics, after, upto)):
        yield len(rows)
        after = rows[-1].document_key or upto


async def _replay_part(
    selection: ReplaySelection, topics: Topics, after: int, upto: int, connection: AsyncConnection
) -> Sequence[OutboxRow]:
    characters = (
        select(func.coalesce(func.sum(func.length(pages.c.text)), 0))
        .where(pages.c.document_key == documents.c.document_key)
        .scalar_subquery()
    )
    key = documents.c.document_key
    statement = (
        _selected(selection)
        .with_only_columns(documents, characters.label("characters"))
        .where(key > after, key <= upto)
        .order_by(key)
        .limit(CHUNK_DOCUMENTS)
    )
    now = datetime.now(UTC)
    rows = [_row(item, topics, now) for item in await connection.execute(statement)]
    keys = [row.document_key for row in rows if row.document_key is not None]
    await lock_documents(connection, keys)
    # What an earlier pipeline's tries were is not this one's; whatever is tried again waits as it does now.
    anew = update(documents).where(is_any_of(documents.c.document_key, keys), documents.c.state == "processed")
    await connection.execute(anew.values(attempts=1, engine_deaths=0, priority=Priority.BULK.value))
    await enqueue(connection, rows)
    return rows


def _row(document: Row[*tuple[Any, ...]], topics: Topics, now: datetime) -> OutboxRow:
    identity = event_id(EventType.PARSED, document.tenant, document.document_id, document.content_sha256, "replay")
    event = DocumentParsed(
        document_id=document.document_id,
        tenant=document.tenant,
        document_key=document.document_key,
        content_sha256=document.content_sha256,
        page_count=document.page_count,
        characters=document.characters,
    )
    topic = topics.parsed_of(Priority.BULK)  # today's post does not wait for yesterday's
    return event_row(EventType.PARSED, identity, topic, document, document.document_key, event, now)


def _selected(selection: ReplaySelection) -> Select[Any]:
    """Select processed documents with their present answer; failed ones are handed in again by their publisher."""
    joined = (
        select(documents.c.document_key)
        .join_from(current_answers, answers, answers.c.answer_key == current_answers.c.answer_key)
        .join(documents, documents.c.document_key == answers.c.document_key)
    )
    return joined.where(documents.c.state == "processed", *_conditions(selection))


def _conditions(selection: ReplaySelection) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if selection.document_type is not None:
        conditions.append(answers.c.document_type == selection.document_type)
    if selection.tenant is not None:
        conditions.append(documents.c.tenant == selection.tenant)
    if selection.since is not None:
        conditions.append(answers.c.processed_at >= selection.since)
    if selection.until is not None:
        conditions.append(answers.c.processed_at < selection.until)
    return conditions


_SPEED: Final = text("""
    WITH newest AS (
        SELECT batch_id, tstzrange(started_at, finished_at, '[]') AS time, prompt_tokens + completion_tokens AS tokens
        FROM postkorb.batches
        ORDER BY started_at DESC
        LIMIT :batches
    )
    SELECT (SELECT sum(extract(epoch FROM upper(busy) - lower(busy)))
            FROM unnest((SELECT range_agg(time) FROM newest)) AS busy) / nullif(sum(tokens), 0) AS passed,
           (SELECT sum(engine_seconds) / nullif(sum(prompt_tokens + completion_tokens), 0)
            FROM postkorb.usage JOIN newest USING (batch_id)) AS worked
    FROM newest
""")
"""Time in which any of the batches was in the engine, by their tokens: idle hours do not count, nor any time twice.
Beside it the time that each engine worked, which is counted once for each."""
