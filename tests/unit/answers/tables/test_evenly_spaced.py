"""Rows without a gap between them: edges of the table, letters and numbers tell on which line a row has its amount."""

import pytest
from unit.answers.tables.printed import read_text, said_descriptions

from services.answers.tables.fields import CONFIRMED, UNCONFIRMED

HEAD = "Rechnung 1\n{number:<6}Beschreibung            Menge   Einzelpreis    Betrag"
FIGURES = "{words:<26}  {quantity}        10,00   {amount:>8}"
Line = tuple[str, int]
"""Words, and the quantity beside them, if there is one."""


def page(*lines: Line, number: str = "") -> str:
    net = 10 * sum(quantity for _, quantity in lines)
    shown = [
        FIGURES.format(words=words, quantity=quantity, amount=f"{10 * quantity},00") if quantity else words
        for words, quantity in lines
    ]
    return "\n".join([HEAD.format(number=number), *shown, f"Summe netto{f'{net},00':>38}"])


def read(*lines: Line) -> tuple[list[str | None], list[str]]:
    net = 10 * sum(quantity for _, quantity in lines)
    answers = read_text(page(*lines), net_total=f"{net}.00")
    return said_descriptions(answers), list(answers.reasons)


BOLT, GASKET, PUMP = "Schraube M8", "Dichtung G7", "Pumpe P1"


def test_words_below_the_head_and_above_the_first_numbers_show_that_numbers_stand_on_the_last_line() -> None:
    said, reasons = read((BOLT, 0), ("Zeichnung 12", 2), (GASKET, 0), ("Norm 7", 3), (PUMP, 0), ("Kabel 3 m", 1))
    assert said == ["Schraube M8 Zeichnung 12", "Dichtung G7 Norm 7", "Pumpe P1 Kabel 3 m"]
    assert not reasons


def test_words_below_the_last_numbers_show_that_numbers_stand_on_the_first_line() -> None:
    said, reasons = read((BOLT, 2), ("Zeichnung 12", 0), (GASKET, 3), ("Norm 7", 0), (PUMP, 1), ("Kabel 3 m", 0))
    assert said == ["Schraube M8 Zeichnung 12", "Dichtung G7 Norm 7", "Pumpe P1 Kabel 3 m"]
    assert not reasons


def test_lines_that_go_on_in_small_letters_begin_no_row() -> None:
    said, reasons = read((BOLT, 1), (GASKET, 0), ("mit Zubehör", 3), (PUMP, 0), ("inkl. Kabel", 2))
    assert said == ["Schraube M8", "Dichtung G7 mit Zubehör", "Pumpe P1 inkl. Kabel"]
    assert not reasons
    said, reasons = read((BOLT, 1), ("mit Zubehör", 0), (GASKET, 3), ("inkl. Kabel", 0), (PUMP, 2))
    assert said == ["Schraube M8 mit Zubehör", "Dichtung G7 inkl. Kabel", "Pumpe P1"]
    assert not reasons


def test_where_nothing_tells_words_are_said_to_be_unsure_and_amounts_stay_confirmed() -> None:
    lines = [(BOLT, 1), ("Zeichnung 12", 0), (GASKET, 3), ("Norm 7", 0), (PUMP, 2)]
    answers = read_text(page(*lines), net_total="60.00")
    (reason,) = answers.reasons
    assert reason.startswith("Positionen: nichts zeigt, ob Wörter zwischen den Zahlen zweier Zeilen")
    sure = {field.path.split(".")[1]: field.confidence for field in answers.fields}
    assert (sure["description"], sure["line_total"]) == (UNCONFIRMED, CONFIRMED)


@pytest.mark.parametrize("pages", [1, 2])
def test_rows_begin_at_the_numbers_that_count_them_also_where_a_page_ends_between_these_and_their_amounts(
    pages: int,
) -> None:
    lines = [
        *(("1     Schraube M8", 0), ("      Lieferschein 4711", 2)),
        *(("2     Dichtung G7", 0), ("      Lieferschein 4712", 3)),
        *(("3     Pumpe P1", 0), ("      Lieferschein 4713", 1)),
    ]
    whole = page(*lines, number="Pos.")
    first, second = whole[: (at := whole.index("      Lieferschein 4712"))], whole[at:]
    answers = read_text(*([whole] if pages == 1 else [first, second]), net_total="60.00")
    assert said_descriptions(answers) == [
        "Schraube M8 Lieferschein 4711", "Dichtung G7 Lieferschein 4712", "Pumpe P1 Lieferschein 4713"
    ]  # fmt: skip
    assert not answers.reasons


GROUPS = """Rechnung 1
Pos.  Beschreibung            Menge   Einzelpreis    Betrag
1     Titel 1: Montage
1.1   Schraube M8               2        10,00        20,00
1.2   Dichtung G7               3        10,00        30,00
      Summe Titel 1                                   50,00
{second}
2.1   Pumpe P1                  1        50,00        50,00
      Summe Titel 2                                   50,00
{third}
3.1   Kabel                     1        20,00        20,00
      Summe Titel 3                                   20,00
      Nettosumme                                     120,00
"""


def test_the_number_of_a_group_counts_no_row_wherever_its_heading_stands() -> None:
    text = GROUPS.format(second="2     Titel 2: Wartung\n\f", third="3     Titel 3: Rest")
    assert not read_text(*text.split("\f\n"), net_total="120.00").reasons


def test_a_row_without_groups_counts_on_after_one() -> None:
    text = GROUPS.format(second="2     Titel 2: Wartung", third="3     Titel 3: Rest").replace("3.1 ", "{}   ")
    text = text.replace("3     Titel 3: Rest\n", "")
    assert not read_text(text.format(3), net_total="120.00").reasons
    (reason,) = read_text(text.format(4), net_total="120.00").reasons
    assert reason.endswith("diese springen von 2 auf 4.")


def test_numbers_below_the_amounts_of_their_rows_count_no_row_below_them() -> None:
    lines = (
        "Pos   Beschreibung                    Preis   Menge    Betrag",
        "      Obermonteur                     43,20       3    129,60",
        "",
        "1     Montage in der Halle",
        "      für die doppelte Verlegung",
        "",
        "      Deckenhalterung                122,50       1    122,50",
        "",
        "2     außerhalb des Angebots",
    )
    answers = read_text("\n".join(lines), net_total="252.10")
    assert [said.partition(" ")[0] for said in said_descriptions(answers) if said] == ["Obermonteur", "Deckenhalterung"]
    assert not answers.reasons
