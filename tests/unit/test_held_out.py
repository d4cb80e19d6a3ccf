"""The held-out documents and their labels: the truth that quality is measured against."""

import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from labelled import documents_in, labels_in, single_spaced, text_of

from schemas.document_types import OTHER, DocumentTypes, load_document_types
from services.answers.values import parse_value

SAMPLES = Path(__file__).parents[2] / "samples"
HELD_OUT = SAMPLES / "held_out"
LABELS = labels_in(HELD_OUT)


@pytest.fixture(scope="module")
def types() -> DocumentTypes:
    return load_document_types()


def test_every_document_has_a_label_and_none_is_a_sample() -> None:
    assert documents_in(HELD_OUT) == set(LABELS)
    assert len(LABELS) == 20
    assert not documents_in(HELD_OUT) & documents_in(SAMPLES)


def test_all_types_are_there_and_several_documents_of_none(types: DocumentTypes) -> None:
    seen = Counter(label["document_type"] for label in LABELS.values())
    assert set(seen) == set(types)
    assert seen[OTHER] >= 5
    assert {label["language"] for label in LABELS.values()} == {"de", "fr", "en"}


@pytest.mark.parametrize("name", LABELS)
def test_a_label_names_fields_that_exist_and_none_that_is_required_lacks(name: str, types: DocumentTypes) -> None:
    label = LABELS[name]
    fields = {field.name: field for field in types[label["document_type"]].fields}
    assert label["fields"].keys() == label["verbatim"].keys()
    assert label["fields"].keys() <= fields.keys()
    assert {field.name for field in fields.values() if field.required} <= label["fields"].keys()
    assert all(len(shown) <= fields[field].max_length for field, shown in label["verbatim"].items())


@pytest.mark.parametrize("name", LABELS)
def test_every_labelled_value_stands_in_the_document(name: str) -> None:
    text = text_of(HELD_OUT / name)
    label = LABELS[name]
    assert [shown for shown in label["verbatim"].values() if single_spaced(shown) not in text] == []
    assert [word for word in label["summary_mentions"] if word.lower() not in text.lower()] == []
    assert [row for row in label.get("line_items", ()) if row["description"] not in text] == []


@pytest.mark.parametrize("name", LABELS)
def test_what_the_document_says_is_read_by_code_as_the_labelled_value(name: str, types: DocumentTypes) -> None:
    label = LABELS[name]
    kinds = {field.name: field.kind for field in types[label["document_type"]].fields}
    read = {field: parse_value(kinds[field], shown, label["language"]) for field, shown in label["verbatim"].items()}
    assert {field: value.text if value else None for field, value in read.items()} == label["fields"]


def test_rows_add_up_to_the_net_total() -> None:
    tables = [label for label in LABELS.values() if "line_items" in label]
    assert len(tables) == 5
    for label in tables:
        assert sum(Decimal(row["line_total"]) for row in label["line_items"]) == Decimal(label["fields"]["net_total"])


def test_the_committed_ones_are_those_that_the_script_makes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, SAMPLES / "make_held_out.py", tmp_path], check=True, timeout=120)
    assert labels_in(tmp_path) == LABELS
    assert {name: text_of(tmp_path / name) for name in LABELS} == {name: text_of(HELD_OUT / name) for name in LABELS}
