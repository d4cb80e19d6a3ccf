"""What may be committed, whatever the order in which work is finished."""

from hypothesis import given
from hypothesis import strategies as st

from services.delivery.tracker import PartitionTracker


def _delivered(*offsets: int) -> PartitionTracker:
    tracker = PartitionTracker()
    for offset in offsets:
        tracker.deliver(offset)
    return tracker


def test_nothing_is_committed_before_the_oldest_record_is_done():
    tracker = _delivered(10, 11, 12)
    tracker.finish(11)
    tracker.finish(12)
    assert tracker.commit_point is None
    assert tracker.position == 10


def test_the_commit_point_is_one_past_the_finished_head():
    tracker = _delivered(10, 11, 12)
    tracker.finish(10)
    tracker.finish(12)
    assert tracker.commit_point == 11
    tracker.finish(11)
    assert tracker.commit_point == 13
    assert tracker.unfinished == 0


def test_offsets_may_have_gaps():
    tracker = _delivered(3, 7, 20)
    tracker.finish(3)
    tracker.finish(7)
    assert tracker.commit_point == 8
    assert tracker.position == 20


def test_an_offset_that_was_never_delivered_changes_nothing():
    tracker = _delivered(5)
    tracker.finish(4)
    assert tracker.commit_point is None


@given(st.lists(st.integers(0, 10_000), unique=True, min_size=1).map(sorted), st.data())
def test_no_offset_is_committed_past_an_unfinished_record(offsets: list[int], data: st.DataObject):
    tracker = _delivered(*offsets)
    finished: set[int] = set()
    last = -1
    for offset in data.draw(st.permutations(offsets)):
        tracker.finish(offset)
        finished.add(offset)
        unfinished = [other for other in offsets if other not in finished]
        point = tracker.commit_point
        if point is not None:
            assert point >= last, "the commit point went backwards"
            assert all(other >= point for other in unfinished)
            last = point
    assert tracker.commit_point == offsets[-1] + 1
