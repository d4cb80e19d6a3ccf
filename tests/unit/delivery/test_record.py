"""What is taken over from the broker, whatever a producer wrote."""

from datetime import UTC, datetime

import pytest

from services.delivery.record import time_of


def test_milliseconds_are_a_time():
    assert time_of(1_700_000_000_000) == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


@pytest.mark.parametrize("timestamp", [-1, 1_700_000_000_000_000, 2**63 - 1])
def test_no_time_or_a_fantastic_one_is_now(timestamp: int):
    assert abs((time_of(timestamp) - datetime.now(UTC)).total_seconds()) < 10
