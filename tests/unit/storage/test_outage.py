"""When the database is away, and how often that is said."""

import pytest
from structlog.testing import capture_logs

from services.storage.outage import Away, Outage


class Clock:
    """A clock that a test moves."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_it_lasts_from_the_first_failure_to_the_next_success(clock):
    outage = Outage(clock)
    assert outage.away is None
    outage.failed("refused")
    clock.now += 5
    outage.failed("starting up")
    assert outage.away == Away(since=100.0, reason="starting up")
    outage.succeeded()
    assert outage.away is None


def test_it_is_said_at_the_beginning_every_thirty_seconds_and_at_the_end(clock):
    outage = Outage(clock)
    with capture_logs() as lines:
        for _ in range(70):
            outage.failed("refused")
            clock.now += 1
        outage.succeeded()
        outage.succeeded()
    assert [(line["log_level"], line["event"], line["seconds"]) for line in lines] == [
        ("warning", "the database is away", 0.0),
        ("warning", "the database is away", 30.0),
        ("warning", "the database is away", 60.0),
        ("info", "the database is back", 70.0),
    ]
    assert lines[0]["reason"] == "refused"


def test_the_next_outage_is_said_at_once(clock):
    outage = Outage(clock)
    with capture_logs() as lines:
        outage.failed("refused")
        outage.succeeded()
        clock.now += 1
        outage.failed("full")
    assert [line.get("reason") for line in lines] == ["refused", None, "full"]


def test_a_waiting_transaction_counts_until_it_ends():
    outage = Outage()
    with outage.waiting():
        assert outage.has_waiting
    assert not outage.has_waiting
