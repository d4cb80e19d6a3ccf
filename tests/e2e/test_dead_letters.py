"""A record that is no document: buried with its bytes, handed in again, and linked to what came of it."""

import base64
import json
from typing import Any

import asyncpg
from aiokafka import AIOKafkaProducer
from e2e.installation import Installation, records, rows, until
from scripted import letter

POISON = b"\xffSehr geehrte Damen und Herren"
SECONDS = 120
BURY = """
    INSERT INTO postkorb.dead_letter_records
           (topic, partition, "offset", key, value, headers, code, message, attempts, trace_id, failed_at)
    VALUES ('documents.submitted', 0, $1, $2, $3, $4, 'internal_error', 'an older version read this wrongly', 1,
            '0af7651916cd43dd8448eb211c80319c', now())
    RETURNING dead_letter_key
"""
"""What no document is today may be one for the next version: the row is as that one finds it."""


async def letters_of(stack: Installation, key: bytes, least: int) -> list[asyncpg.Record]:
    """Wait for dead letters with a record's key, the oldest first."""
    statement = "SELECT * FROM postkorb.dead_letters WHERE key = $1 ORDER BY dead_letter_key"
    found: list[asyncpg.Record] = []

    async def are_buried() -> bool:
        found[:] = await rows(stack.database_url, statement, key)
        return len(found) >= least

    await until(are_buried, SECONDS)
    return found


async def on_topic(stack: Installation, topic: str, key: bytes, least: int) -> list[Any]:
    """Wait for records with a key."""
    found: list[Any] = []

    async def are_published() -> bool:
        found[:] = [one for one in records(stack.stack.kafka_bootstrap_servers, topic) if one.key == key]
        return len(found) >= least

    await until(are_published, SECONDS)
    return found


async def test_poison_is_shown_with_its_bytes_and_its_retry_is_linked_to_it(stack: Installation, prefix: str):
    key, headers = f"{prefix}poison".encode(), [("ce_id", b"42"), ("x", b"\xff"), ("x", None)]
    async with AIOKafkaProducer(bootstrap_servers=stack.stack.kafka_bootstrap_servers) as producer:
        await producer.send_and_wait("documents.submitted", POISON, key=key, headers=headers)
    (first,) = await letters_of(stack, key, 1)
    number = first["dead_letter_key"]
    shown = stack.json("dead-letters", "show", str(number))
    assert (shown["code"], shown["record"].partition("[")[0]) == ("not_an_event", "documents.submitted")
    assert base64.b64decode(shown["record_value"]["base64"]) == POISON
    assert [(item["name"], item["text"]) for item in shown["headers"]] == [
        ("ce_id", "42"),
        ("x", "\ufffd"),
        ("x", None),
    ]
    assert number in {item["key"] for item in stack.json("dead-letters", "list", "--reason", "not_an_event")}

    said = stack.json("dead-letters", "retry", str(number))
    assert (said["handed_in"], said["refused"]) == ([number], [])
    assert {item["dead_letter_key"] for item in said["changed"]} == {number}
    _, second = await letters_of(stack, key, 2)
    assert (second["retry_of"], second["retries"]) == (number, 0)
    shown = stack.json("dead-letters", "show", str(number))
    assert [(item["fate"], item["dead_letter"]) for item in shown["history"]] == [
        ("dead_letter", second["dead_letter_key"])
    ]
    listed = {item["key"]: item for item in stack.json("dead-letters", "list")}
    assert number not in listed
    assert listed[second["dead_letter_key"]]["retry_of"] == number

    original, again = await on_topic(stack, "documents.submitted", key, 2)
    assert (original.value, again.value) == (POISON, POISON)
    assert {"ce_id": b"42", "x": b"", "postkorb_dead_letter": str(number).encode()}.items() <= dict(
        again.headers
    ).items()
    at = f"/{original.partition}/{original.offset}"
    assert dict(again.headers)["postkorb_submitted"].decode().endswith(at)
    *_, dead = await on_topic(stack, "documents.deadletter", key, 2)
    told = dict(dead.headers)
    assert dead.value == POISON
    assert (told["postkorb_attempts"], told["postkorb_retry_of"]) == (b"1", str(number).encode())


async def test_a_letter_whose_cause_is_gone_becomes_a_document_that_says_where_it_came_from(
    stack: Installation, prefix: str
):
    document_id = f"{prefix}cured"
    event = {"document_id": document_id, "content": {"text": letter("invoice", invoice_number=document_id)}}
    value = json.dumps(event, indent=3).encode()
    offset = 10**12 + int(prefix.rstrip("-"), 16)
    (buried,) = await rows(stack.database_url, BURY, offset, document_id.encode(), value, "[]")
    number = buried["dead_letter_key"]
    done = stack.run("dead-letters", "retry", str(number))
    assert (done.returncode, f"handed in again: {number}" in done.stdout) == (0, True)

    async def is_processed() -> bool:
        statement = "SELECT FROM postkorb.documents WHERE document_id = $1 AND state = 'processed' AND retry_of = $2"
        return bool(await rows(stack.database_url, statement, document_id, number))

    await until(is_processed, SECONDS)
    (again,) = await on_topic(stack, "documents.submitted", document_id.encode(), 1)
    assert again.value == value
    (outcome,) = stack.json("dead-letters", "show", str(number))["history"]
    assert (outcome["fate"], outcome["document_id"], outcome["state"]) == ("document", document_id, "processed")
    assert stack.run("dead-letters", "retry", str(number)).returncode == 1
