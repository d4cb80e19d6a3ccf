"""The places that may be a field's: values by their form, else whole cells, each with what speaks of it."""

from collections.abc import Set as AbstractSet

import pytest
from unit.answers.placed import Pages, placed
from unit.answers.places.spots import places_on, terms_on

from schemas.document_types import Kind
from services.answers.places.found import CELLS
from services.answers.values_by_form import KINDS

INVOICE = placed(
    ("Nordwerk GmbH", 0, 100),
    ("Rechnung RE-2026/17", 0, 400),
    ("05.06.2026", 3000, 400),
    ("---", 0, 600),
    ("Betrag", 0, 800),
    ("119,00 €", 3000, 800),
    ("USt-IdNr. DE136695976", 0, 1000),
)


def texts(pages: Pages, kind: Kind) -> list[str]:
    return [place.text for place in places_on(pages, kind)]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Kind.DATE, ["2026-06-05"]),
        (Kind.MONEY, ["119.00"]),
        (Kind.REFERENCE, ["RE-2026/17"]),
        (Kind.VAT_ID, ["DE136695976"]),
        (Kind.IBAN, []),
    ],
)
def test_values_are_found_by_their_form_and_say_where_they_stand(kind: Kind, values: list[str]) -> None:
    places = [place for place in places_on(INVOICE, kind) if place.text in values]
    assert [place.text for place in places] == values
    for place in places:
        assert place.candidate is not None
        written = INVOICE[0][place.page - 1][place.char_start : place.char_end]
        assert (place.candidate.verbatim, place.candidate.value.text) == (written, place.text)


@pytest.mark.parametrize("kind", sorted(CELLS))
def test_of_other_kinds_every_cell_with_a_letter_or_digit_may_be_it(kind: Kind) -> None:
    places = places_on(INVOICE, kind)
    assert [place.text for place in places] == [
        "Nordwerk GmbH", "Rechnung RE-2026/17", "05.06.2026", "Betrag", "119,00 €", "USt-IdNr. DE136695976",
    ]  # fmt: skip
    assert all(place.candidate is None for place in places)
    assert all(INVOICE[0][0][place.char_start : place.char_end] == place.text for place in places)


@pytest.mark.parametrize("kind", sorted(set(Kind) - CELLS - KINDS))
def test_kinds_that_say_nothing_of_where_they_stand_have_no_places(kind: Kind) -> None:
    assert places_on(INVOICE, kind) == []


def test_the_first_pages_and_the_last_ones_are_looked_at() -> None:
    pages = [f"Seite {name} vom {number}.6.2026" for number, name in enumerate("abcdefg", 1)], []
    assert texts(pages, Kind.TEXT) == [pages[0][at] for at in (0, 1, 2, 5, 6)]
    assert texts(pages, Kind.DATE) == [f"2026-06-0{number}" for number in (1, 2, 3, 6, 7)]
    assert [place.page for place in places_on(pages, Kind.DATE)] == [1, 2, 3, 6, 7]
    assert {"page1"} <= terms_on(pages, Kind.DATE, "2026-06-01")
    assert {"page3"} <= terms_on(pages, Kind.DATE, "2026-06-07"), "all from the third on are late ones"


def ranks(kind: Kind, text: str, *lines: str) -> AbstractSet[str]:
    return terms_on(placed(*((line, 0, 1000 * (at + 1)) for at, line in enumerate(lines))), kind, text)


def test_amounts_are_told_apart_by_their_size_and_by_how_many_follow() -> None:
    amounts = ("100,00 €", "-19,00 €", "100,00 €", "500,00 €")
    assert {"largest0", "amount-from-last0", "nth2", "of3", "times1"} <= ranks(Kind.MONEY, "500.00", *amounts)
    assert {"largest1", "amount-from-last3", "nth0", "of3", "times2"} <= ranks(Kind.MONEY, "100.00", *amounts)
    assert {"largest2", "amount-from-last2", "nth1"} <= ranks(Kind.MONEY, "-19.00", *amounts)


def test_dates_are_told_apart_by_which_is_earlier() -> None:
    dates = ("05.06.2026", "01.06.2026", "05.06.2026", "19.06.2026")
    assert {"day0", "day-from-last2", "nth1", "times1"} <= ranks(Kind.DATE, "2026-06-01", *dates)
    assert {"day1", "day-from-last1", "nth0", "times2", "of3"} <= ranks(Kind.DATE, "2026-06-05", *dates)
    assert {"day2", "day-from-last0", "nth2"} <= ranks(Kind.DATE, "2026-06-19", *dates)


def test_numbers_are_told_apart_by_how_they_are_written_and_vat_numbers_by_their_country() -> None:
    assert {"form:A-9/9", "length10"} <= terms_on(INVOICE, Kind.REFERENCE, "RE-2026/17")
    assert "country:DE" in terms_on(INVOICE, Kind.VAT_ID, "DE136695976")
    assert not {term for term in terms_on(INVOICE, Kind.DATE, "2026-06-05") if term.startswith(("form:", "largest"))}


def test_the_words_that_may_name_a_value_speak_of_it_the_nearest_twice() -> None:
    page = placed(("Rechnungsdatum", 3000, 280), ("Beleg vom", 0, 400), ("05.06.2026", 3000, 400))
    terms = terms_on(page, Kind.DATE, "2026-06-05")
    assert {"label:beleg", "label=beleg vom", "nearest:beleg", "nearest=beleg vom"} <= terms
    assert {"label:rechnungsdatum", "label=rechnungsdatum"} <= terms
    assert "nearest:rechnungsdatum" not in terms


def test_the_sentence_of_a_value_speaks_of_it() -> None:
    page = ["Wir bitten um Zahlung von\n119,00 € bis zum\n5.6.2026."], []
    assert {"sentence:bitten", "sentence:zahlung"} <= terms_on(page, Kind.MONEY, "119.00")
    assert "sentence:zahlung" not in terms_on((["Zahlung. Am 5.6.2026"], []), Kind.DATE, "2026-06-05")


def test_a_letters_date_and_the_end_of_a_span_are_known() -> None:
    page = ["Stuttgart, 3.3.2026\nLeistung vom 1.5.2026 bis 31.5.2026"], []
    known = {"dateline", "ends-span"}
    assert known & terms_on(page, Kind.DATE, "2026-03-03") == {"dateline"}
    assert known & terms_on(page, Kind.DATE, "2026-05-31") == {"ends-span"}
    assert known & terms_on(page, Kind.DATE, "2026-05-01") == set()
