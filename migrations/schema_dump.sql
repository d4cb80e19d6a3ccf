-- Made by pg_dump; to make it again: UPDATE_SCHEMA_DUMP=1 pytest tests/integration/storage/test_schema.py
--
-- PostgreSQL database dump
--



SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: postkorb; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA postkorb;


--
-- Name: SCHEMA postkorb; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON SCHEMA postkorb IS 'Postkorb: documents in, typed and checked answers out.';


--
-- Name: notify_outbox(); Type: FUNCTION; Schema: postkorb; Owner: -
--

CREATE FUNCTION postkorb.notify_outbox() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM pg_notify('postkorb_outbox', '');
    RETURN NULL;
END $$;


--
-- Name: FUNCTION notify_outbox(); Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON FUNCTION postkorb.notify_outbox() IS 'Wakes the relay: there are new rows in the outbox.';


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: dead_letter_records; Type: TABLE; Schema: postkorb; Owner: -
--

CREATE TABLE postkorb.dead_letter_records (
    dead_letter_key bigint NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    "offset" bigint NOT NULL,
    key bytea,
    value bytea,
    headers jsonb NOT NULL,
    code text NOT NULL,
    message text NOT NULL,
    attempts integer NOT NULL,
    trace_id text NOT NULL,
    failed_at timestamp with time zone NOT NULL,
    retry_of bigint,
    retried_at timestamp with time zone,
    retries integer DEFAULT 0 NOT NULL,
    CONSTRAINT dead_letter_records_attempts_check CHECK ((attempts >= 1)),
    CONSTRAINT dead_letter_records_headers_check CHECK ((jsonb_typeof(headers) = 'array'::text)),
    CONSTRAINT dead_letter_records_retries_check CHECK (((retries = 0) = (retried_at IS NULL)))
);


--
-- Name: TABLE dead_letter_records; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON TABLE postkorb.dead_letter_records IS 'A row a record that is no document, with its original bytes.';


--
-- Name: COLUMN dead_letter_records.dead_letter_key; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letter_records.dead_letter_key IS 'Key for people and commands.';


--
-- Name: COLUMN dead_letter_records.topic; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letter_records.topic IS 'Topic that the record came from.';


--
-- Name: COLUMN dead_letter_records.partition; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letter_records.partition IS 'Its partition.';


--
-- Name: COLUMN dead_letter_records."offset"; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letter_records."offset" IS 'Its offset.';


--
-- Name: COLUMN dead_letter_records.key; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letter_records.key IS 'The record''s key, byte for byte.';


--
-- Name: COLUMN dead_letter_records.value; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letter_records.value IS 'The record''s value, byte for byte.';


--
-- Name: COLUMN dead_letter_records.headers; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letter_records.headers IS 'The record''s headers in order: name, and text (UTF-8), base64 (other bytes) or null.';


--
-- Name: COLUMN dead_letter_records.code; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letter_records.code IS 'Why it is no document, from the closed list of error codes.';


--
-- Name: COLUMN dead_letter_records.message; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letter_records.message IS 'Why, in a sentence for people.';


--
-- Name: COLUMN dead_letter_records.attempts; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letter_records.attempts IS 'How often it was tried.';


--
-- Name: COLUMN dead_letter_records.trace_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letter_records.trace_id IS 'Trace of the attempt, 32 hexadecimal digits.';


--
-- Name: COLUMN dead_letter_records.failed_at; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letter_records.failed_at IS 'When it was given up.';


--
-- Name: COLUMN dead_letter_records.retry_of; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letter_records.retry_of IS 'Dead letter that this record is a retry of.';


--
-- Name: COLUMN dead_letter_records.retried_at; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letter_records.retried_at IS 'When it was handed in again; null if it was not.';


--
-- Name: COLUMN dead_letter_records.retries; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letter_records.retries IS 'How often it was handed in again.';


--
-- Name: documents; Type: TABLE; Schema: postkorb; Owner: -
--

CREATE TABLE postkorb.documents (
    document_key bigint NOT NULL,
    tenant text NOT NULL,
    document_id text NOT NULL,
    version integer NOT NULL,
    content_sha256 text NOT NULL,
    media_type text,
    file_name text,
    metadata jsonb NOT NULL,
    notes jsonb NOT NULL,
    byte_count bigint NOT NULL,
    page_count integer NOT NULL,
    language text,
    state text NOT NULL,
    duplicate_of text,
    traceparent text NOT NULL,
    trace_id text NOT NULL,
    submitted_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    source_partition integer,
    source_offset bigint,
    attempts integer DEFAULT 1 NOT NULL,
    engine_deaths integer DEFAULT 0 NOT NULL,
    retry_of bigint,
    einvoice jsonb,
    priority text DEFAULT 'normal'::text NOT NULL,
    CONSTRAINT documents_content_sha256_check CHECK ((content_sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT documents_counts_check CHECK (((version >= 1) AND (byte_count >= 0) AND (page_count >= 0))),
    CONSTRAINT documents_einvoice_check CHECK ((jsonb_typeof(einvoice) = 'object'::text)),
    CONSTRAINT documents_finished_at_check CHECK (((state = 'parsed'::text) = (finished_at IS NULL))),
    CONSTRAINT documents_metadata_check CHECK ((jsonb_typeof(metadata) = 'object'::text)),
    CONSTRAINT documents_notes_check CHECK ((jsonb_typeof(notes) = 'array'::text)),
    CONSTRAINT documents_priority_check CHECK ((priority = ANY (ARRAY['urgent'::text, 'normal'::text, 'bulk'::text]))),
    CONSTRAINT documents_source_check CHECK (((source_partition IS NULL) = (source_offset IS NULL))),
    CONSTRAINT documents_state_check CHECK ((state = ANY (ARRAY['parsed'::text, 'processed'::text, 'failed'::text]))),
    CONSTRAINT documents_tries_check CHECK (((attempts >= 1) AND (engine_deaths >= 0)))
);


--
-- Name: TABLE documents; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON TABLE postkorb.documents IS 'A row a document: what was handed in, and where it is on its way.';


--
-- Name: COLUMN documents.document_key; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.document_key IS 'Key that other tables and events refer to.';


--
-- Name: COLUMN documents.tenant; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.tenant IS 'Whose document it is; the publisher says so, `default` if it does not.';


--
-- Name: COLUMN documents.document_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.document_id IS 'The publisher''s own id, unique within the tenant.';


--
-- Name: COLUMN documents.version; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.version IS 'Counts the different contents handed in under this id, from 1.';


--
-- Name: COLUMN documents.content_sha256; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.content_sha256 IS 'SHA-256 of the bytes of the current content, hexadecimal.';


--
-- Name: COLUMN documents.media_type; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.media_type IS 'Media type of the content, as published or as recognised.';


--
-- Name: COLUMN documents.file_name; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.file_name IS 'File name, as published.';


--
-- Name: COLUMN documents.metadata; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.metadata IS 'What the publisher sent along; passed through to every event.';


--
-- Name: COLUMN documents.notes; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.notes IS 'What was not read of it: an array of sentences, such as attachments that are pictures.';


--
-- Name: COLUMN documents.byte_count; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.byte_count IS 'Size of the content in bytes.';


--
-- Name: COLUMN documents.page_count; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.page_count IS 'Pages with text; 0 if the document could not be read.';


--
-- Name: COLUMN documents.language; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.language IS 'Language of the text, ISO 639-1; null if it could not be read.';


--
-- Name: COLUMN documents.state; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.state IS 'parsed: waits for answers; processed: has answers; failed: has none, see failures.';


--
-- Name: COLUMN documents.duplicate_of; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.duplicate_of IS 'Id of an older document of this tenant with the same bytes, if any.';


--
-- Name: COLUMN documents.traceparent; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.traceparent IS 'W3C trace context of the submission, for the spans of later steps.';


--
-- Name: COLUMN documents.trace_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.trace_id IS 'Trace of the submission, 32 hexadecimal digits.';


--
-- Name: COLUMN documents.submitted_at; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.submitted_at IS 'When the publisher handed in the current content.';


--
-- Name: COLUMN documents.accepted_at; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.accepted_at IS 'When the current content was stored.';


--
-- Name: COLUMN documents.finished_at; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.finished_at IS 'When the current content was processed or failed; null while it waits.';


--
-- Name: COLUMN documents.source_partition; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.source_partition IS 'Partition of documents.submitted that the current content came from.';


--
-- Name: COLUMN documents.source_offset; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.source_offset IS 'Its offset there; with the partition it decides which content is newer.';


--
-- Name: COLUMN documents.attempts; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.attempts IS 'Tries of the current content, the present one included.';


--
-- Name: COLUMN documents.engine_deaths; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.engine_deaths IS 'How often the engine died while it held this content.';


--
-- Name: COLUMN documents.retry_of; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.retry_of IS 'Dead letter that this document is a retry of, see dead_letters.';


--
-- Name: COLUMN documents.einvoice; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.einvoice IS 'Values of the e-invoice that the content is or carries, as its XML gives them; null if there is none.';


--
-- Name: COLUMN documents.priority; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.documents.priority IS 'Whose turn at the engine it is first, as published: urgent, normal or bulk.';


--
-- Name: outbox; Type: TABLE; Schema: postkorb; Owner: -
--

CREATE TABLE postkorb.outbox (
    outbox_id bigint NOT NULL,
    event_id uuid NOT NULL,
    topic text NOT NULL,
    key bytea,
    value bytea,
    headers jsonb NOT NULL,
    document_key bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    published_at timestamp with time zone,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    attempt integer,
    leased_by uuid,
    leased_until timestamp with time zone,
    kept boolean DEFAULT false NOT NULL,
    CONSTRAINT outbox_attempt_check CHECK ((attempt >= 2)),
    CONSTRAINT outbox_headers_check CHECK ((jsonb_typeof(headers) = 'object'::text)),
    CONSTRAINT outbox_lease_check CHECK (((leased_by IS NULL) = (leased_until IS NULL)))
);


--
-- Name: TABLE outbox; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON TABLE postkorb.outbox IS 'A row an event, written with the change that it tells of; the relay publishes it.';


--
-- Name: COLUMN outbox.outbox_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.outbox.outbox_id IS 'Order of publication.';


--
-- Name: COLUMN outbox.event_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.outbox.event_id IS 'CloudEvents id; the same event is enqueued once.';


--
-- Name: COLUMN outbox.topic; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.outbox.topic IS 'Topic to publish to.';


--
-- Name: COLUMN outbox.key; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.outbox.key IS 'The record''s key.';


--
-- Name: COLUMN outbox.value; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.outbox.value IS 'The record''s value.';


--
-- Name: COLUMN outbox.headers; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.outbox.headers IS 'The record''s headers: an object of texts.';


--
-- Name: COLUMN outbox.document_key; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.outbox.document_key IS 'The document that the event is about; null for dead letters.';


--
-- Name: COLUMN outbox.created_at; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.outbox.created_at IS 'When it was enqueued.';


--
-- Name: COLUMN outbox.published_at; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.outbox.published_at IS 'When the broker had it; null while it waits.';


--
-- Name: COLUMN outbox.due_at; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.outbox.due_at IS 'When it may go out: for a retry, after its back-off.';


--
-- Name: COLUMN outbox.attempt; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.outbox.attempt IS 'For a retry: which try of the document it starts; null for events.';


--
-- Name: COLUMN outbox.leased_by; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.outbox.leased_by IS 'The relay that publishes it at the moment.';


--
-- Name: COLUMN outbox.leased_until; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.outbox.leased_until IS 'When another relay may take it over.';


--
-- Name: COLUMN outbox.kept; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.outbox.kept IS 'Stays: it tells how its document ended, and was looked at after its time.';


--
-- Name: account; Type: VIEW; Schema: postkorb; Owner: -
--

CREATE VIEW postkorb.account AS
 SELECT ((d.documents + l.letters) + r.records) AS submitted,
    d.processed,
    d.failed,
    l.letters AS dead_lettered,
    (d.waiting + r.records) AS waiting
   FROM ((( SELECT count(*) AS documents,
            count(*) FILTER (WHERE (documents.state = 'processed'::text)) AS processed,
            count(*) FILTER (WHERE (documents.state = 'failed'::text)) AS failed,
            count(*) FILTER (WHERE (documents.state = 'parsed'::text)) AS waiting
           FROM postkorb.documents) d
     CROSS JOIN ( SELECT count(*) AS letters
           FROM postkorb.dead_letter_records
          WHERE (dead_letter_records.retried_at IS NULL)) l)
     CROSS JOIN ( SELECT count(*) AS records
           FROM postkorb.outbox
          WHERE ((outbox.published_at IS NULL) AND (outbox.attempt IS NOT NULL) AND (outbox.document_key IS NULL))) r);


--
-- Name: VIEW account; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON VIEW postkorb.account IS 'One row: submitted = processed + failed + dead_lettered + waiting.';


--
-- Name: COLUMN account.submitted; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.account.submitted IS 'Documents accepted, records dead-lettered, and records that wait for another try.';


--
-- Name: COLUMN account.processed; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.account.processed IS 'Documents with answers.';


--
-- Name: COLUMN account.failed; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.account.failed IS 'Documents without answers, see failures.';


--
-- Name: COLUMN account.dead_lettered; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.account.dead_lettered IS 'Records that are no document and were not handed in again, see dead_letters.';


--
-- Name: COLUMN account.waiting; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.account.waiting IS 'Documents that wait for answers, and records that wait for another try.';


--
-- Name: alembic_version; Type: TABLE; Schema: postkorb; Owner: -
--

CREATE TABLE postkorb.alembic_version (
    version_num character varying(32) NOT NULL
);


--
-- Name: TABLE alembic_version; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON TABLE postkorb.alembic_version IS 'The revision of this schema.';


--
-- Name: COLUMN alembic_version.version_num; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.alembic_version.version_num IS 'Name of the revision.';


--
-- Name: answer_fields; Type: TABLE; Schema: postkorb; Owner: -
--

CREATE TABLE postkorb.answer_fields (
    answer_key bigint NOT NULL,
    path text NOT NULL,
    kind text NOT NULL,
    value text,
    value_numeric numeric,
    value_date date,
    verbatim text NOT NULL,
    status text NOT NULL,
    confidence double precision NOT NULL,
    page integer,
    char_start integer,
    char_end integer,
    proposal text,
    CONSTRAINT answer_fields_confidence_check CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
    CONSTRAINT answer_fields_place_check CHECK (((page >= 1) AND (char_start >= 0) AND (char_end >= char_start))),
    CONSTRAINT answer_fields_stated_check CHECK (((status = 'ok'::text) = (value IS NOT NULL))),
    CONSTRAINT answer_fields_status_check CHECK ((status = ANY (ARRAY['ok'::text, 'doubtful'::text, 'unparsed'::text, 'unsupported'::text])))
);


--
-- Name: TABLE answer_fields; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON TABLE postkorb.answer_fields IS 'A row a field of an answer: value, evidence and confidence.';


--
-- Name: COLUMN answer_fields.answer_key; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answer_fields.answer_key IS 'The answer.';


--
-- Name: COLUMN answer_fields.path; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answer_fields.path IS 'Name of the field in the document type.';


--
-- Name: COLUMN answer_fields.kind; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answer_fields.kind IS 'What the value is: text, money, date, iban, …';


--
-- Name: COLUMN answer_fields.value; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answer_fields.value IS 'Canonical text: ISO date, plain decimal, compact IBAN; null unless status is ok.';


--
-- Name: COLUMN answer_fields.value_numeric; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answer_fields.value_numeric IS 'The value as a number, for money, numbers and percentages.';


--
-- Name: COLUMN answer_fields.value_date; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answer_fields.value_date IS 'The value as a date, for dates.';


--
-- Name: COLUMN answer_fields.verbatim; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answer_fields.verbatim IS 'As the document writes it: what the model copied, or what code read or put in its place.';


--
-- Name: COLUMN answer_fields.status; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answer_fields.status IS 'ok; doubtful: too unsure to be stated; unparsed: no code could read it; unsupported: it does not stand in the document.';


--
-- Name: COLUMN answer_fields.confidence; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answer_fields.confidence IS 'How sure the value is, 0 to 1.';


--
-- Name: COLUMN answer_fields.page; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answer_fields.page IS 'Page where the value stands, from 1.';


--
-- Name: COLUMN answer_fields.char_start; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answer_fields.char_start IS 'First character of the value in that page''s text, from 0.';


--
-- Name: COLUMN answer_fields.char_end; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answer_fields.char_end IS 'One past its last character.';


--
-- Name: COLUMN answer_fields.proposal; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answer_fields.proposal IS 'Canonical text of a value that is not stated, for a person to accept.';


--
-- Name: answers; Type: TABLE; Schema: postkorb; Owner: -
--

CREATE TABLE postkorb.answers (
    answer_key bigint NOT NULL,
    document_key bigint NOT NULL,
    content_sha256 text NOT NULL,
    pipeline_id text NOT NULL,
    batch_id uuid NOT NULL,
    document_type text NOT NULL,
    document_type_version integer NOT NULL,
    type_confidence double precision NOT NULL,
    language text NOT NULL,
    summary text NOT NULL,
    status text NOT NULL,
    reasons jsonb NOT NULL,
    trace_id text NOT NULL,
    submitted_at timestamp with time zone NOT NULL,
    processed_at timestamp with time zone NOT NULL,
    prompt_tokens bigint NOT NULL,
    completion_tokens bigint NOT NULL,
    findings jsonb DEFAULT '[]'::jsonb NOT NULL,
    needs_review boolean DEFAULT false NOT NULL,
    model text,
    adapter text,
    turn bigint NOT NULL,
    CONSTRAINT answers_findings_check CHECK ((jsonb_typeof(findings) = 'array'::text)),
    CONSTRAINT answers_reasons_check CHECK ((jsonb_typeof(reasons) = 'array'::text)),
    CONSTRAINT answers_status_check CHECK ((status = ANY (ARRAY['complete'::text, 'incomplete'::text]))),
    CONSTRAINT answers_type_confidence_check CHECK (((type_confidence >= (0)::double precision) AND (type_confidence <= (1)::double precision)))
);


--
-- Name: TABLE answers; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON TABLE postkorb.answers IS 'A row a document, content and pipeline: the answers, kept when content or pipeline change.';


--
-- Name: COLUMN answers.answer_key; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answers.answer_key IS 'Key that the fields refer to.';


--
-- Name: COLUMN answers.document_key; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answers.document_key IS 'The document.';


--
-- Name: COLUMN answers.content_sha256; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answers.content_sha256 IS 'The content that was read.';


--
-- Name: COLUMN answers.pipeline_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answers.pipeline_id IS 'The pipeline that answered.';


--
-- Name: COLUMN answers.batch_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answers.batch_id IS 'The batch in which it was answered.';


--
-- Name: COLUMN answers.document_type; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answers.document_type IS 'Name of the document type.';


--
-- Name: COLUMN answers.document_type_version; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answers.document_type_version IS 'Version of the type''s definition.';


--
-- Name: COLUMN answers.type_confidence; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answers.type_confidence IS 'How sure the classification is, 0 to 1.';


--
-- Name: COLUMN answers.language; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answers.language IS 'Language of summary and document, ISO 639-1.';


--
-- Name: COLUMN answers.summary; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answers.summary IS 'Summary in the document''s language.';


--
-- Name: COLUMN answers.status; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answers.status IS 'complete: says everything it should; incomplete: see reasons.';


--
-- Name: COLUMN answers.reasons; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answers.reasons IS 'Why the answer is incomplete: an array of sentences; empty if complete.';


--
-- Name: COLUMN answers.trace_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answers.trace_id IS 'Trace of the document, 32 hexadecimal digits.';


--
-- Name: COLUMN answers.submitted_at; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answers.submitted_at IS 'When the publisher handed in this content.';


--
-- Name: COLUMN answers.processed_at; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answers.processed_at IS 'When the answer was recorded.';


--
-- Name: COLUMN answers.prompt_tokens; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answers.prompt_tokens IS 'Tokens of this document''s prompts.';


--
-- Name: COLUMN answers.completion_tokens; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answers.completion_tokens IS 'Tokens generated for this document.';


--
-- Name: COLUMN answers.findings; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answers.findings IS 'What checks found: an array of objects with kind, fields and message; empty if all is well.';


--
-- Name: COLUMN answers.needs_review; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answers.needs_review IS 'Whether a person should look before it is booked: it is incomplete, or some finding is more than a repair.';


--
-- Name: COLUMN answers.model; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answers.model IS 'Name of the model that read it, where that is another one than its pipeline''s own.';


--
-- Name: COLUMN answers.adapter; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answers.adapter IS 'LoRA adapter that the model read it with; null without one.';


--
-- Name: COLUMN answers.turn; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.answers.turn IS 'Order in which answers became the present one: of a content, the greatest is. It grows when an answer does again.';


--
-- Name: answers_answer_key_seq; Type: SEQUENCE; Schema: postkorb; Owner: -
--

ALTER TABLE postkorb.answers ALTER COLUMN answer_key ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME postkorb.answers_answer_key_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: answers_turn_seq; Type: SEQUENCE; Schema: postkorb; Owner: -
--

ALTER TABLE postkorb.answers ALTER COLUMN turn ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME postkorb.answers_turn_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: batches; Type: TABLE; Schema: postkorb; Owner: -
--

CREATE TABLE postkorb.batches (
    batch_id uuid NOT NULL,
    pipeline_id text NOT NULL,
    trace_id text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone NOT NULL,
    prompt_tokens bigint NOT NULL,
    cached_tokens bigint NOT NULL,
    completion_tokens bigint NOT NULL,
    CONSTRAINT batches_tokens_check CHECK (((prompt_tokens >= 0) AND (cached_tokens >= 0) AND (completion_tokens >= 0)))
);


--
-- Name: TABLE batches; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON TABLE postkorb.batches IS 'A row a batch: documents that were in the engine together.';


--
-- Name: COLUMN batches.batch_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.batches.batch_id IS 'Id of the batch, also on its span and on each of its documents'' spans.';


--
-- Name: COLUMN batches.pipeline_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.batches.pipeline_id IS 'The pipeline that answered.';


--
-- Name: COLUMN batches.trace_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.batches.trace_id IS 'Trace of the batch, 32 hexadecimal digits.';


--
-- Name: COLUMN batches.started_at; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.batches.started_at IS 'When the batch was admitted.';


--
-- Name: COLUMN batches.finished_at; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.batches.finished_at IS 'When its last answer was there.';


--
-- Name: COLUMN batches.prompt_tokens; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.batches.prompt_tokens IS 'Tokens of all prompts.';


--
-- Name: COLUMN batches.cached_tokens; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.batches.cached_tokens IS 'Those of them taken from the prefix cache.';


--
-- Name: COLUMN batches.completion_tokens; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.batches.completion_tokens IS 'Tokens generated.';


--
-- Name: pipelines; Type: TABLE; Schema: postkorb; Owner: -
--

CREATE TABLE postkorb.pipelines (
    pipeline_id text NOT NULL,
    model text NOT NULL,
    model_sha256 text NOT NULL,
    settings jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    calibration jsonb,
    CONSTRAINT pipelines_calibration_check CHECK ((jsonb_typeof(calibration) = 'object'::text))
);


--
-- Name: TABLE pipelines; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON TABLE postkorb.pipelines IS 'A row a pipeline: what made an answer, enough to explain and to repeat it.';


--
-- Name: COLUMN pipelines.pipeline_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.pipelines.pipeline_id IS 'Fingerprint of schemas, prompts, model, decoding and library versions.';


--
-- Name: COLUMN pipelines.model; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.pipelines.model IS 'Name of the model in the catalogue.';


--
-- Name: COLUMN pipelines.model_sha256; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.pipelines.model_sha256 IS 'Hash of the model''s weights.';


--
-- Name: COLUMN pipelines.settings; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.pipelines.settings IS 'All that went into the fingerprint.';


--
-- Name: COLUMN pipelines.created_at; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.pipelines.created_at IS 'When it was first used.';


--
-- Name: COLUMN pipelines.calibration; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.pipelines.calibration IS 'What makes its confidences: features and weights, and what they were fitted on; null if it was not kept.';


--
-- Name: calibrations; Type: VIEW; Schema: postkorb; Owner: -
--

CREATE VIEW postkorb.calibrations AS
 SELECT pipeline_id,
    model,
    NULLIF((calibration -> 'fitted'::text), 'null'::jsonb) AS fitted,
    calibration,
    created_at
   FROM postkorb.pipelines p;


--
-- Name: VIEW calibrations; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON VIEW postkorb.calibrations IS 'A row a pipeline: what makes its confidences, and whether that was fitted to documents whose truth is known.';


--
-- Name: COLUMN calibrations.pipeline_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.calibrations.pipeline_id IS 'The pipeline, as in results.';


--
-- Name: COLUMN calibrations.model; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.calibrations.model IS 'Name of the model in the catalogue.';


--
-- Name: COLUMN calibrations.fitted; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.calibrations.fitted IS 'On what it was fitted, and how it did on documents left out; null: set by hand, a confidence is a rank.';


--
-- Name: COLUMN calibrations.calibration; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.calibrations.calibration IS 'What makes its confidences: features and weights, and what they were fitted on; null if it was not kept.';


--
-- Name: COLUMN calibrations.created_at; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.calibrations.created_at IS 'When the pipeline was first used.';


--
-- Name: current_answers; Type: VIEW; Schema: postkorb; Owner: -
--

CREATE VIEW postkorb.current_answers AS
 SELECT d.document_id,
    d.tenant,
    d.file_name,
    a.document_type,
    a.type_confidence,
    a.language,
    a.summary,
    a.status,
    a.reasons,
    d.metadata,
    a.pipeline_id,
    a.batch_id,
    a.trace_id,
    a.submitted_at,
    a.processed_at,
    d.duplicate_of,
    d.document_key,
    a.answer_key,
    a.findings,
    a.needs_review
   FROM (postkorb.answers a
     JOIN postkorb.documents d ON (((d.document_key = a.document_key) AND (d.content_sha256 = a.content_sha256))))
  WHERE (NOT (EXISTS ( SELECT
           FROM postkorb.answers newer
          WHERE ((newer.document_key = a.document_key) AND (newer.content_sha256 = a.content_sha256) AND (newer.turn > a.turn)))));


--
-- Name: VIEW current_answers; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON VIEW postkorb.current_answers IS 'Internal: the newest answer of the current content; see results.';


--
-- Name: COLUMN current_answers.document_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.current_answers.document_id IS 'The publisher''s own id, unique within the tenant.';


--
-- Name: COLUMN current_answers.tenant; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.current_answers.tenant IS 'Whose document it is.';


--
-- Name: COLUMN current_answers.file_name; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.current_answers.file_name IS 'File name, as published.';


--
-- Name: COLUMN current_answers.document_type; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.current_answers.document_type IS 'Name of the document type.';


--
-- Name: COLUMN current_answers.type_confidence; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.current_answers.type_confidence IS 'How sure the classification is, 0 to 1.';


--
-- Name: COLUMN current_answers.language; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.current_answers.language IS 'Language of summary and document, ISO 639-1.';


--
-- Name: COLUMN current_answers.summary; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.current_answers.summary IS 'Summary in the document''s language.';


--
-- Name: COLUMN current_answers.status; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.current_answers.status IS 'complete: says everything it should; incomplete: see reasons.';


--
-- Name: COLUMN current_answers.reasons; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.current_answers.reasons IS 'Why the answer is incomplete: an array of sentences; empty if complete.';


--
-- Name: COLUMN current_answers.metadata; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.current_answers.metadata IS 'What the publisher sent along.';


--
-- Name: COLUMN current_answers.pipeline_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.current_answers.pipeline_id IS 'Fingerprint of schemas, prompts, model, decoding and library versions.';


--
-- Name: COLUMN current_answers.batch_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.current_answers.batch_id IS 'The batch in which it was answered.';


--
-- Name: COLUMN current_answers.trace_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.current_answers.trace_id IS 'Trace of the document, 32 hexadecimal digits.';


--
-- Name: COLUMN current_answers.submitted_at; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.current_answers.submitted_at IS 'When the publisher handed it in.';


--
-- Name: COLUMN current_answers.processed_at; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.current_answers.processed_at IS 'When the answer was recorded.';


--
-- Name: COLUMN current_answers.duplicate_of; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.current_answers.duplicate_of IS 'Id of an older document of this tenant with the same bytes, if any.';


--
-- Name: COLUMN current_answers.document_key; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.current_answers.document_key IS 'Key that tables refer to.';


--
-- Name: COLUMN current_answers.answer_key; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.current_answers.answer_key IS 'Key that the fields refer to.';


--
-- Name: COLUMN current_answers.findings; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.current_answers.findings IS 'What checks found: an array of objects with kind, fields and message; empty if all is well.';


--
-- Name: COLUMN current_answers.needs_review; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.current_answers.needs_review IS 'Whether a person should look before it is booked: it is incomplete, or some finding is more than a repair.';


--
-- Name: usage; Type: TABLE; Schema: postkorb; Owner: -
--

CREATE TABLE postkorb.usage (
    batch_id uuid NOT NULL,
    document_key bigint NOT NULL,
    pipeline_id text NOT NULL,
    tenant text NOT NULL,
    document_type text,
    pages integer NOT NULL,
    pages_read integer NOT NULL,
    prompt_tokens bigint NOT NULL,
    cached_tokens bigint NOT NULL,
    completion_tokens bigint NOT NULL,
    engine_seconds double precision NOT NULL,
    hourly_price numeric,
    currency text,
    ended_at timestamp with time zone NOT NULL,
    day date GENERATED ALWAYS AS (((ended_at AT TIME ZONE 'UTC'::text))::date) STORED NOT NULL,
    CONSTRAINT usage_amounts_check CHECK (((pages >= 0) AND (pages_read >= 0) AND (prompt_tokens >= 0) AND (cached_tokens >= 0) AND (completion_tokens >= 0) AND (engine_seconds >= (0)::double precision))),
    CONSTRAINT usage_price_check CHECK (((hourly_price IS NULL) = (currency IS NULL)))
);


--
-- Name: TABLE usage; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON TABLE postkorb.usage IS 'A row a try of a document: what it took of the engine; it stays when the document goes.';


--
-- Name: COLUMN usage.batch_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.usage.batch_id IS 'The batch in which it was asked.';


--
-- Name: COLUMN usage.document_key; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.usage.document_key IS 'The document.';


--
-- Name: COLUMN usage.pipeline_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.usage.pipeline_id IS 'The pipeline that asked.';


--
-- Name: COLUMN usage.tenant; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.usage.tenant IS 'Whose document it is.';


--
-- Name: COLUMN usage.document_type; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.usage.document_type IS 'Type of the answer that was recorded; null if the try gave none.';


--
-- Name: COLUMN usage.pages; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.usage.pages IS 'Pages of the document.';


--
-- Name: COLUMN usage.pages_read; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.usage.pages_read IS 'Those of them that the model read, whole or in part.';


--
-- Name: COLUMN usage.prompt_tokens; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.usage.prompt_tokens IS 'Tokens of its prompts.';


--
-- Name: COLUMN usage.cached_tokens; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.usage.cached_tokens IS 'Those of them that came from the prefix cache.';


--
-- Name: COLUMN usage.completion_tokens; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.usage.completion_tokens IS 'Tokens generated.';


--
-- Name: COLUMN usage.engine_seconds; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.usage.engine_seconds IS 'Its part of the time in which the engine had something to do.';


--
-- Name: COLUMN usage.hourly_price; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.usage.hourly_price IS 'What an hour of the engine cost; null if nobody said.';


--
-- Name: COLUMN usage.currency; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.usage.currency IS 'Currency of the price, ISO 4217; null if there is none.';


--
-- Name: COLUMN usage.ended_at; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.usage.ended_at IS 'When the try ended.';


--
-- Name: COLUMN usage.day; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.usage.day IS 'The same as a day in UTC.';


--
-- Name: costs; Type: VIEW; Schema: postkorb; Owner: -
--

CREATE VIEW postkorb.costs AS
 SELECT u.day,
    u.tenant,
    u.document_type,
    u.pipeline_id,
    p.model,
    count(*) AS documents,
    sum(u.pages) AS pages,
    sum(u.pages_read) AS pages_read,
    (sum(u.prompt_tokens))::bigint AS prompt_tokens,
    (sum(u.cached_tokens))::bigint AS cached_tokens,
    (sum(u.completion_tokens))::bigint AS completion_tokens,
    sum(u.engine_seconds) AS engine_seconds,
    (sum(u.engine_seconds) / (NULLIF(sum(u.pages) FILTER (WHERE (u.document_type IS NOT NULL)), 0))::double precision) AS engine_seconds_per_page,
    sum((((u.engine_seconds)::numeric * u.hourly_price) / (3600)::numeric)) AS money,
    (sum((((u.engine_seconds)::numeric * u.hourly_price) / (3600)::numeric)) / (NULLIF(sum(u.pages) FILTER (WHERE (u.document_type IS NOT NULL)), 0))::numeric) AS money_per_page,
    u.currency
   FROM (postkorb.usage u
     JOIN postkorb.pipelines p USING (pipeline_id))
  GROUP BY u.day, u.tenant, u.document_type, u.pipeline_id, p.model, u.currency;


--
-- Name: VIEW costs; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON VIEW postkorb.costs IS 'A row a day, tenant, document type and pipeline: what the documents took of the engine, and its price.';


--
-- Name: COLUMN costs.day; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.costs.day IS 'Day on which the answers were recorded, in UTC.';


--
-- Name: COLUMN costs.tenant; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.costs.tenant IS 'Whose documents they are.';


--
-- Name: COLUMN costs.document_type; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.costs.document_type IS 'Name of the document type; null: tries that gave no answer.';


--
-- Name: COLUMN costs.pipeline_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.costs.pipeline_id IS 'Fingerprint of schemas, prompts, model, decoding and library versions.';


--
-- Name: COLUMN costs.model; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.costs.model IS 'Name of the model in the catalogue.';


--
-- Name: COLUMN costs.documents; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.costs.documents IS 'Documents answered; where the type is null, tries.';


--
-- Name: COLUMN costs.pages; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.costs.pages IS 'Their pages.';


--
-- Name: COLUMN costs.pages_read; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.costs.pages_read IS 'Those of them that the model read, whole or in part.';


--
-- Name: COLUMN costs.prompt_tokens; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.costs.prompt_tokens IS 'Tokens of their prompts.';


--
-- Name: COLUMN costs.cached_tokens; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.costs.cached_tokens IS 'Those of them that came from the prefix cache.';


--
-- Name: COLUMN costs.completion_tokens; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.costs.completion_tokens IS 'Tokens generated.';


--
-- Name: COLUMN costs.engine_seconds; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.costs.engine_seconds IS 'Their part of the time in which the engine had something to do.';


--
-- Name: COLUMN costs.engine_seconds_per_page; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.costs.engine_seconds_per_page IS 'The same by page; null for tries that gave no answer.';


--
-- Name: COLUMN costs.money; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.costs.money IS 'Price of these seconds; null where no price was set when they passed.';


--
-- Name: COLUMN costs.money_per_page; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.costs.money_per_page IS 'The same by page; null for tries that gave no answer.';


--
-- Name: COLUMN costs.currency; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.costs.currency IS 'Currency of the price, ISO 4217; null if there is none.';


--
-- Name: dead_letter_records_dead_letter_key_seq; Type: SEQUENCE; Schema: postkorb; Owner: -
--

ALTER TABLE postkorb.dead_letter_records ALTER COLUMN dead_letter_key ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME postkorb.dead_letter_records_dead_letter_key_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: dead_letters; Type: VIEW; Schema: postkorb; Owner: -
--

CREATE VIEW postkorb.dead_letters AS
 SELECT dead_letter_key,
    topic,
    partition,
    "offset",
    key,
    code,
    message,
    attempts,
    trace_id,
    failed_at,
    retry_of,
    retried_at,
    retries
   FROM postkorb.dead_letter_records;


--
-- Name: VIEW dead_letters; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON VIEW postkorb.dead_letters IS 'A row a record that is no document, with the reason; its value is not shown.';


--
-- Name: COLUMN dead_letters.dead_letter_key; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letters.dead_letter_key IS 'Key for people and commands.';


--
-- Name: COLUMN dead_letters.topic; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letters.topic IS 'Topic that the record came from.';


--
-- Name: COLUMN dead_letters.partition; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letters.partition IS 'Its partition.';


--
-- Name: COLUMN dead_letters."offset"; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letters."offset" IS 'Its offset.';


--
-- Name: COLUMN dead_letters.key; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letters.key IS 'The record''s key, byte for byte: the document id, if the publisher followed the rule.';


--
-- Name: COLUMN dead_letters.code; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letters.code IS 'Why, from the closed list of error codes.';


--
-- Name: COLUMN dead_letters.message; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letters.message IS 'Why, in a sentence for people.';


--
-- Name: COLUMN dead_letters.attempts; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letters.attempts IS 'How often it was tried.';


--
-- Name: COLUMN dead_letters.trace_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letters.trace_id IS 'Trace of the document, 32 hexadecimal digits.';


--
-- Name: COLUMN dead_letters.failed_at; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letters.failed_at IS 'When it failed, or was given up.';


--
-- Name: COLUMN dead_letters.retry_of; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letters.retry_of IS 'Dead letter that this record is a retry of.';


--
-- Name: COLUMN dead_letters.retried_at; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letters.retried_at IS 'When it was handed in again; null if it was not.';


--
-- Name: COLUMN dead_letters.retries; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.dead_letters.retries IS 'How often it was handed in again.';


--
-- Name: document_failures; Type: TABLE; Schema: postkorb; Owner: -
--

CREATE TABLE postkorb.document_failures (
    document_key bigint NOT NULL,
    content_sha256 text NOT NULL,
    step text NOT NULL,
    code text NOT NULL,
    message text NOT NULL,
    retryable boolean NOT NULL,
    trace_id text NOT NULL,
    failed_at timestamp with time zone NOT NULL,
    attempts integer DEFAULT 1 NOT NULL,
    CONSTRAINT document_failures_attempts_check CHECK ((attempts >= 1))
);


--
-- Name: TABLE document_failures; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON TABLE postkorb.document_failures IS 'A row a document whose current content failed.';


--
-- Name: COLUMN document_failures.document_key; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.document_failures.document_key IS 'The document.';


--
-- Name: COLUMN document_failures.content_sha256; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.document_failures.content_sha256 IS 'The content that failed.';


--
-- Name: COLUMN document_failures.step; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.document_failures.step IS 'The step where it failed, numbered as the documentation numbers them.';


--
-- Name: COLUMN document_failures.code; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.document_failures.code IS 'Why, from the closed list of error codes.';


--
-- Name: COLUMN document_failures.message; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.document_failures.message IS 'Why, in a sentence for people.';


--
-- Name: COLUMN document_failures.retryable; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.document_failures.retryable IS 'Whether handing in the same bytes again may help.';


--
-- Name: COLUMN document_failures.trace_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.document_failures.trace_id IS 'Trace of the document, 32 hexadecimal digits.';


--
-- Name: COLUMN document_failures.failed_at; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.document_failures.failed_at IS 'When it failed.';


--
-- Name: COLUMN document_failures.attempts; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.document_failures.attempts IS 'How often it was tried.';


--
-- Name: document_types; Type: TABLE; Schema: postkorb; Owner: -
--

CREATE TABLE postkorb.document_types (
    name text NOT NULL,
    version integer NOT NULL,
    view_name text NOT NULL,
    sha256 text NOT NULL,
    definition jsonb NOT NULL,
    synced_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: TABLE document_types; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON TABLE postkorb.document_types IS 'A row a document type that has a typed view.';


--
-- Name: COLUMN document_types.name; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.document_types.name IS 'Name of the document type.';


--
-- Name: COLUMN document_types.version; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.document_types.version IS 'Version of its definition.';


--
-- Name: COLUMN document_types.view_name; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.document_types.view_name IS 'Its typed view in this schema.';


--
-- Name: COLUMN document_types.sha256; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.document_types.sha256 IS 'SHA-256 of the definition; services refuse to start with another one.';


--
-- Name: COLUMN document_types.definition; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.document_types.definition IS 'The definition, from which the view was made.';


--
-- Name: COLUMN document_types.synced_at; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.document_types.synced_at IS 'When the view was made.';


--
-- Name: documents_document_key_seq; Type: SEQUENCE; Schema: postkorb; Owner: -
--

ALTER TABLE postkorb.documents ALTER COLUMN document_key ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME postkorb.documents_document_key_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: failures; Type: VIEW; Schema: postkorb; Owner: -
--

CREATE VIEW postkorb.failures AS
 SELECT d.document_id,
    d.tenant,
    d.file_name,
    f.step,
    f.code,
    f.message,
    f.retryable,
    f.trace_id,
    d.submitted_at,
    f.failed_at,
    f.attempts
   FROM (postkorb.document_failures f
     JOIN postkorb.documents d USING (document_key));


--
-- Name: VIEW failures; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON VIEW postkorb.failures IS 'A row a document that failed, with the reason.';


--
-- Name: COLUMN failures.document_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.failures.document_id IS 'The publisher''s own id, unique within the tenant.';


--
-- Name: COLUMN failures.tenant; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.failures.tenant IS 'Whose document it is.';


--
-- Name: COLUMN failures.file_name; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.failures.file_name IS 'File name, as published.';


--
-- Name: COLUMN failures.step; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.failures.step IS 'The step where it failed, numbered as the documentation numbers them.';


--
-- Name: COLUMN failures.code; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.failures.code IS 'Why, from the closed list of error codes.';


--
-- Name: COLUMN failures.message; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.failures.message IS 'Why, in a sentence for people.';


--
-- Name: COLUMN failures.retryable; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.failures.retryable IS 'Whether handing in the same bytes again may help.';


--
-- Name: COLUMN failures.trace_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.failures.trace_id IS 'Trace of the document, 32 hexadecimal digits.';


--
-- Name: COLUMN failures.submitted_at; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.failures.submitted_at IS 'When the publisher handed it in.';


--
-- Name: COLUMN failures.failed_at; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.failures.failed_at IS 'When it failed, or was given up.';


--
-- Name: COLUMN failures.attempts; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.failures.attempts IS 'How often it was tried.';


--
-- Name: fields; Type: VIEW; Schema: postkorb; Owner: -
--

CREATE VIEW postkorb.fields AS
 SELECT c.document_id,
    c.tenant,
    c.document_type,
    f.path,
    f.kind,
    f.value,
    f.value_numeric,
    f.value_date,
    f.verbatim,
    f.status,
    f.confidence,
    f.page,
    f.char_start,
    f.char_end,
    f.proposal
   FROM (postkorb.answer_fields f
     JOIN postkorb.current_answers c USING (answer_key));


--
-- Name: VIEW fields; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON VIEW postkorb.fields IS 'A row a field of a processed document: value, evidence and confidence.';


--
-- Name: COLUMN fields.document_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.fields.document_id IS 'The publisher''s own id, unique within the tenant.';


--
-- Name: COLUMN fields.tenant; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.fields.tenant IS 'Whose document it is.';


--
-- Name: COLUMN fields.document_type; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.fields.document_type IS 'Name of the document type.';


--
-- Name: COLUMN fields.path; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.fields.path IS 'Name of the field in the document type.';


--
-- Name: COLUMN fields.kind; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.fields.kind IS 'What the value is: text, money, date, iban, …';


--
-- Name: COLUMN fields.value; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.fields.value IS 'Canonical text: ISO date, plain decimal, compact IBAN; null unless status is ok.';


--
-- Name: COLUMN fields.value_numeric; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.fields.value_numeric IS 'The value as a number, for money, numbers and percentages.';


--
-- Name: COLUMN fields.value_date; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.fields.value_date IS 'The value as a date, for dates.';


--
-- Name: COLUMN fields.verbatim; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.fields.verbatim IS 'As the document writes it: what the model copied, or what code read or put in its place.';


--
-- Name: COLUMN fields.status; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.fields.status IS 'ok; doubtful: too unsure to be stated; unparsed: no code could read it; unsupported: it does not stand in the document.';


--
-- Name: COLUMN fields.confidence; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.fields.confidence IS 'How sure the value is, 0 to 1.';


--
-- Name: COLUMN fields.page; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.fields.page IS 'Page where the value stands, from 1.';


--
-- Name: COLUMN fields.char_start; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.fields.char_start IS 'First character of the value in that page''s text, from 0.';


--
-- Name: COLUMN fields.char_end; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.fields.char_end IS 'One past its last character.';


--
-- Name: COLUMN fields.proposal; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.fields.proposal IS 'Canonical text of a value that is not stated, for a person to accept.';


--
-- Name: outbox_outbox_id_seq; Type: SEQUENCE; Schema: postkorb; Owner: -
--

ALTER TABLE postkorb.outbox ALTER COLUMN outbox_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME postkorb.outbox_outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: pages; Type: TABLE; Schema: postkorb; Owner: -
--

CREATE TABLE postkorb.pages (
    document_key bigint NOT NULL,
    page integer NOT NULL,
    text text NOT NULL,
    layout jsonb DEFAULT '[]'::jsonb NOT NULL,
    CONSTRAINT pages_layout_check CHECK ((jsonb_typeof(layout) = 'array'::text)),
    CONSTRAINT pages_page_check CHECK ((page >= 1))
);


--
-- Name: TABLE pages; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON TABLE postkorb.pages IS 'A row a page of the current content: the raw text, which analysts cannot read.';


--
-- Name: COLUMN pages.document_key; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.pages.document_key IS 'The document.';


--
-- Name: COLUMN pages.page; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.pages.page IS 'Page number, from 1.';


--
-- Name: COLUMN pages.text; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.pages.text IS 'Text of the page, without U+0000 and lone surrogates.';


--
-- Name: COLUMN pages.layout; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.pages.layout IS 'Where the text stands, six integers a run of it (start, end, left, right, baseline, size); empty for plain text.';


--
-- Name: results; Type: VIEW; Schema: postkorb; Owner: -
--

CREATE VIEW postkorb.results AS
 SELECT c.document_id,
    c.tenant,
    c.file_name,
    c.document_type,
    c.type_confidence,
    c.language,
    c.summary,
    c.status,
    c.reasons,
    ( SELECT COALESCE(jsonb_object_agg(f.path, f.value), '{}'::jsonb) AS "coalesce"
           FROM postkorb.answer_fields f
          WHERE ((f.answer_key = c.answer_key) AND (f.status = 'ok'::text))) AS fields,
    c.metadata,
    c.pipeline_id,
    COALESCE(a.model, p.model) AS model,
    c.batch_id,
    c.trace_id,
    c.submitted_at,
    c.processed_at,
    c.duplicate_of,
    c.findings,
    c.needs_review,
    a.adapter
   FROM ((postkorb.current_answers c
     JOIN postkorb.pipelines p USING (pipeline_id))
     JOIN postkorb.answers a USING (answer_key));


--
-- Name: VIEW results; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON VIEW postkorb.results IS 'A row a processed document: the newest answer of its current content.';


--
-- Name: COLUMN results.document_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.results.document_id IS 'The publisher''s own id, unique within the tenant.';


--
-- Name: COLUMN results.tenant; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.results.tenant IS 'Whose document it is.';


--
-- Name: COLUMN results.file_name; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.results.file_name IS 'File name, as published.';


--
-- Name: COLUMN results.document_type; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.results.document_type IS 'Name of the document type.';


--
-- Name: COLUMN results.type_confidence; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.results.type_confidence IS 'How sure the classification is, 0 to 1.';


--
-- Name: COLUMN results.language; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.results.language IS 'Language of summary and document, ISO 639-1.';


--
-- Name: COLUMN results.summary; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.results.summary IS 'Summary in the document''s language.';


--
-- Name: COLUMN results.status; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.results.status IS 'complete: says everything it should; incomplete: see reasons.';


--
-- Name: COLUMN results.reasons; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.results.reasons IS 'Why the answer is incomplete: an array of sentences; empty if complete.';


--
-- Name: COLUMN results.fields; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.results.fields IS 'Name to canonical value of the fields that were read and stand in the document; all: see fields.';


--
-- Name: COLUMN results.metadata; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.results.metadata IS 'What the publisher sent along.';


--
-- Name: COLUMN results.pipeline_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.results.pipeline_id IS 'Fingerprint of schemas, prompts, model, decoding and library versions.';


--
-- Name: COLUMN results.model; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.results.model IS 'Name of the model that read it.';


--
-- Name: COLUMN results.batch_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.results.batch_id IS 'The batch in which it was answered.';


--
-- Name: COLUMN results.trace_id; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.results.trace_id IS 'Trace of the document, 32 hexadecimal digits.';


--
-- Name: COLUMN results.submitted_at; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.results.submitted_at IS 'When the publisher handed it in.';


--
-- Name: COLUMN results.processed_at; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.results.processed_at IS 'When the answer was recorded.';


--
-- Name: COLUMN results.duplicate_of; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.results.duplicate_of IS 'Id of an older document of this tenant with the same bytes, if any.';


--
-- Name: COLUMN results.findings; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.results.findings IS 'What checks found: an array of objects with kind, fields and message; empty if all is well.';


--
-- Name: COLUMN results.needs_review; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.results.needs_review IS 'Whether a person should look before it is booked: it is incomplete, or some finding is more than a repair.';


--
-- Name: COLUMN results.adapter; Type: COMMENT; Schema: postkorb; Owner: -
--

COMMENT ON COLUMN postkorb.results.adapter IS 'LoRA adapter that the model read it with; null without one.';


--
-- Name: alembic_version alembic_version_pkc; Type: CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);


--
-- Name: answer_fields answer_fields_pkey; Type: CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.answer_fields
    ADD CONSTRAINT answer_fields_pkey PRIMARY KEY (answer_key, path);


--
-- Name: answers answers_document_key_content_sha256_pipeline_id_key; Type: CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.answers
    ADD CONSTRAINT answers_document_key_content_sha256_pipeline_id_key UNIQUE (document_key, content_sha256, pipeline_id);


--
-- Name: answers answers_pkey; Type: CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.answers
    ADD CONSTRAINT answers_pkey PRIMARY KEY (answer_key);


--
-- Name: batches batches_pkey; Type: CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.batches
    ADD CONSTRAINT batches_pkey PRIMARY KEY (batch_id);


--
-- Name: dead_letter_records dead_letter_records_pkey; Type: CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.dead_letter_records
    ADD CONSTRAINT dead_letter_records_pkey PRIMARY KEY (dead_letter_key);


--
-- Name: dead_letter_records dead_letter_records_topic_partition_offset_key; Type: CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.dead_letter_records
    ADD CONSTRAINT dead_letter_records_topic_partition_offset_key UNIQUE (topic, partition, "offset");


--
-- Name: document_failures document_failures_pkey; Type: CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.document_failures
    ADD CONSTRAINT document_failures_pkey PRIMARY KEY (document_key);


--
-- Name: document_types document_types_pkey; Type: CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.document_types
    ADD CONSTRAINT document_types_pkey PRIMARY KEY (name);


--
-- Name: document_types document_types_view_name_key; Type: CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.document_types
    ADD CONSTRAINT document_types_view_name_key UNIQUE (view_name);


--
-- Name: documents documents_pkey; Type: CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.documents
    ADD CONSTRAINT documents_pkey PRIMARY KEY (document_key);


--
-- Name: documents documents_tenant_document_id_key; Type: CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.documents
    ADD CONSTRAINT documents_tenant_document_id_key UNIQUE (tenant, document_id);


--
-- Name: outbox outbox_event_id_key; Type: CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.outbox
    ADD CONSTRAINT outbox_event_id_key UNIQUE (event_id);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (outbox_id);


--
-- Name: pages pages_pkey; Type: CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.pages
    ADD CONSTRAINT pages_pkey PRIMARY KEY (document_key, page);


--
-- Name: pipelines pipelines_pkey; Type: CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.pipelines
    ADD CONSTRAINT pipelines_pkey PRIMARY KEY (pipeline_id);


--
-- Name: usage usage_pkey; Type: CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.usage
    ADD CONSTRAINT usage_pkey PRIMARY KEY (batch_id, document_key);


--
-- Name: answer_fields_value_idx; Type: INDEX; Schema: postkorb; Owner: -
--

CREATE INDEX answer_fields_value_idx ON postkorb.answer_fields USING hash (value);


--
-- Name: answers_batch_id_idx; Type: INDEX; Schema: postkorb; Owner: -
--

CREATE INDEX answers_batch_id_idx ON postkorb.answers USING btree (batch_id);


--
-- Name: answers_document_type_processed_at_idx; Type: INDEX; Schema: postkorb; Owner: -
--

CREATE INDEX answers_document_type_processed_at_idx ON postkorb.answers USING btree (document_type, processed_at);


--
-- Name: answers_pipeline_id_idx; Type: INDEX; Schema: postkorb; Owner: -
--

CREATE INDEX answers_pipeline_id_idx ON postkorb.answers USING btree (pipeline_id);


--
-- Name: batches_pipeline_id_idx; Type: INDEX; Schema: postkorb; Owner: -
--

CREATE INDEX batches_pipeline_id_idx ON postkorb.batches USING btree (pipeline_id);


--
-- Name: dead_letter_records_key_idx; Type: INDEX; Schema: postkorb; Owner: -
--

CREATE INDEX dead_letter_records_key_idx ON postkorb.dead_letter_records USING hash (key);


--
-- Name: dead_letter_records_retry_of_idx; Type: INDEX; Schema: postkorb; Owner: -
--

CREATE INDEX dead_letter_records_retry_of_idx ON postkorb.dead_letter_records USING btree (retry_of) WHERE (retry_of IS NOT NULL);


--
-- Name: document_failures_code_idx; Type: INDEX; Schema: postkorb; Owner: -
--

CREATE INDEX document_failures_code_idx ON postkorb.document_failures USING btree (code);


--
-- Name: documents_document_id_idx; Type: INDEX; Schema: postkorb; Owner: -
--

CREATE INDEX documents_document_id_idx ON postkorb.documents USING btree (document_id);


--
-- Name: documents_retry_of_idx; Type: INDEX; Schema: postkorb; Owner: -
--

CREATE INDEX documents_retry_of_idx ON postkorb.documents USING btree (retry_of) WHERE (retry_of IS NOT NULL);


--
-- Name: documents_tenant_content_sha256_accepted_at_document_key_idx; Type: INDEX; Schema: postkorb; Owner: -
--

CREATE INDEX documents_tenant_content_sha256_accepted_at_document_key_idx ON postkorb.documents USING btree (tenant, content_sha256, accepted_at, document_key);


--
-- Name: documents_waiting_idx; Type: INDEX; Schema: postkorb; Owner: -
--

CREATE INDEX documents_waiting_idx ON postkorb.documents USING btree (accepted_at) WHERE (state = 'parsed'::text);


--
-- Name: outbox_document_key_outbox_id_idx; Type: INDEX; Schema: postkorb; Owner: -
--

CREATE INDEX outbox_document_key_outbox_id_idx ON postkorb.outbox USING btree (document_key, outbox_id);


--
-- Name: outbox_due_idx; Type: INDEX; Schema: postkorb; Owner: -
--

CREATE INDEX outbox_due_idx ON postkorb.outbox USING btree (due_at) WHERE (published_at IS NULL);


--
-- Name: outbox_published_idx; Type: INDEX; Schema: postkorb; Owner: -
--

CREATE INDEX outbox_published_idx ON postkorb.outbox USING btree (published_at) WHERE ((published_at IS NOT NULL) AND (NOT kept));


--
-- Name: outbox_unpublished_idx; Type: INDEX; Schema: postkorb; Owner: -
--

CREATE INDEX outbox_unpublished_idx ON postkorb.outbox USING btree (outbox_id) WHERE (published_at IS NULL);


--
-- Name: usage_day_idx; Type: INDEX; Schema: postkorb; Owner: -
--

CREATE INDEX usage_day_idx ON postkorb.usage USING btree (day);


--
-- Name: usage_pipeline_id_idx; Type: INDEX; Schema: postkorb; Owner: -
--

CREATE INDEX usage_pipeline_id_idx ON postkorb.usage USING btree (pipeline_id);


--
-- Name: outbox outbox_notify; Type: TRIGGER; Schema: postkorb; Owner: -
--

CREATE TRIGGER outbox_notify AFTER INSERT ON postkorb.outbox FOR EACH STATEMENT EXECUTE FUNCTION postkorb.notify_outbox();


--
-- Name: answer_fields answer_fields_answer_key_fkey; Type: FK CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.answer_fields
    ADD CONSTRAINT answer_fields_answer_key_fkey FOREIGN KEY (answer_key) REFERENCES postkorb.answers(answer_key) ON DELETE CASCADE;


--
-- Name: answers answers_batch_id_fkey; Type: FK CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.answers
    ADD CONSTRAINT answers_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES postkorb.batches(batch_id);


--
-- Name: answers answers_document_key_fkey; Type: FK CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.answers
    ADD CONSTRAINT answers_document_key_fkey FOREIGN KEY (document_key) REFERENCES postkorb.documents(document_key) ON DELETE CASCADE;


--
-- Name: answers answers_pipeline_id_fkey; Type: FK CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.answers
    ADD CONSTRAINT answers_pipeline_id_fkey FOREIGN KEY (pipeline_id) REFERENCES postkorb.pipelines(pipeline_id);


--
-- Name: batches batches_pipeline_id_fkey; Type: FK CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.batches
    ADD CONSTRAINT batches_pipeline_id_fkey FOREIGN KEY (pipeline_id) REFERENCES postkorb.pipelines(pipeline_id);


--
-- Name: dead_letter_records dead_letter_records_retry_of_fkey; Type: FK CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.dead_letter_records
    ADD CONSTRAINT dead_letter_records_retry_of_fkey FOREIGN KEY (retry_of) REFERENCES postkorb.dead_letter_records(dead_letter_key) ON DELETE SET NULL;


--
-- Name: document_failures document_failures_document_key_fkey; Type: FK CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.document_failures
    ADD CONSTRAINT document_failures_document_key_fkey FOREIGN KEY (document_key) REFERENCES postkorb.documents(document_key) ON DELETE CASCADE;


--
-- Name: documents documents_retry_of_fkey; Type: FK CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.documents
    ADD CONSTRAINT documents_retry_of_fkey FOREIGN KEY (retry_of) REFERENCES postkorb.dead_letter_records(dead_letter_key) ON DELETE SET NULL;


--
-- Name: outbox outbox_document_key_fkey; Type: FK CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.outbox
    ADD CONSTRAINT outbox_document_key_fkey FOREIGN KEY (document_key) REFERENCES postkorb.documents(document_key) ON DELETE CASCADE;


--
-- Name: pages pages_document_key_fkey; Type: FK CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.pages
    ADD CONSTRAINT pages_document_key_fkey FOREIGN KEY (document_key) REFERENCES postkorb.documents(document_key) ON DELETE CASCADE;


--
-- Name: usage usage_pipeline_id_fkey; Type: FK CONSTRAINT; Schema: postkorb; Owner: -
--

ALTER TABLE ONLY postkorb.usage
    ADD CONSTRAINT usage_pipeline_id_fkey FOREIGN KEY (pipeline_id) REFERENCES postkorb.pipelines(pipeline_id);


--
-- Name: SCHEMA postkorb; Type: ACL; Schema: -; Owner: -
--

GRANT USAGE ON SCHEMA postkorb TO postkorb_analyst;
GRANT USAGE ON SCHEMA postkorb TO postkorb_service;


--
-- Name: TABLE dead_letter_records; Type: ACL; Schema: postkorb; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE postkorb.dead_letter_records TO postkorb_service;


--
-- Name: TABLE documents; Type: ACL; Schema: postkorb; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE postkorb.documents TO postkorb_service;


--
-- Name: TABLE outbox; Type: ACL; Schema: postkorb; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE postkorb.outbox TO postkorb_service;


--
-- Name: TABLE account; Type: ACL; Schema: postkorb; Owner: -
--

GRANT SELECT ON TABLE postkorb.account TO postkorb_analyst;
GRANT SELECT ON TABLE postkorb.account TO postkorb_service;


--
-- Name: TABLE alembic_version; Type: ACL; Schema: postkorb; Owner: -
--

GRANT SELECT ON TABLE postkorb.alembic_version TO postkorb_service;


--
-- Name: TABLE answer_fields; Type: ACL; Schema: postkorb; Owner: -
--

GRANT SELECT,INSERT ON TABLE postkorb.answer_fields TO postkorb_service;


--
-- Name: TABLE answers; Type: ACL; Schema: postkorb; Owner: -
--

GRANT SELECT,INSERT ON TABLE postkorb.answers TO postkorb_service;


--
-- Name: COLUMN answers.turn; Type: ACL; Schema: postkorb; Owner: -
--

GRANT UPDATE(turn) ON TABLE postkorb.answers TO postkorb_service;


--
-- Name: TABLE batches; Type: ACL; Schema: postkorb; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE postkorb.batches TO postkorb_service;


--
-- Name: TABLE pipelines; Type: ACL; Schema: postkorb; Owner: -
--

GRANT SELECT,INSERT ON TABLE postkorb.pipelines TO postkorb_service;


--
-- Name: TABLE calibrations; Type: ACL; Schema: postkorb; Owner: -
--

GRANT SELECT ON TABLE postkorb.calibrations TO postkorb_analyst;
GRANT SELECT ON TABLE postkorb.calibrations TO postkorb_service;


--
-- Name: TABLE current_answers; Type: ACL; Schema: postkorb; Owner: -
--

GRANT SELECT ON TABLE postkorb.current_answers TO postkorb_service;


--
-- Name: TABLE usage; Type: ACL; Schema: postkorb; Owner: -
--

GRANT SELECT,INSERT ON TABLE postkorb.usage TO postkorb_service;


--
-- Name: TABLE costs; Type: ACL; Schema: postkorb; Owner: -
--

GRANT SELECT ON TABLE postkorb.costs TO postkorb_analyst;
GRANT SELECT ON TABLE postkorb.costs TO postkorb_service;


--
-- Name: TABLE dead_letters; Type: ACL; Schema: postkorb; Owner: -
--

GRANT SELECT ON TABLE postkorb.dead_letters TO postkorb_analyst;
GRANT SELECT ON TABLE postkorb.dead_letters TO postkorb_service;


--
-- Name: TABLE document_failures; Type: ACL; Schema: postkorb; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE postkorb.document_failures TO postkorb_service;


--
-- Name: TABLE document_types; Type: ACL; Schema: postkorb; Owner: -
--

GRANT SELECT ON TABLE postkorb.document_types TO postkorb_service;


--
-- Name: TABLE failures; Type: ACL; Schema: postkorb; Owner: -
--

GRANT SELECT ON TABLE postkorb.failures TO postkorb_analyst;
GRANT SELECT ON TABLE postkorb.failures TO postkorb_service;


--
-- Name: TABLE fields; Type: ACL; Schema: postkorb; Owner: -
--

GRANT SELECT ON TABLE postkorb.fields TO postkorb_analyst;
GRANT SELECT ON TABLE postkorb.fields TO postkorb_service;


--
-- Name: TABLE pages; Type: ACL; Schema: postkorb; Owner: -
--

GRANT SELECT,INSERT,DELETE ON TABLE postkorb.pages TO postkorb_service;


--
-- Name: TABLE results; Type: ACL; Schema: postkorb; Owner: -
--

GRANT SELECT ON TABLE postkorb.results TO postkorb_analyst;
GRANT SELECT ON TABLE postkorb.results TO postkorb_service;


--
-- PostgreSQL database dump complete
--


