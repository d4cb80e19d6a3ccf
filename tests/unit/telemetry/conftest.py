"""Telemetry as a service has it, in a folder of the test's own."""

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from services.telemetry.setup import Telemetry, set_up

SetUp = Callable[..., Telemetry]


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("VLLM_CONFIGURE_LOGGING", "0")  # set_up sets it: undone after the test


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    root.handlers.clear()
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[SetUp]:
    """Set telemetry up as a service does; whatever is left running is shut down after the test."""
    running: list[Telemetry] = []

    def begin(service: str = "intake", data_dir: Path | None = tmp_path) -> Telemetry:
        running.append(set_up(service, data_dir, log_level="info", log_format="json"))
        return running[-1]

    yield begin
    for telemetry in running:
        telemetry.shutdown()
