"""Requests share the KV cache: none is handed over before all that it may fill is free."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.inference.engines.room import IN_ORDER, Room

CACHE = 100


class Request:
    """One request, which a test ends."""

    def __init__(self, room: Room, tokens: int, urgency: int = 1) -> None:
        self.inside = False
        self._end: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.task = asyncio.create_task(self._stay(room, tokens, urgency))

    async def _stay(self, room: Room, tokens: int, urgency: int) -> None:
        async with room.taken(tokens, urgency):
            self.inside = True
            try:
                await self._end
            finally:
                self.inside = False

    async def end(self) -> None:
        self._end.set_result(None)
        await settled()

    async def give_up(self) -> None:
        self.task.cancel()
        await settled()


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def asked(room: Room, *tokens: int, urgency: int = 1) -> list[Request]:
    requests = [Request(room, count, urgency) for count in tokens]
    await settled()
    return requests


async def test_a_request_waits_until_its_prompt_and_its_whole_answer_have_room():
    room = Room(CACHE)
    first, second, third = await asked(room, 60, 40, 10)
    assert (first.inside, second.inside, third.inside) == (True, True, False)
    await second.end()
    assert third.inside
    assert room.free == CACHE - 60 - 10


async def test_a_small_one_does_not_overtake_a_large_one_for_ever():
    room = Room(CACHE)
    first, large, small = await asked(room, 60, 70, 10)
    assert not small.inside
    await first.end()
    assert large.inside
    assert small.inside


async def test_what_is_urgent_enters_first():
    room = Room(CACHE)
    (first,), (normal,) = await asked(room, 100), await asked(room, 100)
    (urgent,) = await asked(room, 100, urgency=0)
    await first.end()
    assert (urgent.inside, normal.inside) == (True, False)


async def test_one_that_is_larger_than_the_cache_has_it_alone():
    room = Room(CACHE)
    (huge,) = await asked(room, 10 * CACHE)
    assert huge.inside
    (other,) = await asked(room, 1)
    assert not other.inside
    await huge.end()
    assert other.inside


async def test_who_gives_up_waiting_keeps_nobody_out_and_takes_nothing():
    room = Room(CACHE)
    first, large, small = await asked(room, 60, 70, 10)
    await large.give_up()
    assert small.inside
    await first.give_up()
    await small.end()
    assert room.free == CACHE


async def test_one_that_is_cancelled_in_the_moment_it_is_let_in_gives_its_room_back():
    room = Room(CACHE)
    first, second = await asked(room, 100, 100)
    first._end.set_result(None)
    await asyncio.sleep(0)  # the first one leaves, and lets the second one in
    second.task.cancel()
    await settled()
    assert room.free == CACHE


@given(st.lists(st.tuples(st.integers(1, 150), st.integers(0, 2), st.booleans()), min_size=1, max_size=30))
def test_the_cache_is_never_overrun_and_everybody_has_a_turn(given_requests: list[tuple[int, int, bool]]):
    async def come_and_go() -> None:
        room, requests = Room(CACHE), []
        for tokens, urgency, gives_up in given_requests:
            requests += await asked(room, tokens, urgency=urgency)
            assert 0 <= room.free <= CACHE
            if gives_up and not requests[-1].inside:
                await requests.pop().give_up()
        while inside := [request for request in requests if request.inside]:
            await inside[0].end()
            assert 0 <= room.free <= CACHE
        assert all(request.task.done() for request in requests)
        assert room.free == CACHE

    asyncio.run(come_and_go())


@pytest.mark.parametrize("tokens", [1, CACHE])
async def test_an_error_inside_gives_the_room_back(tokens: int):
    room = Room(CACHE)
    with pytest.raises(ValueError, match="no number"):
        async with room.taken(tokens, 0):
            int("no number")
    assert room.free == CACHE


async def test_one_in_eight_is_the_one_that_has_waited_longest():
    room = Room(CACHE)
    (first,), (patient,) = await asked(room, CACHE), await asked(room, CACHE, urgency=2)
    inside, entered = first, 0
    while not patient.inside:
        urgent = await asked(room, CACHE, CACHE, urgency=0)
        await inside.end()
        inside = next(request for request in (*urgent, patient) if request.inside)
        entered += 1
        for request in urgent:
            if not request.inside:
                await request.give_up()
    assert entered == IN_ORDER - 1
