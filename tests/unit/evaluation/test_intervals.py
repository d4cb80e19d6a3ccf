import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.intervals import difference_interval, share_of

COUNTS = st.lists(st.integers(1, 12).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))), min_size=1)


def test_a_share_counts_values_over_documents():
    share = share_of([(9, 10), (1, 2), (0, 0)])
    assert (share.right, share.of, share.value) == (10, 12, pytest.approx(10 / 12))


def test_a_share_of_nothing_has_no_value():
    share = share_of([(0, 0)])
    assert (share.value, share.low, share.high) == (None, None, None)


@given(COUNTS)
def test_the_share_lies_in_its_interval(counts):
    share = share_of(counts)
    assert 0 <= share.low <= share.value + 1e-9
    assert share.value - 1e-9 <= share.high <= 1


def test_all_right_of_few_documents_is_no_certainty():
    few, many = share_of([(10, 10)] * 3), share_of([(10, 10)] * 300)
    assert few.low < 0.6
    assert 0.98 < many.low < 1
    assert few.high == many.high == 1


def test_documents_are_drawn_not_values():
    # Ten values that go wrong together say as little as one.
    together = share_of([(10, 10)] * 9 + [(0, 10)])
    apart = share_of([(8, 10), (10, 10)] * 5)
    assert together.value == apart.value
    assert together.high - together.low > apart.high - apart.low


def test_the_same_documents_give_the_same_interval():
    counts = [(3, 10), (7, 10), (10, 10), (9, 10)]
    assert share_of(counts) == share_of(counts)


def test_what_fell_everywhere_fell_beyond_chance():
    before, after = [(10, 10)] * 12, [(9, 10)] * 6 + [(8, 10)] * 6
    low, high = difference_interval(before, after)
    assert low < high < 0


def test_what_fell_in_one_document_of_many_may_be_chance():
    before, after = [(10, 10)] * 12, [(10, 10)] * 11 + [(9, 10)]
    low, high = difference_interval(before, after)
    assert low < 0 <= high


def test_what_was_not_there_before_and_is_wrong_now_fell_beyond_chance():
    # Rows of a table that nobody answered before: a share of nothing, which is no share that stayed.
    before, after = [(10, 10), (0, 0)] * 10, [(10, 10), (0, 10)] * 10
    low, high = difference_interval(before, after)
    assert low < high < 0


def test_one_document_tells_nothing_of_others():
    assert difference_interval([(10, 10)], [(5, 10)]) == (-1, 1)


@given(COUNTS)
def test_what_did_not_change_has_no_difference(counts):
    assert difference_interval(counts, counts) == (0, 0)


@given(COUNTS, COUNTS)
def test_a_difference_turned_round_has_the_other_sign(one, other):
    length = min(len(one), len(other))
    low, high = difference_interval(one[:length], other[:length])
    back_low, back_high = difference_interval(other[:length], one[:length])
    assert (back_low, back_high) == (pytest.approx(-high), pytest.approx(-low))
