"""Which content of a document is the newer one, and what a submission is: decisions from values alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from services.storage.records import Acceptance, NewDocument, Origin

Identity = tuple[str, str]
"""Tenant and document id."""


class Submission(Protocol):
    """A content, and where and when its publisher handed it in."""

    @property
    def content_sha256(self) -> str: ...  # noqa: D102  (as in the tables)
    @property
    def submitted_at(self) -> datetime: ...  # noqa: D102
    @property
    def origin(self) -> Origin | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """What the database has under a document's identity."""

    document_key: int
    content_sha256: str
    state: str
    duplicate_of: str | None
    submitted_at: datetime
    origin: Origin | None
    attempts: int
    is_new: bool
    """The row was not there before."""
    retryable: bool
    """The stored content failed, and the same bytes may be tried again."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What counts of the submissions of one document in one call."""

    document: NewDocument
    """The newest content, with the newest place at which it was handed in."""
    index: int
    """Which of the submissions brought that content."""


def is_older(incoming: Submission, stored: Submission) -> bool:
    """Tell whether a submission was handed in before the one that is stored, in whatever order the two arrived.

    Records arrive late after a crash, after a back-off, and from publishers that share a document. So their places
    decide:

    - In one partition the offset is the order. A smaller offset with a later time is newer all the same: the topic
      was made anew, and its offsets began again.
    - Across partitions, or where a place is not known, only the time can tell. At the same time the partition
      decides, the unknown one first: no better than chance, but it gives the same answer in every order of arrival,
      so that a repeat cannot turn the two around for ever.

    The same place is not older. Publishers whose clocks disagree within a partition are outside the rule where offset
    and time contradict each other: the smaller offset then counts as a topic made anew.
    """
    ours, theirs = incoming.origin, stored.origin
    if ours and theirs and ours.partition == theirs.partition:
        return ours.offset < theirs.offset and incoming.submitted_at <= stored.submitted_at
    return (incoming.submitted_at, _partition(ours)) < (stored.submitted_at, _partition(theirs))


def acceptance_of(stored: StoredDocument, document: NewDocument) -> Acceptance:
    """Decide what a submission is, given what the database has."""
    if stored.is_new:
        return Acceptance.NEW
    if not _is_repeat(document, stored):
        return Acceptance.OLDER if is_older(document, stored) else Acceptance.NEWER
    if stored.state == "parsed":
        return Acceptance.REPEAT_WAITING
    if stored.state == "processed":
        return Acceptance.REPEAT_PROCESSED
    again = stored.retryable and not _was_delivered_before(document, stored)
    return Acceptance.REPEAT_RETRIED if again else Acceptance.REPEAT_FAILED


def last_of_each(given: Sequence[NewDocument]) -> dict[Identity, Choice]:
    """Choose what counts of each document, in the order of tenant and document id."""
    chosen: dict[Identity, Choice] = {}
    for index, item in enumerate(given):
        identity = item.tenant, item.document_id
        before = chosen.get(identity)
        chosen[identity] = _later(before, item, index) if before else Choice(item, index)
    return dict(sorted(chosen.items()))


def _later(before: Choice, item: NewDocument, index: int) -> Choice:
    older = is_older(item, before.document)
    if not _is_repeat(item, before.document):
        return before if older else Choice(item, index)
    place = before.document if older else item
    # The same bytes again say nothing new but their place, unless the first try had failed.
    content = Choice(item, index) if before.document.failure else before
    moved = replace(content.document, submitted_at=place.submitted_at, origin=place.origin, attempts=place.attempts)
    return replace(content, document=moved)


def _is_repeat(document: NewDocument, other: Submission) -> bool:
    """Tell whether a submission has the content of another one.

    A record whose content was read, and cannot be read when it is delivered again, has that content still.
    """
    if document.content_sha256 == other.content_sha256:
        return True
    return document.failure is not None and _is_same_record(document, other)


def _was_delivered_before(document: NewDocument, stored: StoredDocument) -> bool:
    """Tell a record that Kafka delivers again from one that its publisher, or our own retry, hands in again."""
    if _is_same_record(document, stored):
        return document.attempts <= stored.attempts
    return is_older(document, stored)


def _is_same_record(document: Submission, other: Submission) -> bool:
    if document.origin is None:
        return False
    return (document.origin, document.submitted_at) == (other.origin, other.submitted_at)


def _partition(origin: Origin | None) -> int:
    return -1 if origin is None else origin.partition
