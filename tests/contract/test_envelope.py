"""Records of `documents.submitted` in every form that publishers write, and in every form that is poison (fault 9)."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.envelope import EnvelopeError, decode, decode_submitted, encode_headers
from schemas.events import DocumentSubmitted, ErrorCode, EventType

EVENT = {"document_id": "inv-2026-0001", "content": {"text": "Rechnung"}}
TYPE = ("ce_type", EventType.SUBMITTED.encode())
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

Headers = Sequence[tuple[str, bytes | None]]


def packed(event: Any) -> bytes:
    return json.dumps(event).encode()


def structured(data: Any = EVENT, kind: str = EventType.SUBMITTED) -> dict[str, Any]:
    return {"specversion": "1.0", "id": "1", "source": "erp", "type": kind, "traceparent": TRACEPARENT, "data": data}


@pytest.mark.parametrize(
    ("value", "headers"),
    [
        (packed(EVENT), [("ce_specversion", b"1.0"), ("ce_id", b"1"), TYPE, ("traceparent", TRACEPARENT.encode())]),
        (packed(EVENT), [("CE_Type", EventType.SUBMITTED.encode()), ("Traceparent", TRACEPARENT.encode())]),
        (packed(EVENT), [("traceparent", TRACEPARENT.encode())]),
        (packed(structured()), [("content-type", b"application/cloudevents+json; charset=UTF-8")]),
        (packed(structured()), []),
    ],
    ids=["binary", "binary in capitals", "bare", "structured", "structured without its content type"],
)
def test_an_event_is_read_in_each_of_its_forms(value: bytes, headers: Headers) -> None:
    submitted, envelope = decode_submitted(value, headers)
    assert submitted == DocumentSubmitted.model_validate(EVENT)
    assert envelope.traceparent == TRACEPARENT


def test_what_is_written_is_read_again() -> None:
    identity, now = uuid4(), datetime.now(UTC)
    headers = encode_headers(EventType.SUBMITTED, identity, "inv-2026-0001", now, TRACEPARENT)
    _, envelope = decode_submitted(packed(EVENT), [(name, text.encode()) for name, text in headers.items()])
    assert envelope.attributes["id"] == str(identity)
    assert envelope.attributes["subject"] == "inv-2026-0001"
    assert datetime.fromisoformat(envelope.attributes["time"]) == now
    assert envelope.traceparent == TRACEPARENT


def test_unknown_members_are_ignored_for_publishers_newer_than_us() -> None:
    submitted, _ = decode_submitted(packed({**EVENT, "colour": "red", "more": {"deep": [1]}}), [TYPE])
    assert submitted == DocumentSubmitted.model_validate(EVENT)


@pytest.mark.parametrize(
    ("value", "headers", "code", "said"),
    [
        (None, [], ErrorCode.NOT_AN_EVENT, "no value"),
        (b"", [], ErrorCode.NOT_AN_EVENT, "no value"),
        (b"no json", [], ErrorCode.NOT_AN_EVENT, "not UTF-8 JSON"),
        (b"\xff\xfe\x00", [], ErrorCode.NOT_AN_EVENT, "not UTF-8 JSON"),
        (b'{"document_id": "a"', [], ErrorCode.NOT_AN_EVENT, "not UTF-8 JSON"),
        (b"[]", [], ErrorCode.NOT_AN_EVENT, "should be an object"),
        (b"null", [], ErrorCode.NOT_AN_EVENT, "should be an object"),
        (b"1" * 5_000, [], ErrorCode.NOT_AN_EVENT, "not UTF-8 JSON"),
        (b"[" * 1_000_000, [], ErrorCode.NOT_AN_EVENT, "not UTF-8 JSON"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, [], ErrorCode.NOT_AN_EVENT, "not UTF-8 JSON"),
        (b"{}", [], ErrorCode.INVALID_EVENT, "document_id"),
        (packed({"document_id": "a"}), [], ErrorCode.INVALID_EVENT, "content"),
        (packed({**EVENT, "document_id": 7}), [], ErrorCode.INVALID_EVENT, "document_id"),
        (packed({**EVENT, "document_id": ""}), [], ErrorCode.INVALID_EVENT, "document_id"),
        (packed({**EVENT, "document_id": "a\x00b"}), [], ErrorCode.INVALID_EVENT, "document_id"),
        (packed({**EVENT, "document_id": "a\ud800"}), [], ErrorCode.INVALID_EVENT, "document_id"),
        (packed({**EVENT, "document_id": "a" * 201}), [], ErrorCode.INVALID_EVENT, "document_id"),
        (packed({**EVENT, "tenant": "a/b"}), [], ErrorCode.INVALID_EVENT, "tenant"),
        (packed({**EVENT, "metadata": [1]}), [], ErrorCode.INVALID_EVENT, "metadata"),
        (packed({**EVENT, "content": "text"}), [], ErrorCode.INVALID_EVENT, "content"),
        (packed({**EVENT, "content": {}}), [], ErrorCode.INVALID_EVENT, "exactly one"),
        (packed({**EVENT, "content": {"text": "a", "base64": "YQ=="}}), [], ErrorCode.INVALID_EVENT, "exactly one"),
        (packed({**EVENT, "content": {"uri": "no address"}}), [], ErrorCode.INVALID_EVENT, "content.uri"),
        (packed({**EVENT, "content": {"text": "a", "more": 1}}), [], ErrorCode.INVALID_EVENT, "content.more"),
        (packed(EVENT), [("ce_type", b"someone.elses")], ErrorCode.UNKNOWN_EVENT_TYPE, "someone.elses"),
        (packed(structured(kind="someone.elses")), [], ErrorCode.UNKNOWN_EVENT_TYPE, "someone.elses"),
        (packed(structured(data=None)), [], ErrorCode.INVALID_EVENT, "the event"),
        (packed(structured(data="text")), [], ErrorCode.INVALID_EVENT, "the event"),
    ],
)
def test_a_poison_record_is_refused_with_a_code_and_one_sentence(
    value: bytes | None, headers: Headers, code: ErrorCode, said: str
) -> None:
    with pytest.raises(EnvelopeError) as caught:
        decode_submitted(value, headers)
    assert caught.value.code is code
    assert said in caught.value.message
    assert "\n" not in caught.value.message


def test_the_sentence_never_repeats_the_document() -> None:
    with pytest.raises(EnvelopeError) as caught:
        decode_submitted(packed({"document_id": ["Vertraulich"], "content": {"txt": "Vertraulich"}}), [])
    assert "Vertraulich" not in caught.value.message


@pytest.mark.parametrize(
    "headers",
    [
        [("ce_source", None)],
        [("ce_source", b"\xff\xfe not UTF-8")],
        [("ce_source", b"a\x00b")],
        [("", b"")],
        [("ce_", b"x")],
        [("content-type", b"\xff")],
        [("traceparent", b"nonsense")],
        [(f"h{number}", b"x" * 100) for number in range(1_000)],
    ],
)
def test_odd_headers_do_not_stop_a_record_whose_value_is_fine(headers: Headers) -> None:
    submitted, envelope = decode_submitted(packed(EVENT), [TYPE, *headers])
    assert submitted.document_id == "inv-2026-0001"
    assert not any("\x00" in text for text in envelope.attributes.values())


def test_nul_and_lone_surrogates_in_text_and_metadata_are_replaced() -> None:
    event = {**EVENT, "content": {"text": "a\x00b\ud800c"}, "metadata": {"k\x00": ["v\udfff"]}, "file_name": "a\x00"}
    submitted, _ = decode_submitted(packed(event), [])
    assert submitted.content.text == "a\ufffdb\ufffdc"
    assert submitted.metadata == {"k\ufffd": ["v\ufffd"]}
    assert submitted.file_name == "a\ufffd"


def test_a_record_of_ten_megabytes_is_read() -> None:
    submitted, _ = decode_submitted(packed({**EVENT, "content": {"text": "x" * 10_000_000}}), [])
    assert len(submitted.content.text or "") == 10_000_000


# pydantic can write 255 levels again, json can read about 1,000.
@pytest.mark.parametrize("depth", [50, 300, 480, 600, 900, 10_000])
def test_nested_metadata_is_read_or_refused_at_any_depth(depth: int) -> None:
    nested = b'{"a":' * depth + b"1" + b"}" * depth
    value = b'{"document_id": "a", "content": {"text": "x"}, "metadata": ' + nested + b"}"
    try:
        submitted, _ = decode_submitted(value, [])
    except EnvelopeError as error:
        assert error.code in {ErrorCode.NOT_AN_EVENT, ErrorCode.INVALID_EVENT}  # noqa: PT017  (both ends are right)
    else:
        assert json.loads(submitted.model_dump_json())["document_id"] == "a"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
HEADERS = st.lists(st.tuples(st.text(max_size=20), st.none() | st.binary(max_size=20)), max_size=4)
MEMBERS = st.sampled_from(["document_id", "content", "tenant", "metadata", "specversion", "type", "data", "base64"])


@given(st.none() | st.binary(max_size=200), HEADERS)
def test_any_bytes_are_an_envelope_or_an_envelope_error(value: bytes | None, headers: Headers) -> None:
    try:
        decode(value, headers)
    except EnvelopeError as error:
        assert error.code is ErrorCode.NOT_AN_EVENT  # noqa: PT017  (both ends are right)


@given(st.dictionaries(MEMBERS, JSON, max_size=6), HEADERS)
def test_any_json_object_is_a_submission_or_an_envelope_error(body: dict[str, Any], headers: Headers) -> None:
    try:
        submitted, _ = decode_submitted(packed(body), headers)
    except EnvelopeError as error:
        assert error.message  # noqa: PT017  (both ends are right; this one must speak)
    else:
        assert submitted.document_id
