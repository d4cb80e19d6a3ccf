"""Answers are checked a few at a time, and of long documents one: each holds megabytes."""

import asyncio
import threading
import time
from unittest.mock import Mock

import pytest
from pending import pending_document

from services.inference.service import CHECKS, LONG_PAGES, Inference, Limits
from services.storage.records import PendingDocument

SHORT = pending_document(*["text"] * LONG_PAGES)
LONG = pending_document(*["text"] * (LONG_PAGES + 1))


@pytest.fixture
def inference() -> Inference:
    return Inference(Mock(), Mock(), Mock(), Mock(), Limits(8, 8, 60, 1), Mock(), Mock(), Mock())


class Checks:
    """Counts how many run at the same time."""

    def __init__(self) -> None:
        self.seen: list[int] = []
        self._lock = threading.Lock()
        self._running = 0

    def __call__(self) -> None:
        with self._lock:
            self._running += 1
            self.seen.append(self._running)
        time.sleep(0.02)
        with self._lock:
            self._running -= 1


@pytest.mark.parametrize(("document", "most"), [(SHORT, CHECKS), (LONG, 1)])
async def test_no_more_answers_are_checked_at_the_same_time_than_are_allowed(
    inference: Inference, document: PendingDocument, most: int
) -> None:
    check = Checks()
    await asyncio.gather(*(inference._in_turn(document, check) for _ in range(4 * CHECKS)))
    assert (len(check.seen), max(check.seen)) == (4 * CHECKS, most)


async def test_a_short_document_does_not_wait_for_long_ones(inference: Inference) -> None:
    begun, end = threading.Event(), threading.Event()

    def long() -> None:
        begun.set()
        end.wait()

    checks = [asyncio.create_task(inference._in_turn(LONG, long)) for _ in range(2 * CHECKS)]
    await asyncio.to_thread(begun.wait)
    try:
        assert await asyncio.wait_for(inference._in_turn(SHORT, lambda: "checked"), 20) == "checked"
    finally:
        end.set()
        await asyncio.gather(*checks)
