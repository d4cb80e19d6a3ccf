"""An earlier pipeline's answer becomes the present one again when that pipeline is asked again."""

from alembic import op

revision = "0012"
down_revision = "0011"

CURRENT_ANSWERS = """
CREATE OR REPLACE VIEW postkorb.current_answers AS
SELECT d.document_id, d.tenant, d.file_name, a.document_type, a.type_confidence, a.language, a.summary, a.status,
       a.reasons, d.metadata, a.pipeline_id, a.batch_id, a.trace_id, a.submitted_at, a.processed_at, d.duplicate_of,
       d.document_key, a.answer_key, a.findings, a.needs_review
FROM postkorb.answers AS a
JOIN postkorb.documents AS d ON d.document_key = a.document_key AND d.content_sha256 = a.content_sha256
WHERE NOT EXISTS (
    SELECT FROM postkorb.answers AS newer
    WHERE newer.document_key = a.document_key AND newer.content_sha256 = a.content_sha256
      AND newer.{order} > a.{order}
)
"""
TURN = (
    "Order in which answers became the present one: of a content, the greatest is. It grows when an answer does again."
)
NEXT = """
SELECT setval(pg_get_serial_sequence('postkorb.answers', 'turn'), coalesce(max(turn), 0) + 1, false)
FROM postkorb.answers
"""
NUMBERED = (
    "ALTER TABLE postkorb.answers ADD COLUMN turn bigint",
    "UPDATE postkorb.answers SET turn = answer_key",
    "ALTER TABLE postkorb.answers ALTER COLUMN turn SET NOT NULL",
    "ALTER TABLE postkorb.answers ALTER COLUMN turn ADD GENERATED ALWAYS AS IDENTITY",
    NEXT,
    f"COMMENT ON COLUMN postkorb.answers.turn IS '{TURN}'",
    "GRANT UPDATE (turn) ON postkorb.answers TO postkorb_service",
)


def upgrade() -> None:
    for statement in NUMBERED:
        op.execute(statement)
    op.execute(CURRENT_ANSWERS.format(order="turn"))


def downgrade() -> None:
    op.execute(CURRENT_ANSWERS.format(order="answer_key"))
    op.execute("ALTER TABLE postkorb.answers DROP COLUMN turn")
