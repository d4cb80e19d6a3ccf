"""Answers are checked a few at a time: each holds megabytes of a long document."""

import asyncio
import threading
import time
from unittest.mock import Mock

from services.inference.service import CHECKS, Inference, Limits


async def test_no_more_answers_are_checked_at_the_same_time_than_are_allowed() -> None:
    inference = Inference(Mock(), Mock(), Mock(), Mock(), Limits(8, 8, 60, 1), Mock(), Mock(), Mock())
    lock, running, seen = threading.Lock(), 0, []

    def check() -> None:
        nonlocal running
        with lock:
            running += 1
            seen.append(running)
        time.sleep(0.02)
        with lock:
            running -= 1

    await asyncio.gather(*(inference._in_turn(check) for _ in range(4 * CHECKS)))
    assert (len(seen), max(seen)) == (4 * CHECKS, CHECKS)
