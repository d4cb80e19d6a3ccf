"""Where both parties were answered with the same name, one of them is the name that stands where his part does."""

import pytest
from unit.answers.placed import a_type, field, placed, values
from unit.answers.places.spots import learned

from schemas.document_types import Kind, Role
from services.answers.candidates import Candidates
from services.answers.check import check_answer
from services.answers.places.elsewhere import by_places
from services.answers.places.scored import LIKELY
from services.answers.review import Review

BILL = a_type(
    field("seller", Kind.NAME, "Verkäufer", "seller", role=Role.SENDER, is_party=True),
    field("buyer", Kind.NAME, "Käufer", "buyer", role=Role.RECIPIENT, is_party=True),
)
BIAS = -4.0
SURE = LIKELY - BIAS + 0.5
"""Of a term: with it a place is not unlikely, and not 400 times likelier than one without."""


def parties(
    *words: str,
    seller: str,
    buyer: str,
    at_top: float = SURE,
    below: float = SURE,
    third: float = 0.0,
    last: str = "Ende",
) -> dict[str, str | None]:
    """Give who sells and who buys by a page of lines, whose first is like sellers', and whose second like buyers'.

    Parameters
    ----------
    at_top, below, third
        How much of the logarithm of the odds speaks for a seller in the first line, a buyer in the second, and a seller
        in the third.
    """
    pages, layouts = placed(*((word, 0, 100 + 300 * at) for at, word in enumerate([*words, last])))
    places = learned({"name:sender": {"line0": at_top, "line2": third}, "name:recipient": {"line1": below}}, bias=BIAS)
    known = Candidates(pages, "de", layouts, learned_places=places)
    fields = check_answer(BILL, {"seller": seller, "buyer": buyer}, pages, "de", known.surroundings)
    return values(by_places(BILL, Review(fields, [], {}), known, "de").fields)


def test_who_sells_is_who_stands_where_sellers_do_if_the_buyer_was_copied_for_him() -> None:
    found = parties("Fadenwerk Stoffdruck", "Kita Rabe e.V.", seller="Kita Rabe e.V.", buyer="Kita Rabe e.V.")
    assert found == {"seller": "Fadenwerk Stoffdruck", "buyer": "Kita Rabe e.V."}


def test_who_buys_is_who_stands_where_buyers_do_if_the_seller_was_copied_for_him() -> None:
    found = parties("Fadenwerk Stoffdruck", "Kita Rabe e.V.", seller="Fadenwerk Stoffdruck", buyer="Fadenwerk")
    assert found == {"seller": "Fadenwerk Stoffdruck", "buyer": "Kita Rabe e.V."}


def test_one_name_stays_for_both_where_no_other_place_is_likely() -> None:
    found = parties(
        "Fadenwerk Stoffdruck", "Kita Rabe e.V.", seller="Kita Rabe e.V.", buyer="Kita Rabe e.V.", at_top=SURE - 1
    )
    assert found == {"seller": "Kita Rabe e.V.", "buyer": "Kita Rabe e.V."}


@pytest.mark.parametrize(
    ("seller", "buyer"), [("Nordlicht AG", "Kita Rabe e.V."), ("Stadt Ringau", "Wasserwerk der Stadt Ringau")]
)
def test_two_names_stay(seller: str, buyer: str) -> None:
    found = parties("Fadenwerk Stoffdruck", buyer, seller, seller=seller, buyer=buyer)
    assert found == {"seller": seller, "buyer": buyer}


@pytest.mark.parametrize("line", ["Vielen Dank", "Mit freundlichen Grüßen", "Frau Kern"])
def test_what_names_no_party_is_none(line: str) -> None:
    assert parties(line, "Kita Rabe", seller="Kita Rabe", buyer="Kita Rabe")["seller"] == "Kita Rabe"


def test_a_name_that_stands_twice_gives_way_to_a_likelier_place_alone() -> None:
    words = ("Spedition Kern", "Kita Rabe", "Kita Rabe")
    assert parties(*words, seller=words[1], buyer=words[1])["seller"] == words[0]
    twice = ("Kita Rabe", "Kita Rabe", "Spedition Kern")
    for third, seller in ((SURE, twice[0]), (SURE + 3, twice[2])):
        found = parties(*twice, seller=twice[0], buyer=twice[0], at_top=SURE + 2, below=SURE + 2, third=third)
        assert found == {"seller": seller, "buyer": twice[0]}
    even = parties(*twice, seller=twice[0], buyer=twice[0], at_top=-BIAS, below=-BIAS, third=SURE)
    assert even["seller"] == twice[0], "odds of one to one are known, too"
    unlikely = parties(*twice, seller=twice[0], buyer=twice[0], at_top=0, below=0, third=SURE - 1)
    assert unlikely["seller"] == twice[0]


def test_a_name_that_stands_once_is_one_partys_alone() -> None:
    words = ("Kita Rabe", "Am Markt", "Spedition Kern")
    found = parties(*words, seller=words[0], buyer=words[0], at_top=SURE + 1, below=0, third=SURE)
    assert found == {"seller": words[2], "buyer": words[0]}


def test_both_places_say_together_who_is_another() -> None:
    words = ("Spedition Kern", "Kita Rabe", "Nordlicht AG")
    either = parties(words[0], words[1], words[2], seller=words[2], buyer=words[2], at_top=SURE, below=SURE + 1)
    assert either == {"seller": words[2], "buyer": words[1]}
    surely = parties(*words, seller=words[0], buyer=words[0], at_top=SURE + 4, below=SURE, third=SURE + 0.4)
    assert surely == {"seller": words[0], "buyer": words[1]}
    stays = parties(words[1], words[0], seller=words[1], buyer=words[1], at_top=SURE + 1, below=SURE)
    assert stays == {"seller": words[1], "buyer": words[0]}


def test_what_a_far_likelier_place_changed_is_no_more_the_same() -> None:
    words = ("Spedition Kern", "Kita Rabe", "Nordlicht AG")
    found = parties(*words, seller=words[2], buyer=words[2], at_top=SURE + 5, below=SURE)
    assert found == {"seller": words[0], "buyer": words[2]}


def test_who_stands_where_only_an_issuer_does_goes_on_selling() -> None:
    """His name at the top is in the buyers' place, and the buyer's in the sellers'."""
    words = ("Kita Rabe e.V.", "Fadenwerk Stoffdruck")
    last = "Fadenwerk Stoffdruck, IBAN DE02120300000000202051"
    found = parties(*words, seller=words[1], buyer=words[1], last=last)
    assert found == {"seller": "Fadenwerk Stoffdruck", "buyer": "Fadenwerk Stoffdruck"}
    assert parties(*words, seller=words[1], buyer=words[1]) == {"seller": words[0], "buyer": words[1]}


def test_a_seller_has_his_legal_form_from_where_the_page_prints_it() -> None:
    words = ("Armor Gourmet", "Kita Rabe e.V.", "Armor Gourmet SARL au capital de 30 000 €")
    assert parties(*words, seller=words[1], buyer=words[1]) == {"seller": "Armor Gourmet SARL", "buyer": words[1]}
    words = ("Armor Sols", "Kita Rabe e.V.", "SARL Armor Sols")
    assert parties(*words, seller=words[0], buyer=words[2]) == {"seller": words[2], "buyer": words[1]}
    words = ("Armor", "Armor Gourmet SARL")  # who is another, as it is billed
    assert parties(*words, seller=words[1], buyer=words[1]) == {"seller": words[0], "buyer": words[1]}
