"""The shortcuts for text that is as it seems give what the long way gives."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.answers import normal_form
from services.answers.normal_form import normal_text, plain

ASCII = ["a", "B", "9", "-", ".", "`", " ", "  ", "\n", "\r\n", "\t", "\x1f", "und"]
OTHERS = [
    "Ä",
    "ß",
    "é",
    "\x85",
    "\u00a0",
    "\u00ad",
    "\u0301",
    "\u200b",
    "\u2010",
    "\u2013",
    "\u201e",
    "\u20ac",
    "\ufb01",
    "\u00b2",
]
TEXTS = st.lists(st.sampled_from([*ASCII, *OTHERS]), max_size=8).map("".join)


@given(TEXTS)
def test_plain_text_is_the_same_by_the_short_way_and_by_the_long_one(text: str) -> None:
    assert plain(text) == _plain_by_the_long_way(text)


@given(TEXTS)
def test_the_normal_form_without_places_is_the_text_of_the_one_with_places(text: str) -> None:
    assert normal_text(text) == normal_form.normal_form(text).text


@pytest.mark.parametrize("around", ["{}", "a{}b", "a {} b", "a{0}{0}", "a-{}\nb"])
def test_each_character_of_the_short_way_is_what_the_long_way_makes_of_it(around: str) -> None:
    characters = (chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF)
    usual = [character for character in characters if not normal_form._ODD.search(character)]

    texts = [around.format(character) for character in usual]

    assert [text for text in texts if plain(text) != _plain_by_the_long_way(text)] == []


def _plain_by_the_long_way(text: str) -> str:
    return normal_form._SPECIAL.sub(normal_form._plain_piece, text).strip()
