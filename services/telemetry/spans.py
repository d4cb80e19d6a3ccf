"""A finished span as it stands in a trace file: one JSON object on one line."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError


@dataclass(frozen=True, slots=True)
class SpanLink:
    """Another span that this one has to do with."""

    trace_id: str
    span_id: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SpanEvent:
    """Something that happened within a span, such as an exception."""

    name: str
    time_ns: int
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SpanRecord:
    """One span.

    Parameters
    ----------
    trace_id, span_id, parent_id
        Hex digits, 32 and 16 of them; the parent may stand in another process's file, or be a publisher's.
    start_ns, end_ns
        Nanoseconds since 1970.
    status
        `unset`, `ok` or `error`.
    """

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    service: str
    kind: str
    start_ns: int
    end_ns: int
    status: str = "unset"
    status_message: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    events: tuple[SpanEvent, ...] = ()
    links: tuple[SpanLink, ...] = ()

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.end_ns - self.start_ns) / 1e9


_RECORD: Final = TypeAdapter(SpanRecord)


def to_line(record: SpanRecord) -> bytes:
    """Write a span as a line, with its newline; lone surrogates, which UTF-8 cannot say, become `?`."""
    text = json.dumps(asdict(record), ensure_ascii=False, separators=(",", ":"), default=str)
    return text.encode("utf-8", "replace") + b"\n"


def from_line(line: bytes) -> SpanRecord | None:
    """Read a line; None if it is no whole span, as the last line of a file that is being written may be."""
    try:
        return _RECORD.validate_json(line)
    except ValidationError:
        return None


def as_written(value: str) -> bytes:
    """Give the bytes by which a text stands in a line, to look for before parsing."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
