"""The records of `documents.parsed`: references to documents whose pages are stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from schemas.envelope import EnvelopeError, decode, first_error
from schemas.events import DocumentParsed, ErrorCode, Step
from services.delivery.record import Record
from services.storage.dead_letters import DeadRecord


@dataclass(frozen=True, slots=True)
class ParsedRecords:
    """What a batch of records refers to.

    Parameters
    ----------
    document_keys
        Each once, in order.
    dead
        Records that are no such reference.
    """

    document_keys: Sequence[int]
    dead: Sequence[DeadRecord]


def read_parsed(records: Sequence[Record], traceparent: str) -> ParsedRecords:
    """Read the records; nothing is raised, what cannot be read is among the dead.

    Parameters
    ----------
    traceparent
        Trace context that the dead carry.
    """
    keys: dict[int, None] = {}
    dead: list[DeadRecord] = []
    for record in records:
        try:
            envelope = decode(record.value, record.headers)
            event = DocumentParsed.model_validate(envelope.data)
        except EnvelopeError as error:
            dead.append(DeadRecord(record, Step.ADMIT, error.code, error.message, traceparent))
        except ValidationError as error:
            dead.append(DeadRecord(record, Step.ADMIT, ErrorCode.INVALID_EVENT, first_error(error), traceparent))
        else:
            keys[event.document_key] = None
    return ParsedRecords(list(keys), dead)
