"""The inference service: steps 5 to 8, from records of `documents.parsed` to recorded answers."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final, TypeVar, assert_never
from uuid import uuid4

import structlog

from schemas.events import ErrorCode, Step
from services.answers.questions import Question
from services.answers.tables.copied import RowsQuestion
from services.delivery.breaker import Admission, Breaker
from services.delivery.consumption import Consumption
from services.delivery.record import Record
from services.delivery.retrying import GiveUp, RetryPolicy, TryAgain, after_failure
from services.inference.admit import Admitted, admit
from services.inference.ask import Asked, AskedAgain, AskedRows, Asker, AskError
from services.inference.check import Checked, answered, check_again, check_or_answer, check_rows, with_tables
from services.inference.engines.port import Engine, EngineAwayError, EngineDeadError, EngineError, ModelAwayError
from services.inference.in_engine import InEngine
from services.inference.in_work import InWork
from services.inference.metering import metered
from services.inference.outcome import Answered, Failed, Outcome, Retried
from services.inference.parsed import ParsedRecords, Version, read_parsed
from services.inference.record import Leaving, Recorder
from services.inference.recording import Recording
from services.inference.turns import Turns, TurnsOverError
from services.storage.dead_letters import DeadRecord
from services.storage.records import Failure, NewBatch, PendingDocument
from services.telemetry import names
from services.telemetry.metrics import Metrics
from services.telemetry.tracing import Batch, Tracing, current_traceparent

log = structlog.get_logger(__name__)

Said = TypeVar("Said", Asked, AskedAgain, AskedRows)
Found = TypeVar("Found")

LINGER_SECONDS: Final = 0.3
"""A batch waits this long for company: it costs little, and the engine works on several documents at once."""

ENGINE_DEATHS: Final = 3
"""A document that the engine held at its death so often, alone since the first, is what kills it."""

CHECKS: Final = 2
"""Answers that are checked at the same time: a check is Python alone."""

LONG_PAGES: Final = 10
"""Of documents with more pages one at a time is checked: it holds a tenth of a megabyte a page, and a shorter document
does not wait for two of them."""

BREAKER_SECONDS: Final = 0.2
"""How often an open breaker is asked."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is in the engine at a time, and how long.

    Parameters
    ----------
    batch
        Most documents that are admitted together.
    documents
        Documents in the engine at the same time: as one is done, the next is admitted. So that it is there by then, as
        many more as `batch` says are read, checked or recorded beside them.
    ask_seconds
        A document whose answers take longer, once it has its turn, is tried again.
    windows
        Most windows in which a document is read. As many requests as `documents` are in the engine at the same time:
        a document of many windows waits until there is room for all of them.
    """

    batch: int
    documents: int
    ask_seconds: float
    windows: int


class Inference:
    """Reads records, asks the engine about their documents, and records each outcome as it comes."""

    def __init__(
        self,
        consumption: Consumption,
        engine: Engine,
        asker: Asker,
        recorder: Recorder,
        limits: Limits,
        retries: RetryPolicy,
        tracing: Tracing,
        metrics: Metrics,
    ) -> None:
        self.breaker = Breaker()
        self._consumption = consumption
        self._engine = engine
        self._asker = asker
        self._recorder = recorder
        self._recording = Recording(recorder)
        self._limits = limits
        self._retries = retries
        self._tracing = tracing
        self._metrics = metrics
        self._text_budget = asker.text_budget()
        self._slots = asyncio.Semaphore(limits.documents + limits.batch)
        self._turns = Turns(limits.documents)
        self._checks = asyncio.Semaphore(CHECKS)
        self._long_checks = asyncio.Semaphore(1)
        self._in_work = InWork()
        self._in_engine = InEngine(recorder.note_engine_death)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then finish what the engine has begun; the rest is delivered again."""
        async with asyncio.TaskGroup() as group:
            writing = group.create_task(self._recording.run())
            group.create_task(self._end_turns(stop))
            async with asyncio.TaskGroup() as batches:
                while not stop.is_set():
                    if records := await self._next_records(stop):
                        batches.create_task(self._batch(records))
            writing.cancel()

    async def _end_turns(self, stop: asyncio.Event) -> None:
        await stop.wait()
        await self._turns.end()

    async def _next_records(self, stop: asyncio.Event) -> list[Record]:
        """Take as many records as have a slot; each slot is given back when its record is done."""
        await self._slots.acquire()
        admission = self.breaker.admission()  # asked now: it may have opened while all slots were taken
        if admission is Admission.NONE:
            self._slots.release()
            await asyncio.sleep(BREAKER_SECONDS)
            return []
        limit = 1 if admission is Admission.ONE else self._limits.batch
        room = 1
        while room < limit and not self._slots.locked():
            await self._slots.acquire()
            room += 1
        records = [] if stop.is_set() else await self._take(room)  # it may have been set while all slots were taken
        for _ in range(room - len(records)):
            self._slots.release()
        if records and admission is Admission.ONE:
            self.breaker.probe()
        return records

    async def _take(self, limit: int) -> list[Record]:
        records = await self._consumption.take(limit, wait_seconds=1.0)
        if 0 < len(records) < limit:
            await asyncio.sleep(LINGER_SECONDS)
            records += await self._consumption.take(limit - len(records), wait_seconds=0)
        return records

    async def _batch(self, records: Sequence[Record]) -> None:
        self._metrics.in_flight(len(records))
        parsed = self._read(records)
        repeated = [version for version in parsed.versions if version in self._in_work]
        fresh = parsed.without(repeated)
        with self._in_work.working_on(fresh.versions):
            later = [self._after_the_other(version, parsed.only({version})) for version in repeated]
            await asyncio.gather(self._work(fresh), *later)

    async def _after_the_other(self, version: Version, parsed: ParsedRecords) -> None:
        """Work on what is in work already, when that has left: then its answer is found, as a rule."""
        await self._in_work.wait_for(version)
        with self._in_work.working_on([version]):
            await self._work(parsed)

    async def _work(self, parsed: ParsedRecords) -> None:
        waiting = await self._recorder.load(parsed)
        self._settle(parsed, waiting)
        if waiting:
            await self._answer(waiting, parsed)

    def _settle(self, parsed: ParsedRecords, waiting: Sequence[PendingDocument]) -> None:
        """Finish the records that ask for nothing: dead ones, and those whose documents do not wait for an answer."""
        self._say_dead(parsed.dead)
        kept = parsed.of({document.document_key for document in waiting})
        settled = [record for record in parsed.records if record not in kept.records]
        for _ in settled:
            self.breaker.neutral()
        self._done(settled)
        for version in parsed.without(kept.versions).versions:
            self._in_work.done(version)

    async def _answer(self, waiting: Sequence[PendingDocument], parsed: ParsedRecords) -> None:
        batch_id = uuid4()
        parents = [document.traceparent for document in waiting]
        labels = {names.PIPELINE_ID: self._recorder.pipeline.pipeline_id}
        with self._tracing.batch_span(parents, str(batch_id), **labels) as batch:
            row = NewBatch(batch_id, self._recorder.pipeline.pipeline_id, batch.trace_id, datetime.now(UTC))
            admitted, refused = await self._admit(waiting, batch)
            documents = [self._document(item, batch, row, parsed) for item in admitted]
            left = [self._leave(Leaving(outcome, row), batch, parsed) for outcome in refused]
            await asyncio.gather(*documents, *left)

    def _done(self, records: Sequence[Record]) -> None:
        self._consumption.done(records)
        self._metrics.in_flight(-len(records))
        for _ in records:
            self._slots.release()

    def _read(self, records: Sequence[Record]) -> ParsedRecords:
        with self._tracing.step_span(names.ADMIT):
            return read_parsed(records, current_traceparent())

    async def _admit(self, waiting: Sequence[PendingDocument], batch: Batch) -> tuple[list[Admitted], list[Outcome]]:
        """Give what is admitted, and how the others leave: those whose text cannot be counted."""
        started = time.time_ns()
        admitted: list[Admitted] = []
        refused: list[Outcome] = []
        try:
            admitted = await admit(waiting, self._engine, self._text_budget, self._limits.windows)
        except Exception:  # noqa: BLE001  (one by one it shows whose it is)
            for document in waiting:
                try:
                    admitted += await admit([document], self._engine, self._text_budget, self._limits.windows)
                except Exception as error:  # noqa: BLE001  (said in the log, and this document fails)
                    refused.append(self._after(document, _unexpected(document, Step.ADMIT, error)))
        ended = time.time_ns()
        for item in admitted:
            read = {names.PAGE_COUNT: item.pages_read, names.WINDOW_COUNT: len(item.windows)}
            attributes = _attributes(item.document, batch) | read
            self._tracing.record_step(names.ADMIT, item.document.traceparent, started, ended, **attributes)
        return admitted, refused

    async def _document(self, admitted: Admitted, batch: Batch, row: NewBatch, parsed: ParsedRecords) -> None:
        with metered() as taken:
            try:
                outcome = await self._outcome(admitted, batch)
            except TurnsOverError:
                return  # its record is not done: Kafka delivers it to another process, or to the next one
        given = outcome.asked.admitted if isinstance(outcome, Answered) else admitted
        pages_read = len(given.given_pages) if taken.requests else 0
        await self._leave(Leaving(outcome, row, taken, pages_read), batch, parsed)

    async def _leave(self, leaving: Leaving, batch: Batch, parsed: ParsedRecords) -> None:
        started = time.time_ns()
        written = await self._recording.record(leaving)
        ended = time.time_ns()
        document = leaving.outcome.document
        left = parsed.of({document.document_key})
        self._done(left.records)
        for version in left.versions:
            self._in_work.done(version)
        self._tracing.record_step(names.RECORD, document.traceparent, started, ended, **_attributes(document, batch))
        self._say_recorded(written)

    async def _outcome(self, admitted: Admitted, batch: Batch) -> Outcome:
        document = admitted.document
        asked = await self._ask(document, batch, lambda: self._asker.ask(admitted), admitted.most_windows)
        if isinstance(asked, Failure):
            return self._after(document, asked)
        try:
            with self._tracing.step_span(names.CHECK, document.traceparent, **_attributes(document, batch)):
                outcome = await self._in_turn(document, lambda: check_or_answer(asked))
            self._tell_breaker(asked)  # now: its second question may find the engine away
            if isinstance(outcome, Checked):
                outcome = await self._answer_again(outcome, batch)
        except EngineDeadError:
            raise  # the process must end
        except Exception as error:  # noqa: BLE001  (said in the log, and this document fails)
            return self._after(document, _unexpected(document, Step.CHECK, error))
        return outcome

    def _tell_breaker(self, asked: Asked) -> None:
        """Tell what an answer says of the engine; of an answer that is cut off, what was whole is kept."""
        outage = self.breaker.outage
        if not asked.generations:
            self.breaker.neutral()  # an e-invoice's own XML
        elif asked.cut_off and (outage is None or outage.code is ErrorCode.ANSWER_CUT_OFF):
            self.breaker.failed(ErrorCode.ANSWER_CUT_OFF)  # of nearly all, the fault is ours
        else:
            self.breaker.succeeded()

    async def _answer_again(self, checked: Checked, batch: Batch) -> Answered:
        """Ask what is left to ask; whatever comes of it, the document has its first answer."""
        document = checked.asked.admitted.document
        if checked.question is not None:
            checked = await self._ask_again(checked, checked.question, batch)
        if checked.tables is None:
            checked = await self._in_turn(document, partial(with_tables, checked))
        if checked.rows_question is not None:
            checked = await self._ask_rows(checked, checked.rows_question, batch)
        return await self._in_turn(document, partial(answered, checked))

    async def _ask_again(self, checked: Checked, question: Question, batch: Batch) -> Checked:
        document, kind = checked.asked.admitted.document, checked.asked.kind.name
        again = await self._ask(document, batch, lambda: self._asker.ask_again(checked.asked, question), begun=True)
        if isinstance(again, Failure):
            log.warning("second question failed", document_id=document.document_id, reason=again.message)
            self._metrics.asked_again(kind, names.SecondAnswer.FAILED)
            return checked
        with self._tracing.step_span(names.CHECK, document.traceparent, **_attributes(document, batch)):
            second = await self._in_turn(document, lambda: check_again(checked, again))
        helped = second.faults < checked.faults
        self._metrics.asked_again(kind, names.SecondAnswer.HELPED if helped else names.SecondAnswer.USELESS)
        return second

    async def _ask_rows(self, checked: Checked, question: RowsQuestion, batch: Batch) -> Checked:
        document, kind = checked.asked.admitted.document, checked.asked.kind.name
        ask = partial(self._asker.ask_rows, checked.asked, question)
        rows = await self._ask(document, batch, ask, len(question.lines), begun=True)
        if isinstance(rows, Failure):
            log.warning("question about rows failed", document_id=document.document_id, reason=rows.message)
            self._metrics.asked_rows(kind, names.SecondAnswer.FAILED)
            return checked
        with self._tracing.step_span(names.CHECK, document.traceparent, **_attributes(document, batch)):
            second = await self._in_turn(document, partial(check_rows, checked, rows))
        helped = second.tables is not None and not second.tables.unproven
        self._metrics.asked_rows(kind, names.SecondAnswer.HELPED if helped else names.SecondAnswer.USELESS)
        return second

    async def _in_turn(self, document: PendingDocument, checks: Callable[[], Found]) -> Found:
        """Run a part of step 7 in a thread, with few others beside it."""
        is_long = len(document.pages) > LONG_PAGES
        async with self._long_checks if is_long else nullcontext(), self._checks:
            return await asyncio.to_thread(checks)

    async def _ask(
        self,
        document: PendingDocument,
        batch: Batch,
        ask: Callable[[], Awaitable[Said]],
        requests: int = 1,
        *,
        begun: bool = False,
    ) -> Said | Failure:
        if document.engine_deaths >= ENGINE_DEATHS:
            message = f"the engine died {document.engine_deaths} times while it held this document"
            return Failure(Step.ASK, ErrorCode.ENGINE_DIED, message, retryable=True)
        alone, priority = document.engine_deaths > 0, document.priority
        async with self._turns.turn(alone=alone, requests=requests, priority=priority, begun=begun):
            with self._in_engine.holding(document.document_key):
                try:
                    return await self._ask_in_time(document, batch, ask)
                except EngineDeadError:
                    await self._in_engine.note_death()
                    raise  # the process must end

    async def _ask_in_time(
        self, document: PendingDocument, batch: Batch, ask: Callable[[], Awaitable[Said]]
    ) -> Said | Failure:
        attributes = _attributes(document, batch)
        try:
            with self._tracing.step_span(names.ASK, document.traceparent, batch.links, **attributes) as span:
                async with asyncio.timeout(self._limits.ask_seconds):
                    said = await ask()
                span.set_attribute(names.DOCUMENT_TYPE, said.kind.name)
                return said
        except EngineDeadError:
            raise
        except EngineAwayError as error:
            self.breaker.trip(ErrorCode.ENGINE_REFUSED, str(error))
            return Failure(Step.ASK, ErrorCode.ENGINE_REFUSED, str(error), retryable=True)
        except Exception as error:  # noqa: BLE001  (this document fails or is tried again; the others go on)
            return _failure_of(document, error, self._limits.ask_seconds)

    def _after(self, document: PendingDocument, failure: Failure) -> Outcome:
        self.breaker.failed(failure.code)
        decision = after_failure(
            failure.code,
            document.attempts,
            self._retries,
            random.random(),  # noqa: S311  (spreads tries, guards nothing)
            retryable=failure.retryable,
            outage=self.breaker.outage is not None,
        )
        match decision:
            case TryAgain(attempt, after):
                return Retried(document, failure, attempt, after)
            case GiveUp():
                return Failed(document, failure)
            case _:
                assert_never(decision)

    def _say_dead(self, dead: Sequence[DeadRecord]) -> None:
        for letter in dead:
            self._metrics.documents_done(names.Outcome.DEAD_LETTERED, Step.ADMIT)
            log.warning("dead letter", place=letter.record.offset, code=letter.code.value, reason=letter.message)

    def _say_recorded(self, leaving: Leaving) -> None:
        outcome = leaving.outcome
        said = {"document_id": outcome.document.document_id, "batch_id": str(leaving.batch.batch_id)}
        self._measure(leaving)
        match outcome:
            case Answered():
                self._metrics.documents_done(names.Outcome.PROCESSED, Step.RECORD)
                log.info("processed", document_type=outcome.asked.kind.name, status=outcome.status.value, **said)
            case Retried(_, failure, attempt, after):
                self._metrics.documents_done(names.Outcome.RETRIED, failure.step)
                self._metrics.retried(failure.step, failure.code.value)
                log.warning("tries again", code=failure.code.value, attempt=attempt, after=str(after), **said)
            case Failed(_, failure):
                self._metrics.documents_done(names.Outcome.FAILED, failure.step)
                log.warning("failed", code=failure.code.value, reason=failure.message, **said)
            case _:
                assert_never(outcome)

    def _measure(self, leaving: Leaving) -> None:
        outcome, taken = leaving.outcome, leaving.taken
        kind = outcome.asked.kind.name if isinstance(outcome, Answered) else names.NO_TYPE
        self._metrics.took(
            kind,
            seconds=taken.seconds,
            prompt=taken.prompt_tokens,
            cached=taken.cached_tokens,
            completion=taken.completion_tokens,
        )
        if (price := self._recorder.price) is not None:
            self._metrics.cost(kind, price.of(taken.seconds), price.currency)
        if isinstance(outcome, Answered):
            self._metrics.answered_pages(kind, len(outcome.document.pages))


def _failure_of(document: PendingDocument, error: Exception, ask_seconds: float) -> Failure:
    match error:
        case AskError():
            passes = error.code is not ErrorCode.DOCUMENT_WITHOUT_TEXT
            return Failure(Step.ASK, error.code, error.message, retryable=passes)
        case ModelAwayError():
            return Failure(Step.ASK, ErrorCode.MODEL_AWAY, str(error), retryable=True)
        case EngineError():
            return Failure(Step.ASK, ErrorCode.ENGINE_REFUSED, f"the engine did not answer: {error}", retryable=True)
        case TimeoutError():
            message = f"the engine did not answer within {ask_seconds:g} s"
            return Failure(Step.ASK, ErrorCode.ANSWER_TIMEOUT, message, retryable=True)
        case _:
            return _unexpected(document, Step.ASK, error)


def _unexpected(document: PendingDocument, step: Step, error: Exception) -> Failure:
    # A fault of our own: this document fails and says so, the others go on.
    log.error("step failed unexpectedly", document_id=document.document_id, step=step.value, exc_info=error)
    message = f"the step failed unexpectedly ({type(error).__name__}); the log has the details"
    return Failure(step, ErrorCode.INTERNAL_ERROR, message, retryable=True)


def _attributes(document: PendingDocument, batch: Batch) -> dict[str, str | int]:
    return {
        names.DOCUMENT_ID: document.document_id,
        names.TENANT: document.tenant,
        names.BATCH_ID: batch.batch_id,
    }
