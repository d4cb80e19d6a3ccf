from datetime import UTC, datetime
from pathlib import Path

import pytest
from bench.growth import Grown, _further
from bench.page import render
from bench.plan import plan
from bench.report import REPOSITORY, Made, Part, Plot, Ratio, Report, Table, read_report, spread, write_report
from bench.running import Spent
from bench.verdict import Verdict, missed_now, verdict_on, verdicts_on

MADE = Made(at=datetime(2026, 11, 25, tzinfo=UTC), commit="abc1234", machine="2 cores", seconds=60)
TABLE = Table(title="Rates", columns=("", "a second"), rows=[["service", "100"]])


def ratio(*values: float, lower_is_better: bool = False) -> Ratio:
    return Ratio.of("of the other", values, lower_is_better=lower_is_better)


def part(name: str, *ratios: Ratio, **figures: float) -> Part:
    plot = Plot(title="Rates", across="", up="a second", labels=["service"], series={"a": [1.0]})
    tables = [TABLE]
    return Part(
        name=name, title=name, question="?", tables=tables, ratios=ratios, plot=plot, figures=figures, made=MADE
    )


def test_a_ratio_has_the_median_and_the_edges_of_its_rounds() -> None:
    made = ratio(0.9, 0.5, 0.7)
    assert (made.value, made.low, made.high, made.rounds) == (0.7, 0.5, 0.9, 3)


def test_a_goal_is_at_least_or_at_most() -> None:
    assert [Ratio.of("r", [0.7], goal).reached for goal in (0.6, 0.8, None)] == [True, False, None]
    assert [Ratio.of("r", [0.7], goal, lower_is_better=True).reached for goal in (0.6, 0.8)] == [False, True]


@pytest.mark.parametrize(
    ("now", "before", "verdict"),
    [
        ((0.5, 0.6), (0.7, 0.8), Verdict.WORSE),
        ((0.7, 0.8), (0.5, 0.6), Verdict.BETTER),
        ((0.5, 0.71), (0.7, 0.8), Verdict.ALIKE),
    ],
)
def test_rounds_that_overlap_prove_nothing(now: tuple[float, ...], before: tuple[float, ...], verdict: Verdict) -> None:
    assert verdict_on(ratio(*now), ratio(*before)) is verdict


@pytest.mark.parametrize(
    ("now", "before", "verdict"),
    [
        ((0.3,), (0.938,), Verdict.WORSE),
        ((0.91,), (1.03,), Verdict.ALIKE),
        ((1.03,), (0.91,), Verdict.ALIKE),
        ((1.2,), (0.938,), Verdict.BETTER),
        ((0.62,), (0.7, 0.8), Verdict.ALIKE),
        ((0.55,), (0.7, 0.8), Verdict.WORSE),
        ((0.3, 0.7), (0.938,), Verdict.WORSE),
        ((0.3, 0.81), (0.938,), Verdict.ALIKE),
    ],
)
def test_a_single_round_is_judged_by_what_single_rounds_are_known_to_differ_by(
    now: tuple[float, ...], before: tuple[float, ...], verdict: Verdict
) -> None:
    assert verdict_on(ratio(*now), ratio(*before)) is verdict


def test_a_ratio_may_have_a_tolerance_of_its_own() -> None:
    def memory(value: float) -> Ratio:
        return Ratio.of("memory", [value], lower_is_better=True, tolerance=0.05)

    verdicts = [verdict_on(memory(value), memory(1.11)) for value in (1.15, 1.18, 1.0)]
    assert verdicts == [Verdict.ALIKE, Verdict.WORSE, Verdict.BETTER]


def test_every_ratio_of_the_baseline_that_ships_is_guarded_by_it() -> None:
    """A baseline of before ratios had tolerances is read, and a collapse of any of them is seen."""
    baseline = read_report(REPOSITORY / "load-tests" / "baseline.json")

    def collapsed(item: Ratio) -> Ratio:
        factor = 3 if item.lower_is_better else 1 / 3
        figures = {name: getattr(item, name) * factor for name in ("value", "low", "high")}
        return item.model_copy(update=figures)

    now = Report()
    for found in baseline.parts.values():
        now = now.with_part(found.model_copy(update={"ratios": [collapsed(item) for item in found.ratios]}))
    held = {name: verdict for name, verdict in verdicts_on(now, baseline).items() if verdict is not Verdict.OF_MACHINE}
    assert len(held) > 10
    assert set(held.values()) == {Verdict.WORSE}
    assert {*verdicts_on(baseline, baseline).values()} == {Verdict.ALIKE, Verdict.OF_MACHINE}


def test_what_tells_how_fast_a_machine_is_is_not_held_against_another_one() -> None:
    """`make bench` said on a slower machine that documents a second were worse than in the baseline."""

    def of_machine(value: float, goal: float) -> Ratio:
        return Ratio.of("of 1000 a second", [value], goal, of_machine=True)

    now, before = of_machine(0.5, 1.0), of_machine(2.0, 1.0)
    assert verdict_on(now, before) is Verdict.OF_MACHINE
    assert missed_now(Report().with_part(part("ceiling", now)), Report().with_part(part("ceiling", before))) == []


def test_where_less_is_better_more_is_worse() -> None:
    before, now = ratio(1.0, 1.1, lower_is_better=True), ratio(1.2, 1.3, lower_is_better=True)
    assert verdict_on(now, before) is Verdict.WORSE


def test_a_new_ratio_has_no_verdict() -> None:
    found = verdicts_on(Report().with_part(part("ceiling", ratio(1, 2))), Report())
    assert found == {"ceiling: of the other": Verdict.UNKNOWN}


def test_a_run_of_one_part_keeps_the_others(tmp_path: Path) -> None:
    file = tmp_path / "results" / "bench.json"
    write_report(file, read_report(file).with_part(part("growth")).with_part(part("ceiling", ratio(1))))
    write_report(file, read_report(file).with_part(part("ceiling", ratio(2))))
    report = read_report(file)
    assert list(report.parts) == ["growth", "ceiling"]
    assert report.parts["ceiling"].ratios[0].value == 2


def test_a_spread_names_the_edges_of_several_rounds() -> None:
    assert spread([3.0, 1.0, 2.0]) == "2 (1\u20133)"
    assert spread([2.0]) == "2"


def test_the_page_shows_every_part_and_escapes_it() -> None:
    report = Report().with_part(part("ceiling", ratio(0.5, 0.6)).model_copy(update={"notes": ["<script>"]}))
    shown = render(report, verdicts_on(report, Report()))
    assert "<svg" in shown
    assert "0.550" in shown
    assert "&lt;script&gt;" in shown
    assert "<script" not in shown


SPENDERS = {"intake": 6.0, "parsers": 6.0, "inference": 3.0, "relay": 1.0, "Kafka": 1.0, "PostgreSQL": 1.0}
MEASURED = {f"{name}_ms_of_a_pdf": ms for name, ms in SPENDERS.items()}
OF_TEXT = {f"{name}_ms": 1000 * ms for name, ms in SPENDERS.items()}
"""Which the plan does not reckon with."""
MEMORY = {"intake_mib": 310.0, "inference_mib": 200.0, "relay_mib": 117.4}
GROWN = {"database_bytes_a_document": 20_000.0, "event_bytes_a_document": 5_000.0} | MEMORY
COST = {
    "prompt_tokens_a_page": 1500.0,
    "cached_tokens_a_page": 500.0,
    "completion_tokens_a_page": 200.0,
    "pages_a_document": 1.0,
}


def planned(**changes: float) -> dict[str, str]:
    figures = MEASURED | OF_TEXT | GROWN | COST | changes
    report = Report()
    for name, known in (("ceiling", MEASURED | OF_TEXT), ("growth", GROWN), ("cost", COST)):
        report = report.with_part(part(name, **{key: figures[key] for key in known}))
    found = plan(report)
    assert found is not None
    return {row[0]: row[1] for row in found.rows}


def test_the_plan_needs_what_it_reckons_with() -> None:
    assert plan(Report().with_part(part("ceiling", **MEASURED))) is None


def test_the_plan_follows_from_what_was_measured() -> None:
    one = planned()
    assert one["documents a second, mean"] == "116"
    assert one["intake processes, a pod each"] == "4"  # 347 a second, 6 ms each, at 60 % of a core: 3.5
    assert planned(intake_ms_of_a_pdf=12.0)["intake processes, a pod each"] == "7"


@pytest.mark.parametrize(
    ("name", "row", "number"),
    [
        ("intake", "intake processes, a pod each", "4"),
        ("parsers", "cores for their parser workers", "4"),
        ("inference", "cores for inference without its engine", "2"),
        ("relay", "relay processes, and one to spare, a pod each", "2"),
        ("Kafka", "cores of the brokers", "2"),  # 347 a second, 1 ms each on each of three: 1.7
        ("PostgreSQL", "cores of PostgreSQL and its standby", "2"),
    ],
)
def test_every_spender_is_planned_by_its_figure_of_pdfs(name: str, row: str, number: str) -> None:
    assert planned()[row] == planned(**{f"{name}_ms": 1.0})[row] == number
    assert planned(**{f"{name}_ms_of_a_pdf": 60.0})[row] != number


def test_what_is_stored_is_multiplied_by_its_replicas_and_priced() -> None:
    one = planned()
    assert one["PostgreSQL and its standby after 30 days, TB"] == "12.0"  # 10 million a day, 20 kB each, twice
    assert one["Kafka with 7 days of retention, TB"] == "1.1"  # 5 kB each, three times
    assert one["dollars a day, disks"] == "48"  # 13,050 GB at 0.11 a month
    more = planned(event_bytes_a_document=10_000.0)
    assert more["Kafka with 7 days of retention, TB"] == "2.1"
    dollars = [float(one[f"dollars a day, {what}"]) for what in ("cards", "cores of services and servers", "disks")]
    assert float(one["dollars a thousand documents"]) == pytest.approx(sum(dollars) / 10_000, abs=0.001)


def test_the_memory_of_each_pod_is_what_was_measured() -> None:
    one = planned()
    assert one["MiB of an intake pod, with two parser workers"] == "310"
    assert one["MiB of an inference pod, without its engine"] == "200"
    assert one["MiB of a relay pod"] == "117"


def test_twice_the_pages_need_twice_the_cards() -> None:
    name = "cards (H100) for a model of eight billion parameters"
    assert (planned()[name], planned(pages_a_document=2.0)[name]) == ("12", "24")


def test_a_goal_that_was_reached_before_is_missed_now_whatever_the_rounds():
    """How little it is worse does not matter."""
    reached, missed = (Ratio.of("rate", [value], goal=0.95) for value in (0.99, 0.2))
    now = Report().with_part(part("growth", missed))
    assert missed_now(now, Report().with_part(part("growth", reached))) == ["growth: rate"]
    assert missed_now(now, Report()) == []
    assert missed_now(now, now) == []
    assert missed_now(Report().with_part(part("growth", reached)), Report()) == []


def test_pages_that_get_dearer_are_seen_beside_what_a_document_takes_by_itself():
    def grown(pages: int, total_ms: float) -> Grown:
        return Grown(pages, Spent(1, 1.0, {"all": total_ms / 1000}), {})

    linear = [grown(pages, 50 + 10 * pages) for pages in (1, 10, 100)]
    squared = [grown(pages, 50 + 10 * pages + pages**2) for pages in (1, 10, 100)]
    assert _further(linear) == pytest.approx(1)
    assert _further(squared) > 2
