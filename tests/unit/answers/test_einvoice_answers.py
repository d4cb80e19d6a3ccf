"""E-invoices: answers from the XML with their places, and every difference to the pages."""

import datetime as dt
import time
from decimal import Decimal
from typing import Any

import pytest
from babel.numbers import format_decimal
from einvoices import INVOICE, PAGE, changed, cii, ubl
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.document_types import load_document_types
from schemas.events import FieldAnswer, Finding, FindingKind
from services.answers.einvoice import EInvoice, EInvoiceLine
from services.answers.einvoice_answers import MOST_LINES_NAMED, differences, einvoice_answers
from services.answers.einvoice_pages import date_forms
from services.intake.document import ReadingLimits
from services.intake.einvoice_page import read_einvoice_xml

TYPE = load_document_types()["invoice"]
WRITING = ("de", "de_AT", "de_CH", "fr", "fr_CH", "en", "it", "sv")


def findings(invoice: EInvoice = INVOICE, page: str = PAGE, language: str = "en") -> list[Finding]:
    return einvoice_answers(invoice, TYPE, [page], language)[1]


def fields_of(found: list[Finding]) -> list[str]:
    return [path for finding in found for path in finding.fields]


def test_a_genuine_invoice_has_answers_with_places_and_no_finding() -> None:
    answers, found = einvoice_answers(INVOICE, TYPE, [PAGE], "de")
    assert found == []
    by_path = {answer.path: answer for answer in answers}
    assert by_path["gross_total"].value_numeric == Decimal("1785.00")
    assert by_path["issue_date"].value == "2026-11-05"
    assert by_path["iban"].value == "DE02120300000000202051"
    assert by_path["line_items[1].quantity"].value == "4.5"
    assert {(answer.status, answer.confidence) for answer in answers} == {("ok", 1.0)}
    assert all(PAGE[answer.char_start : answer.char_end] == answer.verbatim for answer in answers)
    assert by_path["iban"].verbatim == "DE02 1203 0000 0000 2020 51"
    assert by_path["line_items[0].line_total"].verbatim == "1.200,00"
    header = [field.name for field in TYPE.fields if field.name in EInvoice.model_fields]
    assert list(by_path) == [
        *header,
        *(f"line_items[{n}].{name}" for n in (0, 1) for name in EInvoiceLine.model_fields),
    ]


@pytest.mark.parametrize(
    ("forged", "shown"),
    [
        ({"invoice_number": "RE-2026/18"}, ""),
        ({"issue_date": dt.date(2026, 11, 6)}, "5. November 2026"),
        ({"due_date": dt.date(2027, 12, 5)}, "05.12.2026"),
        ({"order_number": "4500018"}, ""),
        ({"seller_name": "Holzbau Schwindel GmbH"}, ""),
        ({"buyer_name": "Stadtwerke Anderswo"}, ""),
        ({"seller_vat_id": "DE129273398"}, "DE 136695976"),
        ({"iban": "DE89370400440532013000"}, "DE02 1203 0000 0000 2020 51"),
        ({"currency": "CHF"}, ""),
        ({"net_total": Decimal("15000.00")}, "1.500,00 €"),
        ({"tax_total": Decimal("385.00")}, "285,00 €"),
        ({"gross_total": Decimal("17850.00")}, "1.785,00 €"),
        ({"gross_total": Decimal("-1785.00")}, "1.785,00 €"),
        ({"gross_total": Decimal("1200.00")}, "1.785,00 €"),
        ({"gross_total": Decimal("0.00")}, "1.785,00 €"),
    ],
)  # fmt: skip
def test_a_forged_value_is_found_and_what_the_page_shows_instead_is_named(forged: dict[str, Any], shown: str) -> None:
    (finding,) = findings(changed(**forged, payable=None))
    assert finding.kind is FindingKind.EINVOICE
    assert finding.fields == list(forged)
    assert shown in finding.message
    assert (", but " in finding.message or " show " in finding.message) if shown else "but" not in finding.message


@pytest.mark.parametrize(
    "number",
    ["17-RE/2026", "RE-4500017", "RE-2026", "RE-2026/1", "RF-2026/17"],
    ids=["its words in another order", "words of two numbers", "cut", "a digit less", "another letter"],
)
def test_a_number_is_not_excused_by_words_or_parts_that_stand_on_the_page(number: str) -> None:
    assert fields_of(findings(changed(invoice_number=number))) == ["invoice_number"]


@pytest.mark.parametrize(
    "page", ["Rechnung 4711-2026", "Rechnung Nr.4711-2026.", "Rechnung-4711-2026, Kopie", "(4711-2026)"]
)
def test_a_number_stands_beside_words_and_signs(page: str) -> None:
    assert findings(EInvoice(syntax="ubl", invoice_number="4711-2026"), page) == []


@pytest.mark.parametrize(
    "page",
    ["Fr 05.06.2026", "Fr. 5. Juni 2026", "Frau Muster", "Fr. Dr. Muster", "Mo-Fr 08.00", "Mo - Fr 8.00-12.00",
     "Fr 08.30 Uhr", "all in", "Top 3", "Betrag 12,00"],
)  # fmt: skip
def test_no_currency_is_named_by_a_friday_a_woman_or_a_word(page: str) -> None:
    assert findings(EInvoice(syntax="ubl", currency="EUR"), page) == []


@pytest.mark.parametrize(
    "page", ["Fr. 12.00", "SFr. 1'234.50", "12.- Fr.", "1 234.50 Fr", "Total CHF", "Franken", "12.00 Chf"]
)
def test_francs_are_found_beside_an_amount(page: str) -> None:
    assert findings(EInvoice(syntax="ubl", currency="CHF"), page) == []


def test_francs_that_the_xml_calls_euro_are_a_finding_and_fridays_are_no_francs() -> None:
    assert fields_of(findings(EInvoice(syntax="ubl", currency="EUR"), "Total Fr. 12.00")) == ["currency"]
    assert fields_of(findings(EInvoice(syntax="ubl", currency="CHF"), "Fr 05.06.2026, 12,00 €")) == ["currency"]


def test_pages_without_text_are_one_finding_and_the_xml_answers() -> None:
    forged = changed(lines_total=Decimal(7), iban="DE03 1203 0000 0000 2020 51")
    answers, found = einvoice_answers(forged, TYPE, ["", " \n"], "en")
    assert {answer.page for answer in answers} == {None}
    assert next(answer.value for answer in answers if answer.path == "gross_total") == "1785.00"
    assert [(finding.kind, finding.fields) for finding in found] == [
        (FindingKind.CHECKSUM, ["iban"]),
        (FindingKind.EINVOICE, ["line_items"]),
        (FindingKind.EINVOICE, []),
    ]
    assert found[-1].message.startswith("The pages have no text")
    assert found[-1].needs_review


def test_findings_are_in_the_language_of_the_document() -> None:
    forged = changed(gross_total=Decimal("17850.00"), payable=None)
    (german,), (english,) = findings(forged, language="de"), findings(forged, language="fr")
    assert german.message.startswith("Gesamtbetrag: Im XML steht 17850.00, auf den Seiten steht das nicht, sondern ")
    assert english.message.startswith("Gross total: the XML says 17850.00, the pages do not show it, but ")


@given(st.decimals(Decimal("0.01"), Decimal(10) ** 9, places=2), st.sampled_from(WRITING), st.sampled_from([1, -1]))
def test_an_amount_is_found_in_the_writing_of_every_country(amount: Decimal, locale: str, sign: int) -> None:
    written = format_decimal(amount * sign, "#,##0.00", locale=locale)
    invoice = EInvoice(syntax="ubl", gross_total=amount * sign)
    assert findings(invoice, f"Betrag: {written}\n17 Stück") == []
    assert fields_of(findings(invoice.model_copy(update={"gross_total": amount * sign + 1}), f"Betrag: {written}")) == [
        "gross_total"
    ]


@pytest.mark.parametrize(
    "written", ["12,00-", "(12,00)", "- 12,00", "-12.00 CHF", "-CHF 12.00", "\u221212,00", "12,- ", "EUR12"]
)
def test_signs_stand_before_behind_or_around(written: str) -> None:
    amount = Decimal(-12) if set("-\u2212(") & set(written.replace(",-", "")) else Decimal(12)
    assert findings(EInvoice(syntax="ubl", gross_total=amount), f"Summe {written}") == []


@given(st.dates(dt.date(1940, 1, 1), dt.date(2039, 12, 31)))
@settings(deadline=None, max_examples=30)
def test_a_date_is_found_in_every_form(day: dt.date) -> None:
    invoice = EInvoice(syntax="ubl", issue_date=day)
    for form in date_forms(day):
        assert findings(invoice, f"Wien, am {form}, Seite 1") == [], form
    assert fields_of(findings(invoice, f"{day + dt.timedelta(400):%d.%m.%Y}")) == ["issue_date"]


@pytest.mark.parametrize(
    ("invoice", "page"),
    [
        (EInvoice(syntax="ubl", tax_total=Decimal("0.00")), "steuerfrei"),
        (EInvoice(syntax="ubl", currency="EUR"), "Betrag 12,00"),
        (EInvoice(syntax="ubl", currency="USD"), "Total US$ 12.00"),
        (EInvoice(syntax="ubl", seller_name="Muster & Söhne GmbH"), "GmbH\nMuster\n& Söhne"),
        (EInvoice(syntax="ubl", invoice_number="2026 / 0017"), "Nr. 2026/0017"),
        (EInvoice(syntax="ubl", net_total=Decimal(100), payable=Decimal(90)), "Netto 90,00 €, 100,00 €"),
        (EInvoice(syntax="ubl", tax_total=Decimal("22.50")), "MwSt. 19 % 19,00 €\nMwSt. 7 % 3,50 €"),
        (
            EInvoice(syntax="ubl", issue_date=dt.date(2026, 11, 5), due_date=dt.date(2026, 12, 5)),
            "Rechnungsdatum: 05.11.2026\nZahlbar innerhalb von 30 Tagen",
        ),
        (EInvoice(syntax="ubl", type_code="381", gross_total=Decimal("119.00")), "Gesamtbetrag -119,00 €"),
    ],
    ids=[
        "no tax",
        "no currency",
        "a sign",
        "a name in pieces",
        "other spaces",
        "another total by the same label",
        "taxes of two rates",
        "days to pay",
        "a credit with a minus",
    ],
)
def test_what_pages_may_leave_out_or_write_otherwise_is_no_finding(invoice: EInvoice, page: str) -> None:
    assert [item for item in findings(invoice, page) if "credit note" not in item.message] == []


def test_taxes_and_days_that_make_another_value_are_findings() -> None:
    taxed = EInvoice(syntax="ubl", tax_total=Decimal("22.60"))
    assert fields_of(findings(taxed, "MwSt. 19 % 19,00 €\nMwSt. 7 % 3,50 €")) == ["tax_total"]
    due = EInvoice(syntax="ubl", issue_date=dt.date(2026, 11, 5), due_date=dt.date(2026, 12, 6))
    assert fields_of(findings(due, "Rechnungsdatum: 05.11.2026\nZahlbar innerhalb von 30 Tagen")) == ["due_date"]
    assert "gross_total" in fields_of(findings(EInvoice(syntax="ubl", gross_total=Decimal(119)), "Gesamt -119,00 €"))


class TestLines:
    def test_a_forged_line_is_one_finding_with_all_its_fields(self) -> None:
        line = EInvoiceLine(description="Goldbarren geliefert", quantity=Decimal(99), line_total=Decimal("1200.00"))
        (finding,) = findings(changed(line_items=(line, INVOICE.line_items[1])))
        assert finding.fields == ["line_items[0].description", "line_items[0].quantity"]
        assert finding.message == "Line 1: the XML says Goldbarren geliefert; 99, the pages do not show it."

    def test_a_number_that_stands_elsewhere_than_in_its_row_is_not_shown(self) -> None:
        page = f"{PAGE}\n{'Bitte beachten Sie unsere Bedingungen. ' * 9}\nHalle 99"
        line = EInvoiceLine(description="Eichentüren, geölt", quantity=Decimal(99), line_total=Decimal("1200.00"))
        (finding,) = findings(changed(line_items=(line, INVOICE.line_items[1])), page)
        assert finding.fields == ["line_items[0].quantity"]

    def test_where_no_number_stands_in_its_row_they_may_stand_apart(self) -> None:
        between = "Bitte beachten Sie unsere Bedingungen. " * 9
        line = EInvoiceLine(description="Türen", quantity=Decimal(3), line_total=Decimal("12.00"))
        assert findings(EInvoice(syntax="ubl", line_items=(line,)), f"Türen\n{between}\n3\n12,00") == []

    def test_many_are_counted(self) -> None:
        line = EInvoiceLine(description="Eichentüren, geölt", quantity=Decimal(99), line_total=Decimal(0))
        found = findings(changed(line_items=(line,) * 50, lines_total=None))
        assert len(found) == MOST_LINES_NAMED + 1
        assert found[-1].message.startswith("30 more lines")
        assert len(fields_of(found)) == 50

    def test_equal_lines_have_places_of_their_own_and_thousands_take_seconds(self) -> None:
        line = EInvoiceLine(description="Schraube M8", quantity=Decimal(5), line_total=Decimal("12.50"))
        rows = [f"{n}\tSchraube M8\t5\t2,50\t12,50" for n in range(1, 3201)]
        pages = ["\n".join(rows[start : start + 40]) for start in range(0, 3200, 40)]
        started = time.monotonic()
        answers, found = einvoice_answers(EInvoice(syntax="ubl", line_items=(line,) * 3200), TYPE, pages, "de")
        assert time.monotonic() - started < 20
        assert found == []
        assert len({(answer.page, answer.char_start) for answer in answers}) == len(answers) == 9600
        assert [answer.page for answer in answers[::3]] == [n // 40 + 1 for n in range(3200)]


class TestXmlItself:
    def test_lines_that_do_not_make_their_sum_are_a_finding(self) -> None:
        (finding,) = findings(changed(lines_total=Decimal("1785.00")))
        assert finding.fields == ["line_items"]
        assert "1500.00" in finding.message

    def test_a_credit_note_is_named_as_one(self) -> None:
        (finding,) = findings(changed(type_code="381"))
        assert "credit note" in finding.message

    def test_what_could_not_be_read_is_named(self) -> None:
        (finding,) = findings(changed(notes=("due_date in the XML is not a date",)))
        assert finding.message == "E-invoice: due_date in the XML is not a date."

    def test_a_wrong_number_that_the_page_has_too_is_no_difference_whatever_others_stand_there(self) -> None:
        page = PAGE.replace("DE 136695976", "DE 136695977, Ihre USt-IdNr. ATU13585627")
        (finding,) = findings(changed(seller_vat_id="DE136695977"), page)
        assert finding.kind is FindingKind.CHECKSUM

    def test_a_number_whose_check_fails_is_given_and_named(self) -> None:
        page = PAGE.replace("DE02 1203", "DE03 1203")
        answers, (finding,) = einvoice_answers(changed(iban="DE03 1203 0000 0000 2020 51"), TYPE, [page], "en")
        assert (finding.kind, finding.fields) == (FindingKind.CHECKSUM, ["iban"])
        assert next(answer.value for answer in answers if answer.path == "iban") == "DE03120300000000202051"


class TestAgainstTheModel:
    def read(self, **values: str) -> list[FieldAnswer]:
        return [
            FieldAnswer(path=name, kind="text", value=value, verbatim=value, status="ok", confidence=0.9)
            for name, value in values.items()
        ]

    def test_another_value_is_a_finding_and_the_same_or_none_is_not(self) -> None:
        read = self.read(invoice_number="RE-2026/17", buyer_name="Stadtwerke", document_title="Rechnung")
        (finding,) = differences(INVOICE, TYPE, read, "de")
        assert finding.fields == ["buyer_name"]
        assert "Stadtwerke Beispielstadt" in finding.message

    def test_numbers_are_compared_as_numbers(self) -> None:
        amount = FieldAnswer(
            path="gross_total",
            kind="money",
            value="1785",
            value_numeric=Decimal(1785),
            verbatim="1.785",
            status="ok",
            confidence=1,
        )
        assert differences(INVOICE, TYPE, [amount], "de") == []


def test_the_page_made_of_an_xml_shows_all_that_the_xml_says() -> None:
    whole = changed(**{name: getattr(INVOICE, name).quantize(Decimal(1)) for name in ("gross_total", "payable")})
    for xml in (cii(INVOICE), ubl(INVOICE), cii(whole), ubl(whole)):
        document = read_einvoice_xml(xml, ReadingLimits(50, 200_000))
        assert document.einvoice is not None
        answers, found = einvoice_answers(document.einvoice, TYPE, document.pages, "en")
        assert found == []
        assert all(answer.page for answer in answers)


@pytest.mark.parametrize(
    ("forged", "page", "field"),
    [
        ({"gross_total": Decimal("11900.00")}, PAGE + "\nKundennummer 11900\n", "gross_total"),
        ({"currency": "CHF"}, PAGE + "\nWir fakturieren auch in CHF.\n", "currency"),
        (
            {"iban": "DE89370400440532013000"},
            PAGE + "\nIBAN: DE02 1203 0000 0000 2020 51\nReferenz DE89 3704 0044 0532 0130 00\n",
            "iban",
        ),
    ],
)
def test_what_stands_elsewhere_on_the_page_is_no_evidence_of_a_forged_value(
    forged: dict[str, Any], page: str, field: str
) -> None:
    assert field in fields_of(findings(changed(**forged), page))


def test_numbers_in_each_others_place_are_findings() -> None:
    page = PAGE.replace("RE-2026/17", "#").replace("4500017", "RE-2026/17").replace("#", "4500017")
    found = findings(page=page)
    assert fields_of(found) == ["invoice_number", "order_number"]
    assert "the pages show 4500017 there" in found[0].message


def test_a_number_that_the_pages_call_by_both_names_is_no_finding() -> None:
    assert findings(page=f"{PAGE}\nRechnungsnummer: 4500017") == []


def test_totals_in_each_others_place_are_a_finding_and_columns_apart_are_not() -> None:
    page = PAGE.replace("1.200,00", "#").replace("300,00", "1.200,00").replace("#", "300,00")
    assert fields_of(findings(page=page)) == ["line_items[0].line_total"]
    apart = "Eichentüren, geölt\nEinbau vor Ort\n3\n4,5\n1.200,00 €\n300,00 €"
    assert findings(EInvoice(syntax="ubl", line_items=INVOICE.line_items), apart) == []
    before = "1.200,00 € 3 Eichentüren, geölt\n300,00 € 4,5 Einbau vor Ort"
    assert findings(EInvoice(syntax="ubl", line_items=INVOICE.line_items), before) == []


def test_a_buyer_who_is_said_to_sell_is_a_finding() -> None:
    page = """Muster Webdesign GmbH, Hauptstr. 5, 10115 Berlin

Beispiel AG
Lindenweg 3
80331 München

Rechnung RE-1
"""
    invoice = changed(seller_name="Beispiel AG", buyer_name="Muster Webdesign GmbH")
    swapped = [finding for finding in findings(invoice, page) if finding.fields == ["seller_name"]]
    assert [finding.message.split(":")[0] for finding in swapped] == ["Seller"]
    right = findings(changed(seller_name="Muster Webdesign GmbH", buyer_name="Beispiel AG"), page)
    assert "seller_name" not in fields_of(right)


def test_what_the_buyer_bills_to_himself_has_the_parties_of_its_letter_exchanged() -> None:
    page = """Molkerei Beispiel eG, Hauptstr. 5, 10115 Berlin

Hof Muster GbR
Lindenweg 3
80331 München

Gutschrift RE-1
"""
    parties = {"seller_name": "Hof Muster GbR", "buyer_name": "Molkerei Beispiel eG"}
    assert [
        item for item in findings(changed(**parties, type_code="389"), page) if item.fields == ["seller_name"]
    ] == []
    assert [item for item in findings(changed(**parties), page) if item.fields == ["seller_name"]]
