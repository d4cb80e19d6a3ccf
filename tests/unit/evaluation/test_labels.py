import json
from pathlib import Path

import pytest

from schemas.document_types import DocumentType, DocumentTypes, load_document_types
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


@pytest.mark.parametrize("name", ["zugferd.truth.json", "real/truth.json", "real/second_labels.json"])
def test_labels_of_documents_that_are_elsewhere_are_read(tmp_path: Path, name: str):
    labels = SAMPLES / name
    documents = json.loads(labels.read_text("utf-8"))
    for document in documents:
        (tmp_path / document).touch()
    assert len(read_labels(tmp_path, TYPES, labels)) == len(documents)


def test_a_label_says_a_number_that_the_page_itself_prints_wrong(tmp_path: Path):
    entry = {"document_type": "invoice", "fields": {"iban": "DE12 1234 4321 9876 00", "seller_vat_id": "DE123"}}
    [label] = read_labels(folder(tmp_path, {"a.txt": entry}), TYPES)
    assert (label.fields["iban"], label.fields["seller_vat_id"]) == ("DE12 1234 4321 9876 00", "DE123")


def test_a_choice_is_one_of_the_types(tmp_path: Path):
    letter = TYPES["complaint"].model_dump()
    kind = {"name": "urgency", "kind": "choice", "choices": ["high", "low"], "label": {"de": "x", "en": "x"}}
    letter["fields"] = [*letter["fields"], kind | {"description": {"de": "x", "en": "x"}}]
    types = DocumentTypes([*(TYPES[name] for name in TYPES if name != "complaint"), DocumentType(**letter)])
    read_labels(folder(tmp_path, {"a.txt": {"document_type": "complaint", "fields": {"urgency": "low"}}}), types)
    with pytest.raises(LabelsError, match=r"a\.txt: urgency is 'Low'; it should be one of high, low"):
        read_labels(folder(tmp_path, {"a.txt": {"document_type": "complaint", "fields": {"urgency": "Low"}}}), types)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ("{", "not readable as JSON"),
        ("[]", "an object with an object for each file name"),
        ({"a.txt": []}, "an object with an object for each file name"),
        ("{}", r"labels\.json: it names no document; it should be an object with an object for each file name"),
        ('{"a.txt": {}, "a.txt": {}}', r"labels\.json: 'a.txt' stands there twice; it should stand there once"),
        (
            '{"a.txt": {"document_type": "invoice", "fields": {"iban": null, "iban": "DE1"}}}',
            r"labels\.json: a\.txt: fields: 'iban' stands there twice",
        ),
        (
            '{"a.txt": {"document_type": "invoice", "line_items": [{"quantity": 1, "quantity": 2}]}}',
            r"labels\.json: a\.txt: line_items: 'quantity' stands there twice",
        ),
        ({"a.txt": {"fails_with": "broken"}}, r"a\.txt: fails_with is 'broken'; it should be one of .*document_broken"),
        ({"a.txt": {"fails_with": ""}}, r"a\.txt: fails_with is ''; it should be one of"),
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
            {"a.txt": {"document_type": "invoice", "fields": {"currency": "Euro"}}},
            r"a\.txt: currency is 'Euro'; it should be a code of ISO 4217, such as EUR",
        ),
        (
            {"a.txt": {"document_type": "invoice", "fields": {"iban": "DE12 3"}}},
            r"a\.txt: iban is 'DE12 3'; it should be two letters, two digits, and 11 to 30 letters or digits",
        ),
        (
            {"a.txt": {"document_type": "invoice", "line_items": [{"quantity": "1"}, {"qty": "1"}]}},
            r"a\.txt: line_items\[1\] has qty; it may have description, quantity, line_total, unit_price",
        ),
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
