"""A letter that names its type nowhere, and a model that cannot tell: the words of the trade decide."""

from dataclasses import replace

from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.trace import NoOpTracerProvider
from pending import pending_document
from scripted import ScriptedEngine

from schemas.document_types import load_document_types
from services.answers.calibration import UNFITTED
from services.answers.learned_words import NO_WORDS, LearnedWords
from services.inference.admit import Admitted
from services.inference.ask import Asker, Classified
from services.inference.engines.port import Generation, Prompt, Token
from services.inference.pipeline import pipeline_of
from services.inference.windows import whole
from services.telemetry.metrics import Metrics
from services.telemetry.tracing import Tracing

TYPES = load_document_types()
TEXT = "Hallo,\nseit Dienstag tropft der Hahn wieder. Wann kommt bitte jemand?\nGruß, Ida Brook"
WORDS = LearnedWords(
    types=("complaint", "other"), bias=(0.0, 0.0), weights={"tropft": (60.0, 0.0)}, documents=9, right=9
)


class Undecided(ScriptedEngine):
    """Thinks two types nearly as likely as each other, and is not sure of anything."""

    async def generate(self, prompt: Prompt) -> Generation:
        said = await super().generate(prompt)
        if not prompt.alternatives:
            return said
        tokens = [Token('{"document_type":"', 0.0), Token("other", -0.6, [("complaint", -1.0)]), Token('"}', 0.0)]
        return replace(said, text='{"document_type":"other"}', tokens=tokens)


async def classified(words: LearnedWords) -> Classified:
    metrics = Metrics(NoOpMeterProvider().get_meter("test"))
    tracing = Tracing(NoOpTracerProvider().get_tracer("test"), metrics)
    calibration = UNFITTED.model_copy(update={"other_below": 0.0})
    asker = Asker(Undecided(), TYPES, "document", tracing, metrics, calibration=calibration, words=words)
    return (await asker.ask(Admitted(pending_document(TEXT), [whole((TEXT,))]))).classified


async def test_learned_words_decide_a_letter_that_names_no_type() -> None:
    assert (await classified(NO_WORDS)).kind.name == "other"
    found = await classified(WORDS)
    assert found.kind.name == "complaint"
    assert found.signals.margin is not None
    assert found.signals.margin > 1


def test_other_words_are_another_pipeline() -> None:
    identity = ScriptedEngine().identity
    ids = {pipeline_of(identity, TYPES, "de", words=words).pipeline_id for words in (NO_WORDS, WORDS)}
    assert len(ids) == 2
