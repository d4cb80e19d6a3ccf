"""Where faults happen: broker and database behind proxies, the three services as processes, a scripted engine.

A test does its fault like this:

    @pytest.mark.fault(3, "one document is stuck")
    def test_…(place: Place, ledger: Ledger, chance: random.Random):
        place.engine.seconds = 0.1
        ledger.submit(40)
        place["inference"].kill()
        ledger.wait_until_ended()
        assert ledger.account().whole

What there is to do harm with: `place["intake"]` and its siblings (`Replica`: kill, stop, start with other settings),
`place.replica(…)` for more of them, `place.kafka.proxy` and `place.postgres.proxy` (`Proxy`: cut, stall, delay, reset),
`place.kafka` and `place.postgres` themselves (stop, start, program), `place.engine` (`ScriptedServer`).
Before each test `settle` undoes all of it, so a test may leave everything as it is.
"""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import asyncpg
from faults.background import Background
from faults.replica import Replica
from faults.servers import ProxiedBroker, ProxiedDatabase
from faults.waiting import wait_until
from scripted_server import MODEL, ScriptedServer, scripted_server

from schemas.document_types import load_document_types
from services.storage.migration import upgrade

SERVICES: Final = ("intake", "inference", "relay")
ENGINE_SECONDS: Final = 0.05
START_SECONDS: Final = 120
EMPTY_SECONDS: Final = 120

STANDARD: Final = {
    "ENGINE": "remote",
    "MODEL": MODEL,
    "BATCH_DOCUMENTS": "4",
    "MAX_SEQUENCES": "16",
    "PARSERS": "1",
    "ATTEMPTS": "4",
    "RETRY_SECONDS": "0.3",
    "RETRY_MOST_SECONDS": "2",
    "DRAIN_SECONDS": "5",
    "LOG_FORMAT": "json",
}
"""Settings of every service, unless a test says otherwise; a retry comes soon, so that tests are short."""


class Place:
    """See the module; `place["inference"]` is the one replica of a service that always runs."""

    def __init__(
        self,
        folder: Path,
        kafka: ProxiedBroker,
        postgres: ProxiedDatabase,
        engine: ScriptedServer,
        background: Background,
    ) -> None:
        self.folder = folder
        self.kafka = kafka
        self.postgres = postgres
        self.engine = engine
        self.background = background
        self._replicas: dict[str, Replica] = {}
        self._more = 0

    def __getitem__(self, service: str) -> Replica:
        return self._replicas[service]

    @property
    def replicas(self) -> list[Replica]:
        """The three, in the order of a document's way."""
        return list(self._replicas.values())

    @property
    def restarts(self) -> list[int]:
        """How often each of the three was started again by supervision, since the beginning."""
        return [replica.restarts for replica in self.replicas]

    @property
    def drain_seconds(self) -> float:
        """How long a service may finish what is in flight, unless a test says otherwise."""
        return float(STANDARD["DRAIN_SECONDS"])

    @contextmanager
    def replica(self, service: str, **settings: str) -> Iterator[Replica]:
        """Run one more replica, without a stable name unless `INSTANCE` is set; it is stopped in the end."""
        self._more += 1
        replica = self._make(service, f"{service}-{self._more}", settings)
        replica.start()
        try:
            yield replica
        finally:
            replica.stop()

    def query(self, statement: str, *values: object) -> list[asyncpg.Record]:
        """Ask PostgreSQL, past the proxy."""
        return self.background.run(self._query(statement, values))

    def start(self) -> None:
        """Start the three services and wait until they are ready."""
        for service in SERVICES:
            self._replicas[service] = self._make(service, service, {"INSTANCE": "main"})
        self.settle()

    def settle(self) -> None:
        """Undo every fault: servers, proxies, engine and services are well, and nothing is on its way any more."""
        self.engine.answering, self.engine.sensible, self.engine.seconds = True, True, ENGINE_SECONDS
        self.engine.release()
        self.kafka.proxy.restore()
        self.postgres.proxy.restore()
        wrong = [replica for replica in self.replicas if not replica.running_as_made]
        for replica in wrong:
            replica.ask_to_stop(signal.SIGKILL)  # whatever the test did to it, it ends
        for replica in wrong:
            replica.wait_for_end()
            replica.restore_settings()
            replica.start()
        for replica in self.replicas:
            replica.wait_until_ready(START_SECONDS)
        wait_until(self.is_empty, EMPTY_SECONDS, "documents are still on their way", self.logs)
        self.engine.hold()

    def is_empty(self) -> bool:
        """Whether every document has ended, and every event is out."""
        waiting = "SELECT FROM postkorb.documents WHERE state = 'parsed' LIMIT 1"
        unpublished = "SELECT FROM postkorb.outbox WHERE published_at IS NULL LIMIT 1"
        return not self.query(waiting) and not self.query(unpublished)

    def stop(self) -> None:
        """Stop the services."""
        self.engine.release()
        for replica in self.replicas:
            replica.ask_to_stop()
        for replica in self.replicas:
            replica.wait_for_end()

    def logs(self) -> str:
        """End of the three services' logs."""
        return "\n".join(f"--- {replica.name}\n{replica.log()}" for replica in self.replicas)

    def _make(self, service: str, name: str, settings: dict[str, str]) -> Replica:
        servers = {
            "KAFKA_BOOTSTRAP_SERVERS": self.kafka.address,
            "DATABASE_URL": self.postgres.address,
            "ENGINE_URLS": self.engine.url,
        }
        return Replica(service, name, self.folder / "replicas" / name, STANDARD | servers | settings, self.background)

    async def _query(self, statement: str, values: tuple[object, ...]) -> list[asyncpg.Record]:
        connection: Any = await asyncpg.connect(self.postgres.direct)
        try:
            return list(await connection.fetch(statement, *values))
        finally:
            await connection.close()


@contextmanager
def running_place(folder: Path, jars: Path) -> Iterator[Place]:
    """Start everything, and stop it in the end."""
    with ExitStack() as stack:
        background = stack.enter_context(Background())
        engine = stack.enter_context(scripted_server())
        kafka = ProxiedBroker(folder, jars, background)
        postgres = ProxiedDatabase(folder, background)
        for server in (kafka, postgres):
            stack.callback(server.proxy.close)
            stack.enter_context(server)
        background.run(upgrade(postgres.url, load_document_types()))
        place = Place(folder, kafka, postgres, engine, background)
        stack.callback(place.stop)
        place.start()
        yield place
