"""Fault 9: records that are no documents, of every kind; their neighbours are unharmed."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from faults.ledger import PARTITIONS, Ledger, submission_of
from faults.place import Place
from kafka.consumer.fetcher import ConsumerRecord

from schemas.topics import DEADLETTER_MESSAGE, DEADLETTER_OFFSET, DEADLETTER_REASON, DEADLETTER_TOPIC

Headers = list[tuple[str, bytes | None]]
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Poison:
    """A record that is no document.

    Parameters
    ----------
    code
        What the dead letter is to say.
    """

    value: bytes | None
    code: str
    headers: tuple[tuple[str, bytes | None], ...] = ()


KINDS: Mapping[str, Poison] = {
    "no value": Poison(None, "not_an_event"),
    "empty value": Poison(b"", "not_an_event"),
    "not JSON": Poison(b"Sehr geehrte Damen und Herren", "not_an_event"),
    "not UTF-8": Poison(b'{"document_id": "\xff\xfe"}', "not_an_event"),
    "not an object": Poison(b"[1, 2]", "not_an_event"),
    "deeply nested": Poison(b"[" * 100_000, "not_an_event"),
    "without content": Poison(b'{"document_id": "a"}', "invalid_event"),
    "wrong types": Poison(b'{"document_id": 7, "content": ["text"]}', "invalid_event"),
    "unknown field in the content": Poison(
        b'{"document_id": "a", "content": {"text": "a", "link": "b"}}', "invalid_event"
    ),
    "unknown event type": Poison(
        b'{"document_id": "a", "content": {"text": "a"}}', "unknown_event_type", (("ce_type", b"com.example.other"),)
    ),
    "header without a value": Poison(b"{", "not_an_event", (("ce_id", None),)),
    "header that is not UTF-8": Poison(b"{", "not_an_event", (("ce_id", b"\xff\xfe"), ("ce_id", b"twice"))),
    "10 MB": Poison(b"x" * 10 * MEBIBYTE, "not_an_event"),
}
STRANGE_HEADERS: Headers = [("ce_subject", None), ("ce_source", b"\xff\xfe"), ("", b""), ("x" * 1000, b"\x00")]

LETTERS = """
SELECT key, value, headers, code, message, attempts FROM postkorb.dead_letter_records
WHERE topic = $1 AND "partition" = $2 AND "offset" = $3
"""


@pytest.mark.fault(9, "poison of every kind between good documents")
def test_each_poison_becomes_a_dead_letter_with_its_bytes_and_its_neighbours_are_processed(
    place: Place, ledger: Ledger, chance: random.Random
):
    restarts = place.restarts
    partition = chance.randrange(PARTITIONS)
    kinds = chance.sample(sorted(KINDS), len(KINDS))
    names = {kind: ledger.name() for kind in kinds}
    neighbours = []
    for kind in kinds:
        neighbours += ledger.submit(1, partition=partition)
        ledger.write([(names[kind], KINDS[kind].value)], headers=KINDS[kind].headers, partition=partition)
    strange = ledger.name()
    ledger.write([(strange, submission_of(strange))], headers=STRANGE_HEADERS, partition=partition)
    newer = ledger.name()
    with_more = {**json.loads(submission_of(newer)), "priority": "urgent"}
    ledger.write([(newer, json.dumps(with_more).encode())], partition=partition)
    internal = ledger.name()
    ledger.write([(internal, b"nonsense")], topic="documents.parsed")

    account = ledger.account()
    assert account.whole, account
    ended = ledger.ended()
    assert set(ended.processed) == {*neighbours, strange, newer}
    assert set(ended.dead_lettered) == {*names.values(), internal}
    published = {letter_place(record): record for record in ledger.records("documents.deadletter")}
    for kind, name in names.items():
        assert_is_kept(place, ledger, published, name, KINDS[kind])
    assert_is_kept(place, ledger, published, internal, Poison(b"nonsense", "not_an_event"))
    assert place.restarts == restarts


def assert_is_kept(
    place: Place, ledger: Ledger, published: Mapping[tuple[str, int, int], ConsumerRecord], name: str, poison: Poison
) -> None:
    (submission,) = [one for one in ledger.submissions if one.name == name]
    (row,) = place.query(LETTERS, *submission.place)
    assert (row["key"], row["value"]) == (name.encode(), poison.value)
    assert (row["code"], row["attempts"]) == (poison.code, 1)
    assert row["message"]
    assert [header["name"] for header in json.loads(row["headers"])] == [header for header, _ in poison.headers]
    record = published[submission.place]
    assert (record.key, record.value) == (name.encode(), poison.value)
    said = dict(record.headers)
    assert said[DEADLETTER_TOPIC].decode() == submission.place[0]
    assert (said[DEADLETTER_REASON].decode(), said[DEADLETTER_MESSAGE].decode()) == (poison.code, row["message"])


def letter_place(record: ConsumerRecord) -> tuple[str, int, int]:
    said = dict(record.headers)
    partition = int(said["__connect.errors.partition"])
    return said[DEADLETTER_TOPIC].decode(), partition, int(said[DEADLETTER_OFFSET])
