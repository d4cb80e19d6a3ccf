"""Fault 1: kill -9 of each service at each step of the way."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from faults.ledger import Ledger
from faults.place import SERVICES, Place
from faults.waiting import wait_until

DOCUMENTS = 8
"""At each of the steps."""

LEASE_SECONDS = 5
"""Of a relay's rows, where the product's own 90 s are not waited for."""
LONGEST_SECONDS = 300
"""For all to end: the leases of two dead relays, one after the other."""

WRITING = "SELECT FROM pg_stat_activity WHERE application_name = $1 AND backend_xid IS NOT NULL"
LEASED = """
SELECT FROM postkorb.outbox
WHERE convert_from(key, 'UTF8') = ANY($1) AND published_at IS NULL AND leased_until > now() LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the way, and how to be there.

    Parameters
    ----------
    begun
        Whether the service is at this step with some of the documents that are named.
    seconds
        The longest time from then to the kill.
    slow
        Given the place, slows down what the step needs: it would be over in milliseconds otherwise.
    """

    service: str
    begun: Callable[[Place, Ledger, set[str]], object]
    seconds: float
    slow: Callable[[Place], None] = lambda _: None


def is_writing(place: Place, service: str) -> bool:
    """Say whether a service is in a transaction that has written something."""
    return bool(place.query(WRITING, f"postkorb-{service}"))


def is_leased(place: Place, names: set[str]) -> bool:
    """Say whether a relay is publishing events about some of the documents."""
    return bool(place.query(LEASED, list(names)))


def slow_database(place: Place) -> None:
    """Let a transaction of a few statements take a second or two."""
    place.postgres.proxy.delay(0.1)


def slow_broker(place: Place) -> None:
    """Let a publication take a second: half of it before the broker has it, half of it before the relay knows."""
    place.kafka.proxy.delay(0.5)


STEPS = {
    "2 accept, 3 parse": Step("intake", lambda *_: True, 0.3),
    "4 store": Step("intake", lambda place, *_: is_writing(place, "intake"), 1, slow_database),
    "4 stored, offset not committed": Step("intake", lambda _, ledger, names: ledger.stored() & names, 0),
    "5 admit": Step("inference", lambda _, ledger, names: ledger.stored() & names, 0.3),
    "6 ask": Step("inference", lambda _, ledger, names: ledger.begun() & ledger.waiting() & names, 0.3),
    "7 check, 8 record": Step("inference", lambda place, *_: is_writing(place, "inference"), 1, slow_database),
    "8 recorded, offset not committed": Step("inference", lambda _, ledger, names: ledger.processed() & names, 0),
    "9 relay, before the broker has it": Step(
        "relay", lambda place, _, names: is_leased(place, names), 0.3, slow_broker
    ),
    "9 relay, before or after": Step("relay", lambda place, _, names: is_leased(place, names), 1, slow_broker),
}


@pytest.mark.timeout(900)
@pytest.mark.fault(1, "kill -9 of each service at each step, and of any at random moments")
def test_kill_9_of_each_service_at_each_step_loses_nothing_and_repeats_nothing_finished(
    place: Place,
    ledger: Ledger,
    chance: random.Random,
    long: bool,  # noqa: FBT001  (a fixture)
):
    place.engine.seconds = 0.2
    if not long:
        place["relay"].stop()
        place["relay"].start(FAULT_LEASE_SECONDS=str(LEASE_SECONDS))
    for name, step in chance.sample(sorted(STEPS.items()), len(STEPS)):
        kill_at(step, name, place, ledger, chance)
    for service in chance.choices(SERVICES, k=len(SERVICES)):
        time.sleep(chance.uniform(0, 1.5))
        place[service].kill()
    account = ledger.account(LONGEST_SECONDS)
    assert account.whole, account
    assert account.processed == len(STEPS) * DOCUMENTS
    assert account.repeats == 0
    assert sum(place.restarts) >= len(STEPS)


def kill_at(step: Step, name: str, place: Place, ledger: Ledger, chance: random.Random) -> None:
    """Hand in documents, and kill the service when it is at the step with them."""
    place[step.service].wait_until_ready()
    step.slow(place)
    names = set(ledger.submit(DOCUMENTS))
    wait_until(lambda: step.begun(place, ledger, names), 60, f"{step.service} does not come to {name}", place.logs)
    time.sleep(chance.uniform(0, step.seconds))  # no condition is waited for: any moment is the fault
    place[step.service].kill()
    place.kafka.proxy.restore()
    place.postgres.proxy.restore()
