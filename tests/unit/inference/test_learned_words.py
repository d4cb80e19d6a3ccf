"""A letter that names its type nowhere, and a model that cannot tell: the words of the trade decide.

Where they leave no doubt, the model is not asked at all.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hostile.attacks import Letter, letters_in
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.trace import NoOpTracerProvider
from pending import pending_document
from scripted import ScriptedEngine

from schemas.document_types import load_document_types
from services.answers.calibration import UNFITTED
from services.answers.findings import titled_otherwise
from services.answers.learned_words import NO_WORDS, LearnedWords, shipped_words
from services.inference.admit import Admitted
from services.inference.ask import Asker, Classified
from services.inference.engines.port import Generation, Prompt, Token
from services.inference.pipeline import pipeline_of
from services.inference.windows import whole
from services.settings import Settings
from services.telemetry import names
from services.telemetry.metrics import Metrics
from services.telemetry.tracing import Tracing

TYPES = load_document_types()
TEXT = "Hallo,\nseit Dienstag tropft der Hahn wieder. Wann kommt bitte jemand?\nGruß, Ida Brook"
WORDS = LearnedWords(
    types=("complaint", "other"), bias=(0.0, 0.0), weights={"tropft": (60.0, 0.0)}, documents=9, right=9
)


ALL_TYPES = WORDS.model_copy(
    update={
        "types": tuple(TYPES),
        "bias": (0.0,) * len(TYPES),
        "weights": {"tropft": tuple(90.0 * (name == "complaint") for name in TYPES)},
    }
)
SAMPLES = Path(__file__).parents[3] / "samples"


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


def asker_with(words: LearnedWords, decide_from: float) -> tuple[Asker, Undecided, list[names.TypeNamedBy]]:
    """Give an asker, its engine, and what named the types."""
    engine, named = Undecided(), []
    metrics = Metrics(NoOpMeterProvider().get_meter("test"))
    metrics.type_named = lambda _, by: named.append(by)  # type: ignore[method-assign]
    tracing = Tracing(NoOpTracerProvider().get_tracer("test"), metrics)
    asker = Asker(engine, TYPES, "document", tracing, metrics, words=words, words_decide_from=decide_from)
    return asker, engine, named


async def test_words_that_leave_no_doubt_name_the_type_and_the_model_is_not_asked_for_it() -> None:
    asker, engine, named = asker_with(ALL_TYPES, 0.99)
    asked = await asker.ask(Admitted(pending_document(TEXT), [whole((TEXT,))]))
    assert asked.kind.name == "complaint"
    assert asked.type_confidence > asked.calibration.review_below
    assert named == [names.TypeNamedBy.WORDS]
    (prompt,) = engine.prompts
    assert "summary" in prompt.schema["properties"]
    assert len(asked.generations) == 1


@pytest.mark.parametrize(
    ("words", "decide_from"),
    [
        pytest.param(ALL_TYPES, 1.0, id="never alone, says the owner"),
        pytest.param(ALL_TYPES.model_copy(update={"weights": {}}), 0.99, id="a doubt is left"),
        pytest.param(WORDS, 0.5, id="there are types that they were not learned for"),
    ],
)
async def test_the_model_is_asked_otherwise(words: LearnedWords, decide_from: float) -> None:
    asker, engine, named = asker_with(words, decide_from)
    asked = await asker.ask(Admitted(pending_document(TEXT), [whole((TEXT,))]))
    assert len(engine.prompts) == len(asked.generations) == 2
    assert named == [names.TypeNamedBy.MODEL]


async def test_words_alone_name_no_type_that_the_title_denies_and_it_is_said() -> None:
    asker, engine, named = asker_with(ALL_TYPES, 0.99)
    text = f"RECHNUNG\n{TEXT} {TEXT}"
    classified, _ = await asker.classify(whole((text,)))
    assert named == [names.TypeNamedBy.MODEL]
    assert len(engine.prompts) == 1
    assert classified.titled is not None
    assert (classified.kind.name, classified.titled.name) == ("complaint", "invoice")
    message = titled_otherwise(classified.kind, classified.titled, "de").message
    assert message == "Das Dokument nennt sich „Rechnung“ und wurde als „Reklamation“ gelesen."
    asker, _, _ = asker_with(ALL_TYPES, 0.99)
    assert (await asker.classify(whole((TEXT,))))[0].titled is None


def labelled_letters() -> Iterator[Letter]:
    """Give letters with a type that words were not learned from."""
    for folder in ("development", "unread"):
        for file in sorted((SAMPLES / folder).glob("*.yaml")):
            yield from letters_in(file).values()


async def test_shipped_words_name_most_letters_alone_and_none_of_them_wrongly() -> None:
    decide_from = Settings.model_fields["words_decide_from"].default
    asker, engine, _ = asker_with(shipped_words(), decide_from)
    letters = list(labelled_letters())
    wrong, alone = [], 0
    for letter in letters:
        classified, generations = await asker.classify(whole((letter.filled,)))
        alone += not generations
        if not generations and classified.kind.name != letter.document_type:
            wrong.append(letter.name)
    assert len(engine.prompts) == len(letters) - alone
    assert wrong == []
    assert alone > 0.75 * len(letters) > 300


def test_words_that_decide_alone_are_another_pipeline() -> None:
    identity = ScriptedEngine().identity
    made = [pipeline_of(identity, TYPES, "de", words=WORDS, words_decide_from=each) for each in (0.99, 1.0)]
    assert [pipeline.settings["words_decide_from"] for pipeline in made] == [0.99, 1.0]
    assert len({pipeline.pipeline_id for pipeline in made}) == 2


def test_other_words_are_another_pipeline() -> None:
    identity = ScriptedEngine().identity
    ids = {pipeline_of(identity, TYPES, "de", words=words).pipeline_id for words in (NO_WORDS, WORDS)}
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("rival", "has_its_rows"),
    [("purchase_order", True), ("delivery_note", True), ("contract", False), ("payment_reminder", False)],
)
async def test_rows_are_as_sure_as_all_types_that_have_the_tables(rival: str, has_its_rows: bool) -> None:  # noqa: FBT001
    weights = {"tropft": tuple({"invoice": 90.0, rival: 89.5}.get(name, 0.0) for name in TYPES)}
    words = LearnedWords(types=tuple(TYPES), bias=(0.0,) * len(TYPES), weights=weights, documents=9, right=9)
    found = await classified(words)
    assert found.nearest.name == "invoice"
    assert (found.rows_confidence > 2 * found.nearest_confidence) == has_its_rows


async def test_a_type_without_tables_has_no_rows() -> None:
    assert (await classified(ALL_TYPES)).rows_confidence == 0
