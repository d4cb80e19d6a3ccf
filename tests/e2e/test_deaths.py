"""A service is killed with documents in flight: the account is whole all the same."""

import json
from collections import defaultdict

import pytest
from e2e.installation import SERVICES, Installation, records, rows, until
from kafka import KafkaProducer
from scripted import letter
from scripted_server import ScriptedServer

DOCUMENTS = 80
"""More than the server is asked at once: the last ones wait for the first, so that there is time to kill."""
IN_FLIGHT = {
    "intake": "SELECT FROM postkorb.documents WHERE document_id LIKE $1",
    "inference": "SELECT FROM postkorb.documents WHERE document_id LIKE $1 AND state = 'processed'",
    "relay": "SELECT FROM postkorb.outbox WHERE convert_from(key, 'UTF8') LIKE $1 AND published_at IS NOT NULL",
}
"""Whose first row is the moment: the service has begun its work on these documents, and has not ended it."""

SECONDS = 120
"""The broker takes a killed consumer for alive until its session ends, after 30 s."""


@pytest.mark.parametrize("service", SERVICES)
async def test_nothing_is_lost_and_nothing_is_told_twice_as_something_else(
    stack: Installation, engine: ScriptedServer, prefix: str, service: str
):
    stack.wait_until(stack.is_ready)
    engine.seconds = 1.0
    victim = stack.program(service)
    ids = publish(stack.stack.kafka_bootstrap_servers, prefix)

    async def has_begun() -> bool:
        return bool(await rows(stack.database_url, IN_FLIGHT[service], f"{prefix}%"))

    async def has_ended() -> bool:
        statement = "SELECT document_id FROM postkorb.results WHERE document_id LIKE $1"
        return {row["document_id"] for row in await rows(stack.database_url, statement, f"{prefix}%")} == ids

    async def is_told() -> bool:
        unpublished = "SELECT FROM postkorb.outbox WHERE published_at IS NULL"
        return not await rows(stack.database_url, unpublished)

    await until(has_begun, SECONDS)
    victim.kill()
    assert not await has_ended()
    await until(has_ended, SECONDS)
    await until(is_told, SECONDS)
    stack.wait_until(stack.is_ready)
    assert stack.program(service) != victim
    await assert_account_is_whole(stack, prefix, ids)


def publish(bootstrap_servers: str, prefix: str) -> set[str]:
    """Publish the documents as bare JSON; give their ids."""
    ids = {f"{prefix}{number}" for number in range(DOCUMENTS)}
    producer = KafkaProducer(bootstrap_servers=bootstrap_servers)
    for document_id in ids:
        event = {"document_id": document_id, "content": {"text": letter("invoice", invoice_number=document_id)}}
        producer.send("documents.submitted", json.dumps(event).encode(), document_id.encode())
    producer.flush()
    producer.close()
    return ids


async def assert_account_is_whole(stack: Installation, prefix: str, ids: set[str]) -> None:
    ended = await rows(
        stack.database_url,
        "SELECT state, count(*) FROM postkorb.documents WHERE document_id LIKE $1 GROUP BY state",
        f"{prefix}%",
    )
    assert [tuple(row) for row in ended] == [("processed", len(ids))]
    servers = stack.stack.kafka_bootstrap_servers
    events_of = defaultdict(set)
    documents_of = defaultdict(set)
    for record in records(servers, "documents.processed"):
        event_id, document_id = dict(record.headers)["ce_id"], record.key.decode()
        documents_of[event_id].add(document_id)
        if document_id in ids:
            events_of[document_id].add(event_id)
    assert events_of.keys() == ids
    assert {len(events) for events in events_of.values()} == {1}
    assert {len(documents) for documents in documents_of.values()} == {1}
    elsewhere = [*records(servers, "documents.failed"), *records(servers, "documents.deadletter")]
    assert not [record for record in elsewhere if record.key and record.key.decode() in ids]
