"""Invoices of any length through the real worker, with the settings that a deployment has."""

import time

import pytest
from invoices import make_invoice
from unit.answers.tables.printed import rows_of, said_figures, totals_of, true_figures

from services.intake.media import PDF
from services.settings import Settings
from services.wiring import parser_of

SECONDS = 120.0
"""For parsing and reading, on a machine with two cores."""


async def read_in_a_worker(rows: int, seed: int, **form: object) -> float:
    """Read an invoice whole, and give how long that took, the making of it aside."""
    invoice = make_invoice(seed, rows, **form)
    async with parser_of(Settings(_env_file=None, parsers=1)) as parser:
        started = time.monotonic()
        document = await parser.parse(invoice.content, PDF)
        answers = rows_of(invoice, document, totals_of(invoice))
        took = time.monotonic() - started
    assert len(document.pages) == invoice.pages
    assert said_figures(answers) == true_figures(invoice)
    assert not answers.reasons
    return took


@pytest.mark.parametrize("rows", [10, 300])
async def test_an_invoice_comes_whole_through_the_worker(rows: int) -> None:
    await read_in_a_worker(rows, 2)


@pytest.mark.slow
async def test_an_invoice_of_3200_rows_is_whole_in_two_minutes() -> None:
    form = {"most_lines": 3, "carries": True, "repeats_head": True, "breaks_rows": True, "subtotal_every": 11}
    assert await read_in_a_worker(3_200, 3, **form) < SECONDS
