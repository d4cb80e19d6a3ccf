"""Invoices of any length through steps 5 to 7: the model reads who, when and how much, code reads the rows."""

import time
from collections.abc import Sequence
from dataclasses import replace

import pytest
from invoices import Invoice
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.trace import NoOpTracerProvider
from pending import pending_document
from scripted import ScriptedEngine, letter
from unit.answers.tables.printed import printed, said_figures, true_figures

from schemas.document_types import load_document_types
from schemas.events import Status
from services.answers.calibration import UNFITTED
from services.answers.tables.answers import TableAnswers
from services.answers.tables.runs import pack, unpack
from services.answers.tables.sheet import sheets
from services.inference.admit import admit
from services.inference.ask import Asker
from services.inference.check import answered, check, check_again, with_tables
from services.inference.outcome import Answered
from services.storage.records import PendingDocument
from services.telemetry.metrics import Metrics
from services.telemetry.tracing import Tracing

TYPES = load_document_types()
MOST_WINDOWS = 16
SECONDS = 60.0
"""Of the processor, beside the engine."""
FORM = {"most_lines": 3, "carries": True, "repeats_head": True, "breaks_rows": True, "subtotal_every": 11}
SEED = 3
PROSE = (
    "Wir liefern gern und hoffen auf Ihr Verständnis, wenn ein Teil der Ware etwas später bei Ihnen eintrifft.\n" * 9
)
MARK = "Bestellnummer: B-99\norder_number: B-99"
LIST = "\n".join(f"Montage Halle {number}  {number}{number},00" for number in range(10, 60))
"""A page of rows that is no part of the invoice's table."""


def invoice_of(rows: int) -> tuple[Invoice, PendingDocument]:
    """Give an invoice as step 3 leaves it; what the script copies stands below its first and its last page."""
    invoice, document = printed(SEED, rows, **FORM)
    head = letter("invoice", invoice_number="2024-0815", issue_date="05.06.2026", seller_name="Muster GmbH")
    totals = {"net_total": invoice.net_total, "gross_total": invoice.gross_total}
    written = {name: f"{value:,.2f} €".translate(str.maketrans(",.", ".,")) for name, value in totals.items()}
    foot = "\n".join(f"{name}: {value}" for name, value in written.items())
    pages = list(document.pages)
    pages[0] = f"{pages[0]}\n{head}"
    pages[-1] = f"{pages[-1]}\n{foot}"
    return invoice, pending_document(*pages, layouts=document.layouts)


async def answer(document: PendingDocument, engine: ScriptedEngine, most: int = MOST_WINDOWS) -> Answered:
    metrics = Metrics(NoOpMeterProvider().get_meter("test"))
    tracing = Tracing(NoOpTracerProvider().get_tracer("test"), metrics)
    calibration = UNFITTED.model_copy(update={"review_below": 0.0})
    asker = Asker(engine, TYPES, "document", tracing, metrics, calibration=calibration)
    (admitted,) = await admit([document], engine, asker.text_budget(), most)
    checked = check(await asker.ask(admitted))
    if checked.question:
        checked = check_again(checked, await asker.ask_again(checked.asked, checked.question))
    return answered(with_tables(checked))


def figures(outcome: Answered) -> Sequence[object]:
    return said_figures(TableAnswers([field for field in outcome.fields if "[" in field.path], ()))


def with_page(document: PendingDocument, at: int, text: str) -> PendingDocument:
    """Put a page of plain text before one."""
    pages, layouts = list(document.pages), list(document.layouts)
    pages.insert(at, text)
    layouts.insert(at, ())
    return replace(document, pages=pages, layouts=layouts)


def without_a_row(document: PendingDocument, page: int) -> PendingDocument:
    """Take a row from the middle of a page."""
    (sheet,) = sheets([document.pages[page]], [document.layouts[page]])
    whole = [line for line in sheet.lines if len(line.cells) == max(len(other.cells) for other in sheet.lines)]
    row = whole[len(whole) // 2]
    layouts = list(document.layouts)
    runs = unpack(layouts[page], document.pages[page])
    layouts[page] = pack(run for run in runs if run.baseline != row.baseline)
    return replace(document, layouts=layouts)


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


@pytest.mark.parametrize("rows", [10, 100, 1_000, 3_200])
async def test_an_invoice_is_whole_after_few_questions_however_long_it_is(engine: ScriptedEngine, rows: int) -> None:
    invoice, document = invoice_of(rows)
    before = time.process_time()
    outcome = await answer(document, engine)
    assert time.process_time() - before < SECONDS
    assert figures(outcome) == true_figures(invoice)
    assert (outcome.status, list(outcome.reasons)) == (Status.COMPLETE, [])
    assert {field.path: field.page for field in outcome.fields}["gross_total"] == len(document.pages)
    assert len(engine.prompts) <= 2 + 2, "the type, then a window; a long one may need two more"


@pytest.mark.parametrize("rows", [100, 1_000])
async def test_a_row_that_is_missing_on_a_page_that_only_code_read_is_said(engine: ScriptedEngine, rows: int) -> None:
    invoice, document = invoice_of(rows)
    lost = without_a_row(document, len(document.pages) // 2)
    outcome = await answer(lost, engine)
    assert len(figures(outcome)) == len(invoice.items) - 1
    assert outcome.status is Status.INCOMPLETE
    assert any("Zeilen fehlen gegenüber der Summe" in reason for reason in outcome.reasons)


async def test_a_page_of_prose_between_pages_of_rows_is_read_with_its_number(engine: ScriptedEngine) -> None:
    invoice, document = invoice_of(1_000)
    outcome = await answer(with_page(document, 9, f"{PROSE}{MARK}"), engine)
    found = {field.path: (field.value, field.page) for field in outcome.fields}
    assert found["order_number"] == ("B-99", 10)
    assert any(f"[page 10]\n{PROSE}" in prompt.user for prompt in engine.prompts)
    assert figures(outcome) == true_figures(invoice)
    assert len(engine.prompts) <= 4


async def test_the_model_reads_what_is_no_page_of_rows_under_its_own_page_numbers(engine: ScriptedEngine) -> None:
    _, document = invoice_of(1_000)
    outcome = await answer(document, engine)
    admitted = outcome.asked.admitted
    assert admitted.given_pages == [1, len(document.pages)]
    assert f"[page {len(document.pages)}]" in engine.prompts[-1].user
    for field in outcome.fields:
        shown = document.pages[(field.page or 0) - 1][field.char_start : field.char_end]
        assert shown.split()[:1] == field.verbatim.split()[:1]


async def test_a_document_whose_type_has_no_tables_is_read_by_the_model_alone(engine: ScriptedEngine) -> None:
    document = pending_document("Mietvertrag\n" + letter("contract"), *[LIST] * 30, "Ende der Anlage")
    outcome = await answer(document, engine)
    assert outcome.asked.kind.name == "contract"
    assert outcome.asked.admitted.given_pages == list(range(1, len(document.pages) + 1))
    assert not [reason for reason in outcome.reasons if reason.startswith("Seite")]


async def test_pages_that_look_like_rows_and_give_none_are_read_where_the_model_can_read_all(
    engine: ScriptedEngine,
) -> None:
    invoice, document = invoice_of(300)
    outcome = await answer(replace(document, pages=[*document.pages, LIST, LIST, "Ende der Anlage"]), engine)
    assert outcome.asked.admitted.given_pages == list(range(1, len(document.pages) + 4))
    assert (outcome.status, figures(outcome)) == (Status.COMPLETE, true_figures(invoice))


async def test_pages_that_look_like_rows_and_give_none_are_said(engine: ScriptedEngine) -> None:
    invoice, document = invoice_of(300)
    outcome = await answer(replace(document, pages=[*document.pages, LIST, LIST, "Ende der Anlage"]), engine, most=2)
    assert outcome.status is Status.INCOMPLETE
    first = len(document.pages) + 1
    assert any(
        reason.startswith(f"Seiten {first} bis {first + 1} von {first + 2} wurden dem Modell nicht vorgelegt")
        for reason in outcome.reasons
    )
    assert figures(outcome) == true_figures(invoice)


async def test_a_document_that_fits_is_read_whole(engine: ScriptedEngine) -> None:
    _, document = invoice_of(30)
    outcome = await answer(document, engine)
    assert outcome.asked.admitted.given_pages == list(range(1, len(document.pages) + 1))
    assert not outcome.asked.admitted.row_pages
