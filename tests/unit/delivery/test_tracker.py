"""What may be committed, whatever the order in which work is finished."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.delivery.completed import Completed
from services.delivery.tracker import DeliveryOrderError, PartitionTracker


def _delivered(*offsets: int) -> PartitionTracker:
    tracker = PartitionTracker()
    for offset in offsets:
        assert tracker.deliver(offset)
    return tracker


def _finished(tracker: PartitionTracker, *offsets: int) -> PartitionTracker:
    for offset in offsets:
        tracker.finish(offset)
    return tracker


def test_before_the_first_delivery_there_is_nothing_to_commit():
    tracker = PartitionTracker(Completed([(12, 14)]))
    assert tracker.commit_point is None
    assert _finished(tracker, 10).commit_point is None


def test_the_oldest_unfinished_record_holds_the_commit_point():
    tracker = _finished(_delivered(10, 11, 12), 11, 12)
    assert tracker.commit_point == 10
    assert tracker.completed.runs == [(11, 13)]
    assert tracker.unfinished == 1


def test_the_commit_point_goes_on_to_the_next_unfinished_record():
    tracker = _finished(_delivered(10, 11, 12), 10, 12)
    assert tracker.commit_point == 11
    assert tracker.completed.runs == [(12, 13)]


def test_when_all_is_done_the_commit_point_is_one_past_the_last_and_nothing_is_beyond():
    tracker = _finished(_delivered(10, 11, 12), 12, 10, 11)
    assert tracker.commit_point == 13
    assert tracker.completed.runs == []
    assert tracker.unfinished == 0


def test_the_successor_of_an_offset_is_the_next_delivered_one():
    tracker = _finished(_delivered(3, 7, 20), 3)
    assert tracker.commit_point == 7
    _finished(tracker, 7)
    assert tracker.commit_point == 20
    _finished(tracker, 20)
    assert tracker.commit_point == 21


def test_gaps_between_finished_records_count_as_finished():
    assert _finished(_delivered(3, 7, 20, 30), 7, 20).completed.runs == [(4, 30)]


@pytest.mark.parametrize("again", [10, 11])
def test_offsets_that_do_not_rise_are_an_error_and_change_nothing(again: int):
    tracker = _finished(_delivered(10, 11), 10)
    with pytest.raises(DeliveryOrderError, match=f"offset {again} was delivered after 11"):
        tracker.deliver(again)
    assert (tracker.commit_point, tracker.unfinished) == (11, 1)


def test_a_record_that_is_told_twice_to_be_done_is_done_once():
    tracker = _finished(_delivered(10, 11), 10, 10)
    assert (tracker.commit_point, tracker.unfinished) == (11, 1)


def test_an_offset_from_before_the_assignment_changes_nothing():
    tracker = _finished(_delivered(5), 4)
    assert (tracker.commit_point, tracker.unfinished, tracker.completed.runs) == (5, 1, [])


def test_what_the_commit_said_to_be_finished_is_no_work_and_does_not_hold_the_commit_point():
    tracker = PartitionTracker(Completed([(11, 13), (14, 15)]))
    assert [tracker.deliver(offset) for offset in range(10, 16)] == [True, False, False, True, False, True]
    assert tracker.unfinished == 3
    assert tracker.completed.runs == [(11, 13), (14, 15)]
    assert _finished(tracker, 10).commit_point == 13
    assert _finished(tracker, 13).commit_point == 15


def test_what_was_finished_before_and_does_not_come_again_yet_stays_known():
    tracker = PartitionTracker(Completed([(5, 12), (20, 22)]))
    tracker.deliver(8)
    assert tracker.commit_point == 9
    assert tracker.completed.runs == [(9, 12), (20, 22)]


@pytest.mark.parametrize("first_delivered", [10, 8])
def test_a_record_that_is_finished_before_it_comes_again_is_no_work_when_it_comes(first_delivered: int):
    tracker = _finished(_delivered(first_delivered), 11)
    assert not tracker.deliver(11)
    assert (tracker.commit_point, tracker.unfinished) == (first_delivered, 1)
    assert tracker.completed.runs == [(first_delivered + 1, 12)]


def test_records_finished_before_they_come_again_are_known_beyond_the_commit_point():
    tracker = _finished(_delivered(10), 14, 12, 14)
    assert tracker.commit_point == 10
    assert tracker.completed.runs == [(12, 13), (14, 15)]


def test_what_is_known_of_the_future_is_in_order_and_joined():
    tracker = PartitionTracker(Completed([(12, 14), (20, 22)]))
    assert tracker.deliver(10)
    _finished(tracker, 22, 16, 14, 13)
    assert tracker.completed.runs == [(12, 15), (16, 17), (20, 23)]


def test_a_record_finished_before_it_came_again_and_compacted_away_is_part_of_a_gap():
    tracker = _finished(_delivered(10), 12)
    assert tracker.deliver(13)
    assert tracker.completed.runs == [(11, 13)]
    assert _finished(tracker, 10).completed.runs == []
    assert tracker.commit_point == 13


@given(
    st.lists(st.integers(0, 10_000), unique=True, min_size=1).map(sorted),
    st.data(),
)
def test_the_commit_point_is_always_the_oldest_unfinished_record(offsets: list[int], data: st.DataObject):
    tracker = _delivered(*offsets)
    unfinished = set(offsets)
    for offset in data.draw(st.permutations(offsets)):
        tracker.finish(offset)
        unfinished.remove(offset)
        assert tracker.commit_point == min(unfinished, default=offsets[-1] + 1)
        assert tracker.unfinished == len(unfinished)
        beyond = [other for other in offsets if other > (tracker.commit_point or 0)]
        assert [other in tracker.completed for other in beyond] == [other not in unfinished for other in beyond]


OFFSETS = st.sets(st.integers(0, 60))


@given(OFFSETS, OFFSETS, OFFSETS, OFFSETS)
def test_runs_rise_and_do_not_touch_and_are_just_what_was_told(
    before: set[int], early: set[int], delivered: set[int], late: set[int]
):
    tracker = PartitionTracker(Completed([(offset, offset + 1) for offset in sorted(before)]))
    _finished(tracker, *early)
    for offset in sorted(delivered):
        assert tracker.deliver(offset) is (offset not in before | early)
    _finished(tracker, *late)
    runs = tracker.completed.runs
    assert all(first < stop for first, stop in runs)
    assert all(earlier[1] < later[0] for earlier, later in pairwise(runs))
    end = max(delivered, default=-1) + 1
    told = before | early | late
    assert {offset for offset in delivered | set(range(end, 61)) if offset in tracker.completed} == {
        offset for offset in told if offset >= end or (offset in delivered and offset > (tracker.commit_point or 0))
    }


def test_what_was_finished_in_a_log_that_was_made_anew_hides_none_of_its_records():
    tracker = PartitionTracker(Completed([(12, 14)]), committed=10)
    tracker.finish(11)
    assert [tracker.deliver(offset) for offset in (0, 11, 12, 13)] == [True] * 4
    assert tracker.commit_point == 0
    assert not any(offset in tracker.completed for offset in (0, 11, 12, 13))


def test_what_was_finished_beyond_the_commit_point_stays_so_when_the_log_begins_later():
    tracker = PartitionTracker(Completed([(12, 14)]), committed=10)
    assert [tracker.deliver(offset) for offset in (11, 12, 13, 14)] == [True, False, False, True]
