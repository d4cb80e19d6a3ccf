"""Every topic, consumer group and header name, in one place."""

from dataclasses import dataclass
from typing import Final

INTAKE_GROUP: Final = "postkorb-intake"
INFERENCE_GROUP: Final = "postkorb-inference"

TRACEPARENT: Final = "traceparent"
CONTENT_TYPE: Final = "content-type"
CE_PREFIX: Final = "ce_"

# Header names of dead letters, as Kafka Connect writes them (KIP-298).
DEADLETTER_TOPIC: Final = "__connect.errors.topic"
DEADLETTER_PARTITION: Final = "__connect.errors.partition"
DEADLETTER_OFFSET: Final = "__connect.errors.offset"
DEADLETTER_STAGE: Final = "__connect.errors.stage"
DEADLETTER_REASON: Final = "__connect.errors.exception.class.name"
DEADLETTER_MESSAGE: Final = "__connect.errors.exception.message"


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
        return (self.submitted, self.parsed, self.processed, self.failed, self.deadletter)
