"""The instruments, made once, and a method for each thing that is counted or measured."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from opentelemetry.metrics import CallbackOptions, Meter, Observation

from schemas.events import Step
from services.telemetry import names

STEP_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)
"""Buckets of step durations: from a row written (milliseconds) to a long document on a CPU (minutes)."""
BATCH_DOCUMENTS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
TOKENS = (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864)
"""As the semantic conventions advise for `gen_ai.client.token.usage`."""


@dataclass(frozen=True, slots=True)
class PartitionLag:
    """Records of one partition that a consumer group has not committed yet."""

    group: str
    topic: str
    partition: int
    records: int


LagSource = Callable[[], Iterable[PartitionLag]]
SecondsSource = Callable[[], float]
OldestSource = Callable[[], Mapping[str, float]]
"""Seconds by topic."""
BreakerSource = Callable[[], bool]
CountSource = Callable[[], int]
ReadySource = Callable[[], Mapping[str, bool]]
"""Whether each check is good, by its name."""


class Metrics:
    """All metrics of a service.

    Parameters
    ----------
    meter
        Of the provider that `set_up` made; with a no-op meter nothing is recorded.
    """

    def __init__(self, meter: Meter) -> None:
        self._lag_sources: list[LagSource] = []
        self._oldest_sources: list[OldestSource] = []
        self._outbox_sources: list[SecondsSource] = []
        self._breaker_sources: list[BreakerSource] = []
        self._refused_sources: list[CountSource] = []
        self._ready_sources: list[ReadySource] = []
        self._make_counters(meter)
        self._make_histograms(meter)
        self._make_gauges(meter)

    def _make_counters(self, meter: Meter) -> None:
        self._documents = meter.create_counter(names.DOCUMENTS, "{document}", "Documents by outcome and step")
        self._in_flight = meter.create_up_down_counter(
            names.DOCUMENTS_IN_FLIGHT, "{document}", "Documents taken in and not yet durably done"
        )
        self._retries = meter.create_counter(names.RETRIES, "{retry}", "Tries put off until later, by step and error")
        self._commit_failures = meter.create_counter(
            names.CONSUMER_COMMIT_FAILURES, "{failure}", "Commits of offsets that the broker did not take"
        )
        self._skipped = meter.create_counter(
            names.CONSUMER_SKIPPED, "{record}", "Records that came again and were done already, by topic"
        )
        self._second = meter.create_counter(
            names.SECOND_QUESTIONS, "{question}", "Second questions by document type and by what came of them"
        )
        self._rows = meter.create_counter(
            names.ROWS_QUESTIONS, "{question}", "Questions about rows by document type and by what came of them"
        )
        self._types = meter.create_counter(
            names.TYPES_NAMED, "{document}", "Document types that were named, by words alone or with the model"
        )
        self._pruned = meter.create_counter(
            names.OUTBOX_PRUNED, "{row}", "Published outbox rows deleted after their time"
        )
        self._make_cost_counters(meter)

    def _make_cost_counters(self, meter: Meter) -> None:
        self._engine_time = meter.create_counter(
            names.ENGINE_TIME, "s", "Busy time of the engine, by the document type that it went to"
        )
        self._engine_cost = meter.create_counter(
            names.ENGINE_COST, "{currency}", "Price of the engine's busy time, where an hour has one, by document type"
        )
        self._engine_tokens = meter.create_counter(
            names.ENGINE_TOKENS, "{token}", "Tokens by kind and by the document type that they went to"
        )
        self._pages = meter.create_counter(names.PAGES, "{page}", "Pages of answered documents, by document type")

    def _make_histograms(self, meter: Meter) -> None:
        self._tokens = meter.create_histogram(
            names.TOKEN_USAGE, "{token}", "Tokens of each request by kind", explicit_bucket_boundaries_advisory=TOKENS
        )
        self._steps = meter.create_histogram(
            names.STEP_DURATION, "s", "Duration of each step", explicit_bucket_boundaries_advisory=STEP_SECONDS
        )
        self._batches = meter.create_histogram(
            names.BATCH_SIZE, "{document}", "Documents of a batch", explicit_bucket_boundaries_advisory=BATCH_DOCUMENTS
        )

    def _make_gauges(self, meter: Meter) -> None:
        meter.create_observable_gauge(
            names.CONSUMER_LAG, [self._observe_lag], "{record}", "Records not committed yet, by topic and partition"
        )
        meter.create_observable_gauge(
            names.CONSUMER_OLDEST,
            [self._observe_oldest],
            "s",
            "Age of the oldest record that is worked on, by topic",
        )
        meter.create_observable_gauge(
            names.OUTBOX_LAG, [self._observe_outbox], "s", "Age of the oldest outbox row that waits"
        )
        meter.create_observable_gauge(
            names.OUTBOX_REFUSED, [self._observe_refused], "{row}", "Outbox rows that the broker refuses"
        )
        meter.create_observable_gauge(
            names.READY, [self._observe_ready], "1", "1 while a check of readiness is good, else 0"
        )
        meter.create_observable_gauge(
            names.BREAKER_OPEN,
            [self._observe_breaker],
            "1",
            "1 while consumption stops because nearly all fails, else 0",
        )

    def documents_done(self, outcome: names.Outcome, step: Step, count: int = 1) -> None:
        """Count documents that left a step."""
        self._documents.add(count, {names.OUTCOME: outcome.value, names.STEP: names.span_of(step)})

    def in_flight(self, change: int) -> None:
        """Add documents that were taken in, or (negative) take off those durably done."""
        self._in_flight.add(change)

    def tokens(self, task: str, model: str, *, prompt: int, cached: int, completion: int) -> None:
        """Record the tokens of one request.

        Parameters
        ----------
        task
            `classify`, `extract`, `ask again` or `ask rows`.
        prompt, cached, completion
            Tokens of the prompt, those of them taken from the prefix cache, and tokens generated.
        """
        kinds = {names.TokenType.INPUT: prompt, names.TokenType.CACHED: cached, names.TokenType.OUTPUT: completion}
        for kind, amount in kinds.items():
            labels = {names.GEN_AI_TOKEN_TYPE: kind.value, names.GEN_AI_OPERATION: task, names.GEN_AI_MODEL: model}
            self._tokens.record(amount, labels)

    def took(self, document_type: str, *, seconds: float, prompt: int, cached: int, completion: int) -> None:
        """Count what one try of a document took of the engine.

        Parameters
        ----------
        document_type
            Of the answer; `names.NO_TYPE` if there is none.
        seconds
            Its part of the engine's busy time.
        prompt, cached, completion
            As in `tokens`, over all of its requests.
        """
        self._engine_time.add(seconds, {names.DOCUMENT_TYPE: document_type})
        kinds = {names.TokenType.INPUT: prompt, names.TokenType.CACHED: cached, names.TokenType.OUTPUT: completion}
        for kind, amount in kinds.items():
            self._engine_tokens.add(amount, {names.DOCUMENT_TYPE: document_type, names.GEN_AI_TOKEN_TYPE: kind.value})

    def cost(self, document_type: str, money: float, currency: str) -> None:
        """Count the price of the engine's time that one try of a document took.

        Parameters
        ----------
        document_type
            As in `took`.
        currency
            ISO 4217.
        """
        self._engine_cost.add(money, {names.DOCUMENT_TYPE: document_type, names.CURRENCY: currency})

    def answered_pages(self, document_type: str, pages: int) -> None:
        """Count the pages of a document that was answered."""
        self._pages.add(pages, {names.DOCUMENT_TYPE: document_type})

    def asked_again(self, document_type: str, outcome: names.SecondAnswer) -> None:
        """Count a second question."""
        self._second.add(1, {names.DOCUMENT_TYPE: document_type, names.OUTCOME: outcome.value})

    def asked_rows(self, document_type: str, outcome: names.SecondAnswer) -> None:
        """Count a question about rows that no total confirms."""
        self._rows.add(1, {names.DOCUMENT_TYPE: document_type, names.OUTCOME: outcome.value})

    def type_named(self, document_type: str, by: names.TypeNamedBy) -> None:
        """Count a type that was named."""
        self._types.add(1, {names.DOCUMENT_TYPE: document_type, names.TYPE_NAMED_BY: by.value})

    def step_took(self, name: str, seconds: float, error: str | None = None) -> None:
        """Record the duration of a step, with the class or code of its error if it failed."""
        self._steps.record(seconds, {names.STEP: name} | ({names.ERROR_TYPE: error} if error else {}))

    def batch_of(self, size: int) -> None:
        """Record the number of documents of a batch."""
        self._batches.record(size)

    def retried(self, step: Step, code: str) -> None:
        """Count a document that is to be tried again later, with the code of its error."""
        self._retries.add(1, {names.STEP: names.span_of(step), names.ERROR_TYPE: code})

    def commit_failed(self, group: str, count: int = 1) -> None:
        """Count commits that the broker did not take."""
        self._commit_failures.add(count, {names.MESSAGING_GROUP: group})

    def redelivered(self, topic: str, count: int = 1) -> None:
        """Count records that came again and were skipped, because they were done already."""
        self._skipped.add(count, {names.MESSAGING_TOPIC: topic})

    def outbox_pruned(self, count: int) -> None:
        """Count outbox rows that were deleted after their time."""
        self._pruned.add(count)

    def watch_lag(self, source: LagSource) -> None:
        """Ask `source` for the consumer lag at every export; it is called in another thread and must not block."""
        self._lag_sources.append(source)

    def watch_oldest(self, source: OldestSource) -> None:
        """Ask `source` for the age of the oldest unfinished record of each topic; as `watch_lag` does."""
        self._oldest_sources.append(source)

    def watch_breaker(self, source: BreakerSource) -> None:
        """Ask `source` whether consumption stops because nearly all fails; as `watch_lag` does."""
        self._breaker_sources.append(source)

    def watch_outbox(self, source: SecondsSource) -> None:
        """Ask `source` for the outbox lag in seconds at every export; in another thread, it must not block."""
        self._outbox_sources.append(source)

    def watch_refused(self, source: CountSource) -> None:
        """Ask `source` for the outbox rows that the broker refuses; as `watch_outbox` does."""
        self._refused_sources.append(source)

    def watch_ready(self, source: ReadySource) -> None:
        """Ask `source` for what readiness says; as `watch_lag` does."""
        self._ready_sources.append(source)

    def begin(self, steps: Iterable[Step]) -> None:
        """Begin to count at 0 what alerts are about: of a series that begins higher Prometheus sees no increase."""
        for step in steps:
            for outcome in (names.Outcome.PROCESSED, names.Outcome.FAILED, names.Outcome.DEAD_LETTERED):
                self.documents_done(outcome, step, 0)

    def _observe_lag(self, _: CallbackOptions) -> Iterable[Observation]:
        for lag in (lag for source in self._lag_sources for lag in source()):
            labels = {
                names.MESSAGING_TOPIC: lag.topic,
                names.MESSAGING_PARTITION: str(lag.partition),
                names.MESSAGING_GROUP: lag.group,
            }
            yield Observation(lag.records, labels)

    def _observe_oldest(self, _: CallbackOptions) -> Iterable[Observation]:
        for topic, seconds in (item for source in self._oldest_sources for item in source().items()):
            yield Observation(seconds, {names.MESSAGING_TOPIC: topic})

    def _observe_breaker(self, _: CallbackOptions) -> Iterable[Observation]:
        return [Observation(int(source())) for source in self._breaker_sources]

    def _observe_outbox(self, _: CallbackOptions) -> Iterable[Observation]:
        return [Observation(source()) for source in self._outbox_sources]

    def _observe_refused(self, _: CallbackOptions) -> Iterable[Observation]:
        return [Observation(source()) for source in self._refused_sources]

    def _observe_ready(self, _: CallbackOptions) -> Iterable[Observation]:
        for name, healthy in (item for source in self._ready_sources for item in source().items()):
            yield Observation(int(healthy), {names.READINESS_CHECK: name})
