"""Who is behind a name under which somebody trades: the issuer's name is that of who trades, where it is said."""

import pytest
from unit.answers.placed import Placed, a_type, column, field, placed
from unit.answers.test_roles import decided

from schemas.document_types import Kind, Role

AT_TOP = ("Haus am See", 500, 100)
CUSTOMER = column(500, 1_240, "Wohnbau Süd eG", "Am Hang 12", "80333 München")
ABOVE = ("Telefon 0431 555 0143", 500, 7_000)


def seller(said: str, *more: Placed) -> str | None:
    page = placed(AT_TOP, *CUSTOMER, ABOVE, *more)
    return decided(page, seller=said, buyer="Wohnbau Süd eG")["seller"]


def of_sentence(said: str, sentence: str) -> str | None:
    return seller(said, (sentence, 500, 8_000))


@pytest.mark.parametrize(
    "sentence",
    [
        "Haus am See ist ein Betrieb der Ostsee Hotel GmbH",
        "Haus am See, eine Marke der Firma Ostsee Hotel GmbH, Kiel",
        "Haus am See \u2013 ein Geschäftsbereich von Ostsee Hotel GmbH",
        "Haus am See is a trading name of Ostsee Hotel GmbH",
        "Haus am See: a brand of the Ostsee Hotel GmbH",
        "Haus am See est une enseigne de la Ostsee Hotel GmbH",
        "Ostsee Hotel GmbH t/a Haus am See",
        "Ostsee Hotel GmbH, trading as Haus am See, Kiel",
        "Ostsee Hotel GmbH (handelnd unter Haus am See)",
    ],
)
def test_who_trades_under_a_name_is_the_seller(sentence: str) -> None:
    assert of_sentence("Haus am See", sentence) == "Ostsee Hotel GmbH"


@pytest.mark.parametrize(
    "sentence",
    [
        "Haus am See ist ein Nachbar der Ostsee Hotel GmbH",
        "Haus am See ist ein Betrieb der Familie Brook und ihrer Ostsee Hotel GmbH.",
        "Haus Möwe ist ein Betrieb der Ostsee Hotel GmbH",
        "Haus am See, Partner der Ostsee Hotel GmbH",
        "Haus am See is the trading partner of Ostsee Hotel GmbH",
        "Ostsee Hotel GmbH t/a Haus Möwe",
        "Ostsee Hotel GmbH, Kiel, trading as Haus am See",
    ],
)
def test_who_is_only_named_beside_it_is_not(sentence: str) -> None:
    assert of_sentence("Haus am See", sentence) == "Haus am See"


def test_a_firm_with_its_legal_form_trades_itself_unless_the_sentence_was_copied_with_it() -> None:
    sentence = "Seeblick GmbH ist ein Betrieb der Ostsee Hotel GmbH"
    assert of_sentence("Seeblick GmbH", sentence) == "Seeblick GmbH"
    whole = "Haus am See ist ein Betrieb der Ostsee Hotel GmbH"
    assert of_sentence(whole, whole) == "Ostsee Hotel GmbH"


@pytest.mark.parametrize(
    ("said", "line", "name"),
    [
        ("Haus am See", "Weingut Haus am See · Inhaber Jan Kern", "Weingut Haus am See"),
        ("Haus am See", "Weingut Haus am See, Proprietor Jan Kern", "Weingut Haus am See"),
        ("Haus am See", "Weingut Haus am See \u2013 Inhaberin: Ida Kern", "Weingut Haus am See"),
        ("Haus am See", "Haus am See Weinbau | Owner: Jan Kern", "Haus am See Weinbau"),
        ("Haslauer", "Weingut Haslauer · Inhaber Franz Haslauer", "Weingut Haslauer"),
    ],
)
def test_of_the_name_of_a_business_before_its_owners_a_part_is_made_whole(said: str, line: str, name: str) -> None:
    assert of_sentence(said, line) == name


@pytest.mark.parametrize(
    "line",
    [
        "Weingut Haus am See · Ansprechpartner Jan Kern",
        "Weingut Haus Möwe · Inhaber Jan Kern",
        "Haus am See · Inhaber Jan Kern",
        "Zu Gast in diesem Jahr im Haus am See · Inhaber Jan Kern",
        "Weingut Haus am See Ringstadt · Inhaber Jan Kern",
    ],
    ids=["no owner", "another name", "nothing more", "more words than a name has", "neither its beginning nor its end"],
)
def test_a_name_that_is_not_the_businesss_stays(line: str) -> None:
    assert of_sentence("Haus am See", line) == "Haus am See"


def test_the_owner_may_stand_below_the_name_of_the_business() -> None:
    def with_below(line: str, left: int = 500) -> str | None:
        return seller("Haus am See", ("Haus am See Weinbau", 500, 8_000), (line, left, 8_120))

    assert with_below("Inhaber: Jan Kern") == "Haus am See Weinbau"
    assert with_below("Kellermeister: Jan Kern") == "Haus am See"
    assert with_below("Inhaber: Jan Kern", 5_000) == "Haus am See"


def test_a_person_may_be_who_is_asked_for() -> None:
    assert of_sentence("Ida Brook", "Ida Brook Weinbau · Inhaberin Ida Brook") == "Ida Brook"


def test_who_trades_is_asked_of_the_sender_alone() -> None:
    other = a_type(field("buyer", Kind.NAME, "Käufer", "Buyer", role=Role.RECIPIENT, is_party=True))
    page = placed(("Haus am See is a trading name of Ostsee Hotel GmbH", 500, 8_000))
    assert decided(page, other, buyer="Haus am See") == {"buyer": "Haus am See"}
    assert decided(page, seller="Haus am See")["seller"] == "Ostsee Hotel GmbH"
