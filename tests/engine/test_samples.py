"""How well the demo's model answers the samples, against the committed baseline.

What it said is in samples/answers.json.gz (`make record`), by what it was asked: the model itself is asked what has
changed since then.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import vllm
from recorded import Record, Recorded

from schemas.document_types import load_document_types
from services.cli import evaluation
from services.evaluation.asking import sha256_of
from services.evaluation.labels import read_labels
from services.evaluation.report import read_report
from services.inference.engines.port import Engine
from services.inference.routes import Routes
from services.models.catalogue import load_catalogue
from services.models.fetch import fetched
from services.settings import Settings, load_settings
from services.wiring import load_engine

REPOSITORY = Path(__file__).parents[2]
SAMPLES = REPOSITORY / "samples"
BASELINE = SAMPLES / "baseline.json"
ANSWERS = SAMPLES / "answers.json.gz"
DATA = Path(os.environ.get("POSTKORB_DATA_DIR", REPOSITORY / ".postkorb"))
MODEL = Settings.model_fields["model"].default


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have the demo's model, which the first test or demo of a machine fetches."""
    monkeypatch.setenv("POSTKORB_DATA_DIR", str(DATA))
    folder = DATA / "models" / MODEL
    if not folder.is_dir():
        subprocess.run([sys.executable, "-m", "services.cli", "models", "fetch"], check=True, stdout=subprocess.DEVNULL)
    return folder


def test_the_baseline_is_of_these_samples_and_the_demos_model():
    baseline = read_report(BASELINE)
    labels = read_labels(SAMPLES, load_document_types())
    assert {item.file: item.sha256 for item in baseline.documents} == {
        label.file.name: sha256_of(label.file.read_bytes()) for label in labels
    }
    assert (baseline.made.source, baseline.made.model) == ("asked", MODEL)
    assert baseline.made.settings["einvoices"] == "ignore"


def test_the_record_is_of_the_model_and_the_engine_that_are_locked(model: Path):
    identity = Record.read(ANSWERS).identity
    assert (identity.model, identity.model_sha256) == (
        MODEL,
        fetched(load_catalogue().find(MODEL), model.parent).sha256,
    )
    assert identity.settings["vllm"].partition("+")[0] == vllm.__version__.partition("+")[0]


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_worse_one_fails(tmp_path: Path, model: Path):
    record = Record.read(ANSWERS)
    engines: list[Recorded] = []

    async def load(settings: Settings, say: Callable[[str], None], routes: Routes) -> Engine:
        engines.append(Recorded(record, model, lambda: load_engine(settings, say, routes)))
        return engines[0]

    order = evaluation.Order(SAMPLES, None, None, BASELINE, tmp_path / "page.html", None, calibrate=False, as_json=True)
    done = evaluation.run(order, load_settings(einvoice="ignore"), load)
    assert done.comparison is not None
    worse = [item for item in done.comparison.differences if item.worse]
    assert not worse, f"{worse}\n{done.comparison.changed}"
    if not engines[0].asked_anew:
        assert not done.comparison.changed, "`make record` says what the code makes of the same answers now"


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("name", "fields", "rows", "unflagged"),
    [
        ("first", 230, 148, 1),
        ("second", 219, 128, 2),  # one is a name with a legal form that the label has not
        ("third", 355, 236, 0),
        ("fourth", 333, 223, 4),
        ("fifth", 329, 224, 1),
        ("sixth", 299, 240, 2),
        ("seventh", 307, 256, 2),
        ("eighth", 291, 205, 2),
    ],
    ids=["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"],
)
def test_what_was_right_in_other_peoples_layouts_stays_right(
    name: str, fields: int, rows: int, unflagged: int, tmp_path: Path, model: Path
):
    record = Record.read(SAMPLES / "layouts" / "answers" / f"{name}-{MODEL}.json.gz")

    async def load(settings: Settings, say: Callable[[str], None], routes: Routes) -> Engine:
        return Recorded(record, model, lambda: load_engine(settings, say, routes))

    folder = SAMPLES / "layouts" / name
    order = evaluation.Order(folder, None, None, None, tmp_path / "page.html", None, calibrate=False, as_json=True)
    figures = evaluation.run(order, load_settings(einvoice="ignore"), load).report.figures
    assert figures.fields.right >= fields
    assert figures.rows is not None
    assert figures.rows.recall_all.right >= rows
    contradictions = figures.contradictions
    assert contradictions.wrong_unflagged + contradictions.invented_unflagged <= unflagged
