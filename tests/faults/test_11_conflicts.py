"""Fault 11: deadlocks and serialisation failures, provoked by sessions of the test's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

import asyncpg
import pytest
from faults.ledger import Ledger, submission_of
from faults.place import SERVICES, Place
from faults.sessions import Session, session
from faults.waiting import wait_until
from scripted_server import HANGS

from services.storage.outbox import CLAIM_LOCK

SECONDS: Final = 60
DOCUMENTS: Final = 3

LOCK_OUTBOX: Final = "LOCK TABLE postkorb.outbox IN SHARE MODE"
"""What each transaction of a service takes last."""
TAKEN_BEFORE: Final = {
    "intake": "LOCK TABLE postkorb.documents IN SHARE MODE",
    "inference": "LOCK TABLE postkorb.documents IN SHARE MODE",
    "relay": f"SELECT pg_advisory_xact_lock({CLAIM_LOCK})",
}

DATABASE: Final = "ALTER DATABASE postkorb"
TERMINATE: Final = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'postkorb-%'"
REWRITE_DOCUMENTS: Final = "UPDATE postkorb.documents SET attempts = attempts WHERE document_id LIKE $1"
REWRITE_OUTBOX: Final = "UPDATE postkorb.outbox SET due_at = due_at WHERE published_at IS NULL"
UNPUBLISHED: Final = "SELECT FROM postkorb.outbox WHERE published_at IS NULL LIMIT 1"


@pytest.mark.fault(11, "a session takes the services' locks in the other order: deadlocks")
def test_the_loser_of_a_deadlock_does_its_transaction_again(place: Place, ledger: Ledger):
    place.engine.seconds = 0.3
    restarts = place.restarts
    for service in SERVICES:
        wait_until(partial(provoke_deadlock, place, ledger, service), SECONDS, f"{service} never gives way")
    assert_whole(ledger)
    assert place.restarts == restarts


def provoke_deadlock(place: Place, ledger: Ledger, service: str) -> bool:
    """Hold what the service takes last, then want what it has; say whether it was the service that had to give way."""
    with session(place) as ours, session(place) as looking:
        ours.query("SET deadlock_timeout = '5s'")  # who finds the deadlock gives way: the others look after 1 s
        place.engine.hold()
        names = ledger.submit(DOCUMENTS, HANGS)
        wait_until(lambda: ledger.begun() >= set(names), SECONDS, "not all arrive", place.logs)
        ours.query("BEGIN")
        ours.query(LOCK_OUTBOX)
        place.engine.release()
        ledger.submit(1)
        looking.wait_until_blocked(service, by=ours)
        try:
            ours.query(TAKEN_BEFORE[service])
        except asyncpg.DeadlockDetectedError:
            return False
        return True


@pytest.mark.fault(11, "a session rewrites the rows that the services wait for: serialisation failures")
def test_what_cannot_be_serialised_is_done_again(place: Place, ledger: Ledger):
    place.engine.seconds = 0.3
    restarts = place.restarts
    with session(place) as looking, repeatable_read(looking):
        for fail in (fail_inference, fail_intake, fail_relay):
            before = serialisation_failures(place)
            with session(place) as ours:
                fail(ledger, ours, looking)
            failed = partial(has_failed_since, place, before)
            wait_until(failed, SECONDS, f"no failure by {fail.__name__}", place.logs)
        assert_whole(ledger)
    assert place.restarts == restarts


def fail_inference(ledger: Ledger, ours: Session, looking: Session) -> None:
    """Rewrite documents whose outcome it wants to record."""
    ledger.submit(DOCUMENTS)
    wait_until(lambda: ledger.begun() & ledger.unended(), SECONDS, "nothing arrives")
    ours.query("BEGIN ISOLATION LEVEL READ COMMITTED")
    ours.query(REWRITE_DOCUMENTS, f"{ledger.prefix}%")
    looking.wait_until_blocked("inference", by=ours)
    ours.query("COMMIT")


def fail_intake(ledger: Ledger, ours: Session, looking: Session) -> None:
    """Rewrite documents that it wants to replace by newer ones."""
    names = ledger.submit(DOCUMENTS)
    ledger.wait_until_ended()
    ours.query("BEGIN ISOLATION LEVEL READ COMMITTED")
    ours.query(REWRITE_DOCUMENTS, f"{ledger.prefix}%")
    ledger.write([(name, submission_of(name, "Second version")) for name in names])
    looking.wait_until_blocked("intake", by=ours)
    ours.query("COMMIT")


def fail_relay(ledger: Ledger, ours: Session, looking: Session) -> None:
    """Rewrite events that it sees, and may claim when we let it."""
    ours.query("BEGIN ISOLATION LEVEL READ COMMITTED")
    ours.query(f"SELECT pg_advisory_xact_lock({CLAIM_LOCK})")
    ledger.submit(DOCUMENTS)
    wait_until(lambda: looking.query(UNPUBLISHED), SECONDS, "nothing is enqueued")
    looking.wait_until_blocked("relay", by=ours)
    before = looking.blocked(by=ours)["relay"]  # it looked before they came
    looking.query("SELECT pg_terminate_backend($1)", before)
    wait_until(lambda: looking.blocked(by=ours).get("relay", before) != before, SECONDS, "relay does not come again")
    ours.query(REWRITE_OUTBOX)
    ours.query("COMMIT")


@contextmanager
def repeatable_read(session: Session) -> Iterator[None]:
    """Let every transaction of the services be REPEATABLE READ, as a deployment may choose to."""
    session.query(f"{DATABASE} SET default_transaction_isolation = 'repeatable read'")
    session.query(TERMINATE)
    try:
        yield
    finally:
        session.query(f"{DATABASE} RESET default_transaction_isolation")
        session.query(TERMINATE)


def serialisation_failures(place: Place) -> int:
    """Count what the server's log tells of."""
    return (place.folder / "logs" / "postgres.log").read_text("utf-8").count("could not serialize access")


def has_failed_since(place: Place, before: int) -> bool:
    """Say whether there are more than before."""
    return serialisation_failures(place) > before


def assert_whole(ledger: Ledger) -> None:
    account = ledger.account()
    assert account.whole, account
    assert account.repeats == 0
