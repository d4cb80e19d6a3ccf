"""Room in the KV cache: a request is handed to the engine when all that it may fill is free."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Final, NamedTuple

IN_ORDER: Final = 8
"""One request in so many is the one that has waited longest: its time runs, however urgent others are."""


class _Waiting(NamedTuple):
    """A request that waits; less is earlier."""

    urgency: int
    number: int
    tokens: int
    entered: "asyncio.Future[None]"


class Room:
    """Tokens of a KV cache, which requests share.

    An engine whose cache is full takes it from requests that it works on, and computes what they had anew later. One
    that never gets more than its cache holds never does. What prompts have in common is counted for each of them.

    Parameters
    ----------
    tokens
        That the cache holds.
    """

    def __init__(self, tokens: int) -> None:
        self.tokens = tokens
        self._free = tokens
        self._waiting: list[_Waiting] = []
        self._numbers = count()
        self._let = 0

    @property
    def free(self) -> int:
        """Tokens that nobody has taken."""
        return self._free

    @asynccontextmanager
    async def taken(self, tokens: int, urgency: int) -> AsyncIterator[None]:
        """Wait for room by urgency, then by the order of asking (one in `IN_ORDER` by this alone), and take it.

        Parameters
        ----------
        tokens
            Of the prompt and its longest answer; more than the cache holds take all of it.
        urgency
            Less is earlier.
        """
        tokens = min(tokens, self.tokens)
        await self._enter(_Waiting(urgency, next(self._numbers), tokens, asyncio.get_running_loop().create_future()))
        try:
            yield
        finally:
            self._free += tokens
            self._let_in()

    async def _enter(self, request: _Waiting) -> None:
        self._waiting.append(request)
        self._let_in()
        try:
            await request.entered
        except asyncio.CancelledError:
            if request in self._waiting:
                self._waiting.remove(request)
            else:  # it was let in at that moment
                self._free += request.tokens
            self._let_in()
            raise

    def _let_in(self) -> None:
        while (request := self._next()) is not None and request.tokens <= self._free:
            self._waiting.remove(request)
            self._let += 1
            self._free -= request.tokens
            request.entered.set_result(None)

    def _next(self) -> _Waiting | None:
        by_age = (self._let + 1) % IN_ORDER == 0
        waiting = (request for request in self._waiting if not request.entered.cancelled())
        return min(waiting, key=lambda request: (0 if by_age else request.urgency, request.number), default=None)
