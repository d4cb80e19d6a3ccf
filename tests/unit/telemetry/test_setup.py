"""Where traces and metrics go."""

import json
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from schemas.events import Step
from services.telemetry import names
from services.telemetry.metrics import PartitionLag
from services.telemetry.setup import Telemetry, TelemetrySettingError
from services.telemetry.trace_files import find_trace_ids, read_trace

Start = Callable[..., Telemetry]


class Collector(ThreadingHTTPServer):
    """Takes OTLP over HTTP and keeps it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Reception)
        self.received: dict[str, list[bytes]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Reception(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.received.setdefault(self.path, []).append(body)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing: the test's output is the test's."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every address that the process connects to."""
    made: list[Any] = []
    connect = socket.socket.connect

    def noted(self: socket.socket, address: Any) -> None:
        made.append(address)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", noted)
    return made


def use(telemetry: Telemetry) -> None:
    with telemetry.tracing.step_span(names.PARSE, None, document_id="inv-1"):
        telemetry.metrics.documents_done(names.Outcome.PASSED, Step.STORE)
    telemetry.shutdown()


def test_with_an_endpoint_both_signals_go_there_and_into_no_file(
    start: Start, collector: Collector, connections: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
    use(start())
    traces = ExportTraceServiceRequest.FromString(collector.received["/v1/traces"][0])
    resource = {item.key: item.value.string_value for item in traces.resource_spans[0].resource.attributes}
    assert resource["service.name"] == "intake"
    assert resource["deployment.environment.name"] == "test"
    assert traces.resource_spans[0].scope_spans[0].spans[0].name == "3 parse"
    metrics = ExportMetricsServiceRequest.FromString(collector.received["/v1/metrics"][-1])
    assert names.DOCUMENTS in {metric.name for metric in metrics.resource_metrics[0].scope_metrics[0].metrics}
    assert list(tmp_path.iterdir()) == []
    assert connections  # so the test below would see one


def test_without_an_endpoint_nothing_is_sent_anywhere(start: Start, connections: list[Any], tmp_path: Path) -> None:
    use(start())
    assert connections == []
    assert len(find_trace_ids(tmp_path / "traces", "inv-1")) == 1


def test_each_signal_may_have_an_endpoint_of_its_own(
    start: Start, collector: Collector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", f"{collector.url}/own/path")
    use(start())
    assert list(collector.received) == ["/own/path"]
    assert [path.name for path in tmp_path.rglob("*.json*")] == ["intake.json"]


def test_without_a_data_folder_and_an_endpoint_spans_have_ids_all_the_same(start: Start) -> None:
    with start(data_dir=None).tracing.step_span(names.PARSE) as span:
        assert span.get_span_context().is_valid


@pytest.mark.parametrize("name", ["OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL"])
def test_another_protocol_stops_the_start_with_the_variables_name(
    start: Start, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4317")
    monkeypatch.setenv(name, "grpc")
    with pytest.raises(TelemetrySettingError, match=f"{name} is 'grpc'; Postkorb speaks http/protobuf"):
        start()


def test_the_standard_variable_names_the_service(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "mail-room")
    use(start())
    (trace_id,) = find_trace_ids(tmp_path / "traces", "inv-1")
    assert [span.service for span in read_trace(tmp_path / "traces", trace_id)] == ["mail-room"]


def test_the_snapshot_holds_the_latest_value_of_every_metric(start: Start, tmp_path: Path) -> None:
    telemetry = start("inference")
    metrics = telemetry.metrics
    metrics.documents_done(names.Outcome.PROCESSED, Step.RECORD, 3)
    metrics.documents_done(names.Outcome.PROCESSED, Step.RECORD)
    metrics.in_flight(5)
    metrics.in_flight(-2)
    metrics.tokens("extract", "tiny", prompt=100, cached=64, completion=20)
    metrics.watch_lag(lambda: [PartitionLag("postkorb-inference", "documents.parsed", 2, 17)])
    metrics.watch_outbox(lambda: 1.5)
    with telemetry.tracing.batch_span(["", ""], "b-1"):
        pass
    telemetry.shutdown()

    path = tmp_path / "metrics" / "inference.json"
    found = json.loads(path.read_text("utf-8"))["metrics"]
    points = {name: metric["points"] for name, metric in found.items()}
    assert points[names.DOCUMENTS] == [
        {"attributes": {"postkorb.outcome": "processed", "postkorb.step": "8 record"}, "value": 4}
    ]
    assert points[names.DOCUMENTS_IN_FLIGHT][0]["value"] == 3
    assert {point["attributes"]["gen_ai.token.type"]: point["sum"] for point in points[names.TOKEN_USAGE]} == {
        "input": 100,
        "input_cached": 64,
        "output": 20,
    }
    assert points[names.CONSUMER_LAG][0] == {
        "attributes": {
            "messaging.destination.name": "documents.parsed",
            "messaging.destination.partition.id": "2",
            "messaging.consumer.group.name": "postkorb-inference",
        },
        "value": 17,
    }
    assert points[names.OUTBOX_LAG][0]["value"] == 1.5
    assert points[names.BATCH_SIZE][0]["sum"] == 2
    assert points[names.STEP_DURATION][0]["attributes"] == {"postkorb.step": "batch"}
    assert {metric["unit"] for metric in found.values()} == {"{document}", "{token}", "{record}", "s"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [item.name for item in path.parent.iterdir()] == ["inference.json"]
