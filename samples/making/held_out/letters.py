"""Contracts, a complaint, an application, a medical report and a notice; persons and firms are invented."""

# ruff: noqa: E501, RUF001 -- what a document says on one line stays on one, in the typographer's signs

from email.headerregistry import Address

from reportlab.platypus import FrameBreak

from making.facts import Facts, make_iban
from making.held_out.sheets import form, gap, grid, pdf, text
from making.messages import message
from making.sample import Sample


def mietvertrag_lager() -> Sample:
    """Write an Austrian lease in two columns."""
    facts = Facts("de", "long_de")
    story = [
        text("MIETVERTRAG über Lagerräume", 14, "Times-Bold"),
        text(f"Vertrag Nr. {facts.text('contract_number', 'L-2026/7')}", 9),
        text(
            f"I. Vermieterin ist die {facts.text('party_a', 'Donauhafen Immobilien GmbH')}, Hafenstraße 2, 4020 Linz. Mieterin "
            f"ist die {facts.text('party_b', 'Lebkuchen Pichler KG')}, Kirchenplatz 5, 4400 Steyr.",
        ),
        text(
            f"II. Vermietet wird die {facts.text('subject', 'Halle C mit 620 m² Lagerfläche')} samt Rampe. Eine Untervermietung "
            "ist nur mit schriftlicher Zustimmung gestattet.",
        ),
        text(
            f"III. Das Mietverhältnis beginnt am {facts.written('effective_date', '2026-02-01', '1. Februar 2026')}. Es wird "
            f"{facts.written('term', 'indefinite', 'auf unbestimmte Zeit')} geschlossen.",
        ),
        text(
            "IV. Jeder Teil kann es unter Einhaltung einer Frist von "
            f"{facts.written('notice_period', 'P6M', 'sechs Monaten zum Ende eines Kalendervierteljahres')} aufkündigen. Die "
            "Kündigung bedarf der Schriftform."
        ),
        FrameBreak(),
        text(
            f"V. Der Mietzins beträgt monatlich {facts.written('contract_value', '4030.00', '€ 4.030,00')} zuzüglich "
            "Betriebskosten und Umsatzsteuer und ist am Monatsersten im Voraus fällig. Er ist an den Verbraucherpreisindex "
            "gebunden; Schwankungen bis drei Prozent bleiben außer Betracht.",
        ),
        text(
            "VI. Die Mieterin erlegt eine Kaution von € 12.090,00. Sie hält die Halle in gutem Zustand und duldet nach "
            "Voranmeldung die Besichtigung.",
        ),
        text(
            f"VII. Für Streitigkeiten ist das sachlich zuständige Gericht in {facts.text('jurisdiction', 'Linz')} zuständig. Es "
            "gilt österreichisches Recht. Die Kosten der Errichtung trägt die Mieterin.",
        ),
        gap(6),
        text("Linz, am 9. Jänner 2026"),
        text("Für die Vermieterin: Mag. Doris Kaltenböck"),
        text("Für die Mieterin: Ferdinand Pichler"),
    ]
    return Sample(
        "mietvertrag_lagerhalle.pdf", pdf("Mietvertrag", story, columns=2), "contract", facts, ("Halle", "Miet")
    )


def consultancy_agreement() -> Sample:
    """Write an agreement whose key terms stand in a table before the clauses, English."""
    facts = Facts("en", "long_en", "£")
    story = [
        text("Consultancy Agreement", 18, "Helvetica-Bold", 1),
        grid(
            [
                ("Key term", "Agreed"),
                ("Agreement reference", facts.text("contract_number", "FS-CA-31")),
                ("Client", facts.text("party_a", "Fenland Drainage Commissioners")),
                ("Consultant", facts.text("party_b", "Orla Quigley Hydrology Ltd")),
                ("Services", facts.text("subject", "flood model of the Welland catchment")),
                ("Commencement date", facts.date("effective_date", "2026-03-02")),
                ("Expiry date", facts.date("end_date", "2027-03-01")),
                ("Fee", f"{facts.money('contract_value', '38400.00')} plus VAT, in four stages"),
                (
                    "Termination",
                    f"{facts.written('notice_period', 'P4W', 'four weeks’ written notice')} by either party",
                ),
                (
                    "Extension",
                    f"once, by {facts.written('renewal_period', 'P6M', 'six months')}, if both agree in writing",
                ),
                ("Governing law and courts", facts.text("jurisdiction", "England and Wales")),
            ],
            (55, 115),
            "Helvetica",
            10,
        ),
        gap(),
        text(
            "1. The Consultant performs the Services with reasonable skill and care, and remains responsible for any person "
            "whom it engages. 2. All models and reports become the Client’s property on payment. 3. Neither party discloses "
            "confidential information of the other. 4. The Consultant holds professional indemnity insurance of £1,000,000. "
            "5. The key terms above form part of this agreement and prevail over its clauses.",
            9,
            "Helvetica",
        ),
        gap(),
        text(
            "Signed: Piers Ashdown, Clerk to the Commissioners &nbsp;&nbsp;&nbsp; Signed: Orla Quigley, Director",
            9,
            "Helvetica",
        ),
    ]
    return Sample("consultancy_agreement_flood.pdf", pdf("Agreement", story), "contract", facts, ("flood", "agreement"))


def reclamation_lave_linge() -> Sample:
    """Write a French customer's letter as plain text."""
    facts = Facts("fr", "long_en")
    content = f"""{facts.text("complainant_name", "Solène Vautrin")}
{facts.written("complainant_address", "8 impasse des Lilas, 54000 Nancy", "8 impasse des Lilas, 54000 Nancy")}
Tél. {facts.phone("phone", "03 99 00 41 27")} / {facts.text("email", "solene.vautrin@courriel.example")}

À {facts.text("recipient_name", "Électro Grand Est")}, service après-vente

Nancy, le {facts.date("complaint_date", "2026-02-23")}

Objet : commande {facts.text("reference_number", "EGE-30551")}, appareil défectueux

Madame, Monsieur,

Le {facts.text("product", "lave-linge Brise 8 kg")} livré le mois dernier s'arrête en plein
essorage et laisse de l'eau sur le sol. Votre technicien est passé deux fois sans
trouver la panne. La garantie légale de conformité me permet de demander la
résolution de la vente.

Je vous demande donc de reprendre l'appareil et de me rembourser
{facts.written("amount_claimed", "529.90", "529,90 €")}. Sans réponse de votre part avant le
{facts.date("respond_by", "2026-03-16")}, je saisirai le conciliateur de justice.

Veuillez agréer, Madame, Monsieur, mes salutations distinguées.
S. Vautrin
"""
    return Sample("reclamation_lave_linge.txt", content.encode(), "complaint", facts, ("lave-linge", "rembours"))


def beschwerde_bahnreise() -> Sample:
    """Write a traveller's informal mail, German."""
    facts = Facts("de", "dotted")
    body = f"""Hallo liebes Team der {facts.text("recipient_name", "Regionalbahn Spreeland")},

ich schreibe heute, {facts.date("complaint_date", "2026-07-10")}, weil die Fahrt gestern echt kein Spaß war: der
{facts.text("product", "RE 71 nach Lübbenau")} blieb 95 Minuten ohne Klimaanlage auf freier Strecke stehen, keine Durchsage,
kein Wasser. Mein Anschluss war weg, das Taxi hat {facts.written("amount_claimed", "64.80", "64,80 EUR")} gekostet. Das Geld
hätte ich gern zurück, Beleg hängt an. Buchung: {facts.text("reference_number", "RBS7QX42")}.

Wäre schön, bis {facts.written("respond_by", "2026-07-24", "24.07.26")} von euch zu hören.

Viele Grüße
{facts.text("complainant_name", "Thilo Wernicke")}
{facts.phone("phone", "0157 5550 2214")}
"""
    facts.text("email", "thilo.wernicke@netzpost.example")
    body += "thilo.wernicke@netzpost.example\n"
    mail = message(
        Address("Thilo Wernicke", "thilo.wernicke", "netzpost.example"),
        "service@rb-spreeland.example",
        "95 Minuten im Backofen",
        "Fri, 10 Jul 2026 21:48:00 +0200",
        body,
    )
    return Sample("beschwerde_bahnreise.eml", mail.as_bytes(), "complaint", facts, ("Taxi", "Minuten"))


def bewerbung_koch() -> Sample:
    """Write an Austrian cook's application that begins with the curriculum vitae, plain text."""
    facts = Facts("de", "dotted")
    content = f"""BEWERBUNGSUNTERLAGEN

Name ............ {facts.text("applicant_name", "Florian Obermoser")}
Anschrift ....... {facts.written("applicant_address", "Dorfstraße 19, 6364 Brixen im Thale", "Dorfstraße 19, 6364 Brixen im Thale")}
Mobil ........... {facts.phone("phone", "+43 699 990 418 22")}
E-Mail .......... {facts.text("email", "f.obermoser@almpost.example")}
Gewünschte Stelle {facts.text("position", "Chef de Partie")} (Inserat {facts.text("reference_number", "KÜ-26-14")})

WERDEGANG
seit 2022   Demichef, {facts.text("current_employer", "Hotel Sonnkogel")}
2019-2022   Jungkoch, Wirtshaus am Inn, Kufstein
2015-2019   Lehre Koch/Kellner, Tourismusschule St. Johann

Sehr geehrte Frau Hechenberger,

Ihr Haus kenne ich von der anderen Seite des Tresens und würde gern an den Herd wechseln.
Fisch und Saucen sind meine Posten, Lehrlinge bilde ich mit Freude aus.

Frei wäre ich ab {facts.written("earliest_start", "2026-12-01", "1. Dezember 2026")}; brutto stelle ich mir
{facts.written("salary_expectation", "2950", "€ 2.950,-")} im Monat vor, mit Personalzimmer.

Brixen, am {facts.date("application_date", "2026-10-05")}
Florian Obermoser
"""
    return Sample("bewerbung_koch.txt", content.encode(), "job_application", facts, ("Koch", "Bewerbung"))


def untersuchungsbericht_augen() -> Sample:
    """Write a Swiss eye clinic's report as a form."""
    facts = Facts("de", "dotted")
    story = [
        text(f"{facts.text('facility', 'Augenklinik Aarebogen AG')} · Untersuchungsbericht", 13, "Helvetica-Bold"),
        form(
            [
                [
                    ("Patientin", facts.text("patient_name", "Margrit Leuenberger")),
                    ("Geb.", facts.date("birth_date", "1951-08-02")),
                ],
                [
                    ("Fall-Nr.", facts.text("case_number", "A-55018")),
                    ("Zuweiserin", facts.text("referring_physician", "Dr. med. Anna Zbinden")),
                ],
                [
                    ("Untersucht am", facts.date("admission_date", "2026-06-16")),
                    ("Bericht vom", facts.date("report_date", "2026-06-18")),
                ],
                [
                    ("Hauptdiagnose", facts.text("diagnosis", "Altersbedingte Katarakt beidseits")),
                    ("ICD-10", facts.text("icd_code", "H25.1")),
                ],
            ],
            170,
        ),
        gap(),
        grid(
            [
                ("", "rechts", "links"),
                ("Visus mit Brille", "0.4", "0.5"),
                ("Augendruck", "15 mmHg", "16 mmHg"),
                ("Linse", "Kerntrübung Grad 3", "Kerntrübung Grad 2"),
                ("Netzhaut", "unauffällig", "unauffällig"),
            ],
            (50, 60, 60),
            "Helvetica",
        ),
        gap(),
        text(
            "Procedere: Operation rechts im September vorgesehen, links drei Monate später. Bis dahin keine neue Brille. "
            "Blutverdünner müssen nicht pausiert werden.",
            10,
            "Helvetica",
        ),
        text(f"{facts.text('physician', 'PD Dr. med. Reto Brunner')}, Leitender Arzt", 10, "Helvetica"),
    ]
    return Sample(
        "untersuchungsbericht_augen.pdf", pdf("Bericht", story), "medical_report", facts, ("Katarakt", "Operation")
    )


def strafverfuegung() -> Sample:
    """Write an Austrian authority's penalty for speeding."""
    facts = Facts("de", "dotted")
    story = [
        text(facts.text("authority", "Bezirkshauptmannschaft Murtal"), 12, "Times-Bold", 1),
        text("Kapellenweg 11, 8750 Judenburg", 9, align=1),
        text(
            f"GZ: {facts.text('file_number', 'BHMT-15.1-2204/2026')} &nbsp;&nbsp; Judenburg, am {facts.date('notice_date', '2026-03-24')}"
            f" &nbsp;&nbsp; Bearbeiterin: {facts.text('official_name', 'Andrea Gruber')}",
            9,
        ),
        gap(),
        text(f"Herrn<br/>{facts.text('addressee', 'Zoltan Farkas')}<br/>Hauptplatz 27/4<br/>8720 Knittelfeld"),
        text("STRAFVERFÜGUNG", 14, "Times-Bold", 1),
        text(
            "Sie haben am 02.03.2026 um 07:41 Uhr auf der S 36 als Lenker des Fahrzeuges MT-990ZZ folgende "
            f"Verwaltungsübertretung begangen: {facts.text('subject', 'Überschreiten der zulässigen Höchstgeschwindigkeit')} um "
            "24 km/h. Dadurch wurde § 20 Abs. 2 StVO 1960 verletzt."
        ),
        text(
            f"Über Sie wird eine Geldstrafe von <b>{facts.written('amount', '90.00', 'EUR 90,00')}</b> verhängt, ersatzweise 41 Stunden Freiheitsstrafe."
        ),
        text(
            f"Der Betrag ist bis {facts.date('pay_by', '2026-04-21')} auf das Konto "
            f"{facts.iban('iban', make_iban('AT', '9903000055501234'))} einzuzahlen."
        ),
        text("Rechtsmittelbelehrung", 10, "Times-Bold"),
        text(
            "Sie können gegen diese Strafverfügung "
            f"{facts.written('appeal_period', 'P2W', 'binnen zwei Wochen nach Zustellung')} bei der oben angeführten Behörde "
            "Einspruch erheben. Wird er rechtzeitig erhoben, tritt sie außer Kraft."
        ),
    ]
    return Sample(
        "strafverfuegung_tempo.pdf", pdf("Strafverfügung", story), "public_notice", facts, ("Geldstrafe", "Einspruch")
    )


SAMPLES = (
    mietvertrag_lager,
    consultancy_agreement,
    reclamation_lave_linge,
    beschwerde_bahnreise,
    bewerbung_koch,
    untersuchungsbericht_augen,
    strafverfuegung,
)
