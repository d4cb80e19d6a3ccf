"""Records of `documents.parsed`: references are read, and what is none harms no other."""

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from schemas.envelope import encode_headers
from schemas.events import DocumentParsed, ErrorCode, EventType
from services.delivery.record import Record
from services.inference.parsed import Version, estimated_tokens, read_parsed

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TRACEPARENT = f"00-{'a' * 32}-{'b' * 16}-01"


def record(offset: int, value: bytes | None, kind: EventType = EventType.PARSED) -> Record:
    headers = encode_headers(kind, uuid4(), "inv-1", NOW, TRACEPARENT)
    return Record("t", 0, offset, b"k", value, [(name, text.encode()) for name, text in headers.items()], NOW)


def version(document_key: int) -> Version:
    return Version(document_key, "0" * 64)


def reference(document_key: int, characters: int = 9) -> bytes:
    event = DocumentParsed(
        document_id="inv-1",
        tenant="default",
        document_key=document_key,
        content_sha256="0" * 64,
        page_count=1,
        characters=characters,
    )
    return event.model_dump_json().encode()


@pytest.mark.parametrize(
    ("poison", "code"),
    [
        (record(1, None), ErrorCode.NOT_AN_EVENT),
        (record(1, b"\xff"), ErrorCode.NOT_AN_EVENT),
        (record(1, b"[]"), ErrorCode.NOT_AN_EVENT),
        (record(1, b"{}"), ErrorCode.INVALID_EVENT),
        # A key that no column holds: the database's driver would refuse it, and with it all neighbours.
        (record(1, reference(1).replace(b":1,", b":9223372036854775808,", 1)), ErrorCode.INVALID_EVENT),
        (record(1, json.dumps({"document_key": "seven"}).encode()), ErrorCode.INVALID_EVENT),
    ],
)
def test_a_record_that_is_no_reference_is_dead_and_its_neighbours_are_read(poison: Record, code: ErrorCode):
    before, after = record(0, reference(7)), record(2, reference(8))
    parsed = read_parsed([before, poison, after], TRACEPARENT)
    assert parsed.references == [(before, version(7)), (after, version(8))]
    assert [(letter.record, letter.code) for letter in parsed.dead] == [(poison, code)]


def test_two_records_of_one_document_are_done_together_and_load_it_once():
    one, other, again = record(0, reference(7)), record(1, reference(8)), record(2, reference(7))
    parsed = read_parsed([one, other, again], TRACEPARENT)
    assert parsed.document_keys == [7, 8]
    assert parsed.versions == [version(7), version(8)]
    assert parsed.of({7}).records == parsed.only({version(7)}).records == [one, again]
    assert parsed.without({version(7)}).records == [other]


def test_the_dead_go_with_those_that_are_left():
    good, dead = record(0, reference(7)), record(1, None)
    parsed = read_parsed([good, dead], TRACEPARENT)
    left = parsed.without({version(7)})
    assert (left.records, [letter.record for letter in left.dead]) == ([dead], [dead])
    assert (parsed.of({7}).records, parsed.of({7}).dead) == ([good], ())


@pytest.mark.parametrize(
    ("value", "tokens"),
    [
        (reference(7, 900), 300),
        (json.dumps({"data": {"characters": 900}}).encode(), 300),
        (None, 0),
        (b"\xff", 0),
        (b"[]", 0),
        (b"[" * 100_000, 0),
        (b'{"characters": -5}', 0),
        (b'{"characters": Infinity}', 0),
        (b'{"characters": null}', 0),
    ],
)
def test_the_tokens_of_a_record_are_estimated_whatever_it_is(value: bytes | None, tokens: int):
    assert estimated_tokens(record(0, value)) == tokens
