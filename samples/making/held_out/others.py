"""Papers that are none of the types, though some have sums, dates, numbers and names like those."""

# ruff: noqa: E501, RUF001 -- what a document says on one line stays on one, in the typographer's signs

from making.facts import Facts
from making.held_out.sheets import gap, grid, pdf, text
from making.sample import Sample


def speisekarte() -> Sample:
    """Write a German inn's menu with prices."""
    dishes = (
        ("Kürbissuppe mit Kernöl", "7,50 €"),
        ("Feldsalat, Speck und Kracherle", "9,80 €"),
        ("Zanderfilet auf Linsen", "22,90 €"),
        ("Käsespätzle mit Röstzwiebeln", "14,50 €"),
        ("Ofenschlupfer mit Vanillesoße", "8,20 €"),
    )
    story = [
        text("Wirtshaus zum Alten Floß", 22, "Times-BoldItalic", 1),
        text("Wochenkarte vom 9. bis 15. November", 12, "Times-Italic", 1),
        gap(10),
        grid(dishes, (120, 40), size=13, ruled=False),
        gap(10),
        text(
            "Alle Preise inklusive Mehrwertsteuer und Bedienung. Allergene nennt Ihnen gern unser Service.", 9, align=1
        ),
    ]
    return Sample(
        "speisekarte_altes_floss.pdf", pdf("Wochenkarte", story), "other", Facts("de", "dotted"), ("Zander", "Preise")
    )


def recette_tarte() -> Sample:
    """Write a French recipe as plain text."""
    content = """TARTE AUX POIREAUX ET AU CHÈVRE
Pour 6 personnes - préparation 25 minutes - cuisson 40 minutes

Ingrédients : 1 pâte brisée, 800 g de poireaux, 200 g de fromage de chèvre,
3 œufs, 20 cl de crème, 30 g de beurre, sel, poivre, muscade.

1. Émincez les poireaux et faites-les fondre dans le beurre à feu doux.
2. Battez les œufs avec la crème, salez, poivrez, ajoutez la muscade.
3. Garnissez la pâte des poireaux, émiettez le chèvre, versez l'appareil.
4. Enfournez à 180 °C jusqu'à ce que le dessus soit bien doré.

L'astuce de Mamie Odile : une cuillerée de moutarde sur le fond de pâte, et rien d'autre.
"""
    return Sample("recette_tarte_poireaux.txt", content.encode(), "other", Facts("fr", "long_en"), ("poireaux", "four"))


def poem_ferry() -> Sample:
    """Write a poem, English."""
    content = """THE LAST FERRY

The harbour light is counting down
the minutes to the tide,
and all the windows of the town
are watching from their side.

I owe the sea a debt, I know,
no banker keeps the sum;
it lent me forty years ago
the road by which I come.

So ring the bell and let her go,
the ledger may stay wet:
what water gives, it gives on loan,
and has not called it yet.

                         R. Tredinnick
"""
    return Sample("poem_last_ferry.txt", content.encode(), "other", Facts("en", "long_en"), ("ferry", "sea"))


def protokoll_vereinsvorstand() -> Sample:
    """Write the minutes of a Swiss club's committee."""
    story = [
        text("Protokoll der Vorstandssitzung", 15, "Helvetica-Bold"),
        text("Ruderclub Hallwil, Bootshaus, 14. April 2026, 19.30 bis 21.10 Uhr", 10, "Helvetica"),
        text(
            "Anwesend: U. Hächler (Vorsitz), N. Fasnacht, B. Sutter, L. Meier. Entschuldigt: P. Wirz.", 10, "Helvetica"
        ),
        gap(),
        grid(
            [
                ("Traktandum", "Beschluss", "Wer, bis wann"),
                ("1 Protokoll vom März", "genehmigt", ""),
                (
                    "2 Neuer Vierer",
                    "Offerte über CHF 18’400.00 wird vertagt; zweite Offerte einholen",
                    "Sutter, 12.05.",
                ),
                ("3 Putztag", "Samstag, 9. Mai, mit Znüni", "Fasnacht"),
                ("4 Mitgliederbeitrag", "bleibt bei CHF 320.00", "Antrag an die GV"),
            ],
            (45, 85, 40),
            "Helvetica",
        ),
        gap(),
        text("Nächste Sitzung: 19. Mai. Für das Protokoll: Lena Meier", 10, "Helvetica"),
    ]
    return Sample(
        "protokoll_ruderclub.pdf", pdf("Protokoll", story), "other", Facts("de", "dotted"), ("Vorstand", "Vierer")
    )


def flugblatt_kirtag() -> Sample:
    """Write an Austrian flyer for a fair."""
    story = [
        gap(20),
        text("KIRTAG", 44, "Helvetica-Bold", 1),
        gap(8),
        text("in Sankt Radegund", 20, "Helvetica", 1),
        text("Sonntag, 23. August, ab 9 Uhr", 18, "Helvetica-Bold", 1),
        gap(10),
        text(
            "Frühschoppen mit der Trachtenkapelle<br/>Kistenklettern, Kasperltheater, Tombola<br/>Backhendl und Mehlspeisen",
            14,
            "Helvetica",
            1,
        ),
        gap(10),
        text(
            "Eintritt frei! Lose zu 2 Euro. Der Reinerlös kommt der Feuerwehrjugend zugute.", 11, "Helvetica-Oblique", 1
        ),
        text("Bei Schlechtwetter im Festzelt. Freiwillige Feuerwehr Sankt Radegund", 9, "Helvetica", 1),
    ]
    return Sample("flugblatt_kirtag.pdf", pdf("Kirtag", story), "other", Facts("de", "dotted"), ("Kirtag", "Feuerwehr"))


SAMPLES = (speisekarte, recette_tarte, poem_ferry, protokoll_vereinsvorstand, flugblatt_kirtag)
