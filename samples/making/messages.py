"""E-mails: quoted-printable German, text beside HTML, and one with a PDF attached."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from making.facts import Facts, make_german_vat_id, make_iban
from making.sample import Sample
from making.stationery import House, Letter


def message(sender: Address, recipient: str, subject: str, sent: str, text: str) -> EmailMessage:
    """Make a message whose text is quoted-printable UTF-8; `sent` is a date in the form of RFC 5322."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = recipient
    mail["Subject"] = subject
    mail["Date"] = sent
    mail["Message-ID"] = f"<{sender.username}.20260001@{sender.domain}>"
    mail.set_content(text, cte="quoted-printable")
    return mail


def zahlungserinnerung() -> Sample:
    """Write a friendly first reminder, quoted-printable German."""
    facts = Facts("de", "dotted")
    iban = make_iban("DE", "990440220019350716")
    facts.money("invoice_amount", "327.25")
    dated = facts.date("invoice_date", "2026-08-04")
    text = f"""Sehr geehrte {facts.text("debtor_name", "Frau Wößner")},

sicher ist es Ihrer Aufmerksamkeit entgangen: Unsere Rechnung {facts.text("invoice_number", "FL-88203")} vom
{dated} über die Pflege Ihrer Außenanlagen war am 18.08.2026 fällig und ist noch offen.

Dies ist eine {facts.text("reminder_level", "Zahlungserinnerung")} vom {facts.date("reminder_date", "2026-08-31")}.
Mahnkosten berechnen wir Ihnen dafür nicht.

Offener Betrag: {facts.money("amount_due", "327.25")}
Bitte zahlen Sie bis: {facts.date("pay_by", "2026-09-10")}
IBAN: {facts.iban("iban", iban)}
Empfänger: {facts.text("creditor_name", "Gartenpflege Flößer GmbH")}

Haben Sie Fragen zur Rechnung, rufen Sie uns gern an: 0761 5550-36. Falls sich Ihre
Zahlung mit dieser Nachricht gekreuzt hat, ist alles erledigt.

Mit grünen Grüßen
Björn Flößer
Gartenpflege Flößer GmbH, Günterstalstraße 5, 79100 Freiburg
"""
    sender = Address("Gartenpflege Flößer", "buchhaltung", "floesser-garten.example")
    mail = message(
        sender,
        "d.woessner@hausverwaltung-woessner.example",
        "Zahlungserinnerung: Rechnung FL-88203",
        "Mon, 31 Aug 2026 09:12:00 +0200",
        text,
    )
    return Sample(
        "zahlungserinnerung_gartenpflege.eml", mail.as_bytes(), "payment_reminder", facts, ("Rechnung", "Gartenpflege")
    )


def complaint_hotel() -> Sample:
    """Write a guest's complaint as text with the same in HTML, English."""
    facts = Facts("en", "us", "€")
    name = facts.text("complainant_name", "Marisol Delgado")
    hotel = facts.text("recipient_name", "Hotel Alpenblick")
    paragraphs = (
        "Dear guest relations team,",
        (
            f"I am writing about my stay at the {hotel} from October 2 to 5, 2026, booking "
            f"{facts.text('reference_number', 'HAB-230917')}. I had booked a "
            f"{facts.text('product', 'double room with lake view')} on a quiet floor. The room we got faced the car "
            "park, and building work next door began at 6:30 every morning. The front desk was friendly, but no other "
            "room was free."
        ),
        (
            "On the second night the heating failed as well. I ask you to refund "
            f"{facts.money('amount_claimed', '210.00')}, half of the room rate, and to answer by "
            f"{facts.date('respond_by', '2026-10-20')}."
        ),
        (
            f"You can reach me at {facts.written('phone', '+13125550148', '+1 312 555 0148')} or "
            f"{facts.text('email', 'm.delgado@mailbox.example')}."
        ),
        f"Sincerely,\n{name}\n{facts.date('complaint_date', '2026-10-07')}",
    )
    sender = Address("Marisol Delgado", "m.delgado", "mailbox.example")
    mail = message(
        sender,
        "guests@alpenblick.example",
        "Complaint about my stay, booking HAB-230917",
        "Wed, 07 Oct 2026 08:41:00 -0500",
        "\n\n".join(paragraphs) + "\n",
    )
    body = "".join(f"<p>{paragraph}</p>\n" for paragraph in paragraphs).replace("Delgado\n", "Delgado<br>\n")
    mail.add_alternative(f"<html><body>\n{body}</body></html>\n", subtype="html", cte="quoted-printable")
    _fix_boundaries(mail, "hotel")
    return Sample("complaint_hotel.eml", mail.as_bytes(), "complaint", facts, ("hotel", "refund"))


def rechnung_webhosting() -> Sample:
    """Write an invoice announced in a mail and attached to it as a PDF, German."""
    facts = Facts("de", "dotted", "EUR")
    iban = make_iban("DE", "990220770055028831")
    seller = facts.text("seller_name", "Nordlicht Hosting GmbH")
    buyer = facts.text("buyer_name", "Bäckerei Rösner")
    facts.text("currency", "EUR")
    lines = (
        ("Rechnungsnummer", facts.text("invoice_number", "NH-2026-11-0672")),
        ("Rechnungsdatum", facts.date("issue_date", "2026-11-02")),
        ("Leistung", "Webhosting „Küste M“ und zwei Domains, ein Jahr"),
        ("Nettobetrag", facts.money("net_total", "118.80")),
        ("19 % Umsatzsteuer", facts.money("tax_total", "22.57")),
        ("Gesamtbetrag", facts.money("gross_total", "141.37")),
        ("Zahlbar bis", facts.date("due_date", "2026-11-16")),
        ("IBAN", facts.iban("iban", iban)),
        ("USt-IdNr.", facts.text("seller_vat_id", make_german_vat_id("29117350"))),
    )
    table = "\n".join(f"{label + ':':<20}{value}" for label, value in lines)
    text = f"""Guten Tag,

anbei erhalten Sie Ihre Rechnung als PDF. Die wichtigsten Angaben:

Kunde:              {buyer}
{table}

Vielen Dank, dass Sie bei uns zu Hause sind!
{seller}, Speicherstraße 11, 24103 Kiel
"""
    sender = Address("Nordlicht Hosting", "rechnung", "nordlicht-hosting.example")
    mail = message(
        sender,
        "post@baeckerei-roesner.example",
        "Ihre Rechnung NH-2026-11-0672",
        "Mon, 02 Nov 2026 06:00:00 +0100",
        text,
    )
    letter = Letter(
        House(seller, ("Speicherstraße 11", "24103 Kiel"), mark="ring"),
        "Rechnung",
        (buyer, "Mühlenweg 4", "24229 Dänischenhagen"),
    )
    letter.subject("Rechnung")
    letter.pairs(lines)
    mail.add_attachment(letter.pdf(), "application", "pdf", filename="Rechnung_NH-2026-11-0672.pdf")
    _fix_boundaries(mail, "hosting")
    return Sample("rechnung_webhosting.eml", mail.as_bytes(), "invoice", facts, ("Hosting", "Nordlicht"))


def _fix_boundaries(mail: EmailMessage, word: str) -> None:
    # Python draws boundaries at random; fixed ones make the same bytes each time.
    mail.set_boundary(f"=_postkorb_sample_{word}")


SAMPLES = (zahlungserinnerung, complaint_hotel, rechnung_webhosting)
