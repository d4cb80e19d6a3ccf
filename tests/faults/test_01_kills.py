"""Fault 1: kill -9 of each service at each step of a document's way."""

import random
import time
from collections.abc import Callable

import pytest
from faults.ledger import Ledger
from faults.place import SERVICES, Place
from faults.waiting import wait_until

DOCUMENTS = 10
"""At each of the steps."""

PUBLISHED = "SELECT FROM postkorb.outbox WHERE convert_from(key, 'UTF8') LIKE $1 AND published_at IS NOT NULL LIMIT 1"
WAITING_TO_BE_PUBLISHED = PUBLISHED.replace("IS NOT NULL", "IS NULL")


@pytest.mark.fault(1, "kill -9 of each service at each step, and of any at random moments")
def test_kill_9_of_each_service_at_each_step_loses_nothing(place: Place, ledger: Ledger, chance: random.Random):
    place.engine.seconds = 0.2
    steps = list(steps_of(place, ledger).items())
    for (_, service), begun in chance.sample(steps, len(steps)):
        ledger.submit(DOCUMENTS)
        wait_until(begun, 60, f"{service} does not begin", place.logs)
        time.sleep(chance.uniform(0, 0.3))  # no condition is waited for: any moment is the fault
        place[service].kill()
    for service in chance.choices(SERVICES, k=len(SERVICES)):
        time.sleep(chance.uniform(0, 1.5))
        place[service].kill()
    account = ledger.account()
    assert account.whole, account
    assert account.processed == len(steps) * DOCUMENTS


def steps_of(place: Place, ledger: Ledger) -> dict[tuple[str, str], Callable[[], object]]:
    """Give, by step and service, what is to be seen while it works on the newest documents."""
    like = f"{ledger.prefix}%"
    return {
        ("2 accept, 3 parse", "intake"): lambda: True,
        ("4 store", "intake"): ledger.waiting,
        ("5 admit, 6 ask", "inference"): lambda: ledger.begun() & ledger.unended(),
        ("7 check, 8 record", "inference"): lambda: ledger.processed() and ledger.waiting(),
        ("9 relay, before", "relay"): lambda: place.query(WAITING_TO_BE_PUBLISHED, like) or ledger.processed(),
        ("9 relay, after", "relay"): lambda: place.query(PUBLISHED, like),
    }
