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
    """

    service: str
    pid: int
    state: State
    detail: str
    since: float
    health_url: str = ""


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

    def say(self, state: State, detail: str = "") -> None:
        """Replace what was said before."""
        said = ServiceState(self._service, os.getpid(), state, detail, time.time(), self._health_url)
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
