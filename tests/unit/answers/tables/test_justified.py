"""Lines of justified text, told from rows by their gaps."""

from collections.abc import Sequence

import pytest

from services.answers.tables.justified import without_justified
from services.answers.tables.sheet import Cell, Line, Sheet

WORDS = (("Fundament", 310), ("ausheben", 410), ("bis", 200), ("Böschung", 360), ("3,25", 260), ("45°.", 180))
LETTERS = tuple((word, 50 * len(word)) for word, _ in WORDS)


def texts(words: Sequence[tuple[str, int]], last_gap: int) -> list[str]:
    """Place words of given widths beside each other, the last one after a gap of its own, and give the cells."""
    cells: list[Cell] = []
    left = start = 0
    for at, (word, width) in enumerate(words, start=1):
        cells.append(Cell(word, start, start + len(word), left, left + width, 200, 100))
        start += len(word) + 1
        left += width + (90 if at < len(words) - 1 else last_gap)
    (sheet,) = without_justified([Sheet(1, (Line(tuple(cells)),))])
    return [cell.text for cell in sheet.lines[0].cells]


def test_words_at_equal_distances_are_one_cell() -> None:
    assert texts(WORDS, 90) == ["Fundament ausheben bis Böschung 3,25 45°."]


HEAD = tuple((word.capitalize(), width) for word, width in WORDS)
ROW = (("Bremsen vorn ersetzt", 700), *WORDS)


@pytest.mark.parametrize(("words", "last_gap"), [(WORDS, 120), (WORDS[:5], 90), (LETTERS, 90), (HEAD, 90), (ROW, 90)])
def test_uneven_gaps_few_words_letters_of_one_width_capitals_and_cells_of_words_are_those_of_a_row(
    words: Sequence[tuple[str, int]], last_gap: int
) -> None:
    assert texts(words, last_gap) == [word for word, _ in words]
