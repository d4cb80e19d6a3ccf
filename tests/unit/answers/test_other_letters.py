"""Letters that are no invoices: what was copied rightly stays, and what says something else is not put in its place."""

import pytest

from schemas.document_types import Kind, load_document_types
from services.answers.candidates import Candidates
from services.answers.check import check_answer
from services.answers.figures import DocumentFigures
from services.answers.periods import parse_period
from services.answers.review import review
from services.answers.values_by_form import values_in

TYPES = load_document_types()


def booked(name: str, page: str, language: str = "de", **copied: str) -> dict[str, str | None]:
    """Give the values of a letter after all that code does with copies of it."""
    kind = TYPES[name]
    candidates = Candidates([page], language)
    answers = check_answer(kind, copied, [page], candidates.language, candidates.surroundings)
    fields = review(kind, answers, candidates, language).fields
    return {field.path: field.value for field in fields if field.status == "ok"}


@pytest.mark.parametrize(
    ("said", "language", "value"),
    [
        ("twenty eight days", "en", "P28D"),
        ("twenty-eight (28) days", "en", "P28D"),
        ("twenty-four months", "en", "P24M"),
        ("thirty days", "en", "P30D"),
        ("vingt-quatre mois", "fr", "P24M"),
        ("quatre-vingt-dix jours", "fr", "P90D"),
        ("one hundred and twenty days", "en", None),
        ("vingt et un jours", "fr", None),
        ("quarante cinq jours", "fr", None),
        ("zwischen drei und sechs Monaten", "de", None),
        ("between 3 and 6 months", "en", None),
        ("one year and six months", "en", "P1Y6M"),
    ],
)
def test_numbers_of_several_words_are_read_whole_or_not_at_all(said: str, language: str, value: str | None):
    assert parse_period(said, language) == value


@pytest.mark.parametrize(
    ("text", "language", "amounts"),
    [
        ("£2 million", "en", []),
        ("EUR 2,50 Mio.", "de", []),
        ("€ 55 Tsd.", "de", []),
        ("50.000 \u2013 55.000 €", "de", []),
        ("50.000 € \u2013 55.000 €", "de", ["50000", "55000"]),
        ("£45,000 - £50,000", "en", ["45000", "50000"]),
        ("Summe -55,00 €", "de", ["-55.00"]),
        ("Gesamtbetrag: 1 230 €", "de", []),
        ("Menge 2 55,00 €", "de", ["55.00"]),
        ("$518.00 -$37.00", "en", ["518.00", "-37.00"]),
    ],
)
def test_amounts_are_whole_and_no_range_has_a_sign(text: str, language: str, amounts: list[str]):
    assert [item.value.text for item in values_in([text], Kind.MONEY, language)] == amounts


@pytest.mark.parametrize("text", ["ab dem 1. Juli 30 Stunden", "bis 15. Mai 20 Paletten", "am 15.05. 20 Paletten"])
def test_a_count_behind_a_day_is_no_year(text: str):
    assert [item.value.text for item in values_in([text], Kind.DATE, "de")] == []


def test_a_total_that_is_the_sum_of_what_is_owed_is_not_the_first_part_of_it():
    page = "Offene Forderung 1.190,00 €\nMahngebühr 10,00 €\nGesamt 1.200,00 €\n"
    copied = {"invoice_amount": "1.190,00 €", "late_fee": "10,00 €", "amount_due": "1.200,00 €"}
    found = booked("payment_reminder", page, **copied)
    assert found == {"invoice_amount": "1190.00", "late_fee": "10.00", "amount_due": "1200.00"}


@pytest.mark.parametrize(
    ("name", "page", "copied"),
    [
        (
            "payment_reminder",
            "Mahnung\nBitte zahlen Sie bis 24.03.2026.\nZahlungen sind bis zum 10.03.2026 berücksichtigt.\n",
            {"pay_by": "24.03.2026"},
        ),
        (
            "medical_report",
            "Aufnahme am 01.03.2026, Entlassung am 08.03.2026\nEKG vom 03.03.2026: Sinusrhythmus\n",
            {"admission_date": "01.03.2026", "discharge_date": "08.03.2026"},
        ),
        ("medical_report", "Der Patient ist arbeitsunfähig bis 27.03.2026.\n", {}),
        ("public_notice", "Die Bewilligung wird befristet bis zum 31.12.2035 erteilt.\n", {}),
        ("public_notice", "The development must be begun by 12 March 2029.\n", {}),
        ("contract", "Der Vertrag kann erstmals bis zum 30.09.2028 gekündigt werden.\n", {}),
        ("complaint", "Die Garantie läuft bis zum 12.01.2028.\n", {}),
        (
            "job_application",
            "Mein Vertrag endet zum 30.06.2026, beginnen kann ich am 01.07.2026.\n",
            {"earliest_start": "01.07.2026"},
        ),
        ("contract", "Die Vertragsstrafe beträgt 10.000,00 €.\n", {}),
        ("contract", "Laufzeit vom 01.04.2026 bis 31.03.2029\n", {"end_date": "31.03.2029"}),
    ],
)
def test_dates_and_amounts_of_something_else_are_not_taken(name: str, page: str, copied: dict[str, str]):
    language = "en" if "development" in page else "de"
    found = booked(name, page, language, **copied)
    kinds = {field.name: field.kind for field in TYPES[name].fields}
    dated = {path: value for path, value in found.items() if kinds[path] in (Kind.DATE, Kind.MONEY)}
    wanted = {path: "-".join(reversed(value.split("."))) for path, value in copied.items()}
    assert dated == wanted


def test_goods_go_to_whom_they_are_shipped_whoever_is_billed():
    page = "Bill to Harlow Holdings Ltd\n1 High Street\n\nShip to Harlow Garage Bristol Ltd\n2 Low Street\n"
    found = booked("delivery_note", page, "en", recipient_name="Harlow Garage Bristol Ltd")
    assert found["recipient_name"] == "Harlow Garage Bristol Ltd"


@pytest.mark.parametrize(
    ("summary", "invented"),
    [
        ("Offen sind 815,00 €.", ["815,00 €"]),
        ("Offen sind 5.020,00 EUR.", ["5.020,00 EUR"]),
        ("Offen sind 2.026,00 €.", ["2.026,00 €"]),
        ("Es geht um 3.457,00 € und 345.678 €.", ["3.457,00 €", "345.678 €"]),
        ("Offen sind 1.190,00 € und 10,00 €, zu zahlen bis 24.03.2026.", []),
        ("Offen sind 1190 Euro aus Rechnung 2026-0815.", []),
    ],
)
def test_pieces_of_other_numbers_are_no_amounts_of_a_summary(summary: str, invented: list[str]):
    page = (
        "Elektro Hauser GmbH\n5020 Salzburg\nTel. 0662 345678\nRechnung Nr. 2026-0815 vom 03.02.2026\n"
        "Bitte überweisen Sie 1.190,00 € bis zum 24.03.2026. Mahngebühr 10,00 €\nIBAN AT61 1904 3002 3457 3201\n"
    )
    figures = DocumentFigures([page], Candidates([page], "de"))
    assert [figure.text for figure in figures.lacks(summary, "de")] == invented


@pytest.mark.parametrize(
    ("name", "page", "language", "field", "value"),
    [
        ("invoice", "Zahlbar bis: 15.06.2026 Lieferdatum: 01.06.2026\n", "de", "due_date", "2026-06-15"),
        ("invoice", "Due date: 15.06.2026 Delivery date: 01.06.2026\n", "en", "due_date", "2026-06-15"),
        (
            "job_application",
            "Verfügbar ab dem 01.09.2026 (gekündigt zum 31.08.2026)\n",
            "de",
            "earliest_start",
            "2026-09-01",
        ),
        (
            "public_notice",
            "zahlbar bis 15.06.2026 sofern kein Einspruch bis 20.06.2026\n",
            "de",
            "pay_by",
            "2026-06-15",
        ),
        ("contract", "Er läuft bis zum 31.12.2027 (kündbar bis 30.09.2027)\n", "de", "end_date", "2027-12-31"),
        (
            "medical_report",
            "Entlassung am 20.05.2026 arbeitsunfähig bis 01.06.2026\n",
            "de",
            "discharge_date",
            "2026-05-20",
        ),
        ("payment_reminder", "Vertragskonto 123456, Rechnung vom 01.04.2026\n", "de", "invoice_date", "2026-04-01"),
        ("public_notice", "Dafür wird eine Gebühr von 125,00 EUR festgesetzt\n", "de", "amount", "125.00"),
        ("complaint", "Ich bitte um Erstattung von 119,00 EUR, bezahlt am 3. Mai\n", "de", "amount_claimed", "119.00"),
    ],
)
def test_what_a_word_says_of_the_next_date_it_does_not_say_of_this_one(
    name: str, page: str, language: str, field: str, value: str
):
    written = value if "." in value else ".".join(reversed(value.split("-")))
    copied = {field: written.replace("125.00", "125,00 EUR").replace("119.00", "119,00 EUR")}
    assert booked(name, page, language, **copied).get(field) == value


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("Rechnung Nr. 4711 - 1.190,00 EUR", ["1190.00"]),
        ("01.06.2026 - 1.234,00 €", ["1234.00"]),
        ("Fällig am 15.06.2026 250 €", ["250"]),
        ("Mai 2026 500 EUR", ["500"]),
        ("Miete 06/2026 850 €", ["850"]),
        ("1.000,00 € - 50,00 €", ["1000.00", "-50.00"]),
        ("119,00 - 19,00 = 100,00", ["119.00", "-19.00", "100.00"]),
        ("Summe 1.000 € - 200,00 €", ["1000", "-200.00"]),
    ],
)
def test_a_number_before_a_dash_or_an_amount_is_no_part_of_it(text: str, amounts: list[str]):
    assert [item.value.text for item in values_in([text], Kind.MONEY, "de")] == amounts


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("04.05.2026 Stunden: 8", "2026-05-04"),
        ("Lieferdatum 12.05.2026 Kartons: 3", "2026-05-12"),
        ("12. Mai 2026 Personen", "2026-05-12"),
        ("2026-05-12 days overdue", "2026-05-12"),
        ("12.05.26 Stück 4", "2026-05-12"),
    ],
)
def test_a_whole_year_before_a_word_of_measure_is_one(text: str, day: str):
    assert [item.value.text for item in values_in([text], Kind.DATE, "de")] == [day]


@pytest.mark.parametrize(
    ("page", "summary"),
    [
        ("Wir erstatten 150 Euro.", "Erstattet werden 150 EUR."),
        ("Überweisen Sie 1500 auf das Konto.", "Zu überweisen sind 1500 Euro."),
        ("Miete 35/Monat", "Die Miete beträgt 35 € im Monat."),
        ("Preis 12,50/Stk", "Ein Stück kostet 12,50 €."),
    ],
)
def test_a_number_that_is_an_amount_may_stand_in_a_summary_as_one(page: str, summary: str):
    figures = DocumentFigures([page], Candidates([page], "de"))
    assert figures.lacks(summary, "de") == []


def test_an_earlier_day_with_a_discount_is_not_the_day_to_pay_by():
    page = "Zahlbar bis 16.05.2026 mit Skonto bis 05.06.2026 netto.\n"
    assert booked("invoice", page, due_date="05.06.2026").get("due_date") != "2026-05-16"


def test_a_tax_of_nothing_stays_one():
    page = "Zwischensumme 100,00 €\nUmsatzsteuer 0,00 €\nGesamtbetrag 100,00 €\n"
    assert booked("invoice", page, tax_total="100,00 €", gross_total="100,00 €")["tax_total"] == "0.00"


def test_a_name_is_spelt_as_the_document_has_it():
    """A small model drops a letter of a long name now and then; numbers are never mended like that."""
    page = "Kröger-Landsiedel Steuerberatungsgesellschaft mbH\nAm Wall 3\n28195 Bremen\n\nMahnung\n"
    found = booked("payment_reminder", page, creditor_name="Köger-Landsiedel Steuerberatungsgesellschaft mbH")
    assert found["creditor_name"] == "Kröger-Landsiedel Steuerberatungsgesellschaft mbH"
