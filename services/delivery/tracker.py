"""Which offsets of a partition are durably done, and what may therefore be committed."""


class PartitionTracker:
    """Offsets of one assignment of one partition, in the order of their delivery.

    Offsets are sparse (compaction, transaction markers): the successor of an offset is the next
    *delivered* one, so the commit point is one past the last of the done ones before the oldest unfinished.
    """

    def __init__(self) -> None:
        self._finished: dict[int, bool] = {}
        self._commit_point: int | None = None

    def deliver(self, offset: int) -> None:
        """Note a delivered offset; offsets arrive in rising order within an assignment."""
        self._finished.setdefault(offset, False)

    def finish(self, offset: int) -> None:
        """Note that what the record asked for is durable; unknown offsets are ignored."""
        if offset in self._finished:
            self._finished[offset] = True
            self._advance()

    def _advance(self) -> None:
        while self._finished:
            oldest = next(iter(self._finished))
            if not self._finished[oldest]:
                return
            del self._finished[oldest]
            self._commit_point = oldest + 1

    @property
    def commit_point(self) -> int | None:
        """Offset to commit (that of the next record to deliver after a restart); None if none is done yet."""
        return self._commit_point

    @property
    def position(self) -> int | None:
        """Offset of the oldest record whose work is not done; None if nothing was delivered yet."""
        return next(iter(self._finished), self._commit_point)

    @property
    def unfinished(self) -> int:
        """Delivered records that are not done, those behind an unfinished one included."""
        return len(self._finished)
