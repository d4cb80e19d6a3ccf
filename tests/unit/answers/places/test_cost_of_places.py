"""Of the places of a document only those are looked at closely of which something is asked, and each once."""

import pytest
from unit.answers.invoices import INVOICE

from schemas.events import FieldAnswer
from services.answers.candidates import Candidates
from services.answers.check import check_answer
from services.answers.places.elsewhere import by_places
from services.answers.places.learned import LearnedPlaces, Weights, group_of
from services.answers.places.terms import PlaceTerms, Spot
from services.answers.review import Review

SELLER = next(field for field in INVOICE.fields if field.name == "seller_name")
LEARNED = LearnedPlaces(
    documents=1, groups={group_of(INVOICE, SELLER): Weights(bias=0.5, terms={"line0": 3.0, "from-end1": -4.0})}
)
CELLS = 100
PAGE = "\n".join(["Muster GmbH", *(f"Posten {number}" for number in range(CELLS - 2)), "Gruber AG"])


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the cells whose terms were made."""
    cells: list[str] = []
    of_cell = PlaceTerms.of_cell

    def noted(self: PlaceTerms, spot: Spot) -> list[str]:
        cells.append(spot.cell.text)
        return of_cell(self, spot)

    monkeypatch.setattr(PlaceTerms, "of_cell", noted)
    return cells


def candidates() -> Candidates:
    return Candidates([PAGE], "de", learned_places=LEARNED)


def seller(found: Candidates, name: str) -> FieldAnswer:
    return check_answer(INVOICE, {"seller_name": name}, [PAGE], "de", found.surroundings)[0]


def taken(found: Candidates, name: str) -> str | None:
    done = by_places(INVOICE, Review([seller(found, name)], [], {}), found, "de")
    return done.fields[0].value


def test_where_an_answer_stands_is_all_that_is_looked_at_if_it_is_likely(looked_at: list[str]) -> None:
    assert taken(candidates(), "Muster GmbH") == "Muster GmbH"
    assert looked_at == ["Muster GmbH"]


def test_another_place_is_looked_for_where_the_answer_s_own_is_hardly_one(looked_at: list[str]) -> None:
    assert taken(candidates(), "Gruber AG") == "Muster GmbH"
    assert len(looked_at) == CELLS


def test_no_place_is_looked_at_twice(looked_at: list[str]) -> None:
    found = candidates()
    for _ in range(3):
        assert found.places.score_of(INVOICE, SELLER, seller(found, "Muster GmbH")) == pytest.approx(3.5)
        assert found.places.score_of(INVOICE, SELLER, seller(found, "Gruber AG")) == pytest.approx(-3.5)
    assert looked_at == ["Muster GmbH", "Gruber AG"]


def test_nothing_is_looked_at_for_a_field_of_which_nothing_was_learned(looked_at: list[str]) -> None:
    found = candidates()
    buyer = next(field for field in INVOICE.fields if field.name == "buyer_name")
    assert found.places.score_of(INVOICE, buyer, seller(found, "Muster GmbH")) is None
    assert found.places.best(INVOICE, buyer) is None
    assert looked_at == []
