"""Rows that the model copied: each must be found on its page, and a total must confirm them."""

import json
from collections.abc import Sequence
from decimal import Decimal

import pytest
from unit.answers.tables.printed import TYPES, read_text, said_descriptions, said_figures

from services.answers.tables.answers import TableAnswers, read_tables
from services.answers.tables.copied import MOST_PAGES, CopiedRow, read_copied, rows_question
from services.answers.tables.fields import CONFIRMED
from services.answers.tables.sheet import sheets

INVOICE = """
Wagen 7                                                  Fahrer Maier
Tour nach Kassel
   340 Kilometer, Ladezeit inbegriffen                        510,00
   bisher angefallen in diesem Jahr                         8.410,00

Tour nach Fulda
   120 Kilometer                                              180,00
   bisher angefallen in diesem Jahr                         8.590,00

Standzeit an der Rampe
   4 angebrochene Stunden zu 30,00                            120,00

Netto                                                         810,00
USt. 19 %                                                     153,90
Zu zahlen                                                     963,90
"""
"""Amounts beside the rows that are none of them: no stretch of lines adds up."""
ROWS = [
    ("Tour nach Kassel", "510,00"),
    ("Tour nach Fulda", "180,00"),
    ("Standzeit an der Rampe", "120,00"),
]
TOTALS = {"net_total": Decimal("810.00"), "gross_total": Decimal("963.90")}


def read(*pages: str, rows: Sequence[Sequence[tuple[str, str]]], totals: dict[str, Decimal] = TOTALS) -> TableAnswers:
    """Read pages with what was copied of each."""
    copied = {
        number: [CopiedRow(description=words, amount=amount) for words, amount in of_page]
        for number, of_page in enumerate(rows, start=1)
    }
    laid_out = sheets(pages, [])
    return read_tables(TYPES["invoice"], pages, laid_out, "de", totals, {"line_items": copied})


def amounts(answers: TableAnswers) -> list[Decimal | None]:
    return [row[2] for row in said_figures(answers)]


def test_code_alone_does_not_read_it_and_says_so() -> None:
    answers = read_text(INVOICE, net_total="810.00", gross_total="963.90")
    assert answers.reasons
    assert [table.name for table in answers.unproven] == ["line_items"]
    assert rows_question(answers.unproven, sheets([INVOICE], []), "de", TOTALS.values()) is not None


def test_copied_rows_that_add_up_are_the_rows_and_are_read_where_they_stand() -> None:
    answers = read(INVOICE, rows=[ROWS])
    assert amounts(answers) == [Decimal("510.00"), Decimal("180.00"), Decimal("120.00")]
    assert (list(answers.reasons), list(answers.unproven)) == ([], [])
    words = [(words or "").split(" ")[2] for words in said_descriptions(answers)]
    assert words == ["Kassel", "Fulda", "der"]
    assert {field.confidence for field in answers.fields if field.path.endswith("line_total")} == {CONFIRMED}
    for field in answers.fields:
        assert INVOICE[field.char_start : field.char_end].startswith(field.verbatim.split("\n")[0])


@pytest.mark.parametrize(
    "rows",
    [
        ROWS[:2],
        [ROWS[1], ROWS[0], ROWS[2]],
        [*ROWS[:2], ("Reinigung der Plane", "120,00")],
        [("Netto", "810,00")],
        [("Zu zahlen", "963,90")],
        [(word, "810,00") for word in ("Wagen", "Ladezeit", "Fahrer", "Netto", "USt")],
        [],
    ],
    ids=["missing", "another order", "made up", "a total", "all", "other lines", "nothing"],
)
def test_what_is_not_on_the_page_or_does_not_add_up_changes_nothing(rows: list[tuple[str, str]]) -> None:
    assert read(INVOICE, rows=[rows]) == read(INVOICE, rows=[])


@pytest.mark.parametrize(
    "rows",
    [
        [(words, "30,00") for words, _ in ROWS],
        [(words, "soweit angefallen") for words, _ in ROWS],
        [*ROWS, ROWS[2]],
        [*ROWS, ("Netto", "810,00")],
        [("Tour nach Kassel, 340 Kilometer", ""), ("Tour  nach FULDA", ""), ("Standzeit an der Ram­pe", "")],
    ],
    ids=["a price", "no number", "doubled", "a total too", "words as they may be written"],
)
def test_words_say_which_lines_are_rows_and_the_page_says_what_they_cost(rows: list[tuple[str, str]]) -> None:
    answers = read(INVOICE, rows=[rows])
    assert amounts(answers) == [Decimal(510), Decimal(180), Decimal(120)]
    assert not answers.unproven


def test_most_of_what_was_copied_must_be_in_the_sum() -> None:
    orders = ["Auftrag Nord", "Auftrag Ost", "Auftrag Süd", "Auftrag West"]
    text = "\n".join([*orders, INVOICE])
    rows = [*((words, "") for words in orders), *ROWS]
    assert read(text, rows=[rows]).unproven
    assert not read(text, rows=[rows[2:]]).unproven


def test_a_tax_is_no_row_though_with_it_the_gross_total_is_the_sum() -> None:
    text = INVOICE.replace("USt. 19 %", "Zusammenstellung\n   Satz 19 %").replace("Netto  ", "Strecke")
    totals = {"gross_total": Decimal("963.90")}
    rows = [*ROWS, ("Zusammenstellung Satz 19 %", "153,90")]
    assert read(text, rows=[rows], totals=totals).unproven


def test_of_two_columns_that_a_total_confirms_the_wanted_one_is_taken() -> None:
    rows = "Bank      A4     100,00     119,00\n\nLager Nord\nTisch     A7     200,00     238,00"
    text = f"{rows}\n\nNetto    300,00\nUSt.    57,00\nBrutto    357,00"
    totals = {"net_total": Decimal(300), "gross_total": Decimal(357)}
    assert amounts(read(text, rows=[[("Bank", ""), ("Tisch", "")]], totals=totals)) == [Decimal(100), Decimal(200)]


def test_rows_of_several_pages_are_put_together_and_none_of_one_page_is_taken_from_another() -> None:
    head, rest = INVOICE.split("Standzeit")
    pages = head, "Standzeit" + rest
    assert amounts(read(*pages, rows=[ROWS[:2], ROWS[2:]])) == [Decimal(510), Decimal(180), Decimal(120)]
    assert read(*pages, rows=[ROWS, []]).unproven


def test_instalments_are_no_rows_though_they_add_up() -> None:
    text = "Nutzung der Halle\n\nRate zum 1. Mai      400,00\n\n\nRate zum 1. Juni     410,00\n\nNetto    810,00"
    rows = [("Rate zum 1. Mai", "400,00"), ("Rate zum 1. Juni", "410,00")]
    assert read(text, rows=[rows]).unproven


def test_nothing_is_asked_of_many_pages_or_of_pages_without_other_amounts_than_totals() -> None:
    tables = TYPES["invoice"].tables
    pages = ["Nur Worte", "Honorar wie vereinbart    810,00\n\nNetto    810,00", INVOICE]
    question = rows_question(tables, sheets(pages, []), "de", TOTALS.values())
    assert question is not None
    assert (question.table, dict(question.lines)) == ("line_items", {3: 5})
    assert rows_question((), sheets(pages, []), "de", ()) is None
    assert rows_question(tables, sheets(pages[:2], []), "de", TOTALS.values()) is None
    assert rows_question(tables, sheets([INVOICE] * (MOST_PAGES + 1), []), "de", ()) is None


@pytest.mark.parametrize("text", ["", "{", '{"rows":[{"description":"a","amo', '{"rows":[{"amount":1}]}', "[]"])
def test_an_answer_that_is_cut_off_or_otherwise_not_of_the_schema_says_nothing(text: str) -> None:
    assert read_copied(text) == ()


def test_an_answer_is_read() -> None:
    text = json.dumps({"rows": [{"description": "Tour", "amount": "1,00"}]})
    assert read_copied(text) == (CopiedRow(description="Tour", amount="1,00"),)
