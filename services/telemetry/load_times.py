"""How long models took to load on this machine: what a load that goes on is held against, for people."""

import json
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)


class LoadTimes:
    """A file with the seconds of each model's last load.

    Parameters
    ----------
    data_dir
        Where services write.
    """

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "loads.json"  # not in `run`: every file there is a service

    def last(self, model: str) -> float | None:
        """Give the seconds of the last load of a model; None if there was none, or nobody can tell."""
        seconds = self._read().get(model)
        return float(seconds) if isinstance(seconds, int | float) else None

    def keep(self, model: str, seconds: float) -> None:
        """Keep the seconds of a load; where the disk does not take them, the next load says less."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps(self._read() | {model: round(seconds, 1)}), "utf-8")
        except OSError as error:
            log.warning("how long the model took to load cannot be kept", reason=str(error))

    def _read(self) -> dict[str, object]:
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}
