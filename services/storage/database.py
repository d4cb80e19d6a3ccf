"""The connection to PostgreSQL: transactions, retries of conflicts, and waiting while the database is away."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final, Self, TypeVar, cast

import structlog
from sqlalchemy import URL, QueuePool, event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from tenacity import (
    AsyncRetrying,
    retry_if_exception,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from schemas.document_types import DocumentTypes
from services.storage.address import read_address
from services.storage.errors import DatabaseUnreachableError, DataRefusedError
from services.storage.faults import READ_ONLY, Fault, fault_of, reason_of, sqlstate
from services.storage.keepalive import SERVER_SETTINGS, KeptAlive
from services.storage.outage import Away, Outage
from services.storage.schema_check import check_schema
from services.storage.wakeups import Wakeups

log = structlog.get_logger(__name__)

Connection = AsyncConnection
"""What every query takes; the caller owns its transaction."""

Result = TypeVar("Result")

CLOSE_SECONDS: Final = 3
CONNECT_SECONDS: Final = 10
PROBE_SECONDS: Final = 3
STATEMENT_SECONDS: Final = 60
"""How long a patient statement may take. It ends waiting for a server that hangs while its kernel still answers, which
TCP cannot see. Generous: ours are short, but one may wait for a slow disk, or for the locks of a transaction that ends
only after `keepalive.SILENT_SECONDS`, because its client vanished."""

_SESSION: Final = {"search_path": "public"}
"""All names are qualified; a login called `postkorb` must not make our schema its default one."""
_OVERFLOW: Final = 1
"""The connection of `listen`, beside the pool."""
CONFLICT_TRIES: Final = 6
_FIRST_WAIT_SECONDS: Final = 0.1
_MOST_WAIT_SECONDS: Final = 5.0


class Database:
    """An open database; made by `Database.open`."""

    def __init__(self, engine: AsyncEngine, *, patient: bool) -> None:
        self._engine = engine
        self._patient = patient
        self._outage = Outage()

    def __repr__(self) -> str:
        return f"Database({self._engine.url!r})"

    @property
    def away(self) -> Away | None:
        """Since when and why the database cannot work; None if it could, last time. Any thread may ask."""
        return self._outage.away

    @classmethod
    @asynccontextmanager
    async def open(
        cls, url: str, application_name: str, pool_size: int = 5, *, patient: bool = False
    ) -> AsyncIterator[Self]:
        """Open the database, once it has answered, and close it in the end.

        Parameters
        ----------
        url
            As in `address.read_address`.
        application_name
            Shown in `pg_stat_activity`.
        pool_size
            Connections held at most; `listen` takes one of its own.
        patient
            Whether `in_transaction` waits while the database is away: for services, which have a model loaded and
            documents in flight. Opening does not wait. A statement may then take `STATEMENT_SECONDS`.

        Raises
        ------
        DatabaseAddressError, DatabaseUnreachableError
            One line each: what is wrong and what to look at.
        """
        address = read_address(url)
        engine = create_async_engine(
            address,
            pool_size=pool_size,
            max_overflow=_OVERFLOW,
            # Three round trips a transaction; who waits for the database does its work again anyway.
            pool_pre_ping=not patient,
            hide_parameters=True,
            connect_args={
                "timeout": CONNECT_SECONDS,
                "command_timeout": STATEMENT_SECONDS if patient else None,
                "connection_class": KeptAlive,
                "server_settings": _SESSION | SERVER_SETTINGS | {"application_name": application_name},
            },
            # Who waits for a place in the pool waits for those who wait for the database.
            **({"pool_timeout": None} if patient else {}),
        )
        event.listen(engine.sync_engine, "handle_error", _give_connection_up)
        try:
            await _reach(engine, address)
            yield cls(engine, patient=patient)
        finally:
            await _close(engine)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Open a transaction: committed at the end of the block, rolled back if it raises.

        Raises
        ------
        DatabaseUnreachableError
            If the server cannot be reached.
        """
        async with AsyncExitStack() as stack:
            try:
                connection = await stack.enter_async_context(self._engine.begin())
            except OSError as error:
                raise _unreachable(error) from error
            yield connection

    async def in_transaction(self, work: Callable[[Connection], Awaitable[Result]]) -> Result:
        """Do `work` in a transaction; after a deadlock or serialisation failure, all of it again.

        A patient database does it again, too, while the server is away, for ever: to cancel it is what ends it.

        `work` must be idempotent. A connection that dies in the COMMIT leaves open whether the transaction was
        committed, so `work` may be done again although it was: our work is keyed (`ON CONFLICT`, leases), not counted.

        Raises
        ------
        DataRefusedError
            If the database does not take a value.
        DatabaseUnreachableError
            If the database is away, and not patient; whether the transaction was committed is not known.
        sqlalchemy.exc.DBAPIError
            Whatever else the database says, and the conflict itself after `CONFLICT_TRIES` tries.
        """
        try:
            return await self._attempt(work)
        except DatabaseUnreachableError:
            if not self._patient:
                raise
        tries = AsyncRetrying(
            wait=wait_random_exponential(multiplier=_FIRST_WAIT_SECONDS, max=_MOST_WAIT_SECONDS),
            retry=retry_if_exception_type(DatabaseUnreachableError),
        )
        with self._outage.waiting():
            return await tries(self._attempt, work)

    async def probe(self) -> None:
        """Look whether the database can work, and note it in `away`; for when nothing else asks it.

        It takes `PROBE_SECONDS` at most, and 2 s more to give a hanging connection up; it never raises. While all
        connections are in use it does nothing: those who use them notice. While a transaction waits, only that one can
        tell that the database is back: a full disk, say, does not keep a probe from reading.
        """
        pool = cast(QueuePool, self._engine.pool)
        if pool.checkedout() >= pool.size() + _OVERFLOW:
            return
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                read_only = await self._is_read_only()
        except Exception as error:  # noqa: BLE001  (whatever it is, the database cannot be worked with: it is said)
            self._outage.failed(reason_of(error))
            return
        if read_only:
            self._outage.failed("it only reads: a failover, or a standby")
        elif not self._outage.has_waiting:
            self._outage.succeeded()

    async def _is_read_only(self) -> bool:
        """Ask the server; again on a new connection, where the old one was of a server that is gone."""
        try:
            return await self._ask_read_only()
        except (DBAPIError, DatabaseUnreachableError):
            return await self._ask_read_only()

    async def _ask_read_only(self) -> bool:
        async with self.transaction() as connection:
            shown: str | None = await connection.scalar(text("SHOW transaction_read_only"))
            return shown == "on"

    async def _attempt(self, work: Callable[[Connection], Awaitable[Result]]) -> Result:
        """Do `work` in a transaction, again after conflicts; note whether the database is away."""
        tries = AsyncRetrying(
            stop=stop_after_attempt(CONFLICT_TRIES),
            wait=wait_random_exponential(multiplier=0.02, max=1),
            retry=retry_if_exception(lambda error: fault_of(error) is Fault.CONFLICT),
            reraise=True,
        )
        try:
            done: Result = await tries(self._once, work)
        except DatabaseUnreachableError as error:
            self._outage.failed(reason_of(error.__cause__ or error))
            raise
        self._outage.succeeded()
        return done

    async def _once(self, work: Callable[[Connection], Awaitable[Result]]) -> Result:
        try:
            async with self.transaction() as connection:
                return await work(connection)
        except DBAPIError as error:
            match fault_of(error):
                case Fault.AWAY:
                    raise _unreachable(error) from error
                case Fault.REFUSED:
                    message = f"the database refuses a value (SQLSTATE {sqlstate(error) or 'none: cannot be encoded'})"
                case _:
                    raise
        raise DataRefusedError(message)  # without the error: it may quote the value

    async def check_schema(self, types: DocumentTypes | None = None) -> str:
        """Make sure that the schema is ours; see `schema_check.check_schema`."""
        async with self.transaction() as connection:
            return await check_schema(connection, types)

    @asynccontextmanager
    async def listen(self, channel: str) -> AsyncIterator[Wakeups]:
        """Listen to a channel of notifications, on a connection of its own."""
        wakeups = Wakeups(self._engine, channel)
        await wakeups.connect()
        try:
            yield wakeups
        finally:
            await wakeups.close()


def _give_connection_up(context: ExceptionContext) -> DatabaseUnreachableError | None:
    """Close the connection, and all of the pool, after errors that SQLAlchemy does not take for a lost one.

    An `OSError` here is one of the connection: those of the caller's own work never come this way. A timeout is one
    too; the rollback that would follow could hang as long again. A server that became a standby in a failover stays
    one: only a new connection can find the new primary.
    """
    error = context.original_exception
    if isinstance(error, OSError):
        context.is_disconnect = True
        return _unreachable(error)
    if sqlstate(error) == READ_ONLY:
        context.is_disconnect = True
    return None


def _unreachable(error: BaseException) -> DatabaseUnreachableError:
    return DatabaseUnreachableError(f"PostgreSQL cannot work: {reason_of(error)}")


async def _close(engine: AsyncEngine) -> None:
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await engine.dispose()
    except TimeoutError:
        log.warning("the database does not answer, it learns of the end by itself")


async def _reach(engine: AsyncEngine, address: URL) -> None:
    try:
        async with engine.connect():
            return
    except (OSError, DBAPIError) as error:
        reason = reason_of(error)
    place = address.query.get("host") or f"{address.host or 'localhost'}:{address.port or 5432}"
    message = (
        f"no connection to PostgreSQL at {place}, database {address.database}: {reason}; "
        "is the server up, and is POSTKORB_DATABASE_URL right?"
    )
    raise DatabaseUnreachableError(message)
