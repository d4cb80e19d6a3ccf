"""A value that nobody can stand for is a proposal: `value` is given if, and only if, the status is `ok`."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

PROPOSAL = "Canonical text of a value that is not stated, for a person to accept."
COMMENTS = {
    "value": "Canonical text: ISO date, plain decimal, compact IBAN; null unless status is ok.",
    "status": "ok; doubtful: too unsure to be stated; unparsed: no code could read it; unsupported: it does not stand in "
    "the document.",
}
WERE = {
    "value": "Canonical text: ISO date, plain decimal, compact IBAN; null if no code could read it.",
    "status": "ok; unparsed: no code could read it; unsupported: it does not stand in the document.",
}
WRITTEN = ("answer_fields", "fields")
STATED_AGAIN = """
UPDATE postkorb.answer_fields
SET value = proposal,
    status = CASE status WHEN 'doubtful' THEN 'ok' ELSE status END,
    value_numeric = CASE
        WHEN kind IN ('money', 'number', 'percentage') THEN proposal::numeric
        WHEN kind = 'quantity' THEN split_part(proposal, ' ', 1)::numeric
    END,
    value_date = CASE WHEN kind = 'date' THEN proposal::date END
WHERE proposal IS NOT NULL
"""

FIELDS = """
CREATE OR REPLACE VIEW postkorb.fields AS
SELECT c.document_id, c.tenant, c.document_type, f.path, f.kind, f.value, f.value_numeric, f.value_date, f.verbatim,
       f.status, f.confidence, f.page, f.char_start, f.char_end{proposal}
FROM postkorb.answer_fields AS f
JOIN postkorb.current_answers AS c USING (answer_key)
"""


def upgrade() -> None:
    op.execute("ALTER TABLE postkorb.answer_fields ADD COLUMN proposal text")
    op.execute("UPDATE postkorb.answer_fields SET status = 'unparsed' WHERE status = 'ok' AND value IS NULL")
    op.execute(
        "UPDATE postkorb.answer_fields SET proposal = value, value = NULL, value_numeric = NULL, value_date = NULL "
        "WHERE status <> 'ok' AND value IS NOT NULL"
    )
    _statuses("'ok', 'doubtful', 'unparsed', 'unsupported'")
    op.execute(
        "ALTER TABLE postkorb.answer_fields ADD CONSTRAINT answer_fields_stated_check "
        "CHECK ((status = 'ok') = (value IS NOT NULL))"
    )
    op.execute(FIELDS.format(proposal=", f.proposal"))
    _comment(COMMENTS | {"proposal": PROPOSAL})


def downgrade() -> None:
    comments = _comments_of_view()
    op.execute("DROP VIEW postkorb.fields")
    op.execute("ALTER TABLE postkorb.answer_fields DROP CONSTRAINT answer_fields_stated_check")
    op.execute(STATED_AGAIN)
    _statuses("'ok', 'unparsed', 'unsupported'")
    op.execute("ALTER TABLE postkorb.answer_fields DROP COLUMN proposal")
    op.execute(FIELDS.format(proposal=""))
    for statement in comments:
        op.execute(statement)
    _comment(WERE)
    op.execute("GRANT SELECT ON postkorb.fields TO postkorb_analyst, postkorb_service")


def _statuses(named: str) -> None:
    op.execute("ALTER TABLE postkorb.answer_fields DROP CONSTRAINT answer_fields_status_check")
    op.execute(
        f"ALTER TABLE postkorb.answer_fields ADD CONSTRAINT answer_fields_status_check CHECK (status IN ({named}))"
    )


def _comment(comments: dict[str, str]) -> None:
    for relation in WRITTEN:
        for column, comment in comments.items():
            op.execute(f"COMMENT ON COLUMN postkorb.{relation}.{column} IS '{comment}'")


def _comments_of_view() -> list[str]:
    inspector = sa.inspect(op.get_bind())
    comments = {"VIEW postkorb.fields": inspector.get_table_comment("fields", schema="postkorb")["text"]}
    for column in inspector.get_columns("fields", schema="postkorb"):
        if column["name"] != "proposal":
            comments[f"COLUMN postkorb.fields.{column['name']}"] = column["comment"]
    quoted = {target: (said or "").replace("'", "''") for target, said in comments.items()}
    return [f"COMMENT ON {target} IS '{said}'" for target, said in quoted.items()]
