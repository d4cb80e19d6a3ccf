"""Pages that somebody made up to take time: what code looks for on them is found, or not, in bounded time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from unit.answers.invoices import INVOICE

from schemas.document_types import load_document_types
from services.answers.candidates import Candidates
from services.answers.check import check_answer
from services.answers.headings import SelfDescriptions
from services.answers.review import review
from services.answers.surroundings import Surroundings
from services.answers.tables.runs import MAX_RUNS, Run, pack

CHARACTERS = 200_000
SECONDS = 30.0
"""Of the processor, for a page that is hundreds of times as full as honest ones."""

TYPES = load_document_types()
PIECES = [
    "a  ", "a\t", "A ", "Ab\t", "1", " ", "\n", "a\n", "·", "a · ", "A1/", "A-", "a1 - ", "12 34 ", "Nr 12 ",
    "05.06.2026  ", "05.06.2026\n", "19,00 €  ", "RE-1 / ", "DE02 ", "Weg 1\n10115 Berlin\n", "Herrn\n", "Bill to\n",
    "Mit freundlichen Grüßen\n", "i. A. Anna Weber\n", "i.a. ", "From: A <", "An: Anna Weber\n", "Betreff: ",
    "Xbescheid", "Rechnung Nr. 1234 ", "Rechnung\n", "Frau Anna Weber\n", "Müller GmbH ", "zahlbar ohne Abzug ",
    "\u0301\u0323", "\ufdfa", "1  ",
]  # fmt: skip


@contextmanager
def bounded() -> Iterator[None]:
    started = time.process_time()
    yield
    assert time.process_time() - started < SECONDS


def look(text: str, layout: list[int]) -> None:
    """Do all that is done with a page, for answers of which some stand there and others do not."""
    word = text.strip()[:30].strip() or "x"
    copied = {field.name: word if number % 2 else "Nirgends AG 17" for number, field in enumerate(INVOICE.fields)}
    candidates = Candidates([text], "de", [layout])
    checked = check_answer(INVOICE, copied, [text], "de", Surroundings([text], [layout]))
    review(INVOICE, checked, candidates, "de")
    SelfDescriptions(TYPES).of([text])


@pytest.mark.parametrize("piece", PIECES, ids=repr)
def test_a_text_made_of_one_piece_costs_bounded_time(piece: str) -> None:
    text = (piece * (CHARACTERS // len(piece) + 1))[:CHARACTERS]
    with bounded():
        look(text, [])


def test_a_sender_s_line_without_end_costs_bounded_time() -> None:
    line = f"A{',' * CHARACTERS}A · Musterstr. 1 · 12345 Berlin"
    with bounded():
        look(f"{line}\nAnna Weber\nWeg 1\n10115 Berlin\n", [])


Place = tuple[int, int, int, int]
SHAPES: dict[str, Callable[[int], Place]] = {
    "one line": lambda at: (at * 600, at * 600 + 500, 100, 100),
    "one column": lambda at: (100, 600, at * 120, 100),
    "one place": lambda _: (100, 600, 100, 100),
    "two lines": lambda at: (at // 2 * 600, at // 2 * 600 + 500, at % 2 * 120, 100),
    "a grid": lambda at: (at % 50 * 600, at % 50 * 600 + 500, at // 50 * 120, 100),
    "lines as wide as can be": lambda at: (at % 70, 10**9, at // 70 * 120, 100),
    "letters as large as can be": lambda at: (100, 600, at, 2**31 - 1),
    "stairs": lambda at: (at * 13, at * 13 + 500, at * 40, 100),
}


@pytest.mark.parametrize("word", ["05.06.2026", "RE-4711", "19,00 €", "Am Weg 3", "10115 Berlin", "i. A. Anna Weber"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_page_of_as_many_runs_as_may_be_costs_bounded_time(word: str, shape: str) -> None:
    step = len(word) + 1
    runs = [Run(at * step, at * step + len(word), *SHAPES[shape](at)) for at in range(MAX_RUNS)]
    with bounded():
        look(f"{word}\n" * MAX_RUNS, pack(runs))
