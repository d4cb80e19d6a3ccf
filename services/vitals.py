"""What `/livez` and `/readyz` say of a service, and the counters that its parts keep for the metrics.

Live means: no restart would help. Ready means: a document that comes now is worked on. A database, a broker or an
engine that is away makes a service not ready, and never not live.
"""

import asyncio
import math
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final, Protocol

from services.delivery.breaker import Breaker
from services.delivery.consumption import Consumption
from services.storage.database import Database
from services.telemetry.health import Check, Heartbeat, Probe
from services.telemetry.metrics import Metrics, PartitionLag
from services.telemetry.start import Start
from services.telemetry.state import State, told

LOOP_SECONDS: Final = 30.0
"""An event loop that was away for so long hangs: nothing of ours computes longer in it."""
POLL_SECONDS: Final = 60.0
"""A poll loop asks every second, paused or not."""
LOOK_SECONDS: Final = 5.0

GOOD: Final = ""


class Breaking(Protocol):
    """A service with a breaker."""

    @property
    def breaker(self) -> Breaker:
        """Stops its consumption when nearly every document fails alike."""
        ...


class Vitals:
    """Collects what is to be looked at, while a service is built; afterwards `run` looks at what must be asked."""

    def __init__(self, metrics: Metrics) -> None:
        self.start = Start()
        self.liveness: list[Probe] = [self._is_moving]
        self.readiness: list[Probe] = [self._is_ready]
        self._metrics = metrics
        self._loop = Heartbeat("event loop", LOOP_SECONDS)
        self._databases: list[Database] = []
        self._outages: list[Callable[[], object | None]] = []
        self._asked: list[Callable[[], Awaitable[None]]] = []
        self.say(State.STARTING)

    def say(self, state: State, detail: str = GOOD, expected_seconds: float | None = None) -> None:
        """Say where the service is in its life, and how long that took the last time."""
        self._said = (state, detail, expected_seconds, time.monotonic())

    async def run(self) -> None:
        """Beat for the event loop, and ask regularly what nobody else asks."""
        self._loop.beat()
        self.liveness.append(self._loop.check)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._loop.beat_regularly())
            group.create_task(self._look_regularly())

    def watch_database(self, database: Database) -> None:
        """Not ready while it is away."""

        def reachable() -> Check:
            away = database.away
            return Check("database", healthy=away is None, reason=away.reason if away else GOOD)

        self.readiness.append(reachable)
        self._outages.append(lambda: database.away)
        self._asked.append(database.probe)

    def watch_engine(self, trouble: Callable[[], str | None]) -> None:
        """Not ready while it could not answer."""

        def engine() -> Check:
            found = trouble()
            return Check("engine", healthy=found is None, reason=found or GOOD)

        self.readiness.append(engine)
        self._outages.append(trouble)

    def watch_relay(self, probe: Callable[[], Awaitable[bool]], away: Callable[[], str | None]) -> None:
        """Not ready while nothing can be published."""

        def publishing() -> Check:
            reason = away()
            return Check("publishing", healthy=reason is None, reason=reason or GOOD)

        self.readiness.append(publishing)
        self._watch_broker(probe)

    def watch_consumption(self, consumption: Consumption, service: Breaking, stuck_seconds: float) -> None:
        """Live while it polls and none of its work is stuck; ready once it has joined, unless the breaker is open."""
        breaker = service.breaker

        def polling() -> Check:
            age = consumption.poll_age
            # In a rebalance that no broker ends, a poll waits for it; a new process would wait for it as well.
            return Check("poll loop", min(age, answered_for()) < POLL_SECONDS, reason=f"last poll {age:.0f} s ago")

        def moving() -> Check:
            age = consumption.oldest_work_age
            return Check("oldest record", age < stuck_seconds or self._waits, reason=f"worked on for {age:.0f} s")

        def joined() -> Check:
            return Check("consumer group", healthy=consumption.has_joined, reason=f"member of {consumption.group}")

        def closed() -> Check:
            outage = breaker.outage
            return Check("breaker", healthy=outage is None, reason=outage.reason if outage else GOOD)

        self.liveness += [polling, moving]
        self.readiness += [joined, closed]
        self._outages.append(lambda: breaker.outage)
        answered_for = self._watch_broker(consumption.answers)
        self._measure(consumption, breaker)

    def _measure(self, consumption: Consumption, breaker: Breaker) -> None:
        metrics, group = self._metrics, consumption.group
        metrics.watch_lag(
            lambda: [
                PartitionLag(group, place.topic, place.partition, count) for place, count in consumption.lag().items()
            ]
        )
        metrics.watch_oldest(lambda: consumption.oldest_ages)
        metrics.watch_breaker(lambda: breaker.outage is not None)
        skipped, failures = Counter[str](), 0

        async def count() -> None:
            nonlocal failures
            for topic in consumption.topics:
                metrics.redelivered(topic, consumption.skipped[topic] - skipped[topic])
            for _ in range(consumption.commit_failures - failures):
                metrics.commit_failed(group)
            skipped.update(consumption.skipped - skipped)
            failures = consumption.commit_failures

        self._asked += [count, consumption.look_at_ends]

    def _watch_broker(self, probe: Callable[[], Awaitable[bool]]) -> Callable[[], float]:
        """Not ready while it does not answer; give for how many seconds it has, without a break."""
        answers = {"broker": True}
        silent_at = -math.inf

        async def ask() -> None:
            nonlocal silent_at
            before, answers["broker"] = answers["broker"], await probe()
            silent_at = silent_at if before or answers["broker"] else time.monotonic()

        def broker() -> Check:
            return Check(
                "broker", healthy=answers["broker"], reason=GOOD if answers["broker"] else "it does not answer"
            )

        self.readiness.append(broker)
        self._asked.append(ask)
        return lambda: time.monotonic() - silent_at

    @property
    def _waits(self) -> bool:
        """Whether something is known to be away: then it is waited for, and no restart helps."""
        return any(ask() for ask in self._outages)

    def _is_moving(self) -> Check:
        check = self.start.check()
        return replace(check, healthy=check.healthy or self._waits)

    def _is_ready(self) -> Check:
        state, detail, expected_seconds, since = self._said
        reason = told(state, detail, time.monotonic() - since, expected_seconds)
        return Check("service", healthy=state is State.READY, reason=reason)

    async def _look_regularly(self) -> None:
        while True:
            for ask in self._asked:
                await ask()
            await asyncio.sleep(LOOK_SECONDS)
