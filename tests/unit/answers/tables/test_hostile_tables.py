"""Layouts that a document has made up: read in time, or not at all."""

import random
import time
from collections.abc import Sequence

import pytest
from unit.answers.tables.printed import TYPES, read_text

from services.answers.tables.answers import TableAnswers, read_tables
from services.answers.tables.reading import MAX_ROWS
from services.answers.tables.runs import MAX_PLACE, MAX_RUNS, Run, pack, unpack
from services.answers.tables.sheet import sheets

HEAD = "Bezeichnung Menge Preis Gesamt "
SECONDS = 6.0
"""Of the processor, for a page; honest pages take less than a tenth of a second."""


def read_runs(text: str, runs: Sequence[Run]) -> TableAnswers:
    started = time.process_time()
    answers = read_tables(TYPES["invoice"], [text], sheets([text], [pack(runs)]), "de", {})
    assert time.process_time() - started < SECONDS
    return answers


def under_a_head(places: Sequence[tuple[int, int, int]], word: str = "10,00 ") -> tuple[str, list[Run]]:
    """Give a head at the top, and below it words at (left, baseline, size)."""
    heads = [Run(0, 11, 500, 900, 100, 80), Run(12, 17, 2000, 2300, 100, 80)]
    heads += [Run(18, 23, 3000, 3300, 100, 80), Run(24, 30, 4000, 4400, 100, 80)]
    text = HEAD + word * len(places)
    starts = [len(HEAD) + len(word) * at for at in range(len(places))]
    return text, [
        *heads,
        *(
            Run(start, start + len(word) - 1, left, min(left + 300, MAX_PLACE), baseline, size)
            for start, (left, baseline, size) in zip(starts, places, strict=True)
        ),
    ]


@pytest.mark.parametrize("word", ["10,00 ", "Wort "])
@pytest.mark.parametrize(
    "places",
    [
        [(400 * at % MAX_PLACE, 200, 80) for at in range(MAX_RUNS - 4)],
        [(500, 200 + at, 80) for at in range(MAX_RUNS - 4)],
        [(500, 200, 1)] * (MAX_RUNS - 4),
        [((-1) ** at * (MAX_PLACE - at), (-1) ** at * (MAX_PLACE - at), 80) for at in range(MAX_RUNS - 4)],
        [(at, at * 10, MAX_PLACE) for at in range(MAX_RUNS - 4)],
    ],
    ids=["one line", "one column", "one point", "at the ends of the world", "letters as large as the world"],
)
def test_a_page_of_absurd_places_is_read_in_time_and_never_called_complete(
    places: Sequence[tuple[int, int, int]], word: str
) -> None:
    assert read_runs(*under_a_head(places, word)).reasons


def test_a_gap_without_end_between_columns_drawn_with_letters_is_looked_at_once() -> None:
    rows = "| Tafel | 258,00 |\n" * 4
    text = f"{rows}Tafel{' ' * 200_000}weiß"
    lines = [Run(18 * at, 18 * at + 17, 100, 2000, 100 + 150 * at, 80) for at in range(4)]
    read_runs(text, [*lines, Run(len(rows), len(text), 100, 4000, 900, 80)])


def test_runs_at_random_are_read_in_time() -> None:
    chance = random.Random(7)  # noqa: S311  (test data)
    for _ in range(5):
        places = [
            (chance.randint(-9_000, 9_000), chance.randint(-9_000, 9_000), chance.randint(1, 900))
            for _ in range(MAX_RUNS - 4)
        ]
        assert read_runs(*under_a_head(places)).reasons


def test_a_page_of_heads_is_read_in_time() -> None:
    assert read_runs(
        *under_a_head([(600 * (at % 4), 100 + at // 4, 80) for at in range(MAX_RUNS - 4)], "Menge ")
    ).reasons


def test_a_text_of_heads_is_read_in_time() -> None:
    text = "Pos  Bezeichnung  Menge  Preis  Betrag\n" * 20_000
    started = time.process_time()
    assert read_tables(TYPES["invoice"], [text], sheets([text], []), "de", {}).reasons
    assert time.process_time() - started < 10 * SECONDS


def test_more_rows_than_are_read_are_said() -> None:
    rows = [f"Ware  {'1':>20}{'1,00':>20}" for _ in range(MAX_ROWS + 1)]
    pages = [
        "\n".join([f"Artikel {'Menge':>18}{'Betrag':>20}", *rows[at : at + 500]]) for at in range(0, len(rows), 500)
    ]
    answers = read_text(*pages, net_total=str(MAX_ROWS + 1))
    assert len({field.path.partition(".")[0] for field in answers.fields}) == MAX_ROWS
    assert any("nur die ersten 20.000 Zeilen" in reason for reason in answers.reasons)


@pytest.mark.parametrize(
    "numbers",
    [
        [0, 4, 1, 2, 3],
        [0, 5, 1, 2, 3, 4],
        [2, 2, 1, 2, 3, 4],
        [-1, 2, 1, 2, 3, 4],
        [0, 4, 1, 2, 3, 2**31],
        [0, 4, 1, 2, 3, True],
        [0, 4, 1, 2, 3, 1.0],
        [0, 4, 1, 2, 3, 0],
        [0, 4, 1, 2, 3, 4] * (MAX_RUNS + 1),
    ],
    ids=[
        "five numbers",
        "past the end",
        "empty",
        "before the beginning",
        "too far",
        "truth",
        "float",
        "no size",
        "too many",
    ],
)
def test_a_layout_that_does_not_fit_its_text_is_none(numbers: list[int]) -> None:
    assert unpack(numbers, "Wort") == []
    assert unpack([0, 4, 1, 2, 3, 4], "Wort") == [Run(0, 4, 1, 2, 3, 4)]
