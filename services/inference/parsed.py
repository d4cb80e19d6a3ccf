"""The records of `documents.parsed`: references to documents whose pages are stored."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, Self

from pydantic import ValidationError

from schemas.envelope import EnvelopeError, decode, first_error
from schemas.events import DocumentParsed, ErrorCode, Step
from services.delivery.record import Record
from services.delivery.retrying import dead_letter_of
from services.storage.dead_letters import DeadRecord

CHARACTERS_PER_TOKEN: Final = 3
"""Roughly, in German and English alike: the budget of tokens is a bound on work, not an account."""


class Version(NamedTuple):
    """One content of a document."""

    document_key: int
    content_sha256: str


@dataclass(frozen=True, slots=True)
class ParsedRecords:
    """What some records refer to.

    Parameters
    ----------
    records
        All of them.
    references
        Each that is a reference, with what it refers to.
    dead
        The others.
    """

    records: Sequence[Record]
    references: Sequence[tuple[Record, Version]]
    dead: Sequence[DeadRecord]

    @property
    def document_keys(self) -> Sequence[int]:
        """Each document once, in order."""
        return list(dict.fromkeys(version.document_key for _, version in self.references))

    @property
    def versions(self) -> Sequence[Version]:
        """Each version of a document once, in order."""
        return list(dict.fromkeys(version for _, version in self.references))

    def of(self, document_keys: Collection[int]) -> Self:
        """Give the references to some of the documents, without the dead."""
        return self._only(lambda version: version.document_key in document_keys)

    def only(self, versions: Collection[Version]) -> Self:
        """Give the references to some versions, without the dead."""
        return self._only(versions.__contains__)

    def without(self, versions: Collection[Version]) -> Self:
        """Give the other references, and the dead."""
        others = self._only(lambda version: version not in versions)
        gone = self.only(versions).records
        return replace(others, records=[record for record in self.records if record not in gone], dead=self.dead)

    def _only(self, chosen: Callable[[Version], bool]) -> Self:
        references = [item for item in self.references if chosen(item[1])]
        return replace(self, records=[record for record, _ in references], references=references, dead=())


def read_parsed(records: Sequence[Record], traceparent: str) -> ParsedRecords:
    """Read the records; nothing is raised, what cannot be read is among the dead.

    Parameters
    ----------
    traceparent
        Trace context that the dead carry.
    """
    references: list[tuple[Record, Version]] = []
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
            references.append((record, Version(event.document_key, event.content_sha256)))
    return ParsedRecords(records, references, dead)


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
