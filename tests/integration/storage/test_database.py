"""Transactions of a database that conflicts, refuses, is killed, stops, fills up or only reads."""

import asyncio
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from integration.storage.servers import StoppableServer, Wire, until
from sqlalchemy import make_url, text
from structlog.testing import capture_logs

from services.storage import database as database_module
from services.storage.database import Connection, Database
from services.storage.errors import DatabaseUnreachableError, DataRefusedError

DEADLINE_SECONDS = 20.0
PASSING = ["08006", "25006", "53100", "53200", "53300", "57P01", "57P03", "58030"]


@pytest.fixture
async def notes_url(database_url: str) -> str:
    """URL of a database with a table of two rows."""
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    await connection.execute("CREATE TABLE notes (id int PRIMARY KEY, words text)")
    await connection.execute("INSERT INTO notes VALUES (1, ''), (2, '')")
    await connection.close()
    return database_url


@pytest.fixture
async def server(notes_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Someone else's connection to that database."""
    connection = await asyncpg.connect(notes_url.replace("+asyncpg", ""))
    yield connection
    await connection.close()


@pytest.fixture
async def patient(notes_url: str) -> AsyncIterator[Database]:
    async with Database.open(notes_url, "patient", patient=True) as database:
        yield database


@pytest.fixture
async def command(notes_url: str) -> AsyncIterator[Database]:
    async with Database.open(notes_url, "command") as database:
        yield database


@pytest.fixture(scope="module")
def own_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="postkorb-tests-") as folder:
        yield Path(folder)


@pytest.fixture
async def own_server(own_folder: Path) -> AsyncIterator[StoppableServer]:
    """Start a server that the test may stop and start again."""
    server = StoppableServer(own_folder)
    await server.start()
    yield server
    await server.stop()


async def one(connection: Connection) -> int:
    return (await connection.execute(text("SELECT 1"))).scalar_one()


async def write(connection: Connection) -> None:
    await connection.execute(text("INSERT INTO notes VALUES (3, 'written')"))


class Failing:
    """Work that fails with an SQLSTATE of the server's the first times, then writes."""

    def __init__(self, code: str, times: int) -> None:
        self._raise = f"DO $$ BEGIN RAISE EXCEPTION 'as asked' USING ERRCODE = '{code}'; END $$"
        self._times = times
        self.tries = 0

    async def __call__(self, connection: Connection) -> None:
        self.tries += 1
        if self.tries <= self._times:
            await connection.execute(text(self._raise))
        await write(connection)


async def notes(server: asyncpg.Connection) -> int:
    return await server.fetchval("SELECT count(*) FROM notes")


class Killed:
    """Work whose session is ended by an administrator after it wrote, the first time."""

    def __init__(self, server: asyncpg.Connection) -> None:
        self._server = server
        self.tries = 0

    async def __call__(self, connection: Connection) -> None:
        self.tries += 1
        await write(connection)
        if self.tries == 1:
            pid = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            await self._server.execute("SELECT pg_terminate_backend($1, 5000)", pid)
            await one(connection)


async def test_a_transaction_whose_session_is_killed_is_done_again_by_the_patient(patient, server):
    work = Killed(server)
    await asyncio.wait_for(patient.in_transaction(work), DEADLINE_SECONDS)
    assert (work.tries, await notes(server), patient.away) == (2, 3, None)


async def test_a_transaction_whose_session_is_killed_fails_a_command(command, server):
    with pytest.raises(DatabaseUnreachableError, match="PostgreSQL cannot work: "):
        await command.in_transaction(Killed(server))
    assert command.away is not None
    assert (await command.in_transaction(one), command.away) == (1, None)
    assert await notes(server) == 2


@pytest.mark.parametrize("code", PASSING)
async def test_the_patient_waits_out_what_passes(patient, server, code):
    work = Failing(code, 3)
    await asyncio.wait_for(patient.in_transaction(work), DEADLINE_SECONDS)
    assert (work.tries, await notes(server), patient.away) == (4, 3, None)


@pytest.mark.parametrize("code", PASSING)
async def test_a_command_says_at_once_what_passes(command, code):
    work = Failing(code, 1)
    with pytest.raises(DatabaseUnreachableError, match=code):
        await command.in_transaction(work)
    assert work.tries == 1
    assert command.away.reason == f"as asked (SQLSTATE {code})"


async def test_while_a_transaction_waits_a_probe_does_not_say_that_the_database_is_back(patient):
    waiting = asyncio.create_task(patient.in_transaction(Failing("53100", 1_000_000)))
    await until(lambda: patient.away is not None)
    await patient.probe()
    assert patient.away.reason == "as asked (SQLSTATE 53100)"
    waiting.cancel()
    await asyncio.wait([waiting], timeout=DEADLINE_SECONDS)
    await patient.probe()
    assert patient.away is None


async def test_cancelling_ends_the_waiting(patient):
    waiting = asyncio.create_task(patient.in_transaction(Failing("53300", 1_000_000)))
    await until(lambda: patient.away is not None)
    waiting.cancel()
    await asyncio.wait([waiting], timeout=DEADLINE_SECONDS)
    assert waiting.cancelled()


@pytest.mark.parametrize("error", [TimeoutError("of the work"), ConnectionError("of the work")])
async def test_an_error_of_the_work_itself_is_none_of_the_database(patient, error):
    async def work(_: Connection) -> None:
        raise error

    with pytest.raises(type(error), match="of the work"):
        await asyncio.wait_for(patient.in_transaction(work), DEADLINE_SECONDS)
    assert patient.away is None


@pytest.mark.parametrize("words", ["U+0000: \0", "surrogate: \ud800"])
async def test_a_refused_value_is_not_tried_again_and_not_repeated(patient, words):
    async def work(connection: Connection) -> None:
        await connection.execute(text("UPDATE notes SET words = :words"), {"words": words})

    with pytest.raises(DataRefusedError) as raised:
        await asyncio.wait_for(patient.in_transaction(work), DEADLINE_SECONDS)
    assert words not in str(raised.value)


async def test_both_transactions_of_a_deadlock_are_done_in_the_end(patient, server):
    both_hold_one = asyncio.Barrier(2)
    tries = []

    async def work(first: int, second: int, connection: Connection) -> None:
        tries.append(first)
        append = text("UPDATE notes SET words = words || 'x' WHERE id = :id")
        await connection.execute(append, {"id": first})
        if tries.count(first) == 1:
            await both_hold_one.wait()
        await connection.execute(append, {"id": second})

    async with asyncio.timeout(DEADLINE_SECONDS), asyncio.TaskGroup() as group:
        group.create_task(patient.in_transaction(lambda connection: work(1, 2, connection)))
        group.create_task(patient.in_transaction(lambda connection: work(2, 1, connection)))
    assert len(tries) == 3
    assert [row["words"] for row in await server.fetch("SELECT words FROM notes")] == ["xx", "xx"]


async def test_both_transactions_that_cannot_be_serialised_are_done_in_the_end(patient, server):
    both_have_read = asyncio.Barrier(2)
    tries = []

    async def work(name: str, connection: Connection) -> None:
        tries.append(name)
        await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        words = (await connection.execute(text("SELECT words FROM notes WHERE id = 1"))).scalar_one()
        if tries.count(name) == 1:
            await both_have_read.wait()
        await connection.execute(text("UPDATE notes SET words = :words WHERE id = 1"), {"words": words + name})

    async with asyncio.timeout(DEADLINE_SECONDS), asyncio.TaskGroup() as group:
        for name in "ab":
            group.create_task(patient.in_transaction(lambda connection, name=name: work(name, connection)))
    assert len(tries) == 3
    assert sorted(await server.fetchval("SELECT words FROM notes WHERE id = 1")) == ["a", "b"]


async def test_the_patient_waits_while_the_database_only_reads(patient, server, notes_url):
    name = make_url(notes_url).database
    await server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'patient'")
    waiting = asyncio.create_task(patient.in_transaction(write))
    await until(lambda: patient.away is not None and "25006" in patient.away.reason)
    await server.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    await asyncio.wait_for(waiting, DEADLINE_SECONDS)
    assert (await notes(server), patient.away) == (3, None)


async def test_a_probe_sees_that_the_database_only_reads(patient, server, notes_url):
    name = make_url(notes_url).database
    await server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'patient'")
    await patient.probe()
    assert "only reads" in patient.away.reason


async def test_a_connection_to_a_server_that_became_a_standby_is_not_used_again(patient, server):
    async def demote(connection: Connection) -> None:
        await connection.execute(text("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"))

    await patient.in_transaction(demote)
    await asyncio.wait_for(patient.in_transaction(write), DEADLINE_SECONDS)
    assert await notes(server) == 3


@pytest.fixture
async def tiny_disk(server: asyncpg.Connection, server_data_dir: Path) -> AsyncIterator[Path]:
    """Make a disk of 16 MiB with 4 MiB free; the table `heap` lies on it."""
    owner = (server_data_dir / "postgres").stat()
    with tempfile.TemporaryDirectory(prefix="postkorb-disk-") as folder:
        options = f"size=16m,mode=0700,uid={owner.st_uid},gid={owner.st_gid}"
        Path(folder).chmod(0o755)  # noqa: ASYNC240  (microseconds)
        mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder]
        if subprocess.run(mount, check=False, capture_output=True).returncode:  # noqa: ASYNC221  (milliseconds)
            pytest.skip("mounting is not permitted here")
        try:
            await server.execute(f"CREATE TABLESPACE tiny LOCATION '{folder}'")
            await server.execute("CREATE TABLE heap (words text) TABLESPACE tiny")
            (Path(folder) / "ballast").write_bytes(b"\0" * (12 << 20))
            yield Path(folder)
            await server.execute("DROP TABLE heap")
            await server.execute("DROP TABLESPACE tiny")
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)  # noqa: ASYNC221, S607  (milliseconds)


async def test_the_patient_waits_while_the_disk_is_full(patient, server, tiny_disk):
    async def fill(connection: Connection) -> None:
        await connection.execute(text("INSERT INTO heap SELECT repeat('x', 1000) FROM generate_series(1, 7000)"))

    waiting = asyncio.create_task(patient.in_transaction(fill))
    await until(lambda: patient.away is not None)
    assert "No space left on device (SQLSTATE 53100)" in patient.away.reason
    assert not waiting.done()
    (tiny_disk / "ballast").unlink()
    await asyncio.wait_for(waiting, DEADLINE_SECONDS)
    assert patient.away is None
    assert await server.fetchval("SELECT count(*) FROM heap") == 7000


async def test_the_patient_waits_while_the_server_is_stopped_and_says_so_once(own_server):
    async with Database.open(own_server.url, "patient", patient=True) as database:
        await own_server.stop()
        with capture_logs() as lines:
            waiting = [asyncio.create_task(database.in_transaction(one)) for _ in range(20)]
            await until(lambda: database.away is not None)
            since = database.away.since
            await own_server.start()
            assert await asyncio.wait_for(asyncio.gather(*waiting), DEADLINE_SECONDS) == [1] * 20
    assert since > 0
    assert database.away is None
    assert [line["event"] for line in lines] == ["the database is away", "the database is back"]
    assert lines[1]["seconds"] > 0


async def test_a_probe_sees_a_server_stop_and_come_back_and_never_raises(own_server):
    async with Database.open(own_server.url, "patient", patient=True) as database:
        await database.probe()
        assert database.away is None
        await own_server.stop()
        await database.probe()
        assert database.away is not None
        await own_server.start()
        await database.probe()
        assert database.away is None


async def test_a_server_that_is_away_when_the_database_is_opened_is_an_error_even_for_the_patient():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(DatabaseUnreachableError, match="is the server up"):
        async with (
            asyncio.timeout(DEADLINE_SECONDS),
            Database.open(f"postgres://u@127.0.0.1:{port}/d", "t", patient=True),
        ):
            pass


async def test_wakeups_survive_a_restart_of_the_server(own_server):
    async with Database.open(own_server.url, "patient", patient=True) as database, database.listen("bell") as bell:
        assert await bell.wait(5), "the beginning counts as one notification"
        await own_server.stop()
        assert await bell.wait(5), "so does the end of the connection"
        started = asyncio.get_running_loop().time()
        assert not await bell.wait(0.5)
        assert not await bell.wait(0.5)
        assert asyncio.get_running_loop().time() - started > 0.9
        await own_server.start()
        assert await bell.wait(5), "what was missed counts as one notification"
        assert not await bell.wait(0.1)
        await database.in_transaction(lambda connection: connection.execute(text("NOTIFY bell")))
        assert await bell.wait(5)


@pytest.fixture
async def wire(notes_url: str) -> AsyncIterator[Wire]:
    address = make_url(notes_url)
    async with Wire(address.host or "", address.port or 0).laid() as wire:
        yield wire


def through(wire: Wire, url: str) -> str:
    return make_url(url).set(port=wire.port).render_as_string(hide_password=False)


async def test_a_statement_that_gets_no_answer_is_given_up_and_done_again(wire, notes_url, monkeypatch):
    monkeypatch.setattr(database_module, "STATEMENT_SECONDS", 0.5)
    async with Database.open(through(wire, notes_url), "patient", patient=True) as database:
        blocked = asyncio.Event()

        async def work(connection: Connection) -> int:
            if not blocked.is_set():
                await one(connection)
                wire.block()
                blocked.set()
            return await one(connection)

        waiting = asyncio.create_task(database.in_transaction(work))
        await until(lambda: database.away is not None)
        assert blocked.is_set()
        wire.unblock()
        assert await asyncio.wait_for(waiting, DEADLINE_SECONDS) == 1
        assert database.away is None


async def test_a_probe_of_a_server_that_hangs_ends(wire, notes_url):
    async with Database.open(through(wire, notes_url), "patient", patient=True) as database:
        wire.block()
        async with asyncio.timeout(database_module.PROBE_SECONDS + 4):
            await database.probe()
        assert database.away is not None


async def test_a_probe_leaves_it_to_those_who_use_all_connections(notes_url):
    async with Database.open(notes_url, "patient", pool_size=1, patient=True) as database:
        async with database.transaction(), database.transaction(), asyncio.timeout(1):
            await database.probe()
        assert database.away is None


async def test_who_waits_for_a_place_in_the_pool_has_patience_too(patient):
    assert patient._engine.pool._timeout is None


async def test_both_ends_give_up_a_silent_connection_after_thirty_seconds(patient):
    async def work(connection: Connection) -> tuple[socket.socket, dict[str, str]]:
        raw = (await connection.get_raw_connection()).driver_connection
        names = "name LIKE 'tcp%' OR name = 'idle_in_transaction_session_timeout'"
        rows = await connection.execute(text(f"SELECT name, setting FROM pg_settings WHERE {names}"))  # noqa: S608
        return raw._transport.get_extra_info("socket"), dict(rows.all())

    ours, theirs = await patient.in_transaction(work)
    assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
    options = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT)
    assert [ours.getsockopt(socket.IPPROTO_TCP, option) for option in options] == [10, 5, 4, 30_000]
    assert theirs == {
        "tcp_keepalives_idle": "10",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "4",
        "tcp_user_timeout": "30000",
        "idle_in_transaction_session_timeout": "300000",
    }
