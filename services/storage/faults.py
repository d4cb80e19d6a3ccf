"""What an error of the database means for whoever was talking to it."""

import re
from enum import Enum
from typing import Final

import asyncpg
from sqlalchemy.exc import DBAPIError

from services.storage.errors import DatabaseUnreachableError


class Fault(Enum):
    """What to do about an error."""

    CONFLICT = "the transaction lost against another one: try it again, a few times"
    AWAY = "the database cannot work just now, whoever asks: wait until it can"
    REFUSED = "the database does not take a value: no other try cures it"
    BUG = "nothing of these: somebody must look at it"


READ_ONLY: Final = "25006"
"""A transaction that may only read: the server is a standby, or became one in a failover."""

_BY_SQLSTATE: Final = {
    "40001": Fault.CONFLICT,  # serialization_failure
    "40P01": Fault.CONFLICT,  # deadlock_detected
    READ_ONLY: Fault.AWAY,
    "57P01": Fault.AWAY,  # admin_shutdown; also of one session, by pg_terminate_backend
    "57P02": Fault.AWAY,  # crash_shutdown
    "57P03": Fault.AWAY,  # cannot_connect_now: starts, stops or recovers
}
_BY_CLASS: Final = {
    "08": Fault.AWAY,  # connection exception
    "53": Fault.AWAY,  # insufficient resources: disk full, out of memory, too many connections
    "58": Fault.AWAY,  # system error outside PostgreSQL, such as an I/O error
    "22": Fault.REFUSED,  # data exception
    "23": Fault.REFUSED,  # integrity constraint violation
    "54": Fault.REFUSED,  # program limit exceeded
}
"""PostgreSQL 18, appendix A, "PostgreSQL Error Codes"."""

_CLOSED: Final = re.compile(r"connection (is|was) closed")
"""asyncpg's words for a connection that ended; its `InterfaceError` has no SQLSTATE."""


def fault_of(error: BaseException) -> Fault:
    """Tell what an error means that came out of talking to the database.

    Parameters
    ----------
    error
        From asyncpg, or wrapped by SQLAlchemy; an `OSError` (timeouts are some) is taken as one of the connection.
    """
    if isinstance(error, OSError | DatabaseUnreachableError):
        return Fault.AWAY
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return Fault.AWAY
    if code := sqlstate(error):
        return _BY_SQLSTATE.get(code) or _BY_CLASS.get(code[:2], Fault.BUG)
    return _without_sqlstate(driver_error(error))


def sqlstate(error: BaseException) -> str | None:
    """Give PostgreSQL's five-letter code of an error, if it has one."""
    code = getattr(driver_error(error), "sqlstate", None)
    return code if isinstance(code, str) else None


def driver_error(error: BaseException) -> BaseException:
    """Give asyncpg's own error: SQLAlchemy wraps it twice, in DB-API's form and in its own."""
    if not isinstance(error, DBAPIError) or error.orig is None:
        return error
    return error.orig.__cause__ or error.orig


def reason_of(error: BaseException) -> str:
    """Say in one line why the database is away; only for such errors, others may quote values."""
    raw = driver_error(error)
    words = " ".join(str(raw.args[0] if isinstance(raw, asyncpg.PostgresError) else raw).split())
    if isinstance(raw, TimeoutError) and not words:
        words = "no answer in time"
    code = sqlstate(error)
    return f"{words or type(raw).__name__} (SQLSTATE {code})" if code else words or type(raw).__name__


def _without_sqlstate(error: BaseException) -> Fault:
    if isinstance(error, OSError | asyncpg.TargetServerAttributeNotMatched):  # the URL asks for a primary: a failover
        return Fault.AWAY
    if isinstance(error, asyncpg.DataError):  # asyncpg itself cannot encode it
        return Fault.REFUSED
    if isinstance(error, asyncpg.InterfaceError) and _CLOSED.search(str(error)):
        return Fault.AWAY
    return Fault.BUG
