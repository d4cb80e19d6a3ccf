"""What the outbox promises: each event at least once, under one id, to one relay at a time."""

import asyncio
from uuid import UUID, uuid4

from integration.storage import stored as given

from services.storage.database import Database
from services.storage.outbox import (
    CHANNEL,
    TakenRow,
    enqueue,
    mark_published,
    oldest_unpublished_age,
    republish,
    take,
)

DEADLINE_SECONDS = 10.0


async def test_events_are_taken_in_order_until_they_are_published(database: Database) -> None:
    events = [given.event() for _ in range(5)]
    async with database.transaction() as connection:
        await enqueue(connection, events)
    async with database.transaction() as connection:
        taken = await take(connection, 3)
        await mark_published(connection, [row.outbox_id for row in taken])
    async with database.transaction() as connection:
        rest = await take(connection, 10)
    assert [item.row for item in (*taken, *rest)] == events


async def test_an_event_that_is_enqueued_again_stays_one_row_and_goes_out_again_at_the_end(database: Database) -> None:
    first, second = given.event(), given.event()
    async with database.transaction() as connection:
        await enqueue(connection, [first, second, first])
        taken = await take(connection, 10)
        await mark_published(connection, [row.outbox_id for row in taken])
        await enqueue(connection, [given.event(), first])
        again = await take(connection, 10)
    assert len(taken) == 2
    assert again[-1].row.event_id == first.event_id
    assert len(again) == 2


async def test_a_published_event_can_be_sent_again_and_an_unknown_one_is_no_error(database: Database) -> None:
    event = given.event()
    async with database.transaction() as connection:
        await enqueue(connection, [event])
        await mark_published(connection, [row.outbox_id for row in await take(connection, 1)])
        await republish(connection, [event.event_id, uuid4()])
        [again] = await take(connection, 1)
    assert again.row == event


async def test_two_relays_at_once_never_hold_the_same_event(database: Database) -> None:
    events = [given.event() for _ in range(200)]
    async with database.transaction() as connection:
        await enqueue(connection, events)
    published: list[UUID] = []
    both_hold = asyncio.Barrier(2)

    async def relay() -> int:
        rounds = 0
        while True:
            async with database.transaction() as connection:
                taken = await take(connection, 30)
                if not rounds:
                    await both_hold.wait()
                rounds += 1
                if not taken:
                    return rounds
                published.extend(row.row.event_id for row in taken)
                await mark_published(connection, [row.outbox_id for row in taken])

    await asyncio.wait_for(asyncio.gather(relay(), relay()), DEADLINE_SECONDS)
    assert sorted(published) == sorted(event.event_id for event in events)


async def test_a_relay_that_dies_leaves_its_events_to_the_next(database: Database) -> None:
    async with database.transaction() as connection:
        await enqueue(connection, [given.event()])
    taken = await _take_and_die(database)
    async with database.transaction() as connection:
        assert await take(connection, 1) == taken


async def _take_and_die(database: Database) -> list[TakenRow]:
    async with database.transaction() as connection:
        taken = await take(connection, 1)
        await mark_published(connection, [row.outbox_id for row in taken])
        await connection.rollback()
    return taken


async def test_the_age_of_the_oldest_event_is_known(database: Database) -> None:
    async with database.transaction() as connection:
        assert await oldest_unpublished_age(connection) is None
        await enqueue(connection, [given.event()])
        age = await oldest_unpublished_age(connection)
    assert age is not None
    assert 0 <= age < DEADLINE_SECONDS


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
