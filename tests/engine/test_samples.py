"""How well the demo's model answers the samples, against the committed baseline."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.document_types import load_document_types
from services.evaluation.asking import sha256_of
from services.evaluation.labels import read_labels
from services.evaluation.report import read_report
from services.settings import Settings

REPOSITORY = Path(__file__).parents[2]
SAMPLES = REPOSITORY / "samples"
BASELINE = SAMPLES / "baseline.json"
DATA = Path(os.environ.get("POSTKORB_DATA_DIR", REPOSITORY / ".postkorb"))
MODEL = Settings.model_fields["model"].default


@pytest.fixture
def environment() -> dict[str, str]:
    """Have the demo's model, which the first test or demo of a machine fetches."""
    environment = os.environ | {"POSTKORB_DATA_DIR": str(DATA)}
    if not (DATA / "models" / MODEL).is_dir():
        fetch = [sys.executable, "-m", "services.cli", "models", "fetch"]
        subprocess.run(fetch, env=environment, check=True, stdout=subprocess.DEVNULL)
    return environment


def test_the_baseline_is_of_these_samples_and_the_demos_model():
    baseline = read_report(BASELINE)
    labels = read_labels(SAMPLES, load_document_types())
    assert {item.file: item.sha256 for item in baseline.documents} == {
        label.file.name: sha256_of(label.file.read_bytes()) for label in labels
    }
    assert (baseline.made.source, baseline.made.model) == ("asked", MODEL)
    assert baseline.made.settings["einvoices"] == "ignore"


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_worse_one_fails(tmp_path: Path, environment: dict[str, str]):
    command = [sys.executable, "-m", "services.cli", "evaluate", str(SAMPLES), "--baseline", str(BASELINE)]
    page = tmp_path / "samples.html"
    done = subprocess.run(
        [*command, "--output", str(page), "--json"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, json.dumps(json.loads(done.stdout)["baseline"], indent=1) + done.stderr[-2000:]
