"""Shipped types: dates, amounts, accounts and numbers of something else do not take the place of the right ones."""

import pytest
from unit.answers.placed import TYPES, answered, placed

from services.answers.candidates import Candidates
from services.answers.letter import is_above_address

DEADLINES = [
    (
        "invoice",
        "de",
        "Bitte zahlen Sie bis 11.06.2026.\nIhr Gutschein kann bis zum 31.12.2027 eingelöst werden.",
        "due_date",
        "11.06.2026",
        "2026-06-11",
    ),
    (
        "invoice",
        "de",
        "Zahlungseingang bis 11.06.2026.\nReklamationen bitte bis spätestens 20.05.2026.",
        "due_date",
        "11.06.2026",
        "2026-06-11",
    ),
    ("invoice", "en", "Complaints: write to us no later than 31 December 2026.", "due_date", "", None),
    ("invoice", "fr", "Toute réclamation est à faire avant le 31/07/2026.", "due_date", "", None),
    ("invoice", "de", "Bitte überweisen Sie den Betrag bis zum 11.06.2026.", "due_date", "", "2026-06-11"),
    ("invoice", "de", "Betrag für 01.05. bis zum 31.05.2026: 120,00 €", "due_date", "", None),
    ("invoice", "de", "Betrag für den 1. bis 31. Mai 2026: 120,00 €", "due_date", "", None),
    ("invoice", "en", "Amount for 1 May to 31 May 2026: 120.00 EUR", "due_date", "", None),
    ("invoice", "de", "Zahlen Sie den Betrag in Höhe von 120,00 € bis zum 31.05.2026.", "due_date", "", "2026-05-31"),
    ("invoice", "de", "Fällig: 30 Tage ab 12.05.2026", "due_date", "", None),
    (
        "invoice",
        "de",
        "Zahlbar bis 11.06.2026 ohne Skonto. Ihre nächste Ausgabe erscheint am 15.07.2026.",
        "due_date",
        "11.06.2026",
        "2026-06-11",
    ),
    ("invoice", "de", "Ausführungszeitraum: 11.06.2026 bis 14.06.2026", "due_date", "11.06.2026", None),
    (
        "invoice",
        "de",
        "Unser altes Konto wird mit dem 30. Juni 2026 aufgelöst, das neue steht unten.",
        "due_date",
        "30. Juni 2026",
        None,
    ),
    ("invoice", "fr", "Notre ancien compte sera clôturé le 11/06/2026.", "due_date", "11/06/2026", None),
    ("invoice", "en", "Service period: 11 June 2026", "due_date", "11 June 2026", None),
    ("invoice", "en", "The amount has to be with us on 11 June 2026.", "due_date", "11 June 2026", "2026-06-11"),
    ("invoice", "de", "30 Tage netto 11.06.2026", "due_date", "11.06.2026", "2026-06-11"),
    ("public_notice", "de", "Einspruch kann bis zum 30.06.2026 erhoben werden.", "pay_by", "", None),
    (
        "public_notice",
        "en",
        "You have until 9 June 2026 to pay. You must appeal by 26 June 2026.",
        "pay_by",
        "9 June 2026",
        "2026-06-09",
    ),
    (
        "payment_reminder",
        "de",
        "Bitte zahlen Sie bis 26.05.2026. Einwendungen erheben Sie bis zum 19.05.2026.",
        "pay_by",
        "26.05.2026",
        "2026-05-26",
    ),
    (
        "payment_reminder",
        "en",
        "The amount was due on 2 April 2026. Please settle it by 26 May 2026.",
        "pay_by",
        "26 May 2026",
        "2026-05-26",
    ),
    ("contract", "de", "Der Mieter zahlt die Kaution bis zum 01.07.2026.", "end_date", "", None),
    ("contract", "de", "Der Vertrag ist befristet und läuft bis zum 30.06.2028.", "end_date", "", "2028-06-30"),
    ("delivery_note", "de", "Datum: 08.06.2026\nLiefertermin: 10.06.2026", "delivery_date", "10.06.2026", "2026-06-10"),
    (
        "delivery_note",
        "de",
        "Datum: 08.06.2026\nGewünschter Liefertermin: 10.06.2026",
        "delivery_date",
        "",
        "2026-06-08",
    ),
    ("job_application", "en", "Date of birth: 14 March 1990", "application_date", "", None),
    ("medical_report", "en", "Discharge summary\nReport No RPT-20731", "case_number", "RPT-20731", None),
]


@pytest.mark.parametrize(("kind", "language", "text", "field", "copied", "value"), DEADLINES)
def test_a_date_is_of_what_its_sentence_says(
    kind: str, language: str, text: str, field: str, copied: str, value: str | None
) -> None:
    assert answered(kind, text, language, **{field: copied}).get(field) == value


def test_a_combined_name_is_no_others_though_a_word_of_it_is() -> None:
    text = "Rechnungs- und Leistungsdatum: 30.05.2026\n\nDatum\tLeistung\n04.05.2026\tMontage\n"
    assert answered("invoice", text, "de", issue_date="30.05.2026")["issue_date"] == "2026-05-30"


def test_the_buyers_vat_number_is_not_the_sellers() -> None:
    text = (
        "Muster GmbH, Hauptstr. 5, 10115 Berlin\n\nBeispiel GmbH\nRingstr. 1\n1010 Wien\nUSt-IdNr.: ATU13585627\n\n"
        "Rechnung RE-1\n\nMuster GmbH, Geschäftsführer: A. Muster, Umsatzsteueridentifikationsnummer DE136695976, "
        "Amtsgericht Berlin HRB 1\n"
    )
    copied = {"seller_vat_id": "DE136695976", "buyer_name": "Beispiel GmbH", "seller_name": "Muster GmbH"}
    assert answered("invoice", text, "de", **copied)["seller_vat_id"] == "DE136695976"


@pytest.mark.parametrize("copied", ["DE136695976", "ATU13585627"])
def test_a_number_that_words_make_the_recipients_is_not_taken_from_a_foot(copied: str) -> None:
    text = (
        "Muster GmbH, Hauptstr. 5, 10115 Berlin\n\nBeispiel GmbH\nRingstr. 1\n1010 Wien\n\nRechnung RE-1\n\n"
        "Wir haben geliefert, was Sie bestellt haben, und danken für Ihren Auftrag und die gute Zusammenarbeit.\n\n"
        "    Die Steuer schuldet der Empfänger; wir sind gemeldet als DE136695976.\n\n\n\n\n\n\n\n\n\n\n"
        "USt-IdNr. des Leistungsempfängers: ATU13585627\n"
        "Muster GmbH, Geschäftsführer: A. Muster, Amtsgericht Berlin HRB 1\n"
    )
    assert answered("invoice", text, "de", seller_vat_id=copied)["seller_vat_id"] == "DE136695976"


ACCOUNT, OWN = "DE02120300000000202051", "DE89370400440532013000"


@pytest.mark.parametrize(
    ("kind", "text", "copied", "value"),
    [
        (
            "payment_reminder",
            f"Die Lastschrift von Ihrem Konto IBAN {OWN} kam zurück.\nSparkasse {ACCOUNT}",
            ACCOUNT,
            ACCOUNT,
        ),
        ("public_notice", f"Das Guthaben wird auf Ihr Konto IBAN {OWN} überwiesen.", "", None),
        ("invoice", f"Der Betrag wird dem uns bekannten Girokonto {OWN} belastet.", "", None),
    ],
)
def test_the_recipients_account_is_none_to_pay_into(kind: str, text: str, copied: str, value: str | None) -> None:
    assert answered(kind, text, "de", iban=copied).get("iban") == value


def test_what_was_paid_is_not_the_invoice() -> None:
    text = (
        "Rechnungsbetrag: 500,00 €\nIhre Zahlung in Höhe von 150,00 € haben wir erhalten.\nOffener Betrag: 350,00 €\n"
    )
    said = answered("payment_reminder", text, "de", invoice_amount="500,00 €", amount_due="350,00 €")
    assert (said["invoice_amount"], said["amount_due"]) == ("500.00", "350.00")


def test_a_reminders_date_is_not_that_of_its_invoice() -> None:
    text = "12 May 2026\n\nReminder: our invoice no INV-4711 dated 3 March 2026\n"
    said = answered("payment_reminder", text, "en", reminder_date="12 May 2026", invoice_date="3 March 2026")
    assert (said["reminder_date"], said["invoice_date"]) == ("2026-05-12", "2026-03-03")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Gutschriftsnummer: GS-2026-05\nzu Rechnung Nr. RE-2026-0311", "GS-2026-05"),
        ("Stornonummer: ST-2026-05\nStorno der Rechnung Nr. RE-2026-0311", "ST-2026-05"),
        ("AVOIR N° AV-2026-05\nAvoir sur la facture n° F-2026-0311", "AV-2026-05"),
    ],
)
def test_a_credit_notes_number_is_not_that_of_what_it_corrects(text: str, number: str) -> None:
    assert (
        answered("invoice", text, "fr" if "facture" in text else "de", invoice_number=number)["invoice_number"]
        == number
    )


def test_amounts_and_their_currency_stay_together() -> None:
    text = (
        "Item one USD 40.00\nItem two USD 30.00\nItem three USD 30.00\n"
        "Net total USD 100.00 CHF 90.00\nVAT USD 8.10 CHF 7.29\nTotal USD 108.10 CHF 97.29\n"
    )
    copied = {"currency": "CHF", "net_total": "CHF 90.00", "tax_total": "CHF 7.29", "gross_total": "CHF 97.29"}
    said = answered("invoice", text, "en", **copied)
    assert (said["currency"], said["gross_total"]) == ("CHF", "97.29")


def test_what_was_billed_before_is_not_what_is_billed_now() -> None:
    text = (
        "Nettobetrag 10.000,00\nMwSt 19 % 1.900,00\nGesamtbetrag 11.900,00\n\nErhaltene Abschlagszahlungen\n"
        "Datum\tNetto\tMwSt\tBrutto\n01.02.2026\t1.000,00\t190,00\t1.190,00\n01.03.2026\t2.000,00\t380,00\t2.380,00\n"
        "Summe\t3.000,00\t570,00\t3.570,00\n"
    )
    copied = {"net_total": "10.000,00", "tax_total": "1.900,00", "gross_total": "11.900,00"}
    assert answered("invoice", text, "de", **copied)["gross_total"] == "11900.00"


def test_swiss_rounding_is_no_mistake() -> None:
    totals = "Nettobetrag CHF 99.93\nMWST 8.1 % CHF 8.09\nGesamtbetrag inkl. MWST CHF 108.02\n"
    text = f"{totals}Rundung -0.02\nZu zahlen CHF 108.00\n"
    copied = {"net_total": "CHF 99.93", "tax_total": "CHF 8.09", "gross_total": "CHF 108.00"}
    assert answered("invoice", text, "de-CH", **copied)["gross_total"] == "108.00"


@pytest.mark.parametrize(
    "note", ["Einwurf-Einschreiben", "Postzustellungsurkunde", "RSb", "Gegen Rückschein", "Mieterin"]
)
def test_how_a_letter_is_brought_is_nobody(note: str) -> None:
    address = "Frau Anna Huber\nLindenallee 4\n01844 Neustadt"
    text = f"Stadt Neustadt, Am Markt 1, 01844 Neustadt\n\n{note}\n{address}\n\nBescheid\n"
    assert answered("public_notice", text, "de", addressee="Frau Anna Huber")["addressee"] == "Anna Huber"


@pytest.mark.parametrize("head", ["Site", "Job site:", "Standort", "Einsatzort", "Chantier"])
def test_the_head_above_where_the_work_was_is_no_name(head: str) -> None:
    assert is_above_address(head)


def test_irelands_post_keeps_its_name() -> None:
    assert answered("invoice", "An Post, O'Connell Street, Dublin 1\nInvoice", "en", seller_name="An Post")[
        "seller_name"
    ] == ("An Post")


@pytest.mark.parametrize(
    ("kind", "language", "text", "field", "copied"),
    [
        (
            "payment_reminder",
            "de",
            "Rechnung   zahlbar bis\nRE-311     26.05.2026\n\nWir setzen Ihnen eine letzte Frist bis zum 30.06.2026.",
            "pay_by",
            "30.06.2026",
        ),
        (
            "payment_reminder",
            "de",
            "Die Rechnung war zahlbar bis 26.05.2026. Bitte holen Sie dies bis spätestens 30.06.2026 nach.",
            "pay_by",
            "30.06.2026",
        ),
        (
            "contract",
            "de",
            "Der Vertrag gilt bis zum 31.12.2026. Die Probezeit endet am 30.06.2026.",
            "end_date",
            "31.12.2026",
        ),
        (
            "public_notice",
            "de",
            "Die Nachzahlung beträgt 250,00 EUR. Hierin ist eine Gebühr von 20,00 EUR enthalten.",
            "amount",
            "250,00 EUR",
        ),
        (
            "contract",
            "de",
            "Der Mietzins beträgt 900,00 EUR. Der Ersatzschlüssel kostet: Preis 25,00 EUR.",
            "contract_value",
            "900,00 EUR",
        ),
    ],
)
def test_a_copy_beside_a_doubtful_name_stays(kind: str, language: str, text: str, field: str, copied: str) -> None:
    shown = {"30.06.2026": "2026-06-30", "31.12.2026": "2026-12-31", "250,00 EUR": "250.00", "900,00 EUR": "900.00"}
    assert answered(kind, text, language, **{field: copied}).get(field) == shown[copied]


@pytest.mark.parametrize(
    ("kind", "language", "text", "field", "value"),
    [
        ("invoice", "de", "Zahlbar innerhalb von 14 Tagen ab Rechnungsdatum, fällig am 26.05.2026.", "due_date", "26"),
        ("invoice", "de", "Bitte gleichen Sie die Rechnung bis zum 26.05.2026 aus.", "due_date", "26"),
        (
            "invoice",
            "de",
            "Wir bitten, die Rechnung bis zum 26.05.2026 auf das unten genannte Konto zu überweisen.",
            "due_date",
            "26",
        ),
        (
            "invoice",
            "de",
            "Überweisen Sie unter Angabe der Rechnung Nr. RE-2026-14 bis zum 26.05.2026.",
            "due_date",
            "26",
        ),
        ("invoice", "de", "Gerichtsstand ist Klagenfurt. Zahlbar bis 26.05.2026", "due_date", "26"),
        ("invoice", "de", "Zahlbar bis 26.05.2026 (Reklamationen binnen 8 Tagen)", "due_date", "26"),
        ("invoice", "fr", "Règlement par virement avant le 26/05/2026", "due_date", "26"),
        ("invoice", "en", "Please transfer no later than 26 May 2026.", "due_date", "26"),
        (
            "payment_reminder",
            "de",
            "zur Vermeidung einer Klage zahlen Sie bitte bis spätestens 26.05.2026.",
            "pay_by",
            "26",
        ),
        ("payment_reminder", "en", "Please settle our claim by 26 May 2026.", "pay_by", "26"),
        ("payment_reminder", "en", "Unless we receive your money by 26 May 2026 we will sue.", "pay_by", "26"),
        ("public_notice", "de", "Gegen die Zahlung kann bis zum 26.05.2026 Klage erhoben werden.", "pay_by", None),
        ("contract", "de", "Der Vertrag läuft vom 01.01.2026 bis zum 26.05.2026.", "end_date", "26"),
        ("contract", "de", "Kaution: 3 Monatsmieten. Mietende: 26.05.2026", "end_date", "26"),
        ("contract", "en", "The fee increases yearly. Start date: 26 May 2026", "effective_date", "26"),
        ("payment_reminder", "de", "1. Mahnung vom 26.05.2026 zu Rechnung RE-311", "reminder_date", "26"),
        ("payment_reminder", "de", "Auf unsere Mahnungen vom 26.05.2026 kam nichts.", "invoice_date", None),
        ("job_application", "de", "Bornheim, den 26.05.2026\n\nBewerbung", "application_date", "26"),
        ("invoice", "de", "Leistungszeitraum der Rechnung: 01.05.2026 bis zum 26.05.2026", "due_date", None),
    ],
)
def test_a_date_is_found_by_the_nearest_words_of_its_sentence(
    kind: str, language: str, text: str, field: str, value: str | None
) -> None:
    assert answered(kind, text, language).get(field) == (value and f"2026-05-{value}")


@pytest.mark.parametrize(
    ("kind", "text", "field", "value"),
    [
        ("payment_reminder", "unsere Rechnung Nr. RE-311 über 119,00 € ist offen.", "invoice_amount", "119.00"),
        ("payment_reminder", "our invoice no. RE-311 in the sum of EUR 119.00 is unpaid.", "invoice_amount", "119.00"),
        ("public_notice", "Die festgesetzte Einkommensteuer beträgt 250,00 EUR.", "amount", "250.00"),
        (
            "public_notice",
            "Ihr Einkommen, von dem die Steuer abhängt: das Einkommen beträgt 250,00 EUR.",
            "amount",
            None,
        ),
        ("public_notice", "Das Zwangsgeld beträgt 250,00 EUR.", "amount", "250.00"),
        ("contract", "Der Mietzins beträgt 900,00 EUR monatlich.", "contract_value", "900.00"),
    ],
)
def test_an_amount_is_found_by_the_words_of_its_sentence(kind: str, text: str, field: str, value: str | None) -> None:
    assert answered(kind, text, "en" if "our" in text else "de").get(field) == value


@pytest.mark.parametrize(
    "text",
    [
        f"Ihr Guthaben wurde verrechnet. Bitte überweisen Sie den Rest auf {OWN}",
        f"Die Lastschrift wurde zurückgegeben. Bitte überweisen Sie auf unser Konto bei der DKB: {OWN}",
        f"No refunds after 30 days. Please transfer to Barclays: {OWN}",
        f"Bitte überweisen Sie auf unser Girokonto {OWN}.",
    ],
)
def test_an_account_that_somebody_is_asked_to_pay_into_is_found(text: str) -> None:
    assert answered("invoice", text, "de").get("iban") == OWN


@pytest.mark.parametrize("label", ["Kunden USt-IdNr.:", "Kunden-USt-IdNr.:", "Kunde USt-IdNr.", "UID Kunde"])
def test_a_customers_vat_number_is_none_of_the_seller(label: str) -> None:
    assert answered("invoice", f"Rechnung RE-1\n\n{label} ATU13585627\n", "de").get("seller_vat_id") is None


WRAPPED = [
    ("payment_reminder", "Wir bitten Sie, bis zum 26.05.2026 auf das\nKonto der Korn GmbH zu überweisen.", "pay_by"),
    ("payment_reminder", "Wir erwarten bis spätestens 26.05.2026 die\nZahlung.", "pay_by"),
    ("invoice", "Wir erwarten bis zum 26.05.2026\nIhre Zahlung.", "due_date"),
    ("payment_reminder", "Begleichen Sie den Saldo nun bis zum 26.05.2026, melden Sie sich sonst.", "pay_by"),
    ("payment_reminder", "Zahlen Sie nun bis zum 26.05.2026; eine weitere Antwort erfolgt nicht.", "pay_by"),
    ("payment_reminder", "Begleichen Sie die Rechnung samt Kosten bis zum 26.05.2026 oder melden Sie sich.", "pay_by"),
    ("payment_reminder", "Wir bitten, bis zum 26.05.2026 den\nBetrag von 119,00 € zu überweisen.", "pay_by"),
    ("contract", "Ab dem 26.05.2026 übernimmt die Korn GmbH die Reinigung.", "effective_date"),
    ("contract", "Der Mietvertrag läuft 3 Wochen ab dem 26.05.2026.", "effective_date"),
]


@pytest.mark.parametrize(("kind", "text", "field"), WRAPPED)
def test_a_sentence_goes_on_in_the_next_line_and_ends_with_its_clause(kind: str, text: str, field: str) -> None:
    assert answered(kind, text, "de").get(field) == "2026-05-26"


OTHER_DEADLINES = [
    ("invoice", "Zahlbar bis 26.05.2026.\nWir haben geöffnet bis zum 30.06.2026.", "30.06.2026", "2026-05-26"),
    ("invoice", "Den Betrag buchen wir am 26.05.2026 ab.\nDie Rückgabefrist läuft bis zum 30.06.2026.", "", None),
    ("invoice", "Reklamationen zu dieser Rechnung bitte bis zum 30.06.2026.", "", None),
    ("invoice", "We must receive any objections no later than 30 June 2026.", "", None),
    ("public_notice", "Die Widerspruchsfrist läuft bis zum 30.06.2026.", "", None),
    ("public_notice", "You can appeal against this amount by 30 June 2026.", "", None),
    ("public_notice", "Den Antrag auf Befreiung von der Gebühr stellen Sie bis zum 30.06.2026.", "", None),
    ("payment_reminder", "Rechnungsbetrag: 119,00. Die Ausstellung läuft bis zum 30.06.2026.", "", None),
]


@pytest.mark.parametrize(("kind", "text", "copied", "value"), OTHER_DEADLINES)
def test_other_deadlines_are_none_to_pay_by(kind: str, text: str, copied: str, value: str | None) -> None:
    field = "due_date" if kind == "invoice" else "pay_by"
    assert answered(kind, text, "en" if "June" in text else "de", **{field: copied}).get(field) == value


@pytest.mark.parametrize(
    "text",
    [
        "Laufzeit: 01.01.2026 bis 31.12.2027.\n\nDie Lieferung der Küche erfolgt bis zum 15.07.2026.",
        "Der Vertrag ist befristet bis 31.12.2027. Die Renovierung erfolgt bis zum 15.07.2026.",
    ],
)
def test_other_deadlines_end_no_contract(text: str) -> None:
    assert answered("contract", text, "de", end_date="31.12.2027")["end_date"] == "2027-12-31"


@pytest.mark.parametrize(
    "text",
    [
        f"Der Betrag wird von Ihrem Konto abgebucht. Bitte überweisen Sie nichts. Konto: {OWN}",
        f"We will collect by direct debit, so you have nothing to pay. Account {OWN}",
        f"Fällig am 17.03.2026 - Abbuchung von IBAN {OWN}",
        f"Wir buchen vom bekannten Konto {OWN} ab.",
        f"Der Betrag wird vom Girokonto {OWN} abgebucht.",
        f"Ihr Guthaben zahlen wir auf {OWN} aus.",
    ],
)
def test_an_account_that_nobody_is_asked_to_pay_into_is_none(text: str) -> None:
    assert answered("invoice", text, "de").get("iban") is None


@pytest.mark.parametrize(
    "text",
    [
        "Gutschrift Nr. G-700 zur Rechnung\nRechnungsnummer: RE-2026-001",
        "Credit note G-700\nCredited against invoice\nInvoice No: RE-2026-001",
    ],
)
def test_a_credit_note_over_the_number_of_an_invoice_keeps_its_own(text: str) -> None:
    assert answered("invoice", text, "de", invoice_number="G-700")["invoice_number"] == "G-700"


def test_the_date_of_the_invoice_is_not_that_of_its_reminder() -> None:
    text = "München, 01.06.2026\n\nMahnung\n\nRechnung: 2026-014, Datum: 12.04.2026, Betrag: 119,00 €"
    assert answered("payment_reminder", text, "de", reminder_date="12.04.2026")["reminder_date"] == "2026-06-01"


@pytest.mark.parametrize("above", ["Anlage zur Rechnung", "Alles zur Rechnung", "Invoice to"])
def test_words_above_do_not_take_a_number_from_its_name(above: str) -> None:
    assert answered("invoice", f"{above}\nRechnungsnummer: RE-5\n", "de").get("invoice_number") == "RE-5"


@pytest.mark.parametrize(
    ("kind", "language", "text", "field", "copied", "value"),
    [
        (
            "invoice",
            "de",
            "Alle Nettopreise sind bis zum 31.12.2026 gültig.\nDen Einzug nehmen wir am 11.06.2026 vor.",
            "due_date",
            "11.06.2026",
            "2026-06-11",
        ),
        (
            "invoice",
            "en",
            "Terms of Service apply no later than 31 December 2026.\nWe collect on 11 June 2026.",
            "due_date",
            "11 June 2026",
            "2026-06-11",
        ),
        (
            "contract",
            "de",
            "Das Mietverhältnis wird am 01.06.2026 begründet.\nEs ist mit Wirkung zum 31.12.2027 kündbar.",
            "effective_date",
            "01.06.2026",
            "2026-06-01",
        ),
        (
            "contract",
            "en",
            "This agreement is made on 1 June 2026.\nWe may change prices with effect from 1 January 2028.",
            "effective_date",
            "1 June 2026",
            "2026-06-01",
        ),
        ("payment_reminder", "de", "Die Rechnung war bis zum 26.04.2026 zu zahlen.", "pay_by", "", None),
        ("payment_reminder", "en", "It should have been paid by 26 April 2026.", "pay_by", "", None),
    ],
)
def test_a_right_copy_stays_beside_dates_of_something_else(
    kind: str, language: str, text: str, field: str, copied: str, value: str | None
) -> None:
    assert answered(kind, text, language, **{field: copied}).get(field) == value


@pytest.mark.parametrize(("words", "is_delivered"), [("DATE FACTURE", False), ("DATE", True)])
def test_a_date_below_words_for_another_is_not_that_of_the_title_to_its_left(words: str, *, is_delivered: bool) -> None:
    page = placed(("LIVRAISON", 500, 1_120), (words, 5_000, 1_000), ("23/11/2026", 5_000, 1_120))
    kind = TYPES["delivery_note"]
    (field,) = (field for field in kind.fields if field.name == "delivery_date")
    assert bool(Candidates(page[0], "fr", page[1]).labelled(field, kind)) is is_delivered
