"""The real servers that tests use: started once a session; topics and databases are each test's own."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from filelock import FileLock
from hypothesis import HealthCheck, settings

from schemas.topics import Topics
from services.local.broker import Broker
from services.local.database import LocalDatabase
from services.local.jars import fetch_broker

REPOSITORY = Path(__file__).parent.parent
ALONE = ("e2e", "engine", "faults")
"""Folders of tests that need the machine for themselves, as those marked `engine` do; two of them share it."""
PARTITIONS = 3

LENT_KAFKA = "POSTKORB_TESTS_KAFKA"
LENT_POSTGRES = "POSTKORB_TESTS_POSTGRES"
"""Servers that run already, for `make guards`, which runs pytest many times."""

# Time on a busy machine says nothing about the code: what must be fast has a test of its own.
settings.register_profile("postkorb", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("postkorb")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `make test` runs after the others, two files side by side: those of a file share what they start."""
    for item in items:
        folder = item.path.relative_to(REPOSITORY / "tests").parts[0]
        if folder in ALONE or item.get_closest_marker("engine"):
            item.add_marker(pytest.mark.alone)


@pytest.fixture(scope="session")
def broker_jars() -> Path:
    """Jars from the project's own data folder, fetched there if this is the first run."""
    folder = Path(os.environ.get("POSTKORB_DATA_DIR", REPOSITORY / ".postkorb"))
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "broker.lock"):  # of tests that run side by side one fetches
        return fetch_broker(folder, print)


@pytest.fixture(scope="session")
def server_data_dir() -> Iterator[Path]:
    """Make the servers' data folder; not below pytest's own, which it closes to PostgreSQL's account."""
    with tempfile.TemporaryDirectory(prefix="postkorb-tests-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def kafka(server_data_dir: Path, broker_jars: Path) -> Iterator[str]:
    """Address of a broker, `host:port`."""
    if lent := os.environ.get(LENT_KAFKA):
        yield lent
        return
    with Broker(server_data_dir, broker_jars) as broker:
        yield broker.bootstrap_servers


@pytest.fixture(scope="session")
def postgres_url(server_data_dir: Path) -> Iterator[str]:
    """URL of a database server, as its superuser."""
    if lent := os.environ.get(LENT_POSTGRES):
        yield lent
        return
    with LocalDatabase(server_data_dir) as database:
        yield database.url


@pytest.fixture
async def topics(kafka: str) -> AsyncIterator[Topics]:
    """Make the five topics, with a prefix and three partitions of the test's own."""
    topics = Topics(f"test-{uuid4().hex[:12]}.")
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, PARTITIONS, 1) for name in topics.all])
        yield topics
        await admin.delete_topics(list(topics.all))
    finally:
        await admin.close()


@pytest.fixture
async def database_url(postgres_url: str) -> AsyncIterator[str]:
    """URL of an empty database of the test's own."""
    server, _, _ = postgres_url.rpartition("/")
    name = f"test_{uuid4().hex}"
    connection = await asyncpg.connect(postgres_url.replace("+asyncpg", ""))
    try:
        await connection.execute(f"CREATE DATABASE {name}")
        yield f"{server}/{name}"
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()
