"""What a document's words say of its type; what the shipped words are worth is measured elsewhere."""

import json
import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.document_types import load_document_types
from services.answers.learned_words import (
    NO_WORDS,
    PIECE,
    SEARCHED,
    LearnedWords,
    LearnedWordsError,
    _known_pieces,
    read_learned_words,
    shipped_words,
    strengths,
    terms_of,
)

WORDS = LearnedWords(
    learned_at=datetime(2026, 11, 27, tzinfo=UTC),
    documents=10,
    right=9,
    types=("bill", "order", "other"),
    bias=(0.0, 0.0, 1.0),
    weights={"zahlung": (4.0, 0.0, 0.0), "-best-": (0.0, 4.0, 0.0), "<amount>": (1.0, 1.0, 0.0)},
)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("Die Zahlung", "zahlung"),
        ("Die ZAHLUNG", "zahlung"),
        ("Die Zah\u00adlung", "zahlung"),
        ("Die Zah-\nlung", "zahlung"),
        ("bis zum 5.6.2026", "<date>"),
        ("on 2026-06-05", "<date>"),
        ("1.234,50 €", "<amount>"),
        ("1'234.50", "<amount>"),
        ("Nr. 4711", "nr <number>"),
        ("an post@haus.example", "an <email>"),
        ("DE89 3704 0044 0532 0130 00", "<iban>"),
        ("gemäß § 19 UStG", "§ <number>"),
        ("Bestellungen", "-_bes-"),
        ("Bestellungen", "-ngen-"),
        ("Bestellungen", "-gen_-"),
        ("sehr geehrte", "sehr geehrte"),
    ],
)
def test_terms_are_words_pairs_pieces_and_what_figures_are(text: str, term: str) -> None:
    assert term in set(terms_of(text))


def test_what_a_figure_says_is_no_term() -> None:
    assert not any(letter.isdigit() for term in terms_of("Nr. 4711 vom 5.6.2026 über 1.234,50 €") for letter in term)


def test_words_make_their_type_likelier_and_an_empty_page_says_what_the_types_share_is() -> None:
    for text, name in (("Zahlung", "bill"), ("Vorbestellungen", "order"), ("Hallo", "other")):
        assert max(WORDS.logprobs([text], WORDS.types).items(), key=lambda item: item[1])[0] == name
    said = WORDS.logprobs([""], WORDS.types)
    assert said["other"] == pytest.approx(-math.log(1 + 2 / math.e))
    assert said["bill"] == said["order"]


def test_words_beyond_the_beginning_count_nothing() -> None:
    filling = "wort " * (SEARCHED // 5)
    assert WORDS.logprobs([filling + "Zahlung"], WORDS.types) == WORDS.logprobs([filling], WORDS.types)


@given(st.lists(st.text(max_size=300), max_size=3))
def test_probabilities_add_up_to_one_whatever_the_text(pages: list[str]) -> None:
    assert math.fsum(map(math.exp, WORDS.logprobs(pages, WORDS.types).values())) == pytest.approx(1)


@given(st.text(max_size=500))
def test_a_document_counts_as_one_however_long_it_is(text: str) -> None:
    found = strengths([text])
    assert not found or math.fsum(value**2 for value in found.values()) == pytest.approx(1)


def test_they_are_written_and_read_back_the_same() -> None:
    assert read_learned_words(WORDS.as_json()) == WORDS
    assert read_learned_words(WORDS.as_json()).fingerprint == WORDS.fingerprint
    changed = WORDS.model_copy(update={"bias": (0.0, 0.0, 1.1)})
    assert changed.fingerprint != WORDS.fingerprint


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"version": 2}, "version"),
        ({"bias": [0.0]}, "'bias' has 1 weights for 3 types"),
        ({"weights": {"zahlung": [1.0]}}, "'zahlung' has 1 weights for 3 types"),
        ({"weights": {"zahlung": [1.0, 2.0, "NaN"]}}, "weights"),
        ({"types": ["bill", "order", "letter"]}, "`other` is none of their types"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason_and_the_remedy(change: dict[str, object], reason: str) -> None:
    given_words = json.dumps(WORDS.model_dump(mode="json") | change)
    with pytest.raises(LearnedWordsError, match=r"postkorb types learn") as refused:
        read_learned_words(given_words)
    assert reason in str(refused.value)


def test_they_say_nothing_of_a_type_that_they_do_not_know() -> None:
    assert WORDS.logprobs(["Zahlung"], [*WORDS.types, "waybill"]) == WORDS.logprobs(["Zahlung"], WORDS.types)
    assert WORDS.strange([*WORDS.types, "waybill"]) == ["waybill"]


def test_what_speaks_for_a_type_that_there_is_no_more_speaks_for_other() -> None:
    said = {name: math.exp(value) for name, value in WORDS.logprobs(["Zahlung"], WORDS.types).items()}
    left = {name: math.exp(value) for name, value in WORDS.logprobs(["Zahlung"], ["order", "other"]).items()}
    assert left == pytest.approx({"order": said["order"], "other": said["other"] + said["bill"]})


def test_no_words_speak_for_nothing() -> None:
    assert NO_WORDS.logprobs(["Zahlung"], WORDS.types) == {}


def test_the_shipped_words_know_the_shipped_types_alone() -> None:
    assert set(shipped_words().types) == set(load_document_types())


def test_pieces_of_a_long_word_are_not_kept() -> None:
    before = _known_pieces.cache_info().currsize
    assert len(list(terms_of("x" * 3000))) == 1 + 3000 + 2 - PIECE + 1
    assert _known_pieces.cache_info().currsize == before
