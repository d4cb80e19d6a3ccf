"""How well places speak for kept answers is said anew of the same answers, and of no others."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from first_readings import kept_documents, kept_rows, names_of_reports, write_rows
from place_signals import folder_of, judged_anew, same_answers

from schemas.document_types import load_document_types
from services.answers.places.learned import LearnedPlaces
from services.settings import load_settings

MODEL = load_settings().model
NAME = "layouts-twenty-third"


@pytest.mark.parametrize("name", names_of_reports(MODEL))
def test_the_evaluations_of_all_versions_are_read(name: str) -> None:
    assert sum(field.verdict == "right" for document in kept_documents(name, MODEL) for field in document.fields) > 80


def test_each_kept_answer_is_found_in_the_evaluation_of_that_day() -> None:
    rows, documents = kept_rows(NAME, MODEL), kept_documents(NAME, MODEL)
    found = list(same_answers(rows.fields, documents))
    assert [row for row, _, _ in found] == list(rows.fields)
    fields = [(document.file, field.path) for _, document, field in found if document and field]
    assert len(set(fields)) == len(fields) == len(rows.fields)
    assert all(field.verdict == "right" for row, _, field in found if row.right and row.confidence > 0.75 and field)


def test_an_answer_that_the_evaluation_has_not_is_none_of_its_fields() -> None:
    rows, documents = kept_rows(NAME, MODEL), kept_documents(NAME, MODEL)
    strange = replace(rows.fields[3], confidence=0.123)
    found = list(same_answers([*rows.fields[:3], strange, *rows.fields[4:]], documents))
    assert [row for row, document, _ in found if document is None] == [strange]


def test_what_places_said_nothing_of_stays_so() -> None:
    rows, documents = kept_rows(NAME, MODEL), kept_documents(NAME, MODEL)
    unknown = [replace(row, signals=replace(row.signals, placed=None)) for row in rows.fields]
    learned = LearnedPlaces(learned_at=datetime.now(UTC), documents=0, groups={})
    assert list(judged_anew(unknown, documents, {}, load_document_types(), learned)) == unknown


def test_names_are_those_of_sets_with_an_evaluation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {NAME, "layouts-thirteenth"} <= set(names_of_reports(MODEL))
    assert "layouts-first" not in names_of_reports(MODEL)
    rows = kept_rows(NAME, MODEL)
    monkeypatch.setattr("first_readings.FOLDER", tmp_path)
    write_rows("own", MODEL, rows)
    assert kept_rows("own", MODEL) == rows
    assert names_of_reports(MODEL) == []


def test_papers_that_were_made_to_learn_from_are_left_out_together() -> None:
    assert folder_of("layouts-twenty-third") == "twenty-third"
    assert folder_of("papers-D") == folder_of("papers-G") == "papers"
