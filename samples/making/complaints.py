"""Complaints of customers."""

from making.facts import Facts
from making.sample import Sample
from making.stationery import House, Letter


def reklamation_kaffeemaschine() -> Sample:
    """Write a private letter about a coffee machine, German."""
    facts = Facts("de", "long_de")
    name = facts.text("complainant_name", "Friederike Süßmuth")
    email = facts.text("email", "f.suessmuth@post.example")
    house = House(
        name,
        ("Kastanienallee 77", "10435 Berlin"),
        colour="#444444",
        contact=(email,),
    )
    facts.written("complainant_address", "Kastanienallee 77, 10435 Berlin", "Kastanienallee 77 · 10435 Berlin")
    letter = Letter(
        house,
        "Reklamation",
        (facts.text("recipient_name", "Küchenwelt Versand GmbH"), "Kundenservice", "Postfach 20 14", "33602 Bielefeld"),
        (("Datum", facts.date("complaint_date", "2026-09-08")),),
    )
    number = facts.text("reference_number", "KW-7741923")
    letter.subject(f"Reklamation zur Bestellung {number}")
    letter.say(
        "Sehr geehrte Damen und Herren,",
        f"am 21. August habe ich von Ihnen den {facts.text('product', 'Kaffeevollautomaten Barista Nova 500')} "
        "erhalten. Schon nach zehn Tagen tropfte Wasser aus dem Gehäuse, und seit dem 4. September bricht das "
        "Mahlwerk jeden Brühvorgang mit der Meldung „Störung 8“ ab. Entkalken und Zurücksetzen nach der Anleitung "
        "haben nichts geändert.",
        "Ein erster Anruf bei Ihrer Hotline blieb ohne Ergebnis. Da ich das Vertrauen in das Gerät verloren habe, "
        "trete ich vom Kauf zurück und bitte Sie, mir den Kaufpreis von "
        f"<b>{facts.money('amount_claimed', '649.00')}</b> zu erstatten und die Maschine auf Ihre Kosten abholen zu "
        "lassen. Sollten Sie stattdessen ein neues Gerät anbieten wollen, bin ich gesprächsbereit.",
        f"Ich erwarte Ihre Antwort bis zum <b>{facts.date('respond_by', '2026-09-22')}</b>. Eine Kopie der Rechnung "
        "und drei Fotos lege ich bei.",
    )
    letter.signature("Mit freundlichen Grüßen", name)
    letter.note("Anlagen: Kopie der Rechnung, 3 Fotos")
    return Sample("reklamation_kaffeemaschine.pdf", letter.pdf(), "complaint", facts, ("Kaffee", "Kaufpreis"))


def complaint_broken_tiles() -> Sample:
    """Complain as a builder to a tile merchant, English."""
    facts = Facts("en", "long_en", "£")
    name = facts.text("complainant_name", "Penrose & Daughters Builders")
    phone = facts.phone("phone", "01632 960174")
    email = facts.text("email", "site@penrosebuilders.example")
    house = House(
        name,
        ("The Old Forge", "Hexham NE46 9ZZ"),
        colour="#8a3b12",
        slogan="Renovation and restoration",
        contact=(phone, email),
        mark="bars",
        folds=False,
    )
    facts.written("complainant_address", "The Old Forge, Hexham NE46 9ZZ", "The Old Forge · Hexham NE46 9ZZ")
    letter = Letter(
        house,
        "Complaint",
        (
            facts.text("recipient_name", "Tyne Tile Warehouse"),
            "Customer Services",
            "77 Staithes Road",
            "Gateshead NE11 9ZZ",
        ),
        (
            ("Date", facts.date("complaint_date", "2026-05-27")),
            ("Your delivery", facts.text("reference_number", "TT-90577")),
        ),
        "Page",
    )
    letter.subject("Complaint: broken and mismatched tiles")
    letter.say(
        "Dear Sir or Madam,",
        f"On 22 May you delivered 46 boxes of {facts.text('product', 'Alderney porcelain floor tiles')} to our site in "
        "Corbridge. When we opened the boxes, 11 of them held broken tiles, and 8 more are of a different batch whose "
        "shade is visibly darker. The driver left before we could check the pallets.",
        "Our tilers have lost two days. Photographs of the labels and of the damage are enclosed.",
        "We ask you to replace the 19 boxes with tiles of batch 2611-C and to refund the cost of the idle crew, "
        f"<b>{facts.money('amount_claimed', '480.00')}</b>. Please confirm a delivery date by "
        f"<b>{facts.date('respond_by', '2026-06-03')}</b>; otherwise we shall buy elsewhere and charge you the "
        "difference.",
    )
    letter.signature("Yours faithfully", "Grace Penrose", "Partner")
    return Sample("complaint_broken_tiles.pdf", letter.pdf(), "complaint", facts, ("tiles", "broken"))


def beschwerde_paketdienst() -> Sample:
    """Write a complaint typed into a contact form, plain text in UTF-8, German."""
    facts = Facts("de", "dotted", "Euro")
    text = f"""Kontaktformular der {facts.text("recipient_name", "Paketdienst Möwe GmbH")}
Eingegangen am: {facts.date("complaint_date", "2026-11-03")}
Thema: Beschwerde über eine Zustellung

Name: {facts.text("complainant_name", "Günther Hübschmann")}
E-Mail: {facts.text("email", "g.huebschmann@briefkasten.example")}
Telefon: {facts.phone("phone", "0221 4710 0342")}
Sendungsnummer: {facts.text("reference_number", "MW 5520 8814 07")}

Nachricht:
Guten Tag,
mein Paket mit einer {facts.text("product", "Stehleuchte Modell Fjord")} sollte am 28.10. ankommen. Laut
Sendungsverfolgung wurde es „persönlich übergeben“. Ich war aber den ganzen Tag zu Hause,
und niemand hat geklingelt. Das Paket lag zwei Tage später aufgerissen und durchnässt im
Hausflur, der Lampenschirm ist zerbrochen. Der Händler verweist mich an Sie.

Bitte ersetzen Sie mir den Schaden von {facts.money("amount_claimed", "139.90")} und teilen Sie mir bis zum
{facts.date("respond_by", "2026-11-17")} mit, wann ich mit dem Geld rechnen kann. Fotos habe ich hochgeladen.

Mit freundlichem Gruß
Günther Hübschmann
"""
    return Sample("beschwerde_paketdienst.txt", text.encode(), "complaint", facts, ("Paket", "Schaden"))


SAMPLES = (reklamation_kaffeemaschine, complaint_broken_tiles, beschwerde_paketdienst)
