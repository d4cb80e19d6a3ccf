"""A TCP proxy before a server, for everything that can happen to a network.

`cut` refuses new connections and resets those that are open; `stall` accepts and passes nothing on; `delay` passes
everything on later; `restore` ends all three. Clients keep their address when the server comes back on another port:
set `target`.
"""

import asyncio
import socket
import struct
import time
from contextlib import suppress
from typing import Final

from faults.background import Background

CHUNK_BYTES: Final = 64 * 1024
CHUNKS_UNDERWAY: Final = 64
"""Then the sender has to wait, as with a full window."""

NO_LINGER: Final = struct.pack("ii", 1, 0)
"""A socket closed with this option resets its connection."""


class Proxy:
    """Passes connections on to `target`, a port of this machine; listens on a `port` of its own from the start."""

    def __init__(self, background: Background, target: int = 0) -> None:
        self.target = target
        self._background = background
        self._seconds = 0.0
        self._connections: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        # Bound and never listening: the port stays ours, and connections to it are refused, while `cut`.
        self._reservation = _bound(0)
        self.port: int = self._reservation.getsockname()[1]
        background.run(self._prepare())

    async def _prepare(self) -> None:
        self._passing = asyncio.Event()
        self._passing.set()
        await self._listen()

    def cut(self) -> None:
        """Refuse new connections, and reset those that are open."""
        self._background.run(self._cut())

    def reset(self) -> None:
        """Reset the connections that are open; new ones are taken."""
        self._background.run(self._reset())

    def stall(self) -> None:
        """Accept everything and pass nothing on."""
        self._background.loop.call_soon_threadsafe(self._passing.clear)

    def delay(self, seconds: float) -> None:
        """Pass everything on so much later, in each direction."""
        self._seconds = seconds

    def restore(self) -> None:
        """Be a good connection again."""
        self._seconds = 0.0
        self._background.loop.call_soon_threadsafe(self._passing.set)
        self._background.run(self._listen())

    def close(self) -> None:
        """Close everything."""
        self.cut()
        self._reservation.close()

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, sock=_bound(self.port))

    async def _cut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        await self._reset()

    async def _reset(self) -> None:
        for connection in list(self._connections):
            connection.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
            connection.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer)
        try:
            reader_there, writer_there = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:  # the server is away: the client sees its connection end
            self._connections.discard(writer)
            writer.transport.abort()
            return
        self._connections.add(writer_there)
        await asyncio.gather(self._pass(reader, writer_there), self._pass(reader_there, writer))
        self._connections -= {writer, writer_there}

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        underway: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(CHUNKS_UNDERWAY)
        await asyncio.gather(self._read(reader, underway), self._write(underway, writer))

    async def _read(self, reader: asyncio.StreamReader, underway: asyncio.Queue[tuple[float, bytes]]) -> None:
        chunk = b"-"
        while chunk:
            try:
                chunk = await reader.read(CHUNK_BYTES)
            except OSError:  # reset: the other side shall see an end
                chunk = b""
            await underway.put((time.monotonic() + self._seconds, chunk))

    async def _write(self, underway: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        while True:
            due, chunk = await underway.get()
            if (left := due - time.monotonic()) > 0:
                await asyncio.sleep(left)
            await self._passing.wait()
            if not chunk:
                writer.close()
                return
            with suppress(ConnectionError):  # closed meanwhile: what is read from the other side ends too
                writer.write(chunk)
                await writer.drain()


def _bound(port: int) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    return bound
