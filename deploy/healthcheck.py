# noqa: INP001  (a script that the image runs by its path, no package)
"""Health of a container: its service says by HTTP that it is ready; one that hangs does not answer in time."""

import json
import sys
import urllib.error
import urllib.request
from pathlib import Path

from services.settings import load_settings
from services.telemetry.state import read_state

SECONDS = 5.0


def problems(data_dir: Path) -> list[str]:
    """Say what is wrong with the services whose state lies in `data_dir`."""
    names = sorted(file.stem for file in (data_dir / "run").glob("*.json"))
    if not names:
        return ["no service has started here"]
    return [problem for name in names for problem in problems_of(data_dir, name)]


def problems_of(data_dir: Path, name: str) -> list[str]:
    """Say what is wrong with one service."""
    state = read_state(data_dir, name)
    if state is None:
        return [f"{name}: its process is gone"]
    try:
        with urllib.request.urlopen(f"{state.health_url}/readyz", timeout=SECONDS) as answer:  # noqa: S310  (our own)
            report = json.load(answer)
    except urllib.error.HTTPError as error:  # 503: the report says why
        report = json.load(error)
    except (OSError, ValueError) as error:
        return [f"{name}: {error}"]
    return [f"{name}: {one['name']}: {one['reason']}" for one in report["checks"] if not one["healthy"]]


if __name__ == "__main__":
    sys.exit("; ".join(problems(load_settings().data_dir)) or 0)
