"""What is said about an answer, what is asked a second time, and which of two answers wins."""

from decimal import Decimal

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.answers.invoices import INVOICE, REQUIRED, answers, candidates, page_of, said

from schemas.events import FieldAnswer, FindingKind
from services.answers.check import check_answer
from services.answers.findings import doubtful, findings_of
from services.answers.questions import MAX_ASKED, MAX_OFFERED, Question, question_about
from services.answers.review import Review, better, review, without_impossible

PAGE = page_of(Decimal(100), Decimal(19), Decimal(119), "fällig 20.06.2026")
MISPRINTED = f"{PAGE}\nUSt-IdNr. DE123456789"
TOTALS = {"net_total": "100,00 €", "tax_total": "19,00 €", "gross_total": "119,00 €", "due_date": "20.06.2026"}
NAMELESS = PAGE.replace("Muster GmbH", "Muster")
"""One word at its top is no letterhead: nothing says who sells."""
UNLABELLED = """Muster GmbH
Rechnung RE-7
Rechnungsdatum: 05.06.2026
A 50,00

B 50,00

C 100,00

D 19,00

E 119,00"""
"""Its totals stand behind nothing that is a name of a field."""


def reviewed(page: str = PAGE, **copied: str) -> Review:
    return review(INVOICE, answers(page, **copied), candidates(page), "de")


def asked(first: Review, page: str = PAGE) -> Question | None:
    return question_about(INVOICE, first.fields, first.findings, candidates(page))


def kinds(found: Review) -> list[tuple[FindingKind, list[str]]]:
    return [(finding.kind, finding.fields) for finding in found.findings]


def test_a_right_answer_has_no_findings_and_no_question() -> None:
    found = reviewed(**TOTALS)
    assert (found.findings, found.faults, asked(found)) == ([], 0, None)


@pytest.mark.parametrize(
    ("copied", "kind", "message"),
    [
        ({"seller_name": ""}, FindingKind.REQUIRED, "Verkäufer: nicht gefunden."),
        ({"buyer_name": "Nirgends AG"}, FindingKind.VALUE, "Käufer: „Nirgends AG“ steht nicht im Dokument."),
        ({"currency": "netto"}, FindingKind.VALUE, "Währung: „netto“ ist so nicht lesbar."),
    ],
)
def test_what_is_wrong_with_one_value_is_said_in_a_sentence(
    copied: dict[str, str], kind: FindingKind, message: str
) -> None:
    (finding,) = reviewed(NAMELESS, **TOTALS | {"seller_name": "Muster"} | copied).findings
    assert (finding.kind, finding.fields, finding.message) == (kind, [*copied], message)
    assert finding.needs_review


@pytest.mark.parametrize(("copied", "put"), [("DE123456789", []), ("", [FindingKind.REPAIRED])])
def test_a_vat_number_with_wrong_check_digits_is_there_and_said_to_be_wrong(
    copied: str, put: list[FindingKind]
) -> None:
    found = reviewed(MISPRINTED, **TOTALS, seller_vat_id=copied)
    (answer,) = (field for field in found.fields if field.path == "seller_vat_id")
    assert (answer.value, answer.verbatim, answer.status) == (None, "DE123456789", "unparsed")
    assert [finding.kind for finding in found.findings] == [FindingKind.CHECKSUM, *put]
    assert found.findings[0].message == "USt-IdNr. des Verkäufers: die Prüfziffern von „DE123456789“ sind falsch."
    assert asked(found, MISPRINTED) is None


def test_a_number_that_only_looks_like_one_is_none() -> None:
    assert not reviewed(f"{PAGE}\nGläubiger DE123456789", **TOTALS).findings
    assert not reviewed(f"{PAGE}\nIhre USt-IdNr. DE123456789", **TOTALS).findings
    two = f"{MISPRINTED}\nUSt-IdNr. DE123456780"
    assert not reviewed(two, **TOTALS).findings


def test_a_sentence_is_english_for_a_document_that_is_not_german_and_quotes_little() -> None:
    found = review(INVOICE, answers(PAGE, **TOTALS, buyer_name="x" * 300), candidates(PAGE), "fr")
    (finding,) = found.findings
    assert finding.message.startswith("Buyer: \u201cxxx")
    assert finding.message.endswith("…\u201d does not stand in the document.")
    assert len(finding.message) < 120


def test_what_code_repaired_is_said_and_needs_no_review() -> None:
    found = reviewed(**TOTALS | {"gross_total": "100,00 €"})
    assert kinds(found) == [(FindingKind.REPAIRED, ["gross_total"])]
    assert (said([*found.fields])["gross_total"], found.faults) == ("119.00", 0)
    assert asked(found) is None


RATES = f"{NAMELESS}\nSumme netto 300,00\nzzgl. 7 % MwSt. 7,00\nzzgl. 19 % MwSt. 38,00 EUR\nGesamtbetrag 345,00"
OF_RATES = {"net_total": "300,00", "tax_total": "38,00", "gross_total": "345,00", "due_date": "20.06.2026"}


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("de", "Steuerbetrag: Summe von 7,00 und 38,00 EUR; das Dokument druckt sie nicht."),
        ("en", "Tax total: the sum of 7,00 and 38,00 EUR, which the document does not print."),
    ],
)
def test_a_sum_that_is_not_printed_says_so_and_needs_no_review(language: str, message: str) -> None:
    found = review(INVOICE, answers(RATES, **OF_RATES, seller_name="Muster"), candidates(RATES), language)
    (finding,) = (item for item in found.findings if "tax_total" in item.fields)
    assert (finding.kind, finding.fields, finding.message) == (FindingKind.SUMMED, ["tax_total"], message)
    assert (found.faults, said([*found.fields])["tax_total"]) == (0, "45.00")


def test_a_sum_stays_said_to_be_one_after_a_second_answer() -> None:
    first = reviewed(RATES, **OF_RATES, seller_name="")
    found = settled(RATES, first, seller_name="Muster")
    assert kinds(found) == [(FindingKind.SUMMED, ["tax_total"])]


def test_a_sum_that_is_printed_is_a_repair() -> None:
    found = reviewed(f"{RATES}\ndarin Steuern 45,00", **OF_RATES, seller_name="Muster")
    assert kinds(found) == [(FindingKind.REPAIRED, ["tax_total"])]


def test_a_broken_rule_asks_for_its_fields_alone_and_offers_amounts_of_the_document() -> None:
    found = reviewed(UNLABELLED, net_total="50,00", tax_total="19,00", gross_total="119,00")
    assert kinds(found) == [(FindingKind.RULE, ["net_total", "tax_total", "gross_total"])]
    question = asked(found, UNLABELLED)
    assert question
    assert [field.name for field in question.fields] == ["net_total", "tax_total", "gross_total"]
    assert [item.verbatim for item in question.offered["net_total"]] == ["50,00", "119,00", "19,00", "100,00"]
    jsonschema.validate({"net_total": "100,00", "tax_total": "", "gross_total": "119,00"}, question.schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"net_total": "101,00", "tax_total": "", "gross_total": "119,00"}, question.schema())


def test_a_missing_required_field_without_candidates_of_its_form_is_copied_freely() -> None:
    question = asked(reviewed(NAMELESS, **TOTALS | {"seller_name": ""}), NAMELESS)
    assert question
    assert question.schema()["properties"] == {"seller_name": {"type": "string", "maxLength": 60}}


def test_nothing_is_asked_that_the_document_cannot_answer_or_did_answer() -> None:
    without_amounts = "Muster GmbH\nRechnung RE-7\nRechnungsdatum: 05.06.2026"
    missing = reviewed(without_amounts)
    assert kinds(missing) == [(FindingKind.REQUIRED, ["gross_total"])]
    assert asked(missing, without_amounts) is None
    assert asked(reviewed(**TOTALS | {"buyer_name": "Nirgends AG"})) is None


@given(st.lists(st.decimals(1, 10**6, places=2), max_size=60))
def test_a_question_is_bounded_whatever_the_document(amounts: list[Decimal]) -> None:
    page = "\n".join([UNLABELLED, *(f"{amount:.2f}" for amount in amounts)])
    question = asked(review(INVOICE, [], candidates(page), "de"), page)
    assert question
    assert len(question.fields) <= MAX_ASKED
    assert all(len(offers) <= MAX_OFFERED for offers in question.offered.values())
    jsonschema.Draft202012Validator.check_schema(question.schema())


def test_of_many_fields_that_are_missing_some_are_asked_for() -> None:
    fields = [field.model_copy(update={"required": True}) for field in INVOICE.fields]
    kind = INVOICE.model_copy(update={"fields": tuple(fields)})
    question = question_about(kind, [], findings_of(kind, [], {}, "de"), candidates(PAGE))
    assert question
    assert len(question.fields) == MAX_ASKED < len(fields)


def second(page: str, **copied: str) -> list:
    return check_answer(INVOICE, copied, [page], "de")


def settled(page: str, first: Review, **copied: str) -> Review:
    return better(INVOICE, first, second(page, **copied), candidates(page), "de")


def test_the_line_of_one_tax_rate_is_no_total() -> None:
    lines = "A 19 %    100,00    19,00    119,00\nB 7 %    200,00    14,00    214,00"
    found = reviewed(f"Summe    333,00\n{lines}", net_total="100,00", tax_total="19,00", gross_total="119,00")
    assert {name: value for name, value in said([*found.fields]).items() if "total" in name} == {
        "net_total": "300.00",
        "tax_total": "33.00",
        "gross_total": "333.00",
    }
    assert (FindingKind.REPAIRED, ["gross_total"]) in kinds(found)


@pytest.mark.parametrize(
    ("lines", "copied", "totals"),
    [
        (
            "Total CHF 214.60, darin inbegriffen 8.1 % MWST von CHF 16.08",
            {"net_total": "214.60", "tax_total": "16.08", "gross_total": "230.68"},
            {"tax_total": "16.08", "gross_total": "214.60"},
        ),
        (
            "Honorar gesamt 2.052,00 €\nAuslagen gesamt 107,25 €\nZu zahlen 2.159,25 €",
            {"net_total": "2.052,00 €", "tax_total": "107,25 €", "gross_total": "2.159,25 €"},
            {"gross_total": "2159.25"},
        ),
    ],
    ids=["tax in it", "no tax"],
)
def test_the_only_total_of_an_invoice_is_its_gross_total(
    lines: str, copied: dict[str, str], totals: dict[str, str]
) -> None:
    found = reviewed(f"Muster GmbH\nRechnung RE-7\nRechnungsdatum: 05.06.2026\n{lines}", **copied)
    assert {name: value for name, value in said([*found.fields]).items() if "total" in name} == totals


def test_the_only_account_is_taken_unless_it_is_to_be_debited() -> None:
    account = "DE02 1203 0000 0000 2020 51"
    assert said([*reviewed(f"Von auswärts: {account}").fields])["iban"] == account.replace(" ", "")
    assert "iban" not in said([*reviewed(f"Wir ziehen den Betrag von Ihrem Konto {account} ein").fields])
    assert "iban" not in said([*reviewed(f"{account} oder DE12 5001 0517 0648 4898 90").fields])


def test_the_answer_that_satisfies_the_rule_wins() -> None:
    first = reviewed(UNLABELLED, net_total="50,00", tax_total="19,00", gross_total="119,00")
    found = settled(UNLABELLED, first, net_total="100,00", tax_total="19,00", gross_total="119,00")
    assert (said([*found.fields])["net_total"], found.findings) == ("100.00", [])


def test_of_a_second_answer_what_helps_is_taken_and_the_rest_is_not() -> None:
    first = reviewed(UNLABELLED, net_total="50,00", tax_total="19,00", gross_total="119,00")
    found = settled(UNLABELLED, first, net_total="100,00", tax_total="", gross_total="50,00")
    values = said([*found.fields])
    assert (values["net_total"], values["tax_total"], values["gross_total"]) == ("100.00", "19.00", "119.00")


@pytest.mark.parametrize(
    "copied",
    [
        {"net_total": "50,00", "tax_total": "50,00", "gross_total": "50,00"},
        {"net_total": "", "tax_total": "", "gross_total": ""},
        {"net_total": "777,77", "tax_total": "19,00", "gross_total": "119,00"},
    ],
)
def test_a_second_answer_that_is_no_better_changes_nothing(copied: dict[str, str]) -> None:
    first = reviewed(UNLABELLED, net_total="50,00", tax_total="19,00", gross_total="119,00")
    assert settled(UNLABELLED, first, **copied) is first


def test_an_invented_value_that_quiets_two_rules_replaces_nothing() -> None:
    first = reviewed(UNLABELLED, net_total="50,00", tax_total="100,00", gross_total="119,00")
    assert kinds(first) == [
        (FindingKind.RULE, ["net_total", "tax_total", "gross_total"]),
        (FindingKind.RULE, ["net_total", "tax_total"]),
    ]
    assert settled(UNLABELLED, first, net_total="777,77") is first


def test_a_required_field_that_is_found_the_second_time_is_no_finding_any_more() -> None:
    first = reviewed(NAMELESS, **TOTALS | {"seller_name": ""})
    assert kinds(first) == [(FindingKind.REQUIRED, ["seller_name"])]
    found = settled(NAMELESS, first, seller_name="Muster")
    assert (said([*found.fields])["seller_name"], found.findings) == ("Muster", [])


def test_what_was_repaired_before_stays_said() -> None:
    first = reviewed(NAMELESS, **TOTALS | {"gross_total": "100,00 €", "seller_name": ""})
    found = settled(NAMELESS, first, seller_name="Muster")
    assert kinds(found) == [(FindingKind.REPAIRED, ["gross_total"])]


@given(st.dictionaries(st.sampled_from([*TOTALS]), st.sampled_from(["50,00", "100,00", "19,00", "119,00", ""])))
def test_a_second_answer_never_leaves_more_to_review(copied: dict[str, str]) -> None:
    first = reviewed(UNLABELLED, net_total="50,00", tax_total="19,00", gross_total="119,00")
    assert settled(UNLABELLED, first, **copied).faults <= first.faults


@pytest.mark.parametrize(
    ("language", "message"),
    [("de", "Käufer: „Muster GmbH“ ist nicht sicher."), ("en", "Buyer: “Muster GmbH” is not sure.")],
)
def test_a_value_that_is_less_sure_than_what_is_booked_unseen_is_a_finding(language: str, message: str) -> None:
    fields = [
        answer.model_copy(update={"confidence": 0.79 if answer.path == "buyer_name" else 0.8})
        for answer in answers(PAGE, **TOTALS, buyer_name="Muster GmbH")
    ]
    (finding,) = doubtful(INVOICE, fields, 0.8, (), language)
    assert (finding.kind, finding.fields, finding.message) == (FindingKind.CONFIDENCE, ["buyer_name"], message)
    assert finding.needs_review
    assert doubtful(INVOICE, fields, 0.0, (), language) == []
    assert len(doubtful(INVOICE, fields, 1.0, (), language)) == len(fields)


@pytest.mark.parametrize("review_below", [0.0, 0.9])
def test_a_value_that_is_only_proposed_is_for_a_person_wherever_the_bound_of_review_lies(review_below: float) -> None:
    read = answers(PAGE, buyer_name="Muster GmbH")
    unsure = [answer.model_copy(update={"confidence": 0.49}) for answer in read if answer.path == "buyer_name"]
    said = {
        language: [finding.message for finding in doubtful(INVOICE, unsure, review_below, ["buyer_name"], language)]
        for language in ("de", "en")
    }
    assert said == {
        "de": ["Käufer: „Muster GmbH“ ist zu unsicher und wird nur vorgeschlagen."],
        "en": ["Buyer: “Muster GmbH” is too unsure to be stated, and is only proposed."],
    }


def test_what_has_a_finding_already_or_is_a_cell_of_a_table_is_not_said_to_be_doubtful_too() -> None:
    cell = FieldAnswer(
        path="line_items[0].line_total", kind="money", value="1.00", verbatim="1,00", status="ok", confidence=0
    )
    wrong = answers(PAGE, buyer_name="Nirgends AG", currency="netto")
    assert {answer.status for answer in wrong if answer.path in ("buyer_name", "currency")} == {
        "unsupported",
        "unparsed",
    }
    doubted = doubtful(INVOICE, [*wrong, cell], 1.0, (), "de")
    assert {name for finding in doubted for name in finding.fields} == set(REQUIRED)


def test_names_and_labels_decide_before_the_rules_do() -> None:
    page = f"Muster GmbH · Gerüstweg 3 · 10115 Berlin\nWohnbau Süd eG\nAm Hang 12\n80333 München\n\n{PAGE}"
    found = reviewed(page, **TOTALS, seller_name="Wohnbau Süd eG", buyer_name="", issue_date="20.06.2026")
    values = said([*found.fields])
    assert (values["seller_name"], values["buyer_name"]) == ("Muster GmbH", "Wohnbau Süd eG")
    assert values["issue_date"] == "2026-06-05"
    assert (FindingKind.REPAIRED, ["issue_date"]) in kinds(found)


def test_a_value_that_stands_nowhere_gives_way_to_one_that_does() -> None:
    first = reviewed(UNLABELLED, net_total="50,00", tax_total="19,00", gross_total="120,00")
    assert said([*first.fields])["gross_total"] == "120.00"
    assert said([*settled(UNLABELLED, first, gross_total="119,00").fields])["gross_total"] == "119.00"


def test_what_cannot_be_is_left_out_when_nothing_more_is_asked_and_what_was_found_about_it_stays() -> None:
    page = (
        "Muster GmbH\nRechnung RE-7\nRechnungsdatum: 05.06.2026\nZwischensumme 80,00\nVersand 4,90\nGesamtbetrag 79,90"
    )
    found = reviewed(page, net_total="80,00", tax_total="4,90", gross_total="79,90")
    done = without_impossible(INVOICE, found, candidates(page))
    assert {name for name in said([*done.fields]) if name.endswith("total")} == {"gross_total"}
    assert [kind for kind, fields in kinds(done) if "gross_total" in fields] == [FindingKind.RULE]


@pytest.mark.parametrize(
    ("line", "issued"),
    [
        ("Bestelldatum: 05.06.2026", None),
        ("Datum: 05.06.2026", "2026-06-05"),
        ("05.06.2026", "2026-06-05"),
        ("Rechnungsdatum / Lieferdatum: 05.06.2026", "2026-06-05"),
    ],
)
def test_the_day_of_an_order_is_no_invoices_own(line: str, issued: str | None) -> None:
    page = f"Muster GmbH\nRechnung RE-7\n{line}\nGesamtbetrag 79,90"
    done = without_impossible(INVOICE, reviewed(page, gross_total="79,90"), candidates(page))
    assert said([*done.fields]).get("issue_date") == issued


def test_what_may_be_stays_as_it_is() -> None:
    found = reviewed(**TOTALS)
    assert without_impossible(INVOICE, found, candidates(PAGE)) is found
