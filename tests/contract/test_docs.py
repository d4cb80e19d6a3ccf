"""What the documentation says exists: links, commands, settings, queries, events, and the tables made from the code."""

import json
import os
import re
import runpy
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import typer
from typer.core import TyperGroup

from schemas.document_types import load_document_types
from schemas.envelope import decode_submitted
from services.cli.main import app
from services.settings import Settings
from services.storage.migration import upgrade

REPOSITORY = Path(__file__).parents[2]
DOCS = REPOSITORY / "docs"
TUTORIAL = DOCS / "tutorial.md"
PAGES = sorted(
    page
    for top in REPOSITORY.iterdir()
    if not top.name.startswith(".")
    for page in ([top] if top.suffix == ".md" else top.rglob("*.md"))
)
OURS = [page for page in PAGES if page.is_relative_to(DOCS) or page.parent == REPOSITORY]
AS_OWNER = "-- as the owner"

FENCED = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
COMMAND = re.compile(r"(?:^|[\s(/`$])postkorb((?: +[^\s|;()<>`\"'#&]+)+)", re.MULTILINE)
SETTING = re.compile(r"\bPOSTKORB_[A-Z][A-Z_]*\b")


def blocks(text: str, language: str) -> list[str]:
    return [textwrap.dedent(body) for name, body in FENCED.findall(text) if name == language]


def code_of(text: str) -> str:
    """Everything that is marked as code."""
    inline = re.findall(r"`([^`\n]+)`", FENCED.sub("", text))
    return "\n".join([*(body for _, body in FENCED.findall(text)), *inline])


def anchors(page: Path) -> set[str]:
    titles = HEADING.findall(FENCED.sub("", page.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken_links(text: str, page: Path) -> Iterator[str]:
    for link in LINK.findall(FENCED.sub("", text)):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = page.parent / file if file else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            yield link


def unknown_commands(text: str) -> Iterator[str]:
    for words in COMMAND.findall(code_of(text)):
        command: Any = typer.main.get_command(app)
        for word in words.split():
            if word.startswith("-"):
                known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
                if word not in known:
                    yield f"postkorb{words}: no option {word}"
            elif isinstance(command, TyperGroup):
                if word not in command.commands:
                    yield f"postkorb{words}: no command {word}"
                    break
                command = command.commands[word]


def unknown_settings(text: str, known: set[str]) -> set[str]:
    return {name for name in SETTING.findall(text) if name not in known}


@pytest.fixture(scope="module")
def known_settings() -> set[str]:
    """Name the settings, and what the deployment files name beside them."""
    deployed = "".join(path.read_text("utf-8") for path in (REPOSITORY / "deploy").glob("compose*.yaml"))
    names = {f"POSTKORB_{name.upper()}" for name in Settings.model_fields}
    return names | set(SETTING.findall(deployed)) | {"POSTKORB_DB_"}


def test_the_generated_tables_are_those_of_the_code() -> None:
    command = [sys.executable, str(DOCS / "generate.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_generated_table_that_was_changed_by_hand_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- generated:begin steps -->\n\n`1-guess`\n\n<!-- generated:end -->\n", "utf-8")
    found = runpy.run_path(str(DOCS / "generate.py"))
    assert found["has_drifted"](page)
    page.write_text(found["generated"](page), "utf-8")
    assert not found["has_drifted"](page)


@pytest.mark.parametrize(
    ("goal", "part", "cells", "said"),
    [
        ({"least": 0.95}, 1, ["160 of 172; 161 of 177", "174 of 184; of 187"], "335 of 364 (92.0 %), **not reached**"),
        ({"least": 0.9}, 0, ["19 of 20; of 20"], "19 of 20 (95.0 %), reached"),
        ({"most": 0}, 0, ["2", "1"], "3, **not reached**"),
        ({"least": 0.86}, 0, ["0.896, 2.9 %", "0.951, 3.5 %"], "0.896 to 0.951, reached"),
        ({}, 0, ["1 of 2"], "1 of 2 (50.0 %)"),
    ],
)
def test_figures_of_several_sets_are_summed_and_held_against_their_goal(
    goal: dict[str, float], part: int, cells: list[str], said: str
) -> None:
    found = runpy.run_path(str(DOCS / "generate.py"))
    counts = [found["count_in"](cell, part) for cell in cells]
    assert found["judged"]({"goal": goal}, counts) == said


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert not list(broken_links(page.read_text("utf-8"), page))


@pytest.mark.parametrize("page", OURS, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_every_command_exists(page: Path) -> None:
    assert not list(unknown_commands(page.read_text("utf-8")))


@pytest.mark.parametrize("page", OURS, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_every_setting_exists(page: Path, known_settings: set[str]) -> None:
    assert not unknown_settings(page.read_text("utf-8"), known_settings)


@pytest.mark.parametrize("link", ["nowhere.md", "tutorial.md#no-such-heading", "#no-such-heading"])
def test_a_link_to_nothing_is_found(link: str) -> None:
    assert list(broken_links(f"see [this]({link})", DOCS / "README.md")) == [link]


@pytest.mark.parametrize(
    "command", ["postkorb fly", ".venv/bin/postkorb models burn", "postkorb results --no-such-option", "`postkorb fly`"]
)
def test_a_command_that_does_not_exist_is_found(command: str) -> None:
    text = command if command.startswith("`") else f"```sh\n{command}\n```\n"
    assert list(unknown_commands(text))


def test_a_setting_that_does_not_exist_is_found(known_settings: set[str]) -> None:
    assert unknown_settings("set `POSTKORB_COLOUR`", known_settings) == {"POSTKORB_COLOUR"}


def queries() -> list[str]:
    return [query for page in OURS for query in blocks(page.read_text("utf-8"), "sql")]


@pytest.fixture
async def documented_database(database_url: str, tmp_path: Path) -> str:
    """Migrate a database with the shipped types and that of the tutorial."""
    [example] = blocks(TUTORIAL.read_text("utf-8"), "yaml")
    (tmp_path / "example.yaml").write_text(example, "utf-8")
    await upgrade(database_url, load_document_types(tmp_path))
    return database_url.replace("+asyncpg", "")


async def test_every_query_can_be_run_by_whom_it_is_meant_for(documented_database: str) -> None:
    connection = await asyncpg.connect(documented_database)
    try:
        for query in queries():
            await connection.execute("RESET ROLE" if AS_OWNER in query else "SET ROLE postkorb_analyst")
            await connection.execute(f"EXPLAIN {query}")
    finally:
        await connection.close()


async def test_a_query_of_a_column_that_does_not_exist_is_found(documented_database: str) -> None:
    connection = await asyncpg.connect(documented_database)
    try:
        with pytest.raises(asyncpg.UndefinedColumnError):
            await connection.execute("EXPLAIN SELECT colour FROM postkorb.results")
    finally:
        await connection.close()


@pytest.mark.parametrize("example", blocks((DOCS / "reference/events.md").read_text("utf-8"), "json"))
def test_every_event_of_the_reference_is_read(example: str) -> None:
    document, _ = decode_submitted(example.encode(), ())
    assert document.document_id == json.loads(example).get("data", json.loads(example))["document_id"]


def test_the_tutorial_publishes_in_three_forms_that_are_read(tmp_path: Path) -> None:
    [program] = blocks(TUTORIAL.read_text("utf-8"), "python")
    sent = published(program, tmp_path)
    assert [decode_submitted(value, headers)[0].document_id for value, headers in sent] == ["my-program-a.txt"] * 3


def published(program: str, folder: Path) -> list[tuple[bytes, list[tuple[str, bytes]]]]:
    """Run a publisher against a producer and a `postkorb` that only note what they are asked."""
    (folder / "kafka.py").write_text(NOTING_PRODUCER, "utf-8")
    (folder / "postkorb").write_text('#!/bin/sh\necho \'{"kafka_bootstrap_servers": "h:1"}\'\n', "utf-8")
    (folder / "postkorb").chmod(0o755)
    (folder / "publish.py").write_text(program, "utf-8")
    (folder / "a.txt").write_text("Rechnung", "utf-8")
    environment = os.environ | {"PATH": f"{folder}:{os.environ['PATH']}"}
    command = [sys.executable, "publish.py", "a.txt"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    return [(item["value"].encode(), [(name, raw.encode()) for name, raw in item["headers"]]) for item in records]


NOTING_PRODUCER = """
import json

class KafkaProducer:
    def __init__(self, bootstrap_servers, acks):
        assert bootstrap_servers == "h:1" and acks == "all"

    def send(self, topic, key, value, headers=()):
        assert topic == "documents.submitted"
        print(json.dumps({"value": value.decode(), "headers": [(name, raw.decode()) for name, raw in headers]}))

    def flush(self):
        pass
"""
