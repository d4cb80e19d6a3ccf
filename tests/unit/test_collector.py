"""What a start made is in no collection until a service ends; what documents leave is."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from services.collector import YOUNG_OBJECTS, start_set_aside


class Circle:
    """Something that only the collector can free."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    yield
    gc.collect()


def test_what_a_start_made_is_looked_through_again_when_the_service_closes() -> None:
    made = weakref.ref(circle := Circle())
    with start_set_aside():
        del circle
        gc.collect()
        assert made() is not None
    gc.collect()
    assert made() is None, "an engine that was closed may be in a circle"


def test_what_documents_leave_is_collected() -> None:
    before = gc.get_threshold()
    with start_set_aside():
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold()[0] == YOUNG_OBJECTS
        left = weakref.ref(Circle())
        gc.collect()
        assert left() is None
    assert (gc.get_freeze_count(), gc.get_threshold()) == (0, before)
