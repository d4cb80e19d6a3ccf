"""The layout is the architecture: the import rules of pyproject.toml hold."""

import subprocess
import sys


def test_the_import_rules_hold():
    # In a process of its own: the linter changes the logging of the one that it runs in.
    program = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True, no_logo=True))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
