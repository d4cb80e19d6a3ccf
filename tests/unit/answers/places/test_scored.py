"""How much speaks for what was answered: for the best of the places that say it."""

from decimal import Decimal

import pytest
from unit.answers.placed import a_type, field, placed
from unit.answers.places.spots import learned, odds

from schemas.document_types import FieldDefinition, Kind, Role
from schemas.events import FieldAnswer
from services.answers.calibration import MOST_AHEAD
from services.answers.candidates import Candidates
from services.answers.places.learned import NO_PLACES, LearnedPlaces

SELLER = field("seller", Kind.NAME, "Verkäufer", "seller", role=Role.SENDER)
ISSUED = field("issued", Kind.DATE, "Datum", "date", of_document=True)
TOTAL = field("total", Kind.MONEY, "Summe", "total")
SUBJECT = field("subject", Kind.TEXT, "Betreff", "subject")
WEIGHT = field("weight", Kind.QUANTITY, "Gewicht", "weight")
ACCOUNT = field("iban", Kind.IBAN, "IBAN", "IBAN")
BILL = a_type(SELLER, ISSUED, TOTAL, SUBJECT, WEIGHT, ACCOUNT)
WORDS, LAYOUTS = placed(
    ("Nordwerk GmbH", 0, 100),
    ("Rechnung", 0, 400),
    ("05.06.2026", 3000, 400),
    ("Datum", 0, 600),
    ("05.06.2026", 3000, 600),
    ("19.06.2026", 3000, 800),
    ("Summe", 0, 1000),
    ("119,00 €", 3000, 1000),
    ("5 kg", 3000, 1200),
    ("12,5 kg", 3000, 1400),
    ("Nordwerk GmbH, Kaiweg 5, Hamburg", 0, 2000),
)
LEARNED = learned(
    {
        "name:sender": {"line0": 3.0, "from-end1": 6.0},
        "date:of_document": {"left:rechnung": 1.0, "left:datum": 5.0},
        "money:total": {"left:summe": 7.0},
        "quantity:weight": {"line5": 3.0},
    },
    bias=-2.0,
)


def candidates(places: LearnedPlaces = LEARNED) -> Candidates:
    return Candidates(WORDS, "de", LAYOUTS, learned_places=places)


def answered(definition: FieldDefinition, value: str | None, said: str = "", at: int | None = None) -> FieldAnswer:
    """Give what was answered: a value, or what could not be read, and where if it is known."""
    return FieldAnswer(
        path=definition.name,
        kind=definition.kind.value,
        value=value,
        value_numeric=Decimal(value) if value and definition.kind is Kind.MONEY else None,
        verbatim=said or value or "",
        status="ok" if value else "unparsed",
        confidence=0.5,
        page=None if at is None else 1,
        char_start=at,
        char_end=None if at is None else at + len(said or value or ""),
    )


def score(definition: FieldDefinition, answer: FieldAnswer, places: LearnedPlaces = LEARNED) -> float | None:
    known = candidates(places)  # its places end with it
    return known.places.score_of(BILL, definition, answer)


def test_each_place_that_may_be_a_fields_has_its_odds() -> None:
    page = WORDS, LAYOUTS
    assert odds(LEARNED, page, BILL, ISSUED) == [("2026-06-05", -1.0), ("2026-06-05", 3.0), ("2026-06-19", -2.0)]
    assert odds(LEARNED, page, BILL, TOTAL) == [("119.00", 5.0)]


def test_of_a_field_of_which_nothing_was_learned_there_is_no_opinion() -> None:
    for definition, value in ((SUBJECT, "Rechnung"), (ACCOUNT, "DE89370400440532013000")):
        assert score(definition, answered(definition, value)) is None
    for definition, value in ((SELLER, "Nordwerk GmbH"), (ISSUED, "2026-06-05")):
        assert score(definition, answered(definition, value), NO_PLACES) is None


def test_a_value_has_the_odds_of_the_best_place_that_says_it_wherever_it_was_copied_from() -> None:
    first = WORDS[0].index("05.06.2026")
    assert score(ISSUED, answered(ISSUED, "2026-06-05", "05.06.2026", first)) == 3.0
    assert score(ISSUED, answered(ISSUED, "2026-06-05")) == 3.0
    assert score(ISSUED, answered(ISSUED, "2026-06-19")) == -2.0


def test_what_stands_nowhere_has_no_odds() -> None:
    assert score(ISSUED, answered(ISSUED, "2026-06-06")) is None
    assert score(SELLER, answered(SELLER, "Südwerk AG")) is None


def test_what_could_not_be_read_is_judged_by_where_it_stands() -> None:
    at = WORDS[0].index("19.06")
    assert score(ISSUED, answered(ISSUED, None, "19.06", at)) == -2.0
    assert score(ISSUED, answered(ISSUED, None, "19.06")) is None
    assert score(ISSUED, answered(ISSUED, None, "\n", at - 1)) is None, "what only touches a place does not stand there"


@pytest.mark.parametrize("said", ["Nordwerk GmbH", "NORDWERK  GmbH", "Nordwerk-GmbH"])
def test_a_name_is_said_by_every_cell_that_has_its_words(said: str) -> None:
    assert score(SELLER, answered(SELLER, said)) == 4.0, "the imprint has it, too, and is likelier"


def test_letters_that_many_words_have_are_looked_for_in_their_own_cell_alone() -> None:
    assert score(SELLER, answered(SELLER, "Werk")) == 4.0
    assert score(SELLER, answered(SELLER, "GmbH"[:3])) is None
    at = WORDS[0].index("GmbH")
    assert score(SELLER, answered(SELLER, "Gmb", at=at)) == 1.0


def test_a_number_of_few_digits_is_said_by_its_own_cell_alone() -> None:
    at = WORDS[0].index("5 kg")
    assert score(WEIGHT, answered(WEIGHT, "5", "5 kg", at)) == 1.0
    assert score(WEIGHT, answered(WEIGHT, "12.5", "12,5 kg", WORDS[0].index("12,5 kg"))) == -2.0
    assert score(WEIGHT, answered(WEIGHT, "5", "5 kg")) is None


def test_a_name_is_looked_for_without_what_its_copy_has_around_it() -> None:
    assert score(SELLER, answered(SELLER, "Nordwerk GmbH", "Firma Nordwerk GmbH")) == 4.0


def test_kinds_are_scored_apart_in_one_document() -> None:
    known = candidates()
    said = ((ISSUED, "2026-06-19"), (TOTAL, "119.00"), (SELLER, "Nordwerk GmbH"), (ISSUED, "2026-06-05"))
    assert [known.places.score_of(BILL, field, answered(field, value)) for field, value in said] == [
        -2.0,
        5.0,
        4.0,
        3.0,
    ]


def test_fields_of_a_kind_are_each_judged_by_what_was_learned_of_them() -> None:
    due = field("due", Kind.DATE, "fällig", "due")
    kind = a_type(ISSUED, due, SELLER)
    places = learned({"date:of_document": {"left:datum": 5.0}, "date:due": {"day-from-last0": 3.0}}, bias=-2.0)
    known = Candidates(WORDS, "de", LAYOUTS, learned_places=places)
    days = ("2026-06-05", "2026-06-19")
    for definition, expected in ((due, [-2.0, 1.0]), (ISSUED, [3.0, -2.0])):
        assert [known.places.score_of(kind, definition, answered(definition, day)) for day in days] == expected
    assert known.places.score_of(kind, SELLER, answered(SELLER, "Nordwerk GmbH")) is None


def ahead(definition: FieldDefinition, answer: FieldAnswer, places: LearnedPlaces = LEARNED) -> float | None:
    known = candidates(places)  # its places end with it
    return known.places.ahead(BILL, definition, answer)


def test_a_value_is_ahead_of_the_best_place_that_says_another_one() -> None:
    assert ahead(ISSUED, answered(ISSUED, "2026-06-05")) == 5.0
    assert ahead(ISSUED, answered(ISSUED, "2026-06-19")) == -5.0


def test_a_value_without_another_one_is_as_far_ahead_as_can_be() -> None:
    only = learned({"name:sender": {"line0": 9.0}})
    known = Candidates(["Nordwerk GmbH"], "de", [], learned_places=only)
    assert known.places.ahead(BILL, SELLER, answered(SELLER, "Nordwerk GmbH")) == MOST_AHEAD
    far = learned({"date:of_document": {"left:datum": 50.0}})
    assert ahead(ISSUED, answered(ISSUED, "2026-06-05"), far) == MOST_AHEAD


def test_nothing_is_ahead_where_nothing_is_known_of_its_place() -> None:
    assert ahead(SUBJECT, answered(SUBJECT, "Rechnung")) is None
    assert ahead(TOTAL, answered(TOTAL, "119.00")) is None, "a sum proves it, or not"
    assert ahead(ISSUED, answered(ISSUED, "2026-06-06")) is None


def test_a_part_of_a_name_is_none_of_its_rivals() -> None:
    logo = learned({"name:sender": {"line0": 9.0, "from-end1": 2.0}}, bias=-2.0)
    whole = answered(SELLER, "Nordwerk GmbH, Kaiweg 5")
    assert ahead(SELLER, whole, logo) == 2.0, "the next best is any other cell"
    assert ahead(SELLER, answered(SELLER, "Rechnung"), logo) == -9.0
