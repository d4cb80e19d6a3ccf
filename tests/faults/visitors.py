"""Consumers that join a group, take some records, do nothing with them, and leave again: rebalances made to order."""

import asyncio

from faults.place import Place

from schemas.topics import INFERENCE_GROUP, INTAKE_GROUP, Topics
from services.delivery.connection import KafkaConnection
from services.delivery.consumption import Consumption, Membership
from services.delivery.in_flight import Budget

GROUPS = {INTAKE_GROUP: Topics().submitted, INFERENCE_GROUP: Topics().parsed}
WIDE = Budget(records=100, size=1_000_000, tokens=1_000_000)


def visit(place: Place, group: str, seconds: float) -> "asyncio.Future[int]":
    """Let a consumer join, stay so long, and leave; the result is how many records it had."""
    return asyncio.run_coroutine_threadsafe(_visit(place, group, seconds), place.background.loop)


async def _visit(place: Place, group: str, seconds: float) -> int:
    loop = asyncio.get_running_loop()
    async with Consumption(
        KafkaConnection(place.kafka.direct), [GROUPS[group]], Membership(group), WIDE
    ) as consumption:
        until, taken = loop.time() + seconds, 0
        while (left := until - loop.time()) > 0:
            taken += len(await consumption.take(WIDE.records, wait_seconds=min(left, 0.2)))
    return taken
