"""Views for analysts, the outbox's wake-up, and the roles `postkorb_analyst` and `postkorb_service`.

Roles belong to the whole cluster: they may be there already, made for another database, and they stay after a
downgrade, because another database may use them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

CURRENT_ANSWERS = """
CREATE VIEW postkorb.current_answers AS
SELECT d.document_id, d.tenant, d.file_name, a.document_type, a.type_confidence, a.language, a.summary, a.status,
       a.reasons, d.metadata, a.pipeline_id, a.batch_id, a.trace_id, a.submitted_at, a.processed_at, d.duplicate_of,
       d.document_key, a.answer_key
FROM postkorb.answers AS a
JOIN postkorb.documents AS d ON d.document_key = a.document_key AND d.content_sha256 = a.content_sha256
WHERE NOT EXISTS (
    SELECT FROM postkorb.answers AS newer
    WHERE newer.document_key = a.document_key AND newer.content_sha256 = a.content_sha256
      AND newer.answer_key > a.answer_key
)
"""

RESULTS = """
CREATE VIEW postkorb.results AS
SELECT c.document_id, c.tenant, c.file_name, c.document_type, c.type_confidence, c.language, c.summary, c.status,
       c.reasons,
       (SELECT coalesce(jsonb_object_agg(f.path, f.value), '{}')
        FROM postkorb.answer_fields AS f
        WHERE f.answer_key = c.answer_key AND f.status = 'ok') AS fields,
       c.metadata, c.pipeline_id, p.model, c.batch_id, c.trace_id, c.submitted_at, c.processed_at, c.duplicate_of
FROM postkorb.current_answers AS c
JOIN postkorb.pipelines AS p USING (pipeline_id)
"""

FIELDS = """
CREATE VIEW postkorb.fields AS
SELECT c.document_id, c.tenant, c.document_type, f.path, f.kind, f.value, f.value_numeric, f.value_date, f.verbatim,
       f.status, f.confidence, f.page, f.char_start, f.char_end
FROM postkorb.answer_fields AS f
JOIN postkorb.current_answers AS c USING (answer_key)
"""

FAILURES = """
CREATE VIEW postkorb.failures AS
SELECT d.document_id, d.tenant, d.file_name, f.step, f.code, f.message, f.retryable, f.trace_id, d.submitted_at,
       f.failed_at
FROM postkorb.document_failures AS f
JOIN postkorb.documents AS d USING (document_key)
"""

DEAD_LETTERS = """
CREATE VIEW postkorb.dead_letters AS
SELECT dead_letter_key, topic, partition, "offset", key, code, message, attempts, trace_id, failed_at
FROM postkorb.dead_letter_records
"""

ACCOUNT = """
CREATE VIEW postkorb.account AS
SELECT d.documents + l.letters AS submitted, d.processed, d.failed, l.letters AS dead_lettered, d.waiting
FROM (SELECT count(*) AS documents,
             count(*) FILTER (WHERE state = 'processed') AS processed,
             count(*) FILTER (WHERE state = 'failed') AS failed,
             count(*) FILTER (WHERE state = 'parsed') AS waiting
      FROM postkorb.documents) AS d
CROSS JOIN (SELECT count(*) AS letters FROM postkorb.dead_letter_records) AS l
"""

VIEWS = {
    "current_answers": (CURRENT_ANSWERS, "Internal: the newest answer of the current content; see results."),
    "results": (RESULTS, "A row a processed document: the newest answer of its current content."),
    "fields": (FIELDS, "A row a field of a processed document: value, evidence and confidence."),
    "failures": (FAILURES, "A row a document that failed, with the reason."),
    "dead_letters": (DEAD_LETTERS, "A row a record that is no document, with the reason; its value is not shown."),
    "account": (ACCOUNT, "One row: submitted = processed + failed + dead_lettered + waiting."),
}
FOR_ANALYSTS = ("results", "fields", "failures", "dead_letters", "account")

COMMENTS = {
    "document_id": "The publisher's own id, unique within the tenant.",
    "tenant": "Whose document it is.",
    "file_name": "File name, as published.",
    "document_type": "Name of the document type.",
    "type_confidence": "How sure the classification is, 0 to 1.",
    "language": "Language of summary and document, ISO 639-1.",
    "summary": "Summary in the document's language.",
    "status": "complete: says everything it should; incomplete: see reasons.",
    "reasons": "Why the answer is incomplete: an array of sentences; empty if complete.",
    "fields": "Name to canonical value of the fields that were read and stand in the document; all: see fields.",
    "metadata": "What the publisher sent along.",
    "pipeline_id": "Fingerprint of schemas, prompts, model, decoding and library versions.",
    "model": "Name of the model in the catalogue.",
    "batch_id": "The batch in which it was answered.",
    "trace_id": "Trace of the document, 32 hexadecimal digits.",
    "submitted_at": "When the publisher handed it in.",
    "processed_at": "When the answer was recorded.",
    "duplicate_of": "Id of an older document of this tenant with the same bytes, if any.",
    "document_key": "Key that tables refer to.",
    "answer_key": "Key that the fields refer to.",
    "path": "Name of the field in the document type.",
    "kind": "What the value is: text, money, date, iban, …",
    "value": "Canonical text: ISO date, plain decimal, compact IBAN; null if no code could read it.",
    "value_numeric": "The value as a number, for money, numbers and percentages.",
    "value_date": "The value as a date, for dates.",
    "verbatim": "Exactly as the model copied it out of the document.",
    "confidence": "How sure the value is, 0 to 1.",
    "page": "Page where the value stands, from 1.",
    "char_start": "First character of the value in that page's text, from 0.",
    "char_end": "One past its last character.",
    "step": "The step where it failed, numbered as the documentation numbers them.",
    "code": "Why, from the closed list of error codes.",
    "message": "Why, in a sentence for people.",
    "retryable": "Whether handing in the same bytes again may help.",
    "failed_at": "When it failed, or was given up.",
    "dead_letter_key": "Key for people and commands.",
    "topic": "Topic that the record came from.",
    "partition": "Its partition.",
    "offset": "Its offset.",
    "key": "The record's key, byte for byte: the document id, if the publisher followed the rule.",
    "attempts": "How often it was tried.",
    "submitted": "Documents accepted and records dead-lettered.",
    "processed": "Documents with answers.",
    "failed": "Documents without answers, see failures.",
    "dead_lettered": "Records that are no document, see dead_letters.",
    "waiting": "Documents that wait for answers.",
}
FIELD_STATUS = "ok; unparsed: no code could read it; unsupported: it does not stand in the document."

# Another database's migration may make the same role at the same moment.
CREATE_ROLE = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
        CREATE ROLE {role} NOLOGIN;
        COMMENT ON ROLE {role} IS '{comment}';
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END $$
"""
ROLES = {
    "postkorb_analyst": "Reads the views of Postkorb, no table: grant it to people.",
    "postkorb_service": "What the services of Postkorb need, no DDL: grant it to their logins.",
}

GRANTS = (
    "GRANT USAGE ON SCHEMA postkorb TO postkorb_analyst, postkorb_service",
    f"GRANT SELECT ON {', '.join(f'postkorb.{view}' for view in FOR_ANALYSTS)} TO postkorb_analyst, postkorb_service",
    "GRANT SELECT ON ALL TABLES IN SCHEMA postkorb TO postkorb_service",
    "GRANT INSERT, UPDATE ON postkorb.documents, postkorb.outbox TO postkorb_service",
    "GRANT INSERT, DELETE ON postkorb.pages TO postkorb_service",
    "GRANT INSERT, UPDATE, DELETE ON postkorb.document_failures TO postkorb_service",
    "GRANT INSERT ON postkorb.pipelines, postkorb.batches TO postkorb_service",
    "GRANT INSERT ON postkorb.answers, postkorb.answer_fields, postkorb.dead_letter_records TO postkorb_service",
)

NOTIFY_FUNCTION = """
CREATE FUNCTION postkorb.notify_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('postkorb_outbox', '');
    RETURN NULL;
END $$
"""
NOTIFY_TRIGGER = """
CREATE TRIGGER outbox_notify AFTER INSERT ON postkorb.outbox
FOR EACH STATEMENT EXECUTE FUNCTION postkorb.notify_outbox()
"""

DROP_TYPED_VIEWS = """
DO $$
DECLARE
    view_name text;
BEGIN
    FOR view_name IN SELECT t.view_name FROM postkorb.document_types AS t LOOP
        EXECUTE format('DROP VIEW IF EXISTS postkorb.%I', view_name);
    END LOOP;
    DELETE FROM postkorb.document_types;
END $$
"""


def upgrade() -> None:
    for name, (statement, comment) in VIEWS.items():
        op.execute(statement)
        op.execute(f"COMMENT ON VIEW postkorb.{name} IS {_literal(comment)}")
        _comment_columns(name)
    op.execute(NOTIFY_FUNCTION)
    op.execute("COMMENT ON FUNCTION postkorb.notify_outbox() IS 'Wakes the relay: there are new rows in the outbox.'")
    op.execute(NOTIFY_TRIGGER)
    for role, comment in ROLES.items():
        op.execute(CREATE_ROLE.format(role=role, comment=comment))
    for grant in GRANTS:
        op.execute(grant)


def downgrade() -> None:
    op.execute(DROP_TYPED_VIEWS)
    for view in reversed(VIEWS):
        op.execute(f"DROP VIEW postkorb.{view}")
    op.execute("DROP TRIGGER outbox_notify ON postkorb.outbox")
    op.execute("DROP FUNCTION postkorb.notify_outbox()")
    for role in ROLES:
        op.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA postkorb FROM {role}")
        op.execute(f"REVOKE ALL ON SCHEMA postkorb FROM {role}")


def _comment_columns(view: str) -> None:
    for column in sa.inspect(op.get_bind()).get_columns(view, schema="postkorb"):
        name = column["name"]
        comment = FIELD_STATUS if (view, name) == ("fields", "status") else COMMENTS[name]
        op.execute(f'COMMENT ON COLUMN postkorb.{view}."{name}" IS {_literal(comment)}')


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
