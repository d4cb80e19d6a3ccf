"""The public events in the languages of others: JSON Schema a type, and one AsyncAPI document over all topics."""

import json
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from schemas.events import (
    SOURCE,
    DocumentFailed,
    DocumentProcessed,
    DocumentSubmitted,
    EventType,
    RecordDeadLettered,
)
from schemas.topics import (
    CE_PREFIX,
    CONTENT_TYPE,
    DEADLETTER_MESSAGE,
    DEADLETTER_OFFSET,
    DEADLETTER_PARTITION,
    DEADLETTER_REASON,
    DEADLETTER_STAGE,
    DEADLETTER_TOPIC,
    TRACEPARENT,
    Topics,
)

CONTRACT_VERSION: Final = "1.0.0"
"""Semantic version of what is exported: the first number changes when a publisher or reader must change."""

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_SCHEMA_FORMAT: Final = "application/schema+json;version=draft-2020-12"

_READ: Final[dict[EventType, type[BaseModel]]] = {EventType.SUBMITTED: DocumentSubmitted}
_WRITTEN: Final[dict[EventType, type[BaseModel]]] = {
    EventType.PROCESSED: DocumentProcessed,
    EventType.FAILED: DocumentFailed,
    EventType.DEADLETTER: RecordDeadLettered,
}

_TEXT: Final = {"type": "string"}


def export(folder: Path) -> list[Path]:
    """Write all schemas into a folder, made if missing; give the files."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(folder / name, document) for name, document in exported().items()]


def exported() -> dict[str, dict[str, Any]]:
    """Give each document by the name of its file."""
    schemas = {_file(kind): _schema(kind, model, "validation") for kind, model in _READ.items()}
    schemas |= {_file(kind): _schema(kind, model, "serialization") for kind, model in _WRITTEN.items()}
    return schemas | {"asyncapi.json": _asyncapi(Topics())}


def _write(path: Path, document: dict[str, Any]) -> Path:
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return path


def _file(kind: EventType) -> str:
    return f"{kind.removeprefix(f'{SOURCE}.')}.json"


def _schema(kind: EventType, model: type[BaseModel], mode: Any) -> dict[str, Any]:  # noqa: ANN401  (pydantic's literal type is not exported)
    return {"$schema": _DIALECT, "$id": f"urn:{SOURCE}:{kind}", **model.model_json_schema(mode=mode)}


def _asyncapi(topics: Topics) -> dict[str, Any]:
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Postkorb",
            "version": CONTRACT_VERSION,
            "description": "Documents in, typed answers out. Events are CloudEvents 1.0 in Kafka's binary mode; "
            "structured mode and bare JSON are read too.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {
            "submitted": _channel(topics.submitted, "Documents that publishers hand in.", "submitted"),
            "processed": _channel(topics.processed, "Documents with answers.", "processed"),
            "failed": _channel(topics.failed, "Documents without answers, with a code and a sentence.", "failed"),
            "deadletter": _channel(topics.deadletter, "Records that are no document, as they came.", "deadletter"),
        },
        "operations": {
            "readSubmitted": _operation("receive", "submitted"),
            "writeProcessed": _operation("send", "processed"),
            "writeFailed": _operation("send", "failed"),
            "writeDeadletter": _operation("send", "deadletter"),
        },
        "components": {
            "messages": {
                "submitted": _event(EventType.SUBMITTED, required=False),
                "processed": _event(EventType.PROCESSED, required=True),
                "failed": _event(EventType.FAILED, required=True),
                "deadletter": _dead_letter(),
            }
        },
    }


def _channel(address: str, description: str, message: str) -> dict[str, Any]:
    return {
        "address": address,
        "description": description,
        "messages": {message: {"$ref": f"#/components/messages/{message}"}},
        "bindings": {"kafka": {"topic": address, "bindingVersion": "0.5.0"}},
    }


def _operation(action: str, channel: str) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{channel}"}],
    }


def _event(kind: EventType, *, required: bool) -> dict[str, Any]:
    """Describe an event of ours in binary mode; a publisher may leave all headers out."""
    attributes = {
        "specversion": {"const": "1.0"},
        "type": {"const": kind.value},
        "source": _TEXT | {"description": "Who wrote it."},
        "id": _TEXT | {"description": "The same event written again has the same id."},
        "subject": _TEXT | {"description": "The document id."},
        "time": _TEXT | {"format": "date-time"},
    }
    headers: dict[str, Any] = {f"{CE_PREFIX}{name}": schema for name, schema in attributes.items()}
    names = [*headers, CONTENT_TYPE] if required else []
    headers[CONTENT_TYPE] = {"const": "application/json"}
    headers[TRACEPARENT] = _TEXT | {"description": "W3C trace context."}
    return {
        "name": kind.value,
        "contentType": "application/json",
        "headers": {"type": "object", "properties": headers, "required": names},
        "payload": {"schemaFormat": _SCHEMA_FORMAT, "schema": {"$ref": f"./{_file(kind)}"}},
        "bindings": {"kafka": {"key": _TEXT | {"description": "The document id."}, "bindingVersion": "0.5.0"}},
    }


def _dead_letter() -> dict[str, Any]:
    """Describe a record as it came, with Kafka Connect's headers (KIP-298) beside its own."""
    headers = {
        DEADLETTER_TOPIC: "Topic it was read from.",
        DEADLETTER_PARTITION: "Partition it was read from.",
        DEADLETTER_OFFSET: "Its offset there.",
        DEADLETTER_STAGE: "Step that refused it.",
        DEADLETTER_REASON: "Error code from the closed list.",
        DEADLETTER_MESSAGE: "One sentence for people.",
    }
    return {
        "name": EventType.DEADLETTER.value,
        "contentType": "application/octet-stream",
        "headers": {
            "type": "object",
            "properties": {name: _TEXT | {"description": text} for name, text in headers.items()},
            "required": list(headers),
        },
        "payload": {"description": "The original value, byte for byte."},
        "bindings": {"kafka": {"key": {"description": "The original key."}, "bindingVersion": "0.5.0"}},
    }
