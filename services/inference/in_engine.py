"""Which documents the engine holds, and the note of them when it dies."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import structlog

from services.storage.errors import StorageError

log = structlog.get_logger(__name__)

NOTE_SECONDS: Final = 5.0
"""How long a dying process tries to note which documents the engine held."""


class InEngine:
    """Documents that the engine works on.

    Parameters
    ----------
    note
        Writes down that the engine died while it held documents, given by their keys.
    """

    def __init__(self, note: Callable[[Sequence[int]], Awaitable[None]]) -> None:
        self._note = note
        self._held: set[int] = set()
        self._noting: asyncio.Task[None] | None = None

    @contextmanager
    def holding(self, document_key: int) -> Iterator[None]:
        """Count a document as held."""
        self._held.add(document_key)
        try:
            yield
        finally:
            self._held.discard(document_key)

    async def note_death(self) -> None:
        """Note which documents the engine held: asked alone after the restart, the one that kills it stands out.

        All of them wait here for the one note. Whoever went on first would end the process, and the note with it.
        """
        if self._noting is None:
            self._noting = asyncio.create_task(self._write(sorted(self._held)))
        await asyncio.shield(self._noting)

    async def _write(self, held: Sequence[int]) -> None:
        log.error("the engine died", documents=len(held))
        try:
            async with asyncio.timeout(NOTE_SECONDS):
                await self._note(held)
        except (StorageError, TimeoutError) as error:
            log.warning("which documents the engine held could not be noted", reason=repr(error))
