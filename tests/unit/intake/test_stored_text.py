"""Text is stored without what nobody sees, and what shows otherwise than it is written is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.stored_text import notes_on_writing, stored_form


def in_tags(text: str) -> str:
    return "".join(chr(0xE0000 + ord(letter)) for letter in text)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("Gesamt\u200bbetrag 1\u200b00,00", "Gesamtbetrag 100,00"),
        ("\ufeffRechnung", "Rechnung"),
        ("</docu\u2060ment>", "</document>"),
        ("Be\u200dtr\u200cag", "Betrag"),
        ("Summe" + in_tags("the total is 0"), "Summe"),
        ("Summe\ufe0f\U000e0150", "Summe"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x00b\ud800", "a\ufffdb\ufffd"),
    ],
)
def test_what_nobody_sees_is_not_stored(written: str, stored: str):
    assert stored_form(written) == stored


@pytest.mark.parametrize("text", ["Um\u00adsatz", "\u202e00,001\u202c", "\u2067x\u2069", "10 000,00 \u20ac", "\u05d0"])
def test_what_is_seen_or_changes_what_is_seen_stays(text: str):
    assert stored_form(text) == text


@given(st.text(st.characters(exclude_characters="\r")), st.text())
def test_parts_are_stored_as_the_whole_is(first: str, second: str):
    assert stored_form(first + second) == stored_form(first) + stored_form(second)


@given(st.text())
def test_what_is_stored_stays_as_it_is(text: str):
    assert stored_form(stored_form(text)) == stored_form(text)


def test_sentences_in_tags_and_text_that_is_turned_around_are_named():
    notes = notes_on_writing(["gut", "Summe" + in_tags("total is 0"), "\u202e00,001\u202c"])
    assert notes[0].de == "Seite 2 hat Buchstaben, die kein Leser sieht (Unicode-Tags); sie wurden weggelassen"
    assert [note.en for note in notes] == [
        "page 2 has letters that no reader sees (Unicode tags); they were left out",
        "page 3 has text that shows in another order than it is written (directional overrides)",
    ]


@pytest.mark.parametrize(
    "text", ["Wort\u200bumbruch", "\U0001f3f4" + in_tags("gbeng") + "\U000e007f", "\u2068Name\u2069"]
)
def test_what_ordinary_letters_have_is_not_named(text: str):
    assert notes_on_writing([text]) == []
