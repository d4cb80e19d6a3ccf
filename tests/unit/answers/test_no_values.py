"""What is no value of its field is left out; what is called one stays, read or not."""

import pytest
from unit.answers import invoices
from unit.answers.placed import a_type, field

from schemas.document_types import Kind, Role, load_document_types
from services.answers.candidates import Candidates
from services.answers.check import check_answer
from services.answers.no_values import is_paid, without_no_values
from services.answers.surroundings import Surroundings

BILL = a_type(
    field("number", Kind.REFERENCE, "Rechnungsnummer", "Invoice number", of_document=True, required=True),
    field("issued", Kind.DATE, "Rechnungsdatum", "Date of issue", required=True),
    field("due", Kind.DATE, "Fällig", "Due", synonyms=("zahlbar bis", "payable by")),
    field("vat_id", Kind.VAT_ID, "USt-IdNr", "VAT number", synonyms=("UID",)),
    field("note", Kind.TEXT, "Vermerk", "Note"),
    field("buyer", Kind.NAME, "Käufer", "Buyer", role=Role.RECIPIENT, is_party=True),
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


@pytest.mark.parametrize("closing", ["Freundliche Grüsse", "Mit freundlichen Grüßen", "Kind regards"])
def test_how_a_letter_ends_is_no_value(closing: str) -> None:
    assert kept(f"Vermerk\n{closing}\nIda Abel", note=closing) == {}


def test_a_date_that_was_reckoned_stays_and_is_unsupported() -> None:
    assert kept("Rechnungsdatum 01.06.2026, zahlbar in 14 Tagen", due="15.06.2026") == {"due": "15.06.2026"}


@pytest.mark.parametrize("number", ["CHE-109.322.551", "DE136695976", "DE02 1203 0000 0000 2020 51"])
def test_a_vat_number_or_an_account_is_no_number_of_a_document(number: str) -> None:
    assert kept(f"Apotheke am Platz, {number}, Rechnung 26-02", number=number) == {}
    assert kept(f"Apotheke am Platz, {number}, Rechnung 26-02-1187", number="26-02-1187") == {"number": "26-02-1187"}


@pytest.mark.parametrize("words", ["Cell: ", "Tel. ", "Telefon-Nr.: ", "BIC: ", "SWIFT-Code "])
def test_a_telephone_number_or_a_banks_is_no_number_of_a_document(words: str) -> None:
    assert kept(f"Apotheke am Platz\n{words}TESTDE2H", number="TESTDE2H") == {}


@pytest.mark.parametrize("words", ["Rechnung Mobile ", "Rechnung für Ihr Handy\n", "Rechnung / Handy: "])
def test_a_bill_for_a_telephone_has_a_number(words: str) -> None:
    assert kept(f"Funknetz AG\n{words}4711-22", number="4711-22") == {"number": "4711-22"}


def test_a_number_that_is_called_one_stays_whatever_stands_in_the_line_above() -> None:
    assert kept("BIC: TESTDE2H\nRechnung: 26-02", number="26-02") == {"number": "26-02"}


PAID = "Werkhof GmbH\nSubtotal $480.00\n{words} $0.00\nBalance due $480.00"


@pytest.mark.parametrize(
    "words",
    ["Paid to date", "Amount paid:", "Payments received", "Deposit", "Bereits gezahlt", "Anzahlung vom 3. Mai:"],
)
@pytest.mark.parametrize("name", ["net_total", "tax_total"])
def test_what_was_paid_before_is_no_total_of_an_invoice(words: str, name: str) -> None:
    page = PAID.format(words=words).replace("$0.00", "$50.00")
    fields = check_answer(invoices.INVOICE, {name: "$50.00"}, [page], "en", Surroundings([page], []))
    assert without_no_values(invoices.INVOICE, fields, Candidates([page], "en")) == []


@pytest.mark.parametrize("words", ["To be paid", "Total payment", "Zu zahlen", "Zahlbetrag", "Net à payer"])
def test_what_is_to_be_paid_was_not_paid_before(words: str) -> None:
    (item,) = Candidates([f"{words}: 50.00"], "en").of(Kind.MONEY)
    assert not is_paid(item)


@pytest.mark.parametrize(
    "page",
    [
        "Anzahlung 1.000,00\nMwSt 190,00\nGesamt 1.190,00",
        "Summe 1.000,00\nMwSt 190,00\nRechnungsbetrag 1.190,00\nAnzahlung 1.000,00\nRest 190,00",
    ],
)
def test_what_makes_the_gross_total_or_stands_elsewhere_too_stays(page: str) -> None:
    copied = {"net_total": "1.000,00", "tax_total": "190,00", "gross_total": "1.190,00"}
    fields = check_answer(invoices.INVOICE, copied, [page], "de", Surroundings([page], []))
    assert without_no_values(invoices.INVOICE, fields, Candidates([page], "de")) == fields


@pytest.mark.parametrize(
    ("text", "is_kept"),
    [
        ("Mercantile Bank\nBank Account No.: 6047", False),
        ("Sparkasse Leipzig, IBAN DE30", False),
        ("Volksbank eG · BIC GENODEM1", False),
        ("Mercantile Bank\n12 Trichy Road", True),
        ("Banksia Gardens\nIBAN", True),
        ("Bright Ltd\nAccount 12", True),
    ],
)
def test_a_bank_that_has_the_account_is_not_whom_a_letter_goes_to(text: str, is_kept: bool) -> None:  # noqa: FBT001
    name = text.splitlines()[0].split(",")[0].split(" ·")[0]
    assert kept(text, buyer=name) == ({"buyer": name} if is_kept else {})


@pytest.mark.parametrize(
    ("text", "is_kept"),
    [
        ("Linz, am: 09.02.2026", False),
        ("Lieferdatum: 09.02.2026", True),
        ("Bestellt am: 09.02.2026\nLieferung am 09.02.2026", True),
    ],
)
def test_a_day_copied_twice_from_one_place_is_the_documents_own(text: str, *, is_kept: bool) -> None:
    kind = load_document_types()["purchase_order"]
    page = f"Bestellung B-7\n{text}"
    given = check_answer(kind, {"order_date": "09.02.2026", "delivery_date": "09.02.2026"}, [page], "de")
    left = without_no_values(kind, given, Candidates([page], "de"))
    assert "order_date" in {answer.path for answer in left}
    assert ("delivery_date" in {answer.path for answer in left}) is is_kept


@pytest.mark.parametrize("label", ["Phone", "E-Mail:", "Véhicule", "Name", "Telefon", "Address"])
def test_what_a_form_writes_before_something_else_is_nobodys_name(label: str) -> None:
    text = f"Invoice to Pennine Springs Water Ltd\n{label} 01706 496 220"
    assert kept(text, "en", buyer=label) == {}
    assert kept(f"{text}\n{label} Fields Ltd", "en", buyer=f"{label} Fields Ltd") == {"buyer": f"{label} Fields Ltd"}
