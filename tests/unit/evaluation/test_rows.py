from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from schemas.events import FieldAnswer
from services.evaluation.labels import TrueRow
from services.evaluation.rows import AnsweredRow, answered_rows, match_rows, row_spots
from services.evaluation.shown import PagesShown


def true(description: str | None, quantity: str | None, total: str | None) -> TrueRow:
    return TrueRow(description, quantity, total)


def row(description: str, quantity: str, total: str) -> AnsweredRow:
    return AnsweredRow(description, Decimal(quantity), Decimal(total))


PAPER, PENS = true("Trennblätter A4", "20.0", "198.0"), true("Joghurt Banane", "50.0", "275.0")


def test_rows_are_matched_whatever_their_order():
    answered = [row("Joghurt Banane", "50", "275.00"), row("Trennblätter A4", "20", "198.00")]
    matching = match_rows([PAPER, PENS], answered)
    assert (matching.found, matching.extra) == ([1, 0], [])


def test_a_unit_price_taken_for_the_total_is_a_missing_row_and_an_extra_one():
    matching = match_rows([PAPER], [row("Trennblätter A4", "20", "9.90")])
    assert (matching.found, matching.extra) == ([None], [0])


def test_a_code_is_no_description():
    assert match_rows([PAPER], [row("TB100A4", "20", "198")]).found == [None]


def test_a_description_may_have_an_article_number_and_a_note_more():
    assert match_rows([PAPER], [row("TB100 Trennblätter A4, 100 Stück", "20", "198")]).found == [0]


def test_a_doubled_row_is_extra():
    matching = match_rows([PAPER], [row("Trennblätter A4", "20", "198")] * 2)
    assert len(matching.extra) == 1


def test_of_rows_with_the_same_numbers_each_finds_its_own():
    truth = [true("Stunde Montage", "1", "90"), true("Stunde Planung", "1", "90")]
    answered = [row("Stunde Planung", "1", "90"), row("Stunde Montage", "1", "90")]
    assert match_rows(truth, answered).found == [1, 0]


def test_what_a_label_leaves_open_takes_what_the_others_left():
    truth = [true("Pfand", None, "10"), true("Pfand", "2", "10")]
    assert match_rows(truth, [row("Pfand", "2", "10"), row("Pfand", "3", "10")]).found == [1, 0]


def test_a_row_that_is_only_proposed_is_no_answer():
    cell = FieldAnswer(
        path="line_items[0].description", kind="text", value="Apfel", verbatim="Apfel", status="ok", confidence=0.9
    )
    assert [item.description for item in answered_rows([cell])] == ["Apfel"]
    proposed = cell.model_copy(update={"status": "doubtful", "value": None, "proposal": "Apfel"})
    assert answered_rows([proposed]) == []


totals = st.integers(1, 5).map(lambda cents: f"{cents}.00")
rows = st.lists(st.tuples(st.sampled_from(["Apfel", "Birne", "Kirsche"]), st.sampled_from(["1", "2"]), totals))


@given(rows, st.randoms(use_true_random=False))
def test_the_true_rows_themselves_are_all_found_in_any_order(given_rows, random):
    answered = [row(*cells) for cells in given_rows]
    random.shuffle(answered)
    matching = match_rows([true(*cells) for cells in given_rows], answered)
    assert sorted(matching.found) == list(range(len(given_rows)))
    assert not matching.extra


@given(rows, rows)
def test_no_row_counts_twice(truth, answered):
    matching = match_rows([true(*cells) for cells in truth], [row(*cells) for cells in answered])
    used = [index for index in matching.found if index is not None]
    assert sorted([*used, *matching.extra]) == list(range(len(answered)))


def test_three_thousand_rows_are_matched():
    truth = [true(f"Artikel {n}", "1", f"{n}.50") for n in range(3200)]
    answered = [row(f"Artikel {n}", "1", f"{n}.50") for n in range(3200)]
    assert match_rows(truth, answered).found == list(range(3200))


def test_rows_come_from_the_paths_of_an_answer():
    def cell(path: str, verbatim: str, numeric: str | None = None) -> FieldAnswer:
        return FieldAnswer(
            path=path,
            kind="text",
            value=verbatim,
            value_numeric=numeric and Decimal(numeric),
            verbatim=verbatim,
            status="ok",
            confidence=1,
        )

    fields = [
        cell("invoice_number", "17"),
        cell("line_items[10].description", "Birne"),
        cell("line_items[2].description", "Apfel"),
        cell("line_items[2].line_total", "3,00", "3.00"),
    ]
    apple, pear = answered_rows(fields)
    assert [apple, pear] == [AnsweredRow("Apfel", None, Decimal(3)), AnsweredRow("Birne", None, None)]
    assert [cell.path for cell in apple.cells] == ["line_items[2].description", "line_items[2].line_total"]
    assert str(apple) == "\u2013 | Apfel | 3.00"


def test_a_row_is_shown_if_all_of_it_is():
    pages = PagesShown(["20 Stk. Trennblätter A4 198,00"])
    assert None not in row_spots(true("Trennblätter A4\nungelocht", "20", "198"), pages)
    assert None in row_spots(true("Trennblätter A4", "20", "199"), pages)
