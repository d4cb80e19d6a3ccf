"""Which offsets of a partition are durably done, and what may therefore be committed."""

from bisect import insort

from services.delivery.completed import Completed, between


class DeliveryOrderError(RuntimeError):
    """Offsets came in falling order: what was taken for the position is not it, and a commit could lose records."""


class PartitionTracker:
    """Offsets of one assignment of one partition, in the order of their delivery.

    Offsets are sparse (compaction, transaction markers): the successor of an offset is the next *delivered* one.
    Only unfinished offsets are held, so memory is bounded by what is in flight, however long one record takes.

    Parameters
    ----------
    completed
        What the commit's metadata said to be finished beyond the commit point, when the assignment began.
    committed
        The commit point, then.
    """

    def __init__(self, completed: Completed | None = None, committed: int = 0) -> None:
        self._committed = committed
        self._before = completed or Completed()
        self._open: dict[int, None] = {}
        self._end: int | None = None
        self._early: list[int] = []

    def deliver(self, offset: int) -> bool:
        """Note a delivered offset, and say whether there is work to do for it.

        Raises
        ------
        DeliveryOrderError
            If it does not follow the one before.
        """
        if self._end is not None and offset < self._end:
            message = f"offset {offset} was delivered after {self._end - 1}"
            raise DeliveryOrderError(message)
        if self._end is None and offset < self._committed:
            # The topic was made anew, and its offsets belong to other records now.
            self._before, self._early = Completed(), []
        self._end = offset + 1
        done = offset in self._before or offset in self._early
        self._early = [one for one in self._early if one > offset]
        if not done:
            self._open[offset] = None
        return not done

    def finish(self, offset: int) -> None:
        """Note that what the record asked for is durable.

        A record that was in flight over a rebalance may be finished before it is delivered again; then it is noted.
        """
        if self._end is None or offset >= self._end:
            if offset not in self._early:
                insort(self._early, offset)
        else:
            self._open.pop(offset, None)

    @property
    def commit_point(self) -> int | None:
        """Offset to commit (that of the next record to deliver after a restart); None if nothing was delivered yet."""
        return next(iter(self._open), self._end)

    @property
    def completed(self) -> Completed:
        """What is finished beyond the commit point, for the commit's metadata."""
        end = self._end or 0
        delivered = between(self._open, end).runs
        ahead = [(max(first, end), stop) for first, stop in self._before.runs if stop > end]
        early = [(offset, offset + 1) for offset in self._early if offset not in self._before]
        return Completed(_joined([*delivered, *sorted([*ahead, *early])]))

    @property
    def unfinished(self) -> int:
        """Delivered records that are not done."""
        return len(self._open)


def _joined(runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for first, stop in runs:
        if joined and joined[-1][1] == first:
            joined[-1] = (joined[-1][0], stop)
        else:
            joined.append((first, stop))
    return joined
