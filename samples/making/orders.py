"""Purchase orders and delivery notes."""

# ruff: noqa: RUF001 -- letters use the typographer's signs

from making.facts import Facts
from making.invoices import labels_of, lines_of, sum_of
from making.sample import Sample
from making.stationery import House, Letter

MACHINE_PARTS = (
    ("Sechskantschraube ISO 4017, M8 × 30, A2", "400", "St.", "0.18"),
    ("Sechskantmutter ISO 4032, M8, A2", "400", "St.", "0.07"),
    ("Rillenkugellager 6204-2RS", "36", "St.", "4.95"),
    ("Rillenkugellager 6306-2RS", "24", "St.", "8.40"),
    ("Wellendichtring 30 × 47 × 7, NBR", "60", "St.", "1.65"),
    ("Passfeder DIN 6885, 8 × 7 × 40", "80", "St.", "0.92"),
    ("Keilriemen SPA 1250", "18", "St.", "11.30"),
    ("Keilriemenscheibe SPA 2-rillig, 125 mm", "9", "St.", "38.70"),
    ("Spannbuchse 2012, Bohrung 30 mm", "9", "St.", "14.85"),
    ("Getriebemotor 0,75 kW, 70 U/min", "4", "St.", "412.00"),
    ("Frequenzumrichter 0,75 kW, IP20", "4", "St.", "236.50"),
    ("Näherungsschalter induktiv, M12, PNP", "20", "St.", "17.20"),
    ("Sensorleitung M12, 4-polig, 5 m", "20", "St.", "9.10"),
    ("Aluminiumprofil 40 × 40, Nut 8, Länge 2 m", "30", "St.", "26.40"),
    ("Winkel 40 × 40 mit Befestigungssatz", "120", "St.", "2.75"),
    ("Maschinenfuß M10, 60 mm, schwingungsdämpfend", "32", "St.", "6.35"),
    ("Kabelkanal 40 × 60 mm, Länge 2 m", "15", "St.", "8.90"),
    ("Schaltschrank 600 × 600 × 210 mm, IP66", "2", "St.", "189.00"),
    ("Not-Halt-Taster mit Gehäuse, 2 Öffner", "6", "St.", "34.60"),
    ("Lichtvorhang Typ 4, Schutzhöhe 900 mm", "2", "St.", "648.00"),
    ("Pneumatikzylinder ISO 15552, Ø 32, Hub 100", "8", "St.", "57.80"),
    ("Magnetventil 5/2-Wege, 24 V", "8", "St.", "43.25"),
)


def bestellung_maschinenbau() -> Sample:
    """Write a long order whose table crosses the page."""
    facts = Facts("de", "dotted")
    house = House(
        facts.text("buyer_name", "Hallbach Förderanlagen AG"),
        ("Industriering 22", "78532 Tuttlingen"),
        colour="#9a5b00",
        slogan="Einkauf",
        contact=("Ansprechpartner: Jörg Maißer", "Telefon 07461 5550-318", "einkauf@hallbach.example"),
        footer=(
            ("Hallbach Förderanlagen AG", "Industriering 22, 78532 Tuttlingen"),
            ("Vorstand: Dr. Silke Hallbach", "Aufsichtsrat: Rolf Würth"),
            ("Amtsgericht Stuttgart HRB 990217",),
        ),
        mark="bars",
    )
    number = facts.text("order_number", "4500091873")
    letter = Letter(
        house,
        f"Bestellung {number}",
        (facts.text("supplier_name", "Technikbedarf Schönau KG"), "Vertrieb", "Neckarstraße 91", "72622 Nürtingen"),
        (
            ("Bestellnummer", number),
            ("Bestelldatum", facts.date("order_date", "2026-05-18")),
            ("Lieferantennr.", "700455"),
            ("Ihr Angebot", facts.text("quotation_number", "A-26-1190")),
        ),
    )
    letter.subject(f"Bestellung {number}")
    letter.say(
        "Sehr geehrte Damen und Herren,",
        "auf Grundlage Ihres Angebots bestellen wir zur Lieferung frei Haus bis zum "
        f"<b>{facts.date('delivery_date', '2026-06-12')}</b> an unser Werk 2, Tor 4:",
    )
    letter.table(
        ("Pos.", "Artikel", "Menge", "Preis €", "Betrag €"),
        lines_of(facts, MACHINE_PARTS),
        (12, 85, 22, 22, 24),
        "llrrr",
    )
    facts.written("currency", "EUR", "€")
    letter.totals([("Bestellwert netto", facts.money("net_total", sum_of(MACHINE_PARTS)))])
    terms = facts.text("payment_terms", "30 Tage netto, 14 Tage 2 % Skonto")
    letter.say(
        f"Zahlungsbedingungen: {terms}. Bitte bestätigen Sie diese Bestellung innerhalb von drei Arbeitstagen und "
        "geben Sie die Bestellnummer auf Lieferschein und Rechnung an. Es gelten unsere Einkaufsbedingungen.",
    )
    letter.signature("Mit freundlichen Grüßen", "Jörg Maißer", "Strategischer Einkauf")
    return Sample(
        "bestellung_maschinenbau.pdf",
        letter.pdf(),
        "purchase_order",
        facts,
        ("Bestellung", "Hallbach"),
        labels_of(MACHINE_PARTS),
    )


LABORATORY_GOODS = (
    ("Nitrile gloves, powder-free, size M, box of 200", "30", "boxes", "14.20"),
    ("Pipette tips 1000 µl, sterile, rack of 96", "80", "racks", "6.45"),
    ("Glass vials 20 ml with screw cap, case of 100", "12", "cases", "48.00"),
    ("Reference standard, nitrate 1 g/l, 500 ml", "4", "bottles", "62.75"),
)


def purchase_order_laboratory() -> Sample:
    """Write a laboratory's order in euros, English."""
    facts = Facts("en", "long_en", "EUR")
    house = House(
        facts.text("buyer_name", "Brightwater Analytics B.V."),
        ("Singelkade 310", "1016 AB Amsterdam", "Netherlands"),
        colour="#244a86",
        contact=("purchasing@brightwater.example",),
        footer=(
            ("Brightwater Analytics B.V.", "Chamber of Commerce 99031276"),
            ("Deliveries: Mon–Fri 8:00–16:00", "Dock 2"),
        ),
        mark="leaf",
        folds=False,
    )
    number = facts.text("order_number", "PO-2026-1147")
    letter = Letter(
        house,
        f"Purchase order {number}",
        (
            facts.text("supplier_name", "Carrick Lab Supplies Ltd"),
            "Order desk",
            "14 Quay Street",
            "Cork T12 X4E8",
            "Ireland",
        ),
        (
            ("PO number", number),
            ("Order date", facts.date("order_date", "2026-02-09")),
            ("Requested by", "Femke de Wit"),
            ("Cost centre", "4410"),
        ),
        "Page",
    )
    letter.headline("Purchase order")
    delivery = facts.date("delivery_date", "2026-02-27")
    letter.say(f"Please supply the following goods. Delivery date: <b>{delivery}</b>, to the address above.")
    letter.table(
        ("#", "Item", "Quantity", "Unit price", "Amount"),
        lines_of(facts, LABORATORY_GOODS),
        (10, 81, 24, 24, 24),
        "llrrr",
    )
    facts.text("currency", "EUR")
    letter.totals([("Order total excl. VAT", facts.money("net_total", sum_of(LABORATORY_GOODS)))])
    letter.say(
        f"Payment terms: {facts.text('payment_terms', '30 days from receipt of invoice')}. Intra-Community supply, "
        "VAT reverse charge. Quote the PO number on all papers; partial deliveries need our consent.",
    )
    letter.signature("Kind regards", "Femke de Wit", "Laboratory manager")
    return Sample(
        "purchase_order_laboratory.pdf",
        letter.pdf(),
        "purchase_order",
        facts,
        ("laboratory", "Brightwater"),
        labels_of(LABORATORY_GOODS),
    )


def bestellung_grosskueche() -> Sample:
    """Write an order as an old merchandise system does: plain text in Windows-1252, German."""
    facts = Facts("de", "dotted", "€")
    rows = (
        ("Rapsöl, Kanister 10 l", "8", "St.", "19.80"),
        ("Weizenmehl 550, Sack 25 kg", "6", "St.", "17.45"),
        ("Käsespätzle, tiefgekühlt, 5 kg", "20", "Bt.", "14.90"),
        ("Grüne Soße, Eimer 3 kg", "10", "Ei.", "11.60"),
    )
    table = "\n".join(f"{p:>3}  {d:<34}{q:>9}{e:>10}{a:>11}" for p, d, q, e, a in lines_of(facts, rows))
    facts.written("currency", "EUR", "€")
    text = f"""{facts.text("buyer_name", "Großküche Taunusblick GmbH")}
Feldbergweg 5, 61440 Oberursel
Telefon 06171 5550-60

An
{facts.text("supplier_name", "Frischdienst Mäurer OHG")}
Hanauer Landstraße 340
60314 Frankfurt am Main

BESTELLUNG Nr. {facts.text("order_number", "B-60418")}        Datum: {facts.date("order_date", "2026-07-02")}
Liefertermin: {facts.date("delivery_date", "2026-07-06")}, zwischen 5 und 7 Uhr, Rampe Süd

Pos  Artikel                               Menge     Preis     Betrag
{table}
---------------------------------------------------------------------
Summe netto: {facts.money("net_total", sum_of(rows))}

Zahlung: {facts.text("payment_terms", "Bankeinzug nach 10 Tagen")}
Bitte nur Ware mit mindestens drei Monaten Resthaltbarkeit liefern.
Leere Behälter geben wir dem Fahrer mit.

Küchenleitung: Sören Weiß
"""
    content = text.replace("\n", "\r\n").encode("windows-1252")
    return Sample(
        "bestellung_grosskueche.txt", content, "purchase_order", facts, ("Bestellung", "Großküche"), labels_of(rows)
    )


def lieferschein_gartenmoebel() -> Sample:
    """Write a delivery note for garden furniture, German."""
    facts = Facts("de", "dotted")
    house = House(
        facts.text("supplier_name", "Holzmanufaktur Grünwald GmbH"),
        ("Sägewerkstraße 3", "94227 Zwiesel"),
        colour="#3d6b2e",
        slogan="Möbel für draußen",
        contact=("Versand: 09922 5550-14", "versand@gruenwald-holz.example"),
        footer=(
            ("Holzmanufaktur Grünwald GmbH", "Sägewerkstraße 3, 94227 Zwiesel"),
            ("Geschäftsführer: Alois Grünwald", "Amtsgericht Deggendorf HRB 99052"),
        ),
        mark="leaf",
        side="centre",
    )
    number = facts.text("delivery_note_number", "LS-26-02291")
    letter = Letter(
        house,
        f"Lieferschein {number}",
        (facts.text("recipient_name", "Seehotel Überfahrt KG"), "Warenannahme", "Uferpromenade 9", "83684 Tegernsee"),
        (
            ("Lieferschein", number),
            ("Lieferdatum", facts.date("delivery_date", "2026-04-21")),
            ("Ihre Bestellung", facts.text("order_number", "SHU-5518")),
            ("Kundennummer", "D-3170"),
        ),
    )
    facts.written("delivery_address", "Uferpromenade 9, 83684 Tegernsee", "Uferpromenade 9\n83684 Tegernsee")
    letter.subject(f"Lieferschein {number}")
    letter.say("Wir liefern Ihnen wie bestellt:")
    rows = (
        ("1", "GM-210", "Gartentisch Lärche, 200 × 90 cm", "8 St.", "8"),
        ("2", "GM-115", "Armlehnstuhl Lärche, stapelbar", "32 St.", "8"),
        ("3", "GM-330", "Sitzauflage wetterfest, moosgrün", "32 St.", "4"),
        ("4", "GM-901", "Pflegeöl, Dose 2,5 l", "6 St.", "1"),
    )
    labels = tuple(
        {"description": description, "quantity": quantity.removesuffix(" St.")}
        for _, _, description, quantity, _ in rows
    )
    letter.table(("Pos.", "Artikelnr.", "Bezeichnung", "Menge", "Packstücke"), rows, (12, 24, 78, 22, 26), "lllrr")
    letter.pairs(
        (
            ("Packstücke gesamt", facts.text("package_count", "21")),
            ("Gewicht brutto", facts.text("gross_weight", "684 kg")),
            ("Spedition", facts.text("carrier", "Spedition Hirschvogel")),
            ("Lieferbedingung", "frei Haus"),
        )
    )
    letter.say(
        "Die Ware wurde vollständig und äußerlich unbeschädigt übernommen. Mängel bitte sofort auf diesem Schein "
        "vermerken."
    )
    letter.signatures(
        ("Datum, Unterschrift Fahrer", "Max Hirschvogel"), ("Datum, Unterschrift Empfänger", "Lena Übelacker")
    )
    return Sample(
        "lieferschein_gartenmoebel.pdf", letter.pdf(), "delivery_note", facts, ("Lieferschein", "Garten"), labels
    )


def delivery_note_electronics() -> Sample:
    """Write a delivery note for network equipment, English."""
    facts = Facts("en", "slashed")
    house = House(
        facts.text("supplier_name", "Kestrel Network Supplies"),
        ("Unit 6, Marsh Lane Estate", "Bristol BS2 0XQ"),
        colour="#5a2a82",
        contact=("Dispatch 0117 496 0331", "dispatch@kestrel-networks.example"),
        footer=(
            ("Kestrel Network Supplies is a trading name of", "Kestrel Trading Ltd, Company No. 99220418"),
            ("Returns within 28 days", "with this note"),
        ),
        mark="tile",
        side="right",
        folds=False,
    )
    number = facts.text("delivery_note_number", "DN 448120")
    letter = Letter(
        house,
        f"Delivery note {number}",
        (facts.text("recipient_name", "Ashcombe Vale School"), "IT Department", "Ridge Road", "Exeter EX4 8NN"),
        (
            ("Delivery note", number),
            ("Delivery date", facts.date("delivery_date", "2026-08-19")),
            ("Your order no.", facts.text("order_number", "AVS/2026/093")),
            ("Account", "ASH014"),
        ),
        "Page",
    )
    facts.written("delivery_address", "Ridge Road, Exeter EX4 8NN", "Ridge Road\nExeter EX4 8NN")
    letter.headline("Delivery note")
    rows = (
        ("KN-4824P", "Switch, 48 ports, PoE+", "4", "4", "0"),
        ("KN-AX60", "Wireless access point, ceiling mount", "18", "15", "3"),
        ("KN-CAT6-05", "Patch cable Cat 6, 0.5 m, blue", "100", "100", "0"),
        ("KN-RK42", "Rack shelf 19 inch, 1U", "2", "2", "0"),
    )
    labels = tuple({"description": description, "quantity": delivered} for _, description, _, delivered, _ in rows)
    letter.table(("Item", "Description", "Ordered", "Delivered", "To follow"), rows, (28, 71, 22, 22, 22), "llrrr")
    letter.pairs(
        (
            ("Total packages", facts.text("package_count", "9")),
            ("Gross weight", facts.text("gross_weight", "73.5 kg")),
        )
    )
    letter.say(
        "Three access points are on back order and will follow free of charge in the week of 7 September. Please check "
        "the goods on arrival and report damage or shortage to dispatch within three working days.",
        "Received in good condition:",
    )
    letter.signatures(("Driver", "T. Okafor"), ("Customer", "Helen Marsh"))
    return Sample("delivery_note_electronics.pdf", letter.pdf(), "delivery_note", facts, ("delivery", "school"), labels)


SAMPLES = (
    bestellung_maschinenbau,
    purchase_order_laboratory,
    bestellung_grosskueche,
    lieferschein_gartenmoebel,
    delivery_note_electronics,
)
