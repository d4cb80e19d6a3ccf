"""Fault 11: PostgreSQL is away, or kills connections."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest
from faults.ledger import Ledger
from faults.observation import all_say_ready, misconduct, watch
from faults.place import SERVICES, Place
from faults.sessions import Session, session
from faults.waiting import wait_until

DOCUMENTS: Final = 40
AWAY_SECONDS: Final = 15
LONG_SECONDS: Final = 180
READY_SECONDS: Final = 60
STORM: Final = 10

TERMINATE: Final = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'postkorb-%'"
IN_COMMIT: Final = """
SELECT pid, application_name FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name LIKE 'postkorb-%'
"""


@pytest.mark.timeout(900)
@pytest.mark.fault(11, "PostgreSQL says nothing, is not to be reached, is killed; then comes back")
def test_services_wait_for_postgresql_and_go_on_by_themselves(
    place: Place,
    ledger: Ledger,
    chance: random.Random,
    long: bool,  # noqa: FBT001  (a fixture)
):
    place.engine.seconds = 0.2
    ledger.submit(DOCUMENTS)
    wait_until(lambda: len(ledger.processed()) >= chance.randint(1, 10), 60, "nothing is processed", place.logs)
    ledger.submit(DOCUMENTS)
    conducts = watch(
        place,
        LONG_SECONDS if long else AWAY_SECONDS,
        place.postgres.proxy.stall,
        place.postgres.proxy.cut,
        place.postgres.program.kill,
    )
    ledger.submit(DOCUMENTS // 2)
    place.postgres.start()
    place.postgres.proxy.restore()
    assert_all_ended_and_nothing_was_asked_twice(ledger)
    assert not misconduct(conducts, "database")
    wait_until(lambda: all_say_ready(place), READY_SECONDS, "not ready again", place.logs)


@pytest.mark.fault(11, "connections are killed: in mid-transaction, in COMMIT, at random moments")
def test_what_a_killed_connection_has_begun_is_done_once(place: Place, ledger: Ledger, chance: random.Random):
    place.engine.seconds = 0.3
    restarts = place.restarts
    with session(place) as blocking, session(place) as looking:
        ledger.submit(DOCUMENTS)
        wait_until(ledger.begun, 60, "nothing arrives", place.logs)
        blocking.query("BEGIN")
        blocking.query("LOCK TABLE postkorb.outbox IN SHARE MODE")  # what a transaction writes last
        for _ in range(chance.randint(1, 3)):
            ledger.submit(2)
            looking.wait_until_blocked(*SERVICES, by=blocking)
            for process in looking.blocked(by=blocking).values():
                looking.query("SELECT pg_terminate_backend($1)", process)
        blocking.query("ROLLBACK")
        with no_commit_returns(looking):
            killed: set[str] = set()
            wait_until(lambda: killed.update(kill_in_commit(looking)) or killed == {*SERVICES}, 60, "", place.logs)
        for _ in range(STORM):
            ledger.submit(2)
            looking.query(TERMINATE)
            time.sleep(chance.uniform(0, 0.4))  # no condition is waited for: any moment is the fault
    assert_all_ended_and_nothing_was_asked_twice(ledger)
    assert place.restarts == restarts


@contextmanager
def no_commit_returns(session: Session) -> Iterator[None]:
    """Let every COMMIT wait for a standby that is not there: it is done, and nobody is told."""
    session.query("SET synchronous_commit = off")
    try:
        session.query("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        session.query("SELECT pg_reload_conf()")
        yield
    finally:
        session.query("ALTER SYSTEM RESET synchronous_standby_names")
        session.query("SELECT pg_reload_conf()")


def kill_in_commit(session: Session) -> set[str]:
    """Kill the connections that wait in COMMIT; say whose they were."""
    waiting = session.query(IN_COMMIT)
    for row in waiting:
        session.query("SELECT pg_terminate_backend($1)", row["pid"])
    return {row["application_name"].removeprefix("postkorb-") for row in waiting}


def assert_all_ended_and_nothing_was_asked_twice(ledger: Ledger) -> None:
    account = ledger.account()
    assert account.whole, account
    assert (account.asked_again, account.repeats) == (0, 0)
