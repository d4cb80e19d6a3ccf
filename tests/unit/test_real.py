"""What real invoices say that lie elsewhere: the labels can be used."""

import json
from pathlib import Path

from schemas.document_types import load_document_types

TRUTH = json.loads((Path(__file__).parents[2] / "samples" / "real" / "truth.json").read_text("utf-8"))
ABOUT_THE_FILE = {"sha256", "source", "line_items"}


def test_every_label_names_a_field_that_exists_and_the_file_that_it_is_of() -> None:
    fields = {field.name for field in load_document_types()["invoice"].fields}
    assert len(TRUTH) == 21
    for entry in TRUTH.values():
        assert entry.keys() - ABOUT_THE_FILE <= fields
        assert len(entry["sha256"]) == 64
        assert entry["source"]
    assert len({entry["sha256"] for entry in TRUTH.values()}) == len(TRUTH)
