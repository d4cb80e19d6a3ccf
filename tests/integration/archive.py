"""A web server that a document is fetched from."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus


class Archive:
    """Has one document; answers with status 503 as often as `failures` says, and never before `released` is set."""

    def __init__(self, content: str) -> None:
        self.content = content
        self.failures = 0
        self.asked = 0
        self.released = asyncio.Event()
        self.released.set()
        self.url = ""

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Archive"]:
        async with await asyncio.start_server(self._answer, "127.0.0.1", 0) as server:
            self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
            yield self

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        status = HTTPStatus.SERVICE_UNAVAILABLE if self.asked <= self.failures else HTTPStatus.OK
        await self.released.wait()
        writer.write(f"HTTP/1.1 {status} {status.phrase}\r\nConnection: close\r\n\r\n{self.content}".encode())
        writer.close()
        await writer.wait_closed()
