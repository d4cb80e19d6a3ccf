"""The events that publishers write and read: the `data` of each CloudEvent."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Final, Literal
from uuid import UUID, uuid5

from pydantic import AfterValidator, AnyUrl, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from schemas.text import clean_json, clean_text

SOURCE = "postkorb"
EVENT_NAMESPACE = UUID("6d1f0f5e-53b4-5c0e-9d5c-0f6f1c6a2b11")

DocumentId = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
CleanText = Annotated[str, AfterValidator(clean_text)]
CleanJson = Annotated[dict[str, Any], AfterValidator(clean_json)]
DEFAULT_TENANT: Final = "default"
"""Whose a document is that names no tenant."""

Tenant = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]


class EventType(StrEnum):
    """CloudEvents types."""

    SUBMITTED = "postkorb.document.submitted"
    PARSED = "postkorb.document.parsed"
    PROCESSED = "postkorb.document.processed"
    FAILED = "postkorb.document.failed"
    DEADLETTER = "postkorb.record.deadletter"


class ErrorCode(StrEnum):
    """Why a document failed or a record was dead-lettered: the closed list."""

    NOT_AN_EVENT = "not_an_event"
    UNKNOWN_EVENT_TYPE = "unknown_event_type"
    INVALID_EVENT = "invalid_event"
    RECORD_TOO_LARGE = "record_too_large"
    CONTENT_NOT_BASE64 = "content_not_base64"
    CONTENT_TOO_LARGE = "content_too_large"
    CONTENT_EMPTY = "content_empty"
    URI_NOT_ALLOWED = "uri_not_allowed"
    URI_NOT_FOUND = "uri_not_found"
    URI_UNREACHABLE = "uri_unreachable"
    MEDIA_TYPE_UNKNOWN = "media_type_unknown"
    DOCUMENT_ENCRYPTED = "document_encrypted"
    DOCUMENT_BROKEN = "document_broken"
    DOCUMENT_WITHOUT_TEXT = "document_without_text"
    DOCUMENT_TOO_LONG = "document_too_long"
    PARSE_TIMEOUT = "parse_timeout"
    PARSE_MEMORY = "parse_memory"
    PARSE_CRASHED = "parse_crashed"
    DOCUMENT_NOT_STORED = "document_not_stored"
    ANSWER_INVALID = "answer_invalid"
    ANSWER_CUT_OFF = "answer_cut_off"
    ANSWER_TIMEOUT = "answer_timeout"
    ENGINE_REFUSED = "engine_refused"
    ENGINE_DIED = "engine_died"
    MODEL_AWAY = "model_away"
    INTERNAL_ERROR = "internal_error"


class Step(StrEnum):
    """The steps of a document's way, numbered as the design numbers them."""

    ACCEPT = "2-accept"
    PARSE = "3-parse"
    STORE = "4-store"
    ADMIT = "5-admit"
    ASK = "6-ask"
    CHECK = "7-check"
    RECORD = "8-record"
    RELAY = "9-relay"


class Status(StrEnum):
    """Whether a result says everything it should."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"


class FindingKind(StrEnum):
    """What a check found: the closed list. All but `repaired`, `summed` and `summary` ask a person to look."""

    DOCUMENT_TYPE = "document_type"
    """The document fits none of the types clearly: it became `other`."""

    REQUIRED = "required"
    """A field that every document of the type has was not found, or not read."""
    VALUE = "value"
    """A value does not stand in the document, or code could not read it."""
    CHECKSUM = "checksum"
    """A number's own check digits, or its form, are wrong."""
    RULE = "rule"
    """Values contradict each other, by a rule of the document type."""
    EINVOICE = "einvoice"
    """The page and the invoice's own XML contradict each other, or the XML is not sound."""
    CONFIDENCE = "confidence"
    """A value, or the document's type where no field is named, is less sure than what is booked unseen."""
    REPAIRED = "repaired"
    """Code replaced what the model copied by another value of the document: nothing is left to do."""
    SUMMED = "summed"
    """Code put in a sum that the document does not print, of parts that it prints, proved by a total: the same."""
    SUMMARY = "summary"
    """The summary lost sentences with figures that the document does not have, or is in another language."""


class Priority(StrEnum):
    """Whose turn at the engine it is first."""

    URGENT = "urgent"
    """Before all others: somebody waits for the answer."""
    NORMAL = "normal"
    BULK = "bulk"
    """Behind all others: an archive, or documents that are answered anew."""

    @property
    def order(self) -> int:
        """Place in the queue: less is earlier."""
        return list(Priority).index(self)


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Content(_Event):
    """A document's bytes: exactly one of the three."""

    base64: str | None = Field(default=None, description="The bytes, base64 (RFC 4648), for small documents.")
    text: CleanText | None = Field(default=None, description="The document as plain text.")
    uri: AnyUrl | None = Field(default=None, description="Where the bytes are; the prefix must be allowed.")

    @model_validator(mode="after")
    def _exactly_one(self) -> "Content":
        given = [name for name in ("base64", "text", "uri") if getattr(self, name) is not None]
        if len(given) != 1:
            message = f"content needs exactly one of base64, text, uri; it has {' and '.join(given) or 'none'}"
            raise ValueError(message)
        return self


class DocumentSubmitted(BaseModel):
    """A publisher hands in a document. Unknown members are ignored, for publishers newer than us."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    document_id: DocumentId = Field(description="The publisher's own id; the same id again is the same document.")
    content: Content
    media_type: CleanText | None = Field(
        default=None, max_length=200, description="Guessed from name and bytes if absent."
    )
    tenant: Tenant = DEFAULT_TENANT
    priority: Priority = Field(
        default=Priority.NORMAL, description="Whose turn at the engine it is first: urgent, normal or bulk."
    )
    file_name: CleanText | None = Field(default=None, max_length=500)
    metadata: CleanJson = Field(default_factory=dict, description="Passed through to every event and to SQL.")


class DocumentParsed(_Event):
    """Internal: the pages of a document are stored and wait for answers."""

    document_id: DocumentId
    tenant: Tenant
    document_key: int = Field(ge=1, lt=2**63, description="Key of the row in postkorb.documents.")
    content_sha256: str
    page_count: int = Field(ge=1)
    characters: int = Field(ge=0, description="Length of the text of all pages.")


class Provenance(_Event):
    """What made an answer: enough to explain and to repeat it."""

    pipeline_id: str = Field(description="Fingerprint of schemas, prompts, model, decoding and library versions.")
    model: str
    model_sha256: str
    adapter: str | None = Field(default=None, description="LoRA adapter that the model read with; null without one.")
    adapter_sha256: str | None = Field(default=None, description="Hash over the adapter's files, as for the model.")
    document_type_version: int
    schema_version: str = Field(description="Revision of the database schema that recorded the answer.")


class FieldAnswer(_Event):
    """One value, with the place where the document says it."""

    path: str
    kind: str
    value: str | None = Field(
        description="What the document says, as canonical text: ISO date, plain decimal, compact IBAN, …; given if, "
        "and only if, `status` is `ok`."
    )
    value_numeric: Decimal | None = None
    proposal: str | None = Field(
        default=None,
        description="Canonical text of a value that is not stated, where code could read it: for a person to accept, "
        "not to be booked.",
    )
    verbatim: str = Field(
        description="As the document writes it: what the model copied, or what code read or put in its place; of a sum "
        "that is not printed, from its first part to the last."
    )
    status: Literal["ok", "doubtful", "unparsed", "unsupported"] = Field(
        description="`ok`: the value is stated; `doubtful`: it is too unsure for that (`POSTKORB_PROPOSE_BELOW`), "
        "or, of a row, whether the document has any is; "
        "`unparsed`: no code could read it; `unsupported`: it does not stand in the document."
    )
    confidence: float = Field(ge=0, le=1)
    page: int | None = Field(default=None, ge=1, description="Page of the evidence, from 1.")
    char_start: int | None = Field(default=None, ge=0, description="First character on that page's text, from 0.")
    char_end: int | None = Field(default=None, ge=0, description="One past the last character.")


class Finding(_Event):
    """What a check found about an answer."""

    kind: FindingKind = Field(description="What was found, from a closed list.")
    fields: list[str] = Field(description="Paths of the fields that it is about; some may have no value.")
    message: str = Field(description="One sentence for people, in German for a German document, else in English.")

    @property
    def needs_review(self) -> bool:
        """Whether a person should look."""
        return self.kind not in (FindingKind.REPAIRED, FindingKind.SUMMED, FindingKind.SUMMARY)


class DocumentProcessed(_Event):
    """A document has its answers."""

    document_id: DocumentId
    tenant: Tenant
    file_name: str | None
    metadata: dict[str, Any]
    content_sha256: str
    duplicate_of: str | None = Field(description="Another document of this tenant with the same bytes, if any.")
    document_type: str
    type_confidence: float = Field(ge=0, le=1)
    language: str = Field(description="ISO 639-1.")
    summary: str
    fields: list[FieldAnswer]
    status: Status
    reasons: list[str] = Field(description="Why the status is incomplete, for people; empty if complete.")
    findings: list[Finding] = Field(description="What checks found; empty if all is well and nothing was repaired.")
    needs_review: bool = Field(
        description="Whether a person should look before it is booked: it is incomplete, or a finding asks for it."
    )
    provenance: Provenance
    batch_id: UUID
    processed_at: datetime


class DocumentFailed(_Event):
    """A document has no answers and will get none without a change."""

    document_id: DocumentId
    tenant: Tenant
    file_name: str | None
    metadata: dict[str, Any]
    step: Step
    code: ErrorCode
    message: str = Field(description="One sentence for people.")
    retryable: bool = Field(description="Whether handing in the same bytes again may help.")
    attempts: int = Field(default=1, ge=1, description="How often it was tried.")
    failed_at: datetime


class RecordDeadLettered(_Event):
    """A record that is no document: its bytes are the value of the dead letter, this is its row in SQL."""

    topic: str
    partition: int
    offset: int
    code: ErrorCode
    message: str
    attempts: int = Field(ge=1)


def event_id(kind: EventType, *parts: object) -> UUID:
    """Make the id of an event from what it is about, so that a repeat has the same id.

    Parameters
    ----------
    kind
        The event's type.
    parts
        What makes the event unique, such as tenant, document id, content hash, pipeline id.
    """
    return uuid5(EVENT_NAMESPACE, "\x1f".join([kind, *map(str, parts)]))
