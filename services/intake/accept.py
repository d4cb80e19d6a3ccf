"""Step 2, accept: from a record to a document whose bytes are known."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from schemas.envelope import decode_submitted
from schemas.events import DocumentSubmitted
from schemas.topics import RETRY_ATTEMPT, RETRY_SUBMITTED
from services.delivery.record import Record, time_of
from services.delivery.retrying import dead_letter_of, number_of
from services.intake.document import ParsedDocument
from services.intake.failure import IntakeError
from services.storage.records import Acceptance, Failure, NewDocument, Origin
from services.telemetry.names import Outcome

MOST_PARTITION: Final = 2**31 - 1
MOST_ATTEMPT: Final = 1000


@dataclass(frozen=True, slots=True)
class History:
    """What came before a record: nothing, or the tries whose headers it carries.

    Parameters
    ----------
    attempt
        Which try it starts.
    submitted_at, origin
        Time and place of the publisher's own record.
    dead_letter
        Key of the dead letter that it is a retry of.
    """

    attempt: int
    submitted_at: datetime
    origin: Origin
    dead_letter: int | None


@dataclass(frozen=True, slots=True)
class Submission:
    """A record that is a document."""

    document: DocumentSubmitted
    history: History
    traceparent: str | None


def history_of(record: Record) -> History:
    """Read what came before a record; headers that are not as Postkorb writes them say nothing.

    Whoever may write to the topic may write these headers: they can spoil the order and the tries of documents that
    the writer could replace anyway, and nothing else.
    """
    headers = {name: raw.decode("ascii", "replace") for name, raw in record.headers if raw is not None}
    match [number_of(part) for part in headers.get(RETRY_SUBMITTED, "").split("/", 3)]:
        case [int(timestamp), int(partition), int(offset)] if partition <= MOST_PARTITION:
            submitted_at, origin = time_of(timestamp), Origin(partition, offset)
        case _:
            submitted_at, origin = record.timestamp, Origin(record.partition, record.offset)
    attempt = number_of(headers.get(RETRY_ATTEMPT, "")) or 1
    return History(min(attempt, MOST_ATTEMPT), submitted_at, origin, dead_letter_of(record.headers))


def read_submission(record: Record) -> Submission:
    """Read a record's envelope.

    Raises
    ------
    EnvelopeError
        If the record is no document: it becomes a dead letter.
    """
    document, envelope = decode_submitted(record.value, record.headers)
    return Submission(document, history_of(record), envelope.traceparent)


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
        submitted_at=submission.history.submitted_at,
        traceparent=traceparent,
        origin=submission.history.origin,
        attempts=submission.history.attempt,
        retry_of=submission.history.dead_letter,
        priority=document.priority,
    )


def fetched(document: NewDocument, content: bytes) -> NewDocument:
    """Add what the bytes say: their SHA-256 (what makes a repeat a repeat) and their number."""
    return replace(document, content_sha256=hashlib.sha256(content).hexdigest(), byte_count=len(content))


def parsed_document(document: NewDocument, parsed: ParsedDocument, language: str) -> NewDocument:
    """Add what step 3 read."""
    einvoice = None if parsed.einvoice is None else parsed.einvoice.as_json()
    return replace(
        document,
        pages=parsed.pages,
        layouts=parsed.layouts,
        notes=tuple(note.for_language(language) for note in parsed.notes),
        einvoice=einvoice,
        language=language,
    )


def failed(document: NewDocument, error: IntakeError) -> NewDocument:
    """Add why there are no pages."""
    return replace(document, failure=Failure(error.step, error.code, error.message, error.retryable))


def outcome_of(document: NewDocument, acceptance: Acceptance) -> Outcome:
    """Say how a stored document left intake."""
    if acceptance in (Acceptance.OLDER, Acceptance.REPEAT_WAITING, Acceptance.REPEAT_FAILED):
        return Outcome.REPEATED
    return Outcome.FAILED if document.failure else Outcome.PASSED
