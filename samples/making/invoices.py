"""Invoices."""

# ruff: noqa: RUF001 -- letters use the typographer's signs

from collections.abc import Sequence
from decimal import Decimal

from making.facts import Facts, make_british_vat_id, make_german_vat_id, make_iban, rounded
from making.sample import Sample
from making.stationery import House, Letter

Row = tuple[str, str, str, str]
"""Description, quantity, unit, price of one, the last as a plain decimal."""


def sum_of(rows: Sequence[Row]) -> Decimal:
    """Add up quantity times price."""
    return sum((rounded(Decimal(quantity) * Decimal(price)) for _, quantity, _, price in rows), Decimal(0))


def lines_of(facts: Facts, rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """Write the rows of a table of goods: position, description, quantity, price, amount."""
    return [
        (
            str(index),
            description,
            f"{quantity.replace('.', ',') if facts.language == 'de' else quantity} {unit}",
            facts.plain(price),
            facts.plain(rounded(Decimal(quantity) * Decimal(price))),
        )
        for index, (description, quantity, unit, price) in enumerate(rows, 1)
    ]


def labels_of(rows: Sequence[Row]) -> tuple[dict[str, str], ...]:
    """Give the rows of a table of goods as a label has them."""
    return tuple(
        {
            "description": description,
            "quantity": quantity,
            "line_total": str(rounded(Decimal(quantity) * Decimal(price))),
        }
        for description, quantity, _, price in rows
    )


OFFICE_SUPPLIES: tuple[Row, ...] = (
    ("Kopierpapier A4, 80 g/m², Karton zu 2.500 Blatt", "12", "Kt.", "21.90"),
    ("Aktenordner, 8 cm, grau", "40", "St.", "2.35"),
    ("Tonerkassette LX-410, schwarz", "3", "St.", "84.50"),
    ("Textmarker, gelb, Zehnerpackung", "5", "Pck.", "6.80"),
)


def papierhaus_lindner(facts: Facts) -> House:
    """Give the letterhead of a seller of office supplies."""
    iban = make_iban("DE", "990500310004471902")
    vat_id = make_german_vat_id("31842756")
    return House(
        facts.text("seller_name", "Papierhaus Lindner GmbH"),
        ("Gerberstraße 14", "04105 Leipzig"),
        slogan="Bürobedarf · Schreibwaren · Druckerzubehör",
        contact=("Telefon 0341 55501-20", "rechnung@papierhaus-lindner.example"),
        footer=(
            ("Papierhaus Lindner GmbH", "Gerberstraße 14", "04105 Leipzig"),
            ("Elsterbank Leipzig", f"IBAN {facts.iban('iban', iban)}", "BIC ELBKDEX1XXX"),
            (
                "Geschäftsführerin: Ute Lindner",
                "Amtsgericht Leipzig HRB 99114",
                f"USt-IdNr. {facts.text('seller_vat_id', vat_id)}",
            ),
        ),
        mark="tile",
    )


def rechnung_buerobedarf() -> Sample:
    """Write an invoice for office supplies, German, one rate of tax."""
    facts = Facts("de", "dotted")
    house = papierhaus_lindner(facts)
    net = sum_of(OFFICE_SUPPLIES)
    tax = rounded(net * Decimal("0.19"))
    number = facts.text("invoice_number", "RE-2026-04817")
    letter = Letter(
        house,
        f"Rechnung {number}",
        (facts.text("buyer_name", "Kanzlei Bräuer & Groß"), "Frau Annika Groß", "Nikolaikirchhof 3", "04109 Leipzig"),
        (
            ("Rechnungsnr.", number),
            ("Rechnungsdatum", facts.date("issue_date", "2026-10-12")),
            ("Kundennr.", "20933"),
            ("Lieferdatum", "08.10.2026"),
        ),
    )
    letter.subject(f"Rechnung {number}")
    letter.say("Sehr geehrte Frau Groß,", "vielen Dank für Ihren Einkauf. Wir berechnen Ihnen die folgenden Artikel:")
    letter.table(
        ("Pos.", "Bezeichnung", "Menge", "Einzelpreis €", "Betrag €"),
        lines_of(facts, OFFICE_SUPPLIES),
        (12, 77, 22, 26, 26),
        "llrrr",
    )
    facts.written("currency", "EUR", "€")
    letter.totals(
        [
            ("Nettobetrag", facts.money("net_total", net)),
            ("zzgl. 19 % USt.", facts.money("tax_total", tax)),
            ("Rechnungsbetrag", facts.money("gross_total", net + tax)),
        ]
    )
    letter.say(
        f"Bitte überweisen Sie den Betrag ohne Abzug bis zum <b>{facts.date('due_date', '2026-11-11')}</b> auf unser "
        "unten angegebenes Konto. Die Ware bleibt bis zur vollständigen Bezahlung unser Eigentum.",
        "Mit freundlichen Grüßen<br/>Papierhaus Lindner GmbH",
    )
    return Sample(
        "rechnung_buerobedarf.pdf",
        letter.pdf(),
        "invoice",
        facts,
        ("Lindner", "Bürobedarf"),
        labels_of(OFFICE_SUPPLIES),
    )


def rechnung_dachdecker() -> Sample:
    """Write a roofer's invoice to a private person, German, due in words beside the date."""
    facts = Facts("de", "dotted")
    iban = make_iban("DE", "990700240081553360")
    vat_id = make_german_vat_id("27590461")
    house = House(
        facts.text("seller_name", "Dachdeckerei Öztürk & Söhne"),
        ("Am Güterbahnhof 7", "44137 Dortmund"),
        colour="#7a2e1d",
        slogan="Meisterbetrieb seit 1987",
        contact=("Tel. 0231 5550-143", "Mobil 0171 3920041", "buero@dach-oeztuerk.example"),
        footer=(
            ("Inhaber: Kemal Öztürk", "Dachdeckermeister"),
            ("Ruhrkreditbank eG", f"IBAN {facts.iban('iban', iban)}"),
            ("Steuernr. 317/5550/0412", f"USt-IdNr. {facts.text('seller_vat_id', vat_id)}"),
        ),
        mark="bars",
        side="right",
    )
    rows = (
        ("Sturmschaden am Steildach beheben, Facharbeiter", "9.5", "Std.", "58.00"),
        ("Tondachziegel, naturrot, liefern und verlegen", "64", "St.", "3.45"),
        ("Dachrinne Titanzink 333 mm erneuern", "6", "m", "47.80"),
        ("An- und Abfahrt", "1", "psch.", "45.00"),
    )
    net = sum_of(rows)
    tax = rounded(net * Decimal("0.19"))
    number = facts.text("invoice_number", "2026/0388")
    letter = Letter(
        house,
        f"Rechnung {number}",
        (facts.text("buyer_name", "Marlies Feldkötter"), "Hohe Straße 112", "44139 Dortmund"),
        (("Rechnung Nr.", number), ("Datum", facts.date("issue_date", "2026-03-23")), ("Ausgeführt am", "17.03.2026")),
    )
    letter.subject("Rechnung: Dachreparatur nach Sturmschaden")
    letter.say("Sehr geehrte Frau Feldkötter,", "für die ausgeführten Arbeiten an Ihrem Wohnhaus berechnen wir:")
    letter.table(
        ("Nr.", "Leistung", "Menge", "Preis/Einheit", "Summe"), lines_of(facts, rows), (12, 77, 24, 26, 24), "llrrr"
    )
    facts.written("currency", "EUR", "€")
    letter.totals(
        [
            ("Summe netto", facts.money("net_total", net)),
            ("Mehrwertsteuer 19 %", facts.money("tax_total", tax)),
            ("Gesamtsumme", facts.money("gross_total", net + tax)),
        ]
    )
    letter.say(
        f"Zahlbar innerhalb von 14 Tagen, spätestens am {facts.date('due_date', '2026-04-06')}. In der Rechnung sind "
        f"Lohnkosten von {facts.priced('551.00')} netto enthalten, die nach § 35a EStG begünstigt sein können. "
        "Bitte bewahren Sie diese Rechnung zwei Jahre lang auf (§ 14b UStG).",
        "Vielen Dank für Ihren Auftrag!",
    )
    return Sample("rechnung_dachdecker.pdf", letter.pdf(), "invoice", facts, ("Dach", "Öztürk"), labels_of(rows))


def invoice_consulting() -> Sample:
    """Write a British consultancy's invoice in pounds."""
    facts = Facts("en", "long_en", "£")
    iban = make_iban("GB", "ZZNX99040160217734")
    vat_id = make_british_vat_id("7316284")
    house = House(
        facts.text("seller_name", "Harrow & Finch Consulting Ltd"),
        ("21 Calder Wharf", "Leeds LS1 4QB"),
        colour="#0b5a5e",
        contact=("accounts@harrowfinch.example", "0113 496 0187"),
        footer=(
            ("Registered in England and Wales", "Company No. 99412087"),
            ("Northbank plc, sort code 99-04-01", f"IBAN {facts.iban('iban', iban)}"),
            ("VAT registration", facts.text("seller_vat_id", vat_id)),
        ),
        mark="ring",
        folds=False,
    )
    rows = (
        ("Warehouse process review, senior consultant", "6", "days", "840.00"),
        ("Data analysis and stock model, analyst", "4.5", "days", "520.00"),
        ("Travel Leeds – Hull, standard class", "3", "trips", "41.60"),
    )
    net = sum_of(rows)
    tax = rounded(net * Decimal("0.20"))
    number = facts.text("invoice_number", "HF-10562")
    letter = Letter(
        house,
        f"Invoice {number}",
        (facts.text("buyer_name", "Humberside Cold Storage Ltd"), "Accounts Payable", "Dock Road 88", "Hull HU9 1TA"),
        (
            ("Invoice no.", number),
            ("Invoice date", facts.date("issue_date", "2026-09-30")),
            ("Your order", facts.text("order_number", "PO 77120")),
            ("Payment due", facts.date("due_date", "2026-10-30")),
        ),
        "Page",
    )
    letter.headline("INVOICE")
    letter.say("For professional services in September 2026:")
    letter.table(
        ("#", "Description", "Quantity", "Rate £", "Amount £"), lines_of(facts, rows), (10, 81, 24, 24, 24), "llrrr"
    )
    facts.written("currency", "GBP", "£")
    letter.totals(
        [
            ("Net total", facts.money("net_total", net)),
            ("VAT at 20%", facts.money("tax_total", tax)),
            ("Total due", facts.money("gross_total", net + tax)),
        ]
    )
    letter.say(
        "Please pay by bank transfer within 30 days and quote the invoice number. We may charge statutory interest "
        "on late payments. Questions about this invoice: Priya Nair, accounts@harrowfinch.example.",
        "Thank you for working with us.",
    )
    return Sample(
        "invoice_consulting.pdf", letter.pdf(), "invoice", facts, ("consulting", "warehouse"), labels_of(rows)
    )


SAMPLES = (rechnung_buerobedarf, rechnung_dachdecker, invoice_consulting)
