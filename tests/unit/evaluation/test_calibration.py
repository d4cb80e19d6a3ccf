import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.evaluation.outcomes import document, field

from schemas.events import Status
from services.evaluation.calibration import at_threshold, calibration, coverage, reliability, untouched
from services.evaluation.report import CoveragePoint

ANSWERS = st.lists(st.tuples(st.floats(0, 1, allow_subnormal=False), st.booleans()), min_size=1, max_size=60)


def test_nine_of_ten_right_at_nine_tenths_is_calibrated():
    found = calibration([0.95] * 20, [True] * 19 + [False])
    assert found.ece == pytest.approx(0)


def test_certainty_that_is_half_wrong_is_half_off():
    assert calibration([1.0] * 10, [True] * 5 + [False] * 5).ece == pytest.approx(0.5)


def test_right_above_wrong_is_a_perfect_rank():
    assert calibration([0.9, 0.8, 0.3, 0.2], [True, True, False, False]).auroc == 1
    assert calibration([0.2, 0.3, 0.8, 0.9], [True, True, False, False]).auroc == 0
    assert calibration([0.5, 0.5], [True, False]).auroc == 0.5


def test_of_answers_that_are_all_right_no_rank_is_known():
    found = calibration([0.9, 0.8], [True, True])
    assert found.auroc is None
    assert found.ece == pytest.approx(0.15)


def test_of_nothing_nothing_is_known():
    found = calibration([], [])
    assert (found.auroc, found.ece, found.bins) == (None, None, [])


@given(ANSWERS)
def test_every_answer_is_in_one_bin(answers):
    confidences, rights = zip(*answers, strict=True)
    bins = reliability(confidences, rights)
    assert sum(item.count for item in bins) == len(answers)
    assert all(item.low - 1e-9 <= item.confidence <= item.high + 1e-9 for item in bins)
    assert math.isclose(sum(item.count * item.right for item in bins), sum(rights), abs_tol=1e-6)


@given(ANSWERS)
def test_a_rank_does_not_change_with_the_scale(answers):
    confidences, rights = zip(*answers, strict=True)
    found = calibration(confidences, rights).auroc
    assert found == (
        None if len(set(rights)) < 2 else pytest.approx(calibration([c / 2 for c in confidences], rights).auroc)
    )


@given(ANSWERS)
def test_the_error_lies_between_nought_and_one(answers):
    confidences, rights = zip(*answers, strict=True)
    assert 0 <= calibration(confidences, rights).ece <= 1


SURE = document("a", field("x", "1", "1", 0.99), least_confidence=0.99)
LESS_SURE = document("b", field("x", "1", "2", 0.6), field("y", "1", "1", 0.9), least_confidence=0.6)
HELD = document("c", field("x", "1", "2", 0.99, flagged=True), held=True, needs_review=True)
INCOMPLETE = document("d", field("x", "1", None), status=Status.INCOMPLETE)
DOUBTFUL = document("e", field("x", "1", "1", 0.8, flagged=True), needs_review=True, least_confidence=0.8)


def test_documents_pass_from_the_surest_on():
    points = coverage([LESS_SURE, SURE, HELD, INCOMPLETE])
    assert [(item.threshold, item.documents, item.faulty_documents) for item in points] == [(0.95, 1, 0), (0.6, 2, 1)]


def test_what_is_held_or_incomplete_never_passes():
    assert coverage([HELD, INCOMPLETE]) == []


def test_what_confidence_alone_holds_passes_at_a_lower_bound_and_not_at_the_one_in_force():
    assert [(item.threshold, item.documents) for item in coverage([SURE, DOUBTFUL])] == [(0.95, 1), (0.8, 2)]
    assert untouched([SURE, DOUBTFUL, HELD]) == CoveragePoint(
        threshold=None, documents=1, faulty_documents=0, values=1, faulty_values=0
    )


def test_at_a_threshold_passes_what_has_as_much_confidence():
    point = at_threshold([LESS_SURE, SURE], 0.6)
    assert (point.documents, point.values, point.faulty_values) == (2, 3, 1)
    assert at_threshold([LESS_SURE, SURE], 0.61).documents == 1


def test_a_value_that_no_page_shows_is_no_fault():
    assert document("a", field("x", "1", "2", shown=False)).faults == 0


def test_values_at_fault_are_some_of_the_values():
    lacking = document("f", field("x", "1", "1"), field("y", "1", None), field("z", "1", "2"))
    [point] = coverage([lacking])
    assert (point.values, point.faulty_values, point.faulty_documents) == (2, 1, 1)


def test_an_unlabelled_value_that_is_unsure_holds_its_document():
    unsure = document("g", field("x", "1", "1", 0.99), least_confidence=0.3)
    assert [item.threshold for item in coverage([unsure])] == [0.3]
