"""Consumption against a real broker."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.consumer.fetcher import Fetcher, PartitionRecords
from aiokafka.errors import KafkaConnectionError, KafkaError, RequestTimedOutError, UnsupportedCodecError
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy
from faststream.kafka import KafkaMessage
from faststream.kafka.message import FAKE_CONSUMER

from schemas.topics import Topics
from services.delivery import consumption as consumption_module
from services.delivery.connection import KafkaConnection
from services.delivery.consumption import FETCH_BYTES, FETCH_WAIT_MS, POLL_SECONDS, Consumption, Membership
from services.delivery.in_flight import Budget
from services.delivery.offsets import committed_offsets
from services.delivery.record import Record
from services.delivery.tracker import PartitionTracker

GROUP = "group"
PARTITIONS = 3
TOKENS = 1_000_000
WIDE = Budget(records=1000, size=1_000_000, tokens=TOKENS)


async def _take(consumption: Consumption, count: int) -> list[Record]:
    taken: list[Record] = []
    async with asyncio.timeout(30):
        while len(taken) < count:
            taken += await consumption.take(count - len(taken), wait_seconds=0.5)
    return taken


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.05)


async def _rebalance(consumption: Consumption) -> None:
    """Let the group's one member join it anew: it loses its partitions and gets them again."""
    before = consumption._rebalances
    consumption._consumer._coordinator.request_rejoin()
    await _until(lambda: consumption._rebalances > before and len(consumption.lag()) == PARTITIONS)


class _Spans:
    """When calls began and ended."""

    def __init__(self) -> None:
        self.began: list[float] = []
        self.ended: list[float] = []

    @property
    def longest(self) -> float:
        return max(ended - began for began, ended in zip(self.began, self.ended, strict=False))

    @property
    def gaps(self) -> list[float]:
        return [began - ended for began, ended in zip(self.began[1:], self.ended, strict=False)]

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        async def watched(*arguments: Any, **options: Any) -> Any:
            self.began.append(time.monotonic())
            try:
                return await call(*arguments, **options)
            finally:
                self.ended.append(time.monotonic())

        return watched


@asynccontextmanager
async def _producer(kafka: str) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(bootstrap_servers=kafka)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


@asynccontextmanager
async def _admin(kafka: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def _committed(kafka: str, topic: str, group: str, partition: int = 0) -> int | None:
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, group_id=group, enable_auto_commit=False)
    await consumer.start()
    try:
        return await consumer.committed(TopicPartition(topic, partition))
    finally:
        await consumer.stop()


async def _make_anew(kafka: str, topic: str) -> None:
    """Delete a topic, make it again and wait until the old log is gone: what is written before that goes with it.

    The controller answers at once, the broker learns of it some time later.
    """
    async with _admin(kafka) as admin, asyncio.timeout(30):
        await admin.delete_topics([topic])
        while (await admin.create_topics([NewTopic(topic, PARTITIONS, 1)])).topic_errors[0][1]:
            await asyncio.sleep(0.1)
        while await _end(kafka, topic) != 0:
            await asyncio.sleep(0.1)


async def _end(kafka: str, topic: str) -> int | None:
    async with AIOKafkaConsumer(topic, bootstrap_servers=kafka) as consumer:
        with suppress(KafkaError):
            return (await consumer.end_offsets([TopicPartition(topic, 0)]))[TopicPartition(topic, 0)]
    return None


@pytest.fixture
async def write(kafka: str, topics: Topics):
    async def write(*values: bytes | None, headers: list[tuple[str, bytes | None]] | None = None) -> None:
        async with _producer(kafka) as producer:
            for value in values:
                await producer.send_and_wait(topics.submitted, value, key=b"k", partition=0, headers=headers or [])

    return write


@pytest.fixture
def consume(kafka: str, topics: Topics):
    def consume(budget: Budget = WIDE, instance: str | None = None) -> Consumption:
        group = f"{topics.prefix}{GROUP}"
        return Consumption(KafkaConnection(kafka), [topics.submitted], Membership(group, instance), budget)

    return consume


async def test_records_written_before_the_group_existed_are_delivered(write, consume):
    await write(b"first", b"second")
    async with consume() as consumption:
        await _until(lambda: consumption.has_joined)
        await write(b"third")
        assert (await _take(consumption, 1))[0].value == b"first"


async def test_a_record_that_is_not_done_comes_again(write, consume):
    await write(b"a", b"b", b"c")
    async with consume() as consumption:
        first, _second, third = await _take(consumption, 3)
        consumption.done([first, third])
    await write(b"d")
    async with consume() as consumption:
        assert [record.value for record in await _take(consumption, 2)] == [b"b", b"d"]


async def test_only_what_is_done_is_committed(kafka, topics, write, consume):
    await write(b"a", b"b", b"c")
    async with consume() as consumption:
        records = await _take(consumption, 3)
        consumption.done(records[:2])
    assert await _committed(kafka, topics.submitted, f"{topics.prefix}{GROUP}") == 2


async def test_headers_that_are_no_text_cost_nobody_else_a_record(write, consume):
    await write(b"good")
    await write(b"bad", headers=[("x", None), ("y", b"\xff\xfe")])
    await write(None, b"also good")
    async with consume() as consumption:
        records = await _take(consumption, 4)
    assert [record.value for record in records] == [b"good", b"bad", None, b"also good"]
    assert list(records[1].headers) == [("x", None), ("y", b"\xff\xfe")]


class _NotUnicode(str):
    """A header name that goes out as bytes that are no UTF-8, as clients in other languages may send."""

    __slots__ = ()

    def encode(self, *_: object) -> bytes:
        return b"a\xff\xfe"


@pytest.mark.parametrize("compression", [None, "gzip"])
async def test_a_header_name_that_is_no_text_stops_neither_its_record_nor_others(
    kafka, topics, consume, monkeypatch, compression
):
    # One batch, so that the record has neighbours on either side. The compiled builder encodes names without asking.
    monkeypatch.setattr("aiokafka.producer.message_accumulator.DefaultRecordBatchBuilder", _DefaultRecordBatchBuilderPy)
    async with AIOKafkaProducer(bootstrap_servers=kafka, compression_type=compression) as producer:
        batch = producer.create_batch()
        for value, headers in (
            (b"before", [("x", b"1")]),
            (b"bad\xff", [(_NotUnicode("123"), b"\xfe"), ("ok", None)]),
            (b"after", [("ö", b"2")]),
        ):
            assert batch.append(key=b"k", value=value, timestamp=None, headers=headers)
        await (await producer.send_batch(batch, topics.submitted, partition=0))
        await producer.send_and_wait(topics.submitted, b"other", partition=1)
    async with consume() as consumption:
        records = await _take(consumption, 4)
    assert {record.value: list(record.headers) for record in records} == {
        b"before": [("x", b"1")],
        b"bad\xff": [(r"a\xff\xfe", b"\xfe"), ("ok", None)],
        b"after": [("ö", b"2")],
        b"other": [],
    }
    assert [record.offset for record in records if record.partition == 0] == [0, 1, 2]


@pytest.mark.parametrize("compression", ["gzip", "snappy", "lz4", "zstd"])
async def test_records_are_read_whatever_they_are_compressed_with(kafka, topics, consume, compression):
    async with AIOKafkaProducer(bootstrap_servers=kafka, compression_type=compression) as producer:
        await producer.send_and_wait(topics.submitted, b"x" * 10_000, partition=0)
    async with consume() as consumption:
        assert (await _take(consumption, 1))[0].value == b"x" * 10_000


async def test_records_of_a_transaction_that_was_aborted_are_not_delivered(kafka, topics, consume):
    async with AIOKafkaProducer(bootstrap_servers=kafka, transactional_id=topics.prefix) as producer:
        await producer.begin_transaction()
        await producer.send_and_wait(topics.submitted, b"aborted", partition=0)
        await producer.abort_transaction()
        async with producer.transaction():
            await producer.send_and_wait(topics.submitted, b"committed", partition=0)
    async with consume() as consumption:
        records = await _take(consumption, 1)
        assert [record.value for record in records] == [b"committed"]
        assert await consumption.take(10, wait_seconds=1) == []
        consumption.done(records)
        # The marker that ended the transaction: the guarantees say so.
        assert consumption.lag()[TopicPartition(topics.submitted, 0)] == 1


def _unreadable_when_polled(*_: object) -> Iterator[object]:
    message = "no such codec"
    raise UnsupportedCodecError(message)
    yield


def _unreadable_when_fetched(*_: object) -> None:
    message = "no such codec"
    raise UnsupportedCodecError(message)


@pytest.mark.parametrize("unreadable", [_unreadable_when_polled, _unreadable_when_fetched])
async def test_what_can_never_be_read_ends_the_process(write, consume, monkeypatch, unreadable):
    monkeypatch.setattr(PartitionRecords, "_unpack_records", unreadable)
    await write(b"a")
    async with consume() as consumption:
        with pytest.raises(KafkaError):
            await _take(consumption, 1)
        polled_at = consumption._polled_at
        await asyncio.sleep(1)
        assert consumption._polled_at == polled_at, "it polls on, and looks alive"


async def test_a_poll_that_fails_for_now_is_tried_again(write, consume, monkeypatch):
    fails = [KafkaConnectionError("away")]

    async def unanswered(*arguments: object, **options: object) -> object:
        if fails:
            raise fails.pop()
        return await fetched_records(*arguments, **options)

    fetched_records = Fetcher.fetched_records
    monkeypatch.setattr(Fetcher, "fetched_records", unanswered)
    await write(b"a")
    async with consume() as consumption:
        assert [record.value for record in await _take(consumption, 1)] == [b"a"]
        assert not fails


async def test_records_of_a_topic_made_anew_are_delivered_under_the_offsets_that_others_had(
    kafka, topics, write, consume
):
    await write(*(b"%d" % number for number in range(4)))
    async with consume() as consumption:
        records = await _take(consumption, 4)
        consumption.done(record for record in records if record.offset != 2)
    await _make_anew(kafka, topics.submitted)
    await write(b"new")  # below the commit point, and so the consumer begins with it
    async with consume() as consumption:
        assert [record.value for record in await _take(consumption, 1)] == [b"new"]
        await write(b"1", b"2", b"3", b"4")
        assert [record.value for record in await _take(consumption, 4)] == [b"1", b"2", b"3", b"4"]
        assert not consumption.skipped


async def test_a_full_budget_pauses_the_partitions_and_done_resumes_them(write, consume):
    async with consume(Budget(records=2, size=1_000_000, tokens=TOKENS)) as consumption:
        await write(b"a", b"b")
        held = await _take(consumption, 2)
        await write(b"c", b"d")
        assert await consumption.take(10, wait_seconds=2) == []
        consumption.done(held)
        assert [record.value for record in await _take(consumption, 2)] == [b"c", b"d"]


async def test_records_larger_than_one_fetch_are_delivered_in_their_order(kafka, topics, consume):
    large = secrets.token_bytes(3 * FETCH_BYTES)
    roomy = Budget(records=1000, size=64 * FETCH_BYTES, tokens=TOKENS)
    async with AIOKafkaProducer(bootstrap_servers=kafka, max_request_size=4 * FETCH_BYTES) as producer:
        for value in (b"before", large, b"after", large):
            for partition in range(PARTITIONS):
                await producer.send_and_wait(topics.submitted, value, partition=partition)
    async with consume(roomy) as consumption:
        records = await _take(consumption, 4 * PARTITIONS)
    for partition in range(PARTITIONS):
        own = [record.value for record in records if record.partition == partition]
        assert own == [b"before", large, b"after", large]


async def test_lag_counts_what_is_not_done(write, consume, topics):
    await write(b"a", b"b", b"c")
    async with consume() as consumption:
        records = await _take(consumption, 3)
        assert consumption.lag()[TopicPartition(topics.submitted, 0)] == 3
        consumption.done(records[:1])
        assert consumption.lag()[TopicPartition(topics.submitted, 0)] == 2


async def test_a_record_in_flight_over_a_rebalance_is_not_worked_on_twice_here_and_counts_when_done(
    kafka, topics, write, consume
):
    await write(b"a", b"b")
    async with consume() as first:
        held = await _take(first, 2)
        async with consume() as second:
            await _until(lambda: len(second.lag()) + len(first.lag()) == 3 and len(second.lag()) > 0)
            owner = first if TopicPartition(topics.submitted, 0) in first.lag() else second
            if owner is second:
                assert [record.value for record in await _take(second, 2)] == [b"a", b"b"]
                second.done(held)
            else:
                await write(b"c")
                assert [record.value for record in await _take(first, 1)] == [b"c"]
                first.done(held)
            await owner.commit()
            assert await _committed(kafka, topics.submitted, f"{topics.prefix}{GROUP}") == 2


async def test_a_batch_that_was_polled_before_a_rebalance_is_not_taken_for_the_new_assignment(topics, write, consume):
    await write(b"a")
    async with consume() as consumption:
        consumption.done(await _take(consumption, 1))
        stale = ConsumerRecord(topics.submitted, 0, 5, 0, 0, b"k", b"stale", None, 1, 5, ())
        consumption._rebalances += 1  # between FastStream's poll and its handler
        await consumption._enqueue(KafkaMessage(body=b"", raw_message=(stale,), headers={}, consumer=FAKE_CONSUMER))
        assert consumption.in_flight == 0
        assert consumption._trackers[TopicPartition(topics.submitted, 0)].commit_point == 1


async def test_what_was_finished_behind_a_slow_record_is_not_delivered_again(kafka, topics, write, consume):
    await write(*(b"%d" % number for number in range(20)))
    async with consume() as consumption:
        records = await _take(consumption, 20)
        consumption.done(record for record in records if record.value not in (b"3", b"11"))
    assert await _committed(kafka, topics.submitted, f"{topics.prefix}{GROUP}") == 3
    async with consume() as consumption:
        assert [record.value for record in await _take(consumption, 2)] == [b"3", b"11"]
        assert await consumption.take(10, wait_seconds=1) == []
        assert consumption.skipped.total() == 15  # 4 to 19 without 11


async def test_an_idle_topic_is_polled_all_the_time(consume):
    async with consume() as consumption:
        await _until(lambda: consumption.has_joined)
        for _ in range(3):
            consumption._polled_at -= 60
            await _until(lambda: consumption.poll_age < 2)


async def test_an_idle_topic_is_waited_for_not_asked_all_the_time(consume, monkeypatch):
    polls, fetches = _Spans(), _Spans()
    monkeypatch.setattr(Fetcher, "fetched_records", polls.around(Fetcher.fetched_records))
    monkeypatch.setattr(Fetcher, "_proc_fetch_request", fetches.around(Fetcher._proc_fetch_request))
    async with consume() as consumption:
        await _until(lambda: consumption.has_joined)
        await _until(lambda: len(polls.ended) > 3 and len(fetches.ended) > 2)
    assert polls.longest > 0.9 * POLL_SECONDS
    assert fetches.longest > 0.9 * FETCH_WAIT_MS / 1000
    assert min(polls.gaps) < 0.1 * POLL_SECONDS  # what comes in between would wait as long


async def test_a_member_that_starts_again_under_its_name_gets_its_partitions_back_at_once(write, consume):
    await write(b"a")
    first = consume(instance="one")
    await first.__aenter__()  # never left: as if it had been killed
    await _take(first, 1)
    async with asyncio.timeout(15), consume(instance="one") as again:
        assert [record.value for record in await _take(again, 1)] == [b"a"]
    await first._broker.stop()


async def test_work_of_an_assignment_that_is_gone_gives_its_budget_back(write, consume):
    await write(b"a", b"b")
    async with consume(instance="one") as consumption:
        held = await _take(consumption, 2)
        revoking = asyncio.create_task(consumption.revoked(list(consumption._trackers)))
        await asyncio.sleep(0)
        consumption.done(held)
        await revoking
        assert consumption.in_flight == 0


async def test_a_fault_in_the_delivery_ends_the_process_not_the_records(write, consume, monkeypatch):
    def faulty(*_: object) -> None:
        message = "faulty"
        raise ValueError(message)

    monkeypatch.setattr("services.delivery.consumption.record_of", faulty)
    await write(b"a")
    async with consume() as consumption:
        with pytest.raises(ValueError, match="faulty"):
            await _take(consumption, 1)


async def test_a_fault_in_a_rebalance_ends_the_process_too(write, consume, monkeypatch):
    async def faulty(*_: object) -> None:
        message = "faulty"
        raise ValueError(message)

    monkeypatch.setattr(consumption_module, "committed_offsets", faulty)
    await write(b"a")
    async with consume() as consumption:
        with pytest.raises(ValueError, match="faulty"):
            await _take(consumption, 1)


async def test_a_partition_that_was_just_lost_hides_no_lag_of_the_others(topics, write, consume):
    await write(b"a")
    async with consume() as consumption:
        await _take(consumption, 1)
        consumption._trackers[TopicPartition(topics.submitted, 99)] = PartitionTracker()
        assert consumption.lag()[TopicPartition(topics.submitted, 0)] == 1


async def test_a_member_that_the_group_has_pushed_out_has_not_joined_until_it_is_let_in_again(write, consume):
    await write(b"a")
    async with consume() as consumption:
        await _take(consumption, 1)
        assert consumption.has_joined
        consumption._consumer._coordinator.reset_generation()  # as after an answer that the member is not known
        await _until(lambda: not consumption.has_joined)
        await _until(lambda: consumption.has_joined)


async def test_each_partition_is_committed_by_itself(kafka, topics, consume):
    async with _producer(kafka) as producer:
        for value in (b"a", b"b", b"c"):
            for partition in range(PARTITIONS):
                await producer.send_and_wait(topics.submitted, value, partition=partition)
    async with consume() as consumption:
        records = await _take(consumption, 9)
        consumption.done(record for record in records if record.partition > 0 and record.offset < record.partition)
    group = f"{topics.prefix}{GROUP}"
    assert [await _committed(kafka, topics.submitted, group, partition) for partition in range(PARTITIONS)] == [0, 1, 2]


async def test_partitions_stay_paused_over_a_rebalance_while_the_budget_is_full(write, consume, monkeypatch):
    monkeypatch.setattr(consumption_module, "REVOCATION_SECONDS", 0.2)
    async with consume(Budget(records=2, size=1_000_000, tokens=TOKENS)) as consumption:
        await write(b"a", b"b")
        held = await _take(consumption, 2)
        await write(b"c", b"d")
        await _rebalance(consumption)
        assert consumption._consumer.paused() == consumption._consumer.assignment()
        assert await consumption.take(10, wait_seconds=1) == []
        consumption.done(held)
        assert [record.value for record in await _take(consumption, 2)] == [b"c", b"d"]


async def test_what_is_worked_on_over_a_rebalance_is_not_begun_again(write, consume, monkeypatch):
    monkeypatch.setattr(consumption_module, "REVOCATION_SECONDS", 0.2)
    await write(b"a", b"b")
    async with consume() as consumption:
        held = await _take(consumption, 2)
        await _rebalance(consumption)
        await write(b"c")
        assert (await _take(consumption, 1))[0].value == b"c"
        consumption.done(held)
        assert consumption.in_flight == 1


async def test_nothing_is_delivered_before_it_is_known_what_is_done(write, consume, monkeypatch):
    asked, may_answer = asyncio.Event(), asyncio.Event()

    async def slowly(*arguments: object) -> object:
        asked.set()
        await may_answer.wait()
        return await committed_offsets(*arguments)

    monkeypatch.setattr(consumption_module, "committed_offsets", slowly)
    await write(b"a", b"b")
    async with consume() as consumption:
        await asked.wait()
        consumption.done([])  # work of before makes room meanwhile
        assert await consumption.take(10, wait_seconds=1) == []
        may_answer.set()
        assert [record.value for record in await _take(consumption, 2)] == [b"a", b"b"]


async def test_delivery_begins_at_the_commit_point_wherever_the_consumer_stands(topics, write, consume, monkeypatch):
    await write(b"a", b"b", b"c")
    async with consume() as consumption:
        consumption.done(await _take(consumption, 1))

    async def with_the_consumer_ahead(*arguments: object) -> object:
        commits = await committed_offsets(*arguments)
        consumption._consumer.seek(TopicPartition(topics.submitted, 0), 3)
        return commits

    monkeypatch.setattr(consumption_module, "committed_offsets", with_the_consumer_ahead)
    await write(b"d")
    async with consume() as consumption:
        assert (await _take(consumption, 1))[0].value == b"b"


async def test_a_rebalance_does_not_wait_for_a_stuck_record(write, consume, monkeypatch):
    monkeypatch.setattr(consumption_module, "REVOCATION_SECONDS", 0.2)
    await write(b"a")
    async with consume() as consumption:
        await _take(consumption, 1)
        async with asyncio.timeout(20):
            await consumption.revoked(list(consumption._trackers))
        assert consumption.lag() == {}


async def test_what_nobody_has_taken_of_a_lost_partition_takes_no_room(write, consume):
    await write(b"a", b"b")
    async with consume(Budget(records=2, size=1_000_000, tokens=TOKENS)) as consumption:
        await _until(lambda: consumption.in_flight == 2)
        await consumption.revoked(list(consumption._trackers))
        assert (consumption.in_flight, max(consumption.oldest_ages.values())) == (0, 0)
        assert await consumption.take(10, wait_seconds=0) == []


async def test_a_commit_of_a_lost_partition_ends_nothing_and_holds_nothing_back_for_long(kafka, topics, write, consume):
    lost, tracker = TopicPartition(topics.submitted, 99), PartitionTracker()
    tracker.deliver(4)
    await write(b"a")
    async with consume() as consumption:
        records = await _take(consumption, 1)
        consumption._trackers[lost] = tracker  # what was lost between the choice of what is due and its commit
        consumption.done(records)
        await consumption.commit()
        assert consumption.commit_failures > 0
        del consumption._trackers[lost]
        await consumption.commit()
        assert await consumption.take(1, wait_seconds=0) == []
        assert await _committed(kafka, topics.submitted, f"{topics.prefix}{GROUP}") == 1


async def test_a_commit_that_gets_no_answer_is_given_up_and_the_next_one_tries_again(
    kafka, topics, write, consume, monkeypatch
):
    async def unanswered(*_: object) -> None:
        raise RequestTimedOutError

    monkeypatch.setattr(consumption_module, "COMMIT_LIMIT_SECONDS", 0.5)
    await write(b"a")
    async with consume() as consumption:
        records = await _take(consumption, 1)
        with monkeypatch.context() as patched:
            patched.setattr(consumption._consumer._coordinator, "_do_commit_offsets", unanswered)
            consumption.done(records)
            async with asyncio.timeout(20):
                await consumption.commit()
            assert consumption.commit_failures > 0
        await consumption.commit()
        assert await _committed(kafka, topics.submitted, f"{topics.prefix}{GROUP}") == 1


async def test_the_end_does_not_wait_for_a_group_that_cannot_be_left(consume, monkeypatch):
    async def unanswered() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(consumption_module, "STOP_SECONDS", 0.2)
    async with consume() as consumption:
        with monkeypatch.context() as patched:
            patched.setattr(consumption._broker, "stop", unanswered)
            async with asyncio.timeout(20):
                await consumption.__aexit__()


async def test_what_is_urgent_is_taken_first_and_a_full_topic_stops_no_other(kafka, topics):
    group, small = f"{topics.prefix}{GROUP}", Budget(records=4, size=1_000_000, tokens=TOKENS)
    urgent, normal, _ = topics.all_parsed
    async with _producer(kafka) as producer:
        for at in range(12):
            await producer.send_and_wait(normal, b"%d" % at, key=b"k", partition=0)
    async with Consumption(KafkaConnection(kafka), [urgent, normal], Membership(group), small) as consumption:
        await _until(lambda: consumption.in_flight >= small.records)
        async with _producer(kafka) as producer:
            await producer.send_and_wait(urgent, b"at once", key=b"k", partition=0)
        await _until(lambda: consumption.in_flight > small.records)
        first, second = await _take(consumption, 1), await _take(consumption, 1)
        assert [record.value for record in (*first, *second)] == [b"at once", b"0"]
        assert consumption.lag()[TopicPartition(urgent, 0)] == 1
        consumption.done([*first, *second])
        for at in range(1, 12):
            (record,) = await _take(consumption, 1)
            assert record.value == b"%d" % at
            consumption.done([record])
