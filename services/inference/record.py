"""Step 8, record: outcomes to rows, and the rows in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from pydantic import BaseModel

from schemas.events import DocumentProcessed, EventType, Provenance, event_id
from schemas.topics import Topics
from services.inference.outcome import Answered, Failed, Outcome
from services.inference.parsed import ParsedRecords
from services.storage.answers import record_answers, record_failures, settle_answered
from services.storage.database import Connection, Database
from services.storage.dead_letters import bury
from services.storage.document_events import event_row, failed_event
from services.storage.documents import load_documents
from services.storage.outbox import enqueue, republish
from services.storage.records import NewAnswer, NewBatch, NewFailure, OutboxRow, PendingDocument, Pipeline
from services.telemetry.tracing import trace_id_of


@dataclass(frozen=True, slots=True)
class Recorder:
    """Writes the outcomes of a batch.

    Parameters
    ----------
    schema_version
        Revision of the database schema.
    """

    database: Database
    topics: Topics
    pipeline: Pipeline
    schema_version: str

    async def load(self, parsed: ParsedRecords) -> list[PendingDocument]:
        """Load the documents that wait for answers.

        One that this pipeline has answered before costs no token: it is settled, and its event goes out again.
        Records that are no reference become dead letters.
        """

        async def work(connection: Connection) -> list[PendingDocument]:
            await bury(connection, parsed.dead, self.topics.deadletter, datetime.now(UTC))
            documents = await load_documents(connection, parsed.document_keys, self.pipeline.pipeline_id)
            answered = [document for document in documents if document.answered]
            await settle_answered(connection, [document.document_key for document in answered])
            await republish(connection, [self._event_id(EventType.PROCESSED, document) for document in answered])
            return [document for document in documents if not document.answered]

        return await self.database.in_transaction(work)

    async def record(self, batch: NewBatch, outcomes: Sequence[Outcome]) -> None:
        """Write answers, failures and their events in one transaction; then their offsets may be committed."""
        answered = [outcome for outcome in outcomes if isinstance(outcome, Answered)]
        failed = [outcome for outcome in outcomes if isinstance(outcome, Failed)]
        now = datetime.now(UTC)

        async def work(connection: Connection) -> None:
            written = await record_answers(connection, batch, [self._answer(item, batch, now) for item in answered])
            written |= await record_failures(connection, [_failure(item, now) for item in failed])
            rows = [self._processed(item, batch.batch_id, now) for item in answered]
            rows += [self._failed(item, now) for item in failed]
            await enqueue(connection, [row for row in rows if row.document_key in written])

        await self.database.in_transaction(work)

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
            fields=item.fields,
            trace_id=trace_id_of(document.traceparent),
            submitted_at=document.submitted_at,
            processed_at=now,
            prompt_tokens=sum(generation.prompt_tokens for generation in asked.generations),
            completion_tokens=sum(generation.completion_tokens for generation in asked.generations),
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
            provenance=Provenance(
                pipeline_id=self.pipeline.pipeline_id,
                model=self.pipeline.model,
                model_sha256=self.pipeline.model_sha256,
                document_type_version=asked.kind.version,
                schema_version=self.schema_version,
            ),
            batch_id=batch_id,
            processed_at=now,
        )
        return self._row(EventType.PROCESSED, self.topics.processed, document, event, now)

    def _failed(self, item: Failed, now: datetime) -> OutboxRow:
        event = failed_event(item.document, item.failure, now)
        return self._row(EventType.FAILED, self.topics.failed, item.document, event, now)

    def _row(
        self, kind: EventType, topic: str, document: PendingDocument, event: BaseModel, now: datetime
    ) -> OutboxRow:
        identity = self._event_id(kind, document)
        return event_row(kind, identity, topic, document, document.document_key, event, now)

    def _event_id(self, kind: EventType, document: PendingDocument) -> UUID:
        return event_id(kind, document.tenant, document.document_id, document.content_sha256, self.pipeline.pipeline_id)


def _failure(item: Failed, now: datetime) -> NewFailure:
    document = item.document
    return NewFailure(
        document.document_key, document.content_sha256, item.failure, trace_id_of(document.traceparent), now
    )
