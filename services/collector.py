"""What Python's garbage collector looks through.

A start makes two hundred thousand objects, most of them of libraries, and they stay. To look through them took more
than a millisecond a document, a sixth of a second at a time in which the event loop stood still.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

YOUNG_OBJECTS: Final = 5_000
"""New objects, beyond those that are gone, after which it looks for circles among them; Python's own 700 come with
nearly every document of one page."""


@contextmanager
def start_set_aside() -> Iterator[None]:
    """Leave what is there now out of all collections until the context ends: what is closed then may be in a circle."""
    young, *older = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *older)
    try:
        yield
    finally:
        gc.set_threshold(young, *older)
        gc.unfreeze()
