"""How a document can leave inference: a closed union."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from schemas.events import FieldAnswer, Finding, Status
from services.inference.ask import Asked
from services.storage.records import Failure, PendingDocument


@dataclass(frozen=True, slots=True)
class Answered:
    """Done: it has checked answers."""

    asked: Asked
    fields: Sequence[FieldAnswer]
    summary: str
    status: Status
    reasons: Sequence[str]
    findings: Sequence[Finding] = ()

    @property
    def needs_review(self) -> bool:
        """Whether a person should look before it is booked."""
        return any(finding.needs_review for finding in self.findings)

    @property
    def document(self) -> PendingDocument:
        """The document it is about."""
        return self.asked.admitted.document


@dataclass(frozen=True, slots=True)
class Retried:
    """It has none yet, and is tried again.

    Parameters
    ----------
    failure
        Why this try gave none.
    attempt
        Which try comes next.
    after
        How long it waits before.
    """

    document: PendingDocument
    failure: Failure
    attempt: int
    after: timedelta


@dataclass(frozen=True, slots=True)
class Failed:
    """It has none for good, and here is why."""

    document: PendingDocument
    failure: Failure


Outcome = Answered | Retried | Failed
"""Records that are no document at all are poison: they never get here, see `parsed`."""
