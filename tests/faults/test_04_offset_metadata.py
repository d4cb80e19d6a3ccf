"""Fault 4: more finished ranges beyond the commit point than the commit's metadata has room for."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.structs import OffsetAndMetadata
from faults.account import Account
from faults.place import Place

from services.delivery.completed import METADATA_BYTES, decode
from services.delivery.connection import KafkaConnection
from services.delivery.consumption import Consumption, Membership
from services.delivery.in_flight import Budget
from services.delivery.offsets import committed_offsets
from services.delivery.record import Record

RECORDS: Final = 6000
"""Half of them are stuck: half as many again ranges as 4,096 bytes tell of."""

WIDE: Final = Budget(records=2 * RECORDS, size=10_000_000, tokens=1)
SECONDS: Final = 60


@pytest.mark.fault(4, "3,000 stuck records between finished ones on one partition; restart")
async def test_what_the_metadata_has_room_for_is_not_delivered_again_and_nothing_is_lost(
    place: Place, chance: random.Random, note: Callable[[Account], None]
):
    started = time.monotonic()
    async with topic_of(place, RECORDS) as topic:
        stuck = {0, *chance.sample(range(RECORDS), RECORDS // 2)}
        async with consumption(place, topic) as before:
            finished = [record for record in await take(before, RECORDS) if record.offset not in stuck]
            chance.shuffle(finished)
            before.done(finished)
        commit = await committed(place, topic)
        assert commit.offset == 0
        assert METADATA_BYTES - 16 < len(commit.metadata.encode()) <= METADATA_BYTES

        told = {offset for run in decode(0, commit.metadata).runs for offset in range(*run)}
        async with consumption(place, topic) as after:
            again = await take(after, RECORDS - len(told))
            assert sorted(record.offset for record in again) == sorted(set(range(RECORDS)) - told)
            assert not stuck & told
            assert after.skipped.total() == len(told) > 1000
            after.done(again)
        assert await committed(place, topic) == OffsetAndMetadata(RECORDS, "")
    note(account_of_records(len(again) - len(stuck), time.monotonic() - started))


def account_of_records(again: int, seconds: float) -> Account:
    """Tell of records as if they were documents; so many came again although they were finished.

    The services look such ones up in the database, and ask the engine nothing.
    """
    return Account(
        submitted=RECORDS,
        processed=RECORDS,
        failed=0,
        dead_lettered=0,
        published=RECORDS,
        duplicates=0,
        asked_again=again,
        repeats=0,
        conflicts=0,
        lost=0,
        seconds=seconds,
    )


@asynccontextmanager
async def topic_of(place: Place, records: int) -> AsyncIterator[str]:
    """Make a topic with one partition and so many records."""
    topic = f"fault-4-{uuid4().hex[:8]}"
    admin = AIOKafkaAdminClient(bootstrap_servers=place.kafka.direct)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, 1, 1)])
        async with AIOKafkaProducer(bootstrap_servers=place.kafka.direct) as producer:
            for sent in [await producer.send(topic, b"document", b"key", 0) for _ in range(records)]:
                await sent
        yield topic
        await admin.delete_topics([topic])
    finally:
        await admin.close()


def consumption(place: Place, topic: str) -> Consumption:
    return Consumption(KafkaConnection(place.kafka.direct), [topic], Membership(topic), WIDE)


async def take(consumption: Consumption, count: int) -> list[Record]:
    """Take exactly so many, and see that no more come."""
    taken: list[Record] = []
    async with asyncio.timeout(SECONDS):
        while len(taken) < count:
            taken += await consumption.take(count, wait_seconds=1)
    return taken + await consumption.take(1, wait_seconds=1)


async def committed(place: Place, topic: str) -> OffsetAndMetadata:
    partition = TopicPartition(topic, 0)
    return (await committed_offsets(KafkaConnection(place.kafka.direct), topic, [partition]))[partition]
