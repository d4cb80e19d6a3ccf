"""Structured logs: structlog and the standard library's loggers through one chain, to standard error."""

import logging
import os
import sys
import time
from collections.abc import Callable
from typing import Final, Literal

import structlog
from opentelemetry import trace
from structlog.typing import EventDict, Processor, WrappedLogger

from services.telemetry.redaction import redact

LogFormat = Literal["auto", "json", "console"]

QUIET_LOGGERS: Final = ("aiokafka", "faststream", "vllm", "httpx", "httpcore", "kafka", "urllib3", "pypdf", "asyncio")
"""Libraries that say more at `info` than an operator wants; their warnings stay."""

REPEAT_SECONDS: Final = 30.0
"""How often one of these libraries may say the same: Kafka's client says it ten times a second while a broker is away,
in several places at once."""
REMEMBERED: Final = 1000
"""Messages that are told apart; some have values in them."""


def configure_logs(service: str, log_level: str, log_format: LogFormat) -> None:
    """Route all logging of this process to standard error, replacing what was there.

    Parameters
    ----------
    service
        Said in every line.
    log_level
        `debug`, `info`, `warning`, `error` or `critical`.
    log_format
        `auto`: readable on a terminal, else JSON.

    Raises
    ------
    ValueError
        If there is no such level.
    """
    level = _level(log_level)
    shared = _shared_processors(service)
    final: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[*final, _redact_secrets, _renderer(log_format)], foreign_pre_chain=shared
        )
    )
    handler.addFilter(RepeatFilter())
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.captureWarnings(capture=True)
    _quiet_libraries(level)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


class RepeatFilter(logging.Filter):
    """Lets a message of the quiet libraries pass once in `REPEAT_SECONDS`; the next one tells how many were left out.

    Parameters
    ----------
    clock
        Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._said: dict[tuple[str, int, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether a line passes; any thread may ask."""
        if record.name.partition(".")[0] not in QUIET_LOGGERS:
            return True
        message, now = (record.name, record.levelno, str(record.msg)), self._clock()  # not its values: they vary
        said, left_out = self._said.get(message, (-REPEAT_SECONDS, 0))
        if now - said < REPEAT_SECONDS:
            self._said[message] = (said, left_out + 1)
            return False
        if len(self._said) >= REMEMBERED:
            self._said.clear()
        self._said[message] = (now, 0)
        if left_out:
            record.msg = f"{record.msg} (and {left_out} times more before)"
        return True


def add_trace_ids(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Say which span a line was written in, if any."""
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = trace.format_trace_id(context.trace_id)
        event["span_id"] = trace.format_span_id(context.span_id)
    return event


def _level(name: str) -> int:
    levels = logging.getLevelNamesMapping()
    if name.upper() not in levels:
        message = f"log level {name!r} is unknown; use one of debug, info, warning, error, critical"
        raise ValueError(message)
    return levels[name.upper()]


def _shared_processors(service: str) -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        _service_adder(service),
        add_trace_ids,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def _service_adder(service: str) -> Callable[[WrappedLogger, str, EventDict], EventDict]:
    def add_service(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event["service"] = service
        return event

    return add_service


def _redact_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    # After exceptions have become text: their messages hold connection URLs more often than anything else.
    return {name: redact(value) for name, value in event.items()}


def _renderer(log_format: LogFormat) -> Processor:
    if log_format == "console" or (log_format == "auto" and sys.stderr.isatty()):
        return structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def _quiet_libraries(level: int) -> None:
    # vLLM configures its loggers when it is imported, after us, unless told not to; its child processes inherit this.
    os.environ.setdefault("VLLM_CONFIGURE_LOGGING", "0")
    for name in QUIET_LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(max(level, logging.WARNING))
