"""What became of the documents of one fault, counted in SQL, on the topics and at the engine."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Submission:
    """A record that was handed in.

    Parameters
    ----------
    name
        Its document id; for poison, any name that tells it from the others.
    place
        Topic, partition and offset.
    content
        What tells one content of a document from another, such as a hash.
    """

    name: str
    place: tuple[str, int, int]
    content: str


@dataclass(frozen=True, slots=True)
class FinalEvent:
    """A record of `documents.processed`, `documents.failed` or `documents.deadletter`."""

    topic: str
    event_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Ended:
    """Names of the documents in SQL's three sets, and of those that are still on their way."""

    processed: Collection[str] = ()
    failed: Collection[str] = ()
    dead_lettered: Collection[str] = ()
    waiting: Collection[str] = ()


TOPIC_OF = {
    "processed": "documents.processed",
    "failed": "documents.failed",
    "dead_lettered": "documents.deadletter",
}


@dataclass(frozen=True, slots=True)
class Account:
    """Counts of one fault.

    Parameters
    ----------
    submitted
        Documents (and poison records), each once however often it was handed in.
    published
        Those of them whose last event is on a topic.
    duplicates
        Records on the topics with an event id that was there before. Allowed.
    asked_again
        Requests to the engine about fields and summary beyond one a document: work that died with a process, or that
        is tried again.
    repeats
        Those of them that came after the document's answer was recorded: finished work done again.
    conflicts
        Event ids beyond one for each content of a document. Not allowed.
    lost
        Documents in none or several of SQL's three sets, or that the topics tell otherwise. Not allowed.
    """

    submitted: int
    processed: int
    failed: int
    dead_lettered: int
    published: int
    duplicates: int
    asked_again: int
    repeats: int
    conflicts: int
    lost: int
    seconds: float
    lost_names: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether every document ended exactly once, in SQL and on the topics alike, and the sums agree."""
        ended = self.processed + self.failed + self.dead_lettered
        return not self.lost and not self.conflicts and self.submitted == ended == self.published


def account_of(
    submissions: Iterable[Submission],
    ended: Ended,
    events: Sequence[FinalEvent],
    asked: Mapping[str, Sequence[float]],
    answered: Mapping[str, float],
    seconds: float,
) -> Account:
    """Count.

    Parameters
    ----------
    asked
        When the engine was asked about a document's fields, seconds since 1970, by name.
    answered
        When its first answer was recorded.
    """
    given = list(submissions)
    names = {one.name for one in given}
    sets = {name: set(getattr(ended, name)) & names for name in TOPIC_OF}
    told: dict[str, set[str]] = defaultdict(set)
    identities: dict[str, set[str]] = defaultdict(set)
    for event in events:
        if event.name in names:
            told[event.name].add(event.topic)
            identities[event.name].add(event.event_id)
    contents = Counter(name for name, _ in {(one.name, one.content) for one in given})
    lost = sorted(name for name in names if not _is_told_once(name, sets, told[name], contents[name]))
    of_ours = sum(event.name in names for event in events)
    repeats = [name for name, at in answered.items() for moment in asked.get(name, ()) if moment > at]
    return Account(
        submitted=len(names),
        processed=len(sets["processed"]),
        failed=len(sets["failed"]),
        dead_lettered=len(sets["dead_lettered"]),
        published=sum(bool(topics) for topics in told.values()),
        duplicates=of_ours - sum(map(len, identities.values())),
        asked_again=sum(max(0, len(asked.get(name, ())) - 1) for name in names),
        repeats=len([name for name in repeats if name in names]),
        conflicts=sum(max(0, len(identities[name]) - contents[name]) for name in names),
        lost=len(lost),
        seconds=seconds,
        lost_names=tuple(lost),
    )


def _is_told_once(name: str, sets: Mapping[str, Collection[str]], topics: set[str], contents: int) -> bool:
    where = [TOPIC_OF[kind] for kind, found in sets.items() if name in found]
    # Of several contents one may have failed and the next not; what became of the last one must be told.
    return len(where) == 1 and (topics == {where[0]} if contents == 1 else where[0] in topics)


def total(accounts: Sequence[Account]) -> Account:
    """Add up the accounts of a fault over all seeds; the seconds are their mean."""
    counts = [field.name for field in fields(Account) if field.name not in ("seconds", "lost_names")]
    return Account(
        **{name: sum(getattr(account, name) for account in accounts) for name in counts},
        seconds=sum(account.seconds for account in accounts) / len(accounts),
        lost_names=tuple(name for account in accounts for name in account.lost_names),
    )
