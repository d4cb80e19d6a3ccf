"""The connection to PostgreSQL: transactions, retries of conflicts, and waking by notifications."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, Self, TypeVar

import asyncpg
from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from schemas.document_types import DocumentTypes
from services.storage.address import read_address
from services.storage.errors import DatabaseUnreachableError, DataRefusedError
from services.storage.schema_check import check_schema

Connection = AsyncConnection
"""What every query takes; the caller owns its transaction."""

Result = TypeVar("Result")

CONNECT_SECONDS: Final = 10
_SESSION: Final = {"search_path": "public"}
"""All names are qualified; a login called `postkorb` must not make our schema its default one."""
CONFLICTS: Final = frozenset({"40001", "40P01"})
"""Serialisation failure and deadlock: PostgreSQL asks to try the whole transaction again."""
CONFLICT_TRIES: Final = 6
REFUSED: Final = frozenset({"22", "23", "54"})
"""Classes of SQLSTATE that no other try cures: data exception, integrity violation, program limit exceeded."""


class Database:
    """An open database; made by `Database.open`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def __repr__(self) -> str:
        return f"Database({self._engine.url!r})"

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, application_name: str, pool_size: int = 5) -> AsyncIterator[Self]:
        """Open the database, once it has answered, and close it in the end.

        Parameters
        ----------
        url
            As in `address.read_address`.
        application_name
            Shown in `pg_stat_activity`.
        pool_size
            Connections held at most; `listen` takes one of its own.

        Raises
        ------
        DatabaseAddressError, DatabaseUnreachableError
            One line each: what is wrong and what to look at.
        """
        address = read_address(url)
        engine = create_async_engine(
            address,
            pool_size=pool_size,
            max_overflow=1,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={
                "timeout": CONNECT_SECONDS,
                "server_settings": _SESSION | {"application_name": application_name},
            },
        )
        try:
            await _reach(engine, address)
            yield cls(engine)
        finally:
            await engine.dispose()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Open a transaction: committed at the end of the block, rolled back if it raises."""
        async with self._engine.begin() as connection:
            yield connection

    async def in_transaction(self, work: Callable[[Connection], Awaitable[Result]]) -> Result:
        """Do `work` in a transaction; after a deadlock or serialisation failure, all of it again.

        Raises
        ------
        DataRefusedError
            If the database does not take a value.
        DatabaseUnreachableError
            If the connection is lost; whether the transaction was committed is not known.
        sqlalchemy.exc.DBAPIError
            Whatever else the database says, and the conflict itself after `CONFLICT_TRIES` tries.
        """
        tries = AsyncRetrying(
            stop=stop_after_attempt(CONFLICT_TRIES),
            wait=wait_random_exponential(multiplier=0.02, max=1),
            retry=retry_if_exception(is_conflict),
            reraise=True,
        )
        return await tries(self._once, work)

    async def _once(self, work: Callable[[Connection], Awaitable[Result]]) -> Result:
        try:
            async with self.transaction() as connection:
                return await work(connection)
        except OSError as error:
            message = f"the connection to PostgreSQL was lost: {error}"
            raise DatabaseUnreachableError(message) from error
        except DBAPIError as error:
            if error.connection_invalidated:
                message = "the connection to PostgreSQL was lost"
                raise DatabaseUnreachableError(message) from error
            if (sqlstate(error) or "")[:2] not in REFUSED:
                raise
            message = f"the database refuses a value (SQLSTATE {sqlstate(error)})"
        raise DataRefusedError(message)  # without the error: it may quote the value

    async def check_schema(self, types: DocumentTypes | None = None) -> str:
        """Make sure that the schema is ours; see `schema_check.check_schema`."""
        async with self.transaction() as connection:
            return await check_schema(connection, types)

    @asynccontextmanager
    async def listen(self, channel: str) -> AsyncIterator["Wakeups"]:
        """Listen to a channel of notifications, on a connection of its own."""
        wakeups = Wakeups(self._engine, channel)
        await wakeups.connect()
        try:
            yield wakeups
        finally:
            await wakeups.close()


class Wakeups:
    """Tells when something was notified; made by `Database.listen`.

    A notification can be lost with its connection, so whoever waits looks for work after a timeout too.
    """

    def __init__(self, engine: AsyncEngine, channel: str) -> None:
        self._engine = engine
        self._channel = channel
        self._notified = asyncio.Event()
        self._connection: AsyncConnection | None = None
        self._raw: asyncpg.Connection | None = None

    async def connect(self) -> None:
        """Begin to listen; what was missed before counts as one notification."""
        self._connection = await self._engine.connect()
        raw: asyncpg.Connection = (await self._connection.get_raw_connection()).driver_connection
        await raw.add_listener(self._channel, self._notify)
        self._raw = raw
        self._notified.set()

    async def wait(self, timeout_seconds: float) -> bool:
        """Wait for a notification since the last wait; False if none came in time.

        Raises
        ------
        OSError, sqlalchemy.exc.DBAPIError
            If the connection was lost and no new one can be had.
        """
        if self._raw is None or self._raw.is_closed():
            await self.close()
            await self.connect()
        try:
            await asyncio.wait_for(self._notified.wait(), timeout_seconds)
        except TimeoutError:
            return False
        self._notified.clear()
        return True

    async def close(self) -> None:
        """Stop listening; the connection does not go back into the pool, where it would listen on."""
        if self._connection is not None:
            await self._connection.invalidate()
            await self._connection.close()
        self._connection = self._raw = None

    def _notify(self, *_: Any) -> None:  # noqa: ANN401  (asyncpg hands in connection, process, channel, payload)
        self._notified.set()


def is_conflict(error: BaseException) -> bool:
    """Tell whether the transaction only lost against another one."""
    return isinstance(error, DBAPIError) and sqlstate(error) in CONFLICTS


def sqlstate(error: DBAPIError) -> str | None:
    """Give PostgreSQL's five-letter code of an error, if it has one."""
    return getattr(error.orig, "sqlstate", None)


async def _reach(engine: AsyncEngine, address: URL) -> None:
    try:
        async with engine.connect():
            return
    except (OSError, DBAPIError) as error:
        reason = " ".join(str(error.orig if isinstance(error, DBAPIError) else error).split())
    place = address.query.get("host") or f"{address.host or 'localhost'}:{address.port or 5432}"
    message = (
        f"no connection to PostgreSQL at {place}, database {address.database}: {reason}; "
        "is the server up, and is POSTKORB_DATABASE_URL right?"
    )
    raise DatabaseUnreachableError(message)
