"""Every span, metric and attribute name, in one place.

Names of the OpenTelemetry semantic conventions (`messaging.*`, `gen_ai.*`, `error.type`) where they have one,
else `postkorb.*`. The five names that events, SQL and logs use too are the same word everywhere.
The constants are written out: the conventions' Python package calls these two groups unstable and moves them.
"""

from enum import StrEnum
from typing import Final

from schemas.events import Step

SCOPE: Final = "postkorb"
"""Instrumentation scope of every tracer and meter."""

# Spans, numbered as the design numbers the steps.
ACCEPT: Final = "2 accept"
PARSE: Final = "3 parse"
STORE: Final = "4 store"
ADMIT: Final = "5 admit"
ASK: Final = "6 ask"
CLASSIFY: Final = "classify"
"""Child of `6 ask`."""
EXTRACT: Final = "extract"
"""Child of `6 ask`."""
ASK_AGAIN: Final = "ask again"
"""Child of `6 ask`: the second question."""
ASK_ROWS: Final = "ask rows"
"""Child of `6 ask`: the rows of a table, of one page."""
CHECK: Final = "7 check"
RECORD: Final = "8 record"
RELAY: Final = "9 relay"
BATCH: Final = "batch"
"""Root of its own trace; linked with each document's `6 ask`, both ways."""

# Attributes that are said with the same word in events, SQL, logs and spans.
DOCUMENT_ID: Final = "document_id"
TENANT: Final = "tenant"
BATCH_ID: Final = "batch_id"
DOCUMENT_TYPE: Final = "document_type"
PIPELINE_ID: Final = "pipeline_id"

# Attributes of Postkorb alone.
STEP: Final = "postkorb.step"
OUTCOME: Final = "postkorb.outcome"
BATCH_SIZE: Final = "postkorb.batch.size"
"""Documents of a batch: on its span and on each link to it. Also the name of the histogram."""
PAGE_COUNT: Final = "postkorb.document.pages"
WINDOW_COUNT: Final = "postkorb.document.windows"
TYPE_NAMED_BY: Final = "postkorb.type.named_by"
CURRENCY: Final = "postkorb.currency"

# Attributes of the semantic conventions.
ERROR_TYPE: Final = "error.type"
MESSAGING_SYSTEM: Final = "messaging.system"
MESSAGING_TOPIC: Final = "messaging.destination.name"
MESSAGING_PARTITION: Final = "messaging.destination.partition.id"
MESSAGING_OFFSET: Final = "messaging.kafka.offset"
MESSAGING_GROUP: Final = "messaging.consumer.group.name"
READINESS_CHECK: Final = "postkorb.check"
MESSAGING_MESSAGE_ID: Final = "messaging.message.id"
GEN_AI_OPERATION: Final = "gen_ai.operation.name"
GEN_AI_MODEL: Final = "gen_ai.request.model"
GEN_AI_INPUT_TOKENS: Final = "gen_ai.usage.input_tokens"
GEN_AI_CACHED_TOKENS: Final = "gen_ai.usage.cache_read.input_tokens"
GEN_AI_OUTPUT_TOKENS: Final = "gen_ai.usage.output_tokens"
GEN_AI_TOKEN_TYPE: Final = "gen_ai.token.type"  # noqa: S105  (no password: a kind of token)

# Metrics.
BREAKER_OPEN: Final = "postkorb.breaker.open"
CONSUMER_COMMIT_FAILURES: Final = "postkorb.consumer.commit_failures"
CONSUMER_LAG: Final = "postkorb.consumer.lag"
CONSUMER_OLDEST: Final = "postkorb.consumer.oldest_unfinished"
CONSUMER_SKIPPED: Final = "postkorb.consumer.skipped"
DOCUMENTS: Final = "postkorb.documents"
DOCUMENTS_IN_FLIGHT: Final = "postkorb.documents.in_flight"
ENGINE_COST: Final = "postkorb.engine.cost"
ENGINE_TIME: Final = "postkorb.engine.time"
ENGINE_TOKENS: Final = "postkorb.engine.tokens"
STEP_DURATION: Final = "postkorb.step.duration"
OUTBOX_LAG: Final = "postkorb.outbox.lag"
OUTBOX_PRUNED: Final = "postkorb.outbox.pruned"
OUTBOX_REFUSED: Final = "postkorb.outbox.refused"
PAGES: Final = "postkorb.pages"
READY: Final = "postkorb.ready"
RETRIES: Final = "postkorb.retries"
ROWS_QUESTIONS: Final = "postkorb.rows_questions"
SECOND_QUESTIONS: Final = "postkorb.second_questions"
TYPES_NAMED: Final = "postkorb.types.named"
TOKEN_USAGE: Final = "gen_ai.client.token.usage"  # noqa: S105  (no password: a metric)


NO_TYPE: Final = "none"
"""Document type of what a try took that gave no answer."""


class Outcome(StrEnum):
    """How a document's way ended, or where a step left it."""

    PASSED = "passed"
    """On to the next service."""
    REPEATED = "repeated"
    """Nothing to do: the same bytes were there already."""
    RETRIED = "retried"
    """Put off: the same step tries again later."""
    PROCESSED = "processed"
    FAILED = "failed"
    DEAD_LETTERED = "dead_lettered"


class SecondAnswer(StrEnum):
    """What came of a second question, or of one about rows."""

    HELPED = "helped"
    """Its answer leaves fewer findings; a total confirms its rows."""
    USELESS = "useless"
    """It leaves as many, and nothing confirms its rows: what there was stays."""
    FAILED = "failed"
    """The engine gave none: the first answer stays."""


class TypeNamedBy(StrEnum):
    """What named a document's type."""

    WORDS = "words"
    """Its own and learned ones, beyond doubt: the engine was not asked."""
    MODEL = "model"
    """The engine's answer, weighed with the words."""


class TokenType(StrEnum):
    """Kinds of tokens; `input` and `output` are the conventions' own words."""

    INPUT = "input"
    CACHED = "input_cached"
    """Part of `input`, taken from the prefix cache: never add the two."""
    OUTPUT = "output"


def span_of(step: Step) -> str:
    """Name of the span of a step, such as `3 parse` for `3-parse`."""
    return step.value.replace("-", " ")
