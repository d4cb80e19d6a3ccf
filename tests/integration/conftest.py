"""A migrated database for every integration test that asks for one, a copy of one that is migrated once; a house."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from integration.house import House
from scripted import ScriptedEngine

from schemas.document_types import DocumentTypes, load_document_types
from schemas.topics import Topics
from services.delivery.connection import KafkaConnection
from services.delivery.publication import Publication
from services.storage.database import Database
from services.storage.migration import upgrade


@asynccontextmanager
async def _server(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def shipped_types() -> DocumentTypes:
    return load_document_types()


@pytest.fixture(scope="session")
def template(postgres_url: str, shipped_types: DocumentTypes) -> str:
    """Name of a database that is migrated, with the views of the types that ship."""
    name = f"template_{uuid4().hex}"

    async def make() -> None:
        async with _server(postgres_url) as server:
            await server.execute(f"CREATE DATABASE {name}")
        await upgrade(f"{postgres_url.rpartition('/')[0]}/{name}", shipped_types)

    asyncio.run(make())
    return name


@pytest.fixture
async def migrated_url(postgres_url: str, template: str) -> AsyncIterator[str]:
    """URL of a migrated database of the test's own."""
    name = f"test_{uuid4().hex}"
    async with _server(postgres_url) as server:
        await server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield f"{postgres_url.rpartition('/')[0]}/{name}"
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    """Open the database of `migrated_url`."""
    async with Database.open(migrated_url, "postkorb-tests") as opened:
        yield opened


@pytest.fixture
async def house(
    kafka: str, topics: Topics, database: Database, shipped_types: DocumentTypes, tmp_path: Path
) -> AsyncIterator[House]:
    """Give the three services in this process; `running` runs them."""
    connection = KafkaConnection(kafka)
    async with Publication(connection, "test") as publication:
        engine = ScriptedEngine(seconds=0.01)
        yield House(connection, topics, database, shipped_types, engine, publication, tmp_path)
