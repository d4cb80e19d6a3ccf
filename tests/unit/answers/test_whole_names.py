"""Names taken whole, and of a firm and its contact the firm; never more than the name."""

import pytest
from unit.answers.placed import Pages, a_type, column, field, placed, values

from schemas.document_types import Kind
from services.answers.check import check_answer
from services.answers.surroundings import Surroundings
from services.answers.tables.runs import Run, pack

PARTY = a_type(field("buyer", Kind.NAME, "Käufer", "Buyer", is_party=True), field("name", Kind.NAME, "Name", "Name"))
ELM = "Body Corporate for Elm"
STREET = ("Am Hang 12", "80333 München")


def taken(page: Pages, said: str, name: str = "buyer") -> str | None:
    return values(check_answer(PARTY, {name: said}, page[0], "de", Surroundings(*page))).get(name)


@pytest.mark.parametrize(
    ("whole", "copied"),
    [
        ("Tischlerei Wendelin Korff GmbH", "Wendelin Korff GmbH"),
        ("Korff & Söhne KG", "Söhne KG"),
        ("Praxisklinik am Hafentor GbR", "Hafentor GbR"),
        ("North Harbour Joinery Ltd", "Joinery Ltd"),
        ("Field & Brook LLP", "Brook LLP"),
        ("Tischlerei Johann Korff e.U.", "Johann Korff e.U."),
        ("Tischlerei Wendelin Korff", "Wendelin Korff"),  # a trade makes a person's name that of a business
        ("Fotostudio Anna Korff", "Anna Korff"),
        ("Kanzlei Dr. Kern & Brook PartG mbB", "Kanzlei Dr. Kern"),
        ("Coopérative des Pêcheurs d'Anse", "Coopérative des Pêcheurs"),
        ("Gasthof Kern am Markt", "Gasthof Kern"),
        ("L'Alcôve & le Crin", "Alcôve & le Crin"),
    ],
)
def test_a_firm_that_was_copied_in_part_is_taken_whole(whole: str, copied: str) -> None:
    assert taken(placed((whole, 0, 100)), copied) == whole
    assert taken(([whole], []), copied) == whole


@pytest.mark.parametrize(
    ("line", "firm"),
    [
        ("Kunde Muster GmbH", "Muster GmbH"),
        ("Rechnung Muster GmbH", "Muster GmbH"),
        ("Rechnungsempfänger Muster GmbH", "Muster GmbH"),
        ("Unsere Muster GmbH", "Muster GmbH"),
        ("und Wohnpark Erlengrund eG", "Wohnpark Erlengrund eG"),
        ("Und Wohnpark Erlengrund eG", "Wohnpark Erlengrund eG"),
        ("Customer Acme Ltd", "Acme Ltd"),
        ("Between Acme Ltd", "Acme Ltd"),
        ("For Acme Ltd", "Acme Ltd"),
        ("Kunde: Muster GmbH", "Muster GmbH"),
        ("Korff Bloom Korff Bloom Export B.V.", "Korff Bloom Export B.V."),
        ("KorffPack Korff Verpackungen GmbH", "Korff Verpackungen GmbH"),
        ("Muster Immobilien GmbH und Kern Bau AG", "Muster Immobilien GmbH"),
        ("Muster Immobilien GmbH & Kern Bau AG", "Muster Immobilien GmbH"),
        ("Acme Ltd and Globex Inc", "Acme Ltd"),
        ("Anna Korff und Wohnbau Nord GmbH", "Anna Korff"),
        ("Wir, die Muster GmbH", "Muster GmbH"),
        ("Haus und Hof Bau Muster GmbH", "Muster GmbH"),  # too many words
        ("Frisch Gebackenes von Korff", "Korff"),  # no firm
        ("Dachdeckermeister Lutz Korff", "Lutz Korff"),
        ("Unsere Tischlerei Korff", "Korff"),
    ],
)
def test_words_before_a_firm_that_are_no_name_stay_away(line: str, firm: str) -> None:
    assert taken(placed((line, 0, 100)), firm) == firm


def test_a_firm_is_not_prolonged_by_another_cell() -> None:
    assert taken(placed(("Tischlerei", 0, 100), ("Korff GmbH", 5_000, 100)), "Korff GmbH") == "Korff GmbH"


@pytest.mark.parametrize(
    ("firm", "person"),
    [
        ("Wohnbau Süd eG", "Frau Ida Brook"),
        ("Wohnbau Süd eG", "z. Hd. Herrn Jan Kern"),
        ("Orchard Homes plc", "Ms Ida Brook"),
        ("Orchard Homes plc", "Attn: Mr Tom Field"),
    ],
)
def test_of_a_firm_and_its_contact_the_firm_is_meant_where_a_party_is(firm: str, person: str) -> None:
    page = placed(*column(0, 100, firm, person, *STREET))
    assert taken(page, person) == firm
    assert taken(page, person, "name") not in (firm, None)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Planungsbüro Noack GmbH, Frau Noack", "Planungsbüro Noack GmbH"),
        ("Planungsbüro Noack GmbH , Frau Noack", "Planungsbüro Noack GmbH"),
        ("Planungsbüro Noack, Frau Noack", "Frau Noack"),
        ("Planungsbüro Ehrlich + Noack GmbH, Frau Noack", "Planungsbüro Ehrlich + Noack GmbH"),
        ("Unser Zeichen 17 der Noack GmbH, Frau Noack", "Frau Noack"),
        ("Rechnung an Noack GmbH, Frau Noack", "Frau Noack"),
        ("Käufer Noack GmbH, Frau Noack", "Frau Noack"),
        ("c/o Noack GmbH, Frau Noack", "Frau Noack"),
    ],
)
def test_a_firm_may_stand_before_its_contact_on_the_same_line(line: str, said: str) -> None:
    page = placed(*column(0, 100, "Kunde:", line, *STREET))
    assert taken(page, "Frau Noack") == said
    assert taken(page, "Frau Noack", "name") == "Frau Noack"


@pytest.mark.parametrize(
    "above",
    [
        "Rechnungsadresse", "Rechnung an", "Rechnung", "An", "Persönlich", "Kunde", "Lieferadresse:", "Käufer",
        "Bill to", "Invoice", "Customer", "Ship to", "Private", "Tel. 030 1234", "Frau Anna Weber", "Kontakt:",
    ],
)  # fmt: skip
def test_what_stands_above_a_person_and_is_no_firm_leaves_the_person(above: str) -> None:
    assert taken(placed(*column(0, 100, above, "Frau Ida Brook", *STREET)), "Frau Ida Brook") == "Ida Brook"


@pytest.mark.parametrize("person", ["Dr Naomi Field", "Prof. Dr. Jan Kern", "Frau Ida Brook", "Mr Tom Field"])
def test_the_firm_may_stand_below_its_contact(person: str) -> None:
    assert taken(placed(*column(0, 100, person, "Orchard Homes Ltd", *STREET)), person) == "Orchard Homes Ltd"


@pytest.mark.parametrize("below", ["c/o Bernhof Immobilien AG", "Am Hang 12", "Praxis am Markt", "Kern GmbH, Tel. 1"])
def test_what_stands_below_a_person_and_is_no_firm_leaves_the_person(below: str) -> None:
    page = placed(*column(0, 100, "Dr. Jan Kern", below, *STREET))
    assert taken(page, "Dr. Jan Kern") == "Dr. Jan Kern"
    apart = placed(("Dr. Jan Kern", 0, 100), ("Orchard Homes Ltd", 5_000, 220), ("Orchard Homes Ltd", 0, 900))
    assert taken(apart, "Dr. Jan Kern") == "Dr. Jan Kern"


def test_a_person_without_a_title_is_not_taken_for_a_contact() -> None:
    assert taken(placed(*column(0, 100, "Wohnbau Süd eG", "Ida Brook", *STREET)), "Ida Brook") == "Ida Brook"


def test_a_name_in_two_lines_of_a_form_is_taken_whole() -> None:
    form = placed(("Wohnbau Süd", 2_000, 100), ("Name:", 0, 220), ("Genossenschaft", 2_000, 220))
    assert taken(form, "Genossenschaft") == "Wohnbau Süd Genossenschaft"


def test_a_legal_form_below_a_name_is_taken_once() -> None:
    assert taken(placed(*column(0, 100, "Roux Frères", "SARL", *STREET)), "Roux Frères") == "Roux Frères SARL"
    told = placed(*column(0, 100, "Roux Frères SARL", "SARL", *STREET))
    assert taken(told, "Roux Frères SARL") == "Roux Frères SARL"


@pytest.mark.parametrize(
    "form",
    [
        placed(("Wohnbau Süd", 2_000, 100), ("Name", 0, 220), ("Genossenschaft", 2_000, 220)),
        placed(("Firma:", 0, 100), ("Wohnbau Süd", 2_000, 100), ("Name:", 0, 220), ("Genossenschaft", 2_000, 220)),
        placed(("Seite 12", 2_000, 100), ("Name:", 0, 220), ("Genossenschaft", 2_000, 220)),
    ],
)
def test_without_a_form_or_with_a_label_for_the_line_above_it_is_not(form: Pages) -> None:
    assert taken(form, "Genossenschaft") == "Genossenschaft"


@pytest.mark.parametrize("said", ["Wissenbach GmbH", "Garten- und Landschaftsbau"])
def test_a_trade_above_a_firm_is_its_name_too(said: str) -> None:
    page = placed(*column(0, 100, "Garten- und Landschaftsbau", "Wissenbach GmbH", *STREET))
    assert taken(page, said) == "Garten- und Landschaftsbau Wissenbach GmbH"


def test_a_practice_has_its_doctors_name() -> None:
    page = placed(*column(0, 100, "Zahnarztpraxis", "Dr. Heike Lammers", *STREET))
    assert taken(page, "Dr. Heike Lammers") == "Zahnarztpraxis Dr. Heike Lammers"


@pytest.mark.parametrize("above", ["Buchhaltung", "Wohnpark Süd eG", "Frau Ida Brook", "Praxis 12"])
def test_what_is_no_trade_above_a_firm_is_none_of_its_name(above: str) -> None:
    assert taken(placed(*column(0, 100, above, "Wissenbach GmbH", *STREET)), "Wissenbach GmbH") == "Wissenbach GmbH"


def test_a_name_ends_where_its_column_ends() -> None:
    page = placed(("Annika Reuter", 0, 100), ("Berliner Sparkasse", 3_000, 100))
    assert taken(page, "Annika Reuter Berliner Sparkasse") == "Annika Reuter"
    near = placed(("Annika", 0, 100), ("Reuter", 500, 100))  # a wide space
    assert taken(near, "Annika Reuter") == "Annika Reuter"


def test_the_words_above_two_addresses_are_none_of_a_name() -> None:
    page = placed(("Bill to:", 3_000, 100), ("Muster GmbH", 0, 220), ("Wohnbau eG", 3_000, 220))
    assert taken(page, "Bill to: Muster GmbH Wohnbau eG") == "Muster GmbH"


@pytest.mark.parametrize("owner", ["Inh. Matthias Hollerbach e. K.", "Inhaberin: Ida Brook", "Prop. T. Field"])
def test_a_firms_owner_is_not_the_firm(owner: str) -> None:
    assert taken(placed(*column(0, 100, "Druckerei Hollerbach", owner, *STREET)), owner) == "Druckerei Hollerbach"
    assert taken(placed(*column(0, 100, owner, *STREET)), owner) == owner  # nothing stands above


def sized(*lines: tuple[str, int]) -> Pages:
    """Give lines below each other in letters of a size each."""
    text, runs, baseline = "", [], 0
    for line, size in lines:
        baseline += size * 5 // 4
        runs.append(Run(len(text), len(text) + len(line), 500, 500 + size * len(line) // 2, baseline, size))
        text += f"{line}\n"
    return [text], [pack(runs)]


@pytest.mark.parametrize("copied", ["Gasthof Linde", "am Rathausplatz"])
def test_a_name_may_be_written_large_in_two_lines(copied: str) -> None:
    page = sized(("Gasthof Linde", 150), ("am Rathausplatz", 150), ("Dorf 4", 80), ("5101 Bergheim", 80))
    assert taken(page, copied) == "Gasthof Linde am Rathausplatz"


@pytest.mark.parametrize(
    "lines",
    [
        [("Rechnung", 150), ("Gasthof Linde", 150), ("Dorf 4", 80)],
        [("Gasthof Linde", 80), ("Familie Brook", 80), ("Dorf 4", 80)],
        [("Gasthof Linde", 150), ("Familie Brook", 120), ("Dorf 4", 80)],
        [("Gasthof Linde", 150), ("Tel. 06274 4455", 150), ("Dorf 4", 80)],
    ],
    ids=["a title above it", "all of one size", "a smaller line below it", "a number below it"],
)
def test_another_line_is_no_part_of_a_name(lines: list[tuple[str, int]]) -> None:
    assert taken(sized(*lines), "Gasthof Linde") == "Gasthof Linde"


def test_a_legal_form_alone_on_the_next_line_belongs_to_the_name() -> None:
    page = placed(*column(500, 1_000, "Orchard Highway Products", "Corp.", *STREET))
    assert taken(page, "Orchard Highway Products") == "Orchard Highway Products Corp."
    person = placed(*column(500, 1_000, "Orchard Highway Products", "Corpus Christi Road", *STREET))
    assert taken(person, "Orchard Highway Products") == "Orchard Highway Products"


def test_a_name_goes_on_below_a_line_that_ends_with_an_and() -> None:
    page = placed(*column(500, 1_000, "Nordholz Furnier GmbH &", "Co. KG", *STREET))
    assert taken(page, "Nordholz Furnier GmbH &") == "Nordholz Furnier GmbH & Co. KG"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Herr/Frau Eva Brook", "Eva Brook"),
        ("Herrn/Frau Eva Brook", "Eva Brook"),
        ("Mr/Mrs Tom Field", "Tom Field"),
        ("The Corner Shop (04711)", "The Corner Shop"),
        ("Field Crafts Limited (AB-C-04712)", "Field Crafts Limited"),
        ("Field Crafts Limited (company no. SC204418)", "Field Crafts Limited"),
        ("Kern & Brook GmbH (HRB 4711 Amtsgericht Kiel)", "Kern & Brook GmbH"),
        ("The Dance (Company 2000)", "The Dance (Company 2000)"),
        ("Hotel am See (VATERSTETTEN 2)", "Hotel am See (VATERSTETTEN 2)"),
        ("Valley Parcels VP40928817GB", "Valley Parcels"),
        ("Atelier Fougère (Vendeur)", "Atelier Fougère"),
        ("Orchard Farm Market LLC (Denise Brook)", "Orchard Farm Market LLC"),
        ("Kern Bau (Süd) GmbH", "Kern Bau (Süd) GmbH"),  # a part of the name
        ("Kern Bau GmbH (Schweiz)", "Kern Bau GmbH (Schweiz)"),
        ("Turnverein Altdorf (gegr. 1908)", "Turnverein Altdorf (gegr. 1908)"),
        ("Baugenossenschaft von 1908 eG", "Baugenossenschaft von 1908 eG"),
        ("Studio 54", "Studio 54"),
    ],
)
def test_what_forms_write_around_a_name_is_none_of_it(line: str, name: str) -> None:
    assert taken(placed((line, 0, 100)), line) == name


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Gasthof zum Anger Betriebsgesellschaft", "m.b.H."),
        ("Wohnbaugenossenschaft Oberes Tal", "reg. Gen.m.b.H."),
        ("Handelshaus Kern", "Ges.m.b.H."),
    ],
)
def test_an_austrian_legal_form_on_the_next_line_belongs_to_the_name(first: str, second: str) -> None:
    assert taken(placed(*column(0, 100, first, second, *STREET)), first) == f"{first} {second}"


def test_a_firm_behind_the_word_for_it_is_taken_whole() -> None:
    page = placed(("Versandart: Talgau Spedition Korff GmbH", 0, 100))
    assert taken(page, "Korff GmbH", "name") == "Talgau Spedition Korff GmbH"


@pytest.mark.parametrize(
    ("lines", "firm"),
    [
        (("Danach bin ich zur Ingenieurbüro", "Ostkamp GmbH gewechselt"), "Ingenieurbüro Ostkamp GmbH"),
        (("Danach bin ich zur Gesellschaft", "Ostkamp GmbH gewechselt"), "Ostkamp GmbH"),
        (("Danach bin ich zum Ingenieurbüro", "Ostkamp gewechselt"), "Ostkamp"),
        (("Unser Ingenieurbüro", "Ostkamp GmbH"), "Ostkamp GmbH"),
        (("Ihr zuverlässiges Ingenieurbüro", "Ostkamp GmbH kommt"), "Ostkamp GmbH"),
        (("Freude über das Ingenieurbüro", "Ostkamp GmbH"), "Ostkamp GmbH"),
        (("Danach eine Stelle mit viel service", "Ostkamp GmbH"), "Ostkamp GmbH"),
    ],
)
def test_a_trade_ends_a_sentences_line_before_its_firm(lines: tuple[str, str], firm: str) -> None:
    assert taken(placed(*column(0, 100, *lines)), firm.removeprefix("Ingenieurbüro "), "name") == firm


@pytest.mark.parametrize(
    ("person", "organisation"),
    [
        ("Ida Brook", "Wohnbau Süd eG"),
        ("Tom Field", "The Old Mill Tearooms"),
        ("Tom Field", "Ferndale Archery Club"),
        ("Claire Morel", "Mairie de Morel"),
        ("Jan Kern", "Gemeinde Altdorf"),
        ("Ida Brook", "Seaview Owners Corporation"),
        ("Tom Field", "Northern Anglers Federation"),
        ("Ida Brook", "Stockwerkeigentümergemeinschaft Sonnhalde"),
        ("Ida Brook", "Ev. Kirchengemeinde Altdorf"),
        ("Claire Morel", "Fondation du Clos"),
        ("Claire Morel", "Copropriété Les Ormes"),
        ("Claire Morel", "Fédération du Tir"),
        ("Claire Morel", "Paroisse de Morel"),
    ],
)
def test_what_a_person_works_for_may_stand_in_the_next_line(person: str, organisation: str) -> None:
    assert taken(placed(*column(0, 100, person, organisation, *STREET)), person) == organisation


def test_a_title_may_stand_behind_a_person_who_works_for_what_stands_below() -> None:
    page = placed(*column(0, 100, "Ida Brook, Property Manager", "Elm Court Owners Association, Inc.", *STREET))
    assert taken(page, "Ida Brook") == "Elm Court Owners Association, Inc."


@pytest.mark.parametrize("behind", ["Flat 4", "vertreten durch", "represented by", "Mieterin", "Tenant", "Haus West"])
def test_no_title_behind_a_person_says_nothing_of_the_line_below(behind: str) -> None:
    page = placed(*column(0, 100, f"Ida Brook, {behind}", "Wohnbau Süd eG", *STREET))
    assert taken(page, "Ida Brook") == "Ida Brook"


def test_the_number_of_a_customer_may_stand_between_a_firm_and_its_contact() -> None:
    lines = ("SCI Le Clos", "Réf. Client C00418", "À l\u2019attention de M. Gaël Besnard")
    assert taken(placed(*column(0, 100, *lines, *STREET)), "M. Gaël Besnard") == "SCI Le Clos"
    german = ("Wohnbau Süd eG", "Kundennummer 10442", "z. Hd. Frau Ida Brook")
    assert taken(placed(*column(0, 100, *german, *STREET)), "z. Hd. Frau Ida Brook") == "Wohnbau Süd eG"


@pytest.mark.parametrize(
    "lines",
    [
        ("Deutsche Post AG", "Entgelt bezahlt 12345", "Frau Ida Brook"),
        ("Nordwerk GmbH", "Postfach 1204", "Frau Ida Brook"),
        ("Stadtwerke Ringau GmbH", "Kundennummer 10442", "Frau Ida Brook"),
    ],
)
def test_the_post_and_the_sender_above_an_address_are_not_written_to(lines: tuple[str, ...]) -> None:
    assert taken(placed(*column(0, 100, *lines, *STREET)), "Frau Ida Brook") == "Ida Brook"


@pytest.mark.parametrize(
    ("name", "below"),
    [
        ("Ida Brook", "The Old Mill"),  # a house
        ("Ida Brook", "The Old Mill Cottage"),
        ("Ida Brook", "School Lane"),
        ("Ida Brook", "Am Kindergarten"),
        ("Ida Brook", "Rue de l'École"),
        ("Ida Brook", "c/o Wohnbau Süd eG"),
        ("Ida Brook", "Schulweg 3"),
        ("Wohnbau Süd eG", "Gemeinde Altdorf"),
        ("Ferndale School", "Field Trust"),
        ("Résidence Le Clos Sainte-Anne", "Hotel Adler"),
    ],
)
def test_what_is_no_person_or_stands_above_a_place_stays(name: str, below: str) -> None:
    assert taken(placed(*column(0, 100, name, below, *STREET)), name) == name


def test_a_title_that_runs_into_a_name_is_none_of_it() -> None:
    text = "InvoiceField Care plc\n"
    runs = [Run(0, 7, 3_000, 3_300, 100, 180), Run(7, 21, 500, 1_200, 240, 90)]
    kind = a_type(field("buyer", Kind.NAME, "Käufer", "Buyer", is_party=True), headings=("Invoice",))
    around = Surroundings([text], [pack(runs)])
    assert values(check_answer(kind, {"buyer": "InvoiceField Care plc"}, [text], "en", around)) == {
        "buyer": "Field Care plc"
    }


@pytest.mark.parametrize("word", ["Contractor", "Client", "Auftragnehmer", "Mieter", "Prestataire"])
def test_what_somebody_is_called_for_his_part_is_nobodys_name(word: str) -> None:
    assert taken(placed((word, 0, 100)), word) is None


@pytest.mark.parametrize(
    ("logo", "firm", "said"),
    [
        ("KorffPack", "Korff Verpackungen GmbH", "Korff Verpackungen GmbH"),
        ("Ida Brook", "Korff Verpackungen GmbH", "Ida Brook"),
    ],
)
def test_a_firm_beside_its_logo_is_taken_without_it(logo: str, firm: str, said: str) -> None:
    page = placed((logo, 0, 100), (firm, 3_000, 100))
    page[0][0] = page[0][0].replace("\n", " ", 1)
    assert taken(page, f"{logo} {firm}") == said


@pytest.mark.parametrize(
    "words",
    ["Notarin", "Fachärztin für Innere Medizin", "Leitender Oberarzt", "Rechtsanwälte", "Médecin généraliste"],
)
def test_what_somebody_does_is_nobodys_name(words: str) -> None:
    assert taken(([f"Frau {words} Ida Brook"], []), words) is None
    assert taken((["Notar Ida Brook"], []), "Notar Ida Brook") == "Notar Ida Brook"


@pytest.mark.parametrize(
    "name",
    [
        "Zahnärzte am Markt",
        "Rechtsanwälte und Notare Brook & Kern",
        "Fachärzte für Orthopädie MVZ GmbH",
        "Notar Korff PartG",
    ],
)
def test_a_practice_may_be_called_by_what_they_do_there(name: str) -> None:
    assert taken(([f"Rechnung\n{name}\nAm Hang 12"], []), name) == name


@pytest.mark.parametrize("person", ["Madame Odile Roux", "Monsieur Jean Roux"])
def test_a_company_that_owns_houses_may_stand_below_who_speaks_for_it(person: str) -> None:
    page = placed(*column(0, 100, person, "SCI Les Terrasses du Port", "12 impasse du Phare", "29200 Brest"))
    assert taken(page, person) == "SCI Les Terrasses du Port"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Ihre Bestellung vom 22.06.2026. Versand mit Spedition Korff GmbH, 4 Packstücke", "Spedition Korff GmbH"),
        ("Wir liefern am 16.07.2026 mit der Spedition Korff GmbH & Co. KG", "Korff GmbH & Co. KG"),
    ],
)
def test_a_carrier_in_a_sentence_has_its_trade_but_behind_an_article(line: str, name: str) -> None:
    assert taken(placed((line, 0, 100)), name.removeprefix("Spedition "), "name") == name


def test_a_line_of_a_trade_and_a_legal_form_goes_on_with_the_name_above_it() -> None:
    page = placed(*column(0, 100, "Frischhof Korff", "Obst- und Gemüsehandel GmbH & Co. KG", *STREET))
    assert taken(page, "Frischhof Korff") == "Frischhof Korff Obst- und Gemüsehandel GmbH & Co. KG"
    other = placed(*column(0, 100, "Frischhof Korff", "Brook Gemüsehandel GmbH", *STREET))
    assert taken(other, "Frischhof Korff", "name") == "Frischhof Korff"


def test_a_line_that_says_for_what_a_house_is_goes_on_with_its_name() -> None:
    page = placed(*column(0, 100, "Institut Lindenhof", "für Körper- und Traumatherapie", *STREET))
    assert taken(page, "Institut Lindenhof") == "Institut Lindenhof für Körper- und Traumatherapie"
    for other in ("für Rückfragen", "für Ihre Unterlagen", "für 3 Monate", "vertreten durch Ida Brook"):
        page = placed(*column(0, 100, "Institut Lindenhof", other, *STREET))
        assert taken(page, "Institut Lindenhof") == "Institut Lindenhof"


@pytest.mark.parametrize(
    ("above", "firm"),
    [
        ("Gasthof Seerose", "Betriebs-GmbH & Co. KG"),
        ("Hotel Kranz", "Familie Brook OG"),
        ("Haus am See", "Verwaltungsgesellschaft mbH"),
    ],
)
def test_a_firm_without_a_name_of_its_own_has_that_of_the_house_above_it(above: str, firm: str) -> None:
    address = placed(*column(0, 100, above, firm, *STREET))
    assert taken(address, above) == taken(address, firm) == f"{above} {firm}"


@pytest.mark.parametrize(
    ("above", "firm"), [("Gasthof Seerose", "Brook Betriebs-GmbH"), ("Herrn Kern", "Service GmbH")]
)
def test_a_firm_with_a_name_or_below_a_person_is_whole(above: str, firm: str) -> None:
    assert taken(placed(*column(0, 100, above, firm, *STREET)), firm) == firm


@pytest.mark.parametrize("agent", ["c/- Northgate Strata Managers", "c/o Kern Verwaltung"])
def test_a_name_goes_on_above_those_through_whom_it_is_reached(agent: str) -> None:
    page = placed(*column(0, 100, ELM, "Terraces CTS 28417", agent, *STREET))
    assert taken(page, ELM) == "Body Corporate for Elm Terraces CTS 28417"


@pytest.mark.parametrize(
    ("name", "below", "agent"),
    [
        ("Wohnbau Süd eG", "Wohnanlage am Hang 12", "c/o Kern Verwaltung"),
        ("Ida Brook", "Terraces CTS 28417", "c/- Northgate Strata"),
        (ELM, "Ida Brook", "c/- Northgate Strata"),
        (ELM, "Mrs de la Brook", "c/- Northgate Strata"),
        (ELM, "Northgate Homes Ltd", "c/- Northgate Strata"),
        (ELM, "Elm Court Owners Association", "c/- Northgate Strata"),
        (ELM, "Kreditorenbuchhaltung", "c/- Northgate Strata"),
        (ELM, "Attn the Treasurer", "c/- Northgate Strata"),
        (ELM, "The Old Mill Cottage", "c/- Northgate Strata"),
        (ELM, "known as the Archers", "c/- Northgate Strata"),
        (ELM, "12 Elm Road", "c/- Northgate Strata"),
        (ELM, "Old Mill, Leeds", "c/o Northgate Strata"),
        (ELM, "Terraces CTS 28417", "PO Box 1182"),
        (ELM, "Buchhaltung", "z. Hd. Ida Brook"),
    ],
)
def test_a_department_a_person_or_a_place_above_an_agent_is_none_of_a_name(name: str, below: str, agent: str) -> None:
    assert taken(placed(*column(0, 100, name, below, agent, *STREET)), name) == name
