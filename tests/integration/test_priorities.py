"""A document's priority: where it waits for inference, and who is asked about first."""

import asyncio
from contextlib import AsyncExitStack

from integration.house import House

from schemas.events import Priority

LETTER = "Rechnung Nr. 17 vom 3. Mai 2026, zahlbar bis 2. Juni 2026: 119,00 EUR"


async def test_each_priority_waits_in_a_topic_of_its_own_and_is_kept_in_sql(house: House):
    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        services = [await house.intake(stack), await house.relay(stack)]
        work = [asyncio.create_task(service.run(stop)) for service in services]
        for priority in Priority:
            await house.submit(priority.value, {"text": LETTER}, priority=priority.value)
        await house.submit("unsaid", {"text": LETTER})
        waiting = {
            priority: {record.key for record in await house.events(house.topics.parsed_of(priority), count)}
            for priority, count in ((Priority.URGENT, 1), (Priority.NORMAL, 2), (Priority.BULK, 1))
        }
        stop.set()
        await asyncio.gather(*work)
    assert waiting == {
        Priority.URGENT: {b"urgent"},
        Priority.NORMAL: {b"normal", b"unsaid"},
        Priority.BULK: {b"bulk"},
    }
    kept = await house.query("SELECT document_id, priority FROM postkorb.documents ORDER BY document_id")
    assert [tuple(row) for row in kept] == [
        ("bulk", "bulk"), ("normal", "normal"), ("unsaid", "normal"), ("urgent", "urgent")
    ]  # fmt: skip


async def test_all_priorities_are_answered(house: House):
    async with house.running():
        for priority in Priority:
            await house.submit(priority.value, {"text": LETTER}, priority=priority.value)
        await house.events(house.topics.processed, 3)


async def test_a_priority_that_is_none_is_a_dead_letter(house: House):
    async with house.running():
        await house.submit("rushed", {"text": LETTER}, priority="yesterday")
        [letter] = await house.rows("SELECT code FROM postkorb.dead_letters", 1)
    assert tuple(letter) == ("invalid_event",)
