"""What the installed engine has itself is asked of it, and an engine that does not answer has nothing."""

import sys
from pathlib import Path

import pytest

from services.models.native import EngineUnknownError, Native, installed


@pytest.fixture
def python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a place for a program that answers instead of Python."""
    program = tmp_path / "python"
    monkeypatch.setattr(sys, "executable", str(program))
    return program


def says(program: Path, script: str) -> None:
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_the_last_line_counts_whatever_the_libraries_print_before(python: Path) -> None:
    says(python, """echo 'Triton is installed'; echo '{"architectures": ["A"], "model_types": ["a"]}'""")
    assert installed.__wrapped__() == Native(frozenset({"A"}), frozenset({"a"}))


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo Traceback >&2; echo 'No module named vllm' >&2; exit 1", "No module named vllm"),
        ("echo '{}'", "architectures"),
        ("echo no JSON", "cannot be found out"),
    ],
)
def test_an_engine_that_does_not_answer_is_unknown(python: Path, script: str, words: str) -> None:
    says(python, script)
    with pytest.raises(EngineUnknownError, match=words):
        installed.__wrapped__()


@pytest.mark.parametrize(
    "config", [{"model_type": ["a"], "architectures": ["A"]}, {"model_type": "a", "architectures": [{}]}]
)
def test_names_that_are_no_words_are_there_in_no_engine(config: dict[str, object]) -> None:
    assert Native(frozenset({"A"}), frozenset({"a"})).lacks(config)
