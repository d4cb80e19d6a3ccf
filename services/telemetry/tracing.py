"""A trace per document over all processes, a span per batch, and the links between them."""

import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

from services.telemetry import names
from services.telemetry.metrics import Metrics
from services.telemetry.redaction import redact_text

_W3C: Final = TraceContextTextMapPropagator()
_KINDS: Final = {names.ACCEPT: SpanKind.CONSUMER, names.RELAY: SpanKind.PRODUCER}
_SAID_IN_LOGS: Final = {names.DOCUMENT_ID, names.BATCH_ID}


def current_traceparent() -> str:
    """W3C trace context of the span we are in; empty if there is none."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier)
    return carrier.get("traceparent", "")


def context_from(traceparent: str | None) -> Context:
    """Context of the span that `traceparent` names; empty if it is missing or not well formed.

    A publisher may send anything in this header: a bad one starts a new trace, it never fails a document.
    """
    return _W3C.extract({"traceparent": traceparent or ""}, context=Context())


def trace_id_of(traceparent: str | None) -> str:
    """Trace id in 32 hex digits; empty if `traceparent` is missing or not well formed."""
    context = _span_context(traceparent)
    return trace.format_trace_id(context.trace_id) if context.is_valid else ""


def link_to(traceparent: str, **attributes: AttributeValue) -> Link:
    """Make a link to the span that `traceparent` names."""
    return Link(_span_context(traceparent), attributes)


def mark_failed(span: Span, code: str, message: str) -> None:
    """Say on a span that its document failed, without an exception.

    Parameters
    ----------
    code
        From the closed list of error codes.
    message
        One sentence for people.
    """
    span.set_attribute(names.ERROR_TYPE, code)
    span.set_status(Status(StatusCode.ERROR, redact_text(message)))


@dataclass(frozen=True, slots=True)
class Batch:
    """The span of a batch, for the spans of its documents to link to."""

    span: Span
    batch_id: str
    size: int
    traceparent: str

    @property
    def trace_id(self) -> str:
        """Trace id of the batch, in 32 hex digits; empty if tracing is off."""
        return trace_id_of(self.traceparent)

    @property
    def links(self) -> list[Link]:
        """What a document's `6 ask` span takes as its links; empty if tracing is off."""
        labels: dict[str, AttributeValue] = {names.BATCH_ID: self.batch_id, names.BATCH_SIZE: self.size}
        return [link_to(self.traceparent, **labels)] if self.traceparent else []


class Tracing:
    """Makes the spans of a service and measures how long they took.

    Parameters
    ----------
    tracer
        Of the provider that `set_up` made. A no-op tracer hands trace contexts through and records nothing.
    metrics
        Takes the durations.
    """

    def __init__(self, tracer: Tracer, metrics: Metrics) -> None:
        self._tracer = tracer
        self._metrics = metrics

    @contextmanager
    def step_span(
        self,
        name: str,
        parent_traceparent: str | None = None,
        links: Sequence[Link] = (),
        /,
        **attributes: AttributeValue | None,
    ) -> Iterator[Span]:
        """Do a step inside its span.

        An exception is recorded on the span, sets its status, and goes on; `document_id` and `batch_id` are said
        in every log line written inside.

        Parameters
        ----------
        name
            From `names`.
        parent_traceparent
            The document's trace context; None or a malformed one: child of the current span, or a new trace.
        links
            Such as `Batch.links`.
        attributes
            None values are left out. Dotted names by `**{names.MESSAGING_TOPIC: …}`.
        """
        parent = context_from(parent_traceparent) or None
        span = self._tracer.start_span(name, parent, _kind(name), _given(attributes), links)
        with self._measured(span, name), _said_in_logs(attributes):
            yield span

    @contextmanager
    def batch_span(
        self, traceparents: Sequence[str], batch_id: str, **attributes: AttributeValue | None
    ) -> Iterator[Batch]:
        """Run a batch inside a span that is the root of its own trace and links to every document's span.

        Parameters
        ----------
        traceparents
            One a document; a document without one counts, and has no link.
        """
        labels = _given(attributes) | {names.BATCH_ID: batch_id, names.BATCH_SIZE: len(traceparents)}
        links = [link_to(traceparent) for traceparent in traceparents if trace_id_of(traceparent)]
        span = self._tracer.start_span(names.BATCH, Context(), SpanKind.INTERNAL, labels, links)
        self._metrics.batch_of(len(traceparents))
        with self._measured(span, names.BATCH), _said_in_logs(labels):
            yield Batch(span, batch_id, len(traceparents), current_traceparent())

    def record_step(
        self,
        name: str,
        parent_traceparent: str | None,
        started_ns: int,
        ended_ns: int,
        /,
        **attributes: AttributeValue | None,
    ) -> None:
        """Record a step that was done for many documents at once, such as one transaction: a span for each.

        Parameters
        ----------
        started_ns, ended_ns
            Nanoseconds since 1970, as `time.time_ns` gives them.
        """
        parent = context_from(parent_traceparent)
        span = self._tracer.start_span(name, parent, _kind(name), _given(attributes), start_time=started_ns)
        span.end(ended_ns)
        self._metrics.step_took(name, (ended_ns - started_ns) / 1e9)

    @contextmanager
    def _measured(self, span: Span, name: str) -> Iterator[None]:
        start = time.perf_counter()
        error_type = None
        try:
            with trace.use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
                try:
                    yield
                except BaseException as error:
                    error_type = type(error).__qualname__
                    _record_exception(span, error)
                    raise
        finally:
            self._metrics.step_took(name, time.perf_counter() - start, error_type)


def _span_context(traceparent: str | None) -> trace.SpanContext:
    return trace.get_current_span(context_from(traceparent)).get_span_context()


def _kind(name: str) -> SpanKind:
    return _KINDS.get(name, SpanKind.INTERNAL)


def _given(attributes: Mapping[str, AttributeValue | None]) -> dict[str, AttributeValue]:
    return {name: value for name, value in attributes.items() if value is not None}


@contextmanager
def _said_in_logs(attributes: Mapping[str, AttributeValue | None]) -> Iterator[None]:
    said = {name: value for name, value in attributes.items() if name in _SAID_IN_LOGS and value is not None}
    with structlog.contextvars.bound_contextvars(**said):
        yield


def _record_exception(span: Span, error: BaseException) -> None:
    # The texts are given, not left to the SDK: connection errors like to quote a URL with its password.
    message = redact_text(str(error))
    stacktrace = redact_text("".join(traceback.format_exception(error)))
    span.record_exception(error, {"exception.message": message, "exception.stacktrace": stacktrace})
    span.set_attribute(names.ERROR_TYPE, type(error).__qualname__)
    span.set_status(Status(StatusCode.ERROR, f"{type(error).__name__}: {message}"))
