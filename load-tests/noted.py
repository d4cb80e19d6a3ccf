"""An engine for a measurement that asks the model only what it was never asked, and keeps what it says."""

from collections.abc import Callable
from pathlib import Path

from recorded import Noting, Record, Recorded

from services.inference.routes import Routes
from services.settings import Settings
from services.wiring import load_engine


class Noted:
    """Loads one engine, for `services.cli.evaluation.run`.

    Parameters
    ----------
    record
        What was said before; None to ask everything.
    """

    def __init__(self, record: Record | None) -> None:
        self._record = record
        self._engine: Noting | Recorded | None = None

    async def load(self, settings: Settings, say: Callable[[str], None], routes: Routes) -> Noting | Recorded:
        """Give the engine; the model itself is loaded when it is needed."""
        if self._record is None:
            self._engine = Noting(await load_engine(settings, say, routes))
        else:
            folder = settings.models_folder / settings.model
            self._engine = Recorded(self._record, folder, lambda: load_engine(settings, say, routes))
        return self._engine

    def write(self, file: Path) -> None:
        """Write what was said, and nothing that was not asked for this time."""
        asked = self._engine
        assert asked is not None, "nothing was loaded"
        file.parent.mkdir(exist_ok=True)
        Record(identity=asked.identity, context_tokens=asked.context_tokens, answers=asked.noted).write(file)
