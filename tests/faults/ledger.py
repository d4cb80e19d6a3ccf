"""What one fault hands in, and what becomes of it."""

import asyncio
import hashlib
import itertools
import json
import re
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from aiokafka import AIOKafkaProducer
from faults.account import TOPIC_OF, Account, Ended, FinalEvent, Submission, account_of
from faults.place import Place
from faults.waiting import wait_until
from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.partitioner.default import murmur2
from scripted import letter

from schemas.topics import DEADLETTER_OFFSET, DEADLETTER_PARTITION, DEADLETTER_TOPIC

Headers = Sequence[tuple[str, bytes | None]]

SUBMITTED: Final = "documents.submitted"
PARTITIONS: Final = 6
"""Of every topic: the product's default."""

SECONDS: Final = 90
FIELDS_TASK: Final = "\nWrite the summary in"
"""What the prompt about fields and summary has, and that of the classification has not."""

STATES: Final = """
SELECT document_id AS name, state AS kind FROM postkorb.documents WHERE document_id LIKE $1
"""
LETTERS: Final = """
SELECT topic, "partition", "offset", key FROM postkorb.dead_letter_records
WHERE failed_at > to_timestamp($1) AND retried_at IS NULL
"""
ANSWERS: Final = """
SELECT d.document_id AS name, extract(epoch FROM min(a.processed_at))::float AS at
FROM postkorb.answers AS a JOIN postkorb.documents AS d USING (document_key)
WHERE d.document_id LIKE $1 AND a.content_sha256 = d.content_sha256 GROUP BY 1
"""
FAILURES: Final = """
SELECT document_id AS name, f.code, f.attempts FROM postkorb.document_failures AS f
JOIN postkorb.documents USING (document_key) WHERE document_id LIKE $1
"""
UNPUBLISHED: Final = "SELECT FROM postkorb.outbox WHERE published_at IS NULL LIMIT 1"
SUMS: Final = """
SELECT * FROM postkorb.account WHERE submitted <> processed + failed + dead_lettered + waiting
"""


class Ledger:
    """Documents whose ids begin with a prefix of their own; documents of other tests are none of its business.

    Everything here goes past the proxies.
    """

    def __init__(self, place: Place, prefix: str) -> None:
        self.prefix = prefix
        self.submissions: list[Submission] = []
        self.closed: Account | None = None
        self._place = place
        self._pattern = re.compile(rf"{re.escape(prefix)}\d+")
        self._numbers = itertools.count()
        self._started = time.time()
        self._started_asking = len(place.engine.asked)
        self._start_of = {topic: self._ends(topic) for topic in TOPIC_OF.values()}

    # Handing in

    def submit(self, count: int, *said: str, partition: int | None = None) -> list[str]:
        """Hand in letters, and give their ids.

        Parameters
        ----------
        said
            Further lines of each letter, such as `scripted_server.HANGS`.
        partition
            Of `documents.submitted`; by key if None.
        """
        names = [f"{self.prefix}{next(self._numbers)}" for _ in range(count)]
        self.write([(name, submission_of(name, *said)) for name in names], partition=partition)
        return names

    def write(
        self,
        records: Iterable[tuple[str, bytes | None]],
        *,
        headers: Headers = (),
        partition: int | None = None,
        topic: str = SUBMITTED,
    ) -> None:
        """Hand in records with any bytes; their keys are the names that they have here."""
        given = list(records)
        places = self._place.background.run(
            _send(self._place.kafka.direct, topic, [(name, value, headers, partition) for name, value in given])
        )
        for (name, value), place in zip(given, places, strict=True):
            self.submissions.append(Submission(name, place, hashlib.sha256(value or b"").hexdigest()))

    def name(self) -> str:
        """Give an id that is not taken, for `write`."""
        return f"{self.prefix}{next(self._numbers)}"

    def names_on(self, partition: int, count: int) -> list[str]:
        """Give ids that Kafka's clients put on the same partition, of every topic keyed by them."""
        on_it = (name for name in iter(self.name, None) if partition_of(name) == partition)
        return list(itertools.islice(on_it, count))

    # Looking on

    @property
    def names(self) -> set[str]:
        """Everything handed in."""
        return {one.name for one in self.submissions}

    def ended(self) -> Ended:
        """Look into SQL."""
        found: dict[str, set[str]] = defaultdict(set)
        for row in self._place.query(STATES, f"{self.prefix}%"):
            found["waiting" if row["kind"] == "parsed" else row["kind"]].add(row["name"])
        places = {one.place: one.name for one in self.submissions}
        for row in self._place.query(LETTERS, self._started):
            key = (row["key"] or b"").decode("utf-8", "replace")
            found["dead_lettered"].add(places.get((row["topic"], row["partition"], row["offset"]), key))
        return Ended(**found)

    def stored(self) -> set[str]:
        """Ids of documents that intake has stored, whatever became of them."""
        ended = self.ended()
        return {*ended.processed, *ended.failed, *ended.waiting}

    def processed(self) -> set[str]:
        """Ids of documents with answers."""
        return set(self.ended().processed)

    def waiting(self) -> set[str]:
        """Ids of documents that are stored and wait for answers."""
        return set(self.ended().waiting)

    def failures(self) -> dict[str, tuple[str, int]]:
        """Code and number of tries of each document that failed."""
        rows = self._place.query(FAILURES, f"{self.prefix}%")
        return {row["name"]: (row["code"], row["attempts"]) for row in rows}

    def unended(self) -> set[str]:
        """Names that are in none of SQL's three sets."""
        ended = self.ended()
        return self.names - {*ended.processed, *ended.failed, *ended.dead_lettered}

    def wait_until_ended(self, seconds: float = SECONDS, names: Collection[str] | None = None) -> None:
        """Wait until documents (all, unless some are named) are processed, failed or dead-lettered."""
        wanted = self.names if names is None else set(names)
        wait_until(
            lambda: not self.unended() & wanted,
            seconds,
            "documents have not ended",
            lambda: (
                f"{len(self.unended() & wanted)} of {len(wanted)}: {sorted(self.unended() & wanted)[:10]}\n"
                f"{self._place.logs()}"
            ),
        )

    def begun(self, since: int | None = None) -> set[str]:
        """Ids of documents that the engine was asked about, be it only what they are.

        Parameters
        ----------
        since
            Only by requests from this one on: an earlier `len(place.engine.asked)`.
        """
        first = self._started_asking if since is None else since
        prompts = [one.prompt for one in self._place.engine.asked[first:]]
        return {name[0] for prompt in prompts if (name := self._pattern.search(prompt))}

    def asked(self) -> Mapping[str, Sequence[float]]:
        """When the engine was asked about each document's fields, seconds since 1970.

        Of a document that is read in several windows, the window that was asked about most often.
        """
        found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        for one in self._place.engine.asked[self._started_asking :]:
            if FIELDS_TASK in one.prompt and (name := self._pattern.search(one.prompt)):
                found[name[0]][one.prompt].append(one.at)
        return {name: max(windows.values(), key=len) for name, windows in found.items()}

    def records(self, topic: str) -> list[ConsumerRecord]:
        """Read what was written to a topic since this ledger was opened."""
        consumer = KafkaConsumer(
            bootstrap_servers=self._place.kafka.direct, enable_auto_commit=False, fetch_max_bytes=64 * 1024 * 1024
        )
        try:
            ends = _ends(consumer, topic)
            consumer.assign(list(ends))
            for partition in ends:
                consumer.seek(partition, self._start_of[topic][partition])
            found: list[ConsumerRecord] = []
            while any(consumer.position(partition) < end for partition, end in ends.items()):
                found += [record for batch in consumer.poll(500).values() for record in batch]
            return found
        finally:
            consumer.close()

    # Closing

    def account(self, seconds: float = SECONDS) -> Account:
        """Wait until everything has ended and every event is out; count, and note it for the table."""
        self.wait_until_ended(seconds)
        wait_until(lambda: not self._place.query(UNPUBLISHED), seconds, "events are not published", self._place.logs)
        self.closed = self.count()
        assert not self._place.query(SUMS), "the view postkorb.account contradicts itself"
        return self.closed

    def count(self) -> Account:
        """Count what is there now."""
        answered = {row["name"]: row["at"] for row in self._place.query(ANSWERS, f"{self.prefix}%")}
        seconds = time.time() - self._started
        return account_of(self.submissions, self.ended(), self._events(), self.asked(), answered, seconds)

    def _events(self) -> list[FinalEvent]:
        places = {one.place: one.name for one in self.submissions}
        return [
            FinalEvent(topic, headers["ce_id"].decode(), _name_of(record, headers, places))
            for topic in TOPIC_OF.values()
            for record in self.records(topic)
            if (headers := dict(record.headers))
        ]

    def _ends(self, topic: str) -> dict[TopicPartition, int]:
        consumer = KafkaConsumer(bootstrap_servers=self._place.kafka.direct, enable_auto_commit=False)
        try:
            return _ends(consumer, topic)
        finally:
            consumer.close()


def submission_of(name: str, *said: str) -> bytes:
    """Write the record of a letter that the scripted engine can read, as a bare JSON event."""
    text = "\n".join([letter("invoice", seller_name="Muster GmbH", invoice_number=name), *said])
    return json.dumps({"document_id": name, "content": {"text": text}}).encode()


async def _send(
    servers: str, topic: str, records: Sequence[tuple[str, bytes | None, Headers, int | None]]
) -> list[tuple[str, int, int]]:
    # aiokafka's producer, because kafka-python's refuses headers without a value.
    async with AIOKafkaProducer(bootstrap_servers=servers, max_request_size=32 * 1024 * 1024, linger_ms=5) as producer:
        sent = [
            await producer.send(topic, value, name.encode(), partition, headers=list(headers))
            for name, value, headers, partition in records
        ]
        return [(done.topic, done.partition, done.offset) for done in await asyncio.gather(*sent)]


def partition_of(name: str) -> int:
    """Say where Kafka's clients put a key."""
    return int((murmur2(name.encode()) & 0x7FFFFFFF) % PARTITIONS)


def _name_of(record: ConsumerRecord, headers: Mapping[str, bytes], places: Mapping[tuple[str, int, int], str]) -> str:
    """Give the document id; a dead letter is known by the place of the record that it was."""
    key = (record.key or b"").decode("utf-8", "replace")
    if (topic := headers.get(DEADLETTER_TOPIC)) is None:
        return key
    return places.get((topic.decode(), int(headers[DEADLETTER_PARTITION]), int(headers[DEADLETTER_OFFSET])), key)


def _ends(consumer: KafkaConsumer, topic: str) -> dict[TopicPartition, int]:
    partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
    ends: dict[TopicPartition, int] = consumer.end_offsets(partitions)
    return ends
