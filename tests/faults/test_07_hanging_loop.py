"""Fault 7: a loop that hangs."""

import os
import random
import signal

import pytest
from faults.ledger import Ledger
from faults.place import Place
from faults.replica import Replica
from faults.waiting import wait_until

PATIENCE_SECONDS = 4
DOCUMENTS = 20

WAYS = {"poll loop": signal.SIGUSR1, "event loop": signal.SIGUSR2}
"""What hangs, as `/livez` names it, and what `launcher.py` takes for the order to hang."""


@pytest.mark.fault(7, "a poll loop hangs in one service, the event loop in another")
def test_health_goes_red_and_the_process_is_replaced(place: Place, ledger: Ledger, chance: random.Random):
    services = [place["intake"], place["inference"]]
    hanging = dict(zip(chance.sample(list(WAYS), len(WAYS)), services, strict=True))
    for service in services:
        service.ask_to_stop()
    for service in services:
        service.wait_for_end()
        service.start(FAULT_PATIENCE_SECONDS=str(PATIENCE_SECONDS))
    for service in services:
        service.wait_until_ready()
    before = {service.name: (len(service.exits), service.restarts) for service in services}
    place.engine.seconds = 0.3
    ledger.submit(DOCUMENTS)
    wait_until(ledger.begun, 60, "nothing arrives", place.logs)
    for way, service in hanging.items():
        service.send(WAYS[way])
    ledger.submit(DOCUMENTS)

    red: set[str] = set()
    wait_until(
        lambda: red.update(way for way, service in hanging.items() if is_red(service, way)) or red == set(hanging),
        60,
        f"not every one of {set(hanging)} is seen",
        place.logs,
    )
    for service in services:
        wait_until(lambda service=service: service.exits[before[service.name][0] :], 60, "it goes on", service.log)
        assert service.exits[before[service.name][0] :] == [os.EX_TEMPFAIL]
    account = ledger.account()
    assert account.whole, account
    assert (account.processed, account.repeats) == (2 * DOCUMENTS, 0)
    assert [service.restarts for service in services] == [before[service.name][1] + 1 for service in services]
    assert not [service for service in services if (health := service.health("/livez")) and not health.is_success]


def is_red(service: Replica, way: str) -> bool:
    """Say whether liveness fails for this reason."""
    said = service.health("/livez")
    return said is not None and said.status_code == 503 and way in unhealthy(said.json())


def unhealthy(report: dict) -> set[str]:
    return {check["name"] for check in report["checks"] if not check["healthy"]}
