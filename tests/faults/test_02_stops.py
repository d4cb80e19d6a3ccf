"""Fault 2: SIGTERM with documents in flight."""

import random
import signal
import time

import pytest
from faults.ledger import Ledger
from faults.place import SERVICES, Place
from faults.waiting import wait_until
from scripted_server import HANGS

DOCUMENTS = 40
DRAIN_SECONDS = 2
AT_ONCE_SECONDS = 3
"""What the end of a process may take that does not wait for anything: its threads, its sockets, a slow machine."""

TERMINATED = 128 + signal.SIGTERM


@pytest.mark.fault(2, "SIGTERM with documents in flight: drains, or hands back; SIGTERM twice")
def test_sigterm_finishes_what_is_in_flight_and_the_next_start_asks_for_nothing_twice(
    place: Place, ledger: Ledger, chance: random.Random
):
    place.engine.seconds = 0.5
    ledger.submit(DOCUMENTS)
    wait_until(lambda: len(ledger.processed()) >= chance.randint(1, 8), 60, "nothing is processed", place.logs)
    stopped = chance.sample(SERVICES, len(SERVICES))
    for service in stopped:
        place[service].ask_to_stop()
    assert [place[service].wait_for_end() for service in stopped] == [0, 0, 0]
    assert 0 < len(ledger.processed()) < DOCUMENTS
    for service in stopped:
        place[service].start()
    account = ledger.account()
    assert account.whole, account
    assert (account.asked_again, account.repeats) == (0, 0)


@pytest.mark.fault(2, "SIGTERM with documents in flight: drains, or hands back; SIGTERM twice")
def test_what_does_not_finish_in_time_is_handed_back_and_finished_work_is_not_repeated(place: Place, ledger: Ledger):
    place["inference"].stop()
    place["inference"].start(DRAIN_SECONDS=str(DRAIN_SECONDS))
    stuck = ledger.submit(2, HANGS)
    others = ledger.submit(DOCUMENTS // 2)
    ledger.wait_until_ended(names=others)
    wait_until(lambda: ledger.begun() >= set(stuck), 60, "the engine does not hang", place.logs)
    before = time.monotonic()
    assert place["inference"].stop() == 0
    assert time.monotonic() - before < DRAIN_SECONDS + AT_ONCE_SECONDS
    place.engine.release()
    place["inference"].start()
    account = ledger.account()
    assert account.whole, account
    assert account.repeats == 0
    assert {name: len(moments) for name, moments in ledger.asked().items() if name in others} == dict.fromkeys(
        others, 1
    )


@pytest.mark.fault(2, "SIGTERM with documents in flight: drains, or hands back; SIGTERM twice")
def test_a_second_sigterm_leaves_at_once(place: Place, ledger: Ledger):
    place["inference"].stop()
    place["inference"].start(DRAIN_SECONDS="60")
    stuck = ledger.submit(2, HANGS)
    wait_until(lambda: ledger.begun() >= set(stuck), 60, "the engine does not hang", place.logs)
    place["inference"].ask_to_stop()
    wait_until(lambda: "second SIGTERM" in place["inference"].log() or not place["inference"].running, 1.5, "")
    place["inference"].ask_to_stop()
    assert place["inference"].wait_for_end(AT_ONCE_SECONDS) == TERMINATED
    place.engine.release()
    place["inference"].start()
    assert ledger.account().whole


@pytest.mark.fault(2, "SIGTERM with documents in flight: drains, or hands back; SIGTERM twice")
def test_sigterm_is_heard_while_broker_and_database_say_nothing(place: Place, ledger: Ledger):
    for replica in place.replicas:
        replica.stop()
        replica.start(DRAIN_SECONDS=str(DRAIN_SECONDS))
    for replica in place.replicas:
        replica.wait_until_ready()
    place.engine.seconds = 0.3
    ledger.submit(DOCUMENTS // 2)
    wait_until(ledger.begun, 60, "nothing arrives", place.logs)
    place.postgres.proxy.stall()
    place.kafka.proxy.stall()
    for replica in place.replicas:
        replica.ask_to_stop()
    for replica in place.replicas:
        replica.wait_for_end(DRAIN_SECONDS + 20)
    place.postgres.proxy.restore()
    place.kafka.proxy.restore()
    for replica in place.replicas:
        replica.start()
    account = ledger.account()
    assert account.whole, account
    assert account.repeats == 0
