"""A start tells its steps, and one that does not go on is found."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.telemetry.load_times import LoadTimes
from services.telemetry.start import Start
from services.telemetry.state import State, told


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_each_step_has_a_line_when_it_begins_and_one_when_it_is_done(clock: Clock) -> None:
    start = Start(clock)
    with capture_logs() as lines:
        with start.step("database", 120):
            clock.now += 2.5
        with start.step("model", 900):
            start.progress("qwen (2.9 GiB)", 61.0)
    said = [(line["event"], line["step"]) for line in lines]
    assert said == [
        ("start step begins", "database"),
        ("start step done", "database"),
        ("start step begins", "model"),
        ("start step goes on", "model"),
        ("start step done", "model"),
    ]
    assert (lines[1]["seconds"], lines[2]["limit_seconds"]) == (2.5, 900)
    assert (lines[3]["what"], lines[3]["last_time_seconds"]) == ("qwen (2.9 GiB)", 61.0)


def test_a_step_may_take_as_long_as_its_limit_and_no_longer(clock: Clock) -> None:
    start = Start(clock)
    with start.step("model", 900):
        clock.now += 899.9
        assert start.check().healthy
        clock.now += 0.1
        assert not start.check().healthy
        assert start.check().reason == "model: no progress for 900 s, limit 900 s (POSTKORB_START_SECONDS)"
    assert start.check().healthy


def test_progress_begins_the_limit_anew(clock: Clock) -> None:
    start = Start(clock)
    with start.step("model", 900):
        clock.now += 800
        start.progress("qwen")
        clock.now += 899
        assert start.check().healthy
        clock.now += 1
        assert not start.check().healthy


def test_every_step_has_a_limit_of_its_own(clock: Clock) -> None:
    start = Start(clock)
    with start.step("model", 900):
        clock.now += 850
    with start.step("topics", 120):
        assert start.check().healthy
        clock.now += 120
        assert not start.check().healthy


def test_a_step_that_fails_is_not_taken_for_one_that_hangs(clock: Clock) -> None:
    start = Start(clock)
    with capture_logs() as lines, pytest.raises(RuntimeError), start.step("database", 120):
        raise RuntimeError
    clock.now += 1000
    assert start.check().healthy
    assert [line["event"] for line in lines] == ["start step begins"]


def test_how_long_a_model_took_is_known_at_the_next_load(tmp_path: Path) -> None:
    assert LoadTimes(tmp_path).last("qwen") is None
    LoadTimes(tmp_path).keep("qwen", 61.04)
    LoadTimes(tmp_path).keep("llama", 7)
    LoadTimes(tmp_path).keep("qwen", 59.0)
    times = LoadTimes(tmp_path)
    assert (times.last("qwen"), times.last("llama"), times.last("phi")) == (59.0, 7.0, None)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"qwen": "long"}'])
def test_a_file_that_is_not_ours_says_nothing_and_stops_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "loads.json").write_text(content)
    assert LoadTimes(tmp_path).last("qwen") is None
    LoadTimes(tmp_path).keep("qwen", 60)
    assert LoadTimes(tmp_path).last("qwen") == 60


def test_a_disk_that_does_not_take_it_stops_no_start(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, no folder")
    with capture_logs() as lines:
        LoadTimes(tmp_path / "data").keep("qwen", 60)
    assert [line["log_level"] for line in lines] == ["warning"]


@pytest.mark.parametrize(
    ("state", "detail", "expected", "said"),
    [
        (State.STARTING, "", None, "starting: 20 s"),
        (State.STARTING, "database", None, "starting database: 20 s"),
        (State.LOADING, "qwen (2.9 GiB)", None, "loading qwen (2.9 GiB): 20 s"),
        (State.LOADING, "qwen (2.9 GiB)", 61.4, "loading qwen (2.9 GiB): 20 s, the last time took 61 s"),
        (State.READY, "", None, "ready"),
        (State.STOPPING, "", None, "stopping"),
    ],
)
def test_people_are_told_what_is_loading_for_how_long_and_how_long_it_took(
    state: State, detail: str, expected: float | None, said: str
) -> None:
    assert told(state, detail, 20.4, expected) == said
