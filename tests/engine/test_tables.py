"""Rows of other people's tables (`samples/tables`), read by code alone: no model is asked."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from schemas.document_types import DocumentTypes
from services.answers.tables.answers import TableAnswers, read_tables
from services.answers.tables.sheet import sheets
from services.evaluation.asking import Reader, Reading
from services.evaluation.labels import read_labels
from services.evaluation.rows import answered_rows, match_rows
from services.settings import load_settings
from services.wiring import fetcher_of, parser_of, types_of

SAMPLES = Path(__file__).parents[2] / "samples"
TABLES = SAMPLES / "tables"
PAPERS = SAMPLES / "training" / "papers"


@dataclass(frozen=True, slots=True)
class Count:
    """What became of rows; `silent` are papers with wrong ones of which nothing is said."""

    found: int
    answered: int
    silent: int


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("folder", "found", "wrong", "silent"),
    [("web", 633, 6, 0), ("drawn", 522, 11, 0), ("office", 706, 1, 0), ("hosts", 540, 20, 1), ("sheets", 604, 25, 1)],
)
def test_rows_of_other_peoples_tables_are_read_or_said_to_be_missing(folder: str, found: int, wrong: int, silent: int):
    counts = asyncio.run(_counted(TABLES / folder))
    assert sum(count.found for count in counts) >= found
    assert sum(count.answered - count.found for count in counts) <= wrong
    assert sum(count.silent for count in counts) <= silent


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("author", "found", "wrong", "silent"),
    [("T", 251, 5, 0), ("U", 240, 0, 0), ("V", 226, 1, 1), ("W", 203, 0, 0), ("X", 204, 2, 1)],
)
def test_rows_of_papers_with_tables_of_other_programs_are_read(author: str, found: int, wrong: int, silent: int):
    counts = asyncio.run(_counted(PAPERS, f"{author}-"))
    assert sum(count.found for count in counts) >= found
    assert sum(count.answered - count.found for count in counts) <= wrong
    assert sum(count.silent for count in counts) <= silent


async def _counted(folder: Path, beginning: str = "") -> Sequence[Count]:
    settings = load_settings(einvoice="ignore")
    types = types_of(settings)
    labels = [label for label in read_labels(folder, types) if label.file.name.startswith(beginning)]
    async with parser_of(settings) as parser:
        readings = await Reader(fetcher_of(settings), parser).read_all(labels, lambda: None)
    return [_count(reading, types) for reading in readings]


def _count(reading: Reading, types: DocumentTypes) -> Count:
    answers, truth = _read(reading, types), reading.label.rows or ()
    rows = answered_rows(answers.fields)
    matching = match_rows(truth, rows)
    found = sum(index is not None for index in matching.found)
    is_wrong = found < len(truth) or bool(matching.extra)
    return Count(found, len(rows), int(is_wrong and not answers.reasons))


def _read(reading: Reading, types: DocumentTypes) -> TableAnswers:
    kind, pages = types[reading.label.document_type], reading.parsed.pages
    known = reading.label.fields
    totals = {name: Decimal(value) for name in ("net_total", "tax_total", "gross_total") if (value := known.get(name))}
    return read_tables(kind, pages, sheets(pages, reading.parsed.layouts), reading.language, totals)
