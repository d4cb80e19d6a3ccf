"""The layout is the architecture: the import rules of pyproject.toml hold."""

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports


def test_the_import_rules_hold():
    assert lint_imports(no_cache=True, no_logo=True) == EXIT_STATUS_SUCCESS
