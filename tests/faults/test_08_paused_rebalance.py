"""Fault 8: a rebalance while partitions are paused."""

import random

import pytest
from faults.ledger import Ledger
from faults.place import Place
from faults.visitors import visit
from faults.waiting import wait_until
from scripted_server import HANGS

from schemas.topics import INFERENCE_GROUP

DOCUMENTS = 30
STUCK = 8
TINY = {"BATCH_DOCUMENTS": "1", "MAX_SEQUENCES": "1"}
"""Settings with which a handful of records fills the budget of a replica."""


@pytest.mark.fault(8, "rebalances while the budget is full and partitions are paused")
def test_partitions_that_were_paused_in_a_rebalance_go_on_afterwards(
    place: Place, ledger: Ledger, chance: random.Random
):
    inference = place["inference"]
    inference.stop()
    inference.start(**TINY)
    restarts = place.restarts
    ledger.submit(STUCK, HANGS)
    ledger.submit(DOCUMENTS)
    wait_until(ledger.begun, 60, "nothing arrives", place.logs)
    for _ in range(2):
        visit(place, INFERENCE_GROUP, chance.uniform(0.5, 1.5)).result(60)
    with place.replica("inference", **TINY) as second:
        second.wait_until_ready()
        visit(place, INFERENCE_GROUP, chance.uniform(0.5, 1.5)).result(60)
        if chance.random() < 0.5:
            place.engine.release()  # or only after the second one has left
    place.engine.release()
    account = ledger.account()
    assert account.whole, account
    assert place.restarts == restarts
