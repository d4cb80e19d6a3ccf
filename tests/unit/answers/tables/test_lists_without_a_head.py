"""Delivery notes whose goods are listed without a head: how many, and of what."""

import pytest
from unit.answers.tables.printed import read_text, said_descriptions, said_figures

SLIP = (
    "Lieferschein 118",
    "Küche",
    "    4  Suppenteller groß                 3,2 kg    o",
    "   12  Wasserglas 0,2 l                  2,4 kg    o",
    "         im Korb",
    "    1  Kochtopf mit Deckel               1,9 kg    o",
    "Garten",
    "    2  Sonnenschirm                     14,0 kg    o",
    "Erhalten: ______________",
)


def test_lines_that_begin_with_a_number_and_at_one_edge_with_words_are_rows_and_nothing_confirms_them() -> None:
    answers = read_text("\n".join(SLIP), kind="delivery_note")
    assert [int(count or 0) for count, _, _ in said_figures(answers)] == [4, 12, 1, 2]
    assert said_descriptions(answers) == [
        "Suppenteller groß",
        "Wasserglas 0,2 l",
        "Kochtopf mit Deckel",
        "Sonnenschirm",
    ]
    assert answers.reasons


@pytest.mark.parametrize(
    "lines",
    [
        ("1  Ware sofort prüfen", "2  Mängel melden", "3  Leergut zurückgeben", "4  Empfang bestätigen"),
        ("104  Gouda jung  3", "98  Edamer  12", "231  Brie  2", "17  Quark  6"),
        ("4  Suppenteller", "12  Wasserglas", "1  Kochtopf"),
    ],
)
def test_what_rises_or_stands_beside_another_count_or_is_rare_counts_no_goods(lines: tuple[str, ...]) -> None:
    answers = read_text("\n".join(lines), kind="delivery_note")
    assert not answers.fields
    assert answers.reasons


def test_the_boxes_below_a_list_are_no_row_of_it() -> None:
    lines = (
        "Pos   Bezeichnung          Anzahl   Tara kg",
        "1     KLT 3215 Behälter       240     1,2",
        "2     KLT 6428 Behälter        96     2,1",
        "3     Abdeckplatte             14     3,0",
        "4     Gitterbox                 6    85,0",
        "15    1.094,4                   5     4,8",
    )
    answers = read_text("\n".join(lines), kind="delivery_note")
    assert [int(count or 0) for count, _, _ in said_figures(answers)] == [240, 96, 14, 6]
