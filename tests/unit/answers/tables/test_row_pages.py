"""Pages that are nothing but rows: those of every layout, and none with a word on it that somebody should read."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.answers.tables.printed import printed
from unit.answers.tables.test_generated_invoices import FORMS

from services.answers.tables.row_pages import row_pages
from services.answers.tables.sheet import sheets

HEAD = "Rechnung 17, Seite {page}\n\nPos  Bezeichnung            Menge      Betrag"
FOOT = "Muster GmbH  IBAN DE02 1203 0000 0000 2020 51  Telefon: 030 123"
ROWS = [f"{n:<3}  Filter und Dichtung    {n % 7:>5}  {n * 7 % 90 + 10:>6},{n % 100:02}" for n in range(1, 400)]
FIRST = "Muster GmbH\nRechnung 17, Seite 1\nPos  Bezeichnung            Menge      Betrag"
CONTRACT = "§ {page} Der Mieter zahlt die Miete monatlich im Voraus.\nSie beträgt im Jahr {page} 1.200,00 €.\n" * 20


def beside(words: str, amount: str) -> str:
    """Write words and an amount in the columns of the rows."""
    return f"     {words:<23}       {amount:>9}"


def pages_of(*between: Sequence[str]) -> list[str]:
    """Give an invoice whose pages between the first and the last have these lines."""
    pages = [f"{HEAD.format(page=page)}\n" + "\n".join(lines) for page, lines in enumerate(between, start=2)]
    return [FIRST, *(f"{page}\n\n{FOOT}" for page in pages), f"Summe 100,00\n\n{FOOT}"]


def found(pages: Sequence[str]) -> list[int]:
    return sorted(row_pages(sheets(pages, [])))


def plain(hidden: Sequence[str] = ()) -> list[str]:
    """Give an invoice of five pages, with some lines between the rows of the third."""
    third = [*ROWS[30:45], *hidden, *ROWS[45:60]]
    return pages_of(ROWS[:30], third, ROWS[60:90])


@pytest.mark.parametrize("form", [None, *(form for form in FORMS if form != "numbers on a row's last line")])
def test_pages_of_rows_are_told_in_every_layout(form: str | None) -> None:
    for seed in (1, 2, 3):
        _, document = printed(seed, 150, **FORMS[form] if form else {})
        of_rows = row_pages(sheets(document.pages, document.layouts))
        assert of_rows == frozenset(range(2, len(document.pages)))


def test_a_line_that_counts_a_row_above_its_amount_is_left_to_the_model() -> None:
    _, document = printed(2, 150, **FORMS["numbers on a row's last line"])
    assert not row_pages(sheets(document.pages, document.layouts))


def test_pages_of_text_are_told_by_their_lines_with_head_and_foot() -> None:
    assert found(plain()) == [2, 3, 4]


@pytest.mark.parametrize(
    "hidden",
    [
        ["Rechnungsnummer: 17"],
        ["Rechnungsnummer:           17"],
        [beside("Rechnungsnummer", "17")],
        [beside("Rechnungsdatum", "17.05.26")],
        ["     IBAN DE02 1203 0000 0000 2020 51"],
        ["     zahlbar bis 17.05.2026"],
        ["     Bitte zahlen Sie nicht mehr an uns."],
        ["     info@example.org"],
        [beside("Gesamtbetrag", "17,00")],
        [beside("Anzahlung vom Mai", "17,00")],
        [beside("zzgl. 19 % MwSt.", "17,00")],
        ["Wir bitten um Ihr Verständnis, wenn sich die Lieferung der Ware verspätet"],
        ["     Filter ohne Rahmen"] * 7,
        ["", "Stunden  Tätigkeit  Satz", ""],
    ],
)
def test_a_page_with_something_else_between_its_rows_is_none(hidden: list[str]) -> None:
    assert found(plain(hidden)) == [2, 4]


@pytest.mark.parametrize(
    "hidden",
    [["     ohne Rahmen"], ["     Filter ohne Rahmen"] * 3, [beside("Zwischensumme", "17,00")], [""] * 3],
)
def test_words_of_a_row_and_subtotals_belong_to_rows(hidden: list[str]) -> None:
    assert found(plain(hidden)) == [2, 3, 4]


def test_what_stands_on_most_pages_but_on_neither_end_is_read() -> None:
    pages = plain()
    inner = [page.replace("Rechnung 17, Seite", "Es gilt das Recht von Absatz") for page in pages[1:-1]]
    assert found([pages[0], *inner, pages[-1]]) == []


@pytest.mark.parametrize("count", range(3))
def test_a_document_of_two_pages_has_none(count: int) -> None:
    assert found(plain()[:count]) == []


@pytest.mark.parametrize("pages", [3, 40])
def test_contracts_letters_and_empty_pages_have_none(pages: int) -> None:
    assert found([CONTRACT.format(page=page) for page in range(pages)]) == []
    assert found([""] * pages) == []
    assert found(["Sehr geehrte Damen und Herren,\nvielen Dank.\n\nMit freundlichen Grüßen"] * pages) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("ab 1.,:\n\t€", max_size=200), max_size=6))
def test_neither_the_first_nor_the_last_page_is_ever_one(texts: list[str]) -> None:
    assert set(found(texts)) <= set(range(2, len(texts)))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 29), st.text("abcdefghij ", min_size=40).filter(lambda text: len(text.split()) > 1))
def test_a_line_that_reaches_over_the_columns_is_read_wherever_it_stands(at: int, words: str) -> None:
    line = " ".join(words.split()).ljust(40, "x")
    lines = [*ROWS[:at], line, *ROWS[at:30]]
    assert found(pages_of(ROWS[:30], lines, ROWS[60:90])) == [2, 4]
