"""What the pages of an e-invoice show and its XML does not say: forged pages are found, right ones are not."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from einvoices import PAGE, ROWS, changed, cii, printed, tabulated

from schemas.document_types import load_document_types
from schemas.events import Finding
from services.answers import einvoice_rows
from services.answers.einvoice import EInvoice
from services.answers.einvoice_answers import einvoice_answers
from services.answers.einvoice_rows import MOST_ROWS_NAMED, MOST_WORDS
from services.answers.einvoice_unstated import MOST_VALUES_NAMED
from services.intake.document import ReadingLimits
from services.intake.einvoice_xml import einvoice_of, written_einvoice
from services.intake.pdf import read_pdf
from services.intake.stored_text import stored_form

TYPE = load_document_types()["invoice"]
LIMITS = ReadingLimits(10, 100_000)
IBAN = "DE89 3704 0044 0532 0130 00"
TRAVEL = ("3", "Anfahrt", "2", "200,00 €")

Row = tuple[str, ...]


def read(more: str = "", **values: Any) -> EInvoice:
    """Read the invoice with other values from its XML, which has more in it."""
    end = b"</rsm:SupplyChainTradeTransaction>"
    xml = cii(changed(**values)).replace(end, f"<ram:Note>{more}</ram:Note>".encode() + end)
    return einvoice_of(written_einvoice(xml))


def findings(pdf: bytes, invoice: EInvoice | None = None, language: str = "de") -> list[Finding]:
    document = read_pdf(pdf, LIMITS)
    pages = [*map(stored_form, document.pages)]
    return einvoice_answers(invoice or read(), TYPE, pages, language, document.layouts)[1]


def below(line: str, invoice: EInvoice | None = None) -> list[tuple[list[str], str]]:
    return [(finding.fields, finding.message) for finding in findings(printed(f"{PAGE}\n{line}"), invoice)]


@pytest.mark.parametrize("pdf", [printed(PAGE), tabulated(ROWS)], ids=["lines", "a table"])
def test_right_pages_are_no_finding(pdf: bytes) -> None:
    assert findings(pdf) == []


@pytest.mark.parametrize(
    ("line", "field", "shown"),
    [
        (f"Neue Bankverbindung: {IBAN}", "iban", IBAN),
        ("USt-IdNr. DE129273398", "seller_vat_id", "DE129273398"),
        ("Bitte zahlen Sie 1.985,00 EUR", "gross_total", "1.985,00 EUR"),
        ("Bitte überweisen Sie den noch nicht bezahlten Betrag 1.985,00 EUR", "gross_total", "1.985,00 EUR"),
        ("Bitte überweisen Sie den Betrag in Höhe von 1.985,00 EUR auf unser Konto.", "gross_total", "1.985,00 EUR"),
        ("Rechnungsbetrag: 1.985,00 EUR", "gross_total", "1.985,00 EUR"),
        ("Gesamtbetrag inkl. MwSt.: 1.985,00 EUR", "gross_total", "1.985,00 EUR"),
        ("Nettobetrag 1.700,00 €", "net_total", "1.700,00 €"),
        ("zzgl. 19 % USt. 385,00 €", "tax_total", "385,00 €"),
        ("Fällig am 10.11.2026", "due_date", "10.11.2026"),
        ("Neue Bankverbindung: Kto. 12345678 BLZ 37040044", "iban", "Kto. 12345678 BLZ 37040044"),
        ("Please pay to sort code 12-34-56, account 1234 5678", "iban", "sort code 12-34-56, account 1234 5678"),
    ],
)
def test_what_stands_on_the_page_besides_is_a_finding(line: str, field: str, shown: str) -> None:
    ((fields, message),) = below(line)
    assert fields == [field]
    assert f"Auf den Seiten steht {shown}, im XML" in message


@pytest.mark.parametrize(
    "line", ["Zahlungsempfänger: Betrug GmbH", "Payee: Betrug GmbH", "Kontoinhaber: Max Schwindel, IBAN"]
)
def test_another_payee_is_a_finding(line: str) -> None:
    ((fields, message),) = below(line)
    assert fields == ["seller_name"]
    assert message.startswith("Zahlungsempfänger: Auf den Seiten steht ")


@pytest.mark.parametrize("name", ["iban", "seller_vat_id", "due_date", "net_total", "tax_total"])
def test_what_the_xml_does_not_have_at_all_is_a_finding(name: str) -> None:
    (finding,) = findings(printed(PAGE), read(**{name: None}, lines_total=None))
    assert finding.fields == [name]


@pytest.mark.parametrize(
    ("line", "more"),
    [
        (f"Wir buchen von Ihrem Konto {IBAN} ab.", IBAN.replace(" ", "")),
        (f"Zweite Bank: {IBAN}", f"Zahlbar auch auf {IBAN}"),
        ("Kto. 12345678 BLZ 37040044", "12345678"),
        ("Kto. 532013000 BLZ 37040044", IBAN.replace(" ", "")),
        ("Zahlungsempfänger: Betrug GmbH", "Betrug GmbH"),
        ("Ihre USt-IdNr.: ATU13585627", "ATU13585627"),
        ("UID CHE-107.787.577 MWST", "CHE107787577"),
        ("Rechnungsbetrag: 1.700,00 EUR", "1700.00"),
        ("Fällig am 19.11.2026", "14 days"),
        ("Fällig am 19.11.2026", "#SKONTO#TAGE=14#PROZENT=3.00#"),
        ("Fällig am 19.11.2026", "Zahlbar bis 19. November 2026"),
    ],
)
def test_what_the_xml_says_anywhere_is_no_finding(line: str, more: str) -> None:
    assert below(line, read(more)) == []
    assert below(line) != []


@pytest.mark.parametrize(
    "line",
    [
        "Bei Zahlung bis 15.11.2026 mit 3 % Skonto: 1.731,45 EUR",
        "Rechnungsbetrag abzgl. 3 % = 1.731,45 EUR",
        "Gesamtstunden 112,50",
        "Anzahlung brutto 500,00 EUR",
        "Einzelpreis netto 400,00 EUR",
        "Einzelpreis brutto 476,00 EUR",
        "Summe netto 1.200,00 EUR",
        "Gesamtbetrag CHF 1.690,00",
        "Bitte zahlen Sie auf unser Konto. Stammkapital 25.000,00 EUR",
        "Gesamtbetrag 1785,00 EUR",
        "Bitte zahlen Sie 1.785,00 EUR",
        "IBAN: DE02120300000000202051",
        "Kto. 202051 BLZ 12030000",
        "Kundenkonto 12345678, Konto 12345678",
        "Zahlungsempfänger: Holzbau Brenner Steuernummer: 1/2",
        "Kontoinhaber: Karl Brenner",
        "Kontoinhaber: siehe oben",
        "Kontoinhaber: IBAN: siehe Fuß",
        "Zahlungsempfänger: Rechnungssteller",
        "Beneficiary: see above",
        "Bénéficiaire : voir ci-dessus",
        "Account name: Business Current Account",
        "Versandkostenfrei ab Warenwert 150,00 EUR",
        "Mindestbestellwert netto 50,00 EUR",
        "Auftragssumme netto 10.000,00 EUR",
        "Lohnanteil brutto 595,00 EUR, darin enthaltene MwSt 95,00 EUR",
        "Kreditlimit brutto 5.000,00 EUR",
        "Bei Verzug zahlen Sie 40,00 EUR Verzugspauschale",
        "Tout retard entraîne une indemnité à payer de 40,00 EUR",
    ],
)
def test_parts_prices_and_what_is_of_something_else_are_no_finding(line: str) -> None:
    assert below(line) == []


def test_an_amount_that_is_a_finding_already_is_not_named_again() -> None:
    page = PAGE.replace("Gesamtbetrag 1.785,00 €", "Gesamtbetrag 1.985,00 €")
    assert [finding.fields for finding in findings(printed(page))] == [["gross_total"]]


def test_many_values_are_named_up_to_a_bound() -> None:
    lines = "\n".join(f"Rechnungsbetrag: 7.{100 + number},37 EUR" for number in range(2 * MOST_VALUES_NAMED))
    found = einvoice_answers(read(), TYPE, [f"{PAGE}\n{lines}"], "de")[1]
    assert len(found) == MOST_VALUES_NAMED


def test_an_e_invoice_whose_other_texts_were_not_kept_is_compared_in_one_direction() -> None:
    old = read().model_copy(update={"other_text": None})
    assert below(f"Konto {IBAN}", old) == []


def test_descriptions_are_compared_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes time with the third power of its words, and a line is held against ten rows of its amount."""
    asked: list[int] = []
    monkeypatch.setattr(einvoice_rows, "MOST_COMPARED", 25)
    monkeypatch.setattr(einvoice_rows, "_replaced", lambda words, _: asked.append(len(words)) or ["other words"])
    line = read().line_items[0].model_copy(update={"description": "a b " * 500})
    invoice = read().model_copy(update={"line_items": (line,) * 12})
    rows = [einvoice_rows._Row("b a a", line.line_total) for _ in range(12)]
    assert einvoice_rows._paired(invoice, rows) == dict(enumerate(range(12)))
    assert asked == [MOST_WORDS] * 25


def test_numbers_of_any_size_and_days_at_the_end_of_time_are_compared() -> None:
    huge = Decimal("9" * 28)
    line = read().line_items[0].model_copy(update={"line_total": huge, "quantity": Decimal("1E-27")})
    invoice = read("999 days", gross_total=huge, issue_date=dt.date.max).model_copy(update={"line_items": (line,)})
    assert below("Rechnungsbetrag: 1.985,00 EUR, 19 %", invoice)


class TestRows:
    @pytest.mark.parametrize(
        "rows",
        [(*ROWS, TRAVEL), (ROWS[0], TRAVEL, ROWS[1]), (*ROWS, ROWS[0])],
        ids=["at the end", "between", "one twice"],
    )
    def test_a_row_beyond_those_of_the_xml_is_a_finding(self, rows: tuple[Row, ...]) -> None:
        (finding,) = findings(tabulated(rows))
        assert finding.fields == ["line_items"]
        assert "eine weitere" in finding.message

    def test_many_are_named_up_to_a_bound(self) -> None:
        rows = [(f"{number}", "Anfahrt", "1", f"{number},37 €") for number in range(3, 3 + MOST_ROWS_NAMED + 5)]
        assert len(findings(tabulated((*ROWS, *rows)))) == MOST_ROWS_NAMED

    @pytest.mark.parametrize(
        ("rows", "more"),
        [
            ((*ROWS, ("", "Versand", "", "9,50 €")), "9.50"),
            ((*ROWS, *ROWS), ""),
            ((ROWS[1], ROWS[0]), ""),
            ((*ROWS, ("", "Zwischensumme", "", "1.500,00 €")), ""),
        ],
        ids=["a charge of the XML", "a second copy", "another order", "a sum"],
    )
    def test_what_is_no_row_of_its_own_is_none(self, rows: tuple[Row, ...], more: str) -> None:
        assert findings(tabulated(rows), read(more)) == []

    @pytest.mark.parametrize(
        ("said", "shown"),
        [
            ("Eichentüren, geölt", "Fichtentüren, geölt"),
            ("Eichentüren, geölt", "Eichentüren, lackiert"),
            ("Einbau vor Ort", "Abbau vor Ort"),
            ("Miete Januar 2026", "Miete Februar 2026"),
            ("Kabel 3 x 25 mm", "Kabel 3 x 35 mm"),
        ],
    )
    def test_a_word_in_the_place_of_another_is_a_finding(self, said: str, shown: str) -> None:
        (finding,) = self.described(said, shown)
        assert finding.fields == ["line_items[0].description"]

    @pytest.mark.parametrize(
        ("said", "shown"),
        [
            ("Einbau vor Ort", "Einb. vor Ort"),
            ("Beamer Deckenhalterung weiß", "Beamer-Decken-Halterung weiss"),
            ("Eichentüren, geölt", "Eichentueren, geölt"),
            ("Kabel 3,0 mm² schwarz", "Kabel 3 mm2 schwarz"),
            ("Einbau vor Ort durch Meister", "Einbau vor Ort"),
            ("Einbau vor Ort", "Einbau vor Ort: drei Türen, Artikel 4711"),
            ("Schraube 1.000 Stück", "Schraube 1000 Stk"),
        ],
    )
    def test_what_is_shortened_or_written_otherwise_is_none(self, said: str, shown: str) -> None:
        assert self.described(said, shown) == []

    def described(self, said: str, shown: str) -> list[Finding]:
        lines = read().line_items
        invoice = read().model_copy(
            update={"line_items": (lines[0].model_copy(update={"description": said}), lines[1])}
        )
        return findings(tabulated((("1", shown, "3", "1.200,00 €"), ROWS[1])), invoice)

    def test_totals_of_two_rows_in_each_others_place_are_a_finding(self) -> None:
        (door, built), (first, second) = ROWS, (ROWS[0][3], ROWS[1][3])
        (finding,) = findings(tabulated(((*door[:3], second), (*built[:3], first))))
        assert finding.fields == ["line_items[0].line_total"]
        assert finding.message == "Position 1: Im XML steht 1200.00, auf den Seiten 300.00."

    def test_quantities_of_two_rows_in_each_others_place_are_findings(self) -> None:
        (door, built), (first, second) = ROWS, (ROWS[0][2], ROWS[1][2])
        found = findings(tabulated(((*door[:2], second, door[3]), (*built[:2], first, built[3]))))
        assert [finding.fields for finding in found] == [[f"line_items[{line}].quantity"] for line in (0, 1)]

    def test_a_number_in_the_place_of_a_quantity_that_is_no_lines_is_none(self) -> None:
        """A price may stand under the head of quantities."""
        rows = ((*ROWS[0][:2], "400,00 3", ROWS[0][3]), ROWS[1])
        assert findings(tabulated(rows)) == []

    def test_where_a_line_is_not_among_the_rows_nothing_is_said_of_others(self) -> None:
        lines = read().line_items
        other = lines[0].model_copy(update={"line_total": Decimal("999.00")})
        invoice = read().model_copy(update={"line_items": (other, lines[1])})
        assert all("eine weitere" not in finding.message for finding in findings(tabulated((*ROWS, TRAVEL)), invoice))
