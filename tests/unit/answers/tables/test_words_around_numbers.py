"""Rows whose numbers stand in the middle of their words: the order of the text tells which words are whose."""

from collections.abc import Container, Iterable
from decimal import Decimal

import pytest
from unit.answers.tables.printed import TYPES, said_descriptions

from services.answers.tables.answers import read_tables
from services.answers.tables.runs import Run, pack
from services.answers.tables.sheet import sheets

Placed = tuple[int, int, str]
"""Left edge and baseline, in points, and the text."""

SIZE, SMALL = 70, 55
WIDTH = 35
"""Of a letter, in tenths of a point."""


def placed(texts: Iterable[Placed], small: Container[str] = ()) -> tuple[str, list[int]]:
    """Give a page's text and layout; texts follow each other as they are given, some of them in smaller letters."""
    written, runs = "", []
    for left, baseline, text in texts:
        end, size = len(written) + len(text), SMALL if text in small else SIZE
        runs.append(Run(len(written), end, 10 * left, 10 * left + WIDTH * len(text), 10 * baseline, size))
        written += f"{text}\n"
    return written, pack(runs)


def words(texts: Iterable[Placed], net: str, small: Container[str] = ()) -> tuple[list[str | None], list[str]]:
    text, layout = placed(texts, small)
    laid_out = sheets([text], [layout])
    answers = read_tables(TYPES["invoice"], [text], laid_out, "fr", {"net_total": Decimal(net)})
    return said_descriptions(answers), list(answers.reasons)


def head(amount: str) -> list[Placed]:
    return [(50, 270, "#"), (100, 270, "Désignation"), (280, 270, "Qte"), (450, 270, amount)]


def row(middle: int, code: str, lines: list[str], count: str, amount: str) -> list[Placed]:
    first = middle - 4 * (len(lines) - 1)
    return [
        (50, middle, code),
        *((100, first + 8 * at, line) for at, line in enumerate(lines)),
        (280, middle, count),
        (450, middle, amount),
    ]


ROWS = [
    *row(310, "CAI-060", ["Caisson bas 60 cm", "Mélaminé blanc", "Pieds réglables"], "4", "592,00"),
    *row(342, "CAI-090", ["Caisson bas 90 cm", "Coulisses amorties"], "2", "473,00"),
    *row(366, "MO-POSE", ["Pose"], "26,5", "35,00"),
]
WORDS = ["Caisson bas 60 cm Mélaminé blanc Pieds réglables", "Caisson bas 90 cm Coulisses amorties", "Pose"]
FOOT = [(400, 400, "Total HT"), (450, 400, "1 100,00")]


def test_words_above_and_below_the_numbers_are_the_rows_whose_numbers_follow_them() -> None:
    assert words([*head("Montant"), *ROWS, *FOOT], "1100.00") == (WORDS, [])


def test_they_are_where_no_label_names_the_amounts_and_their_sum_proves_them() -> None:
    assert words([*head("T. HT"), *ROWS, *FOOT], "1100.00") == (WORDS, [])


@pytest.mark.parametrize("amount", ["Montant", "T. HT"])
def test_headings_and_subtotals_between_rows_are_none_of_their_words(amount: str) -> None:
    between = [
        *((50, 290, "Lot 1 : Cuisine du premier étage"), *ROWS[:12]),
        *((400, 351, "Sous-total"), (450, 351, "1 065,00"), (50, 358, "Lot 2 : Travaux de pose"), *ROWS[12:]),
    ]
    assert words([*head(amount), *between, *FOOT], "1100.00") == (WORDS, [])


def test_words_that_go_on_after_the_numbers_are_the_row_above_them() -> None:
    listed = [
        *((100, 310, "Caisson bas"), (280, 310, "4"), (450, 310, "592,00"), (100, 318, "Mélaminé blanc")),
        *((100, 334, "Caisson haut"), (280, 334, "2"), (450, 334, "508,00"), (100, 342, "Coulisses amorties")),
    ]
    said, reasons = words([*head("Montant"), *listed, *FOOT], "1100.00")
    assert (said, reasons) == (["Caisson bas Mélaminé blanc", "Caisson haut Coulisses amorties"], [])


def test_what_stands_below_all_rows_and_is_written_first_is_no_word_of_a_row() -> None:
    written_first = [(100, 500, "Taux TVA")]
    assert words([*written_first, *head("Montant"), *ROWS, *FOOT], "1100.00") == (WORDS, [])


def test_lines_without_gaps_between_rows_are_the_rows_beside_whose_first_one_the_numbers_stand() -> None:
    listed = [
        (85, 310, "Bezugszeitraum Januar bis Juni 2027"),
        *((100, 320, "Apfelblatt, Hefte 1 bis"), (100, 330, "6/2027"), (280, 320, "1"), (450, 320, "500,00")),
        *((100, 340, "Halbjahresabonnement"), (280, 340, "1"), (450, 340, "100,00")),
        (85, 354, "Wartezimmer"),
        *((100, 364, "Wandern, Hefte 1 bis"), (100, 374, "3/2027"), (280, 364, "3"), (450, 364, "500,00")),
    ]
    said, reasons = words([*head("Montant"), *listed, (400, 430, "Total HT"), (450, 430, "1 100,00")], "1100.00")
    assert (said, reasons) == (
        ["Apfelblatt, Hefte 1 bis 6/2027", "Halbjahresabonnement", "Wandern, Hefte 1 bis 3/2027"],
        [],
    )


def test_without_any_head_the_words_are_those_of_the_column_of_the_longest_one_page_by_page() -> None:
    first = [
        *((80, 310, "Merino base layer"), (80, 326, "SKU: CO-1"), (300, 318, "€69.95"), (400, 318, "1")),
        *((500, 318, "€69.95"), (80, 350, "Trekking poles"), (80, 366, "SKU: CO-2"), (300, 358, "€118.00")),
        *((400, 358, "1"), (500, 358, "€118.00")),
    ]
    second = [
        *((80, 110, "Titanium mug 450 ml"), (80, 126, "SKU: CO-3"), (300, 118, "€32.50"), (400, 118, "2")),
        *((500, 118, "€65.00"), (400, 200, "Subtotal"), (500, 200, "€252.95")),
    ]
    pages = [placed(first), placed(second)]
    texts = [text for text, _ in pages]
    laid_out = sheets(texts, [layout for _, layout in pages])
    answers = read_tables(TYPES["invoice"], texts, laid_out, "en", {"net_total": Decimal("252.95")})
    assert [said and said.split(" SKU")[0] for said in said_descriptions(answers)] == [
        "Merino base layer", "Trekking poles", "Titanium mug 450 ml"
    ]  # fmt: skip


def stay(middle: int, category: str, name: str, amount: str) -> list[Placed]:
    return [(105, middle, category), (280, middle, "1"), (450, middle, amount), (100, middle + 12, name)]


STAY = [
    *stay(300, "LOGEMENT", "Chambre double", "80,00"),
    *stay(330, "LOGEMENT", "Petit chien", "20,00"),
    *stay(360, "REPAS", "Menu du soir", "40,00"),
    (400, 400, "Total HT"),
    (450, 400, "140,00"),
]


def test_a_category_in_smaller_letters_above_each_name_is_none_of_a_rows_words() -> None:
    found, reasons = words([*head("Montant"), *STAY], "140.00", {"LOGEMENT", "REPAS"})
    assert found == ["Chambre double", "Petit chien", "Menu du soir"]
    assert not reasons


def test_one_small_line_above_a_name_is_no_category() -> None:
    found, _ = words([*head("Montant"), *STAY], "140.00", {"REPAS"})
    assert found[2] == "REPAS"
