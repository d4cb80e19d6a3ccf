"""Turns at the engine: ordinary documents share it, a suspect has it alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """Who may be in the engine.

    A document that was in the engine when it died may have killed it. It is asked alone, so that it can take nobody
    with it, and so that the next death tells whose fault it was.
    """

    def __init__(self) -> None:
        self._changed = asyncio.Condition()
        self._inside = 0
        self._alone = False
        self._suspects = 0

    @asynccontextmanager
    async def turn(self, *, alone: bool) -> AsyncIterator[None]:
        """Wait for a turn; ordinary documents wait for suspects that came before them."""
        async with self._changed:
            await (self._enter_alone() if alone else self._enter())
        try:
            yield
        finally:
            async with self._changed:
                self._inside -= 1
                self._alone = False
                self._changed.notify_all()

    async def _enter(self) -> None:
        await self._changed.wait_for(lambda: not self._alone and not self._suspects)
        self._inside += 1

    async def _enter_alone(self) -> None:
        self._suspects += 1
        try:
            await self._changed.wait_for(lambda: not self._inside)
        finally:
            self._suspects -= 1
            self._changed.notify_all()  # if it gives up, nobody waits for it any more
        self._inside += 1
        self._alone = True
