"""Delivery: retries with a due time, leases of the relays, places and tries of documents, retried dead letters."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

COLUMNS = {
    "outbox": {
        "due_at": ("timestamptz NOT NULL DEFAULT now()", "When it may go out: for a retry, after its back-off."),
        "attempt": ("integer", "For a retry: which try of the document it starts; null for events."),
        "leased_by": ("uuid", "The relay that publishes it at the moment."),
        "leased_until": ("timestamptz", "When another relay may take it over."),
        "kept": (
            "boolean NOT NULL DEFAULT false",
            "Stays: it tells how its document ended, and was looked at after its time.",
        ),
    },
    "documents": {
        "source_partition": ("integer", "Partition of documents.submitted that the current content came from."),
        "source_offset": ("bigint", "Its offset there; with the partition it decides which content is newer."),
        "attempts": ("integer NOT NULL DEFAULT 1", "Tries of the current content, the present one included."),
        "engine_deaths": ("integer NOT NULL DEFAULT 0", "How often the engine died while it held this content."),
        "retry_of": ("bigint", "Dead letter that this document is a retry of, see dead_letters."),
    },
    "document_failures": {
        "attempts": ("integer NOT NULL DEFAULT 1", "How often it was tried."),
    },
    "dead_letter_records": {
        "retry_of": ("bigint", "Dead letter that this record is a retry of."),
        "retried_at": ("timestamptz", "When it was handed in again; null if it was not."),
        "retries": ("integer NOT NULL DEFAULT 0", "How often it was handed in again."),
    },
}

CONSTRAINTS = (
    ("outbox", "outbox_lease_check", "CHECK ((leased_by IS NULL) = (leased_until IS NULL))"),
    ("outbox", "outbox_attempt_check", "CHECK (attempt >= 2)"),
    ("documents", "documents_tries_check", "CHECK (attempts >= 1 AND engine_deaths >= 0)"),
    ("documents", "documents_source_check", "CHECK ((source_partition IS NULL) = (source_offset IS NULL))"),
    (
        "documents",
        "documents_retry_of_fkey",
        "FOREIGN KEY (retry_of) REFERENCES postkorb.dead_letter_records (dead_letter_key) ON DELETE SET NULL",
    ),
    ("document_failures", "document_failures_attempts_check", "CHECK (attempts >= 1)"),
    (
        "dead_letter_records",
        "dead_letter_records_retry_of_fkey",
        "FOREIGN KEY (retry_of) REFERENCES postkorb.dead_letter_records (dead_letter_key) ON DELETE SET NULL",
    ),
    ("dead_letter_records", "dead_letter_records_retries_check", "CHECK ((retries = 0) = (retried_at IS NULL))"),
)

INDEXES = (
    "CREATE INDEX outbox_published_idx ON postkorb.outbox (published_at) WHERE published_at IS NOT NULL AND NOT kept",
    "CREATE INDEX documents_retry_of_idx ON postkorb.documents (retry_of) WHERE retry_of IS NOT NULL",
    "CREATE INDEX dead_letter_records_retry_of_idx ON postkorb.dead_letter_records (retry_of) WHERE retry_of IS NOT NULL",
)

FAILURES = """
CREATE OR REPLACE VIEW postkorb.failures AS
SELECT d.document_id, d.tenant, d.file_name, f.step, f.code, f.message, f.retryable, f.trace_id, d.submitted_at,
       f.failed_at{attempts}
FROM postkorb.document_failures AS f
JOIN postkorb.documents AS d USING (document_key)
"""

DEAD_LETTERS = """
CREATE OR REPLACE VIEW postkorb.dead_letters AS
SELECT dead_letter_key, topic, partition, "offset", key, code, message, attempts, trace_id, failed_at{retries}
FROM postkorb.dead_letter_records
"""

ACCOUNT = """
CREATE OR REPLACE VIEW postkorb.account AS
SELECT d.documents + l.letters{retrying} AS submitted, d.processed, d.failed, l.letters AS dead_lettered,
       d.waiting{retrying} AS waiting
FROM (SELECT count(*) AS documents,
             count(*) FILTER (WHERE state = 'processed') AS processed,
             count(*) FILTER (WHERE state = 'failed') AS failed,
             count(*) FILTER (WHERE state = 'parsed') AS waiting
      FROM postkorb.documents) AS d
CROSS JOIN (SELECT count(*) AS letters FROM postkorb.dead_letter_records{not_retried}) AS l
"""

# A record that is tried again is no document yet: until it goes out, only the outbox knows it.
RETRYING = """
CROSS JOIN (SELECT count(*) AS records FROM postkorb.outbox
            WHERE published_at IS NULL AND attempt IS NOT NULL AND document_key IS NULL) AS r
"""

NEW_VIEWS = {
    "failures": FAILURES.format(attempts=", f.attempts"),
    "dead_letters": DEAD_LETTERS.format(retries=", retry_of, retried_at, retries"),
    "account": ACCOUNT.format(retrying=" + r.records", not_retried=" WHERE retried_at IS NULL") + RETRYING,
}
OLD_VIEWS = {
    "failures": FAILURES.format(attempts=""),
    "dead_letters": DEAD_LETTERS.format(retries=""),
    "account": ACCOUNT.format(retrying="", not_retried=""),
}
VIEW_COMMENTS = {
    "failures": {"attempts": COLUMNS["document_failures"]["attempts"][1]},
    "dead_letters": {name: comment for name, (_, comment) in COLUMNS["dead_letter_records"].items()},
    "account": {
        "submitted": "Documents accepted, records dead-lettered, and records that wait for another try.",
        "dead_lettered": "Records that are no document and were not handed in again, see dead_letters.",
        "waiting": "Documents that wait for answers, and records that wait for another try.",
    },
}
READERS = "postkorb_analyst, postkorb_service"


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        for name, (kind, comment) in columns.items():
            op.execute(f"ALTER TABLE postkorb.{table} ADD COLUMN {name} {kind}")
            op.execute(f"COMMENT ON COLUMN postkorb.{table}.{name} IS '{comment}'")
    for table, name, rule in CONSTRAINTS:
        op.execute(f"ALTER TABLE postkorb.{table} ADD CONSTRAINT {name} {rule}")
    for index in INDEXES:
        op.execute(index)
    for statement in NEW_VIEWS.values():
        op.execute(statement)
    for view, comments in VIEW_COMMENTS.items():
        for column, comment in comments.items():
            op.execute(f"COMMENT ON COLUMN postkorb.{view}.{column} IS '{comment}'")
    op.execute("GRANT DELETE ON postkorb.outbox TO postkorb_service")
    op.execute("GRANT UPDATE ON postkorb.dead_letter_records, postkorb.batches TO postkorb_service")


def downgrade() -> None:
    op.execute("REVOKE UPDATE ON postkorb.dead_letter_records, postkorb.batches FROM postkorb_service")
    op.execute("REVOKE DELETE ON postkorb.outbox FROM postkorb_service")
    for name, statement in OLD_VIEWS.items():  # columns cannot leave a view that is replaced
        comments = _comments(name)
        op.execute(f"DROP VIEW postkorb.{name}")
        op.execute(statement)
        op.execute(f"GRANT SELECT ON postkorb.{name} TO {READERS}")
        for target, comment in comments:
            if target.rpartition(".")[2].strip('"') not in VIEW_COMMENTS[name] or name == "account":
                op.execute(f"COMMENT ON {target} IS '{comment}'")
    for table, columns in COLUMNS.items():  # their constraints and indexes go with them
        for name in columns:
            op.execute(f"ALTER TABLE postkorb.{table} DROP COLUMN {name}")


def _comments(view: str) -> list[tuple[str, str]]:
    inspector = sa.inspect(op.get_bind())
    of_view = inspector.get_table_comment(view, schema="postkorb")["text"]
    columns = inspector.get_columns(view, schema="postkorb")
    of_columns = [(f'COLUMN postkorb.{view}."{item["name"]}"', item["comment"]) for item in columns]
    kept = [(f"VIEW postkorb.{view}", of_view), *of_columns]
    return [(target, (comment or "").replace("'", "''")) for target, comment in kept]
