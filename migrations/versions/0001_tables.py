"""Tables: documents on their way, answers, failures, dead letters, outbox, document types."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

revision = "0001"
down_revision = None

SCHEMA = "postkorb"
MOMENT = TIMESTAMP(timezone=True)


def _column(
    name: str,
    kind: type | TIMESTAMP,
    comment: str,
    *constraints: sa.ForeignKey | sa.Identity,
    nullable: bool = False,
    server_default: sa.TextClause | None = None,
) -> sa.Column[Any]:
    return sa.Column(name, kind, *constraints, nullable=nullable, comment=comment, server_default=server_default)


def _documents() -> None:
    op.create_table(
        "documents",
        _column("document_key", sa.BigInteger, "Key that other tables and events refer to.", sa.Identity(always=True)),
        _column("tenant", sa.Text, "Whose document it is; the publisher says so, `default` if it does not."),
        _column("document_id", sa.Text, "The publisher's own id, unique within the tenant."),
        _column("version", sa.Integer, "Counts the different contents handed in under this id, from 1."),
        _column("content_sha256", sa.Text, "SHA-256 of the bytes of the current content, hexadecimal."),
        _column("media_type", sa.Text, "Media type of the content, as published or as recognised.", nullable=True),
        _column("file_name", sa.Text, "File name, as published.", nullable=True),
        _column("metadata", JSONB, "What the publisher sent along; passed through to every event."),
        _column(
            "notes", JSONB, "What was not read of it: an array of sentences, such as attachments that are pictures."
        ),
        _column("byte_count", sa.BigInteger, "Size of the content in bytes."),
        _column("page_count", sa.Integer, "Pages with text; 0 if the document could not be read."),
        _column("language", sa.Text, "Language of the text, ISO 639-1; null if it could not be read.", nullable=True),
        _column("state", sa.Text, "parsed: waits for answers; processed: has answers; failed: has none, see failures."),
        _column(
            "duplicate_of",
            sa.Text,
            "Id of an older document of this tenant with the same bytes, if any.",
            nullable=True,
        ),
        _column("traceparent", sa.Text, "W3C trace context of the submission, for the spans of later steps."),
        _column("trace_id", sa.Text, "Trace of the submission, 32 hexadecimal digits."),
        _column("submitted_at", MOMENT, "When the publisher handed in the current content."),
        _column("accepted_at", MOMENT, "When the current content was stored.", server_default=sa.text("now()")),
        _column(
            "finished_at",
            MOMENT,
            "When the current content was processed or failed; null while it waits.",
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("document_key", name="documents_pkey"),
        sa.UniqueConstraint("tenant", "document_id", name="documents_tenant_document_id_key"),
        sa.CheckConstraint("content_sha256 ~ '^[0-9a-f]{64}$'", name=op.f("documents_content_sha256_check")),
        sa.CheckConstraint("version >= 1 AND byte_count >= 0 AND page_count >= 0", name=op.f("documents_counts_check")),
        sa.CheckConstraint("(state = 'parsed') = (finished_at IS NULL)", name=op.f("documents_finished_at_check")),
        sa.CheckConstraint("jsonb_typeof(metadata) = 'object'", name=op.f("documents_metadata_check")),
        sa.CheckConstraint("jsonb_typeof(notes) = 'array'", name=op.f("documents_notes_check")),
        sa.CheckConstraint("state IN ('parsed', 'processed', 'failed')", name=op.f("documents_state_check")),
        schema=SCHEMA,
        comment="A row a document: what was handed in, and where it is on its way.",
    )
    op.create_index("documents_document_id_idx", "documents", ["document_id"], schema=SCHEMA)
    op.create_index("documents_tenant_content_sha256_idx", "documents", ["tenant", "content_sha256"], schema=SCHEMA)
    op.create_index(
        "documents_waiting_idx",
        "documents",
        ["accepted_at"],
        schema=SCHEMA,
        postgresql_where=sa.text("state = 'parsed'"),
    )


def _pages() -> None:
    op.create_table(
        "pages",
        _column(
            "document_key",
            sa.BigInteger,
            "The document.",
            sa.ForeignKey("postkorb.documents.document_key", name="pages_document_key_fkey", ondelete="CASCADE"),
        ),
        _column("page", sa.Integer, "Page number, from 1."),
        _column("text", sa.Text, "Text of the page, without U+0000 and lone surrogates."),
        sa.PrimaryKeyConstraint("document_key", "page", name="pages_pkey"),
        sa.CheckConstraint("page >= 1", name=op.f("pages_page_check")),
        schema=SCHEMA,
        comment="A row a page of the current content: the raw text, which analysts cannot read.",
    )


def _pipelines() -> None:
    op.create_table(
        "pipelines",
        _column("pipeline_id", sa.Text, "Fingerprint of schemas, prompts, model, decoding and library versions."),
        _column("model", sa.Text, "Name of the model in the catalogue."),
        _column("model_sha256", sa.Text, "Hash of the model's weights."),
        _column("settings", JSONB, "All that went into the fingerprint."),
        _column("created_at", MOMENT, "When it was first used.", server_default=sa.text("now()")),
        sa.PrimaryKeyConstraint("pipeline_id", name="pipelines_pkey"),
        schema=SCHEMA,
        comment="A row a pipeline: what made an answer, enough to explain and to repeat it.",
    )


def _batches() -> None:
    op.create_table(
        "batches",
        _column("batch_id", sa.Uuid, "Id of the batch, also on its span and on each of its documents' spans."),
        _column(
            "pipeline_id",
            sa.Text,
            "The pipeline that answered.",
            sa.ForeignKey("postkorb.pipelines.pipeline_id", name="batches_pipeline_id_fkey"),
        ),
        _column("trace_id", sa.Text, "Trace of the batch, 32 hexadecimal digits."),
        _column("started_at", MOMENT, "When the batch was admitted."),
        _column("finished_at", MOMENT, "When its last answer was there."),
        _column("prompt_tokens", sa.BigInteger, "Tokens of all prompts."),
        _column("cached_tokens", sa.BigInteger, "Those of them taken from the prefix cache."),
        _column("completion_tokens", sa.BigInteger, "Tokens generated."),
        sa.PrimaryKeyConstraint("batch_id", name="batches_pkey"),
        sa.CheckConstraint(
            "prompt_tokens >= 0 AND cached_tokens >= 0 AND completion_tokens >= 0", name=op.f("batches_tokens_check")
        ),
        schema=SCHEMA,
        comment="A row a batch: documents that were in the engine together.",
    )
    op.create_index("batches_pipeline_id_idx", "batches", ["pipeline_id"], schema=SCHEMA)


def _answers() -> None:
    op.create_table(
        "answers",
        _column("answer_key", sa.BigInteger, "Key that the fields refer to.", sa.Identity(always=True)),
        _column(
            "document_key",
            sa.BigInteger,
            "The document.",
            sa.ForeignKey("postkorb.documents.document_key", name="answers_document_key_fkey", ondelete="CASCADE"),
        ),
        _column("content_sha256", sa.Text, "The content that was read."),
        _column(
            "pipeline_id",
            sa.Text,
            "The pipeline that answered.",
            sa.ForeignKey("postkorb.pipelines.pipeline_id", name="answers_pipeline_id_fkey"),
        ),
        _column(
            "batch_id",
            sa.Uuid,
            "The batch in which it was answered.",
            sa.ForeignKey("postkorb.batches.batch_id", name="answers_batch_id_fkey"),
        ),
        _column("document_type", sa.Text, "Name of the document type."),
        _column("document_type_version", sa.Integer, "Version of the type's definition."),
        _column("type_confidence", sa.Double, "How sure the classification is, 0 to 1."),
        _column("language", sa.Text, "Language of summary and document, ISO 639-1."),
        _column("summary", sa.Text, "Summary in the document's language."),
        _column("status", sa.Text, "complete: says everything it should; incomplete: see reasons."),
        _column("reasons", JSONB, "Why the answer is incomplete: an array of sentences; empty if complete."),
        _column("trace_id", sa.Text, "Trace of the document, 32 hexadecimal digits."),
        _column("submitted_at", MOMENT, "When the publisher handed in this content."),
        _column("processed_at", MOMENT, "When the answer was recorded."),
        _column("prompt_tokens", sa.BigInteger, "Tokens of this document's prompts."),
        _column("completion_tokens", sa.BigInteger, "Tokens generated for this document."),
        sa.PrimaryKeyConstraint("answer_key", name="answers_pkey"),
        sa.UniqueConstraint(
            "document_key", "content_sha256", "pipeline_id", name="answers_document_key_content_sha256_pipeline_id_key"
        ),
        sa.CheckConstraint("jsonb_typeof(reasons) = 'array'", name=op.f("answers_reasons_check")),
        sa.CheckConstraint("status IN ('complete', 'incomplete')", name=op.f("answers_status_check")),
        sa.CheckConstraint("type_confidence BETWEEN 0 AND 1", name=op.f("answers_type_confidence_check")),
        schema=SCHEMA,
        comment="A row a document, content and pipeline: the answers, kept when content or pipeline change.",
    )
    op.create_index("answers_batch_id_idx", "answers", ["batch_id"], schema=SCHEMA)
    op.create_index(
        "answers_document_type_processed_at_idx", "answers", ["document_type", "processed_at"], schema=SCHEMA
    )
    op.create_index("answers_pipeline_id_idx", "answers", ["pipeline_id"], schema=SCHEMA)


def _answer_fields() -> None:
    op.create_table(
        "answer_fields",
        _column(
            "answer_key",
            sa.BigInteger,
            "The answer.",
            sa.ForeignKey("postkorb.answers.answer_key", name="answer_fields_answer_key_fkey", ondelete="CASCADE"),
        ),
        _column("path", sa.Text, "Name of the field in the document type."),
        _column("kind", sa.Text, "What the value is: text, money, date, iban, …"),
        _column(
            "value",
            sa.Text,
            "Canonical text: ISO date, plain decimal, compact IBAN; null if no code could read it.",
            nullable=True,
        ),
        _column(
            "value_numeric", sa.Numeric, "The value as a number, for money, numbers and percentages.", nullable=True
        ),
        _column("value_date", sa.Date, "The value as a date, for dates.", nullable=True),
        _column("verbatim", sa.Text, "Exactly as the model copied it out of the document."),
        _column(
            "status", sa.Text, "ok; unparsed: no code could read it; unsupported: it does not stand in the document."
        ),
        _column("confidence", sa.Double, "How sure the value is, 0 to 1."),
        _column("page", sa.Integer, "Page where the value stands, from 1.", nullable=True),
        _column("char_start", sa.Integer, "First character of the value in that page's text, from 0.", nullable=True),
        _column("char_end", sa.Integer, "One past its last character.", nullable=True),
        sa.PrimaryKeyConstraint("answer_key", "path", name="answer_fields_pkey"),
        sa.CheckConstraint("confidence BETWEEN 0 AND 1", name=op.f("answer_fields_confidence_check")),
        sa.CheckConstraint(
            "page >= 1 AND char_start >= 0 AND char_end >= char_start", name=op.f("answer_fields_place_check")
        ),
        sa.CheckConstraint("status IN ('ok', 'unparsed', 'unsupported')", name=op.f("answer_fields_status_check")),
        schema=SCHEMA,
        comment="A row a field of an answer: value, evidence and confidence.",
    )
    op.create_index("answer_fields_value_idx", "answer_fields", ["value"], schema=SCHEMA, postgresql_using="hash")


def _document_failures() -> None:
    op.create_table(
        "document_failures",
        _column(
            "document_key",
            sa.BigInteger,
            "The document.",
            sa.ForeignKey(
                "postkorb.documents.document_key", name="document_failures_document_key_fkey", ondelete="CASCADE"
            ),
        ),
        _column("content_sha256", sa.Text, "The content that failed."),
        _column("step", sa.Text, "The step where it failed, numbered as the documentation numbers them."),
        _column("code", sa.Text, "Why, from the closed list of error codes."),
        _column("message", sa.Text, "Why, in a sentence for people."),
        _column("retryable", sa.Boolean, "Whether handing in the same bytes again may help."),
        _column("trace_id", sa.Text, "Trace of the document, 32 hexadecimal digits."),
        _column("failed_at", MOMENT, "When it failed."),
        sa.PrimaryKeyConstraint("document_key", name="document_failures_pkey"),
        schema=SCHEMA,
        comment="A row a document whose current content failed.",
    )
    op.create_index("document_failures_code_idx", "document_failures", ["code"], schema=SCHEMA)


def _dead_letter_records() -> None:
    op.create_table(
        "dead_letter_records",
        _column("dead_letter_key", sa.BigInteger, "Key for people and commands.", sa.Identity(always=True)),
        _column("topic", sa.Text, "Topic that the record came from."),
        _column("partition", sa.Integer, "Its partition."),
        _column("offset", sa.BigInteger, "Its offset."),
        _column("key", sa.LargeBinary, "The record's key, byte for byte.", nullable=True),
        _column("value", sa.LargeBinary, "The record's value, byte for byte.", nullable=True),
        _column(
            "headers", JSONB, "The record's headers in order: name, and text (UTF-8), base64 (other bytes) or null."
        ),
        _column("code", sa.Text, "Why it is no document, from the closed list of error codes."),
        _column("message", sa.Text, "Why, in a sentence for people."),
        _column("attempts", sa.Integer, "How often it was tried."),
        _column("trace_id", sa.Text, "Trace of the attempt, 32 hexadecimal digits."),
        _column("failed_at", MOMENT, "When it was given up."),
        sa.PrimaryKeyConstraint("dead_letter_key", name="dead_letter_records_pkey"),
        sa.UniqueConstraint("topic", "partition", "offset", name="dead_letter_records_topic_partition_offset_key"),
        sa.CheckConstraint("attempts >= 1", name=op.f("dead_letter_records_attempts_check")),
        sa.CheckConstraint("jsonb_typeof(headers) = 'array'", name=op.f("dead_letter_records_headers_check")),
        schema=SCHEMA,
        comment="A row a record that is no document, with its original bytes.",
    )
    op.create_index(
        "dead_letter_records_key_idx", "dead_letter_records", ["key"], schema=SCHEMA, postgresql_using="hash"
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        _column("outbox_id", sa.BigInteger, "Order of publication.", sa.Identity(always=True)),
        _column("event_id", sa.Uuid, "CloudEvents id; the same event is enqueued once."),
        _column("topic", sa.Text, "Topic to publish to."),
        _column("key", sa.LargeBinary, "The record's key.", nullable=True),
        _column("value", sa.LargeBinary, "The record's value.", nullable=True),
        _column("headers", JSONB, "The record's headers: an object of texts."),
        _column(
            "document_key",
            sa.BigInteger,
            "The document that the event is about; null for dead letters.",
            sa.ForeignKey("postkorb.documents.document_key", name="outbox_document_key_fkey", ondelete="CASCADE"),
            nullable=True,
        ),
        _column("created_at", MOMENT, "When it was enqueued.", server_default=sa.text("now()")),
        _column("published_at", MOMENT, "When the broker had it; null while it waits.", nullable=True),
        sa.PrimaryKeyConstraint("outbox_id", name="outbox_pkey"),
        sa.UniqueConstraint("event_id", name="outbox_event_id_key"),
        sa.CheckConstraint("jsonb_typeof(headers) = 'object'", name=op.f("outbox_headers_check")),
        schema=SCHEMA,
        comment="A row an event, written with the change that it tells of; the relay publishes it.",
    )
    op.create_index("outbox_document_key_outbox_id_idx", "outbox", ["document_key", "outbox_id"], schema=SCHEMA)
    op.create_index(
        "outbox_unpublished_idx",
        "outbox",
        ["outbox_id"],
        schema=SCHEMA,
        postgresql_where=sa.text("published_at IS NULL"),
    )


def _document_types() -> None:
    op.create_table(
        "document_types",
        _column("name", sa.Text, "Name of the document type."),
        _column("version", sa.Integer, "Version of its definition."),
        _column("view_name", sa.Text, "Its typed view in this schema."),
        _column("sha256", sa.Text, "SHA-256 of the definition; services refuse to start with another one."),
        _column("definition", JSONB, "The definition, from which the view was made."),
        _column("synced_at", MOMENT, "When the view was made.", server_default=sa.text("now()")),
        sa.PrimaryKeyConstraint("name", name="document_types_pkey"),
        sa.UniqueConstraint("view_name", name="document_types_view_name_key"),
        schema=SCHEMA,
        comment="A row a document type that has a typed view.",
    )


TABLES = {
    "documents": _documents,
    "pages": _pages,
    "pipelines": _pipelines,
    "batches": _batches,
    "answers": _answers,
    "answer_fields": _answer_fields,
    "document_failures": _document_failures,
    "dead_letter_records": _dead_letter_records,
    "outbox": _outbox,
    "document_types": _document_types,
}


def upgrade() -> None:
    for create in TABLES.values():
        create()
    op.execute("COMMENT ON SCHEMA postkorb IS 'Postkorb: documents in, typed and checked answers out.'")
    op.execute("COMMENT ON TABLE postkorb.alembic_version IS 'The revision of this schema.'")
    op.execute("COMMENT ON COLUMN postkorb.alembic_version.version_num IS 'Name of the revision.'")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table, schema=SCHEMA)
