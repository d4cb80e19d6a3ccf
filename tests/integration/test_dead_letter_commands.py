"""`postkorb dead-letters`, as people and programs run it, on a database of the test's own."""

import asyncio
import json
import os
import pty
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from integration.storage import stored as given
from sqlalchemy import text
from typer.testing import CliRunner

from schemas.events import ErrorCode
from services.cli.main import app
from services.storage.answers import record_dead_letters
from services.storage.database import Database
from services.storage.queries import dead_letter_rows
from services.storage.records import NewDeadLetter

SECONDS = 120
Run = Callable[..., Awaitable[tuple[int, str, str]]]
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def environment(migrated_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """Make an environment with this database; nothing here needs a broker."""
    monkeypatch.chdir(tmp_path)
    foreign = {name: value for name, value in os.environ.items() if not name.startswith("POSTKORB_")}
    settings = {"DATABASE_URL": migrated_url, "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "DATA_DIR": str(tmp_path)}
    return foreign | {f"POSTKORB_{name}": value for name, value in settings.items()}


@pytest.fixture
def run(environment: Mapping[str, str]) -> Run:
    """Run a command; give its exit code, and what it said on both ways."""

    async def run(*command: str) -> tuple[int, str, str]:
        done = await asyncio.to_thread(CliRunner().invoke, app, ["dead-letters", *command], env=environment)
        return done.exit_code, done.stdout, done.stderr

    return run


@pytest.fixture
def start(environment: Mapping[str, str]) -> Start:
    """Start a command in a process of its own; settings may be changed."""

    def start(*command: str, stdin: int = subprocess.DEVNULL, **changes: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "services.cli", "dead-letters", *command],
            env={**environment, **{f"POSTKORB_{name}": value for name, value in changes.items()}},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


async def keep(database: Database, *letters: NewDeadLetter) -> list[int]:
    async with database.transaction() as connection:
        await record_dead_letters(connection, letters)
        return sorted(row.dead_letter_key for row in await dead_letter_rows(connection, limit=10_000))


async def enqueued(database: Database) -> int:
    async with database.transaction() as connection:
        return int(await connection.scalar(text("SELECT count(*) FROM postkorb.outbox")) or 0)


async def test_list_show_and_retry_tell_the_same_story(database: Database, run: Run):
    old, new = await keep(
        database,
        given.letter(1, failed_at=datetime.now(UTC) - timedelta(days=3)),
        given.letter(2, failed_at=datetime.now(UTC)),
    )
    _, said, _ = await run("list", "--since", "2d", "--json")
    (listed,) = json.loads(said)
    assert (listed["key"], listed["record"], listed["retries"]) == (new, "documents.submitted[0]@2", 0)
    code, said, _ = await run("retry", str(old), "--json")
    done = json.loads(said)
    assert (code, done["handed_in"], done["refused"]) == (0, [old], [])
    assert {item["dead_letter_key"] for item in done["changed"]} == {old}
    _, said, _ = await run("show", str(old), "--json")
    shown = json.loads(said)
    assert shown["history"][0]["fate"] == "waiting"
    assert [item["name"] for item in shown["headers"]] == ["plain", "raw", "nul", "none", "empty"]
    _, said, _ = await run("list", "--json")
    assert [item["key"] for item in json.loads(said)] == [new]
    _, said, _ = await run("list", "--all")
    assert "documents.submitted[0]@1" in said
    assert "1 x" in said
    _, said, _ = await run("list", "--all", "--limit", "1")
    assert "documents.submitted[0]@1" not in said
    assert "--limit shows more" in said


async def test_more_than_one_are_handed_in_only_by_people_who_are_sure(database: Database, run: Run):
    await keep(database, given.letter(1), given.letter(2))
    code, _, wrong = await run("retry", "--all")
    assert (code, await enqueued(database)) == (2, 0)
    assert "--yes" in wrong
    code, said, _ = await run("retry", "--all", "--dry-run")
    assert (code, await enqueued(database)) == (0, 0)
    assert "would be handed in again" in said


@pytest.mark.parametrize(("answer", "code", "rows"), [(b"n\n", 1, 0), (b"y\n", 0, 2)])
async def test_a_person_at_a_terminal_is_asked(database: Database, start: Start, answer: bytes, code: int, rows: int):
    await keep(database, given.letter(1), given.letter(2))
    ours, theirs = pty.openpty()
    os.write(ours, answer)
    process = start("retry", "--all", stdin=theirs)
    _, asked = await asyncio.to_thread(process.communicate, timeout=SECONDS)
    os.close(ours)
    os.close(theirs)
    assert "hand in 2 dead letters again?" in asked
    assert (process.returncode, await enqueued(database)) == (code, rows)


async def test_two_commands_at_once_hand_in_nothing_twice(database: Database, start: Start):
    keys = await keep(database, *(given.letter(number, value=b"v" * 1000) for number in range(1200)))
    processes = [start("retry", "--all", "--yes", "--json") for _ in range(2)]
    said = [(await asyncio.to_thread(process.communicate, timeout=SECONDS))[0] for process in processes]
    handed_in = [key for answer in said for key in json.loads(answer)["handed_in"]]
    assert sorted(handed_in) == keys
    assert await enqueued(database) == len(keys)


async def test_what_cannot_be_handed_in_is_named_and_the_others_go(database: Database, run: Run):
    (key,) = await keep(database, given.letter(headers=[]))
    code, said, _ = await run("retry", str(key), "999999", "--yes")
    assert code == 1
    assert f"1 dead letter handed in again: {key}" in said
    assert "there is no such dead letter" in said
    code, said, _ = await run("retry", str(key))
    assert code == 1
    assert "--again" in said
    code, said, _ = await run("retry", str(key), "--again", "--json")
    assert (code, json.loads(said)["handed_in"]) == (0, [key])


async def test_a_letter_is_shown_to_people_with_what_became_of_its_retry(database: Database, run: Run):
    value = "Grüße aus Köln, es kostet 17 €".encode()
    (key,) = await keep(database, given.letter(key="Brief-ß".encode(), value=value, headers=[("ort", "Köln".encode())]))
    await run("retry", str(key))
    code, said, _ = await run("show", str(key))
    assert code == 0
    for part in ("Brief-ß", "header ort", "Grüße aus Köln, es kostet 17 €", "not_an_event", "it waits for the relay"):
        assert part in said


async def test_a_letter_that_is_not_there_cannot_be_shown(run: Run):
    code, said, wrong = await run("show", "999999", "--json")
    assert (code, said) == (1, "")
    assert "there is no dead letter 999999" in wrong


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        (("list",), "no dead letters"),
        (("list", "--reason", "invalid_event"), "no such dead letters"),
        (("retry", "--all"), "no dead letters handed in again"),
        (("retry", "--since", "1d", "--dry-run"), "no dead letters would be handed in again"),
    ],
)
async def test_nothing_there_is_said_in_words(run: Run, command: tuple[str, ...], answer: str):
    code, said, _ = await run(*command)
    assert code == 0
    assert said.startswith(answer)


async def test_a_database_that_cannot_be_reached_is_said_in_one_line(start: Start):
    process = start("retry", "1", DATABASE_URL="postgresql://postkorb@127.0.0.1:1/postkorb")
    await assert_one_line(process, os.EX_UNAVAILABLE, "is the server up")


async def test_a_database_without_our_schema_is_said_in_one_line(start: Start, database_url: str):
    await assert_one_line(start("list", DATABASE_URL=database_url), os.EX_CONFIG, "postkorb db upgrade")


async def assert_one_line(process: subprocess.Popen[str], code: int, hint: str) -> None:
    said, wrong = await asyncio.to_thread(process.communicate, timeout=SECONDS)
    assert (process.returncode, said) == (code, "")
    assert hint in wrong
    assert wrong.count("\n") == 1


async def test_only_the_reason_that_is_named_is_handed_in(database: Database, run: Run):
    await keep(database, given.letter(1), given.letter(2, code=ErrorCode.INVALID_EVENT))
    _, said, _ = await run("retry", "--reason", "invalid_event", "--json")
    assert len(json.loads(said)["handed_in"]) == await enqueued(database) == 1


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        (("retry",), "say which"),
        (("retry", "1", "--all"), "say which"),
        (("retry", "--all", "--reason", "invalid_event"), "say which"),
        (("list", "--reason", "not_a_event"), "not_an_event"),
        (("list", "--since", "yesterday"), "ISO date"),
    ],
)
async def test_a_wrong_command_says_what_would_be_right(run: Run, command: tuple[str, ...], hint: str):
    code, _, wrong = await run(*command)
    assert code == 2
    assert hint in " ".join(wrong.replace("│", " ").split())
