"""Whether a service lives and is able to work, with the reasons, for people, orchestrators and Prometheus.

The server has a thread of its own: it answers when the event loop hangs, which is when the answer matters most.
"""

import asyncio
import errno
import json
import logging
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import TracebackType
from typing import Any, Final, Self

import structlog
from prometheus_client import CONTENT_TYPE_LATEST

from services.telemetry.redaction import redact_text
from services.telemetry.setup import TelemetrySettingError

BEAT_SECONDS: Final = 1.0
REQUEST_SECONDS: Final = 5.0
"""A client that says nothing for so long, or does not read what it gets, is dropped."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Check:
    """What was found about one thing.

    Parameters
    ----------
    name
        The thing, such as `event loop`.
    reason
        For people: what is wrong, or what was seen.
    """

    name: str
    healthy: bool
    reason: str


Probe = Callable[[], Check]
"""Looks at one thing. It is called from any thread, also when the event loop hangs, and never waits for anything."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found about a service."""

    service: str
    checks: Sequence[Check]

    @property
    def healthy(self) -> bool:
        """Every check is."""
        return all(check.healthy for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        """Give what the server answers; passwords that a reason quotes are hidden."""
        checks = [
            {"name": check.name, "healthy": check.healthy, "reason": redact_text(check.reason)} for check in self.checks
        ]
        return {"service": self.service, "status": "ok" if self.healthy else "failing", "checks": checks}


class Health:
    """The probes of a service.

    Parameters
    ----------
    liveness
        What only a new process can mend.
    readiness
        What it takes to work; it may come back by itself.
    """

    def __init__(self, service: str, liveness: Sequence[Probe], readiness: Sequence[Probe]) -> None:
        self._service = service
        self._liveness = liveness
        self._readiness = readiness

    def live(self) -> Report:
        """Say whether the process is of any use."""
        return Report(self._service, [_looked(probe) for probe in self._liveness])

    def ready(self) -> Report:
        """Say whether the service is able to work now."""
        return Report(self._service, [_looked(probe) for probe in self._readiness])


class Heartbeat:
    """Says that something still goes on: it beats, or it is taken for hanging.

    Parameters
    ----------
    name
        What beats, such as `event loop`.
    limit_seconds
        Longest time between two beats; the first one counts from when this object was made.
    """

    def __init__(self, name: str, limit_seconds: float) -> None:
        self._name = name
        self._limit_seconds = limit_seconds
        self._last = time.monotonic()  # one float: threads see the old one or the new one

    @property
    def age_seconds(self) -> float:
        """Time since the last beat."""
        return time.monotonic() - self._last

    def beat(self) -> None:
        """Say that it goes on."""
        self._last = time.monotonic()

    async def beat_regularly(self) -> None:
        """Beat once a second until cancelled, as long as the event loop turns."""
        while True:
            self.beat()
            await asyncio.sleep(BEAT_SECONDS)

    def check(self) -> Check:
        """Probe: the last beat is not older than the limit."""
        age = self.age_seconds
        return Check(
            self._name, age <= self._limit_seconds, f"last beat {age:.1f} s ago, limit {self._limit_seconds:g} s"
        )


class HealthServer:
    """Answers `/livez` and `/readyz` with 200 or 503 and a report in JSON, and `/metrics` as Prometheus reads it.

    It listens within its `with` block.

    Parameters
    ----------
    exposition
        Gives the metrics; such as `Telemetry.exposition`.
    host
        Address or name to listen at.
    port
        0: a free one; `url` says which.
    """

    def __init__(self, health: Health, exposition: Callable[[], bytes], host: str, port: int) -> None:
        self._health = health
        self._exposition = exposition
        self._host = host
        self._port = port

    @property
    def url(self) -> str:
        """Where it listens, without a path."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._listener.server_address[1]}"

    def __enter__(self) -> Self:
        """Listen.

        Raises
        ------
        TelemetrySettingError
            If the port is taken or may not be used, or the host is none of this machine.
        """
        try:
            self._listener = _Listener(self._health, self._exposition, self._host, self._port)
        except OSError as error:
            raise _unusable(self._host, self._port, error) from error
        self._thread = threading.Thread(target=self._listener.serve_forever, name="health", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._listener.shutdown()
        self._listener.server_close()
        self._thread.join()


@dataclass(frozen=True, slots=True)
class _Answer:
    status: HTTPStatus
    content_type: str
    body: bytes


class _Listener(ThreadingHTTPServer):
    """One daemon thread a connection, so that no client waits for another."""

    def __init__(self, health: Health, exposition: Callable[[], bytes], host: str, port: int) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._health = health
        self._exposition = exposition
        super().__init__((host, port), _Request)

    def server_bind(self) -> None:
        """Bind without asking DNS for our own name, as HTTPServer does: that may take long, and nobody needs it."""
        TCPServer.server_bind(self)

    def answer(self, path: str) -> _Answer:
        """Answer a GET."""
        match path.partition("?")[0]:
            case "/livez":
                return _reported(self._health.live())
            case "/readyz":
                return _reported(self._health.ready())
            case "/metrics":
                return _Answer(HTTPStatus.OK, CONTENT_TYPE_LATEST, self._exposition())
            case _:
                return _Answer(HTTPStatus.NOT_FOUND, "text/plain", b"there are /livez, /readyz and /metrics\n")

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401, ARG002  (the base class's signature)
        """Log what went wrong with a request; that a client went away is none of our faults."""
        error = sys.exception()
        level = logging.DEBUG if isinstance(error, ConnectionError | TimeoutError) else logging.WARNING
        log.log(level, "a request for health or metrics failed", exc_info=error)


class _Request(BaseHTTPRequestHandler):
    server: _Listener
    server_version = "postkorb"
    sys_version = ""
    timeout = REQUEST_SECONDS

    def do_GET(self) -> None:
        self.wfile.write(self._begin().body)

    def do_HEAD(self) -> None:
        self._begin()

    def log_message(self, *_: object) -> None:
        """Say nothing: a line every few seconds for each probe tells nobody anything."""

    def _begin(self) -> _Answer:
        answer = self.server.answer(self.path)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        return answer


def _looked(probe: Probe) -> Check:
    try:
        return probe()
    except Exception as error:  # noqa: BLE001  (whatever it is, the thing that it looks at is not known to be well)
        name = getattr(probe, "__qualname__", type(probe).__qualname__)
        return Check(name, healthy=False, reason=type(error).__qualname__)


def _reported(report: Report) -> _Answer:
    status = HTTPStatus.OK if report.healthy else HTTPStatus.SERVICE_UNAVAILABLE
    body = json.dumps(report.as_json(), ensure_ascii=False, indent=1) + "\n"
    return _Answer(status, "application/json", body.encode("utf-8", "replace"))


def _unusable(host: str, port: int, error: OSError) -> TelemetrySettingError:
    match error.errno:
        case errno.EADDRINUSE:
            message = f"POSTKORB_HEALTH_PORT: port {port} of {host} is taken; name another, or 0 for a free one"
        case errno.EACCES:
            message = (
                f"POSTKORB_HEALTH_PORT: port {port} is not for this user; name one above 1023, or 0 for a free one"
            )
        case _:
            message = (
                f"POSTKORB_HEALTH_HOST: cannot listen at {host!r} ({error.strerror}); name an address of this machine"
            )
    return TelemetrySettingError(message)
