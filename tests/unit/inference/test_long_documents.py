"""Steps 5 to 7 of a document longer than the context: read in windows, and merged with its places."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.trace import NoOpTracerProvider
from pending import pending_document
from scripted import INVALID, ScriptedEngine, letter

from schemas.document_types import load_document_types
from schemas.events import Status
from services.answers.calibration import UNFITTED
from services.inference.admit import admit
from services.inference.ask import Asker, AskError
from services.inference.check import answered, check, check_again
from services.inference.engines.port import EngineDeadError, Generation, Prompt
from services.inference.outcome import Answered
from services.telemetry.metrics import Metrics
from services.telemetry.tracing import Tracing

TYPES = load_document_types()
BUDGET = 256
FILLER = "Wir liefern gern und hoffen auf Ihr Verständnis.\n" * 10
ENGLISH = "The company would like to have its money, and it asks for the payment within a month."
HEAD = letter("invoice", invoice_number="RE-7", issue_date="05.06.2026", seller_name="Muster GmbH")
TOTALS = letter("other", net_total="100,00 €", tax_total="19,00 €", gross_total="119,00 €", due_date="05.07.2026")


def asker_of(engine: ScriptedEngine) -> Asker:
    metrics = Metrics(NoOpMeterProvider().get_meter("test"))
    tracing = Tracing(NoOpTracerProvider().get_tracer("test"), metrics)
    calibration = UNFITTED.model_copy(update={"review_below": 0.0})
    return Asker(engine, TYPES, "document", tracing, metrics, calibration=calibration)


async def answer(pages: Sequence[str], engine: ScriptedEngine, most: int = 16) -> Answered:
    asker = asker_of(engine)
    (admitted,) = await admit([pending_document(*pages)], engine, BUDGET, most)
    checked = check(await asker.ask(admitted))
    if checked.question:
        checked = check_again(checked, await asker.ask_again(checked.asked, checked.question))
    return answered(checked)


def values(outcome: Answered) -> dict[str, tuple[str | None, int | None]]:
    return {field.path: (field.value, field.page) for field in outcome.fields}


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


async def test_what_stands_on_any_page_is_answered_with_its_page(engine: ScriptedEngine) -> None:
    outcome = await answer([HEAD, *[FILLER] * 5, TOTALS], engine)
    assert not [reason for reason in outcome.reasons if reason.startswith("Seite")]
    assert outcome.asked.kind.name == "invoice", "the type is that of the beginning"
    found = values(outcome)
    assert found["invoice_number"] == ("RE-7", 1)
    assert found["gross_total"] == ("119.00", 7)
    assert found["due_date"] == ("2026-07-05", 7)
    for field in outcome.fields:
        page = outcome.document.pages[(field.page or 0) - 1]
        assert page[field.char_start : field.char_end] == field.verbatim


async def test_a_value_has_its_place_where_it_was_read(engine: ScriptedEngine) -> None:
    outcome = await answer(
        [
            HEAD,
            f"Wie zu B-99 besprochen.\n{FILLER}",
            *[FILLER] * 3,
            f"{TOTALS}\nBestellnummer: B-99\norder_number: B-99",
        ],
        engine,
    )
    assert values(outcome)["order_number"] == ("B-99", 6)


@pytest.mark.parametrize("pages", [4, 8, 16])
async def test_calls_and_tokens_grow_with_the_windows_and_are_summed(engine: ScriptedEngine, pages: int) -> None:
    outcome = await answer([HEAD, *[FILLER] * pages, TOTALS], engine, most=100)
    windows = outcome.asked.admitted.windows
    assert pages <= len(windows) <= pages + 2
    assert len(engine.prompts) == len(outcome.asked.generations) == 1 + len(windows)
    assert sum(item.prompt_tokens for item in outcome.asked.generations) == sum(
        len(prompt.user) // 4 for prompt in engine.prompts
    )


async def test_windows_are_asked_side_by_side_after_the_type(engine: ScriptedEngine) -> None:
    outcome = await answer([HEAD, *[FILLER] * 5, TOTALS], engine)
    assert engine.most_at_once == len(outcome.asked.admitted.windows)
    assert [*engine.prompts[0].schema["properties"]] == ["document_type"]


async def test_beyond_the_bound_the_pages_that_were_not_read_are_said(engine: ScriptedEngine) -> None:
    outcome = await answer([HEAD, *[FILLER] * 5, TOTALS], engine, most=2)
    assert outcome.status is Status.INCOMPLETE
    assert outcome.reasons[0].startswith("Seiten 3 bis 5 von 7 wurden nicht gelesen")
    assert "POSTKORB_MAX_WINDOWS" in outcome.reasons[0]
    assert values(outcome)["gross_total"] == ("119.00", 7), "the end is read"


async def test_a_page_that_is_read_in_part_is_said_once(engine: ScriptedEngine) -> None:
    outcome = await answer([HEAD + "\n" + FILLER * 10, FILLER], engine, most=1)
    reasons = [reason for reason in outcome.reasons if reason.startswith("Seite")]
    assert [reason.partition(":")[0] for reason in reasons] == [
        "Seite 2 von 2 wurde nicht gelesen",
        "Seite 1 wurde nur zum Teil gelesen",
    ]


async def test_the_summary_is_that_of_the_beginning(engine: ScriptedEngine) -> None:
    first, second = "Die Muster GmbH will Geld.", "Am Ende steht ein Gruß."
    outcome = await answer([f"{HEAD}\nsummary: {first}", *[FILLER] * 3, f"{TOTALS}\nsummary: {second}"], engine)
    assert outcome.summary == first


async def test_a_second_question_is_asked_with_the_window_of_its_fields(engine: ScriptedEngine) -> None:
    wrong = TOTALS.replace("net_total: 100,00 €", "net_total: 50,00 €\nagain_net_total: 100,00 €")
    outcome = await answer([f"{HEAD}\nsummary: {ENGLISH}", *[FILLER] * 5, wrong], engine)
    again = engine.prompts[-1]
    assert [*again.schema["properties"]] == ["net_total", "tax_total", "gross_total"], "without the summary"
    assert "[page 7]" in again.user
    assert "again_net_total" in again.user
    assert values(outcome)["net_total"] == ("100.00", 7)


async def test_a_second_question_about_the_summary_alone_is_asked_with_the_first_window(engine: ScriptedEngine) -> None:
    await answer([f"{HEAD}\nsummary: {ENGLISH}", *[FILLER] * 5, TOTALS], engine)
    assert [*engine.prompts[-1].schema["properties"]] == ["summary"]
    assert "invoice_number: RE-7" in engine.prompts[-1].user


async def test_a_window_without_a_valid_answer_fails_the_document(engine: ScriptedEngine) -> None:
    with pytest.raises(AskError):
        await answer([HEAD, *[FILLER] * 3, INVALID, FILLER, TOTALS], engine)


class DyingEngine(ScriptedEngine):
    """Dies at the last page, when another window has failed already."""

    async def generate(self, prompt: Prompt) -> Generation:
        if TOTALS in prompt.user:
            try:
                await asyncio.sleep(60)
            finally:
                message = "dead"
                raise EngineDeadError(message)
        return await super().generate(prompt)


async def test_the_engines_death_outweighs_what_else_fails() -> None:
    with pytest.raises(EngineDeadError):
        await answer([HEAD, *[FILLER] * 3, INVALID, FILLER, TOTALS], DyingEngine())


class CountingEngine(ScriptedEngine):
    """Knows which questions were ended before they had an answer."""

    ended = 0

    async def generate(self, prompt: Prompt) -> Generation:
        try:
            return await super().generate(replace(prompt))
        except asyncio.CancelledError:
            self.ended += 1
            raise


async def test_no_question_goes_on_when_the_time_is_over() -> None:
    engine = CountingEngine(seconds=60)
    asker = asker_of(engine)
    (admitted,) = await admit([pending_document(HEAD, *[FILLER] * 3)], engine, BUDGET, 16)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await asker.ask(admitted)
    engine.seconds = 0
    classified = await asker.ask(admitted)
    assert classified.kind.name == "invoice"
    assert engine.ended == 1
