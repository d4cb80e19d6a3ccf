"""Waking by notifications of the database."""

import asyncio
from typing import Any

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.storage.errors import DatabaseUnreachableError
from services.storage.faults import Fault, fault_of


class Wakeups:
    """Tells when something was notified; made by `Database.listen`.

    A notification can be lost with its connection. The end of one counts as a notification, and the next wait listens
    again; one that vanishes without a word is not noticed at once, so whoever waits looks for work after a timeout too.
    """

    def __init__(self, engine: AsyncEngine, channel: str) -> None:
        self._engine = engine
        self._channel = channel
        self._notified = asyncio.Event()
        self._connection: AsyncConnection | None = None
        self._raw: asyncpg.Connection | None = None

    async def connect(self) -> None:
        """Begin to listen; what was missed before counts as one notification.

        Raises
        ------
        OSError, sqlalchemy.exc.DBAPIError
            If no connection can be had.
        """
        self._connection = await self._engine.connect()
        raw: asyncpg.Connection = (await self._connection.get_raw_connection()).driver_connection
        await raw.add_listener(self._channel, self._notify)
        raw.add_termination_listener(self._notify)
        self._raw = raw
        self._notified.set()

    async def wait(self, timeout_seconds: float) -> bool:
        """Wait for a notification since the last wait; False if none came in time.

        While the database is away none comes: each wait tries once to listen again, and takes its whole time.
        """
        listening = self._raw is not None and not self._raw.is_closed()
        if not listening:
            await self.close()  # not under the timeout: half closed, it would keep its place in the pool
        try:
            async with asyncio.timeout(timeout_seconds):
                if not listening:
                    await self._connect_if_there()
                await self._notified.wait()
        except TimeoutError:
            return False
        self._notified.clear()
        return True

    def wake(self) -> None:
        """Let who waits go on, as if something had been notified."""
        self._notified.set()

    async def close(self) -> None:
        """Stop listening; the connection does not go back into the pool, where it would listen on."""
        connection, self._connection, self._raw = self._connection, None, None
        if connection is not None:
            await connection.invalidate()
            await connection.close()

    async def _connect_if_there(self) -> None:
        try:
            await self.connect()
        except (OSError, DatabaseUnreachableError, DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            # The reason is said by the next transaction, or probe: here it is only a notification that does not come.
            if fault_of(error) is not Fault.AWAY:
                raise

    def _notify(self, *_: Any) -> None:  # noqa: ANN401  (asyncpg hands in connection, process, channel, payload)
        self.wake()
