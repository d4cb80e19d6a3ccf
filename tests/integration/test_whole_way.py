"""From a record to answers and events: all three services on a real broker and a real database."""

import base64
import json
from typing import Any

import pytest
from integration.house import House
from scripted import CUT_OFF, INVALID, REFUSED, letter
from unit.answers.tables.test_copied_rows import INVOICE as UNPROVEN
from unit.answers.tables.test_copied_rows import ROWS

from schemas.envelope import decode
from services.inference.engines.port import EngineIdentity

INVOICE = {"document_type": "invoice", "invoice_number": "RE-2026-17", "gross_total": "1.190,00 €"}
RESULT = "SELECT * FROM postkorb.results WHERE document_id = :id"


async def test_a_document_gives_a_result_fields_a_typed_row_and_an_event(house: House):
    async with house.running():
        await house.submit("inv-1", letter(**INVOICE), file_name="rechnung.txt", tenant="acme", metadata={"a": [1]})
        result = await house.row(RESULT, id="inv-1")
        (event,) = await house.events(house.topics.processed, 1)
        invoice = await house.row("SELECT gross_total, tenant FROM postkorb.invoices WHERE document_id = 'inv-1'")
        fields = await house.rows("SELECT * FROM postkorb.fields WHERE document_id = 'inv-1' ORDER BY path", 2)
    assert (result.document_type, result.tenant, result.language) == ("invoice", "acme", result.language)
    assert (str(invoice.gross_total), invoice.tenant) == ("1190.00", "acme")
    number = next(row for row in fields if row.path == "invoice_number")
    assert letter(**INVOICE)[number.char_start : number.char_end] == number.verbatim == "RE-2026-17"
    said = decode(event.value, event.headers)
    assert said.attributes["type"] == "postkorb.document.processed"
    assert said.data["metadata"] == {"a": [1]}
    assert said.data["provenance"]["model"] == "scripted"
    assert said.data["provenance"]["pipeline_id"] == result.pipeline_id


async def test_a_document_longer_than_the_context_is_answered_from_all_its_pages(house: House):
    filler = "Wir liefern gern und hoffen auf Ihr Verständnis.\n" * 50
    head, end = (
        letter(document_type="invoice", invoice_number="RE-7"),
        letter(gross_total="1.190,00 €", document_type="other"),
    )
    async with house.running():
        await house.submit("long", "\f".join([head, *[filler] * 8, end]))
        result = await house.row(RESULT, id="long")
        fields = await house.rows("SELECT * FROM postkorb.fields WHERE document_id = 'long' ORDER BY path", 2)
    assert result.document_type == "invoice"
    assert {row.path: row.page for row in fields}.items() >= {"invoice_number": 1, "gross_total": 10}.items()
    assert not [reason for reason in result.reasons if "nicht gelesen" in reason or "not read" in reason]
    assert len(house.engine.prompts) > 3


TOTALS = {"net_total": "1.000,00 €", "tax_total": "190,00 €", "gross_total": "1.190,00 €"}
COMPLETE = INVOICE | {"issue_date": "05.06.2026", "seller_name": "Muster GmbH"}
SUMS_DIFFER = COMPLETE | TOTALS | {"net_total": "500,00 €"}


async def test_values_that_contradict_each_other_are_asked_for_again_and_said_to_need_review_if_that_brings_nothing(
    house: House,
):
    async with house.running():
        await house.submit("right", letter(**COMPLETE | TOTALS))
        await house.submit("helped", letter(**SUMS_DIFFER, again_net_total="1.000,00 €"))
        await house.submit("useless", letter(**SUMS_DIFFER))
        rows = await house.rows("SELECT * FROM postkorb.results ORDER BY document_id", 3)
        (invoice,) = await house.rows("SELECT * FROM postkorb.invoices WHERE findings <> '[]'", 1)
        events = await house.events(house.topics.processed, 3)
    assert {row.document_id: bool(row.findings) for row in rows} == {"helped": False, "right": False, "useless": True}
    assert all(row.needs_review for row in rows), "none has rows of a table, and all are incomplete"
    assert {row.document_id: row.fields["net_total"] for row in rows} == {
        "helped": "1000.00",
        "right": "1000.00",
        "useless": "500.00",
    }
    assert len(house.engine.prompts) == 2 + 3 + 3
    assert invoice.document_id == "useless"
    (finding,) = invoice.findings
    assert (finding["kind"], finding["fields"]) == ("rule", ["net_total", "tax_total", "gross_total"])
    said = {event["document_id"]: event for event in (decode(item.value, item.headers).data for item in events)}
    assert said["useless"]["findings"] == [finding]
    assert (said["right"]["findings"], said["right"]["status"]) == ([], "incomplete")


async def test_a_second_question_that_fails_leaves_the_first_answer(house: House):
    async with house.running():
        await house.submit("doc", letter(**SUMS_DIFFER, again_net_total="no such amount"))
        result = await house.row(RESULT, id="doc")
    assert len(house.engine.prompts) == 3
    assert (result.fields["net_total"], result.needs_review) == ("500.00", True)


async def test_rows_that_code_cannot_prove_are_asked_of_the_model(house: House):
    totals = {"net_total": "810,00 €", "tax_total": "153,90 €", "gross_total": "963,90 €"}
    async with house.running():
        copied = "\n".join(f"copied: {words} | {amount}" for words, amount in ROWS)
        await house.submit("doc", "\n".join((letter(**INVOICE | totals), UNPROVEN, copied)))
        result = await house.row(RESULT, id="doc")
    assert sum("rows" in prompt.schema["properties"] for prompt in house.engine.prompts) == 1
    assert result.fields["line_items[1].line_total"] == "180.00"


async def test_documents_are_in_the_engine_together(house: House):
    async with house.running():
        for number in range(6):
            await house.submit(f"d{number}", letter(**INVOICE, n=str(number)))
        await house.rows("SELECT * FROM postkorb.results", 6)
    assert house.engine.most_at_once > 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"base64": "%%%"}, "content_not_base64"),
        ({"base64": "%%%", "media_type": "a\x00b"}, "content_not_base64"),
        ({"base64": ""}, "content_empty"),
        ({"uri": "file:///etc/passwd"}, "uri_not_allowed"),
        ({"base64": base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(50)).decode()}, "media_type_unknown"),
        ({"base64": base64.b64encode(b"%PDF-1.7\nnothing").decode()}, "document_broken"),
        ({"base64": base64.b64encode(bytes(1_100_000)).decode()}, "content_too_large"),
        (f"{letter(**INVOICE)} {INVALID}", "answer_invalid"),
        (f"{letter(**INVOICE)} {CUT_OFF}", "answer_cut_off"),
        (f"{letter(**INVOICE)} {REFUSED}", "engine_refused"),
    ],
)
async def test_a_bad_document_fails_with_its_code_and_harms_nobody(house: House, content: Any, code: str):
    async with house.running():
        media_type = content.pop("media_type", None) if isinstance(content, dict) else None
        await house.submit("bad", content, media_type=media_type)
        await house.submit("good", letter(**INVOICE))
        failure = await house.row("SELECT * FROM postkorb.failures WHERE document_id = 'bad'")
        (event,) = await house.events(house.topics.failed, 1)
        await house.row(RESULT, id="good")
    assert failure.code == code
    assert failure.message.strip()
    said = decode(event.value, event.headers).data
    assert (said["document_id"], said["code"], said["message"]) == ("bad", code, failure.message)


async def test_a_uri_below_an_allowed_prefix_is_read(house: House):
    (house.inbox / "brief.txt").write_text(letter(**INVOICE), "utf-8")
    async with house.running():
        await house.submit("by-uri", {"uri": (house.inbox / "brief.txt").as_uri()})
        await house.submit("not-there", {"uri": (house.inbox / "other.txt").as_uri()})
        await house.row(RESULT, id="by-uri")
        failure = await house.row("SELECT * FROM postkorb.failures WHERE document_id = 'not-there'")
    assert failure.code == "uri_not_found"


async def test_records_that_are_no_documents_become_dead_letters_with_their_bytes(house: House):
    poison = {
        b"not json": "not_an_event",
        b"[1]": "not_an_event",
        b'{"content":{"text":"x"}}': "invalid_event",
        b'{"document_id":"x","content":{}}': "invalid_event",
        b"\xff\xfe": "not_an_event",
        b'{"document_id":"x","content":{"te\\u0000xt":"x"}}': "invalid_event",
        b'{"document_id":"x","content":{"text":"x"},"metadata":{"n":NaN}}': "invalid_event",
        b'{"document_id":"x","content":{"text":"x"},"metadata":{"n":1e999}}': "invalid_event",
    }
    async with house.running():
        for value in poison:
            await house.submit_raw(value, value)
        await house.submit_raw(b"empty", None)
        await house.submit_raw(b"type", b"{}", ce_type="somebody.elses", ce_specversion="1.0")
        await house.submit_raw(b"large", b'{"document_id":"x","content":{"text":"' + b"x" * 2_000_001)
        await house.submit("good", letter(**INVOICE))
        await house.row(RESULT, id="good")
        letters = await house.rows("SELECT * FROM postkorb.dead_letters", 11)
        records = await house.events(house.topics.deadletter, 11)
    codes = {bytes(row.key): row.code for row in letters}
    assert {key: codes[key] for key in poison} == poison
    assert codes[b"empty"] == "not_an_event"
    assert codes[b"type"] == "unknown_event_type"
    assert codes[b"large"] == "record_too_large"
    on_topic = {record.key: record for record in records}
    assert all(on_topic[value].value == value for value in poison)
    headers = dict(on_topic[b"not json"].headers)
    assert headers["__connect.errors.topic"] == house.topics.submitted.encode()
    assert headers["__connect.errors.exception.class.name"] == b"not_an_event"


async def test_the_same_bytes_again_cost_no_token_and_publish_the_same_event_id(house: House):
    async with house.running():
        await house.submit("twice", letter(**INVOICE))
        await house.row(RESULT, id="twice")
        await house.events(house.topics.processed, 1)
        asked = len(house.engine.prompts)
        await house.submit("twice", letter(**INVOICE))
        first, second = await house.events(house.topics.processed, 2)
    assert len(house.engine.prompts) == asked
    assert dict(first.headers)["ce_id"] == dict(second.headers)["ce_id"]


async def test_another_model_reads_the_same_bytes_anew_and_the_old_answer_stays(house: House):
    async with house.running():
        await house.submit("doc", letter(**INVOICE))
        first = await house.row(RESULT, id="doc")
    house.engine.identity = EngineIdentity("another", "1" * 64, {})
    async with house.running():
        await house.submit("doc", letter(**INVOICE))
        second = await house.row(f"{RESULT} AND model = 'another'", id="doc")
        await house.rows("SELECT 1 FROM postkorb.answers", 2)
    assert first.pipeline_id != second.pipeline_id


async def test_newer_bytes_replace_the_answers_and_a_return_to_the_old_ones_costs_nothing(house: House):
    number = "SELECT * FROM postkorb.results WHERE fields->>'invoice_number' = :number"
    async with house.running():
        await house.submit("doc", letter("invoice", invoice_number="RE-1"))
        await house.row(number, number="RE-1")
        await house.submit("doc", letter("invoice", invoice_number="RE-2"))
        await house.row(number, number="RE-2")
        asked = len(house.engine.prompts)
        await house.submit("doc", letter("invoice", invoice_number="RE-1"))
        await house.row(number, number="RE-1")
        events = await house.events(house.topics.processed, 3)
    assert len(house.engine.prompts) == asked
    said = [decode(event.value, event.headers).data["fields"][0]["value"] for event in events]
    assert said == ["RE-1", "RE-2", "RE-1"]


async def test_another_document_with_the_same_bytes_says_so(house: House):
    async with house.running():
        await house.submit("original", letter(**INVOICE))
        await house.row(RESULT, id="original")
        await house.submit("copy", letter(**INVOICE))
        result = await house.row(RESULT, id="copy")
    assert result.duplicate_of == "original"


async def test_a_long_document_is_incomplete_and_says_which_pages_were_not_read(house: House):
    pages = "\f".join(f"page {number} " + "x" * 4000 for number in range(1, 41))
    async with house.running():
        await house.submit("long", letter(**INVOICE) + "\f" + pages)
        result = await house.row(RESULT, id="long")
    assert result.status == "incomplete"
    assert any("not read" in reason for reason in result.reasons)


async def test_what_was_in_flight_when_the_services_stopped_goes_on_after_the_next_start(house: House):
    house.engine.seconds = 3
    async with house.running():
        for number in range(4):
            await house.submit(f"d{number}", letter(**INVOICE, n=str(number)))
        await house.rows("SELECT * FROM postkorb.documents WHERE state = 'parsed'", 2)
    house.engine.seconds = 0
    async with house.running():
        await house.rows("SELECT * FROM postkorb.results", 4)
        await house.events(house.topics.processed, 4)


async def test_every_step_of_a_document_is_in_its_publishers_trace_and_the_batch_links_both_ways(house: House):
    trace_id, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    event = {"document_id": "traced", "content": {"text": letter(**INVOICE)}}
    traceparent = f"00-{trace_id}-{parent}-01"
    async with house.running():
        await house.submit_raw(b"traced", json.dumps(event).encode(), traceparent=traceparent)
        await house.events(house.topics.processed, 1)
        (result,) = await house.rows(RESULT, 1, id="traced")
    spans = house.spans.get_finished_spans()
    mine = [span for span in spans if f"{span.context.trace_id:032x}" == trace_id]
    names = {span.name for span in mine}
    steps = {"2 accept", "3 parse", "4 store", "5 admit", "6 ask", "7 check", "8 record", "9 relay"}
    assert names >= steps | {"classify", "extract"}
    batch = next(span for span in spans if span.name == "batch")
    ask = next(span for span in mine if span.name == "6 ask")
    assert [f"{link.context.trace_id:032x}" for link in batch.links] == [trace_id]
    assert [link.context.span_id for link in ask.links] == [batch.context.span_id]
    assert batch.attributes["batch_id"] == ask.attributes["batch_id"] == str(result.batch_id)
    assert result.trace_id == trace_id
