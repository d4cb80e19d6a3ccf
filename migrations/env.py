"""Alembic's entry: runs the revisions on the connection, and in the transaction, that it is given."""

from alembic import context

from services.storage.tables import SCHEMA, VERSION_TABLE, metadata


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "schema" or name == SCHEMA


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    version_table_schema=SCHEMA,
    include_schemas=True,
    include_name=_is_ours,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
