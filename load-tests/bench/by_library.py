"""The same tasks through extraction libraries: an environment of their own, made on first use, and a program each."""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from bench.report import REPOSITORY
from bench.script import ANSWER_SECONDS, ENVIRONMENT
from bench.tasks import Took, count_valid, tasks_of

from services.inference.engines.in_process import sequences_here
from services.local.ports import LOOPBACK
from services.models.sources import SourceError, find_uv
from services.settings import Settings
from services.wiring import types_of

PROGRAMS: Final = REPOSITORY / "load-tests" / "bench" / "libraries"
LIBRARIES: Final = PROGRAMS / "libraries.txt"
RAY: Final = PROGRAMS / "ray.txt"
LICENCES: Final[Mapping[str, str]] = {"instructor": "MIT", "langextract": "Apache-2.0", "ray": "Apache-2.0"}
"""Of what is measured, by name; `ask_<name>.py` asks through it."""

IN_A_MEASUREMENT: Final[Mapping[str, str]] = {
    "NO_PROXY": LOOPBACK,
    "no_proxy": LOOPBACK,
    "HF_HUB_OFFLINE": "1",
    "RAY_AUTH_MODE": "disabled",
    "RAY_USAGE_STATS_ENABLED": "0",
}
INSTALL_SECONDS: Final = 900
FAULT_LENGTH: Final = 300
ERROR: Final = re.compile(r"[\w.]*(Error|Exception)\b.*:")
"""The line of a traceback that says what it is about; some have hints after it."""


class WayError(Exception):
    """Why a way cannot be measured; the others still can."""


def name_and_version(name: str, lock: Path) -> str:
    """Name a library with its locked version and its licence."""
    found = re.search(rf"^{name}==(\S+)", lock.read_text("utf-8"), re.MULTILINE)
    return f"{name} {found[1] if found else 'unlocked'} ({LICENCES[name]})"


def python_with(lock: Path, data: Path) -> Path:
    """Give the Python of a lock's own environment in the data folder; make it if it is not that of the lock.

    Raises
    ------
    WayError
        If it cannot be made, with the end of what uv wrote.
    """
    folder = data.resolve() / f"bench-{lock.stem}"
    python, made_of = folder / "bin" / "python", folder / "made-of"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if made_of.exists() and made_of.read_text("utf-8") == wanted:
        return python
    try:
        uv = str(find_uv(data.resolve() / "uv" / "bin"))
    except SourceError as error:
        raise WayError(str(error)) from error
    _run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)], INSTALL_SECONDS)
    _run(
        [uv, "pip", "sync", "--quiet", "--python", str(python), "--require-hashes", str(lock)],
        INSTALL_SECONDS,
    )
    made_of.write_text(wanted, "utf-8")
    return python


def ask_by_library(
    name: str,
    python: Path,
    settings: Settings,
    texts: Sequence[str],
    place: Path,
    *,
    url: str = "",
    engine: Mapping[str, object] | None = None,
) -> Took:
    """Ask about all documents through a library: the server at `url`, or an engine of its own, set like ours.

    Parameters
    ----------
    place
        A folder for what the program reads and writes.

    Raises
    ------
    WayError
        If its program ends with a fault, or if no answer at all is what its schema allows.
    """
    tasks = tasks_of(types_of(settings))
    request = {
        "url": f"{url}/v1",
        "model": settings.model,
        "side_by_side": settings.max_sequences or sequences_here(),
        "texts": list(texts),
        "tasks": {task: asdict(what) for task, what in tasks.items()},
        "engine": engine or {},
    }
    asked, answered = place / f"{name}.asked.json", place / f"{name}.answered.json"
    asked.write_text(json.dumps(request, ensure_ascii=False), "utf-8")
    program = PROGRAMS / f"ask_{name}.py"
    _run([str(python), "-E", str(program), str(asked), str(answered)], ANSWER_SECONDS, place)
    found = json.loads(answered.read_text("utf-8"))
    answers, fault = found["answers"], _one_line(found["fault"])
    if not (valid := count_valid(tasks, answers)):
        first = f"fault: {fault}" if fault else f"answer: {_one_line(str(answers[:1]))}"
        message = f"no answer is what its schema allows; the first {first}"
        raise WayError(message)
    return Took(found["seconds"], found["calls"], len(answers), valid, fault)


def _one_line(fault: str | None) -> str | None:
    return None if fault is None else " ".join(fault.split())[:FAULT_LENGTH]


def _run(command: Sequence[str], seconds: float, place: Path | None = None) -> None:
    """Run a program to its end; in a measurement, no proxy stands between it and a server on this machine."""
    environment = dict(os.environ)
    if place is not None:
        environment |= ENVIRONMENT | IN_A_MEASUREMENT | {"HOME": str(place), "RAY_TMPDIR": str(place)}
    try:
        done = subprocess.run(  # noqa: S603  (commands of our own)
            command, capture_output=True, text=True, check=False, timeout=seconds, env=environment
        )
    except subprocess.TimeoutExpired as error:
        message = f"not done within {seconds:g} s"
        raise WayError(message) from error
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        errors = [line for line in lines if ERROR.match(line)] or lines
        raise WayError(errors[-1][:FAULT_LENGTH])
