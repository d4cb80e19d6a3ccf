"""Which words speak for which type, learned from labelled documents."""

from datetime import UTC, datetime

import pytest

from services.evaluation.learning import LEAST_DOCUMENTS, LEAST_OF_A_TYPE, LearningError, Lesson, learn

AT = datetime(2026, 11, 27, tzinfo=UTC)
TYPES = ("bill", "order", "other")
OPENINGS = ("Guten Tag", "Hallo", "Sehr geehrte Frau Wolf", "Liebes Team", "An alle", "Grüezi")


def lessons(of_each: int = 6) -> list[Lesson]:
    texts = {"bill": "wir berechnen Ihnen", "order": "bitte liefern Sie", "other": "wir laden Sie ein"}
    return [
        Lesson([f"{OPENINGS[n]},\n{text} {n},50 Euro"], name) for name, text in texts.items() for n in range(of_each)
    ]


def test_words_of_a_type_are_learned_and_openings_are_not() -> None:
    words = learn(lessons(), TYPES, AT).words
    said = words.logprobs(["Moin, bitte liefern Sie drei davon"], TYPES)
    assert max(said, key=said.__getitem__) == "order"
    assert max(words.weights["liefern"]) == words.weights["liefern"][1] > 0
    assert max(map(abs, words.weights.get("hallo", (0.0,)))) < words.weights["liefern"][1] / 3


def test_what_is_told_to_be_right_was_left_out() -> None:
    learned = learn(lessons(), TYPES, AT)
    assert (learned.words.documents, learned.words.right) == (18, 18)
    one_of_its_kind = [Lesson(["nirgends sonst ein Wort hiervon"], "bill"), *lessons()]
    said = learn(one_of_its_kind, TYPES, AT)
    assert said.words.right < said.words.documents
    assert max(said.left_out[0].values()) < 0


def test_words_of_few_documents_are_left_out() -> None:
    few = [Lesson([f"Einzelwort bitte liefern Sie {n}"], "order") for n in range(LEAST_DOCUMENTS - 1)]
    words = learn([*few, *lessons()], TYPES, AT).words
    assert "einzelwort" not in words.weights
    assert "liefern" in words.weights


def test_the_same_documents_teach_the_same() -> None:
    assert learn(lessons(), TYPES, AT).words == learn(lessons(), TYPES, AT).words


def test_a_type_with_too_few_documents_is_named() -> None:
    too_few = [lesson for lesson in lessons() if lesson.document_type != "order"][:12]
    with pytest.raises(LearningError, match=rf"at least {LEAST_OF_A_TYPE} documents .*: order has 0"):
        learn(too_few, TYPES, AT)
