"""A server of a test's own that may be stopped, and a wire to one that may be blocked."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from services.local.child import Child
from services.local.database import LocalDatabase


class StoppableServer:
    """A database server that keeps its address when it starts again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._local = LocalDatabase(folder)
        self._child: Child | None = None

    @property
    def url(self) -> str:
        return self._local.url

    async def start(self) -> None:
        if self._child is None:
            await asyncio.to_thread(self._local.prepare)
            self._child = Child(self._local.spec, self._folder)
        await asyncio.to_thread(self._child.start_and_wait)

    async def stop(self) -> None:
        if self._child is not None:
            await asyncio.to_thread(self._child.stop)


class Wire:
    """What a client connects to instead of a server; while it is blocked, bytes wait and nobody is told."""

    def __init__(self, host: str, port: int) -> None:
        self._server_address = (host, port)
        self._tasks: set[asyncio.Task[None]] = set()
        self._open = asyncio.Event()
        self._open.set()
        self.port = 0

    def block(self) -> None:
        self._open.clear()

    def unblock(self) -> None:
        self._open.set()

    @asynccontextmanager
    async def laid(self) -> AsyncIterator["Wire"]:
        listening = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = listening.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            listening.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up, down = await asyncio.open_connection(*self._server_address)
        for source, sink in ((reader, down), (up, writer)):
            task = asyncio.create_task(self._carry(source, sink))
            self._tasks.add(task)

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):  # one end has gone: so does the other
            while data := await source.read(65536):
                await self._open.wait()
                sink.write(data)
                await sink.drain()
        sink.close()


async def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)
