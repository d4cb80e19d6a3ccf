"""Steps 2 to 7 for a folder of documents, with the services' own code, and neither broker nor database."""

import asyncio
import base64
import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from schemas.events import Content, ErrorCode
from services.answers.questions import Question
from services.answers.tables.copied import RowsQuestion
from services.evaluation.labels import Label
from services.evaluation.report import Cost
from services.evaluation.scoring import Case, Said, Source, Unsaid
from services.inference.admit import admit
from services.inference.ask import Asker, AskError
from services.inference.check import Checked, answered, check, check_again, check_rows, with_tables
from services.inference.engines.port import Engine, EngineAwayError, EngineDeadError, EngineError
from services.inference.outcome import Answered
from services.inference.service import Limits
from services.inference.turns import Turns
from services.intake.document import ParsedDocument
from services.intake.failure import IntakeError
from services.intake.fetch import ContentFetcher
from services.intake.media import media_type_of
from services.intake.parse import Parser
from services.intake.service import language_of
from services.storage.records import PendingDocument

OnDone = Callable[[], None]
"""Called as each document is done."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as intake leaves it: parsed, or with the reason why not."""

    label: Label
    sha256: str
    parsed: ParsedDocument
    language: str
    failure: Unsaid | None = None

    @property
    def source(self) -> Source:
        """What evidence points into."""
        return Source(self.sha256, self.parsed.pages)


@dataclass(frozen=True, slots=True)
class Reader:
    """Steps 2 and 3."""

    fetcher: ContentFetcher
    parser: Parser

    async def read_all(self, labels: Sequence[Label], on_done: OnDone) -> list[Reading]:
        """Read documents, as many at a time as the parser has workers; the order stays."""
        return list(await asyncio.gather(*(self._read(label, on_done) for label in labels)))

    async def _read(self, label: Label, on_done: OnDone) -> Reading:
        content = await asyncio.to_thread(label.file.read_bytes)
        sha256 = sha256_of(content)
        try:
            parsed = await self._parse(content, label.file)
            return Reading(label, sha256, parsed, await language_of(parsed))
        except IntakeError as error:
            return Reading(label, sha256, ParsedDocument(()), "", Unsaid(error.code.value, error.message))
        finally:
            on_done()

    async def _parse(self, content: bytes, file: Path) -> ParsedDocument:
        fetched = await self.fetcher.fetch(Content(base64=base64.b64encode(content).decode()))
        return await self.parser.parse(fetched, media_type_of(fetched, None, file.name))


@dataclass(frozen=True, slots=True)
class Questioner:
    """Steps 5 to 7, with as many requests in the engine as the service has.

    Parameters
    ----------
    recorded
        The engine says again what a model said before: how long that takes says nothing of the model.
    """

    engine: Engine
    asker: Asker
    limits: Limits
    recorded: bool = False

    async def ask_all(self, readings: Sequence[Reading], on_done: OnDone) -> list[Case]:
        """Ask about documents; the order stays.

        Raises
        ------
        EngineAwayError, EngineDeadError
            If no document can be asked about any more.
        """
        turns, budget = Turns(self.limits.documents), self.asker.text_budget()
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(self._case(key, reading, turns, budget, on_done))
                    for key, reading in enumerate(readings)
                ]
        except ExceptionGroup as group_of_errors:
            raise group_of_errors.exceptions[0] from None  # whatever ends one task cancels the others
        return [task.result() for task in tasks]

    async def _case(self, key: int, reading: Reading, turns: Turns, budget: int, on_done: OnDone) -> Case:
        said = reading.failure or await self._said(pending(key, reading), turns, budget)
        on_done()
        if isinstance(said, Unsaid):
            return Case(reading.label, reading.source, said)
        outcome, seconds = said
        return Case(reading.label, reading.source, said_of(outcome, None if self.recorded else seconds), outcome)

    async def _said(self, document: PendingDocument, turns: Turns, budget: int) -> tuple[Answered, float] | Unsaid:
        try:
            (admitted,) = await admit([document], self.engine, budget, self.limits.windows)
            turn = turns.turn(alone=False, requests=admitted.most_windows)
            async with turn:
                started = time.perf_counter()
                async with asyncio.timeout(self.limits.ask_seconds):
                    asked = await self.asker.ask(admitted)
                checked = await asyncio.to_thread(check, asked)
                if checked.question:
                    checked = await self._asked_again(checked, checked.question)
                checked = await asyncio.to_thread(with_tables, checked)
                if checked.rows_question:
                    checked = await self._asked_rows(checked, checked.rows_question)
            return await asyncio.to_thread(answered, checked), time.perf_counter() - started
        except (EngineAwayError, EngineDeadError):
            raise  # no document gets an answer any more
        except AskError as error:
            return Unsaid(error.code.value, error.message)
        except EngineError as error:
            return Unsaid(ErrorCode.ENGINE_REFUSED.value, str(error))
        except TimeoutError:
            return Unsaid(ErrorCode.ANSWER_TIMEOUT.value, f"no answer within {self.limits.ask_seconds:g} s")
        except Exception as error:  # noqa: BLE001  (as in the service: this document fails, the others go on)
            return Unsaid(ErrorCode.INTERNAL_ERROR.value, f"unexpected: {error!r}")

    async def _asked_again(self, checked: Checked, question: Question) -> Checked:
        try:
            async with asyncio.timeout(self.limits.ask_seconds):
                again = await self.asker.ask_again(checked.asked, question)
        except EngineAwayError:
            raise
        except (AskError, EngineError, TimeoutError):
            return checked  # the document has its first answer
        return await asyncio.to_thread(check_again, checked, again)

    async def _asked_rows(self, checked: Checked, question: RowsQuestion) -> Checked:
        try:
            async with asyncio.timeout(self.limits.ask_seconds):
                rows = await self.asker.ask_rows(checked.asked, question)
        except EngineAwayError:
            raise
        except (EngineError, TimeoutError):
            return checked  # what code read stays
        return await asyncio.to_thread(check_rows, checked, rows)


def sha256_of(content: bytes) -> str:
    """Give what tells contents apart, as the database has it."""
    return hashlib.sha256(content).hexdigest()


def pending(key: int, reading: Reading) -> PendingDocument:
    """Make the document that step 5 would load."""
    return PendingDocument(
        document_key=key,
        tenant="evaluation",
        document_id=reading.label.file.name,
        content_sha256=reading.sha256,
        file_name=reading.label.file.name,
        metadata={},
        language=reading.language,
        pages=reading.parsed.pages,
        submitted_at=datetime.now(UTC),
        traceparent="",
        duplicate_of=None,
        notes=tuple(note.for_language(reading.language) for note in reading.parsed.notes),
        answered=False,
        einvoice=None if reading.parsed.einvoice is None else reading.parsed.einvoice.as_json(),
        layouts=reading.parsed.layouts,
    )


def said_of(outcome: Answered, seconds: float | None) -> Said:
    """Give what is judged of an answer."""
    generations = outcome.asked.generations
    return Said(
        document_type=outcome.asked.kind.name,
        type_confidence=outcome.asked.type_confidence,
        fields=outcome.fields,
        status=outcome.status,
        reasons=outcome.reasons,
        findings=outcome.findings,
        cost=Cost(
            seconds=seconds,
            calls=len(generations),
            prompt_tokens=sum(item.prompt_tokens for item in generations),
            cached_tokens=sum(item.cached_tokens for item in generations),
            completion_tokens=sum(item.completion_tokens for item in generations),
        ),
    )
