"""Rows of generated invoices: all of them, or a reason why not; never a loss in silence."""

from dataclasses import replace
from typing import Any

import pytest
from babel.numbers import format_decimal
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.answers.tables.printed import (
    printed,
    rows_of,
    said_descriptions,
    said_figures,
    totals_of,
    true_descriptions,
    true_figures,
)

from services.intake.document import ParsedDocument

FORMS: dict[str, dict[str, Any]] = {
    "head on every page": {"repeats_head": True},
    "head on the first page alone": {"repeats_head": False, "carries": False},
    "wrapped descriptions": {"most_lines": 4},
    "rows split by the page's end": {"most_lines": 4, "breaks_rows": True, "numbers_on": "first"},
    "numbers in the middle of a row's lines": {"most_lines": 3, "numbers_on": "middle", "padding": 5.0},
    "numbers on a row's last line": {"most_lines": 4, "numbers_on": "last", "padding": 5.0},
    "subtotals": {"subtotal_every": 5},
    "sums carried over": {"carries": True, "repeats_head": True},
    "head of two lines": {"stacked": True},
    "numbers at the left": {"right": False},
    "drawn column by column": {"by_columns": True},
    "drawn word by word": {"by_words": True, "font": "Helvetica"},
    "letters of one width, word by word": {"by_words": True, "font": "Courier", "size": 8.0},
}


@pytest.mark.parametrize("form", FORMS)
def test_rows_of_every_form_are_read_whole(form: str) -> None:
    for seed in (1, 2, 3):
        invoice, document = printed(seed, 60, **FORMS[form])
        answers = rows_of(invoice, document, totals_of(invoice))
        assert said_figures(answers) == true_figures(invoice), (seed, answers.reasons)
        assert not answers.reasons


@pytest.mark.parametrize(
    "form", ["wrapped descriptions", "rows split by the page's end", "numbers on a row's last line", "subtotals"]
)
def test_descriptions_are_read_whole(form: str) -> None:
    for seed in (1, 2, 3):
        invoice, document = printed(seed, 60, **FORMS[form])
        answers = rows_of(invoice, document, totals_of(invoice))
        assert said_descriptions(answers) == true_descriptions(invoice)


def test_at_least_nineteen_of_twenty_invoices_of_ten_rows_are_read_whole() -> None:
    read = [printed(seed, 10) for seed in range(100, 160)]
    right = [
        said_figures(rows_of(invoice, document, totals_of(invoice))) == true_figures(invoice)
        for invoice, document in read
    ]
    assert sum(right) >= 57


@pytest.mark.parametrize("rows", [1, 10, 100])
@pytest.mark.parametrize("with_totals", [True, False])
def test_no_row_is_lost_in_silence(rows: int, *, with_totals: bool) -> None:
    for seed in range(200, 200 + (25 if rows < 100 else 8)):
        invoice, document = printed(seed, rows)
        answers = rows_of(invoice, document, totals_of(invoice) if with_totals else {})
        assert answers.reasons or said_figures(answers) == true_figures(invoice), seed


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 4), page=st.integers(0, 3))
def test_a_page_that_was_not_read_is_never_missed_in_silence(seed: int, page: int) -> None:
    invoice, document = printed(seed, 120, repeats_head=True)
    lost = page % len(document.pages)
    pages = tuple("" if at == lost else text for at, text in enumerate(document.pages))
    layouts = tuple(() if at == lost else layout for at, layout in enumerate(document.layouts))
    answers = rows_of(invoice, replace(document, pages=pages, layouts=layouts), totals_of(invoice))
    assert answers.reasons


def test_the_same_pages_twice_are_doubled_rows_and_said() -> None:
    invoice, document = printed(2, 30)
    twice = ParsedDocument(document.pages * 2, layouts=document.layouts * 2)
    assert rows_of(invoice, twice, totals_of(invoice)).reasons


def test_wrong_totals_are_said_with_both_figures() -> None:
    invoice, document = printed(2, 30)
    reasons = rows_of(invoice, document, {"net_total": invoice.net_total + 100}).reasons
    german = invoice.language == "de"
    label = "„Nettobetrag“ lautet" if german else "“Net total” says"
    made, said = (
        format_decimal(total, "#,##0.00", "de" if german else "en")
        for total in (invoice.net_total, invoice.net_total + 100)
    )
    assert any(f" {made}, {label} {said}." in reason for reason in reasons)


def test_every_value_stands_in_the_text_where_it_says() -> None:
    for seed in range(10):
        invoice, document = printed(seed, 60)
        for field in rows_of(invoice, document, totals_of(invoice)).fields:
            assert field.page is not None
            shown = document.pages[field.page - 1][field.char_start : field.char_end]
            if field.kind == "text":
                assert shown.split()[0] == field.verbatim.split()[0]
            else:
                assert shown.split() == field.verbatim.split()


def test_confirmed_rows_are_surer_than_others() -> None:
    invoice, document = printed(2, 30)
    sure = rows_of(invoice, document, totals_of(invoice)).fields
    doubtful = rows_of(invoice, document, {"net_total": invoice.net_total + 100}).fields
    assert min(field.confidence for field in sure) > max(field.confidence for field in doubtful)
