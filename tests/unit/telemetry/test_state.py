import json
import os
import subprocess
import sys
from pathlib import Path

from services.telemetry.state import State, StateFile, read_state


def test_what_a_service_said_last_is_read_back_with_where_its_health_is(tmp_path: Path) -> None:
    file = StateFile(tmp_path, "inference", "http://127.0.0.1:4711")
    file.say(State.LOADING, "a model")
    file.say(State.READY)
    said = read_state(tmp_path, "inference")
    assert said is not None
    assert (said.state, said.detail, said.pid) == (State.READY, "", os.getpid())
    assert said.health_url == "http://127.0.0.1:4711"


def test_without_a_health_server_there_is_no_url(tmp_path: Path) -> None:
    StateFile(tmp_path, "relay").say(State.READY)
    said = read_state(tmp_path, "relay")
    assert said is not None
    assert said.health_url == ""


def test_a_service_that_is_gone_or_never_was_says_nothing(tmp_path: Path) -> None:
    assert read_state(tmp_path, "relay") is None
    StateFile(tmp_path, "relay").say(State.READY)
    path = tmp_path / "run" / "relay.json"
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"pid": ended.pid}), "utf-8")
    assert read_state(tmp_path, "relay") is None
