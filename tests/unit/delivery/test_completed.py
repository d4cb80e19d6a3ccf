"""What the commit's metadata says of finished records: exact, within its limit, and never more than is true."""

from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.delivery.completed import METADATA_BYTES, Completed, between, decode, encode

MOST_OFFSET = 2**63 - 1

Runs = list[tuple[int, int]]


@st.composite
def committed(draw: st.DrawFn, most_runs: int = 40, most_length: int = 10**6) -> tuple[int, Completed]:
    """Draw a commit point, and runs beyond it as a tracker gives them."""
    point = draw(st.integers(0, 10**12))
    lengths = st.tuples(st.integers(0, most_length), st.integers(1, most_length))
    runs: Runs = []
    at = point
    for unfinished, finished in draw(st.lists(lengths, max_size=most_runs)):
        first = at + unfinished + (1 if runs else 0)
        runs.append((first, first + finished))
        at = first + finished
    return point, Completed(runs)


@pytest.mark.parametrize(
    ("offset", "known"),
    [(0, False), (4, False), (5, True), (6, True), (7, False), (8, False), (9, True), (10, False), (10**9, False)],
)
def test_a_run_is_from_its_first_to_before_its_end(offset: int, known: bool):  # noqa: FBT001  (a table's column)
    assert (offset in Completed([(5, 7), (9, 10)])) is known


def test_nothing_finished_contains_nothing_and_has_no_end():
    assert 0 not in Completed()
    assert Completed().end == 0


def test_the_end_is_one_past_the_last_finished():
    assert Completed([(5, 7), (9, 10)]).end == 10


@pytest.mark.parametrize(
    ("unfinished", "end", "runs"),
    [
        ([], 10, []),
        ([4], 5, []),
        ([4], 8, [(5, 8)]),
        ([4, 5, 6], 7, []),
        ([4, 6, 9], 10, [(5, 6), (7, 9)]),
        ([4, 6, 9], 12, [(5, 6), (7, 9), (10, 12)]),
    ],
)
def test_finished_is_what_lies_between_the_unfinished(unfinished: Sequence[int], end: int, runs: Runs):
    assert between(unfinished, end).runs == runs


@pytest.mark.parametrize(
    ("point", "runs", "text"),
    [
        (10, [], ""),
        (10, [(11, 13)], "1:1,2"),
        (10, [(10, 13)], "1:0,3"),
        (10, [(11, 13), (14, 24), (60, 96)], "1:1,2,1,a,10,10"),
        (10, [(3, 5), (12, 14)], "1:2,2"),
        (10, [(3, 10), (12, 14)], "1:2,2"),
        (10, [(3, 11), (12, 14)], "1:0,1,1,2"),
    ],
)
def test_the_text_is_lengths_in_base_36_from_the_commit_point_on(point: int, runs: Runs, text: str):
    assert encode(point, Completed(runs)) == text


@given(committed())
@example((0, Completed([(MOST_OFFSET - 1, MOST_OFFSET)])))
@example((0, Completed([(0, MOST_OFFSET)])))
def test_what_was_written_is_read_back(state: tuple[int, Completed]):
    point, completed = state
    assert list(decode(point, encode(point, completed)).runs) == completed.runs


@given(committed(), st.integers(0, 200))
def test_what_does_not_fit_is_left_out_from_the_furthest_on(state: tuple[int, Completed], limit: int):
    point, completed = state
    text = encode(point, completed, limit)
    assert len(text.encode()) <= limit
    known = list(decode(point, text).runs)
    assert known == completed.runs[: len(known)]
    one_more = Completed(completed.runs[: len(known) + 1])
    assert one_more.runs == known or len(encode(point, one_more, 10_000)) > limit, "left out although it fits"


@given(st.integers(1, 5_000), st.integers(0, 10**15))
@example(1_023, 0)
@example(1_024, 0)
def test_a_partition_with_every_second_record_stuck_stays_within_what_a_broker_takes(count: int, point: int):
    completed = between(range(point, point + 2 * count, 2), point + 2 * count)
    text = encode(point, completed)
    assert len(text.encode()) <= METADATA_BYTES
    assert len(decode(point, text).runs) == min(count, (METADATA_BYTES - 1) // 4)


def test_a_limit_that_holds_exactly_the_text_cuts_nothing():
    completed = Completed([(11, 13), (14, 24)])
    text = encode(10, completed)
    assert encode(10, completed, len(text)) == text
    assert encode(10, completed, len(text) - 1) == "1:1,2"
    assert encode(10, completed, len("1:1,2")) == "1:1,2"
    assert encode(10, completed, len("1:1,2") - 1) == ""


@pytest.mark.parametrize(
    "metadata",
    ["", "owner=reset", "1", "1:", ":", "0,9", "2:0,9", " 1:0,9", "1:0,-9", "1:0,Z", "1: 0,9", "1:0,9,", "1:0,,9"],
)
def test_a_text_that_is_not_ours_says_that_nothing_is_finished(metadata: str):
    assert decode(10, metadata) == Completed()


@pytest.mark.parametrize("metadata", ["1:0,1_0", "1:0,1.5", "1:0,+9", "1:0,\N{ARABIC-INDIC DIGIT NINE}", "1:0,9\n"])
def test_what_python_would_take_for_a_number_and_nobody_else_is_not_ours(metadata: str):
    assert decode(10, metadata) == Completed()


def test_a_number_that_no_offset_can_have_is_not_ours():
    assert decode(0, "1:0,1y2p0ij32e8e7") == Completed([(0, MOST_OFFSET)])
    assert decode(0, "1:0,01y2p0ij32e8e7") == Completed()


def test_an_unfinished_run_at_the_end_says_nothing():
    assert decode(10, "1:1,2,5") == Completed([(11, 13)])


@given(st.text(), st.integers(0, MOST_OFFSET))
def test_no_text_is_an_error(metadata: str, point: int):
    assert all(first >= point for first, _ in decode(point, metadata).runs)


@given(st.text(alphabet="0123456789abcxyzZ,:- ").map("1:".__add__), st.integers(0, MOST_OFFSET))
def test_no_text_that_looks_like_ours_is_an_error(metadata: str, point: int):
    assert all(point <= first <= stop for first, stop in decode(point, metadata).runs)
