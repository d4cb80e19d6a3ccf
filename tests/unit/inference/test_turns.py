"""Ordinary documents are in the engine together; one that may have killed it is there alone, and does not starve."""

import asyncio
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.events import Priority
from services.inference.turns import Turns, TurnsOverError

ROOM = 1000
LOOPS = 20
"""Turns of the event loop after which everybody who may go on has gone on: nothing here waits for anything else."""


class Visit:
    """One document on its way through the engine, which a test lets out again."""

    def __init__(
        self,
        turns: Turns,
        *,
        alone: bool,
        requests: int = 1,
        priority: Priority = Priority.NORMAL,
        begun: bool = False,
    ) -> None:
        self.alone = alone
        self._asks = {"requests": requests, "priority": priority, "begun": begun}
        self.inside = False
        self._leave: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._stay(turns))

    @property
    def waits(self) -> bool:
        return not self.inside and not self._task.done()

    async def _stay(self, turns: Turns) -> None:
        async with turns.turn(alone=self.alone, **self._asks):
            self.inside = True
            try:
                await self._leave
            finally:
                self.inside = False

    async def leave(self, error: Exception | None = None) -> None:
        self._leave.set_exception(error) if error else self._leave.set_result(None)
        with suppress(*([type(error)] if error else [])):
            await self._task
        await settled()

    async def give_up(self) -> None:
        self._task.cancel()
        await settled()
        assert self._task.cancelled()


async def settled() -> None:
    for _ in range(LOOPS):
        await asyncio.sleep(0)


@pytest.fixture
def turns() -> Turns:
    return Turns(ROOM)


async def ordinary(turns: Turns) -> Visit:
    visit = Visit(turns, alone=False)
    await settled()
    return visit


async def suspect(turns: Turns) -> Visit:
    visit = Visit(turns, alone=True)
    await settled()
    return visit


async def test_ordinary_documents_are_in_the_engine_together(turns: Turns):
    visits = [await ordinary(turns) for _ in range(3)]
    assert all(visit.inside for visit in visits)
    for visit in visits:
        await visit.leave()


async def test_a_suspect_waits_until_all_others_are_out(turns: Turns):
    first, second = await ordinary(turns), await ordinary(turns)
    alone = await suspect(turns)
    await first.leave()
    assert alone.waits
    await second.leave()
    assert alone.inside
    await alone.leave()


async def test_nobody_enters_while_a_suspect_is_inside(turns: Turns):
    alone = await suspect(turns)
    other, next_suspect = await ordinary(turns), await suspect(turns)
    assert other.waits
    assert next_suspect.waits
    await alone.leave()
    assert next_suspect.inside
    assert other.waits
    await next_suspect.leave()
    assert other.inside
    await other.leave()


async def test_a_lone_suspect_lets_the_ordinary_ones_in_when_it_leaves(turns: Turns):
    alone = await suspect(turns)
    others = [await ordinary(turns) for _ in range(3)]
    assert not any(other.inside for other in others)
    await alone.leave()
    assert all(other.inside for other in others)
    for other in others:
        await other.leave()


async def test_ordinary_documents_that_keep_coming_do_not_starve_a_suspect(turns: Turns):
    first = await ordinary(turns)
    alone = await suspect(turns)
    late = await ordinary(turns)
    assert late.waits
    await first.leave()
    assert alone.inside
    assert late.waits
    await alone.leave()
    assert late.inside
    await late.leave()


@pytest.mark.parametrize("alone", [False, True])
async def test_a_turn_that_ends_with_an_error_is_over(turns: Turns, *, alone: bool):
    failing = Visit(turns, alone=alone)
    await settled()
    await failing.leave(ValueError("the engine said no"))
    after, alone_after = await ordinary(turns), await suspect(turns)
    assert after.inside
    await after.leave()
    assert alone_after.inside
    await alone_after.leave()


@pytest.mark.parametrize("alone", [False, True])
async def test_a_turn_that_is_cancelled_is_over(turns: Turns, *, alone: bool):
    cancelled = Visit(turns, alone=alone)
    await settled()
    assert cancelled.inside
    await cancelled.give_up()
    after, alone_after = await ordinary(turns), await suspect(turns)
    assert after.inside
    await after.leave()
    assert alone_after.inside
    await alone_after.leave()


async def test_a_suspect_that_gives_up_waiting_keeps_nobody_out(turns: Turns):
    first = await ordinary(turns)
    alone = await suspect(turns)
    late = await ordinary(turns)
    await alone.give_up()
    assert late.inside, "those who waited for it enter at once"
    assert (await ordinary(turns)).inside
    await first.leave()


async def test_an_ordinary_document_that_gives_up_waiting_is_not_counted(turns: Turns):
    alone = await suspect(turns)
    other = await ordinary(turns)
    await other.give_up()
    await alone.leave()
    assert (await suspect(turns)).inside


async def of_many_requests(turns: Turns, requests: int) -> Visit:
    visit = Visit(turns, alone=False, requests=requests)
    await settled()
    return visit


async def test_a_document_of_many_requests_waits_for_room_and_is_not_overtaken():
    turns = Turns(4)
    first, second = await of_many_requests(turns, 2), await of_many_requests(turns, 1)
    long, late = await of_many_requests(turns, 3), await ordinary(turns)
    assert long.waits
    assert late.waits, "there is room for it, but the other one came first"
    await first.leave()
    assert long.inside
    assert late.waits
    await second.leave()
    assert late.inside
    await long.leave()
    await late.leave()


async def test_a_document_of_more_requests_than_there_is_room_for_has_it_all():
    turns = Turns(4)
    first = await ordinary(turns)
    long = await of_many_requests(turns, 9)
    assert long.waits
    await first.leave()
    assert long.inside
    assert (late := await ordinary(turns)).waits
    await long.leave()
    assert late.inside


async def test_who_gives_up_waiting_for_room_keeps_nobody_out():
    turns = Turns(4)
    first, long = await of_many_requests(turns, 2), await of_many_requests(turns, 3)
    late = await ordinary(turns)
    await long.give_up()
    assert late.inside
    await first.leave()
    assert (await of_many_requests(turns, 3)).inside


async def test_who_is_more_urgent_enters_first_and_of_the_rest_who_was_inside_before():
    turns = Turns(1)
    first = await ordinary(turns)
    waiting = [
        Visit(turns, alone=False, priority=priority, begun=begun)
        for priority in (Priority.BULK, Priority.NORMAL, Priority.URGENT)
        for begun in (False, True)
    ]
    await settled()
    assert not any(visit.inside for visit in waiting)
    order = []
    await first.leave()
    while inside := [visit for visit in waiting if visit.inside]:
        order += [waiting.index(visit) for visit in inside]
        await inside[0].leave()
    assert order == [5, 4, 3, 2, 1, 0]


async def test_when_turns_are_over_only_what_was_inside_before_enters():
    turns = Turns(1)
    first = await ordinary(turns)
    new, begun, alone = (
        Visit(turns, alone=False), Visit(turns, alone=False, begun=True), Visit(turns, alone=True)
    )  # fmt: skip
    await settled()
    await turns.end()
    await settled()
    for visit in (new, alone):
        with pytest.raises(TurnsOverError):
            await visit._task
    await first.leave()
    assert begun.inside
    with pytest.raises(TurnsOverError):
        await Visit(turns, alone=False)._task


KINDS = ["ordinary", "ordinary", "suspect", "leave", "give up"]
STEPS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 99)), min_size=4, max_size=16)


@given(STEPS)
@settings(deadline=None)
def test_in_whatever_order_they_come_and_go_nobody_is_with_a_suspect_and_nobody_waits_for_nothing(
    steps: list[tuple[str, int]],
):
    async def come_and_go() -> None:
        turns, visits = Turns(ROOM), []
        for step, pick in steps:
            inside = [visit for visit in visits if visit.inside]
            waiting = [visit for visit in visits if visit.waits]
            if step in ("ordinary", "suspect"):
                visits.append(Visit(turns, alone=step == "suspect"))
                await settled()
            elif step == "leave" and inside:
                await inside[pick % len(inside)].leave()
            elif step == "give up" and waiting:
                await waiting[pick % len(waiting)].give_up()
            check(visits)
        while inside := [visit for visit in visits if visit.inside]:
            await inside[0].leave()
            check(visits)
        assert not any(visit.waits for visit in visits)

    asyncio.run(come_and_go())


def check(visits: list[Visit]) -> None:
    inside = [visit for visit in visits if visit.inside]
    waiting = [visit for visit in visits if visit.waits]
    assert len(inside) <= 1 or not any(visit.alone for visit in inside)
    assert inside or not waiting
    suspects = [visit for visit in [*inside, *waiting] if visit.alone]
    assert suspects or not waiting, "only a suspect keeps others out"
