"""What people see while something is fetched: a bar a phase with how much is done and how long it will take."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.progress import Progress

from services.cli import models, progress
from services.cli.progress import DocumentBars, phase_bars
from services.models.catalogue import ModelEntry, load_catalogue
from services.settings import Settings

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Callable[[], list[str]]]:
    """Give what puts a console in the place of the real one, and gives the lines that it has shown."""

    def put(*, terminal: bool) -> Callable[[], list[str]]:
        file = io.StringIO()
        monkeypatch.setattr(progress, "console", Console(file=file, force_terminal=terminal, width=120))
        return lambda: [line.strip() for line in re.split(r"[\r\n]+", ESCAPES.sub("", file.getvalue())) if line.strip()]

    return put


def fetch_slowly(_entry: ModelEntry, _folder: Path, on_progress: progress.OnProgress) -> None:
    """Stand for what fetches: half of one phase, and all of another."""
    on_progress("download", 0, 400)
    on_progress("download", 100, 400)
    on_progress("download", 200, 400)
    on_progress("verify", 8, 8)


def bring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "fetch", fetch_slowly)
    settings = Settings(data_dir=tmp_path, engine="remote", engine_urls=["http://nowhere"])
    models.bring(settings, load_catalogue().find("qwen2.5-coder-1.5b-instruct"))


def test_a_model_that_is_fetched_has_a_bar_a_phase_with_its_share_and_the_time_left(
    shown: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = shown(terminal=True)
    bring(tmp_path, monkeypatch)
    [download, verify] = lines()[-2:]
    assert "model qwen2.5-coder-1.5b" in download
    assert [re.findall(r"(\d+)%", line)[-1] for line in (download, verify)] == ["50", "100"]
    assert re.search(r"\d:\d\d:\d\d left +[-\d]+:[-\d]+:[-\d]+$", download)
    assert re.search(r"left 0:00:00$", verify)


def test_where_nobody_looks_each_phase_has_a_line(shown: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(terminal=False)
    bring(tmp_path, monkeypatch)
    said = [line for line in lines() if "%" not in line]
    assert said == [f"model qwen2.5-coder-1.5b-instruct: {phase}" for phase in ("download", "verify")]


def test_a_phase_of_unknown_length_goes_on_without_a_share(shown: Any) -> None:
    lines = shown(terminal=True)
    with phase_bars("broker") as on_progress:
        on_progress("wait", 0, 0)
    assert "broker: wait" in lines()[-1]


def lines_of(monkeypatch: pytest.MonkeyPatch, seconds: list[float]) -> list[str]:
    """Give the lines of documents that are done after so many seconds each."""
    said: list[str] = []
    clock = iter([0.0])
    now = 0.0

    def time() -> float:
        return next(clock, now)

    monkeypatch.setattr(progress, "console", Console(force_terminal=False))
    bars = DocumentBars(Progress(get_time=time, disable=True), quiet=False)
    monkeypatch.setattr(bars, "say", said.append)
    done = bars.add("answered", len(seconds))
    for each in seconds:
        now += each
        done()
    return said


def test_what_is_left_is_told_by_the_whole_way(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lines_of(monkeypatch, [10.0] * 4) == [
        "1 of 4 documents answered, about 30 s left",
        "2 of 4 documents answered, about 20 s left",
        "3 of 4 documents answered, about 10 s left",
        "4 of 4 documents answered",
    ]


def test_documents_that_fail_at_once_tell_nothing_of_what_the_others_take(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lines_of(monkeypatch, [0.01, 0.01, 10.0, 10.0])[:3] == [
        "1 of 4 documents answered",
        "2 of 4 documents answered",
        "3 of 4 documents answered, about 3 s left",
    ]
