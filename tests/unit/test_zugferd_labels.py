"""Labels of the real ZUGFeRD invoices that are others than their XML's: each has its reason, and stands on its page."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from schemas.document_types import load_document_types
from services.evaluation.labels import TrueRow
from services.evaluation.rows import row_spots
from services.evaluation.shown import PagesShown
from services.intake.document import ReadingLimits
from services.intake.pdf import read_pdf

REPOSITORY = Path(__file__).parents[2]
SHARED = REPOSITORY.parent / "shared" / "data" / "zugferd"
ABOUT_THE_FILE = {"sha256", "pages", "source_path"}
KINDS = {field.name: field.kind for field in load_document_types()["invoice"].fields}

Labels = Mapping[str, Mapping[str, Any]]


def labels_of(path: Path) -> Labels:
    return json.loads(path.read_text("utf-8"), parse_float=str, parse_int=str)


HERE = labels_of(REPOSITORY / "samples" / "zugferd.truth.json")


@pytest.fixture(scope="module")
def of_the_xml() -> Labels:
    if not SHARED.is_dir():
        pytest.skip(f"no {SHARED}: the real invoices are not part of the repository")
    return labels_of(SHARED / "truth.json")


def said(entry: Mapping[str, Any], field: str) -> str:
    """Say a label as the page does."""
    if field not in entry:
        return "not scored"
    value = entry[field]
    if isinstance(value, list):
        return f"{len(value)} rows" if value else "none"
    return "null" if value is None else str(value)


def listed() -> dict[tuple[str, str], tuple[str, str]]:
    page = (REPOSITORY / "samples" / "zugferd.md").read_text("utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("|")]
    assert all(len(row) == 5 and row[4] for row in rows)
    return {(f"{file}.pdf", field): (xml, here) for file, field, xml, here, _ in rows[2:]}


def test_every_label_that_is_not_the_xmls_is_listed_with_both_values(of_the_xml: Labels) -> None:
    assert HERE.keys() == of_the_xml.keys()
    fields = {(file, field) for file, entry in of_the_xml.items() for field in entry.keys() - ABOUT_THE_FILE}
    assert {(file, field) for file, entry in HERE.items() for field in entry} <= fields
    changed = {
        (file, field): (said(of_the_xml[file], field), said(HERE[file], field))
        for file, field in fields
        if field not in HERE[file] or HERE[file][field] != of_the_xml[file][field]
    }
    assert listed() == changed


def test_the_page_shows_every_label_that_is_not_the_xmls(of_the_xml: Labels) -> None:
    assert of_the_xml
    for file, field in listed():
        if field not in HERE[file]:
            continue
        pages = PagesShown(read_pdf((SHARED / file).read_bytes(), ReadingLimits(50, 200_000)).pages)
        if field == "line_items":
            rows = [TrueRow(row["description"], row["quantity"], row["line_total"]) for row in HERE[file][field]]
            assert not [row for row in rows if None in row_spots(row, pages)]
        else:
            assert pages.find(KINDS[field], HERE[file][field]) is not None, (file, field)
