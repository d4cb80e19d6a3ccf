"""Fault 2: SIGTERM with documents in flight."""

import random
import signal
import time

import pytest
from faults.ledger import Ledger
from faults.place import SERVICES, Place
from faults.waiting import wait_until
from scripted_server import HANGS

DOCUMENTS = 48
PATIENT_SECONDS = 60
"""A drain that a loaded machine does not reach."""
SHORT_SECONDS = 2
AT_ONCE_SECONDS = 5
"""What the end of a process may take that does not wait for anything: its threads, its sockets, a slow machine."""
SILENT_SECONDS = 30
"""What it may take beyond the drain where nobody answers: `docs/how-to/deploy.md` says some 20, and a slow machine."""

TERMINATED = 128 + signal.SIGTERM
WHAT = "SIGTERM with documents in flight: drains, or hands back; SIGTERM twice; while nothing answers"


@pytest.mark.fault(2, WHAT)
def test_sigterm_finishes_what_is_in_flight_and_the_next_start_asks_for_nothing_twice(
    place: Place, ledger: Ledger, chance: random.Random
):
    place["inference"].stop()
    place["inference"].start(DRAIN_SECONDS=str(PATIENT_SECONDS))
    place["inference"].wait_until_ready()
    place.engine.seconds = 0.5
    ledger.submit(DOCUMENTS)
    enough = chance.randint(1, 8)
    wait_until(lambda: len(ledger.processed()) >= enough, 60, "nothing is processed", place.logs)
    stopped = chance.sample(SERVICES, len(SERVICES))
    for service in stopped:
        place[service].ask_to_stop()
    assert [place[service].wait_for_end() for service in stopped] == [0, 0, 0]
    assert enough <= len(ledger.processed()) < DOCUMENTS
    assert set(ledger.asked()) == ledger.processed()
    for service in stopped:
        place[service].start()
    account = ledger.account()
    assert account.whole, account
    assert (account.asked_again, account.repeats) == (0, 0)


@pytest.mark.fault(2, WHAT)
def test_what_does_not_finish_is_handed_back_and_a_second_sigterm_leaves_at_once(place: Place, ledger: Ledger):
    inference = place["inference"]
    inference.stop()
    inference.start(DRAIN_SECONDS=str(SHORT_SECONDS))
    stuck = set(ledger.submit(2, HANGS))
    others = ledger.submit(DOCUMENTS // 4)
    ledger.wait_until_ended(names=others)
    wait_until(lambda: ledger.begun() >= stuck, 60, "the engine does not hang", place.logs)
    before = time.monotonic()
    assert inference.stop() == 0
    assert time.monotonic() - before < SHORT_SECONDS + AT_ONCE_SECONDS

    begun = len(place.engine.asked)
    inference.start(DRAIN_SECONDS=str(PATIENT_SECONDS))
    wait_until(lambda: ledger.begun(begun) >= stuck, 60, "what was handed back does not come again", place.logs)
    inference.ask_to_stop()
    wait_until(lambda: inference.is_stopping, 30, "SIGTERM is not heard", inference.log)
    before = time.monotonic()
    inference.ask_to_stop()
    assert inference.wait_for_end() == TERMINATED
    assert time.monotonic() - before < AT_ONCE_SECONDS

    place.engine.release()
    inference.start()
    account = ledger.account()
    assert account.whole, account
    assert account.repeats == 0
    assert {len(moments) for name, moments in ledger.asked().items() if name in others} == {1}


@pytest.mark.fault(2, WHAT)
def test_sigterm_is_heard_while_broker_and_database_say_nothing(place: Place, ledger: Ledger):
    place.engine.seconds = 0.3
    ledger.submit(DOCUMENTS // 2)
    wait_until(ledger.begun, 60, "nothing arrives", place.logs)
    place.postgres.proxy.stall()
    place.kafka.proxy.stall()
    for replica in place.replicas:
        replica.ask_to_stop()
    before = time.monotonic()
    for replica in place.replicas:
        replica.wait_for_end()
    assert time.monotonic() - before < place.drain_seconds + SILENT_SECONDS
    place.postgres.proxy.restore()
    place.kafka.proxy.restore()
    for replica in place.replicas:
        replica.start()
    account = ledger.account()
    assert account.whole, account
    assert account.repeats == 0
