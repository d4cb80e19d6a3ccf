import pytest
from unit.evaluation.outcomes import copied, document, field, rows

from schemas.events import Status
from services.evaluation.figures import figures_of
from services.evaluation.report import Verdict

FIRST = document(
    "a",
    field("number", "1", "1"),
    field("seller", "A", "B"),
    field("due", None, None),
    field("iban", None, "DE1", flagged=True),
    field("order", "77", None, shown=False),
)
SECOND = document("b", field("number", "2", "2"), field("seller", "A", "C", flagged=True), field("due", None, "now"))
LETTER = document("c", field("subject", "X", None), truth="other", answered="invoice")
FAILED = document("d", field("number", "3", None), field("due", None, None), answered=None, status=None, cost=None)
UNREADABLE = document("e", expected_failure="document_broken", failure="document_broken", answered=None, cost=None)
MISREAD = document("f", expected_failure="document_broken", failure=None)
ALL = [FIRST, SECOND, LETTER, FAILED, UNREADABLE, MISREAD]


@pytest.fixture(scope="module")
def figures():
    return figures_of(ALL, wall_seconds=10.0, hourly_price=0.36)


def test_the_main_figure_is_of_what_the_pages_show(figures):
    assert (figures.fields.right, figures.fields.of) == (2, 6)
    assert (figures.fields_all.right, figures.fields_all.of) == (2, 7)


def test_copies_without_a_value_are_counted_among_what_is_right():
    hidden = copied("iban", "DE2").model_copy(update={"shown": False})
    found = figures_of([document("a", copied("iban", "DE1"), field("number", "1", "1")), document("b", hidden)], None)
    assert (found.fields.right, found.fields.of, found.copies) == (2, 2, 1)
    assert [(item.path, item.fields.right, item.copies) for item in found.by_field] == [
        ("iban", 1, 1),
        ("number", 1, 0),
    ]
    assert found.contradictions.answered == 1


def test_what_must_fail_is_counted_apart(figures):
    assert (figures.documents, figures.failed) == (4, 1)
    assert (figures.expected_failures.right, figures.expected_failures.of) == (1, 2)


def test_being_silent_is_no_merit_of_a_document_that_failed(figures):
    assert (figures.silence.right, figures.silence.of) == (1, 3)


def test_what_is_flagged_is_what_a_person_looks_at(figures):
    assert (figures.left_alone.right, figures.left_alone.of) == (4, 6)


def test_types_are_confused_or_not_answered(figures):
    assert (figures.classes.right, figures.classes.of) == (2, 4)
    confusion = figures.confusion
    assert confusion.truth == ["invoice", "other"]
    assert confusion.answered == ["invoice", "other", "(none)"]
    assert confusion.counts == [[2, 0, 1], [1, 0, 0]]


def test_figures_by_type_and_field(figures):
    assert figures.by_type["invoice"].documents == 3
    seller = next(item for item in figures.by_field if item.path == "seller")
    assert (seller.fields.right, seller.fields.of, seller.wrong) == (0, 2, 2)
    due = next(item for item in figures.by_field if item.path == "due")
    assert (due.fields.of, due.invented) == (0, 1)


def test_values_that_mislead_are_flagged_or_not(figures):
    found = figures.contradictions
    assert (found.wrong_flagged, found.wrong_unflagged) == (1, 1)
    assert (found.invented_flagged, found.invented_unflagged) == (1, 1)
    assert (found.total, found.unflagged, found.answered) == (4, 2, 6)


def test_what_is_only_proposed_misleads_nobody_and_is_counted_apart():
    said = field("number", "1", "1")
    proposal = said.model_copy(
        update={
            "answer": said.answer.model_copy(update={"status": "doubtful", "value": None, "proposal": "1"}),
            "verdict": Verdict.MISSING,
            "proposal_right": True,
        }
    )
    wrong = proposal.model_copy(update={"path": "seller", "proposal_right": False})
    found = figures_of([document("a", said, proposal, wrong)], None)
    assert (found.contradictions.answered, found.contradictions.total) == (1, 0)
    assert (found.contradictions.proposed.right, found.contradictions.proposed.of) == (1, 2)
    assert (found.fields.right, found.fields.of) == (1, 3)
    assert (found.field_calibration.right, found.field_calibration.count) == (2, 3), "of all that was read"


def test_what_it_costs(figures):
    cost = figures.cost
    assert (cost.documents, cost.calls, cost.prompt_tokens) == (4, 2, 1000)
    assert cost.documents_per_hour == pytest.approx(1440)
    assert cost.price_per_thousand == pytest.approx(0.25)


def test_lost_rows_are_silent_only_if_the_document_is_said_to_be_complete():
    lost = rows(found=9, found_shown=9, answered=9)
    extra = rows(answered=12)
    documents = [
        document("a", rows=lost),
        document("b", rows=lost, status=Status.INCOMPLETE),
        document("c", rows=extra),
        document("d"),
    ]
    found = figures_of(documents, None).rows
    assert (found.recall.right, found.recall.of) == (28, 30)
    assert (found.precision.right, found.precision.of) == (28, 30)
    assert (found.silent_losses, found.documents) == (1, 3)


def test_without_labelled_rows_there_is_no_figure_of_rows(figures):
    assert figures.rows is None
