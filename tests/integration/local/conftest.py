"""Data folders that PostgreSQL's own account can be let into; pytest closes its own to everybody."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="postkorb-local-") as folder:
        yield Path(folder) / "data"


@pytest.fixture(scope="module")
def used_data_dir() -> Iterator[Path]:
    """Share a data folder between the module's tests: making a database takes longer than starting one."""
    with tempfile.TemporaryDirectory(prefix="postkorb-local-") as folder:
        yield Path(folder) / "data"
