"""Documents in work: who repeats one waits until it has left, and nobody else does."""

import asyncio

import pytest

from services.inference.in_work import InWork
from services.inference.parsed import Version

ONE, OTHER, NEWER = Version(1, "a"), Version(2, "a"), Version(1, "b")


@pytest.fixture
def in_work() -> InWork:
    return InWork()


async def test_who_repeats_a_version_waits_until_it_is_done_though_others_go_on(in_work: InWork):
    with in_work.working_on([ONE, OTHER]):
        waiting = asyncio.create_task(in_work.wait_for(ONE))
        in_work.done(OTHER)
        await asyncio.sleep(0)
        assert (ONE in in_work, OTHER in in_work, waiting.done()) == (True, False, False)
        in_work.done(ONE)
        await asyncio.wait_for(waiting, 1)


async def test_another_version_of_the_document_does_not_wait(in_work: InWork):
    with in_work.working_on([ONE]):
        await asyncio.wait_for(in_work.wait_for(NEWER), 1)


async def test_of_two_that_wait_the_second_waits_for_the_first(in_work: InWork):
    order: list[str] = []

    async def repeat(name: str) -> None:
        await in_work.wait_for(ONE)
        with in_work.working_on([ONE]):
            order.append(f"{name} begins")
            await asyncio.sleep(0.01)
            order.append(f"{name} ends")

    with in_work.working_on([ONE]):
        repeats = [asyncio.create_task(repeat("first")), asyncio.create_task(repeat("second"))]
        await asyncio.sleep(0)
    await asyncio.wait_for(asyncio.gather(*repeats), 1)
    assert order == ["first begins", "first ends", "second begins", "second ends"]


async def test_what_ends_with_an_error_keeps_nobody_waiting(in_work: InWork):
    def fail() -> None:
        with in_work.working_on([ONE]):
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    await asyncio.wait_for(in_work.wait_for(ONE), 1)


async def test_a_version_that_was_taken_up_again_stays_when_the_context_before_ends(in_work: InWork):
    with in_work.working_on([ONE]):
        in_work.done(ONE)
        again = in_work.working_on([ONE])
        again.__enter__()
    assert ONE in in_work
