"""Answers as a table for people."""

from collections.abc import Sequence
from typing import Final

from schemas.document_types import DocumentTypes
from schemas.events import DEFAULT_TENANT
from services.cli.output import console, print_json, table_of
from services.storage.database import Database
from services.storage.queries import failures, results
from services.storage.records import FailureRow, ResultRow

NEWEST: Final = 100
"""Documents that are shown where none is named."""
SHOWN_FIELDS: Final = 3
"""Key fields of a type whose definition names none, or is not here."""


async def print_results(
    database: Database,
    types: DocumentTypes,
    document_ids: Sequence[str] | None,
    tenant: str | None = None,
    *,
    as_json: bool,
) -> int:
    """Print answers and failures, all of documents that are named; give the number of failures."""
    limit = NEWEST if document_ids is None else None
    rows = await database.in_transaction(lambda connection: results(connection, document_ids, limit, tenant=tenant))
    failed = await database.in_transaction(lambda connection: failures(connection, document_ids, limit, tenant=tenant))
    if as_json:
        print_json({"results": rows, "failures": failed})
        return len(failed)
    if rows:
        columns = ("file", "type", "conf.", "key fields", "summary", "status")
        console.print(table_of("Answers", columns, [_answer_cells(row, types) for row in rows]))
    if failed:
        console.print(
            table_of("Failed", ("file", "step", "code", "what happened"), [_failure_cells(row) for row in failed])
        )
    if not rows and not failed:
        console.print("no such documents")
    return len(failed)


def _answer_cells(row: ResultRow, types: DocumentTypes) -> tuple[object, ...]:
    kind = types.get(row.document_type)
    keys = [field for field in row.fields if kind and field.path in kind.key_fields] or row.fields[:SHOWN_FIELDS]
    said = "\n".join(f"{field.path}: {field.value or f'{field.verbatim} (?)'}" for field in keys)
    confidence = f"{row.type_confidence:.2f}"
    return (
        _name(row),
        row.document_type,
        confidence,
        said,
        row.summary,
        "\n".join([row.status.value, *row.reasons, *(finding.message for finding in row.findings)]),
    )


def _failure_cells(row: FailureRow) -> tuple[object, ...]:
    return (_name(row), row.failure.step.value, row.failure.code.value, row.failure.message)


def _name(row: ResultRow | FailureRow) -> str:
    name = row.file_name or row.document_id
    return name if row.tenant == DEFAULT_TENANT else f"{row.tenant}/{name}"
