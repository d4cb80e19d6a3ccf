"""Contracts."""

# ruff: noqa: RUF001 -- letters use the typographer's signs

from making.facts import Facts
from making.sample import Sample
from making.stationery import House, Letter

CLEANING_CLAUSES = (
    (
        "§ 2 Umfang der Leistungen",
        (
            "(1) Die Auftragnehmerin reinigt die in Anlage 1 genannten Flächen von zusammen 2.840 m². Zu den "
            "Leistungen gehören die Unterhaltsreinigung von montags bis freitags, die Glasreinigung einmal im Quartal "
            "und die Grundreinigung der Böden einmal im Jahr."
        ),
        (
            "(2) Die Arbeiten finden werktags zwischen 17 und 21 Uhr statt. Weitere Leistungen, etwa nach "
            "Veranstaltungen oder Bauarbeiten, werden gesondert in Textform beauftragt."
        ),
        (
            "(3) Reinigungsmittel, Geräte und Arbeitskleidung stellt die Auftragnehmerin. Sie verwendet Mittel, die "
            "ein anerkanntes Umweltzeichen tragen. Wasser, Strom und einen abschließbaren Raum stellt die "
            "Auftraggeberin."
        ),
    ),
    (
        "§ 3 Personal",
        (
            "(1) Die Auftragnehmerin setzt nur zuverlässiges, eingewiesenes Personal ein und zahlt mindestens den "
            "Branchenmindestlohn. Sie benennt eine Objektleitung, die werktags von 8 bis 21 Uhr erreichbar ist."
        ),
        (
            "(2) Schlüssel und Zugangskarten werden nur gegen Unterschrift ausgegeben. Ein Verlust ist unverzüglich "
            "mitzuteilen; die Kosten einer neuen Schließanlage trägt die Auftragnehmerin, soweit sie ihn zu vertreten "
            "hat."
        ),
        "(3) Der Einsatz von Nachunternehmern bedarf der vorherigen Zustimmung der Auftraggeberin.",
    ),
)

CLEANING_LATER_CLAUSES = (
    (
        "§ 6 Mängel und Qualitätskontrolle",
        (
            "(1) Beide Seiten begehen das Objekt einmal im Monat gemeinsam und halten das Ergebnis in einem Protokoll "
            "fest."
        ),
        (
            "(2) Mängel sind innerhalb von zwei Werktagen zu rügen und am folgenden Werktag kostenlos zu beheben. "
            "Gelingt dies nicht, kann die Auftraggeberin die Vergütung für die betroffene Fläche angemessen mindern."
        ),
    ),
    (
        "§ 7 Haftung und Versicherung",
        (
            "(1) Die Auftragnehmerin haftet für Schäden, die ihr Personal schuldhaft verursacht. Sie unterhält eine "
            "Betriebshaftpflichtversicherung über mindestens drei Millionen Euro und weist sie auf Verlangen nach."
        ),
        (
            "(2) Für leichte Fahrlässigkeit haftet sie nur bei Verletzung wesentlicher Pflichten und begrenzt auf den "
            "vorhersehbaren Schaden; die Haftung für Leben, Körper und Gesundheit bleibt unberührt."
        ),
    ),
    (
        "§ 8 Vertraulichkeit und Datenschutz",
        (
            "Das Personal öffnet weder Schränke noch Unterlagen und wahrt Stillschweigen über alles, was ihm bei der "
            "Arbeit bekannt wird. Diese Pflicht gilt über das Ende des Vertrags hinaus."
        ),
    ),
)

CLEANING_TASKS = (
    ("Büros", "Böden saugen, Papierkörbe leeren, freie Tischflächen wischen", "werktäglich"),
    ("Büros", "Türen, Schalter und Griffe feucht reinigen", "wöchentlich"),
    ("Flure, Treppen", "Böden feucht wischen, Geländer abwischen", "werktäglich"),
    ("Sanitärräume", "Becken, Armaturen, Spiegel und Böden reinigen und desinfizieren", "werktäglich"),
    ("Teeküchen", "Spülbecken und Arbeitsflächen reinigen, Geschirrspüler einräumen", "werktäglich"),
    ("Eingang", "Schmutzfangmatten saugen, Glastüren putzen", "werktäglich"),
    ("Fenster", "Glas und Rahmen innen und außen reinigen", "quartalsweise"),
    ("Alle Böden", "Grundreinigung und Neubeschichtung", "jährlich"),
)


def vertrag_gebaeudereinigung() -> Sample:
    """Write a cleaning contract over three pages, German."""
    facts = Facts("de", "long_de")
    letter = Letter(
        House(
            "Dienstleistungsvertrag",
            (),
            colour="#333333",
            slogan=f"Nr. {facts.text('contract_number', 'GR-2026-17')} · Ausfertigung für die Auftraggeberin",
        ),
        "Vertrag Nr. GR-2026-17",
    )
    letter.say(
        "zwischen",
        f"<b>{facts.text('party_a', 'Klinikverbund Saaletal gGmbH')}</b>, Am Steinhügel 1, 07743 Jena, vertreten durch "
        "die Geschäftsführerin Dr. Bärbel Voß – nachfolgend „Auftraggeberin“ –",
        "und",
        f"<b>{facts.text('party_b', 'Blitzblank Gebäudeservice GmbH')}</b>, Weimarische Straße 70, 99099 Erfurt, "
        "vertreten durch den Geschäftsführer Thomas Jäger – nachfolgend „Auftragnehmerin“ –.",
    )
    letter.heading("§ 1 Gegenstand")
    subject = facts.text("subject", "Reinigung des Verwaltungsgebäudes Am Steinhügel 1")
    letter.say(
        f"Gegenstand dieses Vertrags ist die {subject} in Jena einschließlich der Nebenflächen. Das "
        "Leistungsverzeichnis (Anlage 1) ist Bestandteil des Vertrags.",
    )
    add_clauses(letter, CLEANING_CLAUSES)
    _add_price_and_term(letter, facts)
    add_clauses(letter, CLEANING_LATER_CLAUSES)
    letter.heading("§ 9 Schlussbestimmungen")
    letter.say(
        "(1) Änderungen dieses Vertrags bedürfen der Textform. Mündliche Nebenabreden bestehen nicht.",
        f"(2) Gerichtsstand ist {facts.text('jurisdiction', 'Jena')}. Es gilt deutsches Recht.",
        "(3) Sollte eine Bestimmung unwirksam sein, bleibt der Vertrag im Übrigen wirksam.",
    )
    letter.signatures(
        ("Jena, den 11. August 2026", "Dr. Bärbel Voß", "Klinikverbund Saaletal gGmbH"),
        ("Erfurt, den 14. August 2026", "Thomas Jäger", "Blitzblank Gebäudeservice GmbH"),
    )
    letter.turn_page()
    letter.headline("Anlage 1: Leistungsverzeichnis")
    letter.table(("Bereich", "Tätigkeit", "Turnus"), CLEANING_TASKS, (45, 83, 35), "lll")
    return Sample("vertrag_gebaeudereinigung.pdf", letter.pdf(), "contract", facts, ("Reinigung", "Vertrag"))


def _add_price_and_term(letter: Letter, facts: Facts) -> None:
    letter.heading("§ 4 Vergütung")
    letter.say(
        f"(1) Die Vergütung beträgt pauschal {facts.money('contract_value', '6480.00')} im Monat zuzüglich der "
        "gesetzlichen Umsatzsteuer. Sie wird nachträglich in Rechnung gestellt und ist innerhalb von 21 Tagen zu "
        "zahlen.",
        "(2) Ändert sich der Tariflohn des Gebäudereinigerhandwerks, passen die Parteien die Vergütung im gleichen "
        "Verhältnis für den Lohnanteil von 82 % an. Die Anpassung ist sechs Wochen vorher mitzuteilen und zu belegen.",
    )
    letter.table(
        ("Leistung", "Fläche", "Turnus", "Anteil €/Monat"),
        (
            ("Büros und Flure", "2.110 m²", "werktäglich", "4.720,00"),
            ("Sanitärräume und Teeküchen", "310 m²", "werktäglich", "1.190,00"),
            ("Glasflächen, innen und außen", "420 m²", "quartalsweise", "570,00"),
        ),
        (64, 30, 35, 34),
        "lrlr",
    )
    letter.heading("§ 5 Laufzeit und Kündigung")
    letter.say(
        f"(1) Der Vertrag beginnt am {facts.date('effective_date', '2026-10-01')} und wird für die Dauer von "
        f"{facts.written('term', 'P2Y', 'zwei Jahren')} geschlossen. Er verlängert sich um jeweils "
        f"{facts.written('renewal_period', 'P1Y', 'ein Jahr')}, wenn er nicht rechtzeitig gekündigt wird.",
        f"(2) Die Kündigungsfrist beträgt {facts.written('notice_period', 'P3M', 'drei Monate zum Vertragsende')}. Die "
        "ersten drei Monate gelten als Probezeit; in ihr kann jede Seite mit einer Frist von zwei Wochen kündigen.",
        "(3) Das Recht zur Kündigung aus wichtigem Grund bleibt unberührt. Jede Kündigung bedarf der Schriftform.",
    )


def add_clauses(letter: Letter, clauses: tuple[tuple[str, ...], ...]) -> None:
    """Add clauses, each a heading and its paragraphs."""
    for heading, *paragraphs in clauses:
        letter.heading(heading)
        letter.say(*paragraphs)


LIFT_CLAUSES = (
    (
        "4. Safety, insurance and liability",
        "4.1 The Contractor employs trained engineers only and keeps the log book of each lift up to date.",
        (
            "4.2 The Contractor holds public liability insurance of at least £5,000,000. Its liability in any year is "
            "limited to three times the annual fee, save for death or personal injury caused by negligence."
        ),
        (
            "4.3 A lift that is out of service for more than 48 hours through the Contractor’s fault lowers the fee by "
            "£25.00 a day."
        ),
    ),
)

LIFTS = (
    ("Ravensgate House, 40 Tower Road", "4", "1998"),
    ("Keel Court, 1–9 Quayside Row", "5", "2007"),
    ("The Maltings, Brewer Lane", "2", "2015"),
)


def service_agreement_lifts() -> Sample:
    """Write a maintenance agreement over two pages, English."""
    facts = Facts("en", "long_en", "£")
    letter = Letter(
        House(
            "Maintenance Agreement",
            (),
            colour="#333333",
            slogan=f"Reference {facts.text('contract_number', 'LM/2026/0442')}",
        ),
        "Agreement LM/2026/0442",
        page_word="Page",
    )
    letter.say(
        "This agreement is made on 2 March 2026 between "
        f"<b>{facts.text('party_a', 'Ravensgate Housing Association')}</b>, 40 Tower Road, Newcastle upon Tyne NE1 "
        f"5ZZ (the “Client”), and <b>{facts.text('party_b', 'Upward Lift Engineers Ltd')}</b>, Company No. 99630154, "
        "Foundry Yard, Gateshead NE8 2ZZ (the “Contractor”).",
    )
    letter.heading("1. Services")
    subject = facts.text("subject", "maintenance of eleven passenger lifts")
    letter.say(
        f"1.1 The Contractor shall carry out the {subject} in the Client’s buildings listed in Schedule A.",
        "1.2 Each lift shall be inspected every month. The Contractor shall attend a breakdown within four hours, and "
        "within one hour if persons are trapped, at any time of day.",
    )
    letter.heading("2. Term and termination")
    letter.say(
        f"2.1 This agreement takes effect on {facts.date('effective_date', '2026-04-01')} and continues for an initial "
        f"term of {facts.written('term', 'P3Y', 'three years')}.",
        "2.2 After the first year either party may terminate it by giving "
        f"{facts.written('notice_period', 'P6M', 'six months’ written notice')}. Either party may terminate at "
        "once if the other commits a material breach and does not remedy it in 14 days.",
    )
    letter.heading("3. Charges")
    letter.say(
        f"3.1 The Client shall pay an annual fee of {facts.money('contract_value', '18700.00')} plus VAT, in four "
        "equal instalments, within 30 days of invoice. Parts above £150.00 are charged at cost plus 10%.",
        "3.2 The fee may rise once a year by no more than the Consumer Prices Index.",
    )
    add_clauses(letter, LIFT_CLAUSES)
    letter.heading("5. General")
    letter.say(
        "5.1 Neither party may assign this agreement without the other’s written consent. Changes are valid only in "
        "writing.",
        f"5.2 This agreement is governed by the law of {facts.text('jurisdiction', 'England and Wales')}, whose courts "
        "have exclusive jurisdiction.",
    )
    letter.signatures(
        ("Signed for the Client", "Margaret Hollis", "Chief Executive"),
        ("Signed for the Contractor", "Dev Sharma", "Managing Director"),
    )
    letter.turn_page()
    letter.headline("Schedule A: the lifts")
    letter.table(("Building", "Lifts", "Year built"), LIFTS, (100, 30, 33), "lrr")
    return Sample("service_agreement_lifts.pdf", letter.pdf(), "contract", facts, ("lifts", "maintenance"))


def non_disclosure_agreement() -> Sample:
    """Write a short agreement as plain text, English."""
    facts = Facts("en", "us", "$")
    text = f"""MUTUAL NON-DISCLOSURE AGREEMENT

between {facts.text("party_a", "Larkspur Robotics Inc.")}, 80 Foundry Avenue, Pittsburgh, PA
and {facts.text("party_b", "Oakline Sensors LLC")}, 1217 Harbor Drive, Portland, OR

1. Purpose. The parties wish to explore the
   {facts.text("subject", "joint development of a gripper with tactile sensors")}
   and will share confidential information for that purpose only.
2. Confidential information is any technical or business information that is marked as
   confidential or that a reasonable person would take to be so.
3. Duties. Each party keeps the other's information secret, gives it only to employees who
   need it, and returns or destroys it on request within ten days.
4. Exceptions. Information that is public, already known, or developed independently is free.
5. Term. This agreement takes effect on {facts.date("effective_date", "2026-01-15")} and remains in force
   for {facts.written("term", "P2Y", "two years")}. Either party may end it with
   {facts.written("notice_period", "P30D", "30 days' written notice")}; the duty of secrecy lasts three years longer.
6. Law. The courts of {facts.text("jurisdiction", "Allegheny County, Pennsylvania")}, have jurisdiction.

Signed: Naomi Feld, CEO, Larkspur Robotics Inc.
Signed: Victor Ruiz, Managing Member, Oakline Sensors LLC
"""
    return Sample("non_disclosure_agreement.txt", text.encode(), "contract", facts, ("confidential", "Larkspur"))


SAMPLES = (vertrag_gebaeudereinigung, service_agreement_lifts, non_disclosure_agreement)
