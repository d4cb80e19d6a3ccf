# noqa: INP001  (a script that the image runs by its path, no package)
"""Health of a container: the service in it has said that it is ready, and its process lives.

It does not see a service that hangs: that shows as growing lag.
"""

import sys
from pathlib import Path

from services.settings import load_settings
from services.telemetry.state import State, read_state


def problems(data_dir: Path) -> list[str]:
    """Say what is wrong with the services whose state lies in `data_dir`."""
    names = sorted(file.stem for file in (data_dir / "run").glob("*.json"))
    states = {name: read_state(data_dir, name) for name in names}
    found = [
        f"{name}: {state.state.value} {state.detail}".rstrip() if state else f"{name}: its process is gone"
        for name, state in states.items()
        if state is None or state.state is not State.READY
    ]
    return found if names else ["no service has started here"]


if __name__ == "__main__":
    sys.exit("; ".join(problems(load_settings().data_dir)) or 0)
