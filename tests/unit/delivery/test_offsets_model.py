"""A model of a partition's offsets: whatever happens in whatever order, nothing is lost and nothing known is forgotten.

A simulated log and a simulated broker (commit point and metadata), several members one after another, each with the
tracker and the records in flight that `consumption.py` puts together in the same way.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.delivery.completed import METADATA_BYTES, decode, encode
from services.delivery.in_flight import Budget, InFlight
from services.delivery.record import Record
from services.delivery.tracker import PartitionTracker

TOPIC, PARTITION = "documents.submitted", 0
UNLIMITED = 10**9
PICK = st.integers(0, 1_000)
"""Picks one of several: modulo their number."""

LIMITS = st.sampled_from([METADATA_BYTES, METADATA_BYTES, 24, 9, 2])
FOREIGN_METADATA = st.sampled_from(["", "owner=reset", "2:0,z", "1:", "1:0", "1:0,-9", "1:0,Z", "1: 0,9", "bu:AAAA"])
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _record(offset: int) -> Record:
    return Record(TOPIC, PARTITION, offset, None, b"%d" % offset, (), NOW)


def _in_flight() -> InFlight:
    return InFlight(Budget(10_000, 10_000_000, 10_000_000), lambda record: record.offset + 1)


@dataclass(eq=False)
class Member:
    """A process that consumes, or did so: what it has taken it may still finish."""

    in_flight: InFlight = field(default_factory=_in_flight)
    taken: list[Record] = field(default_factory=list)


@dataclass
class Assignment:
    """The partition in one member's hands."""

    member: Member
    tracker: PartitionTracker
    position: int
    committed: int
    told: set[int]
    """Offsets that the tracker can know to be finished: from the commit that it began with, and those told since."""

    delivered: set[int] = field(default_factory=set)


class PartitionModel(RuleBasedStateMachine):
    """The rules may come in any order; the checks stand in `_deliver`, `_commit` and the invariants."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[int] = []
        self.log_end = 0
        self.committed: tuple[int, str] | None = None
        self.remembered: set[int] = set()
        self.finished: set[int] = set()
        self.members: list[Member] = []
        self.owned: Assignment | None = None

    @property
    def _busy(self) -> list[Member]:
        return [member for member in self.members if member.taken]

    @initialize(gaps=st.lists(st.integers(0, 2), max_size=8))
    def begin(self, gaps: list[int]) -> None:
        self.produce(gaps)
        self._assign(Member())

    @rule(gaps=st.lists(st.sampled_from([0, 0, 0, 1, 2, 50, 3_000]), min_size=1, max_size=6))
    def produce(self, gaps: list[int]) -> None:
        for gap in gaps:
            self.log.append(self.log_end + gap)
            self.log_end += gap + 1

    @precondition(lambda self: self.log)
    @rule(pick=PICK)
    def compact(self, pick: int) -> None:
        self.log.pop(pick % len(self.log))

    @precondition(lambda self: self.owned)
    @rule(count=st.integers(1, 6))
    def deliver(self, count: int) -> None:
        self._deliver(count)

    @precondition(lambda self: self.owned and self.owned.member.in_flight.waiting)
    @rule(limit=st.integers(1, 6))
    def take(self, limit: int) -> None:
        self._take(limit)

    @precondition(lambda self: self._busy)
    @rule(which=PICK, pick=PICK)
    def finish(self, which: int, pick: int) -> None:
        member = self._busy[which % len(self._busy)]
        self._finish(member, member.taken[pick % len(member.taken)])

    @precondition(lambda self: self.owned)
    @rule(limit=LIMITS)
    def commit(self, limit: int) -> None:
        self._commit(limit)

    @precondition(lambda self: self.owned)
    @rule(limit=LIMITS)
    def hand_back(self, limit: int) -> None:
        self._forget_waiting()
        self._commit(limit)
        self.owned = None

    @precondition(lambda self: self.owned)
    @rule()
    def lose_the_partition_with_the_commit_refused(self) -> None:
        self._forget_waiting()
        self.owned = None

    @precondition(lambda self: self.members)
    @rule(which=PICK)
    def crash(self, which: int) -> None:
        member = self.members.pop(which % len(self.members))
        if self.owned and self.owned.member is member:
            self.owned = None

    @precondition(lambda self: not self.owned)
    @rule()
    def assign_to_a_new_member(self) -> None:
        self._assign(Member())

    @precondition(lambda self: not self.owned and self.members)
    @rule(which=PICK)
    def assign_again(self, which: int) -> None:
        self._assign(self.members.pop(which % len(self.members)))

    @precondition(lambda self: not self.owned and self._busy)
    @rule(which=PICK)
    def assign_again_to_one_that_is_still_at_work(self, which: int) -> None:
        member = self._busy[which % len(self._busy)]
        self.members.remove(member)
        self._assign(member)

    @precondition(lambda self: not self.owned and self.committed)
    @rule(back=st.sampled_from([0, 0, 1, 5, 1_000]), metadata=FOREIGN_METADATA)
    def somebody_else_commits(self, back: int, metadata: str) -> None:
        assert self.committed
        self.committed = max(0, self.committed[0] - back), metadata
        self.remembered = set()

    @precondition(lambda self: not self.owned and self.committed and self.committed[0] > 1)
    @rule(limit=LIMITS)
    def make_the_topic_anew(self, limit: int) -> None:
        """Begin again with offset 0: below the commit point, so the consumer is reset to the log's beginning."""
        self.log, self.log_end = [0], 1
        self.finished, self.remembered, self.members = set(), set(), []
        self._assign(Member())
        assert self.owned
        self.owned.position = self.owned.committed = 0
        self._deliver(1)
        self._commit(limit)

    @invariant()
    def what_is_in_flight_is_what_waits_and_what_was_taken(self) -> None:
        for member in self.members:
            assert len(member.in_flight) == member.in_flight.waiting + len(member.taken)
            assert member.in_flight.taken_of([(TOPIC, PARTITION)]) == len(member.taken)

    @invariant()
    def the_tracker_holds_what_was_delivered_and_not_told_to_be_done(self) -> None:
        if self.owned:
            assert self.owned.tracker.unfinished == len(self.owned.delivered - self.owned.told)

    def teardown(self) -> None:
        if self.owned is None:
            self._assign(Member())
        assert self.owned
        self._deliver(UNLIMITED)
        self._take(UNLIMITED)
        for record in list(self.owned.member.taken):
            self._finish(self.owned.member, record)
        self._commit(METADATA_BYTES)
        assert set(self.log) <= self.finished, "a record was never worked on"
        assert not self.log or (self.committed and self.committed[0] > self.log[-1])
        assert len(self.owned.member.in_flight) == 0

    def _assign(self, member: Member) -> None:
        point, metadata = self.committed or (0, "")
        self.members.append(member)
        tracker = PartitionTracker(decode(point, metadata), point) if self.committed else PartitionTracker()
        self.owned = Assignment(member, tracker, point, point, set(self.remembered))

    def _deliver(self, count: int) -> None:
        assert self.owned
        for offset in [offset for offset in self.log if offset >= self.owned.position][:count]:
            work = self.owned.tracker.deliver(offset)
            assert work == (offset not in self.owned.told), "handed out though known to be done, or the reverse"
            if work and _record(offset) not in self.owned.member.in_flight:
                self.owned.member.in_flight.add(_record(offset))
            self.owned.delivered.add(offset)
            self.owned.position = offset + 1

    def _take(self, limit: int) -> None:
        assert self.owned
        self.owned.member.taken += self.owned.member.in_flight.take(limit)

    def _finish(self, member: Member, record: Record) -> None:
        member.taken.remove(record)
        member.in_flight.remove(record)
        self.finished.add(record.offset)
        if self.owned and self.owned.member is member:
            self.owned.tracker.finish(record.offset)
            self.owned.told.add(record.offset)

    def _forget_waiting(self) -> None:
        assert self.owned
        self.owned.member.in_flight.forget({(TOPIC, PARTITION)})

    def _commit(self, limit: int) -> None:
        assert self.owned
        point, completed = self.owned.tracker.commit_point, self.owned.tracker.completed
        if point is None:
            assert not self.owned.delivered
            return
        assert point >= self.owned.committed, "the commit point went backwards"
        known = self.owned.delivered.union(self.log)
        assert {offset for offset in known if offset < point} <= self.finished, "committed past an unfinished record"
        text = encode(point, completed, limit)
        assert len(text.encode()) <= limit
        whole = encode(point, completed, UNLIMITED)
        assert text == whole or len(whole) > limit, "cut although it fits"
        self._remember(point, text, whole)
        self.owned.committed = point
        self.committed = point, text

    def _remember(self, point: int, text: str, whole: str) -> None:
        assert self.owned
        said = decode(point, text)
        kept = self.log_end if text == whole else max(point, said.end)
        self.remembered = {offset for offset in self.owned.told if offset < kept}
        beyond = {offset for offset in self.log if offset >= point}
        assert {offset for offset in beyond if offset in said} == beyond & self.remembered


class TestPartitionModel(PartitionModel.TestCase):
    settings = settings(
        max_examples=1000, stateful_step_count=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
