"""When consumption stops because nearly every document fails alike, how it is tried whether it may go on."""

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from schemas.events import ErrorCode
from services.delivery.breaker import OURS, Admission, Breaker, Outage
from services.delivery.retrying import WAITED_FOR

REFUSED, INVALID, ENCRYPTED = ErrorCode.ENGINE_REFUSED, ErrorCode.ANSWER_INVALID, ErrorCode.DOCUMENT_ENCRYPTED
DONE = None

THEIRS = {
    ErrorCode.NOT_AN_EVENT,
    ErrorCode.UNKNOWN_EVENT_TYPE,
    ErrorCode.INVALID_EVENT,
    ErrorCode.RECORD_TOO_LARGE,
    ErrorCode.CONTENT_NOT_BASE64,
    ErrorCode.CONTENT_TOO_LARGE,
    ErrorCode.CONTENT_EMPTY,
    ErrorCode.URI_NOT_ALLOWED,
    ErrorCode.URI_NOT_FOUND,
    ErrorCode.MEDIA_TYPE_UNKNOWN,
    ErrorCode.DOCUMENT_ENCRYPTED,
    ErrorCode.DOCUMENT_BROKEN,
    ErrorCode.DOCUMENT_WITHOUT_TEXT,
    ErrorCode.DOCUMENT_TOO_LONG,
    ErrorCode.PARSE_TIMEOUT,
    ErrorCode.PARSE_MEMORY,
    ErrorCode.PARSE_CRASHED,
    ErrorCode.DOCUMENT_NOT_STORED,
}


class Clock:
    """A clock that a test moves."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock)


def _tell(breaker: Breaker, outcomes: Iterable[ErrorCode | None]) -> Breaker:
    for outcome in outcomes:
        if outcome is DONE:
            breaker.succeeded()
        else:
            breaker.failed(outcome)
    return breaker


def _probe(breaker: Breaker, clock: Clock) -> float:
    """Wait for the next probe, begin it, and give how long that took."""
    begun = clock.now
    while breaker.admission() is Admission.NONE:
        clock.now += 1
        assert clock.now < begun + 1000
    assert breaker.admission() is Admission.ONE
    breaker.probe()
    return clock.now - begun


def test_every_code_lies_in_the_deployment_or_in_the_document():
    assert set(ErrorCode) == OURS | THEIRS | WAITED_FOR
    assert not OURS & (THEIRS | WAITED_FOR)


def test_at_first_every_document_may_be_begun(breaker: Breaker):
    assert breaker.admission() is Admission.ALL
    assert breaker.outage is None


@pytest.mark.parametrize("code", sorted(OURS))
def test_ten_failures_alike_open_it_and_nine_do_not(breaker: Breaker, clock: Clock, code: ErrorCode):
    _tell(breaker, [code] * 9)
    assert breaker.admission() is Admission.ALL
    _tell(breaker, [code])
    assert breaker.admission() is Admission.NONE
    assert breaker.outage == Outage(code, f"nearly every document fails with {code.value}", clock.now)


@pytest.mark.parametrize("code", sorted(THEIRS | WAITED_FOR))
def test_faults_of_documents_stop_nothing_however_many(breaker: Breaker, code: ErrorCode):
    _tell(breaker, [code] * 100)
    assert breaker.admission() is Admission.ALL


def test_faults_of_documents_hide_no_outage(breaker: Breaker):
    _tell(breaker, [REFUSED, ENCRYPTED] * 9)
    assert breaker.outage is None
    _tell(breaker, [REFUSED])
    assert breaker.outage


@pytest.mark.parametrize(
    ("outcomes", "opens"),
    [
        pytest.param([DONE] + [REFUSED] * 9, True, id="9 of 10"),
        pytest.param([DONE] * 2 + [REFUSED] * 9, False, id="9 of 11"),
        pytest.param([DONE] * 2 + [REFUSED] * 17, False, id="17 of 19"),
        pytest.param([DONE] * 2 + [REFUSED] * 18, True, id="18 of 20"),
        pytest.param([DONE] * 100 + [REFUSED] * 17, False, id="the last 17 of 20"),
        pytest.param([DONE] * 100 + [REFUSED] * 18, True, id="the last 18 of 20"),
        pytest.param([DONE] * 19 + [REFUSED], False, id="1 of 20"),
        pytest.param([REFUSED, INVALID] * 50, False, id="two codes in turn"),
        pytest.param([INVALID] + [REFUSED] * 9, True, id="another code is as good as a success"),
        pytest.param([REFUSED] * 9 + [DONE, REFUSED], True, id="one success between"),
        pytest.param(([REFUSED] * 8 + [DONE]) * 20, False, id="eight of nine for ever"),
    ],
)
def test_nearly_every_document_is_nine_of_ten(breaker: Breaker, outcomes: Sequence[ErrorCode | None], *, opens: bool):
    _tell(breaker, outcomes)
    assert (breaker.outage is not None) is opens
    assert not opens or breaker.outage.code is REFUSED


def test_records_that_say_nothing_of_the_deployment_do_not_count(breaker: Breaker):
    _tell(breaker, [REFUSED] * 9)
    for _ in range(100):
        breaker.neutral()
    assert breaker.outage is None
    _tell(breaker, [REFUSED])
    assert breaker.outage


def test_one_document_at_a_time_is_a_probe(breaker: Breaker, clock: Clock):
    _tell(breaker, [REFUSED] * 10)
    clock.now += 4.9
    assert breaker.admission() is Admission.NONE
    clock.now += 0.1
    assert breaker.admission() is Admission.ONE
    assert breaker.admission() is Admission.ONE, "asking begins nothing"
    breaker.probe()
    clock.now += 10_000
    assert breaker.admission() is Admission.NONE


def test_the_wait_for_the_next_probe_doubles_up_to_a_minute_and_begins_anew_after_a_success(
    breaker: Breaker, clock: Clock
):
    _tell(breaker, [REFUSED] * 10)
    waits = []
    for _ in range(7):
        waits.append(_probe(breaker, clock))
        breaker.failed(REFUSED)
    assert waits == [5, 10, 20, 40, 60, 60, 60]
    _probe(breaker, clock)
    breaker.succeeded()
    _tell(breaker, [REFUSED] * 10)
    assert _probe(breaker, clock) == 5


def test_a_success_closes_it_and_what_failed_before_is_forgotten(breaker: Breaker, clock: Clock):
    _tell(breaker, [REFUSED] * 30)
    _probe(breaker, clock)
    breaker.succeeded()
    assert breaker.admission() is Admission.ALL
    assert breaker.outage is None
    _tell(breaker, [REFUSED] * 9)
    assert breaker.outage is None


def test_a_probe_that_says_nothing_of_the_deployment_makes_room_for_the_next_one_at_once(
    breaker: Breaker, clock: Clock
):
    _tell(breaker, [REFUSED] * 10)
    _probe(breaker, clock)
    breaker.neutral()
    assert breaker.admission() is Admission.ONE
    breaker.probe()
    breaker.failed(ENCRYPTED)
    assert breaker.admission() is Admission.ONE
    assert breaker.outage


def test_documents_that_were_begun_before_it_opened_do_not_put_off_the_first_probe(breaker: Breaker, clock: Clock):
    _tell(breaker, [REFUSED] * 10)
    clock.now += 3
    _tell(breaker, [REFUSED] * 30)
    clock.now += 2
    assert breaker.admission() is Admission.ONE


def test_a_document_that_was_begun_before_it_opened_closes_it_if_it_succeeds(breaker: Breaker):
    _tell(breaker, [REFUSED] * 10 + [DONE])
    assert breaker.admission() is Admission.ALL


def test_a_probe_that_fails_with_another_code_is_no_success(breaker: Breaker, clock: Clock):
    _tell(breaker, [REFUSED] * 10)
    _probe(breaker, clock)
    breaker.failed(INVALID)
    assert breaker.admission() is Admission.NONE
    assert breaker.outage.code is REFUSED
    assert _probe(breaker, clock) == 10


def test_what_is_known_to_be_away_opens_it_at_once_and_the_first_reason_stays(breaker: Breaker, clock: Clock):
    breaker.trip(REFUSED, "no server answers")
    first = Outage(REFUSED, "no server answers", clock.now)
    assert breaker.outage == first
    assert breaker.admission() is Admission.NONE
    clock.now += 4
    breaker.trip(ErrorCode.INTERNAL_ERROR, "something else")
    assert breaker.outage == first
    clock.now += 1
    assert breaker.admission() is Admission.ONE, "the second trip puts the probe not off"


def test_a_probe_that_succeeded_is_over_when_the_breaker_opens_again(breaker: Breaker, clock: Clock):
    breaker.trip(REFUSED, "no server answers")
    _probe(breaker, clock)
    breaker.succeeded()
    breaker.trip(REFUSED, "no server answers")
    assert _probe(breaker, clock) == 5


def test_opening_and_closing_are_said_once_each(breaker: Breaker, clock: Clock):
    with capture_logs() as lines:
        _tell(breaker, [REFUSED] * 30)
        breaker.trip(REFUSED, "again")
        clock.now += 7
        _tell(breaker, [DONE] * 3)
    assert [(line["log_level"], line.get("code"), line.get("seconds")) for line in lines] == [
        ("error", "engine_refused", None),
        ("info", None, 7),
    ]


@given(st.lists(st.sampled_from([DONE, REFUSED, INVALID, ENCRYPTED]), max_size=60))
def test_it_opens_exactly_when_nine_tenths_of_the_last_twenty_fail_alike(outcomes: list[ErrorCode | None]):
    breaker, window = Breaker(Clock()), []
    for outcome in outcomes:
        was_open = breaker.outage is not None
        _tell(breaker, [outcome])
        if was_open:
            window = [] if outcome is DONE else window
            assert (breaker.outage is None) is (outcome is DONE)
            continue
        window = (window if outcome is ENCRYPTED else [*window, outcome])[-20:]
        alike = max((window.count(code) for code in (REFUSED, INVALID)), default=0)
        opens = outcome in OURS and len(window) >= 10 and alike >= 0.9 * len(window)
        assert (breaker.outage is not None) is opens
