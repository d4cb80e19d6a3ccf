"""Who only acts for an organisation, what is an organisation or a firm, what is of others, thousands behind a prime."""

import pytest
from unit.answers.placed import column, placed
from unit.answers.tables.printed import read_text, said_descriptions, said_figures
from unit.answers.tables.test_sheet import cells
from unit.answers.test_candidates import found
from unit.answers.test_figures import lacking
from unit.answers.test_roles import decided
from unit.answers.test_withheld import of_text

from schemas.document_types import Kind
from services.answers.names import firms_in, is_firm, is_organisation, parse_name
from services.answers.references import parse_reference

PLACE = ("Am Hang 12", "80333 München")


def buyer(copied: str, *lines: str) -> str | None:
    """Give who is billed where a model copied one of the names of an address."""
    line = ("Dachdeckerei Hammer GmbH · Gerüstweg 3 · 10115 Berlin", 500, 1_000)
    return decided(placed(line, *column(500, 1_240, *lines, *PLACE)), buyer=copied)["buyer"]


@pytest.mark.parametrize(
    ("words", "agent"),
    [
        ("vertreten durch", "Korff Hausverwaltung GmbH"),
        ("vertreten durch ihren Verwalter:", "Korff Hausverwaltung GmbH"),
        ("handelnd durch", "Korff Hausverwaltung GmbH"),
        ("c/o", "Livit Treuhand AG"),
        ("represented by", "Brook Estates Ltd"),
        ("représenté par son syndic", "Régie Morel SA"),
    ],
)
def test_who_stands_below_words_for_an_agent_is_not_billed(words: str, agent: str) -> None:
    assert buyer(agent, "ARGE Hafentunnel", words, agent) == "ARGE Hafentunnel"


@pytest.mark.parametrize("words", ["Gruppe Süd", "Ausführung:", "vertraglich durch", "Verwalter", "Los 3", "Syndicat:"])
def test_below_other_words_whoever_was_copied_is(words: str) -> None:
    assert buyer("Korff Bau AG", "ARGE Hafentunnel", words, "Korff Bau AG") == "Korff Bau AG"


@pytest.mark.parametrize(
    ("line", "agent"),
    [
        ("vertreten durch Korff Hausverwaltung GmbH", "Korff Hausverwaltung GmbH"),
        ("vertreten durch die Verwalterin Korff Hausverwaltung GmbH", "Korff Hausverwaltung GmbH"),
        ("kaufm. Federführung: Korff Bau AG", "Korff Bau AG"),
        ("Verwalterin: Korff Hausverwaltung GmbH", "Korff Hausverwaltung GmbH"),
        ("Managing agent: Brook Estates Ltd", "Brook Estates Ltd"),
        ("acting by Brook Estates Ltd", "Brook Estates Ltd"),
        ("représentée par Régie Morel SA", "Régie Morel SA"),
        ("Syndic: Régie Morel SA", "Régie Morel SA"),
    ],
)
def test_who_stands_behind_words_for_an_agent_is_not_billed(line: str, agent: str) -> None:
    assert buyer(agent, "Eigentümerschaft Wohnhof Im Holz", line) == "Eigentümerschaft Wohnhof Im Holz"


@pytest.mark.parametrize("words", ["Ausführung:", "Führung:", "vertreten mit", "Auftrag durch"])
def test_behind_other_words_whoever_was_copied_is(words: str) -> None:
    assert buyer("Korff Bau AG", "Eigentümerschaft Wohnhof Im Holz", f"{words} Korff Bau AG") == "Korff Bau AG"


def test_a_person_whom_a_firm_represents_is_billed_and_one_who_works_for_it_is_not() -> None:
    firm = "Kern & Rabe PartG mbB"
    assert buyer(firm, "Ida Brook", f"vertreten durch {firm}") == "Ida Brook"
    assert buyer(firm, "Ida Brook", f"p. a. {firm}") == "Ida Brook"
    assert buyer(firm, "Ida Brook", f"Kanzlei {firm}") == f"Kanzlei {firm}"


@pytest.mark.parametrize(
    "group",
    [
        *("Wensley Parish History Group", "Village Hall Committee", "Ringstadt Library"),
        "Bayview Owners Corporation No. 412887",
    ],
)
def test_the_organisation_below_a_person_is_billed_wherever_its_address_stands(group: str) -> None:
    line = ("Dachdeckerei Hammer GmbH · Gerüstweg 3 · 10115 Berlin", 500, 1_000)
    for labelled in ((), ("Invoice to:",)):
        page = placed(line, *column(500, 1_240, *labelled, "Ida Brook", group, *PLACE))
        for copied in ("Ida Brook", group):
            assert decided(page, buyer=copied)["buyer"] == group


@pytest.mark.parametrize("line", ["Wensley Parish Road", "The Library Flat 2", "Group Captain"])
def test_below_a_person_other_lines_are_no_organisation(line: str) -> None:
    assert buyer("Ida Brook", "Ida Brook", line) == "Ida Brook"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Deirdre Moran (Kilbride Wind DAC)", "Kilbride Wind DAC"),
        ("Frau Ida Brook (Brook Bau GmbH)", "Brook Bau GmbH"),
        ("Ida Brook (Einkauf)", "Ida Brook (Einkauf)"),
        ("Brook Holding AG (Brook Bau GmbH)", "Brook Holding AG (Brook Bau GmbH)"),
    ],
)
def test_the_firm_in_brackets_behind_a_person_is_the_name(said: str, name: str) -> None:
    assert parse_name(said) == name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Dr. med. Erwin Möllers, Münster", "Dr. med. Erwin Möllers"),
        ("Prof. Dr. Ida Brook, Kiel", "Prof. Dr. Ida Brook"),
        ("Dr. Brook, Kern", "Dr. Brook, Kern"),
        ("Erwin Möllers, Münster", "Erwin Möllers, Münster"),
        ("Auskunft: Frau Thießen, Zimmer 2.14", "Frau Thießen"),
        ("Sachbearbeiterin: Ida Brook, Tel. 0431/1234-17", "Ida Brook"),
        ("Contact: Mr Brook, Room 12a", "Mr Brook"),
        ("Zimmer 14 GmbH", "Zimmer 14 GmbH"),
        ("Raum, Licht & Ton GmbH", "Raum, Licht & Ton GmbH"),
    ],
)
def test_a_town_a_room_and_a_word_for_who_is_to_be_asked_are_no_part_of_a_persons_name(said: str, name: str) -> None:
    assert parse_name(said) == name


@pytest.mark.parametrize("end", ["mbB", "(haftungsbeschränkt)"])
def test_a_legal_form_ends_on_the_next_line_of_an_address(end: str) -> None:
    firm = "Kern Rabe PartG" if end == "mbB" else "Kern UG"
    assert buyer(firm, firm, end) == f"{firm} {end}"
    spaced = placed(*column(500, 1_240, f"{firm} ", end, *PLACE))
    assert decided(spaced, buyer=firm)["buyer"] == f"{firm} {end}"


@pytest.mark.parametrize(
    "name",
    [
        *("WEG Lindenhof 7", "ARGE Hafentunnel", "Arbeitsgemeinschaft Hafentunnel", "Ortsgemeinde Ringstadt"),
        *("Les copropriétaires du Lac", "Syndicat des eaux du Lac", "Communauté de communes du Lac"),
        *("Coopérative des Trois Phares", "Lakeside Co-operative", "Amicale du Port", "Mutuelle du Lac"),
        *("EHPAD Les Tilleuls", "Comité des fêtes du Lac", "Office du tourisme du Lac", "Centre hospitalier du Lac"),
    ],
)
def test_owners_groups_of_builders_communes_and_societies_are_organisations(name: str) -> None:
    assert is_organisation(name)


@pytest.mark.parametrize(
    "name",
    [
        *("Am Weg 3", "Weg zum See 4", "Gemeindeweg 4", "Am Gemeinderat 2", "Argestraße 3", "Arge Straße 3"),
        *("Hans Wegner", "WEGA Bau", "Syndic Morel", "Copropriétaire Morel", "Communication Lac"),
        *("Office Lac", "Centre Lac", "Comité Lac"),
    ],
)
def test_streets_and_people_with_such_words_in_their_names_are_none(name: str) -> None:
    assert not is_organisation(name)


@pytest.mark.parametrize(
    "name",
    [
        "Kern & Rabe Partnerschaft von Rechtsanwälten mbB",
        "Kern Partnerschaft mbB",
        "Kern Rabe Partnerschaftsgesellschaft mbB",
    ],
)
def test_a_partnership_of_limited_liability_is_a_firm_with_its_whole_legal_form(name: str) -> None:
    assert is_firm(name)
    assert parse_name(name) == name
    assert [*firms_in(f"{name}, Kiel")] == [name]


@pytest.mark.parametrize("name", ["Partnerschaft von Rechtsanwälten", "Partnerschaft mit Ringstadt", "Kern mbB"])
def test_a_partnership_without_its_form_is_none(name: str) -> None:
    assert not is_firm(name)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("31-2026 zu Ihrem Titel GS-2218", "31-2026"),
        ("31-2026 für Titel GS-2218", "31-2026"),
        ("F-2031 pour votre commande 12", "F-2031"),
        ("INV-31 re: GS-2218", "INV-31"),
        ("31-2026 zuletzt GS-2218", "31-2026 zuletzt GS-2218"),
        ("31-2026 und GS-2218", "31-2026 und GS-2218"),
        ("31-2026 zu", "31-2026 zu"),
        ("GS 22 zu 18", "GS 22 zu 18"),
    ],
)
def test_what_a_number_is_about_is_no_part_of_it(said: str, number: str) -> None:
    assert parse_reference(said, "de") == number


VAT = "DE319774206"


@pytest.mark.parametrize(
    ("text", "buyer_name", "is_withheld"),
    [
        ("USt-IdNr. der ARGE: {}", "ARGE Hafentunnel", True),
        ("USt-IdNr. der WEG: {}", "WEG Lindenhof 7", True),
        ("USt-IdNr. der ARGE: {}", "Wohnbau Süd eG", False),
        ("USt-IdNr. der Kern Bau: {}", "ARGE Hafentunnel", False),
        ("USt-IdNr. ARGE: {}", "ARGE Hafentunnel", False),
        ("USt-IdNr. der ARGE: {0}\nUSt-IdNr.: {0}", "ARGE Hafentunnel", False),
        ("Agent's VAT Reg. No. {}", "Orchard Homes plc", True),
        ("Our VAT Reg. No. {}", "Orchard Homes plc", False),
        ("Gegnerin (USt-IdNr. {})", "Wohnbau Süd eG", True),
        ("Gegner: Kern Bau GmbH, USt-IdNr. {}", "Wohnbau Süd eG", True),
        ("Gegenüber (USt-IdNr. {})", "Wohnbau Süd eG", False),
    ],
)
def test_a_vat_number_that_is_called_the_recipients_an_agents_or_an_opponents_is_only_proposed(
    text: str,
    buyer_name: str,
    is_withheld: bool,  # noqa: FBT001
) -> None:
    page = f"Rechnung\n{buyer_name}\n{text.format(VAT)}"
    assert ([*of_text("invoice", page, seller_vat_id=VAT, buyer_name=buyer_name)] == ["seller_vat_id"]) is is_withheld


MONEY = "Rechnung\nWährung CHF\nNetto 100.00\nGesamt CHF 119.00\nGesamt 122,00 €"


def test_an_amount_in_another_currency_than_was_answered_is_only_proposed() -> None:
    assert of_text("invoice", MONEY, currency="CHF", gross_total="122,00 €") == {
        "gross_total": "Gesamtbetrag: „122,00 €“ steht in einer anderen Währung als das Dokument."
    }
    assert [*of_text("invoice", MONEY, currency="€", gross_total="CHF 119.00")] == ["gross_total"]


@pytest.mark.parametrize(
    "copied",
    [
        {"currency": "CHF", "gross_total": "CHF 119.00"},
        {"currency": "CHF", "net_total": "100.00"},
        {"currency": "€", "gross_total": "122,00 €"},
        {"gross_total": "122,00 €"},
    ],
    ids=["the same", "none", "the same, a sign", "none answered"],
)
def test_an_amount_without_another_currency_is_stated(copied: dict[str, str]) -> None:
    assert of_text("invoice", MONEY, **copied) == {}


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("Total 9\u2032113.20 CHF", ["9113.20"]),
        ("Total CHF 9\u2032113.20 davon 1\u2032212\u2032000.00", ["9113.20", "1212000.00"]),
        ("5\u2032 30.00", ["30.00"]),
        ("um 12\u203230 und 9\u203211 bis 3\u203245.00", []),
    ],
)
def test_a_prime_parts_thousands_of_an_amount_and_no_other_figures(text: str, amounts: list[str]) -> None:
    assert found(Kind.MONEY, text) == amounts


@pytest.mark.parametrize(
    ("text", "printed", "lacks"),
    [
        ("Die Rechnung lautet auf 9113,20 CHF.", "Total 9\u2032113.20 CHF", []),
        ("Die Rechnung lautet auf 9\u2032113.30 CHF.", "Total 9\u2032113.20 CHF", ["9\u2032113.30 CHF"]),
        ("Die Rechnung lautet auf 9113 CHF.", "Anker: 9\u2032113 CHF", []),
        ("Es sind 9\u2032113 Stück.", "9113 Stück", []),
        ("Es sind 113 Stück.", "9\u2032113 Stück", ["113"]),
        ("Es sind 9113 CHF.", "9\u2032113 Stück", []),
    ],
)
def test_figures_with_a_prime_are_the_same_in_a_text_and_in_its_document(
    text: str, printed: str, lacks: list[str]
) -> None:
    assert lacking(text, pages=(printed,), of="de-CH") == lacks


PRIME = "\u2032"
HEADED = """Bezeichnung                Menge & Preis         Betrag CHF
Tunnelbohrer                 3 x 1'030.50      3'091.50
Anker                        1'000 x 6.00      6'000.00
Nettobetrag                                    9'091.50""".replace("'", PRIME)
LISTED = """Tunnelbohrer, lang      3'091.50
Anker und Seile         6'000.00
Nettobetrag             9'091.50""".replace("'", PRIME)


def test_cells_of_tables_have_amounts_quantities_and_prices_with_a_prime() -> None:
    rows = read_text(HEADED, language="de-CH", net_total="9091.50")
    assert [[f"{figure}" for figure in row] for row in said_figures(rows)] == [
        ["3", "1030.50", "3091.50"],
        ["1000", "6.00", "6000.00"],
    ]
    rows = read_text(LISTED.replace(" " * 6, " "), language="de-CH", net_total="9091.50")
    assert [f"{row[2]}" for row in said_figures(rows)] == ["3091.50", "6000.00"]
    assert not rows.reasons


def test_words_and_an_amount_with_a_prime_beside_them_are_two_cells() -> None:
    assert cells([("Zange", 0, 250), ("3\u2032050.00", 280, 600)]) == [["Zange", "3\u2032050.00"]]
    assert cells([("Zange", 0, 250), ("A\u2032050", 280, 500)]) == [["Zange A\u2032050"]]


def test_a_prime_of_minutes_or_feet_stays_among_the_words() -> None:
    page = LISTED.replace("Tunnelbohrer, lang", "Tunnelbohrer, 12\u2032 lang")
    assert said_descriptions(read_text(page, language="de-CH", net_total="9091.50"))[0] == "Tunnelbohrer, 12\u2032 lang"
