"""Sessions of the tests' own at PostgreSQL, for transactions that stay open and get in the services' way."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
from faults.place import Place
from faults.waiting import wait_until

BLOCKED = """
SELECT pid, application_name FROM pg_stat_activity
WHERE $1 = ANY (pg_blocking_pids(pid)) AND application_name LIKE 'postkorb-%'
"""


class Session:
    """An open session, past the proxy; made by `session`."""

    def __init__(self, place: Place, connection: Any) -> None:
        self._place = place
        self._connection = connection
        self._pid: int = connection.get_server_pid()

    def query(self, statement: str, *values: object) -> list[asyncpg.Record]:
        """Do one statement; outside BEGIN and COMMIT it is a transaction of its own."""
        return list(self._place.background.run(self._connection.fetch(statement, *values)))

    def blocked(self, by: "Session") -> dict[str, int]:
        """Give the services that wait for a lock of another session, each with a process of the server's that does."""
        rows = self.query(BLOCKED, by._pid)
        return {row["application_name"].removeprefix("postkorb-"): row["pid"] for row in rows}

    def wait_until_blocked(self, *services: str, by: "Session") -> None:
        """Wait until services wait for another session: they are in mid-transaction then."""
        wait_until(
            lambda: self.blocked(by).keys() >= set(services),
            30,
            f"{services} are not blocked, only {self.blocked(by)}",
            self._place.logs,
        )


@contextmanager
def session(place: Place) -> Iterator[Session]:
    """Open a session; whatever it holds ends with it."""
    connection: Any = place.background.run(asyncpg.connect(place.postgres.direct))
    try:
        yield Session(place, connection)
    finally:
        place.background.run(connection.close())
