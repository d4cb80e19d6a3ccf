"""Where the migrations are, and which there are."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from alembic.config import Config
from alembic.script import ScriptDirectory

from services.storage.errors import StorageError

PACKAGE: Final = "migrations"


def alembic_config() -> Config:
    """Configure Alembic without a file: the migrations are a package beside ours, installed with it."""
    config = Config()
    config.set_main_option("script_location", str(_folder()).replace("%", "%%"))
    return config


def known_revisions() -> Sequence[str]:
    """Give the revisions that this version brings, oldest first."""
    scripts = ScriptDirectory.from_config(alembic_config())
    return [script.revision for script in scripts.walk_revisions()][::-1]


def _folder() -> Path:
    # Not importlib.resources: an editable install may know the package as a namespace, which that refuses.
    spec = find_spec(PACKAGE)
    places = [Path(place) for place in (spec and spec.submodule_search_locations) or ()]
    found = [place for place in places if (place / "env.py").is_file()]
    if not found:
        message = "Postkorb's package `migrations` is not installed; install Postkorb again"
        raise StorageError(message)
    return found[0]
