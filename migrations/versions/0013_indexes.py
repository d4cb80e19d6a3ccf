"""What grows has an index for each question that is asked all the time."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_index(
        "documents_tenant_content_sha256_accepted_at_document_key_idx",
        "documents",
        ["tenant", "content_sha256", "accepted_at", "document_key"],
        schema="postkorb",
    )
    op.drop_index("documents_tenant_content_sha256_idx", "documents", schema="postkorb")
    op.execute("CREATE INDEX outbox_due_idx ON postkorb.outbox (due_at) WHERE published_at IS NULL")


def downgrade() -> None:
    op.execute("DROP INDEX postkorb.outbox_due_idx")
    op.create_index("documents_tenant_content_sha256_idx", "documents", ["tenant", "content_sha256"], schema="postkorb")
    op.drop_index("documents_tenant_content_sha256_accepted_at_document_key_idx", "documents", schema="postkorb")
