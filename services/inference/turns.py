"""Turns at the engine: ordinary documents share it, a suspect has it alone."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """Who may be in the engine.

    A document that was in the engine when it died may have killed it. It is asked alone, so that it can take nobody
    with it, and so that the next death tells whose fault it was.

    Ordinary documents come in by the order in which they asked, so that one of many requests is not overtaken for ever.

    Parameters
    ----------
    requests
        Most of them that are inside together, but for a document that has more by itself.
    """

    def __init__(self, requests: int) -> None:
        self._changed = asyncio.Condition()
        self._requests = requests
        self._inside = 0
        self._waiting: deque[object] = deque()
        self._alone = False
        self._suspects = 0

    @asynccontextmanager
    async def turn(self, *, alone: bool, requests: int = 1) -> AsyncIterator[None]:
        """Wait for a turn; ordinary documents wait for suspects that came before them, and for room.

        Parameters
        ----------
        requests
            What the document asks side by side.
        """
        async with self._changed:
            await (self._enter_alone() if alone else self._enter(requests))
            self._inside += requests
        try:
            yield
        finally:
            async with self._changed:
                self._inside -= requests
                self._alone = False
                self._changed.notify_all()

    async def _enter(self, requests: int) -> None:
        ticket = object()
        self._waiting.append(ticket)
        try:
            await self._changed.wait_for(lambda: self._waiting[0] is ticket and self._is_open(requests))
        finally:
            self._waiting.remove(ticket)
            self._changed.notify_all()  # the next one may have room too

    def _is_open(self, requests: int) -> bool:
        has_room = not self._inside or self._inside + requests <= self._requests
        return has_room and not self._alone and not self._suspects

    async def _enter_alone(self) -> None:
        self._suspects += 1
        try:
            await self._changed.wait_for(lambda: not self._inside)
        finally:
            self._suspects -= 1
            self._changed.notify_all()  # if it gives up, nobody waits for it any more
        self._alone = True
