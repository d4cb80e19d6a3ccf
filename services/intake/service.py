"""The intake service: steps 2 to 4, from records of `documents.submitted` to stored pages."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Self, assert_never

import structlog
from opentelemetry.trace import Span

from schemas.envelope import EnvelopeError
from schemas.events import ErrorCode, Step
from services.answers.language import detect_language
from services.delivery.breaker import Admission, Breaker
from services.delivery.consumption import Consumption
from services.delivery.record import Record
from services.delivery.retrying import GiveUp, RetryPolicy, TryAgain, after_failure
from services.intake.accept import (
    Submission,
    failed,
    fetched,
    history_of,
    outcome_of,
    parsed_document,
    read_submission,
    unread,
)
from services.intake.document import ParsedDocument
from services.intake.failure import IntakeError
from services.intake.fetch import ContentFetcher
from services.intake.media import media_type_of
from services.intake.parse import Parser
from services.intake.store import Accepted, Outcome, Retried, Store
from services.storage.dead_letters import DeadRecord
from services.storage.records import Acceptance, NewDocument
from services.telemetry import names
from services.telemetry.metrics import Metrics
from services.telemetry.tracing import Tracing, current_traceparent, mark_failed

log = structlog.get_logger(__name__)

FLUSH_DOCUMENTS: Final = 100
"""Most documents of one transaction."""

UNSTORED: Final = 2
"""Documents that wait to be stored, for each that is read at the same time: a short record may have led to a long one,
and the database may be away for long."""

BREAKER_SECONDS: Final = 0.2
"""How often an open breaker is asked."""


@dataclass(frozen=True, slots=True)
class Read:
    """A record that has been worked on and waits to be stored."""

    record: Record
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class IntakeLimits:
    """How much intake takes on.

    Parameters
    ----------
    side_by_side
        Documents that are fetched and parsed at the same time.
    record_bytes
        Records larger than this are no documents.
    """

    side_by_side: int
    record_bytes: int


class Intake:
    """Reads records, parses their documents side by side, and stores what is ready."""

    def __init__(
        self,
        consumption: Consumption,
        fetcher: ContentFetcher,
        parser: Parser,
        store: Store,
        limits: IntakeLimits,
        retries: RetryPolicy,
        tracing: Tracing,
        metrics: Metrics,
    ) -> None:
        self.breaker = Breaker()
        self._consumption = consumption
        self._retries = retries
        self._fetcher = fetcher
        self._parser = parser
        self._store = store
        self._tracing = tracing
        self._metrics = metrics
        self._slots = asyncio.Semaphore(limits.side_by_side)
        self._limits = limits
        self._ready: asyncio.Queue[Read] = asyncio.Queue()
        self._unstored = asyncio.Semaphore(UNSTORED * limits.side_by_side)
        self._last_of_key: dict[bytes, asyncio.Task[None]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then finish the documents in flight."""
        async with asyncio.TaskGroup() as group:
            flusher = group.create_task(self._flush_for_ever())
            async with asyncio.TaskGroup() as readers:
                while not stop.is_set():
                    for record in await self._next_records(stop):
                        self._start(readers, record)
            await self._ready.join()
            flusher.cancel()

    async def _next_records(self, stop: asyncio.Event) -> list[Record]:
        """Take a record for which there is a slot, and what else has one."""
        await self._slots.acquire()
        admission = self.breaker.admission()  # asked now: it may have opened while all slots were taken
        if admission is Admission.NONE:
            self._slots.release()
            await asyncio.sleep(BREAKER_SECONDS)
            return []
        room = 1
        while admission is Admission.ALL and room < FLUSH_DOCUMENTS and not self._slots.locked():
            await self._slots.acquire()
            room += 1
        # It may have been set while all slots were taken.
        records = [] if stop.is_set() else await self._consumption.take(room, wait_seconds=1.0)
        for _ in range(room - len(records)):
            self._slots.release()
        if records and admission is Admission.ONE:
            self.breaker.probe()
        return records

    def _start(self, readers: asyncio.TaskGroup, record: Record) -> None:
        # Records of one key are stored in the order of the topic: a newer version must not be overtaken.
        self._metrics.in_flight(1)
        key = record.key or b""
        before = self._last_of_key.get(key) if key else None
        task = readers.create_task(self._read(record, before))
        if key:
            self._last_of_key[key] = task
            task.add_done_callback(lambda done: self._last_of_key.get(key) is done and self._last_of_key.pop(key))

    async def _read(self, record: Record, before: asyncio.Task[None] | None) -> None:
        try:
            outcome = await self._outcome(record)
            if before is not None:
                await asyncio.wait([before])
            await self._unstored.acquire()
            self._ready.put_nowait(Read(record, outcome))
        finally:
            self._slots.release()

    async def _flush_for_ever(self) -> None:
        while True:
            ready = [await self._ready.get()]
            while not self._ready.empty() and len(ready) < FLUSH_DOCUMENTS:
                ready.append(self._ready.get_nowait())
            await self._flush(ready)
            for _ in ready:
                self._ready.task_done()
                self._unstored.release()

    async def _flush(self, ready: Sequence[Read]) -> None:
        accepted = [item.outcome for item in ready if isinstance(item.outcome, Accepted)]
        dead = [item.outcome for item in ready if isinstance(item.outcome, DeadRecord)]
        retried = [item.outcome for item in ready if isinstance(item.outcome, Retried)]
        started = time.time_ns()
        acceptances = await self._store.store(accepted, dead, retried)
        ended = time.time_ns()
        self._consumption.done(item.record for item in ready)
        self._metrics.in_flight(-len(ready))
        for item, acceptance in zip(accepted, acceptances, strict=True):
            self._say_stored(item.document, acceptance, started, ended)
        self._say_not_stored(dead, retried)

    def _say_not_stored(self, dead: Sequence[DeadRecord], retried: Sequence[Retried]) -> None:
        if dead:
            self._metrics.documents_done(names.Outcome.DEAD_LETTERED, Step.ACCEPT, len(dead))
        for letter in dead:
            log.warning("dead letter", place=letter.record.offset, code=letter.code.value, reason=letter.message)
        for item in retried:
            failure = item.document.failure
            if failure:
                self._metrics.documents_done(names.Outcome.RETRIED, failure.step)
                self._metrics.retried(failure.step, failure.code.value)
                said = {"document_id": item.document.document_id, "code": failure.code.value}
                log.warning("tries again", attempt=item.attempt, after=str(item.after), **said)

    def _say_stored(self, document: NewDocument, acceptance: Acceptance, started: int, ended: int) -> None:
        attributes = {names.DOCUMENT_ID: document.document_id, names.TENANT: document.tenant}
        self._tracing.record_step(names.STORE, document.traceparent, started, ended, **attributes)
        self._metrics.documents_done(outcome_of(document, acceptance), Step.STORE)
        failure = document.failure
        log.info(
            "stored",
            document_id=document.document_id,
            pages=len(document.pages),
            acceptance=acceptance.value,
            failure=failure and failure.code.value,
        )

    async def _outcome(self, record: Record) -> Outcome:
        try:
            self._check_size(record)
            submission = read_submission(record)
        except EnvelopeError as error:
            self.breaker.neutral()
            with self._tracing.step_span(names.ACCEPT, None, **_place(record)) as span:
                mark_failed(span, error.code, error.message)
                history = history_of(record)
                return DeadRecord(
                    record,
                    Step.ACCEPT,
                    error.code,
                    error.message,
                    current_traceparent(),
                    history.attempt,
                    history.dead_letter,
                )
        return self._after(record, await self._document(submission, record))

    def _after(self, record: Record, document: NewDocument) -> Outcome:
        if document.failure is None:
            self.breaker.succeeded()
            return Accepted(document, record.place)
        if document.failure.retryable:
            self.breaker.failed(document.failure.code)
        else:
            self.breaker.neutral()  # it is the document's own: a place that is denied, say
        decision = after_failure(
            document.failure.code,
            document.attempts,
            self._retries,
            random.random(),  # noqa: S311  (spreads tries, guards nothing)
            retryable=document.failure.retryable,
            outage=self.breaker.outage is not None,
        )
        match decision:
            case TryAgain(attempt, after):
                return Retried(record, document, attempt, after)
            case GiveUp():
                return Accepted(document, record.place)
            case _:
                assert_never(decision)

    def _check_size(self, record: Record) -> None:
        if record.size > self._limits.record_bytes:
            message = f"the record has {record.size} bytes, the most is {self._limits.record_bytes}; use content.uri"
            raise EnvelopeError(ErrorCode.RECORD_TOO_LARGE, message)

    async def _document(self, submission: Submission, record: Record) -> NewDocument:
        document = submission.document
        attributes = {names.DOCUMENT_ID: document.document_id, names.TENANT: document.tenant}
        accept = self._tracing.step_span(names.ACCEPT, submission.traceparent, **attributes, **_place(record))
        with accept as span, _Failing(span, Step.ACCEPT) as failing:
            base = unread(submission, traceparent=current_traceparent())
            content = await self._fetcher.fetch(document.content)
            base = fetched(base, content)
            media_type = media_type_of(content, document.media_type, document.file_name)
            base = replace(base, media_type=media_type)
        if failing.error:
            return failed(base, failing.error)
        parse = self._tracing.step_span(names.PARSE, base.traceparent, **attributes)
        with parse as span, _Failing(span, Step.PARSE) as failing:
            parsed = await self._parser.parse(content, media_type)
            span.set_attribute(names.PAGE_COUNT, len(parsed.pages))
            base = parsed_document(base, parsed, await language_of(parsed))
        return failed(base, failing.error) if failing.error else base


async def language_of(parsed: ParsedDocument) -> str:
    """Recognise the language in a thread: the first time, the recogniser's model is loaded."""
    return await asyncio.to_thread(detect_language, parsed.pages)


class _Failing:
    """Keeps the error that ends a step, so that the document fails and its neighbours go on."""

    def __init__(self, span: Span, step: Step) -> None:
        self.error: IntakeError | None = None
        self._span = span
        self._step = step

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> bool:
        if isinstance(error, IntakeError):
            self.error = error
        elif isinstance(error, Exception):
            log.error("step failed unexpectedly", step=self._step.value, exc_info=error)
            message = f"the step failed unexpectedly ({type(error).__name__}); the log has the details"
            self.error = IntakeError(self._step, ErrorCode.INTERNAL_ERROR, message, retryable=True)
        if self.error:
            mark_failed(self._span, self.error.code, self.error.message)
        return self.error is not None


def _place(record: Record) -> dict[str, str | int]:
    return {
        names.MESSAGING_SYSTEM: "kafka",
        names.MESSAGING_TOPIC: record.topic,
        names.MESSAGING_PARTITION: str(record.partition),
        names.MESSAGING_OFFSET: record.offset,
    }
