"""What became of answers when their documents were read first: kept once, beside what the fit asks anew."""

from pathlib import Path

import first_readings
import pytest

from schemas.document_types import Kind
from services.answers.calibration import ClassSignals, FieldSignals
from services.evaluation.fitting import NO_ROWS, ClassRow, FieldRow, Rows

SURE = ClassSignals(-0.01, 5.0)
MODEL = "small"


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
    first_readings.note("one", MODEL, one)
    first_readings.note("two", MODEL, two)
    first_readings.note("two", "large", rows("c", "wrong"))
    assert first_readings.first_readings(MODEL) == one + two
    assert first_readings.first_readings("unknown") == NO_ROWS


def test_a_set_is_read_first_once() -> None:
    first_readings.note("one", MODEL, rows("a", "right"))
    with pytest.raises(FileExistsError):
        first_readings.note("one", MODEL, rows("a", "wrong"))
    assert first_readings.first_readings(MODEL) == rows("a", "right")


def test_both_kinds_of_rows_are_put_together() -> None:
    both = rows("a", "right") + rows("b", "wrong", "right")
    assert (len(both.fields), len(both.classes), both.documents) == (3, 2, ["a", "b"])
