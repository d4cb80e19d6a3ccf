"""What is done is not done again, and a newer version stays, in whatever order records, retries and answers come."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from integration.archive import Archive
from integration.house import RETRIES, House, until
from scripted import INVALID, REFUSED, ScriptedEngine, letter

from schemas.envelope import decode
from services.delivery.publication import Outgoing
from services.delivery.record import Record
from services.inference.engines.port import EngineError, EngineIdentity, Generation, Prompt
from services.storage.outbox import prune

HELD = "SCRIPT-HELD"
UNCOUNTABLE = "SCRIPT-UNCOUNTABLE"
SLOW = replace(RETRIES, first=timedelta(hours=1), most=timedelta(hours=1))
OLD = letter("invoice", seller_name="Muster GmbH", invoice_number="OLD-1")
NEW = letter("invoice", seller_name="Muster GmbH", invoice_number="NEW-1")
RESULT = "SELECT fields->>'invoice_number' AS number FROM postkorb.results WHERE document_id = :id"
STATE = "SELECT version FROM postkorb.documents WHERE document_id = :id AND state = :state"
SUMS = "SELECT submitted, processed, failed, dead_lettered, waiting FROM postkorb.account"


class HoldingEngine(ScriptedEngine):
    """Answers documents with `HELD` in them when it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.holds = 0
        self.released = asyncio.Event()

    async def generate(self, prompt: Prompt) -> Generation:
        if HELD in prompt.user:
            self.holds += 1
            await self.released.wait()
        return await super().generate(prompt)

    async def is_holding(self) -> bool:
        return self.holds > 0

    def asked_about(self, text: str) -> int:
        return sum(text in prompt.user for prompt in self.prompts)


class AnotherEngine(ScriptedEngine):
    """Another pipeline, whose first answers fail."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        self.identity = EngineIdentity("another", "1" * 64, {})
        self.failures = failures

    async def generate(self, prompt: Prompt) -> Generation:
        if self.failures:
            self.failures -= 1
            message = "not yet"
            raise EngineError(message)
        return await super().generate(prompt)


class CannotCount(ScriptedEngine):
    """Cannot tell the tokens of some texts."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if any(UNCOUNTABLE in text for text in texts):
            raise ValueError(UNCOUNTABLE)
        return super().count_tokens(texts)


@pytest.fixture
def engine(house: House) -> HoldingEngine:
    house.engine = HoldingEngine()
    return house.engine


@pytest.fixture
async def archive(house: House) -> AsyncIterator[Archive]:
    async with Archive(OLD).open() as archive:
        house.prefixes.append(archive.url)
        yield archive


async def has_asked(archive: Archive, times: int) -> bool:
    return archive.asked == times


def ids(events: list[Record]) -> set[bytes | None]:
    return {dict(event.headers)["ce_id"] for event in events}


def numbers(events: list[Record]) -> list[str]:
    return [decode(event.value, event.headers).data["fields"][0]["value"] for event in events]


async def test_records_that_come_again_ask_the_engine_nothing_and_publish_the_same_event_ids(house: House):
    topics, engine = house.topics, house.engine
    ends = (topics.processed, topics.failed, topics.deadletter)
    async with house.running():
        await house.submit("good", NEW)
        await house.submit("bad", f"{NEW} {INVALID}")
        await house.submit_raw(b"poison", b"no event")
        before = {topic: ids(await house.events(topic, 1)) for topic in ends}
    [sums] = await house.query(SUMS)
    assert tuple(sums) == (3, 1, 1, 1, 0)
    asked = len(engine.prompts)
    await house.rewind(house.intake_group, topics.submitted)
    await house.rewind(house.inference_group, topics.parsed)
    async with house.running():
        again = {topic: await house.events(topic, 2) for topic in ends}
    assert {topic: ids(events) for topic, events in again.items()} == before
    assert all(len(one) == 1 for one in before.values())
    assert await house.query(SUMS) == [sums]
    assert len(engine.prompts) == asked


async def test_the_same_document_again_while_the_engine_has_it_is_asked_about_once(house: House, engine: HoldingEngine):
    async with house.running():
        await house.submit("twice", f"{NEW} {HELD}")
        await until(engine.is_holding)
        await house.submit("twice", f"{NEW} {HELD}")
        await house.row("SELECT 1 FROM postkorb.documents WHERE source_offset > 0 OR source_partition <> 0")
        engine.released.set()
        await house.row(RESULT, id="twice")
        events = await house.events(house.topics.processed, 1)
    assert engine.holds == engine.asked_about(HELD) == 2  # classify and extract
    assert len(ids(events)) == 1


async def test_a_record_published_twice_while_the_engine_has_its_document_asks_nothing(
    house: House, engine: HoldingEngine
):
    held, behind = await house.ids_on(0, 2, "r")
    async with house.running():
        await house.submit(held, f"{NEW} {HELD}")
        await until(engine.is_holding)
        [parsed] = await house.events(house.topics.parsed, 1)
        headers = {name: value.decode() for name, value in parsed.headers if value}
        # As a relay that dies before it has noted what it published.
        await house.publication.publish([Outgoing(parsed.topic, parsed.key, parsed.value, headers)])
        await house.submit(behind, NEW)
        await house.row(RESULT, id=behind)
        engine.released.set()
        await house.events(house.topics.processed, 2)
    assert await house.committed(house.inference_group, house.topics.parsed) == {0: 3}
    assert engine.asked_about(HELD) == 2  # classify and extract
    # The one that came again gives its event again where that is published by then: the same one.
    assert len(ids(await house.records(house.topics.processed))) == 2


async def test_a_document_that_returns_to_an_earlier_content_gets_its_event_again_however_old(house: House):
    async with house.running():
        for content in (OLD, NEW):
            await house.submit("doc", content)
            await house.events(house.topics.processed, 1 if content is OLD else 2)
        asked = len(house.engine.prompts)
        await house.database.in_transaction(lambda connection: prune(connection, timedelta(0), 1000))
        await house.submit("doc", OLD)
        events = await house.events(house.topics.processed, 3)
    assert numbers(events) == ["OLD-1", "NEW-1", "OLD-1"]
    assert len(ids(events)) == 2
    assert len(house.engine.prompts) == asked


async def test_what_another_pipeline_reads_anew_is_tried_again_until_it_answers(house: House):
    async with house.running():
        await house.submit("doc", NEW)
        await house.events(house.topics.processed, 1)
    house.engine = AnotherEngine(failures=1)
    async with house.running():
        await house.submit("doc", NEW)
        events = await house.events(house.topics.processed, 2)
    assert len(ids(events)) == 2


async def test_a_document_whose_text_cannot_be_counted_fails_alone(house: House):
    house.engine = CannotCount()
    async with house.running():
        await house.submit("bad", f"{NEW} {UNCOUNTABLE}")
        await house.submit("good", NEW)
        await house.row(RESULT, id="good")
        [failure] = await house.rows("SELECT document_id, code, step FROM postkorb.failures", 1)
    assert tuple(failure) == ("bad", "internal_error", "5-admit")


async def test_an_answer_that_comes_after_a_newer_version_was_answered_changes_nothing(
    house: House, engine: HoldingEngine
):
    async with house.running():
        await house.submit("doc", f"{OLD} {HELD}")
        await until(engine.is_holding)
        await house.submit("doc", NEW)
        await house.row(RESULT, id="doc")
        engine.released.set()
    # All is drained now: the older version's answer is recorded, or is not.
    assert engine.asked_about(HELD) == 2
    assert [row.number for row in await house.query(RESULT, id="doc")] == ["NEW-1"]
    [answers] = await house.query("SELECT count(*) AS of_all FROM postkorb.answers")
    assert answers.of_all == 1
    async with house.running():
        assert numbers(await house.events(house.topics.processed, 1)) == ["NEW-1"]


async def test_a_retry_that_comes_after_a_newer_version_changes_nothing(house: House, archive: Archive):
    house.retries, archive.failures = SLOW, 1
    async with house.running():
        await house.submit("of-intake", {"uri": archive.url})
        await house.submit("of-inference", f"{OLD} {REFUSED}")
        await house.rows("SELECT 1 FROM postkorb.outbox WHERE attempt = 2", 2)
        for name in ("of-intake", "of-inference"):
            await house.submit(name, NEW)
            await house.row(RESULT, id=name)
        await house.events(house.topics.processed, 2)
        asked = len(house.engine.prompts)
        await house.query("UPDATE postkorb.outbox SET due_at = now() WHERE published_at IS NULL")
        await house.rows("SELECT 1 FROM postkorb.outbox WHERE attempt = 2 AND published_at IS NOT NULL", 2)
        events = await house.events(house.topics.processed, 3)  # the one of inference is settled, its event goes out
        await until(lambda: has_asked(archive, 2))
    assert len(house.engine.prompts) == asked
    for name in ("of-intake", "of-inference"):
        assert [row.number for row in await house.query(RESULT, id=name)] == ["NEW-1"]
    assert set(numbers(events)) == {"NEW-1"}
    assert len(ids(events)) == 2
    assert await house.records(house.topics.failed) == []


async def test_a_version_that_is_stored_late_because_it_was_slow_to_fetch_is_still_the_older(
    house: House, archive: Archive, engine: HoldingEngine
):
    archive.released.clear()
    [first_key], [second_key] = [await house.ids_on(partition, 1, "key") for partition in (0, 1)]
    async with house.running():
        await house.submit_as(first_key, "doc", {"uri": archive.url})
        await until(lambda: has_asked(archive, 1))
        await house.submit_as(second_key, "doc", NEW)
        await house.row(RESULT, id="doc")
        archive.released.set()
    assert await house.committed(house.intake_group, house.topics.submitted) == {0: 1, 1: 1}
    assert [row.number for row in await house.query(RESULT, id="doc")] == ["NEW-1"]
    assert [row.version for row in await house.query(STATE, id="doc", state="processed")] == [1]
    assert engine.asked_about("OLD-1") == 0
