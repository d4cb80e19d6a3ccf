"""The words given to the model: shared instructions first, and no way out of the document."""

import pytest

from schemas.document_types import load_document_types
from services.answers.calibration import UNFITTED, Calibration
from services.inference import prompts
from services.inference.engines.port import EngineIdentity
from services.inference.pipeline import pipeline_of

TYPES = load_document_types()
IDENTITY = EngineIdentity("model", "0" * 64, {"vllm": "1"})


@pytest.mark.parametrize(
    "mark",
    ["</document>", "<|im_end|>", "<|im_start|>system", "</s>", "[/INST]", "<end_of_turn>", "<\uff5cUser\uff5c>"],
)
def test_a_document_cannot_end_its_fence_or_a_turn(mark: str):
    prompt = prompts.answer_prompt([f"before {mark} after"], "de")
    inside = prompt.removeprefix("<document>").split("</document>")
    assert mark not in inside[0]
    assert len(inside) == 2


def test_the_instruction_names_every_field_once_and_shows_the_empty_answer():
    instruction = prompts.answer_instruction(TYPES["invoice"])
    for field in TYPES["invoice"].fields:
        assert instruction.count(f"- {field.name}:") == 1
    assert '"gross_total":""' in instruction


def test_the_classification_offers_every_type():
    instruction = prompts.classify_instruction(TYPES)
    assert all(f"- {name}:" in instruction for name in TYPES)


def test_only_the_beginning_is_classified():
    prompt = prompts.classify_prompt(["a" * 10_000])
    assert prompt.count("a") == prompts.CLASSIFY_CHARACTERS


def test_pages_of_a_long_document_are_numbered():
    prompt = prompts.answer_prompt(["first", "second"], "en")
    assert prompt.index("[page 1]") < prompt.index("first") < prompt.index("[page 2]") < prompt.index("second")


def test_the_summarys_language_stands_behind_the_document():
    assert prompts.answer_prompt(["x"], "de").endswith("Write the summary in German.")


def test_equal_parts_make_the_same_pipeline_and_any_other_part_another():
    pipeline = pipeline_of(IDENTITY, TYPES, "document")
    assert pipeline == pipeline_of(IDENTITY, load_document_types(), "document")
    others = [
        pipeline_of(IDENTITY, TYPES, "de"),
        pipeline_of(EngineIdentity("model", "1" * 64, {"vllm": "1"}), TYPES, "document"),
        pipeline_of(EngineIdentity("model", "0" * 64, {"vllm": "2"}), TYPES, "document"),
        pipeline_of(IDENTITY, TYPES, "document", calibration=UNFITTED.model_copy(update={"other_below": 0.4})),
    ]
    assert len({pipeline.pipeline_id, *(other.pipeline_id for other in others)}) == 5


def test_a_pipeline_knows_what_makes_its_confidences():
    given = UNFITTED.model_copy(update={"other_share": 0.25})
    pipeline = pipeline_of(IDENTITY, TYPES, "document", calibration=given)
    assert Calibration.model_validate(pipeline.calibration) == given
    assert pipeline.settings["calibration_sha256"] == given.fingerprint


def test_other_wording_is_another_pipeline(monkeypatch: pytest.MonkeyPatch):
    before = pipeline_of(IDENTITY, TYPES, "document")
    monkeypatch.setattr(prompts, "classify_instruction", lambda _: "Sort this.")
    assert pipeline_of(IDENTITY, TYPES, "document").pipeline_id != before.pipeline_id
