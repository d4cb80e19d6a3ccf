"""Pages that somebody made up to take time, or memory: where values stand is found in bounded time, and forgotten."""

import gc
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from weakref import ref

import pytest
from unit.answers.invoices import INVOICE

from schemas.events import FieldAnswer
from services.answers.candidates import Candidates
from services.answers.check import check_answer
from services.answers.places.elsewhere import by_places
from services.answers.places.learned import shipped_places
from services.answers.places.terms import shapes_of, tokens_of
from services.answers.review import Review
from services.answers.tables.runs import MAX_RUNS, Run, pack

SECONDS = 2.0
"""Of the processor: honest pages take a thousandth."""
LONG = 100_000
"""Characters."""
MEBIBYTE = 1 << 20


@contextmanager
def bounded() -> Iterator[None]:
    started = time.process_time()
    yield
    assert time.process_time() - started < SECONDS


def found_in(pages: Sequence[str], layouts: Sequence[Sequence[int]]) -> tuple[Candidates, list[FieldAnswer]]:
    """Do what comes before: find the values of a document, and check what was copied, half of which stands there."""
    found = Candidates(pages, "de", layouts, learned_places=shipped_places())
    for field in INVOICE.fields:
        found.of(field.kind)
    assert found.surroundings.sheets or not pages
    word = "".join(pages[:1]).strip()[:30].strip() or "x"
    copied = {field.name: word if at % 2 else "Nirgends AG 17" for at, field in enumerate(INVOICE.fields)}
    return found, check_answer(INVOICE, copied, pages, "de", found.surroundings)


def score_all(found: Candidates, answers: Sequence[FieldAnswer]) -> None:
    """Say how likely each answer's place, and every other one, is its field's."""
    fields = {field.name: field for field in INVOICE.fields}
    for answer in answers:
        if answer.path in fields:
            found.places.score_of(INVOICE, fields[answer.path], answer)
    for field in INVOICE.fields:
        found.places.best(INVOICE, field)
    by_places(INVOICE, Review(answers, [], {}), found, "de")


def shifted(cells: str, of_a_line: int) -> str:
    """Give a page of a word and three wide lines, none of whose cells begins where one of another begins."""
    return "\n".join(("x", *(" " * at + cells * of_a_line for at in range(3))))


TEXTS = {
    "one cell": "x" * LONG,
    "one cell of signs": ".:;-" * (LONG // 4),
    "one cell of words": "Wort " * (LONG // 5),
    "one line of cells": "x\n" + "a  " * 66_000,
    "wide lines": shifted("a  ", 22_000),
    "wide lines of amounts": shifted("19,00 €  ", 7_000),
    "wide lines of numbers": shifted("Nr. RE-1234  ", 5_000),
    "a column of cells": "05.06.2026  19,00 €\n" * 10_000,
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
    found, answers = found_in([text] * 5, [])
    with bounded():
        score_all(found, answers)


@pytest.mark.parametrize("pages", [0, 1, 100])
def test_so_do_no_page_and_a_hundred(pages: int) -> None:
    text = "Müller GmbH\nRechnung Nr. RE-12  05.06.2026  19,00 €\n" * 300
    found, answers = found_in([text] * pages, [[]] * pages)
    with bounded():
        score_all(found, answers)


def test_so_does_a_layout_of_wide_lines() -> None:
    """Every cell of a line of hundreds stands beside no other one's edge."""
    of_a_line = MAX_RUNS // 3
    runs = [
        Run(
            2 * at, 2 * at + 1, at % of_a_line * 60 + at // of_a_line * 20, at % of_a_line * 60 + 50, at // of_a_line, 9
        )
        for at in range(of_a_line * 3)
    ]
    found, answers = found_in(["7 " * len(runs)], [pack(runs)])
    with bounded():
        score_all(found, answers)


@pytest.mark.parametrize(
    "piece",
    [
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
        "a.",
        "_",
        "\u0301",
        "@",
        "ß",
    ],
)
def test_words_and_looks_of_a_cell_without_end_are_those_of_its_beginning(piece: str) -> None:
    text = piece * LONG
    with bounded():
        assert len(tokens_of(text)) <= len(text)
        assert shapes_of(text)


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
    found, answers = found_in(["Müller GmbH\nRechnung Nr. RE-12  05.06.2026  19,00 €\n"], [])
    score_all(found, answers)
    gone = ref(found)
    gc.disable()
    try:
        del found
        assert gone() is None
    finally:
        gc.enable()
