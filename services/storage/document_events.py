"""Events about documents as outbox rows, whichever service tells them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from pydantic import BaseModel

from schemas.envelope import encode_headers
from schemas.events import DocumentFailed, EventType
from services.storage.records import Failure, OutboxRow


class Subject(Protocol):
    """A document that an event is about."""

    @property
    def tenant(self) -> str: ...  # noqa: D102  (as in the event)
    @property
    def document_id(self) -> str: ...  # noqa: D102
    @property
    def file_name(self) -> str | None: ...  # noqa: D102
    @property
    def metadata(self) -> Mapping[str, Any]: ...  # noqa: D102
    @property
    def traceparent(self) -> str: ...  # noqa: D102


def failed_event(document: Subject, failure: Failure, attempts: int, now: datetime) -> DocumentFailed:
    """Make the event that tells why a document has no answers."""
    return DocumentFailed(
        document_id=document.document_id,
        tenant=document.tenant,
        file_name=document.file_name,
        metadata=dict(document.metadata),
        step=failure.step,
        code=failure.code,
        message=failure.message,
        retryable=failure.retryable,
        attempts=attempts,
        failed_at=now,
    )


def event_row(
    kind: EventType, identity: UUID, topic: str, document: Subject, document_key: int, event: BaseModel, now: datetime
) -> OutboxRow:
    """Make the outbox row of an event, with the document's id as key and its trace context in the headers."""
    return OutboxRow(
        event_id=identity,
        topic=topic,
        key=document.document_id.encode(),
        value=event.model_dump_json().encode(),
        headers=encode_headers(kind, identity, document.document_id, now, document.traceparent),
        document_key=document_key,
    )
