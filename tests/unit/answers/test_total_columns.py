"""Totals in columns: the last line of a table of net, tax and gross, which arithmetic tells."""

import pytest
from unit.answers.invoices import INVOICE, answers, said

from services.answers.candidates import Candidates
from services.answers.review import review
from services.answers.total_columns import total_columns

HEAD = "Warenwert      Nettobetrag     MwSt-Betrag     MwSt-%     Endbetrag"
LINES = (
    "   326,50           321,40           61,07       19,0        382,47",
    "   130,70           127,59            8,93        7,0        136,52",
)
SUM = "   457,20           448,99           70,00        EUR        518,99"
TOTALS = {"net_total": "448.99", "tax_total": "70.00", "gross_total": "518.99"}


def found(*lines: str) -> dict[str, str]:
    sums = total_columns(INVOICE, Candidates(["\n".join(lines)], "de"))
    return {name: candidate.value.text for name, candidate in sums.items()}


@pytest.mark.parametrize(
    "lines",
    [
        (HEAD, *LINES, SUM),
        (HEAD, LINES[0], "Es gelten unsere Bedingungen.", LINES[1], "", SUM, "Zahlbar bis 5.6.2026, Kosten 3,00"),
        ("                    Montant HT     Montant TVA                    Montant TTC", *LINES, SUM),
        (HEAD, *LINES, "     0,00             0,00            0,00        0,0          0,00", SUM),
        (HEAD.replace("Warenwert  ", "MwSt-Gruppe"), *LINES, SUM),
    ],
)
def test_the_line_that_sums_up_those_above_it_has_the_totals(lines: tuple[str, ...]) -> None:
    assert found(*lines) == TOTALS


@pytest.mark.parametrize(
    "lines",
    [
        (HEAD, *LINES),
        (HEAD, SUM),
        (HEAD, LINES[0], SUM),
        (HEAD, LINES[0].replace("382,47", "382,48"), LINES[1], SUM),
        (HEAD.replace("MwSt-Betrag", "Skonto     ").replace("MwSt-%", "Satz  "), *LINES, SUM),
        (
            HEAD,
            *LINES,
            SUM,
            HEAD,
            *LINES[:1] * 2,
            "                    642,80          122,14        EUR        764,94",
        ),
    ],
    ids=["no sum", "one line", "another sum", "a line that does not add up", "no tax", "two tables"],
)
def test_nothing_is_taken_where_arithmetic_does_not_tell_it(lines: tuple[str, ...]) -> None:
    assert found(*lines) == {}


@pytest.mark.parametrize(
    "above", ["Sie erhalten folgende Abrechnung:", "Für die geleisteten Arbeiten:", "Wie bereits besprochen:"]
)
def test_words_of_a_sentence_above_make_a_table_none_of_payments(above: str) -> None:
    assert found(above, HEAD, *LINES, SUM) == TOTALS
    assert found("Erhaltene Abschlagszahlungen", HEAD, *LINES, SUM) == {}


def test_they_stand_for_what_the_model_copied_from_the_first_line() -> None:
    page = "\n".join(["Muster GmbH", "Rechnung RE-7", "Rechnungsdatum: 05.06.2026", HEAD, *LINES, SUM])
    copied = answers(page, net_total="321,40", tax_total="61,07", gross_total="382,47")
    done = review(INVOICE, copied, Candidates([page], "de"), "de")
    assert {name: said([*done.fields])[name] for name in TOTALS} == TOTALS
    assert {"net_total", "tax_total", "gross_total"} <= set(done.repaired)


def test_a_page_made_of_such_lines_is_looked_at_in_bounded_time() -> None:
    assert found(*[HEAD] * 400, *["1,00 " * 40] * 400) == {}
