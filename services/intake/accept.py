"""Step 2, accept: from a record to a document whose bytes are known."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from schemas.envelope import decode_submitted
from schemas.events import DocumentSubmitted
from services.delivery.record import Record
from services.intake.failure import IntakeError
from services.storage.records import Acceptance, Failure, NewDocument
from services.telemetry.names import Outcome


@dataclass(frozen=True, slots=True)
class Submission:
    """A record that is a document."""

    document: DocumentSubmitted
    submitted_at: datetime
    traceparent: str | None


def read_submission(record: Record) -> Submission:
    """Read a record's envelope.

    Raises
    ------
    EnvelopeError
        If the record is no document: it becomes a dead letter.
    """
    document, envelope = decode_submitted(record.value, record.headers)
    return Submission(document, record.timestamp, envelope.traceparent)


def unread(submission: Submission, traceparent: str) -> NewDocument:
    """Make the document before its bytes are there; its hash is that of the reference, such as the `uri`."""
    document = submission.document
    return NewDocument(
        tenant=document.tenant,
        document_id=document.document_id,
        content_sha256=hashlib.sha256(document.content.model_dump_json().encode()).hexdigest(),
        media_type=document.media_type,
        file_name=document.file_name,
        metadata=document.metadata,
        byte_count=0,
        language=None,
        pages=(),
        submitted_at=submission.submitted_at,
        traceparent=traceparent,
    )


def fetched(document: NewDocument, content: bytes) -> NewDocument:
    """Add what the bytes say: their SHA-256 (what makes a repeat a repeat) and their number."""
    return replace(document, content_sha256=hashlib.sha256(content).hexdigest(), byte_count=len(content))


def failed(document: NewDocument, error: IntakeError) -> NewDocument:
    """Add why there are no pages."""
    return replace(document, failure=Failure(error.step, error.code, error.message, error.retryable))


def outcome_of(document: NewDocument, acceptance: Acceptance) -> Outcome:
    """Say how a stored document left intake."""
    if acceptance in (Acceptance.REPEAT_WAITING, Acceptance.REPEAT_FAILED):
        return Outcome.REPEATED
    return Outcome.FAILED if document.failure else Outcome.PASSED
