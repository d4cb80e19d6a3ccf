"""Sets telemetry up; the only module that knows the SDK.

OpenTelemetry's own variables decide: with an OTLP endpoint the signal goes there (HTTP, protobuf), else into files
of the data folder, and nothing leaves the machine. Metrics can be read in Prometheus' form in any case.
"""

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import (
    HistogramDataPoint,
    Metric,
    MetricExporter,
    MetricExportResult,
    MetricReader,
    MetricsData,
    NumberDataPoint,
    PeriodicExportingMetricReader,
)
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_NAMESPACE, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import Link, format_span_id, format_trace_id
from prometheus_client import CollectorRegistry, generate_latest

from services.telemetry import names
from services.telemetry.logs import LogFormat, configure_logs
from services.telemetry.metric_file import write_snapshot
from services.telemetry.metrics import Metrics
from services.telemetry.spans import SpanEvent, SpanLink, SpanRecord, to_line
from services.telemetry.trace_files import TraceFile
from services.telemetry.tracing import Tracing

MAX_LINKS: Final = 10_000
"""Links a span: a batch has one a document. The SDK's 128 drops the oldest without a word."""
SPAN_DELAY_MS: Final = 500
MAX_WAITING_SPANS: Final = 32_768
"""A batch of 1,000 documents ends with several thousand spans at once; the SDK's 2,048 would drop most."""
SNAPSHOT_INTERVAL_MS: Final = 5_000


class TelemetrySettingError(ValueError):
    """A variable that cannot be honoured; the message names it and says what would be right."""


class Exposition:
    """The metrics in Prometheus' text form, from a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._one_at_a_time = threading.Lock()
        self.reader = PrometheusMetricReader(registry=self._registry, scope_info_enabled=False)

    def text(self) -> bytes:
        """Collect the metrics now; nothing after the reader was shut down."""
        with self._one_at_a_time:  # the library keeps what it collects in one queue: two readers would mix
            return generate_latest(self._registry)


@dataclass(frozen=True, slots=True)
class Telemetry:
    """What a service needs to say what it does.

    Parameters
    ----------
    tracing, metrics
        Handed to whoever makes spans and counts.
    exposition
        Gives the metrics in Prometheus' text form, from any thread; empty if `OTEL_SDK_DISABLED`.
    """

    tracing: Tracing
    metrics: Metrics
    exposition: Callable[[], bytes]
    tracer_provider: TracerProvider
    meter_provider: MeterProvider

    def shutdown(self) -> None:
        """Write or send what is still waiting, and stop. May take seconds if a collector does not answer."""
        self.tracer_provider.shutdown()
        self.meter_provider.shutdown()


def set_up(service: str, data_dir: Path | None, *, log_level: str, log_format: LogFormat) -> Telemetry:
    """Set up logs for this process, and make the tracer and the meter of a service.

    Parameters
    ----------
    service
        Such as `intake`: name in logs, file names, and traces (there `OTEL_SERVICE_NAME` overrides it).
    data_dir
        Where `traces` and `metrics` are written if no OTLP endpoint is set; None: nowhere.
    log_level, log_format
        See `configure_logs`.

    Raises
    ------
    TelemetrySettingError
        If a variable asks for another protocol than OTLP over HTTP.
    ValueError
        If there is no such log level.
    """
    configure_logs(service, log_level, log_format)
    resource = _resource(service)
    exposition = Exposition()
    meter_provider = MeterProvider([exposition.reader, *_metric_readers(service, data_dir)], resource)
    tracer_provider = _tracer_provider(service, data_dir, resource)
    metrics = Metrics(meter_provider.get_meter(names.SCOPE))
    tracing = Tracing(tracer_provider.get_tracer(names.SCOPE), metrics)
    return Telemetry(tracing, metrics, exposition.text, tracer_provider, meter_provider)


def _resource(service: str) -> Resource:
    ours = Resource.create({SERVICE_NAME: service, SERVICE_NAMESPACE: names.SCOPE})
    return ours.merge(OTELResourceDetector().detect())  # the variables win


def _tracer_provider(service: str, data_dir: Path | None, resource: Resource) -> TracerProvider:
    exporter = _span_exporter(service, data_dir)
    # A collector gets what the publisher's sampling says; our own files get everything, or `trace ID` would find
    # nothing for a document whose publisher does not sample.
    sampler = ALWAYS_ON if isinstance(exporter, FileSpanExporter) else None
    provider = TracerProvider(sampler, resource, span_limits=SpanLimits(max_links=MAX_LINKS))
    if exporter:
        processor = BatchSpanProcessor(exporter, max_queue_size=MAX_WAITING_SPANS, schedule_delay_millis=SPAN_DELAY_MS)
        provider.add_span_processor(processor)
    return provider


def _span_exporter(service: str, data_dir: Path | None) -> SpanExporter | None:
    if _disabled():
        return None
    if _otlp_wanted("TRACES"):
        return OTLPSpanExporter()
    return FileSpanExporter(TraceFile(data_dir / "traces", service, os.getpid())) if data_dir else None


def _metric_readers(service: str, data_dir: Path | None) -> list[MetricReader]:
    if _disabled():
        return []
    if _otlp_wanted("METRICS"):
        return [PeriodicExportingMetricReader(OTLPMetricExporter())]
    if not data_dir:
        return []
    folder = data_dir / "metrics"
    folder.mkdir(parents=True, exist_ok=True)
    exporter = SnapshotExporter(folder / f"{service}.json", service)
    return [PeriodicExportingMetricReader(exporter, SNAPSHOT_INTERVAL_MS)]


def _disabled() -> bool:
    return os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"


def _otlp_wanted(signal: Literal["TRACES", "METRICS"]) -> bool:
    endpoints = ("OTEL_EXPORTER_OTLP_ENDPOINT", f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT")
    if not any(os.environ.get(name, "").strip() for name in endpoints):
        return False
    for name in (f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"):
        if protocol := os.environ.get(name, "").strip():
            if protocol != "http/protobuf":
                message = f"{name} is {protocol!r}; Postkorb speaks http/protobuf: set it to that, or leave it unset"
                raise TelemetrySettingError(message)
            return True
    return True


class FileSpanExporter(SpanExporter):
    """Writes finished spans to the process's trace file."""

    def __init__(self, file: TraceFile) -> None:
        self._file = file

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Append the spans; the processor logs what is raised."""
        self._file.append(to_line(_record(span)) for span in spans)
        return SpanExportResult.SUCCESS

    def force_flush(self, timeout_millis: int = 30_000) -> bool:  # noqa: ARG002  (the SDK's signature)
        """Nothing waits here."""
        return True


class SnapshotExporter(MetricExporter):
    """Keeps the latest values in a file."""

    def __init__(self, path: Path, service: str) -> None:
        super().__init__()
        self._path = path
        self._service = service

    def export(
        self,
        metrics_data: MetricsData,
        timeout_millis: float = 10_000,  # noqa: ARG002  (the SDK's signature)
        **_: object,
    ) -> MetricExportResult:
        """Replace the file; the reader logs what is raised."""
        write_snapshot(self._path, _snapshot(self._service, metrics_data))
        return MetricExportResult.SUCCESS

    def force_flush(self, timeout_millis: float = 10_000) -> bool:  # noqa: ARG002  (the SDK's signature)
        """Nothing waits here."""
        return True

    def shutdown(self, timeout_millis: float = 30_000, **_: object) -> None:
        """Nothing to close."""


def _record(span: ReadableSpan) -> SpanRecord:
    return SpanRecord(
        trace_id=format_trace_id(span.context.trace_id),
        span_id=format_span_id(span.context.span_id),
        parent_id=format_span_id(span.parent.span_id) if span.parent else None,
        name=span.name,
        service=str(span.resource.attributes[SERVICE_NAME]),
        kind=span.kind.name.lower(),
        start_ns=span.start_time or 0,
        end_ns=span.end_time or 0,
        status=span.status.status_code.name.lower(),
        status_message=span.status.description,
        attributes=dict(span.attributes or {}),
        events=tuple(SpanEvent(event.name, event.timestamp, dict(event.attributes or {})) for event in span.events),
        links=tuple(_link(link) for link in span.links),
    )


def _link(link: Link) -> SpanLink:
    trace_id, span_id = format_trace_id(link.context.trace_id), format_span_id(link.context.span_id)
    return SpanLink(trace_id, span_id, dict(link.attributes or {}))


def _snapshot(service: str, data: MetricsData) -> Mapping[str, Any]:
    metrics = [
        metric for resource in data.resource_metrics for scope in resource.scope_metrics for metric in scope.metrics
    ]
    return {
        "service": service,
        "process_id": os.getpid(),
        "time_ns": time.time_ns(),
        "metrics": {metric.name: _metric_json(metric) for metric in metrics},
    }


def _metric_json(metric: Metric) -> Mapping[str, Any]:
    points = [_point_json(point) for point in metric.data.data_points]
    return {"unit": metric.unit, "description": metric.description, "points": points}


def _point_json(point: object) -> Mapping[str, Any]:
    match point:
        case NumberDataPoint():
            return {"attributes": dict(point.attributes or {}), "value": point.value}
        case HistogramDataPoint():
            return {
                "attributes": dict(point.attributes or {}),
                "count": point.count,
                "sum": point.sum,
                "min": point.min,
                "max": point.max,
                "bounds": list(point.explicit_bounds),
                "buckets": list(point.bucket_counts),
            }
        case _:
            message = f"no instrument of ours gives a {type(point).__name__}"
            raise TypeError(message)
