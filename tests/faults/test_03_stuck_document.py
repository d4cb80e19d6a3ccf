"""Fault 3: one stuck document."""

import random
import signal

import pytest
from aiokafka import TopicPartition
from faults.ledger import PARTITIONS, Ledger, submission_of
from faults.place import Place
from faults.said import measured
from faults.waiting import wait_until
from scripted_server import HANGS

from schemas.topics import INFERENCE_GROUP, Topics
from services.delivery.completed import decode
from services.delivery.connection import KafkaConnection
from services.delivery.offsets import committed_offsets

DOCUMENTS = 30
SKIPPED = "postkorb_consumer_skipped_total"


@pytest.mark.fault(3, "one document is stuck in the engine; restart; release")
def test_the_others_of_its_partition_finish_and_a_restart_does_not_even_see_them_again(
    place: Place, ledger: Ledger, chance: random.Random
):
    place.engine.seconds = 0.02
    partition = chance.randrange(PARTITIONS)
    stuck, *others = ledger.names_on(partition, DOCUMENTS)
    ledger.write([(stuck, submission_of(stuck, HANGS))])
    wait_until(ledger.begun, 60, "the engine does not hang", place.logs)
    ledger.write([(name, submission_of(name)) for name in others])
    ledger.wait_until_ended(names=others)
    assert ledger.unended() == {stuck}
    wait_until(lambda: finished_behind(place, partition) == len(others), 30, "they are not committed", place.logs)

    place["inference"].stop(chance.choice([signal.SIGTERM, signal.SIGKILL]))
    begun = len(place.engine.asked)
    place["inference"].start()
    wait_until(lambda: ledger.begun(begun) >= {stuck}, 60, "the stuck one does not come again", place.logs)
    later = ledger.names_on(chance.randrange(PARTITIONS), 5)
    ledger.write([(name, submission_of(name)) for name in later])
    ledger.wait_until_ended(names=later)
    assert ledger.unended() == {stuck}
    assert ledger.begun(begun) == {stuck, *later}
    wait_until(lambda: measured(place["inference"], SKIPPED) == len(others), 30, "they were looked at", place.logs)

    place.engine.release()
    account = ledger.account()
    assert account.whole, account
    assert account.repeats == 0
    assert {name: len(moments) for name, moments in ledger.asked().items() if name != stuck} == dict.fromkeys(
        [*others, *later], 1
    )


def finished_behind(place: Place, partition: int) -> int:
    """Count the records that the commit's metadata says to be finished behind its offset."""
    at = TopicPartition(Topics().parsed, partition)
    commits = place.background.run(committed_offsets(KafkaConnection(place.kafka.direct), INFERENCE_GROUP, [at]))
    commit = commits.get(at)
    return sum(stop - first for first, stop in decode(commit.offset, commit.metadata).runs) if commit else 0
