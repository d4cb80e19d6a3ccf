"""Addresses in their parts, and those that stay as they are written."""

import pytest

from services.answers.addresses import Address, begins_with_street, parse_address


@pytest.mark.parametrize(
    ("verbatim", "address"),
    [
        ("Gerberstraße 14, 04105 Leipzig", Address((), "Gerberstraße 14", "04105", "Leipzig")),
        ("Gerberstraße 14 04105 Leipzig", Address((), "Gerberstraße 14", "04105", "Leipzig")),
        (
            "Papierhaus Lindner GmbH\nGerber-\nstr. 14\nD-04105 Leipzig",
            Address(("Papierhaus Lindner GmbH",), "Gerberstr. 14", "04105", "Leipzig"),
        ),
        ("Postfach 20 14 · 33602 Bielefeld", Address((), "Postfach 20 14", "33602", "Bielefeld")),
        ("Straße des 17. Juni 135, 10623 Berlin", Address((), "Straße des 17. Juni 135", "10623", "Berlin")),
        ("Bauhausstraße 21\nBad Sulza 99518", Address((), "Bauhausstraße 21", "99518", "Bad Sulza")),
        ("Am Deich 60\n28199 Bremen\nDeutschland", Address((), "Am Deich 60", "28199", "Bremen")),
        ("Hangweg 55\nD - 48653 Coesfeld", Address((), "Hangweg 55", "48653", "Coesfeld")),
        ("Stephansplatz 5 A - 1010 Wien", Address((), "Stephansplatz 5 A", "1010", "Wien")),
        ("Stephansplatz 1, A-1010 Wien", Address((), "Stephansplatz 1", "1010", "Wien")),
        ("1010 Wien, Stephansplatz 3", Address((), "Stephansplatz 3", "1010", "Wien")),
        ("Verlag KG\nA-1010 Wien\nAm Hof 3a", Address(("Verlag KG",), "Am Hof 3a", "1010", "Wien")),
        ("75002 Paris, 12, rue de la Paix", Address((), "12 rue de la Paix", "75002", "Paris")),
        ("33602 Bielefeld, Postfach 20 14", Address((), "Postfach 20 14", "33602", "Bielefeld")),
        ("Landstraße 5, 4020 Linz", Address((), "Landstraße 5", "4020", "Linz")),
        ("Bahnhofstrasse 1, 8001 Zürich", Address((), "Bahnhofstrasse 1", "8001", "Zürich")),
        ("Via Nassa 5, 6900 Lugano, Schweiz", Address((), "Via Nassa 5", "6900", "Lugano")),
        ("12, rue de la Paix, 75002 Paris", Address((), "12 rue de la Paix", "75002", "Paris")),
        ("12 bis rue Foch\n75002 PARIS CEDEX 02", Address((), "12 bis rue Foch", "75002", "PARIS")),
        ("40 Tower Road, Newcastle upon Tyne NE1 5ZZ",
         Address((), "40 Tower Road", "NE1 5ZZ", "Newcastle upon Tyne", form="GB")),
        ("Flat 3\n19 Linden Grove\nEdinburgh\nEH6 9ZZ",
         Address(("Flat 3",), "19 Linden Grove", "EH6 9ZZ", "Edinburgh", form="GB")),
        ("215 Vine St\nScranton PA 18503\nUnited States",
         Address((), "215 Vine St", "18503", "Scranton, PA", form="US")),
        ("Suite 4, 410 Terry Ave North, Seattle, WA 98109-5210, USA",
         Address(("Suite 4",), "410 Terry Ave North", "98109-5210", "Seattle, WA", form="US")),
        ("Unit 3, Whitehall Cross, Leeds LS12 5XX, United Kingdom",
         Address(("Unit 3",), "Whitehall Cross", "LS12 5XX", "Leeds", form="GB")),
        ("Foundry Yard, Gateshead NE8 2ZZ, United Kingdom",
         Address((), "Foundry Yard", "NE8 2ZZ", "Gateshead", form="GB")),
        ("Lot 7, 12 Miller Road, North Ballan, VIC 3342",
         Address(("Lot 7",), "12 Miller Road", "3342", "North Ballan VIC", form="AU")),
        ("17 Glasheen Park, Cork T12 KX83, Ireland",
         Address((), "17 Glasheen Park", "T12 KX83", "Cork", form="IE")),
        ("Unit 5\nMill Road\nBray A98 K2X6",
         Address(("Unit 5",), "Mill Road", "A98 K2X6", "Bray", form="IE")),
        ("Rua do Almada 21, 4050-030 Porto", Address((), "Rua do Almada 21", "4050-030", "Porto")),
        ("ul. Długa 5\n00-238 Warszawa", Address((), "ul. Długa 5", "00-238", "Warszawa")),
        ("Calle Mayor 5, 28013 Madrid, Spanien", Address((), "Calle Mayor 5", "28013", "Madrid")),
        ("Singelkade 310, 1016 AB Amsterdam, Netherlands",
         Address((), "Singelkade 310", "1016 AB", "Amsterdam")),
    ],
)  # fmt: skip
def test_an_address_is_split_and_its_country_is_no_part_of_it(verbatim: str, address: Address) -> None:
    assert parse_address(verbatim) == address


@pytest.mark.parametrize(
    ("verbatim", "text"),
    [
        ("Flat 3, 19 Linden Grove, Edinburgh EH6 9ZZ", "Flat 3, 19 Linden Grove, Edinburgh EH6 9ZZ"),
        ("410 Terry Ave North, Seattle, WA 98109", "410 Terry Ave North, Seattle, WA 98109"),
        ("Am Deich 60\n28199 Bremen\nDeutschland", "Am Deich 60, 28199 Bremen"),
        ("40 Tower Road, Leeds LS1 5ZZ, England", "40 Tower Road, Leeds LS1 5ZZ"),
        ("Stephansplatz\u00a01\nA\u20111010\u202fWien", "Stephansplatz 1, 1010 Wien"),
    ],
)
def test_its_text_is_one_line_as_its_country_writes_it(verbatim: str, text: str) -> None:
    address = parse_address(verbatim)
    assert address is not None
    assert address.text == text


@pytest.mark.parametrize(
    "verbatim",
    [
        "", "Leipzig", "04105 Leipzig", "Lieferant GmbH, 12345 Stadt", "Gerberstraße 14", "A-10101 Wien, Ring 1",
        "Rua do Almada 21, 4050-030 Porto, Spanien", "Calle Mayor 5, 2801 Madrid, Spanien",
        "1217 Harbor Drive, Portland, OR", "5 High Street, Model A12 KXLM", "5 High Street, Cork T12 KX83, Schweiz",
        "1217 Harbor Drive, Portland, XX 97201", "1217 Harbor Drive, Portland, OR 97201, Deutschland",
        "Bahnhofstr. 1, 8001 Zürich, Deutschland", "Ring 1, D-1010 Wien", "Ring 1, A-1010 Wien, Schweiz",
        "Gerberstr. 14, 04105 Leipzig, Sachsen", "straße 1 " * 45, ", " * 190,
        "12345 Stadt, Rechnung 100", "12345 Stadt, Im Jahr 2018", "1010 Wien, Stephansplatz",
        "Gerberstr. 14, 04105 Leipzig, Am Hof 5", "Gerberstr. 14 04105 Leipzig, Am Hof 5",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_split_without_doubt_is_not_read(verbatim: str) -> None:
    assert parse_address(verbatim) is None


@pytest.mark.parametrize("line", ["Rechnung 10023", "Postfach 99518", "Order 10023", "Weimar 9951"])
def test_a_number_behind_a_word_is_no_town(line: str) -> None:
    assert parse_address(f"Bauhausstraße 21\n{line}") is None


@pytest.mark.parametrize(
    ("line", "is_street"),
    [
        ("ZA des Tannes", True),
        ("Z.I. Nord", True),
        ("Zone artisanale du Pont", True),
        ("4 Station Road", True),
        ("Oak House, 4 Station Road", True),
        ("ZA", False),
        ("Zaber SARL", False),
        ("WEG Ringstraße 41", False),
    ],
)
def test_areas_and_streets_behind_their_numbers_are_no_names(line: str, *, is_street: bool) -> None:
    assert begins_with_street(line) is is_street


def test_a_size_behind_a_number_is_no_town() -> None:
    assert parse_address("Business cards, 6 names x 250\nRoller banner 850 x 2000 mm with bag") is None
