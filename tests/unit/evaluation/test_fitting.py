"""Confidences fitted to what became of answers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from unit.evaluation.outcomes import document, field

from schemas.document_types import Kind, load_document_types
from services.answers.calibration import (
    UNFITTED,
    Calibration,
    ClassSignals,
    Family,
    FieldSignals,
    Logistic,
    family_of,
    field_features,
    likelier_other,
    read_calibration,
)
from services.evaluation.examples import Example
from services.evaluation.fitting import (
    MOST_MISLEADING,
    NO_ROWS,
    ClassRow,
    FieldRow,
    FitError,
    Rows,
    fit,
    review_threshold,
    rows_of,
)
from services.evaluation.logistic import BIAS_STRENGTH, LabelledFeatures, folds
from services.inference.ask import Classified
from services.inference.outcome import Answered

NOW = datetime(2026, 1, 2, tzinfo=UTC)
KINDS = [Kind.TEXT, Kind.DATE, Kind.MONEY]
SURE = ClassSignals(-0.01, 5.0)


def drawn(random: np.random.Generator) -> FieldSignals:
    mean = -float(random.exponential(0.4))
    return FieldSignals(
        kind=KINDS[random.integers(3)],
        mean_logprob=mean,
        least_logprob=3 * mean,
        first_logprob=mean,
        tokens=int(random.integers(1, 12)),
        match=random.choice(["exact", "normalised", "fuzzy", "none"], p=[0.7, 0.1, 0.1, 0.1]),  # type: ignore[arg-type]
        labelled=bool(random.random() < 0.6),
        parsed=bool(random.random() < 0.9),
        rivals=int(random.integers(0, 10)),
    )


def rows_by(truth: Callable[[FieldSignals], float], documents: int) -> Rows:
    random = np.random.default_rng(7)
    fields = [
        FieldRow(f"document {number}", signals, SURE, bool(random.random() < truth(signals)), truth(signals))
        for number in range(documents)
        for signals in [drawn(random) for _ in range(10)]
    ]
    return Rows(
        fields,
        [
            ClassRow(f"document {number}", SURE, right=True, is_other=False, confidence=0.5)
            for number in range(documents)
        ],
    )


def true_model() -> Logistic:
    """Give another model than the one set by hand: labels tell more, tokens less, dates are harder."""
    weights = dict(UNFITTED.fields[Family.OTHER].weights) | {
        "labelled": 2.5,
        "mean_logprob": 0.8,
        "found": 2.0,
        "no_rivals": 0.6,
    }
    return Logistic(bias=-5.5, weights=weights, offsets={"date": -1.0})


def share_right(signals: FieldSignals) -> float:
    return true_model().confidence(field_features(signals), signals.kind.value)


def test_on_documents_left_out_it_ranks_nearly_as_well_as_the_truth_and_means_what_it_says() -> None:
    rows = rows_by(share_right, 150)
    found = fit(rows, "p", NOW)
    best = roc_auc_score([row.right for row in rows.fields], [share_right(row.signals) for row in rows.fields])
    unfitted = [UNFITTED.field_confidence(row.signals) for row in rows.fields]
    assert found.after.fields.auroc is not None
    assert found.after.fields.auroc > best - 0.02
    assert found.after.fields.auroc > roc_auc_score([row.right for row in rows.fields], unfitted)
    assert found.after.fields.ece is not None
    assert found.after.fields.ece < 0.05
    assert found.before.fields.auroc == pytest.approx(best)


def test_it_says_what_it_was_fitted_on_and_how_it_did_and_comes_back_from_json() -> None:
    rows = rows_by(share_right, 30)
    found = fit(rows, "pipeline", NOW)
    fitted = found.calibration.fitted
    assert fitted is not None
    assert (fitted.documents, fitted.pipeline_id, fitted.at) == (30, "pipeline", NOW)
    assert (fitted.fields.answers, fitted.fields.auroc) == (300, found.after.fields.auroc)
    assert fitted.fields.wrong == sum(not row.right for row in rows.fields)
    assert read_calibration(found.calibration.model_dump_json()) == found.calibration


def test_what_only_chance_says_is_not_learnt_by_heart() -> None:
    found = fit(rows_by(lambda _: 0.7, 60), "p", NOW)
    assert found.after.fields.auroc is not None
    assert 0.4 < found.after.fields.auroc < 0.53  # judged by what has seen them it would be 0.548
    assert found.after.fields.ece is not None
    assert found.after.fields.ece < 0.1


def test_a_signal_that_speaks_the_wrong_way_gets_no_weight_and_none_is_negative() -> None:
    found = fit(rows_by(lambda signals: 0.1 if signals.labelled else 0.9, 60), "p", NOW)
    for family in {family_of(kind) for kind in KINDS}:
        weights = found.calibration.fields[family].weights
        assert weights["labelled"] == pytest.approx(0, abs=1e-6)
        assert min(weights.values()) >= 0


def test_what_speaks_for_names_alone_gets_weight_for_names_alone() -> None:
    known = {
        kind: replace(drawn(np.random.default_rng(5)), kind=kind, labelled=False) for kind in (Kind.NAME, Kind.DATE)
    }
    random = np.random.default_rng(11)
    fields = [
        FieldRow(
            f"document {number}", replace(known[kind], labelled=labelled), SURE, bool(random.random() < share), share
        )
        for number in range(80)
        for kind in known
        for labelled in (True, False)
        for share in [0.95 if labelled or kind is Kind.DATE else 0.3]
    ]
    found = fit(Rows(fields, rows_by(share_right, 80).classes), "p", NOW).calibration
    told, untold = (
        {kind: found.field_confidence(replace(signals, labelled=labelled)) for kind, signals in known.items()}
        for labelled in (True, False)
    )
    assert told[Kind.NAME] - untold[Kind.NAME] > 0.3
    assert told[Kind.DATE] - untold[Kind.DATE] < 0.1


def moved(calibration: Calibration) -> float:
    return max(
        abs(weight - UNFITTED.fields[family].weights[name])
        for family, model in calibration.fields.items()
        for name, weight in model.weights.items()
    )


def example(*, asked: bool = True, shown: bool = True) -> Example:
    """Give a document with one value; without having asked, its XML answered."""
    invoice = load_document_types()["invoice"]
    classified = Classified(invoice, 0.9, invoice, 0.9, SURE)
    engine = SimpleNamespace(classified=classified, generations=(None,) * asked)
    answered = SimpleNamespace(asked=engine, signals={"x": drawn(np.random.default_rng(1))})
    return Example(cast("Answered", answered), document("a", field("x", "1", "1", shown=shown)))


def test_confidences_learn_from_what_the_engine_read_off_the_pages_alone() -> None:
    assert [row.right for row in rows_of([example()]).fields] == [True]
    assert rows_of([example(shown=False)]).fields == []
    assert rows_of([example(asked=False)]) == Rows([], [])


def test_few_documents_move_the_weights_less_than_many() -> None:
    few, many = fit(rows_by(share_right, 10), "p", NOW), fit(rows_by(share_right, 100), "p", NOW)
    assert moved(few.calibration) < moved(many.calibration)


def test_the_same_document_handed_in_often_is_one() -> None:
    rows = [ClassRow("one", SURE, right=True, is_other=False, confidence=0.5)] * 20
    with pytest.raises(FitError, match="1 documents are too few"):
        fit(Rows([], rows), "p", NOW)


def test_nothing_wrong_at_all_is_no_error() -> None:
    found = fit(rows_by(lambda _: 1.0, 12), "p", NOW)
    assert found.after.fields.auroc is None
    assert found.calibration.field_confidence(drawn(np.random.default_rng(1))) > 0.5


def test_too_few_documents_are_said_to_be_so() -> None:
    with pytest.raises(FitError, match="9 documents are too few"):
        fit(rows_by(share_right, 9), "p", NOW)


def test_wrong_types_tell_how_often_it_is_none_of_them_and_so_where_unknown_begins() -> None:
    sure = [ClassRow(f"sure {number}", SURE, right=True, is_other=False, confidence=0.9) for number in range(30)]
    strange = [
        ClassRow(f"strange {number}", ClassSignals(-1.5, 0.2), right=False, is_other=number < 7, confidence=0.9)
        for number in range(8)
    ]
    calibration = fit(Rows([], [*sure, *strange]), "p", NOW).calibration
    assert calibration.other_share == pytest.approx(8 / 10)
    assert calibration.other_below == pytest.approx(likelier_other(8 / 10))
    assert calibration.is_unknown(ClassSignals(-1.5, 0.2))
    assert not calibration.is_unknown(SURE)
    assert calibration.fields == UNFITTED.fields


def test_without_bounds_at_work_and_with_no_prior_mean_it_is_scikit_learns_logistic_regression() -> None:
    random = np.random.default_rng(3)
    matrix = np.hstack([random.normal(size=(400, 3)), np.ones((400, 1))])
    right = (random.random(400) < 1 / (1 + np.exp(-matrix @ [1.5, 0.7, 1.0, 0.4]))).astype(float)
    table = LabelledFeatures(["d"] * 400, matrix, right, ["a", "b", "c"], [], np.zeros(4))
    theirs = LogisticRegression(C=1 / 2.0, fit_intercept=False, tol=1e-8)
    theirs.fit(matrix / [1, 1, 1, np.sqrt(BIAS_STRENGTH)], right)
    expected = theirs.coef_[0] / [1, 1, 1, np.sqrt(BIAS_STRENGTH)]
    assert table.solution(2.0) == pytest.approx(expected, abs=1e-3)


@settings(deadline=None)
@given(st.lists(st.sampled_from("abcdefghijklm"), min_size=2).filter(lambda names: len(set(names)) > 1))
def test_each_document_is_judged_once_and_never_by_what_has_seen_it(names: list[str]) -> None:
    divided = folds(names)
    assert sorted(name for _, judged in divided for name in judged) == sorted(set(names))
    assert all(train | judged == set(names) and not train & judged for train, judged in divided)


CONFIDENCES = st.lists(st.tuples(st.sampled_from([0.1, 0.5, 0.7, 0.9, 0.99]), st.booleans()), max_size=200)


def wrong_share(pairs: list[tuple[float, bool]], bound: float) -> float:
    unseen = [right for confidence, right in pairs if confidence >= bound]
    return unseen.count(False) / len(unseen) if unseen else 0.0


@given(CONFIDENCES)
def test_of_what_nobody_looks_at_few_are_wrong_and_no_lower_bound_does_it(pairs: list[tuple[float, bool]]) -> None:
    bound = review_threshold(pairs)
    assert wrong_share(pairs, bound) <= MOST_MISLEADING
    lower = {confidence for confidence, _ in pairs if confidence < bound}
    assert all(wrong_share(pairs, confidence) > MOST_MISLEADING for confidence in lower)


def test_a_wrong_value_among_enough_right_ones_is_borne_and_of_equals_all_count() -> None:
    enough = round(1 / MOST_MISLEADING)
    borne = [(0.9, True)] * enough + [(0.8, False)]
    assert review_threshold([*borne, (0.8, True)]) == 0.8
    assert review_threshold([(0.9, True), (0.9, False)]) == 1.0
    assert review_threshold([(0.9, True), (0.8, False), (0.8, True)]) == 0.9
    assert review_threshold([]) == 1.0


def test_a_fit_has_the_bound_of_what_it_was_not_fitted_on() -> None:
    found = fit(rows_by(share_right, 60), "p", NOW).calibration
    assert 0.5 < found.review_below <= 1
    assert found.propose_below == 0.78, "numbers that were fitted tell which values are too unsure to be booked"
    assert found.propose_optional_below == 0.88, "what many documents do not have is surer to be stated"
    assert fit(rows_by(lambda _: 1.0, 12), "p", NOW).calibration.review_below < found.review_below
    assert fit(rows_by(lambda _: 0.0, 12), "p", NOW).calibration.review_below == 1


def test_how_sure_words_of_an_offices_own_are_is_told_by_first_readings_alone() -> None:
    """Documents that something was made with are read right; of texts they say nothing, of dates they do."""

    def row(document: str, kind: Kind, *, right: bool) -> FieldRow:
        return FieldRow(document, FieldSignals(kind, parsed=True), ClassSignals(), right, 0.5)

    known = Rows([row("known", kind, right=True) for kind in (Kind.TEXT, Kind.DATE, Kind.PERIOD, Kind.QUANTITY)], [])
    first = Rows([row("new", Kind.TEXT, right=False)], [])
    fitted_to = [(it.document, it.signals.kind) for it in known.with_first_readings(first).fields]
    assert fitted_to == [("known", Kind.DATE), ("new", Kind.TEXT)]
    assert known.with_first_readings(NO_ROWS) == known
