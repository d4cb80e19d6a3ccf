"""Whether the schema in the database is the one that this version works with."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Column, MetaData, Table, Text, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.document_types import DocumentTypes
from services.storage.errors import SchemaMismatchError
from services.storage.revisions import known_revisions
from services.storage.tables import SCHEMA, VERSION_TABLE, document_types
from services.storage.typed_views import definition_sha256

UPGRADE = "run `postkorb db upgrade`"

_versions = Table(VERSION_TABLE, MetaData(schema=SCHEMA), Column("version_num", Text))


async def current_revision(connection: AsyncConnection) -> str | None:
    """Read the revision of the schema; None if it was never migrated."""
    named = text("SELECT to_regclass(:name)").bindparams(name=f"{SCHEMA}.{VERSION_TABLE}")
    if await connection.scalar(named) is None:
        return None
    revision: str | None = await connection.scalar(select(_versions.c.version_num))
    return revision


async def check_schema(connection: AsyncConnection, types: DocumentTypes | None) -> str:
    """Make sure that the schema, and the typed views if `types` are given, are those of this version.

    Returns
    -------
    str
        The schema's revision.

    Raises
    ------
    SchemaMismatchError
        One line: older, newer, not migrated or other document types, and the command that helps.
    """
    found = await current_revision(connection)
    problem = revision_problem(found, known_revisions())
    if found is None or problem:
        raise SchemaMismatchError(problem)
    if types is not None:
        rows = await connection.execute(select(document_types.c.name, document_types.c.sha256))
        if problem := types_problem(types, {row.name: row.sha256 for row in rows}):
            raise SchemaMismatchError(problem)
    return found


def revision_problem(found: str | None, known: Sequence[str]) -> str | None:
    """Say what is wrong with the revision `found`; `known` are ours, oldest first."""
    newest = known[-1]
    if found is None:
        return f"the database has no schema of Postkorb yet: {UPGRADE}"
    if found not in known:
        return (
            f"the database's schema is at revision {found}, newer than this Postkorb, which knows up to {newest}: "
            "install the newer Postkorb that made it"
        )
    if found != newest:
        return f"the database's schema is at revision {found}, older than this Postkorb's {newest}: {UPGRADE}"
    return None


def types_problem(types: DocumentTypes, synced: Mapping[str, str]) -> str | None:
    """Say which types have no typed view made from their present definition; `synced` is name to SHA-256.

    A synced type that is not configured any more is no problem: its answers and its view stay.
    """
    changed = [name for name, item in types.items() if synced.get(name) != definition_sha256(item)]
    if not changed:
        return None
    return f"document types changed since the last upgrade ({', '.join(changed)}): {UPGRADE}"
