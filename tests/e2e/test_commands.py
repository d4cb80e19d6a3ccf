"""What a newcomer types, against one running installation."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from e2e.installation import Installation, rows, until
from scripted import letter
from scripted_server import ScriptedServer

from services.wiring import ServiceName

STEPS = ["2 accept", "3 parse", "4 store", "5 admit", "6 ask", "7 check", "8 record", "9 relay"]


@pytest.fixture
def letters(tmp_path: Path, prefix: str) -> list[Path]:
    paths = [tmp_path / f"{prefix}{name}.txt" for name in ("a", "b")]
    for path in paths:
        path.write_text(letter("invoice", invoice_number=path.stem, gross_total="1.190,00 €"), "utf-8")
    return paths


def names_of(nodes: list[dict[str, Any]]) -> set[str]:
    return {name for node in nodes for name in [node["name"], *names_of(node["children"])]}


def test_doctor_says_where_everything_is_and_that_it_is_well(stack: Installation):
    said = stack.json("doctor")
    assert said["healthy"] is True
    assert said["kafka_bootstrap_servers"] == stack.stack.kafka_bootstrap_servers
    assert said["database_url"] == stack.database_url
    assert (said["model"], said["engine"]) == ("scripted", "remote")
    assert {"broker", "database", "document types", "model", *ServiceName} == {one["what"] for one in said["findings"]}


def test_submit_gives_answers_and_the_same_files_again_cost_no_prompt(
    stack: Installation, engine: ScriptedServer, letters: list[Path]
):
    command = ("submit", *map(str, letters), "--wait")
    first = stack.json(*command)
    asked = len(engine.prompts)
    second = stack.json(*command)
    assert len(engine.prompts) == asked
    assert first == second
    assert {result["file_name"] for result in first["results"]} == {path.name for path in letters}
    values = {field["value"] for result in first["results"] for field in result["fields"]}
    assert {"1190.00", *(path.stem for path in letters)} <= values
    assert first["failures"] == []


def test_a_broken_file_gives_exit_code_1_with_its_code_and_a_sentence(
    stack: Installation, letters: list[Path], tmp_path: Path
):
    broken = tmp_path / "truncated.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing")
    done = stack.run("submit", str(broken), str(letters[0]), "--wait", "--json")
    said = json.loads(done.stdout)
    (failed,) = said["failures"]
    assert done.returncode == 1
    assert failed["failure"]["code"] == "document_broken"
    assert re.fullmatch(r"\S.+ .+", failed["failure"]["message"])
    assert [result["file_name"] for result in said["results"]] == [letters[0].name]


async def test_trace_shows_all_steps_and_leads_to_the_batch_and_back(stack: Installation, letters: list[Path]):
    stack.json("submit", *map(str, letters), "--wait")
    found = await rows(
        stack.database_url,
        "SELECT document_id, batch_id::text, trace_id FROM postkorb.results WHERE file_name = ANY($1)",
        [path.name for path in letters],
    )
    document = found[0]
    together = {row["document_id"] for row in found if row["batch_id"] == document["batch_id"]}
    nodes: list[dict[str, Any]] = []

    async def is_written() -> bool:  # spans are written within a second of their end
        nodes[:] = stack.json("trace", document["document_id"])
        return {*STEPS, "batch"} <= names_of(nodes)

    await until(is_written, 30)
    (batch,) = [node for node in nodes if node["name"] == "batch"]
    assert batch["attributes"]["batch_id"] == document["batch_id"]
    assert document["trace_id"] in {link["trace_id"] for link in batch["links"]}
    of_batch = stack.json("trace", document["batch_id"])
    assert of_batch[0]["span_id"] == batch["span_id"]
    assert {node["attributes"].get("document_id") for node in of_batch[1:]} == together
    shown = stack.run("trace", document["document_id"]).stdout
    assert [step for step in [*STEPS, "batch"] if step not in shown] == []
    assert stack.run("trace", "no-such-document").returncode == 1
