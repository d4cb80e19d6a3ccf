import json
from pathlib import Path

import pytest

from schemas.document_types import load_document_types
from services.evaluation.labels import LabelsError, TrueRow, read_labels

TYPES = load_document_types()
SAMPLES = Path(__file__).parents[3] / "samples"


def folder(path: Path, labels: object, name: str = "labels.json", documents: tuple[str, ...] = ("a.txt",)) -> Path:
    text = labels if isinstance(labels, str) else json.dumps(labels)
    (path / name).write_text(text, "utf-8")
    for document in documents:
        (path / document).write_text("Brief", "utf-8")
    return path


def test_a_field_that_labels_json_does_not_name_the_document_does_not_have(tmp_path: Path):
    entry = {"document_type": "invoice", "fields": {"invoice_number": "17", "gross_total": "10.00"}}
    [label] = read_labels(folder(tmp_path, {"a.txt": entry}), TYPES)
    assert label.fields["invoice_number"] == "17"
    assert label.fields["due_date"] is None
    assert set(label.fields) == {field.name for field in TYPES["invoice"].fields}
    assert label.rows is None


def test_truth_json_scores_what_it_names_and_keeps_its_numbers_as_written(tmp_path: Path):
    row = {"description": "Pfand", "quantity": 20.0, "line_total": 55.46}
    entry = {"pages": 1, "invoice_number": "17", "due_date": None, "gross_total": 10.10, "line_items": [row]}
    [label] = read_labels(folder(tmp_path, {"a.txt": entry}, "truth.json"), TYPES)
    assert label.fields == {"invoice_number": "17", "due_date": None, "gross_total": "10.1"}
    assert label.document_type == "invoice"
    assert label.rows == [TrueRow("Pfand", "20.0", "55.46")]


def test_a_document_that_must_fail_has_no_fields(tmp_path: Path):
    [label] = read_labels(folder(tmp_path, {"a.txt": {"fails_with": "document_broken"}}), TYPES)
    assert (label.fails_with, label.fields) == ("document_broken", {})


@pytest.mark.parametrize("labels", sorted(SAMPLES.rglob("labels.json")), ids=lambda file: file.parent.name)
def test_the_samples_are_read(labels: Path):
    assert len(read_labels(labels.parent, TYPES)) == len(json.loads(labels.read_text("utf-8")))


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ("{", "not readable as JSON"),
        ("[]", "an object with an object for each file name"),
        ({"a.txt": []}, "an object with an object for each file name"),
        ({"b.txt": {"document_type": "invoice"}}, "no document named 'b.txt'"),
        ({"../a.txt": {"document_type": "invoice"}}, "no document named"),
        ({"a.txt": {"document_type": "novel"}}, "document_type is novel"),
        ({"a.txt": {"document_type": "invoice", "fields": {"colour": "red"}}}, "no field colour"),
        ({"a.txt": {"document_type": "invoice", "line_items": ["x"]}}, "a list of objects"),
        ({"a.txt": {"document_type": "invoice", "fields": []}}, "fields should be an object"),
        ({"a.txt": {"document_type": "invoice", "fields": {"invoice_number": ""}}}, "invoice_number should be a text"),
        ({"a.txt": {"document_type": "invoice", "fields": {"iban": ["DE1"]}}}, "iban should be a text"),
        ({"a.txt": {"document_type": "invoice", "fields": {"gross_total": "55,46"}}}, "it should be a plain number"),
        ({"a.txt": {"document_type": "invoice", "fields": {"gross_total": "1e5000"}}}, "it should be a plain number"),
        ({"a.txt": {"document_type": "invoice", "fields": {"due_date": "30.11.2026"}}}, "it should be a day"),
        ({"a.txt": {"document_type": "invoice", "fields": {"due_date": "20261130"}}}, "it should be a day"),
        (
            {"a.txt": {"document_type": "invoice", "line_items": [{}, {"quantity": "20 Stk"}]}},
            r"line_items\[1\].quantity is '20 Stk'",
        ),
        ({"M\udcfcller.pdf": {"document_type": "invoice"}}, "is not UTF-8"),
    ],
)
def test_labels_that_cannot_be_used_are_said_in_one_line(tmp_path: Path, labels: object, said: str):
    with pytest.raises(LabelsError, match=said) as caught:
        read_labels(folder(tmp_path, labels), TYPES)
    assert "\n" not in str(caught.value)


def test_a_folder_without_labels_is_said(tmp_path: Path):
    with pytest.raises(LabelsError, match=r"neither labels\.json nor truth\.json"):
        read_labels(tmp_path, TYPES)
