"""Turns at the engine: ordinary documents share it, a suspect has it alone."""

import asyncio
from bisect import insort
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import NamedTuple

from schemas.events import Priority


class TurnsOverError(Exception):
    """Nobody new enters any more: the service ends."""


class _Ticket(NamedTuple):
    """A place in the queue; less is earlier."""

    urgency: int
    is_new: bool
    number: int


class Turns:
    """Who may be in the engine.

    A document that was in the engine when it died may have killed it. It is asked alone, so that it can take nobody
    with it, and so that the next death tells whose fault it was.

    Ordinary documents come in by their priority. Of one priority those come first that were inside before: what is
    begun is finished, and finds in the prefix cache what it left there. Then by the order in which they asked, so that
    one of many requests is not overtaken for ever.

    Parameters
    ----------
    requests
        Most of them that are inside together, but for a document that has more by itself.
    """

    def __init__(self, requests: int) -> None:
        self._changed = asyncio.Condition()
        self._requests = requests
        self._inside = 0
        self._waiting: list[_Ticket] = []
        self._numbers = count()
        self._alone = False
        self._suspects = 0
        self._over = False

    @asynccontextmanager
    async def turn(
        self, *, alone: bool, requests: int = 1, priority: Priority = Priority.NORMAL, begun: bool = False
    ) -> AsyncIterator[None]:
        """Wait for a turn; ordinary documents wait for suspects that came before them, and for room.

        Parameters
        ----------
        requests
            What the document asks side by side.
        begun
            It was inside before, and has a second question.

        Raises
        ------
        TurnsOverError
            If the turns are over before one comes; not for what was inside before.
        """
        ticket = _Ticket(priority.order, not begun, next(self._numbers))
        async with self._changed:
            await (self._enter_alone(ticket) if alone else self._enter(ticket, requests))
            self._inside += requests
        try:
            yield
        finally:
            async with self._changed:
                self._inside -= requests
                self._alone = False
                self._changed.notify_all()

    async def end(self) -> None:
        """Let in only what was inside before."""
        async with self._changed:
            self._over = True
            self._changed.notify_all()

    async def _enter(self, ticket: _Ticket, requests: int) -> None:
        insort(self._waiting, ticket)
        try:
            await self._wait_for(lambda: self._waiting[0] is ticket and self._is_open(requests), ticket)
        finally:
            self._waiting.remove(ticket)
            self._changed.notify_all()  # the next one may have room too

    async def _wait_for(self, condition: Callable[[], bool], ticket: _Ticket) -> None:
        await self._changed.wait_for(lambda: condition() or (self._over and ticket.is_new))
        if self._over and ticket.is_new:
            raise TurnsOverError

    def _is_open(self, requests: int) -> bool:
        has_room = not self._inside or self._inside + requests <= self._requests
        return has_room and not self._alone and not self._suspects

    async def _enter_alone(self, ticket: _Ticket) -> None:
        self._suspects += 1
        try:
            await self._wait_for(lambda: not self._inside, ticket)
        finally:
            self._suspects -= 1
            self._changed.notify_all()  # if it gives up, nobody waits for it any more
        self._alone = True
