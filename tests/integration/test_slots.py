"""The engine always has work: as one document leaves, the next one is there, whatever another one takes."""

import asyncio

from integration.house import LIMITS, House
from scripted import ScriptedEngine, letter

from services.inference.engines.port import Generation, Prompt

STUCK = "RE-STUCK"
MANY = 2 * (LIMITS.documents + LIMITS.batch)
"""More documents than have a slot together."""


class StuckEngine(ScriptedEngine):
    """Does not answer about one document until it is let go; knows how many requests it had at a time."""

    def __init__(self) -> None:
        super().__init__(seconds=0.05)
        self.let_go = asyncio.Event()
        self.inside = self.most = 0

    async def generate(self, prompt: Prompt) -> Generation:
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            if STUCK in prompt.user:
                await self.let_go.wait()
            return await super().generate(prompt)
        finally:
            self.inside -= 1


async def test_slots_are_filled_again_one_by_one_while_a_document_of_their_batch_is_stuck(house: House):
    engine = house.engine = StuckEngine()
    async with house.running():
        await house.submit("stuck", letter("invoice", invoice_number=STUCK))
        for number in range(MANY):
            await house.submit(f"d{number}", letter("invoice", invoice_number=f"RE-{number}"))
        await house.rows("SELECT 1 FROM postkorb.results", MANY)
        assert not await house.query("SELECT 1 FROM postkorb.results WHERE document_id = 'stuck'")
        assert engine.inside == 1
        engine.let_go.set()
        await house.rows("SELECT 1 FROM postkorb.results", MANY + 1)
    assert engine.most == LIMITS.documents, "as many as it may have, and no more"
