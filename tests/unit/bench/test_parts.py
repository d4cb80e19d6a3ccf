"""Parts of the bench, of made-up measurements: what stands in them follows from the figures."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from bench import efficiency, growth, scale_out
from bench.growth import Grown
from bench.report import Made
from bench.rounds import Round
from bench.running import Spent
from bench.scale_out import Scaled, in_flight_beyond

MADE = Made(at=datetime(2026, 11, 25, tzinfo=UTC), commit="abc1234", machine="2 cores", seconds=60)


def turn(service_seconds: float, bare_seconds: float) -> Round:
    return Round(service_seconds, bare_seconds, prompts=[None] * 7, texts=[], costs=[])  # type: ignore[list-item]


def test_efficiency_is_the_service_s_rate_by_bare_vllm_s_in_the_same_round() -> None:
    made = efficiency.part([turn(120, 60), turn(100, 90), turn(150, 150)], 10, MADE)
    assert made.tables[0].title == "10 documents, 7 prompts"
    assert made.tables[0].rows == [
        ["bare vLLM, all prompts at once", "6.67 (4.00\u201310.00)"],
        ["the whole service", "5.00 (4.00\u20136.00)"],
    ]
    [ratio] = made.ratios
    assert [ratio.low, ratio.value, ratio.high, ratio.rounds] == pytest.approx([0.5, 0.9, 1.0, 3])
    assert (ratio.goal, ratio.reached) == (efficiency.GOAL, False)
    assert made.plot is not None
    assert list(made.plot.series["median"]) == pytest.approx([6.667, 5.0], abs=0.001)
    assert made.made == MADE


def test_with_enough_answers_beginning_and_end_are_left_out_too() -> None:
    bare = [float(second) for second in range(1, 61)]
    slow_end = [*(second * 1.25 for second in range(1, 55)), 200.0, 210.0, 220.0, 230.0, 240.0, 250.0]
    long = replace(turn(250, 60), service_ends=slow_end, bare_ends=bare)
    whole, between = efficiency.part([long], 50, MADE).ratios
    assert (whole.value, between.value) == pytest.approx((0.24, 0.8))
    assert len(efficiency.part([replace(long, bare_ends=bare[:30])], 50, MADE).ratios) == 1


def grown(documents: int, pages: int, cpu: float, memory: float) -> Grown:
    spent = Spent(documents, seconds=10.0, cpu={"intake": cpu / 4, "inference": 3 * cpu / 4})
    return Grown(pages, spent, {"intake": memory, "inference": 2 * memory})


def test_growth_holds_the_most_and_the_longest_documents_against_the_fewest_and_the_shortest() -> None:
    by_count = [grown(100, 1, cpu=2.0, memory=50), grown(500, 1, cpu=9.0, memory=51), grown(1000, 1, 21.0, 60)]
    by_pages = [grown(400, 1, cpu=8.0, memory=60), grown(100, 10, 11.0, 60), grown(16, 100, cpu=48.0, memory=90)]
    made = growth._part(by_count, by_pages, (14_000.0, 7_000.0), 33.0)
    assert [(ratio.name, pytest.approx(ratio.value)) for ratio in made.ratios] == [
        ("processor time a document, 1,000 documents against 100", 21 / 20),
        ("memory, 1,000 documents against 100", 60 / 50),
        ("processor time a page, 16 documents of 100 pages against 400 of 1", 30 / 20),
        ("processor time of a further page, the last against the first", (2890 / 90) / (90 / 9)),
        ("memory, 16 documents of 100 pages against 400 of 1", 90 / 60),
    ]
    assert [ratio.reached for ratio in made.ratios] == [True, False, False, False, False]
    counts, pages = made.tables
    assert counts.columns[-2:] == ("MiB: intake", "MiB: inference")
    assert counts.rows[-1] == ["1,000", "1", "100", "21.00", "60", "120"]
    assert pages.rows[-1] == ["16", "100", "160", "30.00", "90", "180"]
    assert made.plot is not None
    assert (list(made.plot.x), list(made.plot.series["all services and servers"])) == ([1, 10, 100], [20.0, 11.0, 30.0])
    assert made.figures == {
        "intake_mib": 60,
        "inference_mib": 120,
        "database_bytes_a_document": 14_000,
        "event_bytes_a_document": 7_000,
    }
    assert made.made.seconds == 33.0


def scaled(processes: int, rate: float, used: float, in_flight: int = 2) -> Scaled:
    """Use a share of the machine."""
    return Scaled(processes, in_flight, rate, used)


BELOW = [scaled(1, 2.0, 0.07), scaled(2, 3.96, 0.11), scaled(8, 15.8, 0.35)]


def test_scale_out_goes_on_until_the_machine_is_the_limit_and_says_where_that_begins() -> None:
    beyond = [scaled(1, 12.0, 0.3, 12), scaled(2, 23.8, 0.5, 12), scaled(4, 42.0, 0.8, 12), scaled(8, 48.0, 0.9, 12)]
    made = scale_out._part(BELOW, beyond, 400.0)
    first, second = made.tables
    assert first.title == "Engines that take 1000 ms a document and 2 at a time"
    assert first.rows[-1] == ["8", "15.8", "0.988", "0.99", "35 %", "the engines"]
    assert second.title == "Engines that take 1000 ms a document and 12 at a time"
    assert [row[-1] for row in second.rows] == ["the engines", "the engines", "neither", "the machine"]
    assert made.notes[0].startswith("The machine is the limit from 8 processes on: 90 %")
    assert [(ratio.name, round(ratio.value, 3), ratio.reached) for ratio in made.ratios] == [
        ("of linear, 2 processes", 0.99, True),
        ("of linear, 8 processes", 0.988, True),
        ("of linear, the least before the machine is the limit", 0.875, False),
    ]
    assert made.plot is not None
    assert list(made.plot.ideal) == [12.0, 24.0, 48.0, 96.0]
    assert made.figures["of_linear_8"] == pytest.approx(0.9875)


def test_a_machine_that_was_never_the_limit_is_said_to_be_none() -> None:
    made = scale_out._part(BELOW, BELOW, 400.0)
    assert made.notes[0] == "The machine was not the limit of any number of processes: 35 % of it were used at most."


def test_engines_of_the_second_series_want_twice_what_the_machine_has() -> None:
    assert in_flight_beyond(scaled(8, 15.8, 0.35)) == 12  # 8 of them, 96 a second, where 45 would use all of it
    assert in_flight_beyond(scaled(8, 15.8, 0.001)) == 1000
