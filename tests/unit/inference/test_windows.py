"""How long documents are divided: nothing is left out, no window is too long, and each repeats the end of the last."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.inference.fence import fence
from services.inference.windows import OVERLAP, PAGE_MARK_TOKENS, SMALLEST, Window, whole, window_with, windows_of

ANY = 10_000
"""Windows, more than there will be."""
PAGES = st.lists(
    st.lists(st.sampled_from(["", "a b", "<s>" * 9, "x" * 40, "x" * 3000]) | st.text("ab \t"), max_size=12).map(
        "\n".join
    ),
    min_size=1,
    max_size=12,
)
BUDGETS = st.integers(256, 1500)


def count(texts: Sequence[str]) -> list[int]:
    return [len(text) // 4 + 1 for text in texts]


def count_characters(texts: Sequence[str]) -> list[int]:
    """Count a token for each character: with this one the parts have exactly as many as the whole."""
    return [len(text) for text in texts]


def spans(windows: Sequence[Window], pages: Sequence[str]) -> list[tuple[int, int]]:
    """Give where windows begin and end in the pages joined."""
    before = [sum(map(len, pages[:number])) for number in range(len(pages))]
    return [(before[item.first_page - 1] + item.start, before[item.last_page - 1] + item.end) for item in windows]


@given(PAGES, BUDGETS)
def test_every_character_stands_in_a_window_and_windows_follow_each_other(pages: list[str], budget: int):
    windows = windows_of(pages, count, budget, ANY)
    found = spans(windows, pages)
    assert found[0][0] == 0
    assert (windows[-1].last_page, windows[-1].end) == (len(pages), len(pages[-1]))
    assert all(start <= next_start <= end for (start, end), (next_start, _) in pairwise(found))
    ends = [(item.last_page, item.end) for item in windows]
    assert all(end < next_end for end, next_end in pairwise(ends)), "each goes further, over empty pages too"
    text = "".join(pages)
    assert ["".join(item.pages) for item in windows] == [text[start:end] for start, end in found]


@given(PAGES, BUDGETS)
def test_no_window_is_longer_than_the_budget_with_the_marks_of_its_pages(pages: list[str], budget: int):
    around = len(fence([""]))
    for window in windows_of(pages, count_characters, budget, ANY):
        assert len(fence(window.pages, window.numbers)) - around <= budget


@given(PAGES, BUDGETS)
def test_a_window_begins_with_the_end_of_the_last_page_before(pages: list[str], budget: int):
    windows = windows_of(pages, count, budget, ANY)
    room = budget - PAGE_MARK_TOKENS
    for before, window in pairwise(windows):
        assert window.first_page == before.last_page
        repeated = pages[window.first_page - 1][window.start : before.end]
        assert len(repeated) <= 4 * (room // OVERLAP)
        is_whole_page = window.start == 0
        assert is_whole_page or len(repeated) > 4 * (room // OVERLAP - 2 * (room // SMALLEST)), "as much as lines allow"
        assert repeated or not pages[before.last_page - 1]


@given(PAGES, BUDGETS)
def test_the_number_of_windows_grows_no_faster_than_the_text(pages: list[str], budget: int):
    windows = windows_of(pages, count, budget, ANY)
    tokens = sum(sum(count(page.splitlines(keepends=True))) + PAGE_MARK_TOKENS for page in pages)
    assert len(windows) <= 1 + 4 * tokens / (budget - PAGE_MARK_TOKENS)


@given(PAGES, BUDGETS, st.integers(1, 4))
def test_bounded_the_first_windows_are_the_same_and_the_last_one_is_the_end(pages: list[str], budget: int, most: int):
    bounded, unbounded = windows_of(pages, count, budget, most), windows_of(pages, count, budget, ANY)
    if len(unbounded) <= most:
        assert bounded == unbounded
        return
    assert len(bounded) == most
    assert bounded[: max(1, most - 1)] == unbounded[: max(1, most - 1)]
    if most > 1:
        assert (bounded[-1].last_page, bounded[-1].end) == (len(pages), len(pages[-1]))
        assert sum(count("".join(bounded[-1].pages).splitlines(keepends=True))) <= 4 * budget


@given(PAGES, BUDGETS, st.integers(1, 4), st.data())
def test_pages_that_are_left_out_stand_in_no_window_and_all_others_as_if_they_were_not_there(
    pages: list[str], budget: int, most: int, data: st.DataObject
):
    inner = range(2, len(pages))
    left_out = data.draw(st.sets(st.sampled_from(inner))) if inner else set()
    numbers = [number for number in range(1, len(pages) + 1) if number not in left_out]
    found = windows_of(pages, count, budget, most, left_out)
    among_themselves = windows_of([pages[number - 1] for number in numbers], count, budget, most)
    assert [(item.pages, item.start, item.end) for item in found] == [
        (item.pages, item.start, item.end) for item in among_themselves
    ]
    assert [[numbers.index(page) + 1 for page in item.numbers] for item in found] == [
        [*item.numbers] for item in among_themselves
    ]


def test_a_document_that_fits_is_one_window():
    pages = ["x" * 400, "y" * 400]
    assert windows_of(pages, count, 250, ANY) == [whole(pages)]


def test_a_page_alone_needs_no_room_for_a_mark():
    assert len(windows_of(["x\n" * 200], count, 101, ANY)) == 1
    assert len(windows_of(["x\n" * 100, "x\n" * 100], count, 102, ANY)) > 1


def test_windows_are_of_whole_pages_where_pages_fit():
    pages = ["short\n" * 20, "line\n" * 100, "line\n" * 100, "line\n" * 100]
    windows = windows_of(pages, count, 320, ANY)
    assert [(item.first_page, item.last_page) for item in windows] == [(1, 2), (2, 3), (3, 4)]
    assert all(item.end == len(pages[item.last_page - 1]) for item in windows)
    assert [item.start > 0 for item in windows] == [False, True, True], "a long page is repeated by its last lines"


def test_a_short_page_is_repeated_whole():
    windows = windows_of(["line\n" * 180, "short\n" * 10, "line\n" * 180], count, 500, ANY)
    assert [(item.first_page, item.start) for item in windows] == [(1, 0), (2, 0)]


def test_a_line_is_cut_where_it_alone_is_longer_than_a_window():
    windows = windows_of(["x" * 10_000], count, 256, ANY)
    assert {window.first_page for window in windows} == {window.last_page for window in windows} == {1}


@pytest.mark.parametrize(
    ("places", "wanted"), [([], 0), ([(9, 0)], 0), ([(1, 3)], 0), ([(2, 0)], 1), ([(1, 3), (2, 1), (2, 0)], 1)]
)
def test_the_window_with_most_places_is_asked_again(places: list[tuple[int, int]], wanted: int):
    windows = [Window([1], ["abcdef"], 0, 6), Window([1, 2], ["ef", "gh"], 4, 2)]
    assert window_with(places, windows) is windows[wanted]
