"""Phrases of the types: found as whole words, and cheaply where they do not stand."""

import pytest

from schemas.document_types import load_document_types
from services.answers.headings import SelfDescriptions


@pytest.fixture
def described() -> SelfDescriptions:
    return SelfDescriptions(load_document_types())


def test_a_phrase_counts_where_its_words_stand_and_not_within_others(described: SelfDescriptions) -> None:
    assert described.of(["Hiermit reklamiere ich die Lieferung."])["complaint"].phrases == 1
    assert described.of(["HIERMIT REKLAMIERE ICH."])["complaint"].phrases == 1
    assert described.of(["Das Wort wegreklamierend gibt es nicht."])["complaint"].phrases == 0


class Untried:
    """In the place of a pattern: it takes long to say that a text has none."""

    def search(self, text: str) -> None:
        pytest.fail(f"a pattern is tried on {text!r}, which does not have its words")


def test_no_pattern_is_tried_whose_words_do_not_stand_there(described: SelfDescriptions) -> None:
    described._phrases = {
        first: [(name, words, Untried()) for name, words, _ in phrases]  # type: ignore[misc]
        for first, phrases in described._phrases.items()
    }
    assert not any(found.phrases for found in described.of(["qqq"]).values())
