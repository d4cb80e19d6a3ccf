"""The records of `documents.parsed`: references to documents whose pages are stored."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from schemas.envelope import EnvelopeError, decode, first_error
from schemas.events import DocumentParsed, ErrorCode, Step
from services.delivery.record import Record
from services.delivery.retrying import dead_letter_of
from services.storage.dead_letters import DeadRecord

CHARACTERS_PER_TOKEN: Final = 3
"""Roughly, in German and English alike: the budget of tokens is a bound on work, not an account."""


@dataclass(frozen=True, slots=True)
class ParsedRecords:
    """What some records refer to.

    Parameters
    ----------
    references
        Each record with the key of its document.
    dead
        Records that are no such reference.
    """

    references: Sequence[tuple[Record, int]]
    dead: Sequence[DeadRecord]

    @property
    def document_keys(self) -> Sequence[int]:
        """Each document once, in order."""
        return list(dict.fromkeys(key for _, key in self.references))

    def records_of(self, document_keys: Collection[int]) -> list[Record]:
        """Give the records that refer to some of the documents."""
        return [record for record, key in self.references if key in document_keys]


def read_parsed(records: Sequence[Record], traceparent: str) -> ParsedRecords:
    """Read the records; nothing is raised, what cannot be read is among the dead.

    Parameters
    ----------
    traceparent
        Trace context that the dead carry.
    """
    references: list[tuple[Record, int]] = []
    dead: list[DeadRecord] = []
    for record in records:
        try:
            envelope = decode(record.value, record.headers)
            event = DocumentParsed.model_validate(envelope.data)
        except EnvelopeError as error:
            dead.append(_dead(record, error.code, error.message, traceparent))
        except ValidationError as error:
            dead.append(_dead(record, ErrorCode.INVALID_EVENT, first_error(error), traceparent))
        else:
            references.append((record, event.document_key))
    return ParsedRecords(references, dead)


def _dead(record: Record, code: ErrorCode, message: str, traceparent: str) -> DeadRecord:
    return DeadRecord(record, Step.ADMIT, code, message, traceparent, retry_of=dead_letter_of(record.headers))


def estimated_tokens(record: Record) -> int:
    """Estimate the tokens of the document that a record refers to; 0 for what is no such reference."""
    try:
        data = json.loads(record.value or b"")
        data = data.get("data", data)  # a structured CloudEvent, or the data alone
        return max(0, int(data["characters"])) // CHARACTERS_PER_TOKEN
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return 0
