"""The relay: everything that was enqueued is on its topic, in order per document, whichever relay lives."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from integration.house import until
from integration.storage import stored as given
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import NoOpTracer
from pydantic import SecretStr
from sqlalchemy import text

from schemas.events import EventType
from schemas.topics import Topics
from services.delivery import publication as publishing
from services.delivery.connection import KafkaConnection
from services.delivery.publication import Outgoing, Publication, PublicationError
from services.delivery.reading import read_topics
from services.relay import service
from services.relay.service import REFUSED_FOR, Relay
from services.settings import Settings
from services.storage.database import Connection, Database
from services.storage.outbox import enqueue, prune
from services.storage.records import OutboxRow
from services.telemetry import names
from services.telemetry.metrics import Metrics
from services.telemetry.setup import Telemetry
from services.telemetry.state import StateFile
from services.telemetry.tracing import Tracing
from services.vitals import Vitals
from services.wiring import Place, ServiceName, build

WEEK = timedelta(days=7)
HOUR = 3600.0


class WatchedPublication(Publication):
    """Keeps what it has published; publishes nothing before `released` is set, nor while it is `away`."""

    def __init__(self, kafka: KafkaConnection) -> None:
        super().__init__(kafka, "relay")
        self.published: list[Outgoing] = []
        self.asked = asyncio.Event()
        self.away = False
        self.released = asyncio.Event()
        self.released.set()

    async def publish(self, records: Sequence[Outgoing]) -> None:
        self.asked.set()
        await self.released.wait()
        if self.away:
            message = "the test keeps the broker away"
            raise PublicationError(message)
        await super().publish(records)
        self.published += records

    async def probe(self) -> bool:
        return not self.away and await super().probe()


class SlowAnswers:
    """A database that tells of its first claim only when `released` is set, as if the process had stood still."""

    def __init__(self, database: Database) -> None:
        self.listen = database.listen
        self.has_claimed = asyncio.Event()
        self.released = asyncio.Event()
        self._database = database

    async def in_transaction(self, work: Callable[[Connection], Awaitable[Any]]) -> Any:
        result = await self._database.in_transaction(work)
        if isinstance(result, tuple) and result[1]:
            self.has_claimed.set()
            await self.released.wait()
        return result


class Outbox:
    """The outbox of a database, the relays that empty it, and the topic that they empty it to."""

    def __init__(self, kafka: KafkaConnection, topics: Topics, database: Database) -> None:
        self.kafka = kafka
        self.topic = topics.processed
        self.database = database
        self.keys: list[int] = []
        self._reader = InMemoryMetricReader()
        self._meters = MeterProvider([self._reader])
        self._metrics = Metrics(self._meters.get_meter("test"))

    def event(self, document: int, kind: EventType = EventType.PARSED, **changes: Any) -> OutboxRow:
        """Make an event whose value is its id and whose key is its document's."""
        key = self.keys[document]
        made = given.event(kind, key)
        return replace(made, topic=self.topic, key=b"%d" % key, value=str(made.event_id).encode(), **changes)

    async def enqueue(self, *events: OutboxRow) -> None:
        await self.database.in_transaction(lambda connection: enqueue(connection, events))

    async def enqueue_in_turn(self, count: int, documents: Sequence[int]) -> list[OutboxRow]:
        """Enqueue so many events of each document: one of each, then the next of each."""
        events = [self.event(document) for _ in range(count) for document in documents]
        await self.enqueue(*events)
        return events

    @asynccontextmanager
    async def relay(self, database: Any = None) -> AsyncIterator[WatchedPublication]:
        """Run a relay, and stop it in the end."""
        stop = asyncio.Event()
        async with WatchedPublication(self.kafka) as publication:
            running = asyncio.create_task(self._made(publication, database).run(stop))
            try:
                yield publication
            finally:
                stop.set()
                publication.released.set()
                await running

    async def let_a_relay_die(self) -> None:
        """Run a relay until it holds rows, and let it die with them: it publishes none and gives none back."""
        async with WatchedPublication(self.kafka) as publication:
            publication.released.clear()
            running = asyncio.create_task(self._made(publication).run(asyncio.Event()))
            await publication.asked.wait()
            running.cancel()
            await asyncio.wait([running])

    async def values(self) -> list[bytes | None]:
        """Read what is on the topic."""
        return [record.value async for record in read_topics(self.kafka, [self.topic])]

    async def by_document(self) -> dict[bytes | None, list[bytes | None]]:
        """Read what is on the topic, by key in order."""
        found = defaultdict(list)
        async for record in read_topics(self.kafka, [self.topic]):
            found[record.key].append(record.value)
        return found

    async def query(self, statement: str, **values: object) -> list[Any]:
        async with self.database.transaction() as connection:
            result = await connection.execute(text(statement), values)
            return list(result) if result.returns_rows else []

    async def wait_until_empty(self) -> None:
        async def is_empty() -> bool:
            return not await self.query("SELECT 1 FROM postkorb.outbox WHERE published_at IS NULL")

        await until(is_empty)

    def metric(self, name: str) -> float:
        """Give the sum of a metric."""
        data = self._reader.get_metrics_data()
        metrics = [metric for scope in data.resource_metrics[0].scope_metrics for metric in scope.metrics]
        return sum(point.value for metric in metrics if metric.name == name for point in metric.data.data_points)

    @property
    def telemetry(self) -> Telemetry:
        tracing = Tracing(NoOpTracer(), self._metrics)
        return Telemetry(tracing, self._metrics, lambda: b"", TracerProvider(), self._meters)

    def _made(self, publication: Publication, database: Any = None) -> Relay:
        telemetry = self.telemetry
        return Relay(database or self.database, publication, telemetry.tracing, telemetry.metrics, keep=WEEK)


@pytest.fixture
async def outbox(kafka: str, topics: Topics, database: Database) -> Outbox:
    outbox = Outbox(KafkaConnection(kafka), topics, database)
    accepted = await given.store(database, *(given.document(f"d{number}") for number in range(10)))
    outbox.keys = [item.document_key for item in accepted]
    return outbox


@pytest.fixture(autouse=True)
def _small_and_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "CLAIM_ROWS", 5)
    monkeypatch.setattr(service, "POLL_SECONDS", 0.1)


def grouped(events: Sequence[OutboxRow]) -> dict[bytes | None, list[bytes | None]]:
    found = defaultdict(list)
    for event in events:
        found[event.key].append(event.value)
    return found


async def test_two_relays_share_the_events_and_publish_each_once_and_each_documents_in_order(outbox: Outbox):
    async with outbox.relay() as one, outbox.relay() as other:
        events = await outbox.enqueue_in_turn(12, range(10))
        await outbox.wait_until_empty()
    assert one.published
    assert other.published
    assert await outbox.by_document() == grouped(events)


async def test_no_event_overtakes_an_earlier_one_of_its_document_that_another_relay_holds(outbox: Outbox):
    events = await outbox.enqueue_in_turn(3, range(10))
    async with outbox.relay() as slow:
        slow.released.clear()
        await slow.asked.wait()  # it holds the first event of documents 0 to 4
        async with outbox.relay() as quick:
            last = outbox.event(9)
            await outbox.enqueue(last)

            async def last_is_out() -> bool:
                return last.value in [record.value for record in quick.published]

            await until(last_is_out)
            assert {record.key for record in quick.published} == {event.key for event in events[5:10]}
            slow.released.set()
            await outbox.wait_until_empty()
    assert await outbox.by_document() == grouped([*events, last])


async def test_a_dead_relays_events_go_out_when_their_lease_has_run_out_and_not_before(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(service, "LEASE", timedelta(seconds=2))
    events = await outbox.enqueue_in_turn(2, range(5))
    await outbox.let_a_relay_die()
    held = await outbox.query("SELECT event_id, leased_until FROM postkorb.outbox WHERE leased_by IS NOT NULL")
    async with outbox.relay():
        await outbox.wait_until_empty()
    published = dict(await outbox.query("SELECT event_id, published_at FROM postkorb.outbox"))
    assert len(held) == 5
    assert all(published[event_id] >= leased_until for event_id, leased_until in held)
    assert await outbox.by_document() == grouped(events)


async def test_a_relay_that_stood_still_after_its_claim_publishes_nothing_that_may_be_anothers(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(service, "LEASE", timedelta(seconds=2))
    monkeypatch.setattr(service, "PUBLISH_SECONDS", 1.0)
    events = await outbox.enqueue_in_turn(1, range(5))
    frozen = SlowAnswers(outbox.database)
    async with outbox.relay(frozen) as late:
        await frozen.has_claimed.wait()
        async with outbox.relay() as other:
            await outbox.wait_until_empty()
        frozen.released.set()
    assert len(other.published) == 5
    assert late.published == []
    assert sorted(map(str, await outbox.values())) == sorted(str(event.value) for event in events)


async def test_a_relay_that_stops_gives_back_what_it_has_not_published(outbox: Outbox, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(service, "PUBLISH_SECONDS", 0.0)
    await outbox.enqueue_in_turn(1, range(5))
    database = SlowAnswers(outbox.database)
    async with outbox.relay(database):
        await database.has_claimed.wait()
        assert len(await outbox.query("SELECT 1 FROM postkorb.outbox WHERE leased_by IS NOT NULL")) == 5
        database.released.set()
    left = await outbox.query("SELECT leased_by, published_at FROM postkorb.outbox")
    assert left == [(None, None)] * 5


async def test_while_the_broker_is_away_events_wait_and_then_go_out_in_order(outbox: Outbox):
    async with outbox.relay() as publication:
        publication.away = True
        events = await outbox.enqueue_in_turn(3, range(5))
        await publication.asked.wait()
        publication.away = False
        await outbox.wait_until_empty()
    assert await outbox.by_document() == grouped(events)


async def test_a_relay_that_stops_while_the_broker_is_away_keeps_its_leases(outbox: Outbox):
    """The broker may still be working on what was sent: nobody may overtake it."""
    await outbox.enqueue_in_turn(1, range(5))
    async with outbox.relay() as publication:
        publication.away = True
        await publication.asked.wait()
    assert len(await outbox.query("SELECT 1 FROM postkorb.outbox WHERE leased_until > now()")) == 5


async def test_an_event_that_the_broker_refuses_is_put_off_and_its_neighbours_go_out(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(publishing, "TOPIC_SECONDS", 0.2)
    good = [outbox.event(0), outbox.event(1)]
    refused = replace(outbox.event(2), topic="no-such-topic")
    await outbox.enqueue(good[0], refused, good[1])
    async with outbox.relay() as publication:

        async def are_out() -> bool:
            return len(publication.published) == len(good)

        await until(are_out)
        assert outbox.metric(names.OUTBOX_REFUSED) == 1
    [left] = await outbox.query(
        "SELECT event_id, leased_by, extract(epoch FROM due_at - created_at)::float AS seconds "
        "FROM postkorb.outbox WHERE published_at IS NULL"
    )
    assert (left.event_id, left.leased_by) == (refused.event_id, None)
    assert left.seconds >= REFUSED_FOR.total_seconds()
    assert await outbox.by_document() == grouped(good)


async def test_a_relay_that_nobody_wakes_publishes_what_becomes_due_and_stops_at_once(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(service, "LOOK_SECONDS", HOUR)
    async with outbox.relay() as publication:
        await outbox.enqueue(outbox.event(0, due_in=timedelta(seconds=0.5), attempt=2))
        await outbox.wait_until_empty()
        assert len(publication.published) == 1
    assert await outbox.values() == [publication.published[0].value]


async def test_a_relay_with_nothing_to_do_does_not_look_for_it_all_the_time(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
):
    claims = 0
    claim = service.claim

    async def counted(*arguments: Any) -> Any:
        nonlocal claims
        claims += 1
        return await claim(*arguments)

    monkeypatch.setattr(service, "claim", counted)
    monkeypatch.setattr(service, "LAG_SECONDS", 0.05)
    await outbox.enqueue(outbox.event(0, due_in=timedelta(days=1), attempt=2))
    measured = asyncio.Semaphore(0)
    age = service.oldest_unpublished_age

    async def seen(connection: Connection) -> float | None:
        measured.release()
        return await age(connection)

    monkeypatch.setattr(service, "oldest_unpublished_age", seen)
    async with outbox.relay():
        for _ in range(20):  # a second of polling would be ten claims
            await measured.acquire()
    assert claims <= 3


async def test_lag_is_the_age_of_the_oldest_event_that_is_due(outbox: Outbox, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(service, "LAG_SECONDS", 0.05)
    await outbox.enqueue(outbox.event(0), outbox.event(1))
    await outbox.query(
        "UPDATE postkorb.outbox SET created_at = now() - interval '1 h', due_at = now() - interval '1 h'"
    )
    await outbox.enqueue(outbox.event(2, due_in=timedelta(days=1), attempt=2))
    async with outbox.relay() as publication:
        publication.released.clear()

        async def is_late() -> bool:
            return HOUR <= outbox.metric(names.OUTBOX_LAG) < 2 * HOUR

        async def is_in_time() -> bool:
            return outbox.metric(names.OUTBOX_LAG) == 0

        await until(is_late)
        publication.released.set()
        await until(is_in_time)
    assert len(publication.published) == 2


async def test_published_events_are_deleted_after_the_days_that_the_settings_say(
    outbox: Outbox, topics: Topics, migrated_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(service, "PRUNE_SECONDS", 0.1)
    monkeypatch.setattr(service, "PRUNE_ROWS", 2)
    looks = 0

    async def prune_that_fails_once(*arguments: Any) -> Any:
        nonlocal looks
        looks += 1
        if looks == 1:
            message = "the test"
            raise RuntimeError(message)
        return await prune(*arguments)

    monkeypatch.setattr(service, "prune", prune_that_fails_once)
    old, young = [outbox.event(0) for _ in range(5)], [outbox.event(1) for _ in range(3)]
    end = outbox.event(0, EventType.PROCESSED)
    await outbox.enqueue(*old, *young, end)
    aged = "UPDATE postkorb.outbox SET published_at = now() - make_interval(hours => :hours) WHERE event_id = ANY(:ids)"
    await outbox.query(aged, hours=49, ids=[event.event_id for event in [*old, end]])
    await outbox.query(aged, hours=47, ids=[event.event_id for event in young])
    kept = {event.event_id for event in [*young, end]}
    settings = Settings(
        kafka_bootstrap_servers=outbox.kafka.bootstrap_servers,
        database_url=SecretStr(migrated_url),
        topic_prefix=topics.prefix,
        data_dir=tmp_path,
        outbox_keep_days=2,
    )
    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        telemetry = outbox.telemetry
        place = Place(stack, settings, telemetry, StateFile(tmp_path, "relay"), Vitals(telemetry.metrics))
        running = asyncio.create_task((await build(ServiceName.RELAY, place)).run(stop))

        async def only_those_are_left() -> bool:
            return {row.event_id for row in await outbox.query("SELECT event_id FROM postkorb.outbox")} == kept

        await until(only_those_are_left)
        later = outbox.event(3)
        await outbox.enqueue(later)
        await outbox.wait_until_empty()
        stop.set()
        await running
    assert {row.event_id for row in await outbox.query("SELECT event_id FROM postkorb.outbox")} == {
        *kept,
        later.event_id,
    }
    assert outbox.metric(names.OUTBOX_PRUNED) == len(old)
