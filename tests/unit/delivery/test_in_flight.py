"""How much is taken in before the partitions pause: in records, bytes and tokens; and what a rebalance lets go."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.delivery import in_flight
from services.delivery.in_flight import LEAST_URGENT_EVERY, Budget, InFlight, InFlightByTopic
from services.delivery.record import Record

MUCH = 10**9
AMPLE = Budget(MUCH, MUCH, MUCH)


def _record(offset: int, size: int = 1, partition: int = 0, topic: str = "t") -> Record:
    return Record(topic, partition, offset, None, b"x" * size, (), datetime(2026, 1, 1, tzinfo=UTC))


def _tokens(record: Record) -> int:
    return 10 * record.size


def _filled(budget: Budget, *sizes: int) -> InFlight:
    held = InFlight(budget, _tokens)
    for offset, size in enumerate(sizes):
        held.add(_record(offset, size))
    return held


@pytest.mark.parametrize(
    "budget",
    [
        pytest.param(Budget(records=8, size=MUCH, tokens=MUCH), id="records"),
        pytest.param(Budget(records=MUCH, size=8, tokens=MUCH), id="bytes"),
        pytest.param(Budget(records=MUCH, size=MUCH, tokens=80), id="tokens"),
    ],
)
def test_each_of_the_three_budgets_alone_pauses_and_resumes(budget: Budget):
    held = InFlight(budget, _tokens)
    seen = []
    for offset in range(8):
        held.add(_record(offset))
        seen.append((held.is_full, held.has_room))
    # From three quarters on a paused consumer stays paused, and one that is not goes on until all is full.
    assert seen == [(False, True)] * 5 + [(False, False)] * 2 + [(True, False)]
    seen = []
    for offset in range(3):
        held.remove(_record(offset))
        seen.append((held.is_full, held.has_room))
    assert seen == [(False, False), (False, False), (False, True)]


def test_what_is_over_the_budget_is_full():
    held = _filled(Budget(MUCH, 10, MUCH), 9, 9)
    assert held.is_full
    held.remove(_record(0))
    assert not held.is_full


def test_the_bytes_are_those_of_key_and_value():
    held = InFlight(Budget(MUCH, 5, MUCH), lambda _: 0)
    held.add(Record("t", 0, 0, b"12", b"345", (("header", b"not counted"),), datetime(2026, 1, 1, tzinfo=UTC)))
    assert held.is_full


def test_a_record_is_weighed_once():
    weighed: list[int] = []

    def weigh(record: Record) -> int:
        weighed.append(record.offset)
        return len(weighed)  # another weight each time: what is taken off must be what was put on

    held = InFlight(Budget(MUCH, MUCH, 4), weigh)
    for offset in range(2):
        held.add(_record(offset))
    held.remove(_record(0))
    held.remove(_record(1))
    assert weighed == [0, 1]
    held.add(_record(2))
    assert (held.is_full, held.has_room) == (False, False), "3 of 4 tokens"


def test_records_are_taken_oldest_first_and_each_once():
    held = _filled(AMPLE, 1, 1, 1)
    assert [record.offset for record in held.take(2)] == [0, 1]
    assert held.waiting == 1
    assert [record.offset for record in held.take(2)] == [2]
    assert held.take(2) == []
    assert len(held) == 3, "taken is not done"


def test_a_taken_record_counts_until_it_is_done():
    held = _filled(Budget(1, MUCH, MUCH), 1)
    (record,) = held.take(1)
    assert held.is_full
    assert record in held
    held.remove(record)
    assert not held.is_full
    assert record not in held


def test_a_record_that_is_done_twice_is_taken_off_once():
    held = _filled(Budget(MUCH, 4, MUCH), 2, 2)
    for _ in range(3):
        held.remove(_record(0, 2))
    held.add(_record(2, 1))
    assert (held.is_full, held.has_room) == (False, False), "3 of 4 bytes"
    assert len(held) == 2


def test_the_same_offset_of_another_partition_or_topic_is_another_record():
    held = InFlight(AMPLE, _tokens)
    held.add(_record(0, partition=1, topic="a"))
    assert _record(0, partition=2, topic="a") not in held
    assert _record(0, partition=1, topic="b") not in held
    held.remove(_record(0, partition=2, topic="a"))
    assert len(held) == 1


def test_forgetting_a_partition_lets_go_of_what_nobody_has_taken():
    held = InFlight(Budget(MUCH, 4, MUCH), _tokens)
    for partition, offset in [(0, 0), (1, 0), (0, 1), (1, 1)]:
        held.add(_record(offset, partition=partition))
    (taken,) = held.take(1)
    held.forget({("t", 0)})
    assert taken in held
    assert _record(1, partition=0) not in held
    assert (len(held), held.waiting) == (3, 2)
    assert (held.is_full, held.has_room) == (False, False), "3 of 4 bytes"
    assert [(record.partition, record.offset) for record in held.take(9)] == [(1, 0), (1, 1)]


def test_what_was_forgotten_may_come_again():
    held = _filled(AMPLE, 1)
    held.forget({("t", 0)})
    held.add(_record(0))
    assert [record.offset for record in held.take(9)] == [0]


def test_forgetting_leaves_the_same_partition_of_another_topic():
    held = InFlight(AMPLE, _tokens)
    held.add(_record(0, topic="other"))
    held.forget({("t", 0)})
    assert held.waiting == 1


def test_worked_on_are_those_of_the_partitions_that_were_taken():
    held = InFlight(AMPLE, _tokens)
    for partition in (0, 1, 0, 1):
        held.add(_record(len(held), partition=partition))
    held.take(3)
    assert held.taken_of({("t", 0)}) == 2
    assert held.taken_of({("t", 1)}) == 1
    assert held.taken_of({("t", 0), ("t", 1)}) == 3
    assert held.taken_of({("t", 2), ("other", 0)}) == 0


def test_the_age_of_work_is_that_of_the_oldest_taken_and_not_of_those_that_wait(monkeypatch: pytest.MonkeyPatch):
    now = 100.0
    monkeypatch.setattr(in_flight, "time", SimpleNamespace(monotonic=lambda: now))
    held = InFlight(AMPLE, _tokens)
    for offset in range(3):
        held.add(_record(offset))
    now += 1000
    assert held.oldest_work_age == 0, "nobody works on it"
    held.take(1)
    now += 10
    held.take(1)
    now += 1
    assert held.oldest_work_age == 11
    held.remove(_record(0))
    assert held.oldest_work_age == 1
    held.remove(_record(1))
    assert held.oldest_work_age == 0


@given(st.lists(st.integers(1, 50), max_size=30), st.data())
def test_whatever_comes_and_goes_the_budget_is_what_is_there(sizes: list[int], data: st.DataObject):
    held = _filled(Budget(MUCH, 100, MUCH), *sizes)
    there = dict(enumerate(sizes))
    for record in held.take(data.draw(st.integers(0, len(sizes)))):
        if data.draw(st.booleans()):
            held.remove(record)
            del there[record.offset]
    assert held.is_full is (sum(there.values()) >= 100)
    assert held.has_room is (sum(there.values()) < 75)
    assert len(held) == len(there)


def _of_topics(budget: Budget = AMPLE, count: int = 100) -> InFlightByTopic:
    held = InFlightByTopic(["urgent", "normal", "bulk"], budget, _tokens)
    for topic in ("bulk", "normal", "urgent"):
        for offset in range(count):
            held.add(_record(offset, topic=topic))
    return held


def test_what_is_urgent_is_taken_first_and_what_can_wait_does_not_wait_for_ever():
    taken = _of_topics().take(4 * LEAST_URGENT_EVERY)
    urgent = ["urgent"] * (LEAST_URGENT_EVERY - 1)
    assert [record.topic for record in taken] == 2 * [*urgent, "normal", *urgent, "bulk"]
    assert [record.offset for record in taken if record.topic == "bulk"] == [0, 1], "the oldest of its topic first"


def test_of_what_is_taken_at_once_nothing_waits_for_a_topic_that_has_nothing():
    held = _of_topics(count=1)
    assert [record.topic for record in held.take(10)] == ["urgent", "normal", "bulk"]
    assert held.take(10) == []


def test_a_topic_that_is_full_stops_no_other():
    held = InFlightByTopic(["urgent", "bulk"], Budget(records=4, size=MUCH, tokens=MUCH), _tokens)
    for offset in range(4):
        held.add(_record(offset, topic="bulk"))
    assert (held.full, held.with_room) == ({"bulk"}, {"urgent"})
    held.remove(_record(0, topic="bulk"))
    held.remove(_record(1, topic="bulk"))
    assert (held.full, held.with_room) == (set(), {"urgent", "bulk"})
