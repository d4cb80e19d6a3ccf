"""What makes a service not ready, what makes it not live, and what is counted on the way."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiokafka import TopicPartition
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from schemas.events import ErrorCode
from services import vitals as vitals_module
from services.delivery.breaker import Breaker
from services.delivery.consumption import Consumption
from services.storage.database import Database
from services.storage.outage import Away
from services.telemetry import names
from services.telemetry.health import Check, Health
from services.telemetry.metrics import Metrics
from services.telemetry.state import State
from services.vitals import LOOP_SECONDS, POLL_SECONDS, Vitals

WAIT_SECONDS = 20
STUCK_SECONDS = 1800.0
GROUP, TOPIC = "postkorb-intake", "documents.submitted"


@dataclass
class FakeDatabase:
    """What `Vitals` sees of a database."""

    away: Away | None = None
    probes: int = 0

    async def probe(self) -> None:
        self.probes += 1


@dataclass
class FakeConsumption:
    """What `Vitals` sees of a consumption."""

    group: str = GROUP
    topics: tuple[str, ...] = (TOPIC,)
    poll_age: float = 0.0
    oldest_ages: Mapping[str, float] = field(default_factory=lambda: {TOPIC: 0.0})
    oldest_work_age: float = 0.0
    has_joined: bool = True
    broker_answers: bool = True
    skipped: Counter[str] = field(default_factory=Counter)
    commit_failures: int = 0
    lags: Mapping[TopicPartition, int] = field(default_factory=dict)
    asked: int = 0
    ends_looked_at: int = 0

    async def answers(self) -> bool:
        self.asked += 1
        return self.broker_answers

    async def look_at_ends(self) -> None:
        self.ends_looked_at += 1

    def lag(self) -> Mapping[TopicPartition, int]:
        return self.lags


@dataclass
class Watched:
    """A service with everything that can be watched."""

    vitals: Vitals
    database: FakeDatabase
    consumption: FakeConsumption
    breaker: Breaker
    health: Health
    trouble: str | None = None

    @property
    def unready(self) -> dict[str, str]:
        return _failing(self.health.ready().checks)

    @property
    def dying(self) -> dict[str, str]:
        return _failing(self.health.live().checks)


def _failing(checks: Any) -> dict[str, str]:
    return {check.name: check.reason for check in checks if not check.healthy}


@pytest.fixture
def reader() -> InMemoryMetricReader:
    return InMemoryMetricReader()


@pytest.fixture
def vitals(reader: InMemoryMetricReader) -> Vitals:
    return Vitals(Metrics(MeterProvider([reader]).get_meter("test")))


@pytest.fixture
def watched(vitals: Vitals) -> Watched:
    # The health server starts first: it must see what is watched later.
    health = Health("intake", vitals.liveness, vitals.readiness)
    service = Watched(vitals, FakeDatabase(), FakeConsumption(), Breaker(), health)
    vitals.watch_database(cast("Database", service.database))
    vitals.watch_engine(lambda: service.trouble)
    vitals.watch_consumption(cast("Consumption", service.consumption), service, STUCK_SECONDS)
    vitals.say(State.READY)
    return service


@asynccontextmanager
async def _running(vitals: Vitals) -> AsyncIterator[None]:
    looking = asyncio.create_task(vitals.run())
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            yield
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


async def _until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.01)


def _points(reader: InMemoryMetricReader, name: str) -> list[tuple[dict[str, Any], float]]:
    data = reader.get_metrics_data()
    metrics = [one for of in data.resource_metrics for scope in of.scope_metrics for one in scope.metrics]
    return [
        (dict(point.attributes), point.value) for one in metrics if one.name == name for point in one.data.data_points
    ]


def test_a_service_is_ready_only_between_its_start_and_its_end(vitals: Vitals):
    health = Health("intake", vitals.liveness, vitals.readiness)
    assert _failing(health.ready().checks) == {"service": "starting: 0 s"}
    vitals.say(State.LOADING, "a model", 61.0)
    assert _failing(health.ready().checks) == {"service": "loading a model: 0 s, the last time took 61 s"}
    vitals.say(State.READY)
    assert health.ready().healthy
    vitals.say(State.STOPPING)
    assert _failing(health.ready().checks) == {"service": "stopping"}
    assert health.live().healthy


def test_a_step_of_the_start_that_hangs_needs_a_new_process(watched: Watched):
    with watched.vitals.start.step("model", limit_seconds=3600):
        assert watched.dying == {}
    with watched.vitals.start.step("model", limit_seconds=0):
        assert "start" in watched.dying
    assert watched.dying == {}


@pytest.mark.parametrize("what", ["database", "engine", "breaker"])
def test_a_start_that_waits_for_what_is_known_to_be_away_does_not_hang(watched: Watched, what: str):
    _take_away(watched, what)
    with watched.vitals.start.step("pipeline", limit_seconds=0):
        assert watched.dying == {}


def test_when_all_is_well_it_is_live_and_ready_and_every_check_is_there(watched: Watched):
    assert (watched.unready, watched.dying) == ({}, {})
    assert [check.name for check in watched.health.live().checks] == ["start", "poll loop", "oldest record"]
    assert [check.name for check in watched.health.ready().checks] == [
        "service",
        "database",
        "engine",
        "consumer group",
        "breaker",
        "broker",
    ]
    assert all(check.reason == "" for check in watched.health.ready().checks if check.name in ("database", "breaker"))


def test_a_database_that_is_away_makes_it_not_ready_and_not_dead(watched: Watched):
    watched.database.away = Away(1.0, "the server is starting up")
    assert watched.unready == {"database": "the server is starting up"}
    assert watched.dying == {}


def test_an_engine_in_trouble_makes_it_not_ready_and_not_dead(watched: Watched):
    watched.trouble = "no server answers"
    assert watched.unready == {"engine": "no server answers"}
    assert watched.dying == {}


def test_an_open_breaker_makes_it_not_ready_and_not_dead(watched: Watched):
    watched.breaker.trip(ErrorCode.ENGINE_REFUSED, "nearly every document fails")
    assert watched.unready == {"breaker": "nearly every document fails"}
    assert watched.dying == {}


def test_a_consumer_that_has_not_joined_is_not_ready(watched: Watched):
    watched.consumption.has_joined = False
    assert watched.unready == {"consumer group": f"member of {GROUP}"}
    assert watched.dying == {}


def test_a_poll_loop_that_does_not_poll_needs_a_new_process(watched: Watched):
    watched.consumption.poll_age = POLL_SECONDS - 0.1
    assert watched.dying == {}
    watched.consumption.poll_age = POLL_SECONDS
    assert watched.dying == {"poll loop": "last poll 60 s ago"}


def test_a_stuck_record_needs_a_new_process(watched: Watched):
    watched.consumption.oldest_work_age = STUCK_SECONDS - 0.1
    assert watched.dying == {}
    watched.consumption.oldest_work_age = STUCK_SECONDS
    assert watched.dying == {"oldest record": "worked on for 1800 s"}


def test_a_record_that_waits_for_its_turn_is_not_stuck(watched: Watched):
    watched.consumption.oldest_ages = {TOPIC: 10 * STUCK_SECONDS}
    watched.consumption.oldest_work_age = STUCK_SECONDS - 0.1
    assert watched.dying == {}


@pytest.mark.parametrize("what", ["database", "engine", "breaker"])
def test_a_record_that_waits_for_what_is_known_to_be_away_is_not_stuck(watched: Watched, what: str):
    watched.consumption.oldest_work_age = 10 * STUCK_SECONDS
    _take_away(watched, what)
    assert watched.dying == {}


def test_a_poll_loop_that_hangs_needs_a_new_process_whatever_is_away(watched: Watched):
    watched.database.away = Away(1.0, "away")
    watched.consumption.poll_age = 2 * POLL_SECONDS
    assert "poll loop" in watched.dying


async def test_while_the_broker_is_away_a_poll_waits_for_it(watched: Watched, monkeypatch: pytest.MonkeyPatch):
    """In a rebalance `getmany` waits until it has ended: no restart helps, and each would load the model."""
    monkeypatch.setattr(vitals_module, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(vitals_module, "POLL_SECONDS", 2)
    watched.consumption.broker_answers = False
    watched.consumption.poll_age = 60.0
    async with _running(watched.vitals):
        await _until(lambda: not watched.dying)
        watched.consumption.broker_answers = True
        await asyncio.sleep(0.1)
        assert not watched.dying, "it joins again first"
        await _until(lambda: "poll loop" in watched.dying)


async def test_the_broker_is_asked_and_its_silence_makes_the_service_not_ready(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(vitals_module, "LOOK_SECONDS", 0.01)
    assert watched.unready == {}, "before it was asked, nothing is held against it"
    watched.consumption.broker_answers = False
    async with _running(watched.vitals):
        await _until(lambda: bool(watched.unready))
        assert watched.unready == {"broker": "it does not answer"}
        assert watched.dying == {}
        watched.consumption.broker_answers = True
        await _until(lambda: not watched.unready)


async def test_a_relay_is_ready_while_it_can_publish(vitals: Vitals, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(vitals_module, "LOOK_SECONDS", 0.01)
    relay = SimpleNamespace(answers=False, away="the broker did not take a record")

    async def probe() -> bool:
        return relay.answers

    health = Health("relay", vitals.liveness, vitals.readiness)
    vitals.watch_relay(probe, lambda: relay.away)
    vitals.say(State.READY)
    async with _running(vitals):
        both = {"publishing": "the broker did not take a record", "broker": "it does not answer"}
        await _until(lambda: _failing(health.ready().checks) == both)
        assert health.live().healthy
        relay.away, relay.answers = None, True
        await _until(lambda: health.ready().healthy)


async def test_what_nobody_else_asks_is_asked_again_and_again(watched: Watched, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(vitals_module, "LOOK_SECONDS", 0.01)
    async with _running(watched.vitals):
        await _until(lambda: watched.database.probes >= 3 and watched.consumption.asked >= 3)


async def test_between_two_looks_there_is_a_pause(watched: Watched, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(vitals_module, "LOOK_SECONDS", 3600)
    async with _running(watched.vitals):
        await _until(lambda: watched.consumption.asked >= 1)
        for _ in range(100):
            await asyncio.sleep(0)
        assert (watched.database.probes, watched.consumption.asked) == (1, 1)


async def test_the_event_loop_counts_from_when_it_is_watched_not_from_when_the_model_was_loaded(vitals: Vitals):
    vitals._loop._last -= 2 * LOOP_SECONDS  # the loop was away for so long: a model was loaded
    assert "event loop" not in _names(vitals)
    async with _running(vitals):
        await asyncio.sleep(0)  # once: nothing has beaten yet but the beginning
        assert "event loop" in _names(vitals)
        assert all(probe().healthy for probe in vitals.liveness)


async def test_the_event_loop_is_watched_while_it_runs(vitals: Vitals):
    async with _running(vitals):
        await _until(lambda: "event loop" in _names(vitals))
        vitals._loop._last -= LOOP_SECONDS + 1
        assert not _check(vitals, "event loop").healthy
        await _until(lambda: _check(vitals, "event loop").healthy)


async def test_skipped_records_and_failed_commits_are_counted_once(
    watched: Watched, reader: InMemoryMetricReader, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(vitals_module, "LOOK_SECONDS", 0.01)
    async with _running(watched.vitals):
        for more in (3, 0, 4):
            watched.consumption.skipped[TOPIC] += more
            watched.consumption.commit_failures += more
            seen = watched.consumption.asked
            await _until(lambda seen=seen: watched.consumption.asked >= seen + 3)
    assert _points(reader, names.CONSUMER_SKIPPED) == [({names.MESSAGING_TOPIC: TOPIC}, 7)]
    assert _points(reader, names.CONSUMER_COMMIT_FAILURES) == [({names.MESSAGING_GROUP: GROUP}, 7)]


def test_lag_age_and_breaker_are_measured(watched: Watched, reader: InMemoryMetricReader):
    watched.consumption.lags = {TopicPartition(TOPIC, 0): 7, TopicPartition(TOPIC, 2): 0}
    watched.consumption.oldest_ages = {TOPIC: 3.5}
    of = {names.MESSAGING_TOPIC: TOPIC, names.MESSAGING_GROUP: GROUP}
    assert _points(reader, names.CONSUMER_LAG) == [
        (of | {names.MESSAGING_PARTITION: "0"}, 7),
        (of | {names.MESSAGING_PARTITION: "2"}, 0),
    ]
    assert _points(reader, names.CONSUMER_OLDEST) == [({names.MESSAGING_TOPIC: TOPIC}, 3.5)]
    assert _points(reader, names.BREAKER_OPEN) == [({}, 0)]
    watched.breaker.trip(ErrorCode.ENGINE_REFUSED, "away")
    assert _points(reader, names.BREAKER_OPEN) == [({}, 1)]


def _take_away(watched: Watched, what: str) -> None:
    match what:
        case "database":
            watched.database.away = Away(1.0, "away")
        case "engine":
            watched.trouble = "away"
        case "breaker":
            watched.breaker.trip(ErrorCode.URI_UNREACHABLE, "away")


def _names(vitals: Vitals) -> list[str]:
    return [probe().name for probe in vitals.liveness]


def _check(vitals: Vitals, name: str) -> Check:
    return next(check for probe in vitals.liveness if (check := probe()).name == name)
