"""What documents take of the engine, a row a try, and what that costs."""

from alembic import op

revision = "0008"
down_revision = "0007"

USAGE = """
CREATE TABLE postkorb.usage (
    batch_id uuid NOT NULL,
    document_key bigint NOT NULL,
    pipeline_id text NOT NULL,
    tenant text NOT NULL,
    document_type text,
    pages integer NOT NULL,
    pages_read integer NOT NULL,
    prompt_tokens bigint NOT NULL,
    cached_tokens bigint NOT NULL,
    completion_tokens bigint NOT NULL,
    engine_seconds double precision NOT NULL,
    hourly_price numeric,
    currency text,
    ended_at timestamp with time zone NOT NULL,
    day date GENERATED ALWAYS AS ((ended_at AT TIME ZONE 'UTC'::text)::date) STORED NOT NULL,
    CONSTRAINT usage_pkey PRIMARY KEY (batch_id, document_key),
    CONSTRAINT usage_pipeline_id_fkey FOREIGN KEY (pipeline_id) REFERENCES postkorb.pipelines (pipeline_id),
    CONSTRAINT usage_amounts_check CHECK (
        pages >= 0 AND pages_read >= 0 AND prompt_tokens >= 0 AND cached_tokens >= 0 AND completion_tokens >= 0
        AND engine_seconds >= 0
    ),
    CONSTRAINT usage_price_check CHECK ((hourly_price IS NULL) = (currency IS NULL))
)
"""
USAGE_COMMENT = "A row a try of a document: what it took of the engine; it stays when the document goes."
USAGE_COLUMNS = {
    "batch_id": "The batch in which it was asked.",
    "document_key": "The document.",
    "pipeline_id": "The pipeline that asked.",
    "tenant": "Whose document it is.",
    "document_type": "Type of the answer that was recorded; null if the try gave none.",
    "pages": "Pages of the document.",
    "pages_read": "Those of them that the model read, whole or in part.",
    "prompt_tokens": "Tokens of its prompts.",
    "cached_tokens": "Those of them that came from the prefix cache.",
    "completion_tokens": "Tokens generated.",
    "engine_seconds": "Its part of the time in which the engine had something to do.",
    "hourly_price": "What an hour of the engine cost; null if nobody said.",
    "currency": "Currency of the price, ISO 4217; null if there is none.",
    "ended_at": "When the try ended.",
    "day": "The same as a day in UTC.",
}

COSTS = """
CREATE VIEW postkorb.costs AS
SELECT u.day, u.tenant, u.document_type, u.pipeline_id, p.model, count(*) AS documents, sum(u.pages) AS pages,
       sum(u.pages_read) AS pages_read, sum(u.prompt_tokens)::bigint AS prompt_tokens,
       sum(u.cached_tokens)::bigint AS cached_tokens, sum(u.completion_tokens)::bigint AS completion_tokens,
       sum(u.engine_seconds) AS engine_seconds,
       sum(u.engine_seconds) / nullif(sum(u.pages) FILTER (WHERE u.document_type IS NOT NULL), 0)
           AS engine_seconds_per_page,
       sum(u.engine_seconds::numeric * u.hourly_price / 3600) AS money,
       sum(u.engine_seconds::numeric * u.hourly_price / 3600)
           / nullif(sum(u.pages) FILTER (WHERE u.document_type IS NOT NULL), 0) AS money_per_page,
       u.currency
FROM postkorb.usage AS u
JOIN postkorb.pipelines AS p USING (pipeline_id)
GROUP BY u.day, u.tenant, u.document_type, u.pipeline_id, p.model, u.currency
"""
COSTS_COMMENT = "A row a day, tenant, document type and pipeline: what the documents took of the engine, and its price."
COSTS_COLUMNS = {
    "day": "Day on which the answers were recorded, in UTC.",
    "tenant": "Whose documents they are.",
    "document_type": "Name of the document type; null: tries that gave no answer.",
    "pipeline_id": "Fingerprint of schemas, prompts, model, decoding and library versions.",
    "model": "Name of the model in the catalogue.",
    "documents": "Documents answered; where the type is null, tries.",
    "pages": "Their pages.",
    "pages_read": "Those of them that the model read, whole or in part.",
    "prompt_tokens": "Tokens of their prompts.",
    "cached_tokens": "Those of them that came from the prefix cache.",
    "completion_tokens": "Tokens generated.",
    "engine_seconds": "Their part of the time in which the engine had something to do.",
    "engine_seconds_per_page": "The same by page; null for tries that gave no answer.",
    "money": "Price of these seconds; null where no price was set when they passed.",
    "money_per_page": "The same by page; null for tries that gave no answer.",
    "currency": "Currency of the price, ISO 4217; null if there is none.",
}


def upgrade() -> None:
    op.execute(USAGE)
    op.execute("CREATE INDEX usage_day_idx ON postkorb.usage (day)")
    op.execute("CREATE INDEX usage_pipeline_id_idx ON postkorb.usage (pipeline_id)")
    op.execute(COSTS)
    op.execute(f"COMMENT ON TABLE postkorb.usage IS '{USAGE_COMMENT}'")
    op.execute(f"COMMENT ON VIEW postkorb.costs IS '{COSTS_COMMENT}'")
    for relation, columns in {"usage": USAGE_COLUMNS, "costs": COSTS_COLUMNS}.items():
        for name, comment in columns.items():
            op.execute(f"COMMENT ON COLUMN postkorb.{relation}.{name} IS '{comment}'")
    op.execute("GRANT SELECT, INSERT ON postkorb.usage TO postkorb_service")
    op.execute("GRANT SELECT ON postkorb.costs TO postkorb_analyst, postkorb_service")


def downgrade() -> None:
    op.execute("DROP VIEW postkorb.costs")
    op.execute("DROP TABLE postkorb.usage")
