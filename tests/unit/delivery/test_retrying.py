"""Which failures are tried again, when, and how often."""

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.events import ErrorCode
from services.delivery.retrying import WAITED_FOR, GiveUp, RetryPolicy, TryAgain, after_failure

FIRST, MOST = timedelta(seconds=4), timedelta(seconds=60)
PATIENT = RetryPolicy(attempts=1000, first=FIRST, most=MOST)

TRIES = {
    ErrorCode.NOT_AN_EVENT: 1,
    ErrorCode.UNKNOWN_EVENT_TYPE: 1,
    ErrorCode.INVALID_EVENT: 1,
    ErrorCode.RECORD_TOO_LARGE: 1,
    ErrorCode.CONTENT_NOT_BASE64: 1,
    ErrorCode.CONTENT_TOO_LARGE: 1,
    ErrorCode.CONTENT_EMPTY: 1,
    ErrorCode.URI_NOT_ALLOWED: 1,
    ErrorCode.URI_NOT_FOUND: 1,
    ErrorCode.URI_UNREACHABLE: 100,
    ErrorCode.MEDIA_TYPE_UNKNOWN: 1,
    ErrorCode.DOCUMENT_ENCRYPTED: 1,
    ErrorCode.DOCUMENT_BROKEN: 1,
    ErrorCode.DOCUMENT_WITHOUT_TEXT: 1,
    ErrorCode.DOCUMENT_TOO_LONG: 1,
    ErrorCode.PARSE_TIMEOUT: 2,
    ErrorCode.PARSE_MEMORY: 1,
    ErrorCode.PARSE_CRASHED: 2,
    ErrorCode.DOCUMENT_NOT_STORED: 1,
    ErrorCode.ANSWER_INVALID: 2,
    ErrorCode.ANSWER_CUT_OFF: 2,
    ErrorCode.ANSWER_TIMEOUT: 2,
    ErrorCode.ENGINE_REFUSED: 100,
    ErrorCode.ENGINE_DIED: 1,
    ErrorCode.INTERNAL_ERROR: 100,
}
"""Every code, and the tries that a patient deployment gives it in all."""

AGAIN = [code for code, tries in TRIES.items() if tries > 1]


def _tries(code: ErrorCode, policy: RetryPolicy) -> int:
    attempt = 1
    while isinstance(decision := after_failure(code, attempt, policy, 0.5), TryAgain):
        assert decision.attempt == attempt + 1
        attempt = decision.attempt
    return attempt


def test_every_code_is_decided():
    assert {*TRIES, *WAITED_FOR} == set(ErrorCode)
    assert not WAITED_FOR & set(TRIES)


@pytest.mark.parametrize("code", WAITED_FOR)
@pytest.mark.parametrize("attempt", [1, 2, 1000])
def test_what_is_known_to_be_away_is_waited_for_at_the_longest_back_off(code: ErrorCode, attempt: int):
    policy = RetryPolicy(1, FIRST, MOST)
    tries = [after_failure(code, attempt, policy, chance) for chance in (0, 1)]
    assert tries == [TryAgain(attempt, MOST / 2), TryAgain(attempt, MOST)]


@pytest.mark.parametrize(("code", "tries"), TRIES.items())
def test_a_code_is_tried_so_often_and_no_oftener(code: ErrorCode, tries: int):
    assert _tries(code, PATIENT) == tries


@pytest.mark.parametrize("attempts", [1, 2, 3])
def test_the_deployment_bounds_the_tries_of_every_code(attempts: int):
    policy = RetryPolicy(attempts, FIRST, MOST)
    assert {code: _tries(code, policy) for code in TRIES} == {code: min(TRIES[code], attempts) for code in TRIES}


@pytest.mark.parametrize("outage", [False, True])
@pytest.mark.parametrize("code", TRIES)
def test_what_a_step_says_is_not_to_be_tried_again_is_not(code: ErrorCode, *, outage: bool):
    assert after_failure(code, 1, PATIENT, 0.5, retryable=False, outage=outage) == GiveUp()


@pytest.mark.parametrize("code", sorted(set(TRIES).difference(AGAIN)))
def test_an_outage_makes_no_document_readable(code: ErrorCode):
    assert after_failure(code, 1, PATIENT, 0.5, outage=True) == GiveUp()


@pytest.mark.parametrize("code", AGAIN)
@pytest.mark.parametrize("attempt", [1, 2, 100, 1000])
def test_a_try_during_an_outage_does_not_count(code: ErrorCode, attempt: int):
    decision = after_failure(code, attempt, RetryPolicy(1, FIRST, MOST), 0.5, outage=True)
    assert isinstance(decision, TryAgain)
    assert decision.attempt == attempt


def test_the_back_off_doubles_up_to_the_longest():
    seconds = [_after(attempt, chance=1).total_seconds() for attempt in range(1, 8)]
    assert seconds == [4, 8, 16, 32, 60, 60, 60]


def test_chance_spreads_tries_over_the_second_half_of_the_back_off():
    assert [_after(2, chance).total_seconds() for chance in (0, 0.25, 0.5, 1)] == [4, 5, 6, 8]
    assert [_after(20, chance).total_seconds() for chance in (0, 0.5, 1)] == [30, 45, 60]


@given(
    attempt=st.integers(1, 10_000),
    chance=st.floats(0, 1),
    first=st.timedeltas(timedelta(milliseconds=1), timedelta(days=365)),
    most=st.timedeltas(timedelta(milliseconds=1), timedelta(days=365)),
)
@example(attempt=10_000, chance=1.0, first=timedelta(days=365), most=timedelta(days=365))
def test_no_back_off_is_over_the_longest_or_under_half_of_the_first(
    attempt: int, chance: float, first: timedelta, most: timedelta
):
    policy = RetryPolicy(1, first, most)
    decision = after_failure(ErrorCode.ENGINE_REFUSED, attempt, policy, chance, outage=True)
    assert isinstance(decision, TryAgain)
    assert min(first, most) / 2 - timedelta.resolution <= decision.after <= most


def _after(attempt: int, chance: float) -> timedelta:
    decision = after_failure(ErrorCode.ENGINE_REFUSED, attempt, PATIENT, chance)
    assert isinstance(decision, TryAgain)
    return decision.after
