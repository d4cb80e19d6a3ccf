"""Where a copied value is found, and where it is not."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.answers.evidence import LABEL_REACH, Place, SearchablePages, find_evidence
from services.answers.normal_form import normal_form


def found(verbatim: str, page: str, *labels: str) -> tuple[str, str] | None:
    place = find_evidence(verbatim, [page], labels)
    return None if place is None else (place.match, page[place.char_start : place.char_end])


def test_a_value_has_its_page_from_one_and_its_characters_from_zero() -> None:
    assert find_evidence("RE-1", ["Brief", "Nr. RE-1 vom"]) == Place(2, 4, 8, "exact")


@pytest.mark.parametrize("verbatim", ["", "  \n", "\u00ad"])
def test_an_empty_value_stands_nowhere(verbatim: str) -> None:
    assert find_evidence(verbatim, ["a  b \u00ad"]) is None


@pytest.mark.parametrize(
    ("verbatim", "page"),
    [
        ("12", "2012"),
        ("12", "1250"),
        ("12", "12,50"),
        ("12", "1.12"),
        ("12", "05.12.2018"),
        ("12", "1\u2019212\u2019000"),
        ("12,00", "Summe -12,00 EUR"),
        ("12,00", "-12,00"),
        ("12,00", "(-12,00)"),
        ("12,00", "12,00- EUR"),
        ("12,00", "12,00-"),
        ("EUR", "EUROPA"),
        ("Anna", "Johanna"),
    ],
)
def test_a_part_of_a_number_or_word_is_not_the_value(verbatim: str, page: str) -> None:
    assert find_evidence(verbatim, [page]) is None


@pytest.mark.parametrize(
    ("verbatim", "page"),
    [
        ("12", "2012, 12 Stück"),
        ("12", "Pos.12,"),
        ("12", "EUR12."),
        ("12,00", "EUR-12,00-x"),
        ("-12,00", "Summe -12,00"),
        ("12,-", "nur 12,- EUR"),
        ("05.06.2018", "Datum05.06.2018Seite"),
        ("EUR", "5.EUR"),
        ("EUR", "-EUR"),
        ("EUR", "EUR-"),
        ("12", "10-12"),
        ("10", "10-12"),
    ],
)
def test_a_whole_number_is_found_beside_words_and_signs(verbatim: str, page: str) -> None:
    assert found(verbatim, page) == ("exact", verbatim)


@pytest.mark.parametrize(
    ("verbatim", "page", "text"),
    [
        ("Müller GmbH", "an Müller\n  GmbH in", "Müller\n  GmbH"),
        ("MÜLLER GMBH", "an Müller GmbH in", "Müller GmbH"),
        ("Office", "im Of\ufb01ce hier", "Of\ufb01ce"),
        ("Rechnung", "die Rech\u00adnung ist", "Rech\u00adnung"),
        ("Rechnung", "die Rech\u00ad\nnung ist", "Rech\u00ad\nnung"),
        ("Rechnungsnummer", "die Rechnungs-\nnummer ist", "Rechnungs-\nnummer"),
        ("RE-2018-7", "Nr. RE-2018-\n7 vom", "RE-2018-\n7"),
        ("Vor- und Zuname", "Vor-\nund Zuname", "Vor-\nund Zuname"),
        ("E-Mail", "per E-\nMail an", "E-\nMail"),
        ("A4-format", "im A4-\nformat", "A4-\nformat"),
        ("Rechnung", "die Rech\u200bnung ist", "Rech\u200bnung"),
        ("Nord-Süd", "die Nord\u2013Süd AG", "Nord\u2013Süd"),
        ('Hotel "Post"', "im Hotel \u201ePost\u201c am", "Hotel \u201ePost\u201c"),
        ("Straße", "STRASSE", "STRASSE"),
        ("für", "fu\u0308r", "fu\u0308r"),
        ("1 234,50", "EUR 1\u202f234,50", "1\u202f234,50"),
    ],
)
def test_typesetting_does_not_hide_a_value(verbatim: str, page: str, text: str) -> None:
    assert found(verbatim, page) == ("normalised", text)


@pytest.mark.parametrize(("verbatim", "page"), [("102", "10²"), ("12,081", "12,08¹"), ("112", "1½")])
def test_a_raised_figure_is_no_digit_of_the_number_before_it(verbatim: str, page: str) -> None:
    assert find_evidence(verbatim, [page]) is None


def test_an_exact_place_is_preferred_to_a_normalised_one_on_an_earlier_page() -> None:
    assert find_evidence("Müller", ["MÜLLER", "Müller"]) == Place(2, 0, 6, "exact")


def test_a_nearly_equal_text_is_found_as_fuzzy_and_as_whole_words() -> None:
    page = "Firma Sonnenschein Hausmeisterdienste GmbH, Wien"
    assert found("Sonnenschein Hausmeisterdinste GmbH", page) == ("fuzzy", "Sonnenschein Hausmeisterdienste GmbH")
    assert found("Sonnenschein Hausmeisterdienste Gmb", page) == ("fuzzy", "Sonnenschein Hausmeisterdienste GmbH")
    assert found("onnenschein Hausmeisterdienste", page) == ("fuzzy", "Sonnenschein Hausmeisterdienste")


def test_the_most_similar_page_wins() -> None:
    pages = ["Sonnenschein Hausmeisterdienzte GmbX", "Sonnenschein Hausmeisterdienste GmbX"]
    place = find_evidence("Sonnenschein Hausmeisterdienste GmbH", pages)
    assert place is not None
    assert (place.page, place.match) == (2, "fuzzy")


@pytest.mark.parametrize(
    ("verbatim", "page"),
    [
        ("RE-20180611", "RE-20180612"),
        ("RX-2018061112345", "RE-2018061112345"),
        ("4711021234567890", "4711021234567891"),
        ("Hausmeisterdienst Wien 12", "Hausmeisterdienst Wien 13"),
        ("Hausmeisterdienst Wien 1", "Hausmeisterdienst Wien 12"),
        ("Hausm", "Hausn"),
        ("ersand", "Versandkostenpauschale"),
        ("Sonnenschein GmbH", "Sonnenschein"),
        ("Sonnenschein GmbH", "Mondschein AG in Wien"),
        ("Sonnenschein GmbH", ""),
    ],
)
def test_another_number_a_short_text_or_a_part_of_the_value_is_no_evidence(verbatim: str, page: str) -> None:
    assert find_evidence(verbatim, [page]) is None


def test_of_several_places_the_one_closest_behind_its_label_is_taken() -> None:
    page = "Netto 119,00 Seite 2\nRechnungs-\nbetrag: 119,00 Rabatt 119,00"
    first, second = page.index("119,00"), page.index("119,00", 20)
    assert find_evidence("119,00", [page]) == Place(1, first, first + 6, "exact")
    assert find_evidence("119,00", [page], ["", "RECHNUNGSBETRAG"]) == Place(1, second, second + 6, "exact")
    assert find_evidence("119,00", [page], ["Total"]) == Place(1, first, first + 6, "exact")


def test_a_label_inside_another_word_is_no_label() -> None:
    page = "x 5,00 Zwischensumme 5,00 Summe 5,00"
    assert find_evidence("5,00", [page], ["Summe"]) == Place(1, len(page) - 4, len(page), "exact")


def test_a_label_too_far_away_is_not_the_values() -> None:
    far, near = " " * (LABEL_REACH + 1), " " * (LABEL_REACH - 1)
    assert find_evidence("7", [f"7 Summe{far}7"], ["Summe"]) == Place(1, 0, 1, "exact")
    page = f"7 Summe{near}7"
    assert find_evidence("7", [page], ["Summe"]) == Place(1, len(page) - 1, len(page), "exact")


def test_a_label_on_another_page_does_not_count() -> None:
    pages = ["7 eins", "Summe", "7 zwei, Summe 7"]
    assert find_evidence("7", pages, ["Summe"]) == Place(3, 14, 15, "exact")


def test_two_hundred_pages_are_searched_in_linear_time() -> None:
    pages = ["Lorem ipsum Müller 2018\n" * 125] * 200
    searchable = SearchablePages(pages)
    start = time.process_time()
    for number in range(20):
        assert searchable.find(f"Sonnenschein {number}") is None
        assert searchable.find("Müller", ["ipsum"]) is not None
    assert time.process_time() - start < 5  # seen: 0.2 s; a quadratic search needs minutes


WORDS = st.lists(
    st.text("abcXYZäöüß\ufb01é0123456789.,-\u2013\u201e\u201c\u00ad", min_size=1, max_size=8), min_size=1, max_size=8
)
GAPS = st.sampled_from([" ", "\n", "  ", "\u00a0", "\u202f"])


@given(before=WORDS, value=WORDS, after=WORDS, gap=GAPS, other=GAPS)
def test_a_place_slices_back_to_the_value(
    before: list[str], value: list[str], after: list[str], gap: str, other: str
) -> None:
    page = gap.join([*before, *value, *after])
    wanted = other.join(value)
    place = find_evidence(wanted, [page])
    if place is not None and place.match != "fuzzy":
        assert normal_form(page[place.char_start : place.char_end]).text.strip() == normal_form(wanted).text.strip()


@given(before=WORDS, value=st.lists(st.text("abcXYZäöüßé", min_size=1), min_size=1, max_size=5), after=WORDS, gap=GAPS)
def test_words_that_stand_in_a_page_are_always_found(
    before: list[str], value: list[str], after: list[str], gap: str
) -> None:
    page = f"{gap.join(before)} ; {gap.join(value)} ; {gap.join(after)}"
    place = find_evidence(" ".join(value), [page])
    assert place is not None
    assert place.match != "fuzzy"


@given(st.text())
def test_each_character_of_the_normal_form_came_from_somewhere(text: str) -> None:
    form = normal_form(text)
    assert len(form.text) == len(form.starts) == len(form.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(form.starts, form.ends, strict=True))
    assert list(form.starts) == sorted(form.starts)
    assert form.text == form.text.casefold()
