"""How a document can leave inference: a closed union."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from schemas.events import FieldAnswer, Finding, Status
from services.answers.calibration import FieldSignals
from services.inference.ask import Asked
from services.storage.records import Failure, PendingDocument


@dataclass(frozen=True, slots=True)
class Answered:
    """Done: it has checked answers.

    Parameters
    ----------
    signals
        What the confidences of fields were made of, by path; empty where no engine was asked.
    """

    asked: Asked
    fields: Sequence[FieldAnswer]
    summary: str
    status: Status
    reasons: Sequence[str]
    findings: Sequence[Finding] = ()
    signals: Mapping[str, FieldSignals] = field(default_factory=dict)

    @property
    def needs_review(self) -> bool:
        """Whether a person should look before it is booked: something is missing, or a finding asks for it."""
        return self.status is Status.INCOMPLETE or any(finding.needs_review for finding in self.findings)

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
