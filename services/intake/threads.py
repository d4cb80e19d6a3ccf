"""Threads for what may never come back: a file on a mount that is dead, say."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import TypeVar

Found = TypeVar("Found")


class Threads:
    """Runs blocking work in threads of its own: one that hangs holds up nobody else's threads, and not the end.

    Parameters
    ----------
    most
        At the same time; those that hang count.
    """

    def __init__(self, most: int) -> None:
        self._free = asyncio.Semaphore(most)

    async def run(self, work: Callable[[], Found]) -> Found:
        """Do work, and give what it gives; who stops waiting for it leaves it to itself."""
        await self._free.acquire()
        loop = asyncio.get_running_loop()
        given: asyncio.Future[Found] = loop.create_future()

        def end(found: Found | None, error: BaseException | None) -> None:
            self._free.release()
            if given.done():
                return  # nobody waits any more
            if error is None:
                given.set_result(found)  # type: ignore[arg-type]
            else:
                given.set_exception(error)

        def run() -> None:
            found, failed = None, None
            try:
                found = work()
            except BaseException as error:  # noqa: BLE001  (it is given to whoever waits)
                failed = error
            with suppress(RuntimeError):  # the loop is closed: the process ends
                loop.call_soon_threadsafe(end, found, failed)

        try:
            Thread(target=run, name="fetch", daemon=True).start()
        except RuntimeError:
            self._free.release()
            raise
        return await given
