"""What `make long` asks about: contracts whose facts stand where they are said to."""

import pytest
from long.contracts import LANGUAGES, WRITTEN, contract

from services.intake.document import PAGE_CHARACTERS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("pages", [1, 5, 80])
def test_each_fact_stands_on_its_page_and_on_no_other(language: str, pages: int) -> None:
    found = contract(language, pages)
    facts = {name: said for name, (_, said) in WRITTEN[language]["facts"].items()}
    assert set(found.pages_of) == set(facts) == {name for name, truth in found.fields.items() if truth is not None}
    for name, said in facts.items():
        assert [number for number, text in enumerate(found.pages, 1) if said in text] == [found.pages_of[name]], name


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_as_long_as_those_of_a_plain_text_and_the_last_fact_is_on_the_last(language: str) -> None:
    found = contract(language, 20)
    assert len(found.pages) == 20
    assert all(0.8 * PAGE_CHARACTERS < len(page) <= PAGE_CHARACTERS for page in found.pages)
    assert found.pages_of["jurisdiction"] == 20


def test_a_contract_is_the_same_each_time() -> None:
    assert contract("de", 5) == contract("de", 5)
