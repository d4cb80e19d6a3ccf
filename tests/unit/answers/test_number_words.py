"""Numbers in words, German, English and French."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.answers.number_words import numbers_in_words


def listed(words: str) -> list[str]:
    return words.split(" ")


ENGLISH = listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
ENGLISH_TENS = listed(" twenty thirty forty fifty sixty seventy eighty ninety")
GERMAN = listed(
    "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn "
    "achtzehn neunzehn"
)
GERMAN_TENS = listed(" zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig")
FRENCH = listed("zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize")
FRENCH_TENS = listed(" dix vingt trente quarante cinquante soixante")


def english(number: int) -> str:
    if number < 20:
        return ENGLISH[number]
    if number < 100:
        return ENGLISH_TENS[number // 10 - 1] + (f"-{ENGLISH[number % 10]}" if number % 10 else "")
    many, name, joint = (number // 1000, "thousand", " ") if number >= 1000 else (number // 100, "hundred", " and ")
    rest = number % (1000 if number >= 1000 else 100)
    return f"{english(many)} {name}" + (f"{joint}{english(rest)}" if rest else "")


def german(number: int) -> str:
    if number < 20:
        return GERMAN[number]
    if number < 100:
        return (f"{GERMAN[number % 10]}und" if number % 10 else "") + GERMAN_TENS[number // 10 - 1]
    many, name = (number // 1000, "tausend") if number >= 1000 else (number // 100, "hundert")
    rest = number % (1000 if number >= 1000 else 100)
    return german(many) + name + (german(rest) if rest else "")


def french(number: int) -> str:
    if number < 17:
        return FRENCH[number]
    if number < 100:
        base = 80 if number >= 80 else min(number // 10 * 10, 60)
        rest, tens = number - base, "quatre-vingt" if base == 80 else FRENCH_TENS[base // 10]
        joint = " et " if rest in {1, 11} and base < 80 else "-"
        return tens + (joint + french(rest) if rest else "s" if base == 80 else "")
    size, name = (1000, "mille") if number >= 1000 else (100, "cent")
    many, rest = number // size, number % size
    plural = "s" if size == 100 and many > 1 and not rest else ""
    return (f"{french(many)} " if many > 1 else "") + name + plural + (f" {french(rest)}" if rest else "")


@given(st.integers(1, 999_999), st.sampled_from([("de", german), ("en", english), ("fr", french)]))
def test_a_number_that_is_spelt_out_comes_back(number: int, spelling: tuple[str, Callable[[int], str]]) -> None:
    language, spell = spelling
    said = spell(number)
    for written in (said, said.capitalize(), said.upper()):
        text = f"({written})"
        (found,) = numbers_in_words(text, language)
        assert (found.number, text[found.start : found.end]) == (number, written)


@pytest.mark.parametrize(
    ("text", "language", "numbers"),
    [
        ("five ten", "en", [5, 10]),
        ("five and six", "en", [5, 6]),
        ("twelve hundred", "en", [1200]),
        ("five per cent, ten cents", "en", [5, 10]),
        ("cinq pour cent, dix cents", "fr", [5, 10]),
        ("septante-deux, nonante", "fr", [72, 90]),
        ("dreimonatig, Zweijahresvertrag", "de", [3, 2]),
        ("Sonntag, Montag, Tausende", "de", []),
        ("einhunderteinhundert", "de", []),
        ("tre mesi", "it", []),
    ],
)
def test_words_are_one_number_as_long_as_the_next_can_be_a_part_of_it(
    text: str, language: str, numbers: list[int]
) -> None:
    assert [found.number for found in numbers_in_words(text, language)] == numbers
