import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from pydantic import SecretStr

from services.telemetry import names
from services.telemetry.logs import REMEMBERED, REPEAT_SECONDS, RepeatFilter, configure_logs
from services.telemetry.setup import Telemetry
from services.telemetry.tracing import current_traceparent, trace_id_of


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_says_service_span_and_document(
    start: Callable[[], Telemetry], capsys: pytest.CaptureFixture[str]
) -> None:
    tracing = start().tracing
    with tracing.step_span(names.PARSE, None, document_id="inv-1", batch_id="b-1", tenant="acme"):
        trace_id = trace_id_of(current_traceparent())
        structlog.get_logger("services.intake").info("parsed", pages=3)
    structlog.get_logger().info("after")
    inside, after = lines(capsys)
    expected = {"event": "parsed", "service": "intake", "document_id": "inv-1", "batch_id": "b-1", "pages": 3}
    assert expected.items() <= inside.items()
    assert inside["level"] == "info"
    assert inside["trace_id"] == trace_id
    assert len(inside["span_id"]) == 16
    assert not {"document_id", "batch_id", "trace_id"} & after.keys()


def test_the_standard_librarys_loggers_take_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("relay", "info", "auto")  # standard error is no terminal here: JSON
    logging.getLogger("somewhere").warning("%s of %s", 1, 2)
    (line,) = lines(capsys)
    assert {"event": "1 of 2", "service": "relay", "logger": "somewhere"}.items() <= line.items()


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_no_secret_reaches_a_line_not_even_by_an_exception(log_format: Any, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("intake", "info", log_format)
    url = "postgresql://app:s3cret@db/x"
    try:
        raise ConnectionError(url)  # noqa: TRY301  (what a driver does, without the driver)
    except ConnectionError:
        structlog.get_logger().exception("failed", url=url, key=SecretStr("s3cret"))
        logging.getLogger("sqlalchemy").exception("failed at %s", url)
    text = capsys.readouterr().err
    assert text.count("ConnectionError") >= 2
    assert "s3cret" not in text


def test_the_console_form_is_readable_and_not_json(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("intake", "info", "console")
    structlog.get_logger().info("parsed", pages=3)
    text = capsys.readouterr().err
    assert "parsed" in text
    assert "pages=3" in text
    assert not text.startswith("{")


@pytest.mark.parametrize("name", ["aiokafka.consumer.fetcher", "faststream.access.kafka", "vllm.engine", "httpx"])
def test_libraries_are_heard_from_warning_on(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("intake", "debug", "json")
    logging.getLogger(name).info("chatter")
    logging.getLogger(name).warning("trouble")
    assert [line["event"] for line in lines(capsys)] == ["trouble"]


def test_what_a_library_repeats_is_said_once_and_counted() -> None:
    now = [0.0]
    repeats = RepeatFilter(clock=lambda: now[0])
    said = []
    for second in range(100):
        now[0] = second
        for name in ("aiokafka.client", "services.relay"):
            record = logging.LogRecord(name, logging.ERROR, "", 0, "no connection: %s", (second,), None)
            if repeats.filter(record):
                said.append((name, record.getMessage()))
    ours = [text for name, text in said if name == "services.relay"]
    theirs = [text for name, text in said if name == "aiokafka.client"]
    assert len(ours) == 100
    between = int(REPEAT_SECONDS) - 1
    assert theirs == ["no connection: 0"] + [
        f"no connection: {second} (and {between} times more before)" for second in (30, 60, 90)
    ]


def test_messages_without_end_are_not_all_remembered() -> None:
    repeats = RepeatFilter(clock=lambda: 0.0)
    for number in range(3 * REMEMBERED):
        assert repeats.filter(logging.LogRecord("aiokafka", logging.ERROR, "", 0, f"{number}", None, None))
    assert len(repeats._said) <= REMEMBERED


def test_lines_below_the_level_are_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("intake", "warning", "json")
    structlog.get_logger().info("chatter")
    structlog.get_logger().warning("trouble")
    assert [line["event"] for line in lines(capsys)] == ["trouble"]


def test_an_unknown_level_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="'loud' is unknown; use one of debug"):
        configure_logs("intake", "loud", "json")
