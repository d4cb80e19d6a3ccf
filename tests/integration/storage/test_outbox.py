"""What the outbox promises: each event at least once, under one id, in order per document, to one relay at a time."""

import asyncio
import json
import re
from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import UUID, uuid4

from integration.storage import stored as given
from sqlalchemy import func, select, text

from schemas.events import EventType
from services.storage import outbox as queue
from services.storage.database import Connection, Database
from services.storage.documents import republish_last_event
from services.storage.outbox import (
    CHANNEL,
    CLAIM_BYTES,
    Pruned,
    TakenRow,
    claim,
    enqueue,
    mark_published,
    next_due_in,
    oldest_unpublished_age,
    postpone,
    prune,
    release,
    republish,
)
from services.storage.records import OutboxRow

DEADLINE_SECONDS = 10.0
LEASE = timedelta(minutes=1)
WEEK = timedelta(days=7)


async def _enqueue(database: Database, *events: OutboxRow) -> None:
    async with database.transaction() as connection:
        await enqueue(connection, events)


async def _claim(database: Database, relay: UUID, limit: int = 100, lease: timedelta = LEASE) -> list[TakenRow]:
    async with database.transaction() as connection:
        return await claim(connection, relay, limit, lease)


async def _mark(database: Database, relay: UUID, taken: list[TakenRow]) -> int:
    async with database.transaction() as connection:
        return await mark_published(connection, relay, [row.outbox_id for row in taken])


async def _run_out(database: Database, relay: UUID) -> None:
    """Let the leases of a relay run out."""
    async with database.transaction() as connection:
        ended = text("UPDATE postkorb.outbox SET leased_until = now() - interval '1 s' WHERE leased_by = :relay")
        await connection.execute(ended, {"relay": relay})


async def _documents(database: Database, count: int) -> list[int]:
    accepted = await given.store(database, *(given.document(f"inv-{number}") for number in range(count)))
    return [item.document_key for item in accepted]


def _rows(taken: list[TakenRow]) -> list[OutboxRow]:
    return [item.row for item in taken]


async def test_events_are_claimed_in_order_until_they_are_published(database: Database) -> None:
    relay = uuid4()
    events = [given.event() for _ in range(5)]
    await _enqueue(database, *events)
    first = await _claim(database, relay, 3)
    assert await _mark(database, relay, first) == 3
    rest = await _claim(database, relay)
    assert _rows(first + rest) == events


async def test_an_event_that_is_enqueued_again_stays_one_row_and_goes_out_again_at_the_end(database: Database) -> None:
    first, second, third = given.event(), given.event(), given.event()
    async with database.transaction() as connection:
        await enqueue(connection, [first, second, first])
        assert len(await given.publish(connection)) == 2
        await enqueue(connection, [third, first])
        again = await given.publish(connection)
    assert _rows(again) == [third, first]


async def test_a_published_event_can_be_sent_again_and_an_unknown_one_is_no_error(database: Database) -> None:
    event = given.event()
    async with database.transaction() as connection:
        await enqueue(connection, [event])
        await given.publish(connection)
        await republish(connection, [event.event_id, uuid4()])
        [again] = await given.publish(connection)
    assert again.row == event


async def test_the_age_of_an_event_that_is_sent_again_begins_anew(database: Database) -> None:
    event = given.event()
    async with database.transaction() as connection:
        await enqueue(connection, [event])
        await given.publish(connection)
        week_ago = (
            "UPDATE postkorb.outbox SET created_at = now() - interval '7 days', due_at = now() - interval '7 days'"
        )
        await connection.execute(text(week_ago))
        await republish(connection, [event.event_id])
        age = await oldest_unpublished_age(connection)
    assert age is not None
    assert age < DEADLINE_SECONDS


async def test_what_a_relay_holds_no_other_gets(database: Database) -> None:
    one, other = uuid4(), uuid4()
    await _enqueue(database, *(given.event() for _ in range(4)))
    mine = await _claim(database, one, 2)
    theirs = await _claim(database, other)
    assert {row.outbox_id for row in mine}.isdisjoint(row.outbox_id for row in theirs)
    assert len(theirs) == 2


async def test_claims_at_the_same_moment_share_the_events(database: Database) -> None:
    await _enqueue(database, *(given.event() for _ in range(10)))
    async with asyncio.timeout(DEADLINE_SECONDS):
        async with database.transaction() as connection:
            mine = await claim(connection, uuid4(), 5, LEASE)
            claiming = asyncio.create_task(_claim(database, uuid4(), 5))
            await _someone_waits_for_a_lock(database, claiming)
        theirs = await claiming
    assert len(mine) == len(theirs) == 5
    assert {row.outbox_id for row in mine}.isdisjoint(row.outbox_id for row in theirs)


async def _someone_waits_for_a_lock(database: Database, unless_done: asyncio.Task[list[TakenRow]]) -> None:
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    while not unless_done.done():
        async with database.transaction() as connection:
            if await connection.scalar(waiting):
                return
        await asyncio.sleep(0.01)


async def test_a_relay_claims_again_what_it_holds_itself(database: Database) -> None:
    relay = uuid4()
    await _enqueue(database, given.event(), given.event())
    assert await _claim(database, relay) == await _claim(database, relay)


async def test_a_dead_relays_events_go_to_the_next_when_their_lease_has_run_out(database: Database) -> None:
    dead, next_one = uuid4(), uuid4()
    await _enqueue(database, given.event())
    taken = await _claim(database, dead)
    assert await _claim(database, next_one) == []
    await _run_out(database, dead)
    assert await _claim(database, next_one) == taken


async def test_what_is_given_back_can_be_claimed_at_once(database: Database) -> None:
    one, other = uuid4(), uuid4()
    await _enqueue(database, given.event())
    taken = await _claim(database, one)
    async with database.transaction() as connection:
        assert await release(connection, one) == 1
    assert await _claim(database, other) == taken


async def test_who_lost_the_lease_cannot_mark(database: Database) -> None:
    slow, next_one = uuid4(), uuid4()
    await _enqueue(database, given.event())
    taken = await _claim(database, slow)
    await _run_out(database, slow)
    await _claim(database, next_one)
    assert await _mark(database, slow, taken) == 0
    assert await _claim(database, next_one) == taken
    async with database.transaction() as connection:
        assert await postpone(connection, slow, [taken[0].outbox_id], WEEK) == 0
    assert await _mark(database, next_one, taken) == 1


async def test_no_event_of_a_document_is_claimed_while_another_relay_holds_an_earlier_one(database: Database) -> None:
    one, other = uuid4(), uuid4()
    [key] = await _documents(database, 1)
    first, second, elsewhere = given.event(key=key), given.event(key=key), given.event()
    await _enqueue(database, first, second, elsewhere)
    taken = await _claim(database, one, 1)
    assert _rows(await _claim(database, other)) == [elsewhere]
    await _mark(database, one, taken)
    assert second in _rows(await _claim(database, other))


async def test_no_event_of_a_document_is_claimed_while_an_earlier_one_is_being_changed(database: Database) -> None:
    [key] = await _documents(database, 1)
    first, second = given.event(key=key), given.event(key=key)
    await _enqueue(database, first, second)
    async with database.transaction() as connection:
        await enqueue(connection, [first])
        assert await _claim(database, uuid4()) == []
        await connection.rollback()
    assert _rows(await _claim(database, uuid4())) == [first, second]


async def test_an_event_enqueued_again_while_it_is_leased_goes_out_with_its_new_value(database: Database) -> None:
    relay = uuid4()
    old = given.event()
    new = replace(old, value=b'{"new": true}')
    await _enqueue(database, old)
    taken = await _claim(database, relay)
    await _enqueue(database, new)
    assert await _mark(database, relay, taken) == 0
    assert _rows(await _claim(database, relay)) == [new]


async def test_a_new_value_waits_until_the_relay_that_publishes_the_old_one_is_done(database: Database) -> None:
    one, other = uuid4(), uuid4()
    old = given.event()
    await _enqueue(database, old)
    await _claim(database, one)
    await _enqueue(database, replace(old, value=b'{"new": true}'))
    assert await _claim(database, other) == []
    await _run_out(database, one)
    assert len(await _claim(database, other)) == 1


async def test_a_retry_waits_for_its_time_and_blocks_nobody(database: Database) -> None:
    [key] = await _documents(database, 1)
    retry = replace(given.event(key=key), due_in=timedelta(seconds=0.5), attempt=2)
    event = given.event(key=key)
    await _enqueue(database, retry, event)
    assert _rows(await _claim(database, uuid4())) == [event]
    async with database.transaction() as connection:
        assert await oldest_unpublished_age(connection) is not None
    relay = uuid4()
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not (taken := await _claim(database, relay)):
            await asyncio.sleep(0.05)
    assert _rows(taken) == [replace(retry, due_in=timedelta(0))]


async def test_when_the_next_event_becomes_due_is_known(database: Database) -> None:
    async with database.transaction() as connection:
        assert await next_due_in(connection) is None
    later, sooner = (replace(given.event(), due_in=timedelta(seconds=seconds), attempt=2) for seconds in (500, 100))
    await _enqueue(database, later, sooner)
    async with database.transaction() as connection:
        due_in = await next_due_in(connection)
    assert due_in is not None
    assert 100 - DEADLINE_SECONDS < due_in <= 100
    await _enqueue(database, given.event())
    async with database.transaction() as connection:
        due_in = await next_due_in(connection)
    assert due_in is not None
    assert due_in <= 0


async def test_an_event_that_is_not_due_has_no_age(database: Database) -> None:
    async with database.transaction() as connection:
        assert await oldest_unpublished_age(connection) is None
        await enqueue(connection, [replace(given.event(), due_in=timedelta(hours=1))])
        assert await oldest_unpublished_age(connection) is None
        await enqueue(connection, [given.event()])
        age = await oldest_unpublished_age(connection)
    assert age is not None
    assert 0 <= age < DEADLINE_SECONDS


async def test_an_event_that_is_put_off_lets_the_others_pass(database: Database) -> None:
    relay = uuid4()
    first, second = given.event(), given.event()
    await _enqueue(database, first, second)
    taken = await _claim(database, relay)
    async with database.transaction() as connection:
        assert await postpone(connection, relay, [taken[0].outbox_id], WEEK) == 1
    assert _rows(await _claim(database, relay)) == [second]


async def test_a_claim_is_bounded_in_bytes_and_takes_one_event_at_least(database: Database) -> None:
    large = replace(given.event(), value=bytes(CLAIM_BYTES))
    events = [large, *(replace(given.event(), value=bytes(CLAIM_BYTES // 2 - 5000)) for _ in range(3))]
    await _enqueue(database, *events)
    sizes = []
    async with database.transaction() as connection:
        while taken := await claim(connection, relay := uuid4(), 100, LEASE):
            sizes.append(len(taken))
            await mark_published(connection, relay, [row.outbox_id for row in taken])
    assert sizes == [1, 2, 1]


async def test_several_relays_publish_every_event_once_and_each_documents_in_order(database: Database) -> None:
    keys = await _documents(database, 12)
    events = [given.event(key=key) for key in keys for _ in range(25)]
    Random(7).shuffle(events)  # noqa: S311  (a test that can be repeated)
    await _enqueue(database, *events)
    published: list[OutboxRow] = []

    async def relay(seed: int) -> int:
        token, random, count = uuid4(), Random(seed), 0  # noqa: S311
        while len(published) < len(events):
            taken = await _claim(database, token, random.randint(1, 9))
            await asyncio.sleep(random.random() / 200)  # the time in which the broker answers
            published.extend(_rows(taken))
            count += await _mark(database, token, taken)
        return count

    async with asyncio.timeout(60):
        counts = await asyncio.gather(*(relay(seed) for seed in range(3)))
    assert sum(counts) == len(events) == len(published)
    for key in keys:
        of_document = [row for row in published if row.document_key == key]
        assert of_document == [row for row in events if row.document_key == key]


async def _publish_at(connection: Connection, age: timedelta, *events: OutboxRow) -> None:
    await enqueue(connection, events)
    await given.publish(connection)
    made_old = "UPDATE postkorb.outbox SET published_at = now() - CAST(:age AS interval) WHERE event_id = ANY(:ids)"
    await connection.execute(text(made_old), {"age": age, "ids": [event.event_id for event in events]})


async def _left(connection: Connection) -> set[UUID]:
    return set((await connection.execute(text("SELECT event_id FROM postkorb.outbox"))).scalars())


async def test_old_events_are_deleted_but_not_those_that_tell_how_a_document_ended(database: Database) -> None:
    one, other = await _documents(database, 2)
    young = given.event(EventType.PARSED, one)
    old = [
        given.event(EventType.FAILED, one),
        given.event(EventType.PROCESSED, one),
        given.event(EventType.PARSED, one),
        given.event(EventType.PARSED, other),
        given.event(EventType.FAILED, other),
        given.event(EventType.DEADLETTER),
        given.event(EventType.PROCESSED),
    ]
    async with database.transaction() as connection:
        await _publish_at(connection, WEEK, *old)
        await _publish_at(connection, timedelta(hours=1), young)
        await enqueue(connection, [waiting := given.event(EventType.PARSED, one)])
        assert await prune(connection, timedelta(days=6), 100) == Pruned(examined=7, deleted=4)
        left = await _left(connection)
    assert left == {old[0].event_id, old[1].event_id, old[4].event_id, young.event_id, waiting.event_id}


async def test_what_stays_is_looked_at_once(database: Database) -> None:
    keys = await _documents(database, 5)
    async with database.transaction() as connection:
        await _publish_at(connection, WEEK, *(given.event(key=key) for key in keys))
        assert await prune(connection, timedelta(days=6), 3) == Pruned(3, 0)
        assert await prune(connection, timedelta(days=6), 3) == Pruned(2, 0)
        assert await prune(connection, timedelta(days=6), 3) == Pruned(0, 0)
        assert len(await _left(connection)) == 5


async def test_an_event_that_stayed_can_be_sent_again_and_is_looked_at_again(database: Database) -> None:
    [key] = await _documents(database, 1)
    event = given.event(key=key)
    async with database.transaction() as connection:
        await _publish_at(connection, WEEK, event)
        await prune(connection, timedelta(days=6), 100)
        await republish_last_event(connection, [key])
        assert _rows(await given.publish(connection)) == [event]
        assert await prune(connection, timedelta(0), 100) == Pruned(1, 0)
        assert await _left(connection) == {event.event_id}


async def test_pruning_reads_the_index_of_what_it_has_not_looked_at(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(
            text("""
            INSERT INTO postkorb.outbox (event_id, topic, headers, published_at, kept)
            SELECT gen_random_uuid(), 't', '{}', now() - interval '8 days', true FROM generate_series(1, 5000)
            """)
        )
        await _publish_at(connection, WEEK, given.event())
        await connection.execute(text("ANALYZE postkorb.outbox"))
        plan = await connection.execute(
            text("""
            EXPLAIN SELECT outbox_id FROM postkorb.outbox
            WHERE published_at < statement_timestamp() - interval '6 days' AND NOT kept
            ORDER BY published_at LIMIT 100
            """)
        )
        assert "outbox_published_idx" in "\n".join(plan.scalars())


async def test_a_commit_wakes_whoever_listens(database: Database) -> None:
    async with database.listen(CHANNEL) as outbox:
        assert await outbox.wait(DEADLINE_SECONDS)
        assert not await outbox.wait(0.05)
        async with database.transaction() as connection:
            await enqueue(connection, [given.event()])
            assert not await outbox.wait(0.05)
        assert await outbox.wait(DEADLINE_SECONDS)


async def test_a_listener_whose_connection_is_cut_listens_again(database: Database) -> None:
    async with database.listen(CHANNEL) as outbox:
        await outbox.wait(DEADLINE_SECONDS)
        raw = outbox._raw
        assert raw is not None
        raw.terminate()
        assert await outbox.wait(DEADLINE_SECONDS)
        async with database.transaction() as connection:
            await enqueue(connection, [given.event()])
        assert await outbox.wait(DEADLINE_SECONDS)


async def test_who_waits_is_woken_by_the_end_of_the_connection(database: Database) -> None:
    async with database.listen(CHANNEL) as outbox:
        await outbox.wait(DEADLINE_SECONDS)
        assert outbox._raw is not None
        process = outbox._raw.get_server_pid()
        waiting = asyncio.create_task(outbox.wait(DEADLINE_SECONDS))
        async with database.transaction() as connection:
            await connection.execute(select(func.pg_terminate_backend(process)))
        assert await waiting, "what is enqueued until somebody listens again is told to nobody"


async def test_what_is_not_due_yet_costs_a_claim_nothing(database: Database) -> None:
    """While a model is away its documents wait by the hundred thousand, and they are the oldest."""
    later = """
        INSERT INTO postkorb.outbox (event_id, topic, key, value, headers, due_at)
        SELECT gen_random_uuid(), 't', '', '', '{}', now() + interval '1 h' FROM generate_series(1, 20000)
    """
    async with database.transaction() as connection:
        await connection.execute(text(later))
        await enqueue(connection, [given.event()])
    async with database.transaction() as connection:
        await connection.execute(text("ANALYZE postkorb.outbox"))
    claim = queue._CLAIM.element.text
    for name, value in (("relay_id", f"'{uuid4()}'::uuid"), ("lease", "'30 s'::interval"), ("limit", "500")):
        claim = claim.replace(f":{name}", value)
    async with database.transaction() as connection:
        plan = await connection.scalar(text(f"EXPLAIN (ANALYZE, FORMAT JSON) {claim}"), {"bytes": queue.CLAIM_BYTES})
    looked_at = [int(count) for count in re.findall(r'"Rows Removed by Filter": (\d+)', json.dumps(plan))]
    assert sum(looked_at) < 100
