"""How a document can leave inference: a closed union."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.events import FieldAnswer, Status
from services.inference.ask import Asked
from services.storage.records import Failure, PendingDocument


@dataclass(frozen=True, slots=True)
class Answered:
    """It has checked answers."""

    asked: Asked
    fields: Sequence[FieldAnswer]
    summary: str
    status: Status
    reasons: Sequence[str]

    @property
    def document(self) -> PendingDocument:
        """The document it is about."""
        return self.asked.admitted.document


@dataclass(frozen=True, slots=True)
class Failed:
    """It has none, and here is why."""

    document: PendingDocument
    failure: Failure


Outcome = Answered | Failed
