"""What people see while they wait."""

from rich.console import Console

from services.cli.waiting import View, engine_is_ready
from services.storage.progress import Progress

SERVICES = [("intake", "ready"), ("inference", "ready"), ("relay", "ready")]


def view(finished: int, *, ready: float | None = 60.0, now: float = 120.0, before: int = 4) -> View:
    return View(Progress(24, 24, finished, finished), 0.0, ready, before, now, SERVICES)


def test_the_pace_counts_from_the_moment_the_engine_was_ready():
    assert view(14).per_minute == 10.0


def test_the_time_left_follows_the_pace():
    assert view(14).seconds_left == 60.0


def test_before_the_engine_is_ready_nothing_is_promised():
    assert view(4, ready=None).seconds_left is None


def test_the_display_shows_every_step_and_the_time_left():
    console = Console(width=100, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123  (closed with the test)
    console.print(view(14).render())
    text = console.export_text()
    assert all(step in text for step in ("2-4 stored", "5-8 answered", "9 published"))
    assert "10.0 documents a minute" in text
    assert "about 60 s left" in text


def test_an_engine_elsewhere_counts_as_ready_after_a_while():
    elsewhere = [("inference", "not here")]
    assert not engine_is_ready(elsewhere, 1.0)
    assert engine_is_ready(elsewhere, 60.0)
    assert not engine_is_ready([("inference", "loading a model")], 60.0)
