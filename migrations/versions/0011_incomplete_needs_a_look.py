"""What is incomplete needs a look, whatever its findings are; and what a verbatim value is."""

from alembic import op

revision = "0011"
down_revision = "0010"

NEEDS_REVIEW = (
    "Whether a person should look before it is booked: it is incomplete, or some finding is more than a repair."
)
NEEDED_REVIEW = "Whether a person should look before it is booked: some finding is more than a repair."
VERBATIM = "As the document writes it: what the model copied, or what code read or put in its place."
WAS_VERBATIM = "Exactly as the model copied it out of the document."
REVIEWED = ("answers", "current_answers", "results")
WRITTEN = ("answer_fields", "fields")

# Typed views say it too: `db upgrade` makes the views of all configured types again.
REMAKE_TYPED_VIEWS = "UPDATE postkorb.document_types SET sha256 = ''"


def upgrade() -> None:
    _comment(NEEDS_REVIEW, VERBATIM)
    op.execute("UPDATE postkorb.answers SET needs_review = true WHERE status = 'incomplete' AND NOT needs_review")


def downgrade() -> None:
    _comment(NEEDED_REVIEW, WAS_VERBATIM)


def _comment(needs_review: str, verbatim: str) -> None:
    for relation in REVIEWED:
        op.execute(f"COMMENT ON COLUMN postkorb.{relation}.needs_review IS '{needs_review}'")
    for relation in WRITTEN:
        op.execute(f"COMMENT ON COLUMN postkorb.{relation}.verbatim IS '{verbatim}'")
    op.execute(REMAKE_TYPED_VIEWS)
