"""Step 8, record: outcomes to rows, and the rows in one transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from pydantic import BaseModel

from schemas.events import DocumentParsed, DocumentProcessed, EventType, Provenance, event_id
from schemas.topics import Topics
from services.inference.ask import Asked
from services.inference.engines.port import ModelIdentity
from services.inference.metering import Taken
from services.inference.outcome import Answered, Failed, Outcome, Retried
from services.inference.parsed import ParsedRecords
from services.storage.answers import (
    NextTry,
    note_engine_death,
    record_answers,
    record_failures,
    schedule_retry,
    settle_answered,
)
from services.storage.database import Connection, Database
from services.storage.dead_letters import bury
from services.storage.document_events import event_row, failed_event
from services.storage.documents import load_documents, lock_documents
from services.storage.outbox import enqueue, republish
from services.storage.records import (
    NewAnswer,
    NewBatch,
    NewFailure,
    NewUsage,
    OutboxRow,
    PendingDocument,
    Pipeline,
    Price,
)
from services.storage.usage import record_usage
from services.telemetry.tracing import trace_id_of


@dataclass(frozen=True, slots=True)
class Leaving:
    """An outcome with the batch that it came from, and what it took.

    Parameters
    ----------
    taken
        Of the engine.
    pages_read
        Pages that the model read, whole or in part.
    """

    outcome: Outcome
    batch: NewBatch
    taken: Taken = field(default_factory=Taken)
    pages_read: int = 0


@dataclass(frozen=True, slots=True)
class Recorder:
    """Writes outcomes.

    Parameters
    ----------
    schema_version
        Revision of the database schema.
    price
        Of the engine's time; None: not known.
    """

    database: Database
    topics: Topics
    pipeline: Pipeline
    schema_version: str
    price: Price | None

    async def load(self, parsed: ParsedRecords) -> list[PendingDocument]:
        """Load the documents that wait for answers.

        One that this pipeline has answered before costs no token: it is settled, and its event goes out again.
        Records that are no reference become dead letters.
        """

        async def work(connection: Connection) -> list[PendingDocument]:
            await bury(connection, parsed.dead, self.topics.deadletter, datetime.now(UTC))
            documents = await load_documents(connection, parsed.document_keys, self.pipeline.pipeline_id)
            answered = [document for document in documents if document.answered]
            keys = [document.document_key for document in answered]
            await settle_answered(connection, keys, self.pipeline.pipeline_id)
            await republish(connection, [self._event_id(EventType.PROCESSED, document) for document in answered])
            return [document for document in documents if not document.answered]

        return await self.database.in_transaction(work)

    async def record(self, given: Sequence[Leaving]) -> None:
        """Write answers, failures, retries and their events in one transaction; then their offsets may be committed.

        Raises
        ------
        DataRefusedError
            If the database does not take a value of one of them; none is written then.
        """
        now = datetime.now(UTC)

        async def work(connection: Connection) -> None:
            if len({type(item.outcome) for item in given}) > 1:
                # In one order for all of them, before any is touched: others lock documents too.
                await lock_documents(connection, [item.outcome.document.document_key for item in given])
            await enqueue(connection, await self._write(connection, given, now))

        await self.database.in_transaction(work)

    async def note_engine_death(self, document_keys: Collection[int]) -> None:
        """Count, for documents that are in the engine, that it died."""
        await self.database.in_transaction(lambda connection: note_engine_death(connection, document_keys))

    async def _write(self, connection: Connection, given: Sequence[Leaving], now: datetime) -> list[OutboxRow]:
        answered = [(item.outcome, item.batch) for item in given if isinstance(item.outcome, Answered)]
        failed = [item.outcome for item in given if isinstance(item.outcome, Failed)]
        retried = [item.outcome for item in given if isinstance(item.outcome, Retried)]
        batches = list(dict.fromkeys(batch for _, batch in answered))
        answers = [self._answer(item, batch, now) for item, batch in answered]
        written = await record_answers(connection, batches, answers)
        written |= await record_failures(connection, [_failure(item, now) for item in failed])
        written |= await schedule_retry(connection, self.pipeline.pipeline_id, [_next_try(item) for item in retried])
        await record_usage(connection, [self._usage(item, written, now) for item in given if _took_part(item)])
        rows = [self._processed(item, batch.batch_id, now) for item, batch in answered]
        rows += [self._failed(item, now) for item in failed]
        rows += [self._again(item, now) for item in retried]
        return [row for row in rows if row.document_key in written]

    def _answer(self, item: Answered, batch: NewBatch, now: datetime) -> NewAnswer:
        asked, document = item.asked, item.document
        return NewAnswer(
            document_key=document.document_key,
            content_sha256=document.content_sha256,
            pipeline_id=self.pipeline.pipeline_id,
            batch_id=batch.batch_id,
            document_type=asked.kind.name,
            document_type_version=asked.kind.version,
            type_confidence=asked.type_confidence,
            language=document.language,
            summary=item.summary,
            status=item.status,
            reasons=item.reasons,
            findings=item.findings,
            needs_review=item.needs_review,
            fields=item.fields,
            trace_id=trace_id_of(document.traceparent),
            submitted_at=document.submitted_at,
            processed_at=now,
            prompt_tokens=sum(generation.prompt_tokens for generation in asked.generations),
            cached_tokens=sum(generation.cached_tokens for generation in asked.generations),
            completion_tokens=sum(generation.completion_tokens for generation in asked.generations),
            model=None if asked.read_by is None else asked.read_by.model,
            adapter=None if asked.read_by is None else asked.read_by.adapter,
        )

    def _usage(self, item: Leaving, written: Collection[int], now: datetime) -> NewUsage:
        outcome, document, taken = item.outcome, item.outcome.document, item.taken
        kind = outcome.asked.kind.name if isinstance(outcome, Answered) else None
        return NewUsage(
            batch_id=item.batch.batch_id,
            document_key=document.document_key,
            pipeline_id=self.pipeline.pipeline_id,
            tenant=document.tenant,
            document_type=kind if document.document_key in written else None,
            pages=len(document.pages),
            pages_read=item.pages_read,
            prompt_tokens=taken.prompt_tokens,
            cached_tokens=taken.cached_tokens,
            completion_tokens=taken.completion_tokens,
            engine_seconds=taken.seconds,
            price=self.price,
            ended_at=now,
        )

    def _processed(self, item: Answered, batch_id: UUID, now: datetime) -> OutboxRow:
        asked, document = item.asked, item.document
        event = DocumentProcessed(
            document_id=document.document_id,
            tenant=document.tenant,
            file_name=document.file_name,
            metadata=dict(document.metadata),
            content_sha256=document.content_sha256,
            duplicate_of=document.duplicate_of,
            document_type=asked.kind.name,
            type_confidence=asked.type_confidence,
            language=document.language,
            summary=item.summary,
            fields=list(item.fields),
            status=item.status,
            reasons=list(item.reasons),
            findings=list(item.findings),
            needs_review=item.needs_review,
            provenance=self._provenance(asked),
            batch_id=batch_id,
            processed_at=now,
        )
        return self._row(EventType.PROCESSED, self.topics.processed, document, event, now)

    def _provenance(self, asked: Asked) -> Provenance:
        read_by = asked.read_by or ModelIdentity(self.pipeline.model, self.pipeline.model_sha256)
        return Provenance(
            pipeline_id=self.pipeline.pipeline_id,
            model=read_by.model,
            model_sha256=read_by.model_sha256,
            adapter=read_by.adapter,
            adapter_sha256=read_by.adapter_sha256,
            document_type_version=asked.kind.version,
            schema_version=self.schema_version,
        )

    def _failed(self, item: Failed, now: datetime) -> OutboxRow:
        event = failed_event(item.document, item.failure, item.document.attempts, now)
        return self._row(EventType.FAILED, self.topics.failed, item.document, event, now)

    def _again(self, item: Retried, now: datetime) -> OutboxRow:
        document = item.document
        event = DocumentParsed(
            document_id=document.document_id,
            tenant=document.tenant,
            document_key=document.document_key,
            content_sha256=document.content_sha256,
            page_count=len(document.pages),
            characters=sum(map(len, document.pages)),
        )
        name = (document.tenant, document.document_id, document.content_sha256)
        identity = event_id(EventType.PARSED, *name, self.pipeline.pipeline_id, item.attempt)
        topic = self.topics.parsed_of(document.priority)
        row = event_row(EventType.PARSED, identity, topic, document, document.document_key, event, now)
        return replace(row, due_in=item.after, attempt=max(2, item.attempt))

    def _row(
        self, kind: EventType, topic: str, document: PendingDocument, event: BaseModel, now: datetime
    ) -> OutboxRow:
        identity = self._event_id(kind, document)
        return event_row(kind, identity, topic, document, document.document_key, event, now)

    def _event_id(self, kind: EventType, document: PendingDocument) -> UUID:
        return event_id(kind, document.tenant, document.document_id, document.content_sha256, self.pipeline.pipeline_id)


def _took_part(item: Leaving) -> bool:
    """Say whether it belongs into the account of costs: it was asked, or answered without asking."""
    return item.taken.requests > 0 or isinstance(item.outcome, Answered)


def _failure(item: Failed, now: datetime) -> NewFailure:
    document = item.document
    return NewFailure(
        document_key=document.document_key,
        content_sha256=document.content_sha256,
        failure=item.failure,
        attempts=document.attempts,
        trace_id=trace_id_of(document.traceparent),
        failed_at=now,
    )


def _next_try(item: Retried) -> NextTry:
    return NextTry(item.document.document_key, item.document.content_sha256, item.attempt)
