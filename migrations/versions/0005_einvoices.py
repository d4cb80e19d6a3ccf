"""The values of e-invoices, read from their own XML."""

from alembic import op

revision = "0005"
down_revision = "0004"

COMMENT = "Values of the e-invoice that the content is or carries, as its XML gives them; null if there is none."


def upgrade() -> None:
    op.execute("ALTER TABLE postkorb.documents ADD COLUMN einvoice jsonb")
    op.execute(f"COMMENT ON COLUMN postkorb.documents.einvoice IS '{COMMENT}'")
    op.execute(
        "ALTER TABLE postkorb.documents ADD CONSTRAINT documents_einvoice_check"
        " CHECK (jsonb_typeof(einvoice) = 'object')"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE postkorb.documents DROP COLUMN einvoice")  # its constraint goes with it
