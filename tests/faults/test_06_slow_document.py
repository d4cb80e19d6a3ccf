"""Fault 6: a document that takes longer than `max.poll.interval.ms`."""

import random
import time

import pytest
from faults.ledger import Ledger
from faults.place import Place
from faults.waiting import wait_until
from scripted_server import HANGS

INTERVAL_SECONDS = 3
DOCUMENTS = 20


@pytest.mark.fault(6, "a document takes three times the poll interval")
def test_a_slow_document_keeps_its_partition_and_is_asked_for_once(place: Place, ledger: Ledger, chance: random.Random):
    inference = place["inference"]
    inference.stop()
    inference.start(FAULT_MAX_POLL_INTERVAL_MS=str(1000 * INTERVAL_SECONDS))
    slow = ledger.submit(1, HANGS)
    wait_until(lambda: ledger.begun() >= set(slow), 60, "the engine does not hang", place.logs)
    until = time.monotonic() + chance.uniform(2.5, 3.5) * INTERVAL_SECONDS
    restarts = place.restarts
    others = ledger.submit(DOCUMENTS)
    ledger.wait_until_ended(names=others)
    wait_until(lambda: time.monotonic() > until, 4 * INTERVAL_SECONDS, "time stands still")
    place.engine.release()
    account = ledger.account()
    assert account.whole, account
    assert (account.asked_again, account.repeats) == (0, 0)
    assert place.restarts == restarts
