"""Values as the services hand them to storage."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from schemas.envelope import encode_headers
from schemas.events import ErrorCode, EventType, FieldAnswer, Finding, FindingKind, Status, Step
from services.storage.answers import (
    ensure_pipeline,
    record_answers,
    record_dead_letters,
    record_failures,
    settle_answered,
)
from services.storage.database import Connection, Database
from services.storage.documents import republish_last_event, store_documents
from services.storage.outbox import TakenRow, claim, enqueue, mark_published
from services.storage.queries import account, dead_letter_rows, failures
from services.storage.records import (
    AcceptedDocument,
    Failure,
    NewAnswer,
    NewBatch,
    NewDeadLetter,
    NewDocument,
    NewFailure,
    NewUsage,
    Origin,
    OutboxRow,
    Pipeline,
    Price,
)
from services.storage.usage import CostSelection, costs_by_type, record_usage

MOMENT = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
TRACE = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE}-b7ad6b7169203331-01"
PIPELINE = Pipeline("pipeline-1", "qwen", "f" * 64, {"temperature": 0})
BROKEN = Failure(Step.PARSE, ErrorCode.DOCUMENT_BROKEN, "The PDF ends before its last object.", retryable=False)
SLOW = Failure(Step.PARSE, ErrorCode.PARSE_TIMEOUT, "Parsing took longer than 60 s.", retryable=True)
FIELDS = (
    FieldAnswer(
        path="gross_total",
        kind="money",
        value="15387.08",
        value_numeric=Decimal("15387.08"),
        verbatim="15.387,08 €",
        status="ok",
        confidence=0.9,
        page=1,
        char_start=10,
        char_end=21,
    ),
    FieldAnswer(path="issue_date", kind="date", value="2018-06-05", verbatim="05.06.2018", status="ok", confidence=0.8),
    FieldAnswer(
        path="seller_name",
        kind="text",
        value=None,
        proposal="Nowhere",
        verbatim="Nowhere",
        status="unsupported",
        confidence=0.1,
    ),
)

FINDINGS = (
    Finding(kind=FindingKind.VALUE, fields=["seller_name"], message="seller_name does not stand in the document."),
)


def document(document_id: str = "inv-1", content: str = "content", **changes: Any) -> NewDocument:
    given = NewDocument(
        tenant="default",
        document_id=document_id,
        content_sha256=hashlib.sha256(content.encode()).hexdigest(),
        media_type="application/pdf",
        file_name=f"{document_id}.pdf",
        metadata={"folder": "Eingang"},
        byte_count=len(content),
        language="de",
        pages=[f"{content}, first page", f"{content}, second page"],
        submitted_at=MOMENT,
        traceparent=TRACEPARENT,
    )
    return replace(given, **changes)


def submitted(content: str, place: tuple[int, int] | None, second: float, **changes: Any) -> NewDocument:
    """Make a version of a document: handed in at a place (partition, offset), and so many seconds after `MOMENT`."""
    origin = Origin(*place) if place else None
    at = MOMENT + timedelta(seconds=second)
    return document(content=content, origin=origin, submitted_at=at, **changes)


def unreadable(failure: Failure, given: NewDocument) -> NewDocument:
    """Make what comes of the same record if its bytes cannot be had: the hash is that of the reference."""
    return replace(given, content_sha256="e" * 64, pages=(), language=None, failure=failure)


def failing(failure: Failure, document_id: str = "inv-1", content: str = "content") -> NewDocument:
    return document(document_id, content, pages=(), language=None, failure=failure)


def batch(pipeline_id: str = PIPELINE.pipeline_id, batch_id: UUID | None = None) -> NewBatch:
    return NewBatch(batch_id or uuid4(), pipeline_id, "b" * 32, MOMENT)


def answer(key: int, given: NewDocument, of_batch: NewBatch, **changes: Any) -> NewAnswer:
    made = NewAnswer(
        document_key=key,
        content_sha256=given.content_sha256,
        pipeline_id=of_batch.pipeline_id,
        batch_id=of_batch.batch_id,
        document_type="invoice",
        document_type_version=1,
        type_confidence=0.97,
        language="de",
        summary="Eine Rechnung.",
        status=Status.COMPLETE,
        reasons=[],
        findings=FINDINGS,
        needs_review=True,
        fields=FIELDS,
        trace_id=TRACE,
        submitted_at=MOMENT,
        processed_at=MOMENT,
        prompt_tokens=500,
        cached_tokens=200,
        completion_tokens=40,
    )
    return replace(made, **changes)


def failed(key: int, given: NewDocument, failure: Failure = BROKEN, attempts: int = 1) -> NewFailure:
    return NewFailure(key, given.content_sha256, failure, attempts, TRACE, MOMENT)


def letter(offset: int = 7, **changes: Any) -> NewDeadLetter:
    made = NewDeadLetter(
        topic="documents.submitted",
        partition=0,
        offset=offset,
        key=b"inv-9",
        value=b"\x00\xffnot json",
        headers=[("plain", "grün".encode()), ("raw", b"\xff\xfe"), ("nul", b"a\x00b"), ("none", None), ("empty", b"")],
        code=ErrorCode.NOT_AN_EVENT,
        message="the value is not UTF-8 JSON",
        attempts=1,
        trace_id=TRACE,
        failed_at=MOMENT,
    )
    return replace(made, **changes)


def event(kind: EventType = EventType.PROCESSED, key: int | None = None, identity: UUID | None = None) -> OutboxRow:
    event_id = identity or uuid4()
    headers = encode_headers(kind, event_id, "inv-1", MOMENT, TRACEPARENT)
    return OutboxRow(event_id, "documents.processed", b"inv-1", b"{}", headers, key)


def used(key: int, of_batch: NewBatch, **changes: Any) -> NewUsage:
    made: dict[str, Any] = {
        "batch_id": of_batch.batch_id,
        "document_key": key,
        "pipeline_id": of_batch.pipeline_id,
        "tenant": "default",
        "document_type": "invoice",
        "pages": 2,
        "pages_read": 1,
        "prompt_tokens": 500,
        "cached_tokens": 200,
        "completion_tokens": 40,
        "engine_seconds": 10.0,
        "price": Price(Decimal("0.36"), "EUR"),
        "ended_at": MOMENT,
    }
    return NewUsage(**made | changes)


async def store(database: Database, *given: NewDocument) -> list[AcceptedDocument]:
    async with database.transaction() as connection:
        return await store_documents(connection, given)


async def publish(connection: Connection) -> list[TakenRow]:
    """Do with the outbox what a relay does; give what went out."""
    relay = uuid4()
    taken = await claim(connection, relay, 1000, timedelta(minutes=1))
    assert await mark_published(connection, relay, [row.outbox_id for row in taken]) == len(taken)
    return taken


async def process(database: Database, given: NewDocument, **changes: Any) -> int:
    """Store a document with its answers; give its key."""
    [accepted] = await store(database, given)
    of_batch = batch()
    async with database.transaction() as connection:
        await ensure_pipeline(connection, PIPELINE)
        answers = [answer(accepted.document_key, given, of_batch, **changes)]
        assert await record_answers(connection, [of_batch], answers) == {accepted.document_key}
    return accepted.document_key


async def whole_life(url: str) -> None:
    """Do with a database what the services do, from a submission to published events."""
    async with Database.open(url, "postkorb-tests") as database:
        await database.check_schema()
        key = await process(database, document())
        await store(database, document(content="newer"), failing(SLOW, "inv-2"))
        [retried] = await store(database, document("inv-2"))
        async with database.transaction() as connection:
            await record_failures(connection, [failed(retried.document_key, document("inv-2"))])
            await record_dead_letters(connection, [letter()])
            await record_usage(connection, [used(key, batch())])
            assert len(await costs_by_type(connection, CostSelection())) == 1
            await settle_answered(connection, [key], PIPELINE.pipeline_id)
            await enqueue(connection, [event(key=key)])
            await publish(connection)
            await republish_last_event(connection, [key])
            assert len(await publish(connection)) == 1
            assert len(await dead_letter_rows(connection)) == len(await failures(connection)) == 1
            assert (await account(connection)).waiting == 1
