"""Room in the KV cache: a request is handed to the engine when all that it may fill is free."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple


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

    @property
    def free(self) -> int:
        """Tokens that nobody has taken."""
        return self._free

    @asynccontextmanager
    async def taken(self, tokens: int, urgency: int) -> AsyncIterator[None]:
        """Wait for room by urgency, then by the order of asking, and take it.

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
        heappush(self._waiting, request)
        self._let_in()
        try:
            await request.entered
        except asyncio.CancelledError:
            if not request.entered.cancelled():  # it was let in at that moment
                self._free += request.tokens
            self._let_in()
            raise

    def _let_in(self) -> None:
        while self._waiting and (self._waiting[0].entered.cancelled() or self._waiting[0].tokens <= self._free):
            request = heappop(self._waiting)
            if not request.entered.cancelled():
                self._free -= request.tokens
                request.entered.set_result(None)
