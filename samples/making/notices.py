"""Notices of public authorities, and a newsletter that is none of the types."""

# ruff: noqa: RUF001 -- letters use the typographer's signs

from making.facts import Facts, make_iban
from making.sample import Sample
from making.stationery import House, Letter


def bescheid_grundsteuer() -> Sample:
    """Write a town's property tax assessment, German."""
    facts = Facts("de", "dotted")
    iban = make_iban("DE", "990610590000038117")
    house = House(
        facts.text("authority", "Stadt Rabenau am See"),
        ("Rathausplatz 1", "17192 Rabenau"),
        colour="#0d4f8b",
        slogan="Der Bürgermeister · Amt für Finanzen, Steuern und Abgaben",
        contact=(
            f"Auskunft: {facts.text('official_name', 'Frau Thießen')}, Zimmer 2.14",
            "Telefon 03991 5550-214",
            "steueramt@rabenau-see.example",
        ),
        footer=(
            ("Sprechzeiten: Di 9–12, 14–18 Uhr", "Do 9–12 Uhr"),
            (
                "Seenkreis-Sparkasse",
                f"IBAN {facts.iban('iban', iban)}",
            ),
        ),
        mark="crest",
    )
    file_number = facts.text("file_number", "01.20477.3-G")
    subject = facts.text("subject", "Grundsteuer B für das Jahr 2026")
    letter = Letter(
        house,
        "Bescheid",
        (facts.text("addressee", "Ehepaar Ilse und Bernd Kühnapfel"), "Fischerweg 28", "17192 Rabenau"),
        (("Kassenzeichen", file_number), ("Datum", facts.date("notice_date", "2026-01-26"))),
    )
    letter.subject(f"Bescheid über {subject}")
    letter.say(
        "Sehr geehrte Frau Kühnapfel, sehr geehrter Herr Kühnapfel,",
        "für das Grundstück Fischerweg 28 setzen wir fest:",
    )
    letter.table(
        ("Grundsteuermessbetrag €", "Hebesatz", "Jahresbetrag €"), (("104,60", "425 %", "444,55"),), (55, 53, 55), "rrr"
    )
    letter.say(
        f"Die Grundsteuer beträgt <b>{facts.money('amount', '444.55')}</b>. Der Betrag ist in einer Summe bis zum "
        f"<b>{facts.date('pay_by', '2026-07-01')}</b> zu zahlen. Bitte geben Sie das Kassenzeichen an. Dieser "
        "Bescheid gilt auch für die folgenden Jahre, bis ein neuer ergeht.",
    )
    letter.heading("Rechtsbehelfsbelehrung")
    appeal = facts.written("appeal_period", "P1M", "innerhalb eines Monats nach Bekanntgabe")
    letter.note(
        f"Gegen diesen Bescheid kann {appeal} "
        "Widerspruch bei der Stadt Rabenau am See, Rathausplatz 1, 17192 Rabenau, erhoben werden. Der Widerspruch hat "
        "keine aufschiebende Wirkung; der Betrag ist auch dann fristgerecht zu zahlen.",
    )
    letter.gap()
    letter.say("Im Auftrag<br/>Thießen")
    letter.note("Dieses Schreiben wurde maschinell erstellt und ist ohne Unterschrift gültig.")
    return Sample("bescheid_grundsteuer.pdf", letter.pdf(), "public_notice", facts, ("Grundsteuer", "Rabenau"))


def bescheid_baugenehmigung() -> Sample:
    """Write a building permit with a fee, German."""
    facts = Facts("de", "long_de")
    house = House(
        facts.text("authority", "Landkreis Hohenfels"),
        ("Kreishausstraße 8", "88630 Hohenfels"),
        colour="#4a4a4a",
        slogan="Untere Bauaufsichtsbehörde",
        contact=(
            f"Bearbeiter: {facts.text('official_name', 'Herr Stäbler')}",
            "Telefon 07552 5550-81",
            "bauamt@landkreis-hohenfels.example",
        ),
        footer=(
            ("Landratsamt Hohenfels", "Kreishausstraße 8, 88630 Hohenfels"),
            ("Bitte bei Antwort angeben:", "Aktenzeichen"),
        ),
        mark="crest",
        side="centre",
    )
    file_number = facts.text("file_number", "63-BG-0415/26")
    letter = Letter(
        house,
        "Baugenehmigung",
        (
            facts.text("addressee", "Töpferei Silberdistel GbR"),
            "Frau Monika Fröschle",
            "Talgasse 31",
            "88634 Herdwangen",
        ),
        (("Aktenzeichen", file_number), ("Datum", facts.date("notice_date", "2026-08-06"))),
    )
    letter.subject("Baugenehmigung")
    subject = facts.text("subject", "Anbau eines Brennraums mit Schornstein")
    letter.say(
        "Sehr geehrte Frau Fröschle,",
        f"auf Ihren Antrag vom 2. Juni 2026 erteilen wir Ihnen die Genehmigung für das Vorhaben <b>{subject}</b> auf "
        "dem Grundstück Talgasse 31, Flurstück 212/4. Sie ergeht unter folgenden Nebenbestimmungen:",
        "1. Der Schornstein muss den First um mindestens 80 cm überragen; vor der Inbetriebnahme ist die "
        "Bescheinigung des Bezirksschornsteinfegers vorzulegen.<br/>2. Der Beginn der Arbeiten ist eine Woche vorher "
        "anzuzeigen.<br/>3. Die Genehmigung erlischt, wenn nicht innerhalb von drei Jahren begonnen wird.",
        f"Für diese Entscheidung wird eine Gebühr von <b>{facts.money('amount', '386.00')}</b> festgesetzt. Sie ist "
        f"bis zum {facts.date('pay_by', '2026-09-07')} zu überweisen; ein Überweisungsträger liegt bei.",
    )
    letter.heading("Rechtsbehelfsbelehrung")
    letter.note(
        f"Gegen diesen Bescheid kann {facts.written('appeal_period', 'P1M', 'innerhalb eines Monats nach Zustellung')} "
        "Widerspruch beim Landratsamt Hohenfels eingelegt werden.",
    )
    letter.signature("Im Auftrag", "Dieter Stäbler", "Bauamtmann")
    return Sample("bescheid_baugenehmigung.pdf", letter.pdf(), "public_notice", facts, ("Genehmigung", "Schornstein"))


def penalty_charge_notice() -> Sample:
    """Write a council's fine for driving in a bus lane, English."""
    facts = Facts("en", "long_en", "£")
    house = House(
        facts.text("authority", "Wexbridge City Council"),
        ("Civic Centre, Guildhall Square", "Wexbridge WX1 1AA"),
        colour="#5b1f69",
        slogan="Parking and Traffic Enforcement",
        contact=("www.wexbridge.example/pcn", "Payments 01632 960555"),
        footer=(("Wexbridge City Council", "Civic Centre, Guildhall Square, Wexbridge WX1 1AA"),),
        mark="crest",
        folds=False,
    )
    file_number = facts.text("file_number", "WX 7043 8812")
    letter = Letter(
        house,
        "Penalty Charge Notice",
        (f"Mr {facts.text('addressee', 'Leonard Bassett')}", "52 Orchard Way", "Wexbridge WX4 7ZZ"),
        (
            ("Notice number", file_number),
            ("Date of notice", facts.date("notice_date", "2026-07-20")),
            ("Vehicle", "WX24 ZZZ"),
        ),
        "Page",
    )
    letter.subject(f"Penalty Charge Notice: {facts.text('subject', 'being in a bus lane')}")
    letter.say(
        "Dear Mr Bassett,",
        "Our records show that you are the registered keeper of the vehicle above. It was seen on camera in the bus "
        "lane of Castle Street on 14 July 2026 at 08:17, when the lane was reserved for buses, cycles and taxis. The "
        "council therefore believes that a penalty charge is payable under the Transport Act 2000.",
        f"The penalty charge is <b>{facts.money('amount', '70.00')}</b>. You must pay it by "
        f"<b>{facts.date('pay_by', '2026-08-17')}</b>. If we receive payment within 14 days of this notice, we accept "
        "half.",
    )
    letter.heading("How to challenge this notice")
    letter.say(
        "You may make representations in writing "
        f"{facts.written('appeal_period', 'P28D', 'within 28 days of the date of service')}. If we reject them, you "
        "can appeal to the independent Traffic Penalty Tribunal. If you neither pay nor challenge it, the charge "
        "rises by half "
        "and may be registered as a debt at the county court.",
    )
    letter.signature("For the council", facts.text("official_name", "Judith Amory"), "Head of Traffic Enforcement")
    return Sample("penalty_charge_notice.pdf", letter.pdf(), "public_notice", facts, ("bus lane", "penalty"))


def newsletter_museum() -> Sample:
    """Write a museum's newsletter, English: none of the types."""
    facts = Facts("en", "long_en", "£")
    house = House(
        "Harbour Museum",
        ("Old Customs House", "Falmouth TR11 9ZZ"),
        colour="#0a6a8f",
        slogan="Friends’ newsletter · Autumn 2026",
        footer=(("Open Tuesday to Sunday, 10 to 17", "friends@harbourmuseum.example"),),
        mark="ring",
        side="centre",
    )
    letter = Letter(house, "Autumn news", page_word="Page")
    letter.headline("What is on this autumn")
    letter.heading("Lights at sea")
    letter.say(
        "From 19 September our new exhibition follows four centuries of lighthouse keepers along the Cornish coast. "
        "The heart of it is a lens two metres high, lent by a family who kept it in a barn for sixty years. Friends "
        "are invited to a preview with the curator on the evening before."
    )
    letter.heading("The boat shed is back")
    letter.say(
        "After a wet spring the roof of the boat shed is tight again. Thanks to 212 donations, children can once more "
        "build a raft and test it in the tank. Volunteers for Saturday mornings are always welcome."
    )
    letter.heading("A recipe from the galley")
    letter.say(
        "Ship’s biscuit, the kind way: flour, butter, a pinch of salt and plenty of patience. Our café serves it with "
        "clotted cream, which no sailor ever saw."
    )
    letter.heading("For your diary")
    letter.table(
        ("When", "What", "Where"),
        (
            ("3 October", "Knot workshop for families", "Boat shed"),
            ("24 October", "Talk: wrecks and rumours", "Library"),
            ("14 November", "Shanty evening", "Café"),
        ),
        (40, 83, 40),
        "lll",
    )
    return Sample("newsletter_museum.pdf", letter.pdf(), "other", facts, ("museum", "exhibition"))


SAMPLES = (bescheid_grundsteuer, bescheid_baugenehmigung, penalty_charge_notice, newsletter_museum)
