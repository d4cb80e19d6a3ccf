"""Waiting for a condition, with a deadline."""

import time
from collections.abc import Callable

POLL_SECONDS = 0.05


def wait_until(
    condition: Callable[[], object], seconds: float, otherwise: str, evidence: Callable[[], object] = lambda: ""
) -> None:
    """Wait until a condition is true; at the deadline, fail with what is not so and with what is known about it."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"after {seconds:g} s: {otherwise}\n{evidence()}"
        time.sleep(POLL_SECONDS)
