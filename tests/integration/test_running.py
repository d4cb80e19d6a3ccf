"""Real service processes: what they say of themselves, when they are replaced, and how they stop."""

import json
import os
import signal
import socket
import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from faults.background import Background
from faults.ledger import PARTITIONS, partition_of
from faults.place import STANDARD
from faults.replica import Replica
from faults.servers import ProxiedBroker, ProxiedDatabase
from faults.waiting import wait_until
from kafka import KafkaProducer
from prometheus_client.parser import text_string_to_metric_families
from scripted import INVALID, letter
from scripted_server import HANGS, ScriptedServer, scripted_server

from schemas.document_types import load_document_types
from services.storage.migration import upgrade

STUCK_SECONDS = 4.0
DRAIN_SECONDS = 4.0
AT_ONCE_SECONDS = 5.0
"""For the end of a process that waits for nothing, on a machine that does much else."""
SECONDS = 90.0

SETTINGS = {
    "intake": {"ASK_SECONDS": "1", "STUCK_SECONDS": str(STUCK_SECONDS)},
    "inference": {"DRAIN_SECONDS": str(DRAIN_SECONDS)},
    "relay": {},
}
TERMINATED = 128 + signal.SIGTERM

BREAKER = "postkorb_breaker_open"
LAG = "postkorb_consumer_lag"
OLDEST = "postkorb_consumer_oldest_unfinished_seconds"
OUTBOX_LAG = "postkorb_outbox_lag_seconds"
RETRIES = "postkorb_retries_total"
SKIPPED = "postkorb_consumer_skipped_total"


@dataclass(frozen=True)
class Site:
    """The three services as processes, each supervised, with broker and database behind proxies."""

    kafka: ProxiedBroker
    postgres: ProxiedDatabase
    engine: ScriptedServer
    background: Background
    replicas: dict[str, Replica]

    def __getitem__(self, service: str) -> Replica:
        return self.replicas[service]

    def submit(self, document_id: str, *lines: str) -> None:
        text = "\n".join([letter("invoice", seller_name="Muster GmbH", invoice_number=document_id), *lines])
        event = {"document_id": document_id, "content": {"text": text}}
        producer = KafkaProducer(bootstrap_servers=self.kafka.direct)
        producer.send("documents.submitted", json.dumps(event).encode(), document_id.encode()).get(SECONDS)
        producer.close()

    def wait_for(self, document_id: str, state: str = "processed") -> None:
        def has_ended() -> bool:
            said = self.query("SELECT state FROM postkorb.documents WHERE document_id = $1", document_id)
            return [row["state"] for row in said] == [state]

        wait_until(has_ended, SECONDS, f"{document_id} is not {state}", self.logs)

    def wait_until_ready(self) -> None:
        for replica in self.replicas.values():
            wait_until(lambda replica=replica: not red(replica, "/readyz"), SECONDS, "not ready", self.logs)

    def asked_about(self, document_id: str) -> int:
        return sum(f"invoice_number: {document_id}\n" in f"{prompt}\n" for prompt in self.engine.prompts)

    def query(self, statement: str, *values: object) -> list[asyncpg.Record]:
        async def ask() -> list[asyncpg.Record]:
            connection = await asyncpg.connect(self.postgres.direct)
            try:
                return await connection.fetch(statement, *values)
            finally:
                await connection.close()

        return self.background.run(ask())

    @contextmanager
    def locked(self, document_id: str) -> Iterator[None]:
        """Hold the lock of a document's row: whoever wants to change it waits."""

        async def lock() -> asyncpg.Connection:
            connection = await asyncpg.connect(self.postgres.direct)
            await connection.execute("BEGIN")
            await connection.fetch("SELECT 1 FROM postkorb.documents WHERE document_id = $1 FOR UPDATE", document_id)
            return connection

        connection = self.background.run(lock())
        try:
            yield
        finally:
            self.background.run(connection.close())

    @property
    def restarts(self) -> list[int]:
        return [replica.restarts for replica in self.replicas.values()]

    def logs(self) -> str:
        return "\n".join(f"--- {name}\n{replica.log()}" for name, replica in self.replicas.items())


@pytest.fixture(scope="module")
def site(broker_jars: Path) -> Iterator[Site]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="postkorb-running-")))
        folder.chmod(0o711)  # PostgreSQL's own account looks into it
        background = stack.enter_context(Background())
        engine = stack.enter_context(scripted_server())
        kafka = ProxiedBroker(folder, broker_jars, background)
        postgres = ProxiedDatabase(folder, background)
        for server in (kafka, postgres):
            stack.callback(server.proxy.close)
            stack.enter_context(server)
        background.run(upgrade(postgres.url, load_document_types()))
        servers = {
            "KAFKA_BOOTSTRAP_SERVERS": kafka.address,
            "DATABASE_URL": postgres.address,
            "ENGINE_URLS": engine.url,
            "INSTANCE": "main",
        }
        replicas = {
            name: Replica(name, name, folder / "replicas" / name, STANDARD | servers | settings, background)
            for name, settings in SETTINGS.items()
        }
        site = Site(kafka, postgres, engine, background, replicas)
        stack.callback(stop, replicas.values())
        stack.callback(engine.release)
        for replica in replicas.values():
            replica.start()
        site.wait_until_ready()
        yield site


def stop(replicas: Collection[Replica]) -> None:
    running = [replica for replica in replicas if replica.running]
    for replica in running:
        replica.ask_to_stop()
    for replica in running:
        replica.wait_for_end()


@pytest.fixture
def name() -> str:
    """Id of a document of the test's own."""
    return f"d{uuid4().hex[:8]}"


def red(replica: Replica, path: str) -> dict[str, str]:
    """Give the reasons why `/livez` or `/readyz` fails, by what they are about; none if it does not."""
    answer = replica.health(path)
    if answer is None:
        return {"process": "does not answer"}
    reasons = {check["name"]: check["reason"] for check in answer.json()["checks"] if not check["healthy"]}
    assert (answer.status_code, answer.json()["status"]) == ((503, "failing") if reasons else (200, "ok"))
    return reasons


def measured(replica: Replica, metric: str, **labels: str) -> float | None:
    """Give the sum of a metric over all samples that have these labels; None if there is none."""
    answer = replica.health("/metrics")
    families = text_string_to_metric_families(answer.text if answer else "")
    samples = [sample for family in families for sample in family.samples if sample.name == metric]
    found = [sample.value for sample in samples if labels.items() <= sample.labels.items()]
    return sum(found) if found else None


def test_every_service_says_that_it_lives_and_is_ready_and_what_it_looked_at(site: Site):
    looked_at = {
        "intake": {"service", "database", "consumer group", "breaker", "broker"},
        "inference": {"service", "database", "engine", "consumer group", "breaker", "broker"},
        "relay": {"service", "database", "publishing", "broker"},
    }
    lives = {
        "intake": {"start", "event loop", "poll loop", "oldest record"},
        "inference": {"start", "event loop", "poll loop", "oldest record"},
        "relay": {"start", "event loop"},
    }
    for name, replica in site.replicas.items():
        for path, expected in (("/readyz", looked_at[name]), ("/livez", lives[name])):
            answer = replica.health(path)
            assert answer is not None
            assert (answer.status_code, answer.json()["service"]) == (200, name)
            assert {check["name"] for check in answer.json()["checks"]} == expected
            assert all(check["healthy"] for check in answer.json()["checks"])


def test_after_documents_went_through_the_metrics_have_lag_retries_breaker_redelivered_and_outbox(
    site: Site, name: str
):
    site.submit(f"{name}-invalid", INVALID)
    site.submit(name)
    site.wait_for(f"{name}-invalid", "failed")
    site.wait_for(name)
    intake, inference, relay = site.replicas.values()
    assert measured(inference, RETRIES, error_type="answer_invalid") == 1
    for consumer, topic in ((intake, "documents.submitted"), (inference, "documents.parsed")):
        of_topic = {"messaging_destination_name": topic}
        wait_until(lambda c=consumer, t=of_topic: measured(c, LAG, **t) == 0, SECONDS, "lag", site.logs)
        assert measured(consumer, OLDEST, **of_topic) == 0
        assert measured(consumer, SKIPPED, **of_topic) is not None
        assert measured(consumer, BREAKER) == 0
    wait_until(lambda: measured(relay, OUTBOX_LAG) == 0, SECONDS, "outbox lag", site.logs)


def test_a_start_that_hangs_at_its_engine_is_replaced_and_the_log_says_where_it_hung(site: Site):
    inference = site["inference"]
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, and says nothing
        settings = inference._made | {
            "ENGINE_URLS": f"http://127.0.0.1:{silent.getsockname()[1]}",
            "INSTANCE": "hanging",
            "START_SECONDS": "1",
        }
        hanging = Replica("inference", "hanging", inference.folder.parent / "hanging", settings, site.background)
        hanging.start()
        try:
            wait_until(
                lambda: "loading scripted on 1 servers: " in str(red(hanging, "/readyz")), SECONDS, "", hanging.log
            )
            wait_until(lambda: hanging.exits, SECONDS, "it is not replaced", hanging.log)
        finally:
            hanging.stop()
    assert hanging.exits[0] == os.EX_TEMPFAIL
    lines = [json.loads(line) for line in hanging.log(400).splitlines() if line.startswith("{") and line.endswith("}")]
    done = [line["step"] for line in lines if line["event"] == "start step done"]
    assert done[:2] == ["database", "topics"]
    assert "model" not in done
    (last_words, *_) = (line for line in lines if line["level"] == "critical")
    assert last_words["reasons"]["start"].startswith("model: no progress for ")


def test_while_the_database_is_cut_off_nobody_is_ready_and_nobody_is_replaced(site: Site, name: str):
    restarts = site.restarts
    site.postgres.proxy.cut()
    site.submit(name)

    def is_said() -> bool:
        for replica in site.replicas.values():
            assert not red(replica, "/livez")
        said = [red(replica, "/readyz").get("database") for replica in site.replicas.values()]
        return all(said)

    wait_until(is_said, SECONDS, "it is not said that the database is away", site.logs)
    # A record that waits for it is older than may be, and yet no restart would help.
    oldest = lambda: measured(site["intake"], OLDEST) or 0.0  # noqa: E731
    wait_until(lambda: is_said() and oldest() > STUCK_SECONDS + 1, SECONDS, "nothing is stuck", site.logs)
    site.postgres.proxy.restore()
    site.wait_until_ready()
    site.wait_for(name)
    assert site.restarts == restarts


def test_while_the_broker_says_nothing_nobody_is_ready_and_nobody_is_replaced(site: Site, name: str):
    restarts = site.restarts
    site.kafka.proxy.stall()

    def is_said() -> bool:
        for replica in site.replicas.values():
            assert not red(replica, "/livez")
        said = [red(replica, "/readyz") for replica in site.replicas.values()]
        return all(one.get("broker") == "it does not answer" for one in said)

    wait_until(is_said, SECONDS, "it is not said that the broker is away", site.logs)
    site.kafka.proxy.restore()
    site.wait_until_ready()
    site.submit(name)
    site.wait_for(name)
    assert site.restarts == restarts


def test_a_process_with_a_record_that_is_stuck_is_replaced_and_its_successor_finishes_it(site: Site, name: str):
    intake = site["intake"]
    exits = len(intake.exits)
    site.submit(name)
    site.wait_for(name)
    with site.locked(name):
        site.submit(name)
        ages: list[float] = []

        def is_red() -> bool:
            reasons = red(intake, "/livez")
            ages.append(measured(intake, OLDEST) or 0.0)
            assert ages[-1] > STUCK_SECONDS - 1 or not reasons
            return "worked on for" in reasons.get("oldest record", "")

        wait_until(is_red, SECONDS, "liveness does not fail", site.logs)
        assert [age for age in ages if 0 < age < STUCK_SECONDS - 1], "its age is not measured from the beginning"
        assert not red(site["inference"], "/livez")
        wait_until(lambda: len(intake.exits) > exits, SECONDS, "it is not replaced", site.logs)
        assert intake.exits[exits:] == [os.EX_TEMPFAIL]
        assert "liveness fails for too long" in intake.log(200)
    intake.wait_until_ready()
    offsets = "SELECT 1 FROM postkorb.documents WHERE document_id = $1 AND version = 1 AND source_offset > 0"
    wait_until(lambda: site.query(offsets, name), SECONDS, "the record is not finished", site.logs)
    wait_until(lambda: measured(intake, OLDEST) == 0, SECONDS, "it is not done", site.logs)
    assert not red(intake, "/livez")


def test_sigterm_drains_in_time_hands_back_the_rest_and_the_second_leaves_at_once(site: Site, name: str):
    inference = site["inference"]
    stuck, quick = on_one_partition(name)
    site.engine.hold()
    site.engine.seconds = 0.5
    site.submit(stuck, HANGS)
    wait_until(lambda: site.asked_about(stuck), SECONDS, "the engine does not hang", site.logs)
    site.submit(quick)
    wait_until(lambda: site.asked_about(quick), SECONDS, "it is not begun", site.logs)
    assert (measured(inference, LAG) or 0) >= 1

    began = time.monotonic()
    inference.ask_to_stop()
    wait_until(lambda: red(inference, "/readyz").get("service") == "stopping", DRAIN_SECONDS, "", site.logs)
    assert not red(inference, "/livez")
    assert inference.wait_for_end() == 0
    assert DRAIN_SECONDS <= time.monotonic() - began < DRAIN_SECONDS + AT_ONCE_SECONDS
    assert "what is not finished is handed back" in inference.log(200)
    site.wait_for(quick)
    site.wait_for(stuck, "parsed")

    asked = site.asked_about(stuck)
    inference.start(DRAIN_SECONDS="60")
    wait_until(lambda: site.asked_about(stuck) > asked, SECONDS, "it does not come again", site.logs)
    inference.ask_to_stop()
    wait_until(lambda: red(inference, "/readyz").get("service") == "stopping", SECONDS, "", site.logs)
    inference.ask_to_stop()
    assert inference.wait_for_end(AT_ONCE_SECONDS) == TERMINATED

    site.engine.release()
    inference.start(DRAIN_SECONDS=str(DRAIN_SECONDS))
    site.wait_for(stuck)
    wait_until(lambda: measured(inference, SKIPPED), SECONDS, "what was skipped is not counted", site.logs)
    assert site.asked_about(quick) == 2  # classify and extract


def on_one_partition(name: str) -> Sequence[str]:
    """Give two ids that go to the same partition of every topic."""
    names = [f"{name}-{number}" for number in range(PARTITIONS + 1)]
    first, second = next(
        (one, other) for one in names for other in names if one < other and partition_of(one) == partition_of(other)
    )
    return first, second
