"""Fault 5: consumers join and leave every second."""

import random
import time

import pytest
from faults.ledger import Ledger
from faults.place import Place
from faults.visitors import visit

from schemas.topics import INFERENCE_GROUP, INTAKE_GROUP

SECONDS = 15
LONG_SECONDS = 120
AFTERWARDS_SECONDS = 150
"""Enough for a session (30 s) of a member that the group still takes for alive."""


@pytest.mark.timeout(600)
@pytest.mark.fault(5, "a consumer joins and one leaves every second; replicas come and go")
def test_consumers_that_come_and_go_every_second_cost_nothing_but_time(
    place: Place,
    ledger: Ledger,
    chance: random.Random,
    long: bool,  # noqa: FBT001  (a fixture)
):
    place.engine.seconds = 0.1
    until = time.monotonic() + (LONG_SECONDS if long else SECONDS)
    visits = []
    with place.replica("intake"), place.replica("inference"):
        while time.monotonic() < until:
            ledger.submit(2)
            group = chance.choice([INTAKE_GROUP, INFERENCE_GROUP])
            visits.append(visit(place, group, chance.uniform(1, 3)))
            time.sleep(1)  # the fault itself: a rebalance every second
        for one in visits:
            one.result(60)
    account = ledger.account(AFTERWARDS_SECONDS)
    assert account.whole, account
