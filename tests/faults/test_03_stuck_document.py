"""Fault 3: one stuck document."""

import random
import signal

import pytest
from faults.ledger import PARTITIONS, Ledger, submission_of
from faults.place import Place
from faults.waiting import wait_until
from scripted_server import HANGS

DOCUMENTS = 30


@pytest.mark.fault(3, "one document is stuck in the engine; restart; release")
def test_the_others_of_its_partition_finish_and_a_restart_does_not_ask_for_them_again(
    place: Place, ledger: Ledger, chance: random.Random
):
    place.engine.seconds = 0.02
    stuck, *others = ledger.names_on(chance.randrange(PARTITIONS), DOCUMENTS)
    ledger.write([(stuck, submission_of(stuck, HANGS)), *((name, submission_of(name)) for name in others)])
    ledger.wait_until_ended(names=others)
    assert ledger.unended() == {stuck}

    place["inference"].stop(chance.choice([signal.SIGTERM, signal.SIGKILL]))
    place["inference"].start()
    begun = len(place.engine.asked)
    wait_until(lambda: asked_since(place, begun, stuck), 60, "the stuck one does not come again", place.logs)
    later = ledger.names_on(chance.randrange(PARTITIONS), 5)
    ledger.write([(name, submission_of(name)) for name in later])
    ledger.wait_until_ended(names=later)
    assert ledger.unended() == {stuck}
    assert not [name for name in others if asked_since(place, begun, name)]

    place.engine.release()
    account = ledger.account()
    assert account.whole, account
    assert (account.asked_again, account.repeats) == (0, 0)


def asked_since(place: Place, begun: int, name: str) -> bool:
    """Say whether the engine was asked about a document since then."""
    return any(f"invoice_number: {name}\n" in one.prompt for one in place.engine.asked[begun:])
