"""Runs to cells: what stands together is one cell, what stands in two columns is two."""

from collections.abc import Sequence

import pytest

from services.answers.tables.runs import Run, pack
from services.answers.tables.sheet import sheets

SIZE = 100
"""Of all letters here, in tenths of a point."""
Word = tuple[str, int, int]
"""Text, left edge, right edge."""


def cells(*lines: Sequence[Word]) -> list[list[str]]:
    """Lay out lines of words, and give the text of the cells of each."""
    text = ""
    runs = []
    for number, line in enumerate(lines, start=1):
        for word, left, right in line:
            runs.append(Run(len(text), len(text) + len(word), left, right, 200 * number, SIZE))
            text += f"{word} "
    (sheet,) = sheets([text], [pack(runs)])
    return [[cell.text for cell in line.cells] for line in sheet.lines]


def test_words_with_a_gap_of_a_space_are_one_cell_and_those_with_a_wide_one_are_two() -> None:
    assert cells([("Schraube", 0, 400), ("verzinkt", 430, 800)]) == [["Schraube verzinkt"]]
    assert cells([("Schraube", 0, 400), ("verzinkt", 480, 800)]) == [["Schraube", "verzinkt"]]


def test_numbers_beside_each_other_are_two_cells_unless_spaces_group_their_digits() -> None:
    assert cells([("12", 0, 100), ("3,50", 120, 300)]) == [["12", "3,50"]]
    assert cells([("12", 0, 100), ("345,50", 120, 400)]) == [["12 345,50"]]


def test_a_zip_code_belongs_to_its_state_and_another_number_is_a_cell() -> None:
    assert cells([("Fremont CA", 0, 500), ("94538", 530, 780)]) == [["Fremont CA 94538"]]
    assert cells([("Scranton, PA", 0, 500), ("18503-1234", 530, 980)]) == [["Scranton, PA 18503-1234"]]
    assert cells([("Kisten CA", 0, 500), ("945", 530, 680)]) == [["Kisten CA", "945"]]
    assert cells([("Schrauben", 0, 500), ("94538", 530, 780)]) == [["Schrauben", "94538"]]
    assert cells([("Am Sandtorkai", 0, 500), ("50", 528, 628)]) == [["Am Sandtorkai 50"]]  # a space of most fonts


def test_what_is_drawn_before_the_words_to_its_left_is_a_cell_of_its_own() -> None:
    assert cells([("20-10-2015", 530, 980), ("Invoice Date:", 0, 500)]) == [["Invoice Date:", "20-10-2015"]]
    assert cells([("Invoice Date:", 0, 500), ("20-10-2015", 530, 980)]) == [["Invoice Date: 20-10-2015"]]


def test_what_begins_where_a_column_begins_is_a_cell_however_close_the_one_before() -> None:
    column = [("Dichtung", 1_000, 1_300)]
    close = [("A-4711 lang", 0, 970), ("Schraube", 1_000, 1_350)]
    assert cells(*[column] * 5, close)[-1] == ["A-4711 lang", "Schraube"]
    assert cells(close) == [["A-4711 lang Schraube"]]


def test_the_last_digits_of_large_numbers_are_no_column_of_their_own() -> None:
    small = [("476,10", 1_000, 1_300)]
    assert cells(*[small] * 5, [("4", 920, 970), ("476,10", 1_000, 1_300)])[-1] == ["4 476,10"]


def test_a_gap_of_one_letter_of_one_width_is_a_space_where_words_are_shown_one_by_one() -> None:
    words = [("Net", 0, 180), ("total", 240, 540)]
    assert cells(words) == [["Net total"]]
    assert cells(words, [("ganze Zeile", 2_000, 2_660)])[0] == ["Net", "total"]


def test_runs_of_slightly_different_height_stand_on_one_line() -> None:
    runs = [Run(0, 4, 0, 200, 1_000, SIZE), Run(5, 9, 900, 1_100, 1_030, SIZE), Run(10, 14, 0, 200, 1_140, SIZE)]
    (sheet,) = sheets(["eins zwei drei"], [pack(runs)])
    assert [[cell.text for cell in line.cells] for line in sheet.lines] == [["eins", "zwei"], ["drei"]]


def test_a_page_without_places_is_laid_out_by_its_spaces_and_tabulators() -> None:
    (sheet,) = sheets(["Ware  Menge\nKies\t12"], [])
    assert [[cell.text for cell in line.cells] for line in sheet.lines] == [["Ware", "Menge"], ["Kies", "12"]]


def test_tabulators_count_from_the_beginning_of_the_line() -> None:
    (sheet,) = sheets(["eins\tzwei\t\tvier\n\t\t\tdrunter"], [])
    (above, below) = sheet.lines
    assert [cell.left for cell in above.cells] == [0, 3_000, 9_000]
    assert below.cells[0].left == above.cells[2].left


def test_a_run_of_nothing_but_spaces_of_another_kind_is_no_cell() -> None:
    assert cells([("\u2028", 0, 50), ("Schraube", 60, 460), ("\u3000", 700, 750)]) == [["Schraube"]]


def test_numbers_flush_right_do_not_part_words_that_stand_above_them() -> None:
    column = [("36,20", 980, 1_280)]
    assert cells([("GOODS", 640, 940), ("VALUE", 980, 1_280)], *[column] * 5)[0] == ["GOODS VALUE"]


@pytest.mark.parametrize("sign", ["-", "\u2212", "\u2013", "+"])
def test_a_sign_may_stand_a_space_before_its_number(sign: str) -> None:
    assert cells([(sign, 0, 40), ("640,00", 65, 365)]) == [[f"{sign} 640,00"]]
    assert cells([(sign, 0, 40), ("640,00", 140, 440)]) == [[sign, "640,00"]]
    assert cells([("x", 0, 40), ("640,00", 72, 372)]) == [["x", "640,00"]]
