"""The tables of the schema `postkorb`, as the migrations leave them; a test compares the two.

The views for analysts stand in the migrations, the typed views are made by `typed_views`.
"""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

SCHEMA: Final = "postkorb"
VERSION_TABLE: Final = "alembic_version"

FINDINGS: Final = "What checks found: an array of objects with kind, fields and message; empty if all is well."
NEEDS_REVIEW: Final = (
    "Whether a person should look before it is booked: it is incomplete, or some finding is more than a repair."
)
TURN: Final = (
    "Order in which answers became the present one: of a content, the greatest is. It grows when an answer does again."
)
CALIBRATION: Final = (
    "What makes its confidences: features and weights, and what they were fitted on; null if it was not kept."
)

metadata: Final = MetaData(
    schema=SCHEMA,
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    },
)


def _moment(name: str, comment: str, *, nullable: bool = False, now: bool = False) -> Column[Any]:
    default = text("now()") if now else None
    return Column(name, TIMESTAMP(timezone=True), nullable=nullable, server_default=default, comment=comment)


def _required(name: str, kind: Any, comment: str) -> Column[Any]:  # noqa: ANN401  (SQLAlchemy's type or its class)
    return Column(name, kind, nullable=False, comment=comment)


def _optional(name: str, kind: Any, comment: str) -> Column[Any]:  # noqa: ANN401  (SQLAlchemy's type or its class)
    return Column(name, kind, nullable=True, comment=comment)


def _count(name: str, comment: str, default: int) -> Column[Any]:
    return Column(name, Integer, nullable=False, server_default=text(str(default)), comment=comment)


def _document_key() -> Column[Any]:
    return Column(
        "document_key",
        BigInteger,
        ForeignKey("documents.document_key", ondelete="CASCADE"),
        nullable=False,
        comment="The document.",
    )


documents: Final = Table(
    "documents",
    metadata,
    Column("document_key", BigInteger, Identity(always=True), comment="Key that other tables and events refer to."),
    _required("tenant", Text, "Whose document it is; the publisher says so, `default` if it does not."),
    _required("document_id", Text, "The publisher's own id, unique within the tenant."),
    _required("version", Integer, "Counts the different contents handed in under this id, from 1."),
    _required("content_sha256", Text, "SHA-256 of the bytes of the current content, hexadecimal."),
    _optional("media_type", Text, "Media type of the content, as published or as recognised."),
    _optional("file_name", Text, "File name, as published."),
    _required("metadata", JSONB, "What the publisher sent along; passed through to every event."),
    _required("notes", JSONB, "What was not read of it: an array of sentences, such as attachments that are pictures."),
    _required("byte_count", BigInteger, "Size of the content in bytes."),
    _required("page_count", Integer, "Pages with text; 0 if the document could not be read."),
    _optional("language", Text, "Language of the text, ISO 639-1; null if it could not be read."),
    _required("state", Text, "parsed: waits for answers; processed: has answers; failed: has none, see failures."),
    _optional("duplicate_of", Text, "Id of an older document of this tenant with the same bytes, if any."),
    _required("traceparent", Text, "W3C trace context of the submission, for the spans of later steps."),
    _required("trace_id", Text, "Trace of the submission, 32 hexadecimal digits."),
    _moment("submitted_at", "When the publisher handed in the current content."),
    _moment("accepted_at", "When the current content was stored.", now=True),
    _moment("finished_at", "When the current content was processed or failed; null while it waits.", nullable=True),
    _optional("source_partition", Integer, "Partition of documents.submitted that the current content came from."),
    _optional("source_offset", BigInteger, "Its offset there; with the partition it decides which content is newer."),
    _count("attempts", "Tries of the current content, the present one included.", 1),
    _count("engine_deaths", "How often the engine died while it held this content.", 0),
    Column(
        "retry_of",
        BigInteger,
        ForeignKey("dead_letter_records.dead_letter_key", ondelete="SET NULL"),
        nullable=True,
        comment="Dead letter that this document is a retry of, see dead_letters.",
    ),
    _optional(
        "einvoice",
        JSONB(none_as_null=True),
        "Values of the e-invoice that the content is or carries, as its XML gives them; null if there is none.",
    ),
    Column(
        "priority",
        Text,
        nullable=False,
        server_default=text("'normal'"),
        comment="Whose turn at the engine it is first, as published: urgent, normal or bulk.",
    ),
    PrimaryKeyConstraint("document_key"),
    UniqueConstraint("tenant", "document_id"),
    CheckConstraint("state IN ('parsed', 'processed', 'failed')", "state"),
    CheckConstraint("(state = 'parsed') = (finished_at IS NULL)", "finished_at"),
    CheckConstraint("content_sha256 ~ '^[0-9a-f]{64}$'", "content_sha256"),
    CheckConstraint("version >= 1 AND byte_count >= 0 AND page_count >= 0", "counts"),
    CheckConstraint("jsonb_typeof(metadata) = 'object'", "metadata"),
    CheckConstraint("jsonb_typeof(notes) = 'array'", "notes"),
    CheckConstraint("jsonb_typeof(einvoice) = 'object'", "einvoice"),
    Index(None, "tenant", "content_sha256", "accepted_at", "document_key"),
    Index(None, "document_id"),
    CheckConstraint("attempts >= 1 AND engine_deaths >= 0", "tries"),
    CheckConstraint("priority IN ('urgent', 'normal', 'bulk')", "priority"),
    CheckConstraint("(source_partition IS NULL) = (source_offset IS NULL)", "source"),
    Index("documents_waiting_idx", "accepted_at", postgresql_where=text("state = 'parsed'")),
    Index(None, "retry_of", postgresql_where=text("retry_of IS NOT NULL")),
    comment="A row a document: what was handed in, and where it is on its way.",
)

pages: Final = Table(
    "pages",
    metadata,
    _document_key(),
    _required("page", Integer, "Page number, from 1."),
    _required("text", Text, "Text of the page, without U+0000 and lone surrogates."),
    Column(
        "layout",
        JSONB,
        nullable=False,
        server_default=text("'[]'"),
        comment="Where the text stands, six integers a run of it (start, end, left, right, baseline, size); "
        "empty for plain text.",
    ),
    PrimaryKeyConstraint("document_key", "page"),
    CheckConstraint("page >= 1", "page"),
    CheckConstraint("jsonb_typeof(layout) = 'array'", "layout"),
    comment="A row a page of the current content: the raw text, which analysts cannot read.",
)

pipelines: Final = Table(
    "pipelines",
    metadata,
    _required("pipeline_id", Text, "Fingerprint of schemas, prompts, model, decoding and library versions."),
    _required("model", Text, "Name of the model in the catalogue."),
    _required("model_sha256", Text, "Hash of the model's weights."),
    _required("settings", JSONB, "All that went into the fingerprint."),
    _moment("created_at", "When it was first used.", now=True),
    _optional("calibration", JSONB(none_as_null=True), CALIBRATION),
    PrimaryKeyConstraint("pipeline_id"),
    CheckConstraint("jsonb_typeof(calibration) = 'object'", "calibration"),
    comment="A row a pipeline: what made an answer, enough to explain and to repeat it.",
)

batches: Final = Table(
    "batches",
    metadata,
    _required("batch_id", Uuid, "Id of the batch, also on its span and on each of its documents' spans."),
    Column(
        "pipeline_id", Text, ForeignKey("pipelines.pipeline_id"), nullable=False, comment="The pipeline that answered."
    ),
    _required("trace_id", Text, "Trace of the batch, 32 hexadecimal digits."),
    _moment("started_at", "When the batch was admitted."),
    _moment("finished_at", "When its last answer was there."),
    _required("prompt_tokens", BigInteger, "Tokens of all prompts."),
    _required("cached_tokens", BigInteger, "Those of them taken from the prefix cache."),
    _required("completion_tokens", BigInteger, "Tokens generated."),
    PrimaryKeyConstraint("batch_id"),
    CheckConstraint("prompt_tokens >= 0 AND cached_tokens >= 0 AND completion_tokens >= 0", "tokens"),
    Index(None, "pipeline_id"),
    comment="A row a batch: documents that were in the engine together.",
)

answers: Final = Table(
    "answers",
    metadata,
    Column("answer_key", BigInteger, Identity(always=True), comment="Key that the fields refer to."),
    _document_key(),
    _required("content_sha256", Text, "The content that was read."),
    Column(
        "pipeline_id", Text, ForeignKey("pipelines.pipeline_id"), nullable=False, comment="The pipeline that answered."
    ),
    Column(
        "batch_id", Uuid, ForeignKey("batches.batch_id"), nullable=False, comment="The batch in which it was answered."
    ),
    _required("document_type", Text, "Name of the document type."),
    _required("document_type_version", Integer, "Version of the type's definition."),
    _required("type_confidence", Double, "How sure the classification is, 0 to 1."),
    _required("language", Text, "Language of summary and document, ISO 639-1."),
    _required("summary", Text, "Summary in the document's language."),
    _required("status", Text, "complete: says everything it should; incomplete: see reasons."),
    _required("reasons", JSONB, "Why the answer is incomplete: an array of sentences; empty if complete."),
    _required("trace_id", Text, "Trace of the document, 32 hexadecimal digits."),
    _moment("submitted_at", "When the publisher handed in this content."),
    _moment("processed_at", "When the answer was recorded."),
    _required("prompt_tokens", BigInteger, "Tokens of this document's prompts."),
    _required("completion_tokens", BigInteger, "Tokens generated for this document."),
    Column("findings", JSONB, nullable=False, server_default=text("'[]'"), comment=FINDINGS),
    Column("needs_review", Boolean, nullable=False, server_default=text("false"), comment=NEEDS_REVIEW),
    _optional("model", Text, "Name of the model that read it, where that is another one than its pipeline's own."),
    _optional("adapter", Text, "LoRA adapter that the model read it with; null without one."),
    Column("turn", BigInteger, Identity(always=True), nullable=False, comment=TURN),
    PrimaryKeyConstraint("answer_key"),
    UniqueConstraint("document_key", "content_sha256", "pipeline_id"),
    CheckConstraint("type_confidence BETWEEN 0 AND 1", "type_confidence"),
    CheckConstraint("status IN ('complete', 'incomplete')", "status"),
    CheckConstraint("jsonb_typeof(reasons) = 'array'", "reasons"),
    CheckConstraint("jsonb_typeof(findings) = 'array'", "findings"),
    Index(None, "document_type", "processed_at"),
    Index(None, "batch_id"),
    Index(None, "pipeline_id"),
    comment="A row a document, content and pipeline: the answers, kept when content or pipeline change.",
)

answer_fields: Final = Table(
    "answer_fields",
    metadata,
    Column(
        "answer_key",
        BigInteger,
        ForeignKey("answers.answer_key", ondelete="CASCADE"),
        nullable=False,
        comment="The answer.",
    ),
    _required("path", Text, "Name of the field in the document type."),
    _required("kind", Text, "What the value is: text, money, date, iban, …"),
    _optional("value", Text, "Canonical text: ISO date, plain decimal, compact IBAN; null unless status is ok."),
    _optional("value_numeric", Numeric, "The value as a number, for money, numbers and percentages."),
    _optional("value_date", Date, "The value as a date, for dates."),
    _required(
        "verbatim", Text, "As the document writes it: what the model copied, or what code read or put in its place."
    ),
    _required(
        "status",
        Text,
        "ok; doubtful: too unsure to be stated; unparsed: no code could read it; unsupported: it does not stand in the "
        "document.",
    ),
    _required("confidence", Double, "How sure the value is, 0 to 1."),
    _optional("page", Integer, "Page where the value stands, from 1."),
    _optional("char_start", Integer, "First character of the value in that page's text, from 0."),
    _optional("char_end", Integer, "One past its last character."),
    _optional("proposal", Text, "Canonical text of a value that is not stated, for a person to accept."),
    PrimaryKeyConstraint("answer_key", "path"),
    CheckConstraint("status IN ('ok', 'doubtful', 'unparsed', 'unsupported')", "status"),
    CheckConstraint("(status = 'ok') = (value IS NOT NULL)", "stated"),
    CheckConstraint("confidence BETWEEN 0 AND 1", "confidence"),
    CheckConstraint("page >= 1 AND char_start >= 0 AND char_end >= char_start", "place"),
    Index(None, "value", postgresql_using="hash"),
    comment="A row a field of an answer: value, evidence and confidence.",
)

document_failures: Final = Table(
    "document_failures",
    metadata,
    _document_key(),
    _required("content_sha256", Text, "The content that failed."),
    _required("step", Text, "The step where it failed, numbered as the documentation numbers them."),
    _required("code", Text, "Why, from the closed list of error codes."),
    _required("message", Text, "Why, in a sentence for people."),
    _required("retryable", Boolean, "Whether handing in the same bytes again may help."),
    _required("trace_id", Text, "Trace of the document, 32 hexadecimal digits."),
    _moment("failed_at", "When it failed."),
    _count("attempts", "How often it was tried.", 1),
    PrimaryKeyConstraint("document_key"),
    CheckConstraint("attempts >= 1", "attempts"),
    Index(None, "code"),
    comment="A row a document whose current content failed.",
)

dead_letter_records: Final = Table(
    "dead_letter_records",
    metadata,
    Column("dead_letter_key", BigInteger, Identity(always=True), comment="Key for people and commands."),
    _required("topic", Text, "Topic that the record came from."),
    _required("partition", Integer, "Its partition."),
    _required("offset", BigInteger, "Its offset."),
    _optional("key", LargeBinary, "The record's key, byte for byte."),
    _optional("value", LargeBinary, "The record's value, byte for byte."),
    _required("headers", JSONB, "The record's headers in order: name, and text (UTF-8), base64 (other bytes) or null."),
    _required("code", Text, "Why it is no document, from the closed list of error codes."),
    _required("message", Text, "Why, in a sentence for people."),
    _required("attempts", Integer, "How often it was tried."),
    _required("trace_id", Text, "Trace of the attempt, 32 hexadecimal digits."),
    _moment("failed_at", "When it was given up."),
    Column(
        "retry_of",
        BigInteger,
        ForeignKey("dead_letter_records.dead_letter_key", ondelete="SET NULL"),
        nullable=True,
        comment="Dead letter that this record is a retry of.",
    ),
    _moment("retried_at", "When it was handed in again; null if it was not.", nullable=True),
    _count("retries", "How often it was handed in again.", 0),
    PrimaryKeyConstraint("dead_letter_key"),
    UniqueConstraint("topic", "partition", "offset"),
    CheckConstraint("attempts >= 1", "attempts"),
    CheckConstraint("jsonb_typeof(headers) = 'array'", "headers"),
    CheckConstraint("(retries = 0) = (retried_at IS NULL)", "retries"),
    Index(None, "key", postgresql_using="hash"),
    Index(None, "retry_of", postgresql_where=text("retry_of IS NOT NULL")),
    comment="A row a record that is no document, with its original bytes.",
)

outbox: Final = Table(
    "outbox",
    metadata,
    Column("outbox_id", BigInteger, Identity(always=True), comment="Order of publication."),
    _required("event_id", Uuid, "CloudEvents id; the same event is enqueued once."),
    _required("topic", Text, "Topic to publish to."),
    _optional("key", LargeBinary, "The record's key."),
    _optional("value", LargeBinary, "The record's value."),
    _required("headers", JSONB, "The record's headers: an object of texts."),
    Column(
        "document_key",
        BigInteger,
        ForeignKey("documents.document_key", ondelete="CASCADE"),
        nullable=True,
        comment="The document that the event is about; null for dead letters.",
    ),
    _moment("created_at", "When it was enqueued.", now=True),
    _moment("published_at", "When the broker had it; null while it waits.", nullable=True),
    _moment("due_at", "When it may go out: for a retry, after its back-off.", now=True),
    _optional("attempt", Integer, "For a retry: which try of the document it starts; null for events."),
    _optional("leased_by", Uuid, "The relay that publishes it at the moment."),
    _moment("leased_until", "When another relay may take it over.", nullable=True),
    Column(
        "kept",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="Stays: it tells how its document ended, and was looked at after its time.",
    ),
    PrimaryKeyConstraint("outbox_id"),
    UniqueConstraint("event_id"),
    CheckConstraint("jsonb_typeof(headers) = 'object'", "headers"),
    CheckConstraint("(leased_by IS NULL) = (leased_until IS NULL)", "lease"),
    CheckConstraint("attempt >= 2", "attempt"),
    Index("outbox_unpublished_idx", "outbox_id", postgresql_where=text("published_at IS NULL")),
    Index("outbox_due_idx", "due_at", postgresql_where=text("published_at IS NULL")),
    Index("outbox_published_idx", "published_at", postgresql_where=text("published_at IS NOT NULL AND NOT kept")),
    Index(None, "document_key", "outbox_id"),
    comment="A row an event, written with the change that it tells of; the relay publishes it.",
)

usage: Final = Table(
    "usage",
    metadata,
    _required("batch_id", Uuid, "The batch in which it was asked."),
    _required("document_key", BigInteger, "The document."),
    Column(
        "pipeline_id", Text, ForeignKey("pipelines.pipeline_id"), nullable=False, comment="The pipeline that asked."
    ),
    _required("tenant", Text, "Whose document it is."),
    _optional("document_type", Text, "Type of the answer that was recorded; null if the try gave none."),
    _required("pages", Integer, "Pages of the document."),
    _required("pages_read", Integer, "Those of them that the model read, whole or in part."),
    _required("prompt_tokens", BigInteger, "Tokens of its prompts."),
    _required("cached_tokens", BigInteger, "Those of them that came from the prefix cache."),
    _required("completion_tokens", BigInteger, "Tokens generated."),
    _required("engine_seconds", Double, "Its part of the time in which the engine had something to do."),
    _optional("hourly_price", Numeric, "What an hour of the engine cost; null if nobody said."),
    _optional("currency", Text, "Currency of the price, ISO 4217; null if there is none."),
    _moment("ended_at", "When the try ended."),
    Column(
        "day",
        Date,
        Computed("(ended_at AT TIME ZONE 'UTC'::text)::date", persisted=True),
        nullable=False,
        comment="The same as a day in UTC.",
    ),
    PrimaryKeyConstraint("batch_id", "document_key"),
    CheckConstraint(
        "pages >= 0 AND pages_read >= 0 AND prompt_tokens >= 0 AND cached_tokens >= 0 AND completion_tokens >= 0 "
        "AND engine_seconds >= 0",
        "amounts",
    ),
    CheckConstraint("(hourly_price IS NULL) = (currency IS NULL)", "price"),
    Index(None, "day"),
    Index(None, "pipeline_id"),
    comment="A row a try of a document: what it took of the engine; it stays when the document goes.",
)

document_types: Final = Table(
    "document_types",
    metadata,
    _required("name", Text, "Name of the document type."),
    _required("version", Integer, "Version of its definition."),
    _required("view_name", Text, "Its typed view in this schema."),
    _required("sha256", Text, "SHA-256 of the definition; services refuse to start with another one."),
    _required("definition", JSONB, "The definition, from which the view was made."),
    _moment("synced_at", "When the view was made.", now=True),
    PrimaryKeyConstraint("name"),
    UniqueConstraint("view_name"),
    comment="A row a document type that has a typed view.",
)

# Views are not among `metadata`, which Alembic compares. The one that results and the typed views stand on:
current_answers: Final = Table(
    "current_answers",
    MetaData(schema=SCHEMA),
    Column("document_id", Text, comment="The publisher's own id."),
    Column("tenant", Text, comment="Whose document it is."),
    Column("file_name", Text, comment="File name, as published."),
    Column("status", Text, comment="complete: says everything it should; incomplete: see reasons."),
    Column("reasons", JSONB, comment="Why the answer is incomplete, an array of sentences."),
    Column("needs_review", Boolean, comment=NEEDS_REVIEW),
    Column("findings", JSONB, comment=FINDINGS),
    Column("type_confidence", Double, comment="How sure the classification is, 0 to 1."),
    Column("language", Text, comment="Language of summary and document, ISO 639-1."),
    Column("summary", Text, comment="Summary in the document's language."),
    Column("metadata", JSONB, comment="What the publisher sent along."),
    Column("pipeline_id", Text, comment="Fingerprint of what made the answer."),
    Column("batch_id", Uuid, comment="The batch in which it was answered."),
    Column("trace_id", Text, comment="Trace of the document."),
    Column("submitted_at", TIMESTAMP(timezone=True), comment="When the publisher handed it in."),
    Column("processed_at", TIMESTAMP(timezone=True), comment="When the answer was recorded."),
    Column("duplicate_of", Text, comment="Id of an older document of this tenant with the same bytes, if any."),
    Column("answer_key", BigInteger),
    Column("document_type", Text),
)

costs: Final = Table(
    "costs",
    MetaData(schema=SCHEMA),
    Column("day", Date),
    Column("tenant", Text),
    Column("document_type", Text),
    Column("documents", BigInteger),
    Column("pages", BigInteger),
    Column("pages_read", BigInteger),
    Column("prompt_tokens", BigInteger),
    Column("cached_tokens", BigInteger),
    Column("completion_tokens", BigInteger),
    Column("engine_seconds", Double),
    Column("money", Numeric),
    Column("currency", Text),
)
