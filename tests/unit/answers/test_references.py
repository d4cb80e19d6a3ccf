"""Numbers by which things are called: as written, without the words before them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.document_types import Kind
from services.answers.candidates import Candidates
from services.answers.references import MAX_CHARACTERS, MAX_WORDS, parse_reference

PARTS = st.from_regex(r"[A-Z]{0,3}[0-9]{1,6}", fullmatch=True)
SIGNS = st.sampled_from(["-", "/", " ", ".", " / "])
LABELS = ["Rechnungs-Nr.: ", "Rechnung Nr. ", "Aktenzeichen: ", "Invoice no. ", "Our reference: ", "# ", "Ref. "]


@st.composite
def references(draw: st.DrawFn) -> str:
    """Give numbers in up to three parts; letters before the first one, so that none is a date or a label."""
    parts = draw(st.lists(PARTS, min_size=1, max_size=3))
    return "".join(["XB", *(part + draw(SIGNS) for part in parts[:-1]), parts[-1]])


@given(references(), st.sampled_from(["", *LABELS]), st.sampled_from(["de", "en"]))
def test_a_number_comes_back_as_written_without_the_words_before_it(number: str, label: str, language: str) -> None:
    assert parse_reference(label + number, language) == number
    assert parse_reference(f" {label}{number}, ", language) == number


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("Rechnung Nr. 4711", "4711"),
        ("Kundennummer: K 20 77", "K 20 77"),
        ("Az.: 12 O 345/26", "12 O 345/26"),
        ("Invoice # INV/2026/17", "INV/2026/17"),
        ("Purchase order no.: 45-0001", "45-0001"),
        ("B25/11837 vom 09.12.2025", "B25/11837"),
        ("REF-44718", "REF-44718"),
        ("N° F-2026-0147", "F-2026-0147"),
        ("Facture n°2026-118", "2026-118"),
        ("F-31 · Commande n° 12", "F-31"),
        ("847MSO Weekly ward stock, order", "847MSO"),
        ("Bestellnummer: 41 09 26 08 73 15", "41 09 26 08 73 15"),
        ("NR-2026-118", "NR-2026-118"),
        ("No/2026/15", "No/2026/15"),
        ("AB12:34", "AB12:34"),
        ("Re.-Nr. 2026-118", "2026-118"),
        ("Bestellung Nr. 4711, dated 5 June 2026", "4711"),
        ("20260417 / Kunden-Nr. 20815", "20260417"),
        ("4711, Kundennummer: 99", "4711"),
        ("INV-31 | Account no 884", "INV-31"),
        ("F-31 · N° client : 12", "F-31"),
        ("4711 / Abt. 7", "4711 / Abt. 7"),
        ("17/Nord 4", "17/Nord 4"),
        ("ABR 2026", "ABR 2026"),
        ("Einkauf PO00612", "PO00612"),
        ("Kunde K 20 77", "Kunde K 20 77"),
        ("Einkauf 2026-03-12", "Einkauf 2026-03-12"),
        ("Müller 4711", "Müller 4711"),
        ("Apollo 13", "Apollo 13"),
        ("Teil 12", "Teil 12"),
        ("KLINIK 2026-118", "KLINIK 2026-118"),
    ],
)
def test_words_that_name_a_number_are_no_part_of_it(said: str, number: str) -> None:
    assert parse_reference(said, "de") == number


@pytest.mark.parametrize(
    "said",
    [
        "siehe oben", "see above", "05.06.2026", "5. Juni 2026", "5 June 2026", "2026-06-05", "info@muster7.example",
        "119,00 €", "£119.00", "19 %", "Zahlbar bis in drei Wochen 7", "7" * (MAX_CHARACTERS + 1), "", "Nr.",
    ],
)  # fmt: skip
def test_what_has_no_digit_or_is_a_date_an_amount_or_a_sentence_is_no_number(said: str) -> None:
    assert parse_reference(said, "en") is None


@given(st.text(max_size=200), st.sampled_from(["de", "en", "und"]))
def test_whatever_is_read_has_a_digit_few_words_and_a_bound(said: str, language: str) -> None:
    number = parse_reference(said, language)
    if number is not None:
        assert any(map(str.isdigit, number))
        assert len(number) <= MAX_CHARACTERS
        assert len(number.split()) <= MAX_WORDS


@given(references().filter(lambda number: " " not in number), st.sampled_from(LABELS[:5]))
@example("4711 / 26", "Rechnung Nr. ")
@example("MW 5520 8814 07", "Our reference: ")
@example("2026/17-B", "Aktenzeichen: ")
def test_a_number_is_found_in_a_letter_where_it_stands(number: str, label: str) -> None:
    text = f"Muster GmbH\n{label}{number}\nGuten Tag"
    found = [(item.verbatim, item.char_start) for item in Candidates([text], "de").of(Kind.REFERENCE)]
    assert (number, text.index(number)) in found


@pytest.mark.parametrize("said", ["2. OG links", "3. Stock", "Dok. 15.09.2025"])
def test_a_floor_and_a_day_with_a_word_before_it_are_no_numbers(said: str) -> None:
    assert parse_reference(said, "de") is None
