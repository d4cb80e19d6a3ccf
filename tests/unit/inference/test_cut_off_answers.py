"""An answer that is cut off twice: what was whole by then is the result, which says that something may be missing."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.trace import NoOpTracerProvider
from pending import pending_document
from scripted import ScriptedEngine, letter

from schemas.document_types import load_document_types
from schemas.events import ErrorCode, Status
from services.answers.calibration import UNFITTED
from services.answers.check import read_beginning
from services.inference.admit import Admitted
from services.inference.ask import Asker, AskError
from services.inference.check import answered, check
from services.inference.engines.port import Generation, Prompt
from services.inference.outcome import Answered
from services.inference.windows import Window, whole
from services.telemetry.metrics import Metrics
from services.telemetry.tracing import Tracing

TYPES = load_document_types()
REASON = "Die Antwort des Modells war zu lang und wurde abgeschnitten; was zuletzt in ihr steht, fehlt vielleicht."
HEAD = letter("invoice", invoice_number="RE-7", issue_date="05.06.2026", seller_name="Muster GmbH")
TOTALS = letter("other", gross_total="119,00 €")
SCHEMA = {
    "type": "object",
    "properties": {
        "number": {"type": "string", "maxLength": 5},
        "colour": {"enum": ["red", ""]},
        "summary": {"type": "string", "minLength": 1},
    },
}


class CutEngine(ScriptedEngine):
    """Cuts answers about fields behind some words, where they have these."""

    def __init__(self, behind: str) -> None:
        super().__init__()
        self.behind = behind

    async def generate(self, prompt: Prompt) -> Generation:
        generation = await super().generate(prompt)
        before, found, _ = generation.text.partition(self.behind)
        if "summary" not in prompt.schema["properties"] or not found:
            return generation
        return replace(generation, text=before + found, finish="length")


async def answer(engine: CutEngine, pages: Sequence[str], windows: Sequence[Window]) -> Answered:
    metrics = Metrics(NoOpMeterProvider().get_meter("test"))
    tracing = Tracing(NoOpTracerProvider().get_tracer("test"), metrics)
    asker = Asker(engine, TYPES, "document", tracing, metrics, calibration=UNFITTED)
    return answered(check(await asker.ask(Admitted(pending_document(*pages, language="de"), windows))))


async def test_what_was_whole_when_an_answer_was_cut_off_is_an_incomplete_result() -> None:
    engine = CutEngine('"issue_date":"05.06.')
    outcome = await answer(engine, [HEAD], [whole([HEAD])])
    assert {field.path: field.value for field in outcome.fields} == {"invoice_number": "RE-7"}
    assert (outcome.status, outcome.reasons[0], outcome.summary) == (Status.INCOMPLETE, REASON, "")
    assert len(engine.prompts) == 3, "it is asked for once more, with twice the tokens"


async def test_a_window_whose_answer_was_cut_off_makes_the_whole_result_incomplete() -> None:
    pages = [HEAD, TOTALS]
    windows = [Window((1,), pages[:1], 0, len(HEAD)), Window((2,), pages[1:], 0, len(TOTALS))]
    outcome = await answer(CutEngine('"gross_total":"119,00 €"'), pages, windows)
    assert {field.path for field in outcome.fields} >= {"invoice_number", "seller_name", "gross_total"}
    assert REASON in outcome.reasons


async def test_an_answer_that_ends_by_itself_is_not_called_cut_off() -> None:
    outcome = await answer(CutEngine("never"), [HEAD], [whole([HEAD])])
    assert REASON not in outcome.reasons


async def test_where_nothing_was_whole_the_document_fails() -> None:
    with pytest.raises(AskError) as caught:
        await answer(CutEngine('{"invoice_number":"R'), [HEAD], [whole([HEAD])])
    assert caught.value.code is ErrorCode.ANSWER_CUT_OFF


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ('{"number":"7","colour":"red","summ', {"number": "7", "colour": "red"}),
        ('{"number":"7","colour":"re', {"number": "7"}),
        ('{"number":"7"', {"number": "7"}),
        ('{"number":"a\tb","colour":""', {"number": "a b", "colour": ""}),
        ('{"number":"longer than five","colour":"blue","other":"x","summary":"', {}),
        ('{"number":7,"colour":["red"],"summary":""', {}),
        ('{"number":"', {}),
        ("", {}),
        ("[1,", {}),
        ('"number', {}),
        ("\\", {}),
        ('{"a":' * 2_000, {}),
    ],
)
def test_members_that_are_whole_and_fit_the_schema_are_kept(text: str, members: dict[str, str]) -> None:
    assert read_beginning(text, SCHEMA) == members
