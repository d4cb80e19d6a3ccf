"""Dead letters as lists show them: which are meant, and what they are without their bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, LargeBinary, Text, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.events import ErrorCode
from services.storage.tables import dead_letter_records
from services.storage.unnest import is_any_of

KEY_SHOWN: Final = 1024
"""Bytes of a record's key in an outline: a document id has 800 at most."""

_SIZE: Final = func.coalesce(func.octet_length(dead_letter_records.c.key), 0) + func.coalesce(
    func.octet_length(dead_letter_records.c.value), 0
)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which dead letters are meant; what is None or absent leaves all in.

    Parameters
    ----------
    keys
        Their own keys, not those of their records.
    since, until
        When they were given up: not before `since`, and before `until`.
    retried
        Whether those are meant too that were handed in again.
    """

    keys: Sequence[int] | None = None
    code: ErrorCode | None = None
    since: datetime | None = None
    until: datetime | None = None
    retried: bool = False

    @property
    def narrow(self) -> bool:
        """Whether a reason or a time leaves some out."""
        return any(item is not None for item in (self.code, self.since, self.until))


@dataclass(frozen=True, slots=True)
class Outline:
    """A dead letter without its bytes."""

    dead_letter_key: int
    topic: str
    partition: int
    offset: int
    key: bytes | None
    """Beginning of the record's key, `KEY_SHOWN` bytes at most."""
    size: int
    """Bytes of key and value."""
    header_size: int
    """Bytes of the headers, as they are stored."""
    code: str
    message: str
    attempts: int
    trace_id: str
    failed_at: datetime
    retry_of: int | None
    retries: int
    retried_at: datetime | None

    @property
    def place(self) -> str:
        """Where the record stands, for people."""
        return f"{self.topic}[{self.partition}]@{self.offset}"


async def outlines(connection: AsyncConnection, selection: Selection, limit: int) -> list[Outline]:
    """Give dead letters without their bytes, the newest first."""
    statement = select(*outline_columns()).where(*conditions(selection))
    newest = statement.order_by(dead_letter_records.c.dead_letter_key.desc()).limit(limit)
    return [Outline(*row) for row in await connection.execute(newest)]


async def count(connection: AsyncConnection, selection: Selection) -> tuple[int, int]:
    """Count the letters that are meant, and give the largest key among them (0: there is none)."""
    key = dead_letter_records.c.dead_letter_key
    statement = select(func.count(), func.coalesce(func.max(key), 0)).where(*conditions(selection))
    letters, largest = (await connection.execute(statement)).one()
    return letters, largest


def outline_columns() -> list[ColumnElement[Any]]:
    """Give what makes an `Outline`, in order."""
    table = dead_letter_records
    computed: Mapping[str, ColumnElement[Any]] = {
        "key": func.substring(table.c.key, 1, KEY_SHOWN, type_=LargeBinary),
        "size": _SIZE,
        "header_size": func.octet_length(table.c.headers.cast(Text)),
    }
    return [computed[item.name] if item.name in computed else table.c[item.name] for item in fields(Outline)]


def conditions(selection: Selection) -> list[ColumnElement[bool]]:
    """Turn a selection to conditions on the table."""
    table = dead_letter_records
    given: list[ColumnElement[bool] | None] = [
        None if selection.keys is None else is_any_of(table.c.dead_letter_key, selection.keys),
        None if selection.code is None else table.c.code == selection.code.value,
        None if selection.since is None else table.c.failed_at >= selection.since,
        None if selection.until is None else table.c.failed_at < selection.until,
        None if selection.retried else table.c.retried_at.is_(None),
    ]
    return [condition for condition in given if condition is not None]
