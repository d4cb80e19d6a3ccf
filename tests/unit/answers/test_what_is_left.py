"""The total of an invoice before what was paid or is kept back, where what is left to pay was copied."""

import pytest
from unit.answers.invoices import INVOICE, answers, candidates, said

from schemas.document_types import DocumentType, load_document_types
from services.answers.candidates import Candidates
from services.answers.check import check_answer
from services.answers.review import review
from services.answers.what_is_left import MOST_PAYMENTS, before_payments

HEAD = "Muster GmbH\nRechnung RE-7\nRechnungsdatum: 05.06.2026\n"
PAID = f"{HEAD}Gesamt 2.890,18 €\nVorschuss 1.200,00 €\nZu zahlen 1.690,18 €"


def gross(page: str, copied: str = "1.690,18 €", **more: str) -> str | None:
    fields = answers(page, gross_total=copied, **more)
    return said(before_payments(INVOICE, fields, candidates(page)))["gross_total"]


def test_what_is_left_gives_way_to_the_total_and_says_where_that_stands() -> None:
    fields = before_payments(INVOICE, answers(PAID, gross_total="1.690,18 €"), candidates(PAID))
    (answer,) = (field for field in fields if field.path == "gross_total")
    assert (answer.value, answer.verbatim, answer.status) == ("2890.18", "2.890,18 €", "ok")
    assert (answer.page, answer.char_start) == (1, PAID.index("2.890,18"))
    assert said(fields) | {"gross_total": "x"} == said(answers(PAID, gross_total="1.690,18 €")) | {"gross_total": "x"}


def test_a_review_has_it_too() -> None:
    fields = answers(PAID, gross_total="1.690,18 €")
    assert said([*review(INVOICE, fields, candidates(PAID), "de").fields])["gross_total"] == "2890.18"


@pytest.mark.parametrize(
    "words",
    [
        *("Anzahlung", "abzgl. Abschlagszahlungen", "1. Abschlag", "Akonto", "Bereits erhalten", "Teilzahlung vom Mai"),
        *("Gewährleistungseinbehalt", "Deposit", "Less retention", "Retainer", "Already paid", "Payments received"),
        *("Acompte", "Retenue de garantie", "Versement", "Avance"),
    ],
)
def test_what_a_payment_or_a_retention_leaves_is_not_the_total(words: str) -> None:
    assert gross(PAID.replace("Vorschuss", words)) == "2890.18"


@pytest.mark.parametrize(
    "words",
    [
        *("Rabatt", "Gutschrift", "Skonto", "Zahlungsziel", "Vorschussfrei"),
        *("Security deposit", "To be paid", "Payment terms", "Discount", "Unpaid", "Remise"),
    ],
)
def test_what_anything_else_leaves_is_the_total(words: str) -> None:
    assert gross(PAID.replace("Vorschuss", words)) == "1690.18"


@pytest.mark.parametrize("sign", ["", "-", "\u2013 "])
def test_payments_may_be_several_with_any_sign(sign: str) -> None:
    paid = f"Vorschuss {sign}700,00 €\nTeilzahlung {sign}300,00 €\nEinbehalt {sign}200,00 €"
    assert gross(PAID.replace("Vorschuss 1.200,00 €", paid)) == "2890.18"
    other = paid.replace("Teilzahlung", "Nachlass")
    assert gross(PAID.replace("Vorschuss 1.200,00 €", other)) == "1690.18"


def test_no_more_payments_are_looked_at_than_an_invoice_has() -> None:
    def of_payments(number: int) -> str | None:
        whole = f"{1690 + number}".replace("1", "1.", 1)
        lines = "\n".join(f"{at}. Abschlag 1,00 €" for at in range(number))
        return gross(f"{HEAD}Gesamt {whole},18 €\n{lines}\nZu zahlen 1.690,18 €")

    assert of_payments(MOST_PAYMENTS) == f"{1690 + MOST_PAYMENTS}.18"
    assert of_payments(MOST_PAYMENTS + 1) == "1690.18"


@pytest.mark.parametrize(
    "page",
    [
        PAID.replace("2.890,18", "2.890,17"),
        f"{HEAD}Zu zahlen 1.690,18 €\nVorschuss 1.200,00 €\nGesamt 2.890,18 €",
        f"{HEAD}Vorschuss 1.200,00 €\nGesamt 2.890,18 €\nZu zahlen 1.690,18 €",
        f"{HEAD}Gesamt 1.690,18 €\nZu zahlen 1.690,18 €",
    ],
    ids=["it does not add up", "below it", "payment above the total", "no payment"],
)
def test_without_a_total_above_the_payments_that_adds_up_the_answer_stays(page: str) -> None:
    fields = answers(page, gross_total="1.690,18 €")
    assert before_payments(INVOICE, fields, candidates(page)) == fields


def test_a_total_that_net_and_tax_make_is_one() -> None:
    page = PAID.replace("Gesamt", "Netto 1.420,32 €\nSteuer 269,86 €\nGesamt")
    assert gross(page, net_total="1.420,32 €", tax_total="269,86 €") == "1690.18"
    assert gross(page.replace("269,86", "269,87"), net_total="1.420,32 €", tax_total="269,87 €") == "2890.18"
    untaxed = PAID.replace("Gesamt", "Netto 1.690,18 €\nGesamt")
    assert gross(untaxed, net_total="1.690,18 €") == "1690.18"


def test_a_total_that_was_copied_stays() -> None:
    assert gross(PAID, "2.890,18 €") == "2890.18"


@pytest.mark.parametrize("copied", ["9.999,99 €", "0,00 €", ""])
def test_an_answer_that_is_not_there_or_nothing_stays(copied: str) -> None:
    page = f"{PAID}\n0,00 €"
    fields = answers(page, gross_total=copied)
    assert before_payments(INVOICE, fields, candidates(page)) == fields


def test_a_document_without_net_and_tax_has_its_own_rule_for_payments() -> None:
    reminder: DocumentType = load_document_types()["payment_reminder"]
    fields = check_answer(reminder, {"invoice_amount": "1.690,18 €"}, [PAID], "de")
    assert before_payments(reminder, fields, Candidates([PAID], "de")) == fields
