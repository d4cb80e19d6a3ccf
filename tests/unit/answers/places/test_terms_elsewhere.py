"""What speaks of a place besides: how often its words stand in the document, its domain, and how they end."""

import pytest
from unit.answers.placed import Placed, placed
from unit.answers.places.spots import cell_terms, terms_on

from schemas.document_types import Kind

SENDER = "Nordwerk GmbH"
BELOW: tuple[Placed, ...] = (
    ("Ida Brook", 0, 400),
    ("Rechnung", 0, 800),
    ("Nordwerk GmbH · Kaiweg 5 · 20457 Hamburg", 0, 4000),
)


def begun(start: str, text: str, *words: Placed) -> set[str]:
    """Give the terms of a cell that begin with something."""
    return {term for term in cell_terms(text, (text, 0, 100), *words) if term.startswith(start)}


def test_a_sender_is_said_again_and_a_recipient_once() -> None:
    assert begun("said", SENDER, *BELOW) == {"said2"}
    assert begun("said", "Jan Kern", *BELOW) == {"said1"}


@pytest.mark.parametrize(("times", "said"), [(1, "said1"), (3, "said3"), (4, "said4"), (7, "said4")])
def test_how_often_is_counted_up_to_four(times: int, said: str) -> None:
    lines = [(f"{SENDER}, Blatt", 0, 1000 + 300 * at) for at in range(times - 1)]
    assert begun("said", SENDER, *lines) == {said}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("NORDWERK GMBH", "said2"),
        ("Firma Nordwerk - GmbH", "said2"),
        ("Nordwerke GmbH", "said1"),
        ("Alt-Nordwerk GmbHs", "said1"),
        ("GmbH Nordwerk", "said1"),
    ],
)
def test_the_same_words_are_said_in_any_letters_and_with_any_signs_and_no_parts_of_words(line: str, said: str) -> None:
    assert begun("said", SENDER, (line, 0, 1000)) == {said}


def test_what_two_cells_say_together_is_not_said() -> None:
    assert begun("said", SENDER, ("Werk Nordwerk", 0, 1000), ("GmbH Nord", 0, 1300)) == {"said1"}


def test_of_what_is_too_short_nothing_is_counted() -> None:
    assert begun("said", "Kai", ("Kai", 0, 1000)) == {"said0"}
    assert begun("said", "Kern", ("Kern", 0, 1000)) == {"said2"}


@pytest.mark.parametrize(
    ("cells", "parts"),
    [
        ((), "parts0"),
        (("Nordwerk",), "parts1"),
        (("Nordwerk", "Kaiweg 5"), "parts2"),
        (("Nordwerk", "Kaiweg 5", "Nordwerk"), "parts3"),
        (("Nordwerk", "Kaiweg 5", "Nordwerk", "Nordwerk"), "parts3"),
        (("Nordwerk Süd",), "parts0"),
        (("Nordwerk, Kaiweg 5",), "parts0"),
        (("Nord",), "parts0"),
        (("5",), "parts0"),
    ],
    ids=["none", "one", "two", "three", "more", "with more", "all of it", "of a word", "too short"],
)
def test_parts_of_a_line_are_cells_by_themselves(cells: tuple[str, ...], parts: str) -> None:
    lines = [(cell, 0, 1000 + 300 * at) for at, cell in enumerate(cells)]
    assert begun("parts", "Nordwerk · Kaiweg 5", *lines) == {parts}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Nordwerk GmbH", "www.nordwerk.example"),
        ("Nordwerk GmbH", "https://nordwerk.example"),
        ("Nordwerk GmbH", "Ida Brook <ida@buero.nordwerk-bau.example>"),
        ("Müßig & Kern", "info@muessig-kern.example"),
        ("École Ferrière", "contact@ecoleferriere.example"),
        ("Nord Lindenhof", "POST@LINDEN-HOF.EXAMPLE"),
    ],
)
def test_a_senders_longest_word_is_in_a_domain(text: str, written: str) -> None:
    assert begun("domain-", text, (written, 0, 1000)) == {"domain-true"}


@pytest.mark.parametrize(
    ("text", "written", "term"),
    [
        ("Jan Kern", "www.nordwerk.example", "domain-false"),
        ("Werkzeug Nord", "www.nordwerk.example", "domain-false"),
        ("Ida Brook", "brook@nordwerk.example", "domain-false"),
        ("Nordwerk GmbH", "nordwerk.example", "domain-none"),
        ("Am Tor", "www.am-tor.example", "domain-none"),
    ],
    ids=["another", "not its longest word", "before the sign", "no domain", "too short"],
)
def test_a_word_that_is_no_domains_is_in_none(text: str, written: str, term: str) -> None:
    assert begun("domain-", text, (written, 0, 1000)) == {term}


def test_each_of_them_counts_together_with_what_a_cell_looks_like() -> None:
    terms = cell_terms(SENDER, (SENDER, 0, 100), ("www.nordwerk.example", 0, 1000), ("Nordwerk", 0, 1300))
    assert {"firm/person>said1", "firm/person>parts1", "firm/person>domain-true"} <= terms
    assert "word>domain-true" in cell_terms("Nordwerk", ("Nordwerk", 0, 100), ("www.nordwerk.example", 0, 1000))


@pytest.mark.parametrize(
    ("text", "endings"),
    [
        ("Bäckerei Kern", {"ends:erei"}),
        ("FINANZAMT Ringstadt", {"ends:zamt", "ends:tadt"}),
        ("Kern am Hang", set()),
        ("B4711234 Halle7", set()),
    ],
    ids=["one", "two, in capitals", "short words", "with digits"],
)
def test_long_words_end_with_what_they_are_of(text: str, endings: set[str]) -> None:
    assert begun("ends:", text) == endings


def test_of_many_words_the_first_count() -> None:
    words = "eins zwei drei vier acht neun zehn elf"
    assert begun("ends:", f"{words} Bäckerei") == set()
    assert begun("parts", f"{words} Bäckerei", ("Bäckerei", 0, 1000)) == {"parts0"}
    assert begun("parts", f"Bäckerei {words}", ("Bäckerei", 0, 1000)) == {"parts1"}


def test_values_by_their_form_stand_nowhere_again() -> None:
    page = placed(("05.06.2026", 0, 100), ("05.06.2026", 0, 1000))
    assert not {"said2", "parts0", "domain-none"} & terms_on(page, Kind.DATE, "2026-06-05")
