"""How both ends of a connection notice that the other one vanished without a word.

A host that loses power or a network that is cut sends no FIN and no RST; TCP alone then waits for many minutes.
"""

import socket
from typing import Any, Final

import asyncpg

SILENT_SECONDS: Final = 30
"""How long the other end may be silent before the connection is given up."""

IDLE_SECONDS: Final = 10
INTERVAL_SECONDS: Final = 5
PROBES: Final = (SILENT_SECONDS - IDLE_SECONDS) // INTERVAL_SECONDS

IDLE_TRANSACTION_SECONDS: Final = 300
"""After this the server ends a session that does nothing in an open transaction, and its row locks with it: the client
hangs, or a proxy in between keeps the connection of a dead one alive."""

SERVER_SETTINGS: Final = {
    "tcp_keepalives_idle": f"{IDLE_SECONDS}s",
    "tcp_keepalives_interval": f"{INTERVAL_SECONDS}s",
    "tcp_keepalives_count": str(PROBES),
    "tcp_user_timeout": f"{SILENT_SECONDS}s",
    "idle_in_transaction_session_timeout": f"{IDLE_TRANSACTION_SECONDS}s",
}
"""For the server's end of a session; any role may set them."""

_OPTIONS: Final = {
    "TCP_KEEPIDLE": IDLE_SECONDS,
    "TCP_KEEPINTVL": INTERVAL_SECONDS,
    "TCP_KEEPCNT": PROBES,
    "TCP_USER_TIMEOUT": SILENT_SECONDS * 1000,  # milliseconds; Linux only
}


class KeptAlive(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """asyncpg's connection, with the same for our end: asyncpg has no setting for it, but takes a class."""

    def __init__(self, protocol: Any, transport: Any, *rest: Any) -> None:  # noqa: ANN401  (asyncpg has no types)
        super().__init__(protocol, transport, *rest)
        keep_alive(transport.get_extra_info("socket"))


def keep_alive(connected: socket.socket) -> None:
    """Have the kernel give a connection up after `SILENT_SECONDS` of silence; nothing to do for a unix socket."""
    if connected.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _OPTIONS.items():
        if (option := getattr(socket, name, None)) is not None:
            connected.setsockopt(socket.IPPROTO_TCP, option, value)
