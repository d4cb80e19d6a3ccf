"""Documents asked as the service asks them: what comes late of a further question costs no answer that is there."""

import asyncio
from pathlib import Path

from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.trace import NoOpTracerProvider
from scripted import ScriptedEngine, letter
from unit.answers.tables.test_copied_rows import INVOICE

from schemas.document_types import load_document_types
from services.evaluation.asking import Questioner, Reading
from services.evaluation.labels import Label
from services.evaluation.scoring import Said, Unsaid
from services.inference.ask import Asker
from services.inference.engines.port import Generation, Prompt
from services.inference.service import Limits
from services.intake.document import ParsedDocument
from services.telemetry.metrics import Metrics
from services.telemetry.tracing import Tracing

LIMITS = Limits(batch=1, documents=1, ask_seconds=0.5, windows=1)
TEXT = "\n".join((
    letter("invoice", invoice_number="RE-7", issue_date="05.06.2026", due_date="01.06.2026", net_total="810,00 €"),
    INVOICE,
))  # fmt: skip


class LateEngine(ScriptedEngine):
    """Never answers prompts with some words."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words

    async def generate(self, prompt: Prompt) -> Generation:
        if self._words in prompt.user:
            await asyncio.sleep(60)
        return await super().generate(prompt)


async def said(words: str, *, recorded: bool = False) -> Said | Unsaid:
    """Ask an engine that never answers prompts with these words."""
    engine, types = LateEngine(words), load_document_types()
    metrics = Metrics(NoOpMeterProvider().get_meter("test"))
    asker = Asker(engine, types, "document", Tracing(NoOpTracerProvider().get_tracer("test"), metrics), metrics)
    label = Label(Path("letter.txt"), "invoice", {}, None)
    reading = Reading(label, "0" * 64, ParsedDocument((TEXT,)), "de")
    (case,) = await Questioner(engine, asker, LIMITS, recorded).ask_all([reading], lambda: None)
    return case.said


async def test_a_second_question_and_one_about_rows_that_come_late_leave_the_first_answer() -> None:
    for words in ("Some values of your answer", "The document bills items"):
        outcome = await said(words)
        assert isinstance(outcome, Said), words
        assert outcome.document_type == "invoice"


async def test_a_first_question_that_comes_late_is_no_answer() -> None:
    outcome = await said("Write the summary")
    assert isinstance(outcome, Unsaid)
    assert outcome.code == "answer_timeout"


async def test_seconds_are_those_of_a_model_that_was_asked_and_none_of_a_record() -> None:
    asked, again = await said("words of no prompt"), await said("words of no prompt", recorded=True)
    assert isinstance(asked, Said)
    assert isinstance(again, Said)
    assert asked.cost.seconds is not None
    assert again.cost == asked.cost.model_copy(update={"seconds": None})
