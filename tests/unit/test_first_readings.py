"""What became of answers when their documents were read first: kept once, beside what the fit asks anew."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import first_readings
import pytest

from schemas.document_types import Kind
from services.answers.calibration import ClassSignals, FieldSignals
from services.evaluation.figures import figures_of
from services.evaluation.fitting import NO_ROWS, ClassRow, FieldRow, Rows
from services.evaluation.report import Made, Report

SURE = ClassSignals(-0.01, 5.0)
MODEL = "small"
MADE = Made(
    at=datetime(2026, 11, 25, tzinfo=UTC),
    folder="letters",
    source="asked",
    pipeline_id="p",
    model=MODEL,
    settings={},
    wall_seconds=1.0,
)
REPORT = Report(made=MADE, figures=figures_of([], 1.0), documents=[])


def rows(document: str, *verdicts: str) -> Rows:
    signals = FieldSignals(Kind.NAME, mean_logprob=-0.5, match="fuzzy", affirmed=False, contested=2)
    return Rows(
        [FieldRow(document, signals, SURE, verdict == "right", 0.75) for verdict in verdicts],
        [ClassRow(document, SURE, right=True, is_other=False, confidence=0.5)],
    )


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_readings, "FOLDER", tmp_path / "kept")


def test_what_is_noted_is_read_again_set_by_set_and_of_one_model_alone() -> None:
    one, two = rows("a", "right", "wrong"), rows("b", "right")
    first_readings.note("one", MODEL, one, REPORT)
    first_readings.note("two", MODEL, two, REPORT)
    first_readings.note("two", "large", rows("c", "wrong"), REPORT)
    assert first_readings.first_readings(MODEL) == one + two
    assert first_readings.first_readings("unknown") == NO_ROWS


def test_a_set_is_read_first_once() -> None:
    first_readings.note("one", MODEL, rows("a", "right"), REPORT)
    with pytest.raises(FileExistsError):
        first_readings.note("one", MODEL, rows("a", "wrong"), REPORT)
    assert first_readings.first_readings(MODEL) == rows("a", "right")


def test_values_and_places_are_kept_beside_the_signals() -> None:
    first_readings.note("one", MODEL, rows("a", "right"), REPORT)
    kept = gzip.decompress((first_readings.FOLDER / f"one-{MODEL}.report.json.gz").read_bytes())
    assert Report.model_validate_json(kept) == REPORT


def test_both_kinds_of_rows_are_put_together() -> None:
    both = rows("a", "right") + rows("b", "wrong", "right")
    assert (len(both.fields), len(both.classes), both.documents) == (3, 2, ["a", "b"])
