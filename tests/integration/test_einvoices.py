"""E-invoices from a record to SQL and events: genuine, forged, alone, and broken."""

import base64

from einvoices import INVOICE, PAGE, attached, changed, cii, printed, ubl
from integration.house import House

from schemas.envelope import decode
from schemas.events import DocumentProcessed

RESULT = "SELECT * FROM postkorb.results WHERE document_id = :id"
FIELDS = "SELECT * FROM postkorb.fields WHERE document_id = :id ORDER BY path"


def inline(content: bytes) -> dict[str, str]:
    return {"base64": base64.b64encode(content).decode()}


async def test_genuine_and_forged_e_invoices_give_exact_values_and_the_forged_one_says_so(house: House):
    forged = changed(iban="DE89370400440532013000", gross_total=INVOICE.gross_total * 10, payable=None)
    async with house.running():
        await house.submit("genuine", inline(attached(printed(PAGE), cii(INVOICE))), file_name="rechnung.pdf")
        await house.submit("forged", inline(attached(printed(PAGE), cii(forged))), file_name="rechnung.pdf")
        await house.submit("alone", inline(ubl(INVOICE)), media_type="text/xml")
        results = {name: await house.row(RESULT, id=name) for name in ("genuine", "forged", "alone")}
        invoices = await house.rows("SELECT document_id, gross_total, due_date FROM postkorb.invoices", 3)
        fields = {name: await house.query(FIELDS, id=name) for name in results}
        events = await house.events(house.topics.processed, 3)
    assert house.engine.prompts == []
    assert {result.document_type for result in results.values()} == {"invoice"}
    assert {name: result.needs_review for name, result in results.items()} == {
        "genuine": False,
        "forged": True,
        "alone": False,
    }
    named = {
        path for finding in results["forged"].findings for path in finding["fields"] if finding["kind"] == "einvoice"
    }
    assert named == {"iban", "gross_total"}
    assert {row.document_id: str(row.gross_total) for row in invoices} == {
        "genuine": "1785.00",
        "forged": "17850.00",
        "alone": "1785.00",
    }
    row = next(row for row in fields["alone"] if row.path == "line_items[1].line_total")
    assert (str(row.value_numeric), row.verbatim, row.page, row.confidence) == ("300.00", "300.00", 1, 1.0)
    assert len(fields["genuine"]) == len(fields["alone"])
    said = {event.document_id: event for event in (_processed(record) for record in events)}
    assert {field.path for field in said["genuine"].fields} == {row.path for row in fields["genuine"]}
    assert said["forged"].needs_review


async def test_a_broken_xml_is_a_note_and_the_model_reads_the_page(house: House):
    text = "document_type: invoice\ninvoice_number: RE-1"
    async with house.running():
        await house.submit("broken", inline(attached(printed(text), b"<Invoice>")))
        await house.submit("other", inline(b"<?xml version='1.0'?><html/>"))
        result = await house.row(RESULT, id="broken")
        failure = await house.row("SELECT * FROM postkorb.failures WHERE document_id = 'other'")
    assert result.fields["invoice_number"] == "RE-1"
    assert [
        "e-invoice was not read" in reason for reason in result.reasons if "XML" in reason or "e-invoice" in reason
    ] == [True]
    assert (failure.step, failure.code) == ("3-parse", "media_type_unknown")


def _processed(record: object) -> DocumentProcessed:
    return DocumentProcessed.model_validate(decode(record.value, record.headers).data)  # type: ignore[attr-defined]
