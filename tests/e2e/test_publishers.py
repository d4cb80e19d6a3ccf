"""A back office with clients of its own: it publishes, reads its event, and its analysts ask SQL, within a minute."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from e2e.installation import Installation, records, rows, until
from kafka import KafkaProducer
from scripted import letter

from services.local.jars import find_java

PUBLISHER = Path(__file__).with_name("Publisher.java")
SECONDS = 60


def submission(document_id: str) -> dict[str, Any]:
    text = letter("invoice", invoice_number="RE-2026-17", gross_total="15.387,08 €", issue_date="05.06.2018")
    return {"document_id": document_id, "content": {"text": text}, "tenant": "acme", "metadata": {"folder": "7"}}


async def assert_answered(stack: Installation, document_id: str) -> None:
    """Look where publishers and analysts look."""

    async def is_on_the_topic() -> bool:
        return any(record.key == document_id.encode() for record in records(servers, "documents.processed"))

    servers = stack.stack.kafka_bootstrap_servers
    await until(is_on_the_topic, SECONDS)
    (event,) = [record for record in records(servers, "documents.processed") if record.key == document_id.encode()]
    headers = dict(event.headers)
    said = json.loads(event.value)
    assert headers["ce_type"] == b"postkorb.document.processed"
    assert (headers["ce_specversion"], headers["ce_subject"]) == (b"1.0", document_id.encode())
    assert (said["document_id"], said["tenant"], said["metadata"]) == (document_id, "acme", {"folder": "7"})
    (result,) = await rows(stack.database_url, "SELECT * FROM postkorb.results WHERE document_id = $1", document_id)
    assert (result["tenant"], result["document_type"], result["model"]) == ("acme", "invoice", "scripted")
    assert str(result["batch_id"]) == said["batch_id"]
    fields = await rows(stack.database_url, "SELECT * FROM postkorb.fields WHERE document_id = $1", document_id)
    values = {row["path"]: row for row in fields}
    assert str(values["gross_total"]["value_numeric"]) == "15387.08"
    assert values["issue_date"]["value_date"].isoformat() == "2018-06-05"
    assert values["gross_total"]["verbatim"] == "15.387,08 €"
    assert {row["path"]: row["value"] for row in fields} == {one["path"]: one["value"] for one in said["fields"]}


async def test_kafka_python_in_structured_mode(stack: Installation, prefix: str):
    document_id = f"{prefix}structured"
    event = {
        "specversion": "1.0",
        "id": "1",
        "source": "erp",
        "type": "postkorb.document.submitted",
        "data": submission(document_id),
    }
    producer = KafkaProducer(bootstrap_servers=stack.stack.kafka_bootstrap_servers)
    headers = [("content-type", b"application/cloudevents+json; charset=UTF-8")]
    sent = producer.send("documents.submitted", json.dumps(event).encode(), document_id.encode(), headers=headers)
    sent.get(30)
    producer.close()
    await assert_answered(stack, document_id)


async def test_apache_kafkas_own_client_with_bare_json(stack: Installation, broker_jars: Path, prefix: str):
    document_id = f"{prefix}java"
    publish_from_java(broker_jars, stack.stack.kafka_bootstrap_servers, document_id)
    await assert_answered(stack, document_id)


def publish_from_java(jars: Path, bootstrap_servers: str, document_id: str) -> None:
    """Compile and run the publisher, which a JDK does in one go; a mere runtime has no compiler."""
    if "jdk.compiler" not in run_java("--list-modules"):
        pytest.skip("this Java runs programs but compiles none; a JDK is needed to run the publisher from its source")
    record = [bootstrap_servers, "documents.submitted", document_id, json.dumps(submission(document_id))]
    run_java("-cp", f"{jars}/*", str(PUBLISHER), *record)


def run_java(*arguments: str) -> str:
    command = [find_java(), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    return done.stdout
