"""What is taken over from the broker, whatever a producer wrote."""

from datetime import UTC, datetime

import pytest

from services.delivery.record import milliseconds_of, time_of


def test_milliseconds_are_a_time():
    assert time_of(1_700_000_000_000) == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


def test_a_far_time_is_the_same_millisecond_there_and_back():
    far = datetime(6326, 1, 1, 0, 0, 0, 2_000, tzinfo=UTC)
    assert time_of(milliseconds_of(far)) == far
    assert milliseconds_of(far.replace(microsecond=1_485)) == milliseconds_of(far.replace(microsecond=1_000))


@pytest.mark.parametrize("timestamp", [-1, 1_700_000_000_000_000, 2**63 - 1])
def test_no_time_or_a_fantastic_one_is_now(timestamp: int):
    assert abs((time_of(timestamp) - datetime.now(UTC)).total_seconds()) < 10
