import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import greenlet
import pytest
from aiokafka.partitioner import DefaultPartitioner
from bench.cost import Cost, part
from bench.ground import letters, page, spread_evenly
from bench.machine import EVERY, Look, used_between, watched
from bench.profile import step_of, tables_of
from bench.report import Made
from bench.sampler import Sampler, read_samples
from bench.scale_out import rate_of, without_edges

PARTITIONS = list(range(8))
MADE = Made(at=datetime(2026, 11, 25, tzinfo=UTC), commit="abc1234", machine="2 cores", seconds=60)


def test_every_partition_gets_as_many_documents() -> None:
    choose = DefaultPartitioner()
    keys = [item.document_id.encode() for item in spread_evenly(letters(80), len(PARTITIONS))]
    counts = Counter(choose(key, PARTITIONS, PARTITIONS) for key in keys)
    assert set(counts.values()) == {10}
    assert len(set(keys)) == len(keys)


def test_pages_are_what_was_asked_for_and_no_two_are_alike() -> None:
    [one, other] = letters(2, pages=3)
    texts = [item.content.text or "" for item in (one, other)]
    assert [text.count("\f") for text in texts] == [2, 2]
    assert len({page for text in texts for page in text.split("\f")}) == 6
    assert 1700 < len(page(1)) < 2000


def test_a_rate_leaves_the_edges_out() -> None:
    begin = datetime(2026, 11, 25, tzinfo=UTC)
    steady = [begin + timedelta(seconds=60 + number / 10) for number in range(100)]
    steady[0], steady[-1] = begin, begin + timedelta(seconds=600)
    assert rate_of(without_edges(steady)) == pytest.approx(10)


def test_the_machine_is_looked_at_for_the_time_that_is_measured_alone() -> None:
    begin = datetime(2026, 11, 25, tzinfo=UTC)
    idle = [0.0, 2.0, 2.5, 3.0, 5.0]  # of two processors: all of a second, half of one, half of one, all
    looks = [Look(begin + timedelta(seconds=number), spare, 2.0 * number) for number, spare in enumerate(idle)]
    assert used_between(looks, looks[1].at, looks[3].at) == pytest.approx(0.75)
    assert used_between(looks, begin, begin + timedelta(minutes=1)) == pytest.approx(0.375)


def test_the_machine_is_watched_while_something_is_done() -> None:
    with watched() as looks:
        time.sleep(3 * EVERY)
    assert len(looks) > len(("the first", "the last"))
    assert looks[-1].total > looks[0].total
    assert 0 <= used_between(looks, looks[0].at, looks[-1].at) <= 1


READS = ("json:dumps", "services.intake.accept:read_submission", "services.intake.service:Intake._read")
LOADS = ("asyncpg:run", "services.storage.documents:lock_documents", "services.inference.record:Recorder.load")
RECORDS = ("services.storage.answers:record_answers", "services.inference.record:Recorder.record")
TRACES = ("opentelemetry.sdk:end", "services.telemetry.tracing:Tracing.step_span", "services.intake.store:Store.store")
FETCHES = ("aiokafka.fetcher:run", "asyncio.events:Handle._run", "services.cli.serving:run")
TURNS = ("asyncio.events:Handle._run", "services.cli.serving:run")


@pytest.mark.parametrize(
    ("stack", "step"),
    [
        (READS, "2 accept"),
        (LOADS, "5 admit: load"),
        (RECORDS, "8 record"),
        (TRACES, "spans and metrics"),
        (FETCHES, "aiokafka's own tasks"),
        (TURNS, "Python and its event loop"),
    ],
)
def test_the_innermost_step_has_the_time(stack: tuple[str, ...], step: str) -> None:
    assert step_of(stack) == step


def test_the_shares_of_a_service_add_up_to_its_time() -> None:
    samples = {"relay": {("services.relay.service:Relay._publish",): 3, ("services.cli.serving:run",): 1}}
    by_step, by_function = tables_of(samples, {"relay": 2.0})
    assert [row[1:] for row in by_step.rows] == [
        ["9 relay", "75.0 %", "1.500"],
        ["Python and its event loop", "25.0 %", "0.500"],
    ]
    assert by_function.rows == [["relay", "relay.service:Relay._publish", "1.500"]]


def burn(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def waits_for(work: greenlet.greenlet) -> None:
    work.switch()


def of(function: str, found: Mapping[tuple[str, ...], int]) -> float:
    """Give the seconds of a function and what it calls."""
    return sum(count for stack, count in found.items() if any(item.endswith(f":{function}") for item in stack)) / 1e6


def test_samples_are_of_whoever_computes(tmp_path: Path) -> None:
    taken = Sampler()
    taken.start()
    time.sleep(0.2)  # waiting is no processor time
    burn(0.3)
    waits_for(greenlet.greenlet(lambda: burn(0.3)))
    taken.save(tmp_path / "samples.json")
    found = read_samples(tmp_path / "samples.json")
    assert 0.5 < of("burn", found) < 0.65
    assert 0.2 < of("waits_for", found) < 0.35
    assert json.loads((tmp_path / "samples.json").read_text("utf-8"))


def let_go() -> None:
    """Let another thread have Python's lock, and wait until it is taken from that one."""
    time.sleep(0)


def work() -> None:
    sum(range(40_000))


def compute(until: threading.Event) -> None:
    while not until.is_set():
        pass


def test_each_thread_has_its_own_time_and_none_where_it_waits_for_the_lock(tmp_path: Path) -> None:
    until = threading.Event()
    other = threading.Thread(target=compute, args=(until,))
    taken = Sampler()
    taken.start()
    begun = time.thread_time()
    other.start()
    while (worked := time.thread_time() - begun) < 0.2:
        let_go()
        work()
    computed = time.clock_gettime(time.pthread_getcpuclockid(other.ident or 0))
    taken.save(tmp_path / "samples.json")
    until.set()
    other.join()
    found = read_samples(tmp_path / "samples.json")
    assert of("compute", found) == pytest.approx(computed, rel=0.3)
    assert of("work", found) + of("let_go", found) == pytest.approx(worked, rel=0.3)
    assert of("work", found) > 2 * of("let_go", found)


def compute_for(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


async def test_a_thread_that_hands_its_result_over_has_computed_before(tmp_path: Path) -> None:
    taken = Sampler()
    taken.start()
    for _ in range(40):
        checking = asyncio.create_task(asyncio.to_thread(compute_for, 0.015))
        while not checking.done():
            for _ in range(20):  # longer than Python's switch interval, or the lock comes straight back
                work()
            await asyncio.sleep(0)
    taken.save(tmp_path / "samples.json")
    found = read_samples(tmp_path / "samples.json")
    assert of("compute_for", found) == pytest.approx(0.6, rel=0.5)
    assert of("BaseSelectorEventLoop._write_to_self", found) == 0


def test_costs_are_told_by_page() -> None:
    invoice = Cost("invoice", 1, 2, 1000, 400, 300, 20.0, Decimal("0.01"))
    made = part([invoice], MADE)
    assert made.tables[0].rows == [["invoice", "1", "2", "500", "200", "150", "10.00", "5.00"]]
    assert made.figures["cached_tokens_a_page"] == 200
