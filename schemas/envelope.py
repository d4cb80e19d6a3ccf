"""CloudEvents 1.0 over Kafka: binary, structured, and bare JSON in; binary out.

Written after the specification's Kafka protocol binding (cloudevents.io, v1.0.2).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from schemas.events import SOURCE, DocumentSubmitted, ErrorCode, EventType
from schemas.text import clean_text
from schemas.topics import CE_PREFIX, CONTENT_TYPE, TRACEPARENT

STRUCTURED_CONTENT_TYPE = "application/cloudevents+json"

Headers = Sequence[tuple[str, bytes | None]]


class EnvelopeError(ValueError):
    """A record that is not an event of ours.

    Parameters
    ----------
    code
        From the closed list.
    message
        One sentence for people: what, where, and what would be right.
    """

    def __init__(self, code: ErrorCode, message: str) -> None:
        self.code = code
        self.message = clean_text(message)  # it may quote names that the record chose
        super().__init__(self.message)


@dataclass(frozen=True, slots=True)
class Envelope:
    """An event as it came: its attributes (all optional in bare JSON) and its data."""

    attributes: Mapping[str, str]
    data: Any

    @property
    def traceparent(self) -> str | None:
        """W3C trace context of the publisher, if it sent one."""
        return self.attributes.get(TRACEPARENT)


def decode(value: bytes | None, headers: Headers) -> Envelope:
    """Read a record in any of the three forms.

    Raises
    ------
    EnvelopeError
        If the record is empty, is not UTF-8 JSON, or is not a JSON object.
    """
    attributes = _header_attributes(headers)
    body = _json_object(value)
    if attributes.get(CONTENT_TYPE, "").startswith(STRUCTURED_CONTENT_TYPE) or _looks_structured(body, attributes):
        inner = {name: str(item) for name, item in body.items() if name not in {"data", "data_base64"}}
        return Envelope({**attributes, **inner}, body.get("data"))
    return Envelope(attributes, body)


def decode_submitted(value: bytes | None, headers: Headers) -> tuple[DocumentSubmitted, Envelope]:
    """Read a record of `documents.submitted`.

    Raises
    ------
    EnvelopeError
        With the first thing that is wrong and where it stands.
    """
    envelope = decode(value, headers)
    kind = envelope.attributes.get("type")
    if kind not in (None, EventType.SUBMITTED):
        message = f"the event has type {kind!r}; this topic takes {EventType.SUBMITTED.value!r}"
        raise EnvelopeError(ErrorCode.UNKNOWN_EVENT_TYPE, message)
    try:
        return DocumentSubmitted.model_validate(envelope.data), envelope
    except ValidationError as error:
        raise EnvelopeError(ErrorCode.INVALID_EVENT, first_error(error)) from None


def encode_headers(
    kind: EventType, identity: UUID, subject: str, time: datetime, traceparent: str | None
) -> dict[str, str]:
    """Make the headers of an event in binary mode.

    Parameters
    ----------
    kind, identity, subject, time
        CloudEvents `type`, `id`, `subject` (the document id) and `time`.
    traceparent
        W3C trace context, written without the `ce_` prefix too, where tracers look for it.
    """
    headers = {
        "ce_specversion": "1.0",
        "ce_type": kind.value,
        "ce_source": SOURCE,
        "ce_id": str(identity),
        "ce_subject": subject,
        "ce_time": time.isoformat(),
        CONTENT_TYPE: "application/json",
    }
    return headers | ({TRACEPARENT: traceparent} if traceparent else {})


def first_error(error: ValidationError, whole: str = "the event") -> str:
    """Say in one sentence what is wrong first, without repeating the value (it may be a document).

    Parameters
    ----------
    whole
        What to call the whole, if no member of it is wrong alone; empty if the sentence says so itself.
    """
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or whole
    return clean_text(f"{place}: {first['msg'].removeprefix('Value error, ')}".removeprefix(": "))


def _header_attributes(headers: Headers) -> dict[str, str]:
    # Bytes that are not UTF-8 must not stop a record whose value is fine: they are replaced, not refused.
    text = {name.lower(): (raw or b"").decode("utf-8", "replace").replace("\x00", "") for name, raw in headers}
    events = {name.removeprefix(CE_PREFIX): item for name, item in text.items() if name.startswith(CE_PREFIX)}
    return events | {name: text[name] for name in (CONTENT_TYPE, TRACEPARENT) if name in text}


def _json_object(value: bytes | None) -> dict[str, Any]:
    if not value:
        raise EnvelopeError(ErrorCode.NOT_AN_EVENT, "the record has no value; it should be a JSON object")
    try:
        body = json.loads(value)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        message = f"the value is not UTF-8 JSON ({type(error).__name__}); it should be a JSON object"
        raise EnvelopeError(ErrorCode.NOT_AN_EVENT, message) from None
    if not isinstance(body, dict):
        message = f"the value is a JSON {type(body).__name__}; it should be an object"
        raise EnvelopeError(ErrorCode.NOT_AN_EVENT, message)
    return body


def _looks_structured(body: Mapping[str, Any], attributes: Mapping[str, str]) -> bool:
    return "specversion" not in attributes and {"specversion", "type", "data"} <= body.keys()
