"""What is no value of its field is left out; what is called one stays, read or not."""

import pytest
from unit.answers.placed import a_type, field

from schemas.document_types import Kind
from services.answers.candidates import Candidates
from services.answers.check import check_answer
from services.answers.no_values import without_no_values
from services.answers.surroundings import Surroundings

BILL = a_type(
    field("number", Kind.REFERENCE, "Rechnungsnummer", "Invoice number", of_document=True, required=True),
    field("issued", Kind.DATE, "Rechnungsdatum", "Date of issue", required=True),
    field("due", Kind.DATE, "Fällig", "Due", synonyms=("zahlbar bis", "payable by")),
    field("vat_id", Kind.VAT_ID, "USt-IdNr", "VAT number", synonyms=("UID",)),
    field("note", Kind.TEXT, "Vermerk", "Note"),
)


def kept(text: str, language: str = "de", **copied: str) -> dict[str, str]:
    """Give what is left of what a model copied, as it was copied."""
    fields = check_answer(BILL, copied, [text], language, Surroundings([text], []))
    left = without_no_values(BILL, fields, Candidates([text], language))
    return {answer.path: answer.verbatim for answer in left}


@pytest.mark.parametrize(
    ("text", "language", "due"),
    [
        ("Zahlbar innerhalb von 14 Tagen ohne Abzug.", "de", "14 Tagen"),
        ("Fällig: 30 Tage netto", "de", "30 Tage netto"),
        ("Paiement à 30 jours, merci.", "fr", "30 jours"),
        ("Please pay within one month.", "en", "one month"),
    ],
)
def test_a_term_of_payment_is_no_date(text: str, language: str, due: str) -> None:
    assert kept(text, language, due=due) == {}


@pytest.mark.parametrize(
    ("text", "due", "is_kept"),
    [
        ("Fällig: 19.06.2026", "19.06.2026", True),
        ("Fällig: Mitte Juni", "Mitte Juni", True),
        ("Nächste Kontrolle: März 2027", "März 2027", False),
        ("Belegdatum 18.02.2026\n33758 Schloß Holte", "33758 Schloß Holte", False),
    ],
)
def test_what_cannot_be_read_as_a_date_is_kept_where_it_is_called_one(text: str, due: str, *, is_kept: bool) -> None:
    assert kept(text, due=due) == ({"due": due} if is_kept else {})


@pytest.mark.parametrize(
    ("text", "vat_id", "is_kept"),
    [
        ("USt-IdNr. DE136695976", "DE136695976", True),
        ("USt-IdNr. DE 123 456 780", "DE 123 456 780", True),
        ("UID: ACN 615 208 347", "ACN 615 208 347", True),
        ("Bellbird Hire\nACN 615 208 347", "ACN 615 208 347", False),
        ("USt-IdNr. auf Anfrage. Konto DE02 1203 0000 0000 2020 51", "DE02 1203 0000 0000", False),
    ],
)
def test_what_is_no_vat_number_is_kept_where_it_is_called_one_and_is_no_part_of_an_iban(
    text: str, vat_id: str, *, is_kept: bool
) -> None:
    assert kept(text, vat_id=vat_id) == ({"vat_id": vat_id} if is_kept else {})


def test_a_required_field_and_one_of_words_stay_as_they_were_copied() -> None:
    text = "Zahlbar in 14 Tagen. Danke."
    assert kept(text, issued="14 Tagen", note="Danke") == {"issued": "14 Tagen", "note": "Danke"}


def test_a_date_that_was_reckoned_stays_and_is_unsupported() -> None:
    assert kept("Rechnungsdatum 01.06.2026, zahlbar in 14 Tagen", due="15.06.2026") == {"due": "15.06.2026"}


@pytest.mark.parametrize("number", ["CHE-109.322.551", "DE136695976", "DE02 1203 0000 0000 2020 51"])
def test_a_vat_number_or_an_account_is_no_number_of_a_document(number: str) -> None:
    assert kept(f"Apotheke am Platz, {number}, Rechnung 26-02", number=number) == {}
    assert kept(f"Apotheke am Platz, {number}, Rechnung 26-02-1187", number="26-02-1187") == {"number": "26-02-1187"}
