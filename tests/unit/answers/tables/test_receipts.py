"""Receipts of a till: narrow, without a head, the letter of a tax behind each amount."""

import pytest
from unit.answers.tables.printed import read_text, said_descriptions, said_figures

BELOW = ("3x Pommes", "  4,50 x 3 = 13,50 EUR (A)", "1x Kuchen", "  26,00 x 1 = 26,00 EUR (B)", "GESAMT: 39,50 EUR")
BESIDE = ("3 x Pommes   4,50      13,50 A", "1 x Kuchen  26,00      26,00 B", "SUMME                  39,50")
ABOVE = (
    "Pommes                 13,50 A",
    "   3 x 4,50",
    "Kuchen                 26,00 B",
    "   1 x 26,00",
    "SUMME  39,50",
)


@pytest.mark.parametrize("lines", [BELOW, BESIDE, ABOVE])
def test_a_letter_of_a_tax_behind_an_amount_is_none_of_it(lines: tuple[str, ...]) -> None:
    answers = read_text("\n".join(lines), gross_total="39.50")
    assert [figures[0] for figures in said_figures(answers)] == [3, 1]
    assert [figures[2] for figures in said_figures(answers)] == [13.5, 26]
    assert not answers.reasons


def test_what_is_multiplied_below_a_name_is_none_of_it() -> None:
    assert said_descriptions(read_text("\n".join(BELOW), gross_total="39.50")) == ["3x Pommes", "1x Kuchen"]
