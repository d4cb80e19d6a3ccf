"""Outcomes on their way into the database: each as soon as it is there, those that are ready together in one go."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog

from schemas.events import ErrorCode, Step
from services.inference.outcome import Answered, Failed
from services.inference.record import Leaving, Recorder
from services.storage.errors import DataRefusedError
from services.storage.records import Failure

log = structlog.get_logger(__name__)

FLUSH_OUTCOMES: Final = 100
"""Most outcomes of one transaction."""

FLUSH_FIELDS: Final = 5_000
"""From so many fields on no further outcome joins a transaction, whose rows and events are all in memory: a letter has
some thirty, a table of a hundred pages thousands, and after a database was away all documents are ready at once."""

LINGER_SECONDS: Final = 0.1
"""The first of them waits this long for company: little beside the seconds that it was in the engine, and a transaction
costs the database and us nearly as much for one document as for ten."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    leaving: Leaving
    durable: asyncio.Future[Leaving]

    @property
    def fields(self) -> int:
        outcome = self.leaving.outcome
        return len(outcome.fields) if isinstance(outcome, Answered) else 0


class Recording:
    """Group commit: no document waits for the slowest of its batch, and many that are ready share a transaction."""

    def __init__(self, recorder: Recorder, linger_seconds: float = LINGER_SECONDS) -> None:
        self._recorder = recorder
        self._linger_seconds = linger_seconds
        self._ready: asyncio.Queue[_Waiting] = asyncio.Queue()

    async def record(self, leaving: Leaving) -> Leaving:
        """Wait until an outcome is durable, and give what was written.

        That is another one if the database refused a value: then the document failed, without what it carries.
        """
        durable: asyncio.Future[Leaving] = asyncio.get_running_loop().create_future()
        self._ready.put_nowait(_Waiting(leaving, durable))
        return await durable

    async def run(self) -> None:
        """Write for ever; cancel it when nothing is waiting any more."""
        while True:
            first = await self._ready.get()
            await asyncio.sleep(self._linger_seconds)
            ready = self._with_company(first)
            written = await self._write([item.leaving for item in ready])
            for item, leaving in zip(ready, written, strict=True):
                if not item.durable.cancelled():
                    item.durable.set_result(leaving)

    def _with_company(self, first: _Waiting) -> list[_Waiting]:
        ready, fields = [first], first.fields
        while not self._ready.empty() and len(ready) < FLUSH_OUTCOMES and fields < FLUSH_FIELDS:
            ready.append(self._ready.get_nowait())
            fields += ready[-1].fields
        return ready

    async def _write(self, given: Sequence[Leaving]) -> list[Leaving]:
        try:
            await self._recorder.record(given)
        except DataRefusedError as error:
            log.warning("the database refuses a value, recording one by one", reason=str(error))
            return [await self._alone(item) for item in given]
        return list(given)

    async def _alone(self, item: Leaving) -> Leaving:
        try:
            await self._recorder.record([item])
        except DataRefusedError as error:
            message = f"{error}; its answers were not stored"
            failure = Failure(Step.RECORD, ErrorCode.DOCUMENT_NOT_STORED, message, retryable=False)
            item = replace(item, outcome=Failed(item.outcome.document, failure))
            await self._recorder.record([item])
        return item
