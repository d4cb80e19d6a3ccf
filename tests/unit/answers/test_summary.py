"""A summary fit to print."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.answers.summary import tidy_summary


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        (" Ein  Satz.\nNoch\teiner. ", "Ein Satz. Noch einer."),
        ("Ein\x00Satz\x1b[31m.", "Ein Satz [31m."),
        ("Ein Sa\u00adtz\u202e.", "Ein Satz."),
        ("Zeile\u2028zwei", "Zeile zwei"),
        ("ohne Punkt", "ohne Punkt"),
        ("", ""),
    ],
)
def test_a_short_summary_is_one_line_without_invisible_characters(text: str, tidy: str) -> None:
    assert tidy_summary(text, 100) == tidy


@pytest.mark.parametrize(
    ("text", "limit", "tidy"),
    [
        ("Die Firma mahnt. Der Betrag ist offen.", 30, "Die Firma mahnt."),
        ("Wird gezahlt? Der Betrag ist offen.", 20, "Wird gezahlt?"),
        ("Die Firma mahnt. Der Betrag ist offen.", 38, "Die Firma mahnt. Der Betrag ist offen."),
        ("Die Firma mahnt. Der Betrag ist", 31, "Die Firma mahnt."),
        ("Er kommt. Der Betrag ist seit langem offen", 30, "Er kommt. Der Betrag ist seit\u2026"),
        ("Die Firma bleibt hart\u2026", 22, "Die Firma bleibt hart\u2026"),
        ("Frist ist der 5. Juni des Jahres", 20, "Frist ist der 5.\u2026"),
        ("Frist ist der 15. Juni des Jahres", 20, "Frist ist der 15.\u2026"),
        ("Es zahlt die Nr. Sieben der Liste", 20, "Es zahlt die Nr.\u2026"),
        ("Es zahlt Frau bzw. Herr Huber", 20, "Es zahlt Frau bzw.\u2026"),
        ("Der Preis ist 1000.50 Euro", 20, "Der Preis ist\u2026"),
        ("Die Firma mahnt, heute", 18, "Die Firma mahnt\u2026"),
        ("Die Firma mahnt heute", 16, "Die Firma mahnt\u2026"),
        ("Donaudampfschifffahrt", 6, "Donau\u2026"),
        ("Wort", 1, "\u2026"),
        ("Wort", 0, ""),
    ],
)  # fmt: skip
def test_a_long_summary_ends_with_a_sentence_or_with_an_ellipsis(text: str, limit: int, tidy: str) -> None:
    assert tidy_summary(text, limit) == tidy


@given(st.text(), st.integers(0, 60))
def test_a_summary_never_exceeds_its_limit_nor_breaks_a_line(text: str, limit: int) -> None:
    tidy = tidy_summary(text, limit)
    assert len(tidy) <= limit
    assert tidy == " ".join(tidy.split())
    assert all(character.isprintable() for character in tidy)
