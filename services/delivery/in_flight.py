"""Records that were delivered and are not done: how much they are, and since when."""

import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.delivery.record import Record

RESUME_AT: Final = 0.75
"""Part of the budget under which paused partitions go on: below 1, or they would flap."""

LEAST_URGENT_EVERY: Final = 8
"""One record in so many is of the least urgent topic: what can wait does not wait for ever."""

Place = tuple[str, int, int]
"""Topic, partition and offset."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How much may be delivered and not yet done before the partitions are paused.

    Parameters
    ----------
    records
        Number of records.
    size
        Bytes of their keys and values.
    tokens
        Tokens of the documents that they are or refer to, as `weigh` estimates them.
    """

    records: int
    size: int
    tokens: int

    def used(self, records: int, size: int, tokens: int) -> float:
        """Give the fullest of the three, as a part of the budget: 1.0 is full."""
        return max(records / self.records, size / self.size, tokens / self.tokens)


@dataclass(frozen=True, slots=True)
class _Unfinished:
    record: Record
    tokens: int
    taken: float | None = None


class InFlight:
    """The unfinished records of one consumer: those that wait to be taken, and those that are worked on.

    Parameters
    ----------
    weigh
        Estimates the tokens of a record.
    """

    def __init__(self, budget: Budget, weigh: Callable[[Record], int]) -> None:
        self._budget = budget
        self._weigh = weigh
        self._unfinished: dict[Place, _Unfinished] = {}
        self._waiting: deque[Place] = deque()
        self._size = 0
        self._tokens = 0

    def __len__(self) -> int:
        return len(self._unfinished)

    def __contains__(self, record: Record) -> bool:
        return _place(record) in self._unfinished

    @property
    def waiting(self) -> int:
        """Records that nobody has taken yet."""
        return len(self._waiting)

    @property
    def is_full(self) -> bool:
        """Whether the partitions are to be paused."""
        return self._used >= 1

    @property
    def has_room(self) -> bool:
        """Whether paused partitions may go on."""
        return self._used < RESUME_AT

    @property
    def oldest_work_age(self) -> float:
        """Seconds since the oldest of those worked on was taken; 0 if there is none. Safe from another thread too."""
        taken = [item.taken for item in list(self._unfinished.values()) if item.taken is not None]
        return time.monotonic() - min(taken) if taken else 0.0

    def add(self, record: Record) -> None:
        """Take in a delivered record; it waits to be taken."""
        tokens = self._weigh(record)
        self._unfinished[_place(record)] = _Unfinished(record, tokens)
        self._waiting.append(_place(record))
        self._size += record.size
        self._tokens += tokens

    def take(self, limit: int) -> list[Record]:
        """Give up to `limit` of those that wait, oldest first."""
        places = [self._waiting.popleft() for _ in range(min(limit, len(self._waiting)))]
        for place in places:
            self._unfinished[place] = replace(self._unfinished[place], taken=time.monotonic())
        return [self._unfinished[place].record for place in places]

    def remove(self, record: Record) -> None:
        """Let go of a record that is done; one that is not there is no error."""
        self._remove(_place(record))

    def forget(self, partitions: Collection[tuple[str, int]]) -> None:
        """Let go of those of lost partitions that nobody has taken."""
        kept = deque(place for place in self._waiting if place[:2] not in partitions)
        for place in set(self._waiting).difference(kept):
            self._remove(place)
        self._waiting = kept

    def taken_of(self, partitions: Collection[tuple[str, int]]) -> int:
        """Count those of the partitions that are worked on."""
        waiting = set(self._waiting)
        return sum(place[:2] in partitions and place not in waiting for place in self._unfinished)

    @property
    def _used(self) -> float:
        return self._budget.used(len(self._unfinished), self._size, self._tokens)

    def _remove(self, place: Place) -> None:
        found = self._unfinished.pop(place, None)
        if found:
            self._size -= found.record.size
            self._tokens -= found.tokens


class InFlightByTopic:
    """The unfinished records of several topics. Each has the whole budget: one that is full stops nobody else.

    Parameters
    ----------
    topics
        The most urgent first.
    """

    def __init__(self, topics: Sequence[str], budget: Budget, weigh: Callable[[Record], int]) -> None:
        self._of = {topic: InFlight(budget, weigh) for topic in topics}
        self._taken = 0

    def __len__(self) -> int:
        return sum(map(len, self._of.values()))

    def __contains__(self, record: Record) -> bool:
        return record in self._of[record.topic]

    @property
    def waiting(self) -> int:
        """Records that nobody has taken yet."""
        return sum(item.waiting for item in self._of.values())

    @property
    def full(self) -> frozenset[str]:
        """Topics whose partitions are to be paused."""
        return frozenset(topic for topic, item in self._of.items() if item.is_full)

    @property
    def with_room(self) -> frozenset[str]:
        """Topics whose partitions may go on."""
        return frozenset(topic for topic, item in self._of.items() if item.has_room)

    @property
    def oldest_work_ages(self) -> dict[str, float]:
        """Seconds since the oldest of each topic that are worked on was taken; 0 if there is none. Safe as above."""
        return {topic: item.oldest_work_age for topic, item in self._of.items()}

    @property
    def oldest_work_age(self) -> float:
        """Seconds since the oldest of those worked on was taken; 0 if there is none. Safe from another thread too."""
        return max(self.oldest_work_ages.values())

    def add(self, record: Record) -> None:
        """Take in a delivered record; it waits to be taken."""
        self._of[record.topic].add(record)

    def take(self, limit: int) -> list[Record]:
        """Give up to `limit` of those that wait: the most urgent first, of a topic the oldest.

        Now and then one of the others, by turns: nothing waits for ever.
        """
        found: list[Record] = []
        while len(found) < limit and (waiting := [item for item in self._of.values() if item.waiting]):
            self._taken += 1
            turns, others = divmod(self._taken, LEAST_URGENT_EVERY)
            found += waiting[0 if others else -1 - turns % max(1, len(waiting) - 1)].take(1)
        return found

    def remove(self, record: Record) -> None:
        """Let go of a record that is done; one that is not there is no error."""
        self._of[record.topic].remove(record)

    def forget(self, partitions: Collection[tuple[str, int]]) -> None:
        """Let go of those of lost partitions that nobody has taken."""
        for item in self._of.values():
            item.forget(partitions)

    def taken_of(self, partitions: Collection[tuple[str, int]]) -> int:
        """Count those of the partitions that are worked on."""
        return sum(item.taken_of(partitions) for item in self._of.values())


def _place(record: Record) -> Place:
    return record.topic, record.partition, record.offset
