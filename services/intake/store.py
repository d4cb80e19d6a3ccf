"""Step 4, store: documents, pages, dead letters and events in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog

from schemas.events import DocumentParsed, ErrorCode, EventType, Step, event_id
from schemas.topics import RETRY_ATTEMPT, RETRY_SUBMITTED, Topics
from services.delivery.record import Record, milliseconds_of
from services.storage.database import Connection, Database
from services.storage.dead_letters import DeadRecord, bury
from services.storage.document_events import event_row, failed_event
from services.storage.documents import republish_last_event, store_documents
from services.storage.errors import DataRefusedError
from services.storage.outbox import enqueue
from services.storage.records import Acceptance, AcceptedDocument, Failure, NewDocument, OutboxRow

log = structlog.get_logger(__name__)

WAY_ON = frozenset({Acceptance.NEW, Acceptance.NEWER, Acceptance.REPEAT_RETRIED, Acceptance.REPEAT_PROCESSED})
"""What goes on to the next step: a repeat that waits is on its way already. One that is processed goes on because only
inference knows whether its pipeline has answered; if so, that costs no token."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Done, or failed for good: a document with the place of its record, which makes its events unique."""

    document: NewDocument
    place: str


@dataclass(frozen=True, slots=True)
class Retried:
    """A record whose document could not be read yet, and is tried again.

    Parameters
    ----------
    document
        As far as it was read, with the failure of this try.
    attempt
        Which try comes next.
    after
        How long it waits before.
    """

    record: Record
    document: NewDocument
    attempt: int
    after: timedelta


Outcome = Accepted | Retried | DeadRecord
"""How a record can leave intake: a closed union."""


@dataclass(frozen=True, slots=True)
class Store:
    """Where intake's documents go."""

    database: Database
    topics: Topics

    async def store(
        self, accepted: Sequence[Accepted], dead: Sequence[DeadRecord], retried: Sequence[Retried] = ()
    ) -> list[Acceptance]:
        """Store documents, dead records and retries; then their offsets may be committed.

        All go into one transaction. If the database refuses a value in it, each goes by itself, and the one with that
        value is stored as failed, without what it carries: its neighbours are unharmed.

        Returns
        -------
        list of Acceptance
            What each document turned out to be, in order.
        """
        try:
            return await self._together(accepted, dead, retried)
        except DataRefusedError as error:
            log.warning("the database refuses a value, storing one by one", reason=str(error))
        acceptances = [await self._alone(item) for item in accepted]
        for letter in dead:
            await self._together([], [letter])
        await self._together([], [], retried)
        return acceptances

    async def _alone(self, item: Accepted) -> Acceptance:
        try:
            (acceptance,) = await self._together([item], [])
        except DataRefusedError as error:
            document = replace(
                item.document,
                metadata={},
                notes=(),
                einvoice=None,
                pages=(),
                layouts=(),
                language=None,
                failure=_not_stored(error),
            )
            (acceptance,) = await self._together([replace(item, document=document)], [])
        return acceptance

    async def _together(
        self, accepted: Sequence[Accepted], dead: Sequence[DeadRecord], retried: Sequence[Retried] = ()
    ) -> list[Acceptance]:
        now = datetime.now(UTC)

        async def work(connection: Connection) -> list[Acceptance]:
            stored = await store_documents(connection, [item.document for item in accepted])
            both = list(zip(accepted, stored, strict=True))
            await enqueue(connection, [self._row(item, result, now) for item, result in both if goes_on(item, result)])
            ended = [result.document_key for item, result in both if has_ended(item, result)]
            await republish_last_event(connection, ended)
            await bury(connection, dead, self.topics.deadletter, now)
            await enqueue(connection, [again(item) for item in retried])
            return [item.acceptance for item in stored]

        return await self.database.in_transaction(work)

    def _row(self, item: Accepted, stored: AcceptedDocument, now: datetime) -> OutboxRow:
        document, key = item.document, stored.document_key
        name = (document.tenant, document.document_id)
        if document.failure is not None:
            identity = event_id(EventType.FAILED, *name, document.content_sha256)
            failed = failed_event(document, document.failure, document.attempts, now)
            return event_row(EventType.FAILED, identity, self.topics.failed, document, key, failed, now)
        identity = event_id(EventType.PARSED, *name, item.place)
        parsed = DocumentParsed(
            document_id=document.document_id,
            tenant=document.tenant,
            document_key=key,
            content_sha256=document.content_sha256,
            page_count=len(document.pages),
            characters=sum(map(len, document.pages)),
        )
        return event_row(
            EventType.PARSED, identity, self.topics.parsed_of(document.priority), document, key, parsed, now
        )


def again(item: Retried) -> OutboxRow:
    """Make the row that hands a record in again, byte for byte, with what later steps must know of its first try.

    Headers that are no text are left out: nothing that reads a valid submission looks at them.
    """
    record, document = item.record, item.document
    headers = {name: text for name, raw in record.headers if "\x00" not in name and (text := _text(raw)) is not None}
    headers[RETRY_ATTEMPT] = str(item.attempt)
    if document.origin:
        submitted_ms = milliseconds_of(document.submitted_at)
        headers[RETRY_SUBMITTED] = f"{submitted_ms}/{document.origin.partition}/{document.origin.offset}"
    identity = event_id(EventType.SUBMITTED, record.place, item.attempt)
    return OutboxRow(
        identity, record.topic, record.key, record.value, headers, due_in=item.after, attempt=max(2, item.attempt)
    )


def _text(raw: bytes | None) -> str | None:
    try:
        text = None if raw is None else raw.decode()
    except UnicodeDecodeError:
        return None
    return text if text is None or "\x00" not in text else None


def _not_stored(error: DataRefusedError) -> Failure:
    message = f"{error}; its text and metadata were not stored"
    return Failure(Step.STORE, ErrorCode.DOCUMENT_NOT_STORED, message, retryable=False)


def goes_on(item: Accepted, stored: AcceptedDocument) -> bool:
    """Say whether an event of intake tells what became of the submission."""
    return stored.acceptance in WAY_ON and not has_ended(item, stored)


def has_ended(item: Accepted, stored: AcceptedDocument) -> bool:
    """Say whether the document has its last event already; a repeat that cannot be read now changes nothing."""
    unread = item.document.failure is not None
    return stored.acceptance is Acceptance.REPEAT_FAILED or (
        unread and stored.acceptance is Acceptance.REPEAT_PROCESSED
    )
