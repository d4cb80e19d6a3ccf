import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.events import ErrorCode
from services.telemetry import names
from services.telemetry.setup import Telemetry
from services.telemetry.trace_files import find_trace_ids, read_batch, read_trace
from services.telemetry.tracing import context_from, current_traceparent, mark_failed, trace_id_of

PUBLISHER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
UNSAMPLED = PUBLISHER[:-1] + "0"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"

INFERENCE = """
import sys
from pathlib import Path
from services.telemetry import names
from services.telemetry.setup import set_up

telemetry = set_up("inference", Path(sys.argv[1]), log_level="info", log_format="json")
with telemetry.tracing.step_span(names.ASK, sys.argv[2], document_id="inv-1"):
    with telemetry.tracing.step_span(names.CLASSIFY):
        pass
telemetry.shutdown()
"""

Start = Callable[..., Telemetry]


def test_a_trace_goes_on_in_the_next_process(start: Start, tmp_path: Path) -> None:
    telemetry = start("intake")
    with telemetry.tracing.step_span(names.ACCEPT, PUBLISHER, document_id="inv-1"):
        handed_over = current_traceparent()
    telemetry.shutdown()
    subprocess.run([sys.executable, "-c", INFERENCE, str(tmp_path), handed_over], check=True, timeout=60)
    assert find_trace_ids(tmp_path / "traces", "inv-1") == [TRACE]
    accept, ask, classify = read_trace(tmp_path / "traces", TRACE)
    assert [(span.name, span.service) for span in (accept, ask, classify)] == [
        ("2 accept", "intake"),
        ("6 ask", "inference"),
        ("classify", "inference"),
    ]
    assert [accept.parent_id, ask.parent_id, classify.parent_id] == ["00f067aa0ba902b7", accept.span_id, ask.span_id]
    assert accept.kind == "consumer"


def test_a_span_stands_in_the_file_within_a_second_or_so(start: Start, tmp_path: Path) -> None:
    with start().tracing.step_span(names.PARSE, PUBLISHER):
        pass
    deadline = time.monotonic() + 10
    while not read_trace(tmp_path / "traces", TRACE):
        assert time.monotonic() < deadline, "the span was not written while the service runs"
        time.sleep(0.02)


def test_a_document_whose_publisher_does_not_sample_is_traced_all_the_same(start: Start, tmp_path: Path) -> None:
    telemetry = start()
    with telemetry.tracing.step_span(names.ACCEPT, UNSAMPLED):
        pass
    telemetry.shutdown()
    assert [span.name for span in read_trace(tmp_path / "traces", TRACE)] == ["2 accept"]


@pytest.mark.parametrize("traceparent", [None, "", "nonsense", "00-0-0-01", "00-" + "0" * 32 + "-" + "0" * 16 + "-01"])
def test_a_missing_or_malformed_traceparent_starts_a_new_trace(start: Start, traceparent: str | None) -> None:
    assert trace_id_of(traceparent) == ""
    assert context_from(traceparent) == {}
    with start().tracing.step_span(names.ACCEPT, traceparent):
        assert len(trace_id_of(current_traceparent())) == 32


def test_outside_of_every_span_there_is_no_traceparent() -> None:
    assert current_traceparent() == ""


def test_an_exception_is_on_the_span_without_its_password_and_goes_on(start: Start, tmp_path: Path) -> None:
    telemetry = start()
    with (
        pytest.raises(ConnectionError),
        telemetry.tracing.step_span(names.STORE, PUBLISHER),
    ):
        raise ConnectionError("postgresql://app:s3cret@db/x")  # noqa: EM101  (as a driver says it)
    telemetry.shutdown()
    (span,) = read_trace(tmp_path / "traces", TRACE)
    assert span.status == "error"
    assert span.attributes["error.type"] == "ConnectionError"
    assert [event.name for event in span.events] == ["exception"]
    assert span.events[0].attributes["exception.type"] == "ConnectionError"
    assert "s3cret" not in str(span)


def test_a_document_can_fail_without_an_exception(start: Start, tmp_path: Path) -> None:
    telemetry = start()
    with telemetry.tracing.step_span(names.PARSE, PUBLISHER) as span:
        mark_failed(span, ErrorCode.DOCUMENT_BROKEN, "the PDF ends after 812 bytes")
    telemetry.shutdown()
    (span_record,) = read_trace(tmp_path / "traces", TRACE)
    assert (span_record.status, span_record.status_message) == ("error", "the PDF ends after 812 bytes")
    assert span_record.attributes["error.type"] == "document_broken"


def test_a_step_done_for_many_at_once_gives_each_its_span_with_the_times_said(start: Start, tmp_path: Path) -> None:
    telemetry = start()
    telemetry.tracing.record_step(names.RECORD, PUBLISHER, 1_000, 3_000, document_id="inv-1", document_type=None)
    telemetry.shutdown()
    (span,) = read_trace(tmp_path / "traces", TRACE)
    assert (span.start_ns, span.end_ns, dict(span.attributes)) == (1_000, 3_000, {"document_id": "inv-1"})


def test_a_batch_of_a_thousand_links_with_each_document_both_ways(start: Start, tmp_path: Path) -> None:
    telemetry = start("inference")
    tracing = telemetry.tracing
    documents: dict[str, str] = {}
    for number in range(1_000):
        with tracing.step_span(names.ACCEPT, None, document_id=f"inv-{number}"):
            documents[f"inv-{number}"] = current_traceparent()
    with tracing.batch_span(list(documents.values()), "b-1") as batch:
        for document_id, traceparent in documents.items():
            with tracing.step_span(names.ASK, traceparent, batch.links, document_id=document_id, batch_id="b-1"):
                pass
    telemetry.shutdown()

    first, *asks = read_batch(tmp_path / "traces", "b-1")
    traces = {document_id: trace_id_of(traceparent) for document_id, traceparent in documents.items()}
    assert (first.name, first.trace_id, first.parent_id) == ("batch", batch.trace_id, None)
    assert first.attributes["postkorb.batch.size"] == 1_000
    assert {(link.trace_id, link.span_id) for link in first.links} == {
        (traceparent[3:35], traceparent[36:52]) for traceparent in documents.values()
    }
    assert {ask.attributes["document_id"]: ask.trace_id for ask in asks} == traces
    assert {(link.trace_id, link.span_id) for ask in asks for link in ask.links} == {(first.trace_id, first.span_id)}
    # And by the files alone: document -> its trace -> the batch's trace -> the document's trace.
    (trace_id,) = find_trace_ids(tmp_path / "traces", "inv-999")
    accept, ask = read_trace(tmp_path / "traces", trace_id)
    (batch_record,) = read_trace(tmp_path / "traces", ask.links[0].trace_id)
    assert (accept.trace_id, accept.span_id) in {(link.trace_id, link.span_id) for link in batch_record.links}


def test_a_document_without_trace_context_counts_in_its_batch_and_has_no_link(start: Start, tmp_path: Path) -> None:
    telemetry = start("inference")
    with telemetry.tracing.batch_span(["", PUBLISHER], "b-2") as batch:
        assert batch.size == 2
    telemetry.shutdown()
    (span,) = read_batch(tmp_path / "traces", "b-2")
    assert [link.trace_id for link in span.links] == [TRACE]


def test_with_the_sdk_disabled_nothing_is_written_and_the_context_is_handed_through(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    telemetry = start()
    with telemetry.tracing.step_span(names.ACCEPT, PUBLISHER):
        assert current_traceparent() == PUBLISHER
    with telemetry.tracing.batch_span([PUBLISHER], "b-1") as batch:
        assert (batch.links, batch.trace_id) == ([], "")
    telemetry.metrics.in_flight(1)
    telemetry.shutdown()
    assert list(tmp_path.iterdir()) == []
