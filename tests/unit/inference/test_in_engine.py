"""The note of which documents a dead engine held: written whole before anybody goes on."""

import asyncio
from collections.abc import Sequence

import pytest

from services.inference import in_engine
from services.inference.in_engine import InEngine
from services.storage.errors import StorageError


class SlowNotes:
    """A database that takes its time."""

    def __init__(self) -> None:
        self.written: list[Sequence[int]] = []
        self.may_write = asyncio.Event()

    async def note(self, held: Sequence[int]) -> None:
        await self.may_write.wait()
        self.written.append(held)


async def test_nobody_goes_on_before_the_note_of_all_is_written():
    notes = SlowNotes()
    held = InEngine(notes.note)
    went_on = []

    async def die(key: int) -> None:
        with held.holding(key):
            await asyncio.sleep(0)
            await held.note_death()
            went_on.append(key)

    dying = [asyncio.create_task(die(key)) for key in (3, 1, 2)]
    await asyncio.sleep(0.05)
    assert not went_on
    notes.may_write.set()
    await asyncio.gather(*dying)
    assert (notes.written, sorted(went_on)) == ([[1, 2, 3]], [1, 2, 3])


async def test_one_that_is_cancelled_does_not_take_the_note_with_it():
    notes = SlowNotes()
    held = InEngine(notes.note)
    with held.holding(1):
        dying = asyncio.create_task(held.note_death())
        await asyncio.sleep(0.01)
        dying.cancel()
        notes.may_write.set()
        await held.note_death()
    assert notes.written == [[1]]


async def test_what_the_engine_has_answered_is_not_noted():
    notes = SlowNotes()
    notes.may_write.set()
    held = InEngine(notes.note)
    with held.holding(1):
        pass
    with held.holding(2):
        await held.note_death()
    assert notes.written == [[2]]


async def test_a_database_that_is_away_does_not_keep_the_process_alive(monkeypatch: pytest.MonkeyPatch):
    async def refused(_: Sequence[int]) -> None:
        raise StorageError

    await InEngine(refused).note_death()
    monkeypatch.setattr(in_engine, "NOTE_SECONDS", 0.01)
    await InEngine(SlowNotes().note).note_death()
