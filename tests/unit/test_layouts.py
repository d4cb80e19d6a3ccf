"""Invoices that are set by other people's templates: their labels can be trusted."""

import json
from pathlib import Path

import pytest

from schemas.document_types import load_document_types
from services.answers.normal_form import normal_form
from services.evaluation.labels import read_labels
from services.intake.document import ReadingLimits
from services.intake.pdf import read_pdf

LAYOUTS = Path(__file__).parents[2] / "samples" / "layouts"
LIMITS = ReadingLimits(max_pages=20, max_characters=1_000_000)
FILES = dict.fromkeys(("first", "second"), 24) | dict.fromkeys(
    ("third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth"),
    36,
)
sets = pytest.mark.parametrize("name", FILES)


@sets
def test_every_file_has_a_label_and_the_template_that_set_it(name: str) -> None:
    labels = read_labels(LAYOUTS / name, load_document_types())
    files = {path.name for path in (LAYOUTS / name).glob("*.pdf")}
    sources = json.loads((LAYOUTS / name / "sources.json").read_text("utf-8"))
    assert len(files) == FILES[name]
    assert {label.file.name for label in labels} == files == sources.keys()
    assert all(source["template"] and source["renderer"] for source in sources.values())


@sets
def test_labelled_names_and_numbers_stand_on_the_pages(name: str) -> None:
    labels = json.loads((LAYOUTS / name / "labels.json").read_text("utf-8"))
    missing = []
    for file, label in labels.items():
        text = _letters(" ".join(read_pdf((LAYOUTS / name / file).read_bytes(), LIMITS).pages))
        said = {
            key: value for key, value in label["fields"].items() if value and key.endswith(("number", "name", "iban"))
        }
        missing += [(file, key, value) for key, value in said.items() if _letters(value) not in text]
    assert missing == []


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, normal_form(text).text))
