"""Fault 12: Kafka is away, loses its coordinator, is slow, or goes while services are stopping."""

import random
import time
from typing import Final

import pytest
from faults.ledger import Ledger
from faults.observation import all_say_ready, misconduct, reasons, watch
from faults.place import SERVICES, Place
from faults.waiting import wait_until
from kafka import KafkaConsumer, TopicPartition

from schemas.topics import INFERENCE_GROUP, INTAKE_GROUP, Topics

DOCUMENTS: Final = 40
AWAY_SECONDS: Final = 15
LONG_SECONDS: Final = 180
LATENCY_SECONDS: Final = 2
SHORT_LATENCY_SECONDS: Final = 1
"""In each direction: each of the first dozen requests to a broker takes two of them."""
SECONDS: Final = 90
READY_SECONDS: Final = 60

DRAIN_SECONDS: Final = 5
GRACE_SECONDS: Final = 20
"""What a stop may take beyond the drain: the guide to deployment says so."""

GROUPS: Final = {INTAKE_GROUP: Topics().submitted, INFERENCE_GROUP: Topics().parsed}


@pytest.mark.timeout(900)
@pytest.mark.fault(12, "Kafka says nothing, is not to be reached; comes back with latency: 2 s each way (short: 1 s)")
def test_services_wait_for_kafka_and_go_on_by_themselves_even_if_it_is_slow_then(
    place: Place,
    ledger: Ledger,
    chance: random.Random,
    long: bool,  # noqa: FBT001  (a fixture)
    pytestconfig: pytest.Config,
):
    place.engine.seconds = 0.2
    ledger.submit(DOCUMENTS)
    wait_until(lambda: len(ledger.processed()) >= chance.randint(1, 10), 60, "nothing is processed", place.logs)
    ledger.submit(DOCUMENTS)
    seconds = LONG_SECONDS if long else AWAY_SECONDS
    conducts = watch(place, seconds, place.kafka.proxy.stall, place.kafka.proxy.cut)
    assert not misconduct(conducts, "broker")
    wait_until(lambda: "publishing" in (reasons(place["relay"]) or {}), 60, "the relay says nothing", place.logs)

    place.kafka.proxy.restore()
    place.kafka.proxy.delay(LATENCY_SECONDS if pytestconfig.getoption("long") else SHORT_LATENCY_SECONDS)
    ledger.submit(DOCUMENTS // 2)
    assert_all_ended_and_nothing_was_asked_twice(ledger)
    wait_until(lambda: all_say_ready(place), READY_SECONDS, "not ready", place.logs)
    wait_until(lambda: not uncommitted(place), READY_SECONDS, "not committed", lambda: uncommitted(place))


@pytest.mark.fault(12, "the only broker, coordinator of every group, is killed with -9 and started again")
def test_services_find_the_coordinator_again_and_commit_to_it(place: Place, ledger: Ledger, chance: random.Random):
    place.engine.seconds = 0.2
    restarts = place.restarts
    ledger.submit(DOCUMENTS)
    wait_until(lambda: len(ledger.processed()) >= chance.randint(1, 20), 60, "nothing is processed", place.logs)
    place.kafka.program.kill()
    place.kafka.start()
    ledger.submit(DOCUMENTS // 2)
    assert_all_ended_and_nothing_was_asked_twice(ledger)
    wait_until(lambda: not uncommitted(place), READY_SECONDS, "not committed", lambda: uncommitted(place))
    assert place.restarts == restarts


@pytest.mark.fault(12, "Kafka goes while the services are stopping")
def test_services_end_in_time_without_kafka_and_lose_nothing(place: Place, ledger: Ledger, chance: random.Random):
    place.engine.seconds = 0.3
    ledger.submit(DOCUMENTS)
    wait_until(lambda: ledger.begun() & ledger.unended(), 60, "nothing arrives", place.logs)
    go = chance.choice([place.kafka.proxy.cut, place.kafka.proxy.stall])
    order = chance.sample(SERVICES, len(SERVICES))
    begun = time.monotonic()
    for service in order:
        place[service].ask_to_stop()
    go()
    for service in order:
        assert place[service].wait_for_end(begun + DRAIN_SECONDS + GRACE_SECONDS - time.monotonic()) == 0
    place.kafka.proxy.restore()
    for service in order:
        place[service].start()
    account = ledger.account(150)
    assert account.whole, account
    assert account.repeats == 0


def uncommitted(place: Place) -> dict[tuple[str, int], tuple[int, int]]:
    """Give, by group and partition, how far it is committed and where it ends, if that is not the same."""
    found = {}
    for group, topic in GROUPS.items():
        consumer = KafkaConsumer(bootstrap_servers=place.kafka.direct, group_id=group, enable_auto_commit=False)
        try:
            partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
            for partition, end in consumer.end_offsets(partitions).items():
                committed = consumer.committed(partition) or 0
                if committed != end:
                    found[group, partition.partition] = (committed, end)
        finally:
            consumer.close()
    return found


def assert_all_ended_and_nothing_was_asked_twice(ledger: Ledger) -> None:
    account = ledger.account(SECONDS)
    assert account.whole, account
    assert (account.asked_again, account.repeats) == (0, 0)
