"""What a service on this machine is doing, for `doctor` and for people who wait: a small file a service."""

import json
import os
import time
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path


class State(StrEnum):
    """Where a service is in its life."""

    STARTING = "starting"
    LOADING = "loading"
    READY = "ready"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class ServiceState:
    """What a service said last.

    Parameters
    ----------
    detail
        For people, such as the model that is being loaded.
    since
        Seconds since 1970.
    health_url
        Where it answers `/livez`, `/readyz` and `/metrics`; empty if it does not.
    expected_seconds
        How long this took the last time; None if that is not known.
    """

    service: str
    pid: int
    state: State
    detail: str
    since: float
    health_url: str = ""
    expected_seconds: float | None = None

    @property
    def told(self) -> str:
        """The same for people, with the time that it has taken so far."""
        return told(self.state, self.detail, time.time() - self.since, self.expected_seconds)


def told(state: State, detail: str, seconds: float, expected_seconds: float | None) -> str:
    """Say in words where a service is in its life; while it starts, for how long, and how long that took last time."""
    said = f"{state.value} {detail}".strip()
    if state not in (State.STARTING, State.LOADING):
        return said
    expected = "" if expected_seconds is None else f", the last time took {expected_seconds:.0f} s"
    return f"{said}: {max(0.0, seconds):.0f} s{expected}"


class StateFile:
    """Says what a service is doing.

    Parameters
    ----------
    health_url
        Where it answers about its health; empty if it does not.
    """

    def __init__(self, data_dir: Path, service: str, health_url: str = "") -> None:
        self._path = _path(data_dir, service)
        self._service = service
        self._health_url = health_url

    def say(self, state: State, detail: str = "", expected_seconds: float | None = None) -> None:
        """Replace what was said before."""
        said = ServiceState(self._service, os.getpid(), state, detail, time.time(), self._health_url, expected_seconds)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_suffix(f".{os.getpid()}")
        temporary.write_text(json.dumps(asdict(said)), "utf-8")
        temporary.replace(self._path)


def read_state(data_dir: Path, service: str) -> ServiceState | None:
    """Give what a service said last; None if it said nothing or its process is gone."""
    try:
        said = json.loads(_path(data_dir, service).read_text("utf-8"))
        os.kill(said["pid"], 0)
    except (FileNotFoundError, ProcessLookupError, json.JSONDecodeError):
        return None
    return ServiceState(**said | {"state": State(said["state"])})


def _path(data_dir: Path, service: str) -> Path:
    return data_dir / "run" / f"{service}.json"
