"""Bringing the schema up and down: Alembic, then the typed views, in one transaction."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import CreateSchema

from schemas.document_types import DocumentTypes
from services.storage.database import Database
from services.storage.errors import SchemaMismatchError
from services.storage.revisions import alembic_config, known_revisions
from services.storage.schema_check import current_revision, revision_problem
from services.storage.tables import SCHEMA
from services.storage.typed_views import sync_document_types

LOCK: Final = 0x706F73746B6F7262
"""Advisory lock of migrations in a database: the letters `postkorb`."""

POSTGRESQL_AT_LEAST: Final = 180_000
"""`RETURNING old` in `documents.store_documents`."""


async def upgrade(url: str, types: DocumentTypes) -> str:
    """Migrate to the newest revision and make the typed views; two at once wait for each other.

    Returns
    -------
    str
        The revision.

    Raises
    ------
    SchemaMismatchError
        If the schema is newer than this version, or the server older than PostgreSQL 18.
    TypedViewError
        If a document type's view cannot be made; nothing has changed then.
    """
    async with _migrating(url) as connection:
        await _check_server(connection)
        found = await current_revision(connection)
        if found is not None and found not in known_revisions():
            raise SchemaMismatchError(revision_problem(found, known_revisions()))
        await connection.execute(CreateSchema(SCHEMA, if_not_exists=True))
        await connection.run_sync(_alembic(command.upgrade, "head"))
        await sync_document_types(connection, types)
    return known_revisions()[-1]


async def downgrade(url: str, revision: str) -> None:
    """Go back to `revision`, or to `base`: no table left, only the empty schema. Data is lost on the way."""
    async with _migrating(url) as connection:
        await connection.run_sync(_alembic(command.downgrade, revision))


async def current(url: str) -> str | None:
    """Read the schema's revision; None if it was never migrated."""
    async with Database.open(url, "postkorb-db") as database, database.transaction() as connection:
        return await current_revision(connection)


@asynccontextmanager
async def _migrating(url: str) -> AsyncIterator[AsyncConnection]:
    async with Database.open(url, "postkorb-db") as database, database.transaction() as connection:
        await connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        yield connection


async def _check_server(connection: AsyncConnection) -> None:
    version = int(await connection.scalar(select(func.current_setting("server_version_num"))) or 0)
    if version < POSTGRESQL_AT_LEAST:
        message = f"the server is PostgreSQL {version // 10_000}; Postkorb needs 18 or newer"
        raise SchemaMismatchError(message)


def _alembic(step: Callable[[Config, str], None], revision: str) -> Callable[[Connection], None]:
    def run(connection: Connection) -> None:
        config = alembic_config()
        config.attributes["connection"] = connection
        step(config, revision)

    return run
