"""How well the demo's model answers the samples, against the committed baseline, and what was read since.

What it said is in samples/answers.json.gz (`make record`), and beside the other sets (`make unread`), by what it was
asked: the model itself is asked what has changed since then.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import unread
import vllm
from hostile.attacks import letters_in
from recorded import Record, Recorded

from schemas.document_types import load_document_types
from services.cli import evaluation
from services.evaluation.asking import sha256_of
from services.evaluation.labels import read_labels
from services.evaluation.report import Calibration, read_report
from services.inference.engines.port import Engine, Generation, Prompt
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


@dataclass(frozen=True, slots=True)
class Held:
    """What later code is held to on one set.

    Parameters
    ----------
    fields
        Read right, stated or proposed, at least.
    misleading, unflagged
        Values stated that mislead, and those of them that do not say that they may be wrong, at most.
    rows
        Right ones, at least.
    silent_losses
        Documents that lose rows in silence, at most.
    auroc, ece
        Of the fields' confidences, at least and at most: a little beside what was measured.
    """

    name: str
    fields: int
    misleading: int
    rows: int
    unflagged: int
    silent_losses: int
    auroc: float
    ece: float


LAYOUTS = [
    # One of the two unflagged is a name with a legal form that the label has not.
    Held("first", fields=231, misleading=1, rows=148, unflagged=1, silent_losses=0, auroc=0.93, ece=0.017),
    Held("second", fields=221, misleading=3, rows=137, unflagged=2, silent_losses=0, auroc=0.95, ece=0.025),
    Held("third", fields=357, misleading=0, rows=241, unflagged=0, silent_losses=0, auroc=1.0, ece=0.026),
    Held("fourth", fields=348, misleading=0, rows=235, unflagged=0, silent_losses=0, auroc=0.98, ece=0.025),
    Held("fifth", fields=340, misleading=0, rows=224, unflagged=0, silent_losses=0, auroc=0.99, ece=0.031),
    Held("sixth", fields=317, misleading=2, rows=240, unflagged=1, silent_losses=0, auroc=0.97, ece=0.017),
    Held("seventh", fields=319, misleading=1, rows=258, unflagged=0, silent_losses=0, auroc=0.98, ece=0.031),
    Held("eighth", fields=309, misleading=1, rows=217, unflagged=0, silent_losses=1, auroc=0.98, ece=0.026),
    Held("ninth", fields=292, misleading=1, rows=161, unflagged=1, silent_losses=0, auroc=0.95, ece=0.027),
    Held("tenth", fields=323, misleading=1, rows=173, unflagged=1, silent_losses=0, auroc=0.96, ece=0.027),
    Held("eleventh", fields=305, misleading=2, rows=193, unflagged=0, silent_losses=0, auroc=0.98, ece=0.026),
    Held("twelfth", fields=324, misleading=0, rows=212, unflagged=0, silent_losses=0, auroc=0.99, ece=0.025),
    Held("thirteenth", fields=304, misleading=2, rows=182, unflagged=0, silent_losses=0, auroc=0.98, ece=0.019),
    Held("fourteenth", fields=294, misleading=0, rows=255, unflagged=0, silent_losses=0, auroc=0.96, ece=0.017),
    Held("fifteenth", fields=299, misleading=2, rows=216, unflagged=0, silent_losses=0, auroc=0.98, ece=0.017),
    Held("sixteenth", fields=309, misleading=0, rows=216, unflagged=0, silent_losses=0, auroc=0.98, ece=0.029),
    Held("seventeenth", fields=327, misleading=0, rows=338, unflagged=0, silent_losses=0, auroc=0.99, ece=0.042),
    Held("eighteenth", fields=305, misleading=0, rows=204, unflagged=0, silent_losses=0, auroc=0.99, ece=0.036),
    Held("nineteenth", fields=302, misleading=1, rows=238, unflagged=1, silent_losses=0, auroc=0.93, ece=0.023),
    Held("twentieth", fields=298, misleading=0, rows=218, unflagged=0, silent_losses=0, auroc=0.99, ece=0.033),
    Held("twenty-first", fields=332, misleading=1, rows=256, unflagged=1, silent_losses=0, auroc=0.97, ece=0.022),
    Held("twenty-second", fields=319, misleading=1, rows=263, unflagged=1, silent_losses=0, auroc=0.98, ece=0.024),
    Held("twenty-third", fields=330, misleading=2, rows=245, unflagged=1, silent_losses=0, auroc=0.98, ece=0.023),
    Held("twenty-fourth", fields=306, misleading=1, rows=254, unflagged=1, silent_losses=0, auroc=0.98, ece=0.035),
    Held("twenty-fifth", fields=320, misleading=2, rows=224, unflagged=0, silent_losses=0, auroc=0.98, ece=0.025),
    Held("twenty-sixth", fields=315, misleading=0, rows=262, unflagged=0, silent_losses=0, auroc=0.98, ece=0.023),
    Held("twenty-seventh", fields=302, misleading=1, rows=258, unflagged=0, silent_losses=0, auroc=0.98, ece=0.03),
    Held("twenty-eighth", fields=298, misleading=0, rows=173, unflagged=0, silent_losses=0, auroc=0.99, ece=0.034),
    Held("twenty-ninth", fields=327, misleading=1, rows=145, unflagged=1, silent_losses=0, auroc=0.97, ece=0.019),
    Held("thirtieth", fields=304, misleading=1, rows=134, unflagged=0, silent_losses=0, auroc=0.98, ece=0.017),
    Held("thirty-first", fields=310, misleading=0, rows=158, unflagged=0, silent_losses=0, auroc=0.99, ece=0.031),
    Held("thirty-second", fields=300, misleading=0, rows=189, unflagged=0, silent_losses=1, auroc=0.95, ece=0.014),
    Held("thirty-third", fields=275, misleading=0, rows=167, unflagged=0, silent_losses=1, auroc=0.99, ece=0.027),
    Held("thirty-fourth", fields=291, misleading=3, rows=160, unflagged=0, silent_losses=0, auroc=0.98, ece=0.022),
    Held("thirty-fifth", fields=311, misleading=1, rows=184, unflagged=1, silent_losses=0, auroc=0.97, ece=0.023),
    Held("thirty-sixth", fields=285, misleading=0, rows=157, unflagged=0, silent_losses=0, auroc=0.99, ece=0.034),
    Held("thirty-seventh", fields=176, misleading=0, rows=88, unflagged=0, silent_losses=0, auroc=0.98, ece=0.037),
    Held("thirty-eighth", fields=362, misleading=0, rows=268, unflagged=0, silent_losses=0, auroc=0.97, ece=0.029),
    Held("thirty-ninth", fields=440, misleading=1, rows=375, unflagged=0, silent_losses=0, auroc=0.97, ece=0.029),
    Held("fortieth", fields=398, misleading=0, rows=292, unflagged=0, silent_losses=0, auroc=0.99, ece=0.034),
    Held("forty-first", fields=384, misleading=7, rows=196, unflagged=2, silent_losses=0, auroc=0.96, ece=0.019),
    Held("forty-second", fields=134, misleading=1, rows=83, unflagged=1, silent_losses=0, auroc=0.95, ece=0.032),
    Held("forty-third", fields=186, misleading=1, rows=99, unflagged=0, silent_losses=0, auroc=0.94, ece=0.034),
]
INVOICES = [
    Held("fifth", fields=221, misleading=2, rows=83, unflagged=0, silent_losses=0, auroc=0.97, ece=0.028),
    Held("sixth", fields=243, misleading=0, rows=123, unflagged=0, silent_losses=1, auroc=1.0, ece=0.015),
    Held("seventh", fields=239, misleading=1, rows=97, unflagged=1, silent_losses=0, auroc=0.97, ece=0.023),
    Held("eighth", fields=227, misleading=1, rows=127, unflagged=1, silent_losses=0, auroc=0.93, ece=0.022),
    Held("ninth", fields=244, misleading=0, rows=148, unflagged=0, silent_losses=0, auroc=0.97, ece=0.015),
    Held("tenth", fields=240, misleading=2, rows=138, unflagged=0, silent_losses=1, auroc=0.94, ece=0.017),
]


class Speechless:
    """Answers nothing: the records of the unread sets lack a few questions that code asks since, fifteen in all."""

    async def generate(self, prompt: Prompt) -> Generation:  # noqa: ARG002  (the engine's interface)
        return Generation("{}", "stop", 1, 1)

    async def close(self) -> None:
        """Leave nothing behind."""


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have the demo's model, which the first test or demo of a machine fetches."""
    monkeypatch.setenv("POSTKORB_DATA_DIR", str(DATA))
    folder = DATA / "models" / MODEL
    if not folder.is_dir():
        subprocess.run([sys.executable, "-m", "services.cli", "models", "fetch"], check=True, stdout=subprocess.DEVNULL)
    return folder


def assert_ranks(found: Calibration, auroc: float, ece: float) -> None:
    assert found.auroc is not None
    assert found.auroc >= auroc
    assert found.ece is not None
    assert found.ece <= ece


def assert_held(
    held: Held, folder: Path, answers: Path, model: Path, page: Path, otherwise: Callable[[], Engine] | None = None
) -> None:
    record = Record.read(answers / f"{held.name}-{MODEL}.json.gz")

    async def load(settings: Settings, say: Callable[[str], None], routes: Routes) -> Engine:
        async def ask() -> Engine:
            return otherwise() if otherwise else await load_engine(settings, say, routes)

        return Recorded(record, model, ask)

    order = evaluation.Order(folder, None, None, None, page, None, calibrate=False, as_json=True, recorded=True)
    figures = evaluation.run(order, load_settings(einvoice="ignore"), load).report.figures
    assert figures.fields.right + figures.contradictions.proposed.right >= held.fields
    assert figures.contradictions.total <= held.misleading
    assert figures.rows is not None
    assert figures.rows.recall_all.right >= held.rows
    assert figures.rows.silent_losses <= held.silent_losses
    assert figures.contradictions.unflagged <= held.unflagged
    assert_ranks(figures.field_calibration, held.auroc, held.ece)


def test_the_baseline_is_of_these_samples_and_the_demos_model():
    baseline = read_report(BASELINE)
    labels = read_labels(SAMPLES, load_document_types())
    assert {item.file: item.sha256 for item in baseline.documents} == {
        label.file.name: sha256_of(label.file.read_bytes()) for label in labels
    }
    assert baseline.made.model == MODEL
    assert baseline.made.source in {"asked", "recorded"}
    assert baseline.made.settings["einvoices"] == "ignore"


def test_seconds_of_the_baseline_are_the_models():
    """Those of answers that were said again, in milliseconds, are nobody's."""
    baseline = read_report(BASELINE)
    costs = [document.cost.seconds for document in baseline.documents if document.cost]
    measured = {seconds is not None for seconds in [baseline.made.wall_seconds, baseline.figures.cost.seconds, *costs]}
    assert measured == {baseline.made.source == "asked"}


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

    order = evaluation.Order(
        SAMPLES, None, None, BASELINE, tmp_path / "page.html", None, calibrate=False, as_json=True, recorded=True
    )
    done = evaluation.run(order, load_settings(einvoice="ignore"), load)
    assert done.comparison is not None
    worse = [item for item in done.comparison.differences if item.worse]
    assert not worse, f"{worse}\n{done.comparison.changed}"
    figures, before = done.report.figures, read_report(BASELINE).figures
    assert figures.contradictions.unflagged <= before.contradictions.unflagged
    assert figures.rows is not None
    assert before.rows is not None
    assert figures.rows.silent_losses <= before.rows.silent_losses
    assert figures.cost.calls is not None
    assert before.cost.calls is not None
    assert figures.cost.calls <= before.cost.calls
    assert_ranks(figures.field_calibration, 0.94, 0.042)  # too low: all 21 fields said .8 to .9 are right
    if not engines[0].asked_anew:
        assert not done.comparison.changed, "`make record` says what the code makes of the same answers now"


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("held", LAYOUTS, ids=lambda held: held.name)
def test_what_was_right_in_other_peoples_layouts_stays_right(held: Held, tmp_path: Path, model: Path):
    layouts = SAMPLES / "layouts"
    assert_held(held, layouts / held.name, layouts / "answers", model, tmp_path / "page.html")


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("held", INVOICES, ids=lambda held: held.name)
def test_what_was_right_in_invoices_that_nobody_tuned_on_stays_right(held: Held, tmp_path: Path, model: Path):
    (folder := tmp_path / held.name).mkdir()
    unread.write_documents(folder, [*letters_in(unread.UNREAD / f"{held.name}_invoices.yaml").values()])
    assert_held(held, folder, unread.ANSWERS, model, tmp_path / "page.html", Speechless)


def test_every_set_with_recorded_answers_is_held():
    for answers, sets in ((SAMPLES / "layouts" / "answers", LAYOUTS), (unread.ANSWERS, INVOICES)):
        recorded = {file.name.removesuffix(f"-{MODEL}.json.gz") for file in answers.iterdir()}
        assert recorded == {held.name for held in sets}
