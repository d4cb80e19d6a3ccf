"""Pages that somebody made up to take time, or memory: where values stand is found in bounded time, and forgotten."""

import gc
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from weakref import ref

import pytest
from unit.answers.invoices import INVOICE

from schemas.document_types import Kind
from schemas.events import FieldAnswer
from services.answers.candidates import Candidates
from services.answers.places.learned import shipped_places
from services.answers.places.terms import LONGEST, shapes_of, tokens_of

SECONDS = 2.0
"""Of a slow processor: most take a few hundredths, and what grows with the square takes minutes."""
LONG = 100_000
"""Characters."""
MEBIBYTE = 1 << 20


@contextmanager
def bounded() -> Iterator[None]:
    started = time.process_time()
    yield
    assert time.process_time() - started < SECONDS


def found_in(pages: Sequence[str], layouts: Sequence[Sequence[int]]) -> Candidates:
    """Find the values of a document, which comes before."""
    found = Candidates(pages, "de", layouts, learned_places=shipped_places())
    assert len(found.surroundings.sheets) == len(pages)
    for kind in (Kind.MONEY, Kind.DATE, Kind.REFERENCE):
        found.of(kind)
    return found


def score_all(found: Candidates) -> None:
    """Say how likely the place of an answer, and every other one, is its field's."""
    word = "".join(found.pages[:1]).strip()[:30].strip() or "x"
    where: dict[str, int] = {"page": 1, "char_start": 0, "char_end": len(word)} if any(found.pages) else {}
    for field in INVOICE.fields:
        for said in (word, "Nirgends AG"):
            answer = FieldAnswer(
                path=field.name, kind=field.kind, value=said, verbatim=said, status="ok", confidence=0.5, **where
            )
            found.places.score_of(INVOICE, field, answer)
        found.places.best(INVOICE, field)


def shifted(cells: str, of_a_line: int) -> str:
    """Give a page of a word and three wide lines, none of whose cells begins where one of another begins."""
    return "\n".join(("x", *(" " * at + cells * of_a_line for at in range(3))))


TEXTS = {
    "one cell": "x" * LONG,
    "one cell of signs": ".:;-" * (LONG // 4),
    "one cell of words": "Wort " * (LONG // 5),
    "wide lines of amounts": shifted("19,00 €  ", 4_000),
    "wide lines of numbers": shifted("Nr. RE-1234  ", 3_000),
    "a column of cells": "05.06.2026  19,00 €\n" * 4_000,
    "from right to left": "חשבונית מס\u200f 12345  تاريخ ١٢/٠٣/٢٠٢٦ 19,00 €\n" * 2_000,
    "combining characters": "a" + "\u0301\u0323" * (LONG // 2),
    "cells of combining characters": "a\u0301\u0323  " * (LONG // 5),
    "one character of eighteen letters": "\ufdfa" * LONG,
    "streets without a number": "1 Weg Ring Platz road " * (LONG // 22),
    "nothing": "",
    "spaces": " \n\t" * LONG,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_costs_bounded_time(text: str) -> None:
    found = found_in([text] * 2, [])
    with bounded():
        score_all(found)


@pytest.mark.parametrize("pages", [0, 1, 100])
def test_so_do_no_page_and_a_hundred(pages: int) -> None:
    text = "Müller GmbH\nRechnung Nr. RE-12  05.06.2026  19,00 €\n" * 100
    found = found_in([text] * pages, [[]] * pages)
    with bounded():
        score_all(found)


def test_one_line_of_cells_costs_bounded_time() -> None:
    found = found_in(["x\n" + "a  " * 66_000] * 2, [])
    with bounded():
        score_all(found)


def test_wide_lines_cost_bounded_time() -> None:
    found = found_in([shifted("a  ", 22_000)] * 2, [])
    with bounded():
        score_all(found)


PIECES = [
    "weg ",
    "1 weg ",
    "str.",
    "1 road ",
    "1234 ",
    "A-1234 ",
    "Dr. ",
    "Anna ",
    "A-",
    "GmbH & Co",
    "_",
    "\u0301",
    "@",
    "ß",
]


@pytest.mark.parametrize("piece", PIECES)
def test_looks_of_a_cell_without_end_are_those_of_its_beginning(piece: str) -> None:
    text = f"1 {piece * (LONG // len(piece))}"
    with bounded():
        assert shapes_of(text) == shapes_of(text[:LONGEST])


@pytest.mark.parametrize("piece", PIECES)
def test_so_are_its_words(piece: str) -> None:
    text = f"1 {piece * (LONG // len(piece))}"
    with bounded():
        assert tokens_of(text) == tokens_of(text[:LONGEST])


def test_words_of_former_documents_take_little_memory() -> None:
    words = [
        chr(0x4E00 + at % 5_000) + "".join(chr(0x3001 + (at >> bit) % 2) for bit in range(100)) for at in range(4_000)
    ]
    tracemalloc.start()
    try:
        for word in words:
            tokens_of(word)
            shapes_of(word)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 16 * MEBIBYTE


def test_a_document_is_forgotten_at_once_with_its_places() -> None:
    """Without a search for circles, which comes when it comes: a long document is megabytes."""
    found = found_in(["Müller GmbH\nRechnung Nr. RE-12  05.06.2026  19,00 €\n"], [])
    score_all(found)
    gone = ref(found)
    gc.disable()
    try:
        del found
        assert gone() is None
    finally:
        gc.enable()
