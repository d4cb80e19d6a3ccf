from pathlib import Path
from typing import cast

import pytest
from unit.evaluation.outcomes import answer

from schemas.document_types import load_document_types
from schemas.events import Finding, FindingKind, Status
from services.evaluation.examples import examples_of
from services.evaluation.labels import Label, TrueRow
from services.evaluation.report import Cost, RowFault, Verdict
from services.evaluation.scoring import Case, Said, Source, Unsaid, score
from services.inference.ask import Asked
from services.inference.outcome import Answered

TYPES = load_document_types()
PAGE = "Rechnung 471102\nLieferant GmbH\nDatum 05.06.2018\nPfand 20 Stk 55,46\nSumme 197,65 EUR"
COST = Cost(seconds=1.0, calls=2, prompt_tokens=10, cached_tokens=0, completion_tokens=5)


def outcome(truth, *fields, findings=(), rows=None, kind="invoice"):
    label = Label(Path("a.pdf"), "invoice", truth, rows)
    said = Said(kind, 0.9, list(fields), Status.COMPLETE, [], list(findings), COST)
    return score(Case(label, Source("0" * 64, [PAGE]), said), TYPES)


def only(truth, *fields, **more):
    [field] = outcome(truth, *fields, **more).fields
    return field


@pytest.mark.parametrize(
    ("truth", "said", "verdict"),
    [
        ("471102", "471102", Verdict.RIGHT),
        ("471102", "471103", Verdict.WRONG),
        ("471102", None, Verdict.MISSING),
        (None, None, Verdict.SILENT),
        (None, "471102", Verdict.INVENTED),
    ],
)
def test_what_becomes_of_a_field(truth, said, verdict):
    answers = [] if said is None else [answer("invoice_number", said)]
    assert only({"invoice_number": truth}, *answers).verdict is verdict


def test_a_truth_that_no_page_shows_is_marked():
    assert not only({"iban": "DE02120300000000202051"}).shown
    assert only({"issue_date": "2018-06-05"}).shown
    assert only({"iban": None}).shown


def test_a_value_is_flagged_by_its_status_or_by_a_finding_that_names_it():
    truth, said = {"gross_total": "197.65"}, answer("gross_total", "197.66", kind="money")
    finding = Finding(kind=FindingKind.RULE, fields=["gross_total"], message="does not add up")
    repaired = Finding(kind=FindingKind.REPAIRED, fields=["gross_total"], message="replaced")
    assert not only(truth, said).flagged
    assert only(truth, said, findings=[finding]).flagged
    assert not only(truth, said, findings=[repaired]).flagged
    assert only(truth, said.model_copy(update={"status": "unsupported"})).flagged


@pytest.mark.parametrize("status", ["doubtful", "unsupported"])
def test_what_is_only_proposed_is_not_said_and_counted_as_a_proposal(status: str):
    said = answer("gross_total", "10.00", value_numeric="10").model_copy(
        update={"status": status, "value": None, "proposal": "10.00"}
    )
    for truth, verdict, right in (("10.00", "missing", True), ("12.00", "missing", False), (None, "silent", False)):
        found = only({"gross_total": truth}, said)
        assert (found.verdict, found.proposal_right, found.is_stated, found.flagged) == (verdict, right, False, True)


@pytest.mark.parametrize(
    ("truth", "verdict"),
    [("DE12345", Verdict.RIGHT), ("DE12346", Verdict.MISSING), (None, Verdict.SILENT)],
)
def test_of_a_number_that_is_not_valid_on_the_page_its_copy_is_the_best_answer(truth: str | None, verdict: Verdict):
    said = answer("seller_vat_id", "DE 12345", kind="vat_id").model_copy(update={"status": "unparsed", "value": None})
    found = only({"seller_vat_id": truth}, said)
    assert (found.verdict, found.proposal_right, found.is_stated, found.flagged) == (verdict, False, False, True)
    assert found.is_proposed is (verdict is not Verdict.RIGHT)


def test_a_name_that_no_code_could_read_is_only_proposed() -> None:
    said = answer("seller_name", "Lieferant GmbH", kind="name").model_copy(update={"status": "unparsed", "value": None})
    found = only({"seller_name": "Lieferant GmbH"}, said)
    assert (found.verdict, found.proposal_right) == (Verdict.MISSING, True)


def test_an_amount_that_no_code_could_read_is_not_right_by_its_copy():
    said = answer("gross_total", "10.00", kind="money").model_copy(update={"status": "unparsed", "value": None})
    assert only({"gross_total": "10.00"}, said).verdict is Verdict.MISSING


def test_a_doubt_alone_holds_no_document_back_and_any_check_does():
    truth, said = {"gross_total": "10.00"}, answer("gross_total", "10.00", value_numeric="10")
    doubt = Finding(kind=FindingKind.CONFIDENCE, fields=["gross_total"], message="not sure")
    rule = Finding(kind=FindingKind.RULE, fields=["gross_total"], message="does not add up")
    repaired = Finding(kind=FindingKind.REPAIRED, fields=["gross_total"], message="replaced")
    found = outcome(truth, said, findings=[doubt, repaired])
    assert (found.needs_review, found.held) == (True, False)
    assert outcome(truth, said, findings=[rule]).held
    assert outcome(truth, said.model_copy(update={"status": "unsupported"})).held


def test_what_checks_found_stands_at_the_document():
    findings = [Finding(kind=FindingKind.RULE, fields=["gross_total"], message="does not add up")]
    assert outcome({"gross_total": "10.00"}, findings=findings).findings == findings


def test_answer_and_truth_are_shown_where_they_stand():
    said = answer("seller_name", "Rechnung", page=1, char_start=0, char_end=8)
    field = only({"seller_name": "Lieferant GmbH"}, said)
    assert (field.evidence.before, field.evidence.text) == ("", "Rechnung")
    assert (field.truth_place.text, field.truth_place.page) == ("Lieferant GmbH", 1)
    assert field.truth_place.after.startswith("\nDatum")


def test_a_place_outside_the_text_is_no_evidence():
    assert only({"seller_name": "x"}, answer("seller_name", "y", page=2, char_start=0, char_end=1)).evidence is None
    assert only({"seller_name": "x"}, answer("seller_name", "y", page=1, char_start=0, char_end=999)).evidence is None


def test_fields_of_another_type_count_by_their_name():
    found = outcome({"invoice_number": "471102"}, answer("invoice_number", "471102"), kind="payment_reminder")
    assert found.fields[0].verdict is Verdict.RIGHT
    assert (found.answered, found.truth, found.faults) == ("payment_reminder", "invoice", 1)


def test_rows_are_counted():
    cells = {"description": "Pfand", "quantity": "20", "line_total": "55.46"}
    said = [
        answer(f"line_items[0].{name}", value, value_numeric=None if name == "description" else value)
        for name, value in cells.items()
    ]
    truth = [TrueRow("Pfand", "20.0", "55.46"), TrueRow("Versand", "1", "5.00")]
    rows = outcome({}, *said, rows=truth).rows
    assert (rows.truth, rows.shown, rows.answered, rows.found, rows.found_shown) == (2, 1, 1, 1, 1)
    assert rows.missing == [RowFault(text="1 | Versand | 5.00", places=[])]


def cells(at: int, *said: tuple[str, str]):
    """Answer a row with cells that stand on the page, each where it is first written."""
    return [
        answer(
            f"line_items[{at}].{name}", text, page=1, char_start=PAGE.index(text), char_end=PAGE.index(text) + len(text)
        )
        for name, text in said
    ]


def test_a_row_that_is_none_is_shown_where_it_was_read_and_a_missing_one_where_its_words_stand():
    said = cells(0, ("description", "Pfand"), ("line_total", "20 Stk"))
    rows = outcome({}, *said, rows=[TrueRow("Pfand\nMehrweg", "20", "55.46")]).rows
    ([extra], [missing]) = (rows.extra, rows.missing)
    assert extra.text == "\u2013 | Pfand | \u2013"
    assert [(place.page, place.text) for place in extra.places] == [(1, "Pfand 20 Stk")]
    assert [(place.page, place.text) for place in missing.places] == [(1, "Pfand")]
    assert missing.places[0].after.startswith(" 20 Stk")


def test_every_row_at_fault_is_kept():
    said = [answer(f"line_items[{at}].description", f"Zeile {at}") for at in range(60)]
    rows = outcome({}, *said, rows=[TrueRow(f"Artikel {at}", "1", None) for at in range(70)]).rows
    assert (len(rows.missing), len(rows.extra)) == (70, 60)


def test_a_document_without_an_answer_has_its_reason():
    label = Label(Path("a.pdf"), "invoice", {"invoice_number": "471102"})
    found = score(Case(label, Source("0" * 64, [PAGE]), Unsaid("answer_timeout", "too slow")), TYPES)
    assert (found.answered, found.failure, found.fields[0].verdict) == (None, "answer_timeout", Verdict.MISSING)
    assert not found.passes


def test_confidences_are_fitted_on_what_was_asked_now_and_can_be_read():
    answered = Answered(cast("Asked", None), [], "", Status.COMPLETE, [])
    readable, unreadable = (
        Label(Path("a.pdf"), "invoice", {}),
        Label(Path("b.pdf"), "other", {}, None, "document_broken"),
    )
    said = Said("invoice", 0.9, [], Status.COMPLETE, [], [], COST)
    source = Source("0" * 64, [PAGE])
    cases = [
        Case(readable, source, said, answered),
        Case(readable, source, said),
        Case(unreadable, source, said, answered),
    ]
    outcomes = [score(case, TYPES) for case in cases]
    assert [(item.answered, item.outcome) for item in examples_of(cases, outcomes)] == [(answered, outcomes[0])]
