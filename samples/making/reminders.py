"""Payment reminders."""

from decimal import Decimal

from making.facts import Facts, make_iban
from making.sample import Sample
from making.stationery import House, Letter


def mahnung_druckerei() -> Sample:
    """Write a second reminder from a printer, German."""
    facts = Facts("de", "dotted")
    iban = make_iban("DE", "990300110072210465")
    house = House(
        facts.text("creditor_name", "Druckhaus Ebersbach GmbH"),
        ("Lange Gasse 48", "90403 Nürnberg"),
        colour="#a3172a",
        slogan="Offset · Digital · Buchbindung",
        contact=("Debitorenbuchhaltung", "Frau Köhler, Tel. 0911 5550-27", "mahnung@druckhaus-ebersbach.example"),
        footer=(
            ("Druckhaus Ebersbach GmbH", "Lange Gasse 48, 90403 Nürnberg"),
            ("Frankenbank Nürnberg", f"IBAN {facts.iban('iban', iban)}"),
            ("Geschäftsführer: Jens Ebersbach", "Amtsgericht Nürnberg HRB 99871"),
        ),
        mark="tile",
    )
    level = facts.text("reminder_level", "2. Mahnung")
    number = facts.text("invoice_number", "20261-553")
    letter = Letter(
        house,
        level,
        (facts.text("debtor_name", "Stadtmarketing Weißenburg e. V."), "Marktplatz 19", "91781 Weißenburg"),
        (("Datum", facts.date("reminder_date", "2026-06-15")), ("Kundennr.", "10884"), ("Unser Zeichen", "MK/kö")),
    )
    letter.subject(f"{level} zur Rechnung {number}")
    letter.say(
        "Sehr geehrte Damen und Herren,",
        "trotz unserer Zahlungserinnerung vom 26.05.2026 konnten wir zu der folgenden Rechnung noch keinen "
        "Zahlungseingang feststellen:",
    )
    open_sum, fee, interest = Decimal("1284.60"), Decimal("10.00"), Decimal("9.82")
    letter.table(
        ("Rechnung", "Rechnungsdatum", "Fällig am", "Offen €"),
        ((number, facts.date("invoice_date", "2026-04-22"), "06.05.2026", facts.plain(open_sum)),),
        (42, 42, 42, 37),
        "lllr",
    )
    letter.totals(
        [
            ("Offene Rechnung", facts.money("invoice_amount", open_sum)),
            ("Verzugszinsen", facts.priced(interest)),
            ("Mahngebühr", facts.money("late_fee", fee)),
            ("Zu zahlen", facts.money("amount_due", open_sum + interest + fee)),
        ]
    )
    letter.say(
        f"Bitte begleichen Sie den Betrag bis spätestens <b>{facts.date('pay_by', '2026-06-29')}</b>. Nach Ablauf "
        "dieser Frist werden wir die Forderung ohne weitere Ankündigung an ein Inkassobüro übergeben. Sollten Sie "
        "inzwischen gezahlt haben, betrachten Sie dieses Schreiben bitte als gegenstandslos.",
    )
    letter.signature("Mit freundlichen Grüßen", "Renate Köhler", "Debitorenbuchhaltung")
    return Sample("mahnung_druckerei.pdf", letter.pdf(), "payment_reminder", facts, ("Mahnung", "Ebersbach"))


def payment_reminder_final_notice() -> Sample:
    """Write a final notice for office rent, English, pounds."""
    facts = Facts("en", "long_en", "£")
    iban = make_iban("GB", "ZZNX99071155302918")
    house = House(
        facts.text("creditor_name", "Mill Street Workspaces Ltd"),
        ("2 Mill Street", "Manchester M4 6AX"),
        colour="#2b2b2b",
        slogan="Desks, studios and meeting rooms",
        contact=("Credit control: Owen Pryce", "0161 496 0724", "credit@millstreet.example"),
        footer=(
            ("Mill Street Workspaces Ltd", "Company No. 99517730"),
            ("Pennine Bank plc", f"IBAN {facts.iban('iban', iban)}"),
        ),
        mark="ring",
        side="right",
        folds=False,
    )
    number = facts.text("invoice_number", "MSW-30419")
    level = facts.text("reminder_level", "Final notice")
    letter = Letter(
        house,
        level,
        (
            facts.text("debtor_name", "Tinder Box Studio Ltd"),
            "Ms Chloe Adeyemi",
            "Studio 12, 2 Mill Street",
            "Manchester M4 6AX",
        ),
        (("Date", facts.date("reminder_date", "2026-10-05")), ("Account", "TBS-112"), ("Tenancy", "Studio 12")),
        "Page",
    )
    letter.subject(f"{level}: overdue invoice {number}")
    letter.say(
        "Dear Ms Adeyemi,",
        f"Despite our reminders of 24 August and 14 September, invoice {number} of "
        f"{facts.date('invoice_date', '2026-08-01')} for the August rent of Studio 12 remains unpaid. It "
        "was due on 15 August 2026.",
    )
    rent, fee = Decimal("960.00"), Decimal("40.00")
    letter.totals(
        [
            ("Unpaid invoice", facts.money("invoice_amount", rent)),
            ("Late payment fee", facts.money("late_fee", fee)),
            ("Amount now due", facts.money("amount_due", rent + fee)),
        ]
    )
    letter.say(
        f"Please pay this amount in full by <b>{facts.date('pay_by', '2026-10-16')}</b>. If we have not received it "
        "by then, we will suspend access to the studio and pass the debt to our solicitors, which will add to your "
        "costs.",
        "If you cannot pay at once, please call us this week: we would rather agree on instalments than go to court.",
    )
    letter.signature("Yours sincerely", "Owen Pryce", "Credit controller")
    return Sample("payment_reminder_final_notice.pdf", letter.pdf(), "payment_reminder", facts, ("overdue", "studio"))


SAMPLES = (mahnung_druckerei, payment_reminder_final_notice)
