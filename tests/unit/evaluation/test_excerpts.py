from unit.evaluation.outcomes import answer

from services.evaluation.excerpts import CONTEXT, MOST_EXCERPT, excerpts, spots_of
from services.evaluation.shown import Spot

PAGE = "".join(f"{number:04}" for number in range(500))


def places(*spots):
    return [(place.page, place.text) for place in excerpts([PAGE, PAGE], [Spot(*spot) for spot in spots])]


def test_cells_that_stand_near_each_other_share_an_excerpt_in_the_order_of_the_page():
    assert places((1, 20, 24), (1, 0, 4), (1, 8, 12)) == [(1, PAGE[:24])]


def test_cells_far_apart_or_on_two_pages_have_their_own():
    far = 4 + CONTEXT + 1
    assert places((1, 0, 4), (1, far, far + 4)) == [(1, PAGE[:4]), (1, PAGE[far : far + 4])]
    assert places((1, 0, 4), (2, 0, 4)) == [(1, PAGE[:4]), (2, PAGE[:4])]


def test_no_cell_is_cut_off_because_others_stand_before_it():
    found = places(*((1, start, start + 4) for start in range(0, 2 * MOST_EXCERPT, CONTEXT)))
    assert len(found) > 1
    assert all(
        any(PAGE[start : start + 4] in text for _, text in found) for start in range(0, 2 * MOST_EXCERPT, CONTEXT)
    )


def test_a_cell_within_another_is_in_its_excerpt():
    assert places((1, 0, 40), (1, 8, 12)) == [(1, PAGE[:40])]


def test_a_place_outside_the_text_is_none():
    outside = [
        answer("a", "x", page=2, char_start=0, char_end=1),
        answer("b", "x", page=1, char_start=0, char_end=9),
        answer("c", "x"),
    ]
    assert spots_of([*outside, answer("d", "x", page=1, char_start=0, char_end=1)], ["short"]) == [Spot(1, 0, 1)]
