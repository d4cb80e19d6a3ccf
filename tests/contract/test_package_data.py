"""What an installation brings besides code: the data that the code reads."""

import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PACKAGED = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["package-data"]
CODE = (".py", ".pyc")


@pytest.mark.parametrize("package", ["services", "schemas", "migrations"])
def test_every_file_of_a_package_that_is_no_code_is_installed_with_it(package: str) -> None:
    folder = REPOSITORY / package
    files = {path for path in folder.rglob("*") if path.is_file() and path.suffix not in CODE}
    assert files
    assert files == {path for pattern in PACKAGED[package] for path in folder.glob(pattern)}
