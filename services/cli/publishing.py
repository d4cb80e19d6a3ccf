"""Handing in documents."""

import asyncio
import base64
import hashlib
import mimetypes
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer

from schemas.envelope import encode_headers
from schemas.events import DEFAULT_TENANT, Content, DocumentSubmitted, EventType, Priority
from services.cli.output import AsJson, report
from services.cli.waiting import wait_for
from services.delivery.publication import MAX_RECORD_BYTES, Outgoing, Publication
from services.settings import Settings, load_settings
from services.wiring import connected, kafka_of, make_topics

MAX_INLINE_BYTES = MAX_RECORD_BYTES * 3 // 4 - 64 * 1024
"""Base64 makes three bytes four; the rest of the record needs room too."""


def submit(
    paths: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="Files to hand in.")],
    *,
    tenant: Annotated[str, typer.Option(help="Whose documents they are.")] = DEFAULT_TENANT,
    priority: Annotated[Priority, typer.Option(help="Whose turn at the engine it is first.")] = Priority.NORMAL,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the answers and print them.")] = False,
    as_json: AsJson = False,
) -> None:
    """Hand in documents. The same file again is the same document."""
    settings = connected(load_settings())
    documents = [document_of(path, document_id_of(path), tenant, priority) for path in paths]
    asyncio.run(publish(settings, documents))
    identifiers = [document.document_id for document in documents]
    if wait:
        raise typer.Exit(asyncio.run(wait_for(settings, identifiers, tenant, as_json=as_json)))
    sentence = "\n".join(f"submitted {identifier}" for identifier in identifiers)
    report(sentence, {"submitted": identifiers}, as_json=as_json)


def document_id_of(path: Path) -> str:
    """Make an id from the file's name and its bytes."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:10]
    return f"{path.stem[:150]}-{digest}"


def document_of(path: Path, document_id: str, tenant: str, priority: Priority = Priority.NORMAL) -> DocumentSubmitted:
    """Make the event that hands in a file, its bytes inline.

    Raises
    ------
    typer.BadParameter
        If the file is too large for a record.
    """
    content = path.read_bytes()
    if len(content) > MAX_INLINE_BYTES:
        message = f"{path} has {len(content)} bytes; over {MAX_INLINE_BYTES} publish it with content.uri"
        raise typer.BadParameter(message)
    media_type, _ = mimetypes.guess_type(path.name)
    return DocumentSubmitted(
        document_id=document_id,
        content=Content(base64=base64.b64encode(content).decode()),
        media_type=media_type,
        tenant=tenant,
        priority=priority,
        file_name=path.name,
    )


async def publish(settings: Settings, documents: Sequence[DocumentSubmitted]) -> None:
    """Publish documents as any back office would: CloudEvents in binary mode, key = document id."""
    await publish_records(settings, [outgoing_of(document, settings.topics.submitted) for document in documents])


async def publish_records(settings: Settings, records: Sequence[Outgoing]) -> None:
    """Publish records to topics that are made if they are not there."""
    await make_topics(settings)
    async with Publication(kafka_of(settings), "postkorb-submit") as publication:
        await publication.publish(records)


def outgoing_of(document: DocumentSubmitted, topic: str) -> Outgoing:
    """Make the record of a submission."""
    headers = encode_headers(EventType.SUBMITTED, uuid4(), document.document_id, datetime.now(UTC), None)
    value = document.model_dump_json(exclude_none=True).encode()
    return Outgoing(topic, document.document_id.encode(), value, headers)
