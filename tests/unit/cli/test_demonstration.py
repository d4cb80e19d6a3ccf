"""What the demo shows: a part of the samples that leaves out no kind of them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.demonstration import SAMPLES, SHOWN
from services.cli.main import app

LABELS = json.loads((SAMPLES / "labels.json").read_text("utf-8"))


def test_every_type_and_every_way_to_fail_is_shown() -> None:
    types = {name: label.get("document_type") for name, label in LABELS.items()}
    assert {types[name] for name in SHOWN} == set(types.values())
    assert {name for name, kind in types.items() if kind is None} <= set(SHOWN)


def test_both_languages_and_all_forms_are_shown() -> None:
    assert {LABELS[name].get("language") for name in SHOWN} == {label.get("language") for label in LABELS.values()}
    assert {Path(name).suffix for name in SHOWN} == {Path(name).suffix for name in LABELS}


def test_outside_a_checkout_one_line_says_what_helps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["demo"])
    assert result.exit_code == 2
    assert "--samples" in result.output
