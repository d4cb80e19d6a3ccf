"""Invoices, orders, a delivery note and reminders of Austria, Switzerland, France and England."""

# ruff: noqa: E501, RUF001 -- what a document says on one line stays on one, in the typographer's signs

from email.headerregistry import Address

from reportlab.platypus import Table

from making.facts import Facts, make_iban
from making.held_out.sheets import form, gap, grid, pdf, side_by_side, text
from making.messages import message
from making.sample import Sample

NARROW = "\u202f"
"""The narrow space that French sets between thousands and before signs."""


def row(description: str, quantity: str, line_total: str) -> dict[str, str]:
    """Give a labelled row of a table."""
    return {"description": description, "quantity": quantity, "line_total": line_total}


def rechnung_tischlerei() -> Sample:
    """Write an Austrian joiner's invoice in a grid."""
    facts = Facts("de", "dotted")
    facts.written("currency", "EUR", "EUR")
    seller = (
        f"{facts.text('seller_name', 'Tischlerei Hinterleitner e.U.')}<br/>Schmiedgasse 3<br/>4600 Wels<br/>"
        f"UID: {facts.text('seller_vat_id', 'ATU99001230')}"
    )
    reference = (
        f"Rechnungsnummer: {facts.text('invoice_number', 'R 118/26')}<br/>Ausgestellt am "
        f"{facts.written('issue_date', '2026-01-19', '19. Jänner 2026')}<br/>"
        f"Auftrag: {facts.text('order_number', 'GK-4471')}<br/>Leistungszeitraum: Dezember 2025"
    )
    story = [
        text("RECHNUNG", 18, "Times-Bold", 2),
        grid(
            [
                (seller, reference),
                (
                    f"An<br/>{facts.text('buyer_name', 'Gasthof zur Krone, Fam. Aigner')}<br/>Marktplatz 8<br/>4710 Grieskirchen",
                    "Zahlungsbedingungen: ohne Abzug, fällig am " + facts.date("due_date", "2026-02-02"),
                ),
            ],
            (85, 85),
        ),
        gap(),
        grid(
            [
                ("Menge", "Bezeichnung", "Einheitspreis EUR", "Gesamt EUR"),
                ("6 Stk", "Fensterläden Lärche, geölt", "284,00", "1.704,00"),
                ("14 h", "Montage durch zwei Fachkräfte", "62,50", "875,00"),
                ("1 Psch", "Entsorgung der alten Läden", "90,00", "90,00"),
            ],
            (20, 85, 35, 30),
        ),
        gap(3),
        _joiners_totals(facts),
        gap(),
        text(
            f"Bankverbindung: Hausruck Volksbank, IBAN {facts.iban('iban', make_iban('AT', '9902000012345678'))}. "
            "Gerichtsstand Wels, FN 990123p."
        ),
    ]
    rows = (
        row("Fensterläden Lärche, geölt", "6", "1704.00"),
        row("Montage durch zwei Fachkräfte", "14", "875.00"),
        row("Entsorgung der alten Läden", "1", "90.00"),
    )
    return Sample(
        "rechnung_tischlerei_wels.pdf", pdf("Rechnung", story), "invoice", facts, ("Fensterläden", "Rechnung"), rows
    )


def _joiners_totals(facts: Facts) -> Table:
    values = (
        f"EUR {facts.written('net_total', '2669.00', '2.669,00')}",
        "20 %",
        f"EUR {facts.written('tax_total', '533.80', '533,80')}",
        f"EUR {facts.written('gross_total', '3202.80', '3.202,80')}",
    )
    return grid([("Nettobetrag", "USt-Satz", "USt", "Rechnungsbetrag"), values], (45, 35, 45, 45))


def rechnung_velowerkstatt() -> Sample:
    """Write a Swiss workshop's invoice as a till prints it: plain text with leaders."""
    facts = Facts("de", "dotted")
    facts.written("currency", "CHF", "CHF")
    content = f"""*** {facts.text("seller_name", "Velo Zgraggen AG")} ***
Seestrasse 41 / 6454 Flüelen
{facts.written("seller_vat_id", "CHE990123466MWST", "CHE-990.123.466 MWST")}

Rechnung {facts.text("invoice_number", "20260-77")}          Flüelen, {facts.date("issue_date", "2026-05-04")}
Kundin: {facts.text("buyer_name", "Pfadi Uri Süd")}, Kassierin Seraina Arnold

Lagervelo Revision, Pauschale    4 x  145.00 ........   580.00
Bremsbeläge Set                 11 x   18.50 ........   203.50
Schlauch 26"                     9 x    9.90 ........    89.10
Abholung Lastenvelo              1 x  450.00 ........   450.00
                                             -----------------
Zwischentotal exkl. MWST ............... CHF {facts.written("net_total", "1322.60", "1’322.60")}
MWST 8.1 % ............................. CHF {facts.written("tax_total", "107.13", "107.13")}
Rundung ................................ CHF 0.02
TOTAL .................................. CHF {facts.written("gross_total", "1429.75", "1’429.75")}

Zahlbar bis {facts.date("due_date", "2026-06-03")} auf {facts.iban("iban", make_iban("CH", "99001000123456789"))}
Merci für euren Auftrag, gute Fahrt ins Lager!
"""
    rows = (
        row("Lagervelo Revision, Pauschale", "4", "580.00"),
        row("Bremsbeläge Set", "11", "203.50"),
        row('Schlauch 26"', "9", "89.10"),
        row("Abholung Lastenvelo", "1", "450.00"),
    )
    return Sample("rechnung_velowerkstatt.txt", content.encode(), "invoice", facts, ("Velo", "Rechnung"), rows)


def facture_imprimerie() -> Sample:
    """Write a French printer's invoice, sender and receiver beside each other."""
    facts = Facts("fr", "long_en")
    facts.written("currency", "EUR", "€")
    story = [
        text(f"Facture n° {facts.text('invoice_number', 'F2026-0311')}", 16, "Helvetica-Bold"),
        text(f"Date de facture : {facts.date('issue_date', '2026-03-16')}", font="Helvetica"),
        text(f"Votre bon de commande : {facts.text('order_number', 'BC 5580')}", font="Helvetica"),
        _printer_and_customer(facts),
        gap(),
        grid(
            [
                ("Désignation", "Qté", "P.U. HT", "Montant HT"),
                ("Programme 24 pages, papier recyclé", "1 500", "0,86", "1 290,00"),
                ("Affiches 40 × 60 cm, quadrichromie", "200", "1,95", "390,00"),
                ("Livraison à Strasbourg", "1", "48,00", "48,00"),
            ],
            (90, 20, 25, 30),
            "Helvetica",
            ruled=False,
        ),
        gap(),
        text(f"Total HT : {facts.written('net_total', '1728.00', '1 728,00 €')}", font="Helvetica"),
        text(f"TVA 20 % : {facts.written('tax_total', '345.60', '345,60 €')}", font="Helvetica"),
        text(f"<b>Net à payer TTC : {facts.written('gross_total', '2073.60', '2 073,60 €')}</b>", 11, "Helvetica"),
        gap(3),
        text(
            f"À régler avant le {facts.date('due_date', '2026-04-15')} par virement, IBAN "
            f"{facts.iban('iban', make_iban('FR', '99004000990001234567890'))}. Pas d’escompte pour paiement anticipé. "
            "Indemnité forfaitaire pour frais de recouvrement en cas de retard : 40 €.",
            8,
            "Helvetica",
        ),
    ]
    rows = (
        row("Programme 24 pages, papier recyclé", "1500", "1290.00"),
        row("Affiches 40 × 60 cm, quadrichromie", "200", "390.00"),
        row("Livraison à Strasbourg", "1", "48.00"),
    )
    return Sample(
        "facture_imprimerie_colmar.pdf", pdf("Facture", story), "invoice", facts, ("facture", "programme"), rows
    )


def _printer_and_customer(facts: Facts) -> Table:
    return side_by_side(
        [
            text("<b>Émetteur</b>", font="Helvetica"),
            text(
                f"{facts.text('seller_name', 'Imprimerie des Tanneurs SARL')}<br/>14, rue des Tanneurs<br/>68000 Colmar"
                f"<br/>SIREN 990 123 457<br/>N° TVA {facts.text('seller_vat_id', 'FR08990123457')}",
                9,
                "Helvetica",
            ),
        ],
        [
            text("<b>Destinataire</b>", font="Helvetica"),
            text(
                f"{facts.text('buyer_name', 'Association Les Mots d’Hiver')}<br/>À l’attention de Mme Lœwenguth<br/>"
                "3, place de l’Étoile<br/>67000 Strasbourg",
                9,
                "Helvetica",
            ),
        ],
    )


def bon_de_commande() -> Sample:
    """Write a French town's order as a filled form."""
    facts = Facts("fr", "slashed")
    facts.written("currency", "EUR", "€")
    address = facts.written(
        "delivery_address",
        "27 rue Jules Ferry, 69400 Villefranche-sur-Saône",
        "27 rue Jules Ferry, 69400 Villefranche-sur-Saône",
    )
    story = [
        text("BON DE COMMANDE", 14, "Helvetica-Bold", 1),
        form(
            [
                [
                    ("N° de commande", facts.text("order_number", "26-VI-00918")),
                    ("Date", facts.date("order_date", "2026-08-20")),
                ],
                [
                    ("Acheteur", facts.text("buyer_name", "Ville de Villefranche-sur-Saône")),
                    ("Fournisseur", facts.text("supplier_name", "Mobilier Scolaire du Rhône SAS")),
                ],
                [
                    ("Adresse de livraison", f"École Jules Ferry<br/>{address}"),
                    ("Date de livraison", facts.date("delivery_date", "2026-08-28")),
                ],
                [
                    ("Votre devis", facts.text("quotation_number", "D-7742")),
                    ("Conditions de paiement", facts.text("payment_terms", "mandat administratif à 30 jours")),
                ],
            ],
            170,
        ),
        gap(),
        grid(
            [
                ("Réf.", "Article", "Quantité", "Prix unitaire HT", "Total HT"),
                ("TB-2", "Table double réglable", "15", "112,00 €", "1 680,00 €"),
                ("CH-4", "Chaise taille 4, bleue", "30", "38,50 €", "1 155,00 €"),
            ],
            (20, 65, 20, 32, 33),
            "Helvetica",
        ),
        gap(2),
        text(f"Montant total HT : {facts.written('net_total', '2835.00', '2 835,00 €')}", 11, "Helvetica-Bold", 2),
        text("Pour le maire et par délégation, l’adjointe aux affaires scolaires", 9, "Helvetica"),
    ]
    rows = (row("Table double réglable", "15", "1680.00"), row("Chaise taille 4, bleue", "30", "1155.00"))
    return Sample(
        "bon_de_commande_ecole.pdf", pdf("Bon de commande", story), "purchase_order", facts, ("commande", "école"), rows
    )


def purchase_order_theatre() -> Sample:
    """Write an order typed as a memo, English."""
    facts = Facts("en", "us", "£")
    content = f"""TO:        {facts.text("supplier_name", "Limelight Stage Hire")}
FROM:      {facts.text("buyer_name", "Cotswold Players Theatre Trust")}, production office
RE:        PURCHASE ORDER {facts.text("order_number", "CPT-0093")}
DATE:      {facts.written("order_date", "2026-09-07", "7 Sept 2026")}

We wish to order the items below as offered in your quote {facts.text("quotation_number", "LQ/2261")}.

  * 12 x moving head light, one week's hire, at £46.00 each ........ £552.00
  * 2 x haze machine incl. fluid, at £85.00 each ................... £170.00
  * 1 x technician for rig and de-rig .............................. £640.00

  Order value before VAT: {facts.written("net_total", "1362.00", "£1,362.00")}

Deliver to: {
        facts.written("delivery_address", "9 Market Hill, Cirencester GL7 9ZZ", "9 Market Hill, Cirencester GL7 9ZZ")
    }
Required by: {facts.written("delivery_date", "2026-10-12", "12 October 2026")}, before noon (stage door at the back)
Terms: {facts.text("payment_terms", "half with order, half after the last show")}

Signed for the Trust by Beatrix Holloway, production manager
"""
    facts.written("currency", "GBP", "£")
    rows = (
        row("moving head light, one week's hire", "12", "552.00"),
        row("haze machine incl. fluid", "2", "170.00"),
        row("technician for rig and de-rig", "1", "640.00"),
    )
    return Sample("purchase_order_theatre.txt", content.encode(), "purchase_order", facts, ("order", "light"), rows)


def lieferschein_weingut() -> Sample:
    """Write an Austrian vineyard's delivery note on a sheet on its side."""
    facts = Facts("de", "dotted")
    address = facts.written("delivery_address", "Linzer Straße 210, 1140 Wien", "Linzer Straße 210, A-1140 Wien")
    story = [
        grid(
            [
                (
                    f"Absender: {facts.text('supplier_name', 'Weingut Ehrenreich')}, Kellergasse 12, 3550 Langenlois",
                    f"LIEFERSCHEIN {facts.text('delivery_note_number', '26/0457')}",
                    f"geliefert am {facts.date('delivery_date', '2026-11-12')}",
                ),
                (
                    f"Empfänger: {facts.text('recipient_name', 'Vinothek am Steinhof OG')}, {address}",
                    f"zu Ihrer Bestellung {facts.text('order_number', 'VS-88')}",
                    f"Frächter: {facts.text('carrier', 'Kamptal Transporte KG')}",
                ),
            ],
            (120, 70, 60),
            size=10,
        ),
        gap(8),
        grid(
            [
                ("Karton", "Sorte", "Jahrgang", "Flaschen je Karton", "Flaschen"),
                ("10", "Grüner Veltliner Kamptal DAC", "2025", "6", "60"),
                ("5", "Riesling Ried Steinhaus", "2024", "6", "30"),
                ("2", "Zweigelt Reserve", "2023", "6", "12"),
            ],
            (25, 100, 30, 50, 45),
            size=10,
        ),
        gap(),
        text(
            f"Kolli gesamt: {facts.text('package_count', '17')} &nbsp;&nbsp; Gesamtgewicht: {facts.written('gross_weight', '138.5 kg', '138,5 kg')}",
            11,
        ),
        text("Ware in Ordnung übernommen: ______________________ (Stempel und Unterschrift)", 10),
        text("Die Rechnung folgt per E-Mail. Bruch bitte binnen zwei Tagen melden.", 9),
    ]
    return Sample(
        "lieferschein_weingut.pdf",
        pdf("Lieferschein", story, wide=True),
        "delivery_note",
        facts,
        ("Lieferschein", "Riesling"),
    )


def mahnung_zahnlabor() -> Sample:
    """Write a Swiss reminder with a payment part at its foot."""
    facts = Facts("de", "long_de")
    iban = facts.iban("iban", make_iban("CH", "99005000770011223"))
    total = facts.written("amount_due", "2418.35", "CHF 2’418.35")
    creditor = facts.text("creditor_name", "Dentallabor Rüegg GmbH")
    story = [
        text(f"{creditor}, Spitalgasse 9, 8400 Winterthur", 9, "Helvetica"),
        gap(12),
        text(
            f"{facts.text('debtor_name', 'Zahnarztpraxis Dr. Camenzind')}<br/>Tösstalstrasse 60<br/>8488 Turbenthal",
            10,
            "Helvetica",
        ),
        gap(8),
        text(f"Winterthur, {facts.date('reminder_date', '2026-04-13')}", 10, "Helvetica"),
        text(f"<b>{facts.text('reminder_level', 'Letzte Mahnung')} vor Betreibung</b>", 12, "Helvetica"),
        text(
            f"Guten Tag. Für unsere Rechnung {facts.text('invoice_number', '9020-26')} vom "
            f"{facts.date('invoice_date', '2026-01-30')} ist trotz zweier Erinnerungen keine Zahlung eingetroffen. Zum "
            f"Rechnungsbetrag von {facts.written('invoice_amount', '2368.35', 'CHF 2’368.35')} kommt eine Umtriebsgebühr von "
            f"{facts.written('late_fee', '50.00', 'CHF 50.00')}. Wir erwarten {total} bis am "
            f"{facts.date('pay_by', '2026-04-24')}. Danach leiten wir ohne weitere Mitteilung die Betreibung ein.",
            10,
            "Helvetica",
        ),
        text("Freundliche Grüsse, Buchhaltung", 10, "Helvetica"),
        gap(20),
        form(
            [
                [("Konto / Zahlbar an", f"{iban}<br/>{creditor}"), ("Zahlbar durch", "Zahnarztpraxis Dr. Camenzind")],
                [("Währung", "CHF"), ("Betrag", "2 418.35")],
            ],
            170,
        ),
    ]
    return Sample(
        "mahnung_dentallabor.pdf", pdf("Mahnung", story), "payment_reminder", facts, ("Mahnung", "Betreibung")
    )


def relance_cotisation() -> Sample:
    """Write a French reminder as a mail."""
    facts = Facts("fr", "long_en")
    body = f"""Bonjour {facts.text("debtor_name", "Monsieur Kerbrat")},

Sauf erreur de notre part, la facture {facts.text("invoice_number", "AD-2026-119")} du
{facts.written("invoice_date", "2026-09-01", "1er septembre 2026")} d'un montant de
{facts.written("invoice_amount", "1284.00", f"1{NARROW}284,00{NARROW}€")} reste impayée à ce jour. Elle était exigible au 30 septembre.

Ceci est notre {facts.text("reminder_level", "première relance")}, du {facts.date("reminder_date", "2026-10-12")} ; aucuns frais ne
sont ajoutés. Nous vous prions de régler la somme de
{facts.written("amount_due", "1284.00", f"1{NARROW}284,00{NARROW}€")} au plus tard le {facts.date("pay_by", "2026-10-26")} :

    {facts.iban("iban", make_iban("FR", "99007000990000055512388"))}

Si votre virement est déjà parti, ne tenez pas compte de ce message.

Cordialement,
Gwenaëlle Le Goff
{facts.text("creditor_name", "Atelier du Dragon SCOP")}
5 quai de la Douane, 29200 Brest
"""
    mail = message(
        Address("Atelier du Dragon", "compta", "atelier-dragon.example"),
        "y.kerbrat@chantier-kerbrat.example",
        "Relance : facture AD-2026-119",
        "Mon, 12 Oct 2026 11:05:00 +0200",
        body,
    )
    return Sample("relance_atelier.eml", mail.as_bytes(), "payment_reminder", facts, ("facture", "relance"))


SAMPLES = (
    rechnung_tischlerei,
    rechnung_velowerkstatt,
    facture_imprimerie,
    bon_de_commande,
    purchase_order_theatre,
    lieferschein_weingut,
    mahnung_zahnlabor,
    relance_cotisation,
)
