import asyncio
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import asyncpg
import psutil
import pytest

from services.local.database import ACCOUNT, LocalDatabase
from services.local.passage import GROUP_OBJ, MASK, NO_ID, OTHER, USER, USER_OBJ, passable

HOLDER = """
import signal, sys
from pathlib import Path
from services.local.database import LocalDatabase
LocalDatabase(Path(sys.argv[1])).start()
print("started", flush=True)
signal.pause()
"""


async def ask(url: str, question: str) -> object:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def postmaster(data_dir: Path) -> psutil.Process:
    return psutil.Process(int((data_dir / "postgres" / "postmaster.pid").read_text("utf-8").split()[0]))


def kill(process: psutil.Process) -> None:
    family = [process, *process.children(recursive=True)]
    process.send_signal(signal.SIGKILL)
    psutil.wait_procs(family, timeout=10)


async def test_it_serves_a_database_named_postkorb_in_utf8(used_data_dir: Path) -> None:
    with LocalDatabase(used_data_dir) as database:
        assert database.url.startswith("postgresql+asyncpg://postkorb:")
        assert await ask(database.url, "SELECT current_database()") == "postkorb"
        assert await ask(database.url, "SHOW server_encoding") == "UTF8"
        assert await ask(database.url, "SELECT upper('straße ü')") == "STRAßE Ü"
        assert await ask(database.url, "SHOW max_connections") == "100"


async def test_it_listens_on_the_loopback_interface_alone(used_data_dir: Path) -> None:
    with LocalDatabase(used_data_dir):
        addresses = {connection.laddr.ip for connection in postmaster(used_data_dir).net_connections(kind="inet")}
    assert addresses == {"127.0.0.1"}


async def test_nobody_gets_in_without_the_password(used_data_dir: Path) -> None:
    with LocalDatabase(used_data_dir) as database:
        password = (used_data_dir / "postgres.password").read_text("utf-8")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await ask(database.url.replace(password, "postkorb"), "SELECT 1")
    assert stat.S_IMODE((used_data_dir / "postgres.password").stat().st_mode) == 0o600
    assert password not in (used_data_dir / "logs" / "postgres.log").read_text("utf-8")


async def test_committed_rows_survive_a_kill_of_the_server(used_data_dir: Path) -> None:
    database = LocalDatabase(used_data_dir)
    database.start()
    await ask(database.url, "CREATE TABLE letters AS SELECT 42 AS number")
    kill(postmaster(used_data_dir))
    with LocalDatabase(used_data_dir) as again:
        assert await ask(again.url, "SELECT number FROM letters") == 42


async def test_it_starts_again_right_after_its_supervisor_was_killed(used_data_dir: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(used_data_dir)], stdout=subprocess.PIPE) as holder:  # noqa: ASYNC220  (takes no time; arguments of our own)
        assert holder.stdout
        assert await asyncio.to_thread(holder.stdout.readline) == b"started\n"
        former = postmaster(used_data_dir)
        holder.kill()
    with LocalDatabase(used_data_dir) as database:
        assert await ask(database.url, "SELECT 1") == 1
        assert not former.is_running()


async def test_a_pid_file_that_names_another_process_does_not_stop_the_start(used_data_dir: Path) -> None:
    with LocalDatabase(used_data_dir):
        pid_file = (used_data_dir / "postgres" / "postmaster.pid").read_text("utf-8")
    # Of the server's own account: only such a process counts for PostgreSQL.
    account = ACCOUNT if os.geteuid() == 0 else None
    with subprocess.Popen(["/bin/sleep", "300"], user=account, cwd="/") as other:  # noqa: ASYNC220  (takes no time)
        others = pid_file.replace(pid_file.split()[0], str(other.pid), 1)
        (used_data_dir / "postgres" / "postmaster.pid").write_text(others, "utf-8")
        try:
            with LocalDatabase(used_data_dir) as database:
                assert await ask(database.url, "SELECT 1") == 1
        finally:
            other.kill()


async def test_two_run_side_by_side(used_data_dir: Path, data_dir: Path) -> None:
    with LocalDatabase(used_data_dir) as first, LocalDatabase(data_dir) as second:
        await ask(first.url, "CREATE TABLE only_in_the_first ()")
        assert await ask(second.url, "SELECT to_regclass('only_in_the_first')") is None


async def test_a_stop_does_not_wait_for_clients(used_data_dir: Path) -> None:
    database = LocalDatabase(used_data_dir)
    database.start()
    connection = await asyncpg.connect(database.url.replace("+asyncpg", ""))
    async with asyncio.timeout(10):
        await asyncio.to_thread(database.stop)
    connection.terminate()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to an account of its own")
async def test_below_a_closed_home_the_servers_account_alone_may_pass(data_dir: Path) -> None:
    home = data_dir / "root"
    home.mkdir(mode=0o700, parents=True)
    with LocalDatabase(home / "checkout" / "data") as database:
        assert await ask(database.url, "SELECT 1") == 1
        assert postmaster(home / "checkout" / "data").username() == ACCOUNT
    assert stat.S_IMODE(home.stat().st_mode) & stat.S_IRWXO == 0


def test_letting_one_account_pass_keeps_what_all_others_may_do() -> None:
    closed = [(USER_OBJ, 7, NO_ID), (GROUP_OBJ, 4, NO_ID), (OTHER, 0, NO_ID)]
    opened = [(USER_OBJ, 7, NO_ID), (USER, 1, 1001), (GROUP_OBJ, 4, NO_ID), (MASK, 5, NO_ID), (OTHER, 0, NO_ID)]
    assert passable(closed, 1001) == opened
    assert passable(opened, 1001) == opened
