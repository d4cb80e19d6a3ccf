"""Whether an amount is negative: what parts it from the words before is no sign; where it may be one, that is said."""

from decimal import Decimal

import pytest
from unit.answers.placed import BOTH, a_type, field, values

from schemas.document_types import Kind, Rule
from schemas.events import FieldAnswer
from services.answers.candidates import Candidates
from services.answers.check import check_answer
from services.answers.findings import open_signs
from services.answers.labelling import by_labels, with_open_signs
from services.answers.values_by_form import values_in

TOTAL = field("gross", Kind.MONEY, "Rechnungsbetrag", "Total", synonyms=("Gutschriftsbetrag", "Offener Betrag"))
BILL = a_type(TOTAL)
SUM = a_type(
    field("net", Kind.MONEY, "Netto", "Net"),
    field("tax", Kind.MONEY, "Steuer", "Tax"),
    TOTAL,
    rules=(Rule(name="sum", check="near(net + tax, gross, 1)", fields=("net", "tax", "gross"), message=BOTH),),
)


def taken(text: str, **copied: str) -> tuple[dict[str, str | None], list[str]]:
    """Give the values after labels were looked at, and the fields whose sign is open."""
    kind = SUM if "net" in copied else BILL
    candidates = Candidates([text], "de")
    found = by_labels(kind, check_answer(kind, copied, [text], "de"), candidates)
    return values([*found.fields]), with_open_signs(kind, found.fields, candidates)


@pytest.mark.parametrize(
    "written", ["119,00 €-", "119,00 EUR-", "- EUR 119,00", "- CHF 119,00", "\u2212 € 119,00", "-119,00 €", "119,00- €"]
)
def test_a_sign_on_either_side_of_the_currency_is_seen(written: str) -> None:
    text = f"Gutschriftsbetrag: {written}\n"
    assert [item.value.numeric for item in values_in([text], Kind.MONEY, "de")] == [Decimal("-119.00")]
    assert taken(text, gross=written) == ({"gross": "-119.00"}, [])


@pytest.mark.parametrize(
    "text",
    [
        "Rechnungsbetrag \u2013 1.190,00 €",
        "Offener Betrag - 1.190,00 EUR",
        "Bitte überweisen Sie den Rechnungsbetrag (1.190,00 EUR).",
    ],
)
def test_a_dash_or_bracket_behind_words_takes_no_right_copy_away_and_is_said(text: str) -> None:
    copied = "1.190,00 EUR" if "EUR" in text else "1.190,00 €"
    assert taken(text, gross=copied) == ({"gross": "1190.00"}, ["gross"])


@pytest.mark.parametrize("text", ["Rechnungsbetrag \u2013 1.190,00 €", "den Rechnungsbetrag (1.190,00 EUR)."])
def test_an_amount_that_nobody_copied_gets_no_sign_by_chance(text: str) -> None:
    assert taken(text)[0].get("gross") != "-1190.00"


def test_a_minus_that_was_not_copied_is_said() -> None:
    assert taken("Gutschriftsbetrag: 119,00 €-\n", gross="119,00 €") == ({"gross": "119.00"}, ["gross"])
    assert taken("Gutschriftsbetrag: ./. 119,00 EUR\n", gross="119,00 EUR") == ({"gross": "119.00"}, ["gross"])


def test_what_a_rule_determines_has_no_open_sign() -> None:
    text = "Netto 100,00 €\nSteuer 19,00 €\nRechnungsbetrag \u2013 119,00 €\n"
    copied = {"net": "100,00 €", "tax": "19,00 €", "gross": "119,00 €"}
    assert taken(text, **copied) == ({"net": "100.00", "tax": "19.00", "gross": "119.00"}, [])


def test_the_finding_is_for_a_person_in_the_documents_language() -> None:
    answer = FieldAnswer(
        path="gross", kind="money", value="119.00", verbatim="119,00 €", status="ok", confidence=0.9
    )  # fmt: skip
    [german] = open_signs(BILL, [answer], ["gross"], "de")
    [english] = open_signs(BILL, [answer], ["gross"], "en")
    assert german.needs_review
    assert german.message == "Rechnungsbetrag: ob „119,00 €“ ein Abzug ist, lässt das Dokument offen."
    assert english.message.startswith("Total: whether")
