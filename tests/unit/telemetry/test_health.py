"""What a service answers about itself over HTTP."""

import asyncio
import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs

from services.telemetry import health as health_module
from services.telemetry.health import Check, Health, HealthServer, Heartbeat, Probe, Report
from services.telemetry.setup import Telemetry, TelemetrySettingError

DEADLINE_SECONDS = 10.0
Serve = Callable[..., str]


def well(name: str = "broker") -> Check:
    return Check(name, healthy=True, reason="answers")


def ill() -> Check:
    return Check("database", healthy=False, reason="postgresql://app:s3cret@db/x does not answer")


def broken() -> Check:
    raise KeyError(3)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve these probes and give the URL; every server is stopped after the test."""
    with contextlib.ExitStack() as stack:

        def begin(
            liveness: list[Probe], readiness: list[Probe], exposition: Callable[[], bytes] = lambda: b"", port: int = 0
        ) -> str:
            server = HealthServer(Health("intake", liveness, readiness), exposition, "127.0.0.1", port)
            return stack.enter_context(server).url

        yield begin


def get(url: str, method: str = "GET") -> httpx.Response:
    return httpx.request(method, url, trust_env=False, timeout=DEADLINE_SECONDS)


def test_a_healthy_service_answers_200_with_its_checks(serve: Serve) -> None:
    url = serve([], [well])
    answer = get(f"{url}/readyz")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    check = {"name": "broker", "healthy": True, "reason": "answers"}
    assert answer.json() == {"service": "intake", "status": "ok", "checks": [check]}
    assert get(f"{url}/livez").json() == {"service": "intake", "status": "ok", "checks": []}


def test_one_failing_check_makes_503_and_says_why_without_its_password(serve: Serve) -> None:
    url = serve([well], [well, ill])
    answer = get(f"{url}/readyz?verbose")
    assert (answer.status_code, answer.json()["status"]) == (503, "failing")
    reasons = {check["name"]: check["reason"] for check in answer.json()["checks"]}
    assert reasons == {"broker": "answers", "database": "postgresql://app:**********@db/x does not answer"}
    assert get(f"{url}/livez").status_code == 200  # the one is not the other


def test_a_probe_that_raises_is_red_and_harms_no_other(serve: Serve) -> None:
    answer = get(serve([broken, well], []) + "/livez")
    assert answer.status_code == 503
    assert answer.json()["checks"] == [
        {"name": "broken", "healthy": False, "reason": "KeyError"},
        {"name": "broker", "healthy": True, "reason": "answers"},
    ]


@given(st.lists(st.booleans(), max_size=5))
def test_a_report_is_healthy_if_every_check_is(states: list[bool]) -> None:
    report = Report("relay", [Check("x", healthy=state, reason="") for state in states])
    assert report.healthy is (False not in states)


async def test_both_answer_while_the_event_loop_hangs_and_liveness_finds_out(serve: Serve) -> None:
    loop = Heartbeat("event loop", limit_seconds=1.5)
    async with asyncio.TaskGroup() as group:
        beating = group.create_task(loop.beat_regularly())
        await asyncio.sleep(0)
        url = serve([loop.check], [well])
        assert get(f"{url}/livez").status_code == 200
        deadline = time.monotonic() + DEADLINE_SECONDS
        while (answer := get(f"{url}/livez")).status_code == 200:  # this function is the loop: it hangs here
            assert time.monotonic() < deadline
            time.sleep(0.05)  # noqa: ASYNC251  (the hang)
        assert answer.json()["checks"][0]["reason"].endswith("limit 1.5 s")
        assert get(f"{url}/readyz").status_code == 200
        while get(f"{url}/livez").status_code != 200:
            assert time.monotonic() < deadline
            await asyncio.sleep(0)  # it turns again
        beating.cancel()


def test_a_heart_that_beats_in_time_is_well_and_one_that_stopped_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    poll = Heartbeat("poll loop", limit_seconds=30)
    now = 130.0
    assert (poll.age_seconds, poll.check().healthy) == (30, True)
    now = 145.0
    assert poll.check() == Check("poll loop", healthy=False, reason="last beat 45.0 s ago, limit 30 s")
    poll.beat()
    assert (poll.age_seconds, poll.check().healthy) == (0, True)


def test_metrics_come_in_prometheus_form_under_our_names(serve: Serve, start: Callable[..., Telemetry]) -> None:
    telemetry = start()
    telemetry.metrics.in_flight(3)
    telemetry.metrics.watch_breaker(lambda: True)
    answer = get(serve([], [], telemetry.exposition) + "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    found = {family.name: family.samples[0].value for family in text_string_to_metric_families(answer.text)}
    assert {"postkorb_documents_in_flight": 3.0, "postkorb_breaker_open": 1.0}.items() <= found.items()


def test_an_exposition_that_fails_is_logged_and_the_server_goes_on(serve: Serve) -> None:
    def fails() -> bytes:
        raise NotImplementedError

    url = serve([well], [], fails)
    with capture_logs() as lines, pytest.raises(httpx.RemoteProtocolError):
        get(f"{url}/metrics")
    assert [(line["log_level"], type(line["exc_info"])) for line in lines] == [("warning", NotImplementedError)]
    assert get(f"{url}/livez").status_code == 200


def test_other_paths_are_not_found_and_other_methods_refused(serve: Serve) -> None:
    url = serve([], [])
    assert get(f"{url}/").status_code == 404
    assert get(f"{url}/livez/../etc/passwd").status_code == 404
    assert get(f"{url}/livez", "POST").status_code == 501


def test_head_answers_as_get_does_without_the_body(serve: Serve) -> None:
    url = serve([ill], [])
    head, whole = get(f"{url}/livez", "HEAD"), get(f"{url}/livez")
    assert (head.status_code, head.content) == (503, b"")
    assert head.headers["content-length"] == whole.headers["content-length"]


def test_a_client_that_says_nothing_keeps_nobody_waiting_and_is_dropped(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health_module._Request, "timeout", 0.2)
    url = httpx.URL(serve([], []))
    with socket.create_connection((url.host, url.port), DEADLINE_SECONDS) as silent:
        assert get(f"{url}/livez").status_code == 200
        assert silent.recv(1) == b""  # closed by the server; a timeout of ours would raise


def test_nothing_is_printed_for_requests_good_or_bad(serve: Serve, capfd: pytest.CaptureFixture[str]) -> None:
    url = httpx.URL(serve([], []))
    get(f"{url}/livez")
    with socket.create_connection((url.host, url.port), DEADLINE_SECONDS) as client:
        client.sendall(b"\xff\x00 nonsense\r\n\r\n")
        assert b"400" in client.recv(1000)
    assert capfd.readouterr() == ("", "")


def test_a_taken_port_is_one_line_that_names_the_setting(serve: Serve) -> None:
    port = httpx.URL(serve([], [])).port
    with pytest.raises(
        TelemetrySettingError, match=f"POSTKORB_HEALTH_PORT: port {port} of 127.0.0.1 is taken"
    ) as raised:
        serve([], [], port=port or 0)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_a_host_that_is_none_of_ours_is_said_with_its_setting(host: str) -> None:
    server: AbstractContextManager[HealthServer] = HealthServer(Health("relay", [], []), lambda: b"", host, 0)
    with pytest.raises(TelemetrySettingError, match="POSTKORB_HEALTH_HOST: cannot listen at '"), server:
        pass


def test_a_server_that_ended_frees_its_port_at_once() -> None:
    health = Health("relay", [], [])
    with HealthServer(health, lambda: b"", "127.0.0.1", 0) as first:
        port = httpx.URL(first.url).port or 0
        get(f"{first.url}/livez")
    with HealthServer(health, lambda: b"", "127.0.0.1", port) as second:
        assert get(f"{second.url}/livez").status_code == 200


def test_an_address_of_ipv6_is_written_in_brackets() -> None:
    try:
        with HealthServer(Health("relay", [], []), lambda: b"", "::1", 0) as server:
            assert server.url.startswith("http://[::1]:")
            assert get(f"{server.url}/livez").status_code == 200
    except TelemetrySettingError as error:
        pytest.skip(f"this machine has no IPv6: {error}")
