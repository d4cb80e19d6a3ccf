"""What was learned of the places of fields: shared by groups, written for people, refused if it is not understood."""

import json
from datetime import UTC, datetime

import pytest
from unit.answers.placed import Placed, a_type, field, placed
from unit.answers.places.spots import learned, odds

from schemas.document_types import DocumentType, Kind, Role, load_document_types
from services.answers.places.found import CELLS
from services.answers.places.learned import (
    NO_PLACES,
    LearnedPlaces,
    LearnedPlacesError,
    Weights,
    group_of,
    own_of,
    read_learned_places,
    shipped_places,
)
from services.answers.values_by_form import KINDS

SELLER = field("seller", Kind.NAME, "Verkäufer", "seller", role=Role.SENDER)
ISSUED = field("issued", Kind.DATE, "Datum", "date", of_document=True)
DUE = field("due", Kind.DATE, "fällig", "due")
NOTE = field("note", Kind.NAME, "Vermerk", "note")
BILL = a_type(SELLER, ISSUED, DUE, NOTE)
ORDER = a_type(
    field("buyer", Kind.NAME, "Besteller", "buyer", role=Role.SENDER),
    field("ordered", Kind.DATE, "Datum", "date", of_document=True),
    field("due", Kind.DATE, "fällig", "due"),
    field("note", Kind.NAME, "Vermerk", "note"),
    name="order",
)
ALONE, BELOW, BESIDE = ("Nordwerk", 0, 100), ("Nordwerk", 0, 2000), ("fällig", 0, 2000)


def made() -> LearnedPlaces:
    """Give what was learned of senders and of days on which something is due."""
    senders = {"line0": 2.0, "bill.seller|line0": 0.5, "order.buyer|line0": -4.0, "bill.seller|": 0.25}
    return LearnedPlaces(
        learned_at=datetime(2026, 11, 29, tzinfo=UTC),
        documents=12,
        groups={
            "name:sender": Weights(bias=-1.0, terms=senders),
            "date:due": Weights(bias=-3.0, terms={"left:fällig": 5.0}),
        },
    )


def score(kind: DocumentType, at: int, *words: Placed, among: LearnedPlaces | None = None) -> float | None:
    """Say how much speaks for the last place of a page being the field of a type that is at a number."""
    return odds(among or made(), placed(*words), kind, kind.fields[at])[-1][1]


def test_fields_of_a_group_share_what_was_learned() -> None:
    assert group_of(BILL, BILL.fields[0]) == group_of(ORDER, ORDER.fields[0]) == "name:sender"
    assert group_of(BILL, BILL.fields[1]) == group_of(ORDER, ORDER.fields[1]) == "date:of_document"
    assert group_of(BILL, BILL.fields[2]) == group_of(ORDER, ORDER.fields[2]) == "date:due"


def test_a_name_without_a_part_in_the_letter_is_of_its_type_alone() -> None:
    assert group_of(BILL, BILL.fields[3]) == "name:bill.note"
    assert group_of(ORDER, ORDER.fields[3]) == "name:order.note"


def test_the_odds_of_a_place_are_the_sum_of_its_terms_weights() -> None:
    day = ("05.06.2026", 3000, 2000)
    assert score(BILL, 2, day) == -3.0
    assert score(BILL, 2, BESIDE, day) == 2.0


def test_what_is_a_fields_own_adds_to_what_its_group_shares_and_is_no_other_fields() -> None:
    assert score(BILL, 0, ALONE) == -1.0 + 0.25 + 2.0 + 0.5
    assert score(ORDER, 0, ALONE) == -1.0 + 2.0 - 4.0
    assert score(BILL, 0, ALONE, BELOW) == -1.0 + 0.25, "a field may be likelier than its group, wherever it stands"


def test_a_stroke_among_the_words_is_a_word() -> None:
    among = learned({"name:sender": {"left:|": 2.0, "bill.seller|left:|": 0.5, "bill.seller|left=a |": 0.25}}, bias=0.0)
    row = (("a |", 0, 100), ("Nordwerk", 3000, 100))
    assert score(BILL, 0, *row, among=among) == 2.75
    assert score(ORDER, 0, *row, among=among) == 2.0


def test_each_place_of_a_page_has_its_own_odds() -> None:
    page = placed(ALONE, BESIDE, ("Nordwerk", 3000, 2000))
    assert odds(made(), page, BILL, SELLER) == [("Nordwerk", 1.75), ("fällig", -0.75), ("Nordwerk", -0.75)]


def test_a_type_of_the_same_name_may_have_other_fields() -> None:
    other = a_type(field("seller", Kind.NAME, "Verkäufer", "seller", role=Role.RECIPIENT))
    both = LearnedPlaces(documents=9, groups={**made().groups, "name:recipient": Weights(bias=-8.0, terms={})})
    assert score(BILL, 0, ALONE, among=both) == 1.75
    assert score(other, 0, ALONE, among=both) == -8.0


def test_of_other_fields_and_types_nothing_is_known() -> None:
    assert [made().knows(BILL, item) for item in BILL.fields] == [True, False, True, False]
    assert made().knows(ORDER, ORDER.fields[0])
    assert not any(NO_PLACES.knows(BILL, item) for item in BILL.fields)


def test_a_type_of_ones_own_shares_what_the_shipped_ones_taught() -> None:
    places, kind = shipped_places(), a_type(SELLER, ISSUED, NOTE, name="permit")
    assert [places.knows(kind, item) for item in kind.fields] == [True, True, False]
    page = placed(("Nordwerk GmbH", 0, 100), ("Kaiweg 5", 0, 220), ("Rechnung", 0, 1500))
    found = odds(places, page, kind, SELLER)
    assert max(found, key=lambda item: item[1] or -99.0)[0] == "Nordwerk GmbH"
    assert {known for _, known in odds(places, page, kind, NOTE)} == {None}


def test_they_are_written_a_group_a_line_and_read_back_the_same() -> None:
    text = made().as_json()
    assert read_learned_places(text) == read_learned_places(text.encode()) == made()
    assert [line.partition(":")[0] for line in text.splitlines()[1:-1]] == ['"date', '"name']
    assert '"left:fällig": 5.0' in text, "a person can read it"
    assert read_learned_places(NO_PLACES.as_json()).as_json() == NO_PLACES.as_json()


def test_the_fingerprint_is_of_all_of_it() -> None:
    places = made()
    assert read_learned_places(places.as_json()).fingerprint == places.fingerprint
    other = places.model_copy(update={"groups": {**places.groups, "date:due": Weights(bias=-3.0, terms={})}})
    assert len({places.fingerprint, other.fingerprint, NO_PLACES.fingerprint}) == 3


def test_terms_are_counted_over_all_groups() -> None:
    assert (made().terms, NO_PLACES.terms) == (5, 0)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"version": 2}, "version"),
        ({"documents": -1}, "documents"),
        ({"words": {}}, "words"),
        ({"groups": {"date:due": {"terms": {}}}}, "groups.date:due.bias"),
        ({"groups": {"date:due": {"bias": "Infinity", "terms": {}}}}, "groups.date:due.bias"),
        ({"groups": {"date:due": {"bias": 0, "terms": {"line0": "NaN"}}}}, "groups.date:due.terms.line0"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason_and_the_remedy(change: dict[str, object], reason: str) -> None:
    given_places = json.dumps(made().model_dump(mode="json") | change)
    with pytest.raises(LearnedPlacesError, match=r"`postkorb types learn-places` makes them") as refused:
        read_learned_places(given_places)
    assert f"no learned places of this version ({reason}" in str(refused.value)


@pytest.mark.parametrize("text", ["", "{", "[]", b"\xff", '{"version": 1}'])
def test_what_is_no_such_file_is_refused(text: str | bytes) -> None:
    with pytest.raises(LearnedPlacesError, match="no learned places of this version"):
        read_learned_places(text)


def test_the_shipped_places_know_the_shipped_types_and_nothing_else() -> None:
    places, types = shipped_places(), load_document_types()
    fields = [(kind, item) for kind in types.values() for item in kind.fields]
    assert set(places.groups) <= {group_of(*item) for item in fields}
    own = {own_of(*item) for item in fields}
    said = {term.partition("|")[0] + "|" for group in places.groups.values() for term in group.terms if "|" in term[2:]}
    assert {name for name in said if name.count(".") == 1 and ":" not in name and "=" not in name} <= own
    known = [item.name for kind, item in fields if item.kind in KINDS | CELLS and places.knows(kind, item)]
    assert len(known) > 0.75 * sum(item.kind in KINDS | CELLS for _, item in fields)
