"""A second installation beside the first, with a document type of its own that is a YAML file and nothing else."""

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e.conftest import MakeInstallation
from e2e.installation import Installation, ended, rows, stop
from scripted import letter

PARKING_TICKET = """\
name: parking_ticket
version: 1
view: parking_tickets
title: {de: Strafzettel, en: Parking ticket}
description: {de: Verwarnung wegen falschen Parkens, en: A fine for parking where one must not}
key_fields: [plate]
fields:
  - {name: plate, required: true, label: {de: Kennzeichen, en: Plate}, description: {de: Kennzeichen, en: Plate}}
  - {name: fine, kind: money, label: {de: Verwarnungsgeld, en: Fine}, description: {de: Betrag, en: Amount}}
  - {name: parked_on, kind: date, label: {de: Tattag, en: Day}, description: {de: Tag der Tat, en: Day of it}}
"""


@pytest.fixture(scope="module")
def process(second: Installation) -> Iterator[subprocess.Popen[str]]:
    """Run `postkorb up` on the second one."""
    process = second.start("up")
    try:
        second.wait_until(second.is_ready, process)
        yield process
    finally:
        if process.poll() is None:
            stop(second, process, signal.SIGTERM)


@pytest.fixture(scope="module")
def second(installation: MakeInstallation) -> Installation:
    here = installation(TYPES_DIRS="types")
    (here.data_dir / "types").mkdir()
    (here.data_dir / "types" / "parking_ticket.yaml").write_text(PARKING_TICKET, "utf-8")
    return here


@pytest.mark.usefixtures("process")
async def test_each_sees_its_own_documents_and_the_new_type_has_its_typed_view(
    stack: Installation, second: Installation, tmp_path: Path, prefix: str
):
    texts = {
        stack: letter("invoice", invoice_number=f"{prefix}1"),
        second: letter("parking_ticket", plate="B-XY 123", fine="1.234,50 €", parked_on="05.06.2026"),
    }
    started = {}
    for number, (here, text) in enumerate(texts.items()):
        path = tmp_path / f"{prefix}{number}.txt"
        path.write_text(text, "utf-8")
        started[here] = here.start("submit", str(path), "--wait", "--json")
    ids = {here: json.loads(ended(process).stdout)["results"][0]["document_id"] for here, process in started.items()}
    for here, document_id in ids.items():
        found = await rows(here.database_url, "SELECT document_id FROM postkorb.results")
        assert {row["document_id"] for row in found}.intersection(ids.values()) == {document_id}
    assert stack.stack.kafka_bootstrap_servers != second.stack.kafka_bootstrap_servers
    (ticket,) = await rows(second.database_url, "SELECT * FROM postkorb.parking_tickets")
    assert (ticket["plate"], str(ticket["fine"]), str(ticket["parked_on"])) == ("B-XY 123", "1234.50", "2026-06-05")
    typed = await rows(
        second.database_url,
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'parking_tickets'",
    )
    columns = {row["column_name"]: row["data_type"] for row in typed}
    assert [columns[name] for name in ("plate", "fine", "parked_on")] == ["text", "numeric", "date"]


def test_after_ctrl_c_nothing_is_left_and_doctor_says_what_to_do_and_the_other_one_runs_on(
    stack: Installation, second: Installation, process: subprocess.Popen[str]
):
    said = stop(second, process, signal.SIGINT)
    assert not second.left()
    assert "Traceback" not in said
    done = second.run("doctor", "--json")
    health = json.loads(done.stdout)
    assert done.returncode == 1
    assert health["healthy"] is False
    unwell = {one["what"]: one["detail"] for one in health["findings"] if not one["healthy"]}
    assert unwell.keys() == {"stack", "intake", "inference", "relay"}
    assert all("`postkorb up`" in detail for detail in unwell.values())
    assert stack.is_ready()
