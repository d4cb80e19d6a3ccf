"""The metrics as Prometheus reads them."""

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricsData
from prometheus_client import REGISTRY, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from schemas.events import Step
from services.telemetry import names
from services.telemetry.metrics import Metrics, PartitionLag
from services.telemetry.setup import Exposition, Telemetry

Start = Callable[..., Telemetry]


def use(metrics: Metrics) -> None:
    metrics.documents_done(names.Outcome.RETRIED, Step.ASK)
    metrics.retried(Step.ASK, "answer_timeout")
    metrics.commit_failed("postkorb-intake")
    metrics.redelivered("documents.parsed", 5)
    metrics.outbox_pruned(100)
    metrics.cost("invoice", 0.25, "EUR")
    metrics.cost("invoice", 0.5, "EUR")
    metrics.step_took(names.ASK, 0.3)
    metrics.watch_oldest(lambda: {"documents.parsed": 3.5, "documents.submitted": 0.0})
    metrics.watch_breaker(lambda: False)
    metrics.watch_outbox(lambda: 1.5)
    metrics.watch_lag(lambda: [PartitionLag("postkorb-intake", "documents.submitted", 0, 7)])


def samples(text: bytes) -> dict[str, list[tuple[dict[str, str], float]]]:
    found: dict[str, list[tuple[dict[str, str], float]]] = {}
    for family in text_string_to_metric_families(text.decode()):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


def test_every_metric_has_its_name_its_unit_and_its_labels(start: Start) -> None:
    telemetry = start()
    use(telemetry.metrics)
    found = samples(telemetry.exposition())
    step, topic = {"postkorb_step": "6 ask"}, "messaging_destination_name"
    assert found["postkorb_documents_total"] == [(step | {"postkorb_outcome": "retried"}, 1)]
    assert found["postkorb_retries_total"] == [(step | {"error_type": "answer_timeout"}, 1)]
    group = {"messaging_consumer_group_name": "postkorb-intake"}
    assert found["postkorb_consumer_commit_failures_total"] == [(group, 1)]
    assert found["postkorb_consumer_skipped_total"] == [({topic: "documents.parsed"}, 5)]
    cost = {"document_type": "invoice", "postkorb_currency": "EUR"}
    assert found["postkorb_engine_cost_total"] == [(cost, 0.75)]
    assert found["postkorb_outbox_pruned_total"] == [({}, 100)]
    assert found["postkorb_consumer_oldest_unfinished_seconds"] == [
        ({topic: "documents.parsed"}, 3.5),
        ({topic: "documents.submitted"}, 0),
    ]
    assert found["postkorb_breaker_open"] == [({}, 0)]
    assert found["postkorb_outbox_lag_seconds"] == [({}, 1.5)]
    assert found["postkorb_step_duration_seconds_count"] == [(step, 1)]
    assert found["postkorb_consumer_lag"][0][1] == 7
    assert found["target_info"][0][0]["service_name"] == "intake"


def test_two_services_of_one_process_share_nothing_and_the_global_registry_gets_nothing(start: Start) -> None:
    one, other = start("intake"), start("relay")
    one.metrics.in_flight(3)
    other.metrics.in_flight(8)
    assert samples(one.exposition())["postkorb_documents_in_flight"] == [({}, 3)]
    assert samples(other.exposition())["postkorb_documents_in_flight"] == [({}, 8)]
    assert b"postkorb" not in generate_latest(REGISTRY)


def test_they_are_there_with_a_collector_too_and_without_a_data_folder(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    telemetry = start(data_dir=None)
    telemetry.metrics.in_flight(1)
    assert b"postkorb_documents_in_flight 1.0" in telemetry.exposition()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "1")
    telemetry = start()
    telemetry.metrics.in_flight(2)
    assert b"postkorb_documents_in_flight 2.0" in telemetry.exposition()


def test_with_the_sdk_disabled_there_are_none(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    telemetry = start()
    use(telemetry.metrics)
    assert telemetry.exposition() == b""


def test_after_the_shutdown_there_are_none(start: Start) -> None:
    telemetry = start()
    use(telemetry.metrics)
    telemetry.shutdown()
    assert telemetry.exposition() == b""


def test_a_source_that_fails_costs_its_own_metric_alone(start: Start, tmp_path: Path) -> None:
    telemetry = start(data_dir=tmp_path)
    telemetry.metrics.watch_outbox(lambda: 1 / 0)
    telemetry.metrics.watch_oldest(lambda: {"t": 1 / 0})
    telemetry.metrics.in_flight(1)
    found = samples(telemetry.exposition())
    assert "postkorb_documents_in_flight" in found
    assert "postkorb_outbox_lag_seconds" not in found


def test_scrapes_at_the_same_time_do_not_mix(monkeypatch: pytest.MonkeyPatch) -> None:
    exposition = Exposition()
    MeterProvider([exposition.reader]).get_meter("x").create_counter("documents").add(1)
    collector = exposition.reader._collector
    both, take_in = threading.Barrier(2), collector.add_metrics_data

    def take_in_and_wait_for_the_other(data: MetricsData) -> None:
        take_in(data)
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(0.2)  # where they would mix, if the other could get here

    monkeypatch.setattr(collector, "add_metrics_data", take_in_and_wait_for_the_other)
    with ThreadPoolExecutor(2) as threads:
        texts = [scrape.result() for scrape in [threads.submit(exposition.text) for _ in range(2)]]
    assert [text.count(b"# TYPE documents_total") for text in texts] == [1, 1]
