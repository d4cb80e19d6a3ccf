"""Whose turn at the engine it is first."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute("ALTER TABLE postkorb.documents ADD COLUMN priority text NOT NULL DEFAULT 'normal'")
    op.execute(
        "ALTER TABLE postkorb.documents ADD CONSTRAINT documents_priority_check "
        "CHECK (priority IN ('urgent', 'normal', 'bulk'))"
    )
    op.execute(
        "COMMENT ON COLUMN postkorb.documents.priority IS "
        "'Whose turn at the engine it is first, as published: urgent, normal or bulk.'"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE postkorb.documents DROP COLUMN priority")
