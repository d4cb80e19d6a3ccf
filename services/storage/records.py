"""The values that go into and come out of the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from schemas.events import ErrorCode, FieldAnswer, Finding, Priority, Status, Step


class Acceptance(StrEnum):
    """What a submission turned out to be."""

    NEW = "new"
    NEWER = "newer"
    """The same document id with other bytes: they replace the older ones."""
    OLDER = "older"
    """Bytes that newer ones have replaced already, in whatever order they arrived: nothing to do."""
    REPEAT_WAITING = "repeat_waiting"
    """The same bytes again, not answered yet: nothing to do."""
    REPEAT_PROCESSED = "repeat_processed"
    """The same bytes again, already processed: goes on to inference, where the same pipeline only repeats its event."""
    REPEAT_FAILED = "repeat_failed"
    """The same bytes again, failed for good: the event that said so goes out again."""
    REPEAT_RETRIED = "repeat_retried"
    """The same bytes again after a failure that may be retried: back on its way."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a document has no answers."""

    step: Step
    code: ErrorCode
    message: str
    retryable: bool


@dataclass(frozen=True, slots=True)
class Origin:
    """Place of a submission in `documents.submitted`: that of the first record, if this one is another try."""

    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document as intake leaves it: with pages, or with a failure and no pages."""

    tenant: str
    document_id: str
    content_sha256: str
    media_type: str | None
    file_name: str | None
    metadata: Mapping[str, Any]
    byte_count: int
    language: str | None
    pages: Sequence[str]
    submitted_at: datetime
    traceparent: str
    failure: Failure | None = None
    notes: Sequence[str] = ()
    """What was not read of it, for people, such as an attachment that is a picture."""
    einvoice: Mapping[str, Any] | None = None
    """The values of the e-invoice that it is or carries, as its XML gives them."""
    layouts: Sequence[Sequence[int]] = ()
    """Where the text of each page stands, from the first page on; empty for a page of plain text."""
    origin: Origin | None = None
    attempts: int = 1
    """Tries so far, this one included."""
    retry_of: int | None = None
    """The dead letter that it is a retry of."""
    priority: Priority = Priority.NORMAL


@dataclass(frozen=True, slots=True)
class AcceptedDocument:
    """What storing a document gave."""

    document_key: int
    acceptance: Acceptance
    duplicate_of: str | None
    """Id of an older document of the same tenant with the same bytes, if any."""


@dataclass(frozen=True, slots=True)
class PendingDocument:
    """A document that waits for answers, as step 5 loads it."""

    document_key: int
    tenant: str
    document_id: str
    content_sha256: str
    file_name: str | None
    metadata: Mapping[str, Any]
    language: str
    pages: Sequence[str]
    submitted_at: datetime
    traceparent: str
    duplicate_of: str | None
    notes: Sequence[str]
    """What intake did not read of it."""
    answered: bool
    """This content already has an answer of this pipeline, or already failed."""
    attempts: int = 1
    """Tries of this content, the present one included."""
    engine_deaths: int = 0
    """How often the engine died while it held this content."""
    einvoice: Mapping[str, Any] | None = None
    """The values of the e-invoice that it is or carries, as its XML gives them."""
    layouts: Sequence[Sequence[int]] = ()
    """Where the text of each page stands; empty for a page of plain text."""
    priority: Priority = Priority.NORMAL


@dataclass(frozen=True, slots=True)
class NewBatch:
    """Documents that went into the engine together; what they cost is added up as their answers are recorded."""

    batch_id: UUID
    pipeline_id: str
    trace_id: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """The answers to one document."""

    document_key: int
    content_sha256: str
    pipeline_id: str
    batch_id: UUID
    document_type: str
    document_type_version: int
    type_confidence: float
    language: str
    summary: str
    status: Status
    reasons: Sequence[str]
    findings: Sequence[Finding]
    needs_review: bool
    fields: Sequence[FieldAnswer]
    trace_id: str
    submitted_at: datetime
    processed_at: datetime
    prompt_tokens: int
    cached_tokens: int
    """Those of the prompt's tokens that came from the prefix cache; counted for the batch alone."""
    completion_tokens: int
    model: str | None = None
    """The model that read it, where that is another one than its pipeline's own."""
    adapter: str | None = None
    """The adapter that it was read with."""


@dataclass(frozen=True, slots=True)
class Price:
    """What an hour of the engine costs.

    Parameters
    ----------
    currency
        ISO 4217.
    """

    hourly: Decimal
    currency: str

    def of(self, seconds: float) -> float:
        """Give the price of some seconds, as the view `costs` does."""
        return float(self.hourly) * seconds / 3600


@dataclass(frozen=True, slots=True)
class NewUsage:
    """What one try of a document took of the engine.

    Parameters
    ----------
    document_type
        Of the answer; None if there is none.
    pages, pages_read
        Pages of the document, and those of them that the model read, whole or in part.
    """

    batch_id: UUID
    document_key: int
    pipeline_id: str
    tenant: str
    document_type: str | None
    pages: int
    pages_read: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    engine_seconds: float
    price: Price | None
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class NewFailure:
    """A document that failed after it was stored (steps 5 to 8)."""

    document_key: int
    content_sha256: str
    failure: Failure
    attempts: int
    trace_id: str
    failed_at: datetime


@dataclass(frozen=True, slots=True)
class NewDeadLetter:
    """A record that is no document, with its original bytes."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    code: ErrorCode
    message: str
    attempts: int
    trace_id: str
    failed_at: datetime
    retry_of: int | None = None
    """The dead letter that its record is a retry of."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """An event that waits to be published.

    Parameters
    ----------
    event_id
        The CloudEvents id; the same event enqueued twice is one row.
    key
        The record's key, as bytes: the document id, or a dead letter's original key.
    value
        The record's value.
    document_key
        The document it is about; None for dead letters.
    due_in
        How long it waits before it may go out: the back-off of a retry.
    attempt
        For a retry: which try of the document it starts; None for events.
    """

    event_id: UUID
    topic: str
    key: bytes | None
    value: bytes | None
    headers: Mapping[str, str]
    document_key: int | None = None
    due_in: timedelta = timedelta(0)
    attempt: int | None = None


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A fingerprint and what it stands for.

    Parameters
    ----------
    calibration
        What makes its confidences; None: not known, of a pipeline that was stored before it was kept.
    """

    pipeline_id: str
    model: str
    model_sha256: str
    settings: Mapping[str, Any]
    calibration: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Where the documents are; whole if `waiting` is zero."""

    submitted: int
    processed: int
    failed: int
    dead_lettered: int
    waiting: int
    by_step: Mapping[str, int] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Every submitted document ended exactly once."""
        return self.waiting == 0 and self.submitted == self.processed + self.failed + self.dead_lettered


@dataclass(frozen=True, slots=True)
class TakenRow:
    """An event that a relay holds on a lease."""

    outbox_id: int
    row: OutboxRow


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A processed document as the view `results` shows it, with the fields as the view `fields` shows them."""

    document_id: str
    tenant: str
    file_name: str | None
    document_type: str
    type_confidence: float
    language: str
    summary: str
    status: Status
    reasons: Sequence[str]
    findings: Sequence[Finding]
    needs_review: bool
    fields: Sequence[FieldAnswer]
    metadata: Mapping[str, Any]
    pipeline_id: str
    model: str
    adapter: str | None
    batch_id: UUID
    trace_id: str
    submitted_at: datetime
    processed_at: datetime
    duplicate_of: str | None


@dataclass(frozen=True, slots=True)
class FailureRow:
    """A document that failed, as the view `failures` shows it."""

    document_id: str
    tenant: str
    file_name: str | None
    failure: Failure
    attempts: int
    trace_id: str
    submitted_at: datetime
    failed_at: datetime


@dataclass(frozen=True, slots=True)
class DeadLetterRow:
    """A dead letter with the key that people name it by."""

    dead_letter_key: int
    letter: NewDeadLetter
    retries: int
    retried_at: datetime | None
