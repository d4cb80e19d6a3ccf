"""Whose the engine's time is: each second in which it has something to do is divided among its requests.

Why it is done this way, and how well: docs/decisions/0032-engine-time-is-divided-by-tokens.md.
"""

import time
from collections.abc import Callable
from typing import Final

from services.inference.engines.port import Generation

DECODING: Final = 2.5
"""A generated token is as much work as so many of a prompt: about 80 a second against 200, see decision 32."""


def work_of(generation: Generation) -> float:
    """Give what an engine computed for an answer, in tokens of a prompt; what came from the prefix cache is no work."""
    return generation.prompt_tokens - generation.cached_tokens + DECODING * generation.completion_tokens


class EngineTime:
    """The busy time of one engine, divided among its requests by the work that they are.

    A request that ends is given its part of the time that nobody was given yet: its work, by its work and what has been
    done of those that are still in the engine. Of these only their length is known, and half of each is taken for done.
    So the parts add up to the time in which there was any request; when the engine gets idle, nothing is left over.

    Parameters
    ----------
    clock
        Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since = clock()
        self._undivided = 0.0
        self._in_engine: dict[str, int] = {}
        self._work = 0.0
        self._length = 0

    def begin(self, request_id: str, length: int) -> None:
        """Note that a request goes into the engine.

        Parameters
        ----------
        length
            Of what it asks about, in characters; at least 1.
        """
        self._pass()
        self._in_engine[request_id] = length

    def end(self, request_id: str, work: float | None) -> float:
        """Note that a request has left the engine, and give its part of the time, in seconds.

        Parameters
        ----------
        work
            See `work_of`; None if it failed: then it is taken for an ordinary one of its length.
        """
        self._pass()
        length = self._in_engine.pop(request_id)
        if work is None:
            work = length * self._work_per_character
        else:
            self._work += work
            self._length += length
        begun = sum(self._in_engine.values()) * self._work_per_character / 2
        seconds = self._undivided * work / (work + begun) if begun else self._undivided
        self._undivided -= seconds
        return seconds

    @property
    def _work_per_character(self) -> float:
        return self._work / self._length if self._work else 1.0

    def _pass(self) -> None:
        now = self._clock()
        if self._in_engine:
            self._undivided += now - self._since
        self._since = now
