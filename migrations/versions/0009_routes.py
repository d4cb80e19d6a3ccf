"""Which model and which adapter read a document, where routes lead to several."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

COLUMNS = {
    "model": "Name of the model that read it, where that is another one than its pipeline''s own.",
    "adapter": "LoRA adapter that the model read it with; null without one.",
}

RESULTS = """
CREATE OR REPLACE VIEW postkorb.results AS
SELECT c.document_id, c.tenant, c.file_name, c.document_type, c.type_confidence, c.language, c.summary, c.status,
       c.reasons,
       (SELECT coalesce(jsonb_object_agg(f.path, f.value), '{{}}')
        FROM postkorb.answer_fields AS f
        WHERE f.answer_key = c.answer_key AND f.status = 'ok') AS fields,
       c.metadata, c.pipeline_id, {model} AS model, c.batch_id, c.trace_id, c.submitted_at, c.processed_at,
       c.duplicate_of, c.findings, c.needs_review{adapter}
FROM postkorb.current_answers AS c
JOIN postkorb.pipelines AS p USING (pipeline_id)
{join}
"""


def upgrade() -> None:
    for name, comment in COLUMNS.items():
        op.execute(f"ALTER TABLE postkorb.answers ADD COLUMN {name} text")
        op.execute(f"COMMENT ON COLUMN postkorb.answers.{name} IS '{comment}'")
    join = "JOIN postkorb.answers AS a USING (answer_key)"
    op.execute(RESULTS.format(model="coalesce(a.model, p.model)", adapter=", a.adapter", join=join))
    op.execute(f"COMMENT ON COLUMN postkorb.results.adapter IS '{COLUMNS['adapter']}'")
    op.execute("COMMENT ON COLUMN postkorb.results.model IS 'Name of the model that read it.'")


def downgrade() -> None:
    comments = _comments()
    op.execute("DROP VIEW postkorb.results")
    op.execute(RESULTS.format(model="p.model", adapter="", join=""))
    for statement in comments:
        op.execute(statement)
    op.execute("COMMENT ON COLUMN postkorb.results.model IS 'Name of the model in the catalogue.'")
    op.execute("GRANT SELECT ON postkorb.results TO postkorb_analyst, postkorb_service")
    for name in COLUMNS:
        op.execute(f"ALTER TABLE postkorb.answers DROP COLUMN {name}")


def _comments() -> list[str]:
    inspector = sa.inspect(op.get_bind())
    comments = {"VIEW postkorb.results": inspector.get_table_comment("results", schema="postkorb")["text"]}
    for column in inspector.get_columns("results", schema="postkorb"):
        if column["name"] not in COLUMNS:
            comments[f"COLUMN postkorb.results.{column['name']}"] = column["comment"]
    quoted = {target: (said or "").replace("'", "''") for target, said in comments.items()}
    return [f"COMMENT ON {target} IS '{said}'" for target, said in quoted.items()]
