"""Where the text of a page stands: rows of tables are read from it."""

from alembic import op

revision = "0006"
down_revision = "0005"

COMMENT = (
    "Where the text stands, six integers a run of it (start, end, left, right, baseline, size); empty for plain text."
)


def upgrade() -> None:
    op.execute("ALTER TABLE postkorb.pages ADD COLUMN layout jsonb NOT NULL DEFAULT '[]'")
    op.execute(f"COMMENT ON COLUMN postkorb.pages.layout IS '{COMMENT}'")
    op.execute("ALTER TABLE postkorb.pages ADD CONSTRAINT pages_layout_check CHECK (jsonb_typeof(layout) = 'array')")


def downgrade() -> None:
    op.execute("ALTER TABLE postkorb.pages DROP COLUMN layout")  # its constraint goes with it
