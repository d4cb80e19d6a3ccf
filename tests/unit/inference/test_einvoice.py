"""Steps 6 and 7 of an e-invoice: what its XML is for, by setting."""

from decimal import Decimal
from typing import Any

import pytest
from einvoices import INVOICE, PAGE, ROWS, changed, cii, printed, tabulated
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import TracerProvider
from pending import pending_document
from scripted import ScriptedEngine, letter

from schemas.document_types import load_document_types
from schemas.events import ErrorCode, FindingKind, Status
from services.answers.einvoice import EInvoice
from services.answers.einvoice_summary import einvoice_summary
from services.inference.admit import admit
from services.inference.ask import Asker, AskError
from services.inference.check import answered, check
from services.inference.einvoice import EInvoiceUse
from services.inference.outcome import Answered
from services.inference.pipeline import pipeline_of
from services.intake.document import ReadingLimits
from services.intake.einvoice_page import read_einvoice_xml
from services.intake.pdf import read_pdf
from services.intake.stored_text import stored_form
from services.storage.records import PendingDocument
from services.telemetry.metrics import Metrics
from services.telemetry.tracing import Tracing

TYPES = load_document_types()
READABLE = (
    PAGE
    + "\n"
    + letter("invoice", invoice_number="RE-2026/17", issue_date="5. November 2026", seller_name="Anders GmbH")
)
"""The page with lines that the scripted engine reads: it takes another firm for the seller."""


def document(invoice: EInvoice | None = INVOICE, *pages: str, **changes: Any) -> PendingDocument:
    given = {
        "tenant": "acme",
        "document_id": "inv-1",
        "file_name": "rechnung.pdf",
        "traceparent": f"00-{'a' * 32}-{'b' * 16}-01",
        "einvoice": None if invoice is None else invoice.as_json(),
    }
    return pending_document(*(pages or (PAGE,)), **given | changes)


async def answer(given: PendingDocument, use: EInvoiceUse, engine: ScriptedEngine, budget: int = 3_000) -> Answered:
    metrics = Metrics(MeterProvider().get_meter("test"))
    tracing = Tracing(TracerProvider().get_tracer("test"), metrics)
    asker = Asker(engine, TYPES, "document", tracing, metrics, use)
    (admitted,) = await admit([given], engine, budget, most_windows=16)
    return answered(check(await asker.ask(admitted)))


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


async def test_preferred_the_xml_answers_and_the_engine_is_not_asked(engine: ScriptedEngine) -> None:
    outcome = await answer(document(), EInvoiceUse.PREFER, engine)
    assert engine.prompts == []
    assert (outcome.asked.kind.name, outcome.asked.type_confidence) == ("invoice", 1.0)
    values = {field.path: field.value for field in outcome.fields}
    assert values["gross_total"] == "1785.00"
    assert values["line_items[1].description"] == "Einbau vor Ort"
    assert {field.confidence for field in outcome.fields} == {1.0}
    assert (outcome.status, outcome.reasons, outcome.findings, outcome.needs_review) == (Status.COMPLETE, [], [], False)
    assert outcome.summary == (
        "Rechnung RE-2026/17 vom 05.11.2026 von Holzbau Brenner GmbH & Co. KG an Stadtwerke Beispielstadt "
        "über 1.785,00 EUR. Zu zahlen bis 05.12.2026."
    )


async def test_a_forged_one_needs_review_and_so_do_broken_rules_of_the_type(engine: ScriptedEngine) -> None:
    outcome = await answer(document(changed(gross_total=INVOICE.net_total, payable=None)), EInvoiceUse.PREFER, engine)
    assert {finding.kind for finding in outcome.findings} == {FindingKind.EINVOICE, FindingKind.RULE}
    assert outcome.needs_review


async def test_all_pages_of_a_preferred_one_count_as_read(engine: ScriptedEngine) -> None:
    given = document(INVOICE, "x" * 40_000, PAGE)
    outcome = await answer(given, EInvoiceUse.PREFER, engine)
    assert outcome.status is Status.COMPLETE
    assert {field.page for field in outcome.fields} == {2}


async def test_rows_that_the_xml_does_not_give_are_read_off_the_pages(engine: ScriptedEngine) -> None:
    page = read_pdf(printed(PAGE), ReadingLimits(10, 100_000))
    small = changed(line_items=())
    outcome = await answer(document(small, *page.pages, layouts=page.layouts), EInvoiceUse.PREFER, engine)
    assert engine.prompts == []
    values = {field.path: field.value for field in outcome.fields}
    assert (values["line_items[0].line_total"], values["line_items[1].line_total"]) == ("1200.00", "300.00")
    headless = read_pdf(printed(PAGE.replace("Pos. Beschreibung Menge Betrag", "")), ReadingLimits(10, 100_000))
    lost = await answer(document(small, *headless.pages, layouts=headless.layouts), EInvoiceUse.PREFER, engine)
    assert lost.status is Status.INCOMPLETE or any(field.path.startswith("line_items") for field in lost.fields)


async def test_xml_alone_without_lines_has_none_and_lacks_none(engine: ScriptedEngine) -> None:
    small = changed(line_items=(), lines_total=None)
    made = read_einvoice_xml(cii(small), ReadingLimits(10, 100_000))
    outcome = await answer(document(small, *made.pages), EInvoiceUse.PREFER, engine)
    assert (outcome.status, outcome.reasons, outcome.findings) == (Status.COMPLETE, [], [])


async def test_lines_beyond_those_that_are_read_are_a_reason(engine: ScriptedEngine) -> None:
    outcome = await answer(document(changed(lines_left_out=1)), EInvoiceUse.PREFER, engine)
    assert (outcome.status, outcome.reasons) == (
        Status.INCOMPLETE,
        ["Positionen: nur die ersten 2 Zeilen wurden gelesen."],
    )


@pytest.mark.parametrize(("language", "findings"), [("de", 0), ("en", 0), ("fr", 0), ("und", 0), ("it", 1)])
async def test_a_summary_in_another_language_than_the_documents_is_said_to_be_so(
    engine: ScriptedEngine, language: str, findings: int
) -> None:
    outcome = await answer(document(language=language), EInvoiceUse.PREFER, engine)
    assert [finding.kind for finding in outcome.findings] == [FindingKind.SUMMARY] * findings


async def test_what_the_pages_alone_show_is_found_by_their_layout_too(engine: ScriptedEngine) -> None:
    invoice = read_einvoice_xml(cii(INVOICE), ReadingLimits(10, 100_000)).einvoice
    page = read_pdf(tabulated([*ROWS, ("3", "Anfahrt", "2", "200,00 €")]), ReadingLimits(10, 100_000))
    given = document(invoice, *map(stored_form, page.pages), layouts=page.layouts)
    for use in (EInvoiceUse.PREFER, EInvoiceUse.CHECK):
        outcome = await answer(given, use, engine)
        assert any("Anfahrt" in finding.message for finding in outcome.findings), use


async def test_what_was_paid_before_is_said(engine: ScriptedEngine) -> None:
    outcome = await answer(document(changed(payable=INVOICE.net_total)), EInvoiceUse.PREFER, engine)
    assert outcome.needs_review
    assert [finding.fields for finding in outcome.findings] == [["gross_total"]]
    assert "über 1.785,00 EUR, davon zu zahlen 1.500,00 EUR. Zu zahlen bis" in outcome.summary
    rounded = await answer(document(changed(payable=Decimal("1785.02"))), EInvoiceUse.PREFER, engine)
    assert (rounded.findings, "davon" in rounded.summary) == ([], False)


async def test_what_was_not_read_of_it_is_still_a_reason(engine: ScriptedEngine) -> None:
    outcome = await answer(document(notes=("page 2 shows pictures alone",)), EInvoiceUse.PREFER, engine)
    assert (outcome.status, outcome.reasons) == (Status.INCOMPLETE, ["page 2 shows pictures alone"])


@pytest.mark.parametrize("use", [EInvoiceUse.PREFER, EInvoiceUse.CHECK])
async def test_pages_without_text_are_answered_by_the_xml_and_that_needs_review(
    engine: ScriptedEngine, use: EInvoiceUse
) -> None:
    note = "no page has text that the attached e-invoice could be held against"
    outcome = await answer(document(INVOICE, "", notes=(note,)), use, engine)
    assert engine.prompts == []
    assert {field.path: field.value for field in outcome.fields}["gross_total"] == "1785.00"
    assert (outcome.status, outcome.reasons) == (Status.INCOMPLETE, [note])
    assert [finding.kind for finding in outcome.findings] == [FindingKind.EINVOICE]
    assert outcome.needs_review


async def test_pages_without_text_are_no_question_to_the_model(engine: ScriptedEngine) -> None:
    with pytest.raises(AskError) as caught:
        await answer(document(INVOICE, ""), EInvoiceUse.IGNORE, engine)
    assert caught.value.code is ErrorCode.DOCUMENT_WITHOUT_TEXT
    assert engine.prompts == []


async def test_checked_the_model_reads_and_differences_are_findings(engine: ScriptedEngine) -> None:
    outcome = await answer(document(INVOICE, READABLE), EInvoiceUse.CHECK, engine)
    assert engine.prompts
    assert {field.path: field.value for field in outcome.fields}["seller_name"] == "Anders GmbH"
    found = [finding for finding in outcome.findings if finding.kind is FindingKind.EINVOICE]
    assert [finding.fields for finding in found] == [["seller_name"]]
    assert "Anders GmbH gelesen" in found[0].message


async def test_checked_a_forged_one_is_found_by_its_pages_once(engine: ScriptedEngine) -> None:
    outcome = await answer(document(changed(invoice_number="RE-9"), READABLE), EInvoiceUse.CHECK, engine)
    found = [finding for finding in outcome.findings if finding.fields == ["invoice_number"]]
    assert ["auf den Seiten" in finding.message for finding in found] == [True]


async def test_ignored_the_xml_is_not_looked_at(engine: ScriptedEngine) -> None:
    with_xml = await answer(document(changed(gross_total=None), READABLE), EInvoiceUse.IGNORE, engine)
    without = await answer(document(None, READABLE), EInvoiceUse.IGNORE, engine)
    assert with_xml.fields == without.fields
    assert with_xml.findings == without.findings


async def test_a_document_without_an_e_invoice_is_read_by_the_model(engine: ScriptedEngine) -> None:
    outcome = await answer(document(None, READABLE), EInvoiceUse.PREFER, engine)
    assert engine.prompts
    assert all(finding.kind is not FindingKind.EINVOICE for finding in outcome.findings)


def test_each_use_is_a_pipeline_of_its_own() -> None:
    identity = ScriptedEngine().identity
    assert len({pipeline_of(identity, TYPES, "de", use).pipeline_id for use in EInvoiceUse}) == 3


def test_a_summary_says_what_there_is_in_each_language() -> None:
    assert [einvoice_summary(EInvoice(syntax="ubl"), language) for language in ("de", "en", "fr", "it")] == [
        "Rechnung.",
        "Invoice.",
        "Facture.",
        "Invoice.",
    ]
    paid = changed(payable=INVOICE.net_total)
    assert einvoice_summary(paid, "fr") == (
        "Facture RE-2026/17 du 5 novembre 2026 de Holzbau Brenner GmbH & Co. KG à Stadtwerke Beispielstadt "
        "d'un montant de 1\u202f785,00 EUR, dont à payer 1\u202f500,00 EUR. À payer au plus tard le 5 décembre 2026."
    )
    credit = changed(type_code="381", due_date=None, buyer_name=None)
    assert einvoice_summary(credit, "en") == (
        "Credit note RE-2026/17 of 5 November 2026 from Holzbau Brenner GmbH & Co. KG for 1,785.00 EUR."
    )
