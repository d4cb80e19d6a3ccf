"""The inference service: steps 5 to 8, from records of `documents.parsed` to recorded answers."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, assert_never
from uuid import UUID, uuid4

import structlog
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt

from schemas.events import ErrorCode, Step
from services.delivery.consumption import Consumption
from services.delivery.record import Record
from services.inference.admit import Admitted, admit
from services.inference.ask import Asked, Asker, AskError
from services.inference.check import check
from services.inference.engines.port import Engine, EngineDeadError, EngineError
from services.inference.outcome import Answered, Failed, Outcome
from services.inference.parsed import ParsedRecords, read_parsed
from services.inference.record import Recorder
from services.storage.records import Failure, NewBatch, PendingDocument, Pipeline
from services.telemetry import names
from services.telemetry.metrics import Metrics
from services.telemetry.tracing import Batch, Tracing, current_traceparent

log = structlog.get_logger(__name__)

LINGER_SECONDS: Final = 0.3
"""A batch waits this long for company: it costs little, and the engine works on several documents at once."""

ENGINE_TRIES: Final = 2


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """How much is in the engine at a time.

    Parameters
    ----------
    documents
        Most documents of one batch.
    in_flight
        Batches at the same time: while one waits for its slowest document, the next keeps the engine busy.
    """

    documents: int
    in_flight: int


class Inference:
    """Reads records, asks the engine about their documents in batches, and records what comes."""

    def __init__(
        self,
        consumption: Consumption,
        engine: Engine,
        asker: Asker,
        recorder: Recorder,
        limits: BatchLimits,
        tracing: Tracing,
        metrics: Metrics,
    ) -> None:
        self._consumption = consumption
        self._engine = engine
        self._asker = asker
        self._recorder = recorder
        self._limits = limits
        self._tracing = tracing
        self._metrics = metrics
        self._text_budget = asker.text_budget()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then finish the batches in flight."""
        slots = asyncio.Semaphore(self._limits.in_flight)
        async with asyncio.TaskGroup() as batches:
            while not stop.is_set():
                await slots.acquire()
                records = await self._next_records()
                batches.create_task(self._work(records, slots))

    async def _next_records(self) -> list[Record]:
        limit = self._limits.documents
        records = await self._consumption.take(limit, wait_seconds=1.0)
        if 0 < len(records) < limit:
            await asyncio.sleep(LINGER_SECONDS)
            records += await self._consumption.take(limit - len(records), wait_seconds=0)
        return records

    async def _work(self, records: Sequence[Record], slots: asyncio.Semaphore) -> None:
        try:
            if records:
                self._metrics.in_flight(len(records))
                await self._batch(records)
                self._consumption.done(records)
                self._metrics.in_flight(-len(records))
        finally:
            slots.release()

    async def _batch(self, records: Sequence[Record]) -> None:
        parsed = self._read(records)
        waiting = await self._recorder.load(parsed)
        if not waiting:
            return
        batch_id, started_at = uuid4(), datetime.now(UTC)
        parents = [document.traceparent for document in waiting]
        labels = {names.PIPELINE_ID: self._recorder.pipeline.pipeline_id}
        with self._tracing.batch_span(parents, str(batch_id), **labels) as batch:
            admitted = await self._admit(waiting, batch)
            outcomes = await asyncio.gather(*(self._document(item, batch) for item in admitted))
            row = batch_row(batch_id, self._recorder.pipeline, batch.trace_id, started_at, outcomes)
            await self._record(row, outcomes, batch)

    def _read(self, records: Sequence[Record]) -> ParsedRecords:
        with self._tracing.step_span(names.ADMIT):
            return read_parsed(records, current_traceparent())

    async def _admit(self, waiting: Sequence[PendingDocument], batch: Batch) -> list[Admitted]:
        started = time.time_ns()
        admitted = await admit(waiting, self._engine, self._text_budget)
        ended = time.time_ns()
        for item in admitted:
            attributes = _attributes(item.document, batch) | {names.PAGE_COUNT: item.pages_read}
            self._tracing.record_step(names.ADMIT, item.document.traceparent, started, ended, **attributes)
        return admitted

    async def _document(self, admitted: Admitted, batch: Batch) -> Outcome:
        document = admitted.document
        attributes = _attributes(document, batch)
        try:
            with self._tracing.step_span(names.ASK, document.traceparent, batch.links, **attributes) as span:
                asked = await self._ask(admitted)
                span.set_attribute(names.DOCUMENT_TYPE, asked.kind.name)
        except AskError as error:
            return Failed(document, Failure(Step.ASK, error.code, error.message, retryable=True))
        except EngineError as error:
            message = f"the engine did not answer, {ENGINE_TRIES} times: {error}"
            return Failed(document, Failure(Step.ASK, ErrorCode.ENGINE_REFUSED, message, retryable=True))
        except EngineDeadError:
            raise  # the process must end
        except Exception as error:  # noqa: BLE001  (said in the log, and this document fails)
            return _unexpected(document, Step.ASK, error)
        return await self._check(asked, attributes)

    async def _check(self, asked: Asked, attributes: Mapping[str, str | int]) -> Outcome:
        document = asked.admitted.document
        try:
            with self._tracing.step_span(names.CHECK, document.traceparent, **attributes):
                return await asyncio.to_thread(check, asked)
        except Exception as error:  # noqa: BLE001  (said in the log, and this document fails)
            return _unexpected(document, Step.CHECK, error)

    async def _ask(self, admitted: Admitted) -> Asked:
        async for attempt in AsyncRetrying(
            stop=stop_after_attempt(ENGINE_TRIES), retry=retry_if_exception_type(EngineError), reraise=True
        ):
            with attempt:
                return await self._asker.ask(admitted)
        raise AssertionError  # the last attempt returns or raises

    async def _record(self, row: NewBatch, outcomes: Sequence[Outcome], batch: Batch) -> None:
        started = time.time_ns()
        await self._recorder.record(row, outcomes)
        ended = time.time_ns()
        for outcome in outcomes:
            document = outcome.document
            attributes = _attributes(document, batch)
            self._tracing.record_step(names.RECORD, document.traceparent, started, ended, **attributes)
            self._say_recorded(outcome, row)

    def _say_recorded(self, outcome: Outcome, row: NewBatch) -> None:
        said = {"document_id": outcome.document.document_id, "batch_id": str(row.batch_id)}
        match outcome:
            case Answered():
                self._metrics.documents_done(names.Outcome.PROCESSED, Step.RECORD)
                log.info("processed", document_type=outcome.asked.kind.name, status=outcome.status.value, **said)
            case Failed():
                self._metrics.documents_done(names.Outcome.FAILED, outcome.failure.step)
                log.warning("failed", code=outcome.failure.code.value, reason=outcome.failure.message, **said)
            case _:
                assert_never(outcome)


def batch_row(
    batch_id: UUID, pipeline: Pipeline, trace_id: str, started_at: datetime, outcomes: Sequence[Outcome]
) -> NewBatch:
    """Sum up a batch: what its documents cost."""
    generations = [item for outcome in outcomes if isinstance(outcome, Answered) for item in outcome.asked.generations]
    return NewBatch(
        batch_id=batch_id,
        pipeline_id=pipeline.pipeline_id,
        trace_id=trace_id,
        started_at=started_at,
        finished_at=datetime.now(UTC),
        prompt_tokens=sum(item.prompt_tokens for item in generations),
        cached_tokens=sum(item.cached_tokens for item in generations),
        completion_tokens=sum(item.completion_tokens for item in generations),
    )


def _unexpected(document: PendingDocument, step: Step, error: Exception) -> Failed:
    # A fault of our own: this document fails and says so, the others of the batch go on.
    log.error("step failed unexpectedly", document_id=document.document_id, step=step.value, exc_info=error)
    message = f"the step failed unexpectedly ({type(error).__name__}); the log has the details"
    return Failed(document, Failure(step, ErrorCode.INTERNAL_ERROR, message, retryable=True))


def _attributes(document: PendingDocument, batch: Batch) -> dict[str, str | int]:
    return {
        names.DOCUMENT_ID: document.document_id,
        names.TENANT: document.tenant,
        names.BATCH_ID: batch.batch_id,
    }
