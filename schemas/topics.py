"""Every topic, consumer group and header name, in one place."""

from dataclasses import dataclass
from typing import Final

from schemas.events import Priority

INTAKE_GROUP: Final = "postkorb-intake"
INFERENCE_GROUP: Final = "postkorb-inference"

TRACEPARENT: Final = "traceparent"
CONTENT_TYPE: Final = "content-type"
CE_PREFIX: Final = "ce_"

# Header names of dead letters, as Kafka Connect writes them (KIP-298). Of its list we leave out `task.id`, `class.name`
# (the stage says who refused the record) and `exception.stacktrace` (a refusal is a decision with a code, not a crash).
DEADLETTER_CONNECTOR: Final = "__connect.errors.connector.name"
DEADLETTER_TOPIC: Final = "__connect.errors.topic"
DEADLETTER_PARTITION: Final = "__connect.errors.partition"
DEADLETTER_OFFSET: Final = "__connect.errors.offset"
DEADLETTER_STAGE: Final = "__connect.errors.stage"
DEADLETTER_REASON: Final = "__connect.errors.exception.class.name"
DEADLETTER_MESSAGE: Final = "__connect.errors.exception.message"

# Header names of dead letters that KIP-298 has no word for.
DEADLETTER_ATTEMPTS: Final = "postkorb_attempts"
"""How often the record was tried, decimal."""
DEADLETTER_RETRY_OF: Final = "postkorb_retry_of"
"""Key of the dead letter that the record was a retry of, decimal; absent if it was none."""
DEADLETTER_HEADERS: Final = "postkorb_headers"
"""The record's own headers, a JSON array: each has `name`, and `text` (null: no value) or `base64` (not UTF-8)."""

# Header names of a record of `documents.submitted` that Postkorb itself hands in again.
RETRY_ATTEMPT: Final = "postkorb_attempt"
"""Which try the record starts, decimal."""
RETRY_SUBMITTED: Final = "postkorb_submitted"
"""Where the original record stood: `timestamp in ms/partition/offset`."""
RETRY_DEAD_LETTER: Final = "postkorb_dead_letter"
"""Key of the dead letter that is tried again, decimal."""
RETRY_NUMBER: Final = "postkorb_retry"
"""Which retry of that dead letter it is, decimal, from 1."""


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one deployment.

    Parameters
    ----------
    prefix
        Put before every name, for several deployments on one cluster; empty by default.
    """

    prefix: str = ""

    @property
    def submitted(self) -> str:
        """Documents that publishers hand in; key = document id."""
        return f"{self.prefix}documents.submitted"

    @property
    def parsed(self) -> str:
        """Internal: documents whose pages stand in the database."""
        return f"{self.prefix}documents.parsed"

    def parsed_of(self, priority: Priority) -> str:
        """Give the topic of such documents of a priority: nobody waits behind what is less urgent."""
        return self.parsed if priority is Priority.NORMAL else f"{self.parsed}.{priority.value}"

    @property
    def parsed_urgent(self) -> str:
        """Internal: the same, before all others."""
        return self.parsed_of(Priority.URGENT)

    @property
    def parsed_bulk(self) -> str:
        """Internal: the same, behind all others."""
        return self.parsed_of(Priority.BULK)

    @property
    def all_parsed(self) -> tuple[str, ...]:
        """The topics of documents whose pages stand in the database, the most urgent first."""
        return tuple(map(self.parsed_of, Priority))

    @property
    def processed(self) -> str:
        """Documents with answers."""
        return f"{self.prefix}documents.processed"

    @property
    def failed(self) -> str:
        """Documents that could not be answered, each with a code and a sentence."""
        return f"{self.prefix}documents.failed"

    @property
    def deadletter(self) -> str:
        """Records that are no document at all, with their original bytes."""
        return f"{self.prefix}documents.deadletter"

    @property
    def all(self) -> tuple[str, ...]:
        """Every topic, in the order of a document's way."""
        return (self.submitted, *self.all_parsed, self.processed, self.failed, self.deadletter)
