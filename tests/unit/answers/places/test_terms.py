"""What speaks of a place: the words around it, its own, what they look like, and where it stands."""

import pytest
from unit.answers.placed import LETTER, SIZE, placed
from unit.answers.places.spots import cell_terms, terms_on

from schemas.document_types import Kind
from services.answers.tables.runs import Run, pack

LINE = 120
"""Distance of two lines of a block."""


def test_the_cell_to_the_left_names_a_place() -> None:
    row = (("Summe netto", 0, 100), ("100,00", 2000, 100))
    assert {"left:summe", "left:netto", "left=summe netto", "left-is:words"} <= cell_terms("100,00", *row)
    assert "left-none" in cell_terms("Summe netto", *row)


@pytest.mark.parametrize(
    ("left", "above", "is_over"),
    [
        pytest.param(2000, LINE, True, id="on the line above"),
        pytest.param(2100, LINE, True, id="a little to the side, and still over it"),
        pytest.param(0, LINE, False, id="over another column"),
        pytest.param(2000, 3 * LINE, False, id="too far above"),
    ],
)
def test_what_stands_right_over_a_place_names_it(left: int, above: int, is_over: bool) -> None:  # noqa: FBT001
    terms = cell_terms("05.06.2026", ("Datum", left, 1000 - above), ("05.06.2026", 2000, 1000))
    assert ({"over:datum", "over=datum", "over-is:word"} <= terms) is is_over
    assert ("over-none" in terms) is not is_over


def test_neighbours_of_a_block_begin_at_the_same_edge() -> None:
    address = (("Nordwerk GmbH", 0, 100), ("Kaiweg 5", 0, 100 + LINE), ("20457 Hamburg", 0, 100 + 2 * LINE))
    middle = cell_terms("Kaiweg 5", *address)
    assert {"up:nordwerk", "up=nordwerk gmbh", "up-is:firm"} <= middle
    assert {"down:hamburg", "down=00000"[:9] + " hamburg", "down-is:town"} <= middle
    assert "up-none" in cell_terms("Nordwerk GmbH", *address)
    assert "down-none" in cell_terms("20457 Hamburg", *address)


def test_of_another_column_or_another_block_there_is_no_neighbour() -> None:
    beside = cell_terms("Kaiweg 5", ("Nordwerk GmbH", 900, 100), ("Kaiweg 5", 0, 100 + LINE))
    apart = cell_terms("Kaiweg 5", ("Nordwerk GmbH", 0, 100), ("Kaiweg 5", 0, 100 + 2 * LINE))
    assert "up-none" in beside & apart


def test_a_neighbour_may_have_a_line_of_another_column_between() -> None:
    page = (("Nordwerk GmbH", 0, 100), ("Datum", 3000, 160), ("Kaiweg 5", 0, 220))
    assert "up:nordwerk" in cell_terms("Kaiweg 5", *page)
    assert "down:kaiweg" in cell_terms("Nordwerk GmbH", *page)


def test_its_own_words_are_those_of_the_cell() -> None:
    terms = cell_terms("Rechnung an: Ida", ("Rechnung an: Ida", 0, 100))
    assert {"own:rechnung", "own:an", "own::", "own:ida", "words2"} <= terms


def test_digits_count_as_how_many_they_are() -> None:
    assert cell_terms("Nr. 4711", ("Nr. 4711", 0, 100)) == cell_terms("Nr. 2026", ("Nr. 2026", 0, 100))
    assert {"own:nr", "own:0000"} <= cell_terms("Nr. 4711", ("Nr. 4711", 0, 100))
    assert {"own:nr", "own:00"} <= cell_terms("Nr. 47", ("Nr. 47", 0, 100))


def test_capitals_and_the_signs_of_typesetting_count_nothing() -> None:
    plain = cell_terms("zahlung", ("zahlung", 0, 100))
    assert "own:zahlung" in plain & cell_terms("ZAHLUNG", ("ZAHLUNG", 0, 100))
    assert "own:zahlung" in cell_terms("Zah\u00adlung", ("Zah\u00adlung", 0, 100))


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("Nordwerk GmbH", "firm"),
        ("Turnverein Lindau", "organisation"),
        ("Dr. Ida Brook", "person"),
        ("Lange Straße 5", "street"),
        ("12 Harbour Road", "street"),
        ("20457 Hamburg", "town"),
        ("post@haus.example", "mail"),
        ("Zu zahlen:", "label"),
        ("1.234,50", "number"),
        ("guten tag", "words"),
        ("Datum", "word"),
    ],
)
def test_a_reader_sees_what_a_cell_looks_like(text: str, shape: str) -> None:
    assert f"is:{shape}" in cell_terms(text, (text, 0, 100))
    assert not {"is:words", "is:word"} - {f"is:{shape}"} & cell_terms(text, (text, 0, 100))


def test_where_a_place_stands_is_said_by_line_column_and_page() -> None:
    page = [("Kopf", 0, 100), *((f"Zeile {n}", 0, 400 + n * LINE) for n in range(8)), ("Fuß", 5000, 2000)]
    first, last = cell_terms("Kopf", *page), cell_terms("Fuß", *page)
    assert {"line0", "from-end6", "height0", "width0", "page1", "cells1", "at0", "last"} <= first
    assert {"line9", "from-end1", "height9", "width5", "page1"} <= last


def test_a_place_has_a_number_in_its_line() -> None:
    row = (("Pos", 0, 100), ("Menge", 2000, 100), ("Betrag", 4000, 100))
    assert {"cells3", "at0", "not-last"} <= cell_terms("Pos", *row)
    assert {"cells3", "at1", "not-last"} <= cell_terms("Menge", *row)
    assert {"cells3", "at2", "last", "left=menge"} <= cell_terms("Betrag", *row)


@pytest.mark.parametrize(("size", "seen"), [(2 * SIZE, "++"), (SIZE + 20, "+"), (SIZE, "="), (SIZE - 20, "-")])
def test_large_letters_are_seen_beside_the_usual_ones(size: int, seen: str) -> None:
    text, runs = "", []
    for number, words in enumerate(("Titel", "eins", "zwei", "drei")):
        height = size if not number else SIZE
        right = LETTER * len(words)
        runs.append(Run(len(text), len(text) + len(words), 0, right, 1000 * (number + 1), height))
        text += f"{words}\n"
    sizes = {term for term in terms_on(([text], [pack(runs)]), Kind.TEXT, "Titel") if term.startswith("size")}
    assert sizes == {f"size{seen}"}


def test_before_and_behind_a_value_are_words_of_its_own_cell() -> None:
    page = placed(("Kopf", 0, 100), ("bitte bis zum 05.06.2026 netto zahlen", 0, 1000), ("Fuß", 0, 2000))
    terms = terms_on(page, Kind.DATE, "2026-06-05")
    assert {"before:bitte", "before:bis", "before=bitte bis zum", "behind:netto", "behind:zahlen"} <= terms
    assert not {"before:kopf", "behind:fuß", "behind="} & terms
    alone = terms_on(placed(("Kopf", 0, 100), ("05.06.2026", 0, 1000), ("Fuß", 0, 2000)), Kind.DATE, "2026-06-05")
    assert {"before=", "behind="} <= alone


def test_text_without_places_is_taken_as_it_would_be_printed() -> None:
    page = ["Summe netto   100,00\nUSt    19,00"], []
    assert "left:netto" in terms_on(page, Kind.TEXT, "100,00")
    assert "up:summe" in terms_on(page, Kind.TEXT, "USt")


def test_what_a_cell_looks_like_counts_together_with_what_stands_around_it() -> None:
    address = (("Nordwerk GmbH", 0, 100), ("Ida Brook", 0, 100 + LINE), ("Kaiweg 5", 0, 100 + 2 * LINE))
    person = cell_terms("Ida Brook", *address)
    assert {"person>up:firm/person", "person>down:street", "person>between:firm/person>street"} <= person
    assert {"firm/person>up:", "firm/person>down:person", "firm/person>between:>person"} <= cell_terms(
        "Nordwerk GmbH", *address
    )
    alone = cell_terms("Ida Brook", *address[1:])
    assert {"person>up:", "person>between:>street"} <= alone, "who stands alone in an address is meant"


def test_what_a_cell_looks_like_counts_together_with_the_last_words_of_what_names_it() -> None:
    page = (("Ihr Ansprechpartner:", 0, 500), ("Ida Brook", 3000, 500), ("Bearbeiter", 0, 900), ("Jan Kern", 0, 1000))
    assert {"person>left:ansprechpartner :", "person>over:"} <= cell_terms("Ida Brook", *page)
    assert {"person>left:", "person>over:bearbeiter"} <= cell_terms("Jan Kern", *page)


def test_what_a_cell_looks_like_counts_together_with_where_it_stands_and_how_large_it_is() -> None:
    lines = [(f"zeile {at}", 0, 100 + 200 * at) for at in range(8)]
    top = cell_terms("Nordwerk GmbH", ("Nordwerk GmbH", 0, 50), *lines)
    end = cell_terms("Nordwerk GmbH", *lines, ("Nordwerk GmbH", 0, 1900))
    assert {"firm/person>height0", "firm/person>size10"} <= top
    assert "firm/person>height4" in end


def test_values_by_their_form_have_no_look() -> None:
    assert not [term for term in terms_on(placed(("05.06.2026", 0, 100)), Kind.DATE, "2026-06-05") if ">" in term]
