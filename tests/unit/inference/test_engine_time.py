"""Engine time is divided without rest, and by what was computed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated_engine import Kind, Machine, SimulatedEngine

from services.inference.engine_time import EngineTime, work_of
from services.inference.engines.port import Generation

LETTERS = {"short": Kind(300, 100, 5), "medium": Kind(800, 150, 3), "long": Kind(3000, 150, 2)}
UNLIKE = {"tiny": Kind(200, 150, 9), "huge": Kind(6000, 60, 1)}


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_what_comes_from_the_cache_is_no_work_and_a_generated_token_is_more_than_one_of_a_prompt() -> None:
    answer = Generation("{}", "stop", prompt_tokens=1000, completion_tokens=100, cached_tokens=400)
    assert work_of(answer) == 600 + 250


def test_who_is_alone_has_all_of_the_time(clock: Clock) -> None:
    time = EngineTime(clock)
    time.begin("a", 100)
    clock.now += 7
    assert time.end("a", 50) == 7


def test_idle_time_is_nobodys(clock: Clock) -> None:
    time = EngineTime(clock)
    clock.now += 100
    time.begin("a", 100)
    clock.now += 7
    time.end("a", 50)
    clock.now += 100
    time.begin("b", 100)
    clock.now += 3
    assert time.end("b", 50) == 3


def test_of_those_that_are_still_in_the_engine_half_is_taken_for_done(clock: Clock) -> None:
    time = EngineTime(clock)
    time.begin("a", 100)
    time.begin("b", 300)
    clock.now += 10
    assert time.end("a", 50) == pytest.approx(10 * 50 / (50 + 150 / 2))
    clock.now += 5
    assert time.end("b", 150) == pytest.approx(15 - 10 * 50 / (50 + 150 / 2))


def test_a_request_that_fails_is_taken_for_an_ordinary_one_of_its_length(clock: Clock) -> None:
    time = EngineTime(clock)
    for name in ("a", "b", "c"):
        time.begin(name, 100)
    clock.now += 12
    first = time.end("a", 50)
    time.end("b", None)
    assert first == pytest.approx(12 * 50 / (50 + 50))
    assert time.end("c", 50) == pytest.approx((12 - first) * (1 - 50 / (50 + 25)))


def test_before_anything_was_answered_a_failure_has_a_part_too(clock: Clock) -> None:
    time = EngineTime(clock)
    time.begin("a", 100)
    time.begin("b", 100)
    clock.now += 3
    assert time.end("a", None) == pytest.approx(2)
    assert time.end("b", None) == pytest.approx(1)


EVENTS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(1, 5000), st.none() | st.integers(0, 9000), st.floats(0, 100)), max_size=60
)


@given(EVENTS)
def test_the_parts_add_up_to_the_time_in_which_there_was_any_request(events: list[tuple[int, int, int | None, float]]):
    clock = Clock()
    time = EngineTime(clock)
    inside: set[str] = set()
    busy = given = 0.0
    for number, length, work, seconds in events:
        name = str(number)
        if name in inside:
            inside.remove(name)
            part = time.end(name, work)
            assert part >= 0
            given += part
        else:
            inside.add(name)
            time.begin(name, length)
        clock.now += seconds
        busy += seconds if inside else 0
    for name in inside:
        given += time.end(name, 1)
    assert given == pytest.approx(busy, abs=1e-6)


@pytest.mark.parametrize(
    ("machine", "kinds", "tolerance"),
    [
        (Machine(), LETTERS, 0.06),
        (Machine(documents=4), LETTERS, 0.06),
        (Machine(documents=1), LETTERS, 1e-9),
        (Machine(documents=4, bursts=True), LETTERS, 0.15),
        (Machine(), UNLIKE, 0.1),
        (Machine(documents=4), UNLIKE, 0.1),
    ],
    ids=["16", "4", "1", "bursts of 4", "16 unlike", "4 unlike"],
)
def test_a_kind_of_document_gets_nearly_what_its_tokens_took(
    machine: Machine, kinds: dict[str, Kind], tolerance: float
) -> None:
    engine = SimulatedEngine(machine, kinds)
    engine.run(600)
    assert sum(times.ours for times in engine.times.values()) == pytest.approx(engine.busy)
    assert sum(times.true for times in engine.times.values()) == pytest.approx(engine.busy)
    for times in engine.times.values():
        assert times.ours == pytest.approx(times.true, rel=tolerance)


def test_equal_parts_would_not_do() -> None:
    engine = SimulatedEngine(Machine(), UNLIKE)
    engine.run(600)
    assert engine.times["huge"].equal < 0.25 * engine.times["huge"].true
