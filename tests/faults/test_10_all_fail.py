"""Fault 10: a deployment where every document fails."""

import pytest
from faults.ledger import Ledger
from faults.place import STANDARD, Place
from faults.said import measured, said
from faults.waiting import wait_until

from services.delivery.breaker import LEAST

DOCUMENTS = 80
SLOTS = int(STANDARD["MAX_SEQUENCES"])
PROBES = 2
OPEN = "postkorb_breaker_open"
IN_FLIGHT = "postkorb_documents_in_flight"

TRIES = {"answering": int(STANDARD["ATTEMPTS"]), "sensible": 2}
"""What the engine is not, and how many tries a document has then before it fails for good."""


@pytest.mark.parametrize("harm", TRIES)
@pytest.mark.fault(10, "every document fails: the engine refuses them all, or answers nonsense")
def test_consumption_stops_before_much_has_failed_and_goes_on_when_the_cause_is_gone(
    place: Place, ledger: Ledger, harm: str
):
    inference = place["inference"]
    inference.stop()
    inference.start(FAULT_PROBE_SECONDS="1")
    inference.wait_until_ready()
    restarts = place.restarts
    setattr(place.engine, harm, False)
    ledger.submit(DOCUMENTS)
    wait_until(lambda: measured(inference, OPEN) == 1, 60, "the breaker does not open", place.logs)
    assert said(inference, "the breaker opens, consumption stops")
    ready, live = inference.health("/readyz"), inference.health("/livez")
    assert ready is not None
    assert ready.status_code == 503
    assert [check["name"] for check in ready.json()["checks"] if not check["healthy"]] == ["breaker"]
    assert live is not None
    assert live.status_code == 200

    wait_until(lambda: measured(inference, IN_FLIGHT) == 0, 60, "what was in flight does not end", place.logs)
    asked = len(place.engine.asked)
    wait_until(lambda: len(place.engine.asked) >= asked + PROBES, 60, "it does not probe", place.logs)
    ended = ledger.ended()
    assert len(ended.failed) <= LEAST // TRIES[harm]
    assert not ended.processed
    assert not ended.dead_lettered
    assert len(ledger.begun()) <= LEAST + SLOTS + PROBES

    setattr(place.engine, harm, True)
    account = ledger.account()
    assert account.whole, account
    assert (account.failed, account.dead_lettered) == (len(ended.failed), 0)
    assert account.processed == DOCUMENTS - account.failed
    assert said(inference, "the breaker closes, consumption goes on")
    assert measured(inference, OPEN) == 0
    assert place.restarts == restarts
