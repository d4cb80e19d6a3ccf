"""Bills that list what was done below a label, and say what all of it costs: rows of words alone."""

import pytest
from unit.answers.tables.printed import read_text, said_descriptions, said_figures

FEE_NOTE = (
    "Honorarnote Nr. 2026/1187",
    "",
    "Leistungen:           - Erstgespräch, 60 Min.",
    "                      - Massage des Rückens mit",
    "                        Wärmepackung",
    "                      - Bewegungsübungen",
    "Diagnose:             Lumbalgie",
    "                      Rechnungsbetrag in Euro: 318,00",
)


def test_what_a_label_lists_with_bullets_is_rows_of_words_and_nothing_confirms_them() -> None:
    answers = read_text("\n".join(FEE_NOTE), gross_total="318.00")
    assert said_descriptions(answers) == [
        "Erstgespräch, 60 Min.",
        "Massage des Rückens mit Wärmepackung",
        "Bewegungsübungen",
    ]
    assert "3 Zeilen ohne Beträge" in answers.reasons[0]
    assert answers.reasons[1:] == []
    assert all(field.confidence < 0.75 for field in answers.fields)


def test_numbers_count_the_items_from_one() -> None:
    lines = ("Service:      1 Airport transfer, 4 persons", "              2 Day trip", "              7 nights")
    answers = read_text("\n".join((*lines, "Total         6,736.00 EUR")), language="en", gross_total="6736.00")
    assert said_descriptions(answers) == ["Airport transfer, 4 persons", "Day trip"]


@pytest.mark.parametrize(
    "lines",
    [
        ("Leistungen:           - Erstgespräch, 60 Min.", "Diagnose:             Lumbalgie"),
        ("Bemerkungen:          - bitte prüfen", "                      - bitte zahlen"),
        ("Leistungen:           Erstgespräch", "                      Massage", "                      - Übungen"),
        ("Leistungen:", "", "", "", "", "- Erstgespräch", "- Massage"),
    ],
)
def test_one_item_or_another_label_or_words_without_a_bullet_or_far_away_are_no_rows(lines: tuple[str, ...]) -> None:
    answers = read_text("\n".join((*lines, "Rechnungsbetrag       318,00")), gross_total="318.00")
    assert not answers.fields
    assert answers.reasons


LETTER = (
    "auf Ihre Bestellung MH/088 vom 3. März erhalten Sie:",
    "",
    "    2 Stück Zinken-Satz links (Ersatzteil 940.118)",
    "    12 Stück Messer gezahnt",
    "    5 Liter Getriebeöl GL-5 80W-90",
    "",
    "Die Sendung besteht aus 3 Packstücken.",
)
ORDER = (
    "I am pleased to place our order with you for the following:",
    "\u2022 2 no. display cases in oiled oak, 1200 x 600 mm, at \u00a31,480.00 each",
    "\u2022 6 no. acrylic book cradles at \u00a342.50 each",
    "making \u00a33,215.00 in all, plus VAT at the standard rate.",
)


def test_a_letter_says_how_many_of_what() -> None:
    answers = read_text("\n".join(LETTER), kind="delivery_note")
    assert said_descriptions(answers) == [
        "Zinken-Satz links (Ersatzteil 940.118)",
        "Messer gezahnt",
        "Getriebeöl GL-5 80W-90",
    ]
    assert [int(count or 0) for count, _, _ in said_figures(answers)] == [2, 12, 5]
    assert answers.reasons


def test_what_each_costs_is_none_of_the_words() -> None:
    answers = read_text("\n".join(ORDER), kind="purchase_order", language="en", net_total="3215.00")
    assert said_descriptions(answers) == ["display cases in oiled oak, 1200 x 600 mm", "acrylic book cradles"]
    assert [int(count or 0) for count, _, _ in said_figures(answers)] == [2, 6]
    assert "2 rows without amounts" in answers.reasons[0]


@pytest.mark.parametrize(
    "lines",
    [
        ("    12 Stück Messer gezahnt", "Die Sendung wiegt 48,5 kg."),
        ("    12 Stück Messer gezahnt", "", "", "", "    5 Liter Getriebeöl GL-5 80W-90"),
        ("3 Packstücke mit zusammen", "48 Kilogramm, frei Haus"),
        ("12 Messer gezahnt", "5 Zinken links"),
    ],
)
def test_one_line_or_far_ones_or_others_than_units_are_no_rows_of_a_letter(lines: tuple[str, ...]) -> None:
    assert not read_text("\n".join(("Sie erhalten:", *lines)), kind="delivery_note").fields
