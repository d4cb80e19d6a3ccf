"""What each error of the database means; as asyncpg raises it, and as SQLAlchemy wraps it."""

import asyncpg
import pytest
from asyncpg.exceptions import PostgresError
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import DBAPIError

from services.storage.errors import DatabaseUnreachableError
from services.storage.faults import Fault, fault_of, reason_of, sqlstate

DBAPI = AsyncAdapt_asyncpg_dbapi(asyncpg)


def wrapped(error: Exception, *, lost: bool = False) -> DBAPIError:
    """Wrap as SQLAlchemy does: DB-API's form, raised from asyncpg's, in its own."""
    middle = DBAPI.InterfaceError if isinstance(error, asyncpg.InterfaceError) else DBAPI.Error
    orig = middle(str(error), error)
    orig.__cause__ = error
    return DBAPIError("SELECT 1", {}, orig, connection_invalidated=lost)


def of_code(code: str) -> PostgresError:
    return PostgresError.new({"S": "ERROR", "V": "ERROR", "C": code, "M": "a message"})


TABLE = [
    ("40001", Fault.CONFLICT),
    ("40P01", Fault.CONFLICT),
    ("08000", Fault.AWAY),
    ("08003", Fault.AWAY),
    ("08006", Fault.AWAY),
    ("08P01", Fault.AWAY),
    ("25006", Fault.AWAY),
    ("53000", Fault.AWAY),
    ("53100", Fault.AWAY),
    ("53200", Fault.AWAY),
    ("53300", Fault.AWAY),
    ("57P01", Fault.AWAY),
    ("57P02", Fault.AWAY),
    ("57P03", Fault.AWAY),
    ("58000", Fault.AWAY),
    ("58030", Fault.AWAY),
    ("58P01", Fault.AWAY),
    ("22021", Fault.REFUSED),
    ("22P05", Fault.REFUSED),
    ("23503", Fault.REFUSED),
    ("23505", Fault.REFUSED),
    ("54000", Fault.REFUSED),
    ("25001", Fault.BUG),
    ("28P01", Fault.BUG),
    ("3D000", Fault.BUG),
    ("40002", Fault.BUG),
    ("42501", Fault.BUG),
    ("42P01", Fault.BUG),
    ("57014", Fault.BUG),
    ("57P04", Fault.BUG),
    ("XX000", Fault.BUG),
]


@pytest.mark.parametrize(("code", "fault"), TABLE)
def test_the_sqlstate_says_what_an_error_means(code, fault):
    error = of_code(code)
    assert sqlstate(error) == sqlstate(wrapped(error)) == code
    assert (fault_of(error), fault_of(wrapped(error))) == (fault, fault)


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InterfaceError("cannot call Connection.execute(): the underlying connection is closed"),
        asyncpg.InterfaceError("cannot perform operation: connection is closed"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        asyncpg.TargetServerAttributeNotMatched("None of the hosts match the target attribute requirement"),
    ],
)
def test_asyncpgs_words_for_a_lost_connection_are_known(error):
    assert (fault_of(error), fault_of(wrapped(error))) == (Fault.AWAY, Fault.AWAY)


@pytest.mark.parametrize("error", [ConnectionRefusedError(111, "refused"), TimeoutError(), OSError(113, "no route")])
def test_an_error_of_the_operating_system_is_one_of_the_connection(error):
    assert fault_of(error) is Fault.AWAY


def test_whatever_ended_the_connection_means_away():
    assert fault_of(wrapped(of_code("XX000"), lost=True)) is Fault.AWAY
    assert fault_of(DatabaseUnreachableError("gone")) is Fault.AWAY


def test_misuse_of_asyncpg_is_a_bug():
    error = asyncpg.InterfaceError("cannot perform operation: another operation is in progress")
    assert (fault_of(error), fault_of(wrapped(error))) == (Fault.BUG, Fault.BUG)


def test_what_asyncpg_cannot_encode_is_refused():
    assert fault_of(wrapped(asyncpg.DataError("invalid input for query argument $1"))) is Fault.REFUSED


def test_other_errors_are_bugs():
    assert fault_of(ValueError("connection is closed")) is Fault.BUG


def test_the_reason_is_one_line_with_the_sqlstate_and_without_details():
    error = PostgresError.new(
        {"S": "ERROR", "V": "ERROR", "C": "53100", "M": "could not\nextend", "D": "a secret", "H": "b"}
    )
    assert reason_of(wrapped(error)) == "could not extend (SQLSTATE 53100)"


def test_a_timeout_without_words_has_a_reason_too():
    assert reason_of(TimeoutError()) == "no answer in time"
