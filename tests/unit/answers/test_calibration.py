"""Confidences from what is known: more evidence never lowers one, and what is stored comes back."""

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.document_types import Kind
from services.answers.calibration import (
    MOST_AHEAD,
    MOST_PLACED,
    UNFITTED,
    VERSION,
    Calibration,
    CalibrationError,
    ClassSignals,
    Family,
    FieldSignals,
    Logistic,
    class_features,
    field_features,
    likelier_other,
    read_calibration,
)

LOGPROBS = st.none() | st.floats(-20, 0)
MATCHES = ["none", "fuzzy", "normalised", "exact"]
FIELDS = st.builds(
    FieldSignals,
    kind=st.sampled_from(Kind),
    mean_logprob=LOGPROBS,
    least_logprob=LOGPROBS,
    first_logprob=LOGPROBS,
    tokens=st.integers(0, 200),
    match=st.sampled_from(MATCHES),
    labelled=st.booleans(),
    misplaced=st.booleans(),
    shared=st.booleans(),
    parsed=st.booleans(),
    checksum=st.sampled_from([None, True, False]),
    rules_held=st.integers(0, 6),
    rules_failed=st.integers(0, 6),
    rivals=st.integers(0, 3000),
    agreed=st.sampled_from([None, True, False]),
    copied=st.booleans(),
    type_confidence=st.floats(0, 1),
    placed=st.none() | st.floats(-30, 30),
    ahead=st.none() | st.floats(-30, 30),
)
WEIGHTS = st.floats(0, 5)
OFFSETS = st.floats(-8, 8)


def logistics(features: dict[str, float]) -> st.SearchStrategy[Logistic]:
    weights = st.fixed_dictionaries(dict.fromkeys(features, WEIGHTS))
    offsets = st.dictionaries(st.sampled_from([kind.value for kind in Kind]), OFFSETS)
    return st.builds(Logistic, bias=OFFSETS, weights=weights, offsets=offsets)


CALIBRATIONS = st.builds(
    Calibration,
    fields=st.fixed_dictionaries(dict.fromkeys(Family, logistics(field_features(FieldSignals(Kind.TEXT))))),
    classes=logistics(class_features(ClassSignals())),
    other_below=st.floats(0, 1),
    other_share=st.floats(0, 1),
    review_below=st.floats(0, 1),
    propose_below=st.floats(0, 1),
    propose_optional_below=st.floats(0, 1),
)
BETTER: dict[str, Any] = {
    "mean_logprob": lambda given, data: data.draw(st.floats(given, 0)) if given is not None else None,
    "least_logprob": lambda given, data: data.draw(st.floats(given, 0)) if given is not None else None,
    "first_logprob": lambda given, data: data.draw(st.floats(given, 0)) if given is not None else None,
    "match": lambda given, data: data.draw(st.sampled_from(MATCHES[MATCHES.index(given) :])),
    "labelled": lambda _, __: True,
    "misplaced": lambda _, __: False,
    "shared": lambda _, __: False,
    "parsed": lambda _, __: True,
    "checksum": lambda given, _: True if given is None else given or None,
    "rules_held": lambda given, data: given + data.draw(st.integers(0, 3)),
    "rules_failed": lambda given, data: data.draw(st.integers(0, given)),
    "rivals": lambda given, data: data.draw(st.integers(0, given)),
    "agreed": lambda given, _: True if given is None else given or None,
    "copied": lambda _, __: True,
    "type_confidence": lambda given, data: data.draw(st.floats(given, 1)),
    "placed": lambda given, data: data.draw(st.floats(given, 40)) if given is not None else None,
    "ahead": lambda given, data: data.draw(st.floats(given, 40)) if given is not None else None,
}


@given(CALIBRATIONS, FIELDS, st.sampled_from(sorted(BETTER)), st.data())
def test_more_evidence_never_lowers_a_fields_confidence(
    calibration: Calibration, signals: FieldSignals, name: str, data: st.DataObject
) -> None:
    better = replace(signals, **{name: BETTER[name](getattr(signals, name), data)})
    assert calibration.field_confidence(better) >= calibration.field_confidence(signals)


@given(CALIBRATIONS, st.floats(-20, 0), st.floats(0, 20), st.floats(0, 5), st.floats(0, 5))
def test_a_likelier_type_and_a_greater_margin_never_lower_its_confidence(
    calibration: Calibration, logprob: float, margin: float, more_logprob: float, more_margin: float
) -> None:
    given_ = calibration.class_confidence(ClassSignals(logprob, margin))
    better = ClassSignals(min(0.0, logprob + more_logprob), margin + more_margin)
    assert calibration.class_confidence(better) >= given_


@given(CALIBRATIONS, FIELDS, st.builds(ClassSignals, LOGPROBS, st.none() | st.floats(-1, 30)))
def test_a_confidence_is_a_probability(
    calibration: Calibration, signals: FieldSignals, class_signals: ClassSignals
) -> None:
    assert 0 <= calibration.field_confidence(signals) <= 1
    assert 0 <= calibration.class_confidence(class_signals) <= 1


@given(CALIBRATIONS)
def test_a_calibration_comes_back_from_json(calibration: Calibration) -> None:
    assert read_calibration(calibration.model_dump_json()) == calibration


def test_the_fingerprint_is_of_all_of_it_in_any_order() -> None:
    weights = dict(reversed(UNFITTED.classes.weights.items()))
    assert (
        Calibration.model_validate(
            UNFITTED.model_dump() | {"classes": {"bias": UNFITTED.classes.bias, "weights": weights}}
        ).fingerprint
        == UNFITTED.fingerprint
    )
    weights["margin"] += 0.01
    changed = UNFITTED.classes.model_copy(update={"weights": weights})
    assert UNFITTED.model_copy(update={"classes": changed}).fingerprint != UNFITTED.fingerprint


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{}", "no calibration of this version"),
        ("[", "no calibration of this version"),
        (UNFITTED.model_dump_json().replace(f'"version":{VERSION}', '"version":1'), "version"),
        (UNFITTED.model_dump_json().replace('"brevity"', '"length"'), "its weights should be of mean_logprob"),
        (UNFITTED.model_dump_json().replace('"brevity":0.1', '"brevity":-0.1'), "brevity"),
        (UNFITTED.model_dump_json().replace('"brevity":0.1', '"brevity":1e999'), "brevity"),
    ],
)
def test_what_is_no_calibration_is_refused(text: str, reason: str) -> None:
    with pytest.raises(CalibrationError, match=reason):
        read_calibration(text)


def test_a_logarithm_that_is_no_number_says_nothing() -> None:
    unknown, known = FieldSignals(Kind.TEXT), FieldSignals(Kind.TEXT, mean_logprob=math.nan)
    assert UNFITTED.field_confidence(known) == UNFITTED.field_confidence(unknown)
    assert UNFITTED.class_confidence(ClassSignals(math.nan, math.nan)) == UNFITTED.class_confidence(ClassSignals())


@pytest.mark.parametrize("logprob", [-math.inf, -9999.0, 1e-6])
def test_odd_logarithms_stay_within_bounds(logprob: float) -> None:
    assert 0 < UNFITTED.field_confidence(FieldSignals(Kind.TEXT, logprob, logprob, logprob)) < 1
    assert 0 < UNFITTED.class_confidence(ClassSignals(logprob, logprob - logprob)) < 1


def test_without_a_margin_the_second_type_is_taken_to_have_all_that_is_left() -> None:
    features = class_features(ClassSignals(math.log(0.8)))
    assert features["margin"] == pytest.approx(math.log(0.8 / 0.2))
    assert class_features(ClassSignals(0.0))["margin"] == 10


def test_a_kinds_offset_counts_for_that_kind_alone() -> None:
    model = UNFITTED.fields[Family.OTHER].model_copy(update={"offsets": {"iban": 2.0}})
    calibration = UNFITTED.model_copy(update={"fields": {**UNFITTED.fields, Family.OTHER: model}})
    assert calibration.field_confidence(FieldSignals(Kind.IBAN)) > UNFITTED.field_confidence(FieldSignals(Kind.IBAN))
    assert calibration.field_confidence(FieldSignals(Kind.VAT_ID)) == UNFITTED.field_confidence(
        FieldSignals(Kind.VAT_ID)
    )


@pytest.mark.parametrize(
    ("family", "kinds"),
    [
        (Family.NAME, {Kind.NAME}),
        (Family.DATE, {Kind.DATE}),
        (Family.MONEY, {Kind.MONEY}),
        (Family.WORDS, {Kind.TEXT, Kind.PERIOD, Kind.QUANTITY, Kind.ADDRESS}),
    ],
)
def test_a_familys_weights_count_for_its_kinds_alone(family: Family, kinds: set[Kind]) -> None:
    model = UNFITTED.fields[family].model_copy(update={"bias": 0.0})
    calibration = UNFITTED.model_copy(update={"fields": {**UNFITTED.fields, family: model}})
    signals = [FieldSignals(kind) for kind in Kind]
    surer = {known.kind for known in signals if calibration.field_confidence(known) > UNFITTED.field_confidence(known)}
    assert surer == kinds


def test_a_calibration_without_one_of_the_families_is_none() -> None:
    stored = UNFITTED.model_dump(mode="json")
    del stored["fields"]["date"]
    with pytest.raises(CalibrationError, match="it lacks the weights of date"):
        read_calibration(json.dumps(stored))


def test_numbers_set_by_hand_say_so_and_order_the_plain_cases() -> None:
    assert UNFITTED.fitted is None
    sure = FieldSignals(Kind.DATE, -0.01, -0.05, -0.01, 6, "exact", labelled=True, parsed=True)
    ranked = [
        sure,
        replace(sure, labelled=False),
        replace(sure, parsed=False),
        replace(sure, match="none"),
        replace(sure, match="none", parsed=False),
    ]
    confidences = [UNFITTED.field_confidence(signals) for signals in ranked]
    assert confidences == sorted(confidences, reverse=True)
    assert confidences[0] > 0.9
    assert confidences[2] < 0.5


def test_a_type_that_hardly_leads_is_unknown_and_one_that_leads_is_not() -> None:
    assert UNFITTED.is_unknown(ClassSignals(math.log(0.3), 0.05))
    assert not UNFITTED.is_unknown(ClassSignals(math.log(0.9), 3.0))


def test_an_engine_that_tells_no_probabilities_makes_nothing_unknown() -> None:
    calibration = UNFITTED.model_copy(update={"other_below": 0.9})
    assert calibration.class_confidence(ClassSignals()) < 0.9
    assert not calibration.is_unknown(ClassSignals())


@given(st.floats(0, 1), st.floats(0, 1))
def test_below_the_threshold_other_is_the_likelier_answer(share: float, confidence: float) -> None:
    calibration = UNFITTED.model_copy(update={"other_share": share})
    is_likelier = calibration.other_confidence(confidence) > confidence
    if abs(confidence - likelier_other(share)) > 1e-9:
        assert is_likelier == (confidence < likelier_other(share))


def test_the_packaged_threshold_is_that_of_its_share() -> None:
    assert UNFITTED.other_below == pytest.approx(likelier_other(UNFITTED.other_share))


@pytest.mark.parametrize("bound", [-0.01, 1.01, float("nan"), None])
@pytest.mark.parametrize("name", ["review_below", "propose_below", "propose_optional_below"])
def test_a_bound_is_a_confidence_and_always_there(name: str, bound: float | None) -> None:
    stored = json.loads(UNFITTED.model_dump_json()) | {name: bound}
    with pytest.raises(CalibrationError, match=name):
        read_calibration(json.dumps(stored))
    del stored[name]
    with pytest.raises(CalibrationError, match=name):
        read_calibration(json.dumps(stored))


def test_a_value_that_stands_beside_its_name_is_surer_than_one_beside_anothers_or_shared_with_another() -> None:
    good = FieldSignals(Kind.DATE, -0.01, -0.05, -0.01, 4, "exact", labelled=True, parsed=True)
    sure = UNFITTED.field_confidence(good)
    assert sure > UNFITTED.review_below
    for doubt in ({"misplaced": True, "labelled": False}, {"shared": True}):
        assert UNFITTED.field_confidence(replace(good, **doubt)) < sure
    assert UNFITTED.field_confidence(replace(good, misplaced=True, labelled=False)) < UNFITTED.review_below


@pytest.mark.parametrize(
    ("placed", "here", "elsewhere"),
    [
        (None, 0.0, 0.0),
        (0.0, 0.0, 0.0),
        (2.5, 2.5, 0.0),
        (-2.5, 0.0, -2.5),
        (99.0, MOST_PLACED, 0.0),
        (-99.0, 0.0, -MOST_PLACED),
    ],
)
def test_the_odds_of_a_place_count_for_and_against_apart_and_no_more_than_is_sure(
    placed: float | None, here: float, elsewhere: float
) -> None:
    features = field_features(FieldSignals(Kind.DATE, placed=placed, ahead=placed))
    assert (features["placed"], features["not_elsewhere"]) == (here, elsewhere)
    assert MOST_AHEAD == MOST_PLACED
    assert (features["ahead"], features["not_behind"]) == (here, elsewhere)


@pytest.mark.parametrize("signal", ["placed", "ahead"])
def test_numbers_set_by_hand_heed_where_a_value_stands(signal: str) -> None:
    unknown = FieldSignals(Kind.DATE, -0.3, -0.5, -0.3, 4, "exact", parsed=True)
    here, elsewhere = (UNFITTED.field_confidence(replace(unknown, **{signal: odds})) for odds in (4.0, -4.0))
    assert elsewhere < UNFITTED.field_confidence(unknown) < here
