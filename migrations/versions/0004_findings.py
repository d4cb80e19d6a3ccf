"""What checks found: findings beside an answer, and whether a person should look."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

COLUMNS = {
    "findings": (
        "jsonb NOT NULL DEFAULT '[]'",
        "What checks found: an array of objects with kind, fields and message; empty if all is well.",
    ),
    "needs_review": (
        "boolean NOT NULL DEFAULT false",
        "Whether a person should look before it is booked: some finding is more than a repair.",
    ),
}

CURRENT_ANSWERS = """
CREATE OR REPLACE VIEW postkorb.current_answers AS
SELECT d.document_id, d.tenant, d.file_name, a.document_type, a.type_confidence, a.language, a.summary, a.status,
       a.reasons, d.metadata, a.pipeline_id, a.batch_id, a.trace_id, a.submitted_at, a.processed_at, d.duplicate_of,
       d.document_key, a.answer_key{columns}
FROM postkorb.answers AS a
JOIN postkorb.documents AS d ON d.document_key = a.document_key AND d.content_sha256 = a.content_sha256
WHERE NOT EXISTS (
    SELECT FROM postkorb.answers AS newer
    WHERE newer.document_key = a.document_key AND newer.content_sha256 = a.content_sha256
      AND newer.answer_key > a.answer_key
)
"""

RESULTS = """
CREATE OR REPLACE VIEW postkorb.results AS
SELECT c.document_id, c.tenant, c.file_name, c.document_type, c.type_confidence, c.language, c.summary, c.status,
       c.reasons,
       (SELECT coalesce(jsonb_object_agg(f.path, f.value), '{{}}')
        FROM postkorb.answer_fields AS f
        WHERE f.answer_key = c.answer_key AND f.status = 'ok') AS fields,
       c.metadata, c.pipeline_id, p.model, c.batch_id, c.trace_id, c.submitted_at, c.processed_at,
       c.duplicate_of{columns}
FROM postkorb.current_answers AS c
JOIN postkorb.pipelines AS p USING (pipeline_id)
"""

# It stands on current_answers and goes and comes with it; it has no new column.
FIELDS = """
CREATE VIEW postkorb.fields AS
SELECT c.document_id, c.tenant, c.document_type, f.path, f.kind, f.value, f.value_numeric, f.value_date, f.verbatim,
       f.status, f.confidence, f.page, f.char_start, f.char_end
FROM postkorb.answer_fields AS f
JOIN postkorb.current_answers AS c USING (answer_key)
"""

# Typed views have the new columns too: `db upgrade` makes the views of all configured types again.
REMAKE_TYPED_VIEWS = "UPDATE postkorb.document_types SET sha256 = ''"
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
    for name, (kind, _) in COLUMNS.items():
        op.execute(f"ALTER TABLE postkorb.answers ADD COLUMN {name} {kind}")
    op.execute(
        "ALTER TABLE postkorb.answers ADD CONSTRAINT answers_findings_check CHECK (jsonb_typeof(findings) = 'array')"
    )
    op.execute(CURRENT_ANSWERS.format(columns=", a.findings, a.needs_review"))
    op.execute(RESULTS.format(columns=", c.findings, c.needs_review"))
    for relation in ("answers", "current_answers", "results"):
        for name, (_, comment) in COLUMNS.items():
            op.execute(f"COMMENT ON COLUMN postkorb.{relation}.{name} IS '{comment}'")
    op.execute(REMAKE_TYPED_VIEWS)


def downgrade() -> None:
    op.execute(DROP_TYPED_VIEWS)
    comments = [comment for view in ("current_answers", "results", "fields") for comment in _comments(view)]
    op.execute("DROP VIEW postkorb.results, postkorb.fields, postkorb.current_answers")
    for statement in (CURRENT_ANSWERS.format(columns=""), RESULTS.format(columns=""), FIELDS, *comments):
        op.execute(statement)
    op.execute("GRANT SELECT ON postkorb.results, postkorb.fields TO postkorb_analyst, postkorb_service")
    op.execute("GRANT SELECT ON postkorb.current_answers TO postkorb_service")
    for name in COLUMNS:  # its constraint goes with it
        op.execute(f"ALTER TABLE postkorb.answers DROP COLUMN {name}")


def _comments(view: str) -> list[str]:
    inspector = sa.inspect(op.get_bind())
    comments = {f"VIEW postkorb.{view}": inspector.get_table_comment(view, schema="postkorb")["text"]}
    for column in inspector.get_columns(view, schema="postkorb"):
        if column["name"] not in COLUMNS:
            comments[f"COLUMN postkorb.{view}.{column['name']}"] = column["comment"]
    quoted = {target: (said or "").replace("'", "''") for target, said in comments.items()}
    return [f"COMMENT ON {target} IS '{said}'" for target, said in quoted.items()]
