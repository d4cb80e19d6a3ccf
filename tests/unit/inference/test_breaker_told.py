"""What an answer says of the deployment: that it works, that nobody knows, or that the model comes to no end."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import MagicMock, Mock

import pytest

from schemas.events import ErrorCode
from services.delivery.breaker import LEAST, Admission
from services.inference import service
from services.inference.ask import Asked
from services.inference.check import Checked
from services.inference.service import Inference, Limits


def answer(*, cut_off: bool = False, generations: tuple[Any, ...] = ("said",)) -> Asked:
    return cast("Asked", SimpleNamespace(cut_off=cut_off, generations=generations))


@pytest.fixture
def inference() -> Inference:
    return Inference(Mock(), Mock(), Mock(), Mock(), Limits(8, 8, 60, 1), Mock(), Mock(), Mock())


def test_an_e_invoice_that_asked_no_engine_closes_no_outage_and_hides_none(inference: Inference) -> None:
    breaker = inference.breaker
    for _ in range(LEAST):
        breaker.failed(ErrorCode.ANSWER_INVALID)
        inference._tell_breaker(answer(generations=()))
    assert breaker.outage is not None
    breaker.probe()
    inference._tell_breaker(answer(generations=()))
    assert breaker.outage is not None


async def test_an_answer_does_not_close_what_its_second_question_opened(
    inference: Inference, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine went away between the two; the document has its first answer all the same."""

    async def away(checked: object, _: object) -> object:
        inference.breaker.trip(ErrorCode.ENGINE_REFUSED, "no server answers")
        return checked

    async def asked(*_: object, **__: object) -> Asked:
        return answer()

    async def at_once(_: object, check: Callable[[], object]) -> object:
        return check()

    checked = Mock(spec=Checked, asked=answer())
    monkeypatch.setattr(inference, "_ask", asked)
    monkeypatch.setattr(inference, "_in_turn", at_once)
    monkeypatch.setattr(inference, "_answer_again", away)
    monkeypatch.setattr(service, "check_or_answer", lambda _: checked)
    monkeypatch.setattr(inference, "_tracing", MagicMock())
    await inference._outcome(MagicMock(), MagicMock())
    assert inference.breaker.outage is not None


def test_a_cut_off_answer_ends_an_outage_of_another_kind(inference: Inference) -> None:
    inference.breaker.trip(ErrorCode.ENGINE_REFUSED, "no server answers")
    inference._tell_breaker(answer(cut_off=True))
    assert inference.breaker.admission() is Admission.ALL


def test_answers_that_are_all_cut_off_are_an_outage_until_one_is_not(inference: Inference) -> None:
    for _ in range(LEAST):
        inference._tell_breaker(answer(cut_off=True))
    outage = inference.breaker.outage
    assert outage is not None
    assert outage.code is ErrorCode.ANSWER_CUT_OFF
    inference._tell_breaker(answer(cut_off=True))
    assert inference.breaker.outage is outage
    inference._tell_breaker(answer())
    assert inference.breaker.outage is None
