"""Job applications."""

# ruff: noqa: RUF001 -- letters use the typographer's signs

from making.facts import Facts
from making.sample import Sample
from making.stationery import House, Letter


def bewerbung_buchhalterin() -> Sample:
    """Apply as an accountant, German: letter and curriculum vitae on two pages."""
    facts = Facts("de", "long_de")
    name = facts.text("applicant_name", "Katharina Brückner")
    phone = facts.phone("phone", "0171 3920077")
    house = House(
        name,
        ("Lessingstraße 9", "01099 Dresden"),
        colour="#2d5d7b",
        contact=(phone, facts.text("email", "k.brueckner@posteingang.example")),
        side="right",
    )
    letter = Letter(
        house,
        "Bewerbung",
        ("Elbtal Feinmechanik GmbH", "Personalabteilung", "Herrn Matthias Größler", "Werftstraße 20", "01139 Dresden"),
        (("Datum", facts.date("application_date", "2026-04-14")),),
    )
    facts.written("applicant_address", "Lessingstraße 9, 01099 Dresden", "Lessingstraße 9 · 01099 Dresden")
    position = facts.text("position", "Bilanzbuchhalterin")
    letter.subject(f"Bewerbung als {position}, Kennziffer {facts.text('reference_number', 'FIN-2026-08')}")
    letter.say(
        "Sehr geehrter Herr Größler,",
        "Ihre Anzeige hat mich sofort angesprochen, denn Sie suchen jemanden, der Abschlüsse selbstständig erstellt "
        "und zugleich die Einführung einer neuen Buchhaltungssoftware begleitet. Beides gehört seit sechs Jahren zu "
        "meinem Alltag.",
        "Bei der Sächsischen Holzwerke AG verantworte ich die Monats- und Jahresabschlüsse nach HGB für drei "
        "Gesellschaften. Durch die elektronische Rechnungsprüfung, die ich eingeführt habe, schließen wir den Monat "
        "heute vier Tage früher ab. An Ihrem Haus reizt mich, dass Finanzen und Fertigung eng zusammenarbeiten.",
        f"Ich könnte frühestens zum <b>{facts.date('earliest_start', '2026-07-01')}</b> beginnen. Meine "
        f"Gehaltsvorstellung liegt bei {facts.money('salary_expectation', '54000.00')} brutto im Jahr. Über ein "
        "persönliches Gespräch freue ich mich.",
    )
    letter.signature("Mit freundlichen Grüßen", name)
    letter.note("Anlagen: Lebenslauf, Zeugnisse")
    letter.turn_page()
    letter.headline("Lebenslauf")
    letter.pairs(
        (
            ("seit 2020", f"Bilanzbuchhalterin, {facts.text('current_employer', 'Sächsische Holzwerke AG')}, Freital"),
            ("2015–2020", "Finanzbuchhalterin, Autohaus Zöllner KG, Pirna"),
            ("2018", "Geprüfte Bilanzbuchhalterin (IHK)"),
            ("2012–2015", "Ausbildung zur Steuerfachangestellten, Kanzlei Höhne, Dresden"),
            ("Kenntnisse", "DATEV, SAP FI, Umsatzsteuer, Anlagenbuchhaltung; Englisch B2"),
        )
    )
    return Sample("bewerbung_buchhalterin.pdf", letter.pdf(), "job_application", facts, ("Bewerbung", "Brückner"))


def application_data_engineer() -> Sample:
    """Apply as a data engineer, English."""
    facts = Facts("en", "long_en", "£")
    name = facts.text("applicant_name", "Tobias Achterberg-Lowe")
    phone = facts.phone("phone", "07700 900258")
    house = House(
        name,
        ("Flat 3, 19 Linden Grove", "Edinburgh EH6 9ZZ"),
        colour="#3f3f74",
        contact=(phone, facts.text("email", "tobias@achterberg-lowe.example")),
        folds=False,
    )
    letter = Letter(
        house,
        "Application",
        ("Firth Renewables plc", "Talent team", "5 Harbour Place", "Edinburgh EH6 6ZZ"),
        (
            ("Date", facts.date("application_date", "2026-02-18")),
            ("Your reference", facts.text("reference_number", "DE-417")),
        ),
        "Page",
    )
    facts.written(
        "applicant_address",
        "Flat 3, 19 Linden Grove, Edinburgh EH6 9ZZ",
        "Flat 3, 19 Linden Grove · Edinburgh EH6 9ZZ",
    )
    letter.subject(f"Application for the position of {facts.text('position', 'Senior Data Engineer')}")
    letter.say(
        "Dear hiring team,",
        "For five years I have built the pipelines that bring readings of 40,000 smart meters into one warehouse at "
        f"{facts.text('current_employer', 'Lothian Power Networks')}. I would like to do the same for your wind farms.",
        "In my present role I moved nightly batch jobs to event streams, which cut the delay of our load forecast from "
        "nine hours to four minutes, and I lead a team of three. I work in Python and SQL, run Kafka and PostgreSQL in "
        "production, and care about tests and clear documentation. Before that I studied physics in Groningen "
        "(MSc 2019) and spent a year at a start-up for tidal energy.",
        f"My notice period allows me to start on <b>{facts.date('earliest_start', '2026-05-04')}</b>. My salary "
        f"expectation is {facts.money('salary_expectation', '68500.00')} a year. I would be glad to show you my work "
        "in an interview.",
    )
    letter.signature("Yours faithfully", name)
    letter.note("Enclosed: curriculum vitae, two references")
    return Sample(
        "application_data_engineer.pdf", letter.pdf(), "job_application", facts, ("data engineer", "application")
    )


SAMPLES = (bewerbung_buchhalterin, application_data_engineer)
