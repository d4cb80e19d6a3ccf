"""A document that waits for its answer."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from services.storage.records import PendingDocument


def pending_document(*pages: str, **changes: Any) -> PendingDocument:
    """Make one of these pages; `changes` are of other members."""
    document = PendingDocument(
        document_key=1,
        tenant="default",
        document_id="d",
        content_sha256="0" * 64,
        file_name=None,
        metadata={},
        language="de",
        pages=pages,
        submitted_at=datetime(2026, 1, 1, tzinfo=UTC),
        traceparent="",
        duplicate_of=None,
        notes=(),
        answered=False,
    )
    return replace(document, **changes)
